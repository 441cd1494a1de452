"""The sheet Columns: one row a column of the database, and where people decide."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports import _entries, _sheets, _words
from reports._entries import DATE, DECISION, NOTE, REVIEWER
from reports._sheets import Cell, Column, Formula
from reports._words import visible
from scanner import audit as decisions
from scanner.model import Audit, Finding, TableRef

TITLE = "Columns"

SCHEMA, TABLE, COLUMN, VERDICT = "Schema", "Table", "Column", "Verdict"
SUGGESTED, FORCE = "Suggested decision", "In force"

NEEDED = (SCHEMA, TABLE, COLUMN, DECISION, REVIEWER, DATE, NOTE)
"""The headers that are read back; all others may go."""

OPEN = "open"
"""What stands under ``FORCE`` where nobody has decided yet."""

LAYOUT = (
    Column(TABLE, 24, "strong"),
    Column(COLUMN, 24, "strong"),
    Column(VERDICT, 11),
    Column("Entity", 18),
    Column("Confidence", 12),
    Column(SUGGESTED, 12),
    Column(DECISION, 13, "entry"),
    Column(FORCE, 14),
    Column(REVIEWER, 15, "entry"),
    Column(DATE, 12, "entry date"),
    Column(NOTE, 30, "entry wrap"),
    Column("Share of values", 36, "wrap"),
    Column("Why", 66, "wrap"),
    Column("Why suggested", 44),
    Column("Examples (masked)", 40),
    Column("Evidence", 60),
    Column("Score", 8, "part"),
    Column("Type", 16),
    Column("State", 24),
    Column("Declared by", 14),
    Column("Copy of", 24),
    Column(SCHEMA, 12),
)

PRINTED = "Why"
"""The last column that is printed: the rest is for the screen."""


def order(audit: Audit) -> list[Finding]:
    """Order the findings as the sheet does: by urgency, then by table."""
    return _words.urgent_first(sorted(audit.scan.columns, key=lambda f: f.column.of))


def add(
    book: Any,
    audit: Audit,
    found: Sequence[Finding],
    suggested: Sequence[decisions.Suggestion],
    places: Mapping[TableRef, str],
) -> None:
    """Add the sheet: ``found`` with what is ``suggested``, row by row.

    ``places`` says in which cells the decisions for whole tables stand.
    """
    rows = _rows(audit, found, suggested, places)
    hidden = () if any(f.column.schema for f in found) else (SCHEMA,)
    sheet = _sheets.tabular(
        book, TITLE, LAYOUT, rows, count=len(found), frozen=2, paper=_sheets.A3, hidden=hidden
    )
    asking = sum(decisions.needs_decision(f.personal) for f in found)
    sheet.print_area = f"A1:{letter(PRINTED)}{(asking or len(found)) + 1}"
    if found:
        last = len(found) + 1
        _entries.validate(sheet, {c.head: letter(c.head) for c in LAYOUT}, last)
        _formats(sheet, last)


def letter(head: str) -> str:
    """Name the column that the header stands in."""
    from openpyxl.utils import get_column_letter

    return get_column_letter([c.head for c in LAYOUT].index(head) + 1)


def _rows(
    audit: Audit,
    found: Sequence[Finding],
    suggested: Sequence[decisions.Suggestion],
    places: Mapping[TableRef, str],
) -> Iterator[list[Cell]]:
    at = {head: letter(head) for head in (DECISION, VERDICT, SUGGESTED)}
    for row, (finding, proposal) in enumerate(zip(found, suggested, strict=True), start=2):
        made = _entries.made(audit.decisions.get(finding.column))
        force = _force(at, row, places.get(finding.column.of))
        yield [*_found(finding), proposal.choice, made[0], force, *made[1:],
               *_why(finding, proposal)]  # fmt: skip


def _found(finding: Finding) -> list[Cell]:
    return [
        visible(finding.column.table),
        visible(finding.column.name),
        _words.VERDICTS[finding.personal],
        _words.shown(finding.entity),
        _words.confidence(finding) or None,
    ]


def _force(at: Mapping[str, str], row: int, place: str | None) -> Formula:
    """Say what counts now: the column's decision, else the table's, else that it is open."""
    own, verdict, suggested = (f"{at[h]}{row}" for h in (DECISION, VERDICT, SUGGESTED))
    rest = f'"{OPEN}"'
    if place:
        table = f"LOWER(TRIM({place}))"
        choice = f'IF({table}="{decisions.SUGGESTED}",{suggested},{table})'
        rest = f'IF(TRIM({place})<>"",{choice}&" (table)",{rest})'
    rest = f'IF({verdict}="none","keep",{rest})'
    return Formula(f'IF(TRIM({own})<>"",LOWER(TRIM({own})),{rest})')


def _why(finding: Finding, suggested: decisions.Suggestion) -> list[Cell]:
    texts = (
        _words.share(finding),
        finding.why,
        suggested.why,
        ", ".join(finding.examples),
        _words.evidence(finding),
    )
    rest = (finding.type, _words.state(finding), finding.declared_by, finding.copy_of)
    return [
        *(_words.shown(t) or None for t in texts),
        round(finding.score, 4),
        *(_words.shown(t) or None for t in rest),
        visible(finding.column.schema) or None,
    ]


def _formats(sheet: Any, last: int) -> None:
    """Mark verdicts and open decisions by weight and pattern, so that grey paper shows them."""
    verdict, decision, force, suggested, reviewer = (
        f"${letter(head)}2" for head in (VERDICT, DECISION, FORCE, SUGGESTED, REVIEWER)
    )
    area = f"{letter(VERDICT)}2:{letter(VERDICT)}{last}"
    for word, look in _sheets.MARKS.items():
        sheet.conditional_formatting.add(area, _sheets.rule(f'{verdict}="{word}"', **look))
    empty = f"LEN(TRIM({decision}))=0"
    waiting = f'AND({empty},{verdict}<>"none",ISERROR(SEARCH("(table)",{force})))'
    differs = f"AND(NOT({empty}),LOWER(TRIM({decision}))<>{suggested})"
    unsigned = f"AND(NOT({empty}),LEN(TRIM({reviewer}))=0)"
    for head, formula, look in (
        (DECISION, waiting, _sheets.HATCHED),
        (DECISION, differs, {"font": {"bold": True, "underline": "single"}}),
        (FORCE, f'{force}="{OPEN}"', {"font": {"bold": True, "italic": True}}),
        (REVIEWER, unsigned, _sheets.HATCHED),
    ):
        area = f"{letter(head)}2:{letter(head)}{last}"
        sheet.conditional_formatting.add(area, _sheets.rule(formula, **look))
