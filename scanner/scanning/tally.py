"""What the stretches of a column say, and what they come to together. Reads nothing.

A tally holds counts, reasons and masked examples, never a value, so that it may pass through
anybody's hands; and tallies can be joined in any order, so that it does not matter who is first.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scanner.detectors import classify
from scanner.detectors.classify import Verdict
from scanner.detectors.look import Look, Owner, Sign
from scanner.detectors.values import Kind, Values
from scanner.model import ColumnRef, Evidence, Personal
from scanner.rulefiles.recognizers import Rules

if TYPE_CHECKING:
    from scanner.detectors.by_language import Language

RANK: dict[Personal, int] = {"direct": 4, "free_text": 3, "quasi": 2, "none": 1, "unknown": 0}
"""Of two kinds with as many values the one that says more of a person."""

PERSONAL = RANK["quasi"]

FEW = 2_000
"""A column of no more values is looked at once more as a whole: a stretch may hold too few."""

NUMBER = re.compile(r"\d+")

Kin = tuple[Personal, str]
"""What a column is to a person, and its entity."""

Reason = tuple[str, str, str]
"""What tells reasons apart: the entity, the layer, the rule without its numbers."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one stretch says of a column."""

    number: int
    kind: Kind
    rows: int
    read: int
    beyond: int
    distinct: int
    kin: Kin
    score: float
    signs: tuple[Sign, ...]
    owner: Owner
    examples: tuple[str, ...]
    slow: frozenset[str]
    remark: str
    failed: str


def of(look: Look, verdict: Verdict, *, number: int, remark: str, failed: str) -> Tally:
    """Count a column of the stretch ``number``."""
    values = look.values
    return Tally(
        number,
        values.kind,
        values.rows,
        values.read,
        values.beyond,
        values.distinct,
        (verdict.personal, verdict.entity),
        verdict.score,
        tuple(look.signs),
        look.table_owner,
        classify.examples(look, verdict),
        frozenset(look.slow),
        remark,
        failed,
    )


@dataclass(slots=True)
class _Counted:
    """How often a rule spoke, of how many values asked, in stretches of how many values."""

    hits: int = 0
    seen: int = 0
    read: int = 0


@dataclass(slots=True)
class Joined:
    """What the stretches of a column come to; ``distinct`` are those of the richest stretch.

    A column is what most of its values are in stretches where they are personal, and else what
    most are: the signs are those of the stretch that says so most clearly, the hits those of all.
    """

    rows: int = 0
    read: int = 0
    beyond: int = 0
    distinct: int = 0
    parts: int = 0
    failed: str = ""
    remarks: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    _votes: dict[Kin, int] = field(default_factory=lambda: defaultdict(int))
    _best: dict[Kin, Tally] = field(default_factory=dict)
    _counted: dict[Reason, _Counted] = field(default_factory=dict)

    def add(self, one: Tally) -> None:
        """Take in what one more stretch says."""
        self.rows += one.rows
        self.read += one.read
        self.beyond += one.beyond
        self.distinct = max(self.distinct, one.distinct)
        self.parts += bool(one.read)
        self.failed = max(self.failed, one.failed)
        self.remarks |= {one.remark} - {""}
        self.slow |= one.slow
        self._votes[one.kin] += one.read
        self._best[one.kin] = max(self._best.get(one.kin, one), one, key=_clear)
        for reason, sign in {_reason(s): s for s in one.signs}.items():
            counted = self._counted.setdefault(reason, _Counted())
            counted.hits += sign.evidence.hits
            counted.seen += sign.evidence.seen
            counted.read += one.read

    @property
    def sparse(self) -> bool:
        """Whether a column has so few values, here and there, that no stretch could judge them."""
        return self.parts > 1 and self.read <= FEW and not self.failed

    @property
    def remark(self) -> str:
        """Say how the column was read."""
        told = f"judged in {self.parts} parts: different values are those of one part"
        return "; ".join([*sorted(self.remarks), *([told] if self.parts > 1 else [])])

    @property
    def examples(self) -> tuple[str, ...]:
        """Give masked examples."""
        return self._chosen().examples

    def look(self, where: ColumnRef, rules: Rules, language: "Language") -> Look:
        """Make a column that can be judged: all signs and counts, and no values."""
        best = self._chosen()
        values = Values(best.kind, self.rows, self.read, self.beyond)
        signs = [replace(s, evidence=self._summed(s)) for s in best.signs]
        return Look(where, values, rules, language, best.owner, signs=signs, slow=self.slow)

    def _chosen(self) -> Tally:
        personal = {k: n for k, n in self._votes.items() if RANK[k[0]] >= PERSONAL}
        known = {k: n for k, n in self._votes.items() if k[0] != "unknown"}
        votes = personal or known or self._votes
        return self._best[max(votes, key=lambda kin: (votes[kin], RANK[kin[0]], kin))]

    def _summed(self, sign: Sign) -> Evidence:
        """Sum a sign's hits over the stretches; where it was not seen it was looked for as well."""
        counted = self._counted[_reason(sign)]
        if not counted.seen or not counted.read:
            return sign.evidence
        seen = self.read * counted.seen // counted.read
        return replace(sign.evidence, hits=counted.hits, seen=seen)


def _clear(one: Tally) -> tuple[float, int, int]:
    return (one.score, one.read, -one.number)


def _reason(sign: Sign) -> Reason:
    return (sign.entity, sign.evidence.source, NUMBER.sub("", sign.evidence.rule))
