"""From changes to patches: what a script can say of them, tried out in the database. Reads only.

A row whose change cannot be told without what it holds is left out, with the reason; so is a cell.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Enum,
    Integer,
    String,
    Table,
    literal,
    null,
    select,
)

from scanner import strategies
from scanner.changes import changed
from scanner.database import dialect_of
from scanner.followers import followers
from scanner.graph import table_of
from scanner.model import Key, TableRef
from scanner.planner import Draft
from scanner.rewriter import Edit
from scanner.rows import Address, chunks, named
from scanner.rulebook import Pack
from scanner.scripting.recipes import (
    Cut,
    Guard,
    Keyed,
    Patch,
    bare,
    cut,
    cut_json,
    fingerprint,
    joined_text,
    secret_of,
)
from scanner.texts.stored import Document

CHUNK = 200
"""Rows of texts that are in memory at once."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """What a cell holds that is to be changed in parts."""

    text: str = field(repr=False)
    guard: Guard


def patches(
    connection: Connection, draft: Draft, pack: Pack, unwritable: Callable[[Patch], str]
) -> Iterator[tuple[TableRef, Key, Patch | str]]:
    """Write each change as a patch, or say why it has none; table by table.

    What refers to a key that is rewritten follows by itself: no patch names it. ``unwritable`` says
    why a script cannot hold a patch.
    """
    edits = changed(draft, pack)
    follows = followers(connection, draft.schema, draft.addresses, edits)
    whole = {(e.table, e.key): follows.foreseen(e) for e in edits}
    made: dict[tuple[TableRef, Key], Patch | str] = {}
    for where, key, patch in _patches(connection, draft, pack, whole.values()):
        why = unwritable(patch) if isinstance(patch, Patch) else ""
        one = why or patch
        depth = follows.depth.get(where, 0)
        made[where, key] = replace(one, depth=depth) if isinstance(one, Patch) else one
    out = list(_left_out(edits, made))
    stays = followers(connection, draft.schema, draft.addresses, out).cells
    for (where, key), one in made.items():
        if (
            isinstance(one, Patch)
            and whole[where, key].followed & stays.get(where, {}).get(key, {}).keys()
        ):
            yield where, key, "it follows a key that is not in this script"
        elif isinstance(one, str) or one.new or one.lacks:
            yield from _parts(where, key, one)


def _parts(
    where: TableRef, key: Key, one: Patch | str
) -> Iterator[tuple[TableRef, Key, Patch | str]]:
    """Give what of a row can be written, and why the rest cannot."""
    if isinstance(one, str) or one.new:
        yield where, key, one
    for why in () if isinstance(one, str) else one.lacks.values():
        yield where, key, why


def _left_out(
    edits: Iterable[Edit], made: Mapping[tuple[TableRef, Key], Patch | str]
) -> Iterator[Edit]:
    """Give the edits that a script does not make; of those that it makes in part, the rest."""
    for edit in edits:
        one = made[edit.table, edit.key]
        if isinstance(one, str):
            yield edit
        elif one.lacks:
            yield replace(edit, new={n: v for n, v in edit.new.items() if n in one.lacks})


def _patches(
    connection: Connection, draft: Draft, pack: Pack, edits: Iterable[Edit]
) -> Iterator[tuple[TableRef, Key, Patch | str]]:
    tables: dict[TableRef, list[Edit]] = {}
    for edit in edits:
        tables.setdefault(edit.table, []).append(edit)
    reader = _Reader(connection, draft, pack.key)
    for where, some in sorted(tables.items()):
        for part in chunks(some, CHUNK):
            yield from reader.patches(table_of(draft.schema, where), draft.addresses[where], part)


class _Reader:
    """Reads what is needed of the stored texts, and tries out what was made of it."""

    def __init__(self, connection: Connection, draft: Draft, key: str) -> None:
        self.connection, self.dialect = connection, dialect_of(connection)
        query = secret_of(self.dialect, draft, key)
        self.secret = None if query is None else literal(connection.scalar(query), String)

    def patches(
        self, table: Table, address: Address, edits: Sequence[Edit]
    ) -> Iterator[tuple[TableRef, Key, Patch | str]]:
        """Patch some rows of one table."""
        told = {e.key: _unnamed(address, e) for e in edits}
        stored = self._stored(table, address, [e for e in edits if e.spans and not told[e.key]])
        for edit in edits:
            yield edit.table, edit.key, told[edit.key] or self._patch(table, address, edit, stored)

    def _stored(
        self, table: Table, address: Address, edits: Sequence[Edit]
    ) -> dict[tuple[Key, str], _Stored]:
        """Read the texts of which pieces change, with what recognises them."""
        names = sorted({n for e in edits for n in e.spans})
        bodies = {n: b for n in names if (b := self.dialect.body(bare(table.c[n]))) is not None}
        if not bodies:
            return {}
        wanted: list[ColumnElement[Any]] = [table.c[c] for c in address.columns]
        for body in bodies.values():
            wanted += [body, self.dialect.length(body), self._fingerprint(body)]
        wanted = [w.label(f"c{n}") for n, w in enumerate(wanted)]
        query = select(*wanted).select_from(table)
        found, width = {}, len(address.columns)
        keys = [tuple(e.place[c] for c in address.columns) for e in edits]
        for row in self.connection.execute(
            query.where(named(dialect_of(self.connection), table, address.columns, keys))
        ):
            key = address.key(dict(zip(address.columns, row, strict=False)))
            for n, name in enumerate(bodies):
                text, length, digest = row[width + 3 * n : width + 3 * n + 3]
                if text is not None:
                    found[key, name] = _Stored(text, Guard(length, digest or ""))
        return found

    def _fingerprint(self, body: ColumnElement[str]) -> ColumnElement[Any]:
        made = None if self.secret is None else fingerprint(self.dialect, body, self.secret)
        return null() if made is None else made

    def _patch(
        self,
        table: Table,
        address: Address,
        edit: Edit,
        stored: Mapping[tuple[Key, str], _Stored],
    ) -> Patch | str:
        new: dict[str, Any] = {}
        guards: dict[str, Guard | None] = {}
        lacks: dict[str, str] = {}
        for name, value in sorted((n, v) for n, v in edit.new.items() if n not in edit.followed):
            cell = stored.get((edit.key, name))
            if name in edit.spans:
                guards[name] = cell.guard if cell else None
            made = _settled(table.c[name], value, address, edit.key)
            if made is _UNSETTLED and cell is not None:
                way = cut if isinstance(value, str) else cut_json
                made = way(cell.text, value, edit.spans[name]) or _UNSETTLED
            if made is _UNSETTLED:
                lacks[name] = f"{name} cannot be changed by position"
            elif isinstance(made, str) and not (made.isprintable() or self.dialect.many_lines):
                lacks[name] = f"{name} keeps several lines"
            else:
                new[name] = made
        patch = Patch(
            edit.table,
            edit.key,
            edit.place,
            new,
            {n: g for n, g in guards.items() if n in new},
            lacks=lacks,
        )
        return patch if self._works(table, address, patch, edit) else "positions in it differ"

    def _works(self, table: Table, address: Address, patch: Patch, edit: Edit) -> bool:
        """Try out in the database, which only reads, whether pieces become what was planned."""
        cuts = {n: c for n, c in patch.new.items() if isinstance(c, Cut)}
        if not cuts:
            return True
        key = tuple(patch.place[c] for c in address.columns)
        texts = [joined_text(self.dialect, table.c[n], c) for n, c in cuts.items()]
        query = (
            select(*texts)
            .select_from(table)
            .where(named(dialect_of(self.connection), table, address.columns, [key]))
        )
        row = self.connection.execute(query).first()
        return row is not None and all(
            made is not None and _same(made, edit.new[n]) for n, made in zip(cuts, row, strict=True)
        )


_UNSETTLED = object()
"""A value that is no placeholder as a whole."""


def _same(made: str, new: Any) -> bool:
    if isinstance(new, Document):
        return Document(made) == new
    if isinstance(new, str):
        return made.rstrip() == new.rstrip()  # CHAR is padded
    return bool(json.loads(made) == new)


def _unnamed(address: Address, edit: Edit) -> str:
    """Say why a row cannot be named in a script; empty where it can."""
    names = (edit.table.schema, edit.table.name, *address.columns, *edit.new)
    if not all(n.isprintable() for n in names):
        return "a name in it cannot be written on a line"
    if not address.unique:
        return "no key tells its rows apart"
    if not address.clear:
        return "its key may itself say who somebody is"
    if set(address.columns) & set(edit.new):
        return "its key changes"
    values = [edit.place[c] for c in address.columns]
    plain = all(
        isinstance(v, int | Decimal) or (isinstance(v, str) and v.isprintable() and v == v.rstrip())
        for v in values
    )
    return "" if plain else "its key is neither a number nor a text that fits a line"


def _settled(one: Column[Any], value: Any, address: Address, key: Key) -> Any:
    """Give a value that may stand in a script: nothing, a number of ours, a placeholder."""
    if isinstance(value, bytes | dict | list | Document):
        return _UNSETTLED
    number = key[0] if len(key) == 1 and type(key[0]) is int else None
    if number is not None and not isinstance(_type(address, one), Integer):
        number = None
    if not isinstance(value, str):
        return Keyed(negative=True) if number and value == -number else value
    enums = one.type.enums if isinstance(one.type, Enum) else ()
    if value and value not in enums and not strategies.is_placeholder(value):
        return _UNSETTLED
    if number is not None and value and isinstance(one.type, String):
        before, _, after = value.partition(f"-{number}")
        if after[:1] in ("]", "@"):
            return Keyed(f"{before}-", after)
    return value


def _type(address: Address, one: Column[Any]) -> Any:
    table: Any = one.table
    return table.c[address.columns[0]].type
