"""Says where a name in a text is none: in a longer one, in two sentences or a company's. Reads nothing."""

import re
from collections.abc import Collection

from scanner.identity import is_name
from scanner.model import Span
from scanner.texts import names
from scanner.texts.folding import folded

ROOM = 40
"""How long a word beside a name can be."""

BEFORE = re.compile(r"([^\W\d_a-z][^\W\d_]+)-$")
HYPHENED = re.compile(r"-([^\W\d_a-z][^\W\d_]+)")
"""A word with a capital that a hyphen joins to a name."""

WORD = re.compile(r"[^\W\d_][\w'’-]+")
"""A word of a name."""

BEHIND = re.compile(r"(?:'s)?[ ,]{1,2}(?:& )?([^\W\d_]+)")
"""The word behind a name, which may make a company of it."""

STOP = re.compile(r"[^\W\d_]{2,}\.\s+[^\W\d_]")
"""The end of a sentence: behind an initial a full stop ends none."""


def thing(said: str, span: Span) -> bool:
    """Whether the word behind a name makes a company, a street or another thing of it."""
    behind = BEHIND.match(said[span.end : span.end + ROOM])
    return behind is not None and folded(behind[1]) in names.things()


def part_of_another(said: str, span: Span, words: Collection[str]) -> bool:
    """Whether a hyphen makes a name of the folded ``words`` a part of another: Ann Lee-Smith."""
    beside = (
        BEFORE.search(said[max(0, span.start - ROOM) : span.start]),
        HYPHENED.match(said[span.end : span.end + ROOM]),
    )
    return any(is_name(m[1]) and folded(m[1]) not in words for m in beside if m is not None)


def in_two_sentences(said: str, span: Span, value: str) -> bool:
    """Whether one sentence ends within a name, and the next begins: ... Mr. Lee. Ann Brown ..."""
    return "." not in value and STOP.search(said, span.start, span.end) is not None


def half_capitals(said: str, span: Span, words: Collection[str]) -> bool:
    """Whether some of the folded ``words`` of a name have a capital and others have none: May will."""
    found = [w for w in WORD.findall(said, span.start, span.end) if folded(w) in words]
    return len({names.is_capital(w) for w in found if w[0].lower() != w[0].upper()}) > 1
