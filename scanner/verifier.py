"""Looks for what should be gone, and measures what should have stayed. Reads only."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    MetaData,
    Select,
    extract,
    func,
    literal_column,
    select,
    union_all,
)

from scanner.database import ref
from scanner.matcher import Matcher
from scanner.model import ColumnRef, Progress, TableRef, digest
from scanner.plans import Figure
from scanner.rows import Address, chunks
from scanner.rulebook import Pack
from scanner.subjects.searcher import search
from scanner.subjects.spotter import Rows, Sight, again
from scanner.tables import bundler
from scanner.tables.relations import places

TABLES_AT_ONCE = 100
"""How many tables one statement counts."""


def residue(
    connection: Connection,
    schema: MetaData,
    matcher: Matcher,
    *,
    addresses: Mapping[TableRef, Address],
    known: Collection[tuple[TableRef, Any, str]] = (),
    numbers: Collection[ColumnRef] = (),
    sight: Sight | None = None,
    also: Rows | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Count, for each column, the rows in which something strong or a full name still stands.

    It knows nothing of steps and mentions: whatever was planned, what is left is left.

    Args:
        connection: in the transaction whose outcome is judged.
        schema: the reflected tables.
        matcher: looks for the subject's identifiers.
        addresses: how the rows of each table are named.
        known: (table, key, column) of places that are listed otherwise: reviews that nobody
            answered, and columns kept by decision.
        numbers: columns of numbers that may hold a phone or an id.
        sight: where to look instead of everywhere; it must know all that can hold something.
        also: the rows that were written since.
        progress: told of each table.

    Returns:
        The column's full name to the number of rows; empty where nothing is left.
    """
    left: Counter[str] = Counter()
    if sight is None or not sight.spots.fit(matcher.identity, numbers):
        hits = search(
            connection, schema, matcher, addresses=addresses, numbers=numbers, progress=progress
        )
    else:
        hits = again(
            connection,
            schema,
            matcher,
            sight,
            addresses=addresses,
            also=also or {},
            own={},
            covered={},
            numbers=numbers,
        )
    for hit in hits:
        for column, matches in hit.found.items():
            listed = (hit.table, hit.key, column) in known
            if not listed and any(m.strength != "weak" for m in matches):
                left[f"{hit.table}.{column}"] += 1
    return dict(sorted(left.items()))


def measure(connection: Connection, schema: MetaData, pack: Pack) -> tuple[Figure, ...]:
    """Take the pack's KPIs: what reports are made of must be equal before and after."""
    return tuple(_figure(connection, name, query) for name, query in counting(schema, pack))


def counting(schema: MetaData, pack: Pack) -> Iterator[tuple[str, Select[Any]]]:
    """Give each KPI of the pack that the database can have, with the query that counts it."""
    tables = {ref(t): t for t in schema.tables.values()}
    named = places(tables)
    for kpi in pack.kpis:
        where = named.get(kpi.table.lower())
        table = tables[where] if where else None
        if table is not None and all(c in table.c for c in (*kpi.by, *kpi.months)):
            columns: list[ColumnElement[Any]] = [table.c[c] for c in kpi.by]
            columns += [extract(p, table.c[c]) for c in kpi.months for p in ("year", "month")]
            query = select(*columns, func.count()).select_from(table).group_by(*columns)
            yield kpi.name, query


def _figure(connection: Connection, name: str, query: Select[Any]) -> Figure:
    return figure(name, counted(connection, query))


def counted(connection: Connection, query: Select[Any]) -> Counter[tuple[str, ...]]:
    """Run a query of ``counting``: rows by group."""
    counts: Counter[tuple[str, ...]] = Counter()
    for row in connection.execute(query).all():
        counts[tuple(map(str, row[:-1]))] += row[-1]
    return counts


def reported(connection: Connection, schema: MetaData, pack: Pack) -> dict[str, int]:
    """Count the rows of each KPI: those of its table, each table once."""
    tables = {name: query.get_final_froms()[0] for name, query in counting(schema, pack)}
    rows = {t: connection.scalar(select(func.count()).select_from(t)) for t in {*tables.values()}}
    return {name: int(rows[table] or 0) for name, table in tables.items()}


def figure(name: str, counts: Counter[tuple[str, ...]]) -> Figure:
    """Name what was counted by a digest of all groups."""
    text = json.dumps(sorted(counts.items()))
    return Figure(name, len(counts), sum(counts.values()), digest(text))


def empty_tables(
    connection: Connection, schema: MetaData, among: Collection[TableRef] | None = None
) -> set[TableRef]:
    """Find the tables without a row, of all without ``among``."""
    wanted = [t for t in schema.tables.values() if among is None or ref(t) in among]
    return set(map(ref, bundler.vacant(connection, wanted)))


def count_rows(
    connection: Connection, schema: MetaData, among: Collection[TableRef] | None = None
) -> dict[TableRef, int]:
    """Count the rows of tables, of all without ``among``: a redaction neither adds nor removes any."""
    tables = [t for t in schema.tables.values() if among is None or ref(t) in among]
    counts: dict[TableRef, int] = {}
    for some in chunks(tables, TABLES_AT_ONCE):
        asked: list[Any] = [
            select(literal_column(str(n)), func.count()).select_from(t) for n, t in enumerate(some)
        ]
        counts |= {ref(some[n]): rows for n, rows in connection.execute(union_all(*asked))}
    return counts
