"""``efface demo``: builds the demo CRM, and shows the whole loop on it. Writes what it builds."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import _options, _output, _progress, _tour
from scanner.errors import Misconfigured

if TYPE_CHECKING:
    from scanner.demo import Truth


@click.command()
@click.argument(
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("efface-demo"),
    metavar="[DIR]",
)
@click.option("--cases", type=click.IntRange(1), help="How many cases the CRM holds (1500).")
@click.option("--contacts", type=click.IntRange(1), help="How many contacts it holds (600).")
@click.option("--seed", type=int, help="Another seed makes another CRM (1).")
@click.option("--db", metavar="URL", help="An empty database to build in, instead of SQLite.")
@click.option(
    "--shadows/--no-shadows", default=True, help="With upper-case S_ columns, or without."
)
@click.option("--full-tour", is_flag=True, help="Then scan, audit, plan, erase, verify.")
@_options.JSON
def command(
    folder: Path,
    cases: int | None,
    contacts: int | None,
    seed: int | None,
    db: str | None,
    shadows: bool,
    full_tour: bool,
    as_json: bool,
) -> None:
    """Build a CRM like Clarify with invented people in DIR, and its ground truth.

    DIR is ./efface-demo unless given; it must be empty or not there.
    """
    _prepare(folder)
    sizes = {"cases": cases, "contacts": contacts, "seed": seed}
    given = {k: v for k, v in sizes.items() if v is not None}
    begun = time.monotonic()
    truth = _build(folder, db, shadows=shadows, **given)
    url = db or f"sqlite:///{folder / _tour.DATABASE}"
    seconds = max(time.monotonic() - begun, 1)
    _output.remark(
        f"built {truth.rows:,} rows in {seconds:.0f} s; the truth about them: {folder / _tour.TRUTH}"
    )
    subject = str(truth.headline["key"])
    _output.remark(f"the contact with the most cases has the key {subject}")
    _output.remark(f"its present is {_tour.present()}: requests are listed with --now")
    if full_tour:
        _tour.walk(folder, url, subject)
    else:
        _output.remark(f"next: efface scan --db {_tour.shown(url)} -o {folder / 'scan.json'}")
        _output.remark(
            f"      efface requests list --db {_tour.shown(url)} --now {_tour.present()}"
        )
    if as_json:
        from scanner.model import dump

        told = {"version": 1, "folder": str(folder), "rows": truth.rows, "subject": subject}
        _output.emit(dump(told))


def _prepare(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()):
        raise Misconfigured(f"the folder {str(folder)!r} is not empty: name another one")
    folder.mkdir(parents=True, exist_ok=True)


def _build(folder: Path, db: str | None, **sizes: Any) -> "Truth":
    """Build in the given database, or in a file that is there only when it is complete."""
    from scanner import demo

    with _progress.shown() as progress:
        if db:
            truth = demo.create(db, progress=progress, **sizes)
        else:
            with _output.replacing(folder / _tour.DATABASE) as draft:
                truth = demo.create(f"sqlite:///{draft}", progress=progress, **sizes)
    with _output.replacing(folder / _tour.TRUTH) as draft, draft.open("w") as file:
        truth.write(file)
    return truth
