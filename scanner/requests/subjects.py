"""Which people a file of requests may name: by keys that have a row. Reads only."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Engine, MetaData, select

from scanner.database import dialect_of, reading, ref, reflect
from scanner.graph import table_of
from scanner.rows import chunks
from scanner.rulebook import Pack
from scanner.subjects import acquaintance
from scanner.tables.relations import places


@dataclass(frozen=True, slots=True)
class Subjects:
    """The subjects of one database."""

    engine: Engine
    pack: Pack
    schema: MetaData

    @classmethod
    def of(cls, engine: Engine, pack: Pack) -> Self:
        """Read the schema."""
        with reading(engine) as connection:
            return cls(engine, pack, reflect(connection, only={pack.subject}))

    def key(self, written: str) -> Any:
        """Read a key as its column stores it.

        Raises:
            Misconfigured: it cannot be one.
        """
        with reading(self.engine) as connection:
            return acquaintance.subject_key(connection, self.schema, self.pack, written)

    def present(self, keys: Collection[Any]) -> set[Any]:
        """Say which of these keys have a row."""
        where = places(ref(t) for t in self.schema.tables.values())[self.pack.subject]
        key = table_of(self.schema, where).c[self.pack.key]
        with reading(self.engine) as connection:
            found: set[Any] = set()
            for some in chunks(sorted(keys), dialect_of(connection).max_keys):
                found |= set(connection.scalars(select(key).where(key.in_(some))))
            return found
