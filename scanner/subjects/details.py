"""Finds what a text says of somebody whom it names: an address, a phone number or a mailbox.

Nobody knows it from the rows of the person who is named, so that only people can say whose it is.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate

from scanner.identity import MAIL
from scanner.model import Span
from scanner.texts.addresses import BEHIND_CUE, CUED, NUMBER, STREET
from scanner.texts.folding import fold

LINK = re.compile(
    r"(?:['’]s)?(?:[ ]?[,;:(<\[/-]|[ ]?\r?\n|\t)\s?(?:mailto:)?|['’]s |[ ](?=[+(]?\d[\d ()./-]{6}|[\w.+-]+@)|(?:['’]s)? (?:at|of|from|in|on|lives (?:at|in)|via|under) "
)
"""What joins a name and what is said of it: a comma, a bracket, a new line or a small word."""

LABEL = re.compile(
    r"(?:(?:his|her|their|the|new|private|home|work|mobile|cell|direct) ){0,2}"
    r"(?:tel|phone|telephone|telefon|tel[ée]fono|t[ée]l[ée]phone|telefoon|mobile|mobil|m[óo]vil|handy|portable|cell|fax|e-?mail|mail|courriel"
    r"|correo|address|number|no)\b[.:]? ?(?:is |number )?",
    re.IGNORECASE,
)
"""What says what follows."""

MONTH = r"(?i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
NO_DATE = rf"(?!\d{{1,4}}([-/.])\d{{1,2}}\1\d{{1,4}}\b|\d{{1,2}}\.? {MONTH})"

WORD = r"[^\W\d_a-zß-öø-ÿ][\w'’-]*"
"""A word with a capital, without the stop that may end a sentence."""

DETAILS = (
    ("EMAIL_ADDRESS", MAIL),
    ("PHONE_NUMBER", re.compile(rf"{NO_DATE}[+(]?\d(?:[().+/ -]{{0,2}}\d){{6,14}}(?![\w-])")),
    (
        "STREET_ADDRESS",
        re.compile(
            rf"{NO_DATE}(?:{STREET.pattern}|{NUMBER},? {WORD}(?: {WORD}){{1,3}}"
            rf"|{WORD}(?: {WORD}){{1,3}},? {NUMBER}(?=[,.;)\r\n]|\Z))"
        ),
    ),
)
"""What counts: a number and two or more words with capitals are a street, whatever it is called."""

LEAST_TOWN, LEAST_CODE = 3, 4
"""A shorter name of a town, or a number with fewer digits, stands for too much else."""

ROOM = 40
"""How far behind a street its town and postcode may stand."""

GAP = r"(?:[ ,;:|/()\t-]{1,3}|,?[ ]?\r?\n)\Z"
"""What may stand between a town and the street behind it."""


class _Taken:
    """Which places of a text are known: a place is looked up by halves, however many there are."""

    def __init__(self, known: Sequence[Span]) -> None:
        ordered = sorted(known)
        self._starts = [k.start for k in ordered]
        self._ends = [*accumulate((k.end for k in ordered), max)]

    def free(self, start: int, end: int) -> bool:
        """Whether nothing known stands there."""
        before = bisect_left(self._starts, end)
        return not before or self._ends[before - 1] <= start


def behind(said: str, names: Sequence[Span], known: Sequence[Span]) -> Iterator[Span]:
    """Yield what is said right behind ``names`` in a text, but for what is ``known``."""
    taken = _Taken(known)
    for name in names:
        if (link := LINK.match(said, name.end)) is None:
            continue
        label = LABEL.match(said, link.end())
        start = label.end() if label else link.end()
        for entity, pattern in DETAILS:
            if (found := pattern.match(said, start)) is None:
                continue
            if taken.free(start, found.end()):
                yield Span(start, found.end(), entity)
            break


def cued(said: str, known: Sequence[Span]) -> Iterator[Span]:
    """Yield what a text calls somebody's address, but for what is ``known``."""
    taken = _Taken(known)
    for cue in CUED.finditer(said):
        if found := STREET.match(said, cue.end()) or BEHIND_CUE.match(said, cue.end()):
            start, end = found.span()
            if taken.free(start, end):
                yield Span(start, end, "STREET_ADDRESS")


def towns(said: str, streets: Sequence[Span], around: Collection[str]) -> Iterator[Span]:
    """Yield the subject's town and postcode where they stand right behind or right before its street.

    Args:
        said: the text.
        streets: where the subject's streets stand.
        around: the towns and postcodes, as ``surroundings`` writes them.
    """
    written = {
        town: rf"(?<!\w)({'0*' if town.isdecimal() else ''}{re.escape(town)})(?!\w)"
        for town in sorted(around)
        if len(town) >= (LEAST_CODE if town.isdecimal() else LEAST_TOWN)
    }
    for street in streets:
        line = re.split(r"\n\s*\n", said[street.end : street.end + ROOM])[0]
        plain = fold(line)
        for town, word in written.items():
            if found := re.search(word, plain.text):
                start, end = plain.origin(*found.span())
                yield Span(street.end + start, street.end + end, _placed(town))
        yield from _before(said, street, written)


def _before(said: str, street: Span, written: Mapping[str, str]) -> Iterator[Span]:
    """Yield the town and the postcode that nothing but signs parts from the street behind them."""
    begin = max(0, street.start - ROOM)
    plain = fold(said[begin : street.start])
    left = plain.text
    while found := next(filter(None, (re.search(w + GAP, left) for w in written.values())), None):
        start, end = plain.origin(*found.span(1))
        yield Span(begin + start, begin + end, _placed(found[1]))
        left = left[: found.start()]


def _placed(town: str) -> str:
    return "POSTCODE" if town.isdecimal() else "CITY"
