"""A directive under the live schema: what it deletes there, and all that is wrong with it at once.

In go directives and what refers to what in a database; out comes an itinerary. Reads nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Table

from scanner.database import ref
from scanner.errors import Misconfigured
from scanner.model import TableRef
from scanner.purge.circles import circles
from scanner.purge.directives import Agenda, Directive, Line, StopIf
from scanner.purge.references import COPY, Check, Ground, Reference, key_column
from scanner.texts.wording import count, noun

NAMED = 40
"""How many faults one complaint names; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a directive starts: its root table, and the relations that lead there from a subject."""

    directive: Directive
    table: Table
    roots: tuple[tuple[Reference, bool], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A stop with its table and relation."""

    stop: StopIf
    table: Table
    reference: Reference | None


@dataclass(frozen=True, slots=True)
class Itinerary:
    """Directives bound to a database: ``follow`` finds what goes, ``owned`` what goes with it.

    ``needed`` are the columns of the rows that go that relations go on from, the key first;
    ``circles`` the foreign keys by which rows that go may refer to each other in a circle.
    """

    starts: tuple[Start, ...]
    deleted: frozenset[TableRef]
    follow: tuple[Reference, ...]
    owned: tuple[Reference, ...]
    cut: tuple[Reference, ...]
    stops: tuple[Asked, ...]
    faults: tuple[str, ...]
    uncovered: tuple[Reference, ...]
    needed: Mapping[TableRef, tuple[str, ...]]
    circles: tuple[Check, ...] = ()

    def sound(self) -> "Itinerary":
        """Give itself where nothing is wrong.

        Raises:
            Misconfigured: all that is wrong.
        """
        if self.faults:
            raise self._unfit()
        return self

    def _unfit(self) -> Misconfigured:
        """Say how many faults there are in a sentence that fits anywhere, and each below it."""
        names = [s.directive.name for s in self.starts] or ["the directive"]
        told = f"{', '.join(names)} {noun(len(names), 'does', 'do')} not fit this database"
        more = len(self.faults) - NAMED
        faults = [*self.faults[:NAMED], *([f"and {more:,} more"] if more > 0 else [])]
        hint = "add lines for these, as efface rules NAME --generate --db URL proposes"
        return Misconfigured(
            f"{told}: {count(len(self.faults), 'fault')}, as efface rules NAME --check --db URL says",
            [*faults, *([hint] if self.uncovered else [])],
        )


def appraise(ground: Ground, agenda: Agenda, personal: Collection[TableRef] = ()) -> Itinerary:
    """Bind directives to a database and look for all that is wrong.

    Args:
        ground: what refers to what there.
        agenda: the directives.
        personal: the tables that hold personal data by the audit.
    """
    faults: list[str] = []
    starts = tuple(_starts(ground, agenda, faults))
    found = {line: ground.bind(line) for line in (*agenda.follow, *agenda.cut)}
    faults += [f"{line}: {why}" for line, (_, why) in found.items() if why]
    bound = {line: one for line, (one, _) in found.items() if one is not None}
    follow = [bound[x] for x in agenda.follow if x in bound and not x.forward]
    owned = [bound[x] for x in agenda.follow if x in bound and x.forward]
    cut = tuple(bound[x] for x in agenda.cut if x in bound)
    deleted = _closure({ref(s.table) for s in starts}, follow, owned)
    copies = [r for r in ground.references if r.why.startswith(COPY) and ref(r.parent) in deleted]
    follow += [r for r in copies if r.place not in {f.place for f in follow}]
    deleted |= {ref(r.child) for r in copies}
    faults += _unreached(ground, agenda, bound)
    faults += _spared(ground, agenda, deleted, bound)
    faults += _uncuttable(cut)
    faults += _unkeyed(ground, starts, follow, owned, deleted)
    stops = tuple(_stops(ground, agenda, faults))
    covering = [*follow, *cut, *_asked([s for s in stops if s.stop.covers])]
    uncovered = tuple(_uncovered(ground, deleted, covering))
    faults += [_dangling(r, personal) for r in uncovered]
    found_round = circles(ground, [w for w in deleted if key_column(ground.tables[w])])
    linked = [c.link for c in found_round]
    return Itinerary(
        starts,
        frozenset(deleted),
        tuple(follow),
        tuple(owned),
        cut,
        stops,
        tuple(faults),
        uncovered,
        _needed(ground, deleted, [*follow, *cut, *linked, *_asked(stops)], [*owned, *linked]),
        found_round,
    )


def _asked(stops: Collection[Asked]) -> list[Reference]:
    """List the relations by which stops are asked."""
    return [s.reference for s in stops if s.reference]


def _needed(
    ground: Ground,
    deleted: Collection[TableRef],
    backwards: Collection[Reference],
    owned: Collection[Reference],
) -> dict[TableRef, tuple[str, ...]]:
    """Name the columns that relations go on from, the key first."""
    wanted: dict[TableRef, set[str]] = {where: set() for where in deleted}
    for where, column in [
        *((ref(r.parent), r.to) for r in backwards),
        *((ref(r.child), r.column) for r in owned),
    ]:
        wanted.setdefault(where, set()).add(column)
    keys = {where: key_column(ground.tables[where]) for where in deleted}
    return {w: (k, *sorted(wanted[w] - {k})) if k else () for w, k in keys.items()}


