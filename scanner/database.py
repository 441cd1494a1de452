"""Connections, and what a database looks like from outside. Reads only."""

import contextlib
import fnmatch
import re
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    Computed,
    Connection,
    Engine,
    Float,
    Index,
    Inspector,
    Integer,
    MetaData,
    Numeric,
    Table,
    UniqueConstraint,
    create_engine,
    exc,
)
from sqlalchemy import inspect as look
from sqlalchemy.engine import URL, make_url

from scanner import dialects
from scanner.checks import Check, checks, refusing
from scanner.dialects import Dialect, ForeignKey, generic
from scanner.errors import DatabaseFailed, Misconfigured
from scanner.model import Database, TableRef, digest
from scanner.texts import stored

READ_SECONDS = 600
"""How long one statement of a scan may take."""

DOCUMENTS = frozenset({"sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle"})
"""Kinds of databases whose JSON is read as the text that it is."""

STATEMENTS = 4000
"""How many compiled statements an engine keeps: a walk has a few for each table."""

NAME = r'"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[[^\]]+\]|[\w$#]+'
TABLE = rf"(?P<table>(?:(?:{NAME})\.)*(?:{NAME}))"
UPDATES = re.compile(rf"[A-Z]+ {TABLE} SET (?P<columns>.+?) WHERE ", re.DOTALL)
READS = re.compile(rf"\nFROM {TABLE}")  # SQLAlchemy begins a line so; a text of ours has no lines
CHANGES = re.compile(rf"(?:UPDATE|DELETE FROM|INSERT INTO) {TABLE}[ (]")
ASSIGNED = re.compile(rf"(?:^|, )({NAME})=(?!(?:(?:{NAME})\.)*\1(?:, |$))")
"""What a statement writes: its table and columns, but for what stays as it is."""

FORBIDDEN = re.compile(
    r"\bfor (?:materialized |foreign )?\w+ (?:`[^`\n]+`\.)?(?P<table>`[^`\n]+`|[^\n`]+?)[\"')]*$",
    re.MULTILINE,
)
"""How PostgreSQL and MariaDB end what they say of a table that an account may not use."""

COLUMNS_SHOWN = 12

LOCK_SECONDS = 10
"""How long an erasure waits for somebody else's lock."""


def connect(url: str) -> Engine:
    """Make an engine for ``url``; nothing it raises later shows a row's values.

    Raises:
        Misconfigured: the URL cannot be read, or its driver is not installed.

    """
    try:
        parsed = make_url(url)
        dialect = dialects.named(parsed.get_backend_name())
        documents: dict[str, Any] = {}
        if parsed.get_backend_name() in DOCUMENTS:
            documents = {"json_deserializer": stored.read, "json_serializer": stored.written}
        engine = create_engine(
            dialect.url(parsed), hide_parameters=True, query_cache_size=STATEMENTS, **documents
        )
    except (exc.ArgumentError, ValueError):
        raise Misconfigured(
            "the database URL cannot be read: it looks like "
            "postgresql+psycopg://user:password@host/database"
        ) from None
    except exc.NoSuchModuleError:
        raise Misconfigured("no driver for such a database URL is known") from None
    except ModuleNotFoundError as error:
        raise Misconfigured(
            f"the driver {error.name!r} is not installed: pip install 'efface[all]', or the extra "
            "for this database"
        ) from None
    dialect.prepare(engine)
    return engine


def dialect_of(bind: Engine | Connection) -> Dialect:
    """Choose what we know about the kind of database behind ``bind``."""
    return dialects.named(bind.dialect.name)


@contextmanager
def failing(bind: Engine | Connection, *, done: str = "nothing was changed") -> Iterator[None]:
    """Turn any failure of the database into one sentence that holds no values.

    Raises:
        DatabaseFailed: whatever SQLAlchemy raised; the driver's text may hold a row, so it is
            neither chained nor repeated.

    """
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise DatabaseFailed(f"{reason(bind, error)}; {done}") from None
    except UnicodeError:
        raise DatabaseFailed(f"the database sent text that is not valid; {done}") from None
    except (ValueError, ArithmeticError):
        raise DatabaseFailed(
            f"a value cannot be read as the type of its column: mend it first; {done}"
        ) from None


