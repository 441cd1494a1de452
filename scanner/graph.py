"""Which rows belong to a subject: a pack's relations, followed from the subject's own row."""

import copy as copying
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, MetaData, Table, and_, select, true

from scanner.database import dialect_of, ref
from scanner.errors import Misconfigured
from scanner.model import Key, TableRef
from scanner.rows import Address, alike, chunks, one_of
from scanner.rulebook import Pack, Reach, Rows
from scanner.tables import relations
from scanner.tables.relations import places


@dataclass(slots=True)
class Row:
    """One row that the walk found; its values stay in memory."""

    key: Key
    values: dict[str, Any] = field(repr=False)
    rows: Rows
    only: frozenset[str] | None
    identity: bool
    open: bool = True
    whose: set[Any] = field(default_factory=set)
    called: frozenset[str] = frozenset()

    def copy(self) -> "Row":
        """Give a row that can be claimed once more without changing this one."""
        return Row(
            self.key,
            self.values,
            self.rows,
            self.only,
            self.identity,
            self.open,
            {*self.whose},
            self.called,
        )


@dataclass(frozen=True, slots=True)
class Territory:
    """All rows that belong to a subject, or are linked to it, by table and key.

    ``shared`` counts rows that are not the subject's because others use them too.
    """

    rows: Mapping[TableRef, Mapping[Key, Row]]
    reaches: tuple[Reach, ...]
    shared: Mapping[TableRef, int] = field(default_factory=dict)

    def row(self, table: TableRef, key: Key) -> Row | None:
        """Find a row, if it belongs to the subject."""
        return self.rows.get(table, {}).get(key)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return sum(len(rows) for rows in self.rows.values())


