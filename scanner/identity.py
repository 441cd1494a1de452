"""What a subject is called: identifiers read from its own rows, typed and graded.

Identifiers are cell values: they stay in memory, and no representation of them shows any.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from itertools import pairwise
from typing import Any, Literal

from scanner.texts import names
from scanner.texts.folding import folded
from scanner.texts.lexicon import listed
from scanner.texts.mailboxes import is_common

Strength = Literal["strong", "full", "hint", "doubt", "weak"]
"""Strong identifies anywhere; a full name does beside something strong or in a linked row; a hint
(another way to write a name) beside something strong only; a doubt is always asked about; a weak
part of a name counts in the subject's own rows or beside something else of the subject."""

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
        "BANK_ACCOUNT",
        "DEVICE_ID",
        "MAC_ADDRESS",
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

STEADY = ({0}, {1}, {9})
"""Steps from digit to digit that nobody's number takes all through: the same digit, up, down."""

MIN_ID = 5
"""A shorter id or login occurs by chance."""

WITH_AREA = 9
"""A number of fewer digits has no area code, unless it says its country."""

LONG_NUMBER = 8
"""An id of fewer digits, and nothing else, is somebody else's key somewhere."""

DISTINCT = 3
"""An id of fewer different letters and digits (00000, -----) is none."""

WORDS_JOINED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
"""Words with hyphens, as texts have them too: walk-in, not-known, self-service."""

DECIMAL = re.compile(r"(\d+)\.0+")
"""A whole number as a column of decimals gives it."""

MASKED = re.compile(r"[*•]{2}|[xX#]{4}")
"""A number that shows its end only is many people's."""

MAIL = re.compile(r"(?!mailto:)[^\s<>;,()\"':@]+@[^\s<>;,()\"'@]+\.[^\s<>;,()\"'@.]+")
NUMBER = re.compile(r"[+(]?\d[\d\s().\-]{5,}\d")
SEVERAL = re.compile(r"[;,|]|\s(?:or|and|und|oder|ou|et)\s")
"""What stands between two numbers in one field; a slash may stand behind an area code as well."""

EXTENSION = re.compile(r"(?:\s*(?:x|ext\.?|extension|#|app\.?|poste)\s*\d{1,6})\s*$", re.IGNORECASE)
FIRST_IDEOGRAM = "\u2e80"
"""From here on one character can be a name."""

LEAST_UNPARTED = 3
"""Of fewer signs a given or a family name may stand alone."""

MIN_STREET, SHORT_STREET = 7, 5
"""A shorter street with its number (1 Main, Ring 3) occurs by chance: it counts beside something else
of the subject. Still less is none; an ideogram counts twice."""

STREET_WORD = re.compile(r"[^\W\d_]{3}")
"""What a short street has, besides its number."""

DAY = re.compile(
    r"(?:19|20)\d\d-(?:0\d|1[0-2])-[0-3]\d"
    r"|(?:[0-2]?\d|3[01])([./-])(?:[0-2]?\d|3[01])\1(?:(?:19|20)\d\d)"
)
"""A day in the field of an id: many texts have it. 12-34-5678 is none."""

COMPACT_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
"""A number that is a day as well: 20240115."""

LEAST_BORNE = 4
"""A shorter part of a name is a part of many words."""

NOTHING = re.compile(r"n[/.]a\b")
NO_STREETS = frozenset(
    {"na", "none", "see", "note", "notes", "siehe", "day", "days", "floor", "room"}
)
"""Words that are noted in the field of an address, and name no street."""

UNIT = re.compile(
    r"(?:(?:#|(?:apt|apartment|app?t?|suite|ste|unit|floor|fl|building|bldg|room|flat|box|wohnung|"
    r"etage|stock|haus|bâtiment|étage|piso|puerta|interno|scala)\b)\.?\s*\S+|m\.\s*\d+"
    r"|\d{1,2}(?:\.\s?|st\s|nd\s|rd\s|th\s)(?:floor|fl|og|ug|eg|stock|etage)\b"
    r"|\d{1,2}\s?[ºª°](?:\s?\w{1,3})?)",
    re.IGNORECASE,
)
"""A part of a building: many have the same."""

NO_BIRTHS = ("1970-01-01", "1900-01-01", "1899-12-30", "1899-12-31", "0001-01-01", "9999-12-31")
"""What programs write where they know no date."""

