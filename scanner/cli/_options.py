"""Options that several commands have, so that they are called and explained alike."""

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

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")

OUTPUT = click.option("-o", "--output", type=Target(), metavar="FILE", help="Where it is written.")

SUBJECT = click.option(
    "--subject",
    required=True,
    metavar="KEY",
    help="The person's key (objid); never a name or an address.",
)
