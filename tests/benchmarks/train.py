"""Fit the weights of evidence to labelled databases, and say what they are worth unseen.

    python -m tests.benchmarks.train [--bench DIR] [--only GLOB] [--write]

For each database the weights are fitted to all the others, from a start that knows nothing but
signs, and then tried on it (leave one out); "unseen words" also forgets every word of
columns.toml that no labelled column of another database bears witness to. The made-up tables of
tests/hostile.py count as one database. ``--write`` moves the weights of rules/weights.toml as far
as that makes fewer errors on all of them. Equal data give equal weights.
"""

import argparse
import csv
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from scanner import sampler
from scanner.database import connect, reading, reflect
from scanner.detectors import classify, neighbours, tables
from scanner.detectors.by_language import Language
from scanner.detectors.classify import Verdict
from scanner.detectors.look import Look, Sign
from scanner.rulefiles import recognizers
from scanner.rulefiles.recognizers import Rules
from scanner.tables.counter import count
from tests import hostile
from tests.benchmarks.columns import LABELS, PERSONAL

ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / "rules" / "weights.toml"

START = 0.4
"""What every piece of evidence weighs at first, with its sign, and is drawn to by ``PULL``."""

PULL = 0.3
"""What it costs to move a weight by 1, squared, in columns that are wrong."""

GRID = tuple(n / 20 for n in range(1, 21))
"""The sizes that a weight may have."""

MARGIN = 0.15
"""How far from the line between yes and no a verdict should be."""

ROUNDS = 6

TWINS = re.compile(r"_(?:en|de)$")
"""The same database in another language is not unseen."""

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Label:
    """What a column holds: whether that identifies, and what it may be called (if that matters)."""

    direct: bool
    names: frozenset[str]


@dataclass(slots=True)
class Sheet:
    """The columns of one table after the detectors looked, and what is right of them."""

    database: str
    looks: list[Look]
    labels: list[Label | None]
    keys: frozenset[str]
    memo: dict[tuple[float, ...], tuple[float, Counter[str]]] = field(default_factory=dict)

    def judged(self, weights: Weights) -> tuple[float, Counter[str]]:
        """Weigh anew: the loss, and the hits and errors."""
        known = tuple(weights[k] for k in sorted(self.keys))
        if known not in self.memo:
            self.memo[known] = _tally(self, weights)
        return self.memo[known]


def _tally(sheet: Sheet, weights: Weights) -> tuple[float, Counter[str]]:
    loss, counts = 0.0, Counter[str]()
    for verdict, label in zip(_verdicts(sheet, weights), sheet.labels, strict=True):
        if label is None:
            continue
        yes = verdict.personal in {"direct", "free_text"}
        score = verdict.score if yes or not verdict.entity else 0.0
        distance = (score - classify.DECIDES) * (1 if label.direct else -1)
        loss += max(0.0, MARGIN - distance) + (yes != label.direct)
        counts[("tp" if yes else "fn") if label.direct else ("fp" if yes else "tn")] += 1
        shown = LABELS.get(verdict.entity, verdict.entity)
        counts["label"] += label.direct and yes and (not label.names or shown in label.names)
    return loss, counts


def _verdicts(sheet: Sheet, weights: Weights) -> list[Verdict]:
    for look in sheet.looks:
        look.rules = replace(look.rules, weights=weights)
        kept = (s for s in look.signs if s.evidence.source != "neighbour")
        look.signs = [_weighed(s, weights) for s in kept]
    drafts = [classify.judge(look) for look in sheet.looks]
    neighbours.mark(sheet.looks, drafts)
    return [classify.judge(look) for look in sheet.looks]


def _weighed(sign: Sign, weights: Weights) -> Sign:
    if not sign.key:
        return sign
    weight = round(weights[sign.key] * sign.strength, 3)
    return replace(sign, evidence=replace(sign.evidence, weight=weight))


