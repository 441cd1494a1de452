"""``efface plan``: an audit and a subject -> plan.json. Reads only."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import _connection, _options, _output, _progress
from scanner.errors import Misconfigured

if TYPE_CHECKING:
    from scanner.plans import Answer, Plan


@click.command()
@_options.DB
@click.argument("audit", type=_options.FILE)
@_options.SUBJECT
@click.option(
    "--pack",
    metavar="NAME|FILE",
    help="What is known of the product; the one of the scan if not given.",
)
@click.option(
    "--sql",
    type=_output.Target(),
    metavar="FILE",
    help="Also write the steps as a script of SQL for a DBA to read and run.",
)
@click.option(
    "--answers",
    type=_options.FILE,
    metavar="PLAN",
    help="An earlier plan about this subject in which people answered reviews.",
)
@_options.JSON
@_options.OUTPUT
def command(
    db: str,
    audit: Path,
    subject: str,
    pack: str | None,
    sql: Path | None,
    answers: Path | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Say what erasing one subject would do; change nothing."""
    if not (as_json or output or sql):
        raise click.UsageError(
            "say where the plan goes: -o plan.json, --json for stdout, or --sql for a script"
        )
    if sql and output and sql.resolve() == output.resolve():
        raise click.UsageError("the plan and the script cannot be one file")
    import reports
    from scanner import planner, rulebook, safeguards, scripter

    decided = reports.read(audit)
    name = pack or decided.scan.pack
    if not name:
        raise Misconfigured("the scan was made without a pack: name one with --pack")
    rules, said = rulebook.pack(name), _said(answers, subject)
    with (
        _connection.opened(db) as engine,
        _progress.shown() as progress,
        planner.drafting(engine, rules, decided, subject, answers=said, progress=progress) as (
            connection,
            draft,
        ),
    ):
        made = draft.plan
        script = scripter.script(connection, draft, rules) if sql else None
    text = made.to_json()
    if output:
        _nothing_lost(output, made)
        _output.write_text(output, text)
    if as_json:
        _output.emit(text)
    for line in summary(made):
        _output.remark(line)
    if lost := len(said.keys() - {r.id for r in made.reviews}):
        _output.remark(f"{lost} answers are about places that are no longer there to review")
    if sql and script:
        safeguards.unstopped(made)
        _output.write_text(sql, script.text)
        for line in script.remarks():
            _output.remark(line)


def _said(answers: Path | None, subject: str) -> dict[str, "Answer"]:
    """Take people's answers from an earlier plan.

    Raises:
        Misconfigured: it is no plan, or one about somebody else.
    """
    if answers is None:
        return {}
    from scanner.plans import Plan

    old = Plan.from_json(_output.read_text(answers))
    if str(old.subject[1]) != subject:
        raise Misconfigured(f"{str(answers)!r} is a plan about another subject")
    return {r.id: r.answer for r in old.reviews if r.answer}


def _nothing_lost(output: Path, made: "Plan") -> None:
    """Refuse to replace a plan in which people gave answers that the new one does not have."""
    if not output.is_file():
        return
    from scanner.plans import Plan

    try:
        old = Plan.from_json(_output.read_text(output))
    except Misconfigured:
        return
    kept = {r.id: r.answer for r in made.reviews}
    if answered := sum(bool(r.answer) and kept.get(r.id) != r.answer for r in old.reviews):
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
