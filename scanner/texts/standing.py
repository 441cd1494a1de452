"""Whether placeholders stand where a text had something: what a proof can know without the text.

Only positions in the old text are known. What stands between two places is as long as it was, unless
others were erased in it since: then their placeholders stand there, for pieces of any length.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.texts import documents, markup, placeholders
from scanner.texts.placeholders import Mark

Place = tuple[int, int, str]
"""From where to where something stood in the old text, and what it was."""


@dataclass(frozen=True, slots=True)
class _Read:
    """How far a text is read; ``loose``: what came last may have taken more with it than its place."""

    at: int
    loose: bool = False


def gone(text: str, places: Sequence[Place]) -> bool:
    """Whether a text has placeholders instead of all that stood at ``places``, in their order.

    So it has where it is nothing but placeholders by now, or ends before a place.
    """
    if not places or placeholders.is_placeholder(text):
        return True
    if markup.is_xml(text):
        return _in_markup(text, places)
    return _along(text, places, several=documents.holds_json(text))


def counted(document: str, places: Sequence[Place]) -> bool:
    """Whether a document has as many placeholders as what stood at ``places`` needs.

    Where a database has turned its names round, their order and what stands between says nothing.
    """
    needed = Counter(_letter(entity) for _, _, entity in places)
    return needed <= Counter(mark.letter for mark in placeholders.marks(document))


def _letter(entity: str) -> str:
    """Give the letter that the placeholder of an entity begins with, however short it is."""
    return placeholders.label(entity)[1]


def _in_markup(text: str, places: Sequence[Place]) -> bool:
    """Whether the first place of XML has a placeholder, or is behind a name that had to stay."""
    names = {p: tag for tag in markup.tags(text) for p in tag.parts if p.named}
    for start, end, entity in places:
        within = next((tag for p, tag in names.items() if p.start <= start < p.end), None)
        if _along(text, [(start, end, entity)]):
            return True
        if within is None:
            return False
        if end > within.end:
            return _along(text, [(within.end, end, entity)])
    return False


def _along(text: str, places: Sequence[Place], *, several: bool = False) -> bool:
    """Whether a placeholder stands at each place, counted from the one before.

    ``several``: one place may have become several placeholders, so that only their order counts.
    """
    marks, last = [*placeholders.marks(text)], 0
    reached = {_Read(0)}
    for number, (start, end, entity) in enumerate(places):
        place = (start - last, end - last, entity)
        free = several and number > 0
        if not free and any(read.at + place[0] >= len(text) for read in reached):
            return True
        reached = {
            after for read in reached for after in _behind(text, read, place, marks, free=free)
        }
        if not reached:
            return False
        last = end
    return True


def _behind(
    text: str, read: _Read, place: Place, marks: Sequence[Mark], *, free: bool
) -> Iterator[_Read]:
    """Yield how far a text may be read behind what stands instead of the next place."""
    gap, end, entity = place
    if placeholders.is_starred(text[read.at + gap : read.at + end]):
        yield _Read(read.at + end)
    stood, others = read.at, 0  # what of the text is the gap's own, and how many others were erased
    for mark in (m for m in marks if m.start >= read.at):
        for one in (mark, mark.quoted(text)):
            if one is None or one.letter != _letter(entity):
                continue
            signs = one.start - stood
            fits = signs + others <= gap if others or read.loose else signs == gap
            if free or fits:
                yield _Read(one.end, loose=one is not mark)
        stood += mark.end - mark.start
        others += 1
