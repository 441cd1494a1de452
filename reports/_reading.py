"""The way back: decisions read from a workbook that people worked in, with every fault found."""

import io
import warnings
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from reports import _columns, _file, _machine, _tables, _words
from reports._columns import COLUMN, SCHEMA, TABLE, VERDICT
from reports._entries import DECISION
from reports._words import visible
from reports._worksheet import Sheet, looks_like
from scanner import audit as decisions
from scanner.errors import Misconfigured
from scanner.model import Audit, ColumnRef, Decision, Scan, TableRef

FAULTS_SHOWN = 20
"""More faults than that have one cause."""

DAMAGED = (
    zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, AttributeError, EOFError,
    ParseError, zlib.error, NotImplementedError, OSError,
)  # fmt: skip
"""What openpyxl raises on files that are no workbooks."""

Name = tuple[str, str, str]
"""Schema, table and column as the sheet shows them."""


def read(path: Path) -> Audit:
    """Read the scan and the decisions of a workbook.

    Raises:
        Misconfigured: all that is wrong with it at once, each with the sheet, the cell and what
            to do.

    """
    book = opened(path)
    faults: list[str] = []
    scan, suggested = _machine_part(book, faults)
    columns = sheet_of(book, _columns.TITLE, _columns.NEEDED, faults)
    tables = (
        sheet_of(book, _tables.TITLE, _tables.NEEDED, faults) if suggested is not None else None
    )
    decided: dict[ColumnRef, Decision] = {}
    whole: dict[TableRef, Decision] = {}
    if scan is not None and columns is not None:
        decided = _decisions(columns, scan)
        faults += columns.faults
    if scan is not None and tables is not None:
        whole = _whole(tables, scan)
        faults += tables.faults
    if faults or scan is None:
        raise complaint(path, faults)
    return decisions.spread(Audit(scan, decided), whole, suggested or {})


def opened(path: Path) -> Any:
    """Open a workbook.

    Raises:
        Misconfigured: it is none, or it is damaged or protected.

    """
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


def _machine_part(book: Any, faults: list[str]) -> tuple[Scan | None, dict[ColumnRef, str] | None]:
    """Read the machine sheet; it is hidden, and nothing on it is for people."""
    if _machine.TITLE not in book.sheetnames:
        faults.append(
            f"sheet {_machine.TITLE}: missing: this workbook was not written by Efface, or the "
            "hidden sheet was deleted: take an earlier copy, or write it again from scan.json"
        )
        return None, None
    try:
        return _machine.load([row[0] for row in book[_machine.TITLE].iter_rows(values_only=True)])
    except Misconfigured as error:
        faults.append(str(error))
        return None, None


def sheet_of(book: Any, title: str, needed: tuple[str, ...], faults: list[str]) -> Sheet | None:
    """Find a sheet by its name; a copy of it would be worked in to no effect."""
    found = next((t for t in book.sheetnames if t.strip().lower() == title.lower()), None)
    if found is None:
        faults.append(
            f"sheet {title}: missing: give the sheet its name back, or take an earlier copy"
        )
        return None
    for other in book.worksheets:
        if other.title.lower().startswith(f"{title.lower()} ") and looks_like(other, needed):
            faults.append(
                f"sheet {other.title}: a copy of the sheet {title}: decide on {title} and delete "
                "the copy, or give it another name to keep it"
            )
    return Sheet(book[found], needed, book.epoch)


def _decisions(sheet: Sheet, scan: Scan) -> dict[ColumnRef, Decision]:
    """Read what people wrote; a row that was deleted leaves its column undecided."""
    if not sheet.start(optional=(VERDICT,)):
        return {}
    known: dict[Name, tuple[ColumnRef, str]] = {
        (visible(c.schema), visible(c.table), visible(c.name)): (c, _words.VERDICTS[f.personal])
        for f in scan.columns
        for c in (f.column,)
    }
    seen: dict[ColumnRef, int] = {}
    decided = {}
    for row, cells in sheet.rows():
        name = (cells[SCHEMA], cells[TABLE], cells[COLUMN])
        if name not in known:
            told = ".".join(filter(None, name))
            sheet.blame(
                row, COLUMN, f"the scan has no column {told!r}: undo the change or delete the row"
            )
            continue
        column, verdict = known[name]
        if column in seen:
            sheet.blame(row, COLUMN, f"the same column as in row {seen[column]}: delete one row")
            continue
        seen[column] = row
        if cells.get(VERDICT, verdict) != verdict:
            sheet.blame(
                row, VERDICT, f"the scan says {verdict!r}: the row is of another scan or was "
                "changed: decide in the workbook of this scan",
            )  # fmt: skip
        if made := sheet.decision(row, cells):
            decided[column] = replace(made, column=column)
    return decided


def _whole(sheet: Sheet, scan: Scan) -> dict[TableRef, Decision]:
    """Read the decisions about whole tables."""
    if not sheet.start():
        return {}
    known: dict[str, list[TableRef]] = {}
    for facts in scan.tables:
        known.setdefault(visible(str(facts.table)), []).append(facts.table)
    columns = {f.column.of for f in scan.columns}
    seen: dict[str, int] = {}
    decided: dict[TableRef, Decision] = {}
    for row, cells in sheet.rows():
        name = cells[_tables.TABLE]
        found = known.get(name, [])
        made = sheet.decision(row, cells, also=(decisions.SUGGESTED,))
        if what := _amiss(name, found, seen):
            sheet.blame(row, _tables.TABLE, what)
        elif made and made.choice == decisions.SUGGESTED:
            # Dragged down the whole column: where nothing is suggested it stays open.
            decided |= dict.fromkeys(found, made) if len(found) == 1 else {}
        elif made and len(found) > 1:
            sheet.blame(row, DECISION, "two tables are called so: decide on the sheet Columns")
        elif made and found[0] not in columns:
            sheet.blame(row, DECISION, "nothing to decide, it was left out: empty the cell")
        elif made:
            decided[found[0]] = made
        seen[name] = row
    return decided


def _amiss(name: str, found: list[TableRef], seen: dict[str, int]) -> str:
    """Say why a row is about no table, or about one that stands above; nothing where it is right."""
    if not found:
        return f"the scan has no table {name!r}: undo the change or delete the row"
    if len(found) == 1 and name in seen:
        return f"the same table as in row {seen[name]}: delete one row"
    return ""


def complaint(path: Path, faults: list[str]) -> Misconfigured:
    """Tell all faults of a workbook, a line each."""
    if len(faults) == 1:
        return Misconfigured(f"{path.name}: {faults[0]}")
    more = len(faults) - FAULTS_SHOWN
    told = [*faults[:FAULTS_SHOWN], *([f"and {more:,} more"] if more > 0 else [])]
    return Misconfigured(f"{path.name}: {len(faults):,} faults:", told)
