"""``efface pack``: a schema, and a scan of it -> a pack file for people to confirm. Reads only."""

from pathlib import Path

import click

from scanner.cli import _connection, _options, _output
from scanner.cli._careful import Careful
from scanner.errors import Misconfigured
from scanner.texts.wording import count


@click.command(cls=Careful)
@_options.DB
@click.argument("audit", type=_options.FILE, required=False)
@click.option(
    "--subject", metavar="TABLE", help="The table of the subjects; proposed if not given."
)
@click.option("--key", metavar="COLUMN", help="The column that names a subject; its table's key.")
@_options.OUTPUT
def command(
    db: str, audit: Path | None, subject: str | None, key: str | None, output: Path | None
) -> None:
    """Propose a pack for another schema than Clarify's.

    AUDIT is a scan or a workbook of the same database. Relations come from declared foreign keys,
    and from names that values bear out. What is not certain waits in the file for you.
    """
    import reports
    from scanner import database
    from scanner.packs import packwriter, proposer

    if output and output.exists():
        raise Misconfigured(f"{str(output)!r} is there and may be confirmed: choose another name")
    known = reports.read(audit) if audit else None
    with _connection.opened(db) as engine, database.reading(engine) as connection:
        schema = database.reflect(connection)
        if known and known.scan.database.fingerprint != database.fingerprint(schema):
            raise Misconfigured("the scan is of another database, or the schema has changed since")
        made = proposer.propose(
            connection, schema, audit=known, subject=subject or "", key=key or ""
        )
    text = packwriter.toml(made)
    if output:
        _output.write_new(output, text)
    else:
        _output.emit(text)
    states = [r.state for r in made.relations]
    _output.remark(
        f"subjects: {made.subject}, named by {made.key}; "
        f"{count(states.count('follow'), 'relation')}, {count(made.open, 'question')} to confirm, "
        f"{states.count('tell')} more in comments"
    )
