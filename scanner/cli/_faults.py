"""Turns whatever went wrong into one sentence on stderr and an exit status; writes nothing else.

A sentence of ours holds no values. Texts of other libraries may, so that of an error that nobody
expected only its class and place are told.
"""

import json
import os
import re
import signal
import sys
import traceback
import warnings
from collections.abc import Sequence
from types import FrameType
from typing import Any

import click

from scanner.errors import EffaceError, why

USAGE = 2
"""Wrong usage, and files that cannot be read or written."""

FAULT = 70
"""An error of ours: EX_SOFTWARE of sysexits.h."""

INTERRUPTED = 130
"""Ctrl-C, as shells count it: 128 + SIGINT."""

UNREAD = 141
"""Whoever read our output stopped: 128 + SIGPIPE."""

PASSWORD = re.compile(r"(://[^\s/:@]*):.*@")
"""The password of a URL; greedy, because it may hold anything."""


class Interrupted(BaseException):
    """Somebody pressed Ctrl-C, or the process was told to end."""


class Unread(BaseException):
    """Nobody reads our output any more."""


def report(error: BaseException, words: Sequence[str]) -> int:
    """Tell on stderr what went wrong.

    Returns:
        The exit status.

    """
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else USAGE
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return USAGE
    sentence, status = explain(error, words)
    if os.environ.get("EFFACE_DEBUG"):
        _show_traceback(error)
    if sentence:
        lines = error.lines if isinstance(error, EffaceError) else (sentence,)
        _say(lines, status, as_json="--json" in words)
    return status


def explain(error: BaseException, words: Sequence[str]) -> tuple[str, int]:
    """Choose the sentence and the exit status for an error; no sentence: nobody listens."""
    if isinstance(error, EffaceError):
        return str(error), error.exit_code
    if isinstance(error, click.ClickException):
        return _usage(error), USAGE
    if isinstance(error, Interrupted | KeyboardInterrupt | click.Abort):
        return f"interrupted; {_outcome(words)}", INTERRUPTED
    if isinstance(error, Unread):
        return "", UNREAD
    if isinstance(error, OSError):
        return _unusable(error), USAGE
    told = f"an unexpected fault ({type(error).__name__} at {_place(error)}); {_outcome(words)}"
    return f"{told}; please report this line: it holds no personal data", FAULT


def _unusable(error: OSError) -> str:
    name = error.filename
    what = f"cannot read or write {str(name)!r}" if name else "cannot write the output"
    return f"{what}: {why(error)}"


def _usage(error: click.ClickException) -> str:
    text = error.format_message().strip().rstrip(".")
    text = text[:1].lower() + text[1:]
    context = getattr(error, "ctx", None)
    return f"{text} ({context.command_path} --help says more)" if context else text


def _outcome(words: Sequence[str]) -> str:
    if "--commit" in words:
        return "whether it was committed, efface log says"
    return "nothing was committed"


def _place(error: BaseException) -> str:
    """Name module and line of the innermost frame that is ours, else of the innermost one."""
    frames = [
        (str(frame.f_globals.get("__name__")), line)
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    ours = [f for f in frames if f[0].partition(".")[0] in {"scanner", "reports"}]
    module, line = (ours or frames or [("nowhere", 0)])[-1]
    return f"{module}:{line}"


def _show_traceback(error: BaseException) -> None:
    click.echo("efface: EFFACE_DEBUG is set: this traceback can hold personal data", err=True)
    for line in traceback.format_exception(error):
        click.echo(hide_password(line), err=True, nl=False)


def _say(told: Sequence[str], status: int, *, as_json: bool) -> None:
    """Tell a sentence, and each fault that it announces on a line of its own."""
    lines = [" ".join(hide_password(line).split()) for line in told]
    if as_json:
        head, *faults = lines
        error = f"{head} {'; '.join(faults)}" if faults else head
        click.echo(json.dumps({"error": error, "status": status}), err=True)
        return
    click.echo("\n  ".join((f"efface: {lines[0]}", *lines[1:])), err=True)


def hide_password(text: str) -> str:
    """Blank the passwords of URLs in ``text``."""
    return PASSWORD.sub(r"\1:***@", text)


def own_the_process() -> None:
    """Keep Python's and other libraries' own complaints off stderr, and end well when told to.

    They may hold values: a warning quotes what it is about, an error in a destructor (a zip file
    on a full disk) prints a traceback.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup has its way
            signal.signal(number, _end)
    if not os.environ.get("EFFACE_DEBUG"):
        warnings.simplefilter("ignore")
        sys.unraisablehook = _ignore


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _ignore(_unraisable: Any) -> None:
    """Say nothing."""
