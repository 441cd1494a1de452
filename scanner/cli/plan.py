"""``efface plan``: an audit and a subject -> plan.json. Reads only."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import _connection, _options, _output, _progress
from scanner.errors import Misconfigured

if TYPE_CHECKING:
    from scanner.plans import Plan


@click.command()
@_options.DB
@click.argument("audit", type=_options.FILE)
@_options.SUBJECT
@click.option(
    "--pack",
    metavar="NAME|FILE",
    help="What is known of the product; the one of the scan if not given.",
)
@_options.JSON
@_options.OUTPUT
def command(
    db: str, audit: Path, subject: str, pack: str | None, as_json: bool, output: Path | None
) -> None:
    """Say what erasing one subject would do; change nothing."""
    if not (as_json or output):
        raise click.UsageError("say where the plan goes: -o plan.json, or --json for stdout")
    import reports
    from scanner import planner, rulebook

    decided = reports.read(audit)
    name = pack or decided.scan.pack
    if not name:
        raise Misconfigured("the scan was made without a pack: name one with --pack")
    with _connection.opened(db) as engine, _progress.shown() as progress:
        made = planner.plan(engine, rulebook.pack(name), decided, subject, progress=progress)
    text = made.to_json()
    if output:
        _nothing_lost(output)
        _output.write_text(output, text)
    if as_json:
        _output.emit(text)
    for line in summary(made):
        _output.remark(line)


def _nothing_lost(output: Path) -> None:
    """Refuse to replace a plan in which people answered reviews."""
    if not output.is_file():
        return
    from scanner.plans import Plan

    try:
        old = Plan.from_json(_output.read_text(output))
    except Misconfigured:
        return
    if answered := sum(bool(r.answer) for r in old.reviews):
        raise Misconfigured(
            f"{str(output)!r} holds {answered} answers to reviews that would be lost: "
            "choose another name"
        )


def summary(plan: "Plan") -> Iterator[str]:
    """Say in a few lines what a plan would do."""
    if plan.empty:
        yield f"nothing to do about subject {plan.subject[1]}"
    else:
        cells = sum(s.rows * len(s.columns) for s in plan.steps)
        yield (
            f"subject {plan.subject[1]}: {sum(plan.reached.values()):,} rows of "
            f"{len(plan.reached)} tables belong or are linked to it"
        )
        yield f"  {plan.rows:>6,} rows would change"
        yield f"  {cells:>6,} cells would be redacted in the subject's own rows"
        spans = sum(len(m.spans) for m in plan.mentions)
        yield f"  {spans:>6,} mentions would be scrubbed in {len(plan.mentions):,} other cells"
    if plan.reviews:
        yield f"  {len(plan.reviews):>6,} mentions wait for an answer: reviews in the plan"
        yield "         answer before the commit: without the name they are not found again"
    for stop in plan.stops:
        yield f"{stop.effect}: {stop.why} ({stop.rows} rows)"
    for table, names in plan.triggers.items():
        yield f"trigger on {table}: {', '.join(names)}"
    for column, rows in plan.kept.items():
        yield f"kept by decision: {column} names the subject in {rows} rows"
    for duty in plan.duties:
        count = "" if duty["count"] is None else f" ({duty['count']})"
        yield f"to do elsewhere: {duty['kind']}{count}"
