"""``efface plan``: an audit and a subject -> plan.json. Reads only."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import _against, _bulk, _connection, _options, _output, _progress
from scanner.cli._careful import Careful
from scanner.errors import Misconfigured
from scanner.texts.wording import count, noun

if TYPE_CHECKING:
    from scanner.plans import Plan, Review

NAMELESS = (
    "the subject's rows do not say what it is called, as after an erasure: texts were not searched "
    "for it; `efface verify --identifiers FILE` does that"
)
"""What a plan without an identity cannot know."""


@click.command(cls=Careful)
@_options.DB
@click.argument("audit", type=_options.FILE)
@click.option(
    "--subject", metavar="KEY", help="The person's key (objid); never a name or an address."
)
@click.option(
    "--method",
    type=click.Choice(["redact", "purge"]),
    default="redact",
    show_default=True,
    help="Replace values, or delete rows as a purge directive says.",
)
@click.option(
    "--directive",
    "directives",
    multiple=True,
    metavar="NAME|FILE",
    help="How to purge; several are carried out together, in their order.",
)
@click.option(
    "--subjects", type=_options.FILE, metavar="FILE", help="Purge many: a file of keys, one a line."
)
@click.option(
    "--before", metavar="DATE", help="Purge many: those that the directive calls older than DATE."
)
@click.option(
    "--batch",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="Purge many: so many in one transaction.",
)
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
    metavar="FILE",
    help="An earlier plan about this subject, or its workbook of reviews, with people's answers.",
)
@click.option(
    "--reviews",
    type=_output.Target(),
    metavar="FILE.xlsx",
    help="Also write a workbook in which people answer the reviews, masked.",
)
@_options.JOURNAL
@_options.JOURNAL_KEY
@_options.JSON
@_options.OUTPUT
def command(
    db: str,
    audit: Path,
    subject: str | None,
    method: str,
    directives: tuple[str, ...],
    subjects: Path | None,
    before: str | None,
    batch: int,
    pack: str | None,
    sql: Path | None,
    answers: Path | None,
    reviews: Path | None,
    journal: Path | None,
    journal_key: Path | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Say what erasing a subject, or purging many, would do; change nothing."""
    _usable(output, sql, reviews, as_json=as_json)
    _meant(subject, subjects, before, method, directives)
    if sql and subject is None:
        raise Misconfigured(
            "no script is written of a purge of many, which takes one transaction a batch: efface "
            "erase carries it out; --subject KEY --sql writes one for a single subject"
        )
    if subject is not None:
        how = (method, directives)
        book = (journal, journal_key)
        _one(db, audit, subject, how, pack, sql, answers, reviews, book, output, as_json=as_json)
    elif reviews or answers:
        raise click.UsageError("a purge of many keeps what waits for review: it takes no answers")
    else:
        rows = _bulk.Wanted(directives, subjects, before, batch)
        _bulk.plan(db, audit, rows, pack, (journal, journal_key), output, as_json=as_json)


