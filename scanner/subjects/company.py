"""Some subjects looked for together: whom rows may name, and whom they do. Reads nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import Column

from scanner.identity import Identity
from scanner.matcher import Matcher
from scanner.subjects.crowd import Crowd
from scanner.subjects.searcher import fills, text


@dataclass(frozen=True, slots=True)
class Company:
    """Subjects by key; each is one of the crowd, by number."""

    numbers: Mapping[Any, int]
    crowd: Crowd = field(repr=False)

    @classmethod
    def of(cls, identities: Mapping[Any, Identity]) -> Self:
        """Make one of all that are called something."""
        called = {k: identity for k, identity in identities.items() if identity}
        return cls({k: n for n, k in enumerate(called)}, Crowd(called.values()))

    def matcher(self, key: Any) -> Matcher:
        """Give what finds a subject in texts: nothing where it is called nothing."""
        number = self.numbers.get(key)
        return Matcher(Identity.of(())) if number is None else self.crowd.matchers[number]

    def told(
        self,
        columns: Sequence[Column[Any]],
        rows: Sequence[Sequence[Any]],
        *,
        sure: bool,
        texts: Sequence[str] | None = None,
        whom: Sequence[Collection[Any]] | None = None,
    ) -> dict[int, set[Any]]:
        """Say which rows tell of whom, by more than weak signs in a cell.

        Args:
            columns: what the rows begin with, and what is looked at.
            rows: the rows.
            sure: whether each cell is read; else those count as well that may tell of somebody.
            texts: the cells of each row, joined, where they are at hand: most rows tell nothing.
            whom: the subjects that matter in each row; all without it.

        Returns:
            Places of rows to the keys of subjects.
        """
        keys, width = list(self.numbers), len(columns)
        places = range(len(rows)) if texts is None else self.crowd.touched(texts)
        cells = [(at, n, text(v)) for at in places for n, v in enumerate(rows[at][:width]) if v]
        found: dict[int, set[Any]] = {}
        for place, touched in self.crowd.touched([words for _, _, words in cells]).items():
            at, n, words = cells[place]
            whose: Collection[int] = touched
            if whom is not None:
                whose = [one for one in touched if keys[one] in whom[at]]
            if sure and whose:
                whose = self.crowd.sort(words, whose, cut=fills(columns[n], words))
            if whose:
                found.setdefault(at, set()).update(keys[one] for one in whose)
        return found
