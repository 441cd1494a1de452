"""After a restore: which erasures of the journal this copy has undone. Reads only.

A subject is back when its row is there, is the same person's, and holds what would be erased.
Keys are given anew after a restore: that it is the same person, a mark of it says.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, MetaData, select

from scanner.database import identify, reading, ref, reflect
from scanner.errors import EffaceError, Misconfigured
from scanner.graph import Walk
from scanner.identity import Identity
from scanner.journal import Journal
from scanner.matcher import Matcher
from scanner.plans import Basis
from scanner.records import holds
from scanner.records.ledger import Erasure, erasures
from scanner.rewriter import Rewriter
from scanner.rulebook import Pack, pack
from scanner.sealing import marks
from scanner.sealing.chain import Entry
from scanner.strategies import is_placeholder
from scanner.subjects import acquaintance, dossier
from scanner.subjects.acquaintance import Request
from scanner.tables.relations import places

State = Literal["undone", "erased", "absent", "other", "unclear"]
"""It has to be erased again; it still is; its row is not in this copy; the key is somebody else's;
it cannot be told, and ``why`` says why not."""

PURGE = "purge"
"""The method that leaves no row of the subject."""


@dataclass(frozen=True, slots=True)
class Revenant:
    """An erasure of the journal and what has become of it in this copy."""

    erasure: Erasure
    state: State
    why: str = ""
    request: Request | None = field(default=None, repr=False)

    @property
    def key(self) -> str:
        """The subject's key as people type it."""
        return str(self.erasure.key)

    @property
    def asked(self) -> Request:
        """The request of one that is to be erased again."""
        if self.request is None:
            raise Misconfigured(f"subject {self.key} is not to be erased again: it is {self.state}")
        return self.request


@dataclass(frozen=True, slots=True)
class _Place:
    """Where is looked, and the key of the marks."""

    connection: Connection
    schema: MetaData = field(repr=False)
    marking: bytes = field(repr=False)


def find(
    engine: Engine,
    journal: Journal,
    *,
    since: datetime | None = None,
    basis: Basis | None = None,
    chosen: str | Pack | None = None,
    among: Collection[Any] | None = None,
) -> tuple[Revenant, ...]:
    """Look at every completed erasure of the journal, oldest first.

    Args:
        engine: the restored copy.
        journal: the journal that the erasures are in.
        since: leaves out what was last erased before, such as when the backup was made.
        basis: what to plan from instead of what the journal has; for a schema that has changed.
        chosen: the pack to plan with instead of the one that the journal names.
        among: the keys of the subjects that are looked at; without it, all.

    Raises:
        Negative: the journal is broken. DatabaseFailed: the database failed.
    """
    found = [
        e
        for e in erasures(journal.read())
        if (since is None or _when(e.last) >= since)
        and (among is None or any(holds.fits(str(e.key), k) for k in among))
    ]
    if not found:
        return ()
    marking = journal.unlock().marking()
    with reading(engine) as connection:
        place = _Place(connection, reflect(connection), marking)
        return tuple(_look(place, e, basis, chosen) for e in found)


def _when(entry: Entry) -> datetime:
    read = datetime.fromisoformat(entry.when)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _look(
    place: _Place, erasure: Erasure, basis: Basis | None, chosen: str | Pack | None
) -> Revenant:
    """Say what became of one erasure; what refuses to be looked at is not clear."""
    if erasure.key == "":
        return Revenant(erasure, "unclear", "the journal does not say whom that batch erased")
    try:
        rules = chosen if isinstance(chosen, Pack) else pack(chosen or erasure.pack)
        if erasure.table and not _is_subject(rules, erasure.table):
            return _row(place, erasure, rules)
        subject = acquaintance.subject_key(place.connection, place.schema, rules, str(erasure.key))
        if not _there(place, rules, subject):
            return Revenant(erasure, "absent")
        if (base := basis or erasure.basis) is None:
            why = "the journal of that time does not hold what a plan is made from"
            return Revenant(erasure, "unclear", f"{why}: name a workbook")
        if identify(place.connection, place.schema).fingerprint != base.database.fingerprint:
            why = "the schema is not the one that was planned for"
            return Revenant(erasure, "unclear", f"{why}: name a workbook of a scan of this copy")
        request = Request(rules, base, subject, erasure.method, directives=erasure.directives)
        return _judge(place, erasure, request)
    except EffaceError as error:
        return Revenant(erasure, "unclear", str(error))


