"""From roots to all rows that go with them, by an itinerary: keys, links to cut, stops. Reads only.

Statements name many keys at once, so that the work grows with the rows and not with the roots.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, or_, select, text
from sqlalchemy.exc import DBAPIError

from scanner.database import dialect_of, ref
from scanner.dialects import Dialect, Keys
from scanner.errors import Misconfigured
from scanner.model import TableRef
from scanner.plans import StopFound
from scanner.purge.appraiser import Asked, Itinerary, Start
from scanner.purge.references import Ground, Reference, key_column
from scanner.rows import chunks
from scanner.tables import bundler
from scanner.tables.bundler import Question

NOTHING = (None, 0, "")
"""What a column holds that refers to nothing."""

Found = dict[Any, tuple[Any, ...]]
"""Keys of rows with the values that relations go on from."""


@dataclass(slots=True)
class Uprooting:
    """What goes and what changes with it; ``loose`` are rows of tables without a key, by relation.

    ``keys`` stay in memory: a batch bounds them.
    """

    keys: dict[TableRef, Found] = field(default_factory=dict, repr=False)
    loose: dict[Reference, list[Any]] = field(default_factory=dict, repr=False)
    counts: dict[Reference, int] = field(default_factory=dict)
    cuts: dict[Reference, list[Any]] = field(default_factory=dict, repr=False)

    @property
    def rows(self) -> dict[TableRef, int]:
        """Count the rows that go, by table."""
        found = {where: len(rows) for where, rows in self.keys.items() if rows}
        for one, count in self.counts.items():
            if count:
                found[ref(one.child)] = found.get(ref(one.child), 0) + count
        return found


class Uprooter:
    """Finds what goes with some rows; ``empty`` are tables in which there is nothing to find."""

    def __init__(
        self,
        connection: Connection,
        ground: Ground,
        itinerary: Itinerary,
        *,
        empty: Collection[TableRef] = (),
    ) -> None:
        self.connection, self.ground, self.itinerary = connection, ground, itinerary
        self.dialect = dialect_of(connection)
        self.size = self.dialect.at_once or self.dialect.max_keys
        self.empty = frozenset(empty)
        self._children: dict[TableRef, list[Reference]] = {}
        for one in itinerary.follow:
            if ref(one.child) not in self.empty:
                self._children.setdefault(ref(one.parent), []).append(one)

    def uproot(self, roots: Mapping[TableRef, Iterable[Any]], *, cuts: bool = True) -> Uprooting:
        """Follow all relations from ``roots`` until nothing new is found.

        Without ``cuts`` the links to cut are not looked for: ``referrers`` finds them afterwards.
        """
        made = Uprooting()
        waiting = []
        for where, keys in roots.items():
            table = self.ground.tables[where]
            column = table.c[key_column(table)]
            some = [self.dialect.among(column, part) for part in chunks(list(keys), self.size)]
            waiting += self._claimed(made, {where: some})
        self._spread(made, waiting)
        spared: dict[Reference, tuple[set[Any], int]] = {}
        while fresh := self._owned(made, spared):
            self._spread(made, fresh)
        self._count_loose(made)
        for one in self.itinerary.cut if cuts else ():
            if kept := self._kept(made, one):
                made.cuts[one] = kept
        return made

    def referrers(
        self, gone: Uprooting, *, alone: bool = False
    ) -> tuple[dict[Reference, list[Any]], list[Reference]]:
        """Find what still refers to rows that are gone: by links to cut, and by others.

        ``alone``: all that was found was deleted, each row counted, and nothing else has been
        written to since it was looked for. Then what was asked before is not asked again.
        """
        cuts = {one.place: one for one in self.itinerary.cut}
        done = set(self._asked()) if alone else set()
        tables: dict[TableRef, list[Reference]] = {}
        values: dict[tuple[TableRef, str], Keys] = {}
        for where, rows in gone.keys.items():
            for one in self.ground.referring.get(where, ()) if rows else ():
                if one in done or ref(one.child) in self.empty:
                    continue
                if one.to in self.itinerary.needed[where]:
                    tables.setdefault(ref(one.child), []).append(one)
                    if (where, one.to) not in values:
                        values[where, one.to] = self.values(gone, where, one.to)
        kept: dict[Reference, dict[Any, None]] = {}
        dangling: dict[Reference, None] = {}
        for one, key in self._still(tables.values(), values):
            cut = cuts.get(one.place) or cuts.get((*one.place[:3], ()))
            if cut is None or key is None:
                dangling[one] = None
            else:
                kept.setdefault(cut, {})[key] = None
        return {cut: list(keys) for cut, keys in kept.items()}, list(dangling)

    def _asked(self) -> Iterator[Reference]:
        """Give the relations by which no row that stays can refer to one that ``uproot`` found.

        What refers by a relation that is followed goes as well. And where rows are only found as
        owned, they were left out as soon as a row that stays referred to them (``_shared``).
        """
        followed = {(one.place, one.to) for one in self.itinerary.follow}
        found = {ref(s.table) for s in self.itinerary.starts}
        found |= {ref(one.child) for one in self.itinerary.follow}
        owned: dict[TableRef, set[str]] = {}
        for one in self.itinerary.owned:
            owned.setdefault(ref(one.parent), set()).add(one.to)
        for where in self.itinerary.deleted:
            only = owned.get(where, set()) if where not in found else set()
            for one in self.ground.referring.get(where, ()):
                unshared = only == {one.to} and ref(one.child) not in self.ground.walk.copies
                if unshared or (one.place, one.to) in followed:
                    yield one

    def _still(
        self,
        tables: Iterable[Sequence[Reference]],
        values: Mapping[tuple[TableRef, str], Keys],
    ) -> Iterator[tuple[Reference, Any]]:
        """Give each relation by which a row refers to rows that are gone, with the row's key."""
        asked = {}
        for relations in tables:
            table = relations[0].child
            wanted = dict.fromkeys(c for o in relations for c in (o.column, *dict(o.where)))
            terms = tuple(t for o in relations for t in self._terms(o, values[ref(o.parent), o.to]))
            if terms:
                columns = tuple(dict.fromkeys([c for c in (key_column(table), *wanted) if c]))
                asked[Question(table, columns, terms)] = relations
        for question in bundler.answered(self.connection, list(asked)):
            relations, key = asked[question], key_column(question.table)
            sets = {o: set(values[ref(o.parent), o.to]) for o in relations}
            for _, rows in bundler.read(self.connection, [question]):
                for row, one in product(rows, relations):
                    cells = dict(zip(question.columns, row, strict=True))
                    same = all(cells[c] == v for c, v in one.where)
                    if same and cells[one.column] in sets[one]:
                        yield one, cells[key] if key else None

    def _terms(self, one: Reference, held: Keys) -> Iterator[ColumnElement[bool]]:
        for some in chunks(held, self.size):
            yield referring(self.dialect, one, some)

    def since(self, gone: Uprooting) -> Uprooting:
        """Find what refers to rows that are gone: what triggers have written since."""
        made = Uprooting(keys={w: dict(rows) for w, rows in gone.keys.items()})
        self._spread(made, [(w, list(rows)) for w, rows in gone.keys.items() if rows])
        self._count_loose(made)
        for one in self.itinerary.cut:
            if kept := self._kept(made, one):
                made.cuts[one] = kept
        made.keys = {
            w: {k: row for k, row in rows.items() if k not in gone.keys.get(w, {})}
            for w, rows in made.keys.items()
        }
        return made

    def dangling(self, gone: Uprooting) -> Iterator[Reference]:
        """Give each relation by which a row that is still there refers to one that is gone."""
        for where, rows in gone.keys.items():
            for one in self.ground.referring.get(where, ()) if rows else ():
                if one.to in self.itinerary.needed[where] and self._refers(gone, one):
                    yield one

    def _refers(self, gone: Uprooting, one: Reference) -> bool:
        if ref(one.child) in self.empty:
            return False
        for some in chunks(self.values(gone, ref(one.parent), one.to), self.size):
            query = (
                select(func.count())
                .select_from(one.child)
                .where(referring(self.dialect, one, some))
            )
            if self.connection.scalar(query):
                return True
        return False

    def values(self, made: Uprooting, where: TableRef, column: str) -> Keys:
        """List what the rows that go hold in ``column``, without empty ones."""
        rows, place = made.keys.get(where, {}), self.itinerary.needed[where].index(column)
        return Keys(dict.fromkeys([v for r in rows.values() if (v := r[place]) not in NOTHING]))

    def _spread(self, made: Uprooting, waiting: list[tuple[TableRef, list[Any]]]) -> None:
        """Follow relations from new rows to others, all that lead to a table with one statement."""
        while waiting:
            terms: dict[TableRef, list[ColumnElement[bool]]] = {}
            for where, keys in waiting:
                rows, held = made.keys[where], dict[int, Keys]()
                for one in self._children.get(where, ()):
                    place = self.itinerary.needed[where].index(one.to)
                    if place not in held:
                        held[place] = Keys(
                            [v for k in keys if (v := rows[k][place]) not in NOTHING]
                        )
                    if not key_column(one.child):
                        made.loose.setdefault(one, []).extend(held[place])
                    else:
                        terms.setdefault(ref(one.child), []).extend(self._terms(one, held[place]))
            waiting = self._claimed(made, terms)

    def _claimed(
        self, made: Uprooting, terms: Mapping[TableRef, Sequence[ColumnElement[bool]]]
    ) -> list[tuple[TableRef, list[Any]]]:
        """Read rows; give the new ones."""
        fresh: dict[TableRef, list[Any]] = {}
        asked = [
            Question(self.ground.tables[w], self.itinerary.needed[w], tuple(some))
            for w, some in terms.items()
            if some
        ]
        for question, rows in bundler.read(self.connection, asked):
            place = ref(question.table)
            known = made.keys.setdefault(place, {})
            new = {row[0]: tuple(row) for row in rows if row[0] not in known}
            known |= new
            if new:
                fresh.setdefault(place, []).extend(new)
        return list(fresh.items())

    def _owned(
        self, made: Uprooting, spared: dict[Reference, tuple[set[Any], int]]
    ) -> list[tuple[TableRef, list[Any]]]:
        """Claim the rows that only rows that go point at.

        ``spared`` are those that others point at, and among how many rows that go that was so:
        while these are no more, it is.
        """
        fresh = []
        for one in self.itinerary.owned:
            target, held = ref(one.parent), ref(one.child)
            known = made.keys.get(target, {})
            referring = {ref(r.child) for r in self.ground.referring.get(target, ())}
            going = sum(len(made.keys.get(child, ())) for child in referring)
            still, before = spared.get(one, (set(), going))
            still = still if before == going else set()
            free = Keys(
                v for v in self.values(made, held, one.column) if v not in known and v not in still
            )
            if free and target not in self.empty:
                shared, column = self._shared(made, one, free), one.parent.c[one.to]
                spared[one] = still | shared, going
                rest = chunks([v for v in free if v not in shared], self.size)
                terms = [self.dialect.among(column, some) for some in rest]
                fresh += self._claimed(made, {target: terms})
        return fresh

    def _shared(self, made: Uprooting, owned: Reference, values: Keys) -> set[Any]:
        """Find those of ``values`` that rows which stay refer to."""
        asked: dict[Question, Mapping[Any, Any]] = {}
        for one in self.ground.referring.get(ref(owned.parent), ()) if values else ():
            child, key = ref(one.child), key_column(one.child)
            if one.to != owned.to or child in self.empty or child in self.ground.walk.copies:
                continue
            columns = (one.column, key) if key else (one.column,)
            going = made.keys.get(child, {}) if key else {}
            asked[Question(one.child, columns, tuple(self._terms(one, values)))] = going
        return {
            row[0]
            for question, rows in bundler.read(self.connection, list(asked))
            for row in rows
            if not question.columns[1:] or row[1] not in asked[question]
        }

    def _kept(self, made: Uprooting, one: Reference, more: str = "", **values: Any) -> list[Any]:
        """List the keys of the rows that refer by ``one`` to rows that go, and stay themselves."""
        child = ref(one.child)
        if child in self.empty or not made.keys.get(ref(one.parent)):
            return []
        key = key_column(one.child)
        going = made.keys.get(child, {})
        column = one.child.c[key or one.column]
        kept: dict[Any, None] = {}
        for some in chunks(self.values(made, ref(one.parent), one.to), self.size):
            query = select(column).where(referring(self.dialect, one, some))
            if more:
                query = query.where(text(f"({more})").bindparams(**values))
            kept |= dict.fromkeys(k for k in self.connection.scalars(query) if k not in going)
        return list(kept)

    def _count_loose(self, made: Uprooting) -> None:
        """Count the rows of tables without a key; one that several relations find counts once."""
        for one in made.loose:
            made.counts[one] = sum(
                int(self.connection.scalar(q) or 0)
                for q in loose_rows(made, one, [func.count()], self.dialect)
            )

    # -- what speaks against -------------------------------------------------------------------

    def stops(
        self, made: Uprooting, *, subject: Any = None, now: datetime | None = None
    ) -> list[StopFound]:
        """List the stops and warnings that hold for what would go.

        Raises:
            Misconfigured: the database does not take the SQL of one.
        """
        found = []
        for asked in self.itinerary.stops:
            rows = self._stopping(made, asked, subject, now or datetime.now(UTC))
            if rows:
                stop = asked.stop
                found.append(StopFound(stop.rule, stop.why, rows, stop.effect))
        return found

    def _stopping(self, made: Uprooting, asked: Asked, subject: Any, now: datetime) -> int:
        stop, since = asked.stop, now.replace(tzinfo=None) - timedelta(days=asked.stop.days)
        known = {"since": since, "subject": subject, "now": now.replace(tzinfo=None)}
        values = {n: v for n, v in known.items() if f":{n}" in stop.sql}
        try:
            if asked.reference is not None:
                return self._referring(made, asked, asked.reference, values)
            return self._counted(made, ref(asked.table), stop.sql, values)
        except DBAPIError:
            raise Misconfigured(
                f"stop_if {stop.rule}: the database does not take its SQL: mend the directive"
            ) from None

    def _referring(
        self, made: Uprooting, asked: Asked, one: Reference, values: Mapping[str, Any]
    ) -> int:
        if asked.stop.kept:
            return len(self._kept(made, one, asked.stop.sql, **values))
        nobody = Uprooting(keys={w: r for w, r in made.keys.items() if w != ref(one.child)})
        nobody.keys[ref(one.parent)] = made.keys.get(ref(one.parent), {})
        return len(self._kept(nobody, one, asked.stop.sql, **values))

    def _counted(
        self, made: Uprooting, where: TableRef, sql: str, values: Mapping[str, Any]
    ) -> int:
        rows = made.keys.get(where, {})
        if not sql:
            return len(rows)
        table = self.ground.tables[where]
        column, total = table.c[key_column(table)], 0
        for some in chunks(list(rows), self.size):
            query = select(func.count()).select_from(table).where(self.dialect.among(column, some))
            total += int(
                self.connection.scalar(query.where(text(f"({sql})").bindparams(**values))) or 0
            )
        return total

    # -- where it starts -----------------------------------------------------------------------

    def roots(self, subjects: Sequence[Any], subject: TableRef) -> dict[TableRef, list[Any]]:
        """Find where each directive starts for some subjects."""
        found: dict[TableRef, list[Any]] = {}
        for start in self.itinerary.starts:
            where = ref(start.table)
            if where == subject or not start.roots:
                found.setdefault(where, []).extend(subjects)
            else:
                found.setdefault(where, []).extend(self._led(start, subjects))
        return {w: list(dict.fromkeys(keys)) for w, keys in found.items()}

    def _led(self, start: Start, subjects: Sequence[Any]) -> list[Any]:
        """Follow the relations that lead from subjects to roots."""
        keys = list(subjects)
        for one, forward in start.roots:
            table = one.child
            asked = table.c[key_column(table)] if forward else table.c[one.column]
            given = table.c[one.column if forward else key_column(table)]
            found: dict[Any, None] = {}
            for some in chunks(keys, self.size):
                query = select(given).where(self.dialect.among(asked, some))
                if (more := one.condition()) is not None and not forward:
                    query = query.where(more)
                found |= dict.fromkeys(v for v in self.connection.scalars(query) if v)
            keys = list(found)
        return keys


