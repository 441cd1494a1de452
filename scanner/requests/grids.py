"""Grids of cells as files hold them: lines of a CSV file, the first sheet of an Excel workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from scanner import sheets
from scanner.errors import Misconfigured

LAST = 2**20
"""The last row that a workbook can have."""


class Form(Protocol):
    """How the cells are kept: as lines of text, or in a workbook."""

    def lines(self) -> Sequence[Sequence[object]]:
        """Give all cells, the header first; a formula is a text that begins with =."""

    def put(self, line: int, place: int, text: str) -> None:
        """Write one cell; lines and places count from 0."""

    def write(self, path: Path) -> None:
        """Write the file."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a new file: its header, and in a workbook its width and what is chosen from.

    ``strict``: nothing else may be written.
    """

    name: str
    width: int = 14
    choices: tuple[str, ...] = ()
    strict: bool = False


def form_of(path: Path, *, new: Sequence[Heading] = ()) -> Form:
    """Open a file, or begin a new one with these columns.

    Raises:
        Misconfigured: it cannot be read, or such files are not known.
    """
    if path.suffix.lower() == ".csv":
        return _Lines.new(path, new) if new else _Lines.read(path)
    if path.suffix.lower() == ".xlsx":
        return _Workbook.new(new) if new else _Workbook(sheets.load(path))
    raise Misconfigured(f"{path.name}: a file of requests ends in .csv or .xlsx")


@dataclass(slots=True)
class _Lines:
    """A CSV file: its encoding, its separator and how its lines end stay."""

    cells: list[list[str]]
    like: sheets.Sheet

    @classmethod
    def new(cls, path: Path, headings: Sequence[Heading]) -> "_Lines":
        return cls([[h.name for h in headings]], sheets.Sheet(path, "utf-8", ","))

    @classmethod
    def read(cls, path: Path) -> "_Lines":
        like = sheets.understand(path)
        return cls([row for _, row in like.rows()], like)

    def lines(self) -> Sequence[Sequence[object]]:
        return self.cells

    def put(self, line: int, place: int, text: str) -> None:
        while len(self.cells) <= line:
            self.cells.append([])
        row = self.cells[line]
        row += [""] * (place + 1 - len(row))
        row[place] = text

    def write(self, path: Path) -> None:
        sheets.write(iter(self.cells), self.like, path)


@dataclass(slots=True)
class _Workbook:
    """The first sheet of an Excel workbook; how its cells look stays."""

    book: Any

    @classmethod
    def new(cls, headings: Sequence[Heading]) -> "_Workbook":
        from openpyxl import Workbook
        from openpyxl.styles import Font

        made = cls(Workbook())
        sheet = made.book.worksheets[0]
        sheet.freeze_panes = "A2"
        for place, heading in enumerate(headings):
            made.put(0, place, heading.name)
            cell = sheet.cell(1, place + 1)
            cell.font = Font(bold=True)
            sheet.column_dimensions[cell.column_letter].width = heading.width
            if heading.choices:
                sheet.add_data_validation(_choosing(heading, cell.column_letter))
        return made

    def lines(self) -> Sequence[Sequence[object]]:
        return [
            [f"={c.value}" if c.data_type == "f" else c.value for c in row]
            for row in self.book.worksheets[0].iter_rows()
        ]

    def put(self, line: int, place: int, text: str) -> None:
        cell = self.book.worksheets[0].cell(line + 1, place + 1)
        cell.value, cell.data_type = text, "s"

    def write(self, path: Path) -> None:
        self.book.save(path)


def _choosing(heading: Heading, letter: str) -> Any:
    """Offer what can be chosen in a column, wherever rows are added."""
    from openpyxl.worksheet.datavalidation import DataValidation

    offered = [c for c in heading.choices if "," not in c]  # which stands between them
    listed = ",".join(offered).replace('"', '""')
    made = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
    made.showErrorMessage = heading.strict
    made.errorTitle, made.error = heading.name, f"Choose one of: {', '.join(offered)}"
    made.add(f"{letter}2:{letter}{LAST}")
    return made
