"""From a plan to an erased subject: the only module that writes to a customer's database.

All is one transaction. Inside it the plan is made again and must be equal; what was written is
read back; what triggers may have copied meanwhile is erased in further rounds; the subject is
looked for again; KPIs and row counts must be as before. Only then the transaction may commit.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    func,
    select,
    update,
)

from scanner import newcomers, planner, recorder, safeguards, verifier
from scanner.changes import changed
from scanner.database import LOCK_SECONDS, dialect_of, failing, identity, reading, ref, reflect
from scanner.errors import EffaceError, Refused, Residue, Stale, Unrecorded
from scanner.graph import table_of
from scanner.journal import Journal, probe
from scanner.model import Progress, TableRef
from scanner.planner import Draft
from scanner.plans import Plan, Receipt
from scanner.recorder import Tally
from scanner.rewriter import Edit
from scanner.rows import Address, chunks, named
from scanner.rulebook import Pack

LOG = logging.getLogger(__name__)

ROUNDS = 3
"""How often what triggers wrote is erased again before the work is refused."""

BATCH = 1000
"""Rows that one statement's parameters cover."""


PROBES = 5
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
    with _writing(engine) as (connection, keep):
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
            _apply(connection, current, pack, tally)
            rounds += 1
            if safeguards.alone(connection, current):
                break
            current = planner.draft(
                connection,
                draft.schema,
                safeguards.request_of(plan, pack),
                identity=draft.identity,
                progress=progress,
            )
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


@contextmanager
def _writing(engine: Engine) -> Iterator[tuple[Connection, Callable[[], None]]]:
    """Open the one transaction that writes; it is rolled back unless the block calls ``keep``."""
    dialect = dialect_of(engine)
    if not dialect.can_roll_back:
        raise Refused(f"{engine.dialect.name} is not known to roll back: nothing is written to it")
    options: dict[str, Any] = {"efface_writes": LOCK_SECONDS}
    if dialect.write_isolation:
        options["isolation_level"] = dialect.write_isolation
    kept = False

    def keep() -> None:
        nonlocal kept
        kept = True

    with failing(engine), engine.connect() as plain:
        connection = plain.execution_options(**options)
        dialect.lock_waits(connection, LOCK_SECONDS)
        work = connection.get_transaction() or connection.begin()
        try:
            yield connection, keep
        except BaseException:
            work.rollback()
            raise
        if not kept:
            work.rollback()
            return
        unsure = "whether it was committed, efface log --check --db URL says"
        with failing(engine, done=unsure):
            work.commit()


def _apply(connection: Connection, draft: Draft, pack: Pack, tally: Tally) -> None:
    """Write all edits and scrub all mentions of a draft."""
    groups: dict[tuple[TableRef, tuple[str, ...]], list[Edit]] = {}
    for edit in changed(draft, pack):
        groups.setdefault((edit.table, tuple(sorted(edit.new))), []).append(edit)
    for (where, columns), some in sorted(groups.items()):
        table, address = table_of(draft.schema, where), draft.addresses[where]
        if address.unique:
            for start in range(0, len(some), BATCH):
                _write(connection, table, address, columns, some[start : start + BATCH])
        else:
            for edit in some:
                _write_keyless(connection, table, address, edit)
        LOG.info("%s: %s rewritten in %d rows", where, ", ".join(columns), len(some))
        tally.rows |= {(where, e.key) for e in some}
        tally.cells.update({(where, c): len(some) for c in columns})
    tally.mentions += sum(len(m.spans) for m in draft.plan.mentions)


