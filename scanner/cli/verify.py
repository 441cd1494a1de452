"""``efface verify``: is the person gone? Reads only; exit 1 where something is left."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import _against, _connection, _options, _output, _progress, _reviewed
from scanner.errors import EffaceError, Negative
from scanner.texts.wording import count

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from scanner.model import Progress
    from scanner.prover import Proof

Duties = Sequence[Mapping[str, Any]]
"""What people have to see to, as plans list it."""


@click.command()
@_options.DB
@click.argument("plan", type=_options.FILE, required=False)
@click.option(
    "--identifiers",
    metavar="FILE|-",
    help="What the person is called, one a line; - reads stdin. Never give it as an argument.",
)
@click.option("--pack", metavar="NAME|FILE", help="The pack of the plan, if it was a file.")
@click.option(
    "--answers",
    type=_options.FILE,
    metavar="FILE",
    help="The answers to the plan's reviews, as efface erase took them: what was to be erased must be gone.",
)
@_options.JOURNAL
@_options.JOURNAL_KEY
@_options.JSON
def command(
    db: str,
    plan: Path | None,
    identifiers: str | None,
    pack: str | None,
    answers: Path | None,
    journal: Path | None,
    journal_key: Path | None,
    as_json: bool,
) -> None:
    """Look for what should be gone: by a plan, or by identifiers from a file."""
    if (plan is None) == (identifiers is None):
        raise click.UsageError("give either a plan or --identifiers FILE")
    if answers is not None and plan is None:
        raise click.UsageError("--answers goes with a plan")
    with _connection.opened(db) as engine, _progress.shown() as progress:
        if plan is not None:
            proof, duties, written = _by_plan(
                engine, plan, answers, pack, (journal, journal_key), progress
            )
        else:
            proof, duties = _by_lines(engine, str(identifiers), progress)
            written = ()
    if as_json:
        _output.emit(_raw(proof, duties))
    else:
        for column, rows in proof.left.items():
            _output.emit(f"{column}  {rows}")
    for line in (*_beside(proof), *written):
        _output.remark(line)
    if not proof.holds:
        raise Negative("; ".join(_against_it(proof)))
    for line in _holds(proof, duties, planned=plan is not None):
        _output.remark(line)


def _holds(proof: "Proof", duties: Duties, *, planned: bool) -> Iterator[str]:
    """Say what was proved, and what was not looked at."""
    found = "nothing is left of what the plan found" if planned else "nothing is left"
    yield found + (f", but {proof.kept}" if proof.kept else "")
    yield from _against.unseen(duties)
    if planned:
        yield "what no plan could find: `efface verify --identifiers FILE` searches all text"


def _raw(proof: "Proof", duties: Duties) -> str:
    from scanner.model import dump

    left = [{"column": c, "rows": n} for c, n in proof.left.items()]
    untold = [{"table": t, "rows": n} for t, n in proof.untold.items()]
    told = [{k: d[k] for k in ("kind", "where", "count", "why")} for d in duties]
    raw = {"version": 1, "left": left, "untold": untold, "kpis_moved": [*proof.moved]}
    return dump({**raw, "duties": told})


def _beside(proof: "Proof") -> Iterator[str]:
    """Say what could not be looked at, and which figures moved."""
    for table, rows in proof.untold.items():
        yield f"cannot be told any more: {count(rows, 'row')} of {table}"
    if proof.kept and not proof.holds:
        yield proof.kept
    if proof.vouched:
        vouched = count(proof.vouched, "row")
        yield f"{vouched} cannot be told any more: that they were erased the journal says"
    for name in proof.moved:
        yield f"moved since the plan: {name}"


def _against_it(proof: "Proof") -> Iterator[str]:
    """Say in which ways a proof fails."""
    if proof.left:
        left = count(sum(proof.left.values()), "row")
        yield f"still there: {left} of {count(len(proof.left), 'column')}"
    if proof.untold:
        untold = count(sum(proof.untold.values()), "row")
        yield (
            f"cannot be told any more of {untold} of {count(len(proof.untold), 'table')}, which no key "
            "finds again: `efface verify --identifiers FILE` finds what is left of them; where efface "
            "erase carried the plan out, --journal names the journal that says so"
        )


def _by_plan(
    engine: "Engine",
    plan: Path,
    answers: Path | None,
    pack: str | None,
    book: tuple[Path | None, Path | None],
    progress: "Progress | None",
) -> "tuple[Proof, Duties, Sequence[str]]":
    """Look for what a plan names; its duties stay open, as nothing of them is looked at.

    Nor is what triggers wrote, where it was not an erasure of ours that carried the plan out.
    """
    from scanner import prover, rulebook
    from scanner.plans import Plan
    from scanner.records import ledger

    made = Plan.from_json(_output.read_text(plan))
    if answers is not None:
        made = _reviewed.answered(made, answers)
    done = False
    with suppress(EffaceError):  # without the journal the reviews count as the plan has them
        entries = _connection.journal(engine, *book).read()
        made = ledger.answered(made, entries)
        done = any(e.event == "done" and e.plan == made.digest for e in entries)
    rules = rulebook.pack(pack or made.pack)
    proof = prover.prove(engine, made, rules, done=done, progress=progress)
    written = [
        f"trigger on {table}: {', '.join(names)}: what it wrote is not in the plan; `efface verify "
        "--identifiers FILE` finds it"
        for table, names in made.triggers.items()
        if not done
    ]
    return proof, made.duties, written


def _by_lines(engine: "Engine", name: str, progress: "Progress | None") -> "tuple[Proof, Duties]":
    """Look for what people wrote down, and list what of the database holds copies unseen."""
    from scanner import prover
    from scanner.database import reading, reflect
    from scanner.packs import stops

    text = sys.stdin.read() if name == "-" else _output.read_text(Path(name))
    if not text.strip():
        raise click.UsageError("there are no identifiers to look for")
    proof = prover.search_for(engine, text.splitlines(), progress=progress)
    with reading(engine) as connection:
        duties = stops.unsearched(reflect(connection), ())
    return proof, [
        d for d in duties if d["kind"] != stops.NUMBERS
    ]  # here all numbers are looked at
