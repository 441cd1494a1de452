"""Representative samples: an engine and a table in, ``Values`` by column out. Reads only.

One statement reads a table, in a read-only transaction of its own, so that a table that fails
(a permission, a damaged page) spoils no other.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Engine,
    FromClause,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    String,
    Table,
    Time,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType, _Binary

from scanner.database import dialect_of, reading
from scanner.detectors.values import Kind, Values
from scanner.errors import DatabaseFailed

LONGEST = 4000
"""Characters read of a text; what comes after them is not looked at."""

WHOLE = 5
"""Tables up to so many times the sample are read whole, and thinned out here."""

COUNTED = 1_000_000
"""Tables that are said to be smaller are counted; for others the catalogue's estimate does."""

HARMLESS = frozenset({"BIT", "ROWVERSION"})
UNREADABLE = HARMLESS | {"GEOMETRY", "GEOGRAPHY", "BFILE"}
"""Types, by name, of which SQLAlchemy has no common base."""

UNEXPLAINED = (
    "the database failed",
    "the database sent text that is not valid",
    "a text in the file is not valid",
    "a value cannot be read",
    "a value does not fit",
)
"""Failures that a single value may have caused; a permission or a time limit is none."""

BATCH = 2000
"""Rows fetched at a time."""


@dataclass(slots=True, repr=False, eq=False)
class TableSample:
    """What was read of a table; ``failed`` and ``remarks`` say why not, or how otherwise."""

    values: dict[str, Values]
    rows: int | None = None
    exact: bool = True
    failed: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)


def sample(
    engine: Engine, table: Table, *, rows: int, full: bool, seed: int, estimate: int | None
) -> TableSample:
    """Read about ``rows`` rows of ``table`` at random, or all of them when ``full``.

    Raises:
        DatabaseFailed: nothing of the table can be read.

    """
    kinds = {c.name: k for c in table.columns if (k := kind(c))}
    taken = TableSample({name: Values(k) for name, k in kinds.items()})
    _count(engine, table, taken, estimate)
    names = tuple(kinds)
    if not names:
        return taken
    size = None if full else rows
    try:
        _read(engine, table, names, taken, size=size, seed=seed, read=_plain)
    except DatabaseFailed as error:
        if not str(error).startswith(UNEXPLAINED):
            raise
        _one_by_one(engine, table, taken, size=size, seed=seed)
    except (ValueError, OverflowError):
        _one_by_one(engine, table, taken, size=size, seed=seed)
    return taken


def kind(column: Column[Any]) -> Kind | None:
    """Say what a column's type can hold: text, number or date, or nothing that could be personal.

    A type that the driver does not know is read as text.
    """
    given = column.type
    if isinstance(given, Boolean | _Binary | LargeBinary | Interval | Time):
        return None
    if type(given).__name__ in UNREADABLE or _is_flag(column):
        return None
    if isinstance(given, Integer | Numeric):
        return "number"
    return "date" if isinstance(given, Date | DateTime) else "text"


def _is_flag(column: Column[Any]) -> bool:
    """Whether a column is MySQL's idea of a boolean, TINYINT(1)."""
    return getattr(column.type, "display_width", None) == 1


def unread(column: Column[Any]) -> tuple[str, bool]:
    """Say why a column of that type is not read, and whether it can hold nothing personal."""
    harmless = isinstance(column.type, Boolean | Interval | Time)
    if harmless or type(column.type).__name__ in HARMLESS or _is_flag(column):
        return "a type that holds no text, number or date", True
    return "binary data, which is not looked into", False


def _count(engine: Engine, table: Table, taken: TableSample, estimate: int | None) -> None:
    """Count the rows, or take the estimate where counting would be long."""
    if estimate is not None and estimate > COUNTED:
        taken.rows, taken.exact = estimate, False
        return
    with reading(engine) as connection:
        bounds = dialect_of(engine).bounds(connection, table)
        if estimate is None and bounds is not None and bounds[1] - bounds[0] > COUNTED:
            taken.rows, taken.exact = bounds[1] - bounds[0] + 1, False
        else:
            taken.rows = connection.scalar(select(func.count()).select_from(table)) or 0


