"""One table of texts in a CSV or Excel file: read strictly, changed in place, written whole.

Cells that we do not know stay as they are. Formulas are refused.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from scanner.errors import Misconfigured
from scanner.requests import items
from scanner.requests.grids import Form, Heading, form_of
from scanner.sheets import as_text
from scanner.sheets import column as letters

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet takes for a formula."""

NUMBER = re.compile(r"-[0-9]+")
"""What begins so and is no formula: a key below zero."""

EXACT = 10**15
"""A spreadsheet rounds numbers of more digits: they may be somebody else's key by now."""

OWNERS = (("Excel", "~$", ""), ("LibreOffice", ".~lock.", "#"))
"""How programs name the file beside one that somebody works in."""

SHOWN = 50
"""So many faults are told; more have one cause."""

Replacing = Callable[[Path], AbstractContextManager[Path]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file, counted from 0, and the texts of the known columns."""

    line: int
    cells: Mapping[str, str]

    @property
    def name(self) -> str:
        """Say which row it is."""
        return f"row {self.line + 1}"


@dataclass(slots=True)
class Sheet:
    """The table, and the faults that were found so far."""

    path: Path
    form: Form
    places: dict[str, int]
    rows: list[Row] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    end: int = 1

    def blame(self, row: Row, column: str, what: str) -> None:
        """Note a fault in a cell."""
        self.faults.append(f"cell {letters(self.places[column])}{row.line + 1} ({column}): {what}")

    def complain(self) -> None:
        """Refuse the file where something is wrong.

        Raises:
            Misconfigured: with all faults.
        """
        if self.faults:
            more = len(self.faults) - SHOWN
            told = [*self.faults[:SHOWN], *([f"and {more:,} more"] if more > 0 else [])]
            raise Misconfigured(f"{self.path.name}: {'; '.join(told)}")

    def moment(self, row: Row, column: str) -> datetime | None:
        """Read a day or a moment."""
        written = row.cells[column].strip()
        if not written:
            return None
        try:
            found = items.local(datetime.fromisoformat(written))
        except ValueError:
            found = None
        if found is None:
            self.blame(row, column, "no date that can be understood: write it like 2026-01-31")
        return found

    def set(self, row: Row, cells: Mapping[str, str]) -> None:
        """Write texts into a row."""
        for column, text in cells.items():
            self.form.put(row.line, self.places[column], text)

    def add(self, cells: Mapping[str, str]) -> None:
        """Write a row below all others, as wide as they are."""
        self.set(Row(self.end, {}), dict.fromkeys(self.places, "") | dict(cells))

    def writable(self) -> None:
        """Refuse what could not be written.

        Raises:
            Misconfigured: somebody works in the file, or it or its folder cannot be written.
        """
        place = self.path.resolve()
        for program, begin, end in OWNERS:
            if (owner := place.with_name(f"{begin}{place.name}{end}")).exists():
                told = f"{self.path.name} is open in {program}"
                raise Misconfigured(f"{told}: close it ({owner.name})")
        if place.exists() and not os.access(place, os.W_OK):
            raise Misconfigured(f"{self.path.name} is read-only: let this account write to it")
        if not os.access(place.parent, os.W_OK | os.X_OK):
            raise Misconfigured(f"nothing can be written to the folder of {self.path.name}")

    def save(self, replacing: Replacing) -> None:
        """Write the file whole or not at all.

        Raises:
            Misconfigured: it cannot be written.
        """
        self.writable()
        with replacing(self.path) as draft:
            self.form.write(draft)


def read(path: Path, columns: Sequence[str]) -> Sheet:
    """Read the table of a file.

    Raises:
        Misconfigured: it is none, or has other headers.
    """
    form = form_of(path)
    lines = form.lines()
    sheet = Sheet(path, form, _places(path, lines[0] if lines else (), columns))
    sheet.end = len(lines)
    for line, cells in enumerate(lines[1:], start=1):
        _read(sheet, line, cells)
    return sheet


def empty(path: Path, columns: Sequence[Heading]) -> Sheet:
    """Begin a new table.

    Raises:
        Misconfigured: such files are not known.
    """
    form = form_of(path, new=columns)
    return Sheet(path, form, {c.name: n for n, c in enumerate(columns)})


def _read(sheet: Sheet, line: int, cells: Sequence[object]) -> None:
    texts = {c: as_text(cells[n]) if n < len(cells) else "" for c, n in sheet.places.items()}
    row = Row(line, texts)
    if not any(t.strip() for t in texts.values()):
        return
    for column, text in texts.items():
        cell = cells[place] if (place := sheet.places[column]) < len(cells) else None
        if text.startswith(FORMULA) and not NUMBER.fullmatch(text):
            sheet.blame(row, column, "a formula: write the value itself")
        if isinstance(cell, int | float) and abs(cell) >= EXACT:
            sheet.blame(row, column, "spreadsheets round such long numbers: write it as a text")
    sheet.rows.append(row)


def _places(path: Path, head: Sequence[object], columns: Sequence[str]) -> dict[str, int]:
    names = [as_text(h).strip().casefold() for h in head]
    wrong = [c for c in columns if names.count(c.casefold()) != 1]
    if wrong:
        raise Misconfigured(
            f"{path.name}: the first row has to have the header {', '.join(wrong)}, once each: "
            "efface requests open makes a new file"
        )
    return {c: names.index(c.casefold()) for c in columns}
