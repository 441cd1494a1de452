"""What people answered of a value goes for the copies that triggers make of it. Reads nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Self

from scanner.planner import Draft
from scanner.plans import Review
from scanner.subjects.reasons import COMPUTED, KEYED
from scanner.subjects.searcher import text
from scanner.texts.folding import folded

NEVER = (COMPUTED, KEYED)
"""Reasons to ask that no answer about another place settles: keys, and what only the database writes."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What people were asked before anything was written, and what they said.

    ``erased`` maps values to a review that was answered with erase, ``texts`` whole cells;
    ``open_values`` and ``open_texts`` are those of places that stay.
    """

    asked: frozenset[str]
    erased: dict[str, Review] = field(repr=False)
    texts: dict[str, Review] = field(repr=False)
    open_values: frozenset[str] = field(repr=False)
    open_texts: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, draft: Draft) -> Self:
        """Take what was asked from the draft that people answered."""
        reviews = draft.plan.reviews
        erased = [r for r in reviews if r.answer == "erase"]
        stays = [r for r in reviews if r.answer != "erase"]
        return cls(
            frozenset(r.id for r in reviews),
            {v: r for r in erased for v in _values(draft, r)},
            {_cell(draft, r): r for r in erased},
            frozenset(v for r in stays for v in _values(draft, r)),
            frozenset(_cell(draft, r) for r in stays),
        )

    def heirs(self, draft: Draft) -> Iterator[Review]:
        """Yield the reviews of copies that inherit an answer, with it.

        A copy is a place that nobody was asked about. It inherits where all that were asked about
        the same value said erase, or where its cell says what a cell said that is to be erased:
        where people kept one place and erased another one, nobody knows which was copied.
        """
        if not self.erased:
            return
        for review in draft.plan.reviews:
            if review.id in self.asked or review.answer or review.why in NEVER:
                continue
            if (source := self._source(draft, review)) is not None:
                yield replace(review, answer="erase", by=source.by, when=source.when)

    def _source(self, draft: Draft, review: Review) -> Review | None:
        values = [*_values(draft, review)]
        if all(v in self.erased and v not in self.open_values for v in values):
            return self.erased[values[0]]
        cell = _cell(draft, review)
        return None if cell in self.open_texts else self.texts.get(cell)


def _values(draft: Draft, review: Review) -> Iterator[str]:
    """Yield what a review is about as it reads without case, accents and signs."""
    said = _said(draft, review)
    for span in review.mention.spans:
        yield "".join(c for c in folded(said[span.start : span.end]) if c.isalnum())


def _cell(draft: Draft, review: Review) -> str:
    return _said(draft, review).strip()


def _said(draft: Draft, review: Review) -> str:
    one = review.mention
    return text(draft.mentions.values[one.table, one.key, one.column][one.column])
