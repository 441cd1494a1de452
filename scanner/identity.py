"""What a subject is called: identifiers read from its own rows, typed and graded.

Identifiers are cell values: they stay in memory, and no representation of them shows any.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from scanner.folding import folded

Strength = Literal["strong", "full", "weak"]
"""Strong identifies anywhere; a full name does beside something strong; a weak part of a name
only in the subject's own rows or beside something else of the subject."""

STRONG_KINDS = frozenset(
    {
        "EMAIL_ADDRESS",
        "PHONE_NUMBER",
        "CREDIT_CARD",
        "IBAN_CODE",
        "CUSTOMER_ID",
        "USERNAME",
        "NATIONAL_ID",
        "CRYPTO",
        "MEDICAL_LICENSE",
    }
)
"""Entities whose values name one person; ids of nations (US_SSN, UK_NINO ...) come on top."""

NATIONAL = re.compile(r"(?!IP_)[A-Z]{2}_[A-Z_]+")
"""How Presidio calls national ids: a country's two letters first; an IP address is none."""

FORMS_OF_ADDRESS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "sir",
        "madam",
        "herr",
        "frau",
        "hr",
        "fr",
        "m",
        "mme",
        "mlle",
        "sr",
        "sra",
        "srta",
        "sig",
        "dott",
        "pan",
        "pani",
        "bay",
        "bayan",
        "dhr",
        "mevr",
        "jr",
        "sr",
        "ii",
        "iii",
        "phd",
        "ing",
        "dipl",
    ]
)
"""Words that stand beside a name and are none."""

MIN_DIGITS = 7
"""A shorter number is an extension, not a phone."""

MIN_ID = 5
"""A shorter id or login occurs by chance."""

NUMBER = re.compile(r"[\d\s().+/\-]{7,}")
EXTENSION = re.compile(r"(?:\s*(?:x|ext\.?|extension|#|app\.?|poste)\s*\d{1,6})\s*$", re.IGNORECASE)
GIVEN = re.compile(r"first|given|fore|vorname|prenom|fname|nombre")
FAMILY = re.compile(r"last|family|sur|nachname|lname|apellido|cognome")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One thing that the subject is called; ``kind`` is Presidio's name of the entity."""

    kind: str
    strength: Strength
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """All that a subject is called, in a stable order."""

    identifiers: tuple[Identifier, ...] = field(repr=False)

    def __bool__(self) -> bool:
        return bool(self.identifiers)

    @classmethod
    def of(cls, identifiers: Iterable[Identifier]) -> "Identity":
        """Put identifiers in order, each once, however it is written."""
        order: dict[tuple[str, str, str], Identifier] = {}
        for one in sorted(identifiers, key=lambda i: (i.kind, i.strength, i.value)):
            order.setdefault((one.kind, one.strength, folded(one.value)), one)
        return cls(tuple(order[k] for k in sorted(order)))


def read(row: Mapping[str, Any], entities: Mapping[str, str]) -> Iterator[Identifier]:
    """Read the identifiers of one row that describes the subject.

    Args:
        row: the row, column to value.
        entities: the entity of each of its columns that identifies a person.
    """
    names = {c: str(row[c]).strip() for c in entities if entities[c] == "PERSON" and row.get(c)}
    for column, value in row.items():
        if value is not None and (entity := entities.get(column)):
            yield from typed(str(value).strip(), entity)
    for given in (v for c, v in names.items() if GIVEN.search(c.lower())):
        for family in (v for c, v in names.items() if FAMILY.search(c.lower())):
            if is_name(given) and is_name(family):
                yield Identifier("PERSON", "full", f"{given}\n{family}")


def typed(value: str, entity: str) -> Iterator[Identifier]:
    """Give a value the kind that it has, which is not always its column's (e_num, login)."""
    if not value:
        return
    if "@" in value:
        if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
            yield Identifier("EMAIL_ADDRESS", "strong", value)
    elif entity in ("PHONE_NUMBER", "EMAIL_ADDRESS"):
        yield from _phone(value)
    elif entity == "PERSON":
        yield from _person(value)
    elif entity == "STREET_ADDRESS":
        if re.search(r"\d", value) and len(value) > MIN_DIGITS:
            yield Identifier(entity, "full", value)
    elif entity == "DATE_OF_BIRTH":
        yield Identifier(entity, "weak", value[:10])
    elif (entity in STRONG_KINDS or NATIONAL.fullmatch(entity)) and len(value) >= MIN_ID:
        distinctive = any(not c.isalpha() for c in value)
        yield Identifier(entity, "strong" if distinctive else "weak", value)


def _phone(value: str) -> Iterator[Identifier]:
    bare = EXTENSION.sub("", value)
    if NUMBER.fullmatch(bare) and sum(c.isdigit() for c in bare) >= MIN_DIGITS:
        yield Identifier("PHONE_NUMBER", "strong", bare)


def _person(value: str) -> Iterator[Identifier]:
    words = [w for w in re.split(r"[\s,]+", value) if is_name(w)]
    if len(words) > 1:
        yield Identifier("PERSON", "full", value)
    for word in words:
        yield Identifier("PERSON", "weak", word)


def is_name(word: str) -> bool:
    """Whether a word can be a part of a name: two letters or more, and no form of address."""
    plain = folded(word).strip(" .'-")
    return len(plain) > 1 and plain[0].isalpha() and plain not in FORMS_OF_ADDRESS
