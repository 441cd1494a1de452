"""Finds a subject's identifiers in texts: where they stand and how strong they are.

A sieve looks for a rare word of each identifier; only where one occurs are the identifiers' exact
forms tried. Phone numbers are compared by their digits.
"""

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Literal

from scanner.identity import Identity, Strength
from scanner.matching import phones
from scanner.matching.form import END, Form, Places
from scanner.matching.forms import forms
from scanner.matching.rest import Part, Rest, Taken, joined
from scanner.matching.sieve import Sieve
from scanner.model import Span
from scanner.texts import months, names
from scanner.texts.documents import Scalar, scalars, value
from scanner.texts.folding import fold, folded, folded_all, hides, pieces, spaced
from scanner.texts.placeholders import holds_key

REMEMBERED = 4_000_000
"""How many characters of texts are remembered for all subjects of one search together."""

ENTRY = 200
"""What else an entry of that memory costs, in characters."""

NEAR = 60
"""How far from something strong a name may be misspelt and still mean the subject."""

ROOM = 150
"""What an identifier may have beside it: a middle name, a tag, tags of HTML, an @ spelled out."""

LEAST_TYPO = 5
"""One letter more or less makes another name of a shorter one."""

LEAST_SMALL = 3
"""A shorter word in small letters is no name."""

JOINTS, JOINED = frozenset("@._+-"), re.compile(r"[@._+-]\w")
"""What stands before or behind a part of an address."""

WORD = re.compile(r"[^\W\d_][\w'-]+")
BETWEEN = re.compile(r"[\s,.]{1,3}")
"""A word of a name, and what stands before the next."""

LABELLED = re.compile(r"\W*(?:(?:tel|phone|mobil|mobile|cell|fax|e-?mail|mail|ref|id|no|nr)\W*)?")
"""What may stand between a misspelt name and what is its own all the same."""

TOGETHER = re.compile(r"[^\W\d_]{2,}")
"""What begins a name as initials do (JF Lee), or as a form of address or a verb does (Mrs. Lee, Ask Lee)."""


@dataclass(frozen=True, slots=True)
class Match:
    """One identifier found; ``index`` says which one of the identity's.

    ``small``: a part of a name in small letters, which may be a word. ``remnant``: what a column's
    length leaves of it is too little to be anybody's.
    """

    span: Span
    strength: Strength
    index: int
    whole: bool
    small: bool = False
    remnant: bool = False

    def places(self, text: str) -> tuple[Span, ...]:
        """Say what of ``text`` is to be replaced: all of it but tags that others open or close."""
        parts = pieces(text, self.span.start, self.span.end)
        return tuple(replace(self.span, start=start, end=end) for start, end in parts)


_Found = tuple[int, int, int, Strength | Literal["remnant"], str]
"""A form found in the folded text: start, end, identifier, strength, words that need capitals."""

_Window = tuple[int, int]
"""A part of a text that is looked through."""


