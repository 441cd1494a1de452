"""Whose a row is: a pack's relations, followed backwards from rows to the people they belong to.

In go rows that somebody asks about, out come keys of people. Reads only.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from scanner.graph import Walk
from scanner.model import Key, TableRef
from scanner.rows import alike, chunks, named, settled
from scanner.rulebook import Reach

HOPS = 3
"""How many relations lead from a row to its person: note, case, contact."""

Place = tuple[TableRef, Key]
"""A row that was asked about."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row on the way to a person; ``asked`` is where the way began."""

    asked: Place
    table: TableRef
    values: Mapping[str, Any] = field(repr=False)


def owners(
    connection: Connection,
    walk: Walk,
    rows: Mapping[Place, Mapping[str, Any]],
    *,
    own: bool = False,
) -> dict[Place, set[Any]]:
    """Find the keys of the people whose rows these are.

    Args:
        connection: in a transaction.
        walk: knows the relations; rows of copies lead where those lead that they copy.
        rows: the rows by place, each with at least its address: all of it where it has no key.
        own: whether relations by which rows are only linked do not count.
    """
    found: dict[Place, set[Any]] = {place: set() for place in rows}
    level = list(_read(connection, walk, rows))
    seen: set[tuple[object, ...]] = set()
    for _ in range(HOPS):
        further = []
        for row in _parents(connection, walk, level, own=own):
            if row.table == walk.subject:
                found[row.asked].add(row.values[walk.pack.key])
            elif (mark := (row.asked, row.table, *map(settled, row.values.values()))) not in seen:
                seen.add(mark)
                further.append(row)
        level = further
    for (table, key), people in found.items():
        if table == walk.subject and len(key) == 1:
            people.add(key[0])
    return found


def _read(
    connection: Connection, walk: Walk, rows: Mapping[Place, Mapping[str, Any]]
) -> Iterator[_Row]:
    """Read the columns of the asked rows at which relations end."""
    tables: dict[TableRef, dict[Key, Place]] = {}
    for place, values in rows.items():
        address = walk.addresses[place[0]]
        if address.unique:
            name = tuple(values[c] for c in address.columns)
            tables.setdefault(place[0], {})[name] = place
        else:
            yield _Row(place, place[0], values)
    for where, places in tables.items():
        columns = walk.addresses[where].columns
        for some in chunks(list(places), walk.size // len(columns)):
            asked = _select(walk, where).where(
                named(walk.dialect, walk.tables[where], columns, some)
            )
            for row in connection.execute(asked).mappings():
                if (found := places.get(tuple(row[c] for c in columns))) is not None:
                    yield _Row(found, where, dict(row))


def _select(walk: Walk, where: TableRef) -> Select[Any]:
    """Select what names a table's rows, and the columns at which relations end."""
    table = walk.tables[where]
    ends = {c for r in _to(walk, where) for c in (_end(walk, r), *r.where)}
    names = [*dict.fromkeys([*walk.addresses[where].columns, *sorted(ends), walk.pack.key])]
    return select(*(table.c[c] for c in names if c in table.c))


def _to(walk: Walk, where: TableRef) -> list[Reach]:
    """List the relations by which rows of a table, or of what it copies, are found."""
    same = (where, walk.copies.get(where, where))
    return [r for r in walk.reaches if walk.find(r.table) in same]


def _end(walk: Walk, reach: Reach) -> str:
    """Name the column of the table that is reached."""
    return reach.by or (walk.pack.key if reach.through else reach.to)


def _parents(
    connection: Connection, walk: Walk, level: Iterable[_Row], *, own: bool
) -> Iterator[_Row]:
    """Go back from rows to those that they were found from."""
    tables: dict[TableRef, list[_Row]] = {}
    for row in level:
        tables.setdefault(row.table, []).append(row)
    for where, rows in tables.items():
        for reach in _to(walk, where):
            start = walk.find(reach.start)
            if start is None or (own and reach.rows != "own"):
                continue
            asked: dict[Any, set[Place]] = {}
            for row in rows:
                value = row.values.get(_end(walk, reach))
                if value and all(row.values.get(c) == v for c, v in reach.where.items()):
                    asked.setdefault(value, set()).add(row.asked)
            if asked:
                yield from _found(connection, walk, reach, start, asked)


def _found(
    connection: Connection,
    walk: Walk,
    reach: Reach,
    start: TableRef,
    asked: Mapping[Any, set[Place]],
) -> Iterator[_Row]:
    """Read the rows of ``start`` that lead by ``reach`` to the values in ``asked``."""
    values: dict[Any, set[Place]] = {}
    if reach.through and (link := walk.find(reach.through)):
        pairs = walk.tables[link]
        both = select(pairs.c[reach.near], pairs.c[reach.far])
        held = _alike(pairs.c[reach.far], asked)
        for some in chunks(sorted(held, key=str), walk.size):
            for near, far in connection.execute(both.where(pairs.c[reach.far].in_(some))):
                if near:
                    values.setdefault(near, set()).update(held.get(far, ()))
    else:
        values = {v: set(places) for v, places in asked.items()}
    side = reach.via or reach.to
    column = walk.tables[start].c[side]
    values = _alike(column, values)
    for some in chunks(sorted(values, key=str), walk.size):
        query = _select(walk, start).add_columns(column.label("efface_v")).where(column.in_(some))
        for row in connection.execute(query).mappings():
            own = {k: v for k, v in row.items() if k != "efface_v"}
            for place in values.get(row["efface_v"], ()):
                yield _Row(place, start, own)


def _alike(column: ColumnElement[Any], asked: Mapping[Any, set[Place]]) -> dict[Any, set[Place]]:
    """Give what is asked of a column as it holds it, and leave out what it cannot hold."""
    held: dict[Any, set[Place]] = {}
    for value, places in asked.items():
        if (mine := alike(column, value)) is not None:
            held.setdefault(mine, set()).update(places)
    return held
