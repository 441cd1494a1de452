"""From a purge to what a script says of it: links that are cut, rows that go, children first. Reads nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from scanner.database import ref
from scanner.errors import Misconfigured
from scanner.model import TableRef
from scanner.planner import Draft
from scanner.purge.purging import Purge
from scanner.purge.references import Reference, key_column
from scanner.purge.unraveler import Unraveler
from scanner.rows import chunks

KEYS = 200
"""How many keys one statement of a script lists."""


@dataclass(frozen=True, slots=True)
class Removal:
    """One statement: rows of ``table`` that go, or stay and have ``cut`` emptied.

    Its rows are those of ``keys``; of a table without a key those that refer by ``by`` to rows of
    its parent with ``keys``.
    """

    table: Table
    keys: Sequence[Any]
    rows: int
    cut: str = ""
    by: Reference | None = None

    @property
    def told(self) -> str:
        """Say what is done, for a remark."""
        if self.cut:
            return f"{self.cut} is emptied: it points at a row that goes"
        return f"deleted, by {self.by.column}" if self.by else "deleted"


def removals(draft: Draft) -> Iterator[Removal]:
    """Describe what a purge deletes and cuts, in the order in which it does; nothing for others.

    Raises:
        Misconfigured: a row has a key that may say who somebody is.
    """
    if draft.purge is None:
        return
    made, ground = draft.purge.uprooting, draft.purge.ground
    _nameable(draft, draft.purge)
    for one, kept in made.cuts.items():
        yield from _by_keys(one.child, kept, one.column)
    loose: dict[TableRef, list[Reference]] = {}
    for one in made.loose:
        if made.counts.get(one):
            loose.setdefault(ref(one.child), []).append(one)
    tables = {*(w for w, rows in made.keys.items() if rows), *loose}
    unraveler = Unraveler(draft.walk.dialect, draft.purge.itinerary, made, size=KEYS)
    order = unraveler.order(ground, tables)
    for one, going in order.emptied.items():
        yield from _by_keys(one.child, going, one.column)
    for where, keys in order.parts:
        yield from _by_keys(ground.tables[where], keys)
        for one in loose.get(where, ()):
            parents = list(made.keys[ref(one.parent)])
            yield Removal(one.child, parents, made.counts[one], by=one)


def _by_keys(table: Table, keys: Sequence[Any], cut: str = "") -> Iterator[Removal]:
    for some in chunks(keys, KEYS):
        yield Removal(table, some, len(some), cut)


def _nameable(draft: Draft, purge: Purge) -> None:
    """Refuse rows whose keys are personal data: a script would hold them."""
    made = purge.uprooting
    tables = {w for w, rows in made.keys.items() if rows}
    tables |= {ref(one.child) for one, keys in made.cuts.items() if keys}
    if wrong := sorted(
        str(w)
        for w in tables
        if key_column(purge.ground.tables[w]) and not draft.addresses[w].clear
    ):
        raise Misconfigured(
            f"rows of {', '.join(wrong)} have keys that may say who somebody is, so that no script "
            "can name them: efface erase carries the purge out"
        )
