"""What a DBA would write by hand to purge the cases of a contact: minimal DELETE statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from scanner import verifier
from scanner.database import reading, ref, reflect
from scanner.purge.directives import Agenda, Line

ROOT = "table_case"


def statements(engine: Engine, agenda: Agenda, key: int) -> Iterator[Any]:
    """Write the statements: what rows point at first, then children before their parents.

    MySQL and MariaDB run a subquery of a DELETE once for each row, so there tables are joined.
    """
    with reading(engine) as connection:
        schema = reflect(connection)
        counts = verifier.count_rows(connection, schema)
    filled = {t.name: counts[ref(t)] for t in schema.tables.values()}
    lines = [x for x in agenda.follow if filled.get(x.table) and filled.get(x.target)]
    plain = _Plain(key, lines, tuple(_order(ROOT, lines)))
    joins = engine.dialect.name in ("mysql", "mariadb")
    yield from map(text, plain.joined() if joins else plain.nested())


def _order(table: str, lines: Sequence[Line], done: tuple[str, ...] = ()) -> tuple[str, ...]:
    done = (*done, table)
    for x in lines:
        if not x.forward and x.target == table and x.table not in done:
            done = _order(x.table, lines, done)
    return done


@dataclass(frozen=True, slots=True)
class _Plain:
    key: int
    lines: Sequence[Line]
    order: tuple[str, ...]

    def nested(self) -> Iterator[str]:
        """Name rows by subqueries, one statement a table."""
        for x in self._pointed_at():
            asked = f"select {x.column} from {x.table} where {self._chosen(x.table)}"
            yield f"delete from {x.target} where objid in ({asked})"
        for table in self._children_first():
            yield f"delete from {table} where {self._chosen(table)}"

    def joined(self) -> Iterator[str]:
        """Name rows by joins, one statement for each way that leads to them."""
        for x in self._pointed_at():
            join = f"join {x.table} on {x.table}.{x.column} = {x.target}.objid"
            for joins, rest in self._ways(x.table):
                yield f"delete {x.target} from {x.target} {join}{joins} where {rest}"
        for table in self._children_first():
            for joins, rest in self._ways(table):
                yield f"delete {table} from {table}{joins} where {rest}"

    def _pointed_at(self) -> list[Line]:
        return [x for x in self.lines if x.forward and x.table in self.order]

    def _up(self, table: str) -> list[Line]:
        ways = (x for x in self.lines if x.target in self.order and not x.forward)
        return [x for x in ways if x.table == table]

    def _chosen(self, table: str) -> str:
        """Say which rows of a table go, by nested subqueries up to the contact."""
        if table == ROOT:
            return f"case_reporter2contact = {self.key}"
        return " or ".join(
            f"({x.column} in (select {x.to or 'objid'} from {x.target} "
            f"where {self._chosen(x.target)})"
            + "".join(f" and {c} = {v}" for c, v in x.where)
            + ")"
            for x in self._up(table)
        )

    def _ways(self, table: str) -> Iterator[tuple[str, str]]:
        """Say the same as joins and conditions, each way up to the contact by itself."""
        if table == ROOT:
            yield "", f"{ROOT}.case_reporter2contact = {self.key}"
            return
        for x in self._up(table):
            for joins, rest in self._ways(x.target):
                join = f" join {x.target} on {x.target}.{x.to or 'objid'} = {table}.{x.column}"
                yield join + joins, rest + "".join(f" and {table}.{c} = {v}" for c, v in x.where)

    def _children_first(self) -> Iterator[str]:
        left = list(self.order)
        while left:
            held = {
                x.target
                for x in self.lines
                if not x.forward and x.table in left and x.table != x.target
            }
            free = next(t for t in left if t not in held)
            yield free
            left.remove(free)
