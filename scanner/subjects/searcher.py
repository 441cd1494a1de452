"""One pass over all text of a database: where a matcher finds something. Reads only."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Float,
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
)

from scanner.database import dialect_of, ref
from scanner.errors import DatabaseFailed
from scanner.matcher import Match, Matcher
from scanner.matching.form import END
from scanner.model import ColumnRef, Key, Progress, Silent, TableRef
from scanner.rows import Address

CHUNK = 2000
"""Rows that are fetched at once: bounds the memory of a pass."""

NO_TEXT = (Boolean, Date, DateTime, Time, Interval, LargeBinary, Integer, Numeric, Float)
"""Types that hold no text; all others are searched, unknown ones included."""


class Piece(NamedTuple):
    """Some rows of a table, all without ``which``; ``few``: no more than one statement names."""

    which: ColumnElement[bool] | None = None
    few: bool = False


ALL = Piece()
"""A whole table."""


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
    among: Mapping[TableRef, Sequence[Piece]] | None = None,
    ignore: Callable[[TableRef, Key], Collection[str]] = lambda _table, _key: (),
    never: Mapping[TableRef, Collection[str]] | None = None,
    progress: Progress | None = None,
) -> Iterator[RowHits]:
    """Yield each row of each table in which ``matcher`` finds something.

    Args:
        connection: in a transaction.
        schema: the reflected tables.
        matcher: what to look for.
        addresses: how the rows of each table are named.
        numbers: columns of numbers that may hold a phone or an id.
        among: the tables to look in, with the pieces of them; all without it.
        ignore: names columns of a row in which nothing is looked for, as they are rewritten.
        never: columns of a table in which nothing is looked for: they are not even read.
        progress: told of each table.
    """
    watch = progress or Silent()
    tables = sorted(
        (t for t in schema.tables.values() if among is None or ref(t) in among), key=ref
    )
    watch.begin("search", len(tables))
    for table in tables:
        where = ref(table)
        left_out = never.get(where, ()) if never else ()
        columns = [c for c in searched(table, numbers) if c.name not in left_out]
        rows, seen = 0, set[tuple[Any, ...]]()
        pieces = (ALL,) if among is None else among[where]
        for piece in pieces if columns else ():
            for some, texts in passages(connection, table, columns, addresses[where], piece):
                rows += len(some)
                for place in matcher.touched(texts):
                    hit = _hit(matcher, columns, some[place], addresses[where], ignore)
                    if hit is None:
                        continue
                    if len(pieces) > 1 and addresses[where].unique:
                        name = tuple(hit.values[c] for c in addresses[where].columns)
                        if name in seen:
                            continue
                        seen.add(name)
                    yield hit
        watch.advance(1, f"{where}, {rows:,} rows")


def searched(table: Table, numbers: Collection[ColumnRef]) -> list[Column[Any]]:
    """Choose the columns of a table in which something may stand."""
    return [c for c in table.columns if _holds_text(c) or (numbers and _column(c) in numbers)]


def passages(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    address: Address,
    piece: Piece = ALL,
) -> Iterator[tuple[Sequence[Row[Any]], list[str]]]:
    """Read rows, ``columns`` first, then the rest of their address, with the text of each row."""
    width, names = len(columns), {c.name for c in columns}
    extra = [table.c[c] for c in address.columns if c not in names]
    query = select(*columns, *extra)
    query = query if piece.which is None else query.where(piece.which)
    for rows in _read(connection, query, address.table, few=piece.few):
        yield rows, [_joined(row[:width]) for row in rows]


def said_in(
    matcher: Matcher,
    columns: Sequence[Column[Any]],
    row: Sequence[Any],
    skipped: Collection[str] = (),
) -> Iterator[tuple[str, str, tuple[Match, ...]]]:
    """Find what each cell of a row says: its column, its text, what is in it.

    ``row`` begins with ``columns``.
    """
    for column, value in zip(columns, row, strict=False):
        if value and column.name not in skipped:
            said = text(value)
            if hit := matcher.find(said, cut=fills(column, said)):
                yield column.name, said, hit


def _hit(
    matcher: Matcher,
    columns: Sequence[Column[Any]],
    row: Row[Any],
    address: Address,
    ignore: Callable[[TableRef, Key], Collection[str]],
) -> RowHits | None:
    values = dict(row._mapping)  # noqa: SLF001 - the public way in SQLAlchemy
    key = address.key(values)
    said = said_in(matcher, columns, row, ignore(address.table, key))
    found = {column: hit for column, _, hit in said}
    return RowHits(address.table, key, values, found) if found else None


def fills(column: Column[Any], said: str) -> bool:
    """Whether a text is as long as its column allows: it may have been cut."""
    length: int | None = getattr(column.type, "length", None)
    return len(said) == length


def _read(
    connection: Connection, query: Select[Any], table: TableRef, *, few: bool
) -> Iterator[Sequence[Row[Any]]]:
    """Fetch rows a chunk at a time: as a stream, unless there are ``few`` of them.

    A stream costs some servers several statements, and most tables are small: there a table is
    streamed only where its first chunk is full.
    """
    if not few and dialect_of(connection).streams_by_cursor:
        first = [*_chunks(connection, query.limit(CHUNK), table)]
        if sum(map(len, first)) < CHUNK:
            yield from first
            return
    if not few:
        query = query.execution_options(yield_per=CHUNK)
    yield from _chunks(connection, query, table)


def _chunks(
    connection: Connection, query: Select[Any], table: TableRef
) -> Iterator[Sequence[Row[Any]]]:
    """Fetch rows a chunk at a time.

    Raises:
        DatabaseFailed: a value is not what its column's type says, which SQLite allows.
    """
    rows = connection.execute(query).partitions(CHUNK)
    while True:
        try:
            chunk = next(rows, None)
        except (ValueError, ArithmeticError, TypeError):
            kinds = (JSON, Date, DateTime, Time, Numeric, Float)
            suspects = [c.name for c in query.selected_columns if isinstance(c.type, kinds)]
            raise DatabaseFailed(
                f"a value of {table} cannot be read as the type of its column "
                f"({' or '.join(suspects)}): mend it first; nothing was changed"
            ) from None
        if chunk is None:
            return
        yield chunk


def _joined(cells: Sequence[Any]) -> str:
    """Join the texts of a row, each with its end; most rows hold nothing else."""
    try:
        return END.join([*filter(None, cells), ""])
    except TypeError:
        return END.join([*filter(None, map(text, cells)), ""])


def text(value: Any) -> str:
    """Read a cell as the text that is searched."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)  # a document is equal to what says the same otherwise: its text is not
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
