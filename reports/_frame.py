"""An audit as a table for pandas: one row a column of the database, no cell values."""

from typing import TYPE_CHECKING

from reports import _words
from scanner import audit as decisions
from scanner.model import Audit, Finding
from scanner.rulebook import Pack

if TYPE_CHECKING:
    from pandas import DataFrame

HEAD = (
    "schema", "table", "column", "type", "status", "reason", "verdict", "entity", "score",
    "share", "share_low", "share_high", "rows_read", "values_read", "distinct_read", "why",
    "evidence", "declared_by", "copy_of", "suggested", "decision", "reviewer", "date", "note",
)  # fmt: skip
"""The columns, as scan.json calls them."""


def frame(audit: Audit, pack: Pack | None = None) -> "DataFrame":
    """Make a DataFrame with the columns ``HEAD`` and one row for each finding, in their order."""
    import pandas

    return pandas.DataFrame([_row(audit, f, pack) for f in audit.scan.columns], columns=list(HEAD))


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
