"""The sheet Tables: one row a table, and decisions for whole tables."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports import _columns, _entries, _people, _sheets, _words
from reports._entries import DATE, DECISION, NOTE, REVIEWER
from reports._sheets import Cell, Column, Formula, Link
from scanner import audit as decisions
from scanner.model import Audit, Finding, Personal, Scan, TableFacts, TableRef

TITLE = "Tables"

TABLE, RISK, OPEN = "Table", "Risk", "Open now"

NEEDED = (TABLE, DECISION, REVIEWER, DATE, NOTE)
"""The headers that are read back; all others may go."""

LAYOUT = (
    Column(TABLE, 32, "strong"),
    Column(RISK, 10, "strong"),
    Column("Columns", 9, "count"),
    *(Column(word.capitalize(), 10, "count") for word in _words.VERDICTS.values()),
    Column(OPEN, 8, "count"),
    Column(DECISION, 13, "entry"),
    Column(REVIEWER, 15, "entry"),
    Column(DATE, 12, "entry date"),
    Column(NOTE, 28, "entry wrap"),
    Column("Rows", 14, "right"),
    Column("A person's rows", 15),
    Column("Copy of", 24),
    Column("Kind", 9),
    Column("Remark", 46, "wrap"),
)

RANK = ("high", "medium", "unclear", "low", "left out")

LINKED = 12_000
"""How many tables lead to their columns: Excel takes 65,530 links on a sheet."""


def order(audit: Audit) -> list[tuple[TableFacts, Counter[Personal]]]:
    """Order the tables as the sheet does, the most exposed first, with their columns counted."""
    grouped = _words.by_table(audit.scan.columns)
    rated = [(t, Counter(f.personal for f in grouped.get(t.table, ()))) for t in audit.scan.tables]
    return sorted(rated, key=lambda r: RANK.index(_words.exposure(*r)))


def places(rated: Sequence[tuple[TableFacts, Counter[Personal]]]) -> dict[TableRef, str]:
    """Say in which cell the decision about each table stands."""
    at = letter(DECISION)
    return {f.table: f"{TITLE}!${at}${row}" for row, (f, _) in enumerate(rated, start=2)}


def letter(head: str) -> str:
    """Name the column that the header stands in."""
    from openpyxl.utils import get_column_letter

    return get_column_letter([c.head for c in LAYOUT].index(head) + 1)


def add(
    book: Any,
    audit: Audit,
    rated: Sequence[tuple[TableFacts, Counter[Personal]]],
    found: Sequence[Finding],
) -> None:
    """Add the sheet; ``found`` are the rows of the sheet Columns, to which counts lead."""
    rows = _rows(audit.scan, rated, _blocks(found))
    sheet = _sheets.tabular(book, TITLE, LAYOUT, rows, count=len(rated), paper=_sheets.A3)
    if rated:
        last = len(rated) + 1
        letters = {c.head: letter(c.head) for c in LAYOUT}
        _entries.validate(sheet, letters, last, also=(decisions.SUGGESTED,))
        _formats(sheet, last)


Blocks = Mapping[TableRef, Mapping[Personal, tuple[int, int]]]
"""Where a table's columns of one verdict stand on the sheet Columns: first row, number of rows."""


def _blocks(found: Sequence[Finding]) -> Blocks:
    """Find the blocks: that sheet is sorted by verdict and table."""
    blocks: dict[TableRef, dict[Personal, tuple[int, int]]] = {}
    for row, finding in enumerate(found, start=2):
        block = blocks.setdefault(finding.column.of, {})
        first, count = block.get(finding.personal, (row, 0))
        block[finding.personal] = (first, count + 1)
    return blocks


def _rows(
    scan: Scan, rated: Sequence[tuple[TableFacts, Counter[Personal]]], blocks: Blocks
) -> Iterator[list[Cell]]:
    whose = reached(scan)
    for row, (facts, counts) in enumerate(rated):
        block = blocks.get(facts.table, {})
        yield [
            _words.visible(str(facts.table)),
            _words.exposure(facts, counts),
            counts.total(),
            *(_count(counts[p], p, block if row < LINKED else {}) for p in _words.VERDICTS),
            _open(block),
            *_entries.made(None),
            _words.size(facts),
            _people.WORDS.get(whose.get(facts.table, "")),
            _words.shown(facts.copy_of) or None,
            facts.kind,
            _words.shown(facts.reason) or None,
        ]


def _count(count: int, personal: Personal, block: Mapping[Personal, tuple[int, int]]) -> Cell:
    """Let a count lead to the first such column, where somebody may want to look."""
    if personal not in block or not decisions.needs_decision(personal):
        return count
    return Link(count, f"{_columns.TITLE}!{_columns.letter(_columns.COLUMN)}{block[personal][0]}")


def _open(found: Mapping[Personal, tuple[int, int]]) -> Formula:
    """Count the open columns of a table, in whatever program shows the sheet."""
    at = f"{_columns.TITLE}!${_columns.letter(_columns.FORCE)}$"
    parts = [
        f'COUNTIF({at}{first}:{at.partition("!")[2]}{first + count - 1},"{_columns.OPEN}")'
        for personal, (first, count) in found.items()
        if decisions.needs_decision(personal)
    ]
    return Formula("+".join(parts) or "0")


def reached(scan: Scan) -> dict[TableRef, str]:
    """Say of each table whether it has rows of a subject's own, or only linked ones."""
    found: dict[TableRef, str] = {}
    for relation in scan.relations:
        if found.get(relation.table) != "own":
            found[relation.table] = relation.rows
        if relation.distance == 1:
            found.setdefault(relation.start, "own")
    return found


def _formats(sheet: Any, last: int) -> None:
    """Mark risks by weight and pattern, and open tables."""
    risk, count, decision, reviewer = (f"${letter(h)}2" for h in (RISK, OPEN, DECISION, REVIEWER))
    looks = {"high": "direct", "medium": "quasi", "unclear": "unknown", "low": "none"}
    rules = [(RISK, f'{risk}="{word}"', _sheets.MARKS[mark]) for word, mark in looks.items()]
    unsigned = f"AND(LEN(TRIM({decision}))>0,LEN(TRIM({reviewer}))=0)"
    rules += [
        (OPEN, f"{count}>0", {"font": {"bold": True}}),
        (REVIEWER, unsigned, _sheets.HATCHED),
    ]
    for head, formula, look in rules:
        area = f"{letter(head)}2:{letter(head)}{last}"
        sheet.conditional_formatting.add(area, _sheets.rule(formula, **look))
