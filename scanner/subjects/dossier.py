"""What a subject is called, read from the rows that describe it. Reads only."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, select

from scanner import identity as identities
from scanner.database import ref
from scanner.graph import Row, Territory, Walk
from scanner.identity import AROUND, Identity, is_name
from scanner.model import ColumnRef, TableRef
from scanner.plans import Basis
from scanner.rows import chunks, named
from scanner.strategies import is_placeholder
from scanner.texts.folding import folded

T = TypeVar("T")


def identify(connection: Connection, walk: Walk, territory: Territory, basis: Basis) -> Identity:
    """Read what the subject is called from the rows that describe it.

    A row that carries somebody else's name (a dependent, a card holder) describes somebody else.
    """
    return identify_all(connection, walk, {None: territory}, basis)[None]


def identify_all(
    connection: Connection, walk: Walk, territories: Mapping[T, Territory], basis: Basis
) -> dict[T, Identity]:
    """Read what many subjects are called, from each table once for all of them."""
    found: dict[T, list[identities.Identifier]] = {who: [] for who in territories}
    words: dict[T, set[str]] = {who: set() for who in territories}
    around: dict[T, set[str]] = {who: set() for who in territories}
    tables = {where for territory in territories.values() for where in territory.rows}
    for where in sorted(tables, key=lambda t: (t != walk.subject, t)):
        entities = described(walk.tables[where], basis)
        if where != walk.subject and not walk.pack.knows(where.name):
            # A login in a table of the customer's may be the agent's who wrote the row.
            entities = {c: e for c, e in entities.items() if e != "USERNAME"}
        rows = {
            who: [r for r in some.values() if r.identity and r.rows == "own"]
            for who, territory in territories.items()
            if (some := territory.rows.get(where))
        }
        read = _values(connection, walk, where, entities, rows) if entities else {}
        for who, values in ((who, values) for who, some in read.items() for values in some):
            clean = {c: v for c, v in values.items() if not is_placeholder(str(v or ""))}
            names = {
                folded(word)
                for c, v in clean.items()
                if v and entities.get(c) == "PERSON"
                for word in str(v).replace(",", " ").split()
                if is_name(word)
            }
            if where == walk.subject:
                words[who] |= names
            if names <= words[who]:
                found[who] += identities.read(clean, entities)
                towns = (v for c, v in clean.items() if v and entities.get(c) in AROUND)
                around[who] |= {str(v).strip() for v in towns}
    return {who: Identity.of(some, around[who]) for who, some in found.items()}


def described(table: Table, basis: Basis) -> dict[str, str]:
    """Map the columns that say what somebody is called, or where, to their entities."""
    where = ref(table)
    treatments = {
        c.name: basis.treatment(ColumnRef(where.schema, where.name, c.name)) for c in table.columns
    }
    return {
        c: t.entity
        for c, t in treatments.items()
        if t.personal == "direct"
        or (t.personal == "quasi" and t.entity in {"CUSTOMER_ID", *AROUND})
    }


def _values(
    connection: Connection,
    walk: Walk,
    where: TableRef,
    entities: Mapping[str, str],
    rows: Mapping[T, Sequence[Row]],
) -> dict[T, list[Mapping[str, Any]]]:
    """Read the identifying cells of each subject's rows."""
    table, address = walk.tables[where], walk.addresses[where]
    if not address.unique:
        return {
            who: [{c: r.values.get(c) for c in entities} for r in some]
            for who, some in rows.items()
        }
    keys = {
        who: sorted((tuple(r.values[c] for c in address.columns) for r in some), key=str)
        for who, some in rows.items()
    }
    wanted = list(dict.fromkeys(k for some in keys.values() for k in some))
    columns, width = [table.c[c] for c in (*address.columns, *entities)], len(address.columns)
    cells: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for some in chunks(wanted, walk.size // width):
        query = select(*columns).where(named(walk.dialect, table, address.columns, some))
        for row in connection.execute(query).all():
            cells[tuple(row[:width])] = dict(zip(entities, row[width:], strict=True))
    return {who: [cells[k] for k in some if k in cells] for who, some in keys.items()}
