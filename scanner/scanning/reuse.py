"""What an earlier scan still says: which tables are read again, how far, and why. Writes nothing.

A column's verdict rests on the rules, on its definition, on what stands beside it and on its
values. Rules and definitions are compared by digest, values by what is cheap to ask: the count of
rows and the highest key. Rows that were changed in place show in neither; that is why an empty or
unknown column is looked at again, and every table after some days.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Engine, Table

from scanner.detectors.by_name import phrases
from scanner.errors import DatabaseFailed
from scanner.model import Database, Finding, Reading, Scan, TableFacts, TableRef, digest
from scanner.rulefiles.recognizers import Rules
from scanner.tables.counter import Count, count, number_key
from scanner.texts import wording

DAYS = 30
"""What was read longer ago is read again, unless told otherwise."""

NEIGHBOURLY = frozenset({"PERSON", "ORGANIZATION", "STREET_ADDRESS", "CITY", "POSTCODE"})
"""Entities of a column that count for what stands beside it."""

SAMPLING = ("sample", "seed")
"""Options that say which rows of a big table are read."""

Read = tuple[TableFacts, list[Finding]]
"""A table and its columns, in the order of the table."""


class Reader(Protocol):
    """A function that reads a table and judges its columns."""

    def __call__(
        self,
        *,
        counted: Count | None = None,
        names: Collection[str] | None = None,
        after: int | None = None,
    ) -> Read:
        """Read only the columns ``names``, only the rows with keys above ``after``."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What holds for all tables of an earlier scan, if there was one.

    ``stale`` says why none of it holds any more, ``resampled`` why big tables are read again.
    """

    rules: Rules
    now: datetime
    days: int = DAYS
    stale: str = ""
    resampled: str = ""
    earlier: bool = False


def remember(
    previous: Scan | None,
    *,
    database: Database,
    options: Mapping[str, Any],
    rules: Rules,
    now: datetime,
    days: int,
) -> Memory:
    """See whether an earlier scan was made of this database, and in the same way."""
    if previous is None:
        return Memory(rules, now)
    stale = ""
    if (previous.database.dialect, previous.database.name) != (database.dialect, database.name):
        stale = "the earlier scan is of another database"
    elif previous.options.get("knowledge") != options["knowledge"]:
        stale = "the rules, the pack, the model or Efface have changed"
    old = {name: previous.options.get(name) for name in SAMPLING}
    redrawn = old["sample"] != "full" and old != {name: options[name] for name in SAMPLING}
    return Memory(
        rules,
        now,
        days,
        stale,
        "another sample was asked for" if redrawn else "",
        earlier=bool(previous.tables),
    )


def by_table(previous: Scan | None) -> dict[TableRef, Read]:
    """Order an earlier scan by table."""
    if previous is None:
        return {}
    columns: dict[TableRef, list[Finding]] = {}
    for finding in previous.columns:
        columns.setdefault(finding.column.of, []).append(finding)
    return {facts.table: (facts, columns.get(facts.table, [])) for facts in previous.tables}


def reread(
    memory: Memory,
    past: Read | None,
    engine: Engine,
    table: Table,
    read: Reader,
    *,
    comments: Mapping[tuple[str, str], str],
    estimate: int | None,
) -> Read:
    """Read of ``table`` what may have changed since the earlier scan; take over the rest.

    ``past`` is what that scan said of it, if it knew it.
    ``comments`` are (table, column), lower case, to text; ``estimate`` the catalogue's rows.
    """
    defined = _definitions(table, comments)
    if past is None:
        facts, findings = _whole(memory, read, "a new table" if memory.earlier else "")
    else:
        known = {f.column.name: f for f in past[1]}
        job = _Job(memory, past[0], known, defined, read)
        facts, findings = _reread(job, engine, table, estimate)
    stamped = [replace(f, definition=defined[f.column.name]) for f in findings]
    return replace(facts, highest=_harmless(table, facts, stamped)), stamped


def settled(finding: Finding, original: Finding) -> Finding:
    """Doubt a verdict taken over from an earlier scan that a column had as a copy, and has no more.

    ``original`` is what it copies now, itself where that is nothing.
    """
    own = tuple(e for e in finding.evidence if e.source != "copy")
    same = (finding.personal, finding.entity) == (original.personal, original.entity)
    if not finding.reused or own == finding.evidence or (original is not finding and same):
        return finding
    why = "it copied a column that is gone or no longer personal: scan with --full"
    return replace(finding, personal="unknown", entity="", score=0.0, evidence=own, why=why)


def _definitions(table: Table, comments: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Name each column by its type and what is said about it."""
    said = {c.name: comments.get((table.name.lower(), c.name.lower()), "") for c in table.columns}
    return {c.name: digest(f"{c.type!r}\n{c.comment}\n{said[c.name]}")[:12] for c in table.columns}


