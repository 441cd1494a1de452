"""A database that we know nothing about: what every database can do, and no writing."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Inspector,
    Table,
    func,
    select,
)
from sqlalchemy.engine import URL, Engine
from sqlalchemy.sql import Select


class Dialect:
    """Flags and a few methods; the other dialects override what they do differently."""

    max_keys = 500
    """How many keys one statement may name."""

    can_roll_back = False
    """Whether a failed erasure leaves nothing behind; without it nothing is written."""

    empty_is_null = False
    """Whether the database stores an empty text as NULL (Oracle)."""

    system_schemas: frozenset[str] = frozenset({"information_schema"})
    """Schemas of the database itself, which hold nobody's data."""

    write_isolation: str | None = None
    """The isolation level in which rows that the plan did not see cannot slip in."""

    sentences: dict[str | int, str] = {}
    """Driver's error code to what is wrong, in words that hold no values."""

    # -- connections ------------------------------------------------------------------------

    def url(self, url: URL) -> URL:
        """Give the URL to connect with: one that creates nothing."""
        return url

    def prepare(self, engine: Engine) -> None:
        """Set up what a new engine's connections need."""

    def begin_reading(self, connection: Connection, seconds: int) -> None:
        """Make the transaction that just began read-only; end statements after ``seconds``."""

    def lock_waits(self, connection: Connection, seconds: int) -> None:
        """Give up on a lock after ``seconds``."""

    def code(self, error: BaseException | None) -> str | int | None:
        """Take the error code from a driver's exception, never its text."""
        return getattr(error, "sqlstate", None)

    # -- the catalogue ----------------------------------------------------------------------

    def schemas(self, inspector: Inspector) -> tuple[str, ...]:
        """List the schemas to look at; ``""`` stands for the only one there is."""
        names = sorted(n for n in inspector.get_schema_names() if n not in self.system_schemas)
        return tuple(names)

    def name(self, url: URL) -> str:
        """Name the database as people know it, without host or credentials."""
        return (url.database or "").rpartition("/")[2]

    def triggers(self, connection: Connection, table: Table) -> tuple[str, ...]:
        """Name the triggers that fire when rows of ``table`` are updated."""
        return ()

    def estimate(self, connection: Connection) -> dict[tuple[str, str], int]:
        """Read the catalogue's row counts, (schema, table) to rows; empty where it has none."""
        return {}

    # -- statements -------------------------------------------------------------------------

    def prefix(self, value: ColumnElement[Any], length: int) -> ColumnElement[Any]:
        """Cut a long text to its first ``length`` characters in the database."""
        return func.substr(value, 1, length)

    def sample(
        self, table: Table, columns: tuple[ColumnElement[Any], ...], *, rows: int, of: int | None
    ) -> Select[Any]:
        """Select about ``rows`` of the ``of`` rows of ``table`` (all, where it has no more)."""
        return select(*columns).select_from(table).limit(rows)

    def locked(self, statement: Select[Any]) -> Select[Any]:
        """Let ``statement`` lock the rows that it reads until the transaction ends."""
        return statement.with_for_update()
