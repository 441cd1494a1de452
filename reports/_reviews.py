"""The workbook in which people answer the reviews of a plan: masked, and many at once."""

import io
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reports import _entries, _file, _machine, _sheets, _words
from reports._entries import DATE, NOTE, REVIEWER
from reports._sheets import Cell, Column, height, put
from scanner.plans import Plan, Review
from scanner.texts.wording import count
from scanner.witness import Testimony

TITLE, GROUPS, GUIDE = "Reviews", "Groups", "How to answer"
ID, TABLE, KEY, COLUMN, WHY = "Review", "Table", "Key", "Column", "Why"
ANSWER, ALIKE = "Answer", "Answer for all"

FORMAT = "efface reviews 1"
"""Marks the machine sheet, which carries the plan."""

ANSWERS = ("erase", "keep")
"""What can be answered."""

ENTRIES = (
    Column(REVIEWER, 16, "entry"),
    Column(DATE, 12, "entry date"),
    Column(NOTE, 30, "entry wrap"),
)

LAYOUT = (
    Column(ID, 13),
    Column(TABLE, 24, "strong"),
    Column(KEY, 14),
    Column(COLUMN, 18),
    Column("Text around it (masked)", 52, "wrap"),
    Column("Whose row it is", 32, "wrap"),
    Column("Other fields of the row (masked)", 46, "wrap"),
    Column(WHY, 34, "wrap"),
    Column(ANSWER, 11, "entry"),
    *ENTRIES,
)

GROUPED = (
    Column(TABLE, 24, "strong"),
    Column(COLUMN, 18),
    Column(WHY, 60, "wrap"),
    Column("Reviews", 10, "count"),
    Column(ALIKE, 14, "entry"),
    *ENTRIES,
)

NEEDED = (ID, TABLE, KEY, COLUMN, ANSWER, REVIEWER, DATE, NOTE)
NEEDED_OF_GROUPS = (TABLE, COLUMN, WHY, ALIKE, REVIEWER, DATE, NOTE)
"""The headers that are read back."""

WIDTH = 110

TEXTS = (
    ("What this is", "Places in other people's texts that may mean the person who is erased, or "
     "somebody of the same name. Nothing happens to them unless somebody answers."),
    ("erase", "The place means the person: the words in angle quotes become a placeholder, the "
     "rest of the text stays."),
    ("keep", "The place means somebody else, or has to stay. It stays listed in the receipt."),
    ("No answer", "Is kept, too, and the receipt says that nobody answered. After the erasure "
     "these places cannot be found again."),
    ("What is shown", "Names, addresses and numbers are masked: A** L** has the first letters and "
     "the lengths of the words, other words than a few neutral ones as well. 'Whose row it is' "
     "follows the relations of the row: a note on somebody else's case, a namesake's own row. '(as "
     "the subject's)' means that a field of the row says the same as the person's."),
    ("Many at once", "On the sheet Groups one answer goes for all reviews of a table, column and "
     "reason that have no answer of their own on the sheet Reviews. A row that was deleted there "
     "is not answered."),
    ("Afterwards", "efface erase plan.json --answers THIS.xlsx rehearses with these answers; "
     "reviewer and date go into the receipt, notes do not."),
)  # fmt: skip


def write(plan: Plan, seen: Sequence[Testimony], path: Path) -> None:
    """Write the workbook, the answers of the plan in it.

    Raises:
        Misconfigured: the file cannot be written.
    """
    from openpyxl import Workbook

    with _file.failing(path):
        book = Workbook(write_only=True)
        book.properties.creator = f"Efface {plan.efface}"
        book.properties.title = "Reviews of an erasure"
        _sheets.styles(book)
        _guide(book, plan)
        rows = [_row(r, t) for r, t in zip(plan.reviews, seen, strict=True)]
        prompt = "erase: it means the person. keep: it means somebody else, or has to stay."
        _sheet(book, TITLE, LAYOUT, rows, ANSWER, prompt)
        counts = Counter(map(group, plan.reviews))
        groups: list[list[Cell]] = [
            [*key, count, *[None] * 4] for key, count in sorted(counts.items())
        ]
        prompt = "Goes for all reviews of this kind without an answer of their own."
        _sheet(book, GROUPS, GROUPED, groups, ALIKE, prompt)
        hidden = book.create_sheet(_machine.TITLE)
        hidden.sheet_state = "veryHidden"
        for text in _machine.wrapped(json.loads(plan.to_json()), FORMAT):
            hidden.append([_sheets.cell(hidden, text, "plain")])
        _sheets.lock(hidden)
        content = io.BytesIO()
        book.save(content)
    _file.save(path, content.getvalue())


def name(review: Review) -> tuple[str, str, str]:
    """Say as the sheet does where a review stands: table, key, column."""
    one = review.mention
    key = ", ".join(map(str, one.key))
    return _words.visible(str(one.table)), _words.visible(key), _words.visible(one.column)


def group(review: Review) -> tuple[str, str, str]:
    """Say as the sheet does which reviews are alike: table, column, reason."""
    table, _, column = name(review)
    return table, column, review.why


def _row(review: Review, seen: Testimony) -> list[Cell]:
    table, key, column = name(review)
    shown = (_words.shown(t) or None for t in (seen.around, seen.owner, seen.fields))
    signed = (review.answer, review.by, _entries.day(review.when), None)
    return [review.id, table, key, column, *shown, review.why, *signed]


def _sheet(
    book: Any,
    title: str,
    layout: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    answer: str,
    prompt: str,
) -> None:
    """Add a sheet with cells to answer in; those that wait are hatched."""
    from openpyxl.utils import get_column_letter

    sheet = _sheets.tabular(book, title, layout, rows, count=len(rows), frozen=2, paper=_sheets.A3)
    if not rows:
        return
    letters = {c.head: get_column_letter(n) for n, c in enumerate(layout, start=1)}
    last = len(rows) + 1
    _entries.allow(sheet, letters, last, answer, ANSWERS, prompt)
    at = letters[answer]
    waiting = _sheets.rule(f"LEN(TRIM(${at}2))=0", **_sheets.HATCHED)
    sheet.conditional_formatting.add(f"{at}2:{at}{last}", waiting)


def _guide(book: Any, plan: Plan) -> None:
    sheet = _sheets.page(book, GUIDE, (26, WIDTH))
    sheet.row_dimensions[1].height = 30
    put(sheet, "How to answer the reviews", style="title")
    subject = f"subject {plan.subject[0]} {plan.subject[1]}, {count(len(plan.reviews), 'review')}"
    put(sheet, _words.shown(subject))
    for row, (question, answer) in enumerate(TEXTS, start=3):
        height(sheet, row, answer, WIDTH)
        put(sheet, question, answer, style=("strong", "wrap"))
