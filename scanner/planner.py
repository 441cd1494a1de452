"""From an audit and a subject to a plan: all that erasing it would do. Reads only."""

import logging
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    Table,
)

from scanner import __version__, companions, constraints, followers
from scanner.database import dialect_of, reading, ref, reflect
from scanner.errors import Misconfigured, Undecided
from scanner.graph import Territory, Walk
from scanner.identity import Identity
from scanner.matcher import REMEMBERED, Matcher
from scanner.model import KEEP, Audit, ColumnRef, Key, Progress, TableRef
from scanner.packs import stops
from scanner.packs.owners import owners
from scanner.plans import Answer, Basis, Figure, Plan, Step
from scanner.purge import losses, purging
from scanner.purge.purging import Purge
from scanner.rewriter import Edit, Rewriter
from scanner.rows import Address
from scanner.rulebook import Pack
from scanner.subjects.acquaintance import Acquaintance, Request, acquaint, subject_key
from scanner.subjects.context import Known
from scanner.subjects.mentions import Copied, Judge, Mentions, Place, no_copies
from scanner.subjects.spotter import RARE, Sight, again, spot
from scanner.tables import misfits
from scanner.texts.wording import noun
from scanner.verifier import measure

LOG = logging.getLogger(__name__)

NAMED = 12
"""How many columns a complaint names before it only counts."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan with the values that carrying it out needs; they stay in memory."""

    plan: Plan
    schema: MetaData = field(repr=False)
    identity: Identity = field(repr=False)
    edits: tuple[Edit, ...] = field(repr=False)
    mentions: Mentions = field(repr=False)
    territory: Territory = field(repr=False)
    addresses: Mapping[TableRef, Address] = field(repr=False)
    sight: Sight = field(repr=False)
    walk: Walk = field(repr=False)
    purge: Purge | None = None
    follows: Mapping[ColumnRef, frozenset[Key]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows would change: those of the plan, and those that the database rewrites."""
        spots = {(s.table, k) for s in self.plan.steps for k in s.keys}
        spots |= {(m.table, m.key) for m in self.plan.mentions}
        return len(spots | {(c.of, k) for c, keys in self.follows.items() for k in keys})

    @property
    def matcher(self) -> Matcher:
        """Give what looked for the subject: it remembers what it read."""
        return self.sight.spots.matcher


def plan(
    engine: Engine,
    pack: Pack,
    audit: Audit,
    key: str,
    *,
    method: str = "redact",
    directives: tuple[str, ...] = (),
    progress: Progress | None = None,
) -> Plan:
    """Say all that is to be done about the subject ``key``; change nothing.

    Raises:
        Misconfigured: another database's audit, no such subject, or a pack that names what is not there.
        Undecided: a column that the plan would touch has no decision.
        Stale: the schema has changed since the scan.
        DatabaseFailed: the database failed.
    """
    with drafting(
        engine, pack, audit, key, method=method, directives=directives, progress=progress
    ) as (_, made):
        return made.plan


@contextmanager
def drafting(
    engine: Engine,
    pack: Pack,
    audit: Audit,
    key: str,
    *,
    method: str = "redact",
    directives: tuple[str, ...] = (),
    answers: Mapping[str, Answer] | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[Connection, Draft]]:
    """Plan as ``plan`` does, and stay in the read-only transaction with what was read.

    ``answers`` maps ids of reviews to what people said of them.

    Raises:
        Misconfigured, Undecided, Stale, DatabaseFailed: as ``plan``.
    """
    with reading(engine) as connection:
        schema = reflect(connection)
        who = subject_key(connection, schema, pack, key)
        request = Request(pack, Basis.of(audit), who, method, answers or {}, directives)
        yield connection, draft(connection, schema, request, progress=progress)


def draft(
    connection: Connection,
    schema: MetaData,
    request: Request,
    *,
    identity: Identity | None = None,
    sight: Sight | None = None,
    after: Draft | None = None,
    known: Acquaintance | None = None,
    judged: Known | None = None,
    copied: Copied = no_copies,
    progress: Progress | None = None,
) -> Draft:
    """Work out a plan inside a transaction, with what carrying it out needs.

    ``identity`` is given when the subject's rows no longer say what it is called; then the KPIs,
    which were taken before, are not taken again. ``sight`` says where to look, from an earlier
    pass; without one, or with one for another identity, all text is searched. ``known`` is what
    that pass knew, given only where no row has changed since. ``judged`` is what is known of rows
    that are not looked at, ``copied`` tells which rows triggers made of the subject's own. ``after`` is the draft of a purge
    that was carried out: the subject is gone, and what refers to rows that are gone is looked for.

    Raises:
        Misconfigured, Undecided, Stale: as ``plan``.
    """
    pack, basis = request.pack, request.basis
    gone = after.addresses if after else None
    known = known or acquaint(connection, schema, request, identity=identity, gone=gone)
    tables, walk, whole, who = (
        known.tables,
        known.walk.on(connection),
        known.territory,
        known.identity,
    )
    misfits.refuse(misfits.columns(tables), pack)
    purge = _purge(connection, walk, request, after)
    territory = purge.spared(whole) if purge else whole
    decided(basis, tables, territory, pack.key)
    numbers = searched_numbers(basis)
    if sight is not None and not sight.spots.fit(who, numbers):
        sight = None
    matcher = sight.spots.matcher if sight else Matcher(who, memory=REMEMBERED)
    rewriter = Rewriter(pack, basis, matcher, known.addresses, request.key)
    faults: list[str] = []
    edits = tuple(rewriter.edits(connection, tables, territory, faults))
    constraints.held(connection, tables, known.addresses, edits, faults)
    computed = {
        w: frozenset(c.name for c in t.columns if c.computed is not None) for w, t in tables.items()
    }
    if sight is None:
        sight = look(connection, schema, known, request, matcher, progress=progress)
    judge = Judge(
        pack,
        basis,
        territory,
        who,
        lambda where: rewriter.rewritten(tables[where]),
        request.answers,
        computed,
        judged or Known(),
        sight.spots.rare,
        lambda rows: owners(connection, walk, rows, own=True),
        request.key,
        copied,
        matcher.beside,
    )
    hits = again(
        connection,
        schema,
        matcher,
        sight,
        addresses=known.addresses,
        also=known.linked,
        own=known.own,
        covered={t: {*rewriter.rewritten(tables[t]), *computed[t]} for t in territory.rows},
        numbers=numbers,
        ignore=lambda where, key: (
            tables[where].c.keys()
            if purge and purge.deletes(where, key)
            else judge.covered(where, key)
        ),
    )
    found = judge.sort(hits if who else ())
    staying = {*rewriter.staying(connection, tables, territory), *found.kept_places}
    if found.undecided:
        raise Undecided(_undecided(found.undecided))
    steps = (*_steps(edits), *(purge.steps() if purge else ()))
    touched = sorted({s.table for s in steps} | {m.table for m in found.sure})
    follows = followers.beside(connection, schema, known.addresses, edits, found)
    triggers = _triggers(connection, [tables[t] for t in touched], deletes=purge is not None)
    figures, later = _figures(connection, schema, pack, purge) if not identity else ((), ())
    made = Plan(
        efface=__version__,
        subject=(walk.subject.name, request.key),
        method=request.method,
        database=basis.database,
        pack=pack.name,
        pack_digest=pack.digest,
        basis=basis,
        stops=(
            *stops.found(connection, walk, whole, request.method),
            *(purge.stops if purge else ()),
            *misfits.unmatched(connection, tables, pack),
        ),
        steps=steps,
        mentions=found.sure,
        reviews=found.reviews,
        kept=_by_column(staying),
        duties=(
            *stops.duties(walk, whole),
            *stops.unsearched(schema, numbers),
            *companions.duties(connection, walk, whole, basis, found.reviews),
            *stops.unasked(sight.spots.common, RARE),
            *stops.uncounted(connection, triggers if purge else ()),
        ),
        triggers=triggers,
        kpis=figures,
        reached={str(t): len(rows) for t, rows in sorted(whole.rows.items())},
        directives=purge.agenda.named if purge else {},
        kpis_after=later,
        follows={str(c): len(keys) for c, keys in follows.items()},
    )
    return Draft(
        made, schema, who, edits, found, territory, known.addresses, sight, walk, purge, follows
    )


def look(
    connection: Connection,
    schema: MetaData,
    known: Acquaintance,
    request: Request,
    matcher: Matcher,
    *,
    progress: Progress | None = None,
) -> Sight:
    """Look through all text here and now."""
    (spots,) = spot(
        connection,
        schema,
        [(matcher, known.own)],
        addresses=known.addresses,
        numbers=searched_numbers(request.basis),
        progress=progress,
    )
    return Sight(spots, {})


def searched_numbers(basis: Basis) -> frozenset[ColumnRef]:
    """Name the columns that are searched whatever they hold: personal ones, and ones to change."""
    return frozenset(
        c for c, t in basis.columns.items() if t.personal != "none" or t.choice != KEEP
    )


def _purge(
    connection: Connection, walk: Walk, request: Request, after: Draft | None
) -> Purge | None:
    """Find what goes with the subject, where it is to be purged."""
    if request.method != "purge":
        return None
    if after and after.purge:
        return purging.again(connection, walk, after.purge)
    agenda = purging.agenda_of(request.directives, walk.pack.subject)
    return purging.prepare(connection, walk, request.basis, agenda, request.key)


def _figures(
    connection: Connection, schema: MetaData, pack: Pack, purge: Purge | None
) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """Take the KPIs, and for a purge what they will be."""
    if purge is None:
        return measure(connection, schema, pack), ()
    return losses.predict(connection, schema, pack, purge.uprooting)


def decided(basis: Basis, tables: Mapping[TableRef, Table], territory: Territory, key: str) -> None:
    """Refuse where a column of the subject's own rows has no decision."""
    own = {t for t, rows in territory.rows.items() if any(r.rows == "own" for r in rows.values())}
    names = [c for c, t in sorted(basis.columns.items()) if c.name == key and t.choice != KEEP]
    if wrong := [str(c) for c in names if c.of in own]:
        said = noun(len(wrong), "names rows: it", "name rows: they")
        raise Misconfigured(
            f"{', '.join(wrong)} {said} can only be kept: decide keep in the workbook, as `efface "
            "audit --pack` with this pack suggests"
        )
    missing = {c for c in basis.undecided if c.of in own and c.of in tables}
    if missing:
        raise Undecided(_undecided(missing))


def _undecided(missing: set[ColumnRef] | frozenset[ColumnRef]) -> str:
    names = [str(c) for c in sorted(missing)]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (
        f"no decision on {', '.join(names[:NAMED])}{more}: decide in the workbook, then plan again"
    )


def _by_column(places: Collection[Place]) -> dict[str, int]:
    """Count cells by their column."""
    return dict(sorted(Counter(f"{where}.{column}" for where, _, column in places).items()))


def _steps(edits: tuple[Edit, ...]) -> tuple[Step, ...]:
    """Make one step of all rows of a table in which the same columns change."""
    groups: dict[tuple[TableRef, tuple[tuple[str, str], ...]], list[Any]] = {}
    for edit in edits:
        columns = tuple(sorted(edit.strategies.items()))
        groups.setdefault((edit.table, columns), []).append(edit.key)
    return tuple(
        Step(table, tuple(sorted(keys, key=str)), dict(columns), len(keys))
        for (table, columns), keys in sorted(groups.items())
    )


def _triggers(
    connection: Connection, tables: Sequence[Table], *, deletes: bool
) -> dict[str, tuple[str, ...]]:
    """Name the triggers of those tables that have any."""
    found = dialect_of(connection).triggers_of(connection, tables, deletes=deletes)
    return {str(ref(table)): names for table, names in found.items() if names}
