"""Whose names stand in a table's rows: those of the subjects that they lead to, or others'. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from scanner.tables.linker import ROWS, Linker, Tie
from scanner.texts import wording

FEW = 5
"""Of fewer rows nobody can tell whose their names mostly are."""

ALIKE = 0.9
"""The share of rows with the subject's own name from which a table copies it; some are misspelt."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of ``of`` rows that could be compared ``same`` have what their subject is called."""

    same: int
    of: int

    @property
    def copies(self) -> bool:
        """Whether the rows are about the subjects, as they are called like them."""
        return self.of >= FEW and self.same >= ALIKE * self.of

    @property
    def differs(self) -> bool:
        """Whether enough rows could be compared to say that they are called otherwise."""
        return self.of >= FEW and not self.copies


def compare(
    linker: Linker, way: Sequence[Tie], columns: Sequence[str], known: Sequence[str]
) -> Likeness:
    """Compare ``columns`` of the rows at the start of a way with the columns ``known`` at its end.

    ``way`` leads from table to table up to the subjects; rows without a value on either side say
    nothing. Values stay in memory.
    """
    if not columns or not known:
        return Likeness(0, 0)
    one = linker.tables[way[0].child].alias()
    wanted, joined, below = [one.c[c] for c in columns], one, one
    for tie in way:
        above = linker.tables[tie.parent].alias()
        joined = joined.join(above, below.c[tie.column] == above.c[tie.key])  # type: ignore[assignment]  # a join of joins
        below = above
    query = select(*wanted, *(below.c[c] for c in known)).select_from(joined).limit(ROWS)
    told = [
        (_words(row[: len(columns)]), _words(row[len(columns) :]))
        for row in linker.connection.execute(query)
    ]
    both = [(here, there) for here, there in told if here and there]
    return Likeness(sum(here <= there or there <= here for here, there in both), len(both))


def named(held: Mapping[str, str], entity: str, but: frozenset[str]) -> list[str]:
    """Choose the columns that hold ``entity``, without those that say in their names who acted."""
    return [c for c, e in held.items() if e == entity and not but & set(wording.words(c))]


def _words(cells: Sequence[Any]) -> frozenset[str]:
    """Fold the words of some cells; initials say too little."""
    found = (w.strip(".,;") for cell in cells if isinstance(cell, str) for w in cell.split())
    return frozenset(wording.fold(w) for w in found if len(w) > 1)
