"""What requests are to us: keys, times and reasons, free of personal data."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, Protocol

from scanner.executor.errands import Aside
from scanner.receipts import Receipt
from scanner.sealing.chain import Entry

State = Literal["open", "closed", "unknown"]
"""Whether an item is closed; unknown where the pack does not know its condition."""

Verdict = Literal["due", "waiting", "refused", "closed"]
"""What is to be done with a request now."""

Result = Literal["done", "rehearsed", "refused", "failed"]
"""What became of a request that was due; failed: the database did, or it is no longer due."""


@dataclass(frozen=True, slots=True)
class Item:
    """One request as it is kept; times are the site's own.

    ``key`` names its row. ``subject`` is the person's key, None where none is named; ``known``
    says whether that person has a row. ``opener`` and ``approver`` are users, ``login`` is the
    approver's. ``told`` is what the last note of ours gave as the reason not to do it. ``mark``
    tells requests of files, whose numbers may be equal, from each other and from action items: it
    is of what the request says, so that a file may be moved or copied. ``place`` names the file.
    """

    key: Any
    number: str
    subject: Any
    known: bool
    status: str
    state: State
    method: str
    received: datetime | None
    approved: datetime | None
    opener: Any
    approver: Any
    login: str
    told: str
    mark: str = ""
    place: str = ""

    def stands(self, again: "Item") -> bool:
        """Whether it is still as it was judged, now that its subject is erased.

        Only the erasure itself may have changed something: notes are redacted, and a purge cuts
        the link to the subject.
        """
        cut = self.method == "purge" and again.subject is None
        subject = self.subject if cut else again.subject
        return replace(again, told=self.told, known=self.known, subject=subject) == self


@dataclass(frozen=True, slots=True)
class Former:
    """Whom a request was about before somebody corrected it, and when the journal last said so.

    ``approved`` is when it was approved then.
    """

    key: str
    when: str
    approved: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal says of whom a request is about.

    ``purged`` is its line that says so, if Efface purged that contact after the request came in;
    ``there`` says that the contact has a row, and an item without a contact only no link to it.
    ``erased`` is its line of an erasure after which the contact's own rows hold nothing more.
    ``told`` says another thing about an earlier erasure; ``doubt`` why who has the key now may be
    somebody else than who was erased for this request.
    """

    key: str
    purged: Entry | None = None
    there: bool = False
    erased: Entry | None = None
    told: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands: what is to be done, why not yet, from when on, until when.

    ``left`` counts the days to the legal term, which ends with the day ``term``.
    """

    item: Item
    verdict: Verdict
    reasons: tuple[str, ...]
    due: datetime | None
    term: date | None
    left: int | None
    past: Past | None = None

    @property
    def purged(self) -> Entry | None:
        """Give the journal's line of a purge that has left nothing but the request to close."""
        return self.past.purged if self.past else None

    @property
    def erased(self) -> Entry | None:
        """Give the journal's line of an erasure that may have left nothing to do."""
        return self.past.erased if self.past else None

    @property
    def why(self) -> str:
        """Say all reasons."""
        return "; ".join(self.reasons)

    def to_raw(self) -> dict[str, Any]:
        """Write as a JSON object."""
        item = self.item
        return {
            "request": item.number,
            "subject": item.subject,
            "status": item.status,
            "method": item.method,
            "received": _stamp(item.received),
            "approved": _stamp(item.approved),
            "due": _stamp(self.due),
            "term": self.term.isoformat() if self.term else None,
            "days_left": self.left,
            "verdict": self.verdict,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: carried out, or why not."""

    standing: Standing
    result: Result
    why: str = ""
    rows: int = 0
    reviews: int = 0
    plan: str = ""
    exit_code: int = 0

    def to_raw(self) -> dict[str, Any]:
        """Write as a JSON object."""
        item = self.standing.item
        return {
            "request": item.number,
            "subject": item.subject,
            "method": item.method,
            "result": self.result,
            "why": self.why,
            "rows": self.rows,
            "reviews": self.reviews,
            "plan": self.plan,
            "days_left": self.standing.left,
        }


YEARS = range(1900, 9000)
"""Years that a time of a request may be in: others are mistakes, and cannot be reckoned with."""


def local(moment: datetime) -> datetime | None:
    """Give a time as the site's clock shows it; None where it is none of these years."""
    if moment.year not in YEARS:
        return None
    return moment.astimezone().replace(tzinfo=None) if moment.tzinfo else moment


Note = Callable[[Receipt], str]
"""Writes the note on a request from what was done."""


class Tracker(Protocol):
    """Where requests are kept."""

    def items(self) -> tuple[Item, ...]:
        """Read all requests, closed ones as well."""

    def finishing(self, item: Item, note: Note) -> Aside | None:
        """Give what closes the item with ``note`` inside of the erasure's transaction."""

    def finished(self, item: Item, text: str) -> None:
        """Close the item after the erasure was committed, where it is not in the database."""

    def close(self, item: Item, text: str) -> None:
        """Note and close the item of somebody whose erasure was committed before."""

    def refuse(self, item: Item, why: str) -> None:
        """Leave the item open with a note that says why."""


def _stamp(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
