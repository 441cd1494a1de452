"""A draft of the record of processing activities (GDPR, Article 30(1)), as CSV.

One row for each table and category of data. What no scan can know is marked to be filled in.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from reports import _file, _vocabulary, _words
from reports.csv import safe
from scanner.model import Audit, Finding
from scanner.rulebook import Pack

SUFFIXES = ("csv",)

BLANK = "[to be filled in]"
"""Stands where people have to write."""

HEAD = (
    "Controller and contact", "Data protection officer", "System", "Purpose of the processing",
    "Categories of data subjects", "Categories of personal data", "Table", "Columns",
    "Rows in the table", "Recipients", "Transfers to third countries and safeguards",
    "Time limit for erasure", "What happens on erasure", "Security measures",
)  # fmt: skip
"""The columns: Article 30(1)(a) to (g), and where the data is."""

UNKNOWN = "could not be told: look at it"
"""The category of columns that the scan could say nothing about."""


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write the record, with the mark by which Excel knows UTF-8.

    Raises:
        Misconfigured: the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEAD)
    for row in _rows(audit):
        writer.writerow([safe(cell) for cell in row])
    _file.save(path, "\ufeff" + text.getvalue())


def _rows(audit: Audit) -> Iterator[list[str]]:
    database = audit.scan.database
    system = f"{database.name} ({database.dialect})"
    sizes = {t.table: _words.size(t) for t in audit.scan.tables}
    for table, found in _words.by_table(audit.scan.columns).items():
        for kind, columns in sorted(_by_kind(found).items()):
            yield [
                BLANK, BLANK, system, BLANK, BLANK, kind, str(table),
                ", ".join(f.column.name for f in columns),
                sizes.get(table, ""), BLANK, BLANK, BLANK, _erasure(audit, columns), BLANK,
            ]  # fmt: skip


def _by_kind(found: list[Finding]) -> dict[str, list[Finding]]:
    grouped: dict[str, list[Finding]] = {}
    for finding in found:
        if finding.personal != "none":
            unknown = finding.personal == "unknown"
            kind = UNKNOWN if unknown else _vocabulary.term(finding).kind
            grouped.setdefault(kind, []).append(finding)
    return grouped


def _erasure(audit: Audit, columns: list[Finding]) -> str:
    """Say what was decided for the columns."""
    made = {f.column: audit.decisions.get(f.column) for f in columns}
    chosen: dict[str, list[str]] = {}
    for column, decision in made.items():
        chosen.setdefault(decision.choice if decision else "undecided", []).append(column.name)
    if len(chosen) == 1:
        return next(iter(chosen))
    return "; ".join(f"{choice}: {', '.join(names)}" for choice, names in chosen.items())
