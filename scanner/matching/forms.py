"""The ways to write an identifier, by its kind: a module each."""

import re
from collections.abc import Iterator

from scanner.identity import Identifier
from scanner.matching import dates, ids, mails, numbers, people, remnants, streets
from scanner.matching.form import Form

NO_TIME = r"(?![t ,]{1,2}(?!00:00)\d\d:\d\d)"
"""A day with its hour is nobody's birth, but midnight, as columns of times have it."""


def forms(index: int, one: Identifier) -> Iterator[Form]:
    """Yield the ways in which an identifier is written."""
    if one.kind == "PHONE_NUMBER":
        yield from numbers.forms(index, one)
    elif one.kind == "DATE_OF_BIRTH":
        yield from _dates(index, one)
    elif one.kind == "EMAIL_ADDRESS" and one.value.count("@") == 1:
        yield from mails.forms(index, one)
    elif one.kind == "STREET_ADDRESS":
        yield from streets.forms(index, one)
    elif one.kind == "PERSON" and "\n" in one.value:
        yield from people.whole(index, one)
    elif one.kind == "PERSON":
        yield from people.parts(index, one)
    else:
        yield from ids.forms(index, one)
    yield from remnants.forms(index, one)


def _dates(index: int, one: Identifier) -> Iterator[Form]:
    """Write a date of birth in the usual orders, in digits and in words."""
    for day in dates.days(one.value):
        said = dates.written(day)
        inner = "|".join(map(re.escape, sorted(said, key=lambda s: (-len(s), s))))
        pattern = rf"(?<![\w.-])(?:{inner})(?!\d)(?![.-]\d){NO_TIME}"
        yield Form(index, tuple(sorted(said)), pattern, "weak")
