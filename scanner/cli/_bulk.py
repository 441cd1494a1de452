"""Plans and carries out purges of many: what ``plan`` and ``erase`` do then."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import _against, _connection, _output, _progress
from scanner.errors import Misconfigured, Unrecorded
from scanner.texts.wording import count, noun

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from scanner.purge.bulk import Bulk, BulkReceipt
    from scanner.records.ledger import Warrant


STAYS = {
    "review": "stays, may mean somebody else",
    "kept": "stays by decision",
    "namesakes": "stays, of others who are called the same",
}
"""What is said of rows that still say the same as somebody who was purged."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be purged: by directives, the keys of a file or all before a date."""

    directives: tuple[str, ...]
    subjects: Path | None
    before: str | None
    batch: int


def plan(
    db: str,
    audit: Path,
    wanted: Wanted,
    pack: str | None,
    book: tuple[Path | None, Path | None],
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    """Plan a purge of many."""
    import reports
    from scanner import bulkplanner
    from scanner.records import holds

    decided = reports.read(audit)
    keys = None if wanted.subjects is None else _keys(wanted.subjects)
    with _connection.opened(db) as engine, _progress.shown() as progress:
        made = bulkplanner.plan(
            engine,
            _connection.rules(decided, pack),
            decided,
            directives=wanted.directives,
            keys=keys,
            before=wanted.before or "",
            batch=wanted.batch,
            held=holds.keys(_connection.journal(engine, *book), _connection.now()),
            progress=progress,
        )
    if output:
        _output.write_text(output, made.to_json())
    if as_json:
        _output.emit(made.to_json())
    for line in summary(made):
        _output.remark(line)


def _keys(path: Path) -> list[str]:
    """Read a file of keys, one a line; empty lines and lines with # are left out.

    Spreadsheets and editors put a mark before UTF-8, which is no part of the first key.
    """
    text = _output.read_text(path).removeprefix("\ufeff")
    lines = (line.strip() for line in text.splitlines())
    keys = [line for line in lines if line and not line.startswith("#")]
    if not keys:
        raise Misconfigured(f"there are no keys in {str(path)!r}")
    return keys


def summary(plan: "Bulk") -> Iterator[str]:
    """Say in a few lines what a purge of many would do."""
    yield (
        f"{count(plan.roots, 'row')} of {plan.root} would be purged in "
        f"{count(len(plan.batches), 'batch', 'batches')}, with "
        f"up to {count(sum(plan.rows.values()), 'row')} of {count(len(plan.rows), 'table')}"
    )
    for table, rows in plan.rows.items():
        yield f"    {rows:>8,} of {table}"
    yield from _told(plan)
    if not plan.roots:
        yield "nothing to purge"
    elif not any(s.effect == "stop" for s in plan.stops):
        yield f"to carry it out: efface erase PLAN --commit --confirm {plan.roots}"


def _told(plan: "Bulk") -> Iterator[str]:
    """Say what else is touched, what reports lose, what speaks against it and what is left to do."""
    if plan.mentions:
        yield f"  {plan.mentions:>6,} {noun(plan.mentions, 'row names', 'rows name')} them; what stays of those is redacted or scrubbed"
    for column in plan.follows:
        yield f"{column} may follow what it refers to (ON UPDATE CASCADE): a rehearsal counts the rows"
    for key, rules in plan.held.items():
        what = "left out" if plan.before else "stopped"
        yield f"{what}: {key}: {', '.join(rules)}"
    for figure in plan.kpis:
        if figure["rows"] != figure["rows_after"]:
            yield _against.lost(figure["name"], figure["rows"], figure["rows_after"], "about ")
    yield from _against.stops(plan)
    yield from _against.duties(plan)


def erase(
    db: str,
    text: str,
    *,
    commit: bool,
    confirm: str,
    pack: str | None,
    book: tuple[Path | None, Path | None],
    warrant: "Warrant",
    output: Path | None,
    as_json: bool,
) -> None:
    """Carry out a purge of many, or go on with one."""
    from scanner import rulebook
    from scanner.executor import batches
    from scanner.purge.bulk import Bulk

    todo = Bulk.from_json(text)
    if output and output.suffix.lower() == ".html":
        raise click.UsageError("a purge of many has no certificate: -o writes its receipt as .json")
    with (
        _connection.opened(db) as engine,
        _alone(engine, todo) if commit else nullcontext(),
        _progress.shown() as progress,
    ):
        receipt = batches.purge(
            engine,
            todo,
            rulebook.pack(pack or todo.pack),
            journal=_connection.journal(engine, *book),
            commit=commit,
            confirm=confirm,
            warrant=warrant,
            progress=progress,
        )
    if output:
        try:
            _output.write_text(output, receipt.to_json())
        except Misconfigured as error:
            if not commit:
                raise
            raise Unrecorded(f"the purge was committed, but {error}; efface log has it") from None
    if as_json:
        _output.emit(receipt.to_json())
    for line in told(receipt):
        _output.remark(line)


def _alone(engine: "Engine", todo: "Bulk") -> AbstractContextManager[None]:
    """Let one run at a time carry out a plan of many."""
    from scanner.requests import lock

    busy = (
        "another run of this plan is at work: nothing was done here; when it has ended, the same "
        "command goes on with what it left, or says that all is done"
    )
    return lock.alone(engine, f"purge-{todo.digest[:16]}", busy)


def told(receipt: "BulkReceipt") -> Iterator[str]:
    """Say in a few lines what was done, or would be."""
    yield (
        f"{count(receipt.roots, 'row')} of {receipt.root} in "
        f"{count(receipt.batches, 'batch', 'batches')}: "
        f"{count(sum(receipt.deleted.values()), 'row')} of "
        f"{count(len(receipt.deleted), 'table')} deleted, "
        f"{count(sum(receipt.cells.values()), 'cell')} redacted or cut, "
        f"{count(receipt.mentions, 'mention')}"
    )
    yield from _against.follows(
        receipt.followed, "followed" if receipt.committed else "would follow"
    )
    if receipt.reviews:
        yield f"kept for review: {count(receipt.reviews, 'mention')} that may mean somebody else"
    for kind, some in receipt.remaining.items():
        for table, rows in some.items():
            yield f"{STAYS[kind]}: {count(rows, 'row')} of {table}"
    for table, rows in receipt.residue.items():
        yield f"still there: {count(rows, 'row')} of {table}: look at them (efface verify)"
    yield "committed" if receipt.committed else "rehearsed: nothing was changed"
