"""Which rows triggers made of the subject's own while it is erased: all in them is the subject's.

Only rows that came to be in our own transaction, in which something sure of the subject stands, and
that cannot be made of a row of somebody else that is rewritten as well. Reads only.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from sqlalchemy import Connection, Integer, Table, func, select

from scanner.database import dialect_of, reading
from scanner.graph import table_of
from scanner.model import Key, TableRef
from scanner.planner import Draft
from scanner.plans import Mention
from scanner.rows import Address, chunks, named
from scanner.subjects.searcher import RowHits, text

Place = tuple[TableRef, Key]
"""A row."""


@dataclass(frozen=True, slots=True)
class _Other:
    """A cell of somebody else that is rewritten where a trigger may copy it.

    ``said`` is what its letters and digits were; ``keys`` name its row where it says nothing else
    than the subject's name or address, as the subject's own row does; None: it cannot be named.
    """

    said: str = field(repr=False)
    keys: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Copies:
    """Tells copies of the subject's rows from all else, for one erasure.

    ``highest`` are the highest keys that tables had before, where another connection cannot be
    asked what was there; ``active``: whether triggers can have copied anything.
    """

    connection: Connection = field(repr=False)
    draft: Draft = field(repr=False)
    others: tuple[_Other, ...] = field(repr=False)
    highest: Mapping[TableRef, Any] = field(repr=False)
    active: bool

    @classmethod
    def of(cls, connection: Connection, draft: Draft) -> Self:
        """Note, before anything is written, what is needed to know copies by."""
        dialect = dialect_of(connection)
        unseen = not dialect.all_triggers(connection)
        # A row that follows a rewritten value is somebody else's, and may be copied as well.
        active = (bool(draft.plan.triggers) or unseen) and not draft.follows
        if not active or not (dialect.writes_alone or dialect.shows_committed):
            return cls(connection, draft, (), {}, active=False)
        others = (m for m in draft.plan.mentions if unseen or str(m.table) in draft.plan.triggers)
        found = tuple({*(o for m in others for o in _others(draft, m))})
        highest = _highest(connection, draft) if dialect.writes_alone else {}
        return cls(connection, draft, found, highest, active=True)

    def __call__(self, rows: Sequence[RowHits]) -> dict[Place, RowHits]:
        """Choose the rows that are copies of the subject's, with all that is found in them."""
        if not self.active:
            return {}
        mine = [hit for hit in rows if not self._of_others(hit)]
        return {(hit.table, hit.key): self._whole(hit) for hit in self._added(mine)}

    def _whole(self, hit: RowHits) -> RowHits:
        """Read a row as one of the subject's own, in which a part of its name counts anywhere."""
        texts = {c: v for c, v in hit.values.items() if isinstance(v, str)}
        found = {c: self.draft.matcher.find(text(v), own=True) for c, v in texts.items()}
        return replace(hit, found={**hit.found, **{c: ms for c, ms in found.items() if ms}})

    def _of_others(self, hit: RowHits) -> bool:
        """Whether a row holds what a cell of somebody else held."""
        if not self.others:
            return False
        values = [text(v) for v in hit.values.values() if v is not None]
        raw = "\n".join(values)
        flat = _flat("\n".join([raw, *(s for v in values for s in _strings(v))]))
        return any(
            other.said in flat and (other.keys is None or all(_holds(raw, k) for k in other.keys))
            for other in self.others
        )

    def _added(self, rows: Sequence[RowHits]) -> Iterator[RowHits]:
        """Choose the rows that were not there before."""
        tables: dict[TableRef, list[RowHits]] = {}
        for hit in rows:
            tables.setdefault(hit.table, []).append(hit)
        if not tables:
            return
        if dialect_of(self.connection).writes_alone:
            yield from (hit for hit in rows if self._above(hit))
            return
        with reading(self.connection.engine) as other:
            for where, some in tables.items():
                table, address = table_of(self.draft.schema, where), self.draft.addresses[where]
                there = _there(other, table, address, some)
                yield from (hit for hit in some if hit.key not in there)

    def _above(self, hit: RowHits) -> bool:
        """Whether a row's key is above all that there were."""
        columns = self.draft.addresses[hit.table].columns
        if hit.table not in self.highest or len(columns) != 1:
            return False
        before, key = self.highest[hit.table], hit.values[columns[0]]
        return type(key) is int and (before is None or key > before)


def _others(draft: Draft, mention: Mention) -> Iterator[_Other]:
    """Say by what a copy of somebody else's cell would be known."""
    row = draft.territory.row(mention.table, mention.key)
    if row is not None and row.rows == "own" and row.only is None:
        return
    place = (mention.table, mention.key, mention.column)
    said = text(draft.mentions.values[place][mention.column])
    rest, last = [], 0
    for span in sorted(mention.spans):
        rest.append(said[last : span.start])
        last = max(last, span.end)
    if _flat("".join([*rest, said[last:]])):
        yield _Other(_flat(said))
    else:
        clear = draft.addresses[mention.table].clear
        yield _Other(_flat(said), tuple(map(str, mention.key)) if clear else None)


def _flat(said: str) -> str:
    """Write a text without all that documents and copies write otherwise."""
    return "".join(c for c in said.casefold() if c.isalnum())


def _holds(said: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said) is not None


def _strings(said: str) -> Iterator[str]:
    """Yield the strings of a document: in it letters may be written as numbers."""
    if "\\" not in said:
        return
    try:
        waiting = [json.loads(said)]
    except (ValueError, RecursionError):
        return
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict | list):
            waiting.extend(one.values() if isinstance(one, dict) else one)


def _highest(connection: Connection, draft: Draft) -> dict[TableRef, Any]:
    """Read the highest key of each table that has whole numbers for keys."""
    found: dict[TableRef, Any] = {}
    for where, address in draft.addresses.items():
        table = table_of(draft.schema, where)
        if address.unique and len(address.columns) == 1:
            column = table.c[address.columns[0]]
            if isinstance(column.type, Integer):
                found[where] = connection.scalar(select(func.max(column)))
    return found


def _there(other: Connection, table: Table, address: Address, rows: Sequence[RowHits]) -> set[Key]:
    """Name those of some rows that others see as well: they were there before."""
    if not address.unique:
        asked = ((hit, address.locate(table, hit.values)) for hit in rows)
        return {
            hit.key
            for hit, which in asked
            if other.scalar(select(func.count()).select_from(table).where(which))
        }
    dialect, names = dialect_of(other), address.columns
    keys = [tuple(hit.values[c] for c in names) for hit in rows]
    found: set[Key] = set()
    for some in chunks(keys, dialect.max_keys // len(names)):
        query = select(*(table.c[c] for c in names)).where(named(dialect, table, names, some))
        found |= {address.key(dict(zip(names, r, strict=True))) for r in other.execute(query)}
    return found
