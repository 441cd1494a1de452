"""Judges requests: what is due, and what speaks against the others. Pure: values in, values out."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from scanner.errors import Misconfigured
from scanner.lookups import OPEN
from scanner.requests.items import Item, Standing, Verdict
from scanner.tracking import Policy

GONE = "the contact is gone"
NOBODY = "the item names no contact"
SAME = "who approved it is who opened it: a second person has to approve it"
NOTES_ARE = 2000
"""So many characters of a reason are noted."""


def judge(item: Item, policy: Policy, now: datetime, *, stops: Sequence[str] = ()) -> Standing:
    """Say how a request stands at ``now``, a time of the site; ``stops`` speak against it, too."""
    due = item.approved + timedelta(days=policy.delay_days) if item.approved else None
    term = _months_on(item.received.date(), policy.term_months) if item.received else None
    left = (term - now.date()).days if term else None
    waits = _waits(item, policy, due, now)
    bars = [*_bars(item, policy), *stops]
    verdict: Verdict = "due"
    if item.state == "closed":
        return Standing(item, "closed", ("closed",), due, term, left)
    if waits:
        verdict = "waiting"
    elif bars:
        verdict = "refused"
    return Standing(item, verdict, (*waits, *bars), due, term, left)


def _waits(item: Item, policy: Policy, due: datetime | None, now: datetime) -> list[str]:
    """List what time or people still have to do."""
    if item.state == "unknown":
        return ["its condition is none that the pack knows"]
    if item.status.casefold() != policy.status.casefold():
        return [f"not approved: its status is {item.status or 'empty'}"]
    if due is None:
        return ["approved, but no status change says when and by whom"]
    if due > now:
        days = -(-(due - now) // timedelta(days=1))
        return [f"too young: {days} of {policy.delay_days} days left"]
    return []


def _bars(item: Item, policy: Policy) -> list[str]:
    """List what the item itself has against it."""
    found = []
    if item.subject is None:
        found.append(NOBODY)
    elif not item.known:
        found.append(GONE)
    if policy.second_person and item.approved and not _two(item):
        found.append(SAME)
    return found


def _two(item: Item) -> bool:
    """Whether two people are known to have opened and approved a request."""
    return None not in (item.opener, item.approver) and item.opener != item.approver


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
    if unknown := sorted({m[1] for m in OPEN.finditer(policy.done)} - set(said)):
        raise Misconfigured(
            f"[requests]: done: nothing fills {', '.join(unknown)}: there are {', '.join(said)}"
        )
    return _plain(OPEN.sub(lambda m: str(said[m[1]]), policy.done))


def refused(policy: Policy, why: str) -> str:
    """Write the note on a request that is not carried out."""
    return _plain(policy.refused + why)[:NOTES_ARE]


def told(policy: Policy, note: str | None) -> str:
    """Read the reason from a note of ours; an empty text from any other."""
    prefix = _plain(policy.refused)
    return note.removeprefix(prefix) if note and note.startswith(prefix) else ""


def same(policy: Policy, item: Item, why: str) -> bool:
    """Whether the item's last note says so already; counts may have changed since."""
    return bool(item.told) and _shape(item.told) == _shape(told(policy, refused(policy, why)))


def _shape(text: str) -> str:
    return re.sub(r"[\d,]+", "#", text).strip()


def _plain(text: str) -> str:
    """Write with what any database stores: names of tables may hold other letters."""
    return " ".join(text.encode("ascii", "replace").decode().split()) + (
        " " if text.endswith(" ") else ""
    )
