"""Works out an erasure right before its transaction, to be carried out if nothing has changed.

Planning reads much and locks nobody as long as nothing is written. What was planned holds within
the writing transaction where the database itself proves that it holds the same rows and the same
definitions there as where it was planned: the same reading of the same rows says the same. Where
that cannot be proved, all is planned again. Reads only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Engine

from scanner import surveyor, verifier
from scanner.database import dialect_of, reading, ref
from scanner.errors import Misconfigured, Refused
from scanner.model import Progress, TableRef
from scanner.planner import Draft
from scanner.subjects.acquaintance import Request
from scanner.surveyor import Survey


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an erasure will do, if the database stays as it was at ``mark``.

    ``rows`` are how many each table had, where a database does not see by its marks what was
    deleted; ``draft`` holds values, which stay in memory.
    """

    mark: str
    catalogue: str
    draft: Draft = field(repr=False)
    rows: Mapping[TableRef, int] = field(default_factory=dict)

    def holds(self, connection: Connection) -> bool:
        """Whether ``connection`` reads the rows and definitions from which it was made."""
        dialect = dialect_of(connection)
        if dialect.untouched(connection, self.mark):
            return True
        if not self.rows or dialect.catalogue(connection) != self.catalogue:
            return False
        schema = self.draft.schema
        tables = sorted(schema.tables.values(), key=ref)
        # No row is newer, so each is one of those that were read; as many, so they are all of them.
        return (
            not dialect.since(connection, self.mark, tables)
            and verifier.count_rows(connection, schema) == self.rows
        )

    def on(self, connection: Connection) -> Draft:
        """Give the draft for another connection that reads the same."""
        return replace(self.draft, walk=self.draft.walk.on(connection))


def forecast(
    engine: Engine, request: Request, survey: Survey, *, progress: Progress | None = None
) -> Forecast | None:
    """Plan what ``request`` asks for in a read-only transaction, looking where ``survey`` points.

    None where it would be of no use: the database cannot prove that nothing changed, or locks what
    is read, so that the transaction must read all itself; a purge works with a connection of its
    own; or nothing can be planned, and the transaction will say why.

    Raises:
        DatabaseFailed: the database failed.
    """
    dialect = dialect_of(engine)
    if not survey.mark or dialect.locks_rows or request.method != "redact":
        return None
    with reading(engine) as connection:
        mark, catalogue = dialect.mark(connection), dialect.catalogue(connection)
        try:
            draft = surveyor.draft(connection, request, survey, progress=progress)
        except (Misconfigured, Refused):
            return None
        rows = verifier.count_rows(connection, draft.schema) if dialect.tells_rows else {}
        return Forecast(mark, catalogue, draft, rows)
