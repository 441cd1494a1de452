"""Finds many identities in texts with one pass, and says whose each thing is. Reads nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Column

from scanner.identity import Identity
from scanner.matcher import Match, Matcher
from scanner.matching.sieve import Sieve
from scanner.subjects.searcher import fills, text
from scanner.texts.folding import folded_all, hides

Who = Any
"""What a subject is known by: its key, or a number."""

NOBODY = Matcher(Identity.of(()))


class Touched(NamedTuple):
    """What rows may say, by their places: ``more`` than weak signs of whom, and ``parts`` of names.

    A part of a name says little by itself; it comes with whose it is. ``ends`` of cells may be what a
    column's length leaves of something.
    """

    more: Mapping[int, frozenset[Who]]
    parts: Mapping[int, Collection[tuple[Who, str]]]
    ends: Mapping[int, Collection[Who]]


class Crowd:
    """Looks for many identities in one pass; what is found is each one's own."""

    def __init__(self, called: Mapping[Who, Identity | Matcher]) -> None:
        """Take what each is called, or what already looks for it."""
        found = {w: c if isinstance(c, Matcher) else Matcher(c) for w, c in called.items()}
        self.matchers = {who: matcher for who, matcher in found.items() if matcher.identity}
        self._order = {who: n for n, who in enumerate(self.matchers)}
        self._whose: dict[str, list[tuple[int, Who, tuple[str, ...]]]] = {}
        self._called: dict[str, list[Who]] = {}
        for who, matcher in self.matchers.items():
            for word, beside in matcher.leads(asked=False).items():
                room = matcher.room if beside else 0
                self._whose.setdefault(word, []).append((room, who, beside))
            for core in matcher.digits():
                self._called.setdefault(core, []).append(who)
        for whose in self._whose.values():
            whose.sort(key=itemgetter(0))
        self._within = frozenset[str]().union(*(m.within for m in self.matchers.values()))
        self._sieve = Sieve(self._whose, self._called, self._within)

    def __repr__(self) -> str:
        return f"Crowd({len(self.matchers)} identities)"

    def matcher(self, who: Who) -> Matcher:
        """Give what finds somebody in texts: nothing where they are called nothing."""
        return self.matchers.get(who, NOBODY)

    def touched(self, texts: Sequence[str]) -> Mapping[int, frozenset[Who]]:
        """Map the places of ``texts`` to the identities of which they may hold more than weak signs."""
        plain = folded_all(texts)
        found: dict[int, set[Who]] = {}
        words, numbers = self._sieve.touched(plain, lambda n: hides(texts[n]))
        for place, start, word in words:
            around, width = "", 0
            for room, who, beside in self._whose[word]:
                if room != width:
                    around, width = plain[place][max(0, start - room) : start + room], room
                if not beside or any(map(around.__contains__, beside)):
                    found.setdefault(place, set()).add(who)
        for place, core in numbers:
            found.setdefault(place, set()).update(self._called[core])
        return {place: frozenset(found[place]) for place in sorted(found)}

    def rows(self, texts: Sequence[str]) -> "Touched":
        """Say of which identities whole rows may say more than weak signs, and which say only those.

        Two weak signs in cells of their own, a given and a family name, may be one: how far apart
        they stand in a row says nothing.
        """
        plain = folded_all(texts)
        found: dict[int, set[Who]] = {}
        parts: dict[int, set[tuple[Who, str]]] = {}
        ends: dict[int, set[Who]] = {}
        words, numbers = self._pairs_too.touched(plain, lambda n: hides(texts[n]))
        for place, word in dict.fromkeys((place, word) for place, _, word in words):
            for who, beside in self._leads.get(word, ()):
                if not beside or any(b in plain[place] for b in beside):
                    found.setdefault(place, set()).add(who)
            if word in self._parts:
                parts.setdefault(place, set()).update(self._parts[word])
            if word in self._ends:
                ends.setdefault(place, set()).update(self._ends[word])
        for place, core in numbers:
            found.setdefault(place, set()).update(self._called[core])
        return Touched({place: frozenset(found[place]) for place in sorted(found)}, parts, ends)

    @cached_property
    def _leads(self) -> Mapping[str, Sequence[tuple[Who, tuple[str, ...]]]]:
        """Map words to identities, those of names in two cells and of all one can ask about among them."""
        leads: dict[str, list[tuple[Who, tuple[str, ...]]]] = {}
        for who, matcher in self.matchers.items():
            for word, beside in matcher.leads().items():
                leads.setdefault(word, []).append((who, beside))
            for word, beside in matcher.pairs():
                leads.setdefault(word, []).append((who, beside))
        return leads

    @cached_property
    def _parts(self) -> Mapping[str, Sequence[tuple[Who, str]]]:
        """Map words to those a part of whose name they are, and to that part."""
        parts: dict[str, list[tuple[Who, str]]] = {}
        for who, matcher in self.matchers.items():
            for word, part in matcher.parts():
                parts.setdefault(word, []).append((who, part))
        return parts

    @cached_property
    def _ends(self) -> Mapping[str, Sequence[Who]]:
        """Map ends of cells to those of whom they may be what is left of an identifier."""
        ends: dict[str, list[Who]] = {}
        for who, matcher in self.matchers.items():
            for word in sorted(matcher.remnants()):
                ends.setdefault(word, []).append(who)
        return ends

    @cached_property
    def _pairs_too(self) -> Sieve:
        return Sieve({*self._leads, *self._parts, *self._ends}, self._called, self._within)

    def find(self, words: str, *, cut: bool = False) -> Mapping[Who, tuple[Match, ...]]:
        """Find what a text says of each, as the matcher of each does; weak signs alone are none."""
        return self.sort(words, self.touched([words]).get(0, ()), cut=cut)

    def sort(
        self, words: str, whose: Iterable[Who], *, cut: bool = False
    ) -> Mapping[Who, tuple[Match, ...]]:
        """Find what a touched text says of those whom it touches."""
        whose = sorted(whose, key=self._order.__getitem__)
        found = {who: self.matchers[who].find(words, cut=cut, led=True) for who in whose}
        return {who: ms for who, ms in found.items() if any(m.strength != "weak" for m in ms)}

    def told(
        self,
        columns: Sequence[Column[Any]],
        rows: Sequence[Sequence[Any]],
        *,
        sure: bool,
        texts: Sequence[str] | None = None,
        whom: Sequence[Collection[Who]] | None = None,
    ) -> dict[int, set[Who]]:
        """Say which rows tell of whom, by more than weak signs in a cell.

        Args:
            columns: what the rows begin with, and what is looked at.
            rows: the rows.
            sure: whether each cell is read; else those count as well that may tell of somebody.
            texts: the cells of each row, joined, where they are at hand: most rows tell nothing.
            whom: those who matter in each row; all without it.

        Returns:
            Places of rows to whom they tell of.
        """
        width = len(columns)
        places = range(len(rows)) if texts is None else self.touched(texts)
        cells = [(at, n, text(v)) for at in places for n, v in enumerate(rows[at][:width]) if v]
        found: dict[int, set[Who]] = {}
        for place, touched in self.touched([words for _, _, words in cells]).items():
            at, n, words = cells[place]
            whose: Collection[Who] = touched
            if whom is not None:
                whose = [who for who in touched if who in whom[at]]
            if sure and whose:
                whose = self.sort(words, whose, cut=fills(columns[n], words))
            if whose:
                found.setdefault(at, set()).update(whose)
        return found
