"""One way to write an identifier: a pattern for folded text, with words that it cannot lack."""

import re
from bisect import bisect
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

from scanner.identity import Strength

BEFORE, AFTER = r"(?<![^\W_])(?<![\w.+-]@)", r"(?![^\W_]|@)"
"""A name or an id stands alone, and not inside somebody's e-mail address; @ before it is a handle."""

WORDS = re.compile(r"[^\W\d_]+")
"""The words of a name or an address, without its numbers and signs."""

END = "\0"
"""What ends a cell where rows are looked through, and a text that is cut."""

Span = tuple[int, int]
"""Where a match begins and ends."""

Places = dict[tuple[tuple[str, ...], int, int], list[int]]
"""Where in a window of a text something begins with one of several words: many forms begin alike."""

Capitals = Literal["", "first", "any", "all", "initials"]
"""Which words of a text need a capital to be a name; ``initials`` that stand together, all letters."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write an identifier, tried where one of its anchors occurs in the folded text.

    ``digits`` stands for anchors where only the digits count. Of ``beside`` one must occur too,
    where there are any. ``capitals`` says which words of the
    text need one: none, the first, any, all, or initials each. ``cut``: only in texts that are cut.
    ``word``: no letter or digit stands before or behind an anchor where the pattern matches.
    A match begins with one of ``starts``, where there are any: it is tried there only. ``last``: not
    where something better of the identifier was found, which is as long. ``short`` stands for a part
    of the name, and is none. ``shared``: many have the same, a number without its area. ``remnant``:
    too little is left of it to be anybody's.
    """

    index: int
    anchors: tuple[str, ...]
    pattern: str
    strength: Strength
    capitals: Capitals = ""
    digits: str = ""
    beside: tuple[str, ...] = ()
    cut: bool = False
    word: bool = False
    starts: tuple[str, ...] = ()
    last: bool = False
    short: bool = False
    shared: bool = False
    remnant: bool = False

    def spans(
        self,
        compiled: Callable[[str], re.Pattern[str]],
        plain: str,
        begin: int,
        end: int,
        but: Collection[Span] = (),
        known: Places | None = None,
    ) -> Iterator[Span]:
        """Yield where the pattern matches in a window of a folded text, as ``finditer`` does.

        ``but``: not where something better was found. ``known``: what other forms began with in it.

        Most windows hold nothing: to look for what a match begins with takes a fraction of the time
        of trying the pattern, which begins with what must not stand before it, at each place. Nor
        need it be compiled there.
        """
        if not self.starts or "" in self.starts:
            yield from (m.span() for m in compiled(self.pattern).finditer(plain, begin, end))
            return
        known = {} if known is None else known
        asked = (self.starts, begin, end)
        if (begun := known.get(asked)) is None:
            begun = known[asked] = sorted(places(self.starts, plain, begin, end))
        if not begun:
            return
        done = begin
        taken, pattern = sorted(but) if but else [], compiled(self.pattern)
        for place in begun:
            at = bisect(taken, place, key=itemgetter(0))
            if at and place < taken[at - 1][1]:
                continue
            if place >= done and (match := pattern.match(plain, place, end)):
                yield match.span()
                done = match.end()


def places(starts: Iterable[str], plain: str, begin: int, end: int) -> set[int]:
    """Find all places of a window where one of ``starts`` stands."""
    found = set[int]()
    for start in starts:
        place = plain.find(start, begin, end)
        while place >= 0:
            found.add(place)
            place = plain.find(start, place + 1, end)
    return found


def last(
    index: int, begun: str, pattern: str, signs: Sequence[str], capitals: Capitals = ""
) -> Form:
    """Ask about something common, where nothing stands behind it in a text that is cut."""
    ends = tuple(f"{begun}{sign}{END}" for sign in signs)
    return Form(index, ends, rf"{pattern}\Z", "doubt", capitals, cut=True, starts=(begun,))
