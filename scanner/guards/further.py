"""What triggers copied while a draft was carried out: the draft of one more round. Reads only."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from scanner import planner
from scanner.database import ref
from scanner.graph import Territory
from scanner.model import Key, TableRef
from scanner.planner import Draft
from scanner.subjects.acquaintance import Acquaintance, Request
from scanner.subjects.mentions import Copied, no_copies
from scanner.subjects.spotter import Sight


def draft(
    connection: Connection,
    request: Request,
    done: Draft,
    copied: Collection[str] | None,
    copies: Copied = no_copies,
) -> Draft | None:
    """Work out what to write after ``done`` was carried out and read back.

    Nothing but triggers has written since, and only to the tables ``copied``: they are looked at
    whole, all else is known. ``copies`` tells which rows they made of the subject's own. What waits for an answer elsewhere waits still.

    Returns:
        The draft, whose sight has all places but the rows that were written themselves; None where
        all must be looked at again: it is not known what triggers wrote to, rows are gone, or rows
        in which something waits are called otherwise now.

    Raises:
        Misconfigured, Undecided, Stale: as ``planner.plan``.
    """
    if copied is None or done.purge is not None or renamed(done):
        return None
    names = {name.lower() for name in copied}
    tables = {ref(t): t for t in done.schema.tables.values()}
    among = frozenset(where for where in tables if where.name.lower() in names)
    walk = done.walk.on(connection)
    whole = walk.again(done.territory, request.key, among)
    fresh = {
        where: some
        for where, rows in whole.rows.items()
        if (some := {k: r for k, r in rows.items() if _new(done, among, where, k)})
    }
    known = Acquaintance(
        tables,
        done.addresses,
        walk,
        Territory(fresh, whole.reaches),
        done.identity,
        request.basis,
    )
    blind = replace(done.sight.spots, rows={}, own={}, whole=frozenset())
    found = planner.draft(
        connection,
        done.schema,
        request,
        identity=done.identity,
        sight=Sight(blind, dict.fromkeys(among)),
        known=known,
        judged=done.mentions.judged,
        copied=copies,
    )
    return _together(done, found, among)


def renamed(done: Draft) -> bool:
    """Whether rows in which something waits for an answer are called otherwise once it is done.

    Rows without a key are named by what they hold.
    """
    rows = {(e.table, e.key) for e in done.edits} | {(m.table, m.key) for m in done.plan.mentions}
    moved = {(table, key) for table, key in rows if not done.addresses[table].clear}
    waiting = {(r.mention.table, r.mention.key) for r in done.plan.reviews}
    waiting |= {(table, key) for table, key, _ in done.mentions.kept_places}
    return bool(moved & waiting)


def sight_after(done: Draft, copied: Collection[str] | None) -> Sight | None:
    """Add the tables that triggers wrote to, ``copied``, to what is looked at; None: everywhere."""
    if copied is None:
        return None
    names = {name.lower() for name in copied}
    tables = map(ref, done.schema.tables.values())
    again = {t: None for t in tables if t.name.lower() in names}
    return replace(done.sight, changed={**done.sight.changed, **again})


def _new(done: Draft, among: Collection[TableRef], where: TableRef, key: Key) -> bool:
    return where in among or key not in done.territory.rows.get(where, {})


def _together(done: Draft, found: Draft, among: Collection[TableRef]) -> Draft:
    """Give the draft of the tables ``among`` what is known of all others."""
    inside = {str(where) for where in among}
    kept = _beside(done.plan.kept, found.plan.kept, inside)
    places = {p for p in done.mentions.kept_places if p[0] not in among}
    waiting = [r for r in done.plan.reviews if r.mention.table not in among]
    reviews = (*waiting, *found.plan.reviews)
    plan = replace(found.plan, reviews=reviews, kept=kept, reached=done.plan.reached)
    mentions = replace(
        found.mentions,
        reviews=reviews,
        kept=_beside(done.mentions.kept, found.mentions.kept, inside),
        kept_places=found.mentions.kept_places | places,
    )
    sight = replace(done.sight, changed={**done.sight.changed, **dict.fromkeys(among)})
    return replace(found, plan=plan, mentions=mentions, territory=done.territory, sight=sight)


def _beside(
    before: Mapping[str, int], now: Mapping[str, int], inside: Collection[str]
) -> dict[str, int]:
    """Take what was counted by column ``now`` in the tables ``inside``, and ``before`` in all others."""
    old = {c: n for c, n in before.items() if c.rpartition(".")[0] not in inside}
    return dict(sorted({**now, **old}.items()))
