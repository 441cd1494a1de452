"""Finds a subject's identifiers in texts: where they stand and how strong they are.

One Aho-Corasick pass over the folded text looks for a rare word of each identifier; only where
one occurs are the identifiers' exact forms tried. Phone numbers are compared by their digits.
"""

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate
from typing import Any

from scanner.folding import fold, folded
from scanner.identity import FIRST_IDEOGRAM, Identifier, Identity, Strength
from scanner.model import Span

CANDIDATE = re.compile(r"(?<!\d)[+(]?[+(]?\d[\d\s().+/\-]{4,}\d(?!\d)")
"""What may be a phone number, or several with only spaces between them."""

MAX_PREFIX = 6
"""Digits before a national number: 00, up to three of a country, and the trunk's 0."""

TAIL = re.compile(r"\s*(?:x|ext\.?|extension|#)\s*\d{1,6}(?!\w)")
"""An extension behind a phone number."""

SEPARATOR = "\x1e"
"""What stands between texts that are looked through at once."""

NO_DIGITS = bytes(b for b in range(256) if b not in b"0123456789" + SEPARATOR.encode())
"""What is dropped before digits are compared."""

BEFORE, AFTER = r"(?<![^\W_])(?<!@)", r"(?![^\W_]|@)"
"""A name or an id stands alone, and not inside somebody's e-mail address."""

GAP = r"[\s,.'\"/_-]{1,4}"
"""What may stand between two parts of a name."""


