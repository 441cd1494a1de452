"""Says what plans of one and of many have in common: what speaks against them, what is left to do."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from scanner.texts.wording import count

if TYPE_CHECKING:
    from scanner.plans import StopFound


class Planned(Protocol):
    """A plan about one subject or about many, as far as it says what people have to know."""

    @property
    def stops(self) -> "Sequence[StopFound]":
        """What stops it, or warns."""

    @property
    def triggers(self) -> Mapping[str, Sequence[str]]:
        """By table, what writes by itself."""

    @property
    def duties(self) -> Sequence[Mapping[str, Any]]:
        """What the database cannot reach."""


def lost(name: str, before: int, after: int, about: str = "") -> str:
    """Say what a figure of reports loses."""
    return f"reports: {name}: {count(before, 'row')} before, {about}{after:,} after"


def stops(plan: Planned) -> Iterator[str]:
    """Say what speaks against a plan, and which triggers there are."""
    from scanner.guards import lifting
    from scanner.plans import Plan

    for stop in plan.stops:
        yield f"{stop.effect}: {stop.why} ({count(stop.rows, 'row')})"
    if isinstance(plan, Plan) and any(s.effect == "stop" for s in plan.stops):
        yield from (f"  {line}" for line in lifting.told(plan))
    for table, names in plan.triggers.items():
        yield f"trigger on {table}: {', '.join(names)}"


def follows(cells: Mapping[str, int], word: str) -> Iterator[str]:
    """Say what the database rewrites by itself; ``word``: it follows, or it would."""
    for column, rows in cells.items():
        yield f"{column} {word} what it refers to in {count(rows, 'row')} (ON UPDATE CASCADE)"


def duties(plan: Planned) -> Iterator[str]:
    """Say what is left to people."""
    for duty in plan.duties:
        yield f"to do elsewhere: {_duty(duty)}"


def unseen(duties: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say in a line what people have to see to: no search reaches it."""
    if duties:
        yield f"see to: {'; '.join(map(_duty, duties))}"


def _duty(duty: Mapping[str, Any]) -> str:
    told = "" if duty["count"] is None else f" ({duty['count']:,})"
    place = duty["where"] if "," not in duty["where"] else ""  # several are in the plan
    return f"{duty['kind']}{f', {place}' if place else ''}{told}"
