"""What ties a name in a text to something else of the same person. Reads nothing."""

import re
from collections.abc import Sequence

from scanner.identity import FORMS_OF_ADDRESS
from scanner.model import Span
from scanner.subjects.details import LABEL
from scanner.subjects.neighbours import CELLS, RECORD, ROOM, SPACES, around, touch
from scanner.texts import names
from scanner.texts.folding import folded, meant
from scanner.texts.lexicon import listed

CELL_SIGN = re.compile(
    rf"{CELLS}|[ ]?[|;\t,&^*]{{1,3}}[ ]?[\"']?|[\"'],[ ]?(?:(?:null|none|[\"']{{2}}),[ ]?){{0,2}}[\"']",
    re.IGNORECASE,
)
"""What parts two cells beside each other."""

STOP = re.compile(r"[.!?]\s")

LEADS = re.compile(
    r"(?:['’]s|[ ](?:(?:called|calls|calling|phoned|rang|wrote|mailed|emailed|rief|schrieb|appelle|appelé)[ ])?"
    r"(?:at|on|from|under|via|unter|von|aus|au|du|al|op|sur|depuis|desde))[ ]"
    rf"(?:(?:the|her|his|der|die|das|le|la|el|il)[ ])?(?:{LABEL.pattern})?\W{{0,2}}",
    re.IGNORECASE,
)
"""What leads from a name to an address or a number of the same person."""

BIRTH = re.compile(
    r"[\s,;:(\[/|*-]{0,4}(?:(?:was |is )?(?:born|birth|birthday|birthdate|dob|d\.o\.b\.?|geb\.?|geboren|geburtsdatum|né|née|nato|nata|nacid[oa])"
    r"(?: on| am| le| el| il)?)?[\s,;:)\]/|*-]{0,4}",
    re.IGNORECASE,
)
"""What stands between a name and the day of birth."""

ADDRESSED = re.compile(r"(?<![^\W_])([^\W\d_]+)\.?:?[ ]\Z")
"""The word before a name."""

DOER = re.compile(
    r"(?:assigned|escalated|transferred|forwarded|referred|handed|handled|created|closed|opened|updated|answered|logged"
    r"|processed|bearbeitet|erstellt|geschlossen|zugewiesen|weitergeleitet)[ ](?:over )?(?:to|by|von|an|durch):?[ ]\Z",
    re.IGNORECASE,
)
"""What stands before the name of who works on something."""

FIELD_AHEAD = re.compile(
    r"([^\W\d_][\w -]{0,30})(?:\\?[\"'])?[ ]?[:=][ ]?\[?(?:\\?[\"'])?\Z|<([^\W\d_][\w.-]*)>\Z"
    r"|(?<![^\W_])((?i:(?:first|last|given|family|sur|fore)[ ]?names?|vorname|nachname|prenom|pr[ée]nom|apellidos?))[ ]\Z"
)
"""What a field is called of which a name is the value, or how its value begins."""

HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where a word begins in firstName."""

BIG = r"(?<!\w)[^\W\d_a-zß-öø-ÿ][^\W\d_]+"

BESIDE = re.compile(r"[ ]?[:=,-]?[ ]?")
"""Between something of the subject and a name behind it: CUST-00471: Ann."""

PLACE = re.compile(rf"(?<!\d)\d{{4,5}}[ ]\Z|{BIG},[ ]\Z|{BIG}[ ]{BIG}[ ]?\r?\n\Z")
"""What stands before a town, or before the next of several people: 12345 Berlin; Atlanta, Georgia."""

BRACKET = re.compile(r"[\"']?\s?[<(\[{]\s?(?:mailto:|tel[.:]?\s?)?", re.IGNORECASE)
"""What stands between a name and its address or number in brackets."""


def belongs(said: str, span: Span, others: Sequence[Span]) -> bool:
    """Whether it is said that a part of a name goes with something else: Ms. Lee; Lee (512 610 5466).

    Args:
        said: the text.
        span: where the part stands.
        others: where something of the subject stands nearby, or another part of its name.
    """
    ahead, _ = around(said, span)
    before = ADDRESSED.search(ahead)
    plain = folded(before[1]) if before else ""
    if plain in listed("addressed", "roles") or DOER.search(ahead):
        return False
    if any(bracketed(said, span, other) for other in others):
        return True
    if plain in FORMS_OF_ADDRESS or plain in listed("addressed", "titles"):
        return True
    if names.is_word(folded(said[span.start : span.end])) or _in_a_place(ahead):
        return False
    touching = any(touch(said, span, o) and not _ended(said, span, o) for o in others)
    if any(BESIDE.fullmatch(said, o.end, span.start) for o in others):
        return True
    if field := FIELD_AHEAD.search(ahead):
        if _label(field) in listed("addressed", "headers"):
            return touching
        return _customers(ahead)
    return touching or any(_leads(said, span, other) for other in others)


def _leads(said: str, name: Span, other: Span) -> bool:
    """Whether small words lead from a name to an address or a number: Ann called from 512 610 5466."""
    if not 0 < other.start - name.end <= ROOM:
        return False
    return LEADS.fullmatch(meant(said[name.end : other.start])) is not None


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
    field = FIELD_AHEAD.search(ahead)
    if field is None:
        return False
    return listed("addressed", "labels").issuperset(re.findall(r"[^\W\d_]+", _label(field)))


def _label(field: re.Match[str]) -> str:
    """Give what a field is called, folded, of an attribute of XML without the element's name."""
    called = field[1] or field[2] or field[3]
    if field[0].rstrip(" \"'\\[").endswith("="):
        called = called.split()[-1]
    return folded(HUMP.sub(" ", called)).strip()


def bracketed(said: str, name: Span, other: Span) -> bool:
    """Whether something stands in brackets right behind a name: Ann Lee <ann.lee@example.com>."""
    if not 0 <= other.start - name.end <= 4 * ROOM:
        return False
    between = said[name.end : other.start]
    return BRACKET.fullmatch(meant(between)) is not None
