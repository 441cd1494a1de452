"""What the journal says of time: who is not to be erased until when, and which requests are late.

A hold is a restriction of processing (Art. 18 GDPR) or a duty to keep (Art. 17(3)). Its reason is
one of ``rules/holds.toml``: a text of one's own would sooner or later hold personal data.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from scanner import rulebook
from scanner.errors import Misconfigured, Stopped
from scanner.journal import Journal
from scanner.plans import Plan, StopFound
from scanner.records.ledger import Warrant
from scanner.sealing.chain import Entry

RULE = "hold"
"""What the stop is called in a plan."""

LAST_MONTH = 12

WAITING = ("opened", "approved")
"""What the journal says of a request that waits, with whom it is about and from which day on."""

WHOLE = re.compile(r"-?[0-9]{1,65}")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""A key that is nobody's name, whatever the database: a number, or a UUID."""

TEXT = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9._:/#-]{1,40}")
"""A key of letters, which only the database tells from a name: with a digit, without spaces."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A subject that is not to be erased before the day after ``until``."""

    key: str
    until: date
    why: str
    when: str

    @property
    def sentence(self) -> str:
        """Say it to people."""
        return f"hold until {self.until.isoformat()}: {reasons().get(self.why, self.why)}"


@dataclass(frozen=True, slots=True)
class Due:
    """Something that a date was set for which has passed: a request, or a hold that ended.

    A request came in on the day ``received``; ``place`` names its file, where it is in one;
    ``approved`` is when it was approved, as it says.
    """

    kind: str
    name: str
    key: str
    due: date
    why: str
    received: date | None = None
    place: str = ""
    approved: str = ""


@cache
def reasons() -> Mapping[str, str]:
    """List the reasons for a hold, the word that is typed to what it means."""
    found: Mapping[str, str] = rulebook.load("holds")["reasons"]
    return found


def hold(
    journal: Journal,
    key: str,
    until: date,
    why: str,
    *,
    now: str,
    by: str = "",
    there: bool = False,
) -> Entry:
    """Write down that a subject is not to be erased until the end of a day.

    ``there`` says that the database has a row of this key.

    Raises:
        Misconfigured: the day has passed, no such reason is known, or the key is none.
    """
    if why not in reasons():
        known = "; ".join(f"{k}: {v}" for k, v in reasons().items())
        raise Misconfigured(f"a hold is for one of these reasons, never in words of one's own: "
                            f"{known}")  # fmt: skip
    if until < earliest(now):
        raise Misconfigured(f"the hold would have ended on {until.isoformat()}: that is past")
    named = {"key": proved(key, there=there)}
    content = {"subject": named, "until": until.isoformat(), "why": why}
    return journal.append("hold", now, "", content | Warrant(by=by).to_raw())


def release(journal: Journal, key: str, *, now: str, by: str = "") -> Entry:
    """Write down that a subject may be erased again; who is held is in the journal already.

    Raises:
        Misconfigured: nobody has held it.
    """
    if (found := _meant(standing(journal.read()), key)) is None:
        told = f"subject {key}" if _plain(key) else "such a subject"
        raise Misconfigured(f"there is no hold on {told} in {str(journal.path)!r}")
    content = {"subject": {"key": found}} | Warrant(by=by).to_raw()
    return journal.append("release", now, "", content)


def standing(entries: Iterable[Entry]) -> dict[str, Hold]:
    """Find the holds that were not released, by the key as people wrote it; some may have ended."""
    found: dict[str, Hold] = {}
    for entry in entries:
        content = entry.content
        key = str((content.get("subject") or {}).get("key", ""))
        if entry.event == "hold":
            until = date.fromisoformat(content["until"])
            found[key] = Hold(key, until, content["why"], entry.when)
        elif entry.event == "release":
            found.pop(_meant(found, key) or key, None)
    return found


def _meant(held: Mapping[str, Hold], key: str) -> str | None:
    """Find the key of a hold that people mean: the one that they write, else one that reads the same."""
    if key in held:
        return key
    return next((k for k in held if _read(k) == _read(key)), None)


def fits(written: str, key: object) -> bool:
    """Whether what people wrote names a key as its database stores it.

    A number may have zeros before it, a UUID capitals. Two texts with other zeros are two people.
    """
    if isinstance(key, str) and WHOLE.fullmatch(key):
        return written == key
    return _read(written) == _read(str(key))


def _read(written: str) -> str:
    """Give one form to what people write in several."""
    if UUID.fullmatch(written):
        return written.lower()
    return str(int(written)) if WHOLE.fullmatch(written) else written


def on(journal: Journal, key: Any, now: str) -> Hold | None:
    """Find the hold on a subject that has not ended.

    Raises:
        Negative: the journal is broken, so that nobody can say.
    """
    today = earliest(now)
    held = (h for h in standing(journal.read()).values() if h.until >= today)
    return next((h for h in held if fits(h.key, key)), None)


def keys(journal: Journal, now: str) -> tuple[str, ...]:
    """List all subjects with a hold that has not ended.

    Raises:
        Negative: the journal is broken, so that nobody can say.
    """
    today = earliest(now)
    return tuple(h.key for h in standing(journal.read()).values() if h.until >= today)


def refuse(journal: Journal, key: Any, now: str) -> None:
    """Refuse where there is a hold on the subject.

    Raises:
        Stopped: with its end and its reason.
    """
    if found := on(journal, key, now):
        raise Stopped(f"subject {key}: {found.sentence}; efface log --release {key} ends it")


def shown(plan: Plan, journal: Journal, now: str) -> Plan:
    """Show a hold on the plan's subject as a stop of the plan."""
    found = on(journal, plan.subject[1], now)
    if found is None:
        return plan
    return replace(plan, stops=(*plan.stops, StopFound(RULE, found.sentence, 1, "stop")))


