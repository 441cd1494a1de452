"""By Presidio's recognizers: the user's YAML files, and its own where something speaks for them.

Presidio knows the ids of two dozen nations. On every column they would see ids everywhere; so one
is heard only where a word of the column's name or comment speaks for it, or where its check
digits are right so often that chance does not explain it. Chance is measured on the values
themselves: shuffled place by place, and with one character changed.
"""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from scanner.detectors.look import Look, Sign
from scanner.detectors.presidio import WHOLE, Presidio, score, score_in_time
from scanner.model import Evidence
from scanner.rulefiles.recognizers import Foreign, Rules

COST = 3

SAMPLE, PROBE, FIRST = 200, 6, 3
"""So many different values are asked about; of so few, or where only check digits can speak of
the first of them, one must match for the rest to be asked."""

NUMBERLIKE = re.compile(r"(?=(?:.*\d){4})\S.{3,62}\S", re.DOTALL)
"""What ids with check digits look like: short, with four digits at least."""

OWN, LISTED = 0.7, 0.8
"""What Presidio's own recognizers weigh at most, and those that the user listed."""

ENOUGH = 0.6
"""The share of values from which a recognizer weighs all that it can."""

CHECKED, CHANCE, SURPRISE = 0.8, 0.3, log(1e9)
"""Without a word from the name: the least share of right values, the most that chance may have,
and how unlikely the share must be by chance (Chernoff's bound)."""

TOLERABLE, CONTEXT = 0.4, 0.35
"""Presidio's usual threshold for a score, and what a context word adds to one."""

SPARSE = 0.5
"""Two different values inside texts make a column one that may hold anything."""

LONG_WORD = 6
"""So long a word is also found in a name that is written without spaces."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a recognizer says of a column's values; ``chance`` where check digits beat it."""

    foreign: Foreign
    hits: int
    seen: int
    chance: float | None


def detect(look: Look) -> Iterator[Sign]:
    """Ask the user's files, then Presidio's own recognizers for which something speaks."""
    if not look.values.counts or look.values.kind == "date":
        return
    words = (*look.words, *(look.rules.words(look.comment) if look.comment else ()))
    for recognizer in look.language.presidio.custom:
        if recognizer.name not in look.slow:
            yield from _listed(recognizer, look, words)
    yield from _signs(list(_predefined(look, words)), look)


def roster(rules: Rules, presidio: Presidio) -> dict[str, Foreign]:
    """Say when each of Presidio's own is asked; what no rule file names goes by its entity.

    Left out are those that are off or disabled, and those of entities for which a rule file has
    recognizers of its own.
    """
    ours = {r.entity for r in rules.recognizers}
    every = {
        name: rules.foreign.get(name) or _unlisted(name, presidio) for name in presidio.classes
    }
    return {
        name: one
        for name, one in every.items()
        if not one.off and name not in rules.disabled and one.entity not in ours
    }


def _unlisted(name: str, presidio: Presidio) -> Foreign:
    entity = presidio.named(name).supported_entities[0]
    words = tuple(entity.lower().split("_"))
    return Foreign(name, entity, words=(words, words[1:] or words), source="Presidio")


def spoken(words: Sequence[str], phrases: Sequence[Sequence[str]]) -> bool:
    """Whether words say one of ``phrases``, a long one also written together."""
    spaced, joined = f" {' '.join(words)} ", "".join(words)
    return any(
        f" {' '.join(p)} " in spaced or (len("".join(p)) >= LONG_WORD and "".join(p) in joined)
        for p in phrases
    )