class Matcher:
    """Looks for all identifiers of one identity at once.

    A text is read several times on the way from a search to the proof that nothing is left: what it
    says may be remembered.
    """

    def __init__(self, identity: Identity, *, memory: int = 0) -> None:
        """Take an identity, and how many characters of texts to remember at most."""
        self.identity = identity
        self._memory = memory
        self._known: dict[tuple[str, bool, bool, bool], tuple[Match, ...]] = {}
        self._forms = tuple(f for n, one in enumerate(identity.identifiers) for f in forms(n, one))
        self._phones = tuple(
            (n, core, code)
            for n, one in enumerate(identity.identifiers)
            if one.kind == "PHONE_NUMBER"
            for core, code in phones.ways(one.value)
        )
        self._common = {
            n
            for n, one in enumerate(identity.identifiers)
            if one.kind == "EMAIL_ADDRESS" and one.strength == "doubt"
        }
        self.room = ROOM + 2 * max((len(i.value) for i in identity.identifiers), default=0)
        self._patterns: dict[str, re.Pattern[str]] = {}
        self.within = frozenset(a for f in self._forms if not f.word for a in f.anchors)
        anchors = {a for f in self._forms for a in f.anchors}
        self._sieve = Sieve(anchors, self.digits(), self.within)

    def __repr__(self) -> str:
        return f"Matcher({len(self._forms)} forms)"

    def leads(self, *, asked: bool = True) -> Mapping[str, tuple[str, ...]]:
        """Map the anchors and digits, without which only weak signs are found, to words beside them.

        Where there are any, one of these must occur too. ``asked``: also of what people can only be
        asked about where nothing else of the subject stands, and which is in many a text.
        """
        found: dict[str, tuple[str, ...]] = {}
        leading = (f for f in self._forms if f.strength != "weak")
        for form in (f for f in leading if asked or not (f.cut or f.shared)):
            for word in form.anchors:
                known = found.get(word, form.beside)
                found[word] = (*known, *form.beside) if known and form.beside else ()
        return {word: tuple(dict.fromkeys(beside)) for word, beside in found.items()}

    def pairs(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each word of a family name, with the words of the given name that belongs to it.

        Both are weak signs; in cells of their own they may name the subject together.
        """
        parts: dict[str, list[str]] = {}
        for word, part in self.parts():
            parts.setdefault(part, []).append(word)
        for one in self.identity.identifiers:
            if "\n" in one.value:
                given, family = (parts.get(folded(p), ()) for p in one.value.split("\n"))
                yield from ((word, tuple(given)) for word in family if given)

    def parts(self) -> Iterator[tuple[str, str]]:
        """Yield the words that say little by themselves, each with the part of the name it stands for."""
        parts = (f for f in self._forms if not (f.short or f.remnant))
        for form in (f for f in parts if f.strength == "weak"):
            one = self.identity.identifiers[form.index]
            if one.kind in ("PERSON", "USERNAME") and "\n" not in one.value:
                yield from ((word, folded(one.value)) for word in form.anchors)

    def remnants(self) -> frozenset[str]:
        """Collect the ends of cells that may be what a column's length leaves of an identifier."""
        return frozenset(word for f in self._forms if f.remnant for word in f.anchors)

    def digits(self) -> frozenset[str]:
        """Collect the digits of numbers: phones, cards, accounts."""
        cores = {f.digits for f in self._forms} | {core for _, core, _ in self._phones}
        return frozenset(cores - {""})

    @cached_property
    def _by_word(self) -> Mapping[str, tuple[Form, ...]]:
        found: dict[str, list[Form]] = {}
        for form in self._forms:
            for word in (*form.anchors, form.digits) if form.digits else form.anchors:
                found.setdefault(word, []).append(form)
        return {word: tuple(some) for word, some in found.items()}

    @cached_property
    def _pairs(self) -> tuple[tuple[int, str, str], ...]:
        return tuple(
            (n, *(folded(part).strip() for part in one.value.split("\n")))  # type: ignore[misc]  # a pair
            for n, one in enumerate(self.identity.identifiers)
            if "\n" in one.value
        )

    @cached_property
    def _paired(self) -> frozenset[str]:
        """The names of which one is spelled rightly where the other is not."""
        return frozenset(part for _, *parts in self._pairs for part in parts)

    def touches(self, text: str) -> bool:
        """Whether ``text`` may hold something: quick, never a false no."""
        return bool(self.touched([text]))

    def touched(self, texts: Sequence[str]) -> list[int]:
        """Name the places of those ``texts`` that may hold something: one pass, never a false no."""
        words, numbers = self._sieve.touched(folded_all(texts), lambda n: hides(texts[n]))
        return sorted({*(place for place, _, _ in words), *(place for place, _ in numbers)})

    def find(
        self, text: str, *, own: bool = False, cut: bool = False, led: bool = False
    ) -> tuple[Match, ...]:
        """Find all identifiers in ``text``; of overlapping ones the longest and strongest.

        In the subject's ``own`` texts a part of its name counts in lower case too. A text that is
        ``cut``, as long as its column allows, may end within a name. ``led``: where there are only
        weak signs nothing is found, which is quicker.

        A sign without a width counts both as nothing, as within a word, and as a space.
        """
        text = str(text)  # documents that say the same are equal, however they are written
        asked = (text, own, cut, led)
        if (known := self._known.get(asked)) is not None:
            return known
        found = self._read(text, own=own, cut=cut, led=led)
        if found:
            found = self._further(text, found, own=own, cut=cut)
        if found and (pieces := scalars(text)):
            found = tuple(_whole_numbers(text, found, pieces))
        if self._memory > 0:
            self._memory -= len(text) + ENTRY
            self._known[asked] = found
        return found

    def _read(self, text: str, *, own: bool, cut: bool, led: bool) -> tuple[Match, ...]:
        """Find all identifiers in a text, whether a sign without a width is a space in it or none."""
        found = self._find(text, own=own, cut=cut, led=led)
        if (apart := spaced(text)) != text:
            more = self._find(apart, own=own, cut=cut, led=led and not found)
            if led and more and not found:  # what is weak in one reading belongs to the other, too
                found = self._find(text, own=own, cut=cut, led=False)
            found = tuple(_disjoint((*found, *more)))
        return found

    def beside(
        self, text: str, found: Sequence[Match], gone: Sequence[Span], *, own: bool = False
    ) -> tuple[Match, ...]:
        """Give what was ``found`` in a text, with what shows only once more than that is ``gone``."""
        more = self._further(text, found, [(span.start, span.end) for span in gone], own=own)
        if more != tuple(found) and (pieces := scalars(text)):
            return tuple(_whole_numbers(text, more, pieces))
        return more

    def _further(
        self,
        text: str,
        found: Sequence[Match],
        gone: Sequence[_Window] = (),
        *,
        own: bool = False,
        cut: bool = False,
    ) -> tuple[Match, ...]:
        """Look again where something will be replaced: what stands beside it may show only then.

        Of weak signs nobody knows yet whether they will be: with them and without. ``gone``: what
        else is replaced; else it is looked at all that was ``found``.
        """
        sure = _sure(found)
        both = len(sure) < len(found) and (sure or gone)
        rests = [Rest(text), Rest(text)] if both else [Rest(text)]
        for rest in rests:
            rest.blank(gone)
        fresh, held = found, None
        while fresh or gone:
            more: list[Match] = []
            for rest, these in zip(rests, (fresh, _sure(fresh)), strict=False):
                rest.blank((p.start, p.end) for m in these for p in m.places(text))
                only_sure = rest is not rests[0]
                places = gone or [(m.span.start, m.span.end) for m in these]
                for part in rest.beside(places, self.room):
                    ends = cut and part.ends
                    seen = self._read(part.said, own=own, cut=ends, led=only_sure)
                    more += _seen(part, _sure(seen) if only_sure else seen)
            gone, fresh = (), []
            if more:
                held = held or _Held(found)
                fresh = held.take(more)
        return held.all() if held else tuple(found)

    def _find(self, text: str, *, own: bool, cut: bool, led: bool) -> tuple[Match, ...]:
        """Find all identifiers in a text as it is folded."""
        plain = folded(text)
        digits = self._sieve.digits(plain)
        words = self._sieve.words(f"{plain}{END}" if cut else plain)
        if not words and not digits:
            return ()
        tried = self._tried(plain, words, digits, cut=cut)
        known: Places = {}
        found = [*self._numbers(plain, digits)]
        found += self._literal(
            plain, known, ((f, w) for f, w in tried if f.strength not in ("doubt", "weak"))
        )
        better: dict[int, list[_Window]] = {}
        for start, end, index, _, capitals in found:
            if not capitals:
                better.setdefault(index, []).append((start, end))
        found += self._literal(
            plain, known, ((f, w) for f, w in tried if f.strength == "doubt"), better
        )
        if not found and led:
            return ()
        found += self._literal(plain, known, ((f, w) for f, w in tried if f.strength == "weak"))
        if not found:
            return ()
        found += self._misspelt(plain, found)
        origin = fold(text).origin
        inside = len(text) - len(text.lstrip()), len(text.rstrip())
        matches = (self._placed(text, one, origin(*one[:2]), inside, own=own) for one in found)
        return tuple(_disjoint(m for m in matches if m is not None))

    def _placed(
        self, text: str, one: _Found, place: _Window, inside: _Window, *, own: bool
    ) -> Match | None:
        """Say what was found at a ``place`` of the text itself, if it is written as it must be.

        A part of a sign that is folded to several words has no place.
        """
        (first, last), (_, _, index, sure, capitals) = place, one
        strength = "weak" if sure == "remnant" else sure
        apart = months.is_dated if capitals else holds_key
        if first >= last or apart(text, first, last):
            return None
        said = text[first:last]
        if own and capitals == "first" and said.islower() and names.is_word(folded(said)):
            return None  # the price fell
        small = not _proper(said, capitals, own=own)
        chat = strength == "weak" and capitals == "first" and _may_be_small(text, *place)
        if small and (sure == "remnant" or not chat):
            return None
        whole = first <= inside[0] and inside[1] <= last
        kind = self.identity.identifiers[index].kind
        return Match(Span(first, last, kind), strength, index, whole, small, sure == "remnant")

    def _tried(
        self,
        plain: str,
        words: Sequence[tuple[int, str]],
        digits: Sequence[str],
        *,
        cut: bool,
    ) -> list[tuple[Form, list[_Window]]]:
        """List the forms of the words and digits that occur, and where to try each."""
        tried: dict[int, tuple[Form, list[_Window]]] = {}
        for known, windows in (
            (set(digits), [(0, len(plain))]),
            ({w for _, w in words}, self._windows(plain, [start for start, _ in words])),
        ):
            for form in (f for w in sorted(known) for f in self._by_word.get(w, ())):
                if (form.cut and not cut) or id(form) in tried:
                    continue
                if not form.beside or any(map(plain.__contains__, form.beside)):
                    tried[id(form)] = form, windows
        return list(tried.values())

    def _literal(
        self,
        plain: str,
        known: Places,
        tried: Iterable[tuple[Form, list[_Window]]],
        better: Mapping[int, Sequence[_Window]] = MappingProxyType({}),
    ) -> Iterator[_Found]:
        """Try forms where they may be, but for where ``better`` ones of the identifier were found."""
        for form, windows in tried:
            sure: Strength | Literal["remnant"] = "remnant" if form.remnant else form.strength
            if form.index in self._common and form.strength != "weak":
                sure = "doubt"
            but = better.get(form.index, ()) if form.last else ()
            for begin, end in windows:
                for span in form.spans(self._pattern, plain, begin, end, but, known):
                    yield *span, form.index, sure, form.capitals

    def _windows(self, plain: str, starts: Iterable[int]) -> list[_Window]:
        """Join the surroundings of words in which an identifier has room, however it is written."""
        room, size = self.room, len(plain)
        return joined((max(0, start - room), min(size, start + room)) for start in starts)

    def _pattern(self, text: str) -> re.Pattern[str]:
        """Compile a pattern when it is needed first: most never are."""
        if text not in self._patterns:
            self._patterns[text] = re.compile(text)
        return self._patterns[text]

    def _numbers(self, plain: str, digits: Sequence[str]) -> Iterator[_Found]:
        """Find the phone numbers of which the text has the digits."""
        numbers = [one for one in self._phones if one[1] in digits]
        for start, end, index, sure in phones.spans(plain, numbers):
            held = self.identity.identifiers[index].strength
            yield start, end, index, min(held, sure, key=_RANK.__getitem__), ""

    def _misspelt(self, plain: str, found: Sequence[_Found]) -> Iterator[_Found]:
        """Find the name with one wrong letter near something strong.

        With a wrong given name, or another first letter, it may be somebody else, and where words stand
        between it and what is strong: that is asked about.
        """
        if not self._pairs:
            return
        strong = sorted(
            (start, end) for start, end, _, strength, _ in found if strength == "strong"
        )
        for begin, end in joined((max(0, s - NEAR), e + NEAR) for s, e in strong):
            for start, stop, index, sure, capitals in self._nearly(plain, begin, end):
                touching = _touches(plain, start, stop, strong)
                yield start, stop, index, sure if touching else "doubt", capitals

    def _nearly(self, plain: str, begin: int, end: int) -> Iterator[_Found]:
        for one, two in pairwise(WORD.finditer(plain, begin, end)):
            first, second = one[0], two[0]
            if first not in self._paired and second not in self._paired:
                continue
            if not BETWEEN.fullmatch(plain, one.end(), two.start()):
                continue
            for index, given, family in self._pairs:
                for called, named in ((first, second), (second, first)):
                    if called == given and misspells(named, family):
                        sure: Strength = "hint" if named[0] == family[0] else "doubt"
                        yield one.start(), two.end(), index, sure, "all"
                    elif named == family and misspells(called, given):
                        yield one.start(), two.end(), index, "doubt", "all"


def _whole_numbers(text: str, found: Iterable[Match], pieces: Sequence[Scalar]) -> Iterator[Match]:
    """Leave out what is only a part of a number of JSON; what is one is all of it."""
    for match in found:
        if (span := value(text, match.span.start, match.span.end, pieces)) is not None:
            yield replace(match, span=replace(match.span, start=span[0], end=span[1]))


def _sure(found: Iterable[Match]) -> list[Match]:
    """Choose what is replaced, or asked about, wherever it stands."""
    return [match for match in found if match.strength != "weak"]


def _seen(part: Part, found: Iterable[Match]) -> Iterator[Match]:
    """Say where in a text stands what was found in a part of it, and is no piece of something cut."""
    for match in found:
        start, end = match.span.start + part.begin, match.span.end + part.begin
        if part.first <= start and end <= part.last:
            yield replace(match, span=replace(match.span, start=start, end=end))


class _Held:
    """What was found in a text, to which more comes: something sure also in place of weak signs."""

    def __init__(self, found: Iterable[Match]) -> None:
        self._found = {(m.span.start, m.span.end): m for m in found}
        self._sure = Taken(p for p, m in self._found.items() if m.strength != "weak")
        self._weak = Taken(p for p, m in self._found.items() if m.strength == "weak")

    def take(self, more: Sequence[Match]) -> list[Match]:
        """Choose what is new, and keep it."""
        fresh = []
        for match in _disjoint(_sure(more)):
            place = match.span.start, match.span.end
            if self._sure.at(*place) is None:
                while weak := self._weak.at(*place):
                    self._weak.drop(weak)
                    del self._found[weak]
                self._sure.add(*place)
                self._found[place] = match
                fresh.append(match)
        for match in _disjoint(m for m in more if m.strength == "weak"):
            place = match.span.start, match.span.end
            if self._sure.at(*place) is None and self._weak.at(*place) is None:
                self._weak.add(*place)
                self._found[place] = match
                fresh.append(match)
        return fresh

    def all(self) -> tuple[Match, ...]:
        """Give all of it, in order."""
        return tuple(self._found[place] for place in sorted(self._found))


def _proper(said: str, capitals: str, *, own: bool) -> bool:
    """Whether the words of a name that need a capital have one; most scripts have none."""
    if capitals == "initials" and (letters := TOGETHER.match(said)):
        return letters[0].isupper() and not said.isupper()
    if not capitals or (own and capitals != "all"):
        return True
    words = [said] if capitals in ("first", "initials") else WORD.findall(said)
    big = [names.is_capital(w) for w in words]
    return any(big) if capitals == "any" else all(big)


def _may_be_small(text: str, start: int, end: int) -> bool:
    """Whether a part of a name in small letters may be one, as people chat: no word, nor of an address."""
    if end - start < LEAST_SMALL or names.is_word(folded(text[start:end])):
        return False
    return not (JOINED.match(text, end) or text[start - 1 : start] in JOINTS)


def _touches(plain: str, start: int, end: int, strong: Sequence[_Window]) -> bool:
    """Whether nothing but signs and what something is called stand between a name and something strong."""
    at = bisect(strong, (start, end))
    beside = [plain[e:start] for _, e in strong[max(0, at - 1) : at]]
    beside += [plain[end:s] for s, _ in strong[at : at + 1]]
    return any(len(between) <= NEAR and LABELLED.fullmatch(between) for between in beside)


def misspells(word: str, name: str) -> bool:
    """Whether one letter is missing, added, wrong or in its neighbour's place."""
    short = min(len(word), len(name))
    if short < LEAST_TYPO or abs(len(word) - len(name)) > 1 or names.is_given(word):
        return False
    same = next((i for i in range(short) if word[i] != name[i]), short)
    one, two = word[same:], name[same:]
    return one != two and (
        one[1:] == two
        or one == two[1:]
        or one[1:] == two[1:]
        or (one[:2] == two[1::-1] and one[2:] == two[2:])
    )


_RANK = {"strong": 4, "full": 3, "hint": 2, "doubt": 1, "weak": 0}


def _disjoint(found: Iterable[Match]) -> list[Match]:
    """Keep the best of overlapping matches: the longest, then the strongest."""

    def better(match: Match) -> tuple[Any, ...]:
        span = match.span
        return (-(span.end - span.start), -_RANK[match.strength], span.start, match.index)

    kept: list[Match] = []
    for match in sorted(_in_turn(found), key=better):
        place = bisect(kept, match.span.start, key=lambda k: k.span.start)
        before = place == 0 or kept[place - 1].span.end <= match.span.start
        if before and (place == len(kept) or match.span.end <= kept[place].span.start):
            kept.insert(place, match)
    return kept


def _in_turn(found: Iterable[Match]) -> Iterator[Match]:
    """Leave out a name that begins with the end of the one before: Ann Lee, Ann Lee."""
    before: dict[int, Span] = {}
    for match in sorted(found, key=lambda m: (m.span.start, -m.span.end)):
        last = before.get(match.index)
        if match.strength == "full":
            if last is not None and last.start < match.span.start < last.end < match.span.end:
                continue
            before[match.index] = match.span
        yield match
