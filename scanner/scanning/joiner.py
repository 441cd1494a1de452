"""Puts the parts of big tables together: outcomes of units in, whole tables out. Reads nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import Engine

from scanner.database import ref
from scanner.model import TableRef
from scanner.scanning.examiner import Cut, Examined, Outcome, Part, Unit, Work, finished, joined
from scanner.scanning.tally import Joined
from scanner.tables.stretches import Stretch


@dataclass(slots=True)
class _Open:
    """A table of which parts are still out; ``again`` names what is being looked at once more."""

    unit: Unit
    parts: int
    left: int
    again: tuple[str, ...] | None = None
    failed: str = ""
    tallies: dict[str, Joined] = field(default_factory=dict)


class Joiner:
    """Takes what became of units, says what is to be done next, and gives whole tables out."""

    def __init__(self, engine: Engine, work: Work) -> None:
        self._engine, self._work = engine, work
        self._open: dict[TableRef, _Open] = {}
        self.next: list[Unit] = []
        """The units that the last outcome has led to."""

    def take(self, unit: Unit, outcome: Outcome) -> Iterator[Examined | str]:
        """Give the table that ``outcome`` completes, or say how far it is.

        The units that are to be examined now are in ``next``.
        """
        self.next = []
        if isinstance(outcome, Examined):
            yield outcome
        elif isinstance(outcome, Cut):
            parts = len(outcome.units)
            self._open[ref(unit.table)] = _Open(outcome.units[0], parts, parts)
            self.next = list(outcome.units)
        else:
            yield self._join(unit, outcome)

    def _join(self, unit: Unit, part: Part) -> Examined | str:
        where = ref(unit.table)
        one = self._open[where]
        if part.stretch.filled:  # all their values were seen together, which says more
            one.tallies.update({name: Joined(rows=one.tallies[name].rows) for name in part.tallies})
            part = replace(part, tallies={n: replace(t, rows=0) for n, t in part.tallies.items()})
        for name, tally in part.tallies.items():
            one.tallies.setdefault(name, Joined()).add(tally)
        one.failed = max(one.failed, part.failed)
        self.next = [part.rest] if part.rest else []
        one.left -= not part.rest
        if not one.left and one.again is None:
            self.next = self._again(one)
        if one.left:
            return f"{where}, {one.parts - one.left} of {one.parts} parts"
        del self._open[where]
        read = joined(self._work, one.unit, one.tallies, one.failed)
        return finished(self._work, one.unit, lambda **_more: read, self._engine)

    def _again(self, one: _Open) -> list[Unit]:
        """Have the rows read again in which columns of few values have them."""
        one.again = tuple(sorted(n for n, t in one.tallies.items() if t.sparse))
        if not one.again or one.failed or one.unit.stretch is None or one.unit.stretch.size:
            return []
        one.left = 1
        return [replace(one.unit, stretch=Stretch(one.parts, filled=one.again))]
