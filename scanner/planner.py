"""From an audit and a subject to a plan: all that erasing it would do. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, MetaData, Table, and_, func, select, true

from scanner import __version__
from scanner import identity as identities
from scanner.database import dialect_of, identify, reading, ref, reflect
from scanner.errors import Misconfigured, Stale, Undecided
from scanner.folding import folded
from scanner.graph import Territory, Walk
from scanner.identity import Identity, is_name
from scanner.matcher import Matcher
from scanner.mentions import Judge, Mentions
from scanner.model import Audit, ColumnRef, Progress, TableRef
from scanner.plans import Answer, Basis, Plan, Step, StopFound
from scanner.rewriter import Edit, Rewriter
from scanner.rows import Address, chunks
from scanner.rulebook import Pack, Stop
from scanner.searcher import search
from scanner.verifier import measure

NAMED = 12
"""How many columns a complaint names before it only counts."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: whom to erase, by which audit, and what people said to the reviews."""

    pack: Pack
    basis: Basis
    key: Any
    method: str = "redact"
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan with the values that carrying it out needs; they stay in memory."""

    plan: Plan
    schema: MetaData = field(repr=False)
    identity: Identity = field(repr=False)
    edits: tuple[Edit, ...] = field(repr=False)
    mentions: Mentions = field(repr=False)
    addresses: Mapping[TableRef, Address] = field(repr=False)


def plan(
    engine: Engine,
    pack: Pack,
    audit: Audit,
    key: str,
    *,
    method: str = "redact",
    progress: Progress | None = None,
) -> Plan:
    """Say all that is to be done about the subject ``key``; change nothing.

    Raises:
        Misconfigured: another database's audit, or no such subject.
        Undecided: a column that the plan would touch has no decision.
        Stale: the schema has changed since the scan.
        DatabaseFailed: the database failed.
    """
    with reading(engine) as connection:
        schema = reflect(connection)
        request = Request(pack, Basis.of(audit), subject_key(schema, pack, key), method)
        return draft(connection, schema, request, progress=progress).plan


def subject_key(schema: MetaData, pack: Pack, key: str) -> Any:
    """Read a subject's key as its column stores it.

    Raises:
        Misconfigured: the database has no such table, or the key cannot be one of its keys.
    """
    table = next((t for t in schema.tables.values() if t.name.lower() == pack.subject), None)
    if table is None:
        raise Misconfigured(
            f"the database has no table {pack.subject}, where the pack {pack.name} has its subjects"
        )
    kind = table.c[pack.key].type.python_type
    if kind is str:
        return key
    if not key.isdecimal():
        raise Misconfigured(f"a subject is named by its {pack.key}, a number: see {pack.subject}")
    return int(key)


def draft(
    connection: Connection,
    schema: MetaData,
    request: Request,
    *,
    identity: Identity | None = None,
    progress: Progress | None = None,
) -> Draft:
    """Work out a plan inside a transaction, with what carrying it out needs.

    ``identity`` is given when the subject's rows no longer say what it is called.

    Raises:
        Misconfigured, Undecided, Stale: as ``plan``.
    """
    pack, basis = request.pack, request.basis
    _same_database(connection, schema, basis)
    tables = {ref(t): t for t in schema.tables.values()}
    private = {c for c, t in basis.columns.items() if t.personal != "none"}
    secret = f"{basis.database.fingerprint}/{request.key}"
    addresses = {where: Address.of(t, private, secret) for where, t in tables.items()}
    walk = Walk(connection, schema, pack, addresses=addresses, copies=basis.copies)
    territory = walk.trace(request.key)
    _decided(basis, tables, territory)
    who = identity or identify_subject(connection, walk, territory, basis)
    matcher = Matcher(who)
    rewriter = Rewriter(pack, basis, matcher, addresses, request.key)
    edits = tuple(rewriter.edits(connection, tables, territory))
    judge = Judge(
        pack,
        basis,
        territory,
        who,
        lambda where: rewriter.rewritten(tables[where]),
        request.answers,
    )
    hits = search(
        connection,
        schema,
        matcher,
        addresses=addresses,
        numbers=frozenset(private),
        ignore=judge.covered,
        progress=progress,
    )
    found = judge.sort(hits if who else ())
    if found.undecided:
        raise Undecided(_undecided(found.undecided))
    touched = sorted({e.table for e in edits} | {m.table for m in found.sure})
    made = Plan(
        efface=__version__,
        subject=(walk.subject.name, request.key),
        method=request.method,
        database=basis.database,
        pack=pack.name,
        pack_digest=pack.digest,
        basis=basis,
        stops=tuple(_stops(connection, walk, territory, request.method)),
        steps=_steps(edits),
        mentions=found.sure,
        reviews=found.reviews,
        kept=found.kept,
        duties=_duties(connection, walk, territory),
        triggers={str(t): n for t in touched if (n := _triggers(connection, tables[t]))},
        kpis=measure(connection, schema, pack),
        reached={str(t): len(rows) for t, rows in sorted(territory.rows.items())},
    )
    return Draft(made, schema, who, edits, found, addresses)


def _same_database(connection: Connection, schema: MetaData, basis: Basis) -> None:
    here = identify(connection, schema)
    if here.fingerprint == basis.database.fingerprint:
        return
    if here.name == basis.database.name and here.dialect == basis.database.dialect:
        raise Stale("the schema has changed since the scan: scan again, then audit and plan")
    raise Misconfigured(
        f"the audit is of another database ({basis.database.dialect} {basis.database.name}), "
        f"not of this one ({here.dialect} {here.name})"
    )


def _decided(basis: Basis, tables: Mapping[TableRef, Table], territory: Territory) -> None:
    """Refuse where a column of the subject's own rows has no decision."""
    own = {t for t, rows in territory.rows.items() if any(r.rows == "own" for r in rows.values())}
    missing = {c for c in basis.undecided if c.of in own and c.of in tables}
    if missing:
        raise Undecided(_undecided(missing))


