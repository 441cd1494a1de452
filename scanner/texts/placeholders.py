"""Texts that stand where a person's data stood: written by strategies, recognised ever after.

A placeholder that must be distinct carries the row's key: in decimal, or shorter in base 36 (after
a ``K``), or, where the key is no number and could itself name somebody, as a digest (after an
``H``). All forms are ASCII, so a character is a byte in every database.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

DOMAIN = "erased.invalid"
"""RFC 2606 keeps .invalid for addresses that nobody can ever receive."""

LABELS = {
    "PERSON": "NAME",
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "STREET_ADDRESS": "ADDRESS",
    "LOCATION": "ADDRESS",
    "CITY": "ADDRESS",
    "POSTCODE": "ADDRESS",
    "DATE_OF_BIRTH": "DATE",
    "DATE_TIME": "DATE",
    "USERNAME": "ID",
    "CUSTOMER_ID": "ID",
    "DEVICE_ID": "ID",
    "US_SSN": "ID",
    "IP_ADDRESS": "ID",
    "CREDIT_CARD": "ID",
    "IBAN_CODE": "ID",
}
"""What a span of an entity is replaced by, in square brackets; any other becomes REDACTED."""

WORDS = sorted({"REDACTED", *LABELS.values()} | {w[0] for w in ("REDACTED", *LABELS.values())})

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_KEY = r"-(?:\d+|[KH][0-9A-Z]+)"
_ONE = (
    rf"(?:\[(?:{'|'.join(WORDS)})(?:{_KEY})?\]|~[0-9A-Z]+|\*"
    rf"|(?:redacted|r|REDACTED|R){_KEY}@(?:{re.escape(DOMAIN)}|{re.escape(DOMAIN.upper())}))"
)
_MARK = re.compile(rf"\[(?:{'|'.join(WORDS)})(?:{_KEY})?\]")
_OWN = rf"(?:\[(?:{'|'.join(w for w in WORDS if len(w) > 1)})(?:{_KEY})?\]|\[[A-Z]{_KEY}\]|\[R\]|\S+@{re.escape(DOMAIN)})"
_ONLY_OWN = re.compile(rf"{_OWN}(?:[\s,;:./|-]*{_OWN})*", re.IGNORECASE)
_PLACEHOLDERS = re.compile(rf"{_ONE}(?:[\s,;:./|-]*{_ONE})*")

_STANDS = re.compile(
    rf"\[(?P<word>{'|'.join(WORDS)})(?:{_KEY})?\]|_(?P<name>{'|'.join(WORDS)})(?:{_KEY})?_"
)
"""One in a text; in a name of XML it has no brackets."""

_STARRED = re.compile(r"[*_\\\"]*[*_][*_\\\"]*")
"""What takes exactly the room of what it stands for; a number of JSON has quotes in it."""

_OPENED = re.compile(r"\\*\"\Z")
"""The quote of a text's own that stands before a placeholder for a number of JSON."""

FEW = 32
"""More than a quote has before it that is escaped several times."""

_KEYED = re.compile(rf"(?:\[(?:{'|'.join(WORDS)})|(?<!\w)(?:redacted|r|REDACTED|R))-\Z")
_LONGEST = max(map(len, WORDS)) + 2
"""What stands before the key in a placeholder."""

_MASKED = re.compile(r"(?:[\W_]*x)+[\W_]*|(?:[\W_]*X)+[\W_]*")
"""What a mask leaves."""


def is_placeholder(text: str) -> bool:
    """Whether nothing but what a strategy wrote stands in ``text``: then it names nobody."""
    bare = text.strip().strip('"').strip()
    return bare == "<redacted/>" or bool(_PLACEHOLDERS.fullmatch(bare) or _MASKED.fullmatch(bare))


def holds_key(text: str, start: int, end: int) -> bool:
    """Whether what stands at a place of ``text`` is the key in a placeholder: [REDACTED-4711]."""
    if _KEYED.search(text[max(0, start - _LONGEST) : start]) is None:
        return False
    return text.startswith(("]", f"@{DOMAIN}", f"@{DOMAIN.upper()}"), end)


def is_erased(text: str) -> bool:
    """Whether ``text`` is a placeholder that nobody writes by chance, as x and * may be."""
    return _ONLY_OWN.fullmatch(text.strip().strip('"').strip()) is not None


@dataclass(frozen=True, slots=True)
class Mark:
    """A placeholder in a text: where it stands, and the first letter of its word."""

    start: int
    end: int
    letter: str

    def quoted(self, text: str) -> "Mark | None":
        """Give it with quotes of its own, as it has them in place of a number; None where it has none."""
        opened = _OPENED.search(text, max(0, self.start - FEW), self.start)
        if opened is None or not text.startswith(opened[0], self.end):
            return None
        return Mark(opened.start(), self.end + len(opened[0]), self.letter)


def marks(text: str) -> Iterator[Mark]:
    """Yield the placeholders that stand in place of pieces of a text, in their order."""
    for found in _STANDS.finditer(text):
        yield Mark(*found.span(), (found["word"] or found["name"])[0])


def is_starred(text: str) -> bool:
    """Whether a piece of a text is nothing but stars, or what stands for them in a name of XML."""
    return _STARRED.fullmatch(text) is not None


def without_placeholders(text: str) -> str:
    """Blank out the placeholders in a text, every other character in its place."""
    return _MARK.sub(lambda m: " " * len(m.group()), text)


def whole(key: str, *, unique: bool, room: int | None) -> str:
    """Choose the most telling placeholder for a whole value that fits ``room`` characters."""
    forms = _distinct(key) if unique else iter(("[REDACTED]", "[R]"))
    for form in forms:
        if room is None or len(form) <= room:
            return form
    space = room or 0
    return f"~{_base36(_hashed(key))[1 - space :]}" if unique and space > 1 else "*" * space


def email(key: str, *, room: int | None) -> str:
    """Choose an address that can never receive mail, distinct for ``key``."""
    for word in ("redacted", "r"):
        for name in _names(key):
            form = f"{word}-{name}@{DOMAIN}"
            if room is None or len(form) <= room:
                return form
    return whole(key, unique=True, room=room)


def label(entity: str, *, short: bool = False, key: str = "") -> str:
    """Choose the placeholder for a span of ``entity``; with ``key`` it is distinct."""
    word = LABELS.get(entity, "REDACTED")
    tail = f"-{next(_names(key))}" if key else ""
    return f"[{word[0] if short else word}{tail}]"


def number(key: str) -> int:
    """Turn a key into a number above zero, the same for the same key."""
    return int(key) if _is_number(key) and int(key) > 0 else _hashed(key)


def _distinct(key: str) -> Iterator[str]:
    for word in ("REDACTED", "R"):
        yield from (f"[{word}-{name}]" for name in _names(key))
    if _is_number(key):
        yield f"~{_base36(int(key))}"


def _names(key: str) -> Iterator[str]:
    if _is_number(key):
        yield key
        yield f"K{_base36(int(key))}"
    else:
        yield f"H{_base36(_hashed(key))}"


def _is_number(key: str) -> bool:
    return re.fullmatch(r"0|[1-9][0-9]{0,30}", key) is not None


def _hashed(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:9], "big") | 1


def _base36(value: int) -> str:
    digits = ""
    while value:
        value, rest = divmod(value, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
