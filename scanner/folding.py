"""Texts as people mean them: case, accents, quotes, spaces and HTML entities folded away.

A folded text remembers where each of its characters came from, so that what is found in it can
be cut out of the original.
"""

import html
import re
import unicodedata
from dataclasses import dataclass

ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
"""An HTML character reference."""

SPECIAL = {
    **dict.fromkeys("‘’‚‛´ʼ＇", "'"),
    **dict.fromkeys("“”„‟«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    "ø": "o",
    "Ø": "o",
    "đ": "d",
    "Đ": "d",
    "ł": "l",
    "Ł": "l",
    "ı": "i",
    "æ": "ae",
    "Æ": "ae",
    "œ": "oe",
    "Œ": "oe",
}
"""What decomposition does not fold: quotes, dashes, invisible signs, barred letters."""


@dataclass(frozen=True, slots=True, repr=False)
class Folded:
    """A folded text; ``offsets`` is None where every character stands where it stood."""

    text: str
    offsets: tuple[int, ...] | None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Translate a span of the folded text to one of the original."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end]


def fold(text: str) -> Folded:
    """Fold ``text``; the common case, plain ASCII, costs one pass in C."""
    if text.isascii() and "&" not in text:
        return Folded(text.lower(), None)
    parts: list[str] = []
    offsets: list[int] = []
    position = 0
    for entity in [*ENTITY.finditer(text), None]:
        end = len(text) if entity is None else entity.start()
        for index in range(position, end):
            _add(_plain(text[index]), index, parts, offsets)
        if entity is not None:
            _add("".join(map(_plain, html.unescape(entity[0]))), end, parts, offsets)
            position = entity.end()
    return Folded("".join(parts), (*offsets, len(text)))


def folded(text: str) -> str:
    """Fold ``text`` and forget where its characters came from: the same text, in C."""
    if text.isascii() and "&" not in text:
        return text.lower()
    whole = ENTITY.sub(lambda m: html.unescape(m[0]), text) if "&" in text else text
    split = unicodedata.normalize("NFKD", whole.translate(FOLDS))
    return split.translate(MARKS).casefold()


class _Folds(dict[int, str | int]):
    """What each character becomes before it is decomposed, looked up once."""

    def __missing__(self, code: int) -> str | int:
        character = chr(code)
        space = not character.isascii() and character.isspace()
        self[code] = SPECIAL.get(character, " " if space else code)
        return self[code]


class _Marks(dict[int, int | None]):
    """Drops the marks that decomposition leaves, looked up once."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


FOLDS, MARKS = _Folds(), _Marks()


def _add(plain: str, index: int, parts: list[str], offsets: list[int]) -> None:
    parts.append(plain)
    offsets.extend([index] * len(plain))


def _plain(character: str) -> str:
    """Fold one character to none, one or several plain ones."""
    if character.isascii():
        return character.lower()
    if (special := SPECIAL.get(character)) is not None:
        return special
    if character.isspace():
        return " "
    split = unicodedata.normalize("NFKD", character)
    return "".join(c for c in split if not unicodedata.combining(c)).casefold()