def reason(bind: Engine | Connection, error: BaseException) -> str:
    """Say what went wrong, from the error's code or its class, never from its text."""
    dialect = dialect_of(bind)
    code = dialect.code(getattr(error, "orig", None))
    writes = UPDATES.match(getattr(error, "statement", None) or "")
    if code in dialect.sentences and not (isinstance(error, exc.IntegrityError) and writes):
        told = dialect.sentences[code]
        return told + (_denied(error) if told == generic.DENIED else "")
    if isinstance(error, exc.CompileError):  # its text may hold a value
        return (
            "a statement cannot be written for this database: a column has a type that is not known"
        )
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return "the connection to the database was lost"
    if isinstance(error, exc.IntegrityError) or code in dialect.refusals:
        return f"a constraint of the database refuses a value{_written(error, _check(bind, error))}"
    if isinstance(error, exc.DataError):
        return f"a value does not fit its column{_written(error)}"
    if isinstance(error, exc.OperationalError) and code is None and bind.dialect.name == "sqlite":
        return "a text in the file is not valid UTF-8: mend it first"
    if isinstance(error, exc.OperationalError) and code is None:
        return "the database does not answer: check host, port, name and credentials"
    told = type(error).__name__ + (f", code {code}" if code is not None else "")
    return f"the database failed ({told}){_place(getattr(error, 'statement', None) or '')}"


def _place(statement: str) -> str:
    """Say which table a statement of ours writes to, or reads first: a name, never a value."""
    written, read = CHANGES.match(statement), READS.search(statement)
    found, done = (written, "written to") if written else (read, "read")
    return f" while {found['table']} was {done}".replace("%%", "%") if found else ""


def _check(bind: Engine | Connection, error: BaseException) -> Check | None:
    """Find the check that refused a value, among those of the table that was written to."""
    found = UPDATES.match(getattr(error, "statement", None) or "")
    name = dialect_of(bind).refusing(getattr(error, "orig", None))
    if found is None or not name:
        return None
    *schema, table = (part.strip('"`[]') for part in found["table"].split("."))
    try:
        with bind.engine.connect() as connection, warnings.catch_warnings():
            warnings.simplefilter("ignore", exc.SAWarning)
            read = Table(
                table,
                MetaData(),
                schema=schema[-1] if schema else None,
                autoload_with=connection,
                resolve_fks=False,
            )
            return refusing(checks(connection, dialect_of(bind), read), name)
    except exc.SQLAlchemyError:
        return None


def _written(error: BaseException, check: Check | None = None) -> str:
    """Say which columns a refused statement writes: its names, none of its values.

    Where it is known which ``check`` refused it, only those that it names.
    """
    found = UPDATES.match(getattr(error, "statement", None) or "")
    if found is None:
        return ": decide otherwise on its column"
    if check is not None:
        those = " or ".join(check.columns)
        return f" of {found['table']} ({check.called}): decide otherwise on {those}"
    columns = [m[1] for m in ASSIGNED.finditer(found["columns"])]
    shown, more = columns[:COLUMNS_SHOWN], len(columns) - COLUMNS_SHOWN
    told = [*shown, *([f"{more} others"] if more > 0 else [])]
    return f" of {found['table']}: decide otherwise on {' or '.join(told)}".replace("%%", "%")


def _denied(error: BaseException) -> str:
    """Say which table a driver names, if our statement names it, too: then it is no value."""
    found = FORBIDDEN.search(str(getattr(error, "orig", "")))
    table = found["table"].strip("`'\"") if found else ""
    statement = getattr(error, "statement", None) or ""
    if table and re.search(rf"(?<![\w$#]){re.escape(table)}(?![\w$#])", statement):
        return f", on {table}"
    return ""


@contextmanager
def reading(engine: Engine, *, seconds: int = READ_SECONDS) -> Iterator[Connection]:
    """Run a block in one read-only transaction that ends in a rollback.

    Raises:
        DatabaseFailed: the database could not be reached, or a statement failed.

    """
    with failing(engine), engine.connect() as connection, connection.begin() as work:
        dialect_of(engine).begin_reading(connection, seconds)
        yield connection
        work.rollback()


