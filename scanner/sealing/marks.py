"""What people who were erased are recognised by later without saying who they were.

A mark is an HMAC of a normalised identifier; each kind has its own, so that a number is never
mistaken for a name. What is normalised, and how, is ``FORM``: marks of another form are not compared.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import product

from scanner.identity import MAIL, Identity, is_name
from scanner.matching import phones
from scanner.matching.people import SPELLED_OUT
from scanner.texts import months
from scanner.texts.folding import folded

FORM = 1
"""The version of how identifiers are normalised."""

EMAIL, PHONE, NATIONAL, LOCAL, BORN, NAME = (
    "email",
    "phone",
    "phone_national",
    "phone_local",
    "name_birth",
    "name",
)
"""An address; a number with its country; one whose country is known, without it; one whose country
is not known; a name with a birth date; a name, which counts only where a key says the same."""

SHOWN = {EMAIL: "email", PHONE: "phone", NATIONAL: "phone", LOCAL: "phone", BORN: "name_birth"}
"""What people are told of each kind that is compared with an import."""

LEAST_DIGITS, MOST_DIGITS = 8, 15
"""Fewer digits without a country are many people's number; E.164 has no more."""

OLDEST = 1880
"""Nobody who is asked for was born before."""

CENTURY = 100
"""Years below are of two digits: of this century or the last one."""

DATES = re.compile(r"\s*(\d{1,4})[./\s-]+([^\W_]{1,12}|\d{1,2})[.]?[,./\s-]+(\d{1,4})(?:$|[T\s].*)")
COMPACT = re.compile(r"((?:18|19|20)\d\d)([01]\d)([0-3]\d)")
WORDED = re.compile(r"\s*([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\s*")

Said = tuple[str, str]
"""A kind of mark, and an identifier in the form that is compared."""


def of(identity: Identity, key: bytes) -> dict[str, list[str]]:
    """Make the marks of a subject, by kind, each in a stable order."""
    found: dict[str, set[str]] = {}
    for kind, text in _said(identity):
        found.setdefault(kind, set()).add(mark(kind, text, key))
    return {kind: sorted(marks) for kind, marks in sorted(found.items())}


def mark(kind: str, text: str, key: bytes) -> str:
    """Make one mark of an identifier that is in the form of its kind."""
    return hmac.digest(key, f"{kind}\x1f{FORM}\x1f{text}".encode(), hashlib.sha256).hex()


def _said(identity: Identity) -> Iterator[Said]:
    """Yield what a subject is called, in the forms that are compared."""
    born = {d for i in identity.identifiers if i.kind == "DATE_OF_BIRTH" for d in dates(i.value)}
    called: set[str] = set()
    for one in identity.identifiers:
        if one.strength == "doubt":  # many have it
            continue
        if one.kind == "EMAIL_ADDRESS":
            yield from emails(one.value)
        elif one.kind == "PHONE_NUMBER":
            yield from numbers(one.value)
        elif one.kind == "PERSON" and one.strength == "full":
            called |= set(people(one.value))
    yield from ((NAME, name) for name in called)
    yield from births(called, born)


def emails(value: str) -> Iterator[Said]:
    """Yield the addresses in a text: folded, without a tag, the domain as people read it."""
    for found in MAIL.findall(value):
        local, _, domain = folded(found.removeprefix("mailto:")).rpartition("@")
        local = local.partition("+")[0] or local
        if "xn--" in domain:
            domain = _readable(domain)
        yield EMAIL, f"{local}@{domain.strip('.')}"


def _readable(domain: str) -> str:
    try:
        return folded(domain.encode("ascii").decode("idna"))
    except UnicodeError:
        return domain


def numbers(value: str) -> Iterator[Said]:
    """Yield the forms of a subject's number: in E.164, and as its country or its town writes it."""
    core, code = phones.national(value)
    if code and core:
        yield PHONE, f"+{code}{core}"
        if len(core) >= LEAST_DIGITS:
            yield NATIONAL, core
    elif LEAST_DIGITS <= len(core) <= MOST_DIGITS:
        yield LOCAL, core


def asked(value: str) -> Iterator[Said]:
    """Yield what a number of an import may be of a subject's.

    One that says its country is not another country's with the same digits; one that does not may
    be any country's, or say it without a plus.
    """
    core, code = phones.national(value)
    if len(core) > MOST_DIGITS or len(core) + len(code) < LEAST_DIGITS:
        return
    if code:
        yield PHONE, f"+{code}{core}"
        yield LOCAL, f"{code}{core}"
    else:
        yield PHONE, f"+{core}"
        yield NATIONAL, core
    yield LOCAL, core


def people(value: str) -> Iterator[str]:
    """Yield the forms of a name: all its words, and only the first and the last, in any order.

    A subject's name has its given and its family names in two lines; a middle name may be missing.
    """
    given, _, family = value.replace(",", " ").partition("\n")
    if family:
        first, last = _words(given), _words(family)
    else:
        first, last = (words := _words(given))[:1], words[1:]
    if first and last:
        yield " ".join(sorted({*first, *last}))
        yield " ".join(sorted({first[0], *last}))
        yield " ".join(sorted({first[0], last[-1]}))


def _words(text: str) -> list[str]:
    """Split a name: accents, case and spelled-out umlauts off, forms of address out."""
    parts = re.split(r"[\s,.]+", text)
    return [SPELLED_OUT.sub(r"\1", folded(p)) for p in parts if is_name(p)]


def births(called: Iterable[str], born: Iterable[str]) -> Iterator[Said]:
    """Pair names with birth dates."""
    yield from ((BORN, f"{name}\x1f{day}") for name, day in product(called, born))


def dates(value: object) -> set[str]:
    """Read a birth date, in all ways that its order can mean, as ISO dates; none that is to come."""
    if isinstance(value, date):
        return _possible([(value.year, value.month, value.day)])
    text = str(value).strip()
    if found := COMPACT.fullmatch(text):
        return _possible([tuple(map(int, found.groups()))])
    if found := WORDED.fullmatch(text):
        return _possible((int(found[3]), m, int(found[2])) for m in _months(found[1]))
    found = DATES.fullmatch(text)
    if found is None:
        return set()
    first, middle, last = found.groups()
    if not middle.isdecimal():
        return _possible((y, m, int(first)) for m in _months(middle) for y in _years(last))
    if len(first) > 2:  # noqa: PLR2004 - a year has more digits than a day
        return _possible([(int(first), int(middle), int(last))])
    pairs = ((int(middle), int(first)), (int(first), int(middle)))
    return _possible((y, m, d) for y in _years(last) for m, d in pairs)


def _months(word: str) -> list[int]:
    plain = folded(word).strip(".")
    return [m for m in range(1, 13) if plain in months.called(m)]


def _years(text: str) -> Iterator[int]:
    year = int(text)
    yield from (1900 + year, 2000 + year) if year < CENTURY else (year,)


def _possible(parts: Iterable[tuple[int, ...]]) -> set[str]:
    found = set()
    today = datetime.now(UTC).date()
    for year, month, day in parts:
        try:
            made = date(year, month, day)
        except ValueError:
            continue
        if year >= OLDEST and made <= today:
            found.add(made.isoformat())
    return found


def readable(content: Mapping[str, object]) -> Mapping[str, list[str]]:
    """Take the marks out of an entry's content, if they are of the form that is compared."""
    raw = content.get("marks")
    if not isinstance(raw, dict) or raw.get("form") != FORM:
        return {}
    return {k: v for k, v in raw.items() if isinstance(v, list)}
