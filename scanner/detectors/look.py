"""What detectors are given of one column, and what they answer: signs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from scanner.detectors.affixes import Affixes
from scanner.detectors.values import Values
from scanner.model import ColumnRef, Evidence
from scanner.rulefiles.recognizers import Rules

if TYPE_CHECKING:
    from scanner.detectors.by_language import Language

Owner = Literal["person", "organisation", "thing", ""]
"""Whose data a table or a column holds, as its name says."""

PROSE_WORDS = 6
"""Words from which on a value reads as a sentence rather than as a name or an address."""


CLEAR = 0.45
"""What a pattern must weigh to be clear by itself."""

READ = 0.5
"""What sentences must weigh, as they are read, to be clear by themselves."""

TEXT_WORDS, TEXT_LENGTH = 4, 16
"""From so many words, or characters of JSON, something may stand inside a value."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A detector's evidence for an entity; ``part`` says which part of a name or an address.

    ``key`` names the weight of ``weights.toml`` that counts, times ``strength`` (0 to 1).
    """

    entity: str
    evidence: Evidence
    part: str = ""
    key: str = ""
    strength: float = 1.0


@dataclass(repr=False, eq=False)
class Look:
    """One column: its name in words, its values, the rules, and whose its table's data is."""

    ref: ColumnRef
    values: Values
    rules: Rules
    language: "Language"
    table_owner: Owner = ""
    comment: str = ""
    affixes: Affixes = field(default_factory=Affixes)
    signs: list[Sign] = field(default_factory=list)
    slow: set[str] = field(default_factory=set)
    """The recognizers that took too long with a value and are not asked again."""

    def sign(
        self,
        entity: str,
        key: str,
        rule: str,
        *,
        hits: int = 0,
        strength: float = 1.0,
        part: str = "",
        seen: int | None = None,
    ) -> Sign:
        """Make a sign that weighs what ``weights.toml`` says of ``key``, times ``strength``.

        ``hits`` of the ``seen`` values (all, where only hits are given) show it.
        """
        known = self.values.read if seen is None and hits else seen or 0
        weight = round(self.rules.weights[key] * strength, 3)
        evidence = Evidence(rule, key.partition(".")[0], hits, known, weight)
        return Sign(entity, evidence, part, key, strength)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The column's name in words, without what most names of its table have."""
        return self.affixes.bare(self.rules.words(self.ref.name), self.rules)

    @cached_property
    def prose(self) -> float:
        """The share of the values that are sentences."""
        hits, _ = self.values.hits(is_prose)
        return hits / self.values.read if self.values.read else 0.0

    @cached_property
    def texts(self) -> float:
        """The share of the values that are texts of some length, sentences or not."""
        hits, _ = self.values.hits(is_text)
        return hits / self.values.read if self.values.read else 0.0

    def leave_out(self, name: str) -> None:
        """Do not ask a recognizer again that took too long."""
        self.slow.add(name)
        self.rules = self.rules.without(name)

    def best(self) -> float:
        """Weigh the entity for which most speaks so far."""
        entities = {s.entity for s in self.signs} - {"*", ""}
        return max((self.weight(e) for e in entities), default=0.0)

    def named(self) -> set[str]:
        """List the entities that the column's name speaks for."""
        return {s.entity for s in self.signs if s.evidence.source == "name" and s.entity}

    def weight(self, entity: str) -> float:
        """Sum what speaks for and against ``entity`` so far; of a layer's reasons the best."""
        return total(self.evidence(entity))

    def evidence(self, entity: str) -> list[Evidence]:
        """List what speaks for and against ``entity``.

        Whose the data is does not change what it is, and a name that is "about the number of
        something" says nothing against values that are clear by themselves, nor against people
        whom sentences name: a letter's "body" is what it says.
        """
        own = [
            s.evidence for s in self.signs if s.entity == entity and s.evidence.source != "owner"
        ]
        if any(e.source == "pattern" and e.weight >= CLEAR for e in own):
            return own
        if any(e.source == "language" and e.weight >= READ for e in own):
            return own
        return own + [s.evidence for s in self.signs if s.entity == "*"]


def total(evidence: Iterable[Evidence]) -> float:
    """Add up the strongest reason of each layer, for and against."""
    best: dict[tuple[str, bool], float] = {}
    for one in evidence:
        layer = (one.source, one.weight < 0)
        if abs(one.weight) >= abs(best.get(layer, 0.0)):
            best[layer] = one.weight
    return sum(best.values())


def is_prose(value: str) -> bool:
    """Whether a value reads like a sentence: many words, some of them in lower case."""
    words = value.split()
    small = sum(w.isalpha() and w.islower() for w in words)
    return len(words) >= PROSE_WORDS and small * 4 >= len(words)


def is_text(value: str) -> bool:
    """Whether a value is a sentence, several words, or JSON or a mark-up language."""
    if value[:1] in "{[<" and len(value) >= TEXT_LENGTH:
        return True
    return len(value.split()) >= TEXT_WORDS and any(c.isalpha() for c in value)


PLURALS = ("s", "es", "en", "n", "er", "e", "i")
"""How words for people and things end when they are many."""

LEAST_STEM = 5
"""In a shorter word the end is no plural's."""


def _singular(word: str) -> Iterator[str]:
    """Give what a word may be one of: "professoren", "addresses"."""
    yield word.removesuffix("s")
    for end in PLURALS:
        if word.endswith(end) and len(word) - len(end) >= LEAST_STEM:
            yield word.removesuffix(end)


def owner(words: Sequence[str], rules: Rules) -> Owner:
    """Say whose data a name speaks of: the last word, or two written as one, that is known decides."""
    lists: tuple[tuple[Owner, str], ...] = (
        ("person", "persons"),
        ("organisation", "organisations"),
        ("thing", "things"),
    )
    for at in range(len(words) - 1, -1, -1):
        written = {words[at], "".join(words[at : at + 2]), *_singular(words[at])}
        for who, name in lists:
            if not written.isdisjoint(rules.vocabulary[name]):
                return who
    return ""