def _harmless(table: Table, facts: TableFacts, findings: list[Finding]) -> int | None:
    """Keep the highest key only where the key says nothing of a person."""
    key = number_key(table)
    safe = {f.column.name for f in findings if f.personal == "none"}
    return facts.highest if key is not None and key.name in safe else None


@dataclass(frozen=True, slots=True)
class _Job:
    """A table that the earlier scan knows: what it was, what its columns are now, how to read."""

    memory: Memory
    past: TableFacts
    known: Mapping[str, Finding]
    defined: Mapping[str, str]
    read: Reader

    @property
    def touched(self) -> set[str]:
        """The columns that are new, or that have another type or comment."""
        before = {name: finding.definition for name, finding in self.known.items()}
        return {name for name, now in self.defined.items() if before.get(name) != now}

    @property
    def empty(self) -> set[str]:
        """The columns that held nothing."""
        return {n for n, f in self.known.items() if n in self.defined and f.status == "empty"}

    @property
    def unsure(self) -> set[str]:
        """The columns whose values did not tell."""
        return {
            n
            for n, f in self.known.items()
            if n in self.defined and f.status == "scanned" and f.personal == "unknown"
        }

    def whole(self, why: str) -> Read:
        """Read all columns."""
        return _whole(self.memory, self.read, why)


def _whole(memory: Memory, read: Reader, why: str) -> Read:
    facts, findings = read()
    now = memory.now.isoformat(timespec="seconds")
    return replace(facts, read="" if facts.reason else now, reading="whole", because=why), findings


def _reread(job: _Job, engine: Engine, table: Table, estimate: int | None) -> Read:
    if why := job.memory.stale or _outdated(job) or _unsettled(job):
        return job.whole(why)
    try:
        now = count(
            engine, table, estimate=estimate, after=job.past.highest, maybe=job.empty - job.touched
        )
    except DatabaseFailed:
        return job.whole("its rows could not be counted")
    more = _more(job.past, now)
    if more is None or more > (job.past.rows or 0):
        return job.whole(_moved(job.past, now))
    facts, findings = _columns(job, now)
    if not more or facts.reading == "whole":
        return facts, findings
    return _rows(job, now, facts, findings, more)


def _outdated(job: _Job) -> str:
    """Say why what the earlier scan read of the table is too old or too little."""
    past, memory = job.past, job.memory
    if past.reason or any(f.status == "failed" for f in job.known.values()):
        return "it could not be read, or was left out"
    try:
        age = (memory.now - datetime.fromisoformat(past.read)).days
    except (TypeError, ValueError):
        return "the earlier scan does not say when it was read"
    if age >= memory.days:
        return f"it was last read {age:,} days ago"
    partly = (past.rows or 0) > max((f.rows_read for f in job.known.values()), default=0)
    return memory.resampled if partly else ""


def _unsettled(job: _Job) -> str:
    """Say which change of columns may change what the columns beside them are taken for."""
    lost = [f for n, f in job.known.items() if n not in job.defined or n in job.touched]
    if any(_neighbourly(job.memory.rules, f) for f in lost):
        return "a column that told about others is gone or changed"
    if (lost or job.touched) and any(map(_names_firms, job.known.values())):
        return "its columns have changed, and its values say whose data it is"
    return ""


