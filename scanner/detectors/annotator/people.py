"""People in running text: every proposal weighed by its traits; the probable ones stay.

The weights are those of a logistic regression (``rules/people.toml``): they add up to the
logarithm of the odds that a proposal names a person. ``tests/benchmarks/train_people.py`` fits them.
"""

import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from scanner.detectors.annotator import traits
from scanner.detectors.annotator.proposals import Kinds, propose
from scanner.detectors.reading import Reading
from scanner.model import Span

LIKELY = 0.1
"""How probable a person is at least where a name that is left weighs four times a word too many."""

SURE = 0.5
"""How probable a person is at least to tell what a column holds."""

ALWAYS = "always"
"""The trait that everything has."""


def find(text: str, reading: Reading, *, kinds: Kinds, least: float) -> Iterable[Span]:
    """Find the people in ``text`` that are at least so probable, 0 to 1, without overlaps."""
    weights = _weights()
    told = traits.of(text, reading, propose(text, reading, kinds), kinds)
    return choose([(chance(t, weights), start, end) for start, end, t in told], least)


def chance(told: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Tell how probable, 0 to 1, a proposal with these traits is a person."""
    odds = weights[ALWAYS] + sum(weights.get(t, 0.0) * v for t, v in told.items())
    return 1 / (1 + math.exp(-odds))


def choose(weighed: Iterable[tuple[float, int, int]], least: float) -> Iterator[Span]:
    """Take the most probable proposals (probability, start, end); none over another."""
    chosen: list[Span] = []
    for probable, start, end in sorted(weighed, key=lambda p: (-p[0], p[1], -p[2])):
        if probable < least:
            return
        if all(end <= one.start or start >= one.end for one in chosen):
            chosen.append(Span(start, end, "PERSON"))
            yield chosen[-1]


@cache
def _weights() -> Mapping[str, float]:
    """Read what each trait weighs, once a process."""
    read = tomllib.loads((files("rules") / "people.toml").read_text(encoding="utf-8"))
    return {trait: float(weight) for trait, weight in read["weights"].items()}
