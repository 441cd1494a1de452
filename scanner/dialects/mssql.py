"""Microsoft SQL Server. Never run live here: its statements are tested as text."""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Enum,
    String,
    Table,
    Unicode,
    cast,
    func,
    literal,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.mssql import TIMESTAMP, VARBINARY
from sqlalchemy.sql import Select

from scanner.dialects import generic


class Dialect(generic.Dialect):
    """SQL Server samples pages and takes 2,100 parameters a statement."""

    max_keys = 2000
    can_roll_back = True
    compares_text = False
    system_schemas = frozenset(
        {
            "INFORMATION_SCHEMA",
            "sys",
            "guest",
            "db_owner",
            "db_accessadmin",
            "db_securityadmin",
            "db_ddladmin",
            "db_backupoperator",
            "db_datareader",
            "db_datawriter",
            "db_denydatareader",
            "db_denydatawriter",
        }
    )
    write_isolation = "SERIALIZABLE"
    has_claims = True
    sentences = {
        "28000": "the user name or the password is wrong",
        "42000": "the database refused: the database's name or a permission is wrong",
        "40001": "a deadlock with another program: try again",
        "08001": "the server does not answer",
    }

    def code(self, error: BaseException | None) -> str | int | None:
        """Take the SQLSTATE, which comes first in an ODBC driver's exception."""
        first = error.args[0] if error is not None and error.args else None
        return first if isinstance(first, str) and len(first) == 5 else None  # noqa: PLR2004

    def begin_reading(self, connection: Connection, seconds: int) -> None:
        """Bound the waits for locks; SQL Server has no read-only transaction."""
        self.lock_waits(connection, seconds)

    def lock_waits(self, connection: Connection, seconds: int) -> None:
        """Give up on a lock after ``seconds``."""
        connection.exec_driver_sql(f"SET LOCK_TIMEOUT {seconds * 1000}")

    def claim(self, connection: Connection, name: str) -> bool:
        """Take an application lock of this database; 0 and 1 say that it was granted."""
        query = text(
            "DECLARE @got int; EXEC @got = sp_getapplock @Resource = :name, "
            "@LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0; SELECT @got"
        )
        return int(connection.scalar(query, {"name": name}) or 0) >= 0

    def prefix(self, value: ColumnElement[Any], length: int) -> ColumnElement[Any]:
        """Use SUBSTRING, which also takes the old text type."""
        return func.substring(value, 1, length)

    def triggers(
        self, connection: Connection, table: Table, *, deletes: bool = True
    ) -> tuple[str, ...]:
        """Read the enabled ones from the catalogue."""
        query = text(
            "select t.name from sys.triggers t where t.parent_id = object_id(:t) "
            "and t.is_disabled = 0 and (:deletes = 1 or exists (select 1 from sys.trigger_events e "
            "where e.object_id = t.object_id and e.type_desc <> 'DELETE'))"
        )
        said = {"t": table.fullname, "deletes": int(deletes)}
        return tuple(sorted(connection.scalars(query, said)))

    def counts_changes(self, column: Column[Any]) -> bool:
        """Know rowversion, which was called timestamp: it counts the changes of the database."""
        return isinstance(column.type, TIMESTAMP)

    def estimate(self, connection: Connection) -> dict[tuple[str, str], int]:
        """Read the partitions' row counts."""
        query = text(
            "select s.name, o.name, sum(p.row_count) from sys.dm_db_partition_stats p "
            "join sys.objects o on o.object_id = p.object_id "
            "join sys.schemas s on s.schema_id = o.schema_id "
            "where p.index_id in (0, 1) and o.type = 'U' group by s.name, o.name"
        )
        return {(s, t): int(n) for s, t, n in connection.execute(query)}

    def sample(
        self,
        table: Table,
        columns: generic.Reader,
        *,
        rows: int,
        of: int | None,
        seed: int,
        bounds: tuple[int, int] | None = None,
    ) -> Select[Any]:
        """Sample whole pages; three times what is asked, of which the caller keeps a third.

        The clause stands between a table and its hints in T-SQL, so it is given as a hint.
        """
        clause = f"TABLESAMPLE SYSTEM ({3 * rows} ROWS) REPEATABLE ({int(seed) + 1})"
        return select(*columns(table)).select_from(table).with_hint(table, clause, "mssql")

    def exactly(self, column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
        """Compare bytes: T-SQL leaves blanks at the end out in any collation."""
        if not isinstance(column.type, String) or isinstance(column.type, Enum):
            return column == value
        return self._bytes(column) == self._bytes(literal(value, Unicode))

    def _bytes(self, text: ColumnElement[str]) -> ColumnElement[bytes]:
        return cast(cast(text, Unicode), VARBINARY("max"))  # type: ignore[no-untyped-call]  # SQLAlchemy's

    script = "mssql"
    many_lines = False
    script_key = "@efface_key"

    def body(self, column: ColumnElement[Any]) -> ColumnElement[str] | None:
        """Cast to NVARCHAR(max): the old text type cannot be put behind another."""
        return None if super().body(column) is None else cast(column, Unicode)

    def piece(self, text: ColumnElement[str], start: int, end: int) -> ColumnElement[str]:
        """Use SUBSTRING."""
        return func.substring(text, start + 1, end - start, type_=String)

    def length(self, text: ColumnElement[str]) -> ColumnElement[int]:
        """Count bytes: LEN leaves out blanks at the end."""
        return func.datalength(text)

    def hashed(self, text: ColumnElement[str]) -> ColumnElement[str] | None:
        """Use SHA-256, written as hexadecimal digits (style 2)."""
        made = func.hashbytes("SHA2_256", text)
        return func.convert(literal_column("VARCHAR(64)"), made, literal_column("2"), type_=String)

    def head(self, text: ColumnElement[str]) -> ColumnElement[str]:
        """Take what is surely under the 8,000 bytes that HASHBYTES took before 2016."""
        return self.piece(text, 0, 900)
