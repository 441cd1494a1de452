"""Who a subject is, before any text is searched: its rows, and what it is called. Reads only."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, exists, literal, select, union_all

from scanner.database import dialect_of, identify, key_of, ref
from scanner.errors import Misconfigured, Stale
from scanner.graph import Territory, Walk
from scanner.identity import Identity
from scanner.model import ColumnRef, TableRef
from scanner.plans import Answer, Basis
from scanner.rows import Address, chunks
from scanner.rulebook import Pack
from scanner.subjects import dossier, household, keyreader
from scanner.tables.relations import places

LOG = logging.getLogger(__name__)

METHODS = ("redact", "purge")
"""What can be done with a subject: its values are replaced, or its rows deleted."""

ASKED_AT_ONCE = 100
"""About so many tables one statement asks."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: whom to erase, by which audit, and what people said to the reviews."""

    pack: Pack
    basis: Basis
    key: Any
    method: str = "redact"
    answers: Mapping[str, Answer] = field(default_factory=dict)
    directives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What is known of a subject before text is searched: its rows, and what it is called."""

    tables: Mapping[TableRef, Table] = field(repr=False)
    addresses: Mapping[TableRef, Address] = field(repr=False)
    walk: Walk = field(repr=False)
    territory: Territory = field(repr=False)
    identity: Identity = field(repr=False)
    basis: Basis = field(repr=False)

    @property
    def own(self) -> dict[TableRef, list[tuple[Any, ...]]]:
        """Name the rows that are the subject's alone: in them a part of its name counts, too."""
        return {
            where: some
            for where, rows in self.territory.rows.items()
            if (
                some := [
                    self.addresses[where].place(row.values)
                    for row in rows.values()
                    if row.rows == "own" and row.only is None
                ]
            )
        }

    @property
    def linked(self) -> dict[TableRef, list[tuple[Any, ...]]]:
        """Name the rows of others to which the subject is linked: a part of its name may mean it."""
        return {
            where: some
            for where, rows in self.territory.rows.items()
            if self.addresses[where].unique
            and (
                some := [
                    self.addresses[where].place(row.values)
                    for row in rows.values()
                    if row.rows == "linked" or row.only is not None
                ]
            )
        }


def subject_key(connection: Connection, schema: MetaData, pack: Pack, written: str) -> Any:
    """Read a subject's key as its column stores it.

    Raises:
        Misconfigured: the database has no such table, or the key cannot be one of its keys.
    """
    tables = {ref(t): t for t in schema.tables.values()}
    where = places(tables).get(pack.subject)
    table = tables[where] if where else None
    if table is None or pack.key not in table.c:
        raise Misconfigured(
            f"the database has no table {pack.subject}, where the pack {pack.name} has its subjects"
        )
    column = table.c[pack.key]
    return keyreader.stored(
        connection, column, keyreader.read(dialect_of(connection), column, written)
    )


def acquaint(
    connection: Connection,
    schema: MetaData,
    request: Request,
    *,
    identity: Identity | None = None,
    gone: Mapping[TableRef, Address] | None = None,
) -> Acquaintance:
    """Find a subject's rows, and read from them what it is called, unless that is given.

    ``gone`` are the addresses of a purge that was carried out: then there are no rows.

    Raises:
        Misconfigured: another database's audit, or no such subject. Stale: another schema.
    """
    pack, basis = request.pack, request.basis
    if request.method not in METHODS:
        raise Misconfigured(f"no method {request.method!r}: there are {', '.join(METHODS)}")
    same_database(connection, schema, basis)
    tables = {ref(t): t for t in schema.tables.values()}
    private = {c for c, t in basis.columns.items() if t.personal != "none"}
    addresses = (
        gone if gone is not None else addressed(connection, tables, private, pack, request.key)
    )
    walk = Walk(connection, schema, pack, addresses=addresses, copies=basis.copies)
    traced = gone is None
    territory = walk.trace(request.key) if traced else Territory({}, walk.reaches)
    LOG.info("%d rows of %d tables belong to it", territory.count, len(territory.rows))
    who = identity
    if who is None:
        known = dossier.identify(connection, walk, territory, basis)
        who = household.homed(connection, walk, basis, request.key, known)
    LOG.info("%d identifiers were read from its rows", len(who.identifiers))
    return Acquaintance(tables, addresses, walk, territory, who, basis)


def same_database(connection: Connection, schema: MetaData, basis: Basis) -> None:
    """Refuse the audit of another database, or of another state of its schema.

    Raises:
        Misconfigured, Stale: so.
    """
    here = identify(connection, schema)
    if here.fingerprint == basis.database.fingerprint:
        return
    if here.name == basis.database.name and here.dialect == basis.database.dialect:
        raise Stale("the schema has changed since the scan: scan again, then audit and plan")
    raise Misconfigured(
        f"the audit is of another database ({basis.database.dialect} {basis.database.name}), "
        f"not of this one ({here.dialect} {here.name}), or the schema has changed since"
    )


def addressed(
    connection: Connection,
    tables: Mapping[TableRef, Table],
    private: Collection[ColumnRef],
    pack: Pack,
    key: Any,
) -> dict[TableRef, Address]:
    """Choose how the rows of each table are named.

    Digests are keyed with all that the subject's own row holds: to try out what a digest stands
    for, one would have to know that row already.
    """
    dialect = dialect_of(connection)
    root = tables[places(tables)[pack.subject]]
    row = connection.execute(select(root).where(root.c[pack.key] == key)).first()
    secret = "\x1f".join(map(str, row or ()))
    doubtful = [c for t in tables.values() for c in key_of(t) if c.nullable and not c.primary_key]
    vague = {ref(c.table) for c in _with_null(connection, doubtful)}
    return {
        where: Address.of(table, private, secret, keyed=where not in vague, dialect=dialect)
        for where, table in tables.items()
    }


def _with_null(connection: Connection, columns: Sequence[Column[Any]]) -> Iterator[Column[Any]]:
    """Choose the unique columns that hold NULL: they do not tell all rows apart."""
    for some in chunks(columns, ASKED_AT_ONCE):
        asked = [
            select(literal(n)).where(exists(select(c).where(c.is_(None))))
            for n, c in enumerate(some)
        ]
        yield from (some[n] for n in connection.scalars(union_all(*asked)))
