"""Placeholders in place of pieces of a text, so that JSON stays JSON, XML stays XML and nothing else goes.

A number of JSON is replaced as a whole, by a string. Names of one object stay different, else one
value would take another's place; names of XML have no brackets.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.texts import documents, markup, placeholders
from scanner.texts.documents import Scalar

Form = Literal["full", "short", "stars"]
"""How much room the placeholders take: stars take what stood there."""


READ = (documents.holds_json, markup.is_xml)
"""What a text is still to be with placeholders in it, if it was."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What of a text is replaced, and what it is; ``scalar``: of JSON, ``named``: a name of XML."""

    start: int
    end: int
    entity: str
    scalar: Scalar | None = None
    named: bool = False


def placed(text: str, spans: Sequence[tuple[int, int, str]]) -> list[Piece]:
    """Say which pieces of a text are replaced for ``spans``, which overlap nowhere, in their order."""
    if not spans:
        return []
    if (scalars := documents.scalars(text)) is not None:
        return list(_in_json(text, spans, scalars))
    return _in_xml(text, spans) if markup.is_xml(text) else [_plain(text, *s) for s in spans]


def marked(text: str, pieces: Sequence[Piece], form: Form, *, key: str = "") -> str | None:
    """Write a text with placeholders; with ``key`` they are distinct.

    Returns:
        None where this form of them would break the text, or lose more than the pieces.
    """
    marks = [_mark(piece, form, key, 1) for piece in pieces]
    _rename(text, pieces, marks, form, key)
    if not _tell_apart(text, pieces, marks, form, key):
        return None
    parts, last = [], 0
    for piece, mark in zip(pieces, marks, strict=True):
        parts += [text[last : piece.start], mark]
        last = piece.end
    made = "".join([*parts, text[last:]])
    read = next((is_ for is_ in READ if is_(text)), None)
    bare = read is markup.is_xml and "<" not in made  # no tag is left that could be broken
    return made if read is None or bare or read(made) else None


def is_structured(text: str) -> bool:
    """Whether a text holds more than one value: JSON but for a lone string, or XML."""
    if documents.holds_json(text):
        return not text.lstrip().startswith('"')
    return markup.is_xml(text)


def _in_json(
    text: str, spans: Sequence[tuple[int, int, str]], scalars: Sequence[Scalar]
) -> Iterator[Piece]:
    starts, ends = [s.start for s in scalars], [s.end for s in scalars]
    done = 0
    for start, end, entity in spans:
        for scalar in scalars[bisect_right(ends, start) : bisect_left(starts, end)]:
            inside = scalar.inside(start, end)
            if inside is None or inside[1] <= done:
                continue
            first, last = max(inside[0], done), inside[1]
            if any(c.isalnum() for c in text[first:last]):
                yield Piece(first, last, entity, scalar)
                done = last


def _plain(text: str, start: int, end: int, entity: str) -> Piece:
    """Say what is replaced in a text that is no document, or in one of XML: it may quote some JSON."""
    if scalar := documents.number(text, start, end):
        return Piece(start, scalar.end, entity, scalar)
    return Piece(start, end, entity)


def _in_xml(text: str, spans: Sequence[tuple[int, int, str]]) -> list[Piece]:
    """Say which pieces of XML are replaced: a name in all places that have it, or in none.

    What a name is called opens and closes an element, and only one of the two may look like the
    subject's.
    """
    tags = list(markup.tags(text))
    starts = [tag.start for tag in tags]
    pieces = []
    for start, end, entity in spans:
        for part in _apart(start, end, tags, starts):
            if any(c.isalnum() for c in text[part.start : part.end]):
                named = Piece(part.start, part.end, entity, named=True)
                pieces.append(named if part.named else _plain(text, part.start, part.end, entity))
    if not any(p.named for p in pieces):
        return pieces
    names = [p for tag in tags for p in tag.parts if p.named]
    starts = [name.start for name in names]
    within: dict[int, list[Piece]] = {}
    for piece in (p for p in pieces if p.named):
        within.setdefault(bisect_right(starts, piece.start) - 1, []).append(piece)
    ways: dict[str, set[tuple[tuple[int, int], ...]]] = {}
    for at, name in enumerate(names):
        way = tuple((p.start - name.start, p.end - name.start) for p in within.get(at, ()))
        ways.setdefault(text[name.start : name.end], set()).add(way)
    kept = {
        p
        for at, some in within.items()
        if len(ways[text[names[at].start : names[at].end]]) > 1
        for p in some
    }
    return [p for p in pieces if p not in kept]


