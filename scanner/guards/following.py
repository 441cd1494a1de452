"""What is to stay and cannot, as the database itself rewrites it with what it refers to. Reads nothing."""

from scanner.errors import Refused
from scanner.model import ColumnRef
from scanner.planner import Draft


def kept(draft: Draft) -> None:
    """Refuse where a cell follows by ON UPDATE CASCADE that people decided to keep.

    By a decision on its column, or by a review: without an answer a place is kept as well.

    Raises:
        Refused: with the columns, or the reviews.
    """
    if firm := [str(c) for c in draft.follows if draft.plan.basis.treatment(c).firm]:
        raise Refused(
            f"{', '.join(firm)} is to be kept, but the database rewrites it with what it refers to "
            "(ON UPDATE CASCADE): decide keep on what it refers to, or something else here"
        )
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
