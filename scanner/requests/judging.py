"""Judges requests: what is due, and what speaks against the others. Pure: values in, values out."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from scanner.errors import Misconfigured
from scanner.requests.items import Former, Item, Past, Standing, Verdict
from scanner.rulefiles.tracking import Policy
from scanner.sealing.chain import Entry
from scanner.texts.wording import CUT, count, shortened

UNKNOWN = (
    "and the journal knows of no purge: look for what is left (efface verify --identifiers FILE), "
    "then close the request"
)
UNDATED = "no status change says when and by whom"
AHEAD = "which is still to come: correct the day"
SECOND = "a second person has to approve it"
PLACE = re.compile(r"\{([\w.]+)(?::([^{}|]+)(?:\|([^{}|]+))?)?\}")
"""A place of a note that is filled in; ``{rows:row}`` or ``{rows:Zeile|Zeilen}`` with its word."""

QUOTED = 16
"""How much of a plan's digest a note quotes: enough for efface log to find it."""

ZONES = timedelta(days=1)
"""So far may the day be ahead of ours where somebody writes: what is further is a mistake."""

NOTES_ARE = 2000
"""So many characters of a reason are noted."""


def judge(
    item: Item,
    policy: Policy,
    now: datetime,
    *,
    stops: Sequence[str] = (),
    past: Past | None = None,
    former: Former | None = None,
) -> Standing:
    """Say how a request stands at ``now``, a time of the site; ``stops`` speak against it, too.

    ``past`` is what the journal says of its contact, where that is gone; ``former`` whom the
    request was about before.
    """
    due = item.approved + timedelta(days=policy.delay_days) if item.approved else None
    term = _months_on(item.received.date(), policy.term_months) if item.received else None
    left = (term - now.date()).days if term else None
    waits = _waits(item, policy, due, now)
    bars = [*_bars(item, policy, past, now), *_unapproved(item, former), *stops]
    verdict: Verdict = "due"
    if item.state == "closed":
        return Standing(item, "closed", (), due, term, left)
    if waits:
        verdict = "waiting"
    elif bars:
        verdict = "refused"
    return Standing(
        item,
        verdict,
        (*_told(past), *_corrected(item, former), *waits, *bars),
        due,
        term,
        left,
        past,
    )


def _told(past: Past | None) -> list[str]:
    """Say what the journal knows of an earlier erasure."""
    if past and past.purged:
        return [f"purged at {past.purged.when}: only to be closed"]
    if past and past.erased:
        return [f"already erased at {named(past.erased)}: only to be looked at again and closed"]
    return [past.told] if past and past.told else []


