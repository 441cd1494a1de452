"""Counts rows that go with several batches once. Reads only."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from scanner.database import dialect_of, ref
from scanner.model import TableRef
from scanner.purge.references import Reference
from scanner.purge.uprooter import Uprooting, loose_rows

REMEMBERED = 2_000_000
"""So many keys of rows are remembered, so that none counts twice: bounds the memory of a plan."""


class Shared:
    """Remembers what goes with earlier batches of a plan, or of a rehearsal, which undoes each."""

    def __init__(self) -> None:
        self._seen: dict[TableRef, set[Any]] = {}
        self._said: dict[Reference, set[Any]] = {}

    def fresh(self, connection: Connection, made: Uprooting) -> Uprooting:
        """Leave out the rows that go with an earlier batch, as far as they are remembered."""
        keys = {
            where: {k: row for k, row in rows.items() if k not in self._seen.get(where, ())}
            for where, rows in made.keys.items()
        }
        counts = {one: self._counted(connection, made, one) for one in made.counts}
        return replace(made, keys=keys, counts=counts)

    def take(self, made: Uprooting) -> None:
        """Remember what goes with one more batch."""
        for one, values in made.loose.items():
            self._said.setdefault(one, set()).update(values)
        if sum(map(len, self._seen.values())) < REMEMBERED:
            for where, rows in made.keys.items():
                self._seen.setdefault(where, set()).update(rows)

    def _counted(self, connection: Connection, made: Uprooting, one: Reference) -> int:
        """Count rows without a key, but for those that refer to what went earlier by any relation."""
        earlier = [r for r in self._said if ref(r.child) == ref(one.child)]
        if not earlier or not made.counts[one]:
            return made.counts[one]
        names = dict.fromkeys(c for r in earlier for c in (r.column, *dict(r.where)))
        queries = loose_rows(made, one, [one.child.c[n] for n in names], dialect_of(connection))
        rows = (row for q in queries for row in connection.execute(q).mappings())
        return sum(not any(self._went(r, row) for r in earlier) for row in rows)

    def _went(self, one: Reference, row: Mapping[Any, Any]) -> bool:
        return row[one.column] in self._said[one] and all(row[c] == v for c, v in one.where)
