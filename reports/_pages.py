"""Which sheets a workbook has, in which order, and what they have to know of each other."""

from collections.abc import Sequence
from typing import Any

from reports import (
    _changes,
    _columns,
    _guide,
    _notscanned,
    _people,
    _policies,
    _sheets,
    _summary,
    _tables,
    _words,
)
from scanner import audit as decisions
from scanner.model import Audit, Finding


def add(
    book: Any, audit: Audit, found: Sequence[Finding], suggested: Sequence[decisions.Suggestion]
) -> None:
    """Add every sheet that people see; ``suggested`` belongs to ``found``, row by row."""
    rated = _tables.order(audit)
    _sheets.styles(book)
    _summary.add(book, audit, _firsts(found))
    _guide.add(book)
    _columns.add(book, audit, found, suggested, _tables.places(rated))
    _tables.add(book, audit, rated, found)
    _people.add(book, audit)
    _changes.add(book, audit)
    _notscanned.add(book, audit)
    _policies.add(book, audit)


def _firsts(found: Sequence[Finding]) -> dict[str, int]:
    """Say in which row of the sheet Columns each verdict begins."""
    rows: dict[str, int] = {}
    for row, finding in enumerate(found, start=2):
        rows.setdefault(_words.VERDICTS[finding.personal], row)
    return rows
