"""SQLite: one file, one writer, rowids to sample by."""

import json
import re
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    INTEGER,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Inspector,
    Integer,
    Table,
    Text,
    bindparam,
    event,
    exc,
    func,
    literal,
    literal_column,
    select,
    text,
    type_coerce,
)
from sqlalchemy.engine import URL, Engine
from sqlalchemy.sql import Select

from scanner.dialects import generic
from scanner.dialects._keys import Among, sent
from scanner.dialects._sqlite_types import TEXTLESS, Belied, as_stored, usual

WRITES = (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE)
"""What an authorizer calls statements that write."""

WATCH = "efface_watch"
"""Where a connection's own authorizer is kept."""

BELIED = "efface_belied"
"""Where a connection notes which columns hold texts against their type, and as of when."""

INDEX = re.compile(
    r"\s*create\s+virtual\s+table\b.*?\busing\s+fts[345]\s*(?P<said>\(.*)?",
    re.IGNORECASE | re.DOTALL,
)
"""A full-text index, and what is said of it."""

EXTERNAL = re.compile(r"\((?:.*,)?\s*content\s*=", re.IGNORECASE | re.DOTALL)
"""One of what another table holds, or of nothing that can be read again."""

AT_DELETIONS = re.compile(
    r"""\s*create\s+trigger\s+("(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|'[^']+'|\w+)"""
    r"(?:\s+(?:before|after))?\s+delete\s+on\b",
    re.IGNORECASE,
)
"""A trigger that nothing but a deletion fires, in the way that SQLite writes it down."""

SHADOWS = ("content", "segments", "segdir", "docsize", "stat", "data", "idx", "config")
"""What the names of the tables end in that an FTS table is made of."""


REFUSING = re.compile(r"CHECK constraint failed: (.+)", re.DOTALL)
"""What SQLite says of a value that a check refuses: its name, or what it says."""


