"""From a plan to an erased subject: the only module that writes to a customer's database.

All is one transaction. Inside it the plan is made again and must be equal; what was written is
read back; what triggers may have copied meanwhile is erased in further rounds; the subject is
looked for again; KPIs and row counts must be as before. Only then the transaction may commit.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
)

from scanner import newcomers, planner, recorder, safeguards, verifier
from scanner.database import dialect_of, identity, reading, reflect
from scanner.errors import EffaceError, Residue, Unrecorded
from scanner.executor import deletion
from scanner.executor.cells import rewrite
from scanner.executor.transaction import writing
from scanner.graph import table_of
from scanner.journal import Journal, probe
from scanner.model import Progress
from scanner.planner import Draft
from scanner.plans import Plan, Receipt
from scanner.recorder import Tally
from scanner.rulebook import Pack

ROUNDS = 3
"""How often what triggers wrote is erased again before the work is refused."""

PROBES = deletion.PROBES
"""By how many rows an interrupted erasure is recognised."""


def execute(
    engine: Engine,
    plan: Plan,
    pack: Pack,
    *,
    journal: Journal,
    commit: bool = False,
    confirm: str = "",
    max_rows: int | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Progress | None = None,
) -> Receipt:
    """Carry out ``plan`` in one transaction; without ``commit``, undo it again.

    A rehearsal does all that the real run does, so what it reports is what will happen.

    Raises:
        Refused: a safeguard (unconfirmed, already done, stopped, stale, too many rows, residue).
        Misconfigured: another pack than the plan's, or a journal that cannot be written.
        DatabaseFailed: the database failed; nothing was changed.
    """
    safeguards.allowed(plan, pack, commit=commit, confirm=confirm, max_rows=max_rows)
    if commit:
        _settle(engine, journal, clock)
        journal.refuse_again(plan.digest)
    started = _now(clock)
    with writing(engine) as (connection, keep):
        snapshot = dialect_of(engine).snapshot(connection)
        draft = safeguards.planned_again(connection, plan, pack, progress)
        safeguards.revocable(connection, draft)
        safeguards.few(draft.plan.rows, max_rows)
        before = verifier.count_rows(connection, draft.schema)
        tally, rounds = Tally(), 0
        current = draft
        while not current.plan.empty:
            if rounds == ROUNDS:
                raise Residue(safeguards.unending(current, ROUNDS))
            rewrite(connection, current, pack, tally)
            deletion.carry_out(connection, current, tally)
            rounds += 1
            if safeguards.alone(connection, current):
                break
            current = planner.draft(
                connection,
                draft.schema,
                safeguards.request_of(plan, pack),
                identity=draft.identity,
                after=current if current.purge else None,
                progress=progress,
            )
        deletion.settled(connection, current)
        left = safeguards.residue(connection, draft, current, progress)
        kpis = safeguards.unchanged(connection, draft, before, pack)
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
        )
        if commit and left:
            raise Residue(
                f"the subject could still be found in {_places(left)}: decide, then plan again"
            )
        safeguards.few(len(tally.rows), max_rows)
        if commit and tally.rows and snapshot:
            newcomers.refuse(engine, connection, draft, pack, snapshot, written=tally.rows)
        if commit and tally.rows:
            intent = {
                "subject": receipt.to_raw()["subject"],
                "place": identity(engine.url),
                "probes": _probes(connection, draft),
            }
            journal.append("intent", _now(clock), plan.digest, intent)
            keep()
    if commit and tally.rows:
        _done(journal, receipt)
    return receipt


def _done(journal: Journal, receipt: Receipt) -> None:
    """Write down that the erasure was committed; that it cannot be said must not hide that it was.

    Raises:
        Unrecorded: the erasure is done, but the journal does not say so yet.
    """
    try:
        journal.append("done", receipt.finished, receipt.plan, receipt.to_raw())
    except EffaceError:
        raise Unrecorded(
            f"the erasure was committed, but {str(journal.path)!r} cannot take its receipt: mend "
            "that, then run efface log --check --db URL"
        ) from None


def _settle(engine: Engine, journal: Journal, clock: Callable[[], datetime]) -> None:
    """Write down how an interrupted erasure ended, before another one begins."""
    if journal.open_intents():
        with reading(engine) as connection:
            journal.settle(connection, reflect(connection), _now(clock))


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
            found.append(probe(connection, table, edit.place, sorted(edit.new)))
        if len(found) == PROBES:
            break
    return found


def _places(left: Mapping[str, int]) -> str:
    return ", ".join(f"{column} ({rows} rows)" for column, rows in left.items())
