"""The way back: decisions read from a workbook that people worked in, with every fault found."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from reports import _columns, _file, _machine, _sheets
from reports._columns import COLUMN, DATE, DECISION, NEEDED, NOTE, REVIEWER, SCHEMA, TABLE
from reports._words import visible
from scanner import audit as decisions
from scanner import strategies
from scanner.errors import Misconfigured
from scanner.model import KEEP, Audit, ColumnRef, Decision, Scan

HEAD_WITHIN = 20
"""In which rows the header is looked for: people put notes above it."""

FAULTS_SHOWN = 100
"""More faults than that have one cause."""

DAMAGED = (
    zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, AttributeError, EOFError,
    ParseError, zlib.error, NotImplementedError, OSError,
)  # fmt: skip
"""What openpyxl raises on files that are no workbooks."""

Name = tuple[str, str, str]
"""Schema, table and column as the sheet shows them."""


@dataclass(slots=True)
class Sheet:
    """The sheet being read: where each header stands, and the faults so far."""

    cells: Any
    head: dict[str, int] = field(default_factory=dict)
    row: int = 0
    faults: list[str] = field(default_factory=list)

    def blame(self, row: int, head: str, what: str) -> None:
        """Note a fault in a cell."""
        from openpyxl.utils import get_column_letter

        where = f"{get_column_letter(self.head[head])}{row}" if head in self.head else f"row {row}"
        self.faults.append(f"sheet {self.cells.title}, cell {where}: {what}")


def read(path: Path) -> Audit:
    """Read the scan and the decisions of a workbook.

    Raises:
        Misconfigured: all that is wrong with it at once, each with the sheet, the cell and what
            to do.

    """
    book = _open(path)
    faults: list[str] = []
    scan = _scan(book, faults)
    title = next((t for t in book.sheetnames if t.strip().lower() == _columns.TITLE.lower()), None)
    if title is None:
        faults.append(
            f"sheet {_columns.TITLE}: missing: give the sheet its name back, or take an earlier copy"
        )
    decided: dict[ColumnRef, Decision] = {}
    if title is not None and scan is not None:
        sheet = Sheet(book[title])
        decided = _decisions(sheet, scan)
        faults += sheet.faults
    if faults or scan is None:
        raise Misconfigured(_sentence(path, faults))
    return Audit(scan, decided)


def _open(path: Path) -> Any:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    raw = _file.load(path)
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise Misconfigured(
            f"{path} is protected by a password or an old .xls file: save it as .xlsx without one"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about extensions that other programs put in
            return load_workbook(io.BytesIO(raw))
    except (*DAMAGED, InvalidFileException):
        raise Misconfigured(
            f"{path} is not an .xlsx workbook or is damaged: take an earlier copy, or write it "
            "again from scan.json"
        ) from None


def _scan(book: Any, faults: list[str]) -> Scan | None:
    """Read the machine sheet; it is hidden, and nothing on it is for people."""
    if _machine.TITLE not in book.sheetnames:
        faults.append(
            f"sheet {_machine.TITLE}: missing: this workbook was not written by Efface, or the "
            "hidden sheet was deleted: take an earlier copy, or write it again from scan.json"
        )
        return None
    try:
        return _machine.scan([row[0] for row in book[_machine.TITLE].iter_rows(values_only=True)])
    except Misconfigured as error:
        faults.append(str(error))
        return None


def _decisions(sheet: Sheet, scan: Scan) -> dict[ColumnRef, Decision]:
    """Read what people wrote; a row that was deleted leaves its column undecided."""
    _find_head(sheet)
    if sheet.faults:
        return {}
    _refuse_merged(sheet)
    known: dict[Name, ColumnRef] = {
        (visible(c.schema), visible(c.table), visible(c.name)): c
        for c in (f.column for f in scan.columns)
    }
    seen: dict[ColumnRef, int] = {}
    decided = {}
    for row, cells in _rows(sheet):
        column = known.get((cells[SCHEMA], cells[TABLE], cells[COLUMN]))
        if column is None:
            named = ".".join(filter(None, (cells[SCHEMA], cells[TABLE], cells[COLUMN])))
            sheet.blame(
                row, COLUMN, f"the scan has no column {named!r}: undo the change or delete the row"
            )
        elif column in seen:
            sheet.blame(row, COLUMN, f"the same column as in row {seen[column]}: delete one row")
        else:
            seen[column] = row
            if made := _decision(sheet, row, column, cells):
                decided[column] = made
    return decided


def _find_head(sheet: Sheet) -> None:
    """Find the header row by the names in it."""
    top = sheet.cells.iter_rows(max_row=HEAD_WITHIN, values_only=True)
    heads = [[str(v or "").strip().lower() for v in row] for row in top]
    best = max(range(len(heads)), key=lambda n: sum(h.lower() in heads[n] for h in NEEDED))
    sheet.row = best + 1
    for head in NEEDED:
        places = [n for n, v in enumerate(heads[best], start=1) if v == head.lower()]
        if len(places) == 1:
            sheet.head[head] = places[0]
            continue
        problem = "missing" if not places else "there twice"
        sheet.faults.append(
            f"sheet {sheet.cells.title}, row {sheet.row}: the header {head!r} is {problem}: "
            "the headers have to be as Efface wrote them, in any order"
        )


def _refuse_merged(sheet: Sheet) -> None:
    for area in sheet.cells.merged_cells.ranges:
        if area.max_row > sheet.row:
            sheet.faults.append(
                f"sheet {sheet.cells.title}, cells {area.coord}: merged: unmerge them, and decide "
                "in each row"
            )


def _rows(sheet: Sheet) -> Iterator[tuple[int, dict[str, str]]]:
    """Read the rows that name a column, with what stands under the headers that matter."""
    for number, row in enumerate(sheet.cells.iter_rows(min_row=sheet.row + 1), sheet.row + 1):
        cells = {head: row[place - 1] for head, place in sheet.head.items()}
        for head, cell in cells.items():
            if cell.data_type == "f":
                sheet.blame(number, head, "a formula: write the value itself")
        texts = {h: "" if c.data_type == "f" else _text(c.value) for h, c in cells.items()}
        if any(cells[h].value is not None for h in (TABLE, COLUMN, DECISION)):
            yield number, texts


def _decision(sheet: Sheet, row: int, column: ColumnRef, cells: dict[str, str]) -> Decision | None:
    choice = cells[DECISION].strip().lower()
    if not choice:
        return None
    if choice not in (offered := (KEEP, *strategies.names())):
        close = get_close_matches(choice, offered, 1)
        meant = f"did you mean {close[0]!r}? " if close else ""
        sheet.blame(row, DECISION, f"no decision {choice[:40]!r}: {meant}{decisions.choices()}")
        return None
    return Decision(
        column,
        choice,
        cells[REVIEWER].strip(),
        cells[DATE].strip(),
        cells[NOTE].strip(),
    )


def _text(value: object) -> str:
    """Read a cell as text: days as people write them, whole numbers without a point."""
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return _sheets.unescape(str(value))


def _sentence(path: Path, faults: list[str]) -> str:
    if len(faults) == 1:
        return f"{path.name}: {faults[0]}"
    more = len(faults) - FAULTS_SHOWN
    told = [*faults[:FAULTS_SHOWN], *([f"and {more:,} more"] if more > 0 else [])]
    return f"{path.name}: {len(faults):,} faults:\n  " + "\n  ".join(told)