@dataclass(frozen=True, slots=True)
class Match:
    """One identifier found; ``index`` says which one of the identity's."""

    span: Span
    strength: Strength
    index: int
    whole: bool


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write an identifier: tried where its anchor occurs in the folded text."""

    index: int
    anchor: str
    pattern: re.Pattern[str]
    strength: Strength
    proper: bool = False


_Found = tuple[int, int, int, Strength, bool]
"""A form found in the folded text: start, end, identifier, strength, whether it needs a capital."""


class Matcher:
    """Looks for all identifiers of one identity at once."""

    def __init__(self, identity: Identity) -> None:
        from ahocorasick_rs import AhoCorasick

        self.identity = identity
        self._forms = tuple(
            form for n, one in enumerate(identity.identifiers) for form in _forms(n, one)
        )
        self._phones = tuple(
            (n, *national(one.value))
            for n, one in enumerate(identity.identifiers)
            if one.kind == "PHONE_NUMBER"
        )
        cores = sorted({core for _, core, _ in self._phones if core})
        self._cores = AhoCorasick(cores) if cores else None
        self._anchors = sorted({f.anchor for f in self._forms})
        self._automaton = AhoCorasick(self._anchors) if self._anchors else None

    def __repr__(self) -> str:
        return f"Matcher({len(self._forms)} forms)"

    @cached_property
    def _by_anchor(self) -> dict[int, tuple[_Form, ...]]:
        place = {anchor: n for n, anchor in enumerate(self._anchors)}
        forms: dict[int, list[_Form]] = {}
        for form in self._forms:
            forms.setdefault(place[form.anchor], []).append(form)
        return {n: tuple(found) for n, found in forms.items()}

    def touches(self, text: str) -> bool:
        """Whether ``text`` may hold something: quick, never a false no."""
        return bool(self.touched([text]))

    def touched(self, texts: Sequence[str]) -> list[int]:
        """Name the places of those ``texts`` that may hold something: one pass, never a false no."""
        plain = [folded(t) for t in texts]
        whole = SEPARATOR.join(plain)
        found: set[int] = set()
        if self._automaton is not None and (hits := self._automaton.find_matches_as_indexes(whole)):
            ends = list(accumulate(len(p) + 1 for p in plain))
            found.update(bisect(ends, start) for _, start, _ in hits)
        if self._cores is not None:
            found.update(self._called(whole, plain))
        return sorted(found)

    def _called(self, whole: str, plain: Sequence[str]) -> Iterator[int]:
        """Name the texts with the digits of a phone number in them, whatever stands between."""
        if whole.count(SEPARATOR) != len(plain) - 1:  # a text has it too: one at a time
            yield from (n for n, text in enumerate(plain) if self._cored(_digits(text)))
            return
        digits = _digits(whole)
        if hits := self._cored(digits):
            ends = [m.end() for m in re.finditer(SEPARATOR, digits)]
            yield from {bisect(ends, start) for _, start, _ in hits}

    def _cored(self, digits: str) -> list[tuple[int, int, int]]:
        return list(self._cores.find_matches_as_indexes(digits)) if self._cores else []

    def find(self, text: str, *, own: bool = False) -> tuple[Match, ...]:
        """Find all identifiers in ``text``; of overlapping ones the longest and strongest.

        In the subject's ``own`` texts a part of its name counts in lower case too.
        """
        plain = folded(text)
        found = [*self._literal(plain), *self._numbers(plain)]
        if not found:
            return ()
        origin = fold(text).origin
        matches = []
        for start, end, index, strength, proper in found:
            first, last = origin(start, end)
            if own or not proper or text[first].isupper() or text[first] > FIRST_IDEOGRAM:
                matches.append(self._match(text, first, last, index, strength))
        return tuple(_disjoint(matches))

    def _literal(self, plain: str) -> Iterator[_Found]:
        if self._automaton is None:
            return
        hits = self._automaton.find_matches_as_indexes(plain, overlapping=True)
        for anchor in sorted({n for n, _, _ in hits}):
            for form in self._by_anchor[anchor]:
                for match in form.pattern.finditer(plain):
                    yield *match.span(), form.index, form.strength, form.proper

    def _numbers(self, plain: str) -> Iterator[_Found]:
        for candidate in CANDIDATE.finditer(plain) if self._phones else ():
            places = [i for i in range(*candidate.span()) if plain[i].isdigit()]
            digits = "".join(plain[i] for i in places)
            for index, core, code in self._phones:
                if span := _locate(plain, candidate.start(), digits, places, core, code):
                    strength = self.identity.identifiers[index].strength
                    yield *span, index, strength, False

    def _match(self, text: str, start: int, end: int, index: int, strength: Strength) -> Match:
        whole = not text[:start].strip() and not text[end:].strip()
        kind = self.identity.identifiers[index].kind
        return Match(Span(start, end, kind), strength, index, whole)


def _digits(text: str) -> str:
    return text.encode("ascii", "ignore").translate(None, NO_DIGITS).decode("ascii")


def national(number: str) -> tuple[str, str]:
    """Reduce a phone number to the digits that every way of writing it ends in.

    Returns:
        The national number, and the country's calling code where the number says it.
    """
    import phonenumbers

    digits = "".join(c for c in number if c.isdigit())
    if number.lstrip().startswith("+") or digits.startswith("00"):
        try:
            found = phonenumbers.parse("+" + digits.removeprefix("00"))
            return str(found.national_number), str(found.country_code)
        except phonenumbers.NumberParseException:
            pass
    north_american = 11
    if len(digits) == north_american and digits[0] == "1":
        return digits[1:], "1"
    return digits.lstrip("0"), ""


def _locate(
    text: str, start: int, digits: str, places: list[int], core: str, code: str
) -> tuple[int, int] | None:
    """Find the national number ``core`` among a candidate's digits, as a span of the text."""
    at = digits.find(core) if core else -1
    while at >= 0:
        after = at + len(core)
        last = places[after - 1]
        ends = after == len(digits) or places[after] - last > 1
        begin = _begin(start, digits, places, at, code)
        if begin is not None and ends:
            if text[begin] == "(" and ")" not in text[begin : last + 1]:
                begin += 1
            tail = TAIL.match(text, last + 1)
            return begin, tail.end() if tail else last + 1
        at = digits.find(core, at + 1)
    return None