def referring(dialect: Dialect, one: Reference, values: Sequence[Any]) -> ColumnElement[bool]:
    """Say in SQL which rows refer by ``one`` to what holds ``values``."""
    same = dialect.among(one.child.c[one.column], values)
    more = one.condition()
    return same if more is None else and_(same, more)


def unless(dialect: Dialect, one: Reference, values: Sequence[Any]) -> ColumnElement[bool]:
    """Say in SQL which rows do not refer by ``one``; an empty column refers to nothing."""
    column = one.child.c[one.column]
    terms: list[ColumnElement[bool]] = [column.is_(None), not_(dialect.among(column, values))]
    terms += [or_(one.child.c[c].is_(None), one.child.c[c] != v) for c, v in one.where]
    return or_(*terms)


def loose_rows(
    made: Uprooting, one: Reference, columns: Sequence[ColumnElement[Any]], dialect: Dialect
) -> Iterator[Select[Any]]:
    """Select from the rows without a key that ``one`` finds and no relation before it does."""
    before = [b for b in made.loose if ref(b.child) == ref(one.child)]
    before = before[: before.index(one)]
    for some in chunks(list(dict.fromkeys(made.loose[one])), dialect.at_once or dialect.max_keys):
        query = select(*columns).select_from(one.child).where(referring(dialect, one, some))
        yield query.where(*(unless(dialect, b, made.loose[b]) for b in before if made.loose[b]))
