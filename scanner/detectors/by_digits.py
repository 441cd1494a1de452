"""By the numbering plans of the world: bare digits that are phones, whatever their column is called."""

import re
from collections.abc import Iterator

from scanner.detectors.by_shape import FEW, MOSTLY, dense
from scanner.detectors.look import Look, Sign
from scanner.model import Evidence

COST = 4

DIGITS = re.compile(r"[1-9]\d{9,14}")
"""A number with its country's code, or one of North America without."""

NATIONAL = 10
"""Digits of a North American number without its country's code."""

SOME = 200
"""So many different values are looked at."""

ABROAD, HOME = 0.7, 0.9
"""The share of valid numbers from which a column has phones: of random numbers of eleven digits two
in ten are valid, of ten digits four in ten are North American; of ids and times hardly any."""

WEIGHT = 0.6


def detect(look: Look) -> Iterator[Sign]:
    """Count the values that are numbers which somebody could have, as the plans say."""
    values = look.values
    if values.kind == "date" or "PHONE_NUMBER" in look.named() or values.distinct < FEW:
        return
    plain, _ = values.hits(lambda value: bool(DIGITS.fullmatch(value)))
    if plain < MOSTLY * values.read or dense(values):
        return
    some = values.some(SOME)
    abroad = [v for v in some if _valid(v)]
    home = [v for v in some if len(v) == NATIONAL and _valid(f"1{v}")]
    if len(abroad) >= ABROAD * len(some) or len(home) >= HOME * len(some):
        hits = round(max(len(abroad), len(home)) / len(some) * values.read)
        rule = "digits of phone numbers, as countries give them out"
        yield Sign("PHONE_NUMBER", Evidence(rule, "pattern", hits, values.read, WEIGHT))


def _valid(digits: str) -> bool:
    """Whether some country gives out a number of these digits, its code in front."""
    import phonenumbers

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}")))
    except phonenumbers.NumberParseException:
        return False
