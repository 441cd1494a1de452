"""What ties a name in a text to something else of the same person. Reads nothing."""

import re
from collections.abc import Sequence
from dataclasses import replace

from scanner.model import Span
from scanner.subjects import roles
from scanner.subjects.details import LABEL
from scanner.subjects.neighbours import CELLS, RECORD, ROOM, SPACES, around, touch
from scanner.texts import names
from scanner.texts.folding import folded, meant
from scanner.texts.lexicon import listed

BORN = re.compile(
    r"[\s,;(]{0,3}(?:\*|(?:was |is )?born|b\.|geb\.?|geboren|née?|nat[oa]|nacid[oa]|dob|d\.o\.b\.|date of birth|birthday"
    r"|geburtsdatum)[ .:]{0,3}(?:on |am |le |el |il )?(?=\d|[^\W\d_]{3,9}\.? \d)",
    re.IGNORECASE,
)
"""What stands between a name and a day of birth."""

YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
BORN_AHEAD = re.compile(
    r"(?:born|birth\w*|dob|d\.o\.b\.?|geb\w*|né|née|nat[oa]|nacid[oa])\W{0,3}(?:on |am |le |el |il )?\Z",
    re.IGNORECASE,
)
"""What stands before a day of birth."""

CELL_SIGN = re.compile(
    rf"{CELLS}|[ ]?[|;\t,&^*]{{1,3}}[ ]?[\"']?|[\"'],[ ]?(?:(?:null|none|[\"']{{2}}),[ ]?){{0,2}}[\"']",
    re.IGNORECASE,
)
"""What parts two cells beside each other."""

CELL = re.compile(r"[|;\t]|,(?!\s)|</(?:td|th)>", re.IGNORECASE)
"""What parts cells of a table."""

STOP = re.compile(r"[.!?]\s")

LEADS = re.compile(
    r"(?:['’]s|[ ](?:(?:called|calls|calling|phoned|rang|wrote|mailed|emailed|rief|schrieb|appelle|appelé)[ ])?"
    r"(?:at|on|from|under|via|unter|von|aus|au|du|al|op|sur|depuis|desde))[ ]"
    rf"(?:(?:the|her|his|der|die|das|le|la|el|il)[ ])?(?:{LABEL.pattern})?\W{{0,2}}",
    re.IGNORECASE,
)
"""What leads from a name to an address or a number of the same person."""

BIRTH = re.compile(
    r"(?:['’]s\b|[^\w\r\n]|\r?\n(?!\s*\n)|_|\bin\s\w+|(?<![^\W_])(?:was|is|on|am|le|el|il|de|di|del|the|of|b|born|birth|day|date|birthday"
    r"|birthdate|dateofbirth|dob|d\.o\.b|geb|geboren|geburtsdatum|geburtstag|née?|naissance|nat[oa]|nascita|nacid[oa]|fecha|nacimiento"
    r"|geboortedatum|data|urodzenia|ur|född|født)(?![^\W_]))*",
    re.IGNORECASE,
)
"""What stands between a name and the day of birth."""

BIG = r"(?<!\w)[^\W\d_a-zß-öø-ÿ][^\W\d_]+"

BESIDE = re.compile(r"[ ]?[:=,-]?[ ]?")
"""Between something of the subject and a name behind it: CUST-00471: Ann."""

PLACE = re.compile(
    rf"(?<!\d)\d{{4,5}}[ ]\Z|{BIG},[ ]\Z|{BIG}[ ]{BIG}[ ]?\r?\n\Z|(?<!\w)(?i:in|near|nahe|nach|en|à)[ ]\Z"
)
"""What stands before a town, or before the next of several people: 12345 Berlin; Atlanta, Georgia; in Lee."""

BRACKET = re.compile(r"[\"']?\s?[<(\[{]\s?(?:mailto:|tel[.:]?\s?)?", re.IGNORECASE)
"""What stands between a name and its address or number in brackets."""