def _is_subject(rules: Pack, table: str) -> bool:
    """Whether a table, with its schema or without, is that of the subjects."""
    return rules.subject in (table.lower(), table.lower().rpartition(".")[2])


def _row(place: _Place, erasure: Erasure, rules: Pack) -> Revenant:
    """Say whether a row that is nobody's own, such as a case, is there; whose it is no mark says."""
    tables = {ref(t): t for t in place.schema.tables.values()}
    where = places(tables).get(erasure.table.lower())
    table = tables[where] if where else None
    if table is None or rules.key not in table.c:
        return Revenant(erasure, "absent")
    query = select(table.c[rules.key]).where(table.c[rules.key] == erasure.key)
    if place.connection.execute(query).first() is None:
        return Revenant(erasure, "absent")
    why = f"{erasure.table} has a row of that key, the one that was purged or a new one: look, then"
    return Revenant(erasure, "unclear", f"{why} purge it with efface plan --subjects")


def _there(place: _Place, rules: Pack, subject: object) -> bool:
    tables = {ref(t): t for t in place.schema.tables.values()}
    table = tables[places(tables)[rules.subject]]
    query = select(table.c[rules.key]).where(table.c[rules.key] == subject)
    return place.connection.execute(query).first() is not None


def _judge(place: _Place, erasure: Erasure, request: Request) -> Revenant:
    """Look whether the subject's own rows hold what would be erased, and whose they are."""
    who, edited = _held(place.connection, place.schema, request)
    if not edited and erasure.method != PURGE:
        return Revenant(erasure, "erased")
    now = marks.of(who, place.marking)
    alike = any(erasure.marks.get(kind, frozenset()) & set(some) for kind, some in now.items())
    if _replaced(place, request) or (alike and not _renamed(erasure, now)):
        return Revenant(erasure, "undone", request=request)
    if alike:
        why = (
            "an address or a number is that of who was erased, the name is another one: one who was "
            "renamed, or somebody else who has the key now and shares it; look, then plan by hand"
        )
        return Revenant(erasure, "unclear", why)
    if not erasure.marks:
        why = (
            "the journal holds no marks of that person, so that the key may be somebody else's now"
        )
        return Revenant(erasure, "unclear", why)
    if not who:
        why = "its row does not say who it is, so that the key may be somebody else's now"
        return Revenant(erasure, "unclear", why)
    return Revenant(erasure, "other", "no mark of who was erased fits who has the key now")


def _held(connection: Connection, schema: MetaData, request: Request) -> tuple[Identity, bool]:
    """Walk the subject's own rows: what it is called, and whether anything would be rewritten."""
    tables = {ref(t): t for t in schema.tables.values()}
    basis = request.basis
    private = {c for c, t in basis.columns.items() if t.personal != "none"}
    addresses = acquaintance.addressed(connection, tables, private, request.pack, request.key)
    walk = Walk(connection, schema, request.pack, addresses=addresses, copies=basis.copies)
    territory = walk.trace(request.key)
    who = dossier.identify(connection, walk, territory, basis)
    rewriter = Rewriter(request.pack, basis, Matcher(who), addresses, request.key)
    return who, any(True for _ in rewriter.edits(connection, tables, territory))


def _renamed(erasure: Erasure, now: Mapping[str, Sequence[str]]) -> bool:
    """Whether who was erased and who has the key now both have names, none of them the same.

    Colleagues share a switchboard, families an address: without the name neither says who it is.
    """
    then, named = erasure.marks.get(marks.NAME, frozenset()), now.get(marks.NAME, ())
    return bool(then) and bool(named) and then.isdisjoint(named)


def _replaced(place: _Place, request: Request) -> bool:
    """Whether the subject's own row still holds a placeholder: then it was erased in this copy."""
    tables = {ref(t): t for t in place.schema.tables.values()}
    table = tables[places(tables)[request.pack.subject]]
    where = table.c[request.pack.key] == request.key
    row = place.connection.execute(select(table).where(where)).first()
    return any(isinstance(v, str) and is_placeholder(v) for v in row or ())
