"""``efface locate``: an audit and a subject -> where it is. Reads only."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import _connection, _options, _output, _progress
from scanner.cli._careful import Careful
from scanner.texts.wording import count

if TYPE_CHECKING:
    from scanner.locator import Named, Whereabouts


@click.command(cls=Careful)
@_options.DB
@click.argument("audit", type=_options.FILE)
@_options.SUBJECT
@click.option(
    "--pack",
    metavar="NAME|FILE",
    help="What is known of the product; the one of the scan if not given.",
)
@click.option(
    "--values",
    is_flag=True,
    help="Also write what is held (Art. 15 GDPR): personal data, to the file of -o only.",
)
@_options.JSON
@_options.OUTPUT
def command(
    db: str,
    audit: Path,
    subject: str,
    pack: str | None,
    values: bool,
    as_json: bool,
    output: Path | None,
) -> None:
    """Say where one subject is and how much is held: places and counts; change nothing.

    Nothing has to be decided before. The file of -o is JSON.
    """
    if values and not output:
        raise click.UsageError("--values writes personal data: name the file with -o FILE")
    from scanner import locator
    from scanner.cli.audit import read
    from scanner.model import dump

    found = read(audit)
    with _connection.opened(db) as engine, _progress.shown() as progress:
        where = locator.locate(
            engine, _connection.rules(found, pack), found, subject, values=values, progress=progress
        )
    if output:
        _output.write_text(output, dump(where.to_raw(values=values)))
    if values:
        _output.remark(
            f"warning: {output} holds personal data in plain text, and notes in it may name others: "
            "read them before you hand them out, and delete the file afterwards"
        )
    if as_json:
        _output.emit(dump(where.to_raw()))
    elif not output:
        for line in lines(where):
            _output.emit(line)


def lines(where: "Whereabouts") -> Iterator[str]:
    """Write places and counts as text."""
    yield f"subject {where.subject[0]} {where.subject[1]} in {where.database}"
    own = [h for h in where.holdings if h.own]
    yield f"own rows: {sum(h.own for h in own):,} in {count(len(own), 'table')}"
    for holding in own:
        yield f"  {holding.own:>6,}  {holding.table}"
        for held in holding.columns:
            kind = " ".join(filter(None, (held.personal.replace("_", " "), held.entity)))
            yield f"          {held.filled:>6,}  {held.column}: {kind}; {held.strategy}"
    linked = [h for h in where.holdings if h.linked]
    yield f"rows shared with others: {sum(h.linked for h in linked):,} in {count(len(linked), 'table')}"
    for holding in linked:
        yield f"  {holding.linked:>6,}  {holding.table}"
    yield from _named("named in other texts", where.mentions)
    yield from _named("may be named, for review", where.reviews)
    for column, rows in where.kept.items():
        yield f"kept by decision: {column} in {count(rows, 'row')}"
    for duty in where.duties:
        told = "" if duty["count"] is None else f" ({duty['count']:,})"
        yield f"outside the database: {duty['kind']}{told}"


def _named(title: str, found: tuple["Named", ...]) -> Iterator[str]:
    yield f"{title}: {count(sum(n.places for n in found), 'place')} in {count(sum(n.cells for n in found), 'cell')}"
    for named in found:
        yield f"  {named.places:>6,}  {named.column} ({named.certainty})"
