"""Carries out a purge of many, each batch in a transaction of its own that the journal knows.

Before a batch commits its intent is written, after it that it was done: whenever the work stops,
the same plan goes on where it stopped and neither repeats nor skips a batch.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine

from scanner import bulkplanner, verifier
from scanner.bulkplanner import Setting
from scanner.collector import seldom
from scanner.database import LOCK_SECONDS, dialect_of, identity, reading, ref
from scanner.errors import (
    AlreadyDone,
    EffaceError,
    Refused,
    Stale,
    Unconfirmed,
    Unfinished,
    Unrecorded,
)
from scanner.executor import batchbook, bulkscrub, deletion
from scanner.executor.batchbook import Sums
from scanner.executor.meter import ElsewhereError, Meter
from scanner.executor.settling import settle
from scanner.executor.transaction import writing
from scanner.guards import safeguards
from scanner.journal import Journal
from scanner.model import Progress, Silent, TableRef
from scanner.planner import searched_numbers
from scanner.plans import Basis
from scanner.purge.bulk import Batch, Bulk, BulkReceipt
from scanner.purge.purging import agenda_of
from scanner.purge.references import key_column
from scanner.purge.sharing import Shared
from scanner.purge.uprooter import Uprooter, Uprooting
from scanner.records import ledger
from scanner.records.ledger import NOBODYS, Warrant
from scanner.rulebook import Pack
from scanner.subjects import gathering
from scanner.subjects.gathering import Gathering
from scanner.subjects.searcher import searched
from scanner.texts.wording import count

ROUNDS = 3
"""How often what triggers wrote about rows that are gone is deleted again."""


@dataclass(frozen=True, slots=True)
class Work:
    """A purge that is being carried out: what all its batches need."""

    engine: Engine
    plan: Bulk
    here: Setting
    many: Gathering = field(repr=False)
    journal: Journal
    clock: Callable[[], datetime]
    warrant: Warrant
    basis: Mapping[str, Any]
    commit: bool
    undone: Shared = field(default_factory=Shared, repr=False)


def purge(
    engine: Engine,
    plan: Bulk,
    pack: Pack,
    *,
    journal: Journal,
    commit: bool = False,
    confirm: str = "",
    warrant: Warrant = NOBODYS,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Progress | None = None,
) -> BulkReceipt:
    """Carry out a purge of many; without ``commit``, undo each batch again.

    Raises:
        Refused: a safeguard, before anything was changed. Unfinished: some batches are done; the
            same call goes on with the rest. Misconfigured, DatabaseFailed: as a single erasure.
    """
    allowed(plan, pack, commit=commit, confirm=confirm)
    agenda, watch = agenda_of(tuple(plan.directives), pack.subject), progress or Silent()
    done = _done_before(engine, plan, journal, _now(clock)) if commit else {}
    started, sums = _now(clock), Sums()
    rest = [n for n in range(len(plan.batches)) if n not in done]
    with reading(engine) as connection:
        here = bulkplanner.setting(connection, pack, plan.basis, agenda)
        roots = (k for n in rest for k in plan.batches[n].roots)
        batchbook.unheld(connection, here, roots, journal, started)
        many = _gathered(connection, here, plan, rest, progress)
    basis = ledger.grounds(plan) if commit else {}
    work = Work(engine, plan, here, many, journal, clock, warrant, basis, commit)
    for content in done.values():
        sums.add(content)
    watch.begin("purge", len(rest))
    with _resumable(plan, done, commit=commit), seldom():
        for number in rest:
            content = _metered(work, number)
            sums.add(content)
            done[number] = content
            watch.advance(1, f"batch {number + 1} of {len(plan.batches)}")
    with _committed(plan, commit=commit), reading(engine) as connection:
        after = verifier.reported(connection, here.schema, pack)
        left = bulkscrub.left(connection, here, plan.basis, many, progress) if commit else {}
    receipt = batchbook.receipt(plan, sums, started, _now(clock), commit, after, left)
    if commit:
        batchbook.record(journal, receipt, warrant)
    return receipt


def allowed(plan: Bulk, pack: Pack, *, commit: bool, confirm: str) -> None:
    """Refuse what can be refused without the database."""
    if plan.pack_digest != pack.digest:
        raise Stale(f"the pack {pack.name} has changed since the plan was made: plan again")
    safeguards.unedited(plan.directives)
    safeguards.unstopped(plan)
    if commit and confirm != str(plan.roots):
        raise Unconfirmed(
            f"to purge {count(plan.roots, 'row')} of {plan.root} with all that hangs on them, repeat their "
            f"number: --confirm {plan.roots}"
        )


def _done_before(
    engine: Engine, plan: Bulk, journal: Journal, when: str
) -> dict[int, Mapping[str, Any]]:
    """Ask the journal which batches are done; an interrupted one is settled by the database."""
    settle(engine, journal, when)
    done: dict[int, Mapping[str, Any]] = {}
    for entry in journal.read():
        if entry.plan == plan.digest and entry.event == "done":
            raise AlreadyDone(f"this plan was carried out at {entry.when}: plan again")
        if entry.plan == plan.digest and entry.event == "batch":
            done[int(entry.content["batch"])] = entry.content
    return done


@contextmanager
def _resumable(plan: Bulk, done: Mapping[int, Any], *, commit: bool) -> Iterator[None]:
    """Say, when the work stops, that it can go on: unless nothing was changed yet.

    Raises:
        Unfinished: some batches are done.
    """
    try:
        yield
    except (EffaceError, KeyboardInterrupt) as error:
        if not commit or not done or isinstance(error, Unrecorded):
            raise
        why = str(error) if isinstance(error, EffaceError) else "interrupted"
        again = "plan again for the rest" if isinstance(error, Refused) else "run the same command"
        raise Unfinished(
            f"{len(done)} of {count(len(plan.batches), 'batch', 'batches')} "
            f"{'is' if len(done) == 1 else 'are'} done, as the journal says; then: "
            f"{why}; to go on, {again}"
        ) from None


@contextmanager
def _committed(plan: Bulk, *, commit: bool) -> Iterator[None]:
    """Say, when the last look fails, that all was committed before it.

    Raises:
        Unfinished: it failed.
    """
    try:
        yield
    except (EffaceError, KeyboardInterrupt) as error:
        if not commit:
            raise
        why = str(error) if isinstance(error, EffaceError) else "interrupted"
        raise Unfinished(
            "every batch was committed, as the journal says, but what is left was not looked for to "
            f"the end: {why}; the same command writes the receipt and deletes "
            "nothing more, efface verify --identifiers FILE looks for somebody again"
        ) from None


def _gathered(
    connection: Connection,
    here: Setting,
    plan: Bulk,
    rest: list[int],
    progress: Progress | None,
) -> Gathering:
    """Look for all subjects of the batches that are left, with one pass."""
    keys = [k for n in rest for k in plan.batches[n].roots]
    if not here.people or not keys:
        return Gathering()
    size = max(len(plan.batches[n].roots) for n in rest)
    return gathering.gather(
        connection,
        here.schema,
        here.walk,
        plan.basis,
        keys,
        batch=size,
        sure=False,
        progress=progress,
    )


def _metered(work: Work, number: int) -> Mapping[str, Any]:
    """Do a batch; where something else writes to rows too, with all tables counted."""
    if work.plan.triggers:
        return _batch(work, number, wary=True)
    try:
        return _batch(work, number, wary=False)
    except ElsewhereError:
        return _batch(work, number, wary=True)


def _batch(work: Work, number: int, *, wary: bool) -> Mapping[str, Any]:
    """Purge one batch in a transaction; give what the journal says of it.

    ``wary``: something else may write anywhere, so that the rows of all tables are counted.

    Raises:
        ElsewhereError: something else wrote as well; nothing was changed.
    """
    plan, here, journal = work.plan, work.here, work.journal
    batch = plan.batches[number]
    with writing(work.engine) as (connection, keep):
        tables = [here.walk.tables[t] for t in sorted(here.watched, key=str)]
        dialect_of(connection).shut_out(connection, tables, LOCK_SECONDS)
        undone = None if work.commit else work.undone
        content = _purged(connection, plan, batch, here, work.many, wary=wary, undone=undone)
        content = {"batch": number, "subject": batchbook.named(plan, number), **content}
        if work.commit:
            named = Uprooting(keys={here.subject: {k: (k,) for k in batch.roots}})
            when = _now(work.clock)
            intent = batchbook.begun(
                journal, plan, here, work.many, number, work.warrant, when, basis=work.basis
            )
            intent |= {
                "place": identity(work.engine.url),
                "probes": deletion.probes(connection, named, here.ground),
                "outcome": content,
            }
            journal.append("intent", _now(work.clock), plan.digest, intent)
            keep()
    if work.commit:
        try:
            journal.append("batch", _now(work.clock), plan.digest, content)
        except EffaceError:
            raise Unrecorded(
                f"a batch was committed, but {str(journal.path)!r} cannot say so: mend that, then "
                "run the same command"
            ) from None
    return content


def _purged(
    connection: Connection,
    plan: Bulk,
    batch: Batch,
    here: Setting,
    many: Gathering,
    *,
    wary: bool,
    undone: Shared | None,
) -> dict[str, Any]:
    """Do all that a batch does, and prove it; ``undone``: what a rehearsal did before, and undid.

    Raises:
        Stale: roots are gone or have more rows than planned. Stopped: a stop holds.
        Refused: something refers to a row that is gone, or rows of other tables changed.
        ElsewhereError: nobody was wary, and something else wrote to rows, or may have.
    """
    meter = Meter(connection)
    metered = not wary and meter.runs and not safeguards.unseen(connection, here.schema)
    before = {} if metered else _counts(connection, here, wary=wary)
    empty = verifier.empty_tables(connection, here.schema, here.watched)
    uprooter = Uprooter(connection, here.ground, here.itinerary, empty=empty)
    early = deletion.checked(here.ground, here.itinerary)
    made = uprooter.uproot(uprooter.roots(batch.roots, here.subject), cuts=early)
    told = undone.fresh(connection, made) if undone else made
    _as_planned(connection, plan, batch, here, made, told.rows)
    safeguards.unstopped(_Stops(tuple(uprooter.stops(made))))
    safeguards.unemptied(connection, here.schema, made.rows)
    scrubber = bulkscrub.Scrubber(connection, here, plan.basis, many)
    own = scrubber.prepare(batch.roots, made)
    deletion.uproot(connection, here.ground, here.itinerary, made)
    gone = Uprooting({w: dict(rows) for w, rows in made.keys.items()})
    scrubbed = scrubber.scrub(own)
    dialect_of(connection).settle(connection)
    if not (wary or metered) and _fires(connection, here, {t for t, _ in scrubbed.cells}):
        raise ElsewhereError
    if wary:
        _again(connection, here, Uprooter(connection, here.ground, here.itinerary), gone)
        uprooter = Uprooter(connection, here.ground, here.itinerary)
    # Others are shut out, all that the followed relations found was deleted and counted, and where
    # no cell was rewritten nothing can have come to refer to it: unless by something else that
    # writes, and that the meter sees below, whereupon the batch is undone and all is asked.
    alone = metered and not scrubbed.cells
    cut = deletion.finish(connection, uprooter, gone, alone=alone)
    if not metered:
        after = _counts(connection, here, wary=wary)
        _unchanged(before, after, made, _tallies(here, plan.basis))
        if wary:
            meter.nothing_else(before, after, scrubbed.following, plan.triggers)
    elif not meter.exact():
        raise ElsewhereError
    if undone:
        undone.take(made)
    cells = Counter({f"{t}.{c}": n for (t, c), n in scrubbed.cells.items()})
    cells.update({f"{ref(r.child)}.{r.column}": len(k) for r, k in made.cuts.items()})
    cells.update(cut)
    return {
        "roots": len(batch.roots),
        "deleted": {str(w): n for w, n in sorted(told.rows.items())},
        "cells": dict(sorted(cells.items())),
        "followed": {str(c): n for c, n in sorted(scrubbed.followed.items())},
        "mentions": scrubbed.mentions,
        "reviews": scrubbed.reviews,
    }


@dataclass(frozen=True, slots=True)
class _Stops:
    """The stops that hold for a batch, as a plan has them."""

    stops: tuple[Any, ...]


def _again(connection: Connection, here: Setting, uprooter: Uprooter, gone: Uprooting) -> None:
    """Delete the copies that triggers made of rows that are gone."""
    for _ in range(ROUNDS):
        more = uprooter.since(gone)
        if not more.rows and not more.cuts:
            return
        deletion.uproot(connection, here.ground, here.itinerary, more)
        for where, rows in more.keys.items():
            gone.keys.setdefault(where, {}).update(rows)


def _as_planned(
    connection: Connection,
    plan: Bulk,
    batch: Batch,
    here: Setting,
    made: Uprooting,
    rows: Mapping[TableRef, int],
) -> None:
    """Refuse a batch whose roots are gone or no longer selected, or that has rows unplanned."""
    if len(made.keys.get(here.subject, {})) < len(batch.roots):
        raise Stale(f"rows of {plan.root} that the plan names are gone: plan again")
    if plan.before:
        column = here.table.c[key_column(here.table)]
        size = dialect_of(connection).max_keys
        chosen = bulkplanner.selection(here, plan.before)
        still = sum(
            bulkplanner.count(
                connection, here.table, column.in_(batch.roots[n : n + size]) & chosen
            )
            for n in range(0, len(batch.roots), size)
        )
        if still < len(batch.roots):
            raise Stale(f"rows of {plan.root} are no longer older than {plan.before}: plan again")
    # What is owned by two goes with the last: only what refers to a row counts here.
    owned = {str(ref(r.parent)) for r in here.itinerary.owned}
    more = [
        str(w)
        for w, n in sorted(rows.items())
        if n > batch.rows.get(str(w), 0) and str(w) not in owned
    ]
    if more:
        raise Stale(f"there are more rows of {', '.join(more)} than planned: plan again")


def _fires(connection: Connection, here: Setting, written: Collection[TableRef]) -> bool:
    """Whether a trigger may have fired when cells of these tables were rewritten."""
    tables = [here.walk.tables[where] for where in sorted(written)]
    fired = dialect_of(connection).triggers_of(connection, tables, deletes=False)
    return any(fired.values())


def _counts(connection: Connection, here: Setting, *, wary: bool) -> dict[TableRef, int]:
    """Count rows: of all tables where something may write anywhere, else of those at stake."""
    everywhere = wary or not dialect_of(connection).all_triggers(connection)
    wanted = None if everywhere else here.watched
    return verifier.count_rows(connection, here.schema, wanted)


def _tallies(here: Setting, basis: Basis) -> frozenset[TableRef]:
    """Name the tables that hold nothing of anybody, as a trigger's log of keys: no text, no phone."""
    numbers = searched_numbers(basis)
    tables = here.walk.tables.items()
    return frozenset(w for w, t in tables if w not in here.watched and not searched(t, numbers))


def _unchanged(
    before: Mapping[TableRef, int],
    after: Mapping[TableRef, int],
    made: Uprooting,
    tallies: Collection[TableRef],
) -> None:
    """Prove that no other rows came or went, but that triggers may add to ``tallies``.

    Raises:
        Refused: with the tables.
    """
    gone = made.rows
    moved = {t: after[t] - n + gone.get(t, 0) for t, n in before.items()}
    if wrong := [str(t) for t, n in sorted(moved.items()) if n < 0 or (n and t not in tallies)]:
        raise Refused(f"rows appeared or vanished in {', '.join(wrong)}: a trigger did that")


def _now(clock: Callable[[], datetime]) -> str:
    return clock().isoformat(timespec="seconds")
