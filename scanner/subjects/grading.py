"""How sure a match is by what stands around it in its cell and its row. Reads nothing.

Strong identifiers are certain anywhere, unless somebody else has them too. A full name is
corroborated by something strong beside it or by a relation to the subject, else only possible.
Another way to write it needs something strong; what only looks alike is always asked about.
Parts of a name count beside something else of the subject.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from scanner.identity import Identity
from scanner.matcher import Match
from scanner.subjects import nearness, neighbours, roles, ties
from scanner.subjects.bounds import (
    accounted,
    coded,
    half_capitals,
    in_two_sentences,
    part_of_another,
    small,
    two_given,
)
from scanner.subjects.called import Called
from scanner.subjects.context import Context, Grade, Known, plainly
from scanner.subjects.details import behind
from scanner.subjects.nearness import NEAR_NAME
from scanner.subjects.neighbours import ROOM, touch
from scanner.subjects.parts import Parts, signed
from scanner.subjects.places import elsewhere
from scanner.subjects.reasons import (
    BORN,
    CODE,
    COMMON,
    ELSES,
    KEYED,
    LOOKS_LIKE,
    NAMESAKE,
    NEIGHBOUR,
    OTHER_NAME,
    REMNANT,
    ROLE,
    SAME_NAME,
    SHARED,
    SHORT,
    SIGNED,
    THING,
    WORD,
)
from scanner.subjects.things import thing
from scanner.texts import names

ABOUT = 2
"""So many things of the subject alone make a text one about it."""

LONG = 12
"""A number of so many digits is no order's, no meter's and no count."""

NO_CODES = frozenset({"EMAIL_ADDRESS", "PHONE_NUMBER", "USERNAME"})
"""What is nobody's order and no case's number."""


@dataclass(frozen=True)
class Grader:
    """Grades what cells hold of one identity.

    ``rare`` are parts of the name that count even where they stand by themselves: to be asked about.
    """

    identity: Identity
    rare: frozenset[str] = field(default=frozenset(), repr=False)

    @cached_property
    def called(self) -> Called:
        """What the words of its names are."""
        return Called(self.identity)

    @cached_property
    def parts(self) -> Parts:
        """What grades parts of its names."""
        return Parts(self.called, self.rare)

    def strong(self, match: Match, known: Known) -> bool:
        """Whether a match is of something strong that nobody else is known to have."""
        return match.strength == "strong" and self.called.value(match) not in known.shared

    def cell(
        self,
        said: str,
        matches: Sequence[Match],
        context: Context,
        known: Known,
        *,
        free: bool,
    ) -> Iterator[tuple[Match, Grade]]:
        """Grade what one cell holds; ``free``: an own cell of which no pack says what it is."""
        plain = [m for m in matches if not m.remnant]
        graded = [*self._plain(said, plain, context, known, free=free)] if plain else []
        yield from graded
        if graded or context.told or context.linked:
            yield from ((m, ("possible", REMNANT)) for m in matches if m.remnant)

    def _plain(
        self,
        said: str,
        matches: Sequence[Match],
        context: Context,
        known: Known,
        *,
        free: bool,
    ) -> Iterator[tuple[Match, Grade]]:
        """Grade what is more than a remnant."""
        strong = [m for m in matches if self.strong(m, known)]
        about = len({m.index for m in strong}) >= ABOUT
        context = replace(context, about=about, told=context.told or bool(strong))
        sure = list(strong)
        ordered = sorted(matches, key=lambda m: m.span.start)
        for match in (m for m in matches if m.strength != "weak"):
            grade = self._grade(said, match, ordered, strong, context, known)
            if grade[0] == "corroborated" and _anothers(said, match, ordered):
                grade = "possible", ELSES
            if grade[0] != "possible":
                sure.append(match)
            yield match, grade
        sure.sort(key=lambda m: m.span.start)
        yield from self.parts.grade(said, ordered, sure, context, known, free=free)

    def _grade(
        self,
        said: str,
        match: Match,
        matches: Sequence[Match],
        strong: Sequence[Match],
        context: Context,
        known: Known,
    ) -> Grade:
        """Grade something strong or a full name."""
        if context.own:
            return "certain", ""
        if match.strength == "strong":
            return self._sure(said, match, strong, context, known)
        if match.strength == "doubt":
            return "possible", self._unsure(match)
        near = [*nearness.beside(said, match, strong, NEAR_NAME), *births(said, match, matches)]
        why = self._others(said, match, near, context, known)
        if why or (why := self._role(said, match, near, matches, context)):
            return "possible", why
        if (match.whole and context.supported) or (near and not signed(said, match, near)):
            return "corroborated", ""
        if match.strength == "hint":
            return "possible", LOOKS_LIKE
        if context.linked and not known.namesakes:
            return "corroborated", ""
        if near:
            return "possible", SIGNED
        kinds = {"STREET_ADDRESS": NEIGHBOUR, "PERSON": NAMESAKE}
        return "possible", kinds.get(match.span.entity, SHORT)

    def _role(
        self,
        said: str,
        match: Match,
        near: Sequence[Match],
        matches: Sequence[Match],
        context: Context,
    ) -> str:
        """Say why a whole name near something of the subject is another's by what the text says."""
        if match.span.entity != "PERSON" or match.whole or context.linked:
            return ""
        behind_it = nearness.between(matches, match.span.start, match.span.end + ROOM)
        days = [m.span for m in behind_it if m.span.entity == "DATE_OF_BIRTH"]
        if self.called.born and ties.born_otherwise(said, match.span, days):
            return BORN
        spans = [other.span for other in near]
        if any(ties.bracketed(said, match.span, span) for span in spans):
            return ""
        says = roles.other(said, match.span) or roles.writes(said, match.span, part=False)
        return ROLE if says or roles.marks(said, match.span, spans) else ""

    def _others(
        self, said: str, match: Match, near: Sequence[Match], context: Context, known: Known
    ) -> str:
        """Say why a whole name or a street may be somebody else's, though something stands near."""
        if match.span.entity == "STREET_ADDRESS":
            around, called = self.identity.around, self.called.words
            apart = not context.linked and elsewhere(said, match.span, around, called)
            return NEIGHBOUR if apart else ""
        if match.span.entity != "PERSON":
            return ""
        same = plainly(self.called.value(match)) in known.namesakes and not context.supported
        why = self._unlike(said, match) or (_same(said, match, near) if same else "")
        return why or self._words(said, match, near, context)

    def _sure(
        self,
        said: str,
        match: Match,
        strong: Sequence[Match],
        context: Context,
        known: Known,
    ) -> Grade:
        """Grade something strong: certain, unless others have it or it is said to be no person's."""
        shared = self.called.value(match) in known.shared and not context.linked
        if shared or (match.whole and context.mixed):
            return "possible", SHARED
        if match.span.entity not in NO_CODES and not context.linked:
            if coded(said, match.span):
                return "possible", CODE
            if self._bare(said, match) and not self._supported(said, match, strong):
                return "possible", SHORT
        return ("possible", KEYED) if context.keyed else ("certain", "")

    def _bare(self, said: str, match: Match) -> bool:
        """Whether a match is of a number that others count with as well: mileage 84213377 km."""
        digits = said[match.span.start : match.span.end]
        return not match.whole and digits.isdecimal() and len(digits) < LONG

    def _supported(self, said: str, match: Match, strong: Sequence[Match]) -> bool:
        """Whether something else of the subject stands near a number, or a word that says whose it is."""
        around = nearness.between(strong, match.span.start - NEAR_NAME, match.span.end + NEAR_NAME)
        others = (m for m in around if m.index != match.index)
        return accounted(said, match.span) or any(
            nearness.near(said, match, m, NEAR_NAME) for m in others
        )

    def _words(self, said: str, match: Match, near: Sequence[Match], context: Context) -> str:
        """Say why a whole name may be none in a text of others: all of it is words, Will Price."""
        words = self.called.value(match).split()
        if match.whole or context.linked or not all(map(names.is_word, words)):
            return ""
        named = any(ties.bracketed(said, match.span, other.span) for other in near)
        return "" if named else WORD

    def _unlike(self, said: str, match: Match) -> str:
        """Say why a whole name is none of a person, or a part of another's."""
        if thing(said, match.span):
            return THING
        value = self.called.identity.identifiers[match.index].value
        longer = part_of_another(said, match.span, self.called.words)
        if match.strength == "hint":  # half of a name is somebody else's beside another one
            families = self.called.families_only(said, match)
            longer = longer or families or self.called.strange(said, match)
        longer = longer or neighbours.longer(said, match.span, self.called.words)
        if longer or in_two_sentences(said, match.span, value) or two_given(said, match.span):
            return OTHER_NAME
        doubtful = small(said, match.span) or half_capitals(said, match.span, self.called.parts)
        return LOOKS_LIKE if doubtful else ""

    def _unsure(self, match: Match) -> str:
        """Say why what is always asked about may be somebody else's."""
        if match.span.entity == "STREET_ADDRESS":
            return NEIGHBOUR
        common = self.called.identity.identifiers[match.index].strength == "doubt"
        known = match.span.entity in ("EMAIL_ADDRESS", "PHONE_NUMBER")
        return COMMON if common and known else LOOKS_LIKE


