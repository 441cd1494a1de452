"""What foreign keys rewrite by themselves (ON UPDATE CASCADE) when rows are: foreseen. Reads only.

What refers to a key that is rewritten cannot be written first, nor need it be afterwards: the
database does it. Such cells are not written; they are read back like those that were.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, MetaData, Table, and_, select

from scanner.database import dialect_of, foreign_keys, ref
from scanner.dialects import ForeignKey
from scanner.model import ColumnRef, Key, TableRef
from scanner.rewriter import Edit
from scanner.rows import Address, chunks, named
from scanner.subjects.mentions import Mentions
from scanner.texts.placeholders import is_placeholder

Rows = dict[Key, dict[str, Any]]
"""What cells of some rows will hold."""

Moving = dict[TableRef, dict[Key, tuple[tuple[Any, ...], Mapping[str, Any]]]]
"""Rows that change: what their address holds, and what will."""


@dataclass(frozen=True, slots=True)
class Followers:
    """The cells that follow, by table and by how their row is named before anything is written.

    ``depth`` says how many foreign keys lead from what is written to a table.
    """

    cells: Mapping[TableRef, Rows] = field(default_factory=dict, repr=False)
    depth: Mapping[TableRef, int] = field(default_factory=dict)

    def beside(self, edits: Iterable[Edit]) -> Iterator[tuple[ColumnRef, Key]]:
        """Name the cells that follow and that no edit names."""
        named = {(e.table, e.key, c) for e in edits for c in e.new}
        for where, rows in self.cells.items():
            for key, new in rows.items():
                for column in new:
                    if (where, key, column) not in named:
                        yield ColumnRef(where.schema, where.name, column), key

    def foreseen(self, edit: Edit) -> Edit:
        """Add to an edit what follows in its row, and say that it is not to be written.

        What people decided otherwise on than on what it follows is left: it may only become a
        placeholder, or what it would have become. The database then refuses to write it.
        """
        cells = {
            column: value
            for column, value in self.cells.get(edit.table, {}).get(edit.key, {}).items()
            if not (isinstance(value, str) and column in edit.new)
            or is_placeholder(value)
            or edit.new[column] == value
        }
        if not cells:
            return edit
        return replace(edit, new={**edit.new, **cells}, followed=frozenset(cells))


def followers(
    connection: Connection,
    schema: MetaData,
    addresses: Mapping[TableRef, Address],
    edits: Iterable[Edit],
) -> Followers:
    """Foresee what follows when ``edits`` are written, and what follows that in turn.

    Only where a database is known to follow, and only rows that a key tells apart lead to others.
    """
    if not dialect_of(connection).follows_keys:
        return Followers()
    keys = [
        (child, key)
        for child, key in foreign_keys(connection, schema)
        if key.on_update == "CASCADE"
    ]
    targets = {key.target for _, key in keys}
    moving: Moving = {}
    for edit in edits if keys else ():
        address = addresses[edit.table]
        if str(edit.table).lower() in targets and address.unique:
            place = tuple(edit.place[c] for c in address.columns)
            moving.setdefault(edit.table, {})[edit.key] = place, edit.new
    cells: dict[TableRef, Rows] = {}
    depth: dict[TableRef, int] = {}
    for level in range(1, len(keys) + 1):
        found = _level(connection, schema, addresses, keys, moving)
        moving = {}
        for where, row, new in found:
            address = addresses[where]
            known = cells.setdefault(where, {}).setdefault(address.key(row), {})
            if any(c not in known or known[c] != v for c, v in new.items()):
                known.update(new)  # what follows something that itself follows is known last
                depth[where] = level
                place = tuple(row[c] for c in address.columns)
                moving.setdefault(where, {})[address.key(row)] = place, known
        if not moving:
            break
    return Followers(cells, depth)


def behind(
    connection: Connection,
    schema: MetaData,
    columns: Iterable[tuple[TableRef, str]],
    actions: Collection[str],
) -> list[tuple[Table, ForeignKey]]:
    """List the foreign keys that do one of ``actions`` when these columns are rewritten.

    What follows may be followed in its turn.
    """
    changing = {(str(where).lower(), column.lower()) for where, column in columns}
    waiting = [k for k in foreign_keys(connection, schema) if k[1].on_update in actions]
    found: list[tuple[Table, ForeignKey]] = []
    while fresh := [k for k in waiting if any((k[1].target, to) in changing for to in k[1].to)]:
        waiting = [k for k in waiting if k not in fresh]
        found += fresh
        changing |= {(str(ref(t)).lower(), c.lower()) for t, key in fresh for c in key.columns}
    return found


def beside(
    connection: Connection,
    schema: MetaData,
    addresses: Mapping[TableRef, Address],
    edits: Iterable[Edit],
    mentions: Mentions,
) -> dict[ColumnRef, frozenset[Key]]:
    """Foresee what follows beside the cells that are planned to change: columns, and whose rows."""
    rows: dict[tuple[TableRef, Key], Edit] = {(e.table, e.key): e for e in edits}
    for said in mentions.sure:
        place, here = (said.table, said.key), addresses[said.table].columns
        values = mentions.values[said.table, said.key, said.column]
        known = rows.get(place) or Edit(*place, {c: values[c] for c in here}, {})
        rows[place] = replace(known, new={said.column: None, **known.new})
    found: dict[ColumnRef, set[Key]] = {}
    for column, key in followers(connection, schema, addresses, rows.values()).beside(
        rows.values()
    ):
        found.setdefault(column, set()).add(key)
    return {column: frozenset(keys) for column, keys in sorted(found.items())}


def _level(
    connection: Connection,
    schema: MetaData,
    addresses: Mapping[TableRef, Address],
    keys: Sequence[tuple[Table, ForeignKey]],
    moving: Moving,
) -> list[tuple[TableRef, dict[str, Any], dict[str, Any]]]:
    """Find what refers to the rows ``moving`` by what changes of them."""
    parents = {str(ref(t)).lower(): t for t in schema.tables.values() if ref(t) in moving}
    found = []
    for child, key in keys:
        if (parent := parents.get(key.target)) is None or not addresses[ref(parent)].unique:
            continue
        pairs = dict(zip(_real(child, key.columns), _real(parent, key.to), strict=True))
        rows = {
            place: {c: new[t] for c, t in pairs.items() if t in new}
            for place, new in moving[ref(parent)].values()
        }
        rows = {place: new for place, new in rows.items() if new}
        for place, row in _referring(connection, parent, child, pairs, addresses, list(rows)):
            found.append((ref(child), row, rows[place]))
    return found


def _referring(
    connection: Connection,
    parent: Table,
    child: Table,
    pairs: Mapping[str, str],
    addresses: Mapping[TableRef, Address],
    places: Sequence[tuple[Any, ...]],
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Ask the database, which compares as its foreign key does, what refers to rows of ``parent``."""
    names, dialect, kid = addresses[ref(parent)].columns, dialect_of(connection), child.alias("kid")
    called = addresses[ref(child)].columns
    query = select(
        *(parent.c[c].label(f"p{n}") for n, c in enumerate(names)),
        *(kid.c[c].label(f"k{n}") for n, c in enumerate(called)),
    ).where(and_(*(parent.c[t] == kid.c[c] for c, t in pairs.items())))
    for some in chunks(places, dialect.max_keys // len(names)) if places else ():
        for row in connection.execute(query.where(named(dialect, parent, names, some))).all():
            yield tuple(row[: len(names)]), dict(zip(called, row[len(names) :], strict=True))


def _real(table: Table, names: Sequence[str]) -> list[str]:
    """Give columns the names that the table has for them: a key may write them in other case."""
    known = {c.name.lower(): c.name for c in table.columns}
    return [known[name.lower()] for name in names]
