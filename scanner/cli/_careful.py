"""Lets no command replace a file that it reads, that people worked in, or that proves what was done."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zipfile import is_zipfile

import click

from scanner.cli._output import Target
from scanner.texts.wording import count

AGAIN = {
    ("audit", "scan"): (".xlsx", ".json"),
    ("audit", "previous"): (".xlsx", ".json"),
    ("scan", "previous"): (".json",),
    ("plan", "answers"): (".json",),
}
"""What ``-o`` may replace by what was made of it: it is read first, and nothing of it is lost."""

WORKBOOKS = {("audit", "-o"), ("plan", "--reviews")}
"""What writes workbooks, and looks itself whether one that is there would lose anything."""

JSONS = {"scan", "plan", "erase", "locate"}
"""Commands whose ``-o`` is JSON; that of a receipt may be a certificate, too."""


PROVES = "proves an erasure that was committed"
CERTIFICATE = b"<title>Certificate of erasure: "
"""What the page begins with that says the same as such a receipt."""


class Careful(click.Command):
    """A command that writes files, and looks first whether they are others than it reads."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it.

        Raises:
            click.UsageError: two files are one, or one is there that people worked in or that is
                none of ours, before anything was done.
        """
        taken = [*_read(ctx)]
        for name, path in _written(ctx):
            for what, other, again in taken:
                if _same(path, other) and not (again and name == "-o"):
                    raise click.UsageError(
                        f"{name} would replace {str(path)!r}, which is {what}: choose another name"
                    )
            if told := _worked(ctx.info_name or "", name, path):
                raise click.UsageError(
                    f"{name} would replace {str(path)!r}, which {told}: choose another name"
                )
            taken.append((f"what {name} writes", path, False))
        return super().invoke(ctx)


def _written(ctx: click.Context) -> Iterator[tuple[str, Path]]:
    for one in ctx.command.params:
        if isinstance(one.type, Target) and (path := ctx.params.get(one.name or "")):
            yield one.opts[0], path


def _worked(command: str, name: str, path: Path) -> str:
    """Say what is in a file that is there and is not to be lost; nothing where it may be replaced.

    An audit and a plan say themselves what would be lost of an older one.
    """
    if not _is_file(path) or not path.stat().st_size:
        return ""
    if is_zipfile(path):
        own = (command, name) in WORKBOOKS and path.suffix.lower() == ".xlsx"
        return "" if own else "is a workbook, in which people may have decided or answered"
    if path.suffix.lower() == ".html":
        return PROVES if CERTIFICATE in path.read_bytes() else ""
    wanted = name == "-o" and command in JSONS
    if path.suffix.lower() != ".json" and not wanted:
        return ""
    try:
        held = json.loads(path.read_bytes())
    except (ValueError, OSError, RecursionError):
        held = None
    if not isinstance(held, dict):
        return "is no JSON of ours" if wanted else ""
    if _proves(held):
        return PROVES
    decided, answered = _decisions(held), _answers(held)
    if decided and (command, name) != ("audit", "-o"):
        return f"holds {count(decided, 'decision')} of people"
    if answered and (command, name) != ("plan", "-o"):
        return f"holds {count(answered, 'answer')} to reviews"
    return ""


def _proves(held: dict[str, Any]) -> bool:
    """Whether it is the receipt of something that was done, which no other run can write again."""
    done = any(held.get(k) for k in ("rows", "cells", "deleted"))
    return held.get("committed") is True and "plan" in held and done


def _decisions(held: dict[str, Any]) -> int:
    """Count what people decided in an audit that is written as JSON."""
    made = held.get("decisions")
    return sum(
        isinstance(d, dict) and d.get("by") != "policy"
        for d in (made if isinstance(made, list) else ())
    )


def _answers(held: dict[str, Any]) -> int:
    """Count what people answered in a plan."""
    made = None if "committed" in held else held.get("reviews")  # a receipt only repeats them
    return sum(
        isinstance(r, dict) and bool(r.get("answer"))
        for r in (made if isinstance(made, list) else ())
    )


def _read(ctx: click.Context) -> Iterator[tuple[str, Path, bool]]:
    """Name the files that a command reads: what a word may name, if there is such a file.

    And whether ``-o`` may take its place.
    """
    for one in ctx.command.params:
        name, value = one.name or "", ctx.params.get(one.name or "")
        if isinstance(one.type, Target) or not value:
            continue
        what = "the database" if name == "db" else _called(one)
        again = AGAIN.get((ctx.info_name or "", name), ())
        for word in value if isinstance(value, tuple) else (value,):
            path = _file(word) if name == "db" else Path(word) if _names(word) else None
            if path is not None and _is_file(path):
                yield what, path, path.suffix.lower() in again


def _called(one: click.Parameter) -> str:
    return (
        f"what {one.opts[0] if one.param_type_name == 'option' else one.human_readable_name} names"
    )


def _names(word: object) -> bool:
    return isinstance(word, Path) or (
        isinstance(word, str) and "\n" not in word and "\0" not in word
    )


def _is_file(path: Path) -> bool:
    """Whether there is such a file; what is no path, as it is too long, names none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _file(url: str) -> Path | None:
    """Find the file of an SQLite database by its URL."""
    kind, _, rest = url.partition("://")
    place = unquote(rest.partition("?")[0].removeprefix("/").removeprefix("file:"))
    return Path(place) if kind.startswith("sqlite") and place else None


def _same(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()
