"""Oracle Database. Never run live here: its statements are tested as text."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Inspector,
    String,
    Table,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.oracle import LONG
from sqlalchemy.sql import Select

from scanner.dialects import generic


class Dialect(generic.Dialect):
    """Oracle takes 1,000 values in a list, stores empty texts as NULL and has LONG columns."""

    max_keys = 1000
    can_roll_back = True
    compares_text = False
    write_isolation = "SERIALIZABLE"
    sentences = {
        54: "rows are locked by another program: try again when it is done",
        60: "a deadlock with another program: try again",
        1013: "a statement took longer than its time limit",
        1017: "the user name or the password is wrong",
        1031: generic.DENIED,
        8177: "another program changed the same rows: plan again",
        12154: "there is no such database service",
        12541: "the server does not answer",
    }

    def code(self, error: BaseException | None) -> str | int | None:
        """Take the number of the ORA- error."""
        first = error.args[0] if error is not None and error.args else None
        code = getattr(first, "code", None)
        return code if isinstance(code, int) else None

    def begin_reading(self, connection: Connection, seconds: int) -> None:
        """Make this transaction read-only."""
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    def schemas(self, inspector: Inspector) -> tuple[str, ...]:
        """Only the schemas whose tables belong to applications, not to Oracle."""
        query = text("select username from all_users where oracle_maintained = 'N'")
        with inspector.bind.connect() as connection:  # type: ignore[union-attr]  # an engine's
            return tuple(sorted(connection.scalars(query)))

    def prefix(self, value: ColumnElement[Any], length: int) -> ColumnElement[Any]:
        """Leave LONG columns whole: no function takes them."""
        return value if isinstance(value.type, LONG) else func.substr(value, 1, length)

    def first(self, statement: Select[Any], rows: int) -> Select[Any]:
        """Leave it to the caller to stop reading: LONG columns bear no limit (ORA-00997)."""
        return statement

    def settle(self, connection: Connection) -> None:
        """Have deferred constraints checked now."""
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")

    def triggers(
        self, connection: Connection, table: Table, *, deletes: bool = True
    ) -> tuple[str, ...]:
        """Read the enabled ones from the catalogue."""
        query = text(
            "select trigger_name from all_triggers where status = 'ENABLED' "
            "and lower(table_name) = lower(:t) and lower(owner) = lower(:s) "
            "and (:deletes = 1 or triggering_event <> 'DELETE')"
        )
        said = {"t": table.name, "s": table.schema or "", "deletes": int(deletes)}
        names = connection.scalars(query, said)
        return tuple(sorted(names))

    def estimate(self, connection: Connection) -> dict[tuple[str, str], int]:
        """Read what the last DBMS_STATS run counted."""
        query = text(
            "select lower(owner), lower(table_name), num_rows from all_tables "
            "where num_rows is not null"
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
        """Sample blocks of a big table, rows of another; LONG columns may be read so too.

        The clause follows the table's name, which here ends the statement.
        """
        share = 100.0 * rows / max(of or rows, rows)
        big = (of or 0) > self.small_enough_to_pass
        kind, percent = ("SAMPLE BLOCK", 3 * share) if big else ("SAMPLE", 1.2 * share)
        clause = f"{kind} ({min(max(percent, 0.000001), 99.999999):.6f}) SEED ({int(seed)})"
        return select(*columns(table)).select_from(table).suffix_with(clause)

    small_enough_to_pass = 200_000
    """A table of so many rows is read through (without sending them) for an even sample."""

    script = "oracle"
    many_lines = False
    script_key = ":efface_key"

    def body(self, column: ColumnElement[Any]) -> ColumnElement[str] | None:
        """Leave LONG columns out: no function takes them."""
        if isinstance(column.type, LONG):
            return None
        made = super().body(column)
        return made if made is None or made is column else cast(column, String(4000))

    def hashed(self, text: ColumnElement[str]) -> ColumnElement[str] | None:
        """Use SHA-256 (12c and later), written as hexadecimal digits."""
        made = func.standard_hash(text, literal_column("'SHA256'"))
        return func.rawtohex(made, type_=String)

    def head(self, text: ColumnElement[str]) -> ColumnElement[str]:
        """Take the first 900 characters, as VARCHAR2: STANDARD_HASH takes no CLOB."""
        return func.dbms_lob.substr(text, 900, 1, type_=String)
