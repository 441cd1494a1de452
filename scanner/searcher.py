"""One pass over all text of a database: where a matcher finds something. Reads only."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    Row,
    Select,
    Table,
    Time,
    select,
    true,
)

from scanner.database import ref
from scanner.errors import DatabaseFailed
from scanner.matcher import Match, Matcher
from scanner.model import ColumnRef, Key, Progress, Silent, TableRef
from scanner.rows import Address

CHUNK = 2000
"""Rows that are fetched at once: bounds the memory of a pass."""

NO_TEXT = (Boolean, Date, DateTime, Time, Interval, LargeBinary, Integer, Numeric)
"""Types that hold no text; all others are searched, unknown ones included."""


@dataclass(frozen=True, slots=True)
class RowHits:
    """A row in which something was found; its values stay in memory."""

    table: TableRef
    key: Key
    values: Mapping[str, Any] = field(repr=False)
    found: Mapping[str, tuple[Match, ...]]


def search(
    connection: Connection,
    schema: MetaData,
    matcher: Matcher,
    *,
    addresses: Mapping[TableRef, Address],
    numbers: Collection[ColumnRef] = (),
    among: Mapping[TableRef, ColumnElement[bool]] | None = None,
    ignore: Callable[[TableRef, Key], Collection[str]] = lambda _table, _key: (),
    progress: Progress | None = None,
) -> Iterator[RowHits]:
    """Yield each row of each table in which ``matcher`` finds something.

    Args:
        connection: in a transaction.
        schema: the reflected tables.
        matcher: what to look for.
        addresses: how the rows of each table are named.
        numbers: columns of numbers that may hold a phone or an id.
        among: the tables to look in, with what says which of their rows; all without it.
        ignore: names columns of a row in which nothing is looked for, as they are rewritten.
        progress: told of each table.
    """
    watch = progress or Silent()
    tables = sorted(
        (t for t in schema.tables.values() if among is None or ref(t) in among), key=ref
    )
    watch.begin("search", len(tables))
    for table in tables:
        where = ref(table)
        searched = [c for c in table.columns if _holds_text(c) or _column(c) in numbers]
        rows = 0
        if searched:
            for count, hit in _table(
                connection,
                table,
                searched,
                matcher,
                addresses[where],
                ignore,
                among[where] if among else true(),
            ):
                rows = count
                if hit is not None:
                    yield hit
        watch.advance(1, f"{where}, {rows:,} rows")


def _table(
    connection: Connection,
    table: Table,
    searched: list[Column[Any]],
    matcher: Matcher,
    address: Address,
    ignore: Callable[[TableRef, Key], Collection[str]],
    which: ColumnElement[bool],
) -> Iterator[tuple[int, RowHits | None]]:
    names = [c.name for c in searched]
    extra = [table.c[c] for c in address.columns if c not in names]
    query = select(*searched, *extra).where(which).execution_options(yield_per=CHUNK)
    lengths = {c.name: getattr(c.type, "length", None) for c in searched}
    count, width = 0, len(names)
    for rows in _chunks(connection, query, address.table):
        for place in matcher.touched([_joined(row[:width]) for row in rows]):
            values = dict(rows[place]._mapping)  # noqa: SLF001 - the public way in SQLAlchemy
            key = address.key(values)
            skipped = ignore(address.table, key)
            found = {
                n: hit
                for n, value in zip(names, rows[place], strict=False)
                if value and n not in skipped
                if (hit := matcher.find(said := text(value), cut=len(said) == lengths[n]))
            }
            if found:
                yield count, RowHits(address.table, key, values, found)
        count += len(rows)
    yield count, None


def _chunks(
    connection: Connection, query: Select[Any], table: TableRef
) -> Iterator[Sequence[Row[Any]]]:
    """Fetch rows a chunk at a time.

    Raises:
        DatabaseFailed: a value is not what its column's type says, which SQLite allows.
    """
    rows = connection.execute(query).partitions()
    while True:
        try:
            chunk = next(rows, None)
        except (ValueError, ArithmeticError):
            kinds = (JSON, Date, DateTime, Time, Numeric)
            suspects = [c.name for c in query.selected_columns if isinstance(c.type, kinds)]
            raise DatabaseFailed(
                f"a value of {table} cannot be read as the type of its column "
                f"({' or '.join(suspects)}): mend it first; nothing was changed"
            ) from None
        if chunk is None:
            return
        yield chunk


def _joined(cells: Sequence[Any]) -> str:
    """Join the texts of a row; most rows hold nothing else."""
    try:
        return "\x00".join(filter(None, cells))
    except TypeError:
        return "\x00".join(filter(None, map(text, cells)))


def text(value: Any) -> str:
    """Read a cell as the text that is searched."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        import json

        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bytes | bytearray | memoryview):
        return ""
    number = str(value)
    return number.removesuffix(".0")


def _holds_text(column: Column[Any]) -> bool:
    return not isinstance(column.type, NO_TEXT)


def _column(column: Column[Any]) -> ColumnRef:
    return ColumnRef(column.table.schema or "", column.table.name, column.name)
