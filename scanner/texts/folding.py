"""Texts as people mean them: case, accents, alphabets, quotes, spaces, entities and tags folded away.

A folded text remembers where each of its characters came from, so that what is found in it can
be cut out of the original.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from scanner.texts import garbled

ENTITY = r"(?<=&)(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
"""An HTML character reference."""

FILL = "\u0332"
"""A sign that folds to nothing, as no letter stands before it."""

ESCAPE = r"(?<=\\)u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
"""A character as JSON escapes it; the halves of surrogate pairs stay as they are."""

SLASH = r"(?<=\\)/"
"""A slash as PHP's JSON escapes each."""

INLINE = (
    r"(?<=<)/?(?:b|i|u|em|strong|span|font|mark|small|big|wbr|tt)"
    r"(?:\s+(?:style|class|color|face|size|lang|id)\s*=[^<>]{0,120})?\s*/?>"
)
"""A tag that may stand within a word, and whose attributes name nobody."""

QUOTED = r"(?<=\d=)(?<![^\W\d]\d=)(?<![^\W\d]\d\d=)(?<![^\W\d]\d\d\d=)(?<![^\W\d]\d{4}=)20(?=\d)"
"""A space of quoted-printable between digits, which is none behind a name: phone1=2065551234."""

BREAK = (
    r"(?<=<)/?(?:br|p|div|td|tr|li|h[1-6])\s*/?>|(?<=%)(?:20|0[09ad])|(?<==)(?:(?-i:0[9AD])(?![\d:./-])|20(?![\d ./-]))|"
    rf"{QUOTED}|(?<=\\)~|"
    r"(?<=\\)u[dD][89a-fA-F][0-9a-fA-F]{2}|(?<=[%=])f[0-4](?:[%=][89ab][0-9a-f]){3}"
)
"""A tag that stands between words, how the web, mails and RTF (\\~) write a space or a line, half an emoji."""

NEXT = "[%=][89ab][0-9a-f]"
OCTETS = rf"(?<=[%=])(?:(?:c[2-9a-f]|d[0-9a-f]){NEXT}|e[0-9a-f]{NEXT}{NEXT})|(?<=%)[2-7][0-9a-f]|(?<==)(?-i:3D|2[DE])"
"""A letter of UTF-8 as addresses of the web (%C3%BC) and mails (=C3=BC) have it; of the web's any sign."""

SOFT = r"(?<==)\r?\n"
"""The end of a line of a mail that is none of the text's."""

MARK = re.compile(
    rf"(?-i:[&\\<%={garbled.LEADS}ã])(?:{ENTITY}|{ESCAPE}|{SLASH}|(?P<tag>{INLINE}|{SOFT})|"
    rf"(?P<space>{BREAK})|(?P<octets>{OCTETS})|(?P<garbled>{garbled.GARBLED}))",
    re.IGNORECASE,
)
"""What stands for something else, for a space, or for nothing.

The first sign is one of a set, so that the engine skips to it: three times as fast as alternatives.
It does so only where case does not matter to the set.
"""

INVISIBLE = (
    "\u00ad\u034f\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2067\u2068\u2069\ufeff"
)
"""Signs without a width: soft hyphens, zero-width spaces, directions."""

_NO_WIDTH = dict.fromkeys(map(ord, INVISIBLE + FILL))

ENCODED = re.compile("%[02-7c-f][0-9a-f]", re.IGNORECASE)
BROKEN = re.compile("=(?:[c-f][0-9a-f]=|\r?\n|0[9ad]|20|2[de]|3d)", re.IGNORECASE)
"""What the web's and mails' writing looks like."""

HIDDEN = re.compile(
    rf"[{INVISIBLE}&\\<](?:(?<=[{INVISIBLE}])|(?<=\\)(?:(?-i:[nrtbf])|u(?:00ad|200[b-f]|2060|feff))|"
    rf"{INLINE}|"
    r"(?<=&)(?:shy|zwn?j|NoBreak|ZeroWidthSpace|#0*(?:173|820[3-7]|8288|65279)|"
    r"#x0*(?:ad|200[b-f]|2060|feff));)",
    re.IGNORECASE,
)
"""Such a sign, whichever way it is written, a tag that may stand within a word, or the end of a line or
a tab as JSON escapes it.

What looks like that may be the path of a file, so that it counts in both ways as well.
"""

SPECIAL = {
    **dict.fromkeys("‘’‚‛´ʼʻʹ′＇", "'"),
    **dict.fromkeys("“”„‟«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys(INVISIBLE, ""),
    "ø": "o",
    "đ": "d",
    "ł": "l",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "\ufffd": "?",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
}
"""What decomposition does not fold: quotes, dashes, invisible signs, barred letters, what stands for a
letter that was lost, Arabic letters that look alike."""

LETTERS = {
    **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)),
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
    "і": "i",
    "є": "ye",
    "ґ": "g",
    **dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)),
    "θ": "th",
    "χ": "ch",
    "ψ": "ps",
}
"""Cyrillic and Greek letters in Latin, as passports have them."""


ASCII = re.compile(r"([\x00-\x7f]+)")
"""What folding only makes small; a text is split at it, so that the rest costs what it costs."""


TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-z][a-z0-9]*)[^<>]*?(?P<alone>/?)>", re.IGNORECASE)
"""A tag in what was found."""

FIELDS = re.compile(r"([\"'])\s*[,;:]\s*\1")
"""What stands between two values of JSON or CSV."""

ALONE = frozenset({"br", "wbr", "hr"})
"""Tags that close nothing and need no closing."""


