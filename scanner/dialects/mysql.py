"""MySQL and MariaDB with InnoDB."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Enum,
    Inspector,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
    text,
)
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Select
from sqlalchemy.types import UserDefinedType

from scanner.dialects import generic
from scanner.dialects._keys import Among, sent

REFUSING = re.compile(
    r"CONSTRAINT `(?P<mariadb>[^`]+)` failed|Check constraint '(?P<mysql>[^']+)' is violated"
)
"""What a server says of a value that a check refuses."""


class Dialect(generic.Dialect):
    """One database is one schema; the others of the server are left alone."""

    max_keys = 5000
    at_once = 5000
    can_roll_back = True
    follows_keys = True
    write_isolation = "SERIALIZABLE"
    has_claims = True
    refusals = frozenset({3819, 4025})  # CHECK, of MySQL and of MariaDB
    sentences = {
        1021: "the disk is full",
        1044: "this account may not use that database",
        1045: "the user name or the password is wrong",
        1049: "there is no such database",
        1142: generic.DENIED,
        1205: "rows are locked by another program: try again when it is done",
        1213: "a deadlock with another program: try again",
        1451: generic.REFERRED,
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

    def refusing(self, error: BaseException | None) -> str:
        """Read the name between the ticks; one of a column stands behind its table's."""
        found = REFUSING.search(str(error))
        return next(filter(None, found.groups())) if found else ""

    def column_checks(self, connection: Connection) -> Sequence[tuple[str, str, str]]:
        """Read what MariaDB writes beside a column instead of beneath all."""
        if not getattr(connection.dialect, "is_mariadb", False):
            return ()
        query = text(
            "select table_name, constraint_name, check_clause "
            "from information_schema.check_constraints "
            "where constraint_schema = database() and level = 'Column'"
        )
        try:
            found = connection.execute(query).all()
        except DBAPIError:  # before MariaDB 10.5.10 nothing says which table they are of
            return ()
        return [(table, f"{table}.{column}", said) for table, column, said in found]

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

    locks_rows = True
    shows_committed = True

    idle_seconds = 10
    """A table that was written to within so many seconds may be being written to."""

    def mark(self, connection: Connection) -> str:
        """Read when each idle table was last written to, where that can be relied on.

        InnoDB sets the time at each commit and forgets it at a restart. MySQL answers from a cache
        of its own. Without these privileges triggers are not seen, or others not kept out.
        """
        able = getattr(connection.dialect, "is_mariadb", False)
        if not able or not all(self._may(connection, p) for p in ("TRIGGER", "LOCK TABLES")):
            return ""
        return json.dumps(self._written(connection, self.idle_seconds), sort_keys=True)

    def since(
        self, connection: Connection, mark: str, tables: Sequence[Table]
    ) -> dict[Table, ColumnElement[bool] | None]:
        """Compare the times table by table: of one that was written to any row may have changed."""
        before, now = json.loads(mark), self._written(connection, 0)
        idle = {name for name, when in before.items() if now.get(name) == when}
        return {table: None for table in tables if table.name not in idle}

    def still(self, connection: Connection, mark: str) -> bool:
        """Rely on the times: deletions set them, too."""
        return True

    def _written(self, connection: Connection, idle: int) -> dict[str, str]:
        query = text(
            "select table_name, update_time from information_schema.tables "
            "where table_schema = database() and engine = 'InnoDB' "
            "and table_type in ('BASE TABLE', 'SYSTEM VERSIONED') "
            "and update_time <= now() - interval :idle second"
        )
        return {name: str(when) for name, when in connection.execute(query, {"idle": idle})}

    def _may(self, connection: Connection, privilege: str) -> bool:
        """Whether the account itself, not only by a role, has a privilege for the whole database."""
        query = text(
            "select count(*) from (select grantee, privilege_type from "
            "information_schema.user_privileges union all select grantee, privilege_type from "
            "information_schema.schema_privileges where table_schema = database()) p "
            "where privilege_type = :privilege "
            "and replace(grantee, :quote, '') = current_user()"
        )
        return bool(connection.scalar(query, {"privilege": privilege, "quote": "'"}))

    counts_followers = False

    def written(self, connection: Connection) -> int | None:
        """Add up what MariaDB counts of this session; MySQL counts rows of its own work as well.

        What InnoDB does for foreign keys it does unseen.
        """
        if not getattr(connection.dialect, "is_mariadb", False):
            return None
        query = text(
            "select sum(variable_value) from information_schema.session_status "
            "where variable_name in ('HANDLER_DELETE', 'HANDLER_UPDATE', 'HANDLER_WRITE')"
        )
        return int(connection.scalar(query))

    def all_triggers(self, connection: Connection) -> bool:
        """Ask for the privilege: the catalogue lists them to who has it."""
        return self._may(connection, "TRIGGER")

    @contextmanager
    def held(self, engine: Engine, tables: Sequence[Table], seconds: int) -> Iterator[None]:
        """Lock the tables for reading, which waits for who is writing to them."""
        quote = engine.dialect.identifier_preparer.format_table
        names = ", ".join(f"{quote(t)} READ" for t in tables)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET SESSION lock_wait_timeout = {seconds}")
            try:
                if names:
                    connection.exec_driver_sql(f"LOCK TABLES {names}")
                yield
            finally:
                connection.exec_driver_sql("UNLOCK TABLES")

    def claim(self, connection: Connection, name: str) -> bool:
        """Take a lock of the whole server; its name has at most 64 characters."""
        return connection.scalar(select(func.get_lock(name[:64], 0))) == 1

    def among(self, column: ColumnElement[Any], keys: Sequence[Any]) -> ColumnElement[bool]:
        """Write whole numbers into the statement: a parameter for each took longer than the answer."""
        if (words := sent(keys, _spelled)) is None:
            return column.in_(keys)
        return Among(column, words, "({column} IN ({keys}))")

    def unravels(self, on_delete: str, rows: int) -> bool:
        """Say no, as InnoDB checks row by row; it follows one that refers to itself."""
        return rows == 1 and on_delete == "CASCADE"

    def schemas(self, inspector: Inspector) -> tuple[str, ...]:
        """Only the database that the URL names."""
        return ("",)

    def triggers(
        self, connection: Connection, table: Table, *, deletes: bool = True
    ) -> tuple[str, ...]:
        """Read them from the catalogue."""
        query = text(
            "select trigger_name from information_schema.triggers "
            "where event_object_schema = database() and event_object_table = :t "
            "and (:deletes or event_manipulation <> 'DELETE')"
        )
        names = connection.scalars(query, {"t": table.name, "deletes": deletes})
        return tuple(sorted(names))

    def self_setting(self, connection: Connection) -> dict[tuple[str, str], tuple[str, ...]]:
        """Look for ON UPDATE CURRENT_TIMESTAMP."""
        query = text(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = database() and extra like '%on update%' order by 1, 2"
        )
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for table, column in connection.execute(query):
            found["", table] = (*found.get(("", table), ()), column)
        return found

    def irrevocable(self, connection: Connection) -> frozenset[tuple[str, str]]:
        """Name the tables of MyISAM, Aria and other engines without transactions."""
        query = text(
            "select t.table_name from information_schema.tables t "
            "join information_schema.engines e on e.engine = t.engine "
            "where t.table_schema = database() and e.transactions <> 'YES'"
        )
        return frozenset(("", name) for name in connection.scalars(query))

    def histories(self, connection: Connection) -> frozenset[tuple[str, str]]:
        """Read which tables MariaDB versions; MySQL knows no such thing."""
        query = text(
            "select table_name from information_schema.tables "
            "where table_schema = database() and table_type = 'SYSTEM VERSIONED'"
        )
        return frozenset(("", name) for name in connection.scalars(query))

    def estimate(self, connection: Connection) -> dict[tuple[str, str], int]:
        """Read InnoDB's estimates."""
        query = text(
            "select table_name, table_rows from information_schema.tables "
            "where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')"
        )
        return {("", t): int(n) for t, n in connection.execute(query) if n is not None}

    def exactly(self, column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
        """Compare bytes of one character set: collations differ in how they treat blanks at the end."""
        if not isinstance(column.type, String) or isinstance(column.type, Enum):
            return column == value
        return self._bytes(column) == self._bytes(literal(value, String))

    def _bytes(self, text: ColumnElement[str]) -> ColumnElement[bytes]:
        return cast(func.convert(text.op("USING")(literal_column("utf8mb4"))), LargeBinary)

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

    def digested(self, column: ColumnElement[Any]) -> ColumnElement[str] | None:
        """Use MD5: it only has to show a change."""
        return func.md5(column, type_=String)

    def hashed(self, text: ColumnElement[str]) -> ColumnElement[str] | None:
        """Use SHA-256 of the text in one character set: it works on bytes."""
        same = func.convert(text.op("USING")(literal_column("utf8mb4")))
        return func.sha2(same, 256, type_=String)


class _Spelled(UserDefinedType[str]):
    """Whole numbers with commas between them, as they stand in a statement."""

    cache_ok = True

    def literal_processor(self, dialect: Any) -> Callable[[str], str]:
        """Change nothing: ``_spelled`` alone makes such texts, and of digits."""
        return str


def _spelled(keys: Sequence[Any]) -> BindParameter[str] | None:
    """Spell whole numbers out; nothing where others are among them."""
    if {*map(type, keys)} != {int}:
        return None
    words = ",".join(map(str, keys))
    return bindparam(None, words, _Spelled(), unique=True, literal_execute=True)