def _write(
    connection: Connection,
    table: Table,
    address: Address,
    columns: Sequence[str],
    edits: Sequence[Edit],
) -> None:
    """Write the same columns of many rows, count them and read them back.

    Raises:
        Stale: a row is gone. Refused: a trigger stored something else.
    """
    change = rewriting(table, address.columns, columns)
    parameters = [
        {f"efface_k{n}": e.place[c] for n, c in enumerate(address.columns)}
        | {f"efface_n{n}": e.new[c] for n, c in enumerate(columns)}
        for e in edits
    ]
    connection.execute(change, parameters)
    wanted = {tuple(e.new.get(c, e.place[c]) for c in address.columns): e for e in edits}
    padded = {_bare(k): e for k, e in wanted.items()}
    for some in chunks(list(wanted), dialect_of(connection).max_keys // len(address.columns)):
        query = stored(table, address.columns, columns)
        rows = connection.execute(query.where(named(table, address.columns, some))).all()
        if len(rows) != len(some):
            raise Stale(
                f"{len(rows)} rows of {ref(table)} instead of {len(some)} have a planned key"
            )
        for row in rows:
            width = len(address.columns)
            edit = wanted.get(tuple(row[:width])) or padded.get(_bare(row[:width]))
            if edit is None:
                raise Stale(f"a row of {ref(table)} came back under another key than it was given")
            _as_written(table, columns, edit.new, row[width:])


def rewriting(table: Table, key: Sequence[str], columns: Sequence[str]) -> Update:
    """Build the statement that rewrites ``columns`` (efface_n0 ...) of the row ``key`` (efface_k0 ...).

    The names of the parameters are short: Oracle takes 30 bytes before version 12.2.
    """
    same = and_(*(table.c[c] == bindparam(f"efface_k{n}") for n, c in enumerate(key)))
    return (
        update(table)
        .where(same)
        .values({c: bindparam(f"efface_n{n}") for n, c in enumerate(columns)})
    )


def stored(table: Table, key: Sequence[str], columns: Sequence[str]) -> Select[Any]:
    """Build the statement that reads back what was written, the key first."""
    names = [*key, *columns]
    return select(*(table.c[c].label(f"c{n}") for n, c in enumerate(names)))


def _write_keyless(connection: Connection, table: Table, address: Address, edit: Edit) -> None:
    """Write a row of a table without a key: it and its exact doubles, nothing else."""
    where = address.locate(table, edit.place)
    found = connection.execute(select(*(table.c[c] for c in address.columns)).where(where))
    rows = [dict(r) for r in found.mappings()]
    if not rows or any(address.key(r) != edit.key for r in rows):
        raise Stale(f"rows of {ref(table)}, which has no key, cannot be told apart: plan again")
    done = connection.execute(update(table).where(where).values(dict(edit.new))).rowcount
    if done != len(rows):
        raise Stale(f"{done} rows of {ref(table)} were changed instead of {len(rows)}")
    new = address.locate(table, {**edit.place, **edit.new})
    stays = connection.scalar(select(func.count()).select_from(table).where(new)) or 0
    if stays < len(rows):
        raise Refused(f"{ref(table)} does not hold what was written to it: a trigger changes it")


def _as_written(
    table: Table, columns: Sequence[str], new: Mapping[str, Any], stored: Sequence[Any]
) -> None:
    for column, value in zip(columns, stored, strict=True):
        wanted = new[column]
        if value is None or value == wanted:  # NULL names nobody; Oracle stores '' as NULL
            continue
        if isinstance(value, str) and isinstance(wanted, str) and value.rstrip() == wanted.rstrip():
            continue
        if not isinstance(value, str) and str(value) == str(wanted):
            continue
        raise Refused(
            f"{ref(table)}.{column} does not hold what was written to it: a trigger changes it; "
            "disable the trigger, or decide otherwise on the column"
        )


def _probes(connection: Connection, draft: Draft) -> list[dict[str, Any]]:
    """Describe how some changed rows with a plain key look now; none where no key can be named."""
    found: list[dict[str, Any]] = []
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


def _bare(key: Sequence[Any]) -> tuple[Any, ...]:
    """Take the padding of CHAR columns off a key."""
    return tuple(v.rstrip() if isinstance(v, str) else v for v in key)


def _places(left: Mapping[str, int]) -> str:
    return ", ".join(f"{column} ({rows} rows)" for column, rows in left.items())