@dataclass(frozen=True, slots=True, repr=False)
class Folded:
    """A folded text; ``offsets`` is None where every character stands where it stood.

    ``ends`` says where what is folded to nothing begins: a tag behind a name is no part of it.
    """

    text: str
    offsets: tuple[int, ...] | None
    ends: Mapping[int, int] = field(default_factory=dict)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Translate a span of the folded text to one of the original."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.ends.get(end, self.offsets[end])


def fold(text: str) -> Folded:
    """Fold ``text``; the common case, plain ASCII, costs one pass in C."""
    if text.isascii() and not _marked(text):
        return Folded(text.lower(), None)
    parts: list[str] = []
    offsets: list[int] = []
    ends: dict[int, int] = {}
    position = 0
    for mark in [*MARK.finditer(text), None] if _marked(text) else [None]:
        end = len(text) if mark is None else mark.start()
        for part in ASCII.split(text[position:end]):
            _add(part, position, parts, offsets)
            position += len(part)
        if mark is not None:
            plain = folded(_meaning(mark))
            if mark["tag"]:
                ends.setdefault(len(offsets), position)
            parts.append(plain)
            offsets.extend([position] * len(plain))
            position = mark.end()
    return Folded("".join(parts), (*offsets, len(text)), ends)


def _marked(text: str) -> bool:
    """Whether ``text`` may hold an entity, an escape or a tag."""
    # One character is looked for several times faster than two.
    return (
        "&" in text
        or "<" in text
        or ("\\" in text and ("\\u" in text or "\\/" in text or "\\U" in text or "\\~" in text))
        or ("%" in text and ENCODED.search(text) is not None)
        or ("=" in text and BROKEN.search(text) is not None)
        or (not text.isascii() and garbled.is_garbled(text))
    )


def _meaning(mark: re.Match[str]) -> str:
    """Say what an entity, an escape or a tag stands for."""
    if mark["tag"]:
        return ""
    if mark["space"]:
        return " "
    found = mark[0]
    if mark["garbled"]:
        return garbled.letter(found)
    if mark["octets"]:
        return bytes.fromhex(re.sub("[%=]", "", found)).decode("utf-8", "replace")
    if found[0] == "\\":
        return "/" if found[1] == "/" else chr(int(found[2:], 16))
    return html.unescape(found)


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


def folded_all(texts: Iterable[str]) -> list[str]:
    """Fold many texts as ``folded`` does; a call of it for each plain one costs more than that one."""
    return [
        t.lower()
        if t.isascii()
        and "&" not in t
        and "<" not in t
        and "\\" not in t
        and "%" not in t
        and "=" not in t
        else folded(t)
        for t in texts
    ]


def folded(text: str) -> str:
    """Fold ``text`` and forget where its characters came from."""
    whole = MARK.sub(_meaning, text) if _marked(text) else text
    if whole.isascii():
        return whole.lower()
    return "".join(
        [p.lower() if p.isascii() else "".join(map(_plain, p)) for p in ASCII.split(whole)]
    )


def meant(text: str) -> str:
    """Write what entities, escapes and tags of a text stand for; letters stay as they are."""
    whole = MARK.sub(_meaning, text) if _marked(text) else text
    return whole if whole.isascii() else whole.translate(_NO_WIDTH)


def spaced(text: str) -> str:
    """Make spaces of what has no width, as it may stand between words as well as within one.

    Returns:
        The text itself where there is nothing such; else one of the same length.
    """
    return HIDDEN.sub(_as_space, text) if _may_hide(text) else text


def hides(text: str) -> bool:
    """Whether a text has something without a width, that may stand for a space."""
    return _may_hide(text) and HIDDEN.search(text) is not None


def _may_hide(text: str) -> bool:
    return not text.isascii() or "\\" in text or _marked(text)


def _as_space(found: re.Match[str]) -> str:
    """Write a space in as many characters."""
    size = len(found[0])
    if found[0] == "\\n":
        return " \n"
    if size <= len("\\n"):
        return " " * size
    # One space, and what folds to nothing: several spaces would part a name.
    return " " + FILL * (size - 1)


@lru_cache(maxsize=1 << 16)
def _plain(character: str) -> str:
    """Fold one character to none, one or several plain ones."""
    if character.isascii():
        return character.lower()
    small = character.lower()
    if "\ud800" <= character <= "\udfff":
        return " "  # half of a sign: no text of a database has it, JSON may
    if (special := SPECIAL.get(small, LETTERS.get(small))) is not None:
        return special
    if character.isspace():
        return " "
    if character.isdecimal():  # of Arabic, Devanagari and other scripts
        return str(unicodedata.decimal(character))
    split = unicodedata.normalize("NFKD", character)
    bare = "".join(c for c in split if not unicodedata.combining(c)).casefold()
    return "".join(LETTERS.get(c, c) for c in bare)


def pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split a span around what must stay.

    These are tags that are opened or closed outside, so that markup stays valid, and the ends of
    values, so that a list keeps its length.
    """
    said = text[start:end]
    if "<" not in said and '"' not in said and "'" not in said:
        bare = said.strip()
        first = start + len(said) - len(said.lstrip())
        return [(first, first + len(bare))] if bare else []
    tags = list(TAG.finditer(text, start, end))
    kept = [*([] if _balanced(tags) else tags), *FIELDS.finditer(text, start, end)]
    kept.sort(key=lambda m: m.start())
    begins = [start, *(m.end() for m in kept)]
    ends = [*(m.start() for m in kept), end]
    return [
        (first + len(part) - len(part.lstrip()), first + len(part.rstrip()))
        for first, last in zip(begins, ends, strict=True)
        if (part := text[first:last]).strip()
    ]


def _balanced(tags: list[re.Match[str]]) -> bool:
    """Whether each tag that is opened is closed, the last first, and no other."""
    opened: list[str] = []
    for tag in tags:
        name = tag["name"].lower()
        if tag["alone"] or name in ALONE:
            continue
        if not tag["close"]:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened
