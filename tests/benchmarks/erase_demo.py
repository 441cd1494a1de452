"""Erase many contacts of demos, each in a copy of its own, and score each erasure by the truth.

    python -m tests.benchmarks.erase_demo [--subjects N] [--seeds N] [--cases N] [--contacts N]

Each demo has its own seed and its share of the subjects, the headline among them, and is looked
through once for all of them. Each subject is planned, erased with a commit in a fresh copy (SQLite's
backup), compared cell by cell with what was there before, and planned once more by a search of all
text: a second run must find nothing to do. Prints a
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
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData

from scanner import companions
from scanner.packs.stops import COMMON
from scanner.subjects.acquaintance import Request
from scanner.surveyor import Survey
from tests.benchmarks import score_demo

PARTS = ("FIRST", "LAST", "PHONE", "EMAIL")
"""Kinds of weak places that a plan counts by table: common parts of names, and a few signs of the rest."""


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
    kept: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    neither: Counter[str] = field(default_factory=Counter)
    where: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def told(self) -> str:
        """Tell it in lines."""
        lines = [
            f"{self.subjects - self.broken} of {self.subjects} subjects kept all promises, "
            f"{self.reviews} reviews"
        ]
        for label, all_of in sorted(self.places.items()):
            listed, counted = self.listed[label], self.counted[label]
            kept, neither = self.kept[label], self.neither[label]
            erased = all_of - listed - counted - kept - neither
            lines.append(
                f"{label:24} {all_of:7} places: {erased:7} erased, {listed:6} listed, "
                f"{counted:4} counted, {kept:6} keys kept, {neither:6} neither"
            )
        lines += [f"neither: {n:5} {where}" for where, n in self.where.most_common(20)]
        lines += [f"asked: {n:7} {why}" for why, n in self.asked.most_common(12)]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo, what is true of it, and one look through all its text for all subjects."""

    folder: Path
    known: dict[str, Any]
    schema: MetaData
    rows: dict[str, list[tuple[Any, ...]]]
    survey: Survey
    requests: dict[int, Request]
    engine: Engine
    """One for all copies, which take each other's place: it knows the statements."""

    def restore(self) -> None:
        """Let the copy be as the demo is."""
        source, copy = self.folder / "demo.sqlite", self.folder / "copy.sqlite"
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)


def _demo(
    folder: Path, seed: int, subjects: int, options: argparse.Namespace, tally: Tally
) -> None:
    from scanner import audit, demo, inspector, rulebook, surveyor
    from scanner.database import connect
    from scanner.plans import Basis

    url = f"sqlite:///{folder / 'demo.sqlite'}"
    truth = demo.create(url, cases=options.cases, contacts=options.contacts, seed=seed)
    known = json.loads(truth.to_json())
    engine = connect(url)
    pack = rulebook.pack("clarify")
    decided = audit.decide_suggested(inspector.scan(engine, pack=pack), pack=pack)
    first, basis = known["headline"]["key"], Basis.of(decided)
    keys = sorted({k for k, *_ in known["own_rows"]} - {first})
    chosen = [first, *random.Random(seed).sample(keys, min(len(keys), subjects - 1))]
    requests = {key: Request(pack, basis, key) for key in chosen}
    survey = surveyor.survey(engine, [*requests.values()])
    schema = survey.schema or MetaData()
    with engine.connect() as connection:
        rows = {t.name: [*score_demo.in_order(connection, t)] for t in schema.sorted_tables}
    engine.dispose()
    copies = connect(f"sqlite:///{folder / 'copy.sqlite'}")
    one = Demo(folder, known, schema, rows, survey, requests, copies)
    for key in chosen:
        _erase(one, key, tally)
    copies.dispose()


def _erase(demo: Demo, key: int, tally: Tally) -> None:
    from scanner import planner, surveyor
    from scanner.database import reading
    from scanner.executor import execute
    from scanner.journal import Journal

    demo.restore()
    engine, request = demo.engine, demo.requests[key]
    with reading(engine) as connection:
        survey = _as_of_now(connection, demo.survey)
    with reading(engine) as connection:
        plan = surveyor.draft(connection, request, survey).plan
    journal = Journal(demo.folder / f"{key}.jsonl", demo.folder / "journal.key")
    execute(
        engine, plan, request.pack, journal=journal, commit=True, confirm=str(key), survey=survey
    )
    with reading(engine) as connection:
        # Without the survey: all text is searched, so what the survey overlooked is found now.
        again = planner.draft(connection, demo.schema, request).plan
        scores = score_demo.compare_rows(
            demo.known, demo.schema, demo.rows, connection, key, purge=False
        )
    told = scores.broken(purge=False)
    if again.steps or again.mentions:
        told.append(f"a second run finds {len(again.steps)} steps, {len(again.mentions)} mentions")
    told += _sort(scores, plan, tally)
    tally.subjects += 1
    tally.broken += bool(told)
    tally.reviews += len(plan.reviews)
    tally.asked.update(f"{r.mention.table}.{r.mention.column}: {r.why}" for r in plan.reviews)
    if told:
        print(f"seed {demo.known['options']['seed']}, subject {key}: {'; '.join(told)}", flush=True)


def _as_of_now(connection: Connection, survey: Survey) -> Survey:
    """Let what was seen in the source hold for a copy, which has the same rows."""
    from scanner.database import dialect_of

    dialect = dialect_of(connection)
    return replace(survey, mark=dialect.mark(connection), catalogue=dialect.catalogue(connection))


def _sort(scores: score_demo.Scores, plan, tally: Tally) -> list[str]:
    """Sort what still stands into listed, counted and neither; give the promises that are broken."""
    listed: set[tuple[Any, ...]] = {
        (str(r.mention.table), r.mention.column, *r.mention.key[:1]) for r in plan.reviews
    }
    # Rows without a key are named by digests, which the truth does not know.
    listed |= {(table, column) for table, column, key in {*listed} if str(key).startswith("#")}
    behind = {
        (d["where"], key) for d in plan.duties if d["kind"] == companions.KIND for key in d["keys"]
    }
    common = next((d["where"] for d in plan.duties if d["kind"] == COMMON), "")
    counted = {one.split()[0] for one in common.split(", ") if one}
    tally.places.update(scores.checked)
    missed = 0
    for table, column, key, label, kind in scores.standing:
        if kind == "LINK":  # a key that now leads to a redacted row: kept by the audit's decision
            tally.kept[label] += 1
            continue
        if {(table, column, *key[:1]), (table, column)} & listed or (table, *key[:1]) in behind:
            tally.listed[label] += 1
            continue
        if table in counted and kind in PARTS and "weak" in label:
            tally.counted[label] += 1
            continue
        tally.neither[label] += 1
        tally.where[f"{label} {table}.{column} {kind}"] += 1
        missed += "strong" in label
    return [f"{missed} strong places neither erased nor listed"] if missed else []


if __name__ == "__main__":
    sys.exit(main())
