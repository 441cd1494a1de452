"""What the journal holds of the batches of a purge, and whom it keeps them from. Writes no rows.

As with the erasure of one: what the plan was made from, who was erased (keys, and marks of people),
on whose word. After the commit nobody could tell these any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from scanner import bulkplanner, holds, ledger
from scanner.bulk import Bulk
from scanner.bulkplanner import Setting
from scanner.errors import Stopped
from scanner.identity import Identity
from scanner.journal import Journal
from scanner.ledger import Warrant
from scanner.multitude import Multitude
from scanner.planner import NAMED


def begun(
    journal: Journal,
    plan: Bulk,
    here: Setting,
    many: Multitude,
    number: int,
    warrant: Warrant,
    when: str,
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
        "basis": ledger.basis_of(journal, plan, when),
        "subjects": _whom(journal, here, many, plan.batches[number].roots),
        **warrant.to_raw(),
    }


def named(plan: Bulk, number: int) -> dict[str, str]:
    """Name a batch where else a subject is named."""
    return {"table": plan.root, "key": f"batch {number + 1}"}


def _whom(
    journal: Journal, here: Setting, many: Multitude, roots: Sequence[Any]
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
            f"a hold is on {len(wrong)} rows of {here.subject}, or on those whose they are "
            f"({', '.join(wrong[:NAMED])}): plan again without them, or release them with efface log"
        )