class Walk:
    """A walk over one database for one pack."""

    def __init__(
        self,
        connection: Connection,
        schema: MetaData,
        pack: Pack,
        *,
        addresses: Mapping[TableRef, Address],
        copies: Mapping[TableRef, TableRef],
    ) -> None:
        self.connection = connection
        self.tables = {ref(t): t for t in schema.tables.values()}
        self._names = places(self.tables)
        self.pack = pack
        self.addresses = addresses
        self.copies = dict(copies)
        self.dialect = dialect_of(connection)
        self.size = self.dialect.max_keys
        self.subject = self._named(pack.subject)
        self.reaches = relations.reaches(connection, self.tables, pack, copies.items())
        self._shared: dict[tuple[TableRef, str], set[Any]] = {}
        self._starts: dict[TableRef, list[Reach]] = {}
        for reach in self.reaches:
            self._starts.setdefault(self._named(reach.start), []).append(reach)

    def on(self, connection: Connection) -> "Walk":
        """Go on with another connection to the same database, nothing of which has changed."""
        other = copying.copy(self)
        other.connection = connection
        return other

    def trace(self, key: Any) -> Territory:
        """Follow all relations from the subject with ``key`` until nothing new is found.

        Raises:
            Misconfigured: there is no such subject.
        """
        found = self.trace_all([key])
        if not found.rows:
            raise Misconfigured(f"no subject has the key {key}: {self.subject} has no such row")
        return found

    def trace_all(self, keys: Sequence[Any]) -> Territory:
        """Follow all relations from several subjects at once; each row says whose it is."""
        column = self.tables[self.subject].c[self.pack.key]
        rows: dict[TableRef, dict[Key, Row]] = {}
        root = Reach(table=self.subject.name, start="", by=self.pack.key, identity=True)
        fresh = []
        for some in chunks(keys, self.size):
            origin = {k: {k} for k in some}
            fresh += self._claim(
                rows, self.subject, root, one_of(self.dialect, column, some), column.name, origin
            )
        if not fresh:
            return Territory({}, self.reaches)
        self._shared = {}
        self._spread(rows, [(self.subject, fresh)], frozenset(keys))
        return Territory(rows, self.reaches, self._left_out(rows))

    def _left_out(self, rows: Mapping[TableRef, Mapping[Key, Row]]) -> dict[TableRef, int]:
        """Count the rows that a relation spared as others use them, and that no other one made own."""
        counts: Counter[TableRef] = Counter()
        for (where, column), values in self._shared.items():
            own = (r for r in rows.get(where, {}).values() if r.rows == "own")
            counts[where] += len(values - {r.values.get(column) for r in own})
        return {where: count for where, count in sorted(counts.items()) if count}

    def again(self, territory: Territory, key: Any, among: Collection[TableRef]) -> Territory:
        """Follow the relations into ``among`` once more: only there rows came or changed.

        What is found there leads on as in ``trace``; all other rows are those of ``territory``.
        """
        if self.subject in among:
            return self.trace(key)
        rows = {
            where: {k: r.copy() for k, r in some.items()}
            for where, some in territory.rows.items()
            if where not in among
        }
        known = [(t, [r for r in some.values() if r.open]) for t, some in rows.items()]
        fresh = [
            (target, new)
            for start, found in known
            for target, new in self._next(rows, start, found, frozenset({key}), among)
        ]
        self._spread(rows, fresh, frozenset({key}))
        return Territory({t: some for t, some in rows.items() if some}, self.reaches)

    def _spread(
        self,
        rows: dict[TableRef, dict[Key, Row]],
        queue: list[tuple[TableRef, list[Row]]],
        subjects: Collection[Any],
    ) -> None:
        """Go on from the rows in ``queue`` until nothing new is found."""
        while queue:
            queue += self._next(rows, *queue.pop(0), subjects)

    def _next(
        self,
        rows: dict[TableRef, dict[Key, Row]],
        start: TableRef,
        found: Sequence[Row],
        subjects: Collection[Any],
        among: Collection[TableRef] | None = None,
    ) -> Iterator[tuple[TableRef, list[Row]]]:
        """Yield what one step from ``found`` reaches for the first time, in the tables ``among``."""
        for reach in self._from(start):
            target = self._named(reach.table)
            if among is not None and target not in among:
                continue
            parents = [r for r in found if r.rows == "own" or reach.rows == "linked"]
            new = [
                row
                for found_by in self._wheres(reach, parents, rows, subjects)
                for row in self._claim(rows, target, reach, *found_by)
            ]
            if new:
                yield target, new

    def _from(self, start: TableRef) -> Iterable[Reach]:
        return self._starts.get(start, ())

    def _claim(
        self,
        rows: dict[TableRef, dict[Key, Row]],
        target: TableRef,
        reach: Reach,
        where: ColumnElement[bool],
        column: str,
        origin: Mapping[Any, set[Any]],
    ) -> list[Row]:
        """Read the rows ``where``; give those that the walk may go on from for the first time.

        ``origin`` says whose rows hold the values of ``column`` by which these rows are found.
        """
        table, address = self.tables[target], self.addresses[target]
        names = sorted({*address.columns, *self._needed(target), column})
        columns = [table.c[c] for c in names]
        fixed = and_(true(), *(table.c[c] == v for c, v in reach.where.items()))
        query = select(*columns).where(where, fixed)
        fresh = []
        only = frozenset(reach.only) if reach.only else None
        for found in self.connection.execute(query).all():
            values = dict(zip(names, found, strict=True))
            key = address.key(values)
            row = rows.setdefault(target, {}).get(key)
            if row is None:
                row = Row(key, values, reach.rows, only, reach.identity, open=False)
                rows[target][key] = row
            else:
                if row.rows == "linked" and reach.rows == "own":
                    row.rows, row.open = "own", False
                row.only = None if None in (row.only, only) else row.only | only  # type: ignore[operator]  # neither is None
                row.identity = row.identity or reach.identity
            row.called |= frozenset(reach.called)
            whose = origin.get(values[column], set()) - row.whose
            row.whose |= whose
            if row.only is None and (whose or not row.open):
                row.open = True
                fresh.append(row)
        return fresh

    def _needed(self, table: TableRef) -> set[str]:
        """Name the columns that relations from ``table`` start at."""
        return {c for r in self._from(table) if (c := r.via or r.to) in self.tables[table].c}

    def _wheres(
        self,
        reach: Reach,
        parents: Iterable[Row],
        rows: Mapping[TableRef, Mapping[Key, Row]],
        subjects: Collection[Any],
    ) -> Iterator[tuple[ColumnElement[bool], str, Mapping[Any, set[Any]]]]:
        """Say in SQL which rows ``reach`` finds from ``parents``, in pieces, and whose they are."""
        target = self.tables[self._named(reach.table)]
        start = reach.via or reach.to
        origin: dict[Any, set[Any]] = {}
        for parent in parents:
            if _set(value := parent.values.get(start)):
                origin.setdefault(value, set()).update(parent.whose)
        column = target.c[reach.by or (self.pack.key if reach.through else reach.to)]
        for some in chunks(sorted(origin, key=str), self.size):
            whose: Mapping[Any, set[Any]] = origin
            if reach.through:
                some, whose = self._paired(reach, some, origin)
            free = self._unshared(reach, some, rows, subjects)
            if len(free) < len(some):
                spared = self._shared.setdefault((self._named(reach.table), column.name), set())
                spared |= set(some) - free
            yield from self._among(column, free, whose)

    def _among(
        self, column: Column[Any], values: Iterable[Any], whose: Mapping[Any, set[Any]]
    ) -> Iterator[tuple[ColumnElement[bool], str, Mapping[Any, set[Any]]]]:
        """Say in SQL that a column holds one of ``values``, of whatever type they are, and whose they are."""
        owned: dict[Any, set[Any]] = {}
        for value in values:
            if (mine := alike(column, value)) is not None:
                owned.setdefault(mine, set()).update(whose.get(value, ()))
        for part in chunks(sorted(owned, key=str), self.size):
            yield one_of(self.dialect, column, part), column.name, owned

    def _paired(
        self, reach: Reach, values: Sequence[Any], origin: Mapping[Any, set[Any]]
    ) -> tuple[list[Any], dict[Any, set[Any]]]:
        """Follow a table of pairs: what is paired with ``values``, and whose it is."""
        link = self.tables[self._named(reach.through)]
        near, far = link.c[reach.near], link.c[reach.far]
        whose: dict[Any, set[Any]] = {}
        for one, other in self.connection.execute(
            select(near, far).where(one_of(self.dialect, near, values))
        ):
            if _set(other):
                whose.setdefault(other, set()).update(origin.get(one, ()))
        return list(whose), whose

    def _unshared(
        self,
        reach: Reach,
        values: Iterable[Any],
        rows: Mapping[TableRef, Mapping[Key, Row]],
        subjects: Collection[Any],
    ) -> set[Any]:
        """Leave out what rows of others link to too.

        A link's person column holds the subject's key, or names a row that must be one of the
        subject's: of the link's own table, where it is the key, or of a fourth part's.
        """
        free = set(values)
        for name, link, person, *of in reach.unshared:
            if (where := self.find(name)) is None or not free:
                continue
            table = self.tables[where]
            if link not in table.c or person not in table.c:
                continue
            if person == self.pack.key or of:
                whose = self._named(of[0]) if of else where
                own = (r for r in rows.get(whose, {}).values() if r.rows == "own")
                ours = {r.values.get(self.pack.key) for r in own}
            else:
                ours = set(subjects)
            for some in chunks(sorted(free, key=str), self.size):
                links = select(table.c[link], table.c[person]).where(
                    one_of(self.dialect, table.c[link], some)
                )
                others = [v for v, p in self.connection.execute(links) if _set(p) and p not in ours]
                free -= set(others)
        return free

    # -- names -------------------------------------------------------------------------------

    def find(self, name: str) -> TableRef | None:
        """Find a table by its full name, else by its bare one in the first schema that has it."""
        return self._names.get(name.lower())

    def _named(self, name: str) -> TableRef:
        found = self.find(name)
        return found if found is not None else TableRef("", name)


def _set(value: Any) -> bool:
    """Whether a relation column points anywhere: Clarify writes 0 or NULL for nowhere."""
    return value is not None and value not in (0, "")


def table_of(schema: MetaData, where: TableRef) -> Table:
    """Find the reflected table."""
    return schema.tables[f"{where.schema}.{where.name}" if where.schema else where.name]
