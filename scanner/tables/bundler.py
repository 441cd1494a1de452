"""Asks many tables with few statements: which rows, whether there are any. Reads only.

Only where a database takes many keys as one parameter; others are asked table by table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Connection,
    Executable,
    Integer,
    Select,
    Table,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import or_ as either

from scanner.database import dialect_of
from scanner.rows import chunks

TABLES = 40
"""How many tables one statement asks."""

TERMS = 100
"""How many of their conditions: MariaDB takes a statement of 16 MB, and one may name 5,000 keys."""


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


class Together(Executable, ClauseElement):
    """All rows that questions ask for, with the question's number; or ``counted``, in one row.

    Written at once, as SQLAlchemy takes three times as long to put together the same.
    """

    inherit_cache = False  # it takes as long to find it again as to write it

    def __init__(self, questions: Sequence[Question], *, counted: bool = False) -> None:
        self.questions, self.counted = questions, counted


@compiles(Together)
def _written(asked: Together, compiler: SQLCompiler, **_more: Any) -> str:
    arms = []
    for number, one in enumerate(asked.questions):
        columns = ", ".join(compiler.process(one.table.c[c]) for c in one.columns)
        terms = " OR ".join(compiler.process(t.self_group(either)) for t in one.terms)
        which = f"FROM {compiler.preparer.format_table(one.table)} WHERE {terms}"
        arms.append(
            f"(SELECT count(*) {which})" if asked.counted else f"{columns}, {number} {which}"
        )
    return "SELECT " + (", " if asked.counted else " UNION ALL SELECT ").join(arms)


class Filled(Executable, ClauseElement):
    """One row that says of each table whether it holds any: 1 or nothing."""

    inherit_cache = False

    def __init__(self, tables: Sequence[Table]) -> None:
        self.tables = tables


@compiles(Filled)
def _filled(asked: Filled, compiler: SQLCompiler, **_more: Any) -> str:
    names = map(compiler.preparer.format_table, asked.tables)
    held = (f"CASE WHEN EXISTS (SELECT 1 FROM {n}) THEN 1 END" for n in names)  # noqa: S608
    return f"SELECT {', '.join(held)}{compiler.default_from()}"


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
        for some in _bounded(many):
            yield from _together(connection, some)


Part = tuple[Question, Question]
"""A question, and as much of it as a statement asks: it itself, or one with fewer terms."""


def _bounded(questions: Sequence[Question]) -> Iterator[list[Part]]:
    """Part questions by what a statement can hold."""
    some: list[Part] = []
    for one in questions:
        for terms in chunks(one.terms, TERMS):
            held = sum(len(part.terms) for _, part in some)
            if len(some) == TABLES or held + len(terms) > TERMS:
                yield some
                some = []
            whole = len(terms) == len(one.terms)
            some.append((one, one if whole else replace(one, terms=tuple(terms))))
    if some:
        yield some


def _together(
    connection: Connection, parts: Sequence[Part]
) -> Iterator[tuple[Question, Sequence[Sequence[Any]]]]:
    if len(parts) == 1:
        ((one, part),) = parts
        yield one, connection.execute(part.asked(*part.terms)).all()
        return
    rows: dict[int, list[Sequence[Any]]] = {}
    for row in _rows(connection, Together([part for _, part in parts])):
        rows.setdefault(row[-1], []).append(row[:-1])
    yield from ((parts[n][0], some) for n, some in rows.items())


def _rows(connection: Connection, asked: Together | Filled) -> Sequence[Sequence[Any]]:
    """Ask all with one statement: whole numbers, which drivers give as they are."""
    result = connection.execute(asked)
    found: Sequence[Sequence[Any]] = result.cursor.fetchall()  # making a Row of each took longer
    result.close()
    return found


def answered(connection: Connection, questions: Sequence[Question]) -> list[Question]:
    """Choose the questions that have an answer; all where asking that saves nothing."""
    if not dialect_of(connection).at_once:
        return list(questions)
    found: dict[Question, None] = {}
    for some in _bounded(questions):
        # Counted, as a planner that hopes for a first row soon reads the whole table for none.
        (counts,) = _rows(connection, Together([part for _, part in some], counted=True))
        found |= {one: None for (one, _), rows in zip(some, counts, strict=True) if rows}
    return list(found)


def vacant(connection: Connection, tables: Sequence[Table]) -> list[Table]:
    """Choose the tables without a row; how many the others hold is not counted."""
    found: list[Table] = []
    for some in chunks(tables, TABLES):
        (row,) = _rows(connection, Filled(some))
        found += [t for t, held in zip(some, row, strict=True) if held is None]
    return found
