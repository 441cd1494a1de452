"""From an audit, directives and many roots to a plan of batches. Reads only."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    MetaData,
    Table,
    func,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from scanner import __version__, followers, planner, verifier
from scanner.database import dialect_of, reading, ref, reflect
from scanner.errors import Misconfigured
from scanner.graph import Walk
from scanner.model import Audit, Progress, Silent, TableRef
from scanner.packs import stops
from scanner.plans import Basis, StopFound
from scanner.purge import losses, purging
from scanner.purge.appraiser import Itinerary
from scanner.purge.bulk import Batch, Bulk
from scanner.purge.directives import Agenda
from scanner.purge.references import Ground, key_column
from scanner.purge.sharing import Shared
from scanner.purge.unraveler import Unraveler
from scanner.purge.uprooter import Uprooter, Uprooting
from scanner.records import holds
from scanner.rows import Address, chunks
from scanner.rulebook import Pack
from scanner.subjects import acquaintance, gathering, keyreader
from scanner.tables import misfits
from scanner.texts.wording import noun


@dataclass(frozen=True, slots=True)
class Setting:
    """A database under directives: all that planning and carrying out batches need."""

    schema: MetaData = field(repr=False)
    walk: Walk = field(repr=False)
    ground: Ground = field(repr=False)
    itinerary: Itinerary = field(repr=False)
    subject: TableRef
    before: str

    @property
    def people(self) -> bool:
        """Whether the roots are subjects, who are called something."""
        return self.subject == self.walk.subject

    @property
    def table(self) -> Table:
        """Give the table of the roots."""
        return self.walk.tables[self.subject]

    @property
    def watched(self) -> set[TableRef]:
        """Name the tables that a batch changes or that may refer to what it deletes."""
        tables = set(self.itinerary.deleted) | {ref(r.child) for r in self.itinerary.cut}
        for where in self.itinerary.deleted:
            tables |= {ref(r.child) for r in self.ground.referring.get(where, ())}
        while more := set(self._declared(tables)) - tables:
            tables |= more
        return tables

    def _declared(self, tables: Collection[TableRef]) -> Iterator[TableRef]:
        """Name the tables with foreign keys to some: the database may delete from them, too."""
        for where, table in self.walk.tables.items():
            targets = (k.elements[0].target_fullname for k in table.foreign_key_constraints)
            if any(self.walk.find(t.rpartition(".")[0]) in tables for t in targets):
                yield where


def setting(connection: Connection, pack: Pack, basis: Basis, agenda: Agenda) -> Setting:
    """Bind directives to the database of an audit.

    Raises:
        Misconfigured: they or the pack do not fit, or the audit is another database's. Stale: the schema
            has changed since the scan.
    """
    schema = reflect(connection)
    acquaintance.same_database(connection, schema, basis)
    misfits.refuse(misfits.columns({ref(t): t for t in schema.tables.values()}), pack)
    private = {c for c, t in basis.columns.items() if t.personal != "none"}
    dialect = dialect_of(connection)
    addresses = {
        ref(t): Address.of(t, private, "", dialect=dialect) for t in schema.tables.values()
    }
    walk = Walk(connection, schema, pack, addresses=addresses, copies=basis.copies)
    ground, itinerary = purging.bound(connection, walk, agenda, basis)
    roots = [ref(s.table) for s in itinerary.starts]
    subject = walk.subject if walk.subject in roots else roots[-1]
    starts = {ref(s.table): s.directive.before for s in itinerary.starts}
    return Setting(schema, walk, ground, itinerary, subject, starts[subject])


def plan(
    engine: Engine,
    pack: Pack,
    audit: Audit,
    *,
    directives: Sequence[str],
    keys: Sequence[str] | None = None,
    before: str = "",
    batch: int,
    held: Sequence[str] = (),
    progress: Progress | None = None,
) -> Bulk:
    """Say what purging many roots would do: those of ``keys``, or those older than ``before``.

    Raises:
        Misconfigured: the directives do not fit, a root is not there, or there is no selection.
        Stale: the schema has changed since the scan. DatabaseFailed: the database failed.
    """
    basis = Basis.of(audit)
    agenda = purging.agenda_of(tuple(directives), pack.subject)
    watch = progress or Silent()
    with reading(engine) as connection:
        here = setting(connection, pack, basis, agenda)
        roots = older(connection, here, before) if keys is None else given(connection, here, keys)
        drawn = _Drawing(connection, here, chosen=keys is None)
        roots = drawn.without(held_roots(connection, here, held), roots)
        watch.begin("purge", len(roots))
        for some in chunks(roots, batch):
            drawn.add(some)
            watch.advance(len(some))
        said = _said(connection, here, basis, drawn, batch, progress)
        triggers = _triggers(connection, here, {place.table for place in said})
        return Bulk(
            efface=__version__,
            root=str(here.subject),
            directives=agenda.named,
            before=before,
            database=basis.database,
            pack=pack.name,
            pack_digest=pack.digest,
            basis=basis,
            batches=tuple(drawn.batches),
            stops=(*drawn.stops, *misfits.unmatched(connection, here.walk.tables, pack)),
            held=drawn.held,
            mentions=len(said),
            duties=(
                *_duties(here, drawn),
                *stops.unsearched(here.schema, planner.searched_numbers(basis)),
                *stops.uncounted(connection, triggers),
            ),
            triggers=triggers,
            kpis=tuple(drawn.figures(pack)),
            follows=_follows(connection, here, basis) if here.people else (),
        )


def _triggers(
    connection: Connection, here: Setting, named: Collection[TableRef]
) -> dict[str, tuple[str, ...]]:
    """Name the triggers of tables that rows are deleted from, or whose texts name the subjects."""
    dialect, doomed = dialect_of(connection), here.itinerary.deleted
    tables = here.walk.tables
    fired = dialect.triggers_of(connection, [tables[t] for t in sorted(doomed)])
    stays = [tables[t] for t in sorted(set(named) - set(doomed))]
    fired |= dialect.triggers_of(connection, stays, deletes=False)
    return {str(ref(table)): some for table, some in fired.items() if some}


def _follows(connection: Connection, here: Setting, basis: Basis) -> tuple[str, ...]:
    """Name the columns that may follow a value that is redacted or scrubbed, and what follows them."""
    if not dialect_of(connection).follows_keys:
        return ()
    written = [
        (column.of, column.name)
        for column, treatment in basis.columns.items()
        if not treatment.firm and treatment.personal != "none"
    ]
    found = followers.behind(connection, here.schema, written, {"CASCADE"})
    return tuple(sorted({f"{ref(table)}.{c}" for table, key in found for c in key.columns}))


def _duties(here: Setting, drawn: "_Drawing") -> Iterator[Mapping[str, Any]]:
    """List what the database cannot reach; what rows that go point at is only counted."""
    for duty in here.walk.pack.duties:
        where = here.walk.find(duty.table) if duty.table else None
        rows = sum(b.rows.get(str(where), 0) for b in drawn.batches)
        if rows or not duty.table:
            place = f"{where}.{duty.column}" if where else ""
            count = rows if where else None
            yield {"kind": duty.kind, "where": place, "count": count, "why": duty.why, "keys": []}


def _said(
    connection: Connection,
    here: Setting,
    basis: Basis,
    drawn: "_Drawing",
    batch: int,
    progress: Progress | None,
) -> list[gathering.Place]:
    """Find the rows that name the subjects, those that go among them; once for each whom they name."""
    keys = [k for b in drawn.batches for k in b.roots]
    if not here.people or not keys:
        return []
    found = gathering.gather(
        connection, here.schema, here.walk, basis, keys, batch=batch, sure=True, progress=progress
    )
    return [place for some in found.places.values() for place in some]


def held_roots(connection: Connection, here: Setting, held: Sequence[str]) -> set[Any]:
    """Find the roots that are subjects with a hold, or hang on one by the directive."""
    column = here.walk.tables[here.walk.subject].c[here.walk.pack.key]
    keys, _ = _read(connection, column, held)
    starts = [s for s in here.itinerary.starts if ref(s.table) == here.subject]
    if not keys or not (here.people or any(s.roots for s in starts)):
        return set()
    uprooter = Uprooter(connection, here.ground, here.itinerary)
    return set(uprooter.roots(keys, here.walk.subject).get(here.subject, ()))


def given(connection: Connection, here: Setting, keys: Sequence[str]) -> list[Any]:
    """Read the keys of roots that people named; all must be there.

    Raises:
        Misconfigured: some are no keys, or there are no such rows.
    """
    column = here.table.c[key_column(here.table)]
    wanted, wrong = _read(connection, column, keys)
    if wrong:
        named = ", ".join(map(str, wrong[: planner.NAMED]))
        raise Misconfigured(
            f"{len(wrong):,} of the keys {noun(len(wrong), 'is', 'are')} no {column.name} of "
            f"{here.subject} (place {named} of the list): write one key a line"
        )
    there = set()
    for some in chunks(wanted, dialect_of(connection).max_keys):
        there |= set(connection.scalars(select(column).where(column.in_(some))))
    if missing := [k for k in wanted if k not in there]:
        named = ", ".join(map(str, missing[: planner.NAMED]))
        raise Misconfigured(
            f"{noun(len(missing), '1 key is', f'{len(missing):,} keys are')} not in {here.subject}: {named}"
        )
    return wanted


def _read(
    connection: Connection, column: Column[Any], keys: Sequence[str]
) -> tuple[list[Any], list[int]]:
    """Read keys as values of ``column``, each once; give the places of those that can be none."""
    found, wrong = dict[Any, None](), []
    for place, key in enumerate(keys, start=1):
        try:
            found[keyreader.read(dialect_of(connection), column, key)] = None
        except Misconfigured:
            wrong.append(place)
    return list(found), wrong


def older(connection: Connection, here: Setting, before: str) -> list[Any]:
    """Select the roots that the directive calls older than a date.

    Raises:
        Misconfigured: it does not say which are, or the database does not take its SQL.
    """
    column = here.table.c[key_column(here.table)]
    query = select(column).where(selection(here, before)).order_by(column)
    try:
        return list(connection.scalars(query))
    except DBAPIError:
        raise Misconfigured(
            "the database does not take the directive's before: mend its SQL"
        ) from None


def selection(here: Setting, before: str) -> ColumnElement[bool]:
    """Say in SQL which roots are older than a date.

    Raises:
        Misconfigured: the directive has no such selection, or ``before`` is no date.
    """
    if not here.before:
        raise Misconfigured(
            f"the directive of {here.subject} does not say which rows are older than a date: give "
            'it a line before = "SQL with :before", or name the rows with --subjects'
        )
    try:
        day = datetime.combine(date.fromisoformat(before), datetime.min.time())
    except ValueError:
        raise Misconfigured("--before takes a date, as 2019-01-31") from None
    return text(f"({here.before})").bindparams(before=day)  # type: ignore[return-value]  # a condition


class _Drawing:
    """Draws up batches; ``chosen``: roots that a stop keeps are left out instead of stopping all."""

    def __init__(self, connection: Connection, here: Setting, *, chosen: bool) -> None:
        self.connection, self.here, self.chosen = connection, here, chosen
        empty = verifier.empty_tables(connection, here.schema)
        self.uprooter = Uprooter(connection, here.ground, here.itinerary, empty=empty)
        self.batches: list[Batch] = []
        self.stops: list[StopFound] = []
        self.held: dict[str, tuple[str, ...]] = {}
        self.shared = Shared()
        self.lost: dict[str, Counter[tuple[str, ...]]] = {}

    def without(self, held: Collection[Any], roots: Sequence[Any]) -> list[Any]:
        """Leave out the roots with a hold; where people named them, it stops all."""
        some = [k for k in roots if k in held]
        self.held |= {str(k): (holds.RULE,) for k in some}
        if some and not self.chosen:
            why = "a hold is on them, or on those whose they are"
            self.stops.append(StopFound(holds.RULE, why, len(some), "stop"))
        return [k for k in roots if k not in held]

    def add(self, roots: Sequence[Any]) -> None:
        """Make a batch of some roots."""
        kept = list(roots)
        made, found = self._uprooted(kept)
        if any(s.effect == "stop" for s in found):
            self._hold(kept)
        if self.chosen and self.held:
            kept = [k for k in kept if str(k) not in self.held]
            made, found = self._uprooted(kept)
        self._stopped(found)
        if kept:
            unraveler = Unraveler(dialect_of(self.connection), self.here.itinerary, made)
            unraveler.order(self.here.ground, made.keys)
            fresh = self.shared.fresh(self.connection, made)
            self.shared.take(made)
            rows = {str(w): n for w, n in sorted(fresh.rows.items())}
            self.batches.append(Batch(tuple(kept), rows))
            for name, counts in losses.lost(
                self.connection, self.here.schema, self.here.walk.pack, fresh
            ):
                self.lost.setdefault(name, Counter()).update(counts)

    def _hold(self, roots: Sequence[Any]) -> None:
        """Say of each root which stops hold it."""
        for key in roots:
            rules = [s.rule for s in self._uprooted([key])[1] if s.effect == "stop"]
            if rules:
                self.held[str(key)] = tuple(rules)

    def _uprooted(self, roots: Sequence[Any]) -> tuple[Uprooting, list[StopFound]]:
        if not roots:
            return Uprooting(), []
        made = self.uprooter.uproot(self.uprooter.roots(roots, self.here.subject))
        return made, self.uprooter.stops(made)

    def _stopped(self, found: Sequence[StopFound]) -> None:
        for stop in found:
            old = next((s for s in self.stops if s.rule == stop.rule), None)
            rows = stop.rows + (old.rows if old else 0)
            self.stops = [s for s in self.stops if s is not old]
            self.stops.append(StopFound(stop.rule, stop.why, rows, stop.effect))

    def figures(self, pack: Pack) -> Iterator[dict[str, Any]]:
        """Say of each figure of reports what it loses."""
        for name, query in verifier.counting(self.here.schema, pack):
            counts = verifier.counted(self.connection, query)
            gone = self.lost.get(name, Counter())
            after = counts - gone
            yield {"name": name, "rows": counts.total(), "rows_after": after.total()}


def count(connection: Connection, table: Table, condition: ColumnElement[bool]) -> int:
    """Count the rows of a table for which a condition is true."""
    return int(connection.scalar(select(func.count()).select_from(table).where(condition)) or 0)
