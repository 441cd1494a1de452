"""By lengths, characters and repetition: whether the values could be what the name says."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from scanner.detectors import by_name
from scanner.detectors.look import CLEAR, Look, Sign
from scanner.detectors.values import Values

COST = 3

FEW, BIG = 5, 100_000
"""Fewer or smaller numbers are close together by chance."""

MOSTLY = 0.9
"""Nearly all values."""

DATE = re.compile(r"(\d{1,4})[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ](\d{1,4})(?:[T ].*)?")
COMPACT = re.compile(r"(?:19|20)\d{6}")
DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
DESK = re.compile(
    r"(?:info|support|sales|service|help|helpdesk|contact|office|admin|webmaster|postmaster|hello|mail|"
    r"(?:no|do[-_.]?not)[-_.]?reply|kontakt|vertrieb|kundenservice|ventas|soporte|ventes|contacto|biuro|"
    r"contato|comercial|vendas|bestellung|buchhaltung|billing|orders?|accounts?|enquiries|reception)@.*",
    re.IGNORECASE,
)
"""Addresses of desks, not of people."""

SLUG = re.compile(r"(?=.*[^\W\d_])[\w.@+-]{2,32}")
HOUSE = re.compile(r"\d{1,5}[ /-]?[A-Za-z]?")
SMALL = re.compile(r"(?:[0-2]?\d\.){3}[0-2]?\d")
IP = re.compile(r"[0-9a-fA-F:.]{3,45}(?:/\d+)?")


def _letters(value: str) -> bool:
    letters = sum(c.isalpha() for c in value)
    return letters >= 1 and letters * 2 >= len(value) and len(value.split()) <= 7  # noqa: PLR2004


def _name(value: str) -> bool:
    return _letters(value) and len(value) > 1 and not any(c.isdigit() for c in value)


def _digits(least: int, most: int) -> Callable[[str], bool]:
    def test(value: str) -> bool:
        digits = sum(c.isdigit() for c in value)
        return least <= digits <= most and digits * 2 >= len(value)

    return test


def _code(value: str) -> bool:
    """Whether a value is one code with five digits or more, or with four and many letters."""
    digits = sum(c.isdigit() for c in value)
    return len(value) <= 24 and digits >= 4 and (digits > 4 or len(value) > 8) and _few(value)  # noqa: PLR2004


def _few(value: str) -> bool:
    """Whether a value is of three words at most, as codes in groups are."""
    return len(value.split()) <= 3 or not any(c.isalpha() for c in value)  # noqa: PLR2004


def _birth(value: str) -> bool:
    """Whether a value is a date on which somebody living could have been born."""
    if COMPACT.fullmatch(value):
        return True
    if not (match := DATE.fullmatch(value)):
        return False
    year = next((int(p) for p in match.groups() if len(p) == 4 and p.isdigit()), 1950)  # noqa: PLR2004
    return 1800 <= year <= date.today().year  # noqa: PLR2004


def year(value: str) -> int:
    """Give the year of a date with one of four digits, 0 of all else."""
    if DAY.fullmatch(value):
        return int(value[:4])
    match = DATE.fullmatch(value)
    return next((int(p) for p in match.groups() if len(p) == 4 and p.isdigit()), 0) if match else 0  # noqa: PLR2004


def _address(value: str) -> bool:
    if HOUSE.fullmatch(value):
        return True
    if value.startswith("/") or "\\" in value or "://" in value:
        return False
    mixed = value.isascii() and " " not in value and any(c.isdigit() for c in value)
    return len(value) >= 4 and any(c.isalpha() for c in value) and not mixed  # noqa: PLR2004


def _mailish(value: str) -> bool:
    return "@" in value or bool(SLUG.fullmatch(value))


COULD_BE: dict[str, Callable[[str], bool]] = {
    "PERSON": _name,
    "EMAIL_ADDRESS": _mailish,
    "PHONE_NUMBER": _digits(5, 20),
    "EXTENSION": _digits(2, 6),
    "STREET_ADDRESS": _address,
    "DATE_OF_BIRTH": _birth,
    "BIRTH_YEAR": _digits(1, 4),
    "NATIONAL_ID": _code,
    "CREDIT_CARD": _digits(12, 19),
    "BANK_ACCOUNT": _digits(4, 30),
    "CUSTOMER_ID": lambda v: any(c.isdigit() for c in v) and len(v) >= 4,  # noqa: PLR2004
    "USERNAME": lambda v: bool(SLUG.fullmatch(v)),
    "LOGIN_STAMP": lambda v: bool(SLUG.fullmatch(v)),
    "SECRET": lambda v: len(v) >= 3 and " " not in v,  # noqa: PLR2004
    "IP_ADDRESS": lambda v: bool(IP.fullmatch(v)),
    "CITY": _letters,
    "REGION": lambda v: _letters(v) and not v[0].islower(),
    "COUNTRY": _letters,
    "POSTCODE": lambda v: any(c.isdigit() for c in v) and len(v) <= 12,  # noqa: PLR2004
    "GENDER": lambda v: len(v) <= 12,  # noqa: PLR2004
    "AGE": _digits(1, 3),
    "LOCATION": lambda v: bool(re.fullmatch(r"-?\d{1,3}[.,]\d+", v)),
}
"""What a value must look like, at least, to be one of an entity."""


def dense(values: Values) -> bool:
    """Whether big whole numbers lie as close to each other as the keys of rows do."""
    numbers = [int(v) for v in values.counts if v.isdigit()]
    if len(numbers) < max(FEW, values.distinct) or min(numbers) < BIG:
        return False
    return max(numbers) - min(numbers) < 50 * len(numbers)


def detect(look: Look) -> Iterator[Sign]:
    """Compare the values with what the name says, and look for flags and sentences."""
    values = look.values
    if not values.read:
        return
    for entity in sorted(look.named() & COULD_BE.keys()):
        hits, _ = values.hits(COULD_BE[entity])
        share = hits / values.read
        if share > 0.5:  # noqa: PLR2004
            yield look.sign(entity, "shape.fits", "values that could be it", hits=hits)
        else:
            key, rule = "shape.contradicts", "values that cannot be it"
            yield look.sign(entity, key, rule, hits=values.read - hits, strength=1 - share)
    small, _ = values.hits(lambda value: bool(SMALL.fullmatch(value)))
    if small > MOSTLY * values.read and values.distinct > 1:
        yield look.sign("IP_ADDRESS", "shape.versions", "numbers as of a version", hits=small)
    yield from _whose(look)
    if values.kind == "number" and dense(values):
        rule = "numbers as close together as keys"
        yield look.sign("*", "shape.keys", rule, hits=values.read)
    if values.distinct <= 2 and max(map(len, values.counts)) <= 1:  # noqa: PLR2004
        rule = "one or two values of one character"
        for entity in sorted(look.named() - {"GENDER", "INITIAL"}):
            yield look.sign(entity, "shape.flags", rule, hits=values.read)


def _whose(look: Look) -> Iterator[Sign]:
    """Say that what only its values told is an organisation's, and who a single word may be."""
    if look.table_owner == "organisation":
        told = {s.entity for s in look.signs if s.evidence.source == "pattern"} - look.named()
        clear = {e for e in told & (by_name.REACH | by_name.PLACE) if look.weight(e) >= CLEAR}
        for entity in sorted(clear):
            yield look.sign(entity, "owner.other", "the data of an organisation")
        desks, _ = look.values.hits(lambda value: bool(DESK.fullmatch(value)))
        if desks > MOSTLY * look.values.read:
            rule = "addresses of desks, not of people"
            yield look.sign("EMAIL_ADDRESS", "owner.other", rule, hits=desks)
    if any(s.key == "name.role" for s in look.signs) and look.values.distinct > FEW:
        handles, _ = look.values.hits(lambda value: value.islower() and bool(SLUG.fullmatch(value)))
        if handles > MOSTLY * look.values.read:
            yield look.sign("USERNAME", "shape.handles", "single words in lower case", hits=handles)
