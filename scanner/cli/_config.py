"""Reads efface.toml into defaults for options; unknown keys are refused.

    db = "postgresql+psycopg://auditor@crm.example/clarify"

    [scan]
    pack = "clarify"
    skip = ["log_*"]

A key is an option's long name. ``db``, ``journal`` and ``journal-key`` may stand at the top, for all commands.
"""

import tomllib
from pathlib import Path
from typing import Any

import click

from scanner.cli._output import read_text
from scanner.errors import Misconfigured

NAME = "efface.toml"
"""The file that is looked for in the current folder."""

EVERYWHERE = ("db", "journal", "journal-key")
"""Options that may be set for all commands at once."""

NEVER = ("commit", "confirm", "json", "help")
"""Options that only a person, or a script, gives: a default never deletes."""

Defaults = dict[str, Any]


def defaults(ctx: click.Context, program: click.Group, path: Path | None) -> Defaults:
    """Read the defaults of all commands, in the form that click takes them.

    Raises:
        Misconfigured: the file cannot be read, or says what no command knows.

    """
    found = path or Path(NAME)
    if path is None and not found.is_file():
        return {}
    try:
        raw = tomllib.loads(read_text(found))
    except tomllib.TOMLDecodeError:
        raise Misconfigured(f"{str(found)!r} is not valid TOML") from None
    faults: list[str] = []
    shared = _shared(raw, faults)
    mapped: Defaults = {}
    for name in program.list_commands(ctx):
        section = raw.get(name, {})
        command = program.get_command(ctx, name) if section or shared else None
        if command and isinstance(section, dict):
            mapped[name] = _section(command, name, shared, section, faults)
    faults += [f"no command {name!r}" for name in raw if _unknown(raw, name, mapped)]
    if faults:
        raise Misconfigured(f"{str(found)!r}: {'; '.join(faults)}")
    return mapped


def _shared(raw: Defaults, faults: list[str]) -> Defaults:
    shared = {k: v for k, v in raw.items() if not isinstance(v, dict)}
    faults += [
        f"{key!r} belongs under a command, such as [scan]"
        for key in shared
        if key not in EVERYWHERE
    ]
    return {k: v for k, v in shared.items() if k in EVERYWHERE}


def _unknown(raw: Defaults, name: str, mapped: Defaults) -> bool:
    return isinstance(raw[name], dict) and bool(raw[name]) and name not in mapped


def _section(
    command: click.Command, name: str, shared: Defaults, section: Defaults, faults: list[str]
) -> Defaults:
    """Translate one command's options from their long names to click's.

    What a command of several parts is told goes for each part that has such an option.
    """
    parts = command.commands if isinstance(command, click.Group) else {}
    options = {part: _options(one) for part, one in parts.items()} or {"": _options(command)}
    for key, value in section.items():
        option = next((known[key] for known in options.values() if key in known), None)
        if fault := _fault(option, key, value):
            faults.append(f"[{name}] {fault}")
    merged = {k: v for k, v in {**shared, **section}.items() if k not in NEVER}
    mapped: Defaults = {
        part: {known[k].name or k: v for k, v in merged.items() if k in known}
        for part, known in options.items()
    }
    return mapped if parts else mapped[""]


def _options(command: click.Command) -> dict[str, click.Option]:
    """Map the long names of a command's options to them."""
    return {
        opt.removeprefix("--"): p
        for p in command.params
        if isinstance(p, click.Option)
        for opt in p.opts
        if opt.startswith("--")
    }


def _fault(option: click.Option | None, key: str, value: object) -> str:
    if key in NEVER:
        return f"{key!r} is given on the command line only"
    if option is None:
        return f"has no option {key!r}"
    parts = value if option.multiple and isinstance(value, list) else [value]
    kinds = (bool,) if option.is_flag else (str, int, float)
    if not all(isinstance(p, kinds) and isinstance(p, bool) == option.is_flag for p in parts):
        return f"{key!r} needs " + _needs(option)
    return ""


def _needs(option: click.Option) -> str:
    if option.is_flag:
        return "true or false"
    return "a list of texts" if option.multiple else "one text or number"