def belongs(said: str, span: Span, others: Sequence[Span]) -> bool:
    """Whether it is said that a part of a name goes with something else: Lee (512 610 5466).

    A form of address says only that it is a name, and not whose.

    Args:
        said: the text.
        span: where the part stands.
        others: where something of the subject stands nearby, or another part of its name.
    """
    ahead, _ = around(said, span)
    if roles.other(said, span) or roles.writes(said, span, part=True):
        return False
    word, title = folded(said[span.start : span.end]), len(ahead) - len(roles.untitled(ahead))
    if any(bracketed(said, span, other) for other in others):
        return bool(title) or word not in listed("months")  # due in May (512 610 5466)
    if names.is_word(word) and not title:
        return False
    if _in_a_place(ahead) or roles.marks(said, span, others):
        return False
    if roles.addressed(said, span, others):
        return False
    span = replace(span, start=span.start - title)
    others = [o for o in others if o.entity == "PERSON" or not _in_cells(said, span, o)]
    touching = any(touch(said, span, o) and not _ended(said, span, o) for o in others)
    if any(BESIDE.fullmatch(said, o.end, span.start) for o in others):
        return True
    if not title and (field := roles.FIELD_AHEAD.search(ahead)):
        if roles.label(field) in listed("addressed", "headers"):
            return touching
        return _customers(ahead)
    return touching or any(_leads(said, span, other) for other in others)


def _leads(said: str, name: Span, other: Span) -> bool:
    """Whether small words lead from a name to an address or a number: Ann called from 512 610 5466."""
    if not 0 < other.start - name.end <= ROOM:
        return False
    return LEADS.fullmatch(meant(said[name.end : other.start])) is not None


def _in_cells(said: str, one: Span, other: Span) -> bool:
    """Whether a name and something else stand in two cells, of which only a heading says whose they are."""
    first, second = sorted((one, other))
    return CELL.search(said[first.end : second.start]) is not None


def _in_a_place(ahead: str) -> bool:
    """Whether a postcode, another name in front of a comma, or a line above makes a town of a word."""
    return PLACE.search(ahead) is not None


def _ended(said: str, one: Span, other: Span) -> bool:
    """Whether a sentence ends between a name and something else: ... 5466. Lee wants ..."""
    first, second = sorted((one, other))
    return STOP.match(said, first.end, second.start) is not None


def births(said: str, name: Span, day: Span) -> bool:
    """Whether nothing but what calls it a birth stands between a name and a day, either way."""
    first, second = sorted((name, day))
    if second.start - first.end > ROOM:
        return False
    between = said[first.end : second.start]
    return BIRTH.fullmatch(meant(between)) is not None


def clear(said: str, day: Span) -> bool:
    """Whether a day is written so that it is none of a price, a version or a size: with its whole year.

    Or said to be a birth: geb. 4. März 80.
    """
    shown = said[day.start : day.end]
    return YEAR.search(shown) is not None or BORN_AHEAD.search(said[: day.start][-20:]) is not None


def born_otherwise(said: str, name: Span, days: Sequence[Span]) -> bool:
    """Whether a day of birth stands right behind a name that is none of ``days``, the subject's."""
    told = BORN.match(said, name.end)
    return told is not None and not any(told.end() <= d.start + 1 <= told.end() + 4 for d in days)


def coupled(said: str, one: Span, other: Span) -> bool:
    """Whether two parts of a name stand in fields or cells of one record: Ann;Lee; first=Ann&last=Lee."""
    first, second = sorted((one, other))
    if second.start - first.end > ROOM:
        return False
    between = meant(said[first.end : second.start])
    if CELL_SIGN.fullmatch(between):
        return True
    if RECORD.search(between):
        return False
    return _customers(around(said, first)[0]) and _customers(SPACES.sub(" ", between))


def _customers(ahead: str) -> bool:
    """Whether what stands before a name is called as the fields of customers' names are."""
    field = roles.FIELD_AHEAD.search(ahead)
    if field is None:
        return False
    return listed("addressed", "labels").issuperset(re.findall(r"[^\W\d_]+", roles.label(field)))


def bracketed(said: str, name: Span, other: Span) -> bool:
    """Whether something stands in brackets right behind a name: Ann Lee <ann.lee@example.com>."""
    if not 0 <= other.start - name.end <= 4 * ROOM:
        return False
    between = said[name.end : other.start]
    return BRACKET.fullmatch(meant(between)) is not None
