"""Tells the journal which requests wait for an answer, and until when; ``efface log --overdue`` asks it.

The journal holds no names: a number that could be one is replaced by a digest of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from scanner.journal import Journal
from scanner.model import digest
from scanner.records import holds
from scanner.records.holds import Due
from scanner.records.ledger import ID, Warrant, as_login
from scanner.requests.items import Former, Item, Standing
from scanner.sealing.chain import Entry

DIGITS = 12
"""How much of a digest stands for a number."""


def named(item: Item) -> str:
    """Name a request as the journal may; those of files apart, as several may give equal numbers."""
    mark = f":{item.mark}" if item.mark else ""
    name = f"{item.number}{mark}"
    return name if ID.fullmatch(name) else f"R0-{digest(item.number)[:DIGITS]}{mark}"


def warrant(item: Item) -> Warrant:
    """Say on whose word a request is carried out; what no login has (a space) is shown as a line."""
    return Warrant(named(item), as_login(item.login))


def note(journal: Journal, standings: Sequence[Standing], when: str) -> None:
    """Write down which requests are open that the journal does not know, and which no longer are.

    One whose subject was corrected takes the place of what the journal knows of it.

    Raises:
        Negative: the journal is broken. Misconfigured: it cannot be written.
    """
    waiting = holds.waiting(journal.read())
    for standing in standings:
        name, closed = named(standing.item), standing.verdict == "closed"
        known = waiting.get(name)
        if standing.purged:
            continue  # the journal knows that it was carried out
        same = list(_same(standing.item, waiting))
        if standing.item.subject is None and same and not closed:
            continue  # somebody emptied the cell: whom it was about, the journal knows
        if closed and known:
            journal.append("request", when, "", _content(standing, "closed"))
        elif not closed and (known is None or _moved(standing, known)):
            state = "approved" if standing.item.approved else "opened"
            journal.append("request", when, "", _content(standing, state))
        for old in same:
            content = {"request": old.name, "subject": {"key": old.key}}
            ended = {"state": "closed"} if closed else {"state": "superseded", "becomes": name}
            journal.append("request", when, "", content | ended)


def _moved(standing: Standing, known: Due) -> bool:
    """Whether a request is about somebody else by now, from another day, or approved."""
    item = standing.item
    if item.approved and known.approved != item.approved.isoformat():
        return True
    if item.known and not holds.fits(known.key, item.subject):
        return True
    if item.place and not known.place:
        return True  # an earlier version did not write which file it is in
    return item.place == known.place and standing.term not in (None, known.due)


def _same(item: Item, waiting: Mapping[str, Due]) -> Iterator[Due]:
    """Find what waits under another name and is the same request of a file.

    It has its number and its day, and its file; what has no file, as earlier versions wrote it, has
    its subject.
    """
    for name, due in waiting.items():
        same = due.place == item.place if due.place else holds.fits(due.key, item.subject)
        if name != named(item) and same and _alike(item, name, due.received):
            yield due


def _alike(item: Item, name: str, received: date | None) -> bool:
    """Whether a name and a day are those of a request of a file, whoever it was about."""
    day = item.received.date() if item.received else None
    return bool(item.mark) and received == day and name.rpartition(":")[0] == _bare(item)


def _bare(item: Item) -> str:
    """Name a request of a file without its mark."""
    return named(item).removesuffix(f":{item.mark}")


def formers(entries: Iterable[Entry], items: Iterable[Item]) -> dict[Any, Former]:
    """Say whom requests were about before, as far as the journal knows; by the items' keys."""
    told = [e for e in entries if e.event == "request" and e.content.get("state") in holds.WAITING]
    found: dict[Any, Former] = {}
    for item in items:
        if not item.known:
            continue
        for entry in told:
            content = entry.content
            name, key = str(content.get("request", "")), str(content["subject"]["key"])
            received = date.fromisoformat(content["received"]) if "received" in content else None
            here = content.get("place") == item.place and _alike(item, name, received)
            if key and not holds.fits(key, item.subject) and (here or name == named(item)):
                found[item.key] = Former(key, entry.when, str(content.get("approved", "")))
    return found


def elsewhere(entries: Iterable[Entry], items: Iterable[Item]) -> tuple[Due, ...]:
    """List what the journal waits for that is none of these requests."""
    waiting = holds.waiting(entries)
    here = {n for i in items for n in (named(i), *(due.name for due in _same(i, waiting)))}
    return tuple(due for name, due in waiting.items() if name not in here)


def refused(journal: Journal, standing: Standing, when: str) -> None:
    """Write down, once, that a request was refused; it stays open.

    Raises:
        Negative: the journal is broken. Misconfigured: it cannot be written.
    """
    known = holds.waiting(journal.read()).get(named(standing.item))
    if known is not None and not known.why:
        journal.append("request", when, "", _content(standing, "refused"))


def _content(standing: Standing, state: str) -> dict[str, object]:
    item = standing.item
    key = str(item.subject) if item.known or isinstance(item.subject, int) else ""
    content: dict[str, object] = {"request": named(item), "state": state}
    content["subject"] = {"key": key}
    if item.place:
        content["place"] = item.place
    if state == "approved" and item.approved:
        content["approved"] = item.approved.isoformat()
    if item.received is not None and standing.term is not None:
        content |= {"received": item.received.date().isoformat(), "due": standing.term.isoformat()}
    return content
