"""The sheet Policies: what each decision means and where it is suggested."""

from collections import Counter
from typing import Any

from reports import _sheets
from reports._sheets import Cell, Column
from scanner import audit as decisions
from scanner import strategies
from scanner.model import KEEP, Audit

TITLE = "Policies"

LAYOUT = (
    Column("Decision", 14, "strong"),
    Column("What happens to the values", 70, "wrap"),
    Column("Suggested for, unless the pack says otherwise", 60, "wrap"),
    Column("Chosen for columns", 12, "count"),
)

WHOLE = "Only on the sheet Tables: each open column of the table gets what is suggested for it."


def add(book: Any, audit: Audit) -> None:
    """Add the sheet."""
    chosen = Counter(d.choice for d in audit.decisions.values())
    kinds = decisions.defaults()
    rows: list[list[Cell]] = [
        [name, meaning, ", ".join(kinds.get(name, ())) or None, chosen[name]]
        for name, meaning in ((KEEP, "Leave the values as they are."), *strategies.describe())
    ]
    rows.append([decisions.SUGGESTED, WHOLE, None, None])
    _sheets.tabular(book, TITLE, LAYOUT, rows, count=len(rows))
