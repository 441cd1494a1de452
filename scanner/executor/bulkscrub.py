"""Redacts what a purge of many leaves of its subjects: their own rows that stay, others' texts.

All subjects of a batch are read, judged and written together, so that the statements grow with the
tables. Subjects that share a row take turns: each sees what was written for the one before.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Column, Connection, Table

from scanner import changes, planner
from scanner.bulkplanner import Setting
from scanner.database import ref
from scanner.errors import Residue, Undecided
from scanner.executor import cells
from scanner.executor.recorder import Tally
from scanner.followers import followers
from scanner.graph import Territory, table_of
from scanner.guards import following, safeguards
from scanner.guards.following import Cell
from scanner.identity import Identity
from scanner.matcher import Match, Matcher
from scanner.model import ColumnRef, Key, Progress, TableRef
from scanner.packs.owners import owners
from scanner.plans import Basis
from scanner.purge.uprooter import Uprooting
from scanner.rewriter import Edit, Rewriter
from scanner.rows import chunks
from scanner.subjects import gathering
from scanner.subjects.crowd import Crowd
from scanner.subjects.gathering import Gathering, Place, Spot
from scanner.subjects.mentions import Judge, Mentions
from scanner.subjects.searcher import NO_TEXT, RowHits, fills, searched
from scanner.subjects.searcher import text as said

REMAINS = ("left", "review", "kept", "namesakes")
"""Why a row still says the same as somebody who was purged, the worst first."""

Led = Mapping[Spot, Collection[Any]]
"""Rows, and the people to whom relations lead from them."""

TOGETHER = 200
"""So many subjects' rows are judged at once after all batches."""


@dataclass(frozen=True, slots=True)
class Own:
    """One subject: its own rows that stay, and the rows that name it."""

    key: Any
    territory: Territory = field(repr=False)
    rewriter: Rewriter = field(repr=False)
    places: Mapping[Spot, Place] = field(repr=False)

    def rows(self) -> set[Spot]:
        """Name the rows that may be written for it."""
        own = self.territory.rows.items()
        mine = {(where, k) for where, some in own for k, row in some.items() if row.rows == "own"}
        return mine | self.places.keys()


@dataclass(slots=True)
class Scrubbed:
    """What was redacted."""

    cells: Counter[tuple[TableRef, str]] = field(default_factory=Counter)
    followed: Counter[ColumnRef] = field(default_factory=Counter)
    following: int = 0
    mentions: int = 0
    reviews: int = 0


