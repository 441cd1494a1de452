"""What a column's length leaves of an identifier, too little to ask about by itself.

A few signs at the end of a text that is cut are many people's: beside something else of the subject
they are asked about, else rows that end so are counted.
"""

import re
from collections.abc import Iterable, Iterator

from scanner.identity import Identifier
from scanner.matching import phones
from scanner.matching.form import BEFORE, END, Capitals, Form
from scanner.matching.numbers import LEAST_CUT_PHONE
from scanner.texts.folding import folded

LEAST = 2
"""One sign says nothing."""

PHONE_BEFORE = r"(?<![^\W_])(?<!\d[.,/:-])"
MAIL_BEFORE = r"(?<![\w.+@-])"

SIGNS = ("", " ", "-", ".", "/", ")", ") ", ")-")
"""What may stand behind the first group of a phone number."""


def forms(index: int, one: Identifier) -> Iterator[Form]:
    """Yield what may be left of an identifier."""
    value = folded(one.value)
    if one.kind == "PHONE_NUMBER":
        yield from _form(index, _digits(one.value), PHONE_BEFORE)
    elif one.kind == "EMAIL_ADDRESS":
        yield from _form(index, _short(value.partition("@")[0]), MAIL_BEFORE)
    elif one.kind == "PERSON":
        if "\n" not in value:
            yield from _form(index, _short(value), BEFORE, "first")
    elif one.strength == "strong" and one.kind != "STREET_ADDRESS":
        yield from _form(index, _short(value), BEFORE)


def _form(index: int, begun: Iterable[str], before: str, capitals: Capitals = "") -> Iterator[Form]:
    starts = tuple(sorted({b for b in begun if b}, key=lambda b: (-len(b), b)))
    if starts:
        inner = "|".join(map(re.escape, starts))
        ends = tuple(f"{start}{END}" for start in starts)
        pattern = rf"(?<!\A){before}(?:{inner})\Z"
        yield Form(
            index, ends, pattern, "weak", capitals, cut=True, word=True, starts=starts, remnant=True
        )


def _short(value: str) -> Iterator[str]:
    """Yield the first signs of a value that has more, up to a letter or a digit."""
    for size in range(LEAST, len(value)):
        if value[size - 1].isalnum():
            yield value[:size]


def _digits(number: str) -> Iterator[str]:
    """Yield the first digits of a phone number, as its groups are written."""
    for first, *more in phones.groups(number):
        for size in range(LEAST, LEAST_CUT_PHONE):
            begun, rest = first[:size], "-".join(_groups(more, size - len(first)))
            signs = SIGNS if size >= len(first) else SIGNS[:1]
            yield from (f"{begun}{sign}{rest}" for sign in signs)


def _groups(groups: Iterable[str], size: int) -> Iterator[str]:
    """Yield so many digits of groups."""
    for group in groups:
        if size > 0:
            yield group[:size]
        size -= len(group)
