"""Names of columns and tables as words, folded and in lower case; counts in words. Reads nothing."""

import re
import unicodedata
from collections.abc import Container
from functools import lru_cache
from itertools import pairwise

LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})
"""Letters that do not decompose into a plain one and an accent."""

UMLAUT = re.compile(r"(?<=[aou])e")
"""How umlauts are written where a name may only hold plain letters: "strasse", "foedselsdato"."""

LEAST_UMLAUT = 5
"""In shorter words an "e" after a vowel is one: "rue" is not "ru"."""

NUMBER = frozenset(
    unicodedata.normalize("NFKD", word)
    for word in ["number", "num", "nbr", "no", "nr", "nro", "nummer", "numero", "numer", "numarasi", "cislo", "nomer", "nomor", "haoma", "номер", "番号", "号码", "번호"]  # reads better
)  # fmt: skip
"""Words for "number", which are one to us."""


CUT = "..."
"""Stands where a text goes on that was too long."""


def count(number: int, one: str, many: str = "") -> str:
    """Write so many of something: 1 row, 2,000 rows."""
    return f"{number:,} {noun(number, one, many)}"


def noun(number: int, one: str, many: str = "") -> str:
    """Choose the word alone, where its number stands in a column: row, rows."""
    return one if number == 1 else many or f"{one}s"


def shortened(text: str, length: int | None) -> str:
    """Cut a text to what its column takes, so that it can be seen."""
    if length is None or len(text) <= length:
        return text
    return text[: length - len(CUT)] + CUT if length > len(CUT) else text[:length]


def words(name: str) -> list[str]:
    """Split a name into folded words: snake_case, CamelCase, digits apart."""
    return [fold(w) for w in split(name)]


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Write a word without accents and umlauts; words for "number" become one."""
    bare = unicodedata.normalize("NFKD", word.lower().translate(LETTERS))
    plain = "".join(c for c in bare if not unicodedata.combining(c))
    if len(plain) >= LEAST_UMLAUT:
        plain = UMLAUT.sub("", plain)
    if plain in NUMBER:
        return "number"
    return plain.lstrip("0") or "0" if plain.isdigit() else plain


def split(name: str) -> list[str]:
    """Split snake_case, CamelCase and digits; a run of capitals is one word."""
    spaced = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", name)
    marks = [0, *(i + 1 for i, pair in enumerate(pairwise(spaced)) if _hump(spaced, i, pair))]
    parts = [spaced[a:b] for a, b in zip(marks, [*marks[1:], len(spaced)], strict=True)]
    return [w.lower() for part in parts for w in re.findall(r"[^\W_]+", part)]


def segment(word: str, known: Container[str]) -> tuple[str, ...]:
    """Take a word of a script without blanks apart into the longest known ones: "회원번호"."""
    parts, start, at = [], 0, 0
    while at < len(word):
        end = next((e for e in range(len(word), at, -1) if word[at:e] in known), 0)
        if not end:
            at += 1
            continue
        parts += [word[start:at], word[at:end]]
        start = at = end
    return tuple(fold(p) for p in [*parts, word[start:]] if p)


def _hump(text: str, at: int, pair: tuple[str, str]) -> bool:
    before, here = pair
    after = text[at + 2] if at + 2 < len(text) else ""
    return here.isupper() and (before.islower() or (before.isupper() and after.islower()))
