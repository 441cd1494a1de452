"""What a copy of the subject's own row holds of it: all that it is called, and where it lives.

Such a copy is made by a trigger while the subject is erased. Nobody can be asked about it before,
and in it a name is nobody else's. Reads nothing.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from scanner.matcher import Match
from scanner.model import Span
from scanner.subjects.searcher import text
from scanner.texts import documents
from scanner.texts.documents import Scalar
from scanner.texts.folding import fold

SEVERAL = 2
"""So many things of the subject make a row one that is a copy of its own."""

TOWN, CODE = 3, 4
"""A shorter name of a town, or a number with fewer digits, stands for too much else."""


def rich(found: Mapping[str, Sequence[Match]], strong: Collection[Match]) -> bool:
    """Whether a row holds as much as a copy of the subject's row: ``strong`` things, or one and a name."""
    sure = {m.index for m in strong}
    matches = [m for some in found.values() for m in some if m.span.entity == "PERSON"]
    named = any(m.strength == "full" for m in matches)
    parts = {m.index for m in matches if m.strength == "weak"}
    return len(sure) >= SEVERAL or bool(sure and (named or len(parts) >= SEVERAL))


def spans(value: object, matches: Sequence[Match], around: Collection[str]) -> tuple[Span, ...]:
    """Give the places of all that a cell holds of the subject.

    What a value of JSON is called is not its value: there a word that is a part of the name says
    nothing.
    """
    said = text(value)
    scalars = documents.scalars(said) or ()
    names = [s for s in scalars if s.kind == "name"]
    found = [s for m in matches for s in m.places(said) if m.strength != "weak" or _free(s, names)]
    towns = (s for s in _towns(said, around, scalars) if _free(s, names))
    return (*found, *(s for s in towns if not any(_touch(s, other) for other in found)))


def _towns(said: str, around: Collection[str], scalars: Sequence[Scalar]) -> Iterator[Span]:
    """Yield where a text says the subject's town or postcode, as whole words or numbers."""
    plain = fold(said)
    for town in around:
        number = town.isdecimal()
        if len(town) < (CODE if number else TOWN):
            continue
        apart = (
            (r"(?<![\w+-])(?<!\d\.)0*", r"(?![\w-]|\.\d)") if number else (r"(?<!\w)", r"(?!\w)")
        )
        word = re.escape(town).join(apart)
        for match in re.finditer(word, plain.text):
            place = plain.origin(*match.span())
            if not scalars or documents.value(said, *place, scalars):
                yield Span(*place, "POSTCODE" if number else "CITY")


def _free(span: Span, names: Sequence[Scalar]) -> bool:
    return not any(_touch(span, name) for name in names)


def _touch(one: Span | Scalar, other: Span | Scalar) -> bool:
    return one.start < other.end and other.start < one.end
