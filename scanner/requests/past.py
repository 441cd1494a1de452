"""What the journal says of whom a request is about: erased already, gone, or somebody else. Reads only.

A contact is erased by another plan, or the process dies before a file of requests is written; or
somebody deletes it by hand: then nobody has erased what is left of it, and the request stays open.
Where the key of who was erased for a request is somebody else's by now, nobody is erased.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from scanner.errors import Misconfigured
from scanner.journal import Journal
from scanner.plans import Basis
from scanner.records import ledger, revenants
from scanner.records.holds import fits
from scanner.records.ledger import Erasure
from scanner.records.revenants import Revenant
from scanner.requests import docket, judging
from scanner.requests.items import Item, Past
from scanner.requests.subjects import Subjects
from scanner.rulebook import Pack
from scanner.sealing.chain import Entry


def pasts(
    engine: Engine,
    pack: Pack,
    journal: Journal,
    items: Iterable[Item],
    *,
    basis: Basis | None = None,
) -> Mapping[Any, Past]:
    """Say of each open request what the journal knows of its contact, if anything.

    ``basis`` is what would be planned from; without it, what was planned from then.

    Raises:
        Negative: the journal is broken. Misconfigured: it, or its key, cannot be read.
        DatabaseFailed: the database failed.
    """
    waiting = [i for i in items if i.state != "closed"]
    gone = _gone(engine, pack, journal, [i for i in waiting if not i.known])
    return gone | _erased(engine, pack, journal, [i for i in waiting if i.known], basis)


def _gone(engine: Engine, pack: Pack, journal: Journal, asked: Sequence[Item]) -> dict[Any, Past]:
    """Say whom requests without a contact were about, and whether that one was purged."""
    if not asked:
        return {}
    entries = journal.read()
    named, purged = _named(entries), _purged(entries, pack.subject)
    keys = {
        item.key: named.get(docket.named(item), "") if item.subject is None else str(item.subject)
        for item in asked
    }
    there = _there(engine, pack, {keys[i.key] for i in asked if i.subject is None and keys[i.key]})
    found: dict[Any, Past] = {}
    for item in asked:
        if key := keys[item.key]:
            done = next((e for e in purged if fits(key, e.key)), None)
            gone = done and key not in there and _after(done, item.received)
            found[item.key] = Past(key, done.last if done and gone else None, key in there)
    return found


def _erased(
    engine: Engine, pack: Pack, journal: Journal, asked: Sequence[Item], basis: Basis | None
) -> dict[Any, Past]:
    """Look at requests whose contact has a row and was erased before."""
    if not asked:
        return {}
    among = {i.subject for i in asked}
    known = revenants.find(engine, journal, basis=basis, chosen=pack, among=among)
    found = {}
    for item in asked:
        mine = [r for r in known if _about(r, item, pack)]
        if mine:
            last = max(mine, key=lambda r: r.erasure.last.number)
            found[item.key] = _seen(item, last, sure=basis is not None)
    return found


def _about(earlier: Revenant, item: Item, pack: Pack) -> bool:
    """Whether an erasure was of the item's contact, and did what the item asks for, or more."""
    erasure = earlier.erasure
    return (
        erasure.table.rpartition(".")[2].lower() == pack.subject
        and fits(str(erasure.key), item.subject)
        and (item.method == "redact" or erasure.method == "purge")
    )


def _seen(item: Item, earlier: Revenant, *, sure: bool) -> Past:
    """Say what an earlier erasure means for a request; ``sure`` if by what would be planned from.

    Who asked after that has the key now; a request from before that may mean who had it then.
    """
    key, last = str(item.subject), earlier.erasure.last
    if earlier.state == "erased":
        return Past(key, erased=last)
    if not _after(earlier.erasure, item.received):
        return Past(key)
    told = f"it was erased at {judging.named(last)}"
    if earlier.state == "undone":
        return Past(key, told=f"{told}, and is back: it is erased again")
    if earlier.state == "unclear" and not sure:
        return Past(key, told=f"{told}; whether it still is, efface requests run says")
    return Past(key, doubt=f"{told}, and {earlier.why}: look, then close the request")


def _named(entries: Iterable[Entry]) -> dict[str, str]:
    """Collect whom requests were about when the journal first heard of them."""
    found: dict[str, str] = {}
    for entry in entries:
        key = str((entry.content.get("subject") or {}).get("key", ""))
        if entry.event == "request" and key:
            found[str(entry.content.get("request", ""))] = key
    return found


def _purged(entries: Iterable[Entry], subject: str) -> list[Erasure]:
    """Find who was purged, the last one first."""
    return [
        e
        for e in reversed(ledger.erasures(entries))
        if e.method == "purge" and e.table.rpartition(".")[2].lower() == subject
    ]


def _after(erasure: Erasure, received: datetime | None) -> bool:
    """Whether somebody was purged after the request came in, whose time is the site's own."""
    if received is None:
        return False
    return datetime.fromisoformat(erasure.last.when) >= received.astimezone(UTC)


def _there(engine: Engine, pack: Pack, keys: Collection[str]) -> set[str]:
    """Say which of these keys have a row; what cannot be a key has none."""
    if not keys:
        return set()
    subjects = Subjects.of(engine, pack)
    read: dict[str, Any] = {}
    for key in keys:
        with suppress(Misconfigured):
            read[key] = subjects.key(key)
    present = subjects.present({*read.values()})
    return {key for key, value in read.items() if value in present}
