"""From a draft to a script that a DBA reads and runs: the steps of an erasure. Reads only.

The script holds keys, placeholders, positions, lengths and keyed digests, nothing that a row says.
It ends in ROLLBACK until somebody changes that.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    literal,
    literal_column,
    select,
)
from sqlalchemy.engine import Dialect as Tongue
from sqlalchemy.exc import CompileError
from sqlalchemy.sql import ClauseElement

from scanner import rulebook, verifier
from scanner.database import dialect_of, ref, standing
from scanner.dialects import Dialect
from scanner.errors import Misconfigured
from scanner.graph import table_of
from scanner.guards import following, safeguards
from scanner.planner import Draft
from scanner.purge.references import key_column
from scanner.rows import chunks
from scanner.rulebook import Pack
from scanner.scripting.patches import patches
from scanner.scripting.recipes import Patch, bare, expression, fingerprint, secret_of
from scanner.scripting.removals import KEYS, Removal, removals

KEYS_A_LINE = 10

WIDTH = 96
"""A longer text is broken between its pieces; SQL*Plus takes no lines over 2,499 characters."""

ASIDE = "efface erase does it; once this script is committed they may not be found again"


@dataclass(frozen=True, slots=True)
class Script:
    """A script, and how many rows of which tables, and why, are not in it."""

    text: str
    left_out: Mapping[tuple[str, str], int]

    def remarks(self) -> list[str]:
        """Say what is not in the script."""
        return _left_out(self.left_out)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes SQL for one kind of database; ``rules`` are its file of rules/scripts."""

    dialect: Dialect
    tongue: Tongue
    rules: Mapping[str, Any]

    @classmethod
    def of(cls, dialect: Dialect, tongue: Tongue) -> "Writer":
        """Choose how scripts are written.

        Raises:
            Misconfigured: none are for this database.
        """
        if not dialect.script:
            raise Misconfigured(f"no scripts are written for {tongue.name}")
        kind: Callable[..., Tongue] = type(tongue)
        plain = kind(paramstyle="named")  # others double the signs of their parameters
        return cls(dialect, plain, rulebook.load_script(dialect.script))

    def sql(self, element: ClauseElement) -> str:
        """Write an expression with its values."""
        said = element.compile(dialect=self.tongue, compile_kwargs={"literal_binds": True})
        return str(said)

    def name(self, table: Table) -> str:
        """Write a table's name."""
        return self.tongue.identifier_preparer.format_table(table)

    def column(self, name: str) -> str:
        """Write a column's name."""
        return self.tongue.identifier_preparer.quote(name)

    def step(self, number: int, table: Table, key: Sequence[str], some: Sequence[Patch]) -> str:
        """Write the statement that changes ``some`` rows alike, and the check of their number."""
        first = some[0]
        made = {n: expression(self.dialect, table, n, v, key) for n, v in first.new.items()}
        told = [f"{self.column(n)} = {_broken(self.sql(e), n)}" for n, e in made.items()]
        assignments = ",\n       ".join([*told, *self._standing(table, made.keys())])
        conditions = [self._where(table, key, some), *map(self.sql, self._guards(table, first))]
        return self._filled(
            "step",
            table=self.name(table),
            assignments=assignments,
            condition="\n   AND ".join(conditions),
            number=number,
            rows=len(some),
        )

    def secret(self, query: Select[Any]) -> str:
        """Write the statement that makes what digests are keyed with."""
        [table] = query.get_final_froms()
        where = query.whereclause
        if not isinstance(table, Table) or where is None:
            raise TypeError(query)
        made = _broken(self.sql(query.selected_columns[0]), *table.c.keys())
        return self._filled(
            "secret", secret=made, table=self.name(table), condition=self.sql(where)
        )

    def guard(self, rows: int) -> str:
        """Write the statement that stops a script which is not whole, and what is to be done first."""
        said = [
            f"STOP: {_rows(rows)}, listed above, cannot be changed by this script, and once it is",
            "committed nothing leads to them any more. Let efface erase carry the plan out instead:",
            "it changes these rows, too. If it may not write, have them changed by hand first, and",
            "write down what the person is called. Then delete this statement.",
        ]
        return f"{_comments(said)}\n{self._filled('guard', rows=rows)}"

    def unwritable(self, draft: Draft, patch: Patch) -> str:
        """Say what of a patch cannot be written, as its type has no constants or no name; else nothing."""
        table, key = table_of(draft.schema, patch.table), draft.addresses[patch.table].columns
        for name, value in patch.new.items():
            if value is None or isinstance(value, str | int):
                continue
            try:
                self.sql(expression(self.dialect, table, name, value, key))
            except CompileError:
                return f"the new value of {name} cannot be written in SQL"
        return ""

    def _filled(self, part: str, **values: object) -> str:
        return str(self.rules[part]).strip("\n").format(**values)

    def _where(self, table: Table, key: Sequence[str], some: Sequence[Patch]) -> str:
        columns = [bare(table.c[c]) for c in key]
        if len(some) == 1 or len(columns) > 1:
            rows = [and_(*(c == p.place[c.name] for c in columns)) for p in some]
            text = "\n    OR ".join(self.sql(r) for r in rows)
            return f"({text})" if len(some) > 1 else text
        return self._among(columns[0], [p.place[key[0]] for p in some])

    def removal(self, number: int, one: Removal) -> str:
        """Write the statement that deletes rows or empties a column, and the check of their number."""
        parts = {"table": self.name(one.table), "condition": self._referring(one)}
        if one.cut:
            stay = self._standing(one.table, {one.cut})
            parts["assignments"] = ",\n       ".join([f"{self.column(one.cut)} = NULL", *stay])
        return self._filled("step" if one.cut else "removal", **parts, number=number, rows=one.rows)

    def _standing(self, table: Table, written: Collection[str]) -> list[str]:
        return [f"{self.column(n)} = {self.column(n)}" for n in standing(table, written)]

    def _referring(self, one: Removal) -> str:
        """Say which rows a removal is about; by what their parents hold, which may be a name."""
        if one.by is None:
            return self._parted(bare(one.table.c[key_column(one.table)]), one.keys)
        parent, to = one.by.parent, one.by.parent.c[one.by.to]
        theirs = self._parted(bare(parent.c[key_column(parent)]), one.keys)
        unset = literal("" if to.type.python_type is str else 0, to.type)
        held = select(to).where(literal_column(theirs, Boolean), to != unset)
        terms: list[ColumnElement[bool]] = [bare(one.table.c[one.by.column]).in_(held)]
        terms += [bare(one.table.c[c]) == v for c, v in one.by.where]
        return "\n   AND ".join(map(self.sql, terms))

    def _parted(self, column: ColumnElement[Any], keys: Sequence[Any]) -> str:
        """Say that a column holds one of many keys; Oracle takes no list of more than 1,000."""
        lists = [self._among(column, some) for some in chunks(keys, KEYS)]
        return lists[0] if len(lists) == 1 else "(" + "\n    OR ".join(lists) + ")"

    def _among(self, column: ColumnElement[Any], keys: Sequence[Any]) -> str:
        values = [self.sql(literal(k, column.type)) for k in keys]
        lines = [values[n : n + KEYS_A_LINE] for n in range(0, len(values), KEYS_A_LINE)]
        listed = ",\n       ".join(", ".join(line) for line in lines)
        return f"{self.sql(column)} IN ({listed})"

    def _guards(self, table: Table, patch: Patch) -> Iterator[ClauseElement]:
        """Let a text be changed only where it is still the planned one."""
        for name, guard in patch.guards.items():
            one = bare(table.c[name])
            body = self.dialect.body(one)
            if guard is None or body is None:
                yield one.is_not(None)
                continue
            yield self.dialect.length(body) == guard.length
            made = fingerprint(self.dialect, body, literal_column(self.dialect.script_key))
            if guard.digest and made is not None:
                yield made == guard.digest