def opened(
    journal: Journal,
    request: str,
    key: str,
    received: date,
    *,
    now: str,
    by: str = "",
    there: bool = False,
) -> Entry:
    """Write down that somebody asked, and by when it has to be answered (Art. 12(3) GDPR).

    ``there`` says that the database has a row of this key.

    Raises:
        Misconfigured: the request has no number, the day is to come, it is open already, or the
            key is none.
    """
    if received > _latest(now):
        raise Misconfigured(f"the request would be received on {received.isoformat()}: not yet")
    warrant = Warrant(request=request, by=by)
    if not request:
        raise Misconfigured("a request needs its number: --request ID")
    if request in waiting(journal.read()):
        raise Misconfigured(f"the request {request} is open already")
    content = {
        "subject": {"key": proved(key, there=there)},
        "state": "opened",
        "received": received.isoformat(),
        "due": in_a_month(received).isoformat(),
    }
    return journal.append("request", now, "", content | warrant.to_raw())


def closed(journal: Journal, request: str, *, now: str, by: str = "") -> Entry:
    """Write down that a request was answered without an erasure: withdrawn, or rightly refused.

    Raises:
        Misconfigured: no such request waits, or the number is none.
    """
    warrant = Warrant(request=request, by=by)
    if (found := waiting(journal.read()).get(request)) is None:
        raise Misconfigured(f"no request {request} waits in {str(journal.path)!r}")
    content = {"subject": {"key": found.key}, "state": "closed"}
    return journal.append("request", now, "", content | warrant.to_raw())


def in_a_month(day: date) -> date:
    """Give the same day of the next month, or its last (Regulation 1182/71, Art. 3)."""
    year, month = (day.year, day.month + 1) if day.month < LAST_MONTH else (day.year + 1, 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def overdue(entries: Iterable[Entry], now: str) -> tuple[Due, ...]:
    """List requests past their term, and holds that ended and were not released."""
    told, today = tuple(entries), _day(now)
    held = standing(told)
    late = [
        replace(due, why=due.why or (held[k].sentence if (k := _meant(held, due.key)) else ""))
        for due in waiting(told).values()
        if due.due < today
    ]
    ended = [
        Due("hold", "", h.key, h.until, f"{reasons().get(h.why, h.why)}: release it, or hold on")
        for h in held.values()
        if h.until < earliest(now)
    ]
    return tuple(sorted([*late, *ended], key=lambda d: (d.due, d.kind, d.name, d.key)))


def waiting(entries: Iterable[Entry]) -> dict[str, Due]:
    """Find the requests that were neither carried out nor closed, by their number.

    A request is closed by an event of its own, or by an erasure of its subject after it came in.
    """
    found: dict[str, Due] = {}
    keys: dict[str, tuple[Any, ...]] = {}
    for entry in entries:
        if entry.event == "request":
            _follow(found, entry)
        elif entry.event == "intent":
            keys[entry.plan] = _people(entry)
        elif entry.event in ("done", "batch"):
            gone = keys.pop(entry.plan, ())
            found = {n: d for n, d in found.items() if not any(fits(d.key, k) for k in gone)}
    return found


def _people(intent: Entry) -> tuple[Any, ...]:
    """Name the people whom an intent is about; a batch may be of cases, whose keys are no people's."""
    some = intent.content.get("subjects")
    if some is None:
        return ((intent.content.get("subject") or {}).get("key", ""),)
    return tuple(s["key"] for s in some if "marks" in s)


def _follow(found: dict[str, Due], entry: Entry) -> None:
    """Take in what became of a request: opened, approved or refused (it stays open), or ended."""
    content = entry.content
    name = str(content.get("request", ""))
    state = content.get("state")
    if state in WAITING:
        received = date.fromisoformat(content.get("received") or entry.when[:10])
        due = date.fromisoformat(content["due"]) if "due" in content else in_a_month(received)
        key, place = str(content["subject"]["key"]), str(content.get("place", ""))
        approved = str(content.get("approved", ""))
        found[name] = Due("request", name, key, due, "", received, place, approved)
    elif state == "refused" and name in found:
        found[name] = replace(found[name], why=f"refused at {entry.when}")
    elif state in ("closed", "superseded", None):  # one that says no state tells of an erasure
        found.pop(name, None)


def proved(key: str, *, there: bool = False) -> str:
    """Take a key for the journal; a name or an address is none, nor what could be one.

    Raises:
        Misconfigured: it is none, or letters of which the database did not say that they are one.
    """
    if not _plain(key):
        raise Misconfigured("a subject is named by its key (objid), never by a name or an address")
    if not there and not _nobodys(key):
        raise Misconfigured(
            "a key with letters could be a name: give --db URL, which knows its keys"
        )
    return key


def _plain(key: str) -> bool:
    """Whether a text has the form of a key."""
    return _nobodys(key) or TEXT.fullmatch(key) is not None


def _nobodys(key: str) -> bool:
    return (WHOLE.fullmatch(key) or UUID.fullmatch(key)) is not None


def earliest(now: str) -> date:
    """Read the day, in UTC or here, the earlier one: a hold lasts as long as its day does here.

    What comes in today came in then, at the latest.
    """
    here = datetime.fromisoformat(now).astimezone().date()
    return min(_day(now), here)


def _latest(now: str) -> date:
    """Read the day, in UTC or here, the later one: what came in here today is not to come."""
    return max(_day(now), datetime.fromisoformat(now).astimezone().date())


def _day(now: str) -> date:
    """Read the day of a time, in UTC."""
    read = datetime.fromisoformat(now)
    return (read.astimezone(UTC) if read.tzinfo else read).date()
