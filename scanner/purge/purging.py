"""What a purge of one subject adds to its plan: rows that go, links to cut, what is lost. Reads only.

What belongs to the subject and stays (an action item, a shared site) is redacted as in a redaction.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from scanner.database import dialect_of, ref
from scanner.graph import Territory, Walk
from scanner.model import Key, TableRef
from scanner.plans import CUT, Basis, Step, StopFound
from scanner.purge import directives
from scanner.purge.appraiser import Itinerary, appraise
from scanner.purge.directives import Agenda
from scanner.purge.references import Ground, Reference, key_column
from scanner.purge.unraveler import Unraveler
from scanner.purge.uprooter import Uprooter, Uprooting, loose_rows


@dataclass(frozen=True, slots=True)
class Purge:
    """What a purge does, with the keys that doing it needs; they stay in memory."""

    agenda: Agenda
    ground: Ground = field(repr=False)
    itinerary: Itinerary = field(repr=False)
    uprooting: Uprooting = field(repr=False)
    gone: Uprooting = field(repr=False)
    keys: Mapping[TableRef, Counter[Key]] = field(repr=False)
    stops: tuple[StopFound, ...] = ()
    former: Mapping[TableRef, Counter[Key]] = field(repr=False, default_factory=dict)

    def deletes(self, where: TableRef, key: Key) -> bool:
        """Whether a row goes, or went in an earlier round."""
        return key in self.keys.get(where, ()) or key in self.former.get(where, ())

    @property
    def touched(self) -> set[TableRef]:
        """Name the tables that lose rows or links, and those that refer to rows that go."""
        gone = {where for where, rows in self.uprooting.rows.items() if rows}
        asking = {ref(r.child) for w in gone for r in self.ground.referring.get(w, ())}
        return gone | asking | {ref(one.child) for one in self.uprooting.cuts}

    def spared(self, territory: Territory) -> Territory:
        """Leave the rows that stay."""
        rows = {
            where: {k: row for k, row in some.items() if not self.deletes(where, k)}
            for where, some in territory.rows.items()
        }
        return replace(territory, rows={w: some for w, some in rows.items() if some})

    def steps(self) -> Iterator[Step]:
        """Describe what is done, table by table."""
        for where, keys in sorted(self.keys.items()):
            if keys:
                yield Step(where, tuple(sorted(keys, key=str)), {}, keys.total(), purge=True)
        for one, rows in sorted(self.uprooting.cuts.items(), key=lambda c: str(c[0])):
            address, key = self.ground.walk.addresses[ref(one.child)], key_column(one.child)
            named = tuple(sorted((address.key({key: k}) for k in rows), key=str))
            yield Step(ref(one.child), named, {one.column: CUT}, len(named))


def agenda_of(names: tuple[str, ...], subject: str) -> Agenda:
    """Load the directives of a request; without any, the subject's usual one.

    Raises:
        Misconfigured: one is wrong.
    """
    return directives.agenda(names or (directives.usual(subject),))


def bound(
    connection: Connection, walk: Walk, agenda: Agenda, basis: Basis
) -> tuple[Ground, Itinerary]:
    """Bind directives to the database and refuse what does not fit.

    Raises:
        Misconfigured: all that is wrong at once.
    """
    ground = Ground(connection, walk, agenda.key)
    personal = {c.of for c, t in basis.columns.items() if t.personal != "none"}
    itinerary = appraise(ground, agenda, personal).sound()
    ground.learn([*itinerary.follow, *itinerary.cut])
    return ground, itinerary


def prepare(
    connection: Connection, walk: Walk, basis: Basis, agenda: Agenda, subject: Any
) -> Purge:
    """Find all that goes with a subject.

    Raises:
        Misconfigured: the directives do not fit the database. Refused: rows that go refer to each
            other in a circle that the database does not delete.
    """
    ground, itinerary = bound(connection, walk, agenda, basis)
    uprooter = Uprooter(connection, ground, itinerary)
    made = uprooter.uproot(uprooter.roots([subject], walk.subject))
    Unraveler(dialect_of(connection), itinerary, made).order(ground, made.keys)
    stops = tuple(uprooter.stops(made, subject=subject))
    keys = _named(connection, walk, uprooter, made)
    return Purge(agenda, ground, itinerary, made, made, keys, stops)


def again(connection: Connection, walk: Walk, before: Purge) -> Purge:
    """Find what refers to rows that are gone: copies that triggers have made of them."""
    uprooter = Uprooter(connection, before.ground, before.itinerary)
    made = uprooter.since(before.gone)
    keys = _named(connection, walk, uprooter, made)
    gone = Uprooting({w: {**rows} for w, rows in before.gone.keys.items()})
    for where, rows in made.keys.items():
        gone.keys.setdefault(where, {}).update(rows)
    former = {w: Counter(some) for w, some in before.former.items()}
    for where, some in before.keys.items():
        former.setdefault(where, Counter()).update(some)
    return replace(before, uprooting=made, gone=gone, keys=keys, former=former, stops=())


def _named(
    connection: Connection, walk: Walk, uprooter: Uprooter, made: Uprooting
) -> dict[TableRef, Counter[Key]]:
    """Name the rows that go as a plan may."""
    keys: dict[TableRef, Counter[Key]] = {}
    for where, rows in made.keys.items():
        address = walk.addresses[where]
        column = key_column(walk.tables[where])
        keys[where] = Counter(address.key({column: k}) for k in rows)
    for one in made.loose:
        keys.setdefault(ref(one.child), Counter()).update(
            _loose(connection, walk, uprooter, made, one)
        )
    return keys


def _loose(
    connection: Connection, walk: Walk, uprooter: Uprooter, made: Uprooting, one: Reference
) -> Iterator[Key]:
    address = walk.addresses[ref(one.child)]
    columns = [one.child.c[c] for c in address.columns]
    for query in loose_rows(made, one, columns, uprooter.dialect):
        for row in connection.execute(query).mappings():
            yield address.key(dict(row))
