"""The sheet Columns: one row a column of the database, and where people decide."""

from collections.abc import Iterator
from typing import Any

from reports import _sheets, _words
from reports._sheets import Column
from reports._words import visible
from scanner import audit as decisions
from scanner import strategies
from scanner.model import KEEP, Audit, Finding
from scanner.rulebook import Pack

TITLE = "Columns"

SCHEMA, TABLE, COLUMN = "Schema", "Table", "Column"
DECISION, REVIEWER, DATE, NOTE = "Decision", "Reviewer", "Date", "Note"

NEEDED = (SCHEMA, TABLE, COLUMN, DECISION, REVIEWER, DATE, NOTE)
"""The headers that are read back; all others may go."""

LAYOUT = (
    Column(TABLE, 24, "strong"),
    Column(COLUMN, 24, "strong"),
    Column("Verdict", 11),
    Column("Entity", 18),
    Column("Confidence", 12),
    Column("Suggested decision", 12),
    Column(DECISION, 13, "entry"),
    Column(REVIEWER, 14, "entry"),
    Column(DATE, 12, "entry date"),
    Column(NOTE, 28, "entry wrap"),
    Column("Share of values", 34, "wrap"),
    Column("Why", 58, "wrap"),
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

LONGEST_LIST = 255
"""How long Excel lets the choices of a drop-down be."""


def add(book: Any, audit: Audit, pack: Pack | None) -> None:
    """Add the sheet, what needs a decision most urgently first."""
    count = len(audit.scan.columns)
    rows = _rows(audit, pack)
    hidden = () if any(f.column.schema for f in audit.scan.columns) else (SCHEMA,)
    sheet = _sheets.tabular(
        book, TITLE, LAYOUT, rows, count=count, frozen=2, paper=_sheets.A3, hidden=hidden
    )
    last = count + 1
    sheet.print_area = f"A1:{_letter(PRINTED)}{last}"
    if count:
        _choices(sheet, last)
        _formats(sheet, last)


def _letter(head: str) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter([c.head for c in LAYOUT].index(head) + 1)


def _rows(audit: Audit, pack: Pack | None) -> Iterator[list[str | float | None]]:
    for finding in _words.urgent_first(audit.scan.columns):
        suggested = decisions.suggestion(finding, pack)
        yield [*_found(finding), *_decided(audit, finding, suggested), *_why(finding, suggested)]


def _found(finding: Finding) -> list[str | float | None]:
    return [
        visible(finding.column.table),
        visible(finding.column.name),
        _words.VERDICTS[finding.personal],
        _words.shown(finding.entity),
        _words.confidence(finding) or None,
    ]


def _decided(
    audit: Audit, finding: Finding, suggested: decisions.Suggestion
) -> list[str | float | None]:
    made = audit.decisions.get(finding.column)
    written = (made.choice, made.by, made.when, made.note) if made else ("", "", "", "")
    return [suggested.choice, *(one or None for one in written)]


def _why(finding: Finding, suggested: decisions.Suggestion) -> list[str | float | None]:
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


def _choices(sheet: Any, last: int) -> None:
    """Offer what can be decided in the cells for it."""
    from openpyxl.worksheet.datavalidation import DataValidation

    offered = ",".join((KEEP, *strategies.names()))
    listed = f'"{offered}"' if len(offered) <= LONGEST_LIST else None
    check = DataValidation(
        type="list",
        formula1=listed or f"Policies!$A$2:$A${len(strategies.names()) + 2}",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="No such decision",
        error=f"Choose one of: {', '.join((KEEP, *strategies.names()))}"[:225],
        showInputMessage=True,
        promptTitle="Decision",
        prompt="keep, or what is done with the values: see the sheet Policies.",
    )
    check.add(f"{_letter(DECISION)}2:{_letter(DECISION)}{last}")
    sheet.data_validations.append(check)


def _formats(sheet: Any, last: int) -> None:
    """Mark verdicts and open decisions by weight and pattern, so that grey paper shows them."""
    verdict, decision = f"$C{2}", f"${_letter(DECISION)}2"
    white = {"bold": True, "color": "FFFFFFFF"}
    looks: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
        ("direct", white, {"fill_type": "solid", "bgColor": "FF9B1C1C"}),
        ("quasi", {"bold": True}, {"fill_type": "solid", "bgColor": "FFF5C26B"}),
        (
            "free text",
            {"bold": True, "italic": True},
            {"fill_type": "lightUp", "fgColor": "FF8FB3E0", "bgColor": "FFFFFFFF"},
        ),
        (
            "unknown",
            {"italic": True},
            {"fill_type": "gray125", "fgColor": "FF666666", "bgColor": "FFFFFFFF"},
        ),
        ("none", {"color": "FF7A7A7A"}, {}),
    )
    area = f"C2:C{last}"
    for word, font, fill in looks:
        sheet.conditional_formatting.add(
            area, _sheets.rule(f'{verdict}="{word}"', font=font, **fill)
        )
    area = f"{_letter(DECISION)}2:{_letter(DECISION)}{last}"
    waiting = f'AND(LEN(TRIM({decision}))=0,{verdict}<>"none")'
    differs = f"AND(LEN(TRIM({decision}))>0,LOWER(TRIM({decision}))<>$F2)"
    hatch: dict[str, Any] = {"fill_type": "lightDown", "fgColor": "FFC98A00", "bgColor": "FFFFF3C4"}
    sheet.conditional_formatting.add(area, _sheets.rule(waiting, **hatch))
    sheet.conditional_formatting.add(
        area, _sheets.rule(differs, font={"bold": True, "underline": "single"})
    )
