"""Grids of cells as files hold them: lines of a CSV file, the first sheet of an Excel workbook."""

import csv
import io
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from scanner.errors import Misconfigured

BOM = "\ufeff"
"""What Excel puts before UTF-8."""


class Form(Protocol):
    """How the cells are kept: as lines of text, or in a workbook."""

    def lines(self) -> Sequence[Sequence[object]]:
        """Give all cells, the header first; a formula is a text that begins with =."""

    def put(self, line: int, place: int, text: str) -> None:
        """Write one cell; lines and places count from 0."""

    def write(self, path: Path) -> None:
        """Write the file."""


def form_of(path: Path, *, new: bool = False) -> Form:
    """Open a file, or begin a new one.

    Raises:
        Misconfigured: it cannot be read, or such files are not known.
    """
    if path.suffix.lower() == ".csv":
        return _Lines.parse(path, "" if new else _decoded(path))
    if path.suffix.lower() == ".xlsx":
        return _Workbook.new() if new else _Workbook.parse(path, _bytes(path))
    raise Misconfigured(f"{path.name}: a file of requests ends in .csv or .xlsx")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        why = (os.strerror(error.errno) if error.errno else "it is none").lower()
        raise Misconfigured(f"cannot read {str(path)!r}: {why}") from None


def _decoded(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        raise Misconfigured(f"{path.name} is not UTF-8: save it as CSV UTF-8") from None


@dataclass(slots=True)
class _Lines:
    """A CSV file: its separator and its mark of UTF-8 stay."""

    cells: list[list[str]]
    separator: str
    mark: str

    @classmethod
    def parse(cls, path: Path, text: str) -> "_Lines":
        bare = text.removeprefix(BOM)
        head = bare.partition("\n")[0]
        separator = max(",;\t", key=head.count)
        try:
            rows = list(csv.reader(io.StringIO(bare, newline=""), delimiter=separator, strict=True))
        except csv.Error:
            raise Misconfigured(f"{path.name} is damaged: its quotes do not match") from None
        return cls(rows, separator, BOM if text.startswith(BOM) else "")

    def lines(self) -> Sequence[Sequence[object]]:
        return self.cells

    def put(self, line: int, place: int, text: str) -> None:
        while len(self.cells) <= line:
            self.cells.append([])
        row = self.cells[line]
        row += [""] * (place + 1 - len(row))
        row[place] = text

    def write(self, path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(self.mark)
            csv.writer(file, delimiter=self.separator).writerows(self.cells)


@dataclass(slots=True)
class _Workbook:
    """The first sheet of an Excel workbook; how its cells look stays."""

    book: Any

    @classmethod
    def new(cls) -> "_Workbook":
        from openpyxl import Workbook

        return cls(Workbook())

    @classmethod
    def parse(cls, path: Path, raw: bytes) -> "_Workbook":
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException

        try:
            return cls(load_workbook(io.BytesIO(raw)))
        except (zipfile.BadZipFile, KeyError, ValueError, InvalidFileException):
            raise Misconfigured(
                f"{path.name} is no .xlsx workbook, or is damaged or protected by a password"
            ) from None

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
