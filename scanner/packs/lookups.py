"""Fills in what a pack leaves open: ``{now}``, ``{item}``, ``{queue.title}``. Reads only.

A name is a value that the caller gave, a row that the pack says how to find, or a row that was
just written; a column of that row stands behind a point.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, MetaData, Table, and_, func, select

from scanner.database import ref
from scanner.errors import Misconfigured, Refused
from scanner.graph import table_of
from scanner.rulebook import Pack
from scanner.rulefiles.tracking import Find
from scanner.tables.relations import places

OPEN = re.compile(r"\{([\w.]+)\}")
"""Something to fill in."""


@dataclass(slots=True)
class Lookup:
    """Knows values and rows by their names; ``rows`` maps names to (table, key)."""

    connection: Connection
    schema: MetaData
    pack: Pack
    values: dict[str, Any] = field(repr=False)
    rows: dict[str, tuple[str, Any]] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        """Find a table that the pack names.

        Raises:
            Misconfigured: the database has none.
        """
        where = places(ref(t) for t in self.schema.tables.values()).get(name.lower())
        if where is None:
            raise Misconfigured(
                f"the database has no table {name}, which [requests] of the pack {self.pack.name} "
                "names: mend the pack, or keep requests in a file (--queue)"
            )
        return table_of(self.schema, where)

    def filled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Fill in all values of ``given``."""
        return {name: self.fill(value) for name, value in given.items()}

    def fill(self, given: Any) -> Any:
        """Fill in one value: a name alone keeps its type, names inside of a text become text."""
        if not isinstance(given, str):
            return given
        if alone := OPEN.fullmatch(given):
            return self._named(alone[1])
        return OPEN.sub(lambda found: str(self._named(found[1])), given)

    def _named(self, name: str) -> Any:
        first, _, column = name.partition(".")
        if not column and first in self.values:
            return self.values[first]
        if first not in self.rows:
            self.rows[first] = self._found(first)
        table, key = self.rows[first]
        return self._cell(table, key, column) if column else key

    def _found(self, name: str) -> tuple[str, Any]:
        """Find the one row that the pack calls ``name``."""
        desk = self.pack.requests.desk
        find = desk.find.get(name) if desk else None
        if find is None:
            raise Misconfigured(
                f"pack {self.pack.name}: [requests]: nothing says what {{{name}}} is"
            )
        return find.table, self.one(find, name)

    def one(self, find: Find, name: str) -> Any:
        """Give the key of the one row that ``find`` describes.

        Raises:
            Misconfigured: there is none, or there are several; the message says of what.
        """
        table, where = self.table(find.table), self.filled(find.where)
        key = column_of(table, self.pack.key)
        holds = and_(*(column_of(table, c) == v for c, v in where.items()))
        keys = self.connection.scalars(select(key).where(holds).limit(2)).all()
        if len(keys) == 1:
            return keys[0]
        told = ", ".join(f"{c} {v!r}" for c, v in where.items())
        if not keys and "{agent}" in find.where.values():
            among = self.connection.scalar(select(func.count()).select_from(table))
            raise Misconfigured(
                f"no row of {find.table} has {told}: --as LOGIN names one of its {among} users"
            )
        count = "more than one row" if keys else "no row"
        raise Misconfigured(
            f"{find.table} has {count} with {told} ({name}): mend that, or [requests] of the pack"
        )

    def _cell(self, table: str, key: Any, column: str) -> Any:
        rows = self.table(table)
        query = select(column_of(rows, column)).where(rows.c[self.pack.key] == key)
        found = self.connection.execute(query).first()
        if found is None:
            raise Refused(f"{table} has no row {key} any more")
        return found[0]


def column_of(table: Table, name: str) -> Any:
    """Find a column that the pack names.

    Raises:
        Misconfigured: the table has none.
    """
    if name not in table.c:
        raise Misconfigured(
            f"{table.name} has no column {name}, which [requests] of the pack names: mend the pack"
        )
    return table.c[name]
