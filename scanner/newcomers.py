"""What others committed while an erasure worked from its snapshot. Reads only; raises what refuses.

A snapshot (PostgreSQL's REPEATABLE READ) keeps an erasure consistent, but a note that somebody
else commits meanwhile is not in it, and would keep the subject's name. So, right before the
commit, writers are kept out for a moment and a second connection looks at what is new.
"""

from collections.abc import Collection, Iterator

from sqlalchemy import Connection, Engine, Table, select

from scanner.database import LOCK_SECONDS, dialect_of, reading, ref
from scanner.errors import Stale
from scanner.graph import Walk
from scanner.matcher import Matcher
from scanner.model import Key, TableRef
from scanner.planner import Draft
from scanner.purging import Purge
from scanner.rulebook import Pack
from scanner.searcher import search
from scanner.uprooter import Uprooter


def refuse(
    engine: Engine,
    connection: Connection,
    draft: Draft,
    pack: Pack,
    snapshot: str,
    *,
    written: Collection[tuple[TableRef, Key]],
) -> None:
    """Refuse where somebody else committed something of the subject since ``snapshot``.

    Args:
        engine: gives a second connection, which sees what others have committed.
        connection: the writing transaction.
        draft: what was planned in it.
        pack: whose relations are followed.
        snapshot: what the dialect called the state that ``connection`` reads.
        written: rows that ``connection`` has rewritten: nobody else can have.

    Raises:
        Stale: with the tables. DatabaseFailed: others did not stop writing.
    """
    tables = sorted(draft.schema.tables.values(), key=ref)
    dialect_of(engine).shut_out(connection, tables, LOCK_SECONDS)
    with reading(engine) as other:
        found = sorted(set(_found(other, connection, draft, pack, snapshot, written)))
    if found:
        names = ", ".join(map(str, found))
        raise Stale(f"somebody wrote about the subject to {names} meanwhile: plan again")


def _found(
    other: Connection,
    ours: Connection,
    draft: Draft,
    pack: Pack,
    snapshot: str,
    written: Collection[tuple[TableRef, Key]],
) -> Iterator[TableRef]:
    copies = draft.plan.basis.copies
    walk = Walk(other, draft.schema, pack, addresses=draft.addresses, copies=copies)
    for where, rows in walk.trace(draft.plan.subject[1]).rows.items():
        unseen = rows.keys() - draft.territory.rows.get(where, {}).keys()
        if any(not (draft.purge and draft.purge.deletes(where, k)) for k in unseen):
            yield where
    if draft.purge is not None:
        yield from _referring(other, draft.purge)
    recent, _ = dialect_of(other).newer(snapshot)
    fresh = {
        ref(table): keys
        for table in draft.schema.tables.values()
        if (keys := _fresh(other, ours, table, draft, snapshot))
    }
    for where, keys in fresh.items():
        rows = draft.territory.rows.get(where, {})
        if any(key in rows and (where, key) not in written for key in keys):
            yield where
    hits = search(
        other,
        draft.schema,
        Matcher(draft.identity),
        addresses=draft.addresses,
        among=dict.fromkeys(fresh, recent),
    )
    for hit in hits:
        strong = any(m.strength != "weak" for ms in hit.found.values() for m in ms)
        if strong and hit.key in fresh[hit.table] and (hit.table, hit.key) not in written:
            yield hit.table


def _referring(other: Connection, purge: Purge) -> Iterator[TableRef]:
    """Name the tables with rows that refer to what is purged and that we have not seen."""
    made = Uprooter(other, purge.ground, purge.itinerary).since(purge.gone)
    yield from (where for where, rows in made.keys.items() if rows)
    for one, keys in made.cuts.items():
        if set(keys) - set(purge.uprooting.cuts.get(one, ())):
            yield ref(one.child)


def _fresh(
    other: Connection, ours: Connection, table: Table, draft: Draft, snapshot: str
) -> set[Key]:
    """Name the rows of a table that others see in a version that we do not."""
    recent, version = dialect_of(other).newer(snapshot)
    address = draft.addresses[ref(table)]
    columns = [table.c[c] for c in address.columns]
    rows = other.execute(select(version, *columns).select_from(table).where(recent)).all()
    if not rows:
        return set()
    seen = set(ours.scalars(select(version).select_from(table).where(recent)))
    names = address.columns
    return {address.key(dict(zip(names, r[1:], strict=True))) for r in rows if r[0] not in seen}
