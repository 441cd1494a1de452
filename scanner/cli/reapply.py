"""``efface reapply``: after a restore, erases again who is back. Rehearses, unless told to commit."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import _connection, _options, _output, _progress
from scanner.errors import Misconfigured, Refused, Unfinished
from scanner.texts.wording import count

if TYPE_CHECKING:
    from scanner.journal import Journal
    from scanner.plans import Basis
    from scanner.records.revenants import Revenant
    from scanner.restorer import Outcome

TOLD = {
    "undone": "is back",
    "erased": "is still erased",
    "absent": "is not in this copy",
    "other": "the key is another person's now",
    "unclear": "cannot be told",
}
"""How a state is told."""

MANY = 5
"""More rows of a batch that have come to the same are told in one line; --json lists them all."""


@click.command()
@_options.DB
@click.argument("audit", type=_options.FILE, required=False)
@click.option(
    "--since",
    metavar="TIME",
    default="",
    help="Only what was erased from then on, such as 2026-03-01: when the backup was made.",
)
@click.option("--commit", is_flag=True, help="Keep the changes; without it all is undone again.")
@click.option("--confirm", default="", metavar="N", help="How many subjects are to be erased.")
@click.option("--pack", metavar="NAME|FILE", help="Another pack than the one of the journal.")
@_options.AS
@_options.JOURNAL
@_options.JOURNAL_KEY
@_options.JSON
def command(
    db: str,
    audit: Path | None,
    since: str,
    commit: bool,
    confirm: str,
    pack: str | None,
    by: str,
    journal: Path | None,
    journal_key: Path | None,
    as_json: bool,
) -> None:
    """Erase again who came back with a restored copy of the database. Rehearses at first.

    AUDIT is a workbook of this copy, for one whose schema is not that of the first erasure.
    """
    from scanner import restorer
    from scanner.records import revenants

    start = _time(since) if since else None
    basis = _basis(audit) if audit else None
    with _connection.opened(db) as engine, _progress.shown() as progress:
        book = _connection.journal(engine, journal, journal_key)
        _there(book)
        found = revenants.find(engine, book, since=start, basis=basis, chosen=pack)
        for line in lines(found):
            _output.remark(line)
        outcomes: list[Outcome] = []
        work = restorer.reapply(
            engine,
            found,
            book,
            commit=commit,
            confirm=confirm,
            by=_options.login(by),
            progress=progress,
        )
        try:
            _carry_out(work, outcomes, commit=commit)
        finally:
            if as_json:
                _emit(book, found, outcomes, commit=commit)
    _end(found, outcomes, commit=commit)


def _carry_out(work: "Iterable[Outcome]", outcomes: "list[Outcome]", *, commit: bool) -> None:
    """Say what comes of each; what is done stays done when somebody interrupts.

    Raises:
        Unfinished: interrupted after some.
    """
    try:
        for outcome in work:
            outcomes.append(outcome)
            _output.remark(_came(outcome, commit=commit))
    except KeyboardInterrupt:
        if not commit or not any(o.receipt for o in outcomes):
            raise
        told = f"interrupted after {count(len(outcomes), 'subject')}: the others are as they were"
        raise Unfinished(f"{told}; run the same again") from None


def _time(text: str) -> datetime:
    """Read a day or a time; without an offset it is of this computer's zone."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise click.UsageError(
            f"--since takes a day or a time such as 2026-03-01 or 2026-03-01T02:00, not {text!r}"
        ) from None


def _basis(audit: Path) -> "Basis":
    import reports
    from scanner.plans import Basis

    return Basis.of(reports.read(audit))


def _there(book: "Journal") -> None:
    """Refuse where there is no journal: then nothing would be found, which proves nothing."""
    if not book.read():
        raise Misconfigured(
            f"there is no journal {str(book.path)!r}: a copy in another place has none of its own; "
            "name the one that the erasures were written to with --journal"
        )


def lines(found: "Iterable[Revenant]") -> Iterator[str]:
    """Say what became of each erasure; what is the same for many rows of a batch, once."""
    alike: dict[tuple[object, ...], list[Revenant]] = {}
    for one in found:
        alike.setdefault(
            (one.erasure.last.number, one.erasure.table, one.state, one.why), []
        ).append(one)
    for some in alike.values():
        first, done = some[0], some[0].erasure.last
        if first.state == "undone" or len(some) <= MANY:
            whom = [f"subject {one.key}" for one in some]
        else:
            keys = ", ".join(one.key for one in some[:MANY])
            whom = [f"{len(some)} rows of {first.erasure.table} ({keys} and more)"]
        more = f": {first.why}" if first.why else ""
        yield from (
            f"{who}, erased at {done.when} (line {done.number}): {TOLD[first.state]}{more}"
            for who in whom
        )


def _came(outcome: "Outcome", *, commit: bool) -> str:
    key = outcome.revenant.key
    if outcome.receipt is None or outcome.refused:
        return f"subject {key}: refused: {outcome.refused}"
    rows = sum(outcome.receipt.rows.values())
    said = "erased again" if commit else "rehearsed"
    return f"subject {key}: {said}: {count(rows, 'row')}, residue {sum(outcome.receipt.residue.values())}"


def _emit(
    book: "Journal", found: "Sequence[Revenant]", outcomes: "Sequence[Outcome]", *, commit: bool
) -> None:
    from scanner.model import dump

    came = {o.revenant.erasure.first.number: o for o in outcomes}
    subjects: list[dict[str, Any]] = []
    for one in found:
        outcome = came.get(one.erasure.first.number)
        receipt = outcome.receipt if outcome else None
        subjects.append(
            {
                "subject": {"table": one.erasure.table, "key": one.erasure.key},
                "method": one.erasure.method,
                "erased": one.erasure.last.named,
                "state": one.state,
                "why": one.why,
                "refused": outcome.refused if outcome else "",
                "receipt": receipt.to_raw() if receipt else None,
            }
        )
    told = {"version": 1, "journal": str(book.path), "committed": commit, "subjects": subjects}
    _output.emit(dump(told))


def _end(found: "Sequence[Revenant]", outcomes: "Sequence[Outcome]", *, commit: bool) -> None:
    """Say what came of it all.

    Raises:
        Refused: some could not be told or were refused, and nothing was changed.
        Unfinished: some were erased again, and some were not.
    """
    due = sum(r.state == "undone" for r in found)
    unclear = sum(r.state == "unclear" for r in found)
    done = sum(o.receipt is not None and not o.refused for o in outcomes)
    word = "erased again" if commit else "rehearsed, nothing was changed"
    told = (
        f"{count(len(found), 'erasure')} looked at, {due} {'is' if due == 1 else 'are'} undone in "
        f"this copy, {done} {word}"
    )
    wrong = [f"{due - done} {'was' if due - done == 1 else 'were'} refused"] * (due > done)
    wrong += [f"{unclear} cannot be told"] * bool(unclear)
    if not wrong:
        _output.remark(told + (f": --commit --confirm {due} does it" if due and not commit else ""))
        return
    sentence = f"{told}; {', '.join(wrong)}: see above"
    if commit and done:
        raise Unfinished(f"{sentence}; once that is mended, run the same again")
    raise Refused(sentence)