def _one(
    db: str,
    audit: Path,
    subject: str,
    how: tuple[str, tuple[str, ...]],
    pack: str | None,
    sql: Path | None,
    answers: Path | None,
    reviews: Path | None,
    book: tuple[Path | None, Path | None],
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    """Plan what is to be done about one subject."""
    import reports
    from scanner import planner, scripter, witness
    from scanner.guards import safeguards

    decided = reports.read(audit)
    rules = _connection.rules(decided, pack)
    old = read(answers) if answers else None
    earlier = answered(old) if old else ()
    said = {r.id: r.answer for r in earlier}
    with (
        _connection.opened(db) as engine,
        _progress.shown() as progress,
        planner.drafting(
            engine,
            rules,
            decided,
            subject,
            method=how[0],
            directives=how[1],
            answers=said,
            progress=progress,
        ) as (connection, draft),
    ):
        if old and old.subject != draft.plan.subject:
            raise Misconfigured(f"{str(answers)!r} is about another subject")
        made = _connection.held(draft.plan.answered(earlier), engine, *book)
        seen = witness.testify(connection, draft, rules) if reviews else ()
        script = scripter.script(connection, draft, rules) if sql else None
        called = bool(draft.identity)
    text = made.to_json()
    if reviews:
        _not_answered(reviews, made)
        reports.ask(made, seen, reviews)
    if output:
        _nothing_lost(output, made)
        _output.write_text(output, text)
    if as_json:
        _output.emit(text)
    for line in (*summary(made), *(() if called else (NAMELESS,))):
        _output.remark(line)
    if lost := len(said.keys() - {r.id for r in made.reviews}):
        _output.remark(f"{lost} answers are about places that are no longer there to review")
    if sql and script:
        safeguards.unstopped(made)
        _output.write_text(sql, script.text)
    for line in script.remarks() if script else ():
        _output.remark(line)


def _meant(
    subject: str | None,
    subjects: Path | None,
    before: str | None,
    method: str,
    directives: tuple[str, ...],
) -> None:
    """Refuse what names nobody, or too many ways of naming them."""
    if sum(v is not None for v in (subject, subjects, before)) != 1:
        raise click.UsageError("name one of --subject KEY, --subjects FILE and --before DATE")
    if method != "purge" and (subject is None or directives):
        raise click.UsageError("--subjects, --before and --directive go with --method purge")
    if before is not None:
        _over(before)


def _over(day: str) -> None:
    """Refuse a day that is no day, or to come: 2062 for 2022 would select all that is closed."""
    try:
        if date.fromisoformat(day) <= max(date.today(), datetime.now(UTC).date()):
            return
    except ValueError:
        raise Misconfigured("--before takes a date, as 2019-01-31") from None
    raise Misconfigured(f"--before {day} is still to come: name a day that is over")


def _usable(output: Path | None, sql: Path | None, reviews: Path | None, *, as_json: bool) -> None:
    """Refuse what cannot be meant."""
    if not (as_json or output or sql):
        raise click.UsageError(
            "say where the plan goes: -o plan.json, --json for stdout, or --sql for a script"
        )
    if reviews and reviews.suffix.lower() != ".xlsx":
        raise click.UsageError("--reviews writes a workbook: give it a name that ends in .xlsx")


def answered(old: "Plan") -> tuple["Review", ...]:
    """Take the reviews that people have answered from a plan."""
    return tuple(r for r in old.reviews if r.answer)


def read(path: Path) -> "Plan":
    """Read a plan with answers: plan.json, or the workbook in which they were given."""
    if path.suffix.lower() == ".xlsx":
        import reports

        return reports.answers(path)
    from scanner.plans import Plan

    return Plan.from_json(_output.read_text(path))


def _not_answered(path: Path, made: "Plan") -> None:
    """Refuse to replace a workbook that holds answers which the new one would not."""
    if not path.is_file():
        return
    try:
        old = read(path)
    except Misconfigured:
        raise Misconfigured(
            f"{str(path)!r} is there and cannot be read back: mend it, or choose another name"
        ) from None
    _kept(path, old, made)


def _nothing_lost(output: Path, made: "Plan") -> None:
    """Refuse to replace a plan in which people gave answers that the new one does not have."""
    if not output.is_file():
        return
    from scanner.plans import Plan

    try:
        old = Plan.from_json(_output.read_text(output))
    except Misconfigured:
        return
    _kept(output, old, made)


def _kept(output: Path, old: "Plan", made: "Plan") -> None:
    """Refuse what loses answers, and say how to take over those that this plan could have."""
    kept = {r.id: r.answer for r in made.reviews}
    if answered := sum(bool(r.answer) and kept.get(r.id) != r.answer for r in old.reviews):
        way = f"; --answers {output} takes {noun(answered, 'it', 'them')} over"
        raise Misconfigured(
            f"{str(output)!r} holds {count(answered, 'answer')} to reviews that would be lost: "
            f"choose another name{way if old.subject == made.subject else ''}"
        )


def summary(plan: "Plan") -> Iterator[str]:
    """Say in a few lines what a plan would do."""
    if plan.empty:
        yield f"nothing to do about subject {plan.subject[1]}"
    else:
        yield (
            f"subject {plan.subject[1]}: {count(sum(plan.reached.values()), 'row')} of "
            f"{count(len(plan.reached), 'table')} belong or are linked to it"
        )
        yield from _changes(plan)
    yield from _against.follows(plan.follows, "would follow")
    waiting = sum(not r.answer for r in plan.reviews)
    stay = sum(r.answer == "keep" for r in plan.reviews)
    if stay:
        yield f"  {stay:>6,} {noun(stay, 'mention stays', 'mentions stay')}: people answered keep"
    if waiting:
        told = noun(waiting, "mention waits", "mentions wait")
        yield f"  {waiting:>6,} {told} for an answer: reviews in the plan"
        yield "         answer before the commit: without the name they are not found again"
    for old, new in zip(plan.kpis, plan.kpis_after, strict=False):
        if old != new:
            yield _against.lost(old.name, old.rows, new.rows)
    yield from _against.stops(plan)
    for column, rows in plan.kept.items():
        yield f"kept by decision: {column} in {count(rows, 'row')}"
    yield from _against.duties(plan)


def _changes(plan: "Plan") -> Iterator[str]:
    """Say how many rows and cells would change; of a purge, which go and what becomes of the rest."""
    from scanner.plans import CUT

    gone = sum(s.rows for s in plan.steps if s.purge)
    cut = sum(s.rows for s in plan.steps for how in s.columns.values() if how == CUT)
    cells = sum(s.rows * len(s.columns) for s in plan.steps) - cut
    if gone:
        yield f"  {gone:>6,} {noun(gone, 'row')} would be deleted"
        for step in (s for s in plan.steps if s.purge):
            yield f"    {step.rows:>6,} of {step.table}"
    stay = " that stay" if gone else ""
    yield f"  {plan.staying:>6,} {noun(plan.staying, 'row')}{stay} would change; in them:"
    if cut:
        yield f"  {cut:>6,} {noun(cut, 'link')} to deleted rows would be emptied"
    yield f"  {cells:>6,} {noun(cells, 'cell')} would be redacted in the subject's own rows"
    spans = sum(len(m.spans) for m in plan.mentions)
    others = count(len(plan.mentions), "other cell")
    yield f"  {spans:>6,} {noun(spans, 'mention')} would be scrubbed in {others}"
