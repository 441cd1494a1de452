"""The audit workbook: what was found, and where people decide. Written, and read back strictly.

A workbook alone is enough to plan with: a hidden sheet carries the scan it came from. A row that
somebody deletes is an open decision; everything else that does not fit is refused, with its cell.
"""

import io
from pathlib import Path

from reports import _columns, _file, _machine, _pages, _reading, _sheets
from scanner import audit as decisions
from scanner.model import Audit
from scanner.rulebook import Pack


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write a workbook to decide in; decisions already made stand in it.

    Raises:
        Misconfigured: the file cannot be written.

    """
    from openpyxl import Workbook

    found = _columns.order(audit)
    suggested = [decisions.suggestion(f, pack) for f in found]
    with _file.failing(path):
        book = Workbook(write_only=True)
        book.properties.creator = f"Efface {audit.scan.efface}"
        book.properties.title = "Where personal data lives"
        _pages.add(book, audit, found, suggested)
        hidden = book.create_sheet(_machine.TITLE)
        hidden.sheet_state = "veryHidden"
        choices = {f.column: s.choice for f, s in zip(found, suggested, strict=True)}
        for text in _machine.cells(audit.scan, choices):
            hidden.append([_sheets.cell(hidden, text, "plain")])
        _sheets.lock(hidden)
        content = io.BytesIO()
        book.save(content)
    _file.save(path, content.getvalue())


def read(path: Path) -> Audit:
    """Read the scan and the decisions back.

    Raises:
        Misconfigured: every fault of the workbook at once.

    """
    return _reading.read(path)