def _broken(text: str, *names: str) -> str:
    """Break a long expression between its pieces: no placeholder has the sign that joins them."""
    fits = len(text) < WIDTH or any("||" in n for n in names)
    return text if fits else text.replace(" || ", "\n       || ")


def script(connection: Connection, draft: Draft, pack: Pack) -> Script:
    """Write what erasing the subject of ``draft`` does as a script for the database it is of.

    Raises:
        Misconfigured: no scripts are written for such a database, or a purge deletes rows whose
            keys are personal data.
        Refused: a table cannot be rolled back, a foreign key would empty what refers to what is
            rewritten, or rewrite what people keep.
    """
    writer = Writer.of(dialect_of(connection), connection.dialect)
    safeguards.revocable(connection, draft)
    safeguards.unfollowed(connection, draft.schema, safeguards.changing(draft))
    following.kept(draft)
    made: list[Patch] = []
    left_out: Counter[tuple[str, str]] = Counter()
    for where, _key, patch in patches(connection, draft, pack, partial(writer.unwritable, draft)):
        if isinstance(patch, Patch):
            made.append(patch)
        else:
            left_out[str(where), patch] += 1
    return Script(written(writer, draft, pack, made, left_out), left_out)


def written(
    writer: Writer,
    draft: Draft,
    pack: Pack,
    made: Sequence[Patch],
    left_out: Mapping[tuple[str, str], int],
) -> str:
    """Put a script together: remarks, one transaction of steps, KPIs to compare.

    Once the subject's own row is redacted nothing leads to what is ``left_out``: so the script stops
    before its first step until a person has taken that out.
    """
    gone = list(removals(draft))
    steps = list(_steps(writer, draft, made, gone))
    secret = secret_of(writer.dialect, draft, pack.key)
    keyed = any(g and g.digest for p in made for g in p.guards.values())
    head = _head(draft, made, gone, len(steps), keyed=keyed, whole=not left_out)
    runs = [f"Run it:  {line}" for line in writer.rules["run"]]
    parts = [
        _comments([*head, *runs, "", *_left_out(left_out), *_notes(draft)]),
        writer.rules["opening"].strip("\n"),
        writer.guard(sum(left_out.values())) if left_out else "",
        writer.secret(secret) if keyed and secret is not None else "",
        *steps,
        writer.rules["closing"].strip("\n"),
        _comments(_kpis(writer, draft, pack)),
        _comments(
            ["Rehearsed: nothing is kept. To keep it, change ROLLBACK to COMMIT and run it again."]
        ),
        "ROLLBACK;",
    ]
    return "\n\n".join(p for p in parts if p) + "\n"


