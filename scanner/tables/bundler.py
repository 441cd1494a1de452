"""Asks many tables with few statements: which rows, whether there are any. Reads only.

Only where a database takes many keys as one parameter; others are asked table by table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from scanner.database import dialect_of
from scanner.rows import chunks

TABLES = 40
"""How many tables one statement asks."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What to read from the rows of a table for which one of ``terms`` is true."""

    table: Table
    columns: tuple[str, ...]
    terms: tuple[ColumnElement[bool], ...] = field(repr=False)

    def asked(self, *terms: ColumnElement[bool]) -> Select[Any]:
        """Build the statement for some of its terms."""
        return select(*(self.table.c[c] for c in self.columns)).where(or_(*terms))

    @property
    def plain(self) -> bool:
        """Whether all that is read are whole numbers: others' can stand below them."""
        return all(isinstance(self.table.c[c].type, Integer) for c in self.columns)


def read(
    connection: Connection, questions: Sequence[Question]
) -> Iterator[tuple[Question, Sequence[Sequence[Any]]]]:
    """Give rows that questions ask for; one may come twice, by different terms."""
    if not dialect_of(connection).at_once:
        for one in questions:
            for term in one.terms:
                yield one, connection.execute(one.asked(term)).all()
        return
    alike: dict[int, list[Question]] = {}
    for one in questions:
        alike.setdefault(len(one.columns) if one.plain else -id(one), []).append(one)
    for many in alike.values():
        for some in chunks(many, TABLES):
            yield from _together(connection, some)


def _together(
    connection: Connection, questions: Sequence[Question]
) -> Iterator[tuple[Question, Sequence[Sequence[Any]]]]:
    if len(questions) == 1:
        yield questions[0], connection.execute(questions[0].asked(*questions[0].terms)).all()
        return
    numbers: list[ColumnElement[int]] = [literal_column(str(n)) for n in range(len(questions))]
    arms = [
        one.asked(*one.terms).add_columns(number)
        for number, one in zip(numbers, questions, strict=True)
    ]
    rows: dict[int, list[Sequence[Any]]] = {}
    for row in connection.execute(union_all(*arms)).all():
        rows.setdefault(row[-1], []).append(row[:-1])
    yield from ((questions[n], some) for n, some in rows.items())


def answered(connection: Connection, questions: Sequence[Question]) -> list[Question]:
    """Choose the questions that have an answer; all where asking that saves nothing."""
    if not dialect_of(connection).at_once:
        return list(questions)
    found = []
    for some in chunks(questions, TABLES):
        # Counted, as a planner that hopes for a first row soon reads the whole table for none.
        counts = (
            select(func.count()).select_from(one.table).where(or_(*one.terms)).scalar_subquery()
            for one in some
        )
        row = connection.execute(select(*(c.label(f"t{n}") for n, c in enumerate(counts)))).one()
        found += [one for one, rows in zip(some, row, strict=True) if rows]
    return found


def vacant(connection: Connection, tables: Sequence[Table]) -> list[Table]:
    """Choose the tables without a row; how many the others hold is not counted."""
    found: list[Table] = []
    for some in chunks(tables, TABLES):
        one: ColumnElement[int] = literal_column("1")
        there = (exists(select(one).select_from(t)) for t in some)
        asked = select(*(case((e, one)).label(f"t{n}") for n, e in enumerate(there)))
        row = connection.execute(asked).one()
        found += [t for t, held in zip(some, row, strict=True) if held is None]
    return found