def _one_by_one(
    engine: Engine, table: Table, taken: TableSample, *, size: int | None, seed: int
) -> None:
    """Read a table's columns each alone, as text where that helps: some value breaks a driver."""
    for name, before in list(taken.values.items()):
        for remark, read in (("", _plain), *_WAYS):
            fresh = TableSample({name: Values(before.kind)}, taken.rows)
            try:
                _read(engine, table, (name,), fresh, size=size, seed=seed, read=read)
            except DatabaseFailed as error:
                taken.failed[name] = str(error).partition(";")[0]
                continue
            except (ValueError, OverflowError):
                taken.failed[name] = "the driver cannot read its values"
                continue
            taken.values[name] = fresh.values[name]
            taken.remarks[name] = remark
            taken.failed.pop(name, None)
            break
    if taken.values and taken.failed.keys() == taken.values.keys():
        raise DatabaseFailed(next(iter(taken.failed.values())))


Read = Callable[[Engine, ColumnElement[Any]], ColumnElement[Any]]


def _plain(engine: Engine, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Read a column as the driver gives it, long texts cut, other types as text."""
    given = column.type
    if isinstance(given, Integer | Numeric | Date | DateTime):
        return type_coerce(column, NullType())
    if not isinstance(given, String):
        text = column if engine.dialect.name in {"sqlite", "mysql", "mariadb"} else _text(column)
        return type_coerce(dialect_of(engine).prefix(text, LONGEST), NullType())
    length = getattr(given, "length", None)
    short = isinstance(length, int) and length <= LONGEST and engine.dialect.name != "sqlite"
    return type_coerce(column if short else dialect_of(engine).prefix(column, LONGEST), NullType())


def _text(column: ColumnElement[Any]) -> ColumnElement[Any]:
    length = None if isinstance(column.type, JSON) else LONGEST
    return cast(column, String(length))


def _as_text(engine: Engine, column: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(column, String(LONGEST))


def _as_bytes(engine: Engine, column: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(cast(column, LargeBinary), NullType())


_WAYS: tuple[tuple[str, Read], ...] = (
    ("read as text: some values do not fit the column's type", _as_text),
    ("read as bytes: some values are not valid text", _as_bytes),
)


def _read(
    engine: Engine,
    table: Table,
    names: Sequence[str],
    taken: TableSample,
    *,
    size: int | None,
    seed: int,
    read: Read,
) -> None:
    def columns(source: FromClause) -> Sequence[ColumnElement[Any]]:
        return [read(engine, source.c[name]) for name in names]

    fresh = {name: Values(taken.values[name].kind) for name in names}
    with reading(engine) as connection:
        for row in _rows(connection, table, columns, size=size, seed=seed, of=taken.rows):
            for name, cell in zip(names, row, strict=True):
                fresh[name].add(cell)
    taken.values.update(fresh)


def _rows(
    connection: Connection,
    table: Table,
    columns: Callable[[FromClause], Sequence[ColumnElement[Any]]],
    *,
    size: int | None,
    seed: int,
    of: int | None,
) -> Iterator[Sequence[Any]]:
    """Fetch all rows, or about ``size`` of them, at random."""
    all_of_it = select(*columns(table)).select_from(table)
    streaming = connection.execution_options(stream_results=True, max_row_buffer=BATCH)
    if size is None:
        yield from streaming.execute(all_of_it)
        return
    if of is not None and of <= WHOLE * size:
        rows = list(connection.execute(all_of_it))
    else:
        dialect = dialect_of(connection)
        bounds = dialect.bounds(connection, table)
        sampled = dialect.sample(table, columns, rows=size, of=of, seed=seed, bounds=bounds)
        rows = list(islice(streaming.execute(sampled), WHOLE * size))
        if len(rows) < size // 2:  # clustered pages, or an estimate that was far off
            rows = list(connection.execute(all_of_it.limit(size)))
    yield from _thin(rows, size, seed)


def _thin(rows: Sequence[Any], size: int, seed: int) -> Sequence[Any]:
    if len(rows) <= size:
        return rows
    chance = random.Random(seed)  # noqa: S311  # a sample, not a secret
    return [rows[i] for i in sorted(chance.sample(range(len(rows)), size))]


def estimates(engine: Engine) -> Mapping[tuple[str, str], int]:
    """Read the catalogue's row counts; none where the catalogue will not say."""
    try:
        with reading(engine) as connection:
            return dialect_of(engine).estimate(connection)
    except DatabaseFailed:
        return {}