def sheets(path: Path, labels: Mapping[tuple[str, str, str], Label], rules: Rules) -> list[Sheet]:
    """Let the detectors look at every labelled table of a database."""
    engine, language = connect(f"sqlite:///{path}"), Language()
    with reading(engine) as connection:
        schema = reflect(connection)
    found = []
    for table in sorted(schema.tables.values(), key=lambda t: t.name):
        told = {c.name: labels.get((path.stem, table.name, c.name)) for c in table.columns}
        if not any(told.values()):
            continue
        counted = count(engine, table, estimate=None)
        taken = sampler.sample(engine, table, rows=1000, full=False, seed=0, counted=counted)
        looks = tables.looks(table, taken.values, rules=rules, language=language, comments={})
        tables.verdicts(looks, None)
        beside = {k for k in rules.weights if k.startswith("neighbour.")}
        keys = beside | {s.key for look in looks.values() for s in look.signs if s.key}
        found.append(
            Sheet(path.stem, list(looks.values()), [told[n] for n in looks], frozenset(keys))
        )
    engine.dispose()
    return found


def ignorant(weights: Weights) -> dict[str, float]:
    """Forget all but what speaks for and what against."""
    return {k: START if v > 0 else -START for k, v in weights.items()}


def fit(seen: Sequence[Sheet], start: Weights) -> dict[str, float]:
    """Search one weight after the other for the size that costs least; signs stay."""
    weights = dict(start)
    for _ in range(ROUNDS):
        before = dict(weights)
        for key in sorted(weights):
            sign = 1 if weights[key] > 0 else -1
            touched = [s for s in seen if key in s.keys]
            sizes = sorted({*(n * sign for n in GRID), start[key]}, key=lambda n: abs(n - start[key]))  # fmt: skip
            costs = {
                n: PULL * (n - start[key]) ** 2
                + sum(sheet.judged({**weights, key: n})[0] for sheet in touched)
                for n in sizes
            }
            weights[key] = min(sizes, key=lambda n: round(costs[n], 9))
        if weights == before:
            break
    return weights


def words_of(found: Iterable[tuple[str, str, str]], rules: Rules) -> dict[object, set[str]]:
    """Map each phrase and word that stands in a labelled column's or table's name to databases."""
    support: dict[object, set[str]] = defaultdict(set)
    for database, table, column in found:
        for name in (table, column):
            words = rules.words(name)
            for word in words:
                support[word].add(_family(database))
            for length in range(1, len(words) + 1):
                for start in range(len(words) - length + 1):
                    support[words[start : start + length]].add(_family(database))
    return support


def forget(rules: Rules, support: Mapping[object, set[str]], database: str) -> Rules:
    """Take out what only this database bears witness to; what nobody uses stays."""
    alone = {_family(database)}
    phrases = {w: p for w, p in rules.phrases.items() if support.get(w, set()) != alone}
    vocabulary = {
        name: frozenset(w for w in listed if support.get(w, set()) != alone or name == "stop")
        for name, listed in rules.vocabulary.items()
    }
    pieces = {w for words in phrases for w in words}
    pieces |= {w for n in ("persons", "organisations", "things", "pieces") for w in vocabulary[n]}
    return replace(rules, phrases=phrases, vocabulary=vocabulary, pieces=frozenset(pieces))


def _family(database: str) -> str:
    return TWINS.sub("", database)


def report(name: str, counts: Mapping[str, Counter[str]]) -> str:
    """Say micro and macro F1 and the share of right labels."""
    total = sum(counts.values(), Counter[str]())
    macro = [_f1(c) for c in counts.values() if c["tp"] + c["fn"]]
    labels = total["label"] / max(1, total["tp"])
    return (
        f"{name:44s} micro F1 {_f1(total):.3f}  macro F1 {mean(macro):.3f}  labels {labels:.3f}"
        f"  ({total['fp']} false, {total['fn']} missed of {total['tp'] + total['fn']})"
    )


def _f1(c: Mapping[str, int]) -> float:
    return 2 * c["tp"] / max(1, 2 * c["tp"] + c["fp"] + c["fn"])


def _counts(found: Iterable[Sheet], weights: Weights) -> Counter[str]:
    return sum((sheet.judged(weights)[1] for sheet in found), Counter[str]())


