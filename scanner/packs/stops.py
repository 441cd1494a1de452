"""What speaks against erasing a subject, and what is left to people. Reads only."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    and_,
    func,
    select,
    true,
)

from scanner.database import dialect_of, ref
from scanner.graph import Territory, Walk
from scanner.model import ColumnRef, TableRef
from scanner.plans import StopFound
from scanner.rows import chunks
from scanner.rulebook import Stop


def found(connection: Connection, walk: Walk, territory: Territory, method: str) -> list[StopFound]:
    """List the stops and warnings of the pack that hold for the subject's own rows.

    What others use too is warned of with the rule ``shared``; of a purge its directives decide that.
    """
    holding = []
    for stop in walk.pack.stops:
        effect = stop.redact if method == "redact" else stop.purge
        where = walk.find(stop.table)
        if effect == "ignore" or where is None:
            continue
        rows = _stopping(connection, walk, territory, stop, where)
        if rows:
            holding.append(StopFound(stop.rule, stop.why, rows, effect))
    return [*holding, *(_shared(territory) if method == "redact" else ())]


def _shared(territory: Territory) -> Iterator[StopFound]:
    """Warn of what stays because it is not the subject's alone: a household's address, a site."""
    for where, rows in territory.shared.items():
        why = f"{where}: others use it too, so it stays as it is; look whether that is right"
        yield StopFound("shared", why, rows, "warn")


def duties(walk: Walk, territory: Territory) -> tuple[Mapping[str, Any], ...]:
    """List what the database cannot reach: attachment files, exports, backups ...

    What rows point at is named by their keys: a path may hold a name.
    """
    listed: list[Mapping[str, Any]] = []
    for duty in walk.pack.duties:
        where = walk.find(duty.table) if duty.table else None
        rows = sorted(territory.rows.get(where, {}), key=str) if where else []
        if rows or not where:
            place = f"{where}.{duty.column}" if where else ""
            named = {"kind": duty.kind, "where": place, "count": len(rows) if where else None}
            keys = [k[0] if len(k) == 1 else list(k) for k in rows]
            listed.append({**named, "why": duty.why, "keys": keys})
    return tuple(listed)


COMMON = "others' texts with a common part of the name or a few signs of something, not asked about"
"""The duty that counts them: it changes with every note that anybody writes."""

NUMBERS = "columns of numbers"
"""The duty that counts those in which no phone and no id is looked for."""


def unasked(common: Mapping[TableRef, int], most: int) -> list[Mapping[str, Any]]:
    """List where parts of the name stand alone, of which more than ``most`` rows of others hold each."""
    if not common:
        return []
    where = ", ".join(f"{table} {count:,}" for table, count in sorted(common.items()))
    why = (
        f"a given or a family name by itself that more than {most} rows of others hold, and the few "
        "signs that a column's length leaves of something, say nothing of whom they mean: they "
        "stay, and nobody is asked about each"
    )
    return [{"kind": COMMON, "where": where, "count": sum(common.values()), "why": why, "keys": []}]


def uncounted(connection: Connection, triggers: Collection[str]) -> list[Mapping[str, Any]]:
    """List the tables whose ``triggers`` may change rows that no plan of a purge names, unseen.

    Where the database counts what is written, such a purge is refused instead.
    """
    if not triggers or dialect_of(connection).written(connection) is not None:
        return []
    why = (
        "this database does not count what triggers change in rows that no plan names: read what they "
        "do, or disable them while purging"
    )
    where = ", ".join(sorted(triggers))
    kind = "triggers that may change other rows"
    return [{"kind": kind, "where": where, "count": len(triggers), "why": why, "keys": []}]


def unsearched(schema: MetaData, numbers: Collection[ColumnRef]) -> list[Mapping[str, Any]]:
    """List what no search for text reaches; of the columns of numbers only ``numbers`` are searched."""
    listed: list[Mapping[str, Any]] = []
    plain = [
        c
        for t in schema.tables.values()
        for c in t.columns
        if isinstance(c.type, Integer | Numeric | Float) and not isinstance(c.type, Boolean)
        if ColumnRef(t.schema or "", t.name, c.name) not in numbers
    ]
    if plain:
        why = (
            "numbers that the audit takes for keys, amounts or codes are not searched for phones "
            "and ids: where one is, decide on its column"
        )
        listed.append({"kind": NUMBERS, "where": "", "count": len(plain), "why": why, "keys": []})
    if stored := schema.info.get("stored"):
        where = ", ".join(map(str, stored))
        why = "they keep copies of rows until they are refreshed: refresh them"
        listed.append(
            {"kind": "stored views", "where": where, "count": len(stored), "why": why, "keys": []}
        )
    if versioned := schema.info.get("versioned"):
        where = ", ".join(map(str, versioned))
        why = (
            "system-versioned tables keep what their rows held before, also before an erasure: "
            "delete it (DELETE HISTORY FROM name)"
        )
        listed.append(
            {
                "kind": "row histories",
                "where": where,
                "count": len(versioned),
                "why": why,
                "keys": [],
            }
        )
    if indexes := [*schema.info.get("indexes", ()), *schema.info.get("own_indexes", ())]:
        where = ", ".join(map(str, indexes))
        why = (
            "full-text indexes that look like tables keep the words of the rows that they were "
            "made from, also where triggers renew them: rebuild them "
            "(INSERT INTO name(name) VALUES('rebuild'))"
        )
        listed.append(
            {
                "kind": "indexes of text",
                "where": where,
                "count": len(indexes),
                "why": why,
                "keys": [],
            }
        )
    binary = [
        f"{ref(t)}.{c.name}"
        for t in sorted(schema.tables.values(), key=ref)
        for c in t.columns
        if isinstance(c.type, LargeBinary)
    ]
    if binary:
        why = "pictures, documents and other bytes are not searched: look at them"
        where = ", ".join(binary)
        listed.append(
            {"kind": "binary columns", "where": where, "count": len(binary), "why": why, "keys": []}
        )
    return listed


def _stopping(
    connection: Connection, walk: Walk, territory: Territory, stop: Stop, where: TableRef
) -> int:
    table, address = walk.tables[where], walk.addresses[where]
    if stop.by:
        return _naming(connection, walk, territory, stop, where)
    own = [r for r in territory.rows.get(where, {}).values() if r.rows == "own" and r.only is None]
    other = walk.find(stop.of) if stop.of else where
    if other is None or len(address.columns) != 1 or not own:
        return 0
    holds = _asked(walk, stop, table, walk.tables[other])
    column = address.columns[0]
    total = 0
    keys = sorted((r.values[column] for r in own if r.values[column] not in stop.but), key=str)
    for some in chunks(keys, walk.size):
        query = select(func.count()).select_from(table).where(table.c[column].in_(some), holds)
        total += int(connection.scalar(query) or 0)
    return total


def _naming(
    connection: Connection, walk: Walk, territory: Territory, stop: Stop, where: TableRef
) -> int:
    """Count the rows that name the subject in the column ``by``, where the tables have it all."""
    table, other = walk.tables[where], walk.find(stop.of) if stop.of else where
    if other is None or not {stop.by, *([stop.via] if stop.of else ())} <= {*table.c.keys()}:
        return 0
    if not stop.where.keys() <= {*walk.tables[other].c.keys()}:
        return 0
    subjects = [r.values[walk.pack.key] for r in territory.rows.get(walk.subject, {}).values()]
    holds = and_(table.c[stop.by].in_(subjects), _asked(walk, stop, table, walk.tables[other]))
    return int(connection.scalar(select(func.count()).select_from(table).where(holds)) or 0)


def _asked(walk: Walk, stop: Stop, table: Table, asked: Table) -> ColumnElement[bool]:
    """Say in SQL what a stop asks of a row, or of the row that it names."""
    holds = and_(true(), *(_holds(asked, c, v) for c, v in stop.where.items()))
    if stop.of:
        return table.c[stop.via].in_(select(asked.c[walk.pack.key]).where(holds))
    return holds


def _holds(table: Table, column: str, value: Any) -> ColumnElement[bool]:
    return (
        table.c[column].in_(value) if isinstance(value, list | tuple) else table.c[column] == value
    )
