"""Redacts what a purge of many leaves of its subjects: their own rows that stay, others' texts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, select

from scanner import multitude, planner
from scanner.bulkplanner import Setting
from scanner.database import identify, ref
from scanner.errors import Residue, Undecided
from scanner.executor.cells import rewrite
from scanner.graph import Territory, table_of
from scanner.identity import Identity
from scanner.matcher import Match, Matcher
from scanner.mentions import Judge, Mentions
from scanner.model import ColumnRef, Key, Progress, TableRef
from scanner.multitude import Multitude, Place
from scanner.planner import Draft
from scanner.plans import Basis, Plan
from scanner.recorder import Tally
from scanner.rewriter import Edit, Rewriter
from scanner.searcher import NO_TEXT, RowHits
from scanner.searcher import text as said
from scanner.spotter import Sight, Spots
from scanner.uprooter import Uprooting


@dataclass(frozen=True, slots=True)
class Own:
    """What stays of one subject: its rows, and what becomes of them."""

    key: Any
    territory: Territory = field(repr=False)
    rewriter: Rewriter = field(repr=False)
    edits: tuple[Edit, ...] = field(repr=False)


@dataclass(slots=True)
class Scrubbed:
    """What was redacted."""

    cells: Counter[tuple[TableRef, str]] = field(default_factory=Counter)
    mentions: int = 0
    reviews: int = 0


def prepare(
    connection: Connection,
    here: Setting,
    basis: Basis,
    many: Multitude,
    keys: Sequence[Any],
    made: Uprooting,
) -> list[Own]:
    """Work out what becomes of the subjects' own rows that stay, before the others go.

    Raises:
        Undecided: a column of such a row has no decision.
    """
    if not here.people:
        return []
    walk, tables, pack = here.walk, here.walk.tables, here.walk.pack
    reading = _on(connection, here, basis)
    whole = _spared(reading.trace_all(keys), made, here)
    planner.decided(basis, tables, whole, pack.key)
    found = []
    for key, territory in multitude.apart(whole, keys).items():
        matcher = Matcher(many.identities.get(key) or Identity.of(()))
        rewriter = Rewriter(pack, basis, matcher, walk.addresses, key)
        edits = tuple(rewriter.edits(connection, tables, territory))
        found.append(Own(key, territory, rewriter, edits))
    return found


def _on(connection: Connection, here: Setting, basis: Basis) -> Any:
    """Walk the same relations in the writing transaction."""
    walk = type(here.walk)
    return walk(
        connection,
        here.schema,
        here.walk.pack,
        addresses=here.walk.addresses,
        copies=basis.copies,
    )


def _spared(whole: Territory, made: Uprooting, here: Setting) -> Territory:
    """Leave the rows that stay; those of tables without a key that go are found no more later."""
    loose = {ref(r.child) for r in made.loose}
    gone = {
        where: {here.walk.addresses[where].key(_named(here, where, k)) for k in rows}
        for where, rows in made.keys.items()
    }
    rows = {
        where: {k: r for k, r in some.items() if k not in gone.get(where, ())}
        for where, some in whole.rows.items()
        if where not in loose
    }
    return Territory({w: some for w, some in rows.items() if some}, whole.reaches)


def _named(here: Setting, where: TableRef, key: Any) -> dict[str, Any]:
    return {here.walk.addresses[where].columns[0]: key}


def scrub(
    connection: Connection, here: Setting, basis: Basis, many: Multitude, own: Sequence[Own]
) -> Scrubbed:
    """Write the new values of own rows, and scrub the mentions in others' texts.

    Raises:
        Undecided: a column that names a subject has no decision. Residue: a strong sign of one is
            still where it was found.
    """
    done, tally = Scrubbed(), Tally()
    for one in own:
        hits = _hits(connection, here, one, many.places.get(one.key, ()))
        mentions = _judged(here, basis, many, one, hits)
        draft = _draft(connection, here, basis, one, mentions)
        rewrite(connection, draft, here.walk.pack, tally, observed=True)
        done.reviews += len(mentions.reviews)
        _nothing_left(connection, here, one, many, mentions)
    tally.others.unmoved(connection, here.schema, here.walk.addresses)
    done.cells, done.mentions = tally.cells, tally.mentions
    return done


def _hits(
    connection: Connection, here: Setting, one: Own, places: Sequence[Place]
) -> list[RowHits]:
    """Read the rows in which a pass found a subject, those that are still there, and look again."""
    found = []
    for place in dict.fromkeys(map(_hashable, places)):
        where, values = place
        table, address = table_of(here.schema, where), here.walk.addresses[where]
        row = connection.execute(select(table).where(address.locate(table, dict(values)))).first()
        if row is None:
            continue
        cells = dict(row._mapping)  # noqa: SLF001 - the public way in SQLAlchemy
        key = address.key(cells)
        matches = _matches(table, cells, one, key)
        if matches:
            found.append(RowHits(where, key, cells, matches))
    return found


def _hashable(place: Place) -> tuple[TableRef, tuple[tuple[str, Any], ...]]:
    return place.table, tuple(place.values.items())


def _matches(
    table: Table, cells: Mapping[str, Any], one: Own, key: Key
) -> dict[str, tuple[Match, ...]]:
    """Find what the cells of a row say of a subject, but for those that are rewritten anyway."""
    where, row = ref(table), one.territory.row(ref(table), key)
    covered = set(one.rewriter.rewritten(table)) if row is not None and row.rows == "own" else set()
    if row is not None and row.only is not None:
        covered &= row.only
    private = one.rewriter.basis.columns
    matches = {}
    for column in table.columns:
        place = ColumnRef(where.schema, where.name, column.name)
        searched = not isinstance(column.type, NO_TEXT) or place in private
        value = cells[column.name]
        if not searched or not value or column.name in covered or column.computed is not None:
            continue
        words = said(value)
        cut = len(words) == getattr(column.type, "length", None)
        if hit := one.rewriter.matcher.find(words, cut=cut):
            matches[column.name] = tuple(hit)
    return matches


def _judged(
    here: Setting, basis: Basis, many: Multitude, one: Own, hits: Sequence[RowHits]
) -> Mentions:
    tables = here.walk.tables
    judge = Judge(
        here.walk.pack,
        basis,
        one.territory,
        many.identities.get(one.key) or Identity.of(()),
        lambda where: one.rewriter.rewritten(tables[where]),
        {},
    )
    mentions = judge.sort(hits)
    if mentions.undecided:
        names = ", ".join(map(str, sorted(mentions.undecided)))
        raise Undecided(f"no decision on {names}: decide in the workbook, then plan again")
    return mentions


def _draft(
    connection: Connection, here: Setting, basis: Basis, one: Own, mentions: Mentions
) -> Draft:
    """Put what is written of one subject into the form in which it is written."""
    pack = here.walk.pack
    plan = Plan(
        efface="",
        subject=(str(here.subject), one.key),
        method="purge",
        database=identify(connection, here.schema),
        pack=pack.name,
        pack_digest=pack.digest,
        basis=basis,
        stops=(),
        steps=(),
        mentions=mentions.sure,
        reviews=mentions.reviews,
        kept=mentions.kept,
        duties=(),
        triggers={},
        kpis=(),
    )
    who, sight = Identity.of(()), Sight(Spots(Identity.of(()), frozenset(), {}, {}, {}), {})
    where = here.walk.addresses
    return Draft(plan, here.schema, who, one.edits, mentions, one.territory, where, sight)


def _nothing_left(
    connection: Connection, here: Setting, one: Own, many: Multitude, mentions: Mentions
) -> None:
    """Look once more where the subject was found.

    Raises:
        Residue: something strong or a full name still stands, and is no review.
    """
    listed = {(r.mention.table, r.mention.key, r.mention.column) for r in mentions.reviews}
    listed |= set(mentions.kept_places)
    left = {
        f"{hit.table}.{column}"
        for hit in _hits(connection, here, one, many.places.get(one.key, ()))
        for column, matches in hit.found.items()
        if (hit.table, hit.key, column) not in listed and any(m.strength != "weak" for m in matches)
    }
    if left:
        raise Residue(f"a subject could still be found in {', '.join(sorted(left))}")


def left(
    connection: Connection,
    here: Setting,
    basis: Basis,
    many: Multitude,
    progress: Progress | None,
) -> dict[str, int]:
    """Count, by table, the rows that still name a subject after all batches, with one more pass."""
    places: dict[Any, list[Place]] = {}
    for start in range(0, len(many.identities), multitude.GROUP):
        some = list(many.identities.items())[start : start + multitude.GROUP]
        multitude.look(
            connection, here.schema, dict(some), here.walk.addresses, basis, places, progress
        )
    return dict(sorted(Counter(str(p.table) for ps in places.values() for p in ps).items()))
