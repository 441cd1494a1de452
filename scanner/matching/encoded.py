"""Names as machines write them that know no letters but ASCII's: escaped, lost, in words of mail headers.

Only names with other letters are written so, but for base64, which hides any name.
"""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence

from scanner.identity import Identifier
from scanner.matching.form import Form
from scanner.texts.folding import folded

CHARSETS = ("cp1252", "cp1250")
"""What mails and documents of the West and of the middle of Europe are written in, but for UTF-8."""

ESCAPES = ("={:02x}", "%{:02x}", "\\'{:02x}")
"""A byte in quoted-printable, in addresses of the web and in RTF."""

LETTERS = ("\\u{}?", "%u{:04x}")
"""A letter by its number, in RTF and as browsers' ``escape`` has it."""

PIECE = re.compile(
    r"[a-z]{0,2}=[0-9a-f]{2}[a-z]{2,4}|[a-z]{2}=[0-9a-f]{2}|"
    r"(?:(?<=%)|(?<=%u)|(?<=\\')|(?<=\\u))(?:[0-9a-f]{2}|[0-9a-f]{4}|\d{2,5}\?)[a-z]{2,4}"
)
"""An escape of a name with a few letters beside it.

A sieve for many people is a tenth slower with the signs % and \\ in its alphabet, so that they are none
of it: a letter at the end of a name (Ren%E9) is found in quoted-printable only.
"""

LOST = ("?", "??")
"""What stands for a letter that a program could not write: one sign, or one for each byte."""

LEAST_LEFT = 2
"""Of fewer letters that are left nobody can tell the name."""

LEAST_SIGNS = 8
"""Fewer signs of base64 may stand in any word."""

BASE64 = "?b?"
"""What all such words have: to look for what each hides would slow down the search for many people."""

WORD = r"=\?[\w-]{2,24}(?:\*[\w-]{1,8})?\?b\?"
SIGNS = r"[a-z0-9+/]{0,72}"
"""An encoded word of a mail's header, which has 75 signs at most (RFC 2047), folded."""


def escaped(name: str) -> tuple[str, ...]:
    """Write a name with each letter beyond ASCII as an escape, folded; nothing where it has none.

    Capitals have other bytes than small letters, and a shadow of the name has nothing but capitals.
    """
    name = unicodedata.normalize("NFC", name)
    if name.isascii():
        return ()
    cased = dict.fromkeys((name, name.title(), name.upper()))
    return tuple(dict.fromkeys(folded(way) for one in cased for way in _escapes(one)))


def _escapes(name: str) -> Iterator[str]:
    for way in LETTERS:
        yield "".join(c if c.isascii() else way.format(ord(c)) for c in name)
    for signs in filter(None, (_bytes(name, charset) for charset in CHARSETS)):
        for way in ESCAPES:
            yield "".join(c if c.isascii() else way.format(b) for c, b in signs)
        break


def lost(name: str) -> tuple[str, ...]:
    """Write a name with a question mark for each letter beyond ASCII, folded, where enough is left."""
    name = unicodedata.normalize("NFC", name)
    letters = [c for c in name if c.isalpha()]
    left = sum(map(str.isascii, letters))
    if left == len(letters) or left < max(LEAST_LEFT, len(letters) - left):
        return ()
    return tuple(folded("".join(c if c.isascii() else sign for c in name)) for sign in LOST)


def pieces(escapes: Iterable[str]) -> tuple[str, ...]:
    """Name a piece of each way to write a name that a text cannot lack, where there is one."""
    found = (PIECE.search(one) for one in escapes)
    return tuple(dict.fromkeys(piece[0] for piece in found if piece is not None))


def words(index: int, one: Identifier) -> Iterator[Form]:
    """Ask about the encoded words of mail headers in base64 that hold a name or an address."""
    said = {one.value, one.value.lower()}
    if "\n" in one.value:
        cased = {one.value, one.value.title(), one.value.upper()}
        parts = [some.split("\n") for some in cased]
        said = {way.format(*p) for p in parts for way in ("{0} {1}", "{1}, {0}")}
    found = tuple(dict.fromkeys(part for text in sorted(said) for part in _parts(text)))
    if found:
        inner = "|".join(map(re.escape, found))
        pattern = rf"{WORD}{SIGNS}(?:{inner}){SIGNS}=*\?="
        yield Form(index, (BASE64,), pattern, "doubt", beside=found, starts=("=?",))


def _bytes(name: str, charset: str) -> Sequence[tuple[str, int]]:
    """Pair the letters of a name with their bytes in a charset that has one for each, if it has all."""
    try:
        return [*zip(name, name.encode(charset), strict=True)]
    except UnicodeEncodeError:
        return ()


def _parts(text: str) -> Iterator[str]:
    """Yield what base64 makes of a text in the middle of another: of three ways that it may begin.

    Signs that depend on what stands beside the text are left out.
    """
    for charset in ("utf-8",) if text.isascii() else ("utf-8", *CHARSETS):
        try:
            data = unicodedata.normalize("NFC", text).encode(charset)
        except UnicodeEncodeError:
            continue
        for before in range(3):
            signs = b64encode(bytes(before) + data).decode().rstrip("=")
            first, rest = (0, 2, 3)[before], (before + len(data)) % 3
            part = signs[first : -1 if rest else None].lower()
            if len(part) >= LEAST_SIGNS:
                yield part
