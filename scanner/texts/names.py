"""What names, months and words of addresses are also called: ``rules/names.toml``, read once."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from scanner.texts.folding import folded

LEAST_STEM = 4
"""A shorter word before the end of a German street is any word."""

AROUND_MONTH = 24
"""How much of a text says whether a word is a month."""

_YEAR, _SHORT = r"(?:(?:19|20)\d\d|['’]\d\d)(?!\d)", r"\d\d(?![\d:])"
_DAY, _TIME = r"\d{1,2}(?!\d)(?:st|nd|rd|th|er|\.)?", r"[ ,]{1,2}(?:at |um )?\d{1,2}:\d\d"
_OF, _SIGNS = r"(?:(?:de|of|di) )?", r"[ ,/-]{1,2}"
BEHIND_MONTH = re.compile(
    rf"\.?(?:[ ,/-]{{0,2}}{_OF}{_YEAR}|[ /-]{{1,2}}{_DAY}(?:{_SIGNS}{_OF}{_YEAR}|{_TIME})"
    rf"|(?P<sign>[/-]){_DAY}(?P=sign){_SHORT})"
)
AROUND_MONTHS = (
    (re.compile(rf"(?<!\d){_DAY}[ /-]?{_OF}\Z"), re.compile(rf"\.?(?:[/-]{_SHORT}|{_TIME})")),
    (re.compile(r"(?<!\d)(?:19|20)\d\d[ ./-]\Z"), re.compile(rf"\.?[ /-]{_DAY}")),
)
"""What stands behind the month of a date, or before and behind it: its day with a year or a time."""

DAYS = re.compile(rf"(?<![\d:]){_DAY}[ /-]?{_OF}\Z"), re.compile(rf"\.?[ /-]{_DAY}(?![\w:])")
"""A day before or behind a month."""


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
    return _nicknames().get(given.replace(" ", "-"), frozenset())


@cache
def _given() -> frozenset[str]:
    return frozenset(name for line in _rules()["given"]["common"] for name in line.split())


def is_given(word: str) -> bool:
    """Whether a folded word is known as a given name: then it is no typing error of another."""
    return word in _nicknames() or word in _given()


@cache
def _own() -> frozenset[str]:
    return frozenset(_rules()["given"]["own"].split())


def are_two(given: str, other: str) -> bool:
    """Whether a folded name and its short form may be two people of one family: Janet and Jan."""
    return not _own().isdisjoint((given, other))


@cache
def _words() -> frozenset[str]:
    return frozenset(w for line in _rules()["words"].values() for w in line.split())


def is_function(word: str) -> bool:
    """Whether a folded word says what somebody or something does, as in logins: web_user, test1."""
    return word in _rules()["words"]["functions"].split()


def is_word(name: str) -> bool:
    """Whether a folded name is a word as well: Price, May, Koch."""
    return name in _words() or name in all_months()


@cache
def titles() -> frozenset[str]:
    """List the folded words that stand right before the name of whom one speaks of."""
    return frozenset(_rules()["addressed"]["titles"].split())


@cache
def roles() -> frozenset[str]:
    """List the folded words before the name of somebody else: an agent, a colleague, a relative."""
    return frozenset(_rules()["addressed"]["roles"].split())


@cache
def headers() -> frozenset[str]:
    """List what the headers of mails are called, folded."""
    return frozenset(_rules()["addressed"]["headers"].split())


@cache
def labels() -> frozenset[str]:
    """List the folded words of what a field is called that holds the name of a customer."""
    return frozenset(_rules()["addressed"]["labels"].split())


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
def all_months() -> frozenset[str]:
    """Name all months in several languages, long and short."""
    return frozenset[str]().union(*(months(n) for n in range(1, 13)))


def is_month(text: str, start: int, end: int) -> bool:
    """Whether a word of a text is the month of a date that has a year or a time: 06 Jan 2019.

    Of a date with a day only it cannot be told: Ask April 3 times.
    """
    if folded(text[start:end]) not in all_months():
        return False
    ahead, after = text[max(0, start - AROUND_MONTH) : start], text[end : end + AROUND_MONTH]
    if BEHIND_MONTH.match(after):
        return True
    return any(b.search(ahead) and a.match(after) for b, a in AROUND_MONTHS)


def may_be_month(text: str, start: int, end: int) -> bool:
    """Whether a word of a text is a month's name with the number of a day beside it: May 5."""
    if folded(text[start:end]) not in all_months():
        return False
    before, behind = DAYS
    ahead, after = text[max(0, start - AROUND_MONTH) : start], text[end : end + AROUND_MONTH]
    return before.search(ahead) is not None or behind.match(after) is not None


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
            found |= {f"{stem} {end}" for end in group if len(stem) >= LEAST_STEM}
    return frozenset(found)


@cache
def left_out() -> frozenset[str]:
    """List the folded words that call something a street, and are mostly left out."""
    return frozenset(_rules()["streets"]["left_out"].split())


@cache
def put_first() -> frozenset[str]:
    """List the folded words in front that call something a street, and are mostly written."""
    return frozenset(_rules()["streets"]["put_first"].split())


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
def things(where: str) -> frozenset[str]:
    """List the folded words that make a company, a street or another thing of the name beside them.

    Args:
        where: ``behind`` the name, behind it with a ``capital``, ``before`` it, what may stand
            ``between`` these and the name, and what stands before it in an address (``housed``).
    """
    return frozenset(_rules()["things"][where].split())


def is_company(words: Iterable[str]) -> bool:
    """Whether one of the words of a name makes a company of it: Acme Industries GmbH."""
    plain = {re.sub(r"[. ]", "", folded(word)) for word in words}
    return not plain.isdisjoint(things("behind"))


@cache
def codes() -> frozenset[str]:
    """List the folded words that stand before the number of a thing: Order 10004711."""
    return frozenset(_rules()["codes"]["labels"].split())


@cache
def noise() -> frozenset[str]:
    """List the folded words that stand in the fields of names and are none."""
    return frozenset(_rules()["noise"]["words"].split())


@cache
def particles() -> frozenset[str]:
    """List the folded words of names that stand for nobody by themselves."""
    return frozenset(_rules()["particles"]["words"].split())


@cache
def fields() -> frozenset[str]:
    """List the folded words that are names, and what fields and headings are called as well."""
    return frozenset(_rules()["fields"]["words"].split())