def _waits(item: Item, policy: Policy, due: datetime | None, now: datetime) -> list[str]:
    """List what time or people still have to do."""
    if item.state == "unknown":
        return ["its condition is none that the pack knows"]
    if item.status.casefold() != policy.status.casefold():
        return [f"not approved: its status is {item.status or 'empty'}"]
    if due is None:
        return [f"approved, but {'not since when: fill in Approved' if item.place else UNDATED}"]
    if due > now:
        days = -(-(due - now) // timedelta(days=1))
        return [f"too young: {days} of {policy.delay_days} days left"]
    return []


def _bars(item: Item, policy: Policy, past: Past | None, now: datetime) -> list[str]:
    """List what the item itself has against it."""
    found = []
    if not item.known and not (past and past.purged):
        found.append(_missing(item, past))
    if past and past.doubt:
        found.append(past.doubt)
    if item.received and ahead(item.received, now):
        found.append(f"received on {item.received.date()}, {AHEAD}")
    if policy.second_person and item.approved:
        found += _alone(item)
    return found


def _corrected(item: Item, former: Former | None) -> list[str]:
    """Say that a request was about somebody else, where that keeps nobody from it."""
    if former is None or _unapproved(item, former):
        return []
    return [f"it was about subject {former.key} at {former.when}, as the journal says"]


def _unapproved(item: Item, former: Former | None) -> list[str]:
    """Say that an approval was not of the subject that the request names by now."""
    if former is None or item.approved is None:
        return []
    seen = datetime.fromisoformat(former.when).astimezone().date()
    if item.approved.date() >= seen and item.approved.isoformat() != former.approved:
        return []
    return [
        f"it was approved when it was about subject {former.key}, as the journal says at "
        f"{former.when}: approve it anew"
    ]


def ahead(moment: datetime, now: datetime) -> bool:
    """Whether a day is still to come, wherever it was written."""
    return moment.date() > (now + ZONES).date()


def _missing(item: Item, past: Past | None) -> str:
    """Say what became of whom a request is about that nobody has erased."""
    if item.subject is not None:
        return f"the {person(item)} is gone, {UNKNOWN}"
    if item.place:
        return "it names no subject: fill in Subject, or Closed"
    if past is None:
        return "the item names no contact: link one to it, or close it"
    if past.there:
        return f"the item no longer names contact {past.key}: link it again, or close the item"
    return f"the contact that the item named, {past.key}, is gone, {UNKNOWN}"


def person(item: Item) -> str:
    """Say what people are where the request is kept: contacts of a CRM; a file is of any site."""
    return "person" if item.place else "contact"


def _alone(item: Item) -> list[str]:
    """Say why it is not known that two people opened and approved a request."""
    if item.approver is None:
        return [f"nobody is named who approved it: {SECOND}"]
    if item.opener is None:
        return [f"nobody is named who opened it: {SECOND}"]
    return [f"who approved it is who opened it: {SECOND}"] if item.opener == item.approver else []


def _months_on(start: date, months: int) -> date:
    """Add calendar months; where the month has no such day, its last one.

    Art. 12(3) GDPR says one month; Regulation 1182/71, art. 3(2)(c), how that is counted.
    """
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def done(policy: Policy, **said: object) -> str:
    """Write the note on a request that is carried out.

    Raises:
        Misconfigured: the pack's text has a place that nothing fills.
    """
    if unknown := sorted({m[1] for m in PLACE.finditer(policy.done)} - set(said)):
        raise Misconfigured(
            f"[requests]: done: nothing fills {', '.join(unknown)}: there are {', '.join(said)}"
        )
    return _plain(PLACE.sub(lambda m: _counted(said[m[1]], m[2], m[3]), policy.done))


def _counted(value: object, one: str | None, many: str | None) -> str:
    """Fill a place: a count with its word, where the pack gives one."""
    return count(value, one, many or "") if one and isinstance(value, int) else str(value)


def named(by: Entry) -> str:
    """Say which erasure it was."""
    return f"{by.when}, line {by.number} of the journal, plan {by.plan[:QUOTED]}"


def erased(by: Entry, whom: str = "contact") -> str:
    """Write the note on a request whose person was erased before and of whom nothing was left."""
    return f"Efface had erased this {whom} at {by.when}, plan {by.plan[:QUOTED]}. Nothing is left."


def purged(by: Entry) -> str:
    """Write the note on a request whose contact was purged before."""
    return f"Efface carried this out by purge at {by.when}. Plan {by.plan[:QUOTED]}."


def refused(policy: Policy, why: str) -> str:
    """Write the note on a request that is not carried out."""
    return shortened(_plain(policy.refused + why), NOTES_ARE)


def told(policy: Policy, note: str | None) -> str:
    """Read the reason from a note of ours; an empty text from any other."""
    prefix = _plain(policy.refused)
    return note.removeprefix(prefix) if note and note.startswith(prefix) else ""


def retold(policy: Policy, notes: str, between: str) -> str:
    """Read the reason from the last note of ours in a text of several, with ``between`` them."""
    prefix = _plain(policy.refused)
    _, ours, why = notes.rpartition(prefix or between)
    return why if ours or not prefix else ""


def same(policy: Policy, item: Item, why: str) -> bool:
    """Whether the item's last note says so already; counts may have changed since.

    A note that was too long for its column says so as far as it goes.
    """
    again = told(policy, refused(policy, why))
    if item.told.endswith(CUT) and len(item.told) < len(again):
        return _shape(again).startswith(_shape(item.told.removesuffix(CUT)))
    return bool(item.told) and _shape(item.told) == _shape(again)


def _shape(text: str) -> str:
    return re.sub(r"[\d,]+", "#", text).strip()


def _plain(text: str) -> str:
    """Write with what any database stores: names of tables may hold other letters."""
    return " ".join(text.encode("ascii", "replace").decode().split()) + (
        " " if text.endswith(" ") else ""
    )
