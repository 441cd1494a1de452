"""What a subject is called, read from the rows that describe it. Reads only."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from scanner import identity as identities
from scanner.database import ref
from scanner.folding import folded
from scanner.graph import Territory, Walk
from scanner.identity import AROUND, Identity, is_name
from scanner.model import ColumnRef, TableRef
from scanner.plans import Basis
from scanner.rows import chunks, named
from scanner.strategies import is_placeholder


def identify(connection: Connection, walk: Walk, territory: Territory, basis: Basis) -> Identity:
    """Read what the subject is called from the rows that describe it.

    A row that carries somebody else's name (a dependent, a card holder) describes somebody else.
    """
    found: list[identities.Identifier] = []
    words: set[str] = set()
    around: set[str] = set()
    order = sorted(territory.rows, key=lambda t: (t != walk.subject, t))
    for where in order:
        entities = _described(walk.tables[where], basis)
        if where != walk.subject and not walk.pack.knows(where.name):
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
                towns = (v for c, v in clean.items() if v and entities[c] in AROUND)
                around |= {str(v).strip() for v in towns}
    return Identity.of(found, around)


def _described(table: Table, basis: Basis) -> dict[str, str]:
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
    rows: list[Any],
) -> list[Mapping[str, Any]]:
    """Read the identifying cells of some rows."""
    table, address = walk.tables[where], walk.addresses[where]
    if not address.unique:
        return [{c: r.values.get(c) for c in entities} for r in rows]
    keys = sorted((tuple(r.values[c] for c in address.columns) for r in rows), key=str)
    columns = [table.c[c] for c in entities]
    found: list[Mapping[str, Any]] = []
    for some in chunks(keys, walk.size // len(address.columns)):
        query = select(*columns).where(named(walk.dialect, table, address.columns, some))
        found += [dict(row) for row in connection.execute(query).mappings()]
    return found
