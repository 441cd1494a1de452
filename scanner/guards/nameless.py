"""What rows without a key hold once they are rewritten: it stays until the end. Reads only.

No key says which row it was, so all that stands in one is its name: a cell that something else
changes makes another row of it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, MetaData, Table, select

from scanner.graph import table_of
from scanner.model import TableRef
from scanner.rows import Address

Content = tuple[str, ...]
"""All that a row holds, written out: a database may compare less, such as inexact numbers."""


@dataclass(slots=True)
class Nameless:
    """Rows that were rewritten, by table and by what they hold now; they stay in memory."""

    rows: dict[TableRef, dict[Content, tuple[Mapping[str, Any], int]]] = field(
        default_factory=dict, repr=False
    )

    def keep(
        self,
        where: TableRef,
        before: Iterable[Mapping[str, Any]],
        after: Iterable[Mapping[str, Any]],
        columns: Sequence[str],
    ) -> None:
        """Remember what rows hold in ``columns`` after a statement instead of what they held before."""
        known = self.rows.setdefault(where, {})
        for row in before:
            known.pop(_content(row, columns), None)
        counts = held(after := list(after), columns)
        for row in after:
            content = _content(row, columns)
            known[content] = {c: row[c] for c in columns}, counts[content]

    def moved(
        self, connection: Connection, schema: MetaData, addresses: Mapping[TableRef, Address]
    ) -> Iterator[str]:
        """Name the tables in which a row that was rewritten does not stand any more."""
        for where, known in sorted(self.rows.items()):
            table, address = table_of(schema, where), addresses[where]
            for content, (row, count) in known.items():
                now = read(connection, table, address, address.locate(table, row))
                if held(now, tuple(row))[content] < count:
                    yield str(where)
                    break


def read(
    connection: Connection, table: Table, address: Address, where: ColumnElement[bool]
) -> list[dict[str, Any]]:
    """Read rows, all of them that names one."""
    query = select(*(table.c[c] for c in address.columns)).where(where)
    return [dict(row) for row in connection.execute(query).mappings()]


def held(rows: Iterable[Mapping[str, Any]], columns: Collection[str]) -> Counter[Content]:
    """Count rows by what they hold in ``columns``."""
    return Counter(_content(row, columns) for row in rows)


def _content(row: Mapping[str, Any], columns: Iterable[str]) -> Content:
    return tuple(repr(row[c]) for c in columns)
