"""What the sheet How to read this says, in plain words for a privacy officer."""

from reports import _words

ANSWERS = (
    ("What this workbook is", "A list of every column of the database, with what it tells about "
     "people, how sure that is, and what shall happen to it when one person asks to be erased. "
     "It holds no personal data: examples are masked, everything else is counts."),
    ("What you do", "Go down the sheet Columns and choose a decision for every hatched cell. Then "
     "write your name under Reviewer, the day under Date and, where you differ from the "
     "suggestion, the reason under Note. All other cells are locked, without a password."),
    ("Who is erased", "Nobody, by this workbook. A decision says what happens to this column in "
     "the rows of a person who is erased later, on request, by a separate command that first "
     "shows what it would do. Rows of other people keep their values, apart from words that name "
     "the erased person."),
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
    ("What was not looked at", "Stands on the sheet Not scanned with the reason. Views are left "
     "out because they only show tables that are listed."),
    ("Dates, filters, copies", "You may filter, hide, move and add columns and save with "
     "LibreOffice or Excel in any language. Do not merge cells and do not write formulas "
     "under Decision, Reviewer, Date or Note: the workbook would be refused, with the cell."),
)  # fmt: skip
"""The sheet How to read this: question and answer."""
