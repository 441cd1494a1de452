"""``efface log``: what was erased, and whether the journal is whole."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import _connection, _options, _output
from scanner.errors import Misconfigured, Negative

if TYPE_CHECKING:
    from scanner.journal import Entry, Journal


@click.command()
@click.option(
    "--db",
    metavar="URL",
    envvar="EFFACE_DB",
    show_envvar=True,
    help="The database: finds its journal, and settles erasures that were interrupted.",
)
@_options.JOURNAL
@click.option(
    "--certificate",
    type=_output.Target(),
    metavar="FILE",
    help="Write the receipt of an erasure as a certificate: .html to print and file, or .json.",
)
@click.option(
    "--plan", default="", metavar="DIGEST", help="Which erasure: its plan's digest; else the last."
)
@click.option("--check", is_flag=True, help="Exit 1 where the journal is broken or unsettled.")
@_options.JSON
def command(
    db: str | None,
    journal: Path | None,
    certificate: Path | None,
    plan: str,
    check: bool,
    as_json: bool,
) -> None:
    """Show the journal, check its chain, settle what was interrupted."""
    if not (db or journal):
        raise click.UsageError("name the journal: --journal FILE, or --db URL")
    from scanner.journal import Journal

    book = _settled(db, journal) if db else Journal.of("", journal)
    if journal and not journal.exists():
        raise Misconfigured(f"there is no journal {str(journal)!r}")
    entries = book.read()
    if certificate:
        _certify(book, plan, certificate)
    elif as_json:
        from scanner.model import dump

        raw = [{n: getattr(e, n) for n in e.__slots__} for e in entries]
        _output.emit(dump({"version": 1, "journal": str(book.path), "entries": raw}))
    else:
        for line in lines(entries):
            _output.emit(line)
    if check:
        if waiting := book.open_intents():
            raise Negative(
                f"{len(waiting)} erasures were interrupted and their outcome is not written down: "
                "run efface log --check --db URL"
            )
        _output.remark(f"the journal is whole: {len(entries)} entries, {book.path}")


def _certify(book: "Journal", plan: str, path: Path) -> None:
    import reports

    entry = book.receipt(plan)
    reports.certify(entry.content, path, journal=entry.named)
    _output.remark(f"the receipt of line {entry.number}, {entry.when}, is in {path}")


def _settled(db: str, journal: Path | None) -> "Journal":
    from scanner import database
    from scanner.journal import Journal

    with _connection.opened(db) as engine:
        book = Journal.of(database.identity(engine.url), journal)
        if book.open_intents():
            with database.reading(engine) as connection:
                now = datetime.now(UTC).isoformat(timespec="seconds")
                for entry in book.settle(connection, database.reflect(connection), now):
                    _output.remark(f"an interrupted erasure was settled: {entry.event}")
    return book


def lines(entries: tuple["Entry", ...]) -> Iterator[str]:
    """Write one line an entry."""
    for entry in entries:
        subject = entry.content.get("subject") or {}
        rows = sum((entry.content.get("rows") or entry.content.get("deleted") or {}).values())
        count = f"{rows:>8,} rows" if rows else ""
        yield (
            f"{entry.number:>4}  {entry.when}  {entry.event:<6}  "
            f"{subject.get('table', '')} {subject.get('key', '')}  {count}"
        ).rstrip()
