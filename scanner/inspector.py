"""From a database to a ``Scan``: every column of every table once. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Engine, MetaData, Table, select

from scanner import __version__, recognizers, sampler
from scanner.database import identify, reading, ref, reflect
from scanner.detectors import by_gazetteer, by_name, classify
from scanner.detectors.by_language import DEFAULT, Language
from scanner.detectors.classify import Verdict
from scanner.detectors.copies import copies
from scanner.detectors.look import Look, Owner, owner
from scanner.detectors.values import Values
from scanner.errors import DatabaseFailed
from scanner.model import (
    ColumnRef,
    Evidence,
    Finding,
    Progress,
    Scan,
    Silent,
    Status,
    TableFacts,
    TableRef,
)
from scanner.recognizers import Rules
from scanner.rulebook import Pack

__all__ = ["DEFAULT", "scan"]


PARTS = frozenset({"first", "last"})
"""Parts of a name that only a person has."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What is the same for every table of one scan."""

    engine: Engine
    pack: Pack | None
    rules: Rules
    language: Language
    rows: int
    full: bool
    seed: int
    comments: Mapping[tuple[str, str], str]
    estimates: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One column of a table after looking: its finding, and the verdict that copies inherit."""

    finding: Finding
    verdict: Verdict


def scan(
    engine: Engine,
    *,
    pack: Pack | None,
    rules: Sequence[Path] = (),
    recognizers: Sequence[Path] = (),
    model: str = DEFAULT,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    sample: int = 1000,
    full: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
) -> Scan:
    """Look at every column of the database and say what it is to a person.

    ``rules`` are TOML files with recognizers and column names of the user's, ``recognizers``
    Presidio YAML files, ``only`` and ``skip`` globs on tables. About ``sample`` rows of a table
    are read, all of them when ``full``; equal ``seed`` and data give an equal scan.

    Returns:
        Tables and columns in the order of their names; no cell's value, masked examples aside.

    Raises:
        DatabaseFailed: the database cannot be read at all; a single table that cannot is listed.
        Misconfigured: a rule file or the model is missing or wrong.

    """
    watch = progress or Silent()
    known = _rules(rules)
    language = Language(model, recognizers)
    with reading(engine) as connection:
        schema = reflect(connection, only=only, skip=skip)
        database = identify(connection, schema)
    tables = sorted(schema.tables.values(), key=ref)
    job = _Job(
        engine,
        pack,
        known,
        language,
        sample,
        full,
        seed,
        _comments(engine, schema),
        sampler.estimates(engine),
    )
    watch.begin("scan", sum(len(t.columns) for t in tables))
    facts: list[TableFacts] = []
    seen: dict[ColumnRef, _Seen] = {}
    rows = 0
    for table in tables:
        fact, columns = _table(job, table)
        facts.append(fact)
        seen.update((c.finding.column, c) for c in columns)
        rows += max((c.finding.rows_read for c in columns), default=0)
        watch.advance(len(table.columns), f"{ref(table)}, {rows:,} rows so far")
    facts, findings = _copied(facts, seen, copies(schema, known))
    return Scan(
        efface=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        database=database,
        pack=pack.name if pack else "",
        tables=tuple(sorted([*facts, *_left_out(schema)], key=lambda f: f.table)),
        columns=tuple(findings),
        options={
            "sample": "full" if full else sample,
            "seed": seed,
            "model": model,
            "only": list(only),
            "skip": list(skip),
        },
    )


def _rules(paths: Sequence[Path]) -> Rules:
    return recognizers.load(paths)


def _left_out(schema: MetaData) -> list[TableFacts]:
    """List the views, what was skipped on request, and what could not be reflected."""
    views = [
        TableFacts(v, None, kind="view", reason="a view: it shows what its tables hold")
        for v in schema.info["views"]
    ]
    skipped = [TableFacts(t, None, reason="left out on request") for t in schema.info["skipped"]]
    failed = [TableFacts(t, None, reason=why) for t, why in schema.info["failed"].items()]
    return [*views, *skipped, *failed]


def _table(job: _Job, table: Table) -> tuple[TableFacts, list[_Seen]]:
    """Sample a table and judge its columns together."""
    where = ref(table)
    try:
        taken = sampler.sample(
            job.engine,
            table,
            rows=job.rows,
            full=job.full,
            seed=job.seed,
            estimate=job.estimates.get((where.schema, where.name)),
        )
    except DatabaseFailed as error:
        why = str(error).partition(";")[0]
        columns = [_unread(job, table, c, "failed", why) for c in table.columns]
        return TableFacts(where, None, reason=why), columns
    looks = _looks(job, table, taken)
    verdicts = _verdicts(job, looks)
    columns = []
    for column in table.columns:
        if column.name in verdicts and column.name not in taken.failed:
            look, verdict = looks[column.name], verdicts[column.name]
            columns.append(_seen(job, column, look, verdict, taken.remarks.get(column.name, "")))
        elif why := taken.failed.get(column.name, ""):
            columns.append(_unread(job, table, column, "failed", why))
        else:
            columns.append(_unread(job, table, column, "skipped", ""))
    rows_are = "exact" if taken.exact else "estimate"
    return TableFacts(where, taken.rows, rows_are), columns  # type: ignore[arg-type]  # one of two


def _looks(job: _Job, table: Table, taken: sampler.TableSample) -> dict[str, Look]:
    whose = _owner(job.rules, table, taken)
    return {
        name: Look(
            ColumnRef(table.schema or "", table.name, name),
            values,
            job.rules,
            job.language,
            whose,
            _comment(job, table, name),
        )
        for name, values in taken.values.items()
    }


def _owner(rules: Rules, table: Table, taken: sampler.TableSample) -> Owner:
    """Say whose data a table holds: a company's name or a person's decide before its own name.

    A "contact" beside a company is whom to ask for there: the address is the company's.
    """
    person = company = False
    for name, values in taken.values.items():
        words = rules.words(name)
        found = [p for _, p in by_name.phrases(words, rules)]
        legal, _ = values.hits(by_gazetteer.is_company)
        firm = bool(values.read) and legal > 0.1 * values.read  # noqa: PLR2004
        named = any(p.entity == "ORGANIZATION" for p in found)
        company |= firm or (named and words[-1] not in rules.vocabulary["heads"])
        person |= "contact" not in words and not firm and any(p.part in PARTS for p in found)
        person |= bool(words) and all(w in rules.vocabulary["persons"] for w in words)
    if person or company:
        return "person" if person else "organisation"
    return owner(rules.words(table.name), rules)


def _comment(job: _Job, table: Table, name: str) -> str:
    own = table.columns[name].comment
    return own or job.comments.get((table.name.lower(), name.lower()), "")


def _verdicts(job: _Job, looks: Mapping[str, Look]) -> dict[str, Verdict]:
    for look in looks.values():
        classify.examine(look)
    drafts = [classify.judge(look) for look in looks.values()]
    classify.neighbours(list(looks.values()), drafts)
    return {name: _declared(job, look, classify.judge(look)) for name, look in looks.items()}


def _declared(job: _Job, look: Look, verdict: Verdict) -> Verdict:
    """Let the pack's word decide, unless it says "none" and the values clearly say otherwise."""
    declared = job.pack.declared(look.ref.table, look.ref.name) if job.pack else None
    if declared is None or job.pack is None:
        return verdict
    sure = any(e.source == "pattern" and e.weight >= 0.5 for e in verdict.evidence)  # noqa: PLR2004
    if declared.personal == "none" and sure and verdict.personal != "none":
        return verdict
    none = declared.personal == "none"
    weight = -1.0 if none else 1.0
    evidence = Evidence(f"the pack {job.pack.name} says so", "declared", 0, 0, weight)
    return Verdict(
        declared.personal,
        "" if none else declared.entity or verdict.entity,
        0.0 if none else 1.0,
        verdict.part,
        f"the pack {job.pack.name} says so",
        (evidence, *verdict.evidence),
        named=True,
    )


