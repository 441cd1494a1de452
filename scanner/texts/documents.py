"""JSON in texts: where its names, strings and numbers stand, so that one goes and the rest stays.

A text is read as JSON where all of it is: one document, or one a line. A string that holds JSON
itself is read, too. Nothing is written anew: what is not replaced stays as it was written.
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, count
from operator import attrgetter
from typing import Literal

OPENS = ("{", "[", '"')
"""What a text begins with that is read as JSON."""

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[-+.\w]+|[{}\[\]:,]', re.DOTALL)
_UNIT = re.compile(
    r"\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\.|[^\\]",
    re.DOTALL,
)
"""What stands for one character of a string."""

_WHOLE = re.compile(r"(\d+)(?:\.0+)?")
"""A number that is counted or called by; a table makes 512.0 of 512."""

_BEFORE = re.compile(r'(\\*")\s{0,8}:\s{0,8}\Z')
_BEHIND = re.compile(r"(\d+)(?:\.0+)?(?=\s{0,8}[,}\]])")
"""What stands around a value of JSON that is a number, and how its quote would be written there."""

FEW = 32
"""More than a name's last quote and its colon have."""

Kind = Literal["name", "string", "bare"]
"""The name of a value, a string, or what stands without quotes: a number, true, false, null."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One piece of JSON, ``start`` to ``end`` without its quotes.

    ``owner``: the object whose name it is. ``quote``: how a quote is written around it, which in a
    string within a string is escaped. ``cuts``: where a string may be cut, in order, as it may not
    be within an escape; None is everywhere.
    """

    start: int
    end: int
    kind: Kind
    owner: int
    quote: str
    cuts: Sequence[int] | None = field(default=None, repr=False, compare=False)

    def inside(self, start: int, end: int) -> tuple[int, int] | None:
        """Say what of it a span means: a number is replaced as a whole, a string in part."""
        first, last = max(start, self.start), min(end, self.end)
        if first >= last:
            return None
        if self.kind == "bare":
            return self.start, self.end
        if self.cuts is not None:
            first = self.cuts[bisect_right(self.cuts, first) - 1]
            last = self.cuts[bisect_left(self.cuts, last)]
        return first, last


def is_json(text: str) -> bool:
    """Whether a text is one document of JSON."""
    if not text.lstrip().startswith(OPENS):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def holds_json(text: str) -> bool:
    """Whether a text is JSON: one document, or one a line."""
    if is_json(text):
        return True
    if not text.lstrip().startswith(OPENS[:2]):
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) > 1 and all(
        line.lstrip().startswith(OPENS[:2]) and is_json(line) for line in lines
    )


def scalars(text: str) -> tuple[Scalar, ...] | None:
    """List the pieces of JSON that may be replaced, in their order; None where a text is no JSON."""
    return tuple(_scalars(text, None, "", count(1))) if holds_json(text) else None


def value(text: str, start: int, end: int, pieces: Sequence[Scalar]) -> tuple[int, int] | None:
    """Say which span of a text that is JSON something found in it is.

    Within a number it is something only where it is all of it: a place on a map, a measure or a
    negative number is nobody's phone, whichever digits it has.

    Returns:
        The span, the whole number where it is one; None where it is a part of another number.
    """
    at = bisect_left(pieces, end, key=attrgetter("end"))
    if at == len(pieces) or pieces[at].kind != "bare" or start < pieces[at].start:
        return start, end
    piece = pieces[at]
    if text[piece.start : piece.end].isalpha():
        return start, end
    whole = _WHOLE.fullmatch(text, piece.start, piece.end)
    same = whole and start == piece.start and end >= whole.end(1)
    return (piece.start, piece.end) if same else None


def number(text: str, start: int, end: int) -> Scalar | None:
    """Give the number of JSON that a span is in a text that is none, as a log's line that quotes some."""
    before = _BEFORE.search(text, max(0, start - FEW), start)
    whole = _BEHIND.match(text, start) if before else None
    if before is None or whole is None or not whole.end(1) <= end <= whole.end():
        return None
    return Scalar(start, whole.end(), "bare", 0, before[1])


def _scalars(
    text: str, offsets: Sequence[int] | None, escapes: str, objects: Iterator[int]
) -> Iterator[Scalar]:
    """Yield the pieces of what is JSON.

    ``offsets`` say where each character stands that was read of a string, ``escapes`` what stands
    before a quote there; ``objects`` numbers the objects of all of it.
    """
    opened: list[int] = []
    quote = f'{escapes}"'
    named = False

    def at(place: int) -> int:
        return place if offsets is None else offsets[place]

    for token in _TOKEN.finditer(text):
        match token[0][0]:
            case "{":
                opened.append(next(objects))
                named = True
            case "[":
                opened.append(0)
                named = False
            case "}" | "]":
                opened.pop()
                named = False
            case ",":
                named = bool(opened and opened[-1])
            case ":":
                named = False
            case '"':
                start, end = token.start() + 1, token.end() - 1
                said, places = _said(text, start, end)
                if not named and said.lstrip().startswith(OPENS[:2]) and holds_json(said):
                    inner = [at(p) for p in places]
                    yield from _scalars(said, inner, escapes * 2 + "\\", objects)
                    continue
                whole = offsets is None and len(said) == end - start
                cuts = None if whole else [at(p) for p in places]
                owner = opened[-1] if named else 0
                yield Scalar(at(start), at(end), "name" if named else "string", owner, quote, cuts)
            case _:
                yield Scalar(at(token.start()), at(token.end()), "bare", 0, quote)


def _said(text: str, start: int, end: int) -> tuple[str, Sequence[int]]:
    """Read a string: its characters, and where each and the end stand."""
    if "\\" not in text[start:end]:
        return text[start:end], range(start, end + 1)
    units = _UNIT.findall(text, start, end)
    said = "".join(u if len(u) == 1 else _meant(u) for u in units)
    return said, [*accumulate(map(len, units), initial=start)]


def _meant(unit: str) -> str:
    """Read an escape; half of a pair stays half."""
    read: str = json.loads(f'"{unit}"')
    return read
