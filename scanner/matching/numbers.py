"""The ways to write a phone number without its area, or cut short; whole ones are found by their digits."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product

from scanner.identity import Identifier, Strength
from scanner.matching import phones
from scanner.matching.form import Form
from scanner.texts.lexicon import listed

LEAST_CUT_PHONE = 6
"""Of a phone number fewer digits are many people's."""

LABEL_GAPS = (
    *(
        f"{stop}{sign}"
        for stop in ("", ".")
        for sign in ("", " ", ":", ": ", " : ", "=", " = ", " - ")
    ),
    *(f"{sign}{quote}" for sign in ("", " ", ":", ": ", "=") for quote in ("#", "'", '"')),
    *(f"{quote}{sign}{again}" for quote in "'\"" for sign in (":", ": ") for again in ("", quote)),
    *(
        f" {word} "
        for word in ("is", "at", "on", "no", "no.", "nr", "nr.", "number", "me at", "her at")
    ),
    *(
        f" {word} "
        for word in ("him at", "us at", "them at", "me on", "her on", "him on", "me", "her", "him")
    ),
    ">",
)
"""What stands between what says that a phone number follows, and the number."""

THING_GAPS = (
    "",
    *(
        f"{word}{sign}"
        for word in ("", " no", " nr", " id", " number", "_id", "id")
        for sign in (" ", ". ", ": ", ":", "=", " #", "#", '":', '": ', '":"', '": "')
    ),
)
"""What stands between what says that the number of a thing follows, and the number."""


def forms(index: int, one: Identifier) -> Iterator[Form]:
    """Yield the ways to write what is less than a whole number."""
    yield from _locally(index, one)
    yield from _cut(index, one)


def _locally(index: int, one: Identifier) -> Iterator[Form]:
    """Write a phone number as it is called within its own area, 555-0148, which others have, too.

    Without a sign between its groups it may be any number: then it counts beside something only,
    unless the word before it says that it is a phone's.
    """
    for groups in phones.local(one.value):
        ways: tuple[tuple[str, Strength], ...] = ((" -./", "hint"), ("", "weak"))
        for signs, sure in ways if len(groups) > 1 else ways[1:]:
            written = tuple(sign.join(groups) for sign in signs or ("",))
            inner = "|".join(map(re.escape, written))
            thing = "" if sure == "hint" else _behind(listed("codes"), THING_GAPS, "!")
            pattern = rf"(?<![\w@+])(?<![\d)][ ./-])(?:{inner})(?![\w@])(?![ ./-]\d)"
            pattern = f"{thing}{pattern}"
            yield Form(index, written, pattern, sure, word=True, starts=(groups[0],), shared=True)
        digits = "".join(groups)
        pattern = rf"{_behind(listed('phones'), LABEL_GAPS, '=')}{digits}(?![\w@])(?![ ./-]\d)"
        yield Form(index, (digits,), pattern, "hint", word=True, starts=(digits,), shared=True)


@cache
def _behind(labels: frozenset[str], gaps: tuple[str, ...], sign: str) -> str:
    """Make a pattern that stands behind a label, or ``!`` behind none: each way to look back has one length."""
    sizes: dict[int, list[str]] = {}
    for label, gap in product(sorted(labels), gaps):
        sizes.setdefault(len(label + gap), []).append(re.escape(label + gap))
    looks = [rf"(?<{sign}\b(?:{'|'.join(some)}))" for some in sizes.values()]
    return "".join(looks) if sign == "!" else f"(?:{'|'.join(looks)})"


def _cut(index: int, one: Identifier) -> Iterator[Form]:
    """Ask about the beginning of a phone number that a column's length cuts."""
    for groups in phones.groups(one.value):
        digits = "".join(groups)
        if len(digits) <= LEAST_CUT_PHONE:
            continue
        more = r"[ ().\/-]{0,2}"
        rest = ""
        for digit in reversed(digits[LEAST_CUT_PHONE:-1]):
            rest = rf"(?:{more}{digit}{rest})?"
        starts = tuple(_begun(groups, sign) for sign in (*" -./", "", ") ", ")", ")-"))
        starts = tuple(dict.fromkeys(starts))
        inner = "|".join(map(re.escape, starts))
        pattern = rf"(?<![1-9])(?<!\d0)(?:{inner}){rest}{more}\Z"
        yield Form(index, starts, pattern, "doubt", cut=True, starts=(groups[0],))


def _begun(groups: Sequence[str], sign: str) -> str:
    """Write the first digits of a number in groups; a bracket closes behind the first one only."""
    first, *rest = groups
    left, written = LEAST_CUT_PHONE - len(first), first[:LEAST_CUT_PHONE]
    for n, group in enumerate(rest):
        if left > 0:
            written += (" " if n and ")" in sign else sign) + group[:left]
            left -= len(group)
    return written