class Dialect(generic.Dialect):
    """SQLite allows 32,766 parameters since 3.32 and 999 before."""

    max_keys = 900
    at_once = 100_000
    can_roll_back = True
    follows_keys = True
    sees_triggers = True
    exact_numbers = False
    script = "sqlite"
    sentences = {
        5: "the database is locked by another program: try again when it is free",
        6: "a table is locked by another program: try again when it is free",
        8: "the database is read-only for this account",
        11: "the database file is damaged",
        13: "the disk is full",
        14: "there is no such database file, or it cannot be opened",
        26: "the file is not an SQLite database",
    }

    def url(self, url: URL) -> URL:
        """Open an existing file only; a missing one is not created."""
        name = url.database
        if not name or name == ":memory:" or name.startswith("file:"):
            return url
        place = quote(str(Path(name).resolve()))
        return url.set(database=f"file:{place}?mode=rw", query={"uri": "true"})

    def prepare(self, engine: Engine) -> None:
        """Let SQLAlchemy, not the driver, begin transactions, and take the write lock at once."""

        @event.listens_for(engine, "connect")
        def _connect(driver: Any, _record: Any) -> None:
            driver.isolation_level = None

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            writes = connection.get_execution_options().get("efface_writes")
            connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
            if writes:  # before BEGIN, which is what waits
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {writes * 1000}")
                connection.exec_driver_sql("PRAGMA foreign_keys = ON")  # off by default
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    def code(self, error: BaseException | None) -> str | int | None:
        """Take the primary result code."""
        code = getattr(error, "sqlite_errorcode", None)
        return None if code is None else code & 0xFF

    def mark(self, connection: Connection) -> str:
        """Name this connection, what others have committed, and how much it has written itself.

        Others' commits change the data version that a connection sees, but not in a way that means
        anything to another connection.
        """
        driver: Any = connection.connection.dbapi_connection
        name = connection.info.setdefault("efface_mark", secrets.token_hex(8))
        version = connection.scalar(text("PRAGMA data_version"))
        return f"{name}/{version}/{driver.total_changes}"

    def since(
        self, connection: Connection, mark: str, tables: Sequence[Table]
    ) -> dict[Table, ColumnElement[bool] | None]:
        """Ask whether anybody has committed anything; then any row may have changed."""
        return {} if self.untouched(connection, mark) else dict.fromkeys(tables)

    def untouched(self, connection: Connection, mark: str) -> bool:
        """Compare the marks: a change of a definition is a commit like any other."""
        return self.mark(connection) == mark

    def still(self, connection: Connection, mark: str) -> bool:
        """Nothing is left out once anybody has committed."""
        return True

    def written(self, connection: Connection) -> int | None:
        """Read how many rows this connection has changed, those of triggers and foreign keys too."""
        driver: Any = connection.connection.dbapi_connection
        return int(driver.total_changes)

    writes_alone = True

    def refusing(self, error: BaseException | None) -> str:
        """Read the name, or the constraint itself where it has none: never more than the catalogue says."""
        found = REFUSING.fullmatch(str(error))
        return found[1] if found else ""

    def catalogue(self, connection: Connection) -> str:
        """Read the version that each change of the schema counts up."""
        return str(connection.scalar(text("PRAGMA schema_version")))

    @contextmanager
    def watched(self, connection: Connection) -> Iterator[generic.Copied]:
        """Let SQLite name what a statement may write to: it does so when it compiles one."""
        driver: Any = connection.connection.dbapi_connection
        copied: set[str] = set()

        def note(action: int, table: str | None, *more: str | None) -> int:
            trigger = more[-1]
            if action in WRITES and table is not None and trigger is not None:
                copied.add(table)
            return sqlite3.SQLITE_OK

        driver.set_authorizer(note)
        connection.info[WATCH] = note
        try:
            yield lambda _updated: frozenset(copied)
        finally:
            del connection.info[WATCH]
            driver.set_authorizer(None)

    def targets(
        self, connection: Connection, table: Table, columns: Sequence[str]
    ) -> frozenset[str] | None:
        """Have SQLite compile an update of no row."""
        driver: Any = connection.connection.dbapi_connection
        found: set[str] = set()

        def note(action: int, name: str | None, *more: str | None) -> int:
            if action in WRITES and name is not None:
                mine = more[-1] is None and name.lower() == table.name.lower()
                found.update(() if mine else (name,))
            return sqlite3.SQLITE_OK

        quote = connection.dialect.identifier_preparer
        sets = ", ".join(f"{quote.quote(c)} = NULL" for c in columns)
        driver.set_authorizer(note)
        try:
            connection.exec_driver_sql(
                f"EXPLAIN UPDATE {quote.format_table(table)} SET {sets} WHERE 0"  # noqa: S608  # quoted
            )
        finally:
            driver.set_authorizer(connection.info.get(WATCH))
        return frozenset(found)

    def meddles(self, connection: Connection) -> frozenset[str] | None:
        """Have SQLite compile changes of no row of each table that has triggers.

        What an index of text does by itself counts as rows that are written; it is not compiled here.
        """
        driver: Any = connection.connection.dbapi_connection
        found: set[str] = set()

        def note(action: int, name: str | None, *more: str | None) -> int:
            if action in WRITES[1:] and name is not None and more[-1] is not None:
                found.add(name.lower())
            return sqlite3.SQLITE_OK

        quote = connection.dialect.identifier_preparer.quote_identifier
        query = text(
            "select m.name, group_concat(t.name, char(0)) from sqlite_master m "
            "join pragma_table_info(m.name) t where m.type = 'table' and exists (select 1 from "
            "sqlite_master f where f.type = 'trigger' and f.tbl_name = m.name collate nocase) "
            "group by m.name"
        )
        fired = connection.execute(query).all()
        driver.set_authorizer(note)
        try:
            for table, columns in fired:
                name = quote(table)
                sets = ", ".join(f"{quote(c)} = NULL" for c in columns.split("\0"))
                for does in (
                    f"EXPLAIN DELETE FROM {name} WHERE 0",  # noqa: S608  # quoted
                    f"EXPLAIN UPDATE {name} SET {sets} WHERE 0",  # noqa: S608  # quoted
                ):
                    connection.exec_driver_sql(does)
        except exc.DBAPIError:
            return None  # a trigger that cannot fire, as what it names is gone
        finally:
            driver.set_authorizer(connection.info.get(WATCH))
        indexes = {name.lower() for _, name in self.indexes_of_text(connection)}
        return frozenset(found - indexes)

    def schemas(self, inspector: Inspector) -> tuple[str, ...]:
        """SQLite has none."""
        return ("",)

    def hidden_keys(
        self, inspector: Inspector, table: str, schema: str | None
    ) -> tuple[tuple[str, ...], ...]:
        """Read the indexes that SQLite makes for UNIQUE in a column's declaration."""
        found = inspector.get_indexes(table, schema, include_auto_indexes=True)
        made = (i for i in found if str(i["name"]).startswith("sqlite_autoindex_"))
        return tuple(tuple(c for c in i["column_names"] if c) for i in made)

    def name(self, url: URL) -> str:
        """Name the file, without its folder."""
        return (url.database or ":memory:").partition("?")[0].rpartition("/")[2]

    def triggers(
        self, connection: Connection, table: Table, *, deletes: bool = True
    ) -> tuple[str, ...]:
        """Read them from the schema table, which names their table as the trigger's text wrote it."""
        query = text(
            "select name, sql from sqlite_master "
            "where type = 'trigger' and tbl_name = :t collate nocase"
        )
        found = connection.execute(query, {"t": table.name}).all()
        return tuple(sorted(name for name, sql in found if deletes or not AT_DELETIONS.match(sql)))

    def indexes_of_text(self, connection: Connection) -> frozenset[tuple[str, str]]:
        """Look for FTS tables with ``content=``: whoever updates one spoils it, and its text stays."""
        return frozenset(("", name) for name, sql in self._indexes(connection) if _external(sql))

    def own_indexes(self, connection: Connection) -> frozenset[tuple[str, str]]:
        """Look for the other FTS tables: whoever updates a row leaves its words in pages of the index."""
        return frozenset(
            ("", name) for name, sql in self._indexes(connection) if not _external(sql)
        )

    def partitions(self, connection: Connection) -> dict[tuple[str, str], tuple[str, str]]:
        """Name the tables in which FTS tables keep what they hold: writing to them spoils those."""
        query = text("select name from sqlite_master where type = 'table'")
        known = {name.lower(): name for name in connection.scalars(query)}
        return {
            ("", known[part]): ("", name)
            for name, _ in self._indexes(connection)
            for ending in SHADOWS
            if (part := f"{name}_{ending}".lower()) in known
        }

    def _indexes(self, connection: Connection) -> list[tuple[str, str]]:
        query = text("select name, sql from sqlite_master where type = 'table' and sql is not null")
        return [(name, sql) for name, sql in connection.execute(query) if INDEX.match(sql)]

    def adjust(self, connection: Connection, table: Table) -> None:
        """Have numbers read as they are stored, and columns that hold texts against their type as such."""
        super().adjust(connection, table)
        for column in table.columns:
            column.type = as_stored(column.type)
        for column in self._belied(connection, table):
            column.type = Belied(column.type)

    def _belied(self, connection: Connection, table: Table) -> list[Column[Any]]:
        """Look for columns of numbers, dates or bytes that hold texts: SQLite takes them everywhere.

        One pass in the database, unless nothing has changed since the last one.
        """
        mark, known = connection.info.get(BELIED, ("", {}))
        if mark != (now := self.mark(connection)):
            connection.info[BELIED] = now, (known := {})
        if table.name not in known:
            known[table.name] = self._holding_texts(connection, table)
        return [table.c[name] for name in known[table.name]]

    def _holding_texts(self, connection: Connection, table: Table) -> list[str]:
        """Ask for any such text, then for the columns; a thousand tables are asked in no time."""
        alone = list(table.primary_key.columns)
        rowid = alone[0] if len(alone) == 1 and type(alone[0].type) is INTEGER else None
        asked = [c for c in table.columns if isinstance(c.type, TEXTLESS) and c is not rowid]
        says = [_holds_text(c) for c in asked]
        try:
            any_, each = " OR ".join(says), ", ".join(f"max({one})" for one in says)
            here = f"FROM {_quoted(table)}"
            query = f"SELECT 1 {here} WHERE {any_} LIMIT 1"
            if not says or connection.exec_driver_sql(query).first() is None:
                return []
            found = connection.exec_driver_sql(f"SELECT {each} {here}").one()
        except exc.OperationalError:  # a module that is not there, or what it makes cannot be read
            return []
        return [c.name for c, held in zip(asked, found, strict=True) if held]

    def foreign_keys(self, connection: Connection, table: Table) -> list[generic.ForeignKey]:
        """Ask SQLite: what stands behind a column in the table's text is not always reflected."""
        quote = connection.dialect.identifier_preparer.quote
        keys: dict[int, list[Any]] = {}
        for row in connection.exec_driver_sql(f"PRAGMA foreign_key_list({quote(table.name)})"):
            keys.setdefault(row[0], []).append(row)
        found = []
        for rows in keys.values():
            target, actions = rows[0][2], (rows[0][5].upper(), rows[0][6].upper())
            named = tuple(row[4].lower() for row in rows if row[4])
            to = named or self._primary(connection, target)
            columns = tuple(row[3] for row in rows)
            found.append(generic.ForeignKey(columns, target.lower(), to, *actions))
        return found

    def unravels(self, on_delete: str, rows: int) -> bool:
        """Say where it refuses with each row, and where it does not count what follows."""
        return rows == 1 or on_delete not in ("RESTRICT", "CASCADE")

    def _primary(self, connection: Connection, table: str) -> tuple[str, ...]:
        quote = connection.dialect.identifier_preparer.quote
        rows = connection.exec_driver_sql(f"PRAGMA table_info({quote(table)})").all()
        return tuple(row[1].lower() for row in sorted(rows, key=lambda r: r[5]) if row[5])

    def among(self, column: ColumnElement[Any], keys: Sequence[Any]) -> ColumnElement[bool]:
        """Send all keys as one parameter, a JSON list: a statement then costs the same for any."""
        if (words := sent(keys, _listed)) is None:
            return column.in_(keys)
        return Among(column, words, "({column} IN (SELECT value FROM json_each({keys})))")

    def exactly(self, column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
        """Compare bytes, not as NOCASE or RTRIM do."""
        return type_coerce(column, Text).collate("BINARY") == literal(value, Text)  # JSON, too

    def bounds(self, connection: Connection, table: Table) -> tuple[int, int] | None:
        """Read them from the rowid; a table WITHOUT ROWID has none."""
        key = self._rowid(table)
        if key is None:
            return None
        try:
            query = select(func.min(key), func.max(key)).select_from(table)
            ends: Any = connection.execute(query).one()
        except exc.OperationalError:
            return None
        return None if ends[0] is None else (int(ends[0]), int(ends[1]))

    def _rowid(self, table: Table) -> ColumnElement[int] | None:
        """Name the rowid by a name that no column of the table hides."""
        hidden = {c.name.lower() for c in table.columns}
        free = (n for n in ("rowid", "_rowid_", "oid") if n not in hidden)
        name = next(free, None)
        return None if name is None else literal_column(f"{_quoted(table)}.{name}", Integer)

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
        key = self._rowid(table)
        if bounds is None or key is None:
            return generic.every_nth(table, columns, rows=rows, of=of, seed=seed)
        return generic.key_ranges(table, columns, key, rows=rows, seed=seed, bounds=bounds)


def _listed(keys: Sequence[Any]) -> BindParameter[str] | None:
    """Write keys as a JSON list; nothing where one is neither a whole number nor a text."""
    if not {*map(type, keys)} <= {int, str}:
        return None
    return bindparam(None, json.dumps(keys), unique=True)


def _external(sql: str) -> bool:
    found = INDEX.match(sql)
    return bool(found and EXTERNAL.match(found["said"] or ""))


def _holds_text(column: Column[Any]) -> str:
    """Say in SQL that a cell holds a text that its type does not take.

    All numbers sort before all texts, and these before all bytes: quicker than typeof().
    """
    name = '"' + column.name.replace('"', '""') + '"'
    form = usual(column.type)
    return f"({name} > '' AND {name} < x''" + (f" AND {name} NOT GLOB '{form}')" if form else ")")


def _quoted(table: Table) -> str:
    return '"' + table.name.replace('"', '""') + '"'
