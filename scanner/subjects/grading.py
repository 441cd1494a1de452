"""How sure a match is by what stands around it in its cell and its row. Reads nothing.

Strong identifiers are certain anywhere, unless somebody else has them too. A full name is
corroborated by something strong beside it or by a relation to the subject, else only possible.
Another way to write it needs something strong; what only looks alike is always asked about.
Parts of a name count beside something else of the subject.
"""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from scanner.identity import Identity
from scanner.matcher import Match
from scanner.model import Certainty, Span
from scanner.subjects import neighbours, roles, ties
from scanner.subjects.bounds import (
    accounted,
    coded,
    half_capitals,
    in_two_sentences,
    part_of_another,
    small,
    two_given,
)
from scanner.subjects.details import behind
from scanner.subjects.neighbours import ROOM, parted, shouted, strange, touch
from scanner.subjects.places import elsewhere
from scanner.subjects.reasons import (
    ABOUT_IT,
    APART,
    BORN,
    CODE,
    COMMON,
    ELSES,
    KEYED,
    LONE,
    LOOKS_LIKE,
    NAMESAKE,
    NEIGHBOUR,
    OTHER_NAME,
    PART,
    REMNANT,
    ROLE,
    SAME_NAME,
    SAME_PART,
    SHARED,
    SHORT,
    SIGNED,
    SMALL,
    THING,
    TWICE,
    WORD,
)
from scanner.subjects.things import thing
from scanner.texts import names
from scanner.texts.folding import folded

ABOUT = 2
"""So many things of the subject alone make a text one about it."""

LONG = 12
"""A number of so many digits is no order's, no meter's and no count."""

NEAR_NAME, NEAR_PART, TOUCHING = 60, 40, 3
"""How many characters may stand between a name, or a part of one, and what corroborates it.

Where somebody else has the name, too, a part of it needs something ``TOUCHING`` it besides: what
corroborates it, or the other part.
"""

NO_CODES = frozenset({"EMAIL_ADDRESS", "PHONE_NUMBER", "USERNAME"})
"""What is nobody's order and no case's number."""

PARAGRAPH = re.compile(r"(?:\r\n|\n\r|\n|\r)[\s>]*(?:\r\n|\n\r|\n|\r)")
"""An empty line, also in a quoted mail."""

