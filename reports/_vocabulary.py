"""What other tools call the kinds of data that we find: reads ``rules/exports.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from scanner import rulebook
from scanner.model import Finding
from scanner.rulefiles import recognizers

USUAL, HIGH = "Confidential - GDPR", "Highly Confidential - GDPR"
"""The sensitivity labels of Microsoft's default policy that we give."""


@dataclass(frozen=True, slots=True)
class Term:
    """An entity in the words of others: see ``rules/exports.toml``."""

    information_type: str
    fides: str
    kind: str
    sensitive: bool = False

    @property
    def label(self) -> str:
        """The sensitivity label."""
        return HIGH if self.sensitive else USUAL


@dataclass(frozen=True, slots=True)
class Label:
    """A sensitivity label: its GUID and rank in Microsoft's default policy."""

    id: str
    rank: str


def term(finding: Finding) -> Term:
    """Translate what was found; what nobody has a word for is other personal data."""
    terms = _terms()
    entity = finding.entity or ("FREE_TEXT" if finding.personal == "free_text" else "")
    return terms.get(entity) or terms.get(_families().get(entity, "")) or terms[""]


@cache
def _families() -> Mapping[str, str]:
    """Map an entity to the general one that it is a kind of: a country's id to NATIONAL_ID."""
    return recognizers.load().families


@cache
def _terms() -> Mapping[str, Term]:
    return {name: Term(**one) for name, one in rulebook.load("exports")["entity"].items()}


@cache
def labels() -> Mapping[str, Label]:
    """List the sensitivity labels."""
    return {name: Label(**one) for name, one in rulebook.load("exports")["label"].items()}


@cache
def information_types() -> Mapping[str, str]:
    """List the GUIDs of the information types."""
    return dict(rulebook.load("exports")["information_type"])
