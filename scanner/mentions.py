"""Where the subject is named outside the cells that are rewritten, and how sure that is.

Strong identifiers are certain anywhere, unless somebody else has them too. A full name is
corroborated by something strong beside it or by a relation to the subject, else only possible.
Parts of a name count beside something else of the subject.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.folding import folded
from scanner.graph import Row, Territory
from scanner.identity import Identity
from scanner.matcher import Match
from scanner.model import Certainty, ColumnRef, TableRef, digest
from scanner.plans import Answer, Basis, Mention, Review
from scanner.rulebook import Pack
from scanner.searcher import RowHits

Place = tuple[TableRef, tuple[object, ...], str]
"""A cell: table, key, column."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """What was found: to scrub, to review, and what stays by decision."""

    sure: tuple[Mention, ...]
    reviews: tuple[Review, ...]
    kept: Mapping[str, int]
    kept_places: frozenset[Place]
    undecided: frozenset[ColumnRef]
    values: Mapping[Place, Mapping[str, object]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Judge:
    """Says of each match whether it means the subject."""

    pack: Pack
    basis: Basis
    territory: Territory
    identity: Identity
    rewritten: Callable[[TableRef], Mapping[str, str]]
    answers: Mapping[str, Answer]

    def sort(self, hits: Iterable[RowHits]) -> Mentions:
        """Sort all that a search found."""
        rows = list(hits)
        shared = self._shared(rows)
        sure: list[Mention] = []
        reviews: list[Review] = []
        kept: Counter[str] = Counter()
        places: set[Place] = set()
        undecided: set[ColumnRef] = set()
        values: dict[Place, Mapping[str, object]] = {}
        for hit in rows:
            for mention, why in self._row(hit, shared):
                column = ColumnRef(hit.table.schema, hit.table.name, mention.column)
                place = (hit.table, hit.key, mention.column)
                if self.basis.treatment(column).firm and column not in self.basis.undecided:
                    kept[str(column)] += 1
                    places.add(place)
                    continue
                if column in self.basis.undecided:
                    undecided.add(column)
                values[place] = hit.values
                if mention.certainty != "possible":
                    sure.append(mention)
                    continue
                review = self._review(mention, why)
                reviews.append(review)
                if review.answer == "erase":
                    sure.append(mention)
        return Mentions(
            merged(sure),
            tuple(sorted(reviews, key=lambda r: _order(r.mention))),
            dict(sorted(kept.items())),
            frozenset(places),
            frozenset(undecided),
            values,
        )

    def _shared(self, rows: Sequence[RowHits]) -> frozenset[str]:
        """Find the identifiers that are also the whole value of somebody else's own cell."""
        shared = set()
        for hit in rows:
            own = self.territory.row(hit.table, hit.key)
            if hit.table.name.lower() in self.pack.holders and own is None:
                for matches in hit.found.values():
                    shared |= {self._value(m) for m in matches if m.whole}
        return frozenset(shared)

    def _value(self, match: Match) -> str:
        return folded(self.identity.identifiers[match.index].value)

    def _row(self, hit: RowHits, shared: frozenset[str]) -> Iterator[tuple[Mention, str]]:
        row = self.territory.row(hit.table, hit.key)
        certain = any(
            m.strength == "strong" and self._value(m) not in shared
            for matches in hit.found.values()
            for m in matches
        )
        paired = row is not None and self._paired(hit)
        for column, matches in hit.found.items():
            if self._covered(hit.table, row, column):
                continue
            graded: dict[tuple[Certainty, str], list[Match]] = {}
            for match in (m for m in matches if m.strength != "weak"):
                grade = self._grade(match, row, shared, certain=certain)
                graded.setdefault(grade, []).append(match)
            if paired or any(certainty != "possible" for certainty, _ in graded):
                parts = [m for m in matches if m.strength == "weak"]
                graded.setdefault(("corroborated", ""), []).extend(parts)
            for (certainty, why), found in sorted(graded.items()):
                spans = tuple(m.span for m in found)
                if spans:
                    yield Mention(hit.table, hit.key, column, spans, certainty), why

    def _paired(self, hit: RowHits) -> bool:
        """Whether given and family name stand in cells of their own, as in a ship-to address."""
        whole = {
            self._value(m)
            for ms in hit.found.values()
            for m in ms
            if m.whole and m.span.entity == "PERSON"
        }
        pairs = [i.value for i in self.identity.identifiers if "\n" in i.value]
        return any({folded(part) for part in pair.split("\n")} <= whole for pair in pairs)

    def _covered(self, table: TableRef, row: Row | None, column: str) -> bool:
        """Whether the cell is rewritten anyway."""
        if row is None or row.rows != "own" or column not in self.rewritten(table):
            return False
        return row.only is None or column in row.only or self.pack.base(column) in row.only

    def _grade(
        self, match: Match, row: Row | None, shared: frozenset[str], *, certain: bool
    ) -> tuple[Certainty, str]:
        """Grade something strong or a full name; ``certain``: its row holds something strong."""
        if row is not None and row.rows == "own" and row.only is None:
            return "certain", ""
        if match.strength == "strong":
            if self._value(match) in shared and row is None:
                return "possible", "somebody else has the same address, number or id"
            return "certain", ""
        if certain or row is not None:
            return "corroborated", ""
        return "possible", "a full name with nothing beside it: it may be a namesake"

    def _review(self, mention: Mention, why: str) -> Review:
        place = f"{mention.table}|{mention.key}|{mention.column}"
        name = digest(place)[:10]
        return Review(name, mention, why, self.answers.get(name, ""))


def _order(mention: Mention) -> tuple[str, str, str]:
    return (str(mention.table), str(mention.key), mention.column)


def merged(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """Make one mention of those in the same cell; the least sure one names them all."""
    cells: dict[tuple[str, str, str], list[Mention]] = {}
    for mention in mentions:
        cells.setdefault(_order(mention), []).append(mention)
    merged = []
    for _, same in sorted(cells.items()):
        spans = tuple(sorted(s for m in same for s in m.spans))
        certainty = max(same, key=lambda m: _SURE.index(m.certainty)).certainty
        one = same[0]
        merged.append(Mention(one.table, one.key, one.column, spans, certainty))
    return tuple(merged)


_SURE = ("certain", "corroborated", "possible")