def _seen(job: _Job, column: Column[Any], look: Look, verdict: Verdict, remark: str) -> _Seen:
    values = look.values
    share, low, high = classify.share(look, verdict)
    declared = any(e.source == "declared" for e in verdict.evidence)
    finding = Finding(
        look.ref,
        _type(column),
        "scanned" if values.read else "empty",
        remark or ("" if values.read else "no values"),
        values.rows,
        values.read,
        values.distinct,
        verdict.personal,
        verdict.entity,
        verdict.score,
        round(share, 4),
        round(low, 4),
        round(high, 4),
        verdict.evidence,
        job.pack.name if declared and job.pack else "",
        verdict.why,
        classify.examples(look, verdict),
    )
    return _Seen(finding, verdict)


def _unread(job: _Job, table: Table, column: Column[Any], status: Status, why: str) -> _Seen:
    """List a column that was not read; what the pack says of it still holds."""
    where = ColumnRef(table.schema or "", table.name, column.name)
    reason, harmless = sampler.unread(column) if status == "skipped" else (why, False)
    plain = Verdict("none" if harmless else "unknown", why=reason)
    look = Look(where, Values(), job.rules, job.language)
    verdict = _declared(job, look, plain)
    finding = Finding(
        where,
        _type(column),
        status,
        reason,
        personal=verdict.personal,
        entity=verdict.entity,
        score=verdict.score,
        evidence=verdict.evidence,
        declared_by=job.pack.name if verdict is not plain and job.pack else "",
        why=verdict.why,
    )
    return _Seen(finding, verdict)


