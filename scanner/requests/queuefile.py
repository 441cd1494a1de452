"""Requests that are rows of a CSV or Excel file, for sites that track them outside of the CRM.

In go rows that people write, out come the same values as from action items; the outcome is written
into the row. What cannot be understood is refused with cell and what to do, all faults at once.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from scanner.errors import AlreadyDone, Misconfigured, Stale
from scanner.executor.errands import Aside
from scanner.model import digest
from scanner.receipts import Receipt
from scanner.records import ledger
from scanner.requests import judging, sheets
from scanner.requests.grids import Heading
from scanner.requests.items import Item, Note
from scanner.requests.sheets import Row
from scanner.rulefiles.tracking import METHODS, Policy

NUMBER, SUBJECT, STATUS, METHOD = "Number", "Subject", "Status", "Method"
RECEIVED, APPROVED, CLOSED = "Received", "Approved", "Closed"
OPENER, APPROVER, NOTE = "Opened by", "Approved by", "Note"

COLUMNS = (
    NUMBER, SUBJECT, STATUS, METHOD, RECEIVED, OPENER, APPROVED, APPROVER, CLOSED, NOTE
)  # fmt: skip
"""The headers, in the order in which a new file has them."""

MARK = 8
"""How much of a digest tells requests with equal numbers apart, and files."""

BETWEEN = " | "
"""Stands between notes: a line of its own would break what reads CSV by lines."""

NEW = "New"
"""The status of a request that is opened here."""

ENDED = "Closed"
"""What the status of a request becomes that was carried out."""

Replacing = Callable[[Path], AbstractContextManager[Path]]
"""Gives an empty file that takes the place of another one, whole or not at all."""


@dataclass(frozen=True, slots=True)
class QueueFile:
    """A file of requests.

    ``key`` reads a subject's key and raises Misconfigured where it cannot be one; ``present`` says
    which of some keys have a row.
    """

    path: Path
    policy: Policy
    agent: str
    now: datetime
    key: Callable[[str], Any] = field(repr=False)
    present: Callable[[Collection[Any]], Collection[Any]] = field(repr=False)
    replacing: Replacing = field(repr=False)

    def items(self) -> tuple[Item, ...]:
        """Read all requests.

        Raises:
            Misconfigured: all that is wrong with the file at once.
        """
        return self._items(sheets.read(self.path, COLUMNS))

    def _items(self, sheet: sheets.Sheet) -> tuple[Item, ...]:
        found = [self._item(sheet, row) for row in sheet.rows]
        self._refuse_twins(sheet)
        sheet.complain()
        there = self.present({i.subject for i in found if i.subject is not None})
        return tuple(replace(i, known=i.subject in there) for i in found)

    def finishing(self, item: Item, note: Note) -> Aside:
        """Make sure, before the erasure is committed, that the row can be closed afterwards.

        The database is asked what the row says before the erasure begins: whoever asks on another
        connection meanwhile waits for the erasure's own locks.

        Raises:
            Stale: the row is not as it was. Misconfigured: the file cannot be read.
        """
        changed = Stale(f"request {item.number} is no longer as it was: try again")
        sheet = sheets.read(self.path, COLUMNS)
        row = self._row(sheet, item)
        if not item.stands(self._item(sheet, row)):
            raise changed

        def check(_connection: Connection, receipt: Receipt) -> None:
            note(receipt)
            again = sheets.read(self.path, COLUMNS)
            if [r.cells for r in _rows(again, item)] != [row.cells]:
                raise changed
            again.writable()

        return Aside(check, frozenset())

    def finished(self, item: Item, text: str) -> None:
        """Close the row: an erasure whose row stays open is found to be done in the next run."""
        closed = self.now.isoformat(sep=" ", timespec="seconds")
        self._write(item, text, {STATUS: ENDED, CLOSED: closed})

    def close(self, item: Item, text: str) -> None:
        """Close the row of somebody who was erased before."""
        self.finished(item, text)

    def refuse(self, item: Item, why: str) -> None:
        """Leave the row open with a note."""
        if not judging.same(self.policy, item, why):
            self._write(item, judging.refused(self.policy, why))

    def open(self, key: str, *, commit: bool) -> str:
        """Add a request about the subject ``key``, and give its number; it may be the first.

        Raises:
            AlreadyDone: there is an open one.
            Misconfigured: the file cannot be understood, or there is no such subject.
        """
        subject = self.key(key)
        if not self.present({subject}):
            raise Misconfigured(f"no subject has the key {key}")
        new = not self.path.exists()
        sheet = (
            sheets.empty(self.path, self._headings()) if new else sheets.read(self.path, COLUMNS)
        )
        items = self._items(sheet)
        for item in items:
            if item.subject == subject and item.state != "closed":
                raise AlreadyDone(f"request {item.number} about this subject is open already")
        number = str(1 + max((int(i.number) for i in items if i.number.isdecimal()), default=0))
        received = self.now.isoformat(sep=" ", timespec="seconds")
        cells = {NUMBER: number, SUBJECT: str(subject), STATUS: NEW, RECEIVED: received}
        sheet.add(cells | {OPENER: self.agent})
        if commit:
            sheet.save(self.replacing)
        return number

    def _headings(self) -> tuple[Heading, ...]:
        """Say how a new file looks; people may have statuses of their own, but no methods."""
        chosen = {
            STATUS: Heading(STATUS, choices=(NEW, self.policy.status, ENDED)),
            METHOD: Heading(METHOD, choices=METHODS, strict=True),
            RECEIVED: Heading(RECEIVED, width=20),
            CLOSED: Heading(CLOSED, width=20),
            NOTE: Heading(NOTE, width=60),
        }
        return tuple(chosen.get(column, Heading(column)) for column in COLUMNS)

    def _write(self, item: Item, text: str, cells: Mapping[str, str] | None = None) -> None:
        """Write a note, and other cells, into the row of a request as the file is by now.

        A note stands behind all others, as people may have written behind each of them.
        """
        sheet = sheets.read(self.path, COLUMNS)
        row = self._row(sheet, item)
        written = row.cells[NOTE].rstrip()
        noted = f"{written}{BETWEEN}{text}" if written else text
        sheet.set(row, {NOTE: noted, **(cells or {})})
        sheet.save(self.replacing)

    def _row(self, sheet: sheets.Sheet, item: Item) -> Row:
        rows = _rows(sheet, item)
        if len(rows) != 1 or self._item(sheet, rows[0]).subject != item.subject:
            raise Misconfigured(
                f"{self.path.name}: the row of request {item.number} was changed meanwhile"
            )
        return rows[0]

    def _refuse_twins(self, sheet: sheets.Sheet) -> None:
        seen: dict[str, Row] = {}
        for row in sheet.rows:
            number = row.cells[NUMBER].strip()
            if number and number in seen:
                sheet.blame(row, NUMBER, f"the same number as in {seen[number].name}: change one")
            seen.setdefault(number, row)

    def _refuse_names(self, sheet: sheets.Sheet, row: Row, cells: Mapping[str, str]) -> None:
        """Let nobody's name or address pass for a number or a login: both are told to others."""
        if not cells[NUMBER]:
            sheet.blame(row, NUMBER, "empty: give the request a number")
        elif not ledger.ID.fullmatch(cells[NUMBER]):
            sheet.blame(row, NUMBER, ledger.NUMBERED)
        approver = cells[APPROVER]
        if approver and ("@" in approver or not ledger.LOGIN.fullmatch(approver)):
            sheet.blame(row, APPROVER, f"{ledger.APPROVING}; never by a name or an address")

    def _item(self, sheet: sheets.Sheet, row: Row) -> Item:
        cells = {name: text.strip() for name, text in row.cells.items()}
        self._refuse_names(sheet, row, cells)
        if cells[METHOD] and cells[METHOD].lower() not in METHODS:
            sheet.blame(row, METHOD, f"no such method: {' or '.join(METHODS)}, or leave it empty")
        if not cells[RECEIVED]:
            sheet.blame(row, RECEIVED, "empty: when was the request received?")
        received, approved = sheet.moment(row, RECEIVED), sheet.moment(row, APPROVED)
        for column, day in ((RECEIVED, received), (APPROVED, approved)):
            if day and judging.ahead(day, self.now):
                sheet.blame(row, column, f"{day.date()}, {judging.AHEAD}")
        if approved and received and approved.date() < received.date():
            sheet.blame(row, APPROVED, "before it was received: one of the two days is wrong")
        subject = self._subject(sheet, row, cells[SUBJECT])
        return Item(
            key=cells[NUMBER],
            number=cells[NUMBER],
            subject=subject,
            known=False,
            status=cells[STATUS],
            state="closed" if sheet.moment(row, CLOSED) else "open",
            method=cells[METHOD].lower() or self.policy.method,
            received=received,
            approved=approved if self._approved(cells[STATUS]) else None,
            opener=cells[OPENER].casefold() or None,
            approver=cells[APPROVER].casefold() or None,
            login=cells[APPROVER],
            told=judging.retold(self.policy, cells[NOTE], BETWEEN),
            mark=f"Q{digest(f'{cells[NUMBER]} {subject}')[:MARK]}",
            place=digest(str(self.path.resolve()))[:MARK],
        )

    def _approved(self, status: str) -> bool:
        return status.casefold() == self.policy.status.casefold()

    def _subject(self, sheet: sheets.Sheet, row: Row, written: str) -> Any:
        try:
            return self.key(written) if written else None
        except Misconfigured:
            sheet.blame(row, SUBJECT, "no key: a person is named by a key, never by a name")
            return None


def _rows(sheet: sheets.Sheet, item: Item) -> list[Row]:
    """Find the rows of a request by its number; there should be one."""
    return [r for r in sheet.rows if r.cells[NUMBER].strip() == item.number]
