"""Create the demo's tables and indexes with one plain statement each. Writes."""

from collections.abc import Iterable

from sqlalchemy import Connection, Index, MetaData, Table
from sqlalchemy.schema import CreateIndex, CreateTable

INLINE = ("mysql", "mariadb")
"""Where each statement waits for the disk: there the indexes come with their table."""


def create(connection: Connection, made: MetaData, indexes: Iterable[Index]) -> list[Index]:
    """Create all tables; give the indexes that remain to be created once the rows are in."""
    inline = connection.dialect.name in INLINE
    for table in made.tables.values():
        statement = str(CreateTable(table).compile(dialect=connection.dialect))
        if inline:
            statement = _with_indexes(connection, table, statement)
        connection.exec_driver_sql(statement)
    return [] if inline else list(indexes)


def _with_indexes(connection: Connection, table: Table, statement: str) -> str:
    quote = connection.dialect.identifier_preparer.quote
    columns, _, options = statement.rpartition("\n)")
    for index in sorted(table.indexes, key=lambda i: str(i.name)):
        names = ", ".join(quote(c.name) for c in index.columns)
        columns += f",\n\t{'UNIQUE ' * index.unique}INDEX {quote(str(index.name))} ({names})"
    return f"{columns}\n){options}"


def index(connection: Connection, indexes: Iterable[Index]) -> None:
    """Create indexes, faster after the rows than before."""
    for each in indexes:
        connection.exec_driver_sql(str(CreateIndex(each).compile(dialect=connection.dialect)))