EITHER = re.compile(
    r"[()\[\]{}<>/;|\"“”„«»]+|\s(?:née|nee|geb|born|formerly|aka|alias)\b\.?", re.IGNORECASE
)
MOST_READINGS = 3
"""What parts two names in one field: Lee/Brown, Brown (née Lee); and how many are read."""

CLUTTER = re.compile(r"[\s,;#_&+~=:!?/|()\[\]{}<>*\"“”„«»]+")
"""What stands between the words of a field of names, whatever people note there."""

AROUND = frozenset({"CITY", "POSTCODE"})
"""What stands around a street: names nobody."""

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
    """All that a subject is called, in a stable order.

    ``around`` is what stands around its addresses, folded: towns and postcodes. They name nobody
    and are not looked for, but count where its street stands beside them.
    """

    identifiers: tuple[Identifier, ...] = field(repr=False)
    around: frozenset[str] = field(default=frozenset(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.identifiers)

    @classmethod
    def of(cls, identifiers: Iterable[Identifier], around: Iterable[str] = ()) -> "Identity":
        """Put identifiers in order, each once, however it is written."""
        order: dict[tuple[str, str, str], Identifier] = {}
        ordered = sorted(identifiers, key=lambda i: (i.kind, i.strength, i.value))
        people = [i for i in ordered if i.kind == "PERSON"]
        # A shadow in capitals, VAN DEN BERG, does not say which words are particles.
        small = {w for i in people for part in i.value.split("\n") for w in _particles(part)}
        for one in ordered:
            if one.kind == "PERSON" and one.strength == "weak" and folded(one.value) in small:
                continue
            if one.kind == "USERNAME" and one.strength == "weak" and _bears(one.value, people):
                one = replace(one, strength="doubt")
            order.setdefault((one.kind, one.strength, folded(one.value)), one)
        return cls(tuple(order[k] for k in sorted(order)), frozenset(map(surroundings, around)))


def _bears(login: str, people: Sequence[Identifier]) -> bool:
    """Whether a login of letters holds a part of the name and more: pschmidt."""
    plain = folded(login)
    parts = (folded(p.value) for p in people if p.strength == "weak")
    return any(len(part) >= LEAST_BORNE and part in plain and part != plain for part in parts)


def surroundings(value: Any) -> str:
    """Write a town or a postcode so that equal ones are equal: numbers have lost their first zeros."""
    plain = folded(str(value).strip()).removesuffix(".0")
    return (plain.lstrip("0") or plain) if plain.isdecimal() else plain


def read(row: Mapping[str, Any], entities: Mapping[str, str]) -> Iterator[Identifier]:
    """Read the identifiers of one row that describes the subject.

    Args:
        row: the row, column to value.
        entities: the entity of each of its columns that identifies a person.
    """
    people = [c for c in entities if entities[c] == "PERSON" and row.get(c)]
    called = {c: " ".join(str(row[c]).split()) for c in people}
    first = [c for c in called if GIVEN.search(c.lower()) and _has_letter(called[c])]
    last = [c for c in called if FAMILY.search(c.lower()) and _has_letter(called[c])]
    parts = {*first, *last} if first and last else ()
    for column, value in row.items():
        if value is None or not (entity := entities.get(column)):
            continue
        if column in parts:
            yield from _part(called[column])
        else:
            yield from typed(called.get(column, str(value).strip()), entity)
            if column in called and _is_unparted(called[column], column):
                yield Identifier("PERSON", "full", called[column])
    for given in (called[c] for c in first):
        for family in (called[c] for c in last):
            yield from _pair(given, family)


def typed(value: str, entity: str) -> Iterator[Identifier]:
    """Give a value the kind that it has, which is not always its column's (e_num, login)."""
    if whole := DECIMAL.fullmatch(value):
        value = whole[1]
    if not value:
        return
    if found := MAIL.findall(value):
        yield from map(_mail, found)
    elif entity in READERS:
        yield from READERS[entity](value)
    elif entity in STRONG_KINDS or NATIONAL.fullmatch(entity):
        for one in dict.fromkeys((value, value.rpartition("\\")[2])):  # CORP\\annlee7
            yield from _id(one, entity) if len(one) >= MIN_ID else ()


def _birth(value: str) -> Iterator[Identifier]:
    """Read a day of birth; programs write one where they know none."""
    if value[:10] not in NO_BIRTHS:
        yield Identifier("DATE_OF_BIRTH", "weak", value[:10])


def _mail(address: str) -> Identifier:
    """Read an address; a mailbox that is called by what it is for is not one person's."""
    return Identifier("EMAIL_ADDRESS", "doubt" if is_common(address) else "strong", address)


def _street(value: str) -> Iterator[Identifier]:
    """Read an address; of several lines the one with the street stands for it as well."""
    lines = [line.strip(" \t,;") for line in value.splitlines()]
    street = next((line for line in lines if _is_street(line)), value)
    for one in dict.fromkeys((value, street)):
        if _is_street(one):
            yield Identifier("STREET_ADDRESS", "full", one)
        elif STREET_WORD.search(one) and _is_street(one, SHORT_STREET):
            yield Identifier("STREET_ADDRESS", "weak", one)


def _is_street(value: str, least: int = MIN_STREET) -> bool:
    """Whether a text has a number and a word, and is long enough not to occur by chance."""
    words = re.findall(r"[^\W\d_]{2,}", folded(value))
    if NOTHING.match(folded(value)):
        return False
    named = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    named = named and not (words and all(w in NO_STREETS or w in listed("noise") for w in words))
    return named and street_signs(value) >= least and not UNIT.fullmatch(value)


def street_signs(value: str) -> int:
    """Count the signs of an address; an ideogram says as much as two letters."""
    return sum(2 if c > FIRST_IDEOGRAM else 1 for c in value.strip(" .,;-"))


def _phone(value: str) -> Iterator[Identifier]:
    """Read all numbers of a field; one without an area code is not strong: others have it too.

    One that stands for none is everybody's.
    """
    for part in (one for some in SEVERAL.split(value) for one in _slashed(some)):
        for bare in NUMBER.findall(EXTENSION.sub("", part)):
            digits = _digits(bare)
            if digits >= MIN_DIGITS:
                local = digits < WITH_AREA and not bare.startswith("+")
                sure: Strength = "full" if local else "strong"
                yield Identifier("PHONE_NUMBER", "doubt" if _filler(bare) else sure, bare.strip())


def _filler(number: str) -> bool:
    """Whether a number ends as no phone's does, but one that is typed for none: 555 5555, 1234567."""
    digits = [int(c) for c in number if c.isdecimal()][-MIN_DIGITS:]
    steps = {(after - before) % 10 for before, after in pairwise(digits)}
    return steps in STEADY


def _slashed(value: str) -> list[str]:
    """Split numbers at a slash, unless it is the one behind an area code: 030/1234567."""
    first, _, rest = value.partition("/")
    return [f"{first} {rest}"] if _digits(first) < MIN_DIGITS else value.split("/")


def _digits(value: str) -> int:
    return sum(c.isdigit() for c in value)


def _ip(value: str) -> Iterator[Identifier]:
    """Read an address of the internet: a household or a firm shares it, so that it is always asked about."""
    with suppress(ValueError):
        if ip_address(value.partition("/")[0]).is_global:
            yield Identifier("IP_ADDRESS", "doubt", value.partition("/")[0])


def _id(value: str, entity: str) -> Iterator[Identifier]:
    """Read an id: strong with a digit and letters or length; a short number occurs by chance."""
    signs = {c for c in value.casefold() if c.isalnum()}
    if len(signs) < DISTINCT or MASKED.search(value) or DAY.fullmatch(value):
        return
    if (
        entity == "USERNAME"
        and not value.isalpha()
        and all(map(names.is_function, re.findall(r"[^\W\d_]+", folded(value))))
    ):
        yield Identifier(entity, "full", value)
        return
    if value.isdecimal() and (len(value) < LONG_NUMBER or COMPACT_DAY.fullmatch(value)):
        yield Identifier(entity, "full", value)
    elif not any(map(str.isdigit, value)) and WORDS_JOINED.fullmatch(value):
        yield Identifier(entity, "doubt", value)
    elif any(c.isdigit() or c in "._-" for c in value):
        yield Identifier(entity, "strong", value)
    else:
        yield Identifier(entity, "weak", value)


def _pair(given: str, family: str) -> Iterator[Identifier]:
    """Read a given and a family name, whatever else people noted in their fields.

    Titles, letters and signs belong to no name, and a field may hold two: Mrs. Ann; Lee (Brown).
    One letter is little of a name: that is always asked about.
    """
    if given == family:
        yield from _whole(given)
        return
    for one in _readings(given):
        for other in _readings(family):
            sure: Strength = "full" if is_name(one) and is_name(other) else "doubt"
            if is_name(one) or is_name(other):
                yield Identifier("PERSON", sure, f"{one}\n{other}")


def _readings(part: str) -> list[str]:
    """List what a given or a family name may be, as its field has it; a note in small letters is none."""
    found = list[str]()
    for said in EITHER.split(part):
        words = _words(said)
        bare = [w for w in words if is_name(w) or _is_particle(w, said)] or words
        if bare and (not found or not bare[-1][0].islower()):
            found.append(" ".join(bare))
    return found[:MOST_READINGS]


def _is_particle(word: str, said: str) -> bool:
    """Whether a letter belongs to the name behind it, and is no initial: Ó Briain, but Ann M., M. Ann."""
    single = len(word) == 1 and word.isalpha() and not said.rstrip(" .").endswith(f" {word}")
    return single and f"{word}." not in said


def _whole(value: str) -> Iterator[Identifier]:
    """Read a given and a family name of a field that holds both: Ann Lee; Lee, Ann; Ann van Dyk."""
    family, comma, given = value.partition(",")
    if not comma:
        words = [w for w in _words(value) if is_name(w)]
        small = [n for n, w in enumerate(words) if n and w[0].islower()]
        at = small[0] if small else len(words) - 1
        given, family = " ".join(words[:at]), " ".join(words[at:])
    else:
        words = _words(value)
    if given.strip() and family.strip() and not names.is_company(words):
        yield from _pair(given.strip(), family.strip())


def _words(value: str) -> list[str]:
    """List what stands in the field of a name, without signs that belong to none."""
    return [w for w in (p.strip(".*-") for p in CLUTTER.split(value)) if w]


def _person(value: str) -> Iterator[Identifier]:
    words = _named(value)
    if len(words) > 1:
        yield Identifier("PERSON", "full", value)
        yield from _whole(value)
    for word in words:
        yield Identifier("PERSON", "weak", word)


READERS: Mapping[str, Callable[[str], Iterator[Identifier]]] = {
    "PHONE_NUMBER": _phone,
    "EMAIL_ADDRESS": _phone,
    "PERSON": _person,
    "STREET_ADDRESS": _street,
    "DATE_OF_BIRTH": _birth,
    "IP_ADDRESS": _ip,
}
"""What reads the values of an entity; other entities are ids."""


def _has_letter(value: str) -> bool:
    """Whether a field of a name says something; n/a and forms of address say nothing."""
    return any(w[0].isalpha() and (len(w) == 1 or is_name(w)) for w in _words(value))


def _is_unparted(value: str, column: str) -> bool:
    """Whether a column has a whole name in a script that does not part given and family name."""
    part = GIVEN.search(column.lower()) or FAMILY.search(column.lower())
    whole = len(value) >= LEAST_UNPARTED and value.isalpha() and min(value) > FIRST_IDEOGRAM
    return whole and not part


def _named(value: str) -> list[str]:
    """List the words of a name that can stand for it, without its particles."""
    small = _particles(value)
    return [w for w in _words(value) if is_name(w) and folded(w) not in small]


def _particles(value: str) -> frozenset[str]:
    """Name, folded, the words that are small before one with a capital: van den Berg."""
    words = value.split()
    if not words or words[-1][0].islower():
        return frozenset()
    return frozenset(folded(w) for w in words if w[0].islower())


def _part(value: str) -> Iterator[Identifier]:
    """Read a given or a family name: of several words it is still a part, and others have it too."""
    words = _named(value)
    for part in dict.fromkeys([*([value] if len(value.split()) > 1 else []), *words]):
        yield Identifier("PERSON", "weak", part)


def is_name(word: str) -> bool:
    """Whether a word can be a part of a name: two letters or more, and no form of address."""
    plain = folded(word).strip(" .'-")
    long = len(plain) > 1 or plain > FIRST_IDEOGRAM
    none = plain in FORMS_OF_ADDRESS or plain in listed("noise")
    return long and plain[0].isalpha() and not none