def _apart(
    start: int, end: int, tags: Sequence[markup.Tag], starts: Sequence[int]
) -> Iterator[markup.Part]:
    """Cut a span where a tag begins or ends of which it has only a part; its signs stay."""
    at = bisect_left(starts, start) - 1
    if at >= 0 and start < tags[at].end:
        yield from _clipped(start, end, tags[at])
        start = min(tags[at].end, end)
    at = bisect_left(starts, end) - 1
    if start < end and at >= 0 and start <= tags[at].start and end < tags[at].end:
        yield markup.Part(start, tags[at].start, named=False)
        yield from _clipped(start, end, tags[at])
    elif start < end:
        yield markup.Part(start, end, named=False)


def _clipped(start: int, end: int, tag: markup.Tag) -> Iterator[markup.Part]:
    for part in tag.parts:
        first, last = max(start, part.start), min(end, part.end)
        if first < last:
            yield markup.Part(first, last, part.named)


def _mark(piece: Piece, form: Form, key: str, number: int) -> str:
    """Write one placeholder; from the second of some that must differ it has its ``number``."""
    scalar, size = piece.scalar, piece.end - piece.start
    if form == "stars" and scalar and scalar.kind == "bare":
        inside = size - 2 * len(scalar.quote)
        return f"{scalar.quote}{'*' * inside}{scalar.quote}" if inside > 0 else "0"
    if form == "stars":
        return ("_" if piece.named else "*") * size
    told = key if number == 1 else f"{key}-{number}" if key else str(number)
    made = placeholders.label(piece.entity, key=told, short=form == "short")
    if piece.named:
        return f"_{made[1:-1]}_"
    return f"{scalar.quote}{made}{scalar.quote}" if scalar and scalar.kind == "bare" else made


def _tell_apart(text: str, pieces: Sequence[Piece], marks: list[str], form: Form, key: str) -> bool:
    """Give placeholders numbers in names that would be equal in one object; say whether it worked."""
    changed: dict[Scalar, list[int]] = {}
    for n, piece in enumerate(pieces):
        if piece.scalar and piece.scalar.kind == "name":
            changed.setdefault(piece.scalar, []).append(n)
    if not changed:
        return True
    owners = {scalar.owner for scalar in changed}
    taken = {
        (s.owner, text[s.start : s.end])
        for s in documents.scalars(text) or ()
        if s.owner in owners and s not in changed
    }
    last: dict[tuple[int, str, int, str], int] = {}
    for scalar, places in changed.items():
        first = pieces[places[0]]
        name = scalar.owner, _name(text, scalar, pieces, marks, places)
        alike = *name, first.start - scalar.start, first.entity
        number = last.get(alike, 1)
        while name in taken:
            if form == "stars":
                return False
            number += 1
            marks[places[0]] = _mark(first, form, key, number)
            name = scalar.owner, _name(text, scalar, pieces, marks, places)
        last[alike] = number
        taken.add(name)
    return True


def _name(
    text: str, scalar: Scalar, pieces: Sequence[Piece], marks: Sequence[str], places: Sequence[int]
) -> str:
    parts, last = [], scalar.start
    for n in places:
        parts += [text[last : pieces[n].start], marks[n]]
        last = pieces[n].end
    return "".join([*parts, text[last : scalar.end]])


def _rename(text: str, pieces: Sequence[Piece], marks: list[str], form: Form, key: str) -> None:
    """Give placeholders numbers in names of XML: what is called the same stays called the same."""
    if form == "stars" or not any(p.named for p in pieces):
        return
    taken = {text[p.start : p.end] for tag in markup.tags(text) for p in tag.parts if p.named}
    called: dict[str, str] = {}
    last: dict[str, int] = {}
    for n, piece in enumerate(pieces):
        if piece.named:
            said, number = text[piece.start : piece.end], last.get(piece.entity, 1)
            if said not in called:
                while marks[n] in taken:
                    number += 1
                    marks[n] = _mark(piece, form, key, number)
                called[said], last[piece.entity] = marks[n], number
                taken.add(marks[n])
            marks[n] = called[said]
