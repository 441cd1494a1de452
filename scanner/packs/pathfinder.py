"""Which relations lead from a subject to which tables, without a subject. Reads only.

The same relations that an erasure follows, so that people see them before anybody is erased.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, MetaData

from scanner.graph import Walk
from scanner.model import Relation, TableRef
from scanner.rulebook import Pack, Reach


def relations(
    connection: Connection, schema: MetaData, pack: Pack, *, copies: Mapping[TableRef, TableRef]
) -> tuple[Relation, ...]:
    """List the relations that can be followed from the subject's table, the nearest first.

    Raises:
        Misconfigured: the database holds the product's tables more than once.
    """
    walk = Walk(connection, schema, pack, addresses={}, copies=copies)
    return tuple(dict.fromkeys(_followed(walk, pack)))


def _followed(walk: Walk, pack: Pack) -> Iterator[Relation]:
    """Go from table to table as the walk goes from row to row: linked rows lead to linked ones."""
    seen = {(walk.subject, "own")}
    queue = [(walk.subject, "own", 1)]
    for start, whose, distance in queue:
        for reach in walk.reaches:
            table = walk.find(reach.table)
            if table is None or walk.find(reach.start) != start:
                continue
            if whose != "own" and reach.rows != "linked":
                continue
            yield Relation(
                table, start, _by(reach, pack), reach.rows, distance, reach.why or "the pack",
                _limits(reach),
            )  # fmt: skip
            if not reach.only and (table, reach.rows) not in seen:
                seen.add((table, reach.rows))
                queue.append((table, reach.rows, distance + 1))


def _by(reach: Reach, pack: Pack) -> str:
    if reach.through:
        near = f"{reach.through}.{reach.near} = {reach.start}.{reach.to}"
        return f"{near}, {reach.through}.{reach.far} = {reach.table}.{pack.key}"
    if reach.via:
        return f"{reach.start}.{reach.via} = {reach.table}.{reach.to}"
    return f"{reach.table}.{reach.by} = {reach.start}.{reach.to}"


def _limits(reach: Reach) -> tuple[str, ...]:
    """Say which rows and columns a relation is limited to; the constants are the pack's."""
    where = [f"{column} = {value}" for column, value in reach.where.items()]
    shared = ["rows that no other person's row links to"] if reach.unshared else []
    only = [f"columns {', '.join(reach.only)}"] if reach.only else []
    return (*where, *shared, *only)
