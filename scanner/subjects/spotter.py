"""Where many subjects may be named: one pass over all text, then a second look at those rows only.

The pass keeps no text, only which rows to look at again. A row in which only weak signs stand names
nobody, unless it is the subject's own: those are always looked at again. Reads only.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, MetaData, Table

from scanner.database import dialect_of, ref
from scanner.identity import Identity
from scanner.matcher import Matcher
from scanner.model import ColumnRef, Key, Progress, Silent, TableRef
from scanner.rows import Address, chunks, named
from scanner.subjects.called import Called
from scanner.subjects.crowd import Crowd
from scanner.subjects.parts import Parts
from scanner.subjects.searcher import (
    ALL,
    Piece,
    RowHits,
    fills,
    passages,
    said_in,
    search,
    searched,
    text,
)

PAIR = 2
"""A given and a family name."""

RARE = 40
"""A part of a name that stands in more rows of others, and by itself, says nothing."""

REMNANT = ""
"""Stands for what a column's length leaves of an identifier: it is counted only, however rare."""

Row = tuple[Any, ...]
"""What the columns of a row's address hold."""

Rows = Mapping[TableRef, Collection[Row]]
"""Rows to look at, by table."""


@dataclass(frozen=True, slots=True)
class Spots:
    """Where one identity may be named, as a pass over all text found it with a ``matcher``.

    ``rows`` and the subject's ``own`` ones, which may name it or not, are named by ``columns``. Of
    the tables ``whole`` they cannot be named: all are looked at. ``rare`` are parts of the name that
    stand alone in no row of others, or in so few that all these are among ``rows``; ``common`` counts,
    by table, where the other parts do, and where a cell that is cut ends like an identifier begins.
    """

    matcher: Matcher = field(repr=False)
    numbers: frozenset[ColumnRef] = field(repr=False)
    columns: Mapping[TableRef, tuple[str, ...]] = field(repr=False)
    rows: Rows = field(repr=False)
    own: Rows = field(repr=False)
    whole: frozenset[TableRef] = frozenset()
    rare: frozenset[str] = field(default=frozenset(), repr=False)
    common: Mapping[TableRef, int] = field(default_factory=dict)

    def fit(self, identity: Identity, numbers: Collection[ColumnRef]) -> bool:
        """Whether the pass looked for all of ``identity`` in all that is to be searched."""
        return self.matcher.identity == identity and self.numbers >= set(numbers)


@dataclass(frozen=True, slots=True)
class Sight:
    """What to look at instead of all text: the spots, and what may have changed since the pass.

    ``changed`` maps tables to what says which of their rows may have; None means any. ``mark`` is
    the state before a pass in another transaction; empty where it was in this one.
    """

    spots: Spots
    changed: Mapping[TableRef, ColumnElement[bool] | None]
    mark: str = ""


@dataclass(slots=True)
class Standing:
    """The rows in which a part of a name stands alone, while they are few; how many, by table."""

    rows: set[tuple[TableRef, Row]] = field(default_factory=set, repr=False)
    tables: Counter[TableRef] = field(default_factory=Counter)
    count: int = 0

    def add(self, where: TableRef, row: Row) -> None:
        """Count a row; what is common is not kept."""
        self.count += 1
        self.tables[where] += 1
        if self.count > RARE:
            self.rows.clear()
        else:
            self.rows.add((where, row))


Told = list[tuple[int, Row]]
"""Rows, and of which subject they tell."""

Pieces = list[tuple[int, str, Row]]
"""Rows in which nothing but a part of the name of a subject stands, or what is left of something."""


