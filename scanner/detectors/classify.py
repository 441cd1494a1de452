"""Weigh the evidence of a column into a verdict: looks in, ``Finding`` fields out. Reads nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import sqrt
from types import ModuleType

from scanner import plugins
from scanner.detectors import by_pattern, by_shape
from scanner.detectors.look import Look, Sign
from scanner.detectors.mask import mask
from scanner.model import Evidence, Personal
from scanner.texts.patterns import OutOfTime

DECIDES = 0.5
"""The sum of weights from which a column is what the evidence says."""

FEW = 3
"""With fewer values, and no word from the name, nothing can be said."""

CONTRARY = 30
"""With fewer values, what they say is not outweighed by a name: nobody can tell."""

EXAMPLES = 3

Z = 1.96
"""The normal distribution's 97.5 % point."""

QUASI: Mapping[str, str] = {
    "CITY": "CITY",
    "POSTCODE": "POSTCODE",
    "REGION": "REGION",
    "COUNTRY": "COUNTRY",
    "GENDER": "GENDER",
    "AGE": "AGE",
    "NRP": "NRP",
    "JOB_TITLE": "JOB_TITLE",
    "URL": "URL",
    "INITIAL": "PERSON",
    "SALUTATION": "GENDER",
    "EXTENSION": "PHONE_NUMBER",
    "BIRTH_YEAR": "DATE_OF_BIRTH",
    "LOGIN_STAMP": "USERNAME",
}
"""What identifies only with others, and the entity that it is shown as; all else is direct."""

SHOWN = {**QUASI, "CARD_DETAIL": "CREDIT_CARD"}
"""What an entity of the rules is called in findings, where it has another name."""

