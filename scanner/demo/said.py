"""Texts that know whom they speak of: a text and the spans in it that name somebody."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache


class Kind(IntEnum):
    """What a span is to the person that it names."""

    FULL = 0
    GIVEN = 1
    FAMILY = 2
    FIRST = 3
    LAST = 4
    EMAIL = 5
    PHONE = 6
    LOGIN = 7
    NATIONAL_ID = 8
    CUSTOMER_ID = 9
    CARD = 10
    IBAN = 11
    STREET = 12
    CITY = 13
    POSTCODE = 14
    BIRTH = 15
    IP = 16
    SECRET = 17
    CARD_PART = 18
    SHARED_EMAIL = 19
    SHARED_PHONE = 20
    LINK = 21


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

Span = tuple[int, int, int, Kind, bool]
"""Start, end, the person's key, the kind, and whether the value was cut short."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text with the spans that name somebody."""

    text: str
    spans: tuple[Span, ...] = ()

    def cut(self, length: int) -> "Said":
        """Shorten to ``length`` characters, in the middle of a name if need be."""
        if len(self.text) <= length:
            return self
        kept = tuple(
            (start, min(end, length), who, kind, short or end > length)
            for start, end, who, kind, short in self.spans
            if start < length
        )
        return Said(self.text[:length], kept)

    def translated(self, table: Mapping[int, str]) -> "Said":
        """Replace characters, as ``str.translate`` does, and move the spans along."""
        builder, at, spans = TextBuilder(), 0, list(self.spans)
        while spans:
            start, end = spans[0][:2]
            group = [s for s in spans if s[:2] == (start, end)]
            spans = spans[len(group) :]
            inner = self.text[start:end].translate(table)
            builder.add(self.text[at:start].translate(table))
            builder.add(Said(inner, tuple((0, len(inner), *s[2:]) for s in group)))
            at = end
        return builder.add(self.text[at:].translate(table)).said()


def whole(text: str, who: int, kind: Kind) -> Said:
    """Say something that is all of it one identifier of ``who``."""
    return Said(text, ((0, len(text), who, kind, False),))


@dataclass(frozen=True, slots=True)
class Marked:
    """A number or a date that tells something of a person."""

    value: int | str
    who: int
    kind: Kind


class TextBuilder:
    """Puts texts together and keeps their spans in place."""

    __slots__ = ("_length", "_parts", "_spans")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._spans: list[Span] = []
        self._length = 0

    def add(self, part: "Said | str") -> "TextBuilder":
        """Append a text."""
        if part.__class__ is Said:
            text, at = part.text, self._length
            if part.spans:
                self._spans += [(s + at, e + at, w, k, c) for s, e, w, k, c in part.spans]
        else:
            text = part  # type: ignore[assignment]  # a plain text
        self._parts.append(text)
        self._length += len(text)
        return self

    def say(self, template: str, slots: Mapping[str, "Said | str"]) -> "TextBuilder":
        """Append a sentence whose ``{slots}`` are filled in."""
        for literal, slot in _compiled(template):
            if literal:
                self._parts.append(literal)
                self._length += len(literal)
            if slot:
                self.add(slots[slot])
        return self

    def said(self) -> Said:
        """Give what was put together."""
        return Said("".join(self._parts), tuple(self._spans))


def say(template: str, slots: Mapping[str, Said | str]) -> Said:
    """Fill in one sentence."""
    return TextBuilder().say(template, slots).said()


def joined(parts: Iterable[Said | str], between: str) -> Said:
    """Put texts together with ``between`` between them."""
    builder = TextBuilder()
    for n, part in enumerate(parts):
        if n:
            builder.add(between)
        builder.add(part)
    return builder.said()


@cache
def _compiled(template: str) -> tuple[tuple[str, str], ...]:
    parts = re.split(r"\{(\w+)\}", template)
    return tuple(zip(parts[::2], [*parts[1::2], ""], strict=True))


def upper(text: str) -> str:
    """Write in capitals as a database does: letters without a single capital stay."""
    up = text.upper()
    if len(up) == len(text):
        return up
    return "".join(u if len(u := c.upper()) == 1 else c for c in text)
