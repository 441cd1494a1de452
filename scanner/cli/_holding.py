"""The part of ``efface log`` that writes: holds, releases, requests; and what is past its day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import click

from scanner.cli import _connection, _options, _output
from scanner.errors import Misconfigured, Negative

if TYPE_CHECKING:
    from scanner.journal import Journal
    from scanner.records.holds import Due


def day(written: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise click.BadParameter("write it like 2026-01-31") from None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be written down; each of the first three names a subject's key."""

    hold: str
    release: str
    opened: str
    closed: str
    until: date | None
    why: str
    request: str
    received: date | None
    by: str

    def check(self) -> None:
        """Refuse options that do not belong together."""
        if sum(map(bool, (self.hold, self.release, self.opened, self.closed))) > 1:
            raise click.UsageError("one of --hold, --release, --open and --close at a time")
        if bool(self.hold) != bool(self.until) or bool(self.hold) != bool(self.why):
            raise click.UsageError("a hold needs all of --hold KEY --until DATE --why REASON")
        if bool(self.opened) != bool(self.request):
            raise click.UsageError("a request needs both --open KEY and --request ID")
        if self.received and not self.opened:
            raise click.UsageError("--received goes with --open")


def write(book: "Journal", wish: Wish, db: str | None, pack: str | None) -> bool:
    """Write down what is wished; say whether anything was.

    Raises:
        Misconfigured: who is to be held, or has asked, has no row in the database.
    """
    from scanner.records import holds

    now, by = _connection.now(), _options.login(wish.by)
    key = wish.hold or wish.opened
    if there := bool(db) and bool(key):
        key = _known(db or "", pack, key)
    if wish.hold and wish.until:
        entry = holds.hold(book, key, wish.until, wish.why, now=now, by=by, there=there)
        told = f"subject {key} is not erased until {wish.until.isoformat()}"
    elif wish.release:
        entry = holds.release(book, wish.release, now=now, by=by)
        told = f"the hold on subject {wish.release} is released"
    elif wish.opened:
        received = wish.received or holds.earliest(now)
        entry = holds.opened(book, wish.request, key, received, now=now, by=by, there=there)
        told = f"the request {wish.request} has to be answered by {entry.content['due']}"
    elif wish.closed:
        entry = holds.closed(book, wish.closed, now=now, by=by)
        told = f"the request {entry.content['request']} is closed"
    else:
        return False
    _output.remark(f"{told}: line {entry.number} of {book.path}")
    return True


def _known(db: str, pack: str | None, key: str) -> str:
    """Make sure that the database has a row of this key, and give it as that row has it.

    Raises:
        Misconfigured: it has none; only a text that cannot be a name is repeated.
    """
    from scanner.records import holds
    from scanner.requests.subjects import Subjects

    holds.proved(key, there=True)
    with _connection.opened(db) as engine:
        subjects = Subjects.of(engine, _connection.pack(engine, pack))
        stored = subjects.key(key)
        if not subjects.present({stored}):
            raise Misconfigured(
                f"no subject has such a key: {subjects.pack.subject} has no such row"
            )
    return str(stored)


def late(book: "Journal", *, as_json: bool) -> None:
    """List what is past its day.

    Raises:
        Negative: there is something.
    """
    from scanner.model import dump
    from scanner.records import holds

    found = holds.overdue(book.read(), _connection.now())
    if as_json:
        raw = [{"kind": d.kind, "request": d.name, "subject": d.key, "due": d.due.isoformat(),
                "why": d.why} for d in found]  # fmt: skip
        _output.emit(dump({"version": 1, "overdue": raw}))
    else:
        for line in _lines(found):
            _output.emit(line)
    if any(d.kind == "request" for d in found):
        _output.remark("a request that was answered without an erasure: efface log --close ID")
    if found:
        raise Negative(f"{len(found)} past {'its' if len(found) == 1 else 'their'} day")
    _output.remark("nothing is past its day")


def _lines(found: "tuple[Due, ...]") -> Iterator[str]:
    for due in found:
        parts = (due.due.isoformat(), due.kind, due.name, f"subject {due.key or '-'}", due.why)
        yield "  ".join(p for p in parts if p)
