"""What the sheet How to read this says, in plain words for a privacy officer."""

from typing import Any

from reports import _notscanned, _sheets, _words
from reports._sheets import height, put

TITLE = "How to read this"

WIDTH = 110
"""Characters of an answer's line."""

ANSWERS = (
    ("What this workbook is", "A list of every column of the database, with what it tells about "
     "people, how sure that is, and what shall happen to it when one person asks to be erased. "
     "It holds no personal data: examples are masked, everything else is counts."),
    ("The sheets", "Summary: what was found and what to do next. Columns: every column, and where "
     "decisions are made. Tables: the same by table, and decisions for whole tables. People: which "
     "relations lead from a person to which tables. Changes: what is different from the previous "
     f"scan. {_notscanned.TITLE}: what nothing can be said about, and why. Policies: what each "
     "decision does."),
    ("What you do", "Go down the sheet Columns and choose a decision for every hatched cell. Then "
     "write your name under Reviewer, the day under Date and, where you differ from the "
     "suggestion, the reason under Note. All other cells are locked, without a password. The "
     "column In force says what counts: filter it for 'open' to see what is left. A reviewer, a "
     "date or a note without a decision counts for nothing and is not taken over to the next "
     "workbook."),
    ("Whole tables", "On the sheet Tables, one decision goes for all open columns of a table: a "
     "strategy, keep, or 'suggested', which takes for each column what is suggested there. A "
     "decision on the sheet Columns counts more than the table's; columns that are not personal "
     "(none) stay kept. What came from a table says so in its note afterwards."),
    ("Who is erased", "Nobody, by this workbook. A decision says what happens to this column in "
     "the rows of a person who is erased later, on request, by a separate command that first "
     "shows what it would do. Rows of other people keep their values, apart from words that name "
     "the erased person."),
    ("What comes after", "efface audit THIS.xlsx --check says what is still open. efface plan then "
     "makes plan.json for one person: what would be rewritten, and under 'reviews' the places "
     "where a name may mean somebody else. Those are answered in a workbook of their own (efface "
     "plan --reviews), not here. efface erase carries the plan out and proves it."),
    ("Open decisions", "A column without a decision stays open, and nothing that is open can be "
     "planned. The same holds for a row that was deleted here: its column is open again. Columns "
     "that are not personal (none) need no decision and are kept."),
    *((f"Verdict: {word}", f"The column {_words.MEANINGS[word]}.")
      for word in ("direct", "quasi")),
    ("Verdict: free text", f"The column {_words.MEANINGS['free text']}."),
    ("Verdict: unknown", f"It {_words.MEANINGS['unknown']}."),
    ("Verdict: none", f"The column is {_words.MEANINGS['none']}."),
    ("Confidence", "How much speaks for the verdict: sure, likely or weak. The column Score has "
     "the number behind the word, the column Evidence each reason with its weight; a minus "
     "speaks against."),
    ("Share of values", "'87 % (84-90 %) of 1,000 values': of 1,000 values that were read, 87 in "
     "100 look personal; of all values it is, with 95 % certainty, between 84 and 90 in 100. "
     "'none of 1,000 values (at most 0.3 %)': nothing was seen, but up to 3 in 1,000 could be "
     "there without showing in such a sample."),
    ("Examples (masked)", "The shape of values: A*** L** may have been any name with these "
     "initials and lengths. Real values never stand in this workbook."),
    ("Copy of", "The table looks like a backup, history or staging copy of another one. What is "
     "erased there has to be erased here, too."),
    ("A person's rows", "The sheet People lists the tables that belong to a person: own rows are "
     "rewritten as decided, in shared rows only words that name the person are. All other tables "
     "are searched for such words, too. Relations come from the pack, from the product's "
     "dictionary, from names of columns and from tables that look like copies."),
    ("What was not looked at", f"Stands on the sheet {_notscanned.TITLE} with the reason. Views "
     "are left out because they only show tables that are listed."),
    ("Dates, filters, copies", "You may filter, hide, move and add columns and save with "
     "LibreOffice or Excel in any language. Do not merge cells and do not write formulas "
     "under Decision, Reviewer, Date or Note, and do not work in a copy of a sheet: the "
     "workbook would be refused, with the cell and what to do."),
)  # fmt: skip
"""The sheet How to read this: question and answer."""


def add(book: Any) -> None:
    """Add the sheet."""
    sheet = _sheets.page(book, TITLE, (26, WIDTH))
    sheet.row_dimensions[1].height = 30
    put(sheet, "How to read this workbook", style="title")
    put(sheet, "")
    for row, (question, answer) in enumerate(ANSWERS, start=3):
        height(sheet, row, answer, WIDTH)
        put(sheet, question, answer, style=("strong", "wrap"))