def _undecided(missing: set[ColumnRef] | frozenset[ColumnRef]) -> str:
    names = [str(c) for c in sorted(missing)]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (
        f"no decision on {', '.join(names[:NAMED])}{more}: decide in the workbook, then plan again"
    )


def identify_subject(
    connection: Connection, walk: Walk, territory: Territory, basis: Basis
) -> Identity:
    """Read what the subject is called from the rows that describe it.

    A row that carries somebody else's name (a dependent, a card holder) describes somebody else.
    """
    from scanner.strategies import is_placeholder

    found: list[identities.Identifier] = []
    words: set[str] = set()
    order = sorted(territory.rows, key=lambda t: (t != walk.subject, t))
    for where in order:
        entities = _identifying(walk.tables[where], basis)
        if not walk.pack.knows(where.name):
            # A login in a table of the customer's may be the agent's who wrote the row.
            entities = {c: e for c, e in entities.items() if e != "USERNAME"}
        keys = [r for r in territory.rows[where].values() if r.identity and r.rows == "own"]
        for values in _values(connection, walk, where, entities, keys) if entities else ():
            clean = {c: v for c, v in values.items() if not is_placeholder(str(v or ""))}
            names = {
                folded(word)
                for c, v in clean.items()
                if v and entities.get(c) == "PERSON"
                for word in str(v).replace(",", " ").split()
                if is_name(word)
            }
            if where == walk.subject:
                words |= names
            if names <= words:
                found += identities.read(clean, entities)
    return Identity.of(found)


def _identifying(table: Table, basis: Basis) -> dict[str, str]:
    where = ref(table)
    treatments = {
        c.name: basis.treatment(ColumnRef(where.schema, where.name, c.name)) for c in table.columns
    }
    return {
        c: t.entity
        for c, t in treatments.items()
        if t.personal == "direct" or (t.personal == "quasi" and t.entity == "CUSTOMER_ID")
    }


def _values(
    connection: Connection,
    walk: Walk,
    where: TableRef,
    entities: Mapping[str, str],
    rows: list[Any],
) -> list[Mapping[str, Any]]:
    """Read the identifying cells of some rows."""
    from scanner.rows import named

    table, address = walk.tables[where], walk.addresses[where]
    if not address.unique:
        return [{c: r.values.get(c) for c in entities} for r in rows]
    keys = sorted((tuple(r.values[c] for c in address.columns) for r in rows), key=str)
    columns = [table.c[c] for c in entities]
    found: list[Mapping[str, Any]] = []
    for some in chunks(keys, walk.size // len(address.columns)):
        query = select(*columns).where(named(table, address.columns, some))
        found += [dict(row) for row in connection.execute(query).mappings()]
    return found


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


def _stops(
    connection: Connection, walk: Walk, territory: Territory, method: str
) -> list[StopFound]:
    found = []
    for stop in walk.pack.stops:
        effect = stop.redact if method == "redact" else stop.purge
        where = walk.find(stop.table)
        if effect == "ignore" or where is None:
            continue
        rows = _stopping(connection, walk, territory, stop, where)
        if rows:
            found.append(StopFound(stop.rule, stop.why, rows, effect))
    return found


def _stopping(
    connection: Connection, walk: Walk, territory: Territory, stop: Stop, where: TableRef
) -> int:
    table, address = walk.tables[where], walk.addresses[where]
    own = [r for r in territory.rows.get(where, {}).values() if r.rows == "own" and r.only is None]
    other = walk.find(stop.of) if stop.of else where
    if other is None or len(address.columns) != 1 or not own:
        return 0
    asked = walk.tables[other]
    holds = and_(true(), *(_holds(asked, c, v) for c, v in stop.where.items()))
    if stop.of:
        holds = table.c[stop.via].in_(select(asked.c[walk.pack.key]).where(holds))
    column = address.columns[0]
    total = 0
    for some in chunks(sorted((r.values[column] for r in own), key=str), walk.size):
        query = select(func.count()).select_from(table).where(table.c[column].in_(some), holds)
        total += int(connection.scalar(query) or 0)
    return total


def _holds(table: Table, column: str, value: Any) -> ColumnElement[bool]:
    return (
        table.c[column].in_(value) if isinstance(value, list | tuple) else table.c[column] == value
    )


def _duties(
    connection: Connection, walk: Walk, territory: Territory
) -> tuple[Mapping[str, Any], ...]:
    """List what the database cannot reach: attachment files, exports, backups ..."""
    duties: list[Mapping[str, Any]] = []
    for duty in walk.pack.duties:
        where = walk.find(duty.table) if duty.table else None
        count = len(territory.rows.get(where, {})) if where else None
        if count != 0:
            place = f"{where}.{duty.column}" if where else ""
            duties.append({"kind": duty.kind, "where": place, "count": count, "why": duty.why})
    return tuple(duties)


def _triggers(connection: Connection, table: Table) -> tuple[str, ...]:
    return dialect_of(connection).triggers(connection, table)
