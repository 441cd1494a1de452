"""What a table's CHECK constraints are called and which columns they name. Reads the catalogue only."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Column, Connection, Table

from scanner.dialects import Dialect

_TOKEN = re.compile(
    r"'(?:[^']|'')*'"
    r"|\"(?P<quoted>(?:[^\"]|\"\")+)\"|`(?P<ticked>(?:[^`]|``)+)`|\[(?P<bracketed>[^\]]+)\]"
    r"|(?P<plain>[^\W\d][\w$#]*)"
)
"""A string, which names nothing, or a name."""


@dataclass(frozen=True, slots=True)
class Check:
    """A constraint: its name, empty where it has none, what it says, and the columns that it names.

    ``value``: it belongs to the type of its only column and calls the column VALUE.
    """

    name: str
    sql: str
    columns: tuple[str, ...]
    value: bool = False

    @property
    def called(self) -> str:
        """Say which one it is."""
        return f"the CHECK constraint {self.name}" if self.name else "a CHECK constraint"


def checks(connection: Connection, dialect: Dialect, table: Table) -> tuple[Check, ...]:
    """List the checks of a reflected table and of its columns' types; read once."""
    if "checks" not in table.info:
        table.info["checks"] = tuple(
            check
            for check in (*_declared(connection, dialect, table), *_of_types(table))
            if check.columns
        )
    known: tuple[Check, ...] = table.info["checks"]
    return known


def _declared(connection: Connection, dialect: Dialect, table: Table) -> Iterator[Check]:
    """Yield what is declared with a table, or with a column of it."""
    for one in table.constraints:
        if isinstance(one, CheckConstraint):
            said = str(one.sqltext)
            yield Check(str(one.name or ""), said, _named(said, table))
    known = table.metadata.info
    if "column checks" not in known:
        known["column checks"] = dialect.column_checks(connection)
    for where, name, said in known["column checks"]:
        if where.lower() == table.name.lower():
            yield Check(name, said, _named(said, table))


def _of_types(table: Table) -> Iterator[Check]:
    """Yield the checks of domains."""
    for column in table.columns:
        said = getattr(column.type, "check", None)
        if said is not None:
            name = getattr(column.type, "constraint_name", None) or getattr(column.type, "name", "")
            yield Check(str(name), str(said), (column.name,), value=True)


def _named(said: str, table: Table) -> tuple[str, ...]:
    """Name the columns of a table that an expression names."""
    names = {c.name.lower(): c for c in table.columns}
    found: dict[str, Column[object]] = {}
    for token in _TOKEN.finditer(said):
        word = next((w for w in token.groups() if w), "")
        if (column := names.get(word.lower())) is not None:
            found[column.name] = column
    return tuple(found)


def refusing(known: Sequence[Check], name: str) -> Check | None:
    """Choose the check that a database calls ``name``: by its name, or by what it says."""
    return next((c for c in known if name and name in (c.name, c.sql)), None)
