"""Fit the weights of what makes a person to labelled texts, and say what they are worth unseen.

    python -m tests.benchmarks.train_people [--bench DIR] [--write]

A logistic regression over the traits of scanner/detectors/annotator/traits.py, by Newton's method.
Texts of columns that are known to hold nobody (products, logs) are read as well. Printed is what
nobody was fitted to: five-fold cross-validation by source, and the half of the
texts that texts.py holds out, with weights from the other half. ``--write`` fits to all texts and
writes rules/people.toml. Equal data give equal weights.
"""

import argparse
import csv
import json
import os
import random
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from numpy.typing import NDArray

from scanner.detectors.annotator import people, traits, words
from scanner.detectors.annotator.proposals import propose
from scanner.detectors.by_language import Language
from tests.benchmarks.texts import halves

ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / "rules" / "people.toml"

PERSON = "PERSON_NAME"

SAME = 0.5
"""A proposal is the person labelled there when so much of what both cover is covered by both."""

PULL = 2.0
"""How strongly every weight is drawn to 0: the square of a weight costs half of that."""

LEAST = 15
"""A trait of fewer proposals has no weight."""

NOBODY = "FREETEXT_NOPII"
SOME, CUT = 30, 500
"""So many texts of a column that holds nobody, and so many characters of each."""

FOLDS, SEED = 5, 7
STEPS, ENOUGH = 30, 1e-6
"""Newton's steps at most, and the change of a weight that is none."""

