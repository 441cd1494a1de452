"""Tells the journal which requests wait for an answer, and until when; ``efface log --overdue`` asks it.

The journal holds no names: a number that could be one is replaced by a digest of it.
"""

from collections.abc import Sequence

from scanner.journal import Journal
from scanner.model import digest
from scanner.records import holds
from scanner.records.ledger import ID, LOGIN, Warrant
from scanner.requests.items import Item, Standing

DIGITS = 12
"""How much of a digest stands for a number."""


def named(item: Item) -> str:
    """Name a request as the journal may; those of files apart, as several may give equal numbers."""
    mark = f":{item.mark}" if item.mark else ""
    name = f"{item.number}{mark}"
    return name if ID.fullmatch(name) else f"R0-{digest(item.number)[:DIGITS]}{mark}"


def warrant(item: Item) -> Warrant:
    """Say on whose word a request is carried out."""
    return Warrant(named(item), item.login if LOGIN.fullmatch(item.login) else "")


def note(journal: Journal, standings: Sequence[Standing], when: str) -> None:
    """Write down which requests are open that the journal does not know, and which no longer are.

    Raises:
        Negative: the journal is broken. Misconfigured: it cannot be written.
    """
    waiting = holds.waiting(journal.read())
    for standing in standings:
        name = named(standing.item)
        if standing.purged:
            continue  # the journal knows that it was carried out
        if standing.verdict == "closed":
            if name in waiting:
                journal.append("request", when, "", _content(standing, "closed"))
        elif name not in waiting or _moved(standing.item, waiting[name].key):
            journal.append("request", when, "", _content(standing, "opened"))


def _moved(item: Item, key: str) -> bool:
    """Whether a request is about somebody else by now."""
    return item.known and not holds.fits(key, item.subject)


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
    if item.received is not None and standing.term is not None:
        content |= {"received": item.received.date().isoformat(), "due": standing.term.isoformat()}
    return content
