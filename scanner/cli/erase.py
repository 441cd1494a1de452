"""``efface erase``: plan.json -> receipt. Rehearses, unless told to commit."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from scanner.cli import _against, _bulk, _connection, _options, _output, _progress, _reviewed
from scanner.cli._careful import Careful
from scanner.errors import Misconfigured, Residue, Unrecorded
from scanner.texts.wording import count

if TYPE_CHECKING:
    from scanner.journal import Journal
    from scanner.receipts import Receipt
    from scanner.records.ledger import Warrant


@click.command(cls=Careful)
@_options.DB
@click.argument("plan", type=_options.FILE)
@click.option("--commit", is_flag=True, help="Keep the changes; without it all is undone again.")
@click.option(
    "--confirm",
    default="",
    metavar="KEY|NUMBER",
    help="The subject's key once more; of a purge of many, the number of its roots.",
)
@click.option("--max-rows", type=click.IntRange(1), help="Refuse to change more rows than that.")
@click.option("--pack", metavar="NAME|FILE", help="The pack of the plan, if it was a file.")
@click.option(
    "--answers",
    type=_options.FILE,
    metavar="FILE.xlsx",
    help="The workbook of this plan's reviews, with people's answers.",
)
@click.option(
    "--residue",
    type=click.Choice(["touched", "full"]),
    default="touched",
    show_default=True,
    help="Where to look for what is left: where something was found, written or changed meanwhile; "
    "or everywhere again, while the transaction is open.",
)
@_options.REQUEST
@_options.AS
@_options.JOURNAL
@_options.JOURNAL_KEY
@_options.JSON
@_options.OUTPUT
def command(
    db: str,
    plan: Path,
    commit: bool,
    confirm: str,
    max_rows: int | None,
    pack: str | None,
    answers: Path | None,
    residue: Literal["touched", "full"],
    request: str,
    by: str,
    journal: Path | None,
    journal_key: Path | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Carry out a plan in one transaction. Rehearses, unless told to commit.

    A purge of many takes one transaction a batch. When it was interrupted (status 5), the same
    command goes on with the batches that are left.
    """
    from scanner import rulebook
    from scanner.executor import execute
    from scanner.guards import safeguards
    from scanner.plans import Plan
    from scanner.purge.bulk import is_bulk
    from scanner.records.ledger import Warrant

    warrant = Warrant(request, _options.login(by))
    text = _output.read_text(plan)
    if is_bulk(text):
        if answers or max_rows:
            raise click.UsageError("a purge of many takes neither --answers nor --max-rows")
        _bulk.erase(
            db,
            text,
            commit=commit,
            confirm=confirm,
            pack=pack,
            book=(journal, journal_key),
            warrant=warrant,
            output=output,
            as_json=as_json,
        )
        return
    todo = Plan.from_json(text)
    if answers:
        todo = _reviewed.answered(todo, answers)
    with _connection.opened(db) as engine, _progress.shown() as progress:
        book = _connection.journal(engine, journal, journal_key)
        receipt = execute(
            engine,
            todo,
            rulebook.pack(pack or todo.pack),
            journal=book,
            commit=commit,
            confirm=confirm,
            max_rows=max_rows,
            residue=residue,
            warrant=warrant,
            progress=progress,
        )
    if output:
        _keep(output, receipt, book, warrant)
    if as_json:
        _output.emit(receipt.to_json())
    for line in summary(receipt, todo.rows):
        _output.remark(line)
    if receipt.residue:
        waiting = any(not r.answer for r in todo.reviews)
        raise Residue(f"the subject could still be found: {safeguards.ways_out(waiting)}")


def _keep(output: Path, receipt: "Receipt", book: "Journal", warrant: "Warrant") -> None:
    """Write the receipt, .html as a certificate; a failure must not hide that it was committed."""
    try:
        if output.suffix.lower() == ".html":
            import reports

            done = receipt.committed and receipt.rows
            line = book.receipt(receipt.plan).named if done else None
            reports.certify(receipt.to_raw() | warrant.to_raw(), output, journal=line)
        else:
            _output.write_text(output, receipt.to_json())
    except Misconfigured as error:
        if not receipt.committed:
            raise
        raise Unrecorded(f"the erasure was committed, but {error}; efface log has it") from None


def summary(receipt: "Receipt", planned: int) -> Iterator[str]:
    """Say in a few lines what was done, or would be; the plan had ``planned`` rows."""
    if not receipt.rows:
        yield "nothing to do; nothing was changed"
        return
    rows = sum(receipt.rows.values())
    yield (
        f"{count(rows, 'row')} of {count(len(receipt.rows), 'table')}, "
        f"{count(sum(receipt.cells.values()), 'cell')}, "
        f"{count(receipt.mentions, 'mention')} in others' texts"
    )
    yield from _against.follows(
        receipt.followed, "followed" if receipt.committed else "would follow"
    )
    if receipt.rounds > 1:
        more = count(rows - planned, "row") + " more than planned, "
        told = f"{more if rows > planned else ''}{receipt.rounds} rounds"
        yield f"copies that triggers made meanwhile were erased, too ({told})"
    for column, rows in receipt.residue.items():
        yield f"still there: {column} in {count(rows, 'row')}"
    if receipt.kept:
        yield (
            f"kept by decision: {count(sum(receipt.kept.values()), 'cell')} of "
            f"{count(len(receipt.kept), 'column')}, as the plan lists them"
        )
    if stay := sum(r["answer"] == "keep" for r in receipt.reviews):
        yield f"kept by people: {count(stay, 'mention')} of which they answered keep"
    if waiting := sum(r["answer"] not in ("keep", "erase") for r in receipt.reviews):
        yield f"kept for review: {count(waiting, 'mention')} that may mean somebody else"
        if not receipt.committed:
            yield "  answer them before the commit, after it they are not found again: in the workbook"
            yield "  of `plan --reviews FILE.xlsx`, then `erase --answers FILE.xlsx`"
    yield f"residue: {count(sum(receipt.residue.values()), 'row')}"
    if gone := sum(receipt.deleted.values()):
        told = f"{count(gone, 'row')} of {count(len(receipt.deleted), 'table')}"
        yield f"deleted: {told}, nothing refers to them"
    moved = [k for k in receipt.kpis if not k["equal"]]
    yield f"KPIs: {count(len(receipt.kpis) - len(moved), 'figure')} equal before and after"
    if moved:
        yield f"KPIs: {count(len(moved), 'figure')} lost the rows that were deleted, as planned"
    yield "committed" if receipt.committed else "rehearsed: nothing was changed"
