"""Many subjects at once: what they are called, and one pass over all text for all of them. Reads only.

What a pass finds is kept as places of rows; their texts are read again when they are scrubbed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, MetaData, Table, or_, select

from scanner.database import dialect_of, ref
from scanner.dialects import Dialect
from scanner.graph import Row, Territory, Walk, table_of
from scanner.identity import Identity
from scanner.model import ColumnRef, Key, Progress, Silent, TableRef
from scanner.plans import Basis
from scanner.rows import Address, chunks, named
from scanner.subjects import dossier
from scanner.subjects.crowd import Crowd
from scanner.subjects.searcher import passages, searched

GROUP = 1000
"""So many subjects share a pass: bounds the memory of what they are called."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row that names a subject; ``values`` find it again and stay in memory."""

    table: TableRef
    values: Mapping[str, Any] = field(repr=False)


Spot = tuple[TableRef, Key]
"""A row, as a plan names it."""


@dataclass(slots=True)
class Gathering:
    """What subjects are called, and where all text names them, or may name them.

    ``crowds`` are kept to look with again where there are no more than one pass takes.
    """

    identities: dict[Any, Identity] = field(default_factory=dict, repr=False)
    places: dict[Any, list[Place]] = field(default_factory=dict, repr=False)
    crowds: list[Crowd] = field(default_factory=list, repr=False)

    def together(self) -> Iterator[Crowd]:
        """Give all subjects in crowds for one pass each."""
        if self.crowds or not self.identities:
            yield from self.crowds
            return
        for some in chunks(list(self.identities.items()), GROUP):
            yield Crowd(dict(some))

    def crowd(self, keys: Sequence[Any]) -> Crowd:
        """Give one with the subjects ``keys``."""
        if self.crowds:
            return self.crowds[0]
        return Crowd({k: self.identities[k] for k in keys if k in self.identities})

    def spots(self, key: Any, addresses: Mapping[TableRef, Address]) -> dict[Spot, Place]:
        """Give the rows that name a subject, each once."""
        places = self.places.get(key, ())
        return {(p.table, addresses[p.table].key(p.values)): p for p in places}


def gather(
    connection: Connection,
    schema: MetaData,
    walk: Walk,
    basis: Basis,
    keys: Sequence[Any],
    *,
    batch: int,
    sure: bool,
    progress: Progress | None = None,
) -> Gathering:
    """Read what the subjects ``keys`` are called and look for all of them.

    Without ``sure`` the places are those that may name them: who goes there looks again.
    """
    found = Gathering()
    for group in chunks(keys, GROUP):
        named: dict[Any, Identity] = {}
        for some in chunks(group, batch):
            whole = walk.trace_all(some)
            named |= dossier.identify_all(connection, walk, apart(whole, some), basis)
        found.identities |= named
        crowd = Crowd(named)
        look(connection, schema, crowd, walk.addresses, basis, found.places, progress, sure=sure)
        if len(keys) <= GROUP:
            found.crowds.append(crowd)
    return found


def look(
    connection: Connection,
    schema: MetaData,
    crowd: Crowd,
    addresses: Mapping[TableRef, Address],
    basis: Basis,
    places: dict[Any, list[Place]],
    progress: Progress | None = None,
    *,
    sure: bool = True,
) -> None:
    """Look for all of a ``crowd`` with one pass; add what is found to ``places``."""
    held, watch = numbers(basis), progress or Silent()
    tables = sorted(schema.tables.values(), key=ref) if crowd.matchers else []
    watch.begin("search", len(tables))
    for table in tables:
        where, count = ref(table), 0
        columns, address = searched(table, held), addresses[where]
        for rows, texts in passages(connection, table, columns, address) if columns else ():
            count += len(rows)
            told = crowd.told(columns, rows, sure=sure, texts=texts)
            for at in sorted(told):
                cells = rows[at]._mapping  # noqa: SLF001 - the public way in SQLAlchemy
                place = Place(where, {c: cells[c] for c in address.columns})
                for key in told[at]:
                    places.setdefault(key, []).append(place)
        watch.advance(1, f"{where}, {count:,} rows")


def numbers(basis: Basis) -> frozenset[ColumnRef]:
    """Choose the columns of numbers that may hold a phone or an id."""
    return frozenset(c for c, t in basis.columns.items() if t.personal != "none")


def still(
    connection: Connection,
    schema: MetaData,
    addresses: Mapping[TableRef, Address],
    places: Mapping[Spot, Place],
) -> dict[Spot, dict[str, Any]]:
    """Read the rows of ``places`` that are still there, many with a statement."""
    tables: dict[TableRef, dict[Key, Place]] = {}
    for (where, key), place in places.items():
        tables.setdefault(where, {})[key] = place
    found: dict[Spot, dict[str, Any]] = {}
    for where, some in sorted(tables.items()):
        table, address = table_of(schema, where), addresses[where]
        for part in chunks(list(some.values()), _at_once(connection, address)):
            for row in connection.execute(
                select(table).where(_among(dialect_of(connection), table, address, part))
            ):
                cells = dict(row._mapping)  # noqa: SLF001 - the public way in SQLAlchemy
                if (key := address.key(cells)) in some:
                    found[where, key] = cells
    return found


def _at_once(connection: Connection, address: Address) -> int:
    return max(1, dialect_of(connection).max_keys // len(address.columns))


def _among(
    dialect: Dialect, table: Table, address: Address, places: Sequence[Place]
) -> ColumnElement[bool]:
    """Say in SQL that a row is one of ``places``."""
    if address.unique:
        keys = [tuple(p.values[c] for c in address.columns) for p in places]
        return named(dialect, table, address.columns, keys)
    return or_(*(address.locate(table, p.values) for p in places))


def apart(whole: Territory, keys: Sequence[Any]) -> dict[Any, Territory]:
    """Give each subject its own rows of a common territory."""
    rows: dict[Any, dict[TableRef, dict[Key, Row]]] = {k: {} for k in keys}
    for where, some in whole.rows.items():
        for key, row in some.items():
            for who in row.whose & rows.keys():
                rows[who].setdefault(where, {})[key] = row
    return {who: Territory(mine, whole.reaches) for who, mine in rows.items()}
