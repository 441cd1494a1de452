"""What months are called, and where a word of a text is one."""

import re
from functools import cache

from scanner.texts.folding import folded
from scanner.texts.lexicon import table

ROOM = 24
"""How much of a text says whether a word is a month."""

_YEAR, _SHORT = r"(?:(?:19|20)\d\d|['’]\d\d)(?!\d)", r"\d\d(?![\d:])"
_DAY, _TIME = r"\d{1,2}(?!\d)(?:st|nd|rd|th|er|\.)?", r"[ ,]{1,2}(?:at |um )?\d{1,2}:\d\d"
_OF, _SIGNS = r"(?:(?:de|of|di) )?", r"[ ,/-]{1,2}"
BEHIND = re.compile(
    rf"\.?(?:[ ,/-]{{0,2}}{_OF}{_YEAR}|[ /-]{{1,2}}{_DAY}(?:{_SIGNS}{_OF}{_YEAR}|{_TIME})"
    rf"|(?P<sign>[/-]){_DAY}(?P=sign){_SHORT})"
)
AROUND = (
    (re.compile(rf"(?<!\d){_DAY}[ /-]?{_OF}\Z"), re.compile(rf"\.?(?:[/-]{_SHORT}|{_TIME})")),
    (re.compile(r"(?<!\d)(?:19|20)\d\d[ ./-]\Z"), re.compile(rf"\.?[ /-]{_DAY}")),
)
"""What stands behind the month of a date, or before and behind it: its day with a year or a time."""

DAYS = re.compile(rf"(?<![\d:]){_DAY}[ /-]?{_OF}\Z"), re.compile(rf"\.?[ /-]{_DAY}(?![\w:])")
"""A day before or behind a month."""


@cache
def called(month: int) -> frozenset[str]:
    """Name the ``month``, 1 to 12, in several languages, long and short."""
    found = set()
    for name, more in (_line(line, month) for line in table("months").values()):
        found |= {name, name[:3], *more}
    for name, more in (_line(line, month) for line in table("months_whole").values()):
        found |= {name, *more}
    return frozenset(found)


@cache
def dated(month: int) -> frozenset[str]:
    """Name the ``month`` as it may be called between its day and its year, where no word is a name."""
    return called(month) | _numbered(table("months_short")["words"], month)


def _line(line: str, month: int) -> tuple[str, frozenset[str]]:
    """Read what a language calls a month, and how else it is cut."""
    full, _, short = line.partition("/")
    return full.split()[month - 1], _numbered(short, month)


def _numbered(line: str, month: int) -> frozenset[str]:
    """Choose the words of a line that have the number of a month before them."""
    words = line.split()
    return frozenset(w for n, w in zip(words[::2], words[1::2], strict=True) if int(n) == month)


@cache
def named() -> frozenset[str]:
    """Name all months in several languages, long and short."""
    return frozenset[str]().union(*(called(n) for n in range(1, 13)))


def is_dated(text: str, start: int, end: int) -> bool:
    """Whether a word of a text is the month of a date that has a year or a time: 06 Jan 2019.

    Of a date with a day only it cannot be told: Ask April 3 times.
    """
    if folded(text[start:end]) not in named():
        return False
    ahead, after = text[max(0, start - ROOM) : start], text[end : end + ROOM]
    if BEHIND.match(after):
        return True
    return any(b.search(ahead) and a.match(after) for b, a in AROUND)


def may_be(text: str, start: int, end: int) -> bool:
    """Whether a word of a text is a month's name with the number of a day beside it: May 5."""
    if folded(text[start:end]) not in named():
        return False
    before, behind = DAYS
    ahead, after = text[max(0, start - ROOM) : start], text[end : end + ROOM]
    return before.search(ahead) is not None or behind.match(after) is not None
