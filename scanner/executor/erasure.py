"""From a plan to an erased subject: the only module that writes to a customer's database.

All is one transaction. Inside it the plan is made again and must be equal; what was written is
read back; what triggers may have copied meanwhile is erased in further rounds; the subject is
looked for again; KPIs and row counts must be as before. Only then the transaction may commit.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from sqlalchemy import (
    Connection,
    Engine,
)

from scanner import forecaster, planner, surveyor, verifier
from scanner.collector import seldom
from scanner.database import dialect_of, identity
from scanner.errors import EffaceError, Residue, Unrecorded
from scanner.executor import deletion, recorder
from scanner.executor.cells import rewrite
from scanner.executor.errands import Aside
from scanner.executor.meter import Meter
from scanner.executor.recorder import Tally
from scanner.executor.settling import settle
from scanner.executor.transaction import writing
from scanner.graph import table_of
from scanner.guards import following, further, newcomers, safeguards
from scanner.guards.copies import Copies
from scanner.guards.heirs import Answered
from scanner.journal import Journal, probe
from scanner.model import Progress
from scanner.planner import Draft
from scanner.plans import Plan
from scanner.receipts import Receipt
from scanner.records import holds, ledger
from scanner.records.ledger import NOBODYS, Warrant
from scanner.rulebook import Pack
from scanner.subjects.acquaintance import Request
from scanner.surveyor import Survey
from scanner.texts.wording import count

ROUNDS = 3
"""How often what triggers wrote is erased again before the work is refused."""

PROBES = deletion.PROBES
"""By how many rows an interrupted erasure is recognised."""


@seldom()
def execute(
    engine: Engine,
    plan: Plan,
    pack: Pack,
    *,
    journal: Journal,
    commit: bool = False,
    confirm: str = "",
    max_rows: int | None = None,
    survey: Survey | None = None,
    residue: Literal["touched", "full"] = "touched",
    warrant: Warrant = NOBODYS,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Progress | None = None,
    alongside: Aside | None = None,
) -> Receipt:
    """Carry out ``plan`` in one transaction; without ``commit``, undo it again.

    A rehearsal does all that the real run does, so what it reports is what will happen.

    Args:
        engine: the database.
        plan: what people read and answered.
        pack: the plan's.
        journal: takes what is done.
        commit: whether to keep the changes.
        confirm: the subject's key once more, for a commit.
        max_rows: refuse to change more.
        survey: a pass over all text that was made before; without one it is made here.
        residue: ``touched`` looks for what is left where the survey found something, where
            something was written, and where something may have changed since; ``full`` everywhere.
        warrant: on whose word it is done; one that repeats an erasure may be the same plan.
        clock: gives the time.
        progress: told of each table.
        alongside: writes what belongs to the erasure, such as a note on the request for it, into
            the same transaction: after all is checked, before the commit, in a rehearsal as well.

    Raises:
        Refused: a safeguard (unconfirmed, already done, stopped, stale, too many rows, residue).
        Misconfigured: another pack than the plan's, or a journal that cannot be written.
        DatabaseFailed: the database failed; nothing was changed.
    """
    safeguards.allowed(plan, pack, commit=commit, confirm=confirm, max_rows=max_rows)
    holds.refuse(journal, plan.subject[1], _now(clock))
    if commit:
        settle(engine, journal, _now(clock))
        if not warrant.again:
            journal.refuse_again(plan.digest)
    started = _now(clock)
    request = safeguards.request_of(plan, pack)
    survey = surveyor.renewed(engine, survey, [request], progress=progress)
    foreseen = forecaster.forecast(engine, request, survey, progress=progress)
    with ExitStack() as held, writing(engine) as (connection, keep):
        snapshot = dialect_of(engine).snapshot(connection)
        draft = safeguards.planned_again(connection, plan, pack, survey, foreseen, progress)
        safeguards.revocable(connection, draft)
        safeguards.unfollowed(connection, draft.schema, safeguards.changing(draft))
        following.kept(draft)
        if draft.purge:
            safeguards.unemptied(connection, draft.schema, draft.purge.uprooting.rows)
        safeguards.few(draft.rows, max_rows)
        counted = safeguards.counted(connection, draft)
        before = verifier.count_rows(connection, draft.schema, counted)
        meter = Meter(connection, needed=bool(draft.purge) and counted is None)
        tally = Tally()
        names = alongside.tables if alongside else frozenset()
        beside, fires = newcomers.beside(connection, draft.schema, names)
        everywhere = fires or residue == "full"
        current, rounds = _work(connection, draft, request, survey, tally, progress, wary=fires)
        current = newcomers.read_whole(connection, current, {*tally.places, *beside})
        deletion.settled(connection, current)
        written = None if everywhere else tally.places
        left = safeguards.residue(connection, draft, current, written, progress)
        after = verifier.count_rows(connection, draft.schema, before)
        kpis = safeguards.unchanged(connection, draft, before, after, pack)
        tally.others.unmoved(connection, draft.schema, draft.addresses)
        meter.nothing_else(before, after, tally.following, plan.triggers)
        receipt = recorder.receipt(
            plan,
            current,
            tally,
            committed=commit and not left,
            started=started,
            finished=_now(clock),
            rounds=rounds,
            residue=left,
            kpis=kpis,
            added=safeguards.gained(draft, before, after),
        )
        if commit and left:
            waiting = any(not r.answer for r in plan.reviews)
            raise Residue(
                f"the subject could still be found in {_places(left)}: {safeguards.ways_out(waiting)}"
            )
        safeguards.few(len(tally.rows | tally.behind), max_rows)
        if commit and tally.rows:
            newcomers.refuse(engine, connection, draft, pack, snapshot, written=tally.rows)
            others = None if everywhere else {*tally.places, *beside}
            held.enter_context(newcomers.kept_out(engine, current, pack, others))
        _write_alongside(connection, alongside, receipt)
        if fires:
            tally.others.unmoved(connection, draft.schema, draft.addresses)
        if commit and tally.rows:
            intent = ledger.intent(journal, plan, draft, warrant, _now(clock))
            intent |= {"place": identity(engine.url), "probes": _probes(connection, draft)}
            journal.append("intent", _now(clock), plan.digest, intent)
        if commit and (tally.rows or alongside):
            keep()
    if commit and tally.rows:
        receipt = replace(receipt, finished=_now(clock))
        _done(journal, receipt, warrant)
    return receipt


def _work(
    connection: Connection,
    draft: Draft,
    request: Request,
    survey: Survey,
    tally: Tally,
    progress: Progress | None,
    *,
    wary: bool,
) -> tuple[Draft, int]:
    """Write what a draft says, then what triggers copied meanwhile, until nothing is left to write.

    ``wary``: triggers will fire that no draft knows of, so all other cells are noted before.

    Returns:
        The last draft, whose sight knows all but what ``tally`` says was written, and the rounds.

    Raises:
        Residue: a trigger writes it again and again.
    """
    dialect, current, rounds = dialect_of(connection), draft, 0
    answered, copies = Answered.of(draft), Copies.of(connection, draft)
    with dialect.watched(connection) as copied:
        while not current.plan.empty:
            if rounds == ROUNDS:
                raise Residue(safeguards.unending(current, ROUNDS))
            observed = None if wary else safeguards.observed(connection, current)
            rewrite(connection, current, request.pack, tally, observed=observed)
            deletion.carry_out(connection, current, tally)
            dialect.settle(connection)
            rounds += 1
            # What the database itself saw triggers write to counts more than what it says of them.
            wrote = copied(_updated(tally))
            if current.purge is None:
                safeguards.recalled(connection, tally.others, wrote)
            if safeguards.alone(connection, current) and not wrote:
                break
            again = partial(
                _again, connection, done=current, survey=survey, copied=wrote, copies=copies
            )
            current = again(request, progress)
            if heirs := [*answered.heirs(current)]:
                tally.inherited += heirs
                request = replace(
                    request, answers={**request.answers, **{r.id: r.answer for r in heirs}}
                )
                current = again(request, progress)
    return current, rounds


def _again(
    connection: Connection,
    request: Request,
    progress: Progress | None,
    *,
    done: Draft,
    survey: Survey,
    copied: frozenset[str] | None,
    copies: Copies,
) -> Draft:
    """Work out what is left to write after ``done``; ``copied``: what triggers wrote to."""
    told = further.draft(connection, request, done, copied, copies)
    if told is not None:
        return told
    if dialect_of(connection).tells_rows:
        sight = survey.sight(connection, done.schema, request)
    else:
        sight = further.sight_after(done, copied)
    found = planner.draft(
        connection,
        done.schema,
        request,
        identity=done.identity,
        sight=sight,
        after=done if done.purge else None,
        copied=copies,
        progress=progress,
    )
    return replace(found, territory=done.territory)


def _updated(tally: Tally) -> dict[tuple[str, str], int]:
    """Count the updates of each table so far, one for each row and set of columns."""
    return {(where.schema, where.name): len(places) for where, places in tally.places.items()}


def _write_alongside(connection: Connection, alongside: Aside | None, receipt: Receipt) -> None:
    """Write what belongs to the erasure, unless a rehearsal has found that it will be refused."""
    if alongside and not receipt.residue:
        alongside.write(connection, receipt)


def _done(journal: Journal, receipt: Receipt, warrant: Warrant) -> None:
    """Write down that the erasure was committed; that it cannot be said must not hide that it was.

    Raises:
        Unrecorded: the erasure is done, but the journal does not say so yet.
    """
    try:
        done = receipt.to_raw() | warrant.to_raw()
        journal.append("done", receipt.finished, receipt.plan, done)
    except EffaceError:
        raise Unrecorded(
            f"the erasure was committed, but {str(journal.path)!r} cannot take its receipt: mend "
            "that, then run efface log --check --db URL"
        ) from None


def _now(clock: Callable[[], datetime]) -> str:
    return clock().isoformat(timespec="seconds")


def _probes(connection: Connection, draft: Draft) -> list[dict[str, Any]]:
    """Describe how some changed rows with a plain key look now; none where no key can be named."""
    found: list[dict[str, Any]] = []
    if draft.purge:
        return deletion.probes(connection, draft.purge.uprooting, draft.purge.ground)
    for edit in draft.edits:
        address = draft.addresses[edit.table]
        plainly = all(isinstance(v, int | str) for v in edit.place.values())
        if (
            address.clear
            and address.unique
            and plainly
            and not set(edit.new) & set(address.columns)
        ):
            table = table_of(draft.schema, edit.table)
            one = probe(connection, table, edit.place, sorted(edit.new))
            found += [one] if one["after"] else []  # its key may have followed another one
        if len(found) == PROBES:
            break
    return found


def _places(left: Mapping[str, int]) -> str:
    return ", ".join(f"{column} ({count(rows, 'row')})" for column, rows in left.items())
