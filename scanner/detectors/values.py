"""What was read of one column. The only place where cells' values are kept, and it has no repr."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from scanner.texts import stored
from scanner.texts.stored import Document

Kind = Literal["text", "number", "date"]
"""What a column's type can hold, as far as detection cares."""

MOST_DISTINCT = 50_000
"""So many different values of a column are kept; of a full scan those that were read first."""

MOST_CHARACTERS = 20_000_000
"""So much text of a column is kept."""


@dataclass(slots=True, repr=False, eq=False)
class Values:
    """The different values of a column with how often each was read, and the rows read.

    ``read`` counts the values that were looked at, ``beyond`` those past ``MOST_DISTINCT``
    or ``MOST_CHARACTERS``.
    """

    kind: Kind = "text"
    rows: int = 0
    read: int = 0
    beyond: int = 0
    characters: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, cells: Iterable[Any], kind: Kind = "text") -> Self:
        """Collect the cells of a column."""
        made = cls(kind)
        for cell in cells:
            made.add(cell)
        return made

    def add(self, cell: Any) -> None:
        """Take in one more cell; NULL and blanks count as rows, not as values."""
        self.rows += 1
        if not (value := as_text(cell)):
            return
        if value in self.counts:
            self.counts[value] += 1
        elif len(self.counts) < MOST_DISTINCT and self.characters < MOST_CHARACTERS:
            self.counts[value] = 1
            self.characters += len(value)
        else:
            self.beyond += 1
            return
        self.read += 1

    @property
    def distinct(self) -> int:
        """How many different values there are."""
        return len(self.counts)

    def without(self, drop: Callable[[str], bool]) -> Self:
        """Leave out different values that nobody need look at; they stay counted as read."""
        counts = {v: n for v, n in self.counts.items() if not drop(v)}
        return type(self)(self.kind, self.rows, self.read, self.beyond, counts=counts)

    def hits(self, test: Callable[[str], bool]) -> tuple[int, int]:
        """Count the values, and the different values, that pass ``test``."""
        passed = [count for value, count in self.counts.items() if test(value)]
        return sum(passed), len(passed)

    def some(self, most: int) -> list[str]:
        """Choose up to ``most`` different values, evenly over those that were read."""
        values = list(self.counts)
        step = max(1, -(-len(values) // most))
        return values[::step]


def as_text(cell: Any) -> str:
    """Write a cell as the text that detectors look at; nothing for NULL and blanks."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, bytes | bytearray | memoryview):
        cell = bytes(cell).decode("utf-8", "replace")
    if isinstance(cell, Document):
        cell = stored.shown(cell)
    if isinstance(cell, dict | list):
        cell = json.dumps(cell, ensure_ascii=False, default=str)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    made = str(cell).replace("\0", "").strip()
    return made if made.isascii() else made.encode("utf-8", "replace").decode()
