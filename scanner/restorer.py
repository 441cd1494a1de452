"""After a restore: does again what a copy has undone, each subject in a transaction of its own.

What is to be done is found by ``revenants``; each subject is planned again from what the journal
holds, and carried out by ``execute``, which writes and journals as it does the first time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from scanner import surveyor
from scanner.database import reading
from scanner.errors import DatabaseFailed, Misconfigured, Refused, Unconfirmed
from scanner.executor import execute
from scanner.executor.settling import settle
from scanner.journal import Journal
from scanner.model import Progress
from scanner.plans import Plan
from scanner.receipts import Receipt
from scanner.records.ledger import Warrant
from scanner.records.revenants import Revenant
from scanner.surveyor import Survey
from scanner.texts.wording import count


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one subject: a receipt, or why it was refused."""

    revenant: Revenant
    receipt: Receipt | None = None
    refused: str = ""
    failed: bool = False


def reapply(
    engine: Engine,
    found: Sequence[Revenant],
    journal: Journal,
    *,
    commit: bool = False,
    confirm: str = "",
    by: str = "",
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Progress | None = None,
) -> Iterator[Outcome]:
    """Erase again all who are back; without ``commit``, rehearse it.

    One subject's refusal does not keep the others; after a failure of the database no more is
    begun.

    Args:
        engine: the restored copy.
        found: what ``revenants.find`` found in it.
        journal: where the erasures are, and where they are written down again.
        commit: keep the changes.
        confirm: with ``commit``, how many subjects are to be erased.
        by: who approved it.
        clock: gives the time.
        progress: is told of long passes.

    Raises:
        Unconfirmed: the number of subjects is not the one that was given.
        Negative, Misconfigured: the journal. Unrecorded: it could not be written after a commit.
    """
    due = [r for r in found if r.state == "undone"]
    if commit and due and confirm != str(len(due)):
        raise Unconfirmed(
            f"{count(len(due), 'subject')} would be erased again: to do so, say --confirm {len(due)}"
        )
    if commit:  # an earlier one that was killed may have left nothing but this
        settle(engine, journal, clock().isoformat(timespec="seconds"))
    return _each(engine, due, journal, commit=commit, by=by, clock=clock, progress=progress)


def _each(
    engine: Engine,
    due: Sequence[Revenant],
    journal: Journal,
    *,
    commit: bool,
    by: str,
    clock: Callable[[], datetime],
    progress: Progress | None,
) -> Iterator[Outcome]:
    seen: Survey | None = None
    for n, one in enumerate(due):
        erasure = one.erasure
        warrant = Warrant(erasure.request, by, erasure.first.named)
        try:
            seen = surveyor.renewed(engine, seen, [r.asked for r in due[n:]], progress=progress)
            plan = _planned(engine, one, seen, progress)
            receipt = execute(
                engine,
                plan,
                one.asked.pack,
                journal=journal,
                commit=commit,
                confirm=one.key,
                survey=seen,
                warrant=warrant,
                clock=clock,
                progress=progress,
            )
        except DatabaseFailed as error:
            yield Outcome(one, refused=str(error), failed=True)
            return
        except (Refused, Misconfigured) as error:
            yield Outcome(one, refused=error.lines[0])
            continue
        left = "" if not receipt.residue else "the subject could still be found afterwards"
        yield Outcome(one, receipt, left)


def _planned(engine: Engine, one: Revenant, seen: Survey, progress: Progress | None) -> Plan:
    """Plan an erasure again, with the answers that people gave to the first plan's reviews."""
    with reading(engine) as connection:
        draft = surveyor.draft(connection, one.asked, seen, progress=progress)
        return draft.plan.answered(one.erasure.answers)