def _labels(path: Path) -> Iterator[tuple[tuple[str, str, str], Label]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["sure"] == "1" and row["n_nonnull"] != "0" and row["is_personal"] != "quasi":
                names = frozenset({row["label"], *row["alt_labels"].split(",")} - {""})
                yield (
                    (row["db"], row["table"], row["column"]),
                    Label(PERSONAL.get(row["is_personal"]) == "direct", names),
                )


def _hostile(path: Path, labels: dict[tuple[str, str, str], Label]) -> Path:
    """Build the made-up tables, and say what is right of them where only one thing is."""
    made = hostile.columns(seed=2)
    hostile.build(made, f"sqlite:///{path}").dispose()
    for one in made:
        if one.right <= {"direct", "free_text"} or one.right == {"none"}:
            labels[path.stem, one.table, one.name] = Label(one.right != {"none"}, frozenset())
    return path


def main() -> int:
    """Fit, leave one out, print; write where asked to."""
    with ExitStack() as stack:
        return _train(_options(), stack)


def _train(options: argparse.Namespace, stack: ExitStack) -> int:
    paths = sorted((options.bench / "db").glob("*.sqlite"))
    paths = [p for p in paths if fnmatch(p.stem, options.only)]
    if not paths:
        print(f"no labelled databases in {options.bench}", file=sys.stderr)
        return 2
    labels, rules = dict(_labels(options.bench / "labels.csv")), recognizers.load()
    folder = stack.enter_context(TemporaryDirectory())
    paths.append(_hostile(Path(folder) / "hostile.sqlite", labels))
    seen = {p.stem: sheets(p, labels, rules) for p in paths}
    support = words_of(labels, rules)
    fewer = {p.stem: sheets(p, labels, forget(rules, support, p.stem)) for p in paths}
    every = [s for one in seen.values() for s in one]
    shipped, blank = rules.weights, ignorant(rules.weights)
    fitted, better = fit(every, blank), fit(every, shipped)
    folds = {
        name: fit([s for s in every if _family(s.database) != _family(name)], blank)
        for name in seen
    }
    print(report("as shipped", {n: _counts(s, shipped) for n, s in seen.items()}))
    print(report("as shipped, unseen words", {n: _counts(s, shipped) for n, s in fewer.items()}))
    print(report("shipped, then fitted to all", {n: _counts(s, better) for n, s in seen.items()}))
    print(report("fitted to all", {n: _counts(s, fitted) for n, s in seen.items()}))
    print(report("leave one out", {n: _counts(s, folds[n]) for n, s in seen.items()}))
    left = {n: _counts(s, folds[n]) for n, s in fewer.items()}
    print(report("leave one out, unseen words", left))
    for name, counts in sorted(left.items(), key=lambda pair: _f1(pair[1])):
        if counts["fp"] + counts["fn"]:
            print(f"  {name:42s} F1 {_f1(counts):.3f}  {counts['fp']} false, {counts['fn']} missed")
    for key in sorted(fitted):
        spread = [fold[key] for fold in folds.values()]
        print(f"  {key:24s} shipped {shipped[key]:5.2f}  moved to {better[key]:5.2f}"
              f"  from nothing {fitted[key]:5.2f}, left out {min(spread):5.2f} to {max(spread):5.2f}")  # fmt: skip
    if options.write:
        WEIGHTS.write_text(_written(WEIGHTS.read_text(encoding="utf-8"), better), encoding="utf-8")
    return 0


def _written(text: str, weights: Weights) -> str:
    for key, weight in weights.items():
        entry = re.compile(rf'(name = "{re.escape(key)}"\nweight = )-?[\d.]+')
        text = entry.sub(rf"\g<1>{round(weight, 2)}", text)
    return text


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.environ.get("EFFACE_BENCH", ROOT.parent / "shared/bench/dev")
    parser.add_argument("--bench", type=Path, default=default)
    parser.add_argument("--only", default="*", help="databases, as a glob")
    parser.add_argument("--write", action="store_true", help="write rules/weights.toml")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