def _names_firms(finding: Finding) -> bool:
    """Whether a column's values, not its name, say that a table holds companies' data."""
    said = (e for e in finding.evidence if e.hits and e.source != "name")
    return finding.entity == "ORGANIZATION" and any(said)


def _neighbourly(rules: Rules, finding: Finding) -> bool:
    """Whether a column's kind or name counts for what stands beside it."""
    named = {p.entity for _, p in phrases(rules.words(finding.column.name), rules)}
    return not NEIGHBOURLY.isdisjoint({finding.entity, *named})


def _more(past: TableFacts, now: Count) -> int | None:
    """Count the rows above the last highest key; None if others changed too, or nobody can tell."""
    if not now.exact or past.rows_are != "exact":
        return now.beyond
    added = now.rows - (past.rows or 0)
    if past.highest is None:
        return None if added else 0
    return added if added == now.beyond and (added or now.highest == past.highest) else None


def _moved(past: TableFacts, now: Count) -> str:
    if now.exact and past.rows_are == "exact":
        return f"{wording.count(past.rows or 0, 'row')} then, {now.rows:,} now"
    return "too many rows to count them, or more than half of them are new"


def _columns(job: _Job, now: Count) -> Read:
    """Read the columns that are new or changed, and look into those that were unsure."""
    empty = job.empty if now.filled is None else now.filled
    asked = job.touched | job.unsure | empty
    facts, read = job.read(counted=now, names=asked) if asked else (job.past, [])
    if facts.reason:
        return job.whole("it could not be read")
    fresh = {f.column.name: f for f in read if f.column.name in asked}
    news = {n: f for n, f in fresh.items() if n in job.touched or _tells(f, job.known[n])}
    if any(_neighbourly(job.memory.rules, f) for f in news.values()):
        return job.whole(
            f"new, changed or filled, and telling of others: {', '.join(sorted(news))}"
        )
    kept = {n: replace(f, reused=True, copy_of="") for n, f in job.known.items()}
    findings = [news.get(name) or kept[name] for name in job.defined]
    told = f"new, changed or filled: {', '.join(sorted(news))}" if news else ""
    return _facts(job.past, now, "columns" if news else "reused", told), findings


def _tells(fresh: Finding, known: Finding) -> bool:
    """Whether a column that was empty or unknown now says something."""
    other = (fresh.personal, fresh.entity) != (known.personal, known.entity)
    return fresh.values_read > 0 and (known.status == "empty" or other)


def _rows(job: _Job, now: Count, facts: TableFacts, findings: list[Finding], more: int) -> Read:
    """Read the rows that are new, and believe them where they say more than was known."""
    new, read = job.read(counted=now, after=job.past.highest)
    if new.reason:
        return job.whole("it could not be read")
    alone = f"judged by the {wording.count(more, 'row')} that {wording.noun(more, 'is', 'are')} new"
    merged = [
        replace(fresh, reason=fresh.reason or alone) if _adds(fresh, known) else known
        for fresh, known in zip(read, findings, strict=True)
    ]
    because = f"{more:,} new rows" + (f"; {facts.because}" if facts.because else "")
    return replace(facts, reading="rows", because=because), merged


def _adds(fresh: Finding, known: Finding) -> bool:
    """Whether new rows hold something that the others did not."""
    if not fresh.values_read:
        return False
    personal = fresh.personal not in {"none", "unknown"}
    open_ = known.status == "empty" or known.personal == "unknown"
    return open_ or (personal and known.personal == "none")


def _facts(past: TableFacts, now: Count, reading: Reading, because: str) -> TableFacts:
    """Say of a table what is so now; when it was read whole stays."""
    return TableFacts(
        past.table,
        now.rows,
        "exact" if now.exact else "estimate",
        highest=now.highest,
        read=past.read,
        reading=reading,
        because=because,
    )
