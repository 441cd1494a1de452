"""Erase many contacts of demos, each in a copy of its own, and score each erasure by the truth.

    python -m tests.benchmarks.erase_demo [--subjects N] [--seeds N] [--cases N] [--contacts N]

Each demo has its own seed and its share of the subjects, the headline among them. Each subject is
planned, erased with a commit in a fresh copy (SQLite's backup), compared cell by cell
with what was there before, and planned once more: a second run must find nothing to do. Prints a
line for each subject that broke a promise, one after each seed, and the sums. Exit status 1: a promise is broken.
"""

import argparse
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from tests.benchmarks import score_demo


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--cases", type=int, default=1500)
    parser.add_argument("--contacts", type=int, default=600)
    options = parser.parse_args()
    tally = Tally()
    begun = time.process_time()
    for seed in range(options.first, options.first + options.seeds):
        with tempfile.TemporaryDirectory() as name:
            _demo(Path(name), seed, options.subjects // options.seeds, options, tally)
        print(f"after seed {seed}: {tally.told().splitlines()[0]}", flush=True)
    print(tally.told())
    print(f"{time.process_time() - begun:.0f} s of CPU")
    return 1 if tally.broken else 0


@dataclass
class Tally:
    """What became of all subjects' places."""

    subjects: int = 0
    broken: int = 0
    reviews: int = 0
    places: Counter[str] = field(default_factory=Counter)
    listed: Counter[str] = field(default_factory=Counter)
    neither: Counter[str] = field(default_factory=Counter)
    where: Counter[str] = field(default_factory=Counter)

    def told(self) -> str:
        """Tell it in lines."""
        lines = [
            f"{self.subjects - self.broken} of {self.subjects} subjects kept all promises, "
            f"{self.reviews} reviews"
        ]
        for label, all_of in sorted(self.places.items()):
            listed, neither = self.listed[label], self.neither[label]
            lines.append(
                f"{label:24} {all_of:7} places: {all_of - listed - neither:7} erased, "
                f"{listed:6} listed, {neither:6} neither"
            )
        lines += [f"neither: {n:5} {where}" for where, n in self.where.most_common(20)]
        return "\n".join(lines)


def _demo(
    folder: Path, seed: int, subjects: int, options: argparse.Namespace, tally: Tally
) -> None:
    from scanner import audit, demo, inspector, rulebook
    from scanner.database import connect

    source = folder / "demo.sqlite"
    truth = demo.create(
        f"sqlite:///{source}", cases=options.cases, contacts=options.contacts, seed=seed
    )
    known = json.loads(truth.to_json())
    engine = connect(f"sqlite:///{source}")
    pack = rulebook.pack("clarify")
    decided = audit.decide_suggested(inspector.scan(engine, pack=pack), pack=pack)
    engine.dispose()
    keys = sorted({k for k, *_ in known["own_rows"]} - {known["headline"]["key"]})
    more = random.Random(seed).sample(keys, min(len(keys), subjects - 1))
    for key in [known["headline"]["key"], *more]:
        _erase(folder, source, known, decided, pack, key, tally)


def _erase(folder, source, known, decided, pack, key, tally) -> None:
    from scanner import planner
    from scanner.database import connect
    from scanner.executor import execute
    from scanner.journal import Journal

    copy = folder / "copy.sqlite"
    with sqlite3.connect(source) as old, sqlite3.connect(copy) as new:
        old.backup(new)
    engine = connect(f"sqlite:///{copy}")
    plan = planner.plan(engine, pack, decided, str(key))
    journal = Journal(folder / f"{key}.jsonl", folder / "journal.key")
    execute(engine, plan, pack, journal=journal, commit=True, confirm=str(key))
    again = planner.plan(engine, pack, decided, str(key))
    engine.dispose()
    before, after = (create_engine(f"sqlite:///{p}") for p in (source, copy))
    with before.connect() as one, after.connect() as two:
        scores = score_demo.compare(known, one, two, key, purge=False)
    before.dispose()
    after.dispose()
    told = scores.broken(purge=False)
    if again.steps or again.mentions:
        told.append(f"a second run finds {len(again.steps)} steps, {len(again.mentions)} mentions")
    told += _sort(scores, plan, tally)
    tally.subjects += 1
    tally.broken += bool(told)
    tally.reviews += len(plan.reviews)
    if told:
        print(f"seed {known['options']['seed']}, subject {key}: {'; '.join(told)}", flush=True)


def _sort(scores: score_demo.Scores, plan, tally: Tally) -> list[str]:
    """Sort what still stands into listed and neither; give the promises that are broken."""
    listed: set[tuple[Any, ...]] = {
        (str(r.mention.table), r.mention.column, *r.mention.key[:1]) for r in plan.reviews
    }
    # Rows without a key are named by digests, which the truth does not know.
    listed |= {(table, column) for table, column, key in {*listed} if str(key).startswith("#")}
    tally.places.update(scores.checked)
    missed = 0
    for table, column, key, label, kind in scores.standing:
        if {(table, column, *key[:1]), (table, column)} & listed:
            tally.listed[label] += 1
            continue
        tally.neither[label] += 1
        tally.where[f"{label} {table}.{column} {kind}"] += 1
        missed += "strong" in label
    return [f"{missed} strong places neither erased nor listed"] if missed else []


if __name__ == "__main__":
    sys.exit(main())
