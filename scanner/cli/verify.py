"""``efface verify``: is the person gone? Reads only; exit 1 where something is left."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import _connection, _options, _output, _progress
from scanner.errors import EffaceError, Negative
from scanner.texts.wording import count

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from scanner.model import Progress
    from scanner.prover import Proof


@click.command()
@_options.DB
@click.argument("plan", type=_options.FILE, required=False)
@click.option(
    "--identifiers",
    metavar="FILE|-",
    help="What the person is called, one a line; - reads stdin. Never give it as an argument.",
)
@click.option("--pack", metavar="NAME|FILE", help="The pack of the plan, if it was a file.")
@_options.JOURNAL
@_options.JOURNAL_KEY
@_options.JSON
def command(
    db: str,
    plan: Path | None,
    identifiers: str | None,
    pack: str | None,
    journal: Path | None,
    journal_key: Path | None,
    as_json: bool,
) -> None:
    """Look for what should be gone: by a plan, or by identifiers from a file."""
    if (plan is None) == (identifiers is None):
        raise click.UsageError("give either a plan or --identifiers FILE")
    with _connection.opened(db) as engine, _progress.shown() as progress:
        if plan is not None:
            proof = _by_plan(engine, plan, pack, (journal, journal_key), progress)
        else:
            proof = _by_lines(engine, str(identifiers), progress)
    if as_json:
        from scanner.model import dump

        left = [{"column": c, "rows": n} for c, n in proof.left.items()]
        _output.emit(dump({"version": 1, "left": left, "kpis_moved": list(proof.moved)}))
    else:
        for column, rows in proof.left.items():
            _output.emit(f"{column}  {rows}")
    for name in proof.moved:
        _output.remark(f"moved since the plan: {name}")
    if not proof.holds:
        raise Negative(
            f"still there: {count(sum(proof.left.values()), 'row')} of {count(len(proof.left), 'column')}"
        )
    found = "nothing is left" if plan is None else "nothing is left of what the plan found"
    _output.remark(found + (f", but {proof.kept}" if proof.kept else ""))
    if plan is not None:
        _output.remark(
            "what no plan could find: `efface verify --identifiers FILE` searches all text"
        )


def _by_plan(
    engine: "Engine",
    plan: Path,
    pack: str | None,
    book: tuple[Path | None, Path | None],
    progress: "Progress | None",
) -> "Proof":
    from scanner import prover, rulebook
    from scanner.plans import Plan
    from scanner.records import ledger

    made = Plan.from_json(_output.read_text(plan))
    with suppress(EffaceError):  # without the journal the reviews count as the plan has them
        made = ledger.answered(made, _connection.journal(engine, *book).read())
    return prover.prove(engine, made, rulebook.pack(pack or made.pack), progress=progress)


def _by_lines(engine: "Engine", name: str, progress: "Progress | None") -> "Proof":
    from scanner import prover

    text = sys.stdin.read() if name == "-" else _output.read_text(Path(name))
    if not text.strip():
        raise click.UsageError("there are no identifiers to look for")
    return prover.search_for(engine, text.splitlines(), progress=progress)
