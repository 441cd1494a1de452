"""A sheet that people worked in, read cell by cell: its header, its rows, and all its faults."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any

from reports import _sheets
from reports._entries import DATE, DECISION, EARLIEST, NOTE, REVIEWER, offered
from scanner.model import ColumnRef, Decision

HEAD_WITHIN = 20
"""In which rows the header is looked for: people put notes above it."""

DAYS = ("%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%d %B %Y")
"""How days are written as text where nobody can take the day for the month."""

NOWHERE = ColumnRef("", "", "")
"""What a decision is about before its row is known."""


@dataclass(slots=True)
class Sheet:
    """The sheet being read: where each header stands, and the faults so far."""

    cells: Any
    needed: Sequence[str]
    epoch: datetime
    head: dict[str, int] = field(default_factory=dict)
    row: int = 0
    faults: list[str] = field(default_factory=list)

    def blame(self, row: int, head: str, what: str) -> None:
        """Note a fault in a cell."""
        from openpyxl.utils import get_column_letter

        where = f"{get_column_letter(self.head[head])}{row}" if head in self.head else f"row {row}"
        self.faults.append(f"sheet {self.cells.title}, cell {where}: {what}")

    def start(self, *, optional: Sequence[str] = ()) -> bool:
        """Find the header row and refuse merged cells below it; whether rows can be read."""
        heads = _tops(self.cells)
        wanted = [h.lower() for h in self.needed]
        best = max(range(len(heads)), key=lambda n: sum(h in heads[n] for h in wanted))
        self.row = best + 1
        for head in (*self.needed, *optional):
            places = [n for n, v in enumerate(heads[best], start=1) if v == head.lower()]
            if len(places) == 1:
                self.head[head] = places[0]
            elif head in self.needed:
                problem = "there twice" if places else "missing"
                self.faults.append(
                    f"sheet {self.cells.title}, row {self.row}: the header {head!r} is {problem}: "
                    "the headers have to be as Efface wrote them, in any order"
                )
        if self.faults:
            return False
        self._refuse_merged()
        return True

    def _refuse_merged(self) -> None:
        for area in self.cells.merged_cells.ranges:
            if area.max_row > self.row:
                self.faults.append(
                    f"sheet {self.cells.title}, cells {area.coord}: merged: unmerge them, and "
                    "decide in each row"
                )

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Read the rows in which something is named or decided, by header."""
        names = [h for h in self.needed if h not in (REVIEWER, DATE, NOTE)]
        for number, row in enumerate(self.cells.iter_rows(min_row=self.row + 1), self.row + 1):
            cells = {head: row[place - 1] for head, place in self.head.items()}
            if all(cells[h].value is None for h in names):
                continue
            for head in self.needed:
                if cells[head].data_type == "f":
                    self.blame(number, head, "a formula: write the value itself")
            yield number, {h: "" if c.data_type == "f" else text(c.value) for h, c in cells.items()}

    def decision(
        self, row: int, cells: dict[str, str], *, also: Sequence[str] = ()
    ) -> Decision | None:
        """Read what was decided in a row; nothing where it is open."""
        choice = self.choice(row, cells, DECISION, (*also, *offered()))
        if not cells[DECISION].strip():
            return None
        when = self.day(row, cells[DATE].strip())
        if not choice:
            return None
        return Decision(NOWHERE, choice, cells[REVIEWER].strip(), when, cells[NOTE].strip())

    def choice(self, row: int, cells: dict[str, str], head: str, choices: Sequence[str]) -> str:
        """Read which of ``choices`` stands in a cell; an empty text where none does."""
        choice = cells[head].strip().lower()
        if not choice or choice in choices:
            return choice
        close = get_close_matches(choice, choices, 1)
        meant = f"did you mean {close[0]!r}? " if close else ""
        told = f"no {head.lower()} {choice[:40]!r}: {meant}choose one of {', '.join(choices)}"
        self.blame(row, head, told)
        return ""

    def day(self, row: int, written: str) -> str:
        """Understand a day however it is written, if it can be one day only."""
        found = _day(written, self.epoch) if written else ""
        if found is None:
            self.blame(row, DATE, "no date that can be understood: write it like 2026-01-31")
        return found or ""


def looks_like(cells: Any, needed: Sequence[str]) -> bool:
    """Whether one of the first rows of a sheet has all these headers."""
    wanted = {h.lower() for h in needed}
    return any(wanted <= set(row) for row in _tops(cells))


def _tops(cells: Any) -> list[list[str]]:
    top = cells.iter_rows(max_row=HEAD_WITHIN, values_only=True)
    return [[str(v or "").strip().lower() for v in row] for row in top] or [[]]


def text(value: object) -> str:
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


def _day(written: str, epoch: datetime) -> str | None:
    """Read a day or a moment; a number is a day that has lost its format."""
    from openpyxl.utils.datetime import from_excel

    try:
        return written if _plausible(datetime.fromisoformat(written)) else None
    except ValueError:
        pass
    if written.isdecimal():
        found = from_excel(int(written), epoch) if len(written) == len("46000") else None
        return (
            found.date().isoformat() if isinstance(found, datetime) and _plausible(found) else None
        )
    for form in DAYS:
        try:
            found = datetime.strptime(written, form)
        except ValueError:
            continue
        return found.date().isoformat() if _plausible(found) else None
    return None


def _plausible(found: datetime) -> bool:
    return found.date() >= EARLIEST
