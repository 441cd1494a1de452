"""The findings as CSV: one row a column of the database, safe to open in a spreadsheet."""

from pathlib import Path

from reports import _file, _frame, _words
from scanner.model import Audit
from scanner.rulebook import Pack


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write the file, with the mark by which Excel knows UTF-8.

    Raises:
        Misconfigured: the file cannot be written.
    """
    table = _frame.frame(audit, pack).map(safe).rename(columns=safe)
    _file.save(path, "\ufeff" + table.to_csv(index=False, lineterminator="\r\n"))


def safe(cell: str | float) -> str | float:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    if not isinstance(cell, str):
        return cell
    text = _words.visible(cell)
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") else text
