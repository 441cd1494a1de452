"""Texts that know whom they speak of: a text and the spans in it that name somebody."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, NamedTuple


class Kind:
    """What a span is to the person that it names; plain numbers, because millions are made."""

    FULL: Final = 0
    GIVEN: Final = 1
    FAMILY: Final = 2
    FIRST: Final = 3
    LAST: Final = 4
    EMAIL: Final = 5
    PHONE: Final = 6
    LOGIN: Final = 7
    NATIONAL_ID: Final = 8
    CUSTOMER_ID: Final = 9
    CARD: Final = 10
    IBAN: Final = 11
    STREET: Final = 12
    CITY: Final = 13
    POSTCODE: Final = 14
    BIRTH: Final = 15
    IP: Final = 16
    SECRET: Final = 17
    CARD_PART: Final = 18
    SHARED_EMAIL: Final = 19
    SHARED_PHONE: Final = 20
    LINK: Final = 21


KINDS = tuple(name for name in vars(Kind) if name.isupper())
"""Their names, in the order of the numbers."""

STRONG_ANYWHERE = frozenset(
    {
        Kind.EMAIL,
        Kind.PHONE,
        Kind.LOGIN,
        Kind.NATIONAL_ID,
        Kind.CUSTOMER_ID,
        Kind.CARD,
        Kind.IBAN,
        Kind.SHARED_EMAIL,
        Kind.SHARED_PHONE,
    }
)
"""What identifies by itself in anybody's record."""

STRONG_OWN = STRONG_ANYWHERE | {Kind.FULL, Kind.GIVEN, Kind.FAMILY, Kind.STREET, Kind.BIRTH}
"""What identifies in the person's own record; a first name within a text does not."""

SHARED = frozenset({Kind.SHARED_EMAIL, Kind.SHARED_PHONE})
"""What belongs to two people at once."""

WHOLE = -1
"""The end of a span that is the whole of a number or a date."""

Span = tuple[int, int, int, int, bool]
"""Start, end, the person's key, the kind, and whether the value was cut short."""


class Said(NamedTuple):
    """A text with the spans that name somebody; a tuple, because hundreds of thousands are made."""

    text: str
    spans: tuple[Span, ...] = ()

    def cut(self, length: int) -> "Said":
        """Shorten to ``length`` characters, in the middle of a name if need be."""
        if len(self.text) <= length:
            return self
        kept = [
            (start, min(end, length), who, kind, short or end > length)
            for start, end, who, kind, short in self.spans
            if start < length
        ]
        return Said(self.text[:length], tuple(kept))

    def translated(self, table: Mapping[int, str]) -> "Said":
        """Replace characters, as ``str.translate`` does, and move the spans along."""
        texts: list[str] = []
        spans: list[Span] = []
        read = first = last = 0
        for start, end, who, kind, cut in self.spans:
            if start >= read:  # else it is one more span of the text before
                between, inner = self.text[read:start], self.text[start:end].translate(table)
                texts += (between.translate(table), inner)
                first = last + len(texts[-2])
                read, last = end, first + len(inner)
            spans.append((first, last, who, kind, cut))
        texts.append(self.text[read:].translate(table))
        return Said("".join(texts), tuple(spans))


def whole(text: str, who: int, kind: int) -> Said:
    """Say something that is all of it one identifier of ``who``."""
    return Said(text, ((0, len(text), who, kind, False),))


class Marked(NamedTuple):
    """A number or a date that tells something of a person, and the span that says so."""

    value: int | str
    spans: tuple[Span, ...]


def marked(value: int | str, who: int, kind: int) -> Marked:
    """Mark a number or a date as one of ``who``."""
    return Marked(value, ((0, WHOLE, who, kind, False),))


Piece = tuple[int, tuple[Span, ...]]
"""Spans that begin to count at a position."""


class TextBuilder:
    """Puts texts together and keeps their spans in place."""

    __slots__ = ("_length", "_pieces", "_texts")

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._pieces: list[Piece] = []
        self._length = 0

    def add(self, *parts: "Said | str") -> "TextBuilder":
        """Append texts, one after the other."""
        texts, at = self._texts, self._length
        for part in parts:
            if isinstance(part, str):
                text = part
            else:
                text, spans = part
                if spans:
                    self._pieces.append((at, spans))
            texts.append(text)
            at += len(text)
        self._length = at
        return self

    def say(self, template: str, slots: Mapping[str, "Said | str"]) -> "TextBuilder":
        """Append a sentence whose ``{slots}`` are filled in."""
        text = _filled(template, slots, self._pieces, self._length)
        self._texts.append(text)
        self._length += len(text)
        return self

    def said(self) -> Said:
        """Give what was put together."""
        return _said("".join(self._texts), self._pieces)


def say(template: str, slots: Mapping[str, Said | str]) -> Said:
    """Fill in one sentence."""
    pieces: list[Piece] = []
    text = _filled(template, slots, pieces, 0)
    return _said(text, pieces)


def _filled(template: str, slots: Mapping[str, Said | str], pieces: list[Piece], start: int) -> str:
    """Fill in a sentence that stands at ``start``, and add to the pieces."""
    literals, gaps = _compiled(template)
    if not gaps:
        return literals[0]
    texts, at = literals.copy(), start
    for n, before, slot in gaps:
        part = slots[slot]
        at += before
        if isinstance(part, str):
            text = part
        else:
            text, spans = part
            if spans:
                pieces.append((at, spans))
        texts[n] = text
        at += len(text)
    return "".join(texts)


def _said(text: str, pieces: list[Piece]) -> Said:
    """Make a text of pieces; as a plain tuple, which spares the constructor."""
    spans = [
        (start + at, end + at, who, kind, cut)
        for at, piece in pieces
        for start, end, who, kind, cut in piece
    ]
    return tuple.__new__(Said, (text, tuple(spans)))


def joined(parts: Iterable[Said | str], between: str) -> Said:
    """Put texts together with ``between`` between them."""
    if not between:
        return TextBuilder().add(*parts).said()
    spaced = [text for part in parts for text in (between, part)]
    return TextBuilder().add(*spaced[1:]).said()


@cache
def _compiled(template: str) -> tuple[list[str], list[tuple[int, int, str]]]:
    """Split a template at its slots; a slot is its place, the length before it, and its name."""
    texts = re.split(r"\{(\w+)\}", template)
    return texts, [(n, len(texts[n - 1]), texts[n]) for n in range(1, len(texts), 2)]


def upper(text: str) -> str:
    """Write in capitals as a database does: letters without a single capital stay."""
    up = text.upper()
    if len(up) == len(text):
        return up
    return "".join(u if len(u := c.upper()) == 1 else c for c in text)
