"""What the journal says of requests whose contact has no row any more, or that name none. Reads only.

A contact is purged by another plan, or the process dies before a file of requests is written; or
somebody deletes it by hand: then nobody has erased what is left of it, and the request stays open.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from scanner.errors import Misconfigured
from scanner.journal import Journal
from scanner.records import ledger
from scanner.records.holds import fits
from scanner.records.ledger import Erasure
from scanner.requests import docket
from scanner.requests.items import Item, Past
from scanner.requests.subjects import Subjects
from scanner.rulebook import Pack
from scanner.sealing.chain import Entry


def pasts(
    engine: Engine, pack: Pack, journal: Journal, items: Iterable[Item]
) -> Mapping[Any, Past]:
    """Say of each open request without a contact whom it was about, and whether that one was purged.

    Raises:
        Negative: the journal is broken. Misconfigured: it, or its key, cannot be read.
        DatabaseFailed: the database failed.
    """
    asked = [i for i in items if i.state != "closed" and not i.known]
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
