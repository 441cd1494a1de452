"""Says where a name that stands in a text is none: in a longer one, or in two sentences. Reads nothing."""

import re
from collections.abc import Collection

from scanner.identity import is_name
from scanner.model import Span
from scanner.texts.folding import folded

ROOM = 40
"""How long a word beside a name can be."""

BEFORE = re.compile(r"([^\W\d_a-z][^\W\d_]+)-$")
BEHIND = re.compile(r"-([^\W\d_a-z][^\W\d_]+)")
"""A word with a capital that a hyphen joins to a name."""

STOP = re.compile(r"[^\W\d_]{2,}\.\s+[^\W\d_]")
"""The end of a sentence: behind an initial a full stop ends none."""


def part_of_another(said: str, span: Span, words: Collection[str]) -> bool:
    """Whether a hyphen makes a name of the folded ``words`` a part of another: Ann Lee-Smith."""
    beside = (
        BEFORE.search(said[max(0, span.start - ROOM) : span.start]),
        BEHIND.match(said[span.end : span.end + ROOM]),
    )
    return any(is_name(m[1]) and folded(m[1]) not in words for m in beside if m is not None)


def in_two_sentences(said: str, span: Span, value: str) -> bool:
    """Whether one sentence ends within a name, and the next begins: ... Mr. Lee. Ann Brown ..."""
    return "." not in value and STOP.search(said, span.start, span.end) is not None