def _type(column: Column[Any]) -> str:
    return str(column.type) if type(column.type).__name__ != "NullType" else ""


def _copied(
    facts: Sequence[TableFacts],
    seen: Mapping[ColumnRef, _Seen],
    pairs: Mapping[TableRef, TableRef],
) -> tuple[list[TableFacts], list[Finding]]:
    """Mark copies of tables, and let their columns inherit the verdict where theirs is weaker."""
    from dataclasses import replace

    marked = [replace(f, copy_of=str(pairs[f.table])) if f.table in pairs else f for f in facts]
    names = {(c.of, c.name.lower()): c for c in seen}
    findings = []
    for where, one in seen.items():
        original = names.get((pairs.get(where.of, where.of), where.name.lower()), where)
        if original == where:
            findings.append(one.finding)
            continue
        verdict = classify.inherit(one.verdict, seen[original].verdict, str(original))
        findings.append(
            replace(
                one.finding,
                copy_of=str(original),
                personal=verdict.personal,
                entity=verdict.entity,
                score=verdict.score,
                why=verdict.why,
                evidence=verdict.evidence,
            )
        )
    return marked, findings


def _comments(engine: Engine, schema: MetaData) -> dict[tuple[str, str], str]:
    """Read the column comments that Clarify keeps in tables of its own, if they are there.

    Returns:
        (physical table, column), both in lower case, to the comment.

    """
    by_name = {t.name.lower(): t for t in schema.tables.values()}
    fields, tables = by_name.get("adp_sch_info"), by_name.get("adp_tbl_name_map")
    if fields is None or tables is None:
        return {}
    try:
        query = select(tables.c.type_name, fields.c.field_name, fields.c.comments).where(
            tables.c.type_id == fields.c.type_id
        )
        with reading(engine) as connection:
            rows = connection.execute(query).all()
    except (AttributeError, DatabaseFailed):
        return {}
    return {
        (prefix + str(table).lower(), str(name).lower()): str(comment)
        for table, name, comment in rows
        if comment
        for prefix in ("table_", "")
    }
