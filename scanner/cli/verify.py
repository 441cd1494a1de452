"""``efface verify``: is the person gone? Reads only; exit 1 where something is left."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import _against, _connection, _options, _output, _progress
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
            proof, duties = _by_plan(engine, plan, pack, (journal, journal_key), progress)
        else:
            proof, duties = _by_lines(engine, str(identifiers), progress)
    if as_json:
        from scanner.model import dump

        left = [{"column": c, "rows": n} for c, n in proof.left.items()]
        told = [{k: d[k] for k in ("kind", "where", "count", "why")} for d in duties]
        raw = {"version": 1, "left": left, "kpis_moved": list(proof.moved), "duties": told}
        _output.emit(dump(raw))
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
    for line in _against.unseen(duties):
        _output.remark(line)
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
) -> "tuple[Proof, Duties]":
    """Look for what a plan names; its duties stay open, as nothing of them is looked at."""
    from scanner import prover, rulebook
    from scanner.plans import Plan
    from scanner.records import ledger

    made = Plan.from_json(_output.read_text(plan))
    with suppress(EffaceError):  # without the journal the reviews count as the plan has them
        made = ledger.answered(made, _connection.journal(engine, *book).read())
    rules = rulebook.pack(pack or made.pack)
    return prover.prove(engine, made, rules, progress=progress), made.duties


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