Floats = NDArray[np.float64]
Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One text: where it comes from, its proposals with their traits, and the people labelled."""

    name: str
    source: str
    proposals: Sequence[tuple[int, int, Mapping[str, float]]]
    people: Sequence[tuple[int, int]]
    ignored: Sequence[tuple[int, int]]

    def right(self, start: int, end: int) -> bool:
        """Whether a proposal is one of the people."""
        return any(_overlap((start, end), one) >= SAME for one in self.people)

    def counts(self, start: int, end: int) -> bool:
        """Whether a proposal is right or wrong at all (handles labelled as people are neither)."""
        half = (end - start) / 2
        return not any(min(end, b) - max(start, a) >= half for a, b in self.ignored)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    both = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, both) / (max(one[1], other[1]) - min(one[0], other[0]))


def sheets(texts: Sequence[Mapping[str, Any]], language: Language) -> list[Sheet]:
    """Propose people in labelled texts and tell their traits."""
    made, kinds = [], cache(language.kinds)
    readings = language.read(words.cased(t["text"]) for t in texts)
    for text, reading in zip(texts, readings, strict=True):
        said = text["text"]
        told = traits.of(said, reading, propose(said, reading, kinds), kinds)
        labelled = [s for s in text["spans"] if s["type"] == PERSON or s.get("ignore")]
        made.append(
            Sheet(
                text["id"],
                text["source"],
                told,
                [(s["start"], s["end"]) for s in labelled if not s.get("ignore")],
                [(s["start"], s["end"]) for s in labelled if s.get("ignore")],
            )
        )
    return made


def nobodys(bench: Path) -> list[dict[str, Any]]:
    """Take some texts of each labelled column that is known to hold nobody: products, logs."""
    taken: list[dict[str, Any]] = []
    with (bench / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["label"] == NOBODY and r["sure"] == "1"]
    for row in rows:
        path = bench / "db" / f"{row['db']}.sqlite"
        query = 'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            texts = sorted(str(t[:CUT]) for (t,) in connection.execute(query.format(**row)))
        some = random.Random(SEED).sample(texts, min(SOME, len(texts)))
        name = f"{row['db']}.{row['table']}.{row['column']}"
        taken += [
            {"id": f"{name}.{n}", "source": "nobody's texts", "text": t, "spans": []}
            for n, t in enumerate(some)
        ]
    return taken


def fit(seen: Iterable[Sheet]) -> Weights:
    """Find the weights that make the labels most probable."""
    rows = [
        (told, sheet.right(a, b))
        for sheet in seen
        for a, b, told in sheet.proposals
        if sheet.counts(a, b)
    ]
    often = Counter(t for told, _ in rows for t in told)
    named = sorted(t for t, n in often.items() if n >= LEAST)
    place = {t: n for n, t in enumerate(named, start=1)}
    x = np.zeros((len(rows), len(named) + 1))
    x[:, 0] = 1
    for row, (told, _) in enumerate(rows):
        for trait, value in told.items():
            if trait in place:
                x[row, place[trait]] = value
    fitted = _newton(x, np.array([float(right) for _, right in rows]))
    return dict(zip([people.ALWAYS, *named], fitted.tolist(), strict=True))


def _newton(x: Floats, y: Floats) -> Floats:
    """Fit a logistic regression; the first column, which is 1, is drawn to nothing."""
    weights, pull = np.zeros(x.shape[1]), np.full(x.shape[1], PULL)
    pull[0] = 1e-9
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (chance - y) + pull * weights
        bend = (x * (chance * (1 - chance))[:, None]).T @ x + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < ENOUGH:
            break
    return weights


def tally(sheet: Sheet, weights: Weights, least: float) -> Counter[str]:
    """Count the people of a text found, missed, and found where there are none."""
    found = people.choose(
        [(people.chance(told, weights), a, b) for a, b, told in sheet.proposals], least
    )
    left, counts = list(sheet.people), Counter[str]()
    for one in sorted((s.start, s.end) for s in found):
        if sheet.counts(*one):
            best = max(left, key=lambda p: _overlap(one, p), default=None)
            hit = best is not None and _overlap(one, best) >= SAME
            counts["tp" if hit else "fp"] += 1
            if hit and best is not None:
                left.remove(best)
    counts["fn"] = len(left)
    return counts


def report(name: str, seen: Iterable[Sheet], weights: Callable[[Sheet], Weights]) -> None:
    """Print precision, recall and F2 of people by source, at both degrees of probability."""
    for least in (people.LIKELY, people.SURE):
        by: dict[str, Counter[str]] = defaultdict(Counter)
        for sheet in seen:
            told = tally(sheet, weights(sheet), least)
            by[sheet.source].update(told)
            by["all"].update(told)
        print(f"== {name}, people at least {least} probable")
        for source, c in sorted(by.items(), key=lambda pair: (pair[0] == "all", pair[0])):
            found, true = c["tp"] + c["fp"], c["tp"] + c["fn"]
            f2 = 5 * c["tp"] / max(1, 5 * c["tp"] + 4 * c["fn"] + c["fp"])
            print(
                f"  {source:36s} P {c['tp'] / max(1, found):.3f} R {c['tp'] / max(1, true):.3f} F2 {f2:.3f}"
                f"  ({c['fp']} false, {c['fn']} missed of {true})"
            )


def main() -> int:
    """Fit, cross-validate, print; write where asked to."""
    options = _options()
    gold = options.bench / "text" / "spans.jsonl"
    if not gold.exists():
        print(f"no labelled texts in {options.bench}", file=sys.stderr)
        return 2
    texts = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    labelled = [t for t in texts if PERSON in t["scope"]] + nobodys(options.bench)
    seen = sheets(labelled, Language())
    shuffled = random.Random(SEED).sample(sorted(s.name for s in seen), len(seen))
    fold = {name: n % FOLDS for n, name in enumerate(shuffled)}
    folds = [fit(s for s in seen if fold[s.name] != n) for n in range(FOLDS)]
    report(f"{FOLDS}-fold cross-validation", seen, lambda s: folds[fold[s.name]])
    parts = {k: {t["id"] for t in half} for k, half in halves(texts).items()}
    developed = fit(s for s in seen if s.name not in parts["held"])
    report(
        "held half, fitted to the other",
        [s for s in seen if s.name in parts["held"]],
        lambda _: developed,
    )
    every = fit(seen)
    report("fitted to all (not unseen)", seen, lambda _: every)
    if options.write:
        WEIGHTS.write_text(_written(every, len(seen)), encoding="utf-8")
    return 0


HEAD = """\
# What makes a proposal a person, in running text. Data only; read by scanner/detectors/annotator/people.py.
#
# The weights of the traits that a proposal has (traits.py) add up to the logarithm of the odds that
# it names a person: 0.7 doubles the odds, -0.7 halves them. Some traits are numbers from -1 to 1;
# they count in proportion. "one" and "more" are proposals of one word and of more.
#
# Fitted to {texts} labelled texts by `python -m tests.benchmarks.train_people --write`, which also
# says what they are worth on texts that they were not fitted to. Not for editing by hand.

[weights]
"""


def _written(weights: Weights, texts: int) -> str:
    lines = [f'"{trait}" = {round(weight, 2) + 0.0}\n' for trait, weight in sorted(weights.items())]
    return HEAD.format(texts=texts) + "".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.environ.get("EFFACE_BENCH", ROOT.parent / "shared/bench/dev")
    parser.add_argument("--bench", type=Path, default=default)
    parser.add_argument("--write", action="store_true", help="write rules/people.toml")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
