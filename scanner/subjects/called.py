"""What the words of the subject's names are: given or of the family, and which belong together."""

from dataclasses import dataclass
from functools import cached_property

from scanner.identity import Identity
from scanner.matcher import Match
from scanner.subjects import neighbours
from scanner.texts.folding import folded


@dataclass(frozen=True)
class Called:
    """The names of one identity, folded."""

    identity: Identity

    def value(self, match: Match) -> str:
        """Name the identifier that was found, folded."""
        return folded(self.identity.identifiers[match.index].value)

    def strange(self, said: str, match: Match, *, sure: bool = False) -> bool:
        """Whether a part of a name stands beside a part of another name."""
        value = self.identity.identifiers[match.index].value
        family = folded(value.rpartition("\n")[2]) in self.families
        given = self.given if family else self.words
        return neighbours.strange(said, match.span, self.words, given, family=family, sure=sure)

    def families_only(self, said: str, match: Match) -> bool:
        """Whether no word of what was found is a given name of the subject: García López."""
        words = folded(said[match.span.start : match.span.end]).replace(",", " ").split()
        return all(w in self.families for w in words) and not all(w in self.given for w in words)

    @cached_property
    def born(self) -> bool:
        """Whether the subject's day of birth is known."""
        return any(i.kind == "DATE_OF_BIRTH" for i in self.identity.identifiers)

    @cached_property
    def couples(self) -> frozenset[frozenset[str]]:
        """Collect the folded given and family names that belong together."""
        people = (i.value for i in self.identity.identifiers if i.kind == "PERSON")
        return frozenset(frozenset(map(folded, v.split("\n"))) for v in people if "\n" in v)

    @cached_property
    def parts(self) -> frozenset[str]:
        """Collect the folded parts of the subject's names."""
        people = (i for i in self.identity.identifiers if i.kind == "PERSON")
        return frozenset(folded(i.value) for i in people if i.strength == "weak")

    @cached_property
    def families(self) -> frozenset[str]:
        """Collect the folded family names of the subject, and the words of them."""
        pairs = (i.value.split("\n")[1] for i in self.identity.identifiers if "\n" in i.value)
        return frozenset(folded(w) for family in pairs for w in (family, *family.split()))

    @cached_property
    def given(self) -> frozenset[str]:
        """Collect the folded words of the subject's names that are no family name; all, if none is."""
        return self.words - self.families or self.words

    @cached_property
    def words(self) -> frozenset[str]:
        """Collect the folded words of the subject's names."""
        people = (i.value for i in self.identity.identifiers if i.kind == "PERSON")
        return frozenset(folded(w) for value in people for w in value.split())
