"""What rows that may be the subject's refer to: the address of somebody whom only a name links. Reads only.

Nobody can tell whose such a row is, and it names nobody: it is listed, for who decides about the row
that refers to it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, String, select

from scanner.database import ref
from scanner.graph import Territory, Walk
from scanner.model import ColumnRef, Key, TableRef
from scanner.plans import Basis, Review
from scanner.purge.references import Ground, Reference
from scanner.rows import chunks, named
from scanner.subjects.reasons import NAMESAKE

KIND = "rows that rows under review refer to"


def duties(
    connection: Connection,
    walk: Walk,
    territory: Territory,
    basis: Basis,
    reviews: Iterable[Review],
) -> tuple[Mapping[str, Any], ...]:
    """List rows with personal data to which rows refer that carry the name in cells of their own.

    Rows of people who are known (``holders``: contacts, employees) are somebody else's, and so is
    what they refer to.
    """
    people = _people(walk, basis, reviews)
    if not people:
        return ()
    ground = Ground(connection, walk, walk.pack.key)
    found: dict[TableRef, set[Key]] = {}
    for one in ground.references:
        child, parent = ref(one.child), ref(one.parent)
        if child in people and _tells(walk, basis, parent) and _comparable(one):
            keys = {*_referred(connection, walk, one, people[child])}
            found.setdefault(parent, set()).update(keys - territory.rows.get(parent, {}).keys())
    return tuple(_duty(where, keys) for where, keys in sorted(found.items()) if keys)


def _people(walk: Walk, basis: Basis, reviews: Iterable[Review]) -> dict[TableRef, set[Key]]:
    """Name the rows under review for a name in a column of names, but for those of known people."""
    people: dict[TableRef, set[Key]] = {}
    for said in (r.mention for r in reviews if r.why == NAMESAKE):
        column = ColumnRef(said.table.schema, said.table.name, said.column)
        told = basis.treatment(column)
        whose = told.entity == "PERSON" and told.personal == "direct"
        known = walk.pack.holds(said.table, basis.copies)
        if whose and walk.addresses[said.table].unique and not known:
            people.setdefault(said.table, set()).add(said.key)
    return people


def _tells(walk: Walk, basis: Basis, where: TableRef) -> bool:
    """Whether rows of a table tell something of a person, and are nobody's whom one knows."""
    columns = (ColumnRef(where.schema, where.name, c.name) for c in walk.tables[where].columns)
    direct = any(basis.treatment(c).personal == "direct" for c in columns)
    return direct and not walk.pack.holds(where, basis.copies) and where != walk.subject


def _comparable(one: Reference) -> bool:
    """Whether a database compares both columns: PostgreSQL no text with a number."""
    kinds = [isinstance(t.type, String) for t in (one.child.c[one.column], one.parent.c[one.to])]
    return kinds[0] == kinds[1]


def _referred(
    connection: Connection, walk: Walk, one: Reference, keys: Iterable[Key]
) -> Iterator[Key]:
    """Find the rows to which the rows ``keys`` refer."""
    near, far = walk.addresses[ref(one.child)], walk.addresses[ref(one.parent)]
    if not (near.clear and far.unique):
        return
    query = select(*(one.parent.c[c] for c in far.columns)).distinct()
    for some in chunks(sorted(keys, key=str), walk.size // len(near.columns)):
        mine = named(walk.dialect, one.child, near.columns, some)
        held = select(one.child.c[one.column]).where(mine, one.child.c[one.column].is_not(None))
        if (limits := one.condition()) is not None:
            held = held.where(limits)
        for row in connection.execute(query.where(one.parent.c[one.to].in_(held))):
            yield far.key(dict(zip(far.columns, row, strict=True)))


def _duty(where: TableRef, keys: Iterable[Key]) -> Mapping[str, Any]:
    """Write it down; a key that may say who somebody is stands there as its digest."""
    plain = sorted((k[0] if len(k) == 1 else list(k) for k in keys), key=str)
    why = (
        "a row with the name in cells of its own, which may be a namesake's, refers to them: where you "
        "answer erase there, look at them, too"
    )
    return {"kind": KIND, "where": str(where), "count": len(plain), "why": why, "keys": plain}