Grade = tuple[Certainty, str]
"""How sure something is, and why it is not more."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of all matches: identifiers that others have too, and names of namesakes."""

    shared: frozenset[str] = field(default=frozenset(), repr=False)
    namesakes: frozenset[str] = field(default=frozenset(), repr=False)

    def __or__(self, other: "Known") -> "Known":
        return Known(self.shared | other.shared, self.namesakes | other.namesakes)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a row: whose it is, and what stands in cells of its own.

    ``paired``: given and family name; ``supported``: something strong; ``holder``: the row is
    somebody else's own, whose name is the namesake's and no mention; ``keyed``: the pack says that
    the column holds nobody's data. ``about``: the cell holds several things that are the subject's
    alone, as a copy of its row does; ``told``: the row holds one such thing at least. ``mixed``: the row bears the
    name of the subject and that of somebody else, whose what stands in cells of its own may be. ``twin``: the
    row is somebody else's of the same name, with something of the subject: maybe the same person's.
    """

    own: bool
    linked: bool
    paired: bool
    supported: bool
    holder: bool
    keyed: bool = False
    about: bool = False
    told: bool = False
    mixed: bool = False
    twin: bool = False


@dataclass(frozen=True)
class Grader:
    """Grades what cells hold of one identity.

    ``rare`` are parts of the name that count even where they stand by themselves: to be asked about.
    """

    identity: Identity
    rare: frozenset[str] = field(default=frozenset(), repr=False)

    def value(self, match: Match) -> str:
        """Name the identifier that was found, folded."""
        return folded(self.identity.identifiers[match.index].value)

    def strong(self, match: Match, known: Known) -> bool:
        """Whether a match is of something strong that nobody else is known to have."""
        return match.strength == "strong" and self.value(match) not in known.shared

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
        yield from self._weak(said, ordered, sure, context, known, free=free)

    def _weak(
        self,
        said: str,
        ordered: Sequence[Match],
        sure: Sequence[Match],
        context: Context,
        known: Known,
        *,
        free: bool,
    ) -> Iterator[tuple[Match, Grade]]:
        """Grade parts of names, then dates, by what is ``sure`` and stands near them; both are in order."""
        coupled = self.coupled(said, ordered)
        people = enumerate(m.span.entity == "PERSON" and m.strength != "weak" for m in ordered)
        named = {place for place, whole in people if whole}
        weak = [(n, m) for n, m in enumerate(ordered) if m.strength == "weak"]
        for place, match in sorted(weak, key=lambda w: w[1].span.entity == "DATE_OF_BIRTH"):
            near = _beside(said, match, sure, NEAR_PART)
            others = [*ordered[max(0, place - 2) : place], *ordered[place + 1 : place + 3]]
            why = self._apart(said, match, near, others, context, known)
            part = self._part(said, match, near, context, why, free=free)
            if match.span in coupled and (part is None or part[0] == "possible"):
                part = "possible", NAMESAKE
            if part is None and match.span.entity == "DATE_OF_BIRTH":
                beside = named.intersection(range(place - 2, place + 3))
                if any(_near(said, match, ordered[n], NEAR_NAME) for n in beside):
                    part = "possible", ABOUT_IT
            if part is not None:
                named |= {place} if match.span.entity == "PERSON" else set()
                small = match.small and not context.own
                yield match, ("possible", SMALL) if small else part

    def _apart(
        self,
        said: str,
        match: Match,
        near: Sequence[Match],
        others: Sequence[Match],
        context: Context,
        known: Known,
    ) -> str:
        """Say why something weak may be another's though something of the subject stands near it."""
        apart = known.namesakes and not any(
            other.index != match.index and _near(said, match, other, TOUCHING)
            for other in (*near, *(o for o in others if o.strength == "weak"))
        )
        why = SAME_PART if apart else ""
        if near and any(behind(said, [match.span], [o.span for o in others])):
            why = why or ELSES
        if near and not why and not context.own:
            why = self._loose(said, match, [*near, *others], context)
        return why

    def coupled(self, said: str, matches: Sequence[Match]) -> frozenset[Span]:
        """Name the parts of a whole name that stand in fields or cells beside each other."""
        found = set[Span]()
        for one, two in pairwise(m for m in matches if m.span.entity == "PERSON"):
            weak = one.strength == two.strength == "weak"
            pair = frozenset(map(self.value, (one, two)))
            if weak and pair in self._couples and ties.coupled(said, one.span, two.span):
                found |= {one.span, two.span}
        return frozenset(found)

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
        near = [*_beside(said, match, strong, NEAR_NAME), *births(said, match, matches)]
        why = self._others(said, match, near, context, known)
        if why or (why := self._role(said, match, near, matches, context)):
            return "possible", why
        if (match.whole and context.supported) or (near and not _signed(said, match, near)):
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
        days = [m.span for m in matches if m.span.entity == "DATE_OF_BIRTH"]
        if self._born and ties.born_otherwise(said, match.span, days):
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
            around, called = self.identity.around, self._called
            apart = not context.linked and elsewhere(said, match.span, around, called)
            return NEIGHBOUR if apart else ""
        if match.span.entity != "PERSON":
            return ""
        same = plainly(self.value(match)) in known.namesakes and not context.supported
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
        shared = self.value(match) in known.shared and not context.linked
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
        near = _beside(said, match, [m for m in strong if m.index != match.index], NEAR_NAME)
        return bool(near) or accounted(said, match.span)

    def _part(
        self,
        said: str,
        match: Match,
        near: Sequence[Match],
        context: Context,
        apart: str,
        *,
        free: bool,
    ) -> Grade | None:
        """Grade a part of a name or a date, with what is ``near`` it; None where it says nothing.

        ``apart``: why a part of a name may be another's, though something of the subject is near.
        """
        if free:
            return "certain", ""
        if near:
            person = match.span.entity == "PERSON"
            why = (self._doubtful(said, match, near) if person else "") or apart
            doubtful = why and (match.span.entity == "PERSON" or why in (ELSES, LOOKS_LIKE))
            return ("possible", why) if doubtful else ("corroborated", "")
        if context.twin and match.whole:
            return "possible", TWICE
        if context.paired and match.whole and not context.holder:
            certain = context.supported or context.linked
            return ("corroborated", "") if certain else ("possible", NAMESAKE)
        person = match.span.entity == "PERSON"
        if person and match.whole and context.supported and not context.holder:
            return "possible", PART
        if (context.about or (context.told and person)) and not self._strange(
            said, match, sure=person
        ):
            return "possible", ABOUT_IT
        return self._alone(said, match, context)

    def _alone(self, said: str, match: Match, context: Context) -> Grade | None:
        """Grade a part of a name, or a login of letters, with nothing of the subject near it."""
        person = match.span.entity == "PERSON"
        if context.keyed or not (person or match.span.entity == "USERNAME"):
            return None
        things = thing(said, match.span)
        capitals = shouted(said)  # all words of a shadow look like names
        strange = person and not capitals and self._strange(said, match)
        if context.linked:
            return "possible", THING if things else OTHER_NAME if strange else PART
        if strange and self._strange(said, match, sure=True):
            return None
        word = match.whole and " " not in said.strip()  # a town may be called so
        lone = self._rare(match) and not (word or context.holder or match.small)
        return ("possible", THING if things else LONE) if lone else None

    def _doubtful(self, said: str, match: Match, near: Sequence[Match]) -> str:
        """Say why a part of a name may be another's, though something of the subject stands near."""
        if thing(said, match.span) or neighbours.labels(said, match.span):
            return THING
        if self._strange(said, match):
            return OTHER_NAME
        return SIGNED if _signed(said, match, near) else ""

    def _words(self, said: str, match: Match, near: Sequence[Match], context: Context) -> str:
        """Say why a whole name may be none in a text of others: all of it is words, Will Price."""
        words = self.value(match).split()
        if match.whole or context.linked or not all(map(names.is_word, words)):
            return ""
        named = any(ties.bracketed(said, match.span, other.span) for other in near)
        return "" if named else WORD

    def _loose(self, said: str, match: Match, others: Sequence[Match], context: Context) -> str:
        """Say why a part of a name near something of the subject may have nothing to do with it."""
        if match.span.entity == "USERNAME":  # it is a word, as often as not
            return LOOKS_LIKE
        if match.span.entity != "PERSON":
            strangers = neighbours.born(said, match.span, self._called)
            return ELSES if strangers and not context.linked else ""
        word, value = folded(said[match.span.start : match.span.end]), self.value(match)
        if word in names.nicknames(value) or ("-" in value and word in value.split("-")):
            return LOOKS_LIKE
        if context.linked and not names.is_word(word):
            return ""
        spans = [
            other.span
            for other in others
            if other.index != match.index
            and (other.strength != "weak" or ties.coupled(said, match.span, other.span))
        ]
        if ties.belongs(said, match.span, spans):
            return ""
        return WORD if names.is_word(word) else APART

    def _rare(self, match: Match) -> bool:
        """Whether a match is of a part of the name that few texts hold."""
        value = self.identity.identifiers[match.index].value
        return any(folded(part) in self.rare for part in value.split("\n"))

    def _strange(self, said: str, match: Match, *, sure: bool = False) -> bool:
        """Whether a part of a name stands beside a part of another name."""
        value = self.identity.identifiers[match.index].value
        family = folded(value.rpartition("\n")[2]) in self._families
        given = self._given if family else self._called
        return strange(said, match.span, self._called, given, family=family, sure=sure)

    def _families_only(self, said: str, match: Match) -> bool:
        """Whether no word of what was found is a given name of the subject: García López."""
        words = folded(said[match.span.start : match.span.end]).replace(",", " ").split()
        return all(w in self._families for w in words) and not all(w in self._given for w in words)

    def _unlike(self, said: str, match: Match) -> str:
        """Say why a whole name is none of a person, or a part of another's."""
        if thing(said, match.span):
            return THING
        value = self.identity.identifiers[match.index].value
        longer = part_of_another(said, match.span, self._called)
        if match.strength == "hint":  # half of a name is somebody else's beside another one
            longer = longer or self._families_only(said, match) or self._strange(said, match)
        longer = longer or neighbours.longer(said, match.span, self._called)
        if longer or in_two_sentences(said, match.span, value) or two_given(said, match.span):
            return OTHER_NAME
        doubtful = small(said, match.span) or half_capitals(said, match.span, self._parts)
        return LOOKS_LIKE if doubtful else ""

    @cached_property
    def _born(self) -> bool:
        """Whether the subject's day of birth is known."""
        return any(i.kind == "DATE_OF_BIRTH" for i in self.identity.identifiers)

    @cached_property
    def _couples(self) -> frozenset[frozenset[str]]:
        """Collect the folded given and family names that belong together."""
        people = (i.value for i in self.identity.identifiers if i.kind == "PERSON")
        return frozenset(frozenset(map(folded, v.split("\n"))) for v in people if "\n" in v)

    @cached_property
    def _parts(self) -> frozenset[str]:
        """Collect the folded parts of the subject's names."""
        people = (i for i in self.identity.identifiers if i.kind == "PERSON")
        return frozenset(folded(i.value) for i in people if i.strength == "weak")

    @cached_property
    def _families(self) -> frozenset[str]:
        """Collect the folded family names of the subject, and the words of them."""
        pairs = (i.value.split("\n")[1] for i in self.identity.identifiers if "\n" in i.value)
        return frozenset(folded(w) for family in pairs for w in (family, *family.split()))

    @cached_property
    def _given(self) -> frozenset[str]:
        """Collect the folded words of the subject's names that are no family name; all, if none is."""
        return self._called - self._families or self._called

    @cached_property
    def _called(self) -> frozenset[str]:
        """Collect the folded words of the subject's names."""
        people = (i.value for i in self.identity.identifiers if i.kind == "PERSON")
        return frozenset(folded(w) for value in people for w in value.split())

    def _unsure(self, match: Match) -> str:
        """Say why what is always asked about may be somebody else's."""
        if match.span.entity == "STREET_ADDRESS":
            return NEIGHBOUR
        common = self.identity.identifiers[match.index].strength == "doubt"
        known = match.span.entity in ("EMAIL_ADDRESS", "PHONE_NUMBER")
        return COMMON if common and known else LOOKS_LIKE


