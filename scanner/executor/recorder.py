"""From what was planned and written to the receipt that says so. Reads nothing, writes nothing."""

import platform
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner import __version__
from scanner.guards.bystanders import Bystanders
from scanner.model import ColumnRef, Key, TableRef
from scanner.planner import Draft
from scanner.plans import Basis, Mention, Plan, Review
from scanner.receipts import Receipt
from scanner.scanning import knowledge

TEXT = "FREE_TEXT"
"""The kind of a column that was not known to be personal and named the subject all the same."""


@dataclass(slots=True)
class Tally:
    """What has been written so far: rows, cells by table and column, spans in others' texts.

    ``places`` are the rows' addresses as they are now; they stay in memory. ``inherited`` are the
    reviews of copies that triggers made, which were answered by what they are copies of. ``followed``
    counts cells that nothing names and that the database rewrites with what they refer to,
    ``following`` also those that are named.
    """

    rows: set[tuple[TableRef, Key]] = field(default_factory=set)
    behind: set[tuple[TableRef, Key]] = field(default_factory=set)
    places: dict[TableRef, list[tuple[Any, ...]]] = field(default_factory=dict, repr=False)
    cells: Counter[tuple[TableRef, str]] = field(default_factory=Counter)
    followed: Counter[ColumnRef] = field(default_factory=Counter)
    following: int = 0
    others: Bystanders = field(default_factory=Bystanders)
    mentions: int = 0
    deleted: Counter[TableRef] = field(default_factory=Counter)
    inherited: list[Review] = field(default_factory=list)


def receipt(plan: Plan, last: Draft, tally: Tally, **done: Any) -> Receipt:
    """Write the receipt of an erasure or a rehearsal.

    Args:
        plan: what people read and answered.
        last: the draft of the last round, which knows what triggers wrote meanwhile.
        tally: what was written.
        **done: committed, started, finished, rounds, residue and kpis.
    """
    return Receipt(
        efface=__version__,
        plan=plan.digest,
        subject=plan.subject,
        method=plan.method,
        database=plan.database,
        pack=plan.pack,
        rows=dict(sorted(Counter(str(t) for t, _ in tally.rows).items())),
        cells={f"{t}.{c}": n for (t, c), n in sorted(tally.cells.items())},
        kinds=_kinds(plan.basis, tally.cells),
        followed={str(c): n for c, n in sorted(tally.followed.items())},
        mentions=tally.mentions,
        deleted={str(t): n for t, n in sorted(tally.deleted.items())},
        kept=_most(plan.kept, last.plan.kept),
        reviews=tuple(_answers(plan, tally, last)),
        duties=plan.duties,
        triggers=plan.triggers,
        digests=plan.basis.digests(plan.pack_digest),
        versions={"python": platform.python_version(), **knowledge.versions()},
        **done,
    )


def _most(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """Count what stays by decision: nothing of it goes, and triggers may have copied more of it.

    Afterwards rows may no longer be found that led to the subject by what was erased.
    """
    counts = Counter(before) | Counter(after)
    return dict(sorted(counts.items()))


def _kinds(basis: Basis, cells: Mapping[tuple[TableRef, str], int]) -> dict[str, Mapping[str, int]]:
    """Count cells by table and by what the audit says they held."""
    entities = {(c.of, c.name): t.entity for c, t in basis.columns.items()}
    found: dict[str, Counter[str]] = {}
    for (table, column), count in sorted(cells.items()):
        kind = entities.get((table, column)) or TEXT
        found.setdefault(str(table), Counter())[kind] += count
    return {table: dict(sorted(kinds.items())) for table, kinds in found.items()}


def _answers(plan: Plan, tally: Tally, last: Draft) -> Iterator[Mapping[str, Any]]:
    """List the plan's reviews and those of what triggers wrote meanwhile, with their answers."""
    known = {_cell(r.mention) for r in plan.reviews}
    fresh = (r for r in last.plan.reviews if _cell(r.mention) not in known)
    for review in (*plan.reviews, *tally.inherited, *fresh):
        yield _answer(review)


def _answer(review: Review) -> Mapping[str, Any]:
    return {
        "id": review.id,
        "table": str(review.mention.table),
        "key": list(review.mention.key),
        "column": review.mention.column,
        "answer": review.answer or "kept: nobody answered",
        "by": review.by,
        "when": review.when,
        "why": review.why,
    }


def _cell(mention: Mention) -> tuple[TableRef, str, Key]:
    """Name a mention's cell; a digest changes with the subject's row, so that it names none."""
    digested = str(mention.key[0]).startswith("#")
    return mention.table, mention.column, () if digested else mention.key
