"""The way back: people's answers to the reviews of a plan, with every fault found."""

import json
from dataclasses import replace
from pathlib import Path

from reports import _machine, _reading, _reviews
from reports._entries import DATE, REVIEWER
from reports._reviews import ALIKE, ANSWER, ANSWERS, COLUMN, GROUPS, ID, KEY, TABLE, TITLE, WHY
from reports._worksheet import Sheet
from scanner.errors import Misconfigured
from scanner.plans import Plan, Review

Said = tuple[str, str, str]
"""An answer, who gave it and on which day."""


def read(path: Path) -> Plan:
    """Read the plan that a workbook carries, with the answers that people gave in it.

    An answer in a row counts more than its group's; a row that was deleted is not answered.

    Raises:
        Misconfigured: all that is wrong with it at once, each with sheet and cell.
    """
    book = _reading.opened(path)
    if _machine.TITLE not in book.sheetnames:
        raise Misconfigured(
            f"{path.name}: sheet {_machine.TITLE}: missing: this workbook was not written by "
            "efface plan --reviews, or the hidden sheet was deleted"
        )
    cells = [row[0] for row in book[_machine.TITLE].iter_rows(values_only=True)]
    try:
        _, raw = _machine.unwrapped(cells, (_reviews.FORMAT,))
    except Misconfigured as error:
        raise Misconfigured(f"{path.name}: {error}") from None
    plan = Plan.from_json(json.dumps(json.loads(raw)))
    faults: list[str] = []
    rows = _reading.sheet_of(book, TITLE, _reviews.NEEDED, faults)
    alike = _reading.sheet_of(book, GROUPS, _reviews.NEEDED_OF_GROUPS, faults)
    said = _rows(rows, plan) if rows else {}
    groups = _groups(alike, plan) if alike else {}
    faults += [f for s in (rows, alike) if s for f in s.faults]
    if faults:
        raise _reading.complaint(path, faults)
    return plan.answered(
        signed
        for review in plan.reviews
        if review.id in said
        if (signed := _signed(review, said[review.id], groups.get(_reviews.group(review))))
    )


def _signed(review: Review, own: Said | None, alike: Said | None) -> Review | None:
    """Take a row's own answer, else its group's where nobody has answered before."""
    said = own or alike
    if said is None:
        return None
    answer, by, when = said
    return replace(review, answer="erase" if answer == "erase" else "keep", by=by, when=when)


def _rows(sheet: Sheet, plan: Plan) -> dict[str, Said | None]:
    """Read the answers of single reviews; None where a row has none."""
    known = {r.id: r for r in plan.reviews}
    seen: dict[str, int] = {}
    said: dict[str, Said | None] = {}
    if not sheet.start():
        return said
    for row, cells in sheet.rows():
        review = known.get(cells[ID])
        if review is None:
            sheet.blame(row, ID, f"the plan has no review {cells[ID][:40]!r}: undo the change or "
                        "delete the row")  # fmt: skip
            continue
        if review.id in seen:
            sheet.blame(row, ID, f"the same review as in row {seen[review.id]}: delete one row")
            continue
        seen[review.id] = row
        if wrong := [
            head
            for head, is_ in zip((TABLE, KEY, COLUMN), _reviews.name(review), strict=True)
            if cells[head] != is_
        ]:
            sheet.blame(row, wrong[0], f"review {review.id} is of another place: the row was "
                        "changed, or the sheet was sorted in part: undo that")  # fmt: skip
        said[review.id] = _said(sheet, row, cells, ANSWER)
    return said


def _groups(sheet: Sheet, plan: Plan) -> dict[tuple[str, str, str], Said | None]:
    """Read the answers that go for all reviews of a kind."""
    known = {_reviews.group(r) for r in plan.reviews}
    said: dict[tuple[str, str, str], Said | None] = {}
    if not sheet.start():
        return said
    for row, cells in sheet.rows():
        kind = (cells[TABLE], cells[COLUMN], cells[WHY])
        answer = _said(sheet, row, cells, ALIKE)
        if kind not in known:
            sheet.blame(row, TABLE, "the plan has no reviews of this table, column and reason: "
                        "undo the change or delete the row")  # fmt: skip
        elif kind in said:
            sheet.blame(row, TABLE, "the same kind as in a row above: delete one row")
        else:
            said[kind] = answer
    return said


def _said(sheet: Sheet, row: int, cells: dict[str, str], head: str) -> Said | None:
    answer = sheet.choice(row, cells, head, ANSWERS)
    if not answer:
        return None
    return answer, cells[REVIEWER].strip(), sheet.day(row, cells[DATE].strip())
