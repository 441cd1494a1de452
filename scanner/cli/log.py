"""``efface log``: what was erased, and whether the journal is whole."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import _connection, _holding, _options, _output
from scanner.cli._careful import Careful
from scanner.errors import Misconfigured, Negative
from scanner.model import dump
from scanner.texts.wording import count, noun

if TYPE_CHECKING:
    from scanner.journal import Entry, Journal

SHOWN = ("request", "by", "until", "why", "state", "becomes", "due")
"""What of an entry is shown in its line, where it is there."""


@click.command(cls=Careful)
@click.option(
    "--db",
    metavar="URL",
    envvar="EFFACE_DB",
    show_envvar=True,
    help="The database: finds its journal, and settles erasures that were interrupted.",
)
@_options.JOURNAL
@_options.JOURNAL_KEY
@click.option("--check", is_flag=True, help="Exit 1 where the journal is broken or unsettled.")
@click.option(
    "--accept",
    type=click.IntRange(1),
    metavar="LINES",
    help="Anchor a journal anew that lost its anchor: how many lines it has, by your copy of it.",
)
@click.option(
    "--export",
    type=_output.Target(),
    metavar="FILE",
    help="Write the journal as .csv or .html to read, or as .json with all that it holds.",
)
@click.option(
    "--certificate",
    type=_output.Target(),
    metavar="FILE",
    help="Write the receipt of an erasure as a certificate: .html to print and file, or .json.",
)
@click.option(
    "--plan", default="", metavar="DIGEST", help="Which erasure: its plan's digest; else the last."
)
@click.option("--overdue", is_flag=True, help="List what is past its day; exit 1 if anything is.")
@click.option("--hold", default="", metavar="KEY", help="Do not erase this subject for now.")
@click.option("--until", type=_holding.day, metavar="DATE", help="The last day of the hold.")
@click.option(
    "--why", default="", metavar="REASON", help="One word: claim, duty, accuracy, wish, objection, "
    "identity or audit; never in words of your own, which would name people."
)  # fmt: skip
@click.option("--release", default="", metavar="KEY", help="End the hold on this subject.")
@click.option("--open", "opened", default="", metavar="KEY", help="Note a request of this subject.")
@click.option(
    "--close",
    "closed",
    default="",
    metavar="ID",
    help="Note that this request was answered otherwise.",
)
@click.option("--received", type=_holding.day, metavar="DATE", help="When it came in; else today.")
@click.option(
    "--pack", metavar="NAME|FILE", help="Which rows of the database are subjects; else as it fits."
)
@_options.REQUEST
@_options.AS
@_options.JSON
def command(
    db: str | None,
    journal: Path | None,
    journal_key: Path | None,
    check: bool,
    accept: int | None,
    export: Path | None,
    certificate: Path | None,
    plan: str,
    overdue: bool,
    pack: str | None,
    as_json: bool,
    **wished: Any,
) -> None:
    """Show the journal, check it, settle what was interrupted; note holds and requests."""
    if not (db or journal):
        raise click.UsageError("name the journal: --journal FILE, or --db URL")
    wish = _holding.Wish(**wished)
    wish.check()
    from scanner.journal import Journal

    book = Journal.of(_connection.identity(db) if db else "", journal, journal_key)
    for line in book.mend(accept=accept) if check or accept else ():
        _output.remark(line)
    if _holding.write(book, wish, db, pack):
        return
    if db:
        _settle(book, db)
    entries = book.read()
    if not book.path.exists():
        _none(book, given=journal is not None)
        if check and db:
            _there(db)
    if overdue:
        _holding.late(book, as_json=as_json)
    elif certificate or export:
        _write(book, entries, certificate, plan, export)
    else:
        _show(book, entries, as_json=as_json)
    if check and book.path.exists():
        _checked(book, entries)


def _none(book: "Journal", *, given: bool) -> None:
    """Say that there is no journal; one that was and is gone has been told from that by its anchor.

    Raises:
        Misconfigured: its place was ``given``, which may be wrong.
    """
    told = (
        f"there is no journal {str(book.path)!r}: nothing was ever committed that it would tell of"
    )
    if given:
        raise Misconfigured(f"{told}, or it is in another place")
    _output.remark(told)


def _there(db: str) -> None:
    """Tell a database that has no journal from one that is not there: its URL may be mistyped.

    Raises:
        DatabaseFailed: it is not.
    """
    from scanner import database

    with _connection.opened(db) as engine, database.reading(engine):
        pass


def _show(book: "Journal", entries: "Sequence[Entry]", *, as_json: bool) -> None:
    if as_json:
        _output.emit(dump({"version": 1, "journal": str(book.path), "entries": raw(entries)}))
        return
    for line in lines(entries):
        _output.emit(line)


def raw(entries: "Sequence[Entry]") -> list[dict[str, Any]]:
    """Write entries as JSON objects, with all that they hold."""
    return [{n: getattr(e, n) for n in e.__slots__} for e in entries]


def _checked(book: "Journal", entries: "Sequence[Entry]") -> None:
    """Say that the journal is whole, and how much of it that vouches for.

    Raises:
        Negative: an erasure was interrupted and nobody has asked the database how it ended.
    """
    if waiting := book.open_intents():
        raise Negative(
            f"{count(len(waiting), 'erasure')} {'was' if len(waiting) == 1 else 'were'} interrupted "
            "without a word on the outcome: "
            "run efface log --check --db URL"
        )
    if early := sum(not e.key for e in entries):
        _output.remark(f"{count(early, 'line')} of before there were keys: only chained")
    _output.remark(f"the journal is whole: {count(len(entries), 'entry', 'entries')}, {book.path}")


def _write(
    book: "Journal",
    entries: "Sequence[Entry]",
    certificate: Path | None,
    plan: str,
    export: Path | None,
) -> None:
    """Write what was asked for to files."""
    if certificate:
        _certify(book, plan, certificate)
    if export:
        import reports

        reports.export(entries, export)
        _output.remark(f"{count(len(entries), 'entry', 'entries')} written to {export}")


def _certify(book: "Journal", plan: str, path: Path) -> None:
    import reports

    entry = book.receipt(plan)
    reports.certify(entry.content, path, journal=entry.named)
    _output.remark(f"the receipt of line {entry.number}, {entry.when}, is in {path}")


def _settle(book: "Journal", db: str) -> None:
    """Ask the database how interrupted erasures ended, if there are any."""
    if not book.open_intents():
        return
    from scanner import database

    with _connection.opened(db) as engine, database.reading(engine) as connection:
        schema = database.reflect(connection)
        for entry in book.settle(connection, schema, _connection.now()):
            _output.remark(f"an interrupted erasure was settled: {entry.event}")


def lines(entries: "Sequence[Entry]") -> Iterator[str]:
    """Write one line an entry."""
    for entry in entries:
        subject = entry.content.get("subject") or {}
        who = " ".join(str(subject[k]) for k in ("table", "key") if subject.get(k)) or "-"
        yield "  ".join(
            (f"{entry.number:>4}", entry.when, f"{entry.event:<7}", who, *_more(entry.content))
        ).rstrip()


def _more(content: Mapping[str, Any]) -> Iterator[str]:
    """Say what else an entry holds that fits in a line."""
    if rows := sum((content.get("rows") or content.get("deleted") or {}).values()):
        yield f"{rows:>8,} {noun(rows, 'row')}"
    yield from (f"{name} {content[name]}" for name in SHOWN if content.get(name))
    if again := content.get("again"):
        yield f"again, after line {again['number']}"