def plainly(name: str) -> str:
    """Write a name alike whether its parts stood in cells of their own or in one."""
    return " ".join(folded(name).split())


def _near(said: str, one: Match, other: Match, most: int) -> bool:
    """Whether two matches stand in the same paragraph with at most ``most`` characters between."""
    first, second = sorted((one.span, other.span))
    if second.start - first.end > most:
        return False
    return not PARAGRAPH.search(said[first.end : second.start])


def _beside(said: str, match: Match, others: Sequence[Match], most: int) -> list[Match]:
    """Choose those of ``others``, which are in order, that stand near ``match``: its neighbours do."""
    place = bisect(others, match.span.start, key=lambda m: m.span.start)
    neighbours = others[max(0, place - 1) : place + 1]
    return [other for other in neighbours if _near(said, match, other, most)]


def _between(matches: Sequence[Match], start: int, end: int) -> Sequence[Match]:
    """Choose those of ``matches``, which are in order, that may stand in a part of a text, or touch it."""
    first = bisect(matches, start, key=lambda m: m.span.start)
    return matches[max(0, first - 1) : bisect(matches, end, key=lambda m: m.span.start)]


def _same(said: str, match: Match, near: Sequence[Match]) -> str:
    """Say why a name that somebody else has, too, may be theirs, though something stands near it."""
    day = any(other.span.entity == "DATE_OF_BIRTH" for other in near)  # it tells them apart
    apart = near and not day and not any(touch(said, match.span, other.span) for other in near)
    return SAME_NAME if apart else ""


def births(said: str, match: Match, matches: Sequence[Match]) -> list[Match]:
    """Choose the subject's days of birth that are said to be those of a name: Ann Lee (* 1.12.1980)."""
    if match.span.entity != "PERSON" or match.strength != "full":
        return []
    near = _between(matches, match.span.start - ROOM, match.span.end + ROOM)
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
        beside = _between(matches, match.span.end, span.end)
        if all(o is match or o.span.end <= span.start or span.end <= o.span.start for o in beside):
            found.add(span.entity)
    if match.strength == "hint" or not found:
        return bool(found)
    rest = _between(matches, match.span.start - ROOM, match.span.end + ROOM)
    touching = (
        touch(said, match.span, o.span) for o in rest if o is not match and o.strength == "strong"
    )
    return not found.isdisjoint(("EMAIL_ADDRESS", "PHONE_NUMBER")) and not any(touching)


def _signed(said: str, match: Match, others: Sequence[Match]) -> bool:
    """Whether the close of a letter parts a name from all that stands beside it.

    Who signs is the letter's writer, who need not be the one it is about. In a signature what
    follows the name says whose it is, in lines that hold little else.
    """
    return all(parted(said, match.span, other.span) for other in others)
