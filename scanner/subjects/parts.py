"""How sure a part of a name or a day of birth is by what is sure and stands near it. Reads nothing.

A part counts where the text says that it belongs to something of the subject; else it is asked about,
or says nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from scanner.matcher import Match
from scanner.model import Span
from scanner.subjects import nearness, neighbours, ties
from scanner.subjects.called import Called
from scanner.subjects.context import Context, Grade, Known
from scanner.subjects.details import behind
from scanner.subjects.nearness import NEAR_NAME, NEAR_PART, TOUCHING
from scanner.subjects.neighbours import parted, shouted
from scanner.subjects.reasons import (
    ABOUT_IT,
    APART,
    ELSES,
    LONE,
    LOOKS_LIKE,
    NAMESAKE,
    OTHER_NAME,
    PART,
    SAME_PART,
    SIGNED,
    SMALL,
    THING,
    TWICE,
    WORD,
)
from scanner.subjects.things import thing
from scanner.texts import names
from scanner.texts.folding import folded


@dataclass(frozen=True)
class Parts:
    """Grades parts of the names of one identity; ``rare`` ones count even where they stand by themselves."""

    called: Called
    rare: frozenset[str] = field(default=frozenset(), repr=False)

    def grade(
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
            near = nearness.beside(said, match, sure, NEAR_PART)
            others = [*ordered[max(0, place - 2) : place], *ordered[place + 1 : place + 3]]
            why = self._apart(said, match, near, others, context, known)
            part = self._part(said, match, near, context, why, free=free)
            if match.span in coupled and (part is None or part[0] == "possible"):
                part = "possible", NAMESAKE
            if part is None and match.span.entity == "DATE_OF_BIRTH":
                beside = named.intersection(range(place - 2, place + 3))
                if any(nearness.near(said, match, ordered[n], NEAR_NAME) for n in beside):
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
            other.index != match.index and nearness.near(said, match, other, TOUCHING)
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
            pair = frozenset(map(self.called.value, (one, two)))
            if weak and pair in self.called.couples and ties.coupled(said, one.span, two.span):
                found |= {one.span, two.span}
        return frozenset(found)

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
        if (context.about or (context.told and person)) and not self.called.strange(
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
        strange = person and not capitals and self.called.strange(said, match)
        if context.linked:
            return "possible", THING if things else OTHER_NAME if strange else PART
        if strange and self.called.strange(said, match, sure=True):
            return None
        word = match.whole and " " not in said.strip()  # a town may be called so
        lone = self._rare(match) and not (word or context.holder or match.small)
        return ("possible", THING if things else LONE) if lone else None

    def _doubtful(self, said: str, match: Match, near: Sequence[Match]) -> str:
        """Say why a part of a name may be another's, though something of the subject stands near."""
        if thing(said, match.span) or neighbours.labels(said, match.span):
            return THING
        if self.called.strange(said, match):
            return OTHER_NAME
        return SIGNED if signed(said, match, near) else ""

    def _loose(self, said: str, match: Match, others: Sequence[Match], context: Context) -> str:
        """Say why a part of a name near something of the subject may have nothing to do with it."""
        if match.span.entity == "USERNAME":  # it is a word, as often as not
            return LOOKS_LIKE
        if match.span.entity != "PERSON":
            strangers = neighbours.born(said, match.span, self.called.words)
            if context.linked:
                return ""
            born = match.span.entity == "DATE_OF_BIRTH"
            short = born and not ties.clear(said, match.span)
            return ELSES if strangers else LOOKS_LIKE if short else ""
        word, value = folded(said[match.span.start : match.span.end]), self.called.value(match)
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
        value = self.called.identity.identifiers[match.index].value
        return any(folded(part) in self.rare for part in value.split("\n"))


def signed(said: str, match: Match, others: Sequence[Match]) -> bool:
    """Whether the close of a letter parts a name from all that stands beside it.

    Who signs is the letter's writer, who need not be the one it is about. In a signature what
    follows the name says whose it is, in lines that hold little else.
    """
    return all(parted(said, match.span, other.span) for other in others)
