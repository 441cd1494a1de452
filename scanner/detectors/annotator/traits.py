"""Traits of what might be a person: a text, its reading and proposals in, named numbers out.

Every trait is 1 when it holds, or a number from -1 to 1, and is called in words that a person can
read beside its weight in ``rules/people.toml``. A new trait counts from the next training on
(``python -m tests.benchmarks.train_people --write``). What a proposal itself is like is told here,
what stands around it in surroundings.py.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from scanner.detectors.annotator import surroundings, words
from scanner.detectors.annotator.context import Proposal, Text, Trait, proposal
from scanner.detectors.annotator.proposals import Kinds
from scanner.detectors.by_gazetteer import names
from scanner.detectors.reading import Reading

STEPS = (-9, -6, -4, -2.5, -1.2, -0.4)
"""Natural logarithms between which a model's belief makes a difference."""

BELOW = -10.0
"""A belief below says no less."""

STRETCHED = re.compile(r"(.)\1\1|(..)\2\2")
"""A word as it is shouted or laughed: "waaay", "hahaha"."""


def of(
    text: str, reading: Reading, proposed: Mapping[tuple[int, int], set[str]], kinds: Kinds
) -> Sequence[tuple[int, int, Mapping[str, float]]]:
    """Tell the traits of all proposals of a text: start, end, traits."""
    whole = Text(text, reading, kinds)
    ordered = sorted(proposed)
    reach = list(accumulate((end for _, end in ordered), max))
    told = [(a, b, _traits(proposal(whole, a, b), proposed[a, b])) for a, b in ordered]
    for a, b, traits in told:
        if _is_part(ordered, reach, a, b):
            traits["part of a longer proposal"] = 1.0
    return told


def _is_part(ordered: Sequence[tuple[int, int]], reach: Sequence[int], a: int, b: int) -> bool:
    """Say whether one of the spans is longer and holds this one; reach: how far those up to it go.

    One that begins earlier and goes as far, or begins here and goes farther.
    """
    here, behind = bisect_left(ordered, (a,)), bisect_left(ordered, (a + 1,))
    return (here > 0 and reach[here - 1] >= b) or ordered[behind - 1][1] > b


def _traits(one: Proposal, rules: set[str]) -> dict[str, float]:
    told = {f"rule: {rule}": 1.0 for rule in rules}
    for part in (_belief, _labels, _lists, _dictionary, _shapes, surroundings.tell):
        told.update(part(one))
    return told


def _scaled(belief: float) -> float:
    return max(belief, BELOW) / -BELOW


def _belief(p: Proposal) -> Iterator[Trait]:
    heat = p.within.heat
    person = [heat.most(a, b)[0] for a, b in p.parts]
    for step in STEPS:
        if max(person) > step:
            yield f"belief in a word above {step}", 1
        if min(person) > step:
            yield f"belief in all words above {step}", 1
    yield "belief on average", _scaled(sum(person) / len(person))
    _, place, thing = heat.most(p.start, p.end)
    yield "belief in a place", _scaled(place)
    yield "belief in a thing", _scaled(thing)
    others = (p.within.elsewhere(w, p.start, p.end) for w in set(p.folded))
    elsewhere = [belief for belief in others if belief is not None]
    if elsewhere:
        yield "belief elsewhere in the text", _scaled(max(elsewhere))
        yield "believed elsewhere in the text", float(max(elsewhere) > -0.7)  # noqa: PLR2004


def _labels(p: Proposal) -> Iterator[Trait]:
    over = [e for e in p.within.entities if e.start < p.end and e.end > p.start]
    label = max(over, key=lambda e: min(e.end, p.end) - max(e.start, p.start), default=None)
    yield f"the model says {label.entity if label else 'nothing'}", 1
    if any((e.start, e.end) == (p.start, p.end) for e in over):
        yield "all that the model says", 1
    if any(
        e.start <= p.start and e.end >= p.end and e.end - e.start > p.end - p.start for e in over
    ):
        yield "part of what the model says", 1


def _lists(p: Proposal) -> Iterator[Trait]:
    first, last = (names()[0], names()[1])
    known = [w in first or w in last for w in p.folded]
    if p.folded[0] in first:
        yield f"{p.size}: begins with a first name", 1
    if p.folded[-1] in last:
        yield f"{p.size}: ends with a last name", 1
    if p.folded[0] in first and p.folded[-1] in last:
        yield f"{p.size}: first and last name", 1
    yield "share of known names", sum(known) / len(known)
    if not any(known):
        yield f"{p.size}: no known name", 1
    common = [w in words.common() for w in p.folded]
    if all(common):
        yield "all words common", 1
    elif any(common):
        yield "some words common", 1


def _dictionary(p: Proposal) -> Iterator[Trait]:
    kinds = [p.within.kinds(w) for w in p.folded]
    listed = [bool(k - {"function"}) for k in kinds]
    acts = [bool(k & {"verb", "adj", "adv"}) for k in kinds]
    first, last = names()
    if any("function" in k for k in kinds):
        yield "a function word in it", 1
    if all(listed):
        yield f"{p.size}: all words in the dictionary", 1
    elif any(listed):
        yield "some words in the dictionary", 1
    if all(acts):
        yield f"{p.size}: all words verbs or adjectives", 1
    elif any(acts):
        yield "some words verbs or adjectives", 1
    if listed[0]:
        yield "first word in the dictionary", 1
    if listed[-1]:
        yield "last word in the dictionary", 1
    if all(a and (w in first or w in last) for a, w in zip(listed, p.folded, strict=True)):
        yield f"{p.size}: in the dictionary and a name", 1


def _shapes(p: Proposal) -> Iterator[Trait]:
    yield f"words: {min(p.last - p.first + 1, 4)}", 1
    for shape in {_shape(w) for w in p.said}:
        yield f"{p.size}: {shape}", 1
    small = _shape(p.said[0]) == "small letters"
    if small and not p.within.small:
        yield "small letters where others have capitals", 1
    if not small and any(w in p.within.lower for w in p.folded):
        yield "also in small letters", 1
    if any(STRETCHED.search(w) for w in p.folded):
        yield "stretched", 1
    if any(ord(c) > 0x24F for w in p.said for c in w):  # noqa: PLR2004
        yield "not in Latin letters", 1


def _shape(word: str) -> str:
    if word.islower():
        return "small letters"
    if len(word) == 1:
        return "an initial"
    if word.isupper():
        return "capitals"
    return "a capital" if word[0].isupper() and word[1:].islower() else "capitals inside"