def _steps(
    writer: Writer, draft: Draft, made: Sequence[Patch], gone: Sequence[Removal]
) -> Iterator[str]:
    """Write the steps: rows that get the same values together, in the order of an erasure."""
    groups: dict[tuple[Any, ...], list[Patch]] = {}
    for patch in made:
        columns = tuple(patch.new)
        alone = (str(patch.key),) if patch.guards else ()
        name = (-patch.depth, patch.table, columns, repr(patch.new), alone)
        groups.setdefault(name, []).append(patch)
    number = 0
    for (_depth, where, columns, *_), some in sorted(groups.items(), key=lambda g: g[0]):
        table, key = table_of(draft.schema, where), draft.addresses[where].columns
        for start in range(0, len(some), KEYS):
            part = some[start : start + KEYS]
            number += 1
            told = f"step {number}: {where}, {_rows(len(part))}: {', '.join(columns)}"
            yield f"{_comments([told])}\n{writer.step(number, table, key, part)}"
    for further, one in enumerate(gone, start=number + 1):
        told = f"step {further}: {ref(one.table)}, {_rows(one.rows)}: {one.told}"
        yield f"{_comments([told])}\n{writer.removal(further, one)}"


def _left_out(rows: Mapping[tuple[str, str], int]) -> list[str]:
    return [
        f"not in this script: {_rows(n)} of {table} ({why}): {ASIDE}"
        for (table, why), n in sorted(rows.items())
    ]


