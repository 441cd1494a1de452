"""Says where a name in a text is none: in a longer one, in two sentences or a thing's number. Reads nothing."""

import re
from collections.abc import Collection

from scanner.identity import is_name
from scanner.model import Span
from scanner.texts import names
from scanner.texts.folding import folded
from scanner.texts.lexicon import listed

ROOM = 40
"""How long a word beside a name can be."""

BEFORE = re.compile(r"([^\W\d_a-z][^\W\d_]+)-$")
HYPHENED = re.compile(r"-([^\W\d_a-z][^\W\d_]+)")
"""A word with a capital that a hyphen joins to a name."""

WORD = re.compile(r"[^\W\d_][\w'’-]+")
"""A word of a name."""

CODE = re.compile(
    r"([^\W\d_]+(?:[ _.-][^\W\d_]+)?)[\"']?[.]?[ ]?(?:no|nr|num|number|id|nummer|#)?[.:#=]{0,2}[ ]?[\"'#]?\Z"
)
"""The words before a number."""

STOP = re.compile(r"[^\W\d_]{2,}\.\s+[^\W\d_]")
"""The end of a sentence: behind an initial a full stop ends none."""


def coded(said: str, span: Span) -> bool:
    """Whether the word before a number says that it is a thing's: Order 10004711, "order_id": 10004711."""
    return not listed("codes", "labels").isdisjoint(_before(said, span))


def accounted(said: str, span: Span) -> bool:
    """Whether the word before a number says that it is a customer's: Kundennr. 10004711."""
    return not listed("codes", "people").isdisjoint(_before(said, span))


def _before(said: str, span: Span) -> list[str]:
    words = CODE.findall(folded(said[max(0, span.start - ROOM) : span.start]))
    return re.split(r"[ _.-]+", words[0]) if words else []


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


def small(said: str, span: Span) -> bool:
    """Whether a whole name is in small letters, and no word of it is known as a given name: art director."""
    words = [folded(w) for w in WORD.findall(said, span.start, span.end)]
    return said[span.start : span.end].islower() and not any(map(names.is_given, words))


def two_given(said: str, span: Span) -> bool:
    """Whether two lines hold what may be two people: Thomas, and Martin below."""
    lines = re.split(r"[\r\n]+", said[span.start : span.end])
    words = [WORD.findall(line) for line in lines]
    return len(lines) > 1 and all(len(w) == 1 and names.is_given(folded(w[0])) for w in words)


def half_capitals(said: str, span: Span, words: Collection[str]) -> bool:
    """Whether some of the folded ``words`` of a name have a capital and others have none: May will."""
    found = [w for w in WORD.findall(said, span.start, span.end) if folded(w) in words]
    return len({names.is_capital(w) for w in found if w[0].lower() != w[0].upper()}) > 1
