"""What stays in the rows that change: their other cells, before and after. Reads only.

An update sets the columns that it names. A trigger, or a column that the database updates itself,
may set others: reports would change and nobody would know.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, LargeBinary, MetaData, Table, select

from scanner.database import dialect_of
from scanner.dialects import Dialect
from scanner.errors import Refused
from scanner.graph import table_of
from scanner.guards.nameless import Nameless
from scanner.model import TableRef
from scanner.rewriter import Edit
from scanner.rows import Address, chunks, named

SHORT = 40
"""A longer text is remembered by its digest."""

LINE = 1000
"""A longer row is taken apart, so that its texts are not all kept."""

Place = tuple[Any, ...]
"""What the columns of a row's address hold."""

Noting = tuple[Table, Address, Sequence[Edit]]
"""Rows to note: their table, how they are named, and what will be rewritten in them."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What the columns ``names`` of a row hold; those of many rows are the same list.

    ``held`` are their values, signed, or all of them in the database's own words.
    """

    names: tuple[str, ...]
    held: tuple[Any, ...] | str = field(repr=False)

    @classmethod
    def of(cls, names: tuple[str, ...], read: Sequence[Any], dialect: Dialect) -> "Cells":
        """Keep what was read by the columns of ``_asked``."""
        line = read[0] if dialect.speaks_rows else None
        if isinstance(line, str) and len(line) <= LINE:
            return cls(names, line)
        return cls(names, _values(read, dialect))

    def without(self, columns: Collection[str], dialect: Dialect) -> "Cells":
        """Leave out ``columns``."""
        if not any(name in columns for name in self.names):
            return self
        kept = [n for n, name in enumerate(self.names) if name not in columns]
        values = self._apart(dialect)
        return Cells(tuple(self.names[n] for n in kept), tuple(values[n] for n in kept))

    def moved(self, read: Sequence[Any], dialect: Dialect) -> Iterator[str]:
        """Name the columns that hold something else in what was read now."""
        if isinstance(self.held, str) and self.held == read[0]:
            return
        pairs = zip(self.names, self._apart(dialect), _values(read, dialect), strict=True)
        yield from (name for name, old, new in pairs if old != new)

    def _apart(self, dialect: Dialect) -> tuple[Any, ...]:
        return _values([self.held], dialect) if isinstance(self.held, str) else self.held


