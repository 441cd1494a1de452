"""A database that we know nothing about: what every database can do, and no writing."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import (
    UUID,
    Column,
    ColumnElement,
    Connection,
    Enum,
    Float,
    FromClause,
    Inspector,
    Integer,
    Numeric,
    String,
    Table,
    Text,
    UpdateBase,
    cast,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.engine import URL, Engine
from sqlalchemy.sql import Select
from sqlalchemy.types import JSON, NullType, TypeEngine

from scanner.dialects import _texts

Reader = Callable[[FromClause], Sequence[ColumnElement[Any]]]
"""What to read from a table, or from an alias or a sample of it."""

Copied = Callable[[Mapping[tuple[str, str], int]], frozenset[str] | None]
"""What names the tables that triggers wrote to."""


REFERRED = (
    "a foreign key that was not reckoned with refers to a row that was to be deleted or changed: "
    "change the foreign key, or empty what refers"
)
"""What is wrong where a database says that a row is still referred to."""

DENIED = "this account lacks a permission that the work needs"
"""What is wrong where a database lets the account not do something, most often read a table."""


class ForeignKey(NamedTuple):
    """A foreign key: its columns, the full name of its target in lower case, what it does there."""

    columns: tuple[str, ...]
    target: str
    to: tuple[str, ...]
    on_update: str
    on_delete: str


class Dialect:
    """Flags and a few methods; the other dialects override what they do differently."""

    max_keys = 500
    """How many keys one statement may name."""

    at_once = 0
    """How many keys ``among`` may name; 0: no more than parameters, ``max_keys``."""

    can_roll_back = False
    """Whether a failed erasure leaves nothing behind; without it nothing is written."""

    follows_keys = False
    """Whether what refers to a rewritten key by ON UPDATE CASCADE is left to the database to rewrite."""

    sees_triggers = False
    """Whether ``triggers`` names all that fires, whatever the account may see."""

    locks_rows = False
    """Whether others can write, unseen, to a table of which a transaction did not read all."""

    compares_text = True
    """Whether long texts can be compared (SQL Server's text and Oracle's LONG cannot)."""

    exact_numbers = True
    """Whether a decimal column keeps all digits of a whole number of more than 64 bits."""

    system_schemas: frozenset[str] = frozenset({"information_schema"})
    """Schemas of the database itself, which hold nobody's data."""

    write_isolation: str | None = None
    """The isolation level in which rows that the plan did not see cannot slip in."""

    sentences: dict[str | int, str] = {}
    """Driver's error code to what is wrong, in words that hold no values."""

    refusals: frozenset[str | int] = frozenset()
    """Codes of refused values that the driver does not take for such."""

    has_claims = False
    """Whether the server keeps locks that are about no row: ``claim`` takes one."""

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

    def snapshot(self, connection: Connection) -> str:
        """Name the state that a writing transaction reads, where others can commit beside it.

        Empty where their commits are seen, or wait for ours: there nothing can slip in.
        """
        return ""

    tells_rows = False
    """Whether ``since`` sees row by row what the asking transaction wrote, its triggers too."""

    def mark(self, connection: Connection) -> str:
        """Name what is committed now, to ask later what has changed; empty where none can tell."""
        return ""

    def since(
        self, connection: Connection, mark: str, tables: Sequence[Table]
    ) -> dict[Table, ColumnElement[bool] | None]:
        """Say in which tables, and which of their rows, something may have changed since ``mark``.

        None means any row. A table that is left out is as it was: where that cannot be proved, it
        is not left out.
        """
        return dict.fromkeys(tables)

    def untouched(self, connection: Connection, mark: str) -> bool:
        """Whether it is certain that nobody, this session neither, has changed anything since ``mark``.

        Neither rows nor definitions: whatever was read then reads the same now.
        """
        return False

    def still(self, connection: Connection, mark: str) -> bool:
        """Whether all that ``since`` leaves out is as it was at ``mark``, deleted rows included."""
        return False

    counts_followers = True
    """Whether ``written`` counts the rows that foreign keys write to as well."""

    def written(self, connection: Connection) -> int | None:
        """Count the rows that this session has written to so far, by whatever: triggers, foreign keys.

        Only the difference between two such counts of a transaction means something. None where
        the database cannot tell.
        """
        return None

    def carry_out(self, connection: Connection, statements: Iterable[UpdateBase]) -> Iterator[int]:
        """Execute statements that write, in their order; give the rows of each.

        Raises:
            DBAPIError: one failed; some of those behind it may have been sent already.
        """
        for one in statements:
            yield connection.execute(one).rowcount

    def unravels(self, on_delete: str, rows: int) -> bool:
        """Whether one statement deletes, and counts, so many rows that refer to each other in a circle.

        By a foreign key with ``on_delete``. So it is where it is checked when the statement is done.
        """
        return True

    def catalogue(self, connection: Connection) -> str:
        """Name the state of all tables' definitions; empty where they must be read again."""
        return ""

    def settle(self, connection: Connection) -> None:
        """Have the database do now what it would only do at the commit: nothing may follow the checks."""

    @contextmanager
    def watched(self, connection: Connection) -> Iterator[Copied]:
        """Note the tables that triggers write to while the block runs.

        The function that it gives is told how many rows of which (schema, table)s were updated
        otherwise, and names the tables that triggers wrote to so far; None where that cannot be
        told.
        """
        yield lambda _updated: None

    def targets(
        self, connection: Connection, table: Table, columns: Sequence[str]
    ) -> frozenset[str] | None:
        """Name the tables that are written to as well when ``columns`` of ``table`` are updated.

        By triggers or foreign keys, by theirs in turn, and ``table`` itself only where they do; None
        where that cannot be told.
        """
        return None

    def meddles(self, connection: Connection) -> frozenset[str] | None:
        """Name the tables in which some trigger may change or delete rows, indexes of text apart.

        None where that cannot be told.
        """
        return None

    def newer(self, snapshot: str) -> tuple[ColumnElement[bool], ColumnElement[str]]:
        """Say which rows may be newer than ``snapshot``, and what tells the versions of rows apart."""
        raise NotImplementedError

    def nothing_new(self, ours: Connection, other: Connection) -> bool:
        """Whether it is certain that ``other`` sees nothing that ``ours`` did not see at its begin."""
        return False

    def shut_out(self, connection: Connection, tables: Sequence[Table], seconds: int) -> None:
        """Keep others from writing to ``tables`` until the transaction ends; wait for who does."""

    @contextmanager
    def held(self, engine: Engine, tables: Sequence[Table], seconds: int) -> Iterator[None]:
        """Keep others from writing to ``tables`` while the block runs, from a second connection.

        For databases that lock rows, where the first one has written to none of them.
        """
        raise NotImplementedError
        yield

    def all_triggers(self, connection: Connection) -> bool:
        """Whether ``triggers`` names all that fires for this account."""
        return self.sees_triggers

    def claim(self, connection: Connection, name: str) -> bool:
        """Take the lock ``name`` until the session ends; False where another session has it."""
        raise NotImplementedError

    def code(self, error: BaseException | None) -> str | int | None:
        """Take the error code from a driver's exception, never its text."""
        return getattr(error, "sqlstate", None)

    def refusing(self, error: BaseException | None) -> str:
        """Take from a driver's exception what the constraint is called that refused a value, or ""."""
        return str(getattr(getattr(error, "diag", None), "constraint_name", None) or "")

    def given(self, value: Any, column: Column[Any]) -> ColumnElement[Any]:
        """Write a value as one that a column could hold."""
        return literal(value, column.type)

    def column_checks(self, connection: Connection) -> Sequence[tuple[str, str, str]]:
        """List the checks that reflection overlooks: their table, their name, and what they say."""
        return ()

    # -- the catalogue ----------------------------------------------------------------------

    def schemas(self, inspector: Inspector) -> tuple[str, ...]:
        """List the schemas to look at; ``""`` stands for the only one there is."""
        names = sorted(n for n in inspector.get_schema_names() if n not in self.system_schemas)
        return tuple(names)

    def hidden_keys(
        self, inspector: Inspector, table: str, schema: str | None
    ) -> tuple[tuple[str, ...], ...]:
        """Give the columns of unique constraints that reflection overlooks."""
        return ()

    def name(self, url: URL) -> str:
        """Name the database as people know it, without host or credentials."""
        return (url.database or "").rpartition("/")[2]

    def triggers(
        self, connection: Connection, table: Table, *, deletes: bool = True
    ) -> tuple[str, ...]:
        """Name the triggers that fire when rows of ``table`` are updated, or also deleted.

        Without ``deletes`` those are left out that surely fire at deletions only.
        """
        return ()

    def triggers_of(
        self, connection: Connection, tables: Sequence[Table], *, deletes: bool = True
    ) -> dict[Table, tuple[str, ...]]:
        """Name the triggers of each table, in one statement where a database answers quicker so."""
        return {table: self.triggers(connection, table, deletes=deletes) for table in tables}

    def foreign_keys(self, connection: Connection, table: Table) -> list[ForeignKey]:
        """List the foreign keys of a reflected table."""
        found = []
        for key in table.foreign_key_constraints:
            targets = [e.target_fullname.lower().rpartition(".") for e in key.elements]
            place = targets[0][0]
            if table.schema and "." not in place:
                place = f"{table.schema.lower()}.{place}"
            columns = tuple(key.column_keys)
            actions = ((key.onupdate or "").upper(), (key.ondelete or "").upper())
            found.append(ForeignKey(columns, place, tuple(t[2] for t in targets), *actions))
        return found

    def counts_changes(self, column: Column[Any]) -> bool:
        """Whether the database itself sets a column whenever its row changes."""
        return False

    def self_setting(self, connection: Connection) -> Mapping[tuple[str, str], Sequence[str]]:
        """Map (schema, table)s to columns that the database sets when a row changes and they are not."""
        return {}

    def irrevocable(self, connection: Connection) -> frozenset[tuple[str, str]]:
        """Name the (schema, table)s that a rollback does not bring back."""
        return frozenset()

    def estimate(self, connection: Connection) -> dict[tuple[str, str], int]:
        """Read the catalogue's row counts, (schema, table) to rows; empty where it has none."""
        return {}

    def partitions(self, connection: Connection) -> dict[tuple[str, str], tuple[str, str]]:
        """Read which tables only hold a part of another one's rows: (schema, table) to its whole."""
        return {}

    def heirs(self, connection: Connection) -> dict[tuple[str, str], tuple[str, str]]:
        """Read which tables' rows also show in another one: (schema, table) to that one."""
        return {}

    def derived(self, connection: Connection) -> dict[tuple[str, str], tuple[str, ...]]:
        """Name the columns of (schema, table)s that a trigger of the database's own makes of others."""
        return {}

    def adjust(self, connection: Connection, table: Table) -> None:
        """Change the types of a reflected table that could not be compared or read as they are.

        A UUID is a text, as keys are in plans and in the journal, and as links of other types hold it.
        """
        for column in table.columns:
            if type(column.type) is UUID:
                column.type = _texts.UUID()

    def histories(self, connection: Connection) -> frozenset[tuple[str, str]]:
        """Name the (schema, table)s that keep what their rows held before, out of reach of updates."""
        return frozenset()

    def indexes_of_text(self, connection: Connection) -> frozenset[tuple[str, str]]:
        """Name the (schema, table)s that show another one's text and hold nothing but its words."""
        return frozenset()

    def own_indexes(self, connection: Connection) -> frozenset[tuple[str, str]]:
        """Name the (schema, table)s that index the texts which they hold themselves."""
        return frozenset()

    # -- statements -------------------------------------------------------------------------

    def prefix(self, value: ColumnElement[Any], length: int) -> ColumnElement[Any]:
        """Cut a long text to its first ``length`` characters in the database."""
        return func.substr(value, 1, length)

    def first(self, statement: Select[Any], rows: int) -> Select[Any]:
        """Select no more than the first ``rows``."""
        return statement.limit(rows)

    def bounds(self, connection: Connection, table: Table) -> tuple[int, int] | None:
        """Read the least and the greatest integer key, where samples go by ranges of it."""
        return None

    def sample(
        self,
        table: Table,
        columns: Reader,
        *,
        rows: int,
        of: int | None,
        seed: int,
        bounds: tuple[int, int] | None = None,
    ) -> Select[Any]:
        """Select about ``rows`` of the ``of`` rows of ``table``, at random, without sorting them.

        ``columns`` gives what to read from the table or from its sample. The caller asks only
        where the table has clearly more than ``rows`` rows; more rows than asked for may come.
        """
        return select(*columns(table)).select_from(table).limit(rows)

    def among(self, column: ColumnElement[Any], keys: Sequence[Any]) -> ColumnElement[bool]:
        """Say that a column holds one of ``keys``: at most ``at_once`` of them."""
        return column.in_(keys)

    def said(self, column: ColumnElement[Any], value: Any) -> ColumnElement[bool] | None:
        """Say that a column reads like a value, where nothing else compares them; None elsewhere."""
        return None

    def exactly(self, column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
        """Say that a column holds a text itself, sign by sign, whatever else compares equal to it."""
        return column == value

    def listed(
        self, columns: Sequence[Column[Any]], rows: Sequence[Sequence[Any]]
    ) -> FromClause | None:
        """Send values of ``columns`` as a table to join with, its columns called c0, c1 ...

        None where that cannot be done as exactly as row by row.
        """
        return None

    keeps_versions = False
    """Whether other connections read, at once, what stood in rows before a transaction rewrote them."""

    shows_committed = False
    """Whether other connections read, at once, what is committed, whatever a transaction has written."""

    writes_alone = False
    """Whether nobody else can write while a transaction does."""

    streams_by_cursor = False
    """Whether to stream a query takes statements of its own: to begin it, to end it."""

    def digested(self, column: ColumnElement[Any]) -> ColumnElement[str] | None:
        """Give a digest of a binary cell, which may be large; None where the database makes none."""
        return None

    speaks_rows = False
    """Whether it writes several cells as one text, which ``parted`` takes apart."""

    def spoken(self, columns: Sequence[ColumnElement[Any]]) -> ColumnElement[str]:
        """Write cells as one text."""
        raise NotImplementedError

    def parted(self, line: str) -> list[str | None]:
        """Give the cells of such a text."""
        raise NotImplementedError

    # -- scripts ----------------------------------------------------------------------------

    script = ""
    """The file of rules/scripts that says how a script is framed; empty where none is written."""

    many_lines = True
    """Whether clients pass on a text of several lines as it is; T-SQL and SQL*Plus do not."""

    script_key = ""
    """How a script names the secret that its digests are keyed with; empty where it has none."""

    def body(self, column: ColumnElement[Any]) -> ColumnElement[str] | None:
        """Give a cell as a text that can be cut and measured; None where no function takes it."""
        if isinstance(column.type, String) and not isinstance(column.type, Enum):
            return column
        texts = (JSON, Integer, Numeric, Float, Enum, NullType)
        return cast(column, Text) if isinstance(column.type, texts) else None

    def piece(self, text: ColumnElement[str], start: int, end: int) -> ColumnElement[str]:
        """Cut the characters from ``start`` to before ``end``, counted from 0, out of a text."""
        return func.substr(text, start + 1, end - start, type_=String)

    def joined(self, parts: Sequence[ColumnElement[str]]) -> ColumnElement[str]:
        """Put texts behind each other."""
        return reduce(add, parts)

    def length(self, text: ColumnElement[str]) -> ColumnElement[int]:
        """Measure a text, blanks at its end included."""
        return func.length(text)

    def hashed(self, text: ColumnElement[str]) -> ColumnElement[str] | None:
        """Give a digest of a text, as hexadecimal digits; None where the database makes none."""
        return None

    def head(self, text: ColumnElement[str]) -> ColumnElement[str]:
        """Give as much of a text as a digest can be made of."""
        return text

    def assignable(self, text: ColumnElement[str], kind: TypeEngine[Any]) -> ColumnElement[Any]:
        """Give a text as a column of another type takes it."""
        return text


RANGES = 40
"""So many places of a table a sample comes from, where it goes by ranges of keys."""


def key_ranges(
    table: Table,
    columns: Reader,
    key: ColumnElement[int],
    *,
    rows: int,
    seed: int,
    bounds: tuple[int, int],
) -> Select[Any]:
    """Select the rows that follow ``RANGES`` random keys, one in each equal part of the keys."""
    least, greatest = bounds
    chance = random.Random(seed)  # noqa: S311  # a sample, not a secret
    width = (greatest - least + 1) / RANGES
    each = -(-rows // RANGES)
    starts = [least + int((place + chance.random()) * width) for place in range(RANGES)]
    arms = [
        select(
            select(key.label("k"))
            .select_from(table)
            .where(key >= start)
            .order_by(key)
            .limit(each)
            .subquery(f"r{number}")
            .c.k
        )
        for number, start in enumerate(starts)
    ]
    chosen = union(*arms).subquery("chosen")
    return select(*columns(table)).select_from(table.join(chosen, key == chosen.c.k))


def every_nth(
    table: Table, columns: Reader, *, rows: int, of: int | None, seed: int
) -> Select[Any]:
    """Select every n-th row in the order in which the database reads them."""
    step = max(1, (of or rows) // rows)
    read = columns(table)
    inner = select(
        *(c.label(f"c{i}") for i, c in enumerate(read)), func.row_number().over().label("nth")
    )
    numbered = inner.select_from(table).subquery("numbered")
    wanted = numbered.c.nth % step == seed % step
    return select(*(numbered.c[f"c{i}"] for i in range(len(read)))).where(wanted)
