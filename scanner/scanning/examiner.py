"""One table of a scan, or a stretch of it: sampled and judged, in any process. Reads only.

What goes in and what comes out can be pickled: names, counts and verdicts, never a cell's value.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from sqlalchemy import Column, Engine, MetaData, Table
from sqlalchemy.types import NullType

from scanner import sampler
from scanner.database import reading, ref
from scanner.detectors import classify, tables
from scanner.detectors.by_language import Language
from scanner.detectors.classify import Verdict
from scanner.detectors.look import Look
from scanner.detectors.values import Values
from scanner.errors import DatabaseFailed
from scanner.model import ColumnRef, Finding, Status, TableFacts
from scanner.rulebook import Pack
from scanner.rulefiles.recognizers import Rules
from scanner.scanning import reuse, tally
from scanner.scanning.tally import Joined, Tally
from scanner.tables.counter import Count, count
from scanner.tables.stretches import CELLS, Stretch, stretches
from scanner.texts.placeholders import is_erased

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
    cells: int = CELLS


@dataclass(frozen=True, slots=True)
class Unit:
    """A table to examine: its columns, the catalogue's row count, and comments on its columns.

    ``past`` is what an earlier scan said of it, if there was one. With ``stretch`` only that is
    examined of a table whose rows are ``counted``.
    """

    table: Table
    estimate: int | None
    comments: Mapping[tuple[str, str], str]
    past: reuse.Read | None = None
    stretch: Stretch | None = None
    counted: Count | None = None

    def alone(self) -> "Unit":
        """Take the table out of its schema, which would be pickled with it."""
        return replace(self, table=self.table.to_metadata(MetaData()))


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found in a table."""

    facts: TableFacts
    columns: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A table that is too big to be examined at once, as units for its stretches."""

    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What was found in a stretch of a table, by column; ``rest`` is what is left to examine.

    ``failed`` says why the stretch could not be read.
    """

    stretch: Stretch
    tallies: Mapping[str, Tally]
    rest: Unit | None = None
    failed: str = ""


Outcome = Examined | Cut | Part


def examine(engine: Engine, work: Work, unit: Unit) -> Outcome:
    """Read of a table what no earlier scan can answer for; one that cannot be read is listed.

    A table of which much is to be read comes back cut, for others to examine its stretches.

    Raises:
        DatabaseFailed: the database itself is gone.

    """
    if unit.stretch:
        return _part(engine, work, unit, unit.stretch)
    unit = _counted(engine, work, unit)
    if cut := _cut(engine, work, unit):
        return cut
    return finished(work, unit, partial(_read, engine, work, unit), engine)


def finished(work: Work, unit: Unit, read: reuse.Reader, engine: Engine) -> Examined:
    """Read a whole table by ``read``, as far as no earlier scan can answer for it."""
    facts, columns = reuse.reread(
        work.memory,
        unit.past,
        engine,
        unit.table,
        read,
        comments=unit.comments,
        estimate=unit.estimate,
    )
    return Examined(facts, tuple(columns))


def _counted(engine: Engine, work: Work, unit: Unit) -> Unit:
    """Count the rows of a table that may be worth a cut; whoever reads it says why it cannot."""
    few = not work.full and work.rows * len(unit.table.columns) <= work.cells
    if unit.past or few:
        return unit
    try:
        return replace(unit, counted=count(engine, unit.table, estimate=unit.estimate))
    except DatabaseFailed:
        return unit


def _cut(engine: Engine, work: Work, unit: Unit) -> Cut | None:
    """Cut a table of which more is read than is held at a time; None where it is not worth it."""
    if not unit.counted:
        return None
    size = None if work.full else work.rows
    found = stretches(engine, unit.table, counted=unit.counted, size=size, cells=work.cells)
    return Cut(tuple(replace(unit, stretch=one) for one in found)) if found else None


def _part(engine: Engine, work: Work, unit: Unit, stretch: Stretch) -> Part:
    """Read and judge a stretch by itself."""
    counted = unit.counted or Count(0, False)
    try:
        taken = sampler.sample(
            engine,
            unit.table,
            rows=stretch.size or work.rows,
            full=stretch.size is None,
            seed=work.seed + stretch.number,
            counted=counted,
            stretch=stretch,
        )
    except DatabaseFailed as error:
        _still_there(engine)
        return Part(stretch, {}, failed=str(error).partition(";")[0])
    looks, verdicts = _judged(work, unit, taken)
    tallies = {
        name: tally.of(
            look,
            verdicts[name],
            remark=taken.remarks.get(name, ""),
            failed=taken.failed.get(name, ""),
            number=stretch.number,
        )
        for name, look in looks.items()
        if not stretch.filled or name in stretch.filled
    }
    if taken.reached is None:
        return Part(stretch, tallies)
    return Part(stretch, tallies, replace(unit, stretch=stretch.beyond(taken.reached)))


def joined(work: Work, unit: Unit, tallies: Mapping[str, Joined], failed: str) -> reuse.Read:
    """Make of what was found in the stretches of a table what was found in the table."""
    table, counted = unit.table, unit.counted or Count(0, False)
    if failed:
        return _failed(unit, failed, work.pack)
    columns = []
    for column in table.columns:
        one = tallies.get(column.name)
        if one is None:
            columns.append(_unread(column, "skipped", "", work.pack))
        elif one.failed:
            columns.append(_unread(column, "failed", one.failed, work.pack))
        else:
            where = ColumnRef(table.schema or "", table.name, column.name)
            look = one.look(where, work.rules, work.language)
            verdict = tables.declared(where, classify.judge(look), work.pack)
            finding = _seen(column, look, verdict, one.remark)
            columns.append(replace(finding, distinct_read=one.distinct, examples=one.examples))
    rows_are: Literal["exact", "estimate"] = "exact" if counted.exact else "estimate"
    return TableFacts(ref(table), counted.rows, rows_are, highest=counted.highest), columns


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
    table = unit.table
    try:
        counted = counted or unit.counted or count(engine, table, estimate=unit.estimate)
        taken = sampler.sample(
            engine,
            table,
            rows=work.rows,
            full=work.full,
            seed=work.seed,
            counted=counted,
            names=names,
            stretch=None if after is None else Stretch(0, after, rows=counted.beyond or 0),
        )
    except DatabaseFailed as error:
        _still_there(engine)
        return _failed(unit, str(error).partition(";")[0], work.pack)
    looks, verdicts = _judged(work, unit, taken)
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
    return TableFacts(ref(table), taken.rows, rows_are, highest=taken.highest), columns


def _judged(
    work: Work, unit: Unit, taken: sampler.TableSample
) -> tuple[dict[str, Look], dict[str, Verdict]]:
    looks = tables.looks(
        unit.table,
        {n: _left(v) for n, v in taken.values.items()},
        rules=work.rules,
        language=work.language,
        comments=unit.comments,
    )
    return looks, tables.verdicts(looks, work.pack)


def _failed(unit: Unit, why: str, pack: Pack | None) -> reuse.Read:
    """List a table that could not be read."""
    columns = [_unread(c, "failed", why, pack) for c in unit.table.columns]
    return TableFacts(ref(unit.table), None, reason=why), columns


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
    """Say a column's type; nothing where it is not known, unless it says itself what it is."""
    kind = column.type
    silent = isinstance(kind, NullType) and type(kind).__str__ is NullType.__str__
    return "" if silent else str(kind)
