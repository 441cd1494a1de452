"""Carries out the requests that are due, each in a transaction of its own. The executor writes."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from scanner import surveyor
from scanner.database import reading, reflect
from scanner.errors import DatabaseFailed, EffaceError, Misconfigured, Refused, Stale, Unrecorded
from scanner.executor import execute
from scanner.executor.settling import settle
from scanner.journal import Journal
from scanner.model import Audit, Progress
from scanner.plans import Basis, Plan
from scanner.receipts import Receipt
from scanner.requests import docket, hurdles, judging
from scanner.requests.items import Item, Outcome, Standing, Tracker
from scanner.requests.past import pasts
from scanner.rulebook import Pack
from scanner.sealing.chain import Entry
from scanner.subjects.acquaintance import Request
from scanner.surveyor import Survey
from scanner.texts.wording import count

LOG = logging.getLogger(__name__)

TRIES = 3
"""How often a request is planned anew because others wrote meanwhile."""


@dataclass(frozen=True, slots=True)
class Work:
    """What all requests of a run share."""

    engine: Engine
    pack: Pack
    audit: Audit
    tracker: Tracker
    journal: Journal
    commit: bool
    now: datetime
    max_rows: int | None = None
    progress: Progress | None = None
    survey: Survey | None = None


def standings(
    engine: Engine, pack: Pack, tracker: Tracker, now: datetime, journal: Journal
) -> tuple[Standing, ...]:
    """Say how all requests stand, with the stops and holds that hold for those that are open.

    Raises:
        Misconfigured: the pack does not fit the database.
        Negative: the journal, which knows whose contact was purged, is broken.
        DatabaseFailed: the database failed.
    """
    items = tracker.items()
    asked = [i for i in items if i.state == "open" and i.known]
    stops: dict[Any, tuple[str, ...]] = {}
    if asked:
        with reading(engine) as connection:
            walk = hurdles.ground(connection, reflect(connection), pack)
            stops = {
                i.key: (*hurdles.held(journal, i, _stamp()), *hurdles.stopping(walk, pack, i))
                for i in asked
            }
    policy, gone = pack.requests.policy, pasts(engine, pack, journal, items)
    were = docket.formers(journal.read(), items)
    return tuple(
        judging.judge(
            i,
            policy,
            now,
            stops=stops.get(i.key, ()),
            past=gone.get(i.key),
            former=were.get(i.key),
        )
        for i in items
    )


def run(work: Work) -> Iterator[Outcome]:
    """Carry out, or rehearse, every request that is due; yield what became of each.

    One that is refused stays open, with a note that says why, and keeps no other from its turn.

    Raises:
        Negative: the journal is broken.
        Unrecorded: one is done, but the journal does not say so.
    """
    work.journal.read()
    if work.commit:
        settle(work.engine, work.journal, _stamp())  # a request may be closed by now
    judged = _judged(work)
    if work.commit:
        docket.note(work.journal, judged, _stamp())
    due = [s.item for s in judged if s.verdict == "due" and not s.purged]
    for standing in judged:
        if standing.verdict == "refused":
            yield _refuse(work, standing, Refused(standing.why))
        elif standing.verdict == "due" and standing.purged:
            yield _close(work, standing, standing.purged)
        elif standing.verdict == "due":
            LOG.info("request %s is due", standing.item.number)
            work = replace(work, survey=_surveyed(work, due[due.index(standing.item) :]))
            yield _carry_out(work, standing)


def _judged(work: Work) -> tuple[Standing, ...]:
    """Say how all requests stand, without looking for stops."""
    items, policy = work.tracker.items(), work.pack.requests.policy
    known = pasts(work.engine, work.pack, work.journal, items, basis=Basis.of(work.audit))
    were = docket.formers(work.journal.read(), items)
    return tuple(
        judging.judge(i, policy, work.now, past=known.get(i.key), former=were.get(i.key))
        for i in items
    )


def _close(work: Work, standing: Standing, purged: Entry) -> Outcome:
    """Close the request of somebody who was purged already."""
    told = f"purged at {purged.when}, line {purged.number} of the journal"
    if not work.commit:
        return Outcome(standing, "rehearsed", f"{told}: only to be closed", plan=purged.plan)
    try:
        work.tracker.close(standing.item, judging.purged(purged))
    except DatabaseFailed as error:
        return _failed(standing, error)
    except (Refused, Misconfigured) as error:
        return _refuse(work, standing, error)
    return Outcome(standing, "done", f"{told}: closed", plan=purged.plan)


def _surveyed(work: Work, items: Sequence[Item]) -> Survey | None:
    """Look for the people of all these requests at once; of what was looked for, keep what holds.

    None where the database failed: whoever needs it will say so.
    """
    asked = [_asked(work, item) for item in items]
    try:
        return surveyor.renewed(work.engine, work.survey, asked, progress=work.progress)
    except DatabaseFailed:
        return None


def _asked(work: Work, item: Item) -> Request:
    directives = hurdles.directed(work.pack, item)
    pack = hurdles.excusing(work.pack, item)
    return Request(pack, Basis.of(work.audit), item.subject, item.method, directives=directives)


def _stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def docketed(tracker: Tracker, pack: Pack, journal: Journal, now: datetime, number: str) -> None:
    """Tell the journal of a request that was opened.

    Raises:
        Unrecorded: it is opened, but the journal does not say so.
    """
    try:
        judged = [judging.judge(item, pack.requests.policy, now) for item in tracker.items()]
        docket.note(journal, judged, _stamp())
    except EffaceError as error:
        raise Unrecorded(f"request {number} is open, but not in the journal: {error}") from None


def remaining(work: Work) -> tuple[Standing, ...]:
    """Say how the requests stand that are still open, without looking for stops."""
    return tuple(s for s in _judged(work) if s.verdict != "closed")


def _carry_out(work: Work, standing: Standing) -> Outcome:
    """Try until nobody writes meanwhile; a failure is this request's alone."""
    for tries in range(1, TRIES + 1):
        try:
            return _once(work, standing)
        except (Stale, DatabaseFailed) as error:
            if tries == TRIES:
                return _given_up(work, standing, error)
            again = _again(work, standing)
            if again is None or again.verdict != "due" or again.purged:
                return _settled(work, standing, again)
            standing = again
        except (Refused, Misconfigured) as error:
            return _refuse(work, standing, error)
    raise AssertionError  # pragma: no cover  # the last try returns


