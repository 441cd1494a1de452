"""The ways to write an identifier, by its kind: a module each."""

from collections.abc import Iterator

from scanner.identity import Identifier
from scanner.matching import dates, ids, mails, numbers, people, remnants, streets
from scanner.matching.form import Form


def forms(index: int, one: Identifier) -> Iterator[Form]:
    """Yield the ways in which an identifier is written."""
    if one.kind == "PHONE_NUMBER":
        yield from numbers.forms(index, one)
    elif one.kind == "DATE_OF_BIRTH":
        yield from dates.forms(index, one)
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
