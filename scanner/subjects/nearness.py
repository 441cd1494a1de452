"""How near two things stand in a text: in the same paragraph, with so many signs between. Reads nothing."""

import re
from bisect import bisect
from collections.abc import Sequence

from scanner.matcher import Match

NEAR_NAME, NEAR_PART, TOUCHING = 60, 40, 3
"""How many characters may stand between a name, or a part of one, and what corroborates it.

Where somebody else has the name, too, a part of it needs something ``TOUCHING`` it besides: what
corroborates it, or the other part.
"""

PARAGRAPH = re.compile(r"(?:\r\n|\n\r|\n|\r)[\s>]*(?:\r\n|\n\r|\n|\r)")
"""An empty line, also in a quoted mail."""


def near(said: str, one: Match, other: Match, most: int) -> bool:
    """Whether two matches stand in the same paragraph with at most ``most`` characters between."""
    first, second = sorted((one.span, other.span))
    if second.start - first.end > most:
        return False
    return not PARAGRAPH.search(said[first.end : second.start])


def beside(said: str, match: Match, others: Sequence[Match], most: int) -> list[Match]:
    """Choose those of ``others``, which are in order, that stand near ``match``: its neighbours do."""
    place = bisect(others, match.span.start, key=lambda m: m.span.start)
    neighbours = others[max(0, place - 1) : place + 1]
    return [other for other in neighbours if near(said, match, other, most)]


def between(matches: Sequence[Match], start: int, end: int) -> Sequence[Match]:
    """Choose those of ``matches``, which are in order, that may stand in a part of a text, or touch it."""
    first = bisect(matches, start, key=lambda m: m.span.start)
    return matches[max(0, first - 1) : bisect(matches, end, key=lambda m: m.span.start)]