@stored.as_objects()
def reflect(connection: Connection, *, only: Collection[str] | None = None) -> MetaData:
    """Read the tables, their columns, keys and indexes; the database's own schemas left out.

    ``only`` are names, in lower case, of the tables that are wanted; else all are.

    ``info["views"]`` of the result lists the views' TableRefs, ``info["failed"]`` maps TableRefs
    that could not be read to the reason, ``info["stored"]`` lists the views that keep copies,
    ``info["partitions"]`` maps tables that are left out to the ones that hold their rows too,
    ``info["indexes"]`` lists full-text indexes of other tables that look like tables,
    ``info["own_indexes"]`` those of texts of their own, which are tables as well,
    ``info["heirs"]`` maps tables to the ones in which their rows show, too, ``info["versioned"]``
    lists tables that keep what their rows held before. ``info["self_setting"]`` of a table lists the
    columns that the database sets whenever a row changes.

    Returns:
        All tables with their real schema (none where the database has no schemas).
    """
    dialect = dialect_of(connection)
    inspector = look(connection)
    schema = MetaData()
    views, stored = [], []
    indexes = {TableRef(*name) for name in dialect.indexes_of_text(connection)}
    failed: dict[TableRef, str] = {}
    parts = {
        TableRef(*part): TableRef(*whole) for part, whole in dialect.partitions(connection).items()
    }
    for name in dialect.schemas(inspector):
        views += [TableRef(name, v) for v in sorted(inspector.get_view_names(name or None))]
        stored += [TableRef(name, v) for v in _stored_views(inspector, name)]
        places = [
            where
            for table in sorted(inspector.get_table_names(name or None))
            if (where := TableRef(name, table)) not in parts
            and where not in indexes
            and (only is None or table.lower() in only)
        ]
        _reflect_tables(schema, connection, name, [where.name for where in places])
        for where in places:
            if problem := _reflect_table(schema, connection, inspector, where):
                failed[where] = problem
    _mark_derived(schema, dialect.derived(connection))
    for (place, name), columns in dialect.self_setting(connection).items():
        table = schema.tables.get(f"{place}.{name}" if place else name)
        if table is not None:
            table.info["self_setting"] = tuple(columns)
    schema.info.update(
        views=views + stored,
        stored=stored,
        failed=failed,
        partitions=parts,
        indexes=sorted(indexes),
        own_indexes=sorted(TableRef(*t) for t in dialect.own_indexes(connection)),
        versioned=sorted(TableRef(*t) for t in dialect.histories(connection)),
        heirs={TableRef(*k): TableRef(*v) for k, v in dialect.heirs(connection).items()},
    )
    return schema


def _mark_derived(schema: MetaData, derived: Mapping[tuple[str, str], Sequence[str]]) -> None:
    """Take columns that a trigger makes of others for computed ones, which nobody writes."""
    for table in schema.tables.values():
        for name in derived.get((table.schema or "", table.name), ()):
            if name in table.c and table.c[name].computed is None:
                table.c[name].computed = Computed("")


def _stored_views(inspector: Inspector, schema: str) -> list[str]:
    """List the materialized views, where the database has any."""
    try:
        return sorted(inspector.get_materialized_view_names(schema or None))
    except NotImplementedError:
        return []


def _reflect_tables(
    schema: MetaData, connection: Connection, name: str, tables: Sequence[str]
) -> None:
    """Read as many tables as can be read at once: some databases answer for all in one statement."""
    with (
        warnings.catch_warnings(),
        contextlib.suppress(exc.SQLAlchemyError),
        connection.begin_nested(),  # a statement that fails would end the transaction
    ):
        warnings.simplefilter("ignore", exc.SAWarning)  # those left out are read one by one
        schema.reflect(connection, schema=name or None, only=tables, resolve_fks=False)