def _head(
    draft: Draft,
    made: Sequence[Patch],
    gone: Sequence[Removal],
    steps: int,
    *,
    keyed: bool,
    whole: bool,
) -> Iterator[str]:
    plan, cut = draft.plan, [one for one in gone if one.cut]
    tables = len({p.table for p in made} | {ref(one.table) for one in cut})
    verb = "purges" if draft.purge else "erases"
    yield f"Made by Efface {plan.efface}: {verb} subject {plan.subject[1]} of {plan.subject[0]}."
    yield f"Plan:     {plan.digest}"
    yield f"Database: {plan.database.name} ({plan.database.dialect})"
    changed = {(p.table, p.key) for p in made}
    changed |= {(ref(one.table), (k,)) for one in cut for k in one.keys}
    yield f"Changes:  {_rows(len(changed))} of {tables} tables in {steps} steps, one transaction"
    if draft.purge:
        rest = [one for one in gone if not one.cut]
        of = len({ref(one.table) for one in rest})
        yield f"Deletes:  {_rows(sum(one.rows for one in rest))} of {of} tables, in these steps"
    yield "It ends in ROLLBACK: it rehearses until you change the last line to COMMIT."
    yield "Every step checks how many rows it changed and stops everything where that is not as"
    yield "planned. No personal data is in here. Where only pieces of a text change, it is put"
    yield "together from what is stored, by position, if it is still as long as planned"
    if keyed:
        yield "and has the planned digest. Digests are keyed with the subject's own row: alone they mean nothing."
    elif any(p.guards for p in made):
        yield "(no digest is compared: let nobody write between the plan and the script)."
    yield "What only erase does: looks for the person again, follows triggers, keeps the journal."
    yield from _afterwards(draft, whole=whole)


def _afterwards(draft: Draft, *, whole: bool) -> Iterator[str]:
    """Say what proves that all is done: a plan finds only what the subject's own rows still lead to."""
    write = "So write down what the person is called before you run this; afterwards"
    search = "efface verify --identifiers FILE, with that in the file, must find nothing."
    if draft.purge:
        yield "Afterwards efface verify PLAN must find nothing. What triggers write about deleted rows"
        yield "stays until somebody deletes it: efface verify --identifiers FILE finds it, so write down"
        yield "what the person is called before you run this."
    elif whole and not draft.plan.triggers:
        yield "Afterwards efface verify PLAN must find nothing, and plan again nothing left to do."
    if not whole:
        yield "Not all of the plan is in here: it STOPS until somebody has seen to the rows below."
        yield "Afterwards neither plan nor verify PLAN can find these rows, should they be as they were."
    if draft.plan.triggers and not draft.purge:
        yield "Triggers fire that may write what was there elsewhere: neither plan nor verify PLAN looks"
        yield "for that."
    if not whole or (draft.plan.triggers and not draft.purge):
        yield write
        yield search


def _notes(draft: Draft) -> Iterator[str]:
    """List what the plan says beside its steps."""
    plan = draft.plan
    for review in plan.reviews:
        if review.answer != "erase":
            m = review.mention
            key = "-".join(map(str, m.key))
            yield f"kept, review {review.id} ({review.why}): {m.table} {key} {m.column}"
    for column, rows in plan.kept.items():
        yield f"kept by decision: {column} in {_rows(rows)}"
    for column, rows in plan.follows.items():
        yield f"follows by itself: {column} in {_rows(rows)} refers to what is rewritten (ON UPDATE CASCADE)"
    for stop in plan.stops:
        yield f"{stop.effect}: {stop.why} ({_rows(stop.rows)})"
    for table, names in plan.triggers.items():
        yield f"trigger on {table}: {', '.join(names)}; what it writes is not in this script"
    for duty in plan.duties:
        count = "" if duty["count"] is None else f" ({duty['count']})"
        yield f"to do elsewhere: {duty['kind']}{count}"


def _kpis(writer: Writer, draft: Draft, pack: Pack) -> Iterator[str]:
    queries = [(n, writer.sql(q)) for n, q in verifier.counting(draft.schema, pack)]
    if queries and draft.purge:
        yield "What reports count. Each must lose only rows that are deleted, as the plan says:"
    elif queries:
        yield "What reports count. Each must say the same before and after:"
    for name, query in queries:
        yield f"{name}: {' '.join(query.split())};"


def _rows(count: int) -> str:
    return f"{count:,} row" + ("s" if count != 1 else "")


def _comments(lines: Iterable[str]) -> str:
    """Write lines of remark; no sign ends one early."""
    return "\n".join(
        "-- " + "".join(c if c.isprintable() else "?" for c in line) if line else "--"
        for line in lines
    )
