"""In what order rows go that refer to each other: links that are emptied first, then rows by depth.

Most databases look at foreign keys when a statement is done; then one statement deletes a circle.
Some look row by row, and no statement may name any number of keys. Reads nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.dialects import Dialect
from scanner.errors import Refused
from scanner.model import TableRef
from scanner.purge.appraiser import Itinerary
from scanner.purge.circles import ordered, reached
from scanner.purge.references import Check, Ground, Reference
from scanner.purge.uprooter import Uprooting

Row = tuple[TableRef, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """Links of rows that go that are emptied first; then rows, part by part. Keys stay in memory."""

    emptied: Mapping[Reference, Sequence[Any]] = field(repr=False)
    parts: Sequence[tuple[TableRef, Sequence[Any]]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tie:
    """A foreign key by which rows that go refer to others that go: ``links`` by their keys."""

    check: Check
    links: Mapping[Any, Any] = field(repr=False)

    @property
    def inside(self) -> bool:
        """Whether it is of a table to itself."""
        return self.check.child == self.check.parent


class Unraveler:
    """Puts the rows of ``made`` in order; a statement names at most ``size`` of them."""

    def __init__(
        self, dialect: Dialect, itinerary: Itinerary, made: Uprooting, *, size: int = 0
    ) -> None:
        self.dialect, self.itinerary, self.made = dialect, itinerary, made
        self.size = size or dialect.at_once or dialect.max_keys
        self.ties = [t for c in itinerary.circles if (t := self._tie(c)).links]
        self.emptied, self.kept = self._parted()

    def order(self, ground: Ground, tables: Collection[TableRef]) -> Order:
        """Say what is done to the rows of ``tables``.

        Raises:
            Refused: rows go round in a circle that nothing opens.
        """
        tight = [t.check for t in self.kept]
        free = [c for c in self.itinerary.circles if c not in tight]
        parts: list[tuple[TableRef, Sequence[Any]]] = []
        for group in ordered(ground, tables, free):
            if ties := [t for t in self.kept if {t.check.child, t.check.parent} <= set(group)]:
                parts += self._by_depth(group, ties)
            else:
                parts += [(where, list(self.made.keys.get(where, ()))) for where in group]
        return Order({t.check.link: list(t.links) for t in self.emptied}, parts)

    def _tie(self, check: Check) -> Tie:
        """Find which rows refer to which; one that refers to itself counts where that hinders."""
        needed = self.itinerary.needed
        column = needed[check.child].index(check.link.column)
        to = needed[check.parent].index(check.link.to)
        parents = {_same(row[to]): k for k, row in self.made.keys.get(check.parent, {}).items()}
        links = {
            key: parents[value]
            for key, row in self.made.keys.get(check.child, {}).items()
            if row[column] is not None and (value := _same(row[column])) in parents
        }
        if check.child == check.parent and self.dialect.unravels(check.on_delete, 1):
            links = {key: parent for key, parent in links.items() if key != parent}
        return Tie(check, links)

    def _parted(self) -> tuple[list[Tie], list[Tie]]:
        """Part the links that are emptied from those that order rows; the rest needs neither."""
        between = sorted((t for t in self.ties if not t.inside), key=lambda t: t.check.nullable)
        emptied: list[Tie] = []
        kept: list[Tie] = []
        for tie in between:
            round_ = tie.check.child in reached([t.check for t in kept], tie.check.parent)
            (emptied if round_ and tie.check.nullable else kept).append(tie)
        checks = [t.check for t in kept]
        apart = {c.child for c in checks if c.child in reached(checks, c.parent)}
        for tie in (t for t in self.ties if t.inside):
            if tie.check.child in apart or not self._at_once(tie):
                (emptied if tie.check.nullable else kept).append(tie)
        return emptied, kept

    def _at_once(self, tie: Tie) -> bool:
        """Whether one statement deletes the table's rows, whatever they refer to among themselves."""
        rows = len({*tie.links, *tie.links.values()})
        fits = len(self.made.keys[tie.check.child]) <= self.size
        return fits and self.dialect.unravels(tie.check.on_delete, rows)

    def _by_depth(
        self, group: Sequence[TableRef], ties: Sequence[Tie]
    ) -> Iterator[tuple[TableRef, list[Any]]]:
        """Give rows that no other one refers to, then those that only these referred to, and on."""
        parents: dict[Row, list[Row]] = {}
        for tie in ties:
            for key, parent in tie.links.items():
                parents.setdefault((tie.check.child, key), []).append((tie.check.parent, parent))
        left = {(where, key): None for where in group for key in self.made.keys.get(where, ())}
        held = Counter(one for some in parents.values() for one in some)
        while free := [row for row in left if not held[row]]:
            for where in group:
                if some := [key for place, key in free if place == where]:
                    yield where, some
            for row in free:
                del left[row]
                held.subtract(parents.get(row, ()))
        yield from self._together(left, ties)

    def _together(
        self, left: Collection[Row], ties: Sequence[Tie]
    ) -> Iterator[tuple[TableRef, list[Any]]]:
        """Give rows that go round in a circle to one statement, where that deletes them."""
        if not left:
            return
        tables = sorted({where for where, _ in left})
        able = all(self.dialect.unravels(t.check.on_delete, len(left)) for t in ties if t.inside)
        if len(tables) > 1 or len(left) > self.size or not able:
            links = [str(t.check.link) for t in ties if t.check.child in tables]
            raise Refused(
                f"rows of {', '.join(map(str, tables))} refer to each other in a circle that this "
                f"database deletes in no order, and {', '.join(links)} cannot be empty: allow NULL "
                "there, or point one of these rows at another one, then plan again"
            )
        yield tables[0], [key for _, key in left]


def _same(value: Any) -> Any:
    """Compare texts as a database may that knows neither case nor blanks at the end."""
    return value.rstrip().casefold() if isinstance(value, str) else value
