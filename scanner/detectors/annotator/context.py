"""What traits are told from: a text with its reading, and one proposal in it. Decides nothing."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.detectors.annotator import clues, words
from scanner.detectors.annotator.proposals import Heat, Kinds
from scanner.detectors.by_gazetteer import names
from scanner.detectors.reading import Reading

Trait = tuple[str, float]
"""What it is called, and how much of it there is."""

THREE = re.compile(r"(?<!, )\b([^\W\d_]+), ([^\W\d_]+),? and ([^\W\d_]+)\b")
"""Three names as firms of partners have them."""


class Text:
    """What all proposals of one text share."""

    def __init__(self, text: str, reading: Reading, kinds: Kinds) -> None:
        self.text = text
        self.kinds = kinds
        self.heat = Heat(text, reading.beliefs)
        self.entities = reading.entities
        self.opening = len(text) - len(text.lstrip())
        self.marked = len(text) - len(text.lstrip(" >?*\n"))
        self.row = list(words.WORD.finditer(text))
        self.starts = [w.start() for w in self.row]
        self.ends = [w.end() for w in self.row]
        said = [w.group() for w in self.row]
        capitals = sum(not w[0].islower() for w in said)
        self.small = not any(w[0].isupper() for w in said)
        self.capitals = capitals / max(1, len(said))
        self.english = words.is_english(text)
        self.counts = Counter(w.casefold() for w in said)
        self.lower = {w for w in said if w.islower()}
        last = names()[1]
        self.firms = [
            m.span() for m in THREE.finditer(text) if all(w.casefold() in last for w in m.groups())
        ]
        self._believed: dict[str, list[tuple[float, int, int]]] = defaultdict(list)
        for w in self.row:
            a, b = w.span()
            self._believed[w.group().casefold()].append((self.heat.most(a, b)[0], a, b))
        for told in self._believed.values():
            told.sort(reverse=True)

    def words(self, start: int, end: int) -> tuple[int, int]:
        """Tell the first and the last word that a part of the text touches."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end) - 1

    def elsewhere(self, word: str, start: int, end: int) -> float | None:
        """Tell the most that was believed of a word outside of a part; None: it is not there."""
        told = self._believed.get(word, ())
        return next((most for most, a, b in told if b <= start or a >= end), None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal: where it is in its text, which words it has, and what stands around it."""

    within: Text
    start: int
    end: int
    first: int
    last: int
    parts: Sequence[tuple[int, int]]
    said: Sequence[str]
    """The words, without particles unless there are no others."""

    folded: Sequence[str]
    before: str
    after: str
    """So much of the text before and behind as is looked at."""

    @property
    def size(self) -> str:
        """Say whether it is one word or more, as traits are called."""
        return "one" if self.first == self.last else "more"


def proposal(within: Text, start: int, end: int) -> Proposal:
    """Look at a part of a text that has a word in it at least."""
    first, last = within.words(start, end)
    parts = [(max(start, w.start()), min(end, w.end())) for w in within.row[first : last + 1]]
    row = [within.text[a:b] for a, b in parts]
    said = [w for w in row if w not in words.PARTICLES] or row
    folded = [w.casefold() for w in said]
    before = within.text[max(0, start - clues.BEFORE) : start]
    after = within.text[end : end + clues.BEFORE]
    return Proposal(within, start, end, first, last, parts, said, folded, before, after)
