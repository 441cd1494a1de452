"""Erase several contacts of the demo, each in a copy of its own, and score each erasure.

    python -m tests.benchmarks.erase_demo [--subjects N] [--seed N] [--db URL] [--cases N]

Prints a line for each contact: rows, seconds, what is left of it and what was harmed. ``--db`` is
an empty database on a server; without it SQLite is used. Exit status 1: a promise is broken.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import score_demo


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=1500)
    parser.add_argument("--contacts", type=int, default=600)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        return _run(Path(name), options)


def _run(folder: Path, options: argparse.Namespace) -> int:
    from scanner import audit, demo, inspector, rulebook
    from scanner.database import connect

    source = folder / "demo.sqlite"
    truth = demo.create(
        f"sqlite:///{source}", cases=options.cases, contacts=options.contacts, seed=options.seed
    )
    text = truth.to_json()
    known = json.loads(text)
    begun = time.perf_counter()
    engine = connect(f"sqlite:///{source}")
    pack = rulebook.pack("clarify")
    decided = audit.decide_suggested(inspector.scan(engine, pack=pack), pack=pack)
    engine.dispose()
    print(f"scanned in {time.perf_counter() - begun:.1f} s")
    keys = sorted({k for k, *_ in known["own_rows"]})
    chosen = [
        known["headline"]["key"],
        *random.Random(options.seed).sample(keys, options.subjects - 1),
    ]
    broken = [key for key in chosen if not _erase(folder, source, known, decided, pack, key)]
    print(f"{len(chosen) - len(broken)} of {len(chosen)} kept all promises")
    return 1 if broken else 0


def _erase(folder, source, known, decided, pack, key) -> bool:
    from sqlalchemy import create_engine

    from scanner import planner
    from scanner.database import connect
    from scanner.executor import execute
    from scanner.journal import Journal

    copy = folder / "copy.sqlite"
    shutil.copy(source, copy)
    engine = connect(f"sqlite:///{copy}")
    begun = time.perf_counter()
    plan = planner.plan(engine, pack, decided, str(key))
    planned = time.perf_counter()
    journal = Journal(folder / f"{key}.jsonl")
    receipt = execute(engine, plan, pack, journal=journal, commit=True, confirm=str(key))
    done = time.perf_counter()
    engine.dispose()
    old, new = (create_engine(f"sqlite:///{p}") for p in (source, copy))
    with old.connect() as before, new.connect() as after:
        scores = score_demo.compare(known, before, after, key, purge=False)
    told = scores.broken(purge=False)
    print(
        f"{key}: {sum(receipt.rows.values()):>6} rows, plan {planned - begun:5.1f} s, "
        f"erase {done - planned:5.1f} s, reviews {len(plan.reviews):>4}, "
        f"{'kept' if not told else '; '.join(told)}"
    )
    return not told


if __name__ == "__main__":
    sys.exit(main())
