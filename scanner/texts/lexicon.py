"""The words of ``rules/names.toml``, read once: what each list is for stands there."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _rules() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("rules") / "names.toml").read_text("utf-8"))


def table(name: str) -> Mapping[str, Any]:
    """Give a table of the rules as it is written."""
    return _rules()[name]


@cache
def listed(name: str, key: str = "") -> frozenset[str]:
    """List the folded words of a table: those of ``key``, or of all its keys.

    Each key holds words with spaces between them, or a list of such lines.
    """
    held = table(name)
    lines = [held[key]] if key else held.values()
    return frozenset(w for line in lines for some in _lines(line) for w in some.split())


def _lines(held: str | list[str]) -> list[str]:
    return [held] if isinstance(held, str) else held
