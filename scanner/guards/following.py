"""What is to stay and cannot, as the database itself rewrites it with what it refers to. Reads nothing."""

from collections.abc import Collection, Mapping

from scanner.errors import Refused
from scanner.model import ColumnRef, Key, TableRef
from scanner.planner import Draft
from scanner.plans import Basis

Cell = tuple[TableRef, Key, str]
"""A cell: its table, its row and its column."""


def kept(draft: Draft) -> None:
    """Refuse where a cell follows by ON UPDATE CASCADE that people decided to keep.

    By a decision on its column, or by a review: without an answer a place is kept as well.

    Raises:
        Refused: with the columns, or the reviews.
    """
    _undecided(draft.plan.basis, draft.follows)
    stays = []
    for review in draft.plan.reviews:
        said = review.mention
        column = ColumnRef(said.table.schema, said.table.name, said.column)
        if review.answer != "erase" and said.key in draft.follows.get(column, ()):
            stays.append(f"{review.id} ({column})")
    if stays:
        raise Refused(
            f"a place that nobody said to erase is rewritten with what it refers to (ON UPDATE "
            f"CASCADE): answer erase to review {', '.join(stays)}, or decide keep on what it refers to"
        )


def spared(
    basis: Basis, follows: Collection[tuple[ColumnRef, Key]], stays: Collection[Cell]
) -> None:
    """Refuse the same of a purge of many, in which nobody answers reviews: these places stay.

    Raises:
        Refused: with the columns.
    """
    _undecided(basis, dict.fromkeys(c for c, _ in follows))
    if wrong := sorted({str(c) for c, key in follows if (c.of, key, c.name) in stays}):
        raise Refused(
            f"a place in {', '.join(wrong)} may mean somebody else and stays, but the database "
            "rewrites it with what it refers to (ON UPDATE CASCADE): erase them one by one, with "
            "answers, or decide keep on what it refers to"
        )


def _undecided(basis: Basis, follows: Mapping[ColumnRef, object]) -> None:
    """Refuse where people decided to keep a column of which cells follow.

    Raises:
        Refused: with the columns.
    """
    if firm := [str(c) for c in follows if basis.treatment(c).firm]:
        raise Refused(
            f"{', '.join(firm)} is to be kept, but the database rewrites it with what it refers to "
            "(ON UPDATE CASCADE): decide keep on what it refers to, or something else here"
        )
