"""Texts as people mean them: case, accents, quotes, spaces and HTML entities folded away.

A folded text remembers where each of its characters came from, so that what is found in it can
be cut out of the original.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

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


ASCII = re.compile(r"([\x00-\x7f]+)")
"""What folding only makes small; a text is split at it, so that the rest costs what it costs."""


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
    for entity in [*ENTITY.finditer(text), None] if "&" in text else [None]:
        end = len(text) if entity is None else entity.start()
        for part in ASCII.split(text[position:end]):
            _add(part, position, parts, offsets)
            position += len(part)
        if entity is not None:
            plain = folded(html.unescape(entity[0]))
            parts.append(plain)
            offsets.extend([position] * len(plain))
            position = entity.end()
    return Folded("".join(parts), (*offsets, len(text)))


def _add(part: str, position: int, parts: list[str], offsets: list[int]) -> None:
    """Add a part of a text that is all ASCII or has none."""
    if part.isascii():
        parts.append(part.lower())
        offsets.extend(range(position, position + len(part)))
        return
    for index, character in enumerate(part, position):
        plain = _plain(character)
        parts.append(plain)
        offsets.extend([index] * len(plain))


def folded(text: str) -> str:
    """Fold ``text`` and forget where its characters came from."""
    whole = ENTITY.sub(lambda m: html.unescape(m[0]), text) if "&" in text else text
    if whole.isascii():
        return whole.lower()
    return "".join(
        [p.lower() if p.isascii() else "".join(map(_plain, p)) for p in ASCII.split(whole)]
    )


@lru_cache(maxsize=1 << 16)
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
