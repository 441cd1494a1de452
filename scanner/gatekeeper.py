"""Which rows of a file are about people who were erased. Reads files, and marks of the journal.

Addresses are looked for in every cell, numbers and names with birth dates in their columns. A cell
that cannot be compared (a formula, a number that a spreadsheet has cut) is a fault: nobody may think
that it was.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice

from scanner.errors import Misconfigured
from scanner.headings import Headings
from scanner.identity import typed
from scanner.sealing import marks
from scanner.sheets import Row, Sheet, column

SAMPLE = 1000
"""Rows by which the columns are recognised."""

FORMULA = re.compile(r'=(?!"[^"]*"$)')
"""A formula; not the ="0123" by which a spreadsheet is kept from cutting a number."""

QUOTED = re.compile(r'="([^"]*)"')
CUT = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+")
"""How a spreadsheet writes a long number that it has cut."""

DAYS = re.compile(r"[1-9]\d{4}")
FIRST_DAYS = (date(1899, 12, 30), date(1904, 1, 1))
"""A day as a number, since 1927; from where spreadsheets count, the second on old Macs."""

SHOWN = 10
"""How many faults are named."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A row about somebody who was erased, and by what kinds of marks that shows."""

    row: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gatekeeper:
    """Knows the marks of who was erased, and the columns of one file."""

    headings: Headings
    known: Mapping[str, Collection[str]] = field(repr=False)
    key: bytes = field(repr=False)

    def kinds(self, row: Row) -> tuple[str, ...]:
        """Say by what a row shows somebody who was erased; nothing where it does not."""
        return tuple(sorted({marks.SHOWN[kind] for kind, text in self._said(row)
                             if self._known(kind, text)}))  # fmt: skip

    def _known(self, kind: str, text: str) -> bool:
        some = self.known.get(kind)
        return bool(some) and marks.mark(kind, text, self.key) in (some or ())

    def _said(self, row: Row) -> Iterator[marks.Said]:
        """Yield what a row calls people, in the forms that are compared."""
        for cell in row:
            if "@" in cell:
                yield from marks.emails(cell)
        for cell in self._cells(row, self.headings.of("phone")):
            parts = (one.value for one in typed(cell, "PHONE_NUMBER"))
            for number in dict.fromkeys((cell, *parts)):
                yield from marks.asked(number)
        births = self._cells(row, self.headings.of("birth"))
        born = {d for cell in births for d in (*marks.dates(cell), *_counted(cell))}
        if born:
            yield from marks.births(self._names(row), born)

    def _names(self, row: Row) -> Iterator[str]:
        for cell in self._cells(row, self.headings.of("name")):
            yield from marks.people(cell)
        for given in self._cells(row, self.headings.of("given")):
            for family in self._cells(row, self.headings.of("family")):
                yield from marks.people(f"{given}\n{family}")

    def _cells(self, row: Row, places: Sequence[int]) -> Iterator[str]:
        for place in places:
            if place < len(row) and (cell := row[place].strip()):
                quoted = QUOTED.fullmatch(cell)
                yield quoted[1] if quoted else cell

    def faults(self, row: Row, width: int) -> Iterator[str]:
        """Say what of a row cannot be compared."""
        if any(cell.strip() for cell in row[width:]):
            yield "more cells than the first row: give that a header for each, or quote texts with separators"
        for place in self.headings.of("email", "phone", "name", "given", "family", "birth"):
            cell = row[place].strip() if place < len(row) else ""
            if FORMULA.match(cell):
                yield f"{column(place)} is a formula: put the value there"
        for place in self.headings.of("phone"):
            if place < len(row) and CUT.fullmatch(row[place].strip()):
                yield f"{column(place)} is a number that a spreadsheet has cut: put it there as a text"


def _counted(cell: str) -> Iterator[str]:
    """Read a day that a spreadsheet shows as the number by which it counts days."""
    if DAYS.fullmatch(cell):
        for first in FIRST_DAYS:
            yield (first + timedelta(days=int(cell))).isoformat()


def head_of(sheet: Sheet) -> tuple[Row, list[Row]]:
    """Read the first row that holds anything, and a sample of those below.

    Raises:
        Misconfigured: there is none, or the file cannot be read.
    """
    rows = (row for _, row in sheet.rows() if any(row))
    first, *more = list(islice(rows, SAMPLE + 1)) or [[]]
    if not first:
        raise Misconfigured(f"{str(sheet.path)!r} is empty")
    return first, more


@dataclass(slots=True)
class Check:
    """One pass over a file; when it is through, ``hits`` and ``rows`` say what was found.

    Rows without anything in them do not count, nor does the first one, unless it is about somebody.
    """

    sheet: Sheet
    keeper: Gatekeeper
    width: int
    hits: list[Hit] = field(default_factory=list)
    rows: int = 0

    def passed(self) -> Iterator[Row]:
        """Yield the rows about nobody who was erased.

        Raises:
            Misconfigured: some rows could not be compared; the first ones are named.
        """
        faults: list[str] = []
        wrong = 0
        heads = True
        for number, row in self.sheet.rows():
            found = [f"row {number}: {fault}" for fault in self.keeper.faults(row, self.width)]
            wrong += len(found)
            faults += found[: SHOWN - len(faults)]
            kinds = self.keeper.kinds(row)
            if any(row):
                self.rows += bool(kinds) or not heads or any("@" in cell for cell in row)
                heads = False
            if kinds:
                self.hits.append(Hit(number, kinds))
            else:
                yield row
        if wrong:
            more = f" and {wrong - len(faults)} more" if wrong > len(faults) else ""
            raise Misconfigured(
                f"{str(self.sheet.path)!r} cannot be checked: {'; '.join(faults)}{more}"
            )
