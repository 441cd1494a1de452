"""Representative samples: an engine and a table in, ``Values`` by column out. Reads only.

One statement reads a table, in a read-only transaction of its own, so that a table that fails
(a permission, a damaged page) spoils no other.
"""

import random
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Date,
    DateTime,
    Engine,
    Float,
    FromClause,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    Select,
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
from scanner.dialects.generic import key_ranges
from scanner.errors import DatabaseFailed
from scanner.tables.counter import Count, number_key
from scanner.tables.stretches import Stretch

LONGEST = 4000
"""Characters read of a text; what comes after them is not looked at."""

WHOLE = 5
"""Tables up to so many times the sample are read whole, and thinned out here."""

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

BATCH = 500
"""Rows fetched at a time."""

HEAVY = 16_000_000
"""From so many characters on no more of a stretch is held at a time."""

CUT = f"only the first {LONGEST:,} characters of long texts were looked at"


@dataclass(slots=True, repr=False, eq=False)
class TableSample:
    """What was read of a table; ``failed`` and ``remarks`` say why not, or how otherwise.

    ``reached`` is the key at which the reading of a stretch ended early.
    """

    values: dict[str, Values]
    rows: int | None = None
    exact: bool = True
    highest: int | None = None
    reached: int | None = None
    failed: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Draw:
    """Which rows of a table are read: about ``size`` of the ``of`` rows of a stretch, all if None."""

    size: int | None
    seed: int
    of: int | None
    stretch: Stretch

    @property
    def in_order(self) -> bool:
        """Whether the rows of a piece of a table are all read, in the order of their keys."""
        pieced = self.stretch.after is not None or self.stretch.upto is not None
        return self.size is None and pieced


def sample(
    engine: Engine,
    table: Table,
    *,
    rows: int,
    full: bool,
    seed: int,
    counted: Count,
    names: Collection[str] | None = None,
    stretch: Stretch | None = None,
) -> TableSample:
    """Read about ``rows`` of the ``counted`` rows of ``table`` at random, or all when ``full``.

    ``names`` are the columns to read, without it all; the others come back without values.
    With ``stretch`` only its rows are read, and of those that are many and long not all at once.

    Raises:
        DatabaseFailed: nothing of the table can be read.

    """
    kinds = {c.name: k for c in table.columns if (k := kind(c))}
    taken = TableSample(
        {name: Values(k) for name, k in kinds.items()},
        counted.rows,
        counted.exact,
        counted.highest,
    )
    asked = tuple(n for n in kinds if names is None or n in names)
    if not asked:
        return taken
    of = stretch.rows if stretch else counted.rows
    draw = _Draw(None if full else rows, seed, of, stretch or Stretch(0))
    try:
        _read(engine, table, asked, taken, draw=draw, read=_plain)
    except DatabaseFailed as error:
        if not str(error).startswith(UNEXPLAINED):
            raise
        _one_by_one(engine, table, asked, taken, draw=draw)
    except (ValueError, OverflowError):
        _one_by_one(engine, table, asked, taken, draw=draw)
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
    if isinstance(given, Integer | Numeric | Float):
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


def _one_by_one(
    engine: Engine, table: Table, names: Sequence[str], taken: TableSample, *, draw: _Draw
) -> None:
    """Read a table's columns each alone, as text where that helps: some value breaks a driver."""
    for name in names:
        before = taken.values[name]
        for remark, read in (("", _plain), *_WAYS):
            fresh = TableSample({name: Values(before.kind)}, taken.rows)
            try:
                _read(engine, table, (name,), fresh, draw=draw, read=read)
            except DatabaseFailed as error:
                taken.failed[name] = str(error).partition(";")[0]
                continue
            except (ValueError, OverflowError):
                taken.failed[name] = "the driver cannot read its values"
                continue
            taken.values[name] = fresh.values[name]
            taken.remarks[name] = remark or fresh.remarks.get(name, "")
            taken.failed.pop(name, None)
            break
    if taken.failed.keys() == set(names):
        raise DatabaseFailed(next(iter(taken.failed.values())))


Read = Callable[[Engine, ColumnElement[Any]], ColumnElement[Any]]


