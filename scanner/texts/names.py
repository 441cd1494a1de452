"""What names, months and words of addresses are also called: ``rules/names.toml``, read once."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _rules() -> Mapping[str, Any]:
    return tomllib.loads((files("rules") / "names.toml").read_text("utf-8"))


@cache
def _nicknames() -> Mapping[str, frozenset[str]]:
    """Map each name to the forms beside it; a short form to the names that it stands for."""
    found: dict[str, set[str]] = {}
    for lines in _rules()["nicknames"].values():
        for first, *short in map(str.split, lines):
            found.setdefault(first, set()).update(short)
            for one in short:
                found.setdefault(one, set()).add(first)
    return {name: frozenset(others) for name, others in found.items()}


def nicknames(given: str) -> frozenset[str]:
    """Name what somebody of the folded name ``given`` is called besides."""
    return _nicknames().get(given, frozenset())


@cache
def _given() -> frozenset[str]:
    return frozenset(name for line in _rules()["given"]["common"] for name in line.split())


def is_given(word: str) -> bool:
    """Whether a folded word is known as a given name: then it is no typing error of another."""
    return word in _nicknames() or word in _given()


@cache
def months(month: int) -> frozenset[str]:
    """Name the ``month``, 1 to 12, in several languages, long and short."""
    found = set()
    for line in _rules()["months"].values():
        full, _, short = line.partition("/")
        name = full.split()[month - 1]
        found |= {name, name[:3]}
        more = short.split()
        found |= {w for n, w in zip(more[::2], more[1::2], strict=True) if int(n) == month}
    return frozenset(found)


@cache
def same_in_address(word: str) -> frozenset[str]:
    """Give the ways to write one folded word of an address, itself among them."""
    streets = _rules()["streets"]
    found = {word}
    for group in map(str.split, streets["same"]):
        if word in group:
            found |= set(group)
    for group in map(str.split, streets["ends"]):
        stem = next((word.removesuffix(e) for e in group if word.endswith(e)), word)
        if stem not in ("", word):
            found |= {stem + end for end in group}
    return frozenset(found)


@cache
def closing() -> re.Pattern[str]:
    """Give the pattern of the close of a letter, which ends a line: the writer's name follows it.

    A line of two dashes is how mails part the signature from the rest.
    """
    said = "|".join(re.escape(one) for some in _rules()["closings"].values() for one in some)
    return re.compile(
        rf"(?:(?:\A|[\r\n>.!?])\s*(?:{said})(?: from)?[ ]?[,.!-]*|[\r\n>]--)\s*(?:<|[\r\n]|\Z)",
        re.IGNORECASE,
    )


@cache
def heralds() -> frozenset[str]:
    """List the folded words with a capital that stand before a name and are none: Hi, Professor."""
    return frozenset(w for line in _rules()["heralds"].values() for w in line.split())


ELIDED = re.compile(r"[^\W\d_]{1,4}['’`]\s?(?=[^\W\d_])(?![a-zß-öø-ÿ])")


def is_capital(word: str) -> bool:
    """Whether a word begins as a name does: with no small letter, or one before its capital: d'Angelo."""
    return not word[0].islower() or ELIDED.match(word) is not None


@cache
def things() -> frozenset[str]:
    """List the words that make a company, a street or another thing of the name before them."""
    return frozenset(w for line in _rules()["companies"].values() for w in line.split())