@dataclass(slots=True)
class Bystanders:
    """Cells that are not to change, by table and by where their row is now; they stay in memory."""

    rows: dict[TableRef, dict[Place, Cells]] = field(default_factory=dict, repr=False)
    late: dict[TableRef, list[Noting]] = field(default_factory=dict, repr=False)
    nameless: Nameless = field(default_factory=Nameless, repr=False)

    def postpone(self, table: Table, address: Address, edits: Sequence[Edit]) -> None:
        """Remember what ``note`` would take, for ``recall``: most often nothing has to be read."""
        self.late.setdefault(address.table, []).append((table, address, edits))

    def recall(self, connection: Connection, among: Collection[TableRef]) -> None:
        """Note what was postponed of the tables ``among``, as it was before all was rewritten.

        To be called once somebody else has written to them, before more is written.

        Args:
            connection: another one than what writes, which still reads the rows as they were.
            among: the tables.
        """
        for where in sorted(self.late.keys() & among):
            for noting in self.late.pop(where):
                self.note(connection, *noting)

    def note(
        self, connection: Connection, table: Table, address: Address, edits: Sequence[Edit]
    ) -> None:
        """Read the other cells of rows that are about to be rewritten, the same columns in all.

        Only of rows with a key: another cell would make others of those without one, which are
        ``nameless``. Binary columns are left out where a database makes no digests: they may be large.
        """
        known, dialect = self.rows.setdefault(address.table, {}), dialect_of(connection)
        places = {tuple(e.place[c] for c in address.columns): e for e in edits}
        changing = {c for e in edits for c in e.new}
        names = tuple(
            c.name
            for c in table.columns
            if c.name not in changing and _compared(connection, table, c.name)
        )
        read = _cells(connection, table, address, names, places.keys() - known.keys())
        here = {place: Cells.of(names, cells, dialect) for place, cells in read}
        for place, edit in places.items():
            cells = known.pop(place, None) or here.get(place)
            if cells is not None:
                now = tuple(edit.new.get(c, edit.place[c]) for c in address.columns)
                known[now] = cells.without(changing, dialect)

    def excuse(
        self, dialect: Dialect, address: Address, key: str, keys: Collection[Any], column: str
    ) -> None:
        """Let ``column`` change in the rows whose ``key`` is one of ``keys``: it was planned."""
        place = address.columns.index(key) if key in address.columns else None
        among, known = frozenset(keys), self.rows.get(address.table, {})
        for where, cells in known.items():
            if place is None or where[place] in among:
                known[where] = cells.without({column}, dialect)

    def unmoved(
        self, connection: Connection, schema: MetaData, addresses: Mapping[TableRef, Address]
    ) -> None:
        """Refuse where a cell changed that nobody planned to change.

        Raises:
            Refused: with the columns.
        """
        moved = set(self.nameless.moved(connection, schema, addresses))
        dialect = dialect_of(connection)
        for where, known in sorted(self.rows.items()):
            table, alike = table_of(schema, where), dict[tuple[str, ...], list[Place]]()
            for place, cells in known.items():
                alike.setdefault(cells.names, []).append(place)
            for names, places in alike.items():
                read = list(_cells(connection, table, addresses[where], names, places))
                if names and len(read) < len(places):
                    moved |= {f"{where}.{c}" for c in addresses[where].columns}  # another key
                for place, now in read:
                    if place in known:
                        moved |= {f"{where}.{name}" for name in known[place].moved(now, dialect)}
        if moved:
            raise Refused(
                f"{', '.join(sorted(moved))} would change, too: a trigger or the database itself "
                "does that; disable it while erasing, or decide on these columns"
            )


def _cells(
    connection: Connection,
    table: Table,
    address: Address,
    names: Sequence[str],
    places: Collection[Place],
) -> Iterator[tuple[Place, tuple[Any, ...]]]:
    """Read rows: their address, and what the columns ``names`` hold."""
    if not names:
        return
    width, dialect = len(address.columns), dialect_of(connection)
    query = select(
        *(table.c[c] for c in address.columns),
        *_asked(dialect, [table.c[n] for n in names]),
    )
    for some in chunks(sorted(places, key=str), dialect.max_keys // width):
        which = named(dialect, table, address.columns, some)
        for row in connection.execute(query.where(which)).all():
            yield tuple(row[:width]), row[width:]


def _asked(dialect: Dialect, columns: Sequence[Column[Any]]) -> list[ColumnElement[Any]]:
    """Ask for cells one by one, or for all as one text where a database writes it.

    Then a driver makes no value of each of them.
    """
    asked = [_told(dialect, column) for column in columns]
    if dialect.speaks_rows:
        return [dialect.spoken(asked)]
    return [column.label(f"n{k}") for k, column in enumerate(asked)]


def _values(read: Sequence[Any], dialect: Dialect) -> tuple[Any, ...]:
    """Give each cell of what was read, signed."""
    return tuple(map(_signed, dialect.parted(read[0]) if dialect.speaks_rows else read))


def _compared(connection: Connection, table: Table, name: str) -> bool:
    column, dialect = table.c[name], dialect_of(connection)
    binary = isinstance(column.type, LargeBinary)
    told = not binary or dialect.digested(column) is not None
    return column.computed is None and not dialect.counts_changes(column) and told


def _told(dialect: Dialect, column: Column[Any]) -> ColumnElement[Any]:
    """Ask for a cell, or for the digest of one that may be large."""
    digest = dialect.digested(column) if isinstance(column.type, LargeBinary) else None
    return column if digest is None else digest


def _signed(value: Any) -> Any:
    """Keep a short value, and the digest of a long one."""
    if value is None or isinstance(value, int) or (isinstance(value, str) and len(value) <= SHORT):
        return value
    text = value if isinstance(value, str) else repr(value)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