def _predefined(look: Look, words: Sequence[str]) -> Iterator[_Heard]:
    """Ask those whose words are spoken, and where values look like ids the others too."""
    values = look.values.some(SAMPLE)
    probe = values[:: -(-len(values) // PROBE)]
    shaped = 2 * sum(bool(NUMBERLIKE.fullmatch(v)) for v in probe) >= len(probe)
    if not shaped and not any(spoken(words, f.words) for f in look.rules.foreign.values()):
        return
    presidio = look.language.presidio
    for name, foreign in roster(look.rules, presidio).items():
        known = spoken(words, foreign.words)
        if known or shaped:
            test = _whole(presidio.named(name))
            if not any(map(test, probe if known else probe[:FIRST])):
                continue
            right = [v for v in values if test(v)]
            chance = by_chance(test, values, right) if shaped else None
            if known or chance is not None:
                counts = look.values.counts
                hits, seen = (sum(counts[v] for v in some) for some in (right, values))
                yield _Heard(foreign, hits, seen, chance)


def _whole(recognizer: Any) -> Callable[[str], bool]:
    return lambda value: score(recognizer, value, least=WHOLE) > 0


def by_chance(
    test: Callable[[str], bool], values: Sequence[str], right: Sequence[str]
) -> float | None:
    """Measure how often ``test`` passes by chance; None unless the values beat it clearly.

    Values whose characters are shuffled between them, place by place, keep everything but what
    ties the places together: check digits. A value with one character changed must fail then.
    """
    share = len(right) / len(values)
    if share < CHECKED:
        return None
    rng = random.Random(0)  # noqa: S311  # draws samples, and the same ones each time
    rounds = -(-SAMPLE // len(values))
    changed = [_changed(v, rng) for v in right[:PROBE] for _ in range(3)]
    if _share(test, changed) > CHANCE:
        return None
    changed = [_changed(v, rng) for v in right for _ in range(rounds)]
    shuffled = [v for _ in range(rounds) for v in _shuffled(values, rng)]
    chance = max(_share(test, changed), _share(test, shuffled))
    if chance > CHANCE:
        return None
    surprise = share * log(share / chance)
    if share < 1:
        surprise += (1 - share) * log((1 - share) / (1 - chance))
    return chance if len(values) * surprise > SURPRISE else None


def _share(test: Callable[[str], bool], values: Sequence[str]) -> float:
    """Estimate a share from a sample, never as nothing (Laplace's rule of succession)."""
    return (sum(map(test, values)) + 1) / (len(values) + 2)


def _changed(value: str, rng: random.Random) -> str:
    """Change one digit to another one, or a letter where there are no digits."""
    places = [i for i, c in enumerate(value) if c.isdigit()] or list(range(len(value)))
    at = rng.choice(places)
    others = "0123456789" if value[at].isdigit() else "ABCDEFGHJKLMNPRSTUVWXYZ"
    return value[:at] + rng.choice(others.replace(value[at].upper(), "")) + value[at + 1 :]


def _shuffled(values: Sequence[str], rng: random.Random) -> Iterator[str]:
    """Exchange the characters of values of the same length, each place by itself."""
    lengths: dict[int, list[str]] = defaultdict(list)
    for value in values:
        lengths[len(value)].append(value)
    for same in lengths.values():
        places = [rng.sample(place, len(place)) for place in zip(*same, strict=True)]
        yield from map("".join, zip(*places, strict=True))


def _signs(heard: Sequence[_Heard], look: Look) -> Iterator[Sign]:
    """Choose in each family; where several say the same only the family is certain."""
    families: dict[str, list[_Heard]] = defaultdict(list)
    for one in heard:
        families[one.foreign.family or one.foreign.entity].append(one)
    for family, some in families.items():
        most = max(h.hits for h in some)
        best = [h for h in some if h.hits >= 0.95 * most]  # about equal
        checked = [h for h in best if h.chance is not None]
        best = [min(checked, key=lambda h: h.chance or 0.0)] if checked else best
        first = best[0]
        entities = {h.foreign.entity for h in best}
        rule = f"Presidio's {', '.join(h.foreign.recognizer for h in best)}"
        if first.chance is not None:
            rule += f": check digits right, {100 * first.chance:.0f} % would be by chance"
        weight = round(OWN * min(1.0, first.hits / first.seen / ENOUGH), 3)
        evidence = Evidence(rule, "pattern", first.hits, first.seen, weight)
        yield Sign(entities.pop() if len(entities) == 1 else family, evidence)


def _listed(recognizer: Any, look: Look, words: Sequence[str]) -> Iterator[Sign]:
    """Ask a recognizer of the user's: whole values decide, and what stands inside of texts."""
    entity = recognizer.supported_entities[0]
    context = spoken(words, [c.lower().split() for c in recognizer.context or ()])
    if look.values.kind != "text" and not context:
        return
    thresholds = getattr(recognizer, "score_thresholds", None) or {}
    needed = thresholds.get(entity, thresholds.get("default", TOLERABLE))
    found = {v: score_in_time(recognizer, v) + CONTEXT * context for v in look.values.counts}
    some = [v for v, s in found.items() if s > CONTEXT * context]
    whole = [v for v in some if score(recognizer, v, least=WHOLE)]
    read = look.values.read
    hits = sum(look.values.counts[v] for v in whole)
    if hits:
        best = max(found[v] for v in whole)
        weight = (LISTED if best >= needed else best / 2) * min(1.0, hits / read / ENOUGH)
        rule = f"Presidio's {recognizer.name}"
        yield Sign(entity, Evidence(rule, "pattern", hits, read, round(weight, 3)))
    inside = [v for v in set(some) - set(whole) if found[v] >= needed]
    if len(inside) > 1:
        hits = sum(look.values.counts[v] for v in inside)
        rule = f"Presidio's {recognizer.name} inside of texts"
        yield Sign("FREE_TEXT", Evidence(rule, "pattern", hits, read, SPARSE))
