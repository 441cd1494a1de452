"""The command line: options in, one call, text out; nothing is decided here.

A command is a module of this package with a click command called ``command``. Modules whose name
starts with an underscore hold what commands share.
"""

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from scanner import __version__, collector, plugins
from scanner.cli import _config, _faults, _logging


class Program(click.Group):
    """Finds the commands when they are asked for; turns every failure into one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the modules of this package, with dashes for underscores."""
        return [name.replace("_", "-") for name in plugins.names(__name__)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that is called like the command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = plugins.load(__name__, cmd_name.replace("-", "_"))
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; click would hide whether it was interrupted or the reader went away."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise _faults.Interrupted from None
        except BrokenPipeError:
            raise _faults.Unread from None
        return result

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> Any:
        """Run the program and leave it with its exit status."""
        words = sys.argv[1:] if args is None else list(args)
        if args is None:
            _faults.own_the_process()
            gc.set_threshold(collector.SELDOM)
        extra |= {"standalone_mode": False, "prog_name": "efface"}
        try:
            status = super().main(words, *more, **extra)
        except BaseException as error:  # the one place: nothing may reach Python's own traceback
            status = _faults.report(error, words)
        if args is None:
            _leave_stdout()
        sys.exit(status if isinstance(status, int) else 0)


def _leave_stdout() -> None:
    """Flush, or let go of, a stdout that takes no more, so that Python does not complain later."""
    try:
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


HELP = """Find where a person's data lives in a database, decide about it, erase it, prove it.

\b
  scan -> scan.json -> audit -> audit.xlsx == people decide ==> plan -> plan.json
       -> erase (rehearses) -> erase --commit -> verify, log

Try it: efface demo --full-tour

\b
Exit status, and what became of the customer's data:
  0    done, or nothing to do     changed only by a command with --commit
  1    the answer is no           unchanged
  2    wrong usage, rules, pack,
       workbook or file           unchanged
  3    refused by a safeguard     unchanged
  4    the database failed        rolled back, unchanged
  5    erased, but a receipt or
       the journal is unwritten,
       or some of several are not changed, as the journal says
  70   a fault in efface          rolled back; with --commit as the journal says
  130  interrupted                rolled back; with --commit as the journal says

Options are taken from the command line, else the environment (EFFACE_DB, EFFACE_JOURNAL,
EFFACE_JOURNAL_KEY), else efface.toml, else the default. NO_COLOR is honoured. EFFACE_DEBUG=1 shows tracebacks, which can
hold personal data.

\b
Completion, for bash, zsh or fish:
  eval "$(_EFFACE_COMPLETE=bash_source efface)"
  eval "$(_EFFACE_COMPLETE=zsh_source efface)"
  _EFFACE_COMPLETE=fish_source efface | source
"""


@click.group(
    cls=Program,
    help=HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="efface")
@click.option("-v", "--verbose", is_flag=True, help="Say on stderr what is being done.")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Defaults for options; efface.toml in the current folder if there is one.",
)
@click.pass_context
def main(ctx: click.Context, verbose: bool, config: Path | None) -> None:
    """Read what holds for all commands."""
    ctx.call_on_close(_logging.begin(verbose=verbose))
    ctx.default_map = _config.defaults(ctx, main, config)
