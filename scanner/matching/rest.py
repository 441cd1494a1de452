"""What is left of a text as soon as what was found in it is replaced: there more may show.

A number behind another one is a part of a longer one, until a placeholder stands there. Only what
stands near a placeholder can look otherwise than before, so that only that is read again.
"""

from bisect import bisect, insort
from collections.abc import Iterable, Iterator

OPENED, INNER, CLOSED, SHORT = "[", "\x01", "]", "*"
"""What a placeholder begins and ends with, a sign within that is of no text, and all of a short one."""

SEEN = 150
"""How far from where a text begins to differ its signs still say how something is to be read."""

_Window = tuple[int, int]


class Rest:
    """A text in which more and more is replaced, by as many signs."""

    def __init__(self, text: str) -> None:
        self._signs = list(text)

    def blank(self, places: Iterable[_Window]) -> None:
        """Replace what stands at these places."""
        for start, end in places:
            size = end - start
            self._signs[start:end] = (
                [OPENED, *INNER * (size - 2), CLOSED] if size > len(SHORT) else SHORT * size
            )

    def beside(self, places: Iterable[_Window], room: int) -> Iterator["Part"]:
        """Yield what stands beside places, with ``room`` for something that is seen from there."""
        whole, far = len(self._signs), room + SEEN
        around = ((max(0, start - far), min(whole, end + far)) for start, end in sorted(places))
        for begin, end in joined(around):
            first = begin + SEEN if begin else 0
            last = end - SEEN if end < whole else whole
            yield Part("".join(self._signs[begin:end]), begin, first, last, ends=end == whole)


class Part:
    """A part of a text: where it begins there, and between which places it is read rightly."""

    __slots__ = ("begin", "ends", "first", "last", "said")

    def __init__(self, said: str, begin: int, first: int, last: int, *, ends: bool) -> None:
        self.said, self.begin, self.first, self.last, self.ends = said, begin, first, last, ends


def joined(windows: Iterable[_Window]) -> list[_Window]:
    """Join windows that overlap; they begin in order."""
    found: list[_Window] = []
    for begin, end in windows:
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


class Taken:
    """Places of a text that overlap nowhere, in their order: one more costs little, however many there are."""

    def __init__(self, places: Iterable[_Window]) -> None:
        self._places = sorted(places)

    def at(self, start: int, end: int) -> _Window | None:
        """Give the last place that overlaps another one."""
        before = bisect(self._places, (end,))
        if before and self._places[before - 1][1] > start:
            return self._places[before - 1]
        return None

    def add(self, start: int, end: int) -> None:
        """Take one more, that is free."""
        insort(self._places, (start, end))

    def drop(self, place: _Window) -> None:
        """Give one up."""
        del self._places[bisect(self._places, place) - 1]
