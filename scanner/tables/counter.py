"""How many rows a table has and which is its highest key: one cheap statement. Reads only.

A table that is said to have more than ``COUNTED`` rows is not counted, which would read all of it:
the catalogue's estimate stands for its rows, and an index answers for the keys.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Numeric,
    String,
    Table,
    Text,
    case,
    func,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from scanner.database import dialect_of, key_of, reading

COUNTED = 1_000_000
"""Tables that are said to be smaller are counted; for others the catalogue's estimate does."""


@dataclass(frozen=True, slots=True)
class Count:
    """The rows of a table; ``highest`` is its greatest key, if the key is one whole number.

    ``beyond`` are the rows with a key above the one that was asked about, ``filled`` those of the
    columns asked about that hold anything but blanks, None where the table is too big to look.
    """

    rows: int
    exact: bool
    highest: int | None = None
    beyond: int | None = None
    filled: frozenset[str] | None = None


def count(
    engine: Engine,
    table: Table,
    *,
    estimate: int | None,
    after: int | None = None,
    maybe: Collection[str] = (),
) -> Count:
    """Count the rows of ``table``, those with keys above ``after``, and find the highest key.

    Of the columns ``maybe`` it is asked whether they hold anything.

    Raises:
        DatabaseFailed: the table cannot be read.

    """
    key = number_key(table)
    with reading(engine) as connection:
        rows = _told(connection, table, estimate)
        if rows is not None:
            return _by_index(connection, table, rows, key, after)
        asked: dict[str, ColumnElement[Any]] = {_ROWS: func.count()}
        if key is not None:
            asked[_HIGHEST] = type_coerce(func.max(key), NullType())
        if key is not None and after is not None:
            asked[_BEYOND] = func.sum(case((key > after, 1), else_=0))
        texts = dialect_of(engine).compares_text
        asked.update((name, _filled(table.c[name], texts=texts)) for name in maybe)
        query = select(*asked.values()).select_from(table)
        found = dict(zip(asked, map(_whole, connection.execute(query).one()), strict=True))
    return Count(
        found[_ROWS] or 0,
        True,
        found.get(_HIGHEST),
        found[_BEYOND] or 0 if _BEYOND in found else None,
        frozenset(name for name in maybe if found[name]),
    )


_ROWS, _HIGHEST, _BEYOND = " rows", " highest", " beyond"
"""What is asked besides columns, which are not called so."""


def _filled(column: Column[Any], *, texts: bool) -> ColumnElement[Any]:
    """Ask for a number above 0 where a column holds more than NULL, or ``texts`` than blanks."""
    if isinstance(column.type, String) and (texts or not isinstance(column.type, Text)):
        return func.max(func.char_length(func.ltrim(column)))
    return func.count(column)


def number_key(table: Table) -> Column[Any] | None:
    """Give the column whose number tells rows apart, if one is enough."""
    key = key_of(table)
    return key[0] if len(key) == 1 and isinstance(key[0].type, Integer | Numeric) else None


def _told(connection: Connection, table: Table, estimate: int | None) -> int | None:
    """Give the estimated rows of a table that is too big to count, else None."""
    if estimate is not None:
        return estimate if estimate > COUNTED else None
    bounds = dialect_of(connection).bounds(connection, table)
    rows = bounds[1] - bounds[0] + 1 if bounds else 0
    return rows if rows > COUNTED else None


def _by_index(
    connection: Connection, table: Table, rows: int, key: Column[Any] | None, after: int | None
) -> Count:
    if key is None:
        return Count(rows, False)
    highest = connection.scalar(select(type_coerce(func.max(key), NullType())))
    if after is None:
        return Count(rows, False, _whole(highest))
    beyond = connection.scalar(select(func.count()).select_from(table).where(key > after))
    return Count(rows, False, _whole(highest), beyond or 0)


def _whole(value: Any) -> int | None:
    """Take a key for a number only if it is a whole one: SQLite puts texts into any column."""
    return int(value) if isinstance(value, int | Decimal) and value == value // 1 else None
