"""Quickly finds the texts that may hold something: one Aho-Corasick pass over many texts at once.

Never a false no; what it says yes to is looked at again.
"""

import re
from bisect import bisect
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from itertools import accumulate

SEPARATOR = "\x1e"
"""What stands between texts that are looked through at once."""

NO_DIGITS = bytes(b for b in range(256) if b not in b"0123456789" + SEPARATOR.encode())
"""What is dropped before digits are compared."""


class Sieve:
    """Looks for words in folded texts, and for digits whatever stands between them."""

    def __init__(
        self, anchors: Collection[str], cores: Collection[str], within: Collection[str]
    ) -> None:
        """Take the words and the digits to look for, and those words that may stand ``within`` others."""
        from ahocorasick_rs import AhoCorasick, Implementation

        dense = Implementation.DFA  # twice as fast as the others, for a few megabytes
        self.anchors, self.cores = tuple(sorted(set(anchors))), tuple(sorted(set(cores)))
        self._alone = tuple(a not in within for a in self.anchors)
        self._words = AhoCorasick(self.anchors, implementation=dense) if self.anchors else None
        self._digits = AhoCorasick(self.cores, implementation=dense) if self.cores else None

    def words(self, plain: str) -> list[tuple[int, str]]:
        """Name each anchor that stands in a folded text, and where it begins, in order."""
        if self._words is None:
            return []
        hits = self._words.find_matches_as_indexes(plain, overlapping=True)
        return sorted(
            (start, self.anchors[n])
            for n, start, end in hits
            if not (self._alone[n] and _inner(plain, start, end))
        )

    def digits(self, plain: str) -> list[str]:
        """Name each core that occurs among a folded text's digits, once."""
        if self._digits is None:
            return []
        hits = self._digits.find_matches_as_indexes(digits_of(plain), overlapping=True)
        return [self.cores[n] for n in sorted({n for n, _, _ in hits})]

    def touched(
        self, plain: Sequence[str], hides: Callable[[int], bool]
    ) -> tuple[list[tuple[int, int, str]], set[tuple[int, str]]]:
        """Find the folded texts with words and with digits in them.

        Args:
            plain: the texts.
            hides: whether the text of a place has signs that fold to nothing and may be spaces: in
                it all words may stand within others.

        Returns:
            For each word the text's place, where in the text it begins, and the word; for each
            core the text's place and the core.
        """
        whole = SEPARATOR.join(plain)
        words: list[tuple[int, int, str]] = []
        if self._words is not None:
            hits = self._words.find_matches_as_indexes(whole, overlapping=True)
            if hits:
                ends = [0, *accumulate(len(p) + 1 for p in plain)]
                hidden = cache(hides)
                for n, start, end in hits:
                    place = bisect(ends, start) - 1
                    if self._alone[n] and _inner(whole, start, end) and not hidden(place):
                        continue
                    words.append((place, start - ends[place], self.anchors[n]))
        return words, set(self._called(whole, plain))

    def _called(self, whole: str, plain: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Yield the texts with the digits of a core in them, whatever stands between."""
        if self._digits is None:
            return
        digits = digits_of(whole)
        if digits.count(SEPARATOR) != len(plain) - 1:  # a text has it too: one at a time
            yield from ((n, core) for n, text in enumerate(plain) for core in self.digits(text))
            return
        if hits := self._digits.find_matches_as_indexes(digits, overlapping=True):
            ends = [m.end() for m in re.finditer(SEPARATOR, digits)]
            yield from ((bisect(ends, start), self.cores[n]) for n, start, _ in hits)


def _inner(text: str, start: int, end: int) -> bool:
    """Whether a letter or a digit stands right before or behind a piece of a text."""
    return text[end : end + 1].isalnum() or text[start - 1 : start].isalnum()


def digits_of(text: str) -> str:
    """Drop all but ASCII digits, and the separator."""
    return text.encode("ascii", "ignore").translate(None, NO_DIGITS).decode("ascii")
