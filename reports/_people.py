"""The sheet People: which relations lead from a person to which tables."""

from typing import Any

from reports import _sheets, _words
from reports._sheets import Cell, Column
from scanner.model import Audit, Relation, TableFacts

TITLE = "People"

LAYOUT = (
    Column("Steps away", 8, "count"),
    Column("Table", 30, "strong"),
    Column("A person's rows", 15),
    Column("Found from", 28),
    Column("By", 70, "wrap"),
    Column("Only", 44, "wrap"),
    Column("Says who", 18),
    Column("Rows in all", 14, "right"),
)

WORDS = {"own": "own", "linked": "shared"}
"""Whose rows a relation finds: own ones are rewritten, in shared ones only mentions are."""

NONE = (
    "No relation is known: the scan was made without a pack, or by an earlier version. Scan again "
    "with --pack; without one, nothing can be planned."
)


def add(book: Any, audit: Audit) -> None:
    """Add the sheet, the nearest tables first; tables that are not on it are only searched."""
    facts = {t.table: t for t in audit.scan.tables}
    rows = [_row(r, facts.get(r.table)) for r in audit.scan.relations]
    if not rows:
        rows = [[None, None, None, None, NONE, None, None, None]]
    _sheets.tabular(book, TITLE, LAYOUT, rows, count=len(rows), frozen=2, paper=_sheets.A3)


def _row(relation: Relation, facts: TableFacts | None) -> list[Cell]:
    return [
        relation.distance,
        _words.visible(str(relation.table)),
        WORDS.get(relation.rows, relation.rows),
        _words.visible(str(relation.start)),
        _words.shown(relation.by),
        _words.shown("; ".join(relation.limits)) or None,
        _words.shown(relation.source),
        _words.size(facts) if facts else None,
    ]