class Scrubber:
    """Redacts what one batch leaves, in its transaction."""

    def __init__(
        self, connection: Connection, here: Setting, basis: Basis, many: Gathering
    ) -> None:
        self.connection, self.here, self.basis, self.many = connection, here, basis, many
        self.addresses, self.pack = here.walk.addresses, here.walk.pack
        self._searched: dict[TableRef, list[Column[Any]]] = {}
        self.crowd = Crowd({})

    def prepare(self, keys: Sequence[Any], made: Uprooting) -> list[Own]:
        """Find the subjects' own rows that stay, before the others go.

        Raises:
            Undecided: a column of such a row has no decision.
        """
        if not self.here.people:
            return []
        walk = self.here.walk.on(self.connection)
        self.crowd = self.many.crowd(keys)
        gone = _gone(made, self.here)
        whole = _spared(walk.trace_all(keys), made, gone)
        planner.decided(self.basis, walk.tables, whole, self.pack.key)
        nobody = Matcher(Identity.of(()))
        rewriter = Rewriter(self.pack, self.basis, nobody, self.addresses, None)
        return [
            Own(
                key,
                territory,
                rewriter.of(self.crowd.matcher(key), key),
                {
                    spot: place
                    for spot, place in self.many.spots(key, self.addresses).items()
                    if spot[1] not in gone.get(spot[0], ())
                },
            )
            for key, territory in gathering.apart(whole, keys).items()
        ]

    def scrub(self, own: Sequence[Own]) -> Scrubbed:
        """Write the new values of own rows, and scrub the mentions in others' texts.

        Raises:
            Undecided: a column that names a subject has no decision. Residue: a strong sign of one
                is still where it was found. Refused: the database would rewrite what is to stay.
        """
        done, tally = Scrubbed(), Tally()
        left = self._named(own)
        for some in _turns(left):
            self._scrub(some, tally, done)
        tally.others.unmoved(self.connection, self.here.schema, self.addresses)
        done.cells, done.followed, done.following = tally.cells, tally.followed, tally.following
        return done

    def _scrub(self, some: Sequence[Own], tally: Tally, done: Scrubbed) -> None:
        """Redact what is left of subjects of which no two share a row."""
        schema, listed, edits = self.here.schema, set(), []
        found = self._hits(some)
        led = self._led(found)
        for one, hits in found:
            mentions = self._judged(one, hits, led)
            own = one.rewriter.edits(self.connection, self.here.walk.tables, one.territory)
            edits += changes.joined(own, mentions, schema, self.addresses, self.pack, one.key)
            done.mentions += sum(len(m.spans) for m in mentions.sure)
            done.reviews += len(mentions.reviews)
            asked = ((r.mention.table, r.mention.key, r.mention.column) for r in mentions.reviews)
            listed |= {(one.key, place) for place in (*asked, *mentions.kept_places)}
        self._spare(edits, {cell for _, cell in listed})
        cells.write(self.connection, schema, self.addresses, edits, tally)
        left = {
            f"{hit.table}.{column}"
            for one, hits in self._hits(some)
            for hit in hits
            for column, matches in hit.found.items()
            if (one.key, (hit.table, hit.key, column)) not in listed
            and any(m.strength != "weak" for m in matches)
        }
        if left:
            raise Residue(f"a subject could still be found in {', '.join(sorted(left))}")

    def _spare(self, edits: Sequence[Edit], stays: Collection[Cell]) -> None:
        """Refuse where the database would rewrite by itself what is to stay, or empty it."""
        connection, schema = self.connection, self.here.schema
        touched: dict[TableRef, set[str]] = {}
        for edit in edits:
            touched.setdefault(edit.table, set()).update(edit.new)
        safeguards.unfollowed(connection, schema, touched)
        beside = followers(connection, schema, self.addresses, edits).beside(edits)
        following.spared(self.basis, list(beside), stays)

    def remains(self, keys: Sequence[Any]) -> Iterator[tuple[Spot, str]]:
        """Say of the rows that still name subjects, whose own are gone, why they do."""
        nobody = Territory({}, ())
        rewriter = Rewriter(self.pack, self.basis, Matcher(Identity.of(())), self.addresses, None)
        own = [
            Own(
                k,
                nobody,
                rewriter.of(Matcher(self._called(k)), k),
                self.many.spots(k, self.addresses),
            )
            for k in keys
        ]
        rows = self._hits(own)
        led = self._led(rows)
        for one, hits in rows:
            found = self._judge(one, led).sort(hits)
            asked = {(r.mention.table, r.mention.key) for r in found.reviews}
            kept = {place[:2] for place in found.kept_places}
            sure = {(m.table, m.key) for m in found.sure}
            for hit in hits:
                spot = (hit.table, hit.key)
                known = (("left", sure), ("review", asked), ("kept", kept))
                if kind := next((name for name, some in known if spot in some), ""):
                    somebodys = kind == "review" and self.pack.holds(hit.table, self.basis.copies)
                    yield spot, "namesakes" if somebodys else kind
                elif any(m.strength != "weak" for ms in hit.found.values() for m in ms):
                    yield spot, "left"

    def _called(self, key: Any) -> Identity:
        return self.many.identities.get(key) or Identity.of(())

    def _read(self, some: Iterable[Own]) -> dict[Spot, dict[str, Any]]:
        """Read the rows in which a pass found subjects, those that are still there."""
        places = {spot: place for one in some for spot, place in one.places.items()}
        return gathering.still(self.connection, self.here.schema, self.addresses, places)

    def _hits(self, some: Sequence[Own]) -> list[tuple[Own, list[RowHits]]]:
        """Look again at the rows that named subjects."""
        rows = self._read(some)
        found = []
        for one in some:
            hits = [
                RowHits(*spot, rows[spot], matches)
                for spot in one.places
                if spot in rows and (matches := self._matches(one, spot, rows[spot]))
            ]
            found.append((one, hits))
        return found

    def _named(self, own: Sequence[Own]) -> list[Own]:
        """Leave the places that are still there and name a subject, as a pass over all text asks."""
        rows, held = self._read(own), gathering.numbers(self.basis)
        whom: dict[Spot, set[Any]] = {}
        for one in own:
            for spot in one.places.keys() & rows.keys():
                whom.setdefault(spot, set()).add(one.key)
        tables: dict[TableRef, list[Spot]] = {}
        for spot in whom:
            tables.setdefault(spot[0], []).append(spot)
        said: set[tuple[Any, Spot]] = set()
        for where, spots in tables.items():
            columns = searched(table_of(self.here.schema, where), held)
            cells = [[rows[s][c.name] for c in columns] for s in spots]
            told = self.crowd.told(columns, cells, sure=True, whom=[whom[s] for s in spots])
            said |= {(key, spots[at]) for at, keys in told.items() for key in keys}
        return [
            replace(o, places={s: p for s, p in o.places.items() if (o.key, s) in said})
            for o in own
        ]

    def _matches(
        self, one: Own, spot: Spot, values: Mapping[str, Any]
    ) -> dict[str, tuple[Match, ...]]:
        """Find what cells say of a subject, but for those that are rewritten anyway."""
        table, row = table_of(self.here.schema, spot[0]), one.territory.row(*spot)
        mine = row is not None and row.rows == "own"
        covered = set(one.rewriter.rewritten(table)) if mine else set()
        if row is not None and row.only is not None:
            covered &= row.only
        matches = {}
        for column in self._columns(table):
            if not (value := values[column.name]) or column.name in covered:
                continue
            words = said(value)
            if hit := one.rewriter.matcher.find(words, cut=fills(column, words)):
                matches[column.name] = tuple(hit)
        return matches

    def _columns(self, table: Table) -> list[Column[Any]]:
        """Choose the columns in which something is looked for."""
        where = ref(table)
        if where not in self._searched:
            self._searched[where] = [
                c
                for c in table.columns
                if c.computed is None
                and (
                    not isinstance(c.type, NO_TEXT)
                    or ColumnRef(where.schema, where.name, c.name) in self.basis.columns
                )
            ]
        return self._searched[where]

    def _led(self, found: Iterable[tuple[Own, Sequence[RowHits]]]) -> Led:
        """Say whose the rows are of which judges ask that, of all subjects at once."""
        asked: dict[Spot, Mapping[str, Any]] = {}
        for one, hits in found:
            asked.update(self._judge(one, {}).asked(hits))
        return owners(self.connection, self.here.walk, asked, own=True) if asked else {}

    def _judge(self, one: Own, led: Led) -> Judge:
        tables = self.here.walk.tables
        return Judge(
            self.pack,
            self.basis,
            one.territory,
            self._called(one.key),
            lambda where: one.rewriter.rewritten(tables[where]),
            {},
            owners=lambda rows: {place: led.get(place, ()) for place in rows},
            key=one.key,
            beside=one.rewriter.matcher.beside,
        )

    def _judged(self, one: Own, hits: Sequence[RowHits], led: Led) -> Mentions:
        mentions = self._judge(one, led).sort(hits)
        if mentions.undecided:
            names = ", ".join(map(str, sorted(mentions.undecided)))
            raise Undecided(f"no decision on {names}: decide in the workbook, then plan again")
        return mentions


