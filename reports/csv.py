"""The findings as CSV: one row a column of the database, safe to open in a spreadsheet."""

import csv
import io
from pathlib import Path

from reports import _file, _words
from scanner import audit as decisions
from scanner.model import Audit, Finding
from scanner.rulebook import Pack

HEAD = (
    "schema", "table", "column", "type", "status", "reason", "verdict", "entity", "score",
    "share", "share_low", "share_high", "rows_read", "values_read", "distinct_read", "why",
    "evidence", "declared_by", "copy_of", "suggested", "decision", "reviewer", "date", "note",
)  # fmt: skip
"""The columns, as scan.json calls them."""


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write the file, with the mark by which Excel knows UTF-8.

    Raises:
        Misconfigured: the file cannot be written.

    """
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(HEAD)
    rows.writerows([safe(cell) for cell in _row(audit, f, pack)] for f in audit.scan.columns)
    _file.save(path, "\ufeff" + text.getvalue())


def safe(cell: str | float) -> str | float:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    if not isinstance(cell, str):
        return cell
    text = _words.visible(cell)
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") else text


def _row(audit: Audit, finding: Finding, pack: Pack | None) -> list[str | float]:
    made = audit.decisions.get(finding.column)
    return [
        finding.column.schema,
        finding.column.table,
        finding.column.name,
        finding.type,
        finding.status,
        finding.reason,
        finding.personal,
        finding.entity,
        finding.score,
        finding.share,
        finding.share_low,
        finding.share_high,
        finding.rows_read,
        finding.values_read,
        finding.distinct_read,
        finding.why,
        _words.evidence(finding),
        finding.declared_by,
        finding.copy_of,
        decisions.suggestion(finding, pack).choice,
        *((made.choice, made.by, made.when, made.note) if made else ("", "", "", "")),
    ]
