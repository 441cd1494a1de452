"""Says in words and in JSON how requests stand and what became of them. Decides nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from scanner.errors import DatabaseFailed, EffaceError, Misconfigured, Refused, Unfinished
from scanner.texts.wording import count

if TYPE_CHECKING:
    from scanner.records.holds import Due
    from scanner.requests.items import Outcome, Standing

HEADS = ("request", "subject", "status", "approved", "due", "term", "left", "method", "verdict")
"""The columns of the list; the reasons follow."""

SHOWN = 10
"""So many requests that are kept elsewhere are named."""

STATUS: dict[int, type[EffaceError]] = {2: Misconfigured, 3: Refused, 4: DatabaseFailed}


def listed(standings: "Sequence[Standing]", now: datetime) -> str:
    """Write the list as JSON."""
    from scanner.model import dump

    raw = [s.to_raw() for s in standings]
    return dump({"version": 1, "now": now.isoformat(), "requests": raw})


def table(standings: "Sequence[Standing]") -> Iterator[str]:
    """Write the list in columns, reasons last."""
    rows = [HEADS, *(_cells(s) for s in standings)]
    widths = [max(len(r[n]) for r in rows) for n in range(len(HEADS))]
    reasons = ["why", *(s.why for s in standings)]
    for row, why in zip(rows, reasons, strict=True):
        cells = "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True))
        yield f"{cells}  {why}".rstrip()


def _cells(standing: "Standing") -> tuple[str, ...]:
    item = standing.item
    days = (item.approved, standing.due, standing.term)
    approved, due, term = (d.strftime("%Y-%m-%d") if d else "-" for d in days)
    left = "-" if standing.left is None else str(standing.left)
    subject = "-" if item.subject is None else str(item.subject)
    status, verdict = item.status or "-", standing.verdict
    return (item.number, subject, status, approved, due, term, left, item.method, verdict)


def counted(standings: "Sequence[Standing]") -> str:
    """Count requests by what is to be done with them."""
    counts = Counter(s.verdict for s in standings)
    told = ", ".join(f"{n} {verdict}" for verdict, n in sorted(counts.items()))
    late = sum(s.verdict != "closed" and s.left is not None and s.left < 0 for s in standings)
    return (
        count(len(standings), "request")
        + (f": {told}" if told else "")
        + (f"; {late} past the legal term" if late else "")
    )


def elsewhere(others: "Sequence[Due]") -> Iterator[str]:
    """Say which requests wait in the journal and are not among those that were listed."""
    if not others:
        return
    told = ", ".join(f"{d.name} (subject {d.key or '-'})" for d in others[:SHOWN])
    more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
    yield (
        f"not among these, but open in the journal: {told}{more}; they are kept elsewhere, or were "
        "answered: efface log --close ID"
    )


def line(outcome: "Outcome") -> str:
    """Say what became of one request."""
    item = outcome.standing.item
    head = f"request {item.number}, subject {item.subject if item.subject is not None else '-'}"
    if outcome.result in ("refused", "failed"):
        return f"{head}: {outcome.result}: {outcome.why}"
    kept = f", {count(outcome.reviews, 'place')} kept for review" if outcome.reviews else ""
    told = outcome.why or f"{item.method}, {count(outcome.rows, 'row')}{kept}"
    return f"{head}: {outcome.result}: {told}"


def ran(outcomes: "Sequence[Outcome]", now: datetime, *, commit: bool) -> str:
    """Write what a run did as JSON."""
    from scanner.model import dump

    raw = [o.to_raw() for o in outcomes]
    return dump({"version": 1, "now": now.isoformat(), "committed": commit, "requests": raw})


def summary(
    outcomes: "Sequence[Outcome]", left: "Sequence[Standing]", *, commit: bool
) -> Iterator[str]:
    """Say in a few lines what a run did, without anybody's data."""
    if not outcomes:
        yield "no request is due"
    else:
        counts = Counter(o.result for o in outcomes)
        yield ", ".join(f"{n} {result}" for result, n in sorted(counts.items()))
    if waiting := sum(s.verdict == "waiting" for s in left):
        yield f"{waiting} not due yet"
    if late := [s.item.number for s in left if s.left is not None and s.left < 0]:
        yield f"past the legal term and open: {', '.join(late)}"
    if outcomes and not commit:
        yield "rehearsed: nothing was changed"


def judge(outcomes: "Sequence[Outcome]") -> None:
    """End with the status of the worst; where something was changed, with the one that says so.

    Raises:
        Refused, DatabaseFailed, Misconfigured: none was carried out. Unfinished: some were.
    """
    bad = [o for o in outcomes if o.exit_code]
    if bad:
        done = any(o.result == "done" for o in outcomes)
        kind = Unfinished if done else STATUS.get(max(o.exit_code for o in bad), Refused)
        raise kind(
            f"{len(bad)} of {count(len(outcomes), 'request')} "
            f"{'was' if len(bad) == 1 else 'were'} not carried out and "
            f"{'stays' if len(bad) == 1 else 'stay'} open: "
            + ", ".join(o.standing.item.number for o in bad)
        )
