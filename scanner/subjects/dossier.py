"""What a subject is called, read from the rows that describe it. Reads only."""

from collections.abc import Collection, Mapping, Sequence
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
            who: [r for r in some.values() if (r.identity or r.called) and r.rows == "own"]
            for who, territory in territories.items()
            if (some := territory.rows.get(where))
        }
        links = _links(walk, where)
        columns = [*dict.fromkeys((*entities, *(by for by, _ in links)))] if entities else []
        read = _values(connection, walk, where, columns, rows) if columns else {}
        mine = {
            who: {r.values.get(walk.pack.key) for r in t.rows.get(walk.subject, {}).values()}
            for who, t in territories.items()
        }
        for who, values in (
            (who, _telling(row, cells, links, mine[who], entities))
            for who, some in read.items()
            for row, cells in some
        ):
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


def _links(walk: Walk, where: TableRef) -> list[tuple[str, frozenset[str]]]:
    """List the columns of a table that name the person whose some of its columns are, with these."""
    return [
        (r.by, frozenset(r.only))
        for r in walk.reaches
        if r.only and r.by and walk.find(r.table) == where
        if walk.find(r.start) == walk.subject and r.to == walk.pack.key
    ]


def _telling(
    row: Row,
    cells: Mapping[str, Any],
    links: Sequence[tuple[str, frozenset[str]]],
    mine: Collection[Any],
    entities: Mapping[str, str],
) -> Mapping[str, Any]:
    """Choose the cells that say what the subject is called: all, or those that a link leaves to it."""
    if row.identity:
        return cells
    others = [only for by, only in links if cells[by] not in (None, "", 0, *mine)]
    theirs = frozenset[str]().union(*others)
    told = {c: v for c, v in cells.items() if c in row.called and c not in theirs}
    # An assistant's or a spouse's mailbox may stand there without a name, or beside initials.
    linked = any(cells[by] in mine for by, _ in links)
    return told if linked or _whole(told, entities) else {}


def _whole(cells: Mapping[str, Any], entities: Mapping[str, str]) -> bool:
    """Whether cells hold two words of a name at least, and no initial."""
    said = [
        w for c, v in cells.items() if v and entities.get(c) == "PERSON" for w in str(v).split()
    ]
    return len(said) > 1 and all(len(w.strip(".")) > 1 for w in said)


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
    names: Sequence[str],
    rows: Mapping[T, Sequence[Row]],
) -> dict[T, list[tuple[Row, Mapping[str, Any]]]]:
    """Read some cells of each subject's rows."""
    table, address = walk.tables[where], walk.addresses[where]
    if not address.unique:
        return {
            who: [(r, {c: r.values.get(c) for c in names}) for r in some]
            for who, some in rows.items()
        }
    keys = {
        who: sorted(
            ((tuple(r.values[c] for c in address.columns), r) for r in some),
            key=lambda found: str(found[0]),
        )
        for who, some in rows.items()
    }
    wanted = list(dict.fromkeys(k for some in keys.values() for k, _ in some))
    columns, width = [table.c[c] for c in (*address.columns, *names)], len(address.columns)
    cells: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for some in chunks(wanted, walk.size // width):
        query = select(*columns).where(named(walk.dialect, table, address.columns, some))
        for row in connection.execute(query).all():
            cells[tuple(row[:width])] = dict(zip(names, row[width:], strict=True))
    return {who: [(r, cells[k]) for k, r in some if k in cells] for who, some in keys.items()}