def _plain(engine: Engine, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Read a column as the driver gives it, long texts cut, other types as text."""
    given = column.type
    if isinstance(given, Integer | Numeric | Float | Date | DateTime):
        return type_coerce(column, NullType())
    if not isinstance(given, String):
        text = column if engine.dialect.name in {"sqlite", "mysql", "mariadb"} else _text(column)
        return _cut(engine, text)
    length = getattr(given, "length", None)
    short = isinstance(length, int) and length <= LONGEST and engine.dialect.name != "sqlite"
    return type_coerce(column, NullType()) if short else _cut(engine, column)


def _cut(engine: Engine, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Read one character more than is looked at, which tells that there was more."""
    return type_coerce(dialect_of(engine).prefix(column, LONGEST + 1), NullType())


def _text(column: ColumnElement[Any]) -> ColumnElement[Any]:
    length = None if isinstance(column.type, JSON) else LONGEST + 1
    return cast(column, String(length))


def _as_text(engine: Engine, column: ColumnElement[Any]) -> ColumnElement[Any]:
    return _cut(engine, cast(column, String(LONGEST + 1)))


def _as_bytes(engine: Engine, column: ColumnElement[Any]) -> ColumnElement[Any]:
    return _cut(engine, cast(column, LargeBinary))


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
    draw: _Draw,
    read: Read,
) -> None:
    def columns(source: FromClause) -> Sequence[ColumnElement[Any]]:
        return [read(engine, source.c[name]) for name in names]

    fresh = {name: Values(taken.values[name].kind) for name in names}
    key = number_key(table)
    place = list(names).index(key.name) if key is not None and key.name in names else -1
    long: set[str] = set()
    with reading(engine) as connection, closing(_rows(connection, table, columns, draw)) as rows:
        for number, row in enumerate(rows, 1):
            for name, cell in zip(names, row, strict=True):
                if isinstance(cell, str | bytes) and len(cell) > LONGEST:
                    long.add(name)
                    fresh[name].add(cell[:LONGEST])
                else:
                    fresh[name].add(cell)
            if number % BATCH == 0 and draw.in_order and place >= 0 and _heavy(fresh):
                taken.reached = None if row[place] is None else int(row[place])
                if taken.reached is not None:
                    break
    taken.values.update(fresh)
    taken.remarks.update((name, CUT) for name in names if name in long)


def _heavy(held: Mapping[str, Values]) -> bool:
    return sum(values.characters for values in held.values()) > HEAVY


def _rows(
    connection: Connection,
    table: Table,
    columns: Callable[[FromClause], Sequence[ColumnElement[Any]]],
    draw: _Draw,
) -> Generator[Sequence[Any]]:
    """Fetch the rows that ``draw`` asks for, at random, or all in the order of their keys."""
    all_of_it = select(*columns(table)).select_from(table)
    if (asked := draw.stretch.where(table)) is not None:
        all_of_it = all_of_it.where(asked)
    if draw.in_order and (key := number_key(table)) is not None:
        all_of_it = all_of_it.order_by(key)
    if (size := draw.size) is None:
        with _streamed(connection, all_of_it) as rows:
            yield from rows
        return
    few = draw.of is not None and draw.of <= WHOLE * size
    query = all_of_it if few else _sampled(connection, table, columns, draw, size)
    with _streamed(connection, query) as rows:
        kept = _thin(rows if few else islice(rows, WHOLE * size), size, draw.seed)
    if not few and len(kept) < size // 2:  # clustered pages, or an estimate that was far off
        with _streamed(connection, dialect_of(connection).first(all_of_it, size)) as rows:
            kept = list(islice(rows, size))
    yield from kept


def _streamed(connection: Connection, statement: Select[Any]) -> CursorResult[Any]:
    """Run a statement whose rows come as they are asked for."""
    streaming = connection.execution_options(
        stream_results=True,
        max_row_buffer=BATCH,
        compiled_cache=None,  # no statement comes twice
    )
    return streaming.execute(statement)


def _sampled(
    connection: Connection,
    table: Table,
    columns: Callable[[FromClause], Sequence[ColumnElement[Any]]],
    draw: _Draw,
    size: int,
) -> Select[Any]:
    """Select a sample the dialect's way; of the rows above a key, by ranges of keys."""
    key = number_key(table)
    if key is not None and draw.stretch.where(table) is not None:
        bounds = _bounds(connection, key, draw.stretch)
        return key_ranges(table, columns, key, rows=size, seed=draw.seed, bounds=bounds)
    dialect = dialect_of(connection)
    ends = dialect.bounds(connection, table)
    return dialect.sample(table, columns, rows=size, of=draw.of, seed=draw.seed, bounds=ends)


def _bounds(connection: Connection, key: Column[Any], stretch: Stretch) -> tuple[int, int]:
    """Give the least and the greatest key of a stretch; an index knows what the stretch does not."""
    least = (
        stretch.after + 1 if stretch.after is not None else connection.scalar(_end(func.min, key))
    )
    most = stretch.upto if stretch.upto is not None else connection.scalar(_end(func.max, key))
    return int(least or 0), int(most or 0)


def _end(which: Callable[[Any], Any], key: Column[Any]) -> Select[Any]:
    return select(type_coerce(which(key), NullType()))


def _thin(rows: Iterable[Any], size: int, seed: int) -> list[Any]:
    """Keep ``size`` rows in their order, each as likely as another, and hold no more than those.

    Algorithm R of J. S. Vitter, "Random sampling with a reservoir", 1985.
    """
    chance = random.Random(seed)  # noqa: S311  # a sample, not a secret
    kept: list[tuple[int, Any]] = []
    for number, row in enumerate(rows, 1):
        if len(kept) < size:
            kept.append((number, row))
        elif (place := chance.randrange(number)) < size:
            kept[place] = (number, row)
    return [row for _, row in sorted(kept, key=itemgetter(0))]


def estimates(engine: Engine) -> Mapping[tuple[str, str], int]:
    """Read the catalogue's row counts; none where the catalogue will not say."""
    try:
        with reading(engine) as connection:
            return dialect_of(engine).estimate(connection)
    except DatabaseFailed:
        return {}
