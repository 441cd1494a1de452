"""The sheet about what the scan can say nothing about, with reasons and advice."""

from collections.abc import Iterator
from typing import Any

from reports import _sheets, _words
from reports._sheets import Cell, Column
from scanner.model import STORED_VIEW, TEXT_INDEX, Audit, Finding, Scan, TableFacts

TITLE = "Not scanned and unknown"

LAYOUT = (
    Column("Table", 30, "strong"),
    Column("Column", 26, "strong"),
    Column("What", 14),
    Column("Reason", 52, "wrap"),
    Column("What to do", 60, "wrap"),
)


def add(book: Any, audit: Audit) -> None:
    """Add the sheet: what was left out, then columns that were not read or could not be told."""
    rows: list[list[Cell]] = [*_left_out(audit.scan), *map(_dark, _words.not_told(audit))]
    if not rows:
        rows = [["", "", "nothing", "every column of every table was read", ""]]
    _sheets.tabular(book, TITLE, LAYOUT, rows, count=len(rows), frozen=2)


def _left_out(scan: Scan) -> Iterator[list[Cell]]:
    for facts in scan.tables:
        if facts.kind == "table" and not facts.reason:
            continue
        view = facts.kind == "view"
        yield [
            _words.visible(str(facts.table)),
            None,
            facts.kind,
            _words.shown(facts.reason)
            or ("a view only shows what stands in tables" if view else "left out"),
            _advice(facts),
        ]


def _advice(facts: TableFacts) -> str:
    if facts.reason == STORED_VIEW:
        return "refresh it after each erasure: it keeps a copy of what its tables held"
    if facts.reason == TEXT_INDEX:
        return "rebuild it after each erasure, unless triggers renew it: it keeps the words"
    if facts.kind == "view":
        return "nothing, its tables are listed"
    return "read the reason; scan again if it went"


def _dark(finding: Finding) -> list[Cell]:
    advice = {
        "empty": "decide by its name; a later scan tells when it holds values"
        if finding.personal == "unknown"
        else f"nothing: taken as {_words.VERDICTS[finding.personal]} by what is known without values",
        "skipped": "scan again without the option that skipped it",
        "failed": "see the reason: often a missing right to read; then scan again",
        "scanned": "look at some values yourself, or scan more: --sample N or --full",
    }
    what = "unknown" if finding.status == "scanned" else finding.status
    return [
        _words.visible(str(finding.column.of)),
        _words.visible(finding.column.name),
        what,
        _words.shown(finding.reason or finding.why) or "no rule could tell what it holds",
        advice[finding.status],
    ]
