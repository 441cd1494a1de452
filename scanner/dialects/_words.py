"""Reads what PostgreSQL says in words of its own: snapshots, and rows that are one text."""

import re

CELL = re.compile(r'(?:^|,)(?:("(?:[^"\\]|""|\\\\)*")|([^,]*))')
DOUBLED = re.compile(r'(["\\])\1')
"""A cell of such a row, and what is doubled in one that is quoted."""

MOST_ENDED = 10_000
"""Of more transactions it is not asked one by one whether they have ended."""


def ended(before: str, now: str) -> bool:
    """Whether a transaction that one snapshot (xmin:xmax:running,...) does not see may be seen by another."""
    (least, most, then), (_, end, running) = (one.split(":") for one in (before, now))
    if int(end) - int(least) > MOST_ENDED:
        return True
    unseen, still = ({int(x) for x in some.split(",") if x} for some in (then, running))
    return any(x not in still for x in (*unseen, *range(int(most), int(end))))


def parted(line: str) -> list[str | None]:
    """Give the cells of a row in brackets: nothing at all is NULL, an empty text is quoted."""
    return [
        DOUBLED.sub(r"\1", quoted[1:-1]) if quoted else plain or None
        for quoted, plain in CELL.findall(line[1:-1])
    ]