def spot(
    connection: Connection,
    schema: MetaData,
    subjects: Sequence[tuple[Matcher, Rows]],
    *,
    addresses: Mapping[TableRef, Address],
    numbers: Collection[ColumnRef] = (),
    progress: Progress | None = None,
) -> tuple[Spots, ...]:
    """Look through all text once for all ``subjects``.

    Args:
        connection: in a transaction.
        schema: the reflected tables.
        subjects: what looks for each, and its own rows, which are no spots.
        addresses: how the rows of each table are named; only their columns matter.
        numbers: columns of numbers that may hold a phone or an id.
        progress: told of each table.

    Returns:
        The spots of each subject, in their order.
    """
    crowd = Crowd({n: matcher for n, (matcher, _) in enumerate(subjects)})
    found: list[dict[TableRef, set[Row]]] = [{} for _ in subjects]
    alone: list[dict[str, Standing]] = [{} for _ in subjects]
    watch = progress or Silent()
    tables = sorted(schema.tables.values(), key=ref)
    watch.begin("search", len(tables))
    for table in tables:
        where, count = ref(table), 0
        mine = [frozenset(rows.get(where, ())) for _, rows in subjects]
        columns = searched(table, numbers) if crowd.matchers else []
        for read, told, parts in _told(connection, table, columns, addresses[where], crowd, mine):
            count = read
            for n, row in told:
                found[n].setdefault(where, set()).add(row)
            for n, part, row in parts:
                alone[n].setdefault(part, Standing()).add(where, row)
        watch.advance(1, f"{where}, {count:,} rows")
    keys = {where: a.columns for where, a in addresses.items()}
    keyless = {where for where, a in addresses.items() if not a.unique}
    spots = []
    for (matcher, own), rows, standing in zip(subjects, found, alone, strict=True):
        few = {part: one for part, one in standing.items() if one.count <= RARE}
        rare = {part: one for part, one in few.items() if part != REMNANT}
        common = Counter[TableRef]()
        for one in (o for part, o in standing.items() if part not in rare):
            common.update(one.tables)
        for where, row in (place for one in rare.values() for place in one.rows):
            rows.setdefault(where, set()).add(row)
        unnamed = frozenset(keyless & rows.keys())
        often = standing.keys() - rare.keys()
        asked = frozenset(part for _, part in matcher.parts() if part not in often)
        spots.append(
            Spots(matcher, frozenset(numbers), keys, rows, own, unnamed, asked, dict(common))
        )
    return tuple(spots)


def _told(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    address: Address,
    crowd: Crowd,
    own: Sequence[frozenset[Row]],
) -> Iterator[tuple[int, Told, Pieces]]:
    """Yield how many rows were read so far, which of them tell of whom, and which have parts of names.

    Rows that no key tells apart have no name: then only whether there are any counts.
    """
    read = [c.name for c in columns]
    read += [c for c in address.columns if c not in read]
    key = [read.index(c) for c in address.columns] if address.unique else []
    count = 0
    shared = own[0].intersection(*own[1:]) if key and own else frozenset[Row]()
    for rows, texts in passages(connection, table, columns, address) if columns else ():
        count += len(rows)
        if shared:  # what everybody looks at again need not be looked through now
            mine = [tuple([row[k] for k in key]) in shared for row in rows]
            texts = ["" if m else words for m, words in zip(mine, texts, strict=True)]
        touched = crowd.rows(texts)
        places = {*touched.more, *touched.parts, *touched.ends}
        names = {at: tuple(rows[at][k] for k in key) for at in places}
        told = [
            (n, at)
            for at, whose in touched.more.items()
            for n in sorted(whose)
            if not (address.unique and names[at] in own[n])
            and tells(crowd.matchers[n], columns, rows[at])
        ]
        known = {*told}
        ends = {
            at: [(n, REMNANT) for n in whose if _ends(crowd.matchers[n], columns, rows[at])]
            for at, whose in touched.ends.items()
        }
        parts = [
            (n, part, names[at])
            for at, some in chain(touched.parts.items(), ends.items())
            for n, part in some
            if (n, at) not in known and not (address.unique and names[at] in own[n])
        ]
        yield count, [(n, names[at]) for n, at in told], parts