NOBODYS = frozenset({"ORGANIZATION"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence comes to; ``part`` is of a name or an address, ``by`` who declared it."""

    personal: Personal
    entity: str = ""
    score: float = 0.0
    part: str = ""
    why: str = ""
    evidence: tuple[Evidence, ...] = ()
    by: str = ""


def examine(look: Look) -> None:
    """Let every detector look, cheapest first; each sees what the ones before it found.

    Where a rule file allows all values, nothing is left to look at.
    """
    if look.values.read and not look.values.counts:
        return
    for module in detectors():
        look.signs.extend(_in_time(module, look))


def _in_time(module: ModuleType, look: Look) -> list[Sign]:
    """Ask a detector, and once more without a recognizer that took too long."""
    while True:
        try:
            return list(module.detect(look))
        except OutOfTime as error:
            look.leave_out(error.name)


@cache
def detectors() -> tuple[ModuleType, ...]:
    """Load the detectors, cheapest first: the modules here that are called ``by_...``."""
    package = "scanner.detectors"
    modules = [plugins.load(package, n) for n in plugins.names(package) if n.startswith("by_")]
    return tuple(sorted(modules, key=lambda m: int(m.COST)))


def judge(look: Look) -> Verdict:
    """Choose the entity that the weights speak for most."""
    sums = _sums(look)
    entity, score = max(sums.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0.0))
    evidence = _evidence(look, entity)
    named = bool(look.named())
    part = next((s.part for s in look.signs if s.entity == entity and s.part), "")
    if not look.values.read:
        return Verdict("unknown", why="no values to look at", evidence=evidence)
    if score < DECIDES:
        few = look.values.read < FEW and not named
        shown = max(0.0, round(score, 3))
        if told := _contrary(look, evidence):
            return Verdict("unknown", "", shown, "", told, evidence)
        personal: Personal = "unknown" if few else "none"
        why = "too few values to tell" if few else _why_not(look, entity, evidence)
        return Verdict(personal, "", shown, "", why, evidence)
    personal = "free_text" if entity == "FREE_TEXT" else "quasi" if entity in QUASI else "direct"
    foreign = [e for e in evidence if e.source == "owner"]
    if foreign or entity in NOBODYS or (entity == "LOCATION" and look.table_owner != "person"):
        why = f"{foreign[0].rule}: {_why(evidence)}" if foreign else _why(evidence)
        return Verdict("none", entity, round(1 - DECIDES, 3), part, why, evidence)
    shown_as = SHOWN.get(entity, entity)
    score = min(1.0, round(score, 3))
    return Verdict(personal, shown_as, score, part, _why(evidence), evidence)


def _contrary(look: Look, evidence: Sequence[Evidence]) -> str:
    """Say where few values are personal by themselves and only the column's name speaks against it."""
    told = [e for e in evidence if e.source in {"pattern", "language"} and e.weight >= DECIDES]
    against = [e for e in evidence if e.weight < 0]
    if look.values.read < CONTRARY and told and all(e.source == "name" for e in against):
        return f"too few values to tell: {_tell(told[0])}" + (
            f"; though {_tell(against[-1])}" if against else ""
        )
    return ""


def _sums(look: Look) -> dict[str, float]:
    """Sum the weights by entity; whose the data is does not change what it is."""
    entities = {s.entity for s in look.signs} - {"*", ""}
    sums = {e: look.weight(e) for e in entities}
    families = look.rules.families
    for general in {families[e] for e in entities if e in families} & sums.keys():
        special = max(
            (e for e in entities if families.get(e) == general), key=lambda e: (sums[e], e)
        )
        sums[special] += max(0.0, sums.pop(general))
    return sums


def _evidence(look: Look, entity: str) -> tuple[Evidence, ...]:
    """List what counted for the verdict, best first, and whose the data is."""
    counted = look.evidence(entity)
    general = look.rules.families.get(entity)
    if general:
        counted += [e for e in look.evidence(general) if e not in counted]
    counted += [
        s.evidence
        for s in look.signs
        if s.entity in {entity, general or entity} and s.evidence.source == "owner"
    ]
    return tuple(sorted(counted, key=lambda e: (-e.weight, e.source, e.rule)))


def _why(evidence: Sequence[Evidence]) -> str:
    """Say the two strongest reasons for, and the strongest against."""
    told = [_tell(e) for e in evidence if e.weight > 0][:2]
    against = [_tell(e) for e in evidence if e.weight < 0][-1:]
    return "; ".join(told) + (f"; though {against[0]}" if against else "")


def _tell(evidence: Evidence) -> str:
    if not evidence.seen:
        return evidence.rule
    share = 100 * evidence.hits / evidence.seen
    rate = f"{share:.0f} %" if share >= 1 else "under 1 %"
    return f"{evidence.rule} ({rate} of {evidence.seen})"


def _why_not(look: Look, entity: str, evidence: Sequence[Evidence]) -> str:
    against = [e for e in evidence if e.weight < 0]
    if against:
        return _tell(against[-1])
    if evidence:
        return f"too little speaks for it: {_tell(evidence[0])}"
    return f"nothing personal in {look.values.read} values"


def share(look: Look, verdict: Verdict) -> tuple[float, float, float]:
    """Estimate the share of personal values with its 95 % interval.

    Without hits the upper bound is that of the rule of three (about 3/n).
    """
    seen = look.values.read
    counted = [e for e in verdict.evidence if e.seen and e.weight > 0]
    if not seen:
        return 0.0, 0.0, 1.0
    if verdict.personal in {"none", "unknown"}:
        return 0.0, 0.0, min(1.0, 3 / seen)
    best = max(counted, key=lambda e: (e.hits / e.seen, e.seen), default=None)
    hits, n = (best.hits, best.seen) if best else (seen, seen)
    return hits / n, *wilson(hits, n)


def wilson(hits: int, seen: int) -> tuple[float, float]:
    """Give the 95 % interval of a share (E. B. Wilson, JASA 22, 1927)."""
    p, n = hits / seen, seen
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def examples(look: Look, verdict: Verdict) -> tuple[str, ...]:
    """Mask up to three values of a personal column; of sentences only what identifies."""
    if verdict.personal in {"none", "unknown"}:
        return ()
    if verdict.entity == "FREE_TEXT":
        found: list[str] = []
        for note in look.values.some(200):
            spans = by_pattern.spans(note, look)
            found += [mask(note[a:b], entity) for a, b, entity in spans]
            if len(found) >= EXAMPLES:
                break
        return tuple(dict.fromkeys(found[:EXAMPLES]))
    fits = _fitting(verdict.entity)
    chosen = [v for v in look.values.some(200) if fits(v)][:EXAMPLES]
    return tuple(dict.fromkeys(mask(v, verdict.entity) for v in chosen))


def _fitting(entity: str) -> Callable[[str], bool]:
    return by_shape.COULD_BE.get(entity, bool)


def inherit(verdict: Verdict, original: Verdict, name: str) -> Verdict:
    """Take over the verdict of the column that this one copies, where its own is weaker."""
    if original.personal in {"none", "unknown"} or verdict.score >= original.score:
        return verdict
    evidence = Evidence(f"copies {name}", "copy", 0, 0, original.score)
    return replace(
        original,
        why=f"copies {name}: {original.why}",
        evidence=(evidence, *verdict.evidence),
    )
