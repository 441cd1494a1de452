"""Lets no command replace a file that it reads: the database, the journal, a workbook, a plan."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click

from scanner.cli._output import Target

AGAIN = {
    ("audit", "scan"): (".xlsx", ".json"),
    ("audit", "previous"): (".xlsx", ".json"),
    ("scan", "previous"): (".json",),
    ("plan", "answers"): (".json",),
}
"""What ``-o`` may replace by what was made of it: it is read first, and nothing of it is lost."""


class Careful(click.Command):
    """A command that writes files, and looks first whether they are others than it reads."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it.

        Raises:
            click.UsageError: two files are one, before anything was done.
        """
        taken = [*_read(ctx)]
        for name, path in _written(ctx):
            for what, other, again in taken:
                if _same(path, other) and not (again and name == "-o"):
                    raise click.UsageError(
                        f"{name} would replace {str(path)!r}, which is {what}: choose another name"
                    )
            taken.append((f"what {name} writes", path, False))
        return super().invoke(ctx)


def _written(ctx: click.Context) -> Iterator[tuple[str, Path]]:
    for one in ctx.command.params:
        if isinstance(one.type, Target) and (path := ctx.params.get(one.name or "")):
            yield one.opts[0], path


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