def _begin(start: int, digits: str, places: list[int], at: int, code: str) -> int | None:
    """Find where a number begins whose national part is digit ``at`` of a candidate."""
    if at <= MAX_PREFIX and _prefixes(digits[:at], code):
        return start
    if at <= MAX_PREFIX and (digits.startswith("00") or places[0] > start):
        return None  # a number of another country: +44 30 901820 is not +49 30 901820
    first = at
    while first > max(0, at - MAX_PREFIX) and places[first] - places[first - 1] == 1:
        first -= 1
    return places[first] if _prefixes(digits[first:at], code) else None


def _prefixes(digits: str, code: str) -> bool:
    """Whether digits before a national number are a trunk 0, a calling code, or both."""
    found = re.fullmatch(r"0?|(?:00)?([1-9]\d{0,2}?)0?", digits)
    return found is not None and (not found[1] or not code or found[1] == code)


def _forms(index: int, one: Identifier) -> Iterator[_Form]:
    """Yield the ways in which an identifier is written, phones aside."""
    if one.kind == "PHONE_NUMBER":
        return
    if one.kind == "DATE_OF_BIRTH":
        yield from _dates(index, one)
    elif one.kind == "PERSON" and "\n" in one.value:
        yield from _names(index, one)
    else:
        words = [w for w in re.split(r"[\s,]+", folded(one.value)) if w]
        if not words:
            return
        inner = r"[\s,]+".join(map(re.escape, words))
        after = r"(?![\w@-])(?!\.\w)" if one.kind == "EMAIL_ADDRESS" else AFTER
        before = r"(?<![\w+])(?<!\w[.'-])" if one.kind == "EMAIL_ADDRESS" else BEFORE
        proper = one.kind == "PERSON" and one.strength == "weak"
        pattern = re.compile(f"{before}{inner}{after}")
        yield _Form(index, max(words, key=len), pattern, one.strength, proper)


def _names(index: int, one: Identifier) -> Iterator[_Form]:
    """Write a given and a family name in both orders, and the given one as an initial."""
    given, family = (folded(part).strip() for part in one.value.split("\n"))
    inner = [r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", n))) for n in (given, family)]
    middle = rf"(?:{GAP}[a-z]\.?)?"
    gap = GAP if max(given + family) < FIRST_IDEOGRAM else GAP.replace("{1,4}", "{0,4}")
    anchor = max(re.split(r"[\s-]+", family), key=len)
    for left, right in (inner, inner[::-1]):
        full = re.compile(rf"{BEFORE}{left}{middle}{gap}{right}{AFTER}")
        yield _Form(index, anchor, full, "full")
    initial = re.compile(rf"{BEFORE}{re.escape(given[0])}\.?\s+{inner[1]}{AFTER}")
    turned = re.compile(rf"{BEFORE}{inner[1]},\s*{re.escape(given[0])}(?:\.|{AFTER})")
    yield _Form(index, anchor, initial, "weak", proper=True)
    yield _Form(index, anchor, turned, "weak", proper=True)


def _dates(index: int, one: Identifier) -> Iterator[_Form]:
    """Write a date of birth in the usual orders."""
    try:
        day = date.fromisoformat(one.value)
    except ValueError:
        return
    d, m, y = (f"0?{day.day}", f"0?{day.month}", str(day.year))
    for parts in ((y, m, d), (d, m, y), (m, d, y)):
        pattern = re.compile(r"(?<!\d)" + r"[./ -]".join(parts) + r"(?!\d)")
        yield _Form(index, y, pattern, "weak")


_RANK = {"strong": 2, "full": 1, "weak": 0}


def _disjoint(found: Iterable[Match]) -> list[Match]:
    """Keep the best of overlapping matches: the longest, then the strongest."""

    def better(match: Match) -> tuple[Any, ...]:
        span = match.span
        return (-(span.end - span.start), -_RANK[match.strength], span.start, match.index)

    kept: list[Match] = []
    for match in sorted(found, key=better):
        place = bisect(kept, match.span.start, key=lambda k: k.span.start)
        before = place == 0 or kept[place - 1].span.end <= match.span.start
        if before and (place == len(kept) or match.span.end <= kept[place].span.start):
            kept.insert(place, match)
    return kept