def _given_up(work: Work, standing: Standing, error: Stale | DatabaseFailed) -> Outcome:
    """End the last try; a database that fails takes no note either."""
    if isinstance(error, DatabaseFailed):
        return _failed(standing, error)
    return _refuse(work, standing, error)


def _failed(standing: Standing, error: DatabaseFailed) -> Outcome:
    return Outcome(standing, "failed", str(error), exit_code=error.exit_code)


def _again(work: Work, standing: Standing) -> Standing | None:
    """Judge the request anew, which may name somebody else by now; None where that fails."""
    try:
        judged = _judged(work)
    except DatabaseFailed:
        return None
    return next((s for s in judged if s.item.key == standing.item.key), None)


def _settled(work: Work, standing: Standing, again: Standing | None) -> Outcome:
    """Say what a request came to that is no longer due: closed means that the commit did count."""
    if again and again.verdict == "closed":
        return Outcome(again, "done", "it was closed meanwhile")
    if again and again.verdict == "refused":
        return _refuse(work, again, Refused(again.why))
    why = again.why if again else "the database does not answer"
    code = Refused.exit_code if again else DatabaseFailed.exit_code
    return Outcome(again or standing, "failed", why, exit_code=code)


def _once(work: Work, standing: Standing) -> Outcome:
    item, policy = standing.item, work.pack.requests.policy
    asked = _asked(work, item)
    plan = _planned(work, asked)
    if plan.reviews and policy.reviews == "refuse":
        raise Refused(
            f"{count(len(plan.reviews), 'place')} may mean somebody else: answer them with efface plan "
            "--reviews, then erase with that plan"
        )

    def note(done: Receipt) -> str:
        if (before := standing.erased) and not done.rows:
            return judging.erased(before, judging.person(item))
        return judging.done(policy, **_said(done))

    receipt = execute(
        work.engine,
        plan,
        asked.pack,
        journal=work.journal,
        commit=work.commit,
        confirm=str(plan.subject[1]),
        max_rows=work.max_rows,
        survey=work.survey,
        warrant=docket.warrant(item),
        progress=work.progress,
        alongside=work.tracker.finishing(item, note),
    )
    if receipt.residue:
        raise Refused("the subject could still be found: decide on these columns: "
                      + ", ".join(receipt.residue))  # fmt: skip
    if work.commit:
        _record(work, standing, plan, note(receipt))
    return _outcome(work, standing, plan, receipt)


def _planned(work: Work, asked: Request) -> Plan:
    """Plan from what was looked for already."""
    with reading(work.engine) as connection:
        seen = work.survey or Survey()
        return surveyor.draft(connection, asked, seen, progress=work.progress).plan


def _said(receipt: Receipt) -> dict[str, Any]:
    """Give what a note may say about an erasure: words and counts."""
    return {
        "method": receipt.method,
        "rows": sum(receipt.rows.values()),
        "mentions": receipt.mentions,
        "reviews": len(receipt.reviews),
        "plan": receipt.plan[: judging.QUOTED],
    }


def _outcome(work: Work, standing: Standing, plan: Plan, receipt: Receipt) -> Outcome:
    why = ""
    if (before := standing.erased) and not receipt.rows:
        closed = "closed" if work.commit else "only to be closed"
        why = f"already erased at {judging.named(before)}, nothing is left: {closed}"
    return Outcome(
        standing,
        "done" if work.commit else "rehearsed",
        why,
        rows=sum(receipt.rows.values()),
        reviews=len(receipt.reviews),
        plan=plan.digest,
    )


def _record(work: Work, standing: Standing, plan: Plan, text: str) -> None:
    """Close what is not in the database; tell the journal which request it was, who approved it.

    Raises:
        Unrecorded: that cannot be written.
    """
    item, table = standing.item, plan.subject[0]
    raw = standing.to_raw()
    content = {
        "request": docket.named(item),
        "subject": {"table": table, "key": plan.subject[1]},
        "method": item.method,
        "received": raw["received"],
        "approved": raw["approved"],
        "approver": docket.warrant(item).by,
        "term": raw["term"],
    }
    try:
        work.journal.append("request", _stamp(), plan.digest, content)
        work.tracker.finished(item, text)
    except EffaceError as error:
        raise Unrecorded(
            f"request {item.number} was carried out, but {error}: mend that, then run again"
        ) from None


def _refuse(work: Work, standing: Standing, error: EffaceError) -> Outcome:
    """Leave a request open; what a rehearsal refuses is only said."""
    outcome = Outcome(standing, "refused", error.lines[0], exit_code=error.exit_code)
    if not work.commit:
        return outcome
    docket.refused(work.journal, standing, _stamp())
    try:
        work.tracker.refuse(standing.item, error.lines[0])
    except (Refused, DatabaseFailed, Misconfigured) as failure:
        return replace(outcome, why=f"{outcome.why}; this could not be noted: {failure}")
    return outcome
