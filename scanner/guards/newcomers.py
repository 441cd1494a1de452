"""What others committed while an erasure worked. Reads only; raises what refuses.

A snapshot (PostgreSQL's REPEATABLE READ) keeps an erasure consistent, but a note that somebody
else commits meanwhile is not in it, and would keep the subject's name. So, right before the
commit, writers are kept out for a moment and a second connection looks at what is new. The same is
done about tables that a transaction did not read whole, where a database (MariaDB) locks what is
read.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, Engine, MetaData, Table, select

from scanner.database import LOCK_SECONDS, dialect_of, failing, reading, ref
from scanner.errors import Stale
from scanner.graph import Walk, table_of
from scanner.model import Key, TableRef
from scanner.planner import Draft
from scanner.purge.purging import Purge
from scanner.purge.uprooter import Uprooter
from scanner.rulebook import Pack
from scanner.subjects.searcher import ALL, Piece, search
from scanner.tables.relations import places


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
        snapshot: what the dialect called the state that ``connection`` reads; empty where nothing
            can slip in.
        written: rows that ``connection`` has rewritten: nobody else can have.

    Raises:
        Stale: with the tables. DatabaseFailed: others did not stop writing.
    """
    if not snapshot:
        return
    tables = sorted(draft.schema.tables.values(), key=ref)
    dialect_of(engine).shut_out(connection, tables, LOCK_SECONDS)
    with reading(engine) as other:
        # Without a commit of others the same rows would only be read once more.
        quiet = dialect_of(engine).nothing_new(connection, other)
        found = set() if quiet else {*_found(other, connection, draft, pack, snapshot, written)}
    if found:
        names = ", ".join(map(str, sorted(found)))
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
    dialect, tables = dialect_of(other), [*draft.schema.tables.values()]
    recent, _ = dialect.newer(snapshot)
    fresh = {
        ref(table): keys
        for table in dialect.since(other, snapshot, tables)
        if (keys := _fresh(other, ours, table, draft, snapshot))
    }
    for where, keys in fresh.items():
        rows = draft.territory.rows.get(where, {})
        if any(key in rows and (where, key) not in written for key in keys):
            yield where
    hits = search(
        other,
        draft.schema,
        draft.matcher,
        addresses=draft.addresses,
        among=dict.fromkeys(fresh, (Piece(recent),)),
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


def beside(
    connection: Connection, schema: MetaData, names: Collection[str]
) -> tuple[frozenset[TableRef], bool]:
    """Find the tables that are written to beside an erasure, and say whether triggers may fire there.

    Others cannot be kept out of what is written to by another connection, so that has to be read
    whole; where triggers fire it can be any table.
    """
    found = places(ref(t) for t in schema.tables.values())
    tables = frozenset(found[n.lower()] for n in names if n.lower() in found)
    dialect = dialect_of(connection)
    fires = any(dialect.triggers(connection, table_of(schema, t)) for t in tables)
    return tables, fires or bool(tables and not dialect.all_triggers(connection))


def read_whole(connection: Connection, draft: Draft, tables: Collection[TableRef]) -> Draft:
    """Have all rows of ``tables`` looked at, where reading them locks others out of them."""
    if not dialect_of(connection).locks_rows:
        return draft
    changed = {**draft.sight.changed, **dict.fromkeys(tables)}
    return replace(draft, sight=replace(draft.sight, changed=changed))


@contextmanager
def kept_out(
    engine: Engine, draft: Draft, pack: Pack, written: Collection[TableRef] | None
) -> Iterator[None]:
    """Keep others out of the tables that were not read whole; refuse where they were quicker.

    Args:
        engine: gives connections beside the writing one.
        draft: the last one of the writing transaction, whose sight says what was read whole.
        pack: whose relations are followed.
        written: tables that were or will be written to, which were read whole; None for all.

    Raises:
        Stale: somebody may have written about the subject meanwhile: with the tables.
        DatabaseFailed: others did not stop writing.
    """
    sight, dialect = draft.sight, dialect_of(engine)
    if not dialect.locks_rows or not sight.mark or written is None:
        yield
        return
    whole = {t for t, which in sight.changed.items() if which is None} | set(written)
    rest = [t for t in draft.schema.tables.values() if ref(t) not in whole]
    with failing(engine), dialect.held(engine, sorted(rest, key=ref), LOCK_SECONDS):
        with reading(engine) as other:
            moved = {ref(t) for t in dialect.since(other, sight.mark, rest)}
            found = sorted(set(_moved(other, draft, pack, moved))) if moved else []
        if found:
            names = ", ".join(map(str, found))
            raise Stale(f"somebody wrote about the subject to {names} meanwhile: plan again")
        yield


def _moved(
    other: Connection, draft: Draft, pack: Pack, moved: Collection[TableRef]
) -> Iterator[TableRef]:
    """Yield the tables of ``moved`` in which there is more of the subject than is known."""
    rows: Mapping[TableRef, Collection[Key]] = draft.territory.rows
    yield from (where for where in moved if rows.get(where))
    copies = draft.plan.basis.copies
    walk = Walk(other, draft.schema, pack, addresses=draft.addresses, copies=copies)
    for where, found in walk.trace(draft.plan.subject[1]).rows.items():
        unseen = found.keys() - set(rows.get(where, ()))
        if any(not (draft.purge and draft.purge.deletes(where, k)) for k in unseen):
            yield where
    known = {(r.mention.table, r.mention.key, r.mention.column) for r in draft.plan.reviews}
    known |= draft.mentions.kept_places
    hits = search(
        other,
        draft.schema,
        draft.matcher,
        addresses=draft.addresses,
        among=dict.fromkeys(moved, (ALL,)),
    )
    for hit in hits:
        for column, matches in hit.found.items():
            strong = any(m.strength != "weak" for m in matches)
            if strong and (hit.table, hit.key, column) not in known:
                yield hit.table