def tells(matcher: Matcher, columns: Sequence[Column[Any]], row: Sequence[Any]) -> bool:
    """Whether a row tells of somebody: by more than weak signs, or by names in cells of their own.

    Such cells are the row's, or fields and cells that a text has.
    """
    names = 0
    for _, said, matches in said_in(matcher, columns, row):
        if any(m.strength != "weak" for m in matches):
            return True
        names += any(m.whole and m.span.entity == "PERSON" for m in matches)
        if len(matches) >= PAIR and Parts(Called(matcher.identity)).coupled(said, matches):
            return True
    return names >= PAIR


def _ends(matcher: Matcher, columns: Sequence[Column[Any]], row: Sequence[Any]) -> bool:
    """Whether a cell is cut by its column's length, within something as it seems."""
    cut = any(value and fills(c, text(value)) for c, value in zip(columns, row, strict=False))
    found = said_in(matcher, columns, row) if cut else ()
    return any(match.remnant for _, _, matches in found for match in matches)


def again(
    connection: Connection,
    schema: MetaData,
    matcher: Matcher,
    sight: Sight,
    *,
    addresses: Mapping[TableRef, Address],
    also: Rows,
    own: Rows,
    covered: Mapping[TableRef, Collection[str]],
    numbers: Collection[ColumnRef] = (),
    ignore: Callable[[TableRef, Key], Collection[str]] = lambda _table, _key: (),
) -> Iterator[RowHits]:
    """Yield what stands now in the rows of a sight, in what changed since, and in other rows.

    It is all that a search of everything would yield but for weak signs in rows of others, which
    tell of nobody.

    Args:
        connection: in a transaction.
        schema: the reflected tables.
        matcher: what to look for: what the sight's pass looked for.
        sight: where to look.
        addresses: how the rows of each table are named.
        also: more rows to look at.
        own: rows to look at but for columns that are ``covered``.
        covered: columns of own rows, by table, in which nothing is looked for.
        numbers: columns of numbers that may hold a phone or an id.
        ignore: as for a search.
    """
    looked = partial(
        search, connection, schema, matcher, addresses=addresses, numbers=numbers, ignore=ignore
    )
    among, mine = {}, {}
    for table in schema.tables.values():
        address = addresses[ref(table)]
        rows = own.get(address.table, ())
        if pieces := _pieces(connection, table, sight, address, also, rows):
            among[address.table] = pieces
        if rows and address.unique:
            mine[address.table] = _by_key(connection, table, address, rows)
    skipped = {where: frozenset(own[where]) for where in mine}
    for hit in looked(among=among):
        if hit.table not in skipped or _place(hit, addresses) not in skipped[hit.table]:
            yield hit
    yield from looked(among=mine, never=covered)


def _place(hit: RowHits, addresses: Mapping[TableRef, Address]) -> Row:
    return addresses[hit.table].place(hit.values)


def _pieces(
    connection: Connection,
    table: Table,
    sight: Sight,
    address: Address,
    also: Rows,
    own: Collection[Row],
) -> list[Piece]:
    """Say, piece by piece, which rows of a table are looked at again, its ``own`` ones aside.

    Where no key tells them apart it is all or none.
    """
    where, spots = address.table, sight.spots
    changed = sight.changed.get(where, False)
    renamed = spots.columns.get(where) != address.columns
    unnamed = not address.unique and (
        own or where in spots.whole or where in spots.own or where in also
    )
    if changed is None or renamed or unnamed:
        return [ALL]
    fresh = [] if isinstance(changed, bool) else [Piece(changed)]
    rows = {*spots.rows.get(where, ()), *spots.own.get(where, ())}.difference(own)
    return [*fresh, *_by_key(connection, table, address, rows.union(also.get(where, ())))]


def _by_key(
    connection: Connection, table: Table, address: Address, rows: Collection[Row]
) -> list[Piece]:
    dialect = dialect_of(connection)
    ordered = chunks(sorted(rows, key=str), dialect.max_keys // len(address.columns))
    return [Piece(named(dialect, table, address.columns, some), few=True) for some in ordered]
