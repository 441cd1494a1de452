"""Options that several commands have, so that they are called and explained alike."""

import getpass
from pathlib import Path

import click

from scanner.cli._output import Target

FILE = click.Path(path_type=Path, dir_okay=False)
"""A file to read; that it is there is checked where it is read."""

DB = click.option(
    "--db",
    metavar="URL",
    envvar="EFFACE_DB",
    show_envvar=True,
    required=True,
    help="The database, as postgresql+psycopg://user:password@host/database.",
)

JOURNAL = click.option(
    "--journal",
    type=FILE,
    metavar="FILE",
    envvar="EFFACE_JOURNAL",
    show_envvar=True,
    help="The journal; without it, one for each database in your data folder.",
)

JOURNAL_KEY = click.option(
    "--journal-key",
    type=FILE,
    metavar="FILE",
    envvar="EFFACE_JOURNAL_KEY",
    show_envvar=True,
    help="The journal's key, a file apart from it; without it, one in your configuration folder.",
)


def a_login(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    """Refuse an address where a login is asked for: it is written down, in the journal or a file.

    Raises:
        click.BadParameter: so; the address is not repeated.
    """
    if given and "@" in given:
        raise click.BadParameter(
            "name a login without @: it is written down, and no address may be"
        )
    return given


AS = click.option(
    "--as",
    "by",
    default="",
    callback=a_login,
    metavar="LOGIN",
    help="Who approved it, by login; the user of this computer if not given.",
)

REQUEST = click.option(
    "--request",
    default="",
    metavar="ID",
    help="The number of the request, such as SR-2026-17; never a name or an address.",
)

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")

OUTPUT = click.option("-o", "--output", type=Target(), metavar="FILE", help="Where it is written.")

SUBJECT = click.option(
    "--subject",
    required=True,
    metavar="KEY",
    help="The person's key (objid); never a name or an address.",
)


def login(given: str) -> str:
    """Say who approves: who was named, else the user of this computer, if it knows one."""
    if given:
        return given
    from scanner.records.ledger import as_login

    try:
        return as_login(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return ""