def _same(said: str, match: Match, near: Sequence[Match]) -> str:
    """Say why a name that somebody else has, too, may be theirs, though something stands near it."""
    day = any(other.span.entity == "DATE_OF_BIRTH" for other in near)  # it tells them apart
    apart = near and not day and not any(touch(said, match.span, other.span) for other in near)
    return SAME_NAME if apart else ""


def births(said: str, match: Match, matches: Sequence[Match]) -> list[Match]:
    """Choose the subject's days of birth that are said to be those of a name: Ann Lee (* 1.12.1980)."""
    if match.span.entity != "PERSON" or match.strength != "full":
        return []
    near = nearness.between(matches, match.span.start - ROOM, match.span.end + ROOM)
    days = (m for m in near if m.span.entity == "DATE_OF_BIRTH")
    return [day for day in days if ties.births(said, match.span, day.span)]


def _anothers(said: str, match: Match, matches: Sequence[Match]) -> bool:
    """Whether a name, or nearly it, has an address or a number of somebody else right behind it.

    A whole name that touches something of the subject is the subject's all the same.
    """
    if match.span.entity != "PERSON" or match.whole:
        return False
    found = set[str]()
    for span in behind(said, [match.span], ()):
        beside = nearness.between(matches, match.span.end, span.end)
        if all(o is match or o.span.end <= span.start or span.end <= o.span.start for o in beside):
            found.add(span.entity)
    if match.strength == "hint" or not found:
        return bool(found)
    rest = nearness.between(matches, match.span.start - ROOM, match.span.end + ROOM)
    touching = (
        touch(said, match.span, o.span) for o in rest if o is not match and o.strength == "strong"
    )
    return not found.isdisjoint(("EMAIL_ADDRESS", "PHONE_NUMBER")) and not any(touching)