def _starts(ground: Ground, agenda: Agenda, faults: list[str]) -> Iterator[Start]:
    for directive in agenda.directives:
        where = ground.walk.find(directive.root)
        if where is None:
            faults.append(f"there is no table {directive.root}, the root of {directive.name}")
            continue
        roots = []
        for line in directive.roots:
            one, why = ground.bind(line)
            if one is None:
                faults.append(f"roots: {line}: {why or 'it is not in this database'}")
            else:
                roots.append((one, line.forward))
        yield Start(directive, ground.tables[where], tuple(roots))


def _closure(
    deleted: set[TableRef], follow: Collection[Reference], owned: Collection[Reference]
) -> set[TableRef]:
    """Find the tables in which rows are deleted."""
    while True:
        more = {ref(r.child) for r in follow if ref(r.parent) in deleted}
        more |= {ref(r.parent) for r in owned if ref(r.child) in deleted}
        if more <= deleted:
            return deleted
        deleted |= more


def _unreached(ground: Ground, agenda: Agenda, bound: Collection[Line]) -> Iterator[str]:
    """Name lines to which nothing leads; where what leads there is not in this database, none."""

    def place(name: str) -> object:
        return ground.walk.find(name) or name

    ways = [(place(x.table), place(x.target), x.forward) for x in agenda.follow]
    reached = {place(d.root) for d in agenda.directives}
    while True:
        more = {child for child, parent, forward in ways if not forward and parent in reached}
        more |= {parent for child, parent, forward in ways if forward and child in reached}
        if more <= reached:
            break
        reached |= more
    for line in (*agenda.follow, *agenda.cut):
        start = line.table if line.forward else line.target
        if line in bound and place(start) not in reached:
            yield f"{line}: no relation leads to {start}"


def _spared(
    ground: Ground,
    agenda: Agenda,
    deleted: Collection[TableRef],
    bound: Mapping[Line, Reference],
) -> Iterator[str]:
    """Name tables that are to stay and are followed: by any directive, or by the one that says so."""
    for name in sorted(agenda.no_delete):
        if (where := ground.walk.find(name)) in deleted:
            yield f"{where} is followed, and no_delete says that it stays"
    for directive in agenda.directives:
        root = ground.walk.find(directive.root)
        lines = [x for x in directive.follow if x in bound]
        follow = [bound[x] for x in lines if not x.forward]
        reached = _closure(
            {root} if root else set(), follow, [bound[x] for x in lines if x.forward]
        )
        for name in directive.reference:
            if (where := ground.walk.find(name)) in reached:
                yield f"{where} is followed, and reference of {directive.name} says that it stays"


def _uncuttable(cut: Collection[Reference]) -> Iterator[str]:
    for one in cut:
        if not key_column(one.child):
            yield f"{one}: {ref(one.child)} has no key: follow the relation instead of cutting it"
        elif not one.child.c[one.column].nullable:
            yield f"{one}: the column cannot be empty: follow the relation instead of cutting it"


def _unkeyed(
    ground: Ground,
    starts: Collection[Start],
    follow: Collection[Reference],
    owned: Collection[Reference],
    deleted: Collection[TableRef],
) -> Iterator[str]:
    """Name tables without a key from which something is followed: their rows cannot be named."""
    needed = {ref(s.table) for s in starts}
    needed |= {ref(r.parent) for r in follow} | {ref(r.child) for r in owned}
    needed |= {ref(r.parent) for r in owned}
    for where in sorted(needed & set(deleted)):
        if not key_column(ground.tables[where]):
            yield f"{where} has no key of one column: nothing can be followed from it"


def _stops(ground: Ground, agenda: Agenda, faults: list[str]) -> Iterator[Asked]:
    for stop in agenda.stops:
        if any(ground.walk.find(t) is None and ground.walk.pack.knows(t) for t in stop.needs):
            continue
        if stop.line is not None:
            one, why = ground.bind(stop.line)
            if why:
                faults.append(f"stop_if {stop.rule}: {why}")
            if one is not None:
                yield Asked(stop, one.child, one)
        elif (where := ground.walk.find(stop.table)) is not None:
            yield Asked(stop, ground.tables[where], None)
        elif not ground.walk.pack.knows(stop.table):
            faults.append(f"stop_if {stop.rule}: there is no table {stop.table}")


def _uncovered(
    ground: Ground, deleted: Collection[TableRef], covering: Collection[Reference]
) -> Iterator[Reference]:
    """Find what refers to rows that are deleted and would be left dangling."""
    known = {c.place for c in covering}
    whole = {c.place[:3] for c in covering if not c.where}
    for where in sorted(deleted):
        for one in ground.referring.get(where, ()):
            if one.place not in known and one.place[:3] not in whole:
                yield one


def _dangling(one: Reference, personal: Collection[TableRef]) -> str:
    holds = ", which holds personal data," if ref(one.child) in personal else ""
    return f'"{one}"{holds} is neither followed nor cut'
