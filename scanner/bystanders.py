"""What stays in the rows that change: their other cells, before and after. Reads only.

An update sets the columns that it names. A trigger, or a column that the database updates itself,
may set others: reports would change and nobody would know.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, LargeBinary, MetaData, Table, select

from scanner.database import dialect_of
from scanner.errors import Refused
from scanner.graph import table_of
from scanner.model import TableRef
from scanner.rewriter import Edit
from scanner.rows import Address, chunks, named

SHORT = 40
"""A longer text is remembered by its digest."""

Cells = dict[str, Any]
"""The other cells of a row, as far as they have to be compared."""


@dataclass(slots=True)
class Bystanders:
    """Cells that are not to change, by table and by where their row is now; they stay in memory."""

    rows: dict[TableRef, dict[tuple[Any, ...], Cells]] = field(default_factory=dict, repr=False)

    def note(
        self, connection: Connection, table: Table, address: Address, edits: Sequence[Edit]
    ) -> None:
        """Read the other cells of rows that are about to be rewritten.

        Rows without a key are found again by all that they hold, which proves as much. Binary
        columns are left out: they may be large.
        """
        known = self.rows.setdefault(address.table, {})
        places = {tuple(e.place[c] for c in address.columns): e for e in edits}
        read = dict(_cells(connection, table, address, places.keys() - known.keys()))
        for place, edit in places.items():
            cells = known.pop(place, None) or read.get(place)
            if cells is not None:
                now = tuple(edit.new.get(c, edit.place[c]) for c in address.columns)
                known[now] = {c: v for c, v in cells.items() if c not in edit.new}

    def excuse(self, address: Address, key: str, keys: Collection[Any], column: str) -> None:
        """Let ``column`` change in the rows whose ``key`` is one of ``keys``: it was planned."""
        place = address.columns.index(key) if key in address.columns else None
        among = frozenset(keys)
        for where, cells in self.rows.get(address.table, {}).items():
            if place is None or where[place] in among:
                cells.pop(column, None)

    def unmoved(
        self, connection: Connection, schema: MetaData, addresses: Mapping[TableRef, Address]
    ) -> None:
        """Refuse where a cell changed that nobody planned to change.

        Raises:
            Refused: with the columns.
        """
        moved: set[str] = set()
        for where, known in sorted(self.rows.items()):
            table = table_of(schema, where)
            for place, cells in _cells(connection, table, addresses[where], known):
                before = known[place]
                moved |= {f"{where}.{c}" for c, v in before.items() if cells[c] != v}
        if moved:
            raise Refused(
                f"{', '.join(sorted(moved))} would change, too: a trigger or the database itself "
                "does that; disable it while erasing, or decide on these columns"
            )


def _cells(
    connection: Connection, table: Table, address: Address, places: Collection[tuple[Any, ...]]
) -> Iterator[tuple[tuple[Any, ...], Cells]]:
    """Read rows: their address, and all cells that can be compared, signed."""
    columns = [c for c in table.columns if _compared(connection, table, c.name)]
    names, width = [c.name for c in columns], len(address.columns)
    query = select(*(table.c[c] for c in address.columns), *columns)
    size = dialect_of(connection).max_keys // width
    for some in chunks(sorted(places, key=str), size):
        for row in connection.execute(query.where(named(table, address.columns, some))):
            yield tuple(row[:width]), dict(zip(names, map(_signed, row[width:]), strict=True))


def _compared(connection: Connection, table: Table, name: str) -> bool:
    column = table.c[name]
    counted = dialect_of(connection).counts_changes(column)
    return column.computed is None and not counted and not isinstance(column.type, LargeBinary)


def _signed(value: Any) -> Any:
    """Keep a short value, and the digest of a long one."""
    if value is None or isinstance(value, int) or (isinstance(value, str) and len(value) <= SHORT):
        return value
    text = value if isinstance(value, str) else repr(value)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
