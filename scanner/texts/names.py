"""What names and words of addresses are also called, and which words are names."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from scanner.texts import months
from scanner.texts.folding import folded
from scanner.texts.lexicon import listed, table

PARTICLE = (
    "(?:van|von|de|la|las|los|der|den|del|della|di|da|du|dos|le|el|al|bin|ibn|ter|ten|zu|zur|af|av)"
)
"""A small word that belongs to the family name behind it, and makes another one of it: De Rossi."""

LEAST_STEM = 4
"""A shorter word before the end of a German street is any word."""


@cache
def _nicknames() -> Mapping[str, frozenset[str]]:
    """Map each name to the forms beside it; a short form to the names that it stands for."""
    found: dict[str, set[str]] = {}
    for lines in table("nicknames").values():
        for first, *short in map(str.split, lines):
            found.setdefault(first, set()).update(short)
            for one in short:
                found.setdefault(one, set()).add(first)
    return {name: frozenset(others) for name, others in found.items()}


def nicknames(given: str) -> frozenset[str]:
    """Name what somebody of the folded name ``given`` is called besides."""
    return _nicknames().get(given.replace(" ", "-"), frozenset())


def is_given(word: str) -> bool:
    """Whether a folded word is known as a given name: then it is no typing error of another."""
    return word in _nicknames() or word in listed("given", "common")


def are_two(given: str, other: str) -> bool:
    """Whether a folded name and its short form may be two people of one family: Janet and Jan."""
    return not listed("given", "own").isdisjoint((given, other))


def is_function(word: str) -> bool:
    """Whether a folded word says what somebody or something does, as in logins: web_user, test1."""
    return word in listed("words", "functions")


def is_word(name: str) -> bool:
    """Whether a folded name is a word as well: Price, May, Koch."""
    return name in listed("words") or name in months.named()


@cache
def same_in_address(word: str) -> frozenset[str]:
    """Give the ways to write one folded word of an address, itself among them."""
    streets = table("streets")
    found = {word}
    for group in map(str.split, streets["same"]):
        if word in group:
            found |= set(group)
    for group in map(str.split, streets["ends"]):
        stem = next((word.removesuffix(e) for e in group if word.endswith(e)), word)
        if stem not in ("", word):
            found |= {stem + end for end in group}
            found |= {f"{stem} {end}" for end in group if len(stem) >= LEAST_STEM}
    return frozenset(found)


@cache
def closing() -> re.Pattern[str]:
    """Give the pattern of the close of a letter, which ends a line: the writer's name follows it.

    A line of two dashes is how mails part the signature from the rest.
    """
    said = "|".join(re.escape(one) for some in table("closings").values() for one in some)
    return re.compile(
        rf"(?:(?:\A|[\r\n>.!?])\s*(?:{said})(?: from)?[ ]?[,.!-]*|[\r\n>]--)\s*(?:<|[\r\n]|\Z)",
        re.IGNORECASE,
    )


ELIDED = re.compile(r"[^\W\d_]{1,4}['’`]\s?(?=[^\W\d_])(?![a-zß-öø-ÿ])")


def is_capital(word: str) -> bool:
    """Whether a word begins as a name does: with no small letter, or one before its capital: d'Angelo."""
    return not word[0].islower() or ELIDED.match(word) is not None


def is_company(words: Iterable[str]) -> bool:
    """Whether one of the words of a name makes a company of it: Acme Industries GmbH."""
    plain = {re.sub(r"[. ]", "", folded(word)) for word in words}
    return not plain.isdisjoint(listed("things", "behind"))
