"""The sheet Changes: what is different from the previous scan."""

from typing import Any

from reports import _sheets, _words
from reports._sheets import Cell, Column
from scanner.model import Audit, Change

TITLE = "Changes"

LAYOUT = (
    Column("Table", 30, "strong"),
    Column("Column", 26, "strong"),
    Column("What changed", 18),
    Column("Before", 40, "wrap"),
    Column("After", 40, "wrap"),
    Column("Asks for a decision", 14),
)

FIRST = "no earlier scan was compared: write the workbook with --previous"

SAME = "nothing has changed since the previous scan"


def add(book: Any, audit: Audit) -> None:
    """Add the sheet, what asks for a decision first."""
    if audit.changes:
        rows = [_row(c) for c in sorted(audit.changes, key=lambda c: not c.asks)]
    else:
        rows = [[None, None, "nothing", SAME if audit.changes is not None else FIRST, None, None]]
    sheet = _sheets.tabular(book, TITLE, LAYOUT, rows, count=len(rows), frozen=2)
    asks = {"font": {"bold": True}, **_sheets.HATCHED}
    sheet.conditional_formatting.add(f"F2:F{len(rows) + 1}", _sheets.rule('$F2="yes"', **asks))


def _row(change: Change) -> list[Cell]:
    return [
        _words.visible(change.table),
        _words.visible(change.column) or None,
        _words.shown(change.what),
        _words.shown(change.before) or None,
        _words.shown(change.after) or None,
        "yes" if change.asks else "no",
    ]
