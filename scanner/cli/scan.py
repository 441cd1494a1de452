"""``efface scan``: a database -> scan.json. Reads only."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import _connection, _options, _output, _progress
from scanner.errors import Misconfigured, Negative

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from scanner.model import Finding, Scan
    from scanner.rulebook import Pack

SAMPLE = 1000
"""How many rows of a table are read unless told otherwise."""


@click.command()
@_options.DB
@click.option(
    "--pack",
    default="auto",
    show_default=True,
    metavar="NAME|FILE|none|auto",
    help="What is known of the product; auto takes the one that fits the tables.",
)
@click.option(
    "--rules",
    type=_options.FILE,
    multiple=True,
    metavar="FILE",
    help="More recognizers and column names (TOML).",
)
@click.option(
    "--recognizers",
    type=_options.FILE,
    multiple=True,
    metavar="FILE",
    help="More recognizers (Presidio's YAML).",
)
@click.option("--model", metavar="NAME|FOLDER", help="A spaCy model of yours.")
@click.option(
    "--table",
    "only",
    multiple=True,
    metavar="GLOB",
    help="Only such tables, as table or schema.table.",
)
@click.option("--skip", multiple=True, metavar="GLOB", help="Not such tables.")
@click.option(
    "--sample",
    type=click.IntRange(1),
    default=SAMPLE,
    show_default=True,
    help="How many rows to read of a table.",
)
@click.option("--full", is_flag=True, help="Read every row.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which sample is drawn.")
@click.option(
    "--fail-on",
    type=click.Choice(["direct", "undecided"]),
    help="Exit 1 where a column identifies people directly, or nothing declares what it is.",
)
@_options.JSON
@_options.OUTPUT
def command(
    db: str,
    pack: str,
    rules: tuple[Path, ...],
    recognizers: tuple[Path, ...],
    model: str | None,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    sample: int,
    full: bool,
    seed: int,
    fail_on: str | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Look at every column for personal data; write what was found."""
    if not (as_json or output):
        raise click.UsageError("say where the scan goes: -o scan.json, or --json for stdout")
    from scanner import inspector

    with _connection.opened(db) as engine, _progress.shown() as progress:
        found = inspector.scan(
            engine,
            pack=_pack(engine, pack),
            rules=rules,
            recognizers=recognizers,
            model=model or inspector.DEFAULT,
            only=only,
            skip=skip,
            sample=sample,
            full=full,
            seed=seed,
            progress=progress,
        )
    if not found.columns:
        raise Misconfigured(
            "no table is left after --table and --skip"
            if only or skip
            else "the database has no tables that this account can see"
        )
    text = found.to_json()
    if output:
        _output.write_text(output, text)
    if as_json:
        _output.emit(text)
    for line in summary(found):
        _output.remark(line)
    if fail_on:
        _judge(found, fail_on)


def _pack(engine: "Engine", name: str) -> "Pack | None":
    """Load the pack; for ``auto`` look which one fits the tables."""
    from sqlalchemy import inspect

    from scanner import database, rulebook

    if name != "auto":
        return rulebook.choose(name, ())
    with database.reading(engine) as connection:
        inspector = inspect(connection)
        schemas = database.dialect_of(connection).schemas(inspector)
        tables = [t for s in schemas for t in inspector.get_table_names(s or None)]
    return rulebook.choose(name, tables)


def summary(found: "Scan") -> list[str]:
    """Say in a few lines what a scan found."""
    from scanner.model import summarise

    counts = summarise(found.columns)
    left_out = sum(c.status == "skipped" and "request" in c.reason for c in found.columns)
    empty = sum(c.status == "empty" for c in found.columns)
    failed = sum(c.status == "failed" for c in found.columns)
    lines = [
        f"{len(found.columns)} columns of {sum(t.kind == 'table' for t in found.tables)} tables "
        f"(pack: {found.pack or 'none'})",
        f"  {counts['direct']:>6} identify a person directly",
        f"  {counts['quasi']:>6} with others",
        f"  {counts['free_text']:>6} hold free text",
        f"  {counts['none']:>6} are not personal",
        f"  {counts['unknown']:>6} could not be told",
    ]
    lines += [f"  {empty:>6} of them hold no values"] if empty else []
    lines += [f"  {left_out:>6} of them were left out on request"] if left_out else []
    return [*lines, f"  {failed:>6} could not be read"] if failed else lines


FAILS: dict[str, tuple[Callable[["Finding"], bool], str]] = {
    "direct": (lambda c: c.personal == "direct", "identify a person directly"),
    "undecided": (
        lambda c: c.personal != "none" and not c.declared_by,
        "may be personal, and nothing declares what they are",
    ),
}
"""What --fail-on takes: which columns it means, and how that is said."""


def _judge(found: "Scan", fail_on: str) -> None:
    chosen, told = FAILS[fail_on]
    if count := sum(map(chosen, found.columns)):
        raise Negative(f"{count} columns {told}")
