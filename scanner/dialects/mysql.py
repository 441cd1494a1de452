"""MySQL and MariaDB with InnoDB."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Inspector,
    Integer,
    String,
    Table,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.sql import Select

from scanner.dialects import generic


class Dialect(generic.Dialect):
    """One database is one schema; the others of the server are left alone."""

    max_keys = 5000
    can_roll_back = True
    write_isolation = "SERIALIZABLE"
    has_claims = True
    sentences = {
        1021: "the disk is full",
        1044: "this account may not use that database",
        1045: "the user name or the password is wrong",
        1049: "there is no such database",
        1142: "this account lacks a permission that the work needs",
        1205: "rows are locked by another program: try again when it is done",
        1213: "a deadlock with another program: try again",
        1698: "the user name or the password is wrong",
        1969: "a statement took longer than its time limit",
        2003: "the server does not answer",
        2013: "the server closed the connection",
        3024: "a statement took longer than its time limit",
    }

    def code(self, error: BaseException | None) -> str | int | None:
        """Take the number that comes first in the driver's exception."""
        first = error.args[0] if error is not None and error.args else None
        return first if isinstance(first, int) else None

    def begin_reading(self, connection: Connection, seconds: int) -> None:
        """Start anew, as a read-only transaction."""
        connection.exec_driver_sql("START TRANSACTION READ ONLY, WITH CONSISTENT SNAPSHOT")
        if getattr(connection.dialect, "is_mariadb", False):
            connection.exec_driver_sql(f"SET SESSION max_statement_time = {seconds}")
        else:
            connection.exec_driver_sql(f"SET SESSION max_execution_time = {seconds * 1000}")

    def lock_waits(self, connection: Connection, seconds: int) -> None:
        """Give up on a row lock after ``seconds``."""
        connection.exec_driver_sql(f"SET SESSION innodb_lock_wait_timeout = {seconds}")
        if getattr(connection.dialect, "is_mariadb", False):  # what reading may have left behind
            connection.exec_driver_sql("SET SESSION max_statement_time = 0")

    def claim(self, connection: Connection, name: str) -> bool:
        """Take a lock of the whole server; its name has at most 64 characters."""
        return connection.scalar(select(func.get_lock(name[:64], 0))) == 1

    def schemas(self, inspector: Inspector) -> tuple[str, ...]:
        """Only the database that the URL names."""
        return ("",)

    def triggers(self, connection: Connection, table: Table) -> tuple[str, ...]:
        """Read them from the catalogue."""
        query = text(
            "select trigger_name from information_schema.triggers "
            "where event_object_schema = database() and event_object_table = :t"
        )
        return tuple(sorted(connection.scalars(query, {"t": table.name})))

    def irrevocable(self, connection: Connection) -> frozenset[tuple[str, str]]:
        """Name the tables of MyISAM, Aria and other engines without transactions."""
        query = text(
            "select t.table_name from information_schema.tables t "
            "join information_schema.engines e on e.engine = t.engine "
            "where t.table_schema = database() and e.transactions <> 'YES'"
        )
        return frozenset(("", name) for name in connection.scalars(query))

    def estimate(self, connection: Connection) -> dict[tuple[str, str], int]:
        """Read InnoDB's estimates."""
        query = text(
            "select table_name, table_rows from information_schema.tables "
            "where table_schema = database() and table_type = 'BASE TABLE'"
        )
        return {("", t): int(n) for t, n in connection.execute(query) if n is not None}

    def bounds(self, connection: Connection, table: Table) -> tuple[int, int] | None:
        """Read them from the first column of the primary key, if it is an integer."""
        key = self._integer_key(table)
        if key is None:
            return None
        ends: Any = connection.execute(select(func.min(key), func.max(key))).one()
        return None if ends[0] is None else (int(ends[0]), int(ends[1]))

    def _integer_key(self, table: Table) -> ColumnElement[int] | None:
        keys = list(table.primary_key.columns)
        return keys[0] if len(keys) == 1 and isinstance(keys[0].type, Integer) else None

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
        """Read short ranges of keys that start at random; without such a key every n-th row."""
        key = self._integer_key(table)
        if bounds is None or key is None:
            return generic.every_nth(table, columns, rows=rows, of=of, seed=seed)
        return generic.key_ranges(table, columns, key, rows=rows, seed=seed, bounds=bounds)

    script = "mysql"
    script_key = "@efface_key"

    def joined(self, parts: Sequence[ColumnElement[str]]) -> ColumnElement[str]:
        """Use CONCAT: || means OR here."""
        return func.concat(*parts, type_=String)

    def length(self, text: ColumnElement[str]) -> ColumnElement[int]:
        """Count characters, not bytes."""
        return func.char_length(text)

    def hashed(self, text: ColumnElement[str]) -> ColumnElement[str] | None:
        """Use SHA-256 of the text in one character set: it works on bytes."""
        same = func.convert(text.op("USING")(literal_column("utf8mb4")))
        return func.sha2(same, 256, type_=String)