def _turns(own: Iterable[Own]) -> list[list[Own]]:
    """Group subjects so that no two of a group share a row, and all that do stay in order."""
    last: dict[Spot, int] = {}
    turns: list[list[Own]] = []
    for one in own:
        rows = one.rows()
        number = 1 + max((last.get(r, -1) for r in rows), default=-1)
        last |= dict.fromkeys(rows, number)
        if number == len(turns):
            turns.append([])
        turns[number].append(one)
    return turns


def _gone(made: Uprooting, here: Setting) -> dict[TableRef, set[Key]]:
    """Name the rows that go as a plan does."""
    return {
        where: {here.walk.addresses[where].key(_named(here, where, k)) for k in rows}
        for where, rows in made.keys.items()
    }


def _spared(
    whole: Territory, made: Uprooting, gone: Mapping[TableRef, Collection[Key]]
) -> Territory:
    """Leave the rows that stay; those of tables without a key that go are found no more later."""
    loose = {ref(r.child) for r in made.loose}
    rows: dict[TableRef, dict[Key, Any]] = {
        where: {k: r for k, r in some.items() if k not in gone.get(where, ())}
        for where, some in whole.rows.items()
        if where not in loose
    }
    return Territory({w: some for w, some in rows.items() if some}, whole.reaches)


def _named(here: Setting, where: TableRef, key: Any) -> dict[str, Any]:
    return {here.walk.addresses[where].columns[0]: key}


def left(
    connection: Connection,
    here: Setting,
    basis: Basis,
    many: Gathering,
    progress: Progress | None,
) -> dict[str, dict[str, int]]:
    """Count the rows that still say the same as a subject after all batches, with one more pass.

    Returns:
        By table, each row once: ``left``, ``review`` (they may mean somebody else), ``kept`` (by
        decision) and ``namesakes`` (rows of others who are called the same).
    """
    places: dict[Any, list[Place]] = {}
    for some in many.together():
        gathering.look(connection, here.schema, some, here.walk.addresses, basis, places, progress)
    scrubber = Scrubber(connection, here, basis, Gathering(many.identities, places))
    worst: dict[Spot, str] = {}
    for keys in chunks(list(places), TOGETHER):
        for spot, kind in scrubber.remains(keys):
            worst[spot] = min(kind, worst.get(spot, kind), key=REMAINS.index)
    counts = {kind: Counter(str(w) for (w, _), k in worst.items() if k == kind) for kind in REMAINS}
    return {kind: dict(sorted(some.items())) for kind, some in counts.items()}
