"""Texts that know whom they speak of: a text and the spans in it that name somebody."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final


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


def whole(text: str, who: int, kind: int) -> Said:
    """Say something that is all of it one identifier of ``who``."""
    return Said(text, ((0, len(text), who, kind, False),))


@dataclass(frozen=True, slots=True)
class Marked:
    """A number or a date that tells something of a person."""

    value: int | str
    who: int
    kind: int


class TextBuilder:
    """Puts texts together and keeps their spans in place."""

    __slots__ = ("_length", "_parts", "_spans")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._spans: list[Span] = []
        self._length = 0

    def add(self, part: "Said | str") -> "TextBuilder":
        """Append a text."""
        if isinstance(part, str):
            self._parts.append(part)
            self._length += len(part)
            return self
        if part.spans:
            at = self._length
            self._spans += [(s + at, e + at, w, k, c) for s, e, w, k, c in part.spans]
        self._parts.append(part.text)
        self._length += len(part.text)
        return self

    def say(self, template: str, slots: Mapping[str, "Said | str"]) -> "TextBuilder":
        """Append a sentence whose ``{slots}`` are filled in."""
        parts, at = self._parts, self._length
        for literal, slot in _compiled(template):
            if literal:
                parts.append(literal)
                at += len(literal)
            if slot:
                part = slots[slot]
                if isinstance(part, str):
                    text = part
                else:
                    text = part.text
                    self._spans += [(s + at, e + at, w, k, c) for s, e, w, k, c in part.spans]
                parts.append(text)
                at += len(text)
        self._length = at
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
