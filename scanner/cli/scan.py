"""``efface scan``: a database -> scan.json. Reads only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import _connection, _options, _output, _progress
from scanner.cli._careful import Careful
from scanner.cli._failing import FAILS
from scanner.errors import Misconfigured
from scanner.texts.wording import count, noun

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from scanner.model import Scan
    from scanner.rulebook import Pack
    from scanner.scanning.partial import Partial

SAMPLE = 1000
"""How many rows of a table are read unless told otherwise."""

SHOWN = 20
"""How many tables that were read again are named."""


@click.command(cls=Careful)
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
    "--previous",
    type=_options.FILE,
    metavar="OLD",
    help="An earlier scan.json or workbook: read only what may have changed since.",
)
@click.option(
    "--reread",
    type=click.IntRange(0),
    metavar="DAYS",
    help="With --previous, read a table again so long after it was last read whole (30).",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="How many processes work; without it, several for a big schema. The result is the same.",
)
@click.option(
    "--dask",
    default="",
    metavar="ADDRESS",
    help="Let a Dask cluster work; its workers need EFFACE_DB in their environment.",
)
@click.option("--fresh", is_flag=True, help="Start over where an earlier scan was interrupted.")
@click.option(
    "--fail-on",
    type=click.Choice(list(FAILS)),
    help="Exit 1 where something is new or newly personal since --previous; where a column "
    "identifies people directly; where nobody has decided, in the workbook --previous, or declared.",
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
    previous: Path | None,
    reread: int | None,
    jobs: int | None,
    dask: str,
    fresh: bool,
    fail_on: str | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Look at every column for personal data; write what was found."""
    if not (as_json or output):
        raise click.UsageError("say where the scan goes: -o scan.json, or --json for stdout")
    if not previous:
        _alone(fail_on, reread)
    from scanner import inspector
    from scanner.cli.audit import read
    from scanner.scanning import reuse

    before = read(previous) if previous else None
    partial = inspector.Partial(output, say=_output.remark, fresh=fresh) if output else None
    with _kept(partial), _connection.opened(db) as engine, _progress.shown() as progress:
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
            previous=before.scan if before else None,
            days=reuse.DAYS if reread is None else reread,
            jobs=jobs,
            dask=dask,
            partial=partial,
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
    if partial:
        partial.end()
    if as_json:
        _output.emit(text)
    for line in [*summary(found), *_reused(found)]:
        _output.remark(line)
    if fail_on:
        FAILS[fail_on](found, before)


def _alone(fail_on: str | None, reread: int | None) -> None:
    """Refuse what makes sense only with an earlier scan."""
    if fail_on == "new":
        raise click.UsageError("--fail-on new compares: say with what, --previous OLD")
    if reread is not None:
        raise click.UsageError("--reread needs --previous OLD")


@contextmanager
def _kept(partial: "Partial | None") -> Iterator[None]:
    """Say where a scan that is interrupted leaves what it found."""
    try:
        yield
    except KeyboardInterrupt:
        if partial and partial.path.exists():
            _output.remark(f"what is done is in {str(partial.path)!r}: the same command goes on")
        raise


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
        f"{count(len(found.columns), 'column')} of {count(sum(t.kind == 'table' for t in found.tables), 'table')} "
        f"(pack: {found.pack or 'none'})",
        f"  {counts['direct']:>6} identify a person directly",
        f"  {counts['quasi']:>6} with others",
        f"  {counts['free_text']:>6} hold free text",
        f"  {counts['none']:>6} are not personal",
        f"  {counts['unknown']:>6} could not be told",
    ]
    lines += [f"  {empty:>6} of them hold no values"] if empty else []
    lines += [f"  {left_out:>6} of them were left out on request"] if left_out else []
    lines += [f"  {failed:>6} could not be read"] if failed else []
    return [*lines, *_slow(found)]


def _slow(found: "Scan") -> list[str]:
    """Name once the recognizers that took too long, whatever the number of columns."""
    from scanner.scanning.examiner import TOO_SLOW

    reasons = (part for c in found.columns for part in c.reason.split("; "))
    return sorted({reason for reason in reasons if reason.startswith(TOO_SLOW)})


def _reused(found: "Scan") -> list[str]:
    """Say what of an earlier scan was taken over, and what was read again, and why."""
    tables = [t for t in found.tables if t.reading]
    kept = [t for t in tables if t.reading == "reused"]
    if "previous" not in found.options:
        return []
    lines = [
        f"{len(kept)} of {count(len(tables), 'table')} {noun(len(kept), 'is', 'are')} as the earlier scan says"
    ]
    if kept:
        oldest = min(t.read for t in kept)[:10]
        lines[0] += (
            f", which read them whole on {oldest} or later; values that were changed in place do not show"
        )
    again = [f"  {t.table}: {t.because}" for t in tables if t.reading != "reused"]
    more = [f"  and {len(again) - SHOWN} more"] if len(again) > SHOWN else []
    return [*lines, *(["read again:"] if again else []), *again[:SHOWN], *more]