def _reflect_table(
    schema: MetaData, connection: Connection, inspector: Inspector, where: TableRef
) -> str:
    dialect = dialect_of(connection)
    known = schema.tables.get(f"{where.schema}.{where.name}" if where.schema else where.name)
    table = Table(where.name, schema, schema=where.schema or None) if known is None else known
    try:
        with warnings.catch_warnings():
            # A type that SQLAlchemy does not know becomes NullType, which is read all the same.
            warnings.simplefilter("ignore", exc.SAWarning)
            if known is None:
                inspector.reflect_table(table, None, resolve_fks=False)
            for number, key in enumerate(dialect.hidden_keys(inspector, where.name, table.schema)):
                Index(f"hidden_{where.name}_{number}", *(table.c[c] for c in key), unique=True)
            dialect.adjust(connection, table)
    except exc.SQLAlchemyError as error:
        schema.remove(table)
        return f"its columns cannot be read ({type(error).__name__})"
    return ""


def foreign_keys(connection: Connection, schema: MetaData) -> list[tuple[Table, ForeignKey]]:
    """List all foreign keys: they are part of the definitions, which do not change meanwhile."""
    if "foreign keys" not in schema.info:
        dialect = dialect_of(connection)
        schema.info["foreign keys"] = [
            (table, key)
            for table in schema.tables.values()
            for key in dialect.foreign_keys(connection, table)
        ]
    known: list[tuple[Table, ForeignKey]] = schema.info["foreign keys"]
    return known


def wanted(table: TableRef, only: Sequence[str], skip: Sequence[str]) -> bool:
    """Whether the globs let ``table`` in."""

    def hit(globs: Sequence[str]) -> bool:
        return any(
            fnmatch.fnmatchcase(name.lower(), glob.lower())
            for glob in globs
            for name in (table.name, str(table))
        )

    return (not only or hit(only)) and not hit(skip)


def standing(table: Table, written: Collection[str]) -> dict[str, Column[Any]]:
    """Have an update that writes some columns leave those as they are that set themselves."""
    return {c: table.c[c] for c in table.info.get("self_setting", ()) if c not in written}


def ref(table: Table) -> TableRef:
    """Name a reflected table."""
    known: TableRef | None = table.info.get(TableRef)
    if known is None:  # asked for thousands of times
        known = table.info[TableRef] = TableRef(table.schema or "", table.name)
    return known


def fingerprint(schema: MetaData) -> str:
    """Name a schema by all its tables, columns and types, so that a change shows."""
    return digest(
        "\n".join(
            f"{ref(t)}.{c.name} {c.type!r}"
            for t in sorted(schema.tables.values(), key=ref)
            for c in t.columns
        )
    )


def identify(connection: Connection, schema: MetaData) -> Database:
    """Say which database this is."""
    name = dialect_of(connection).name(connection.engine.url)
    return Database(connection.dialect.name, name, fingerprint(schema))


def identity(url: URL) -> str:
    """Name a database across runs by where it is: the journal's file is called so."""
    place = [url.get_backend_name(), url.host or "", str(url.port or ""), url.database or ""]
    return digest("\n".join(place))[:16]


def key_of(table: Table) -> tuple[Column[Any], ...]:
    """Choose the columns that tell rows apart: the primary key, else a unique index.

    Clarify declares no primary keys; ``objid`` is unique by index. Of several unique indexes
    the one with the fewest columns, numbers before texts, wins. Empty where there is none.
    """
    primary = tuple(table.primary_key.columns)
    if primary and all(map(_names, primary)):
        return primary
    unique = [tuple(i.columns) for i in table.indexes if i.unique and i.columns]
    unique += [
        tuple(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint) and c.columns
    ]
    unique = [columns for columns in unique if all(map(_names, columns))]

    def rank(columns: tuple[Column[Any], ...]) -> tuple[int, int, str]:
        texts = sum(not _is_number(c) for c in columns)
        return (texts, len(columns), ",".join(c.name for c in columns))

    return min(unique, key=rank, default=())


def _names(column: Column[Any]) -> bool:
    """Whether a column's values can name rows: documents and lists cannot, nor inexact numbers."""
    return not isinstance(column.type, JSON | ARRAY | Float)


def _is_number(column: Column[Any]) -> bool:
    return isinstance(column.type, Integer | Numeric)
