"""``efface check-import``: which rows of a file would bring back people who were erased."""

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import _connection, _options, _output
from scanner.cli._careful import Careful
from scanner.errors import Misconfigured, Negative
from scanner.texts.wording import count, noun

if TYPE_CHECKING:
    from scanner.gatekeeper import Check, Gatekeeper
    from scanner.journal import Journal
    from scanner.sealing.chain import Entry
    from scanner.sheets import Sheet


@click.command(cls=Careful)
@click.argument("file", type=_options.FILE)
@click.option(
    "--db",
    metavar="URL",
    envvar="EFFACE_DB",
    show_envvar=True,
    help="The database that is imported into: finds its journal, and is not asked itself.",
)
@_options.JOURNAL
@_options.JOURNAL_KEY
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="KIND=COLUMN",
    help="A column and what it holds: email, phone, name (a whole one), given, family or birth; "
    "by its heading, letter or number. Recognised if not given.",
)
@click.option("--encoding", default="", metavar="NAME", help="Of a CSV file that is not UTF-8.")
@click.option("--delimiter", default="", metavar="SIGN", help="Between the cells of a CSV file.")
@click.option("--sheet", default="", metavar="NAME", help="Of a workbook with several sheets.")
@_options.JSON
@click.option(
    "-o",
    "--output",
    type=_output.Target(),
    metavar="FILE.csv",
    help="Also write the file without these rows.",
)
def command(
    file: Path,
    db: str | None,
    journal: Path | None,
    journal_key: Path | None,
    columns: tuple[str, ...],
    encoding: str,
    delimiter: str,
    sheet: str,
    as_json: bool,
    output: Path | None,
) -> None:
    """Say which rows of a CSV file or a workbook are about people who were erased.

    Prints the numbers of rows and by what they show, nothing else of them; exit 1 if there are any.
    """
    _usable(db, journal, output)
    from scanner import gatekeeper, headings, sheets
    from scanner.journal import Journal

    book = Journal.of(_connection.identity(db) if db else "", journal, journal_key)
    known, marking = _known(book)
    source = sheets.understand(
        file,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        otherwise=", or say what it is, such as --encoding cp1252",
    )
    head, sample = gatekeeper.head_of(source)
    found = headings.read(head, sample, columns)
    keeper = gatekeeper.Gatekeeper(found, known, marking)
    _told(keeper)
    check = gatekeeper.Check(source, keeper, len(head))
    _run(check, source, output)
    _emit(check, as_json=as_json)
    if check.hits:
        those = noun(len(check.hits), "is", "are")
        raise Negative(
            f"{len(check.hits):,} of {count(check.rows, 'row')} {those} about people who were erased"
        )
    _output.remark(f"none of {count(check.rows, 'row')} is about somebody who was erased")


def _usable(db: str | None, journal: Path | None, output: Path | None) -> None:
    """Refuse what cannot be meant."""
    if not (db or journal):
        raise click.UsageError("name the journal: --journal FILE, or --db URL")
    if output and output.suffix.lower() != ".csv":
        raise click.UsageError("-o writes a CSV file: give it a name that ends in .csv")


def _known(book: "Journal") -> tuple[dict[str, set[str]], bytes]:
    """Read the marks of who was erased, and say of how many there are none."""
    from scanner.records import ledger

    entries: Sequence[Entry] = book.read()
    if not entries:
        raise Misconfigured(f"there is no journal {str(book.path)!r}: name it with --journal")
    done = ledger.erasures(entries)
    if bare := sum(not e.marks for e in done):
        _output.remark(
            f"{bare} of {len(done)} people left no marks in the journal: they are missed"
        )
    return ledger.known(entries), book.unlock().marking() if done else b""


def _told(keeper: "Gatekeeper") -> None:
    """Say what is compared, and what is not."""
    found = keeper.headings
    for kind, letters in found.told().items():
        _output.remark(f"{kind}: column {', '.join(letters)}")
    if not found.of("phone"):
        _output.remark("no column of phone numbers: they are not compared (--column phone=...)")
    if not (found.named and found.of("birth")):
        _output.remark("no columns of names and birth dates: they are not compared")


def _run(check: "Check", source: "Sheet", output: Path | None) -> None:
    from scanner import sheets

    if output is None:
        deque(check.passed(), maxlen=0)
        return
    with _output.replacing(output) as draft:
        sheets.write(check.passed(), source, draft)


def _emit(check: "Check", *, as_json: bool) -> None:
    if as_json:
        from scanner.model import dump

        rows = [{"row": h.row, "kinds": list(h.kinds)} for h in check.hits]
        told = {"version": 1, "checked": check.rows, "columns": check.keeper.headings.told()}
        _output.emit(dump({**told, "rows": rows}))
        return
    for hit in check.hits:
        _output.emit(f"row {hit.row}  {', '.join(hit.kinds)}")
