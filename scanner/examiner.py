"""One table of a scan: sampled and judged, in this process or in a worker's. Reads only.

What goes in and what comes out can be pickled: names, counts and verdicts, never a cell's value.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from sqlalchemy import Column, Engine, MetaData, Table
from sqlalchemy.types import NullType

from scanner import reuse, sampler
from scanner._placeholders import is_erased
from scanner.counter import Count, count
from scanner.database import reading, ref
from scanner.detectors import classify, tables
from scanner.detectors.by_language import Language
from scanner.detectors.classify import Verdict
from scanner.detectors.look import Look
from scanner.detectors.values import Values
from scanner.errors import DatabaseFailed
from scanner.model import ColumnRef, Finding, Status, TableFacts
from scanner.recognizers import Rules
from scanner.rulebook import Pack

LEFT_OUT = "left out on request"
"""Why a table was not read that the globs left out."""

TOO_SLOW = "not asked to the end:"
"""How a finding's reason begins to name recognizers that took too long."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is the same for every table of one scan."""

    pack: Pack | None
    rules: Rules
    language: Language
    rows: int
    full: bool
    seed: int
    memory: reuse.Memory


@dataclass(frozen=True, slots=True)
class Unit:
    """A table to examine: its columns, the catalogue's row count, and comments on its columns.

    ``past`` is what an earlier scan said of it, if there was one.
    """

    table: Table
    estimate: int | None
    comments: Mapping[tuple[str, str], str]
    past: reuse.Read | None = None

    def alone(self) -> "Unit":
        """Take the table out of its schema, which would be pickled with it."""
        return replace(self, table=self.table.to_metadata(MetaData()))


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found in a table."""

    facts: TableFacts
    columns: tuple[Finding, ...]


def examine(engine: Engine, work: Work, unit: Unit) -> Examined:
    """Read of a table what no earlier scan can answer for; one that cannot be read is listed.

    Raises:
        DatabaseFailed: the database itself is gone.

    """
    facts, columns = reuse.reread(
        work.memory,
        unit.past,
        engine,
        unit.table,
        partial(_read, engine, work, unit),
        comments=unit.comments,
        estimate=unit.estimate,
    )
    return Examined(facts, tuple(columns))


def _read(
    engine: Engine,
    work: Work,
    unit: Unit,
    *,
    counted: Count | None = None,
    names: Collection[str] | None = None,
    after: int | None = None,
) -> reuse.Read:
    """Sample a table and judge its columns together; ``names`` and ``after`` limit what is read."""
    table, where = unit.table, ref(unit.table)
    try:
        counted = counted or count(engine, table, estimate=unit.estimate)
        taken = sampler.sample(
            engine,
            table,
            rows=work.rows,
            full=work.full,
            seed=work.seed,
            counted=counted,
            names=names,
            after=after,
        )
    except DatabaseFailed as error:
        _still_there(engine)
        why = str(error).partition(";")[0]
        failed = [_unread(c, "failed", why, work.pack) for c in table.columns]
        return TableFacts(where, None, reason=why), failed
    looks = tables.looks(
        table,
        {n: _left(v) for n, v in taken.values.items()},
        rules=work.rules,
        language=work.language,
        comments=unit.comments,
    )
    verdicts = tables.verdicts(looks, work.pack)
    columns = []
    for column in table.columns:
        if why := taken.failed.get(column.name, ""):
            columns.append(_unread(column, "failed", why, work.pack))
        elif column.name in looks:
            remark = taken.remarks.get(column.name, "")
            columns.append(_seen(column, looks[column.name], verdicts[column.name], remark))
        else:
            columns.append(_unread(column, "skipped", "", work.pack))
    rows_are: Literal["exact", "estimate"] = "exact" if taken.exact else "estimate"
    return TableFacts(where, taken.rows, rows_are, highest=taken.highest), columns


def _still_there(engine: Engine) -> None:
    """End the scan where not one table but the whole database cannot be read any more."""
    with reading(engine):
        pass


def left_out(table: Table, pack: Pack | None) -> Examined:
    """List a table that was left out on request: nobody looked, so nobody knows."""
    columns = [_unread(c, "failed", LEFT_OUT, pack) for c in table.columns]
    facts = TableFacts(ref(table), None, reason=LEFT_OUT)
    return Examined(facts, tuple(replace(c, status="skipped") for c in columns))


def tell(finding: Finding, verdict: Verdict) -> Finding:
    """Put a verdict into a finding."""
    return replace(
        finding,
        personal=verdict.personal,
        entity=verdict.entity,
        score=verdict.score,
        evidence=verdict.evidence,
        declared_by=verdict.by,
        why=verdict.why,
    )


def verdict_of(finding: Finding) -> Verdict:
    """Take the verdict out of a finding."""
    return Verdict(
        finding.personal,
        finding.entity,
        finding.score,
        why=finding.why,
        evidence=finding.evidence,
        by=finding.declared_by,
    )


def _seen(column: Column[Any], look: Look, verdict: Verdict, remark: str) -> Finding:
    values = look.values
    share, low, high = classify.share(look, verdict)
    examples = classify.examples(look, verdict)
    finding = Finding(
        look.ref,
        _type(column),
        "scanned" if values.read else "empty",
        "; ".join(filter(None, (remark, _remark(values), _slow(look)))),
        values.rows,
        values.read,
        values.distinct,
        share=round(share, 4),
        share_low=round(low, 4),
        share_high=round(high, 4),
        examples=examples,
    )
    return tell(finding, verdict)


def _left(values: Values) -> Values:
    """Leave out the placeholders of people who were erased: they say nothing about the others."""
    gone = {v: n for v, n in values.counts.items() if is_erased(v)}
    if not gone:
        return values
    counts = {v: n for v, n in values.counts.items() if v not in gone}
    return replace(values, counts=counts, read=values.read - sum(gone.values()))


def _remark(values: Values) -> str:
    if values.beyond:
        return f"only its first {values.distinct:,} different values were looked at"
    return "" if values.read else "no values"


def _slow(look: Look) -> str:
    names = ", ".join(map(repr, sorted(look.slow)))
    return f"{TOO_SLOW} {names} took too long with a value" if names else ""


def _unread(column: Column[Any], status: Status, why: str, pack: Pack | None) -> Finding:
    """List a column that was not read; what the pack says of it still holds."""
    where = ColumnRef(column.table.schema or "", column.table.name, column.name)
    reason, harmless = sampler.unread(column) if status == "skipped" else (why, False)
    plain = Verdict("none" if harmless else "unknown", why=reason)
    return tell(Finding(where, _type(column), status, reason), tables.declared(where, plain, pack))


def _type(column: Column[Any]) -> str:
    return "" if isinstance(column.type, NullType) else str(column.type)
