"""What reporting loses by a purge: the figures of the pack as they will be. Reads only."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, MetaData, Select

from scanner import verifier
from scanner.database import dialect_of, ref
from scanner.plans import Figure
from scanner.purge.references import key_column
from scanner.purge.uprooter import Uprooting, loose_rows
from scanner.rows import chunks
from scanner.rulebook import Pack

Counts = Counter[tuple[str, ...]]


def predict(
    connection: Connection, schema: MetaData, pack: Pack, made: Uprooting
) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """Take each figure as it is, and work out what it will be once ``made`` is gone."""
    before, after = [], []
    for name, query in verifier.counting(schema, pack):
        counts = verifier.counted(connection, query)
        before.append(verifier.figure(name, counts))
        lost = _lost(connection, query, made)
        after.append(verifier.figure(name, +(counts - lost + _moved(connection, query, made))))
    return tuple(before), tuple(after)


def lost(
    connection: Connection, schema: MetaData, pack: Pack, made: Uprooting
) -> Iterator[tuple[str, Counts]]:
    """Count what each figure loses once ``made`` is gone; figures that lose nothing are left out."""
    for name, query in verifier.counting(schema, pack):
        if counts := _lost(connection, query, made):
            yield name, counts


def _lost(connection: Connection, query: Select[Any], made: Uprooting) -> Counts:
    """Count the rows that go, and those whose groups change because a column is cut."""
    (table,) = query.get_final_froms()
    where, dialect = ref(table), dialect_of(connection)  # type: ignore[arg-type]  # a table
    lost: Counts = Counter()
    if rows := made.keys.get(where):
        column = table.c[key_column(table)]  # type: ignore[arg-type]  # a table
        for some in chunks(list(rows), dialect.at_once or dialect.max_keys):
            lost += verifier.counted(connection, query.where(dialect.among(column, some)))
    for one in made.loose:
        if ref(one.child) == where:
            for part in loose_rows(made, one, list(query.selected_columns), dialect):
                grouped = part.group_by(*list(query.selected_columns)[:-1])
                lost += verifier.counted(connection, grouped)
    return lost + _moved(connection, query, made, emptied=False)


def _moved(
    connection: Connection, query: Select[Any], made: Uprooting, *, emptied: bool = True
) -> Counts:
    """Count the rows in which a column of the figure is cut, as they will be or as they are."""
    (table,) = query.get_final_froms()
    names = [getattr(c, "name", "") for c in query.selected_columns]
    moved: Counts = Counter()
    for one, keys in made.cuts.items():
        if ref(one.child) != ref(table) or one.column not in names:  # type: ignore[arg-type]  # a table
            continue
        place, column = names.index(one.column), table.c[key_column(one.child)]
        for some in chunks(keys, dialect_of(connection).max_keys):
            for group, rows in verifier.counted(connection, query.where(column.in_(some))).items():
                cut = (*group[:place], "None", *group[place + 1 :])
                moved[cut if emptied else group] += rows
    return moved
