"""What a copy of the subject's own row holds of it: the values that were the row's.

Such a copy is made by a trigger while the subject is erased, so that nobody can be asked about it
before. Only whole cells count, and whole values of a document of JSON: what else stands in the row
may be an agent's or a relative's. Reads nothing.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.identity import FAMILY, GIVEN, is_name, surroundings
from scanner.matcher import Match
from scanner.model import Span
from scanner.subjects.details import LEAST_CODE, LEAST_TOWN
from scanner.subjects.searcher import text
from scanner.texts import documents

SAME = 3
"""So many things found may begin at one place of a text, or in the spaces before it, at most."""

SEVERAL = 2
"""So many things of the subject make a row one that is a copy of its own."""


@dataclass(frozen=True, slots=True)
class Field:
    """A cell, or a value of a document: what it is called, where it stands, what of the subject it is.

    ``match`` is None, and ``span`` too, where it is nothing of the subject.
    """

    name: str
    said: str
    span: Span | None = None
    match: Match | None = None


def fields(
    column: str, value: object, matches: Sequence[Match], around: Collection[str]
) -> Iterator[Field]:
    """Yield the fields of a cell: itself, or the values of its document.

    Args:
        column: what the cell is called.
        value: the cell.
        matches: what was found in it.
        around: the towns and postcodes of the subject.
    """
    said = text(value)
    ordered = sorted(matches, key=_begins)
    for name, start, end in _pieces(column, said):
        whole = said[start:end]
        match = _covering(ordered, start, end, whole)
        if match is not None:
            yield Field(name, whole, Span(start, end, match.span.entity), match)
        elif town := _town(whole, around):
            yield Field(name, whole, Span(start, end, town))
        else:
            yield Field(name, whole)


def is_copy(found: Sequence[Field], strong: Collection[int]) -> bool:
    """Whether fields are those of a copy of the subject's row.

    It has several things that are the subject's alone (``strong``, by their identifiers), or one
    and the name, and no field of a name is somebody else's.
    """
    if any(f.match is None and _names_another(f) for f in found):
        return False
    mine = [f.match for f in found if f.match is not None]
    sure = {m.index for m in mine if m.index in strong}
    people = [m for m in mine if m.span.entity == "PERSON"]
    named = any(m.strength == "full" for m in people)
    parts = {m.index for m in people if m.strength == "weak"}
    return len(sure) >= SEVERAL or bool(sure and (named or len(parts) >= SEVERAL))


def of_row(
    values: Mapping[str, Any], found: Mapping[str, Sequence[Match]], around: Collection[str]
) -> dict[str, list[Field]]:
    """Give the fields of all cells that may hold something, by column."""
    return {
        column: [*fields(column, value, found.get(column, ()), around)]
        for column, value in values.items()
        if isinstance(value, str | dict | list) or column in found
    }


def _pieces(column: str, said: str) -> Iterator[tuple[str, int, int]]:
    scalars = documents.scalars(said)
    if scalars is None:
        bare = said.strip()
        start = said.find(bare)
        yield column, start, start + len(bare)
        return
    name = column
    for one in scalars:
        if one.kind == "name":
            name = said[one.start : one.end]
        else:
            yield name, one.start, one.end


def _covering(ordered: Sequence[Match], start: int, end: int, whole: str) -> Match | None:
    """Choose what was found that is all of a field, but for spaces: it begins before all else there."""
    first, last = end - len(whole.lstrip()), start + len(whole.rstrip())
    at = bisect_left(ordered, start, key=_begins)
    for match in ordered[at : at + SAME]:
        if match.span.start > first:
            break
        if last <= match.span.end <= end:
            return match
    return None


def _begins(match: Match) -> int:
    return match.span.start


def _town(whole: str, around: Collection[str]) -> str:
    """Say what a field is that holds the subject's town or postcode; else nothing."""
    plain = surroundings(whole)
    if plain not in around:
        return ""
    number = plain.isdecimal()
    if len(plain) < (LEAST_CODE if number else LEAST_TOWN):
        return ""
    return "POSTCODE" if number else "CITY"


def _names_another(field: Field) -> bool:
    name = field.name.lower()
    part = GIVEN.search(name) or FAMILY.search(name)
    return part is not None and any(map(is_name, field.said.split()))
