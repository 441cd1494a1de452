"""PostgreSQL."""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ARRAY,
    CHAR,
    JSON,
    TEXT,
    VARCHAR,
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Float,
    FromClause,
    Integer,
    Numeric,
    String,
    Table,
    Text,
    UpdateBase,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    tablesample,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Select
from sqlalchemy.types import Enum, NullType, TypeEngine

from scanner.dialects import _words, generic
from scanner.dialects._keys import Among, sent
from scanner.dialects._postgresql_types import Called, Padded, comparable, wide
from scanner.texts import stored

UTF8 = {"client_encoding": "utf8"}


class Dialect(generic.Dialect):
    """PostgreSQL has real read-only transactions and page samples."""

    max_keys = 5000
    at_once = 100_000
    can_roll_back = True
    follows_keys = True
    sees_triggers = True
    system_schemas = frozenset({"information_schema", "pg_catalog", "pg_toast"})
    write_isolation = "REPEATABLE READ"
    has_claims = True
    sentences = {
        "28P01": "the user name or the password is wrong",
        "28000": "this account may not log in",
        "23503": generic.REFERRED,
        "3D000": "there is no such database",
        "40001": "another program changed the same rows: plan again",
        "40P01": "a deadlock with another program: try again",
        "42501": generic.DENIED,
        "53100": "the disk is full",
        "55P03": "rows are locked by another program: try again when it is done",
        "57014": "a statement took longer than its time limit, or was cancelled",
        "57P01": "the server shut the connection down",
    }

    def url(self, url: URL) -> URL:
        """Ask for UTF-8: a driver takes SQL_ASCII, which says nothing, for no text at all."""
        return url if "client_encoding" in url.query else url.update_query_dict(UTF8)

    def code(self, error: BaseException | None) -> str | int | None:
        """Take the SQLSTATE; a refused login has none, and only its text says why."""
        if state := getattr(error, "sqlstate", None):
            return str(state)
        said = str(error)
        known = {'role "': "28P01", "does not exist": "3D000", "authentication failed": "28P01"}
        return next((code for words, code in known.items() if words in said), None)

    def given(self, value: Any, column: Column[Any]) -> ColumnElement[Any]:
        """Give it the column's type; a domain's own check would refuse it at once."""
        kind = getattr(column.type, "data_type", column.type)
        return cast(literal(value, kind), kind)

    def begin_reading(self, connection: Connection, seconds: int) -> None:
        """Set this transaction read-only, with a time limit for each statement."""
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {seconds * 1000}")

    def lock_waits(self, connection: Connection, seconds: int) -> None:
        """Give up on a lock after ``seconds``."""
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {seconds * 1000}")

    def claim(self, connection: Connection, name: str) -> bool:
        """Take an advisory lock of this database; its number is made from the name."""
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        return bool(connection.scalar(select(func.pg_try_advisory_lock(number))))

    def snapshot(self, connection: Connection) -> str:
        """Read the oldest transaction that was still running: all newer rows are from it or later."""
        query = "select (txid_snapshot_xmin(txid_current_snapshot()) & 4294967295)::text"
        return str(connection.scalar(text(query)))

    def newer(self, snapshot: str) -> tuple[ColumnElement[bool], ColumnElement[str]]:
        """Compare the transactions that wrote the rows (xmin) by their age, which wraps around."""
        recent = literal_column(f"age(xmin) <= age('{int(snapshot)}'::xid)", Boolean)
        version = literal_column("tableoid::text || ctid::text || '/' || xmin::text", String)
        return recent, version

    tells_rows = True

    def mark(self, connection: Connection) -> str:
        """Take the oldest transaction that is still running, and which ones are seen."""
        return f"{self.snapshot(connection)}/{self._seen(connection)}"

    def untouched(self, connection: Connection, mark: str) -> bool:
        """Ask whether the same transactions are seen, and whether this one has written nothing yet."""
        query = text("select txid_current_snapshot()::text, txid_current_if_assigned() is null")
        seen, reads = connection.execute(query).one()
        return bool(reads) and seen == mark.partition("/")[2]

    def still(self, connection: Connection, mark: str) -> bool:
        """Ask whether the same transactions are seen: all that was committed needed one.

        What is seen only grows, so equal ends mean that nothing was committed between them.
        """
        return self._seen(connection) == mark.partition("/")[2]

    def _seen(self, connection: Connection) -> str:
        return str(connection.scalar(text("select txid_current_snapshot()::text")))

    def nothing_new(self, ours: Connection, other: Connection) -> bool:
        """Compare the transactions that both see: each that has ended since may have been committed.

        A savepoint that wrote has a number of its own, which looks as if it had ended.
        """
        query = text("select txid_current_snapshot()::text, txid_current_if_assigned()")
        (before, own), now = ours.execute(query).one(), str(other.execute(query).one()[0])
        return own is not None and not _words.ended(before, now)

    def since(
        self, connection: Connection, mark: str, tables: Sequence[Table]
    ) -> dict[Table, ColumnElement[bool] | None]:
        """Ask all tables in a few statements whether they hold rows of newer transactions."""
        recent, _ = self.newer(mark.partition("/")[0])
        found: dict[Table, ColumnElement[bool] | None] = {}
        for start in range(0, len(tables), self.tables_at_once):
            some = tables[start : start + self.tables_at_once]
            asked = [
                select(literal(n)).where(exists(select(1).select_from(t).where(recent)))
                for n, t in enumerate(some)
            ]
            found |= {some[n]: recent for n in connection.scalars(union_all(*asked))}
        return found

    def catalogue(self, connection: Connection) -> str:
        """Digest the versions of the rows of the catalogue that define tables and what they trigger."""
        query = text(
            "select md5(string_agg(v, ' ' order by v)) from ("
            "select concat('a', attrelid, '.', attnum, '/', xmin) as v from pg_attribute "
            "union all select concat('c', oid, '/', relname, '/', relnamespace, relkind) "
            "from pg_class union all select concat('i', indexrelid, '/', xmin) from pg_index "
            "union all select concat('k', oid, '/', xmin) from pg_constraint "
            "union all select concat('d', oid, '/', xmin) from pg_attrdef "
            "union all select concat('t', oid, '/', xmin) from pg_type "
            "union all select concat('g', oid, '/', xmin) from pg_trigger "
            "union all select concat('r', oid, '/', xmin) from pg_rewrite "
            "union all select concat('h', inhrelid, '/', xmin) from pg_inherits "
            "union all select concat('n', oid, '/', nspname) from pg_namespace) all_of_it"
        )
        return str(connection.scalar(query))

    tables_at_once = 100
    """Of so many tables one statement asks whether they have changed."""

    def settle(self, connection: Connection) -> None:
        """Have deferred constraints and constraint triggers do their work now."""
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")

    @contextmanager
    def watched(self, connection: Connection) -> Iterator[generic.Copied]:
        """Compare what the server counts of this transaction, triggers' rows too, with our updates.

        It cannot where it does not count, where something was emptied at once (which alone locks a
        table so), and where rows lie in tables that are not named themselves.
        """
        before = self._counts(connection)  # what earlier transactions have not reported yet

        def copied(updated: Mapping[tuple[str, str], int]) -> frozenset[str] | None:
            now = self._counts(connection)
            if before is None or now is None:
                return None
            places = now.keys() | updated.keys()
            own = {p: before.get(p, 0) + updated.get(p, 0) for p in places}
            return frozenset(p[1] for p in places if now.get(p, 0) != own[p])

        yield copied

    def _counts(self, connection: Connection) -> dict[tuple[str, str], int] | None:
        """Map tables to their rows of ``_tallies``; None where they only hold parts of others'."""
        found = self._tallies(connection)
        if found is None or any(part for _, _, part, _ in found):
            return None
        return {(schema, name): rows for schema, name, _, rows in found}

    def _tallies(self, connection: Connection) -> list[tuple[str, str, bool, int]] | None:
        """Read how many rows of which tables this session has written to and not reported yet.

        By whatever: triggers and foreign keys, too. The server counts where it was not told not to,
        which a function may do meanwhile, and not what was emptied at once, which locks like
        nothing else that we do.
        """
        counted = "+".join(
            f"pg_stat_get_xact_tuples_{what}(c.oid)" for what in ("inserted", "updated", "deleted")
        )
        part = "exists (select from pg_inherits where inhrelid = c.oid)"
        known = (
            "current_setting('track_counts')::bool and not exists (select from pg_locks "
            "where pid = pg_backend_pid() and locktype = 'relation' "
            "and mode = 'AccessExclusiveLock') and not exists (select from pg_proc "
            "where pronamespace <> 'pg_catalog'::regnamespace and "
            "concat(prosrc, proconfig::text) ilike '%track\\_counts%')"
        )
        query = text(
            f"select '', '', {known}, 0 union all "  # noqa: S608
            f"select nspname, relname, {part}, {counted} from pg_class c "
            "join pg_namespace n on n.oid = relnamespace "
            f"where relkind = 'r' and nspname <> 'pg_catalog' and {counted} > 0"
        )
        found = [(row[0], row[1], row[2], int(row[3])) for row in connection.execute(query)]
        whether = [counts for schema, _, counts, _ in found if not schema]
        return [row for row in found if row[0]] if all(whether) else None

    def shut_out(self, connection: Connection, tables: Sequence[Table], seconds: int) -> None:
        """Lock the tables against writers, all or none, and never wait while holding some.

        Waiting could end in a deadlock that the other program loses.
        """
        quote = connection.dialect.identifier_preparer.format_table
        names = ", ".join(sorted(quote(t) for t in tables))
        last = time.monotonic() + seconds
        while True:
            try:
                with connection.begin_nested():
                    connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE NOWAIT")
                return
            except DBAPIError as error:
                if self.code(error.orig) != "55P03" or time.monotonic() > last:
                    raise
            time.sleep(0.1)

    def written(self, connection: Connection) -> int | None:
        """Add up what the server counts of this transaction."""
        found = self._tallies(connection)
        return None if found is None else sum(rows for *_, rows in found)

    def among(self, column: ColumnElement[Any], keys: Sequence[Any]) -> ColumnElement[bool]:
        """Send all keys as one parameter, an array; whole numbers as the text of one.

        They may come from a wider column than they are compared with.
        """
        kind, words = wide(column.type), sent(keys, _array)
        if words is None:
            return column == any_(literal(list(keys), ARRAY(kind)))
        if name := NAMES.get(type(kind)):
            return Among(column, words, f"({{column}} = ANY (CAST({{keys}} AS {name}[])))")
        return column == any_(cast(words, ARRAY(kind)))

    def said(self, column: ColumnElement[Any], value: Any) -> ColumnElement[bool] | None:
        """Compare as texts what has no equality of its own: json, xml, points, words to search.

        So are arrays of such. A text of JSON may be written with other letters escaped.
        """
        kind = getattr(column.type, "data_type", column.type)
        if isinstance(kind, ARRAY) and _unequal(kind.item_type):
            return cast(column, Text) == cast(literal(value, column.type), Text)
        if isinstance(kind, Called) and isinstance(value, list):  # an array of such a type
            return cast(column, Text) == cast(cast(literal(value, ARRAY(Text)), kind), Text)
        if not _unequal(kind):
            return None
        ways = [str(value)]
        if isinstance(kind, JSON):
            ways = [stored.written(value)]
            ways += [json.dumps(value, ensure_ascii=False)] if type(value) is str else []
        return or_(*(cast(column, Text) == literal(way, Text) for way in dict.fromkeys(ways)))

    def exactly(self, column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
        """Compare texts as bytes, not as citext or a collation of their own; CHAR only has blanks."""
        kind = getattr(column.type, "data_type", column.type)
        if not isinstance(kind, String) or isinstance(kind, CHAR | Enum):
            return column == value
        return cast(column, Text).collate("C") == literal(value, Text)

    def carry_out(self, connection: Connection, statements: Iterable[UpdateBase]) -> Iterator[int]:
        """Send them without waiting for each answer: the server works while the next is made."""
        driver: Any = connection.connection.dbapi_connection
        library: Any = connection.dialect.dbapi
        able = getattr(library, "Pipeline", None)  # of psycopg, with a libpq that can
        if able is None or not able.is_supported():
            yield from super().carry_out(connection, statements)
            return
        try:
            with driver.pipeline():
                sent: list[Any] = [connection.execute(one) for one in statements]
        except library.Error as error:
            raise DBAPIError.instance(
                None, None, error, library.Error, hide_parameters=True, dialect=connection.dialect
            ) from None
        for one in sent:  # a count is there at once only where the answer was quicker than we
            yield one.rowcount if one.rowcount >= 0 else one.context.cursor.rowcount

    def listed(
        self, columns: Sequence[Column[Any]], rows: Sequence[Sequence[Any]]
    ) -> FromClause | None:
        """Send an array a column: a statement of all rows, where each alone costs ten times as much."""
        kinds = [_assigned(c.type) for c in columns]
        if not all(kinds):
            return None
        sent = (
            bindparam(None, [*values], ARRAY(kind), unique=True)
            for kind, values in zip(kinds, zip(*rows, strict=True), strict=True)
            if kind is not None
        )
        names = [f"c{n}" for n in range(len(kinds))]
        return func.unnest(*sent).table_valued(*names, name="efface_sent").render_derived()

    keeps_versions = True
    shows_committed = True
    streams_by_cursor = True

    def digested(self, column: ColumnElement[Any]) -> ColumnElement[str] | None:
        """Use MD5: it only has to show a change."""
        return func.md5(column, type_=String)

    speaks_rows = True

    def spoken(self, columns: Sequence[ColumnElement[Any]]) -> ColumnElement[str]:
        """Write a row as PostgreSQL does, in brackets."""
        return cast(func.row(*columns), Text)

    def parted(self, line: str) -> list[str | None]:
        """Undouble quotes and backslashes; nothing at all is NULL, an empty text is quoted."""
        return _words.parted(line)

    def triggers(
        self, connection: Connection, table: Table, *, deletes: bool = True
    ) -> tuple[str, ...]:
        """Read the user's triggers that are enabled, and the rules that rewrite an update or a deletion.

        Those of the tables that hold a part of its rows fire as well; there an update may delete a
        row from one part.
        """
        return self.triggers_of(connection, [table], deletes=deletes)[table]

    def triggers_of(
        self, connection: Connection, tables: Sequence[Table], *, deletes: bool = True
    ) -> dict[Table, tuple[str, ...]]:
        """Read those of all tables at once, as ``triggers`` does."""
        query = text(
            "with recursive named(place, s, t) as ("
            "select * from unnest(cast(:places as int[]), cast(:s as text[]), cast(:t as text[]))), "
            "whole(place, oid) as (select d.place, c.oid from pg_class c "
            "join pg_namespace n on n.oid = c.relnamespace "
            "join named d on c.relname = d.t and n.nspname = d.s "
            "union select w.place, i.inhrelid from pg_inherits i join whole w on i.inhparent = w.oid), "
            "parted as (select place from whole group by place having count(*) > 1) "
            "select w.place, g.tgname from pg_trigger g join whole w on w.oid = g.tgrelid "
            "where not g.tgisinternal and g.tgenabled <> 'D' "
            "and (:deletes or g.tgtype & 20 <> 0 or w.place in (select * from parted)) "
            "union select w.place, r.rulename from pg_rewrite r join whole w on w.oid = r.ev_class "
            "where r.ev_type in ('2', '4') and r.ev_enabled <> 'D' "
            "and (:deletes or r.ev_type = '2' or w.place in (select * from parted))"
        )
        asked = {
            "places": [*range(len(tables))],
            "s": [t.schema or "public" for t in tables],
            "t": [t.name for t in tables],
            "deletes": deletes,
        }
        found: dict[int, list[str]] = {}
        for place, name in connection.execute(query, asked):
            found.setdefault(place, []).append(name)
        return {table: tuple(sorted(found.get(n, ()))) for n, table in enumerate(tables)}

    def estimate(self, connection: Connection) -> dict[tuple[str, str], int]:
        """Read what the last ANALYZE or VACUUM counted; -1 there means never.

        Of a table that others inherit from it counted only a part of the rows that it shows.
        """
        query = text(
            "select n.nspname, c.relname, c.reltuples::bigint from pg_class c "
            "join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'm') "
            "and (c.relkind = 'p' or not exists (select from pg_inherits where inhparent = c.oid))"
        )
        return {(s, t): int(n) for s, t, n in connection.execute(query) if n >= 0}

    def partitions(self, connection: Connection) -> dict[tuple[str, str], tuple[str, str]]:
        """Read the partitions, and the tables that inherit all that they have from a single one.

        What has columns of its own is a table like others: ``heirs`` names it.
        """
        return {part: whole for part, whole, alike in self._inheriting(connection) if alike}

    def heirs(self, connection: Connection) -> dict[tuple[str, str], tuple[str, str]]:
        """Read the tables that inherit from another one and have columns of their own."""
        return {part: whole for part, whole, alike in self._inheriting(connection) if not alike}

    def derived(self, connection: Connection) -> dict[tuple[str, str], tuple[str, ...]]:
        """Read what tsvector_update_trigger fills, where it does so whenever what it reads changes.

        Before each row's update, under no condition: then nothing of what stood there is left.
        """
        query = text(
            "select n.nspname, c.relname, string_to_array(encode(g.tgargs, 'escape'), '\\000'), "
            "array(select a.attname::text from pg_attribute a where a.attrelid = c.oid "
            "and a.attnum = any (g.tgattr::int2[])) "
            "from pg_trigger g join pg_proc p on p.oid = g.tgfoid "
            "join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace "
            "join pg_namespace o on o.oid = p.pronamespace where o.nspname = 'pg_catalog' "
            "and p.proname in ('tsvector_update_trigger', 'tsvector_update_trigger_column') "
            "and g.tgtype & 19 = 19 and g.tgqual is null and g.tgenabled in ('O', 'A')"
        )
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for schema, table, (column, _language, *read), watched in connection.execute(query):
            if not watched or set(filter(None, read)) <= set(watched):
                found[schema, table] = (*found.get((schema, table), ()), column)
        return found

    def adjust(self, connection: Connection, table: Table) -> None:
        """Have money, long numbers and domains compared as such, and arrays of domains read as arrays."""
        if any(type(c.type) is NullType for c in table.columns):
            self._call(connection, table)
        for column in table.columns:
            column.type = comparable(column.type)
        super().adjust(connection, table)

    def _call(self, connection: Connection, table: Table) -> None:
        """Look up what types are called that SQLAlchemy does not know, such as xml."""
        query = text(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = cast(:named as regclass) and attnum > 0 and not attisdropped"
        )
        named = connection.dialect.identifier_preparer.format_table(table)
        called = {str(n): str(kind) for n, kind in connection.execute(query, {"named": named})}
        for column in table.columns:
            if type(column.type) is NullType:
                column.type = Called(called[column.name])

    def _inheriting(
        self, connection: Connection
    ) -> list[tuple[tuple[str, str], tuple[str, str], bool]]:
        """List what shows in another table, which one, and whether that shows all of it."""
        query = text(
            "select n.nspname, c.relname, m.nspname, p.relname, c.relispartition or ("
            "not exists (select from pg_inherits o where o.inhrelid = c.oid "
            "and o.inhparent <> i.inhparent) and not exists (select from pg_attribute a "
            "where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped "
            "and a.attinhcount = 0)) from pg_inherits i "
            "join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace "
            "join pg_class p on p.oid = i.inhparent join pg_namespace m on m.oid = p.relnamespace "
            "where c.relkind not in ('i', 'I')"
        )
        return [((s, t), (of, whole), a) for s, t, of, whole, a in connection.execute(query)]

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
        """Take rows of a middling table, and whole pages of a big one, three times what is asked.

        Rows of one page were often written together: three times the pages, of which the caller
        keeps a third, are nearer to a random sample.
        """
        share = 100.0 * rows / max(of or rows, rows)
        big = (of or 0) > self.small_enough_to_pass
        method, percent = (func.system, 3 * share) if big else (func.bernoulli, 1.2 * share)
        source = tablesample(
            table, method(text(f"{min(percent, 100):.6f}")), seed=text(str(int(seed)))
        )
        return select(*columns(source)).select_from(source)

    script = "postgresql"
    script_key = "(SELECT value FROM efface_key)"

    def hashed(self, text: ColumnElement[str]) -> ColumnElement[str] | None:
        """Use MD5: here it only has to show a change."""
        return func.md5(text, type_=String)

    def assignable(self, text: ColumnElement[str], kind: TypeEngine[Any]) -> ColumnElement[Any]:
        """Cast: a computed text is not taken for JSON."""
        same = isinstance(kind, String) and not isinstance(kind, Enum)
        return text if same else cast(text, kind)

    small_enough_to_pass = 200_000
    """A table of so many rows is read through (without sending them) for an even sample."""


def _unequal(kind: TypeEngine[Any]) -> bool:
    """Whether the server has no equality for a type, or nothing is known of it but its name."""
    plain = isinstance(kind, JSON) and not isinstance(kind, JSONB)
    return plain or isinstance(kind, NullType | TSVECTOR)


def _array(keys: Sequence[Any]) -> BindParameter[str] | None:
    """Write whole numbers as the text of an array; nothing where others are among them."""
    if {*map(type, keys)} != {int}:
        return None
    unsaid: Any = NullType()  # where a type were said, its cast would have to be made for each row
    return bindparam(None, f"{{{','.join(map(str, keys))}}}", unsaid, unique=True)


def _assigned(kind: TypeEngine[Any]) -> TypeEngine[Any] | None:
    """Give the type in which values go to a column so that it takes or refuses them as single ones.

    A cast to its own length would cut a text; other types may compare or convert in ways of their own.
    """
    if type(kind) in (String, VARCHAR, Text, TEXT):
        return Text()
    exact = (Integer, Numeric, DateTime, Date)
    return wide(kind) if isinstance(kind, exact) and not isinstance(kind, Float) else None


NAMES = {BigInteger: "BIGINT", Text: "TEXT", Numeric: "NUMERIC", Padded: "BPCHAR"}
"""What types that hold any key are called here."""
