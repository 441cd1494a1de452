"""Which cells that a plan names are as they were, and which nobody can tell any more. Reads only.

Once the subject's own row is redacted neither a walk nor an identity leads to the other rows, so what
a plan names is looked at itself: rows with a key by that, rows without one by the digest of all that
they held. Such digests are keyed with the subject's own row: once that is rewritten, they say nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, select

from scanner import strategies
from scanner.database import dialect_of, ref
from scanner.graph import Row, Territory, table_of
from scanner.identity import Identity
from scanner.matcher import Matcher
from scanner.model import Key, TableRef
from scanner.plans import CUT, Mention, Plan
from scanner.rewriter import Rewriter, settings, tag, unique_columns
from scanner.rows import Address, chunks, named
from scanner.rulebook import Pack
from scanner.strategies import text_of
from scanner.texts.placeholders import is_placeholder, marks
from scanner.texts.standing import counted, gone
from scanner.texts.stored import Document

SCRUBS = frozenset({"scrub", "scrub_all"})
"""Strategies that leave most of a text: whether they were carried out, only placeholders in it say."""

STREAMED = 1000
"""So many rows are in memory at once where a table has to be read whole."""

Cell = tuple[TableRef, Key, str]


@dataclass(frozen=True, slots=True)
class Remainder:
    """Cells of a plan that are as they were, and those of which that cannot be told."""

    left: set[Cell] = field(default_factory=set, repr=False)
    untold: set[Cell] = field(default_factory=set, repr=False)


@dataclass(slots=True)
class _Planned:
    """What a plan does in one row: a strategy for cells of the subject's own, places in others'."""

    steps: dict[str, str] = field(default_factory=dict)
    mentions: dict[str, Mention] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """Name the cells."""
        return sorted({*self.steps, *self.mentions})


def remaining(
    connection: Connection,
    schema: MetaData,
    plan: Plan,
    pack: Pack,
    addresses: Mapping[TableRef, Address],
    mentions: Collection[Mention],
) -> Remainder:
    """Look at every cell that a plan rewrites: steps, and ``mentions``, a single one of each cell."""
    tables: dict[TableRef, dict[Key, _Planned]] = {}
    for step in plan.steps:
        for key in () if step.purge else step.keys:
            row = tables.setdefault(step.table, {}).setdefault(key, _Planned())
            row.steps |= step.columns
    for one in mentions:
        row = tables.setdefault(one.table, {}).setdefault(one.key, _Planned())
        row.mentions[one.column] = one
    rewriter = Rewriter(pack, plan.basis, Matcher(Identity.of(())), addresses, plan.subject[1])
    found = Remainder()
    for where, planned in sorted(tables.items()):
        table, address = table_of(schema, where), addresses[where]
        seen: set[Key] = set()
        for key, cells in _rows(connection, table, address, planned):
            seen.add(key)
            columns = (
                _standing(connection, table, rewriter, key, cells, planned[key])
                if address.unique
                else planned[
                    key
                ].columns  # all of the row is as it was, or it were another's digest
            )
            found.left.update((where, key, column) for column in columns)
        for key in planned.keys() - seen:
            if _digest(key):
                found.untold.update((where, key, column) for column in planned[key].columns)
    return found


def _digest(key: Key) -> bool:
    """Whether a row is named by what it held: where no row is called so, it may be another now."""
    return str(key[0]).startswith("#")


def _rows(
    connection: Connection, table: Table, address: Address, planned: Mapping[Key, _Planned]
) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Read the planned rows that are there: by their keys, else among all rows of the table."""
    names = {c for one in planned.values() for c in one.columns if c in table.c}
    query = select(*(table.c[c] for c in sorted({*address.columns, *names})))
    plainly = address.clear and all(
        type(v) is int or (isinstance(v, str) and not _digest(k)) for k in planned for v in k
    )
    typed = all(table.c[c].type.python_type in (int, str) for c in address.columns if plainly)
    if plainly and typed and all(len(k) == len(address.columns) for k in planned):
        dialect = dialect_of(connection)
        queries = [
            query.where(named(dialect, table, address.columns, some))
            for some in chunks(list(planned), dialect.max_keys // len(address.columns))
        ]
    else:
        queries = [query]
    for one in queries:
        rows = connection.execute(one.execution_options(yield_per=STREAMED)).mappings()
        # What is asked of a row must wait: some drivers answer nothing else before a result's end.
        yield from [(k, dict(row)) for row in rows if (k := address.key(dict(row))) in planned]


def _standing(
    connection: Connection,
    table: Table,
    rewriter: Rewriter,
    key: Key,
    cells: Mapping[str, Any],
    planned: _Planned,
) -> Iterator[str]:
    """Name the cells of a row with a key in which something planned was not done."""
    whole = frozenset(c for c, how in planned.steps.items() if how not in {*SCRUBS, CUT})
    if whole:
        address = rewriter.addresses[ref(table)]
        row = Row(key, {c: cells[c] for c in address.columns}, "own", whole, identity=False)
        mine = Territory({address.table: {key: row}}, ())
        for edit in rewriter.edits(connection, {address.table: table}, mine):
            yield from edit.new.keys() & whole
    for column, how in planned.steps.items():
        value = cells.get(column)
        if how == CUT:
            untouched = value is not None
        else:
            untouched = how in SCRUBS and _untouched(table.c[column], value, key, rewriter)
        if untouched:
            yield column
    for column, one in planned.mentions.items():
        if not _gone(cells.get(column), one):
            yield column


def _gone(value: Any, mention: Mention) -> bool:
    """Whether placeholders stand where a mention was; of a list or document, as many as it needs."""
    places = strategies.merged(mention.spans, max(s.end for s in mention.spans))
    if isinstance(value, Document | list | dict):
        return counted(text_of(value), places)
    return not isinstance(value, str) or gone(value, places)


def _untouched(column: Column[Any], value: Any, key: Key, rewriter: Rewriter) -> bool:
    """Whether no placeholder stands in a cell that was to be scrubbed; what is no text was emptied."""
    if value is None:
        return False
    if isinstance(value, str | list | dict):
        said = text_of(value)
        scrubbed = is_placeholder(said) or "*" in said or any(True for _ in marks(said))
        return bool(said.strip()) and not scrubbed
    emptied = strategies.apply(
        "redact",
        value,
        column=column,
        entity="",
        key=tag(key, rewriter.subject),
        unique=column.name in unique_columns(column.table),
        spans=(),
        settings=settings(rewriter.pack),
    )
    return bool(emptied != value)
