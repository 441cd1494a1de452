"""What the journal holds of the batches of a purge, and whom it keeps them from. Writes no rows.

As with the erasure of one: what the plan was made from, who was erased (keys, and marks of people),
on whose word. After the commit nobody could tell these any more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from scanner import __version__, bulkplanner
from scanner.bulkplanner import Setting
from scanner.errors import EffaceError, Stopped, Unrecorded
from scanner.identity import Identity
from scanner.journal import Journal
from scanner.planner import NAMED
from scanner.purge.bulk import Bulk, BulkReceipt
from scanner.records import holds, ledger
from scanner.records.ledger import Warrant
from scanner.subjects.gathering import Gathering
from scanner.texts.wording import count


@dataclass(slots=True)
class Sums:
    """What batches did."""

    deleted: Counter[str] = field(default_factory=Counter)
    cells: Counter[str] = field(default_factory=Counter)
    followed: Counter[str] = field(default_factory=Counter)
    mentions: int = 0
    reviews: int = 0

    def add(self, content: Mapping[str, Any]) -> None:
        """Add what the journal says of a batch."""
        self.deleted.update(content.get("deleted", {}))
        self.cells.update(content.get("cells", {}))
        self.followed.update(content.get("followed", {}))
        self.mentions += content.get("mentions", 0)
        self.reviews += content.get("reviews", 0)


def begun(
    journal: Journal,
    plan: Bulk,
    here: Setting,
    many: Gathering,
    number: int,
    warrant: Warrant,
    when: str,
    *,
    basis: Mapping[str, Any],
) -> dict[str, Any]:
    """Say what the journal keeps of a batch that is about to be committed.

    Raises:
        Negative: the journal is broken. Misconfigured: it cannot be written.
    """
    return {
        "batch": number,
        "subject": named(plan, number),
        "method": "purge",
        "directives": dict(plan.directives),
        "basis": ledger.laid(journal, basis, when),
        "subjects": _whom(journal, here, many, plan.batches[number].roots),
        **warrant.to_raw(),
    }


def named(plan: Bulk, number: int) -> dict[str, str]:
    """Name a batch where else a subject is named."""
    return {"table": plan.root, "key": f"batch {number + 1}"}


def _whom(
    journal: Journal, here: Setting, many: Gathering, roots: Sequence[Any]
) -> list[dict[str, Any]]:
    """Name the roots of a batch, people with their marks."""
    if not here.people:
        return [{"table": here.subject.name, "key": key} for key in roots]
    called: Mapping[Any, Identity] = {
        key: many.identities.get(key) or Identity.of(()) for key in roots
    }
    return ledger.subjects(here.subject.name, called, journal.unlock().marking())


def unheld(
    connection: Connection, here: Setting, roots: Iterable[Any], journal: Journal, when: str
) -> None:
    """Refuse where somebody whose rows would go is not to be erased for now.

    Raises:
        Stopped: with the keys of the rows.
    """
    held = bulkplanner.held_roots(connection, here, holds.keys(journal, when))
    if wrong := sorted(map(str, held.intersection(roots))):
        raise Stopped(
            f"a hold is on {count(len(wrong), 'row')} of {here.subject}, or on those whose they are "
            f"({', '.join(wrong[:NAMED])}): plan again without them, or release them with efface log"
        )


def receipt(
    plan: Bulk,
    sums: Sums,
    started: str,
    finished: str,
    commit: bool,
    after: Mapping[str, int],
    left: Mapping[str, Mapping[str, int]],
) -> BulkReceipt:
    """Say what all batches did; ``after`` are the rows of each figure of reports."""
    known = {k["name"]: k["rows"] for k in plan.kpis}
    return BulkReceipt(
        efface=__version__,
        plan=plan.digest,
        root=plan.root,
        directives=plan.directives,
        database=plan.database,
        pack=plan.pack,
        committed=commit,
        started=started,
        finished=finished,
        batches=len(plan.batches),
        roots=plan.roots,
        deleted=dict(sorted(sums.deleted.items())),
        cells=dict(sorted(sums.cells.items())),
        followed=dict(sorted(sums.followed.items())),
        mentions=sums.mentions,
        reviews=sums.reviews,
        residue=left.get("left", {}),
        remaining={kind: some for kind, some in left.items() if kind != "left"},
        kpis=tuple(
            {"name": n, "rows_before": known.get(n, rows), "rows": rows}
            for n, rows in after.items()
        ),
        duties=plan.duties,
        digests={"pack": plan.pack_digest, "workbook": plan.basis.workbook},
    )


def record(journal: Journal, receipt: BulkReceipt, warrant: Warrant) -> None:
    """Write down that all batches are done.

    Raises:
        Unrecorded: they are, but the journal does not say so yet.
    """
    try:
        done = receipt.to_raw() | warrant.to_raw()
        journal.append("done", receipt.finished, receipt.plan, done)
    except EffaceError:
        raise Unrecorded(
            f"all batches were committed, but {str(journal.path)!r} cannot take the receipt: mend "
            "that, then run the same command"
        ) from None
