"""Finds many identities in texts with one pass, and says whose each thing is."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter

from scanner.identity import Identity
from scanner.matcher import Match, Matcher
from scanner.matching.sieve import Sieve
from scanner.texts.folding import folded, hides


class Crowd:
    """Looks for many identities in one pass; what is found is each one's own."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        self.matchers = tuple(map(Matcher, identities))
        self._whose: dict[str, list[tuple[int, int, tuple[str, ...]]]] = {}
        for n, matcher in enumerate(self.matchers):
            for word, beside in matcher.leads().items():
                room = matcher.room if beside else 0
                self._whose.setdefault(word, []).append((room, n, beside))
        for whose in self._whose.values():
            whose.sort(key=itemgetter(0))
        self._called: dict[str, list[int]] = {}
        for n, matcher in enumerate(self.matchers):
            for core in matcher.digits():
                self._called.setdefault(core, []).append(n)
        self._within = frozenset[str]().union(*(m.within for m in self.matchers))
        self._sieve = Sieve(self._whose, self._called, self._within)

    def __repr__(self) -> str:
        return f"Crowd({len(self.matchers)} identities)"

    def touched(self, texts: Sequence[str]) -> Mapping[int, frozenset[int]]:
        """Map the places of ``texts`` to the identities of which they may hold more than weak signs."""
        plain = [folded(t) for t in texts]
        found: dict[int, set[int]] = {}
        words, numbers = self._sieve.touched(plain, lambda n: hides(texts[n]))
        for place, start, word in words:
            around, width = "", 0
            for room, n, beside in self._whose[word]:
                if room != width:
                    around, width = plain[place][max(0, start - room) : start + room], room
                if not beside or any(map(around.__contains__, beside)):
                    found.setdefault(place, set()).add(n)
        for place, core in numbers:
            found.setdefault(place, set()).update(self._called[core])
        return {place: frozenset(found[place]) for place in sorted(found)}

    def rows(self, texts: Sequence[str]) -> Mapping[int, frozenset[int]]:
        """Map the places of whole rows to the identities of which they may say more than weak signs.

        Two weak signs in cells of their own, a given and a family name, may be one: how far apart
        they stand in a row says nothing.
        """
        plain = [folded(t) for t in texts]
        found: dict[int, set[int]] = {}
        words, numbers = self._pairs_too.touched(plain, lambda n: hides(texts[n]))
        for place, _, word in words:
            for n, beside in self._leads[word]:
                if not beside or any(b in plain[place] for b in beside):
                    found.setdefault(place, set()).add(n)
        for place, core in numbers:
            found.setdefault(place, set()).update(self._called[core])
        return {place: frozenset(found[place]) for place in sorted(found)}

    @cached_property
    def _leads(self) -> Mapping[str, Sequence[tuple[int, tuple[str, ...]]]]:
        """Map words to identities as ``_whose`` does, those of names in two cells among them."""
        leads = {word: [(n, b) for _, n, b in whose] for word, whose in self._whose.items()}
        for n, matcher in enumerate(self.matchers):
            for word, beside in matcher.pairs():
                leads.setdefault(word, []).append((n, beside))
        return leads

    @cached_property
    def _pairs_too(self) -> Sieve:
        return Sieve(self._leads, self._called, self._within)

    def find(self, text: str, *, cut: bool = False) -> Mapping[int, tuple[Match, ...]]:
        """Find what ``text`` says of each identity, as its matcher does; weak signs alone are none."""
        return self.sort(text, self.touched([text]).get(0, ()), cut=cut)

    def sort(
        self, text: str, whose: Iterable[int], *, cut: bool = False
    ) -> Mapping[int, tuple[Match, ...]]:
        """Find what a touched text says of those whom it touches."""
        found = {n: self.matchers[n].find(text, cut=cut, led=True) for n in sorted(whose)}
        return {n: ms for n, ms in found.items() if any(m.strength != "weak" for m in ms)}
