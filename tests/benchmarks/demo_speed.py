"""Time how fast the demo is built into SQLite, against putting the same rows there without making them.

    python -m tests.benchmarks.demo_speed [--cases N] [--contacts N] [--times N]

Prints rows/s of each build, and the ratio to the bare way: one ``executemany`` a table of rows that
are read from the database just built, into tables and indexes of the same definition, with the
same pragmas. Making the rows, their texts and the truth about them is the difference.
"""

import argparse
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from scanner import demo
from scanner.demo.haste import PAGE, PRAGMAS


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1500)
    parser.add_argument("--contacts", type=int, default=600)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    built, bare = [], []
    with tempfile.TemporaryDirectory() as name:
        for n in range(options.times):
            path = Path(name) / f"{n}.sqlite"
            begun = time.perf_counter()
            truth = demo.create(f"sqlite:///{path}", cases=options.cases, contacts=options.contacts)
            built.append(time.perf_counter() - begun)
            bare.append(_copy(path, Path(name) / f"{n}-bare.sqlite"))
            print(f"{truth.rows:,} rows: {truth.rows / built[-1]:,.0f} rows/s, "
                  f"bare {truth.rows / bare[-1]:,.0f} rows/s")  # fmt: skip
    ratio = statistics.median(b / c for b, c in zip(built, bare, strict=True))
    rate = truth.rows / statistics.median(built)
    print(f"median {rate:,.0f} rows/s; {ratio:.1f} times the time of the bare way")


def _copy(source: Path, target: Path) -> float:
    """Put the rows of ``source`` into ``target``; give the seconds that this took."""
    old, new = sqlite3.connect(source), sqlite3.connect(target, isolation_level=None)
    known = old.execute(
        "select type, name, sql from sqlite_master where sql is not null"
    ).fetchall()
    tables = [(name, sql) for kind, name, sql in known if kind == "table"]
    rows = {name: old.execute(f'select * from "{name}"').fetchall() for name, _ in tables}
    begun = time.perf_counter()
    new.execute(f"pragma page_size = {PAGE}")
    for pragma, value in PRAGMAS.items():
        new.execute(f"pragma {pragma} = {value}")
    new.execute("begin")
    for name, sql in tables:
        new.execute(sql)
        if rows[name]:
            marks = ", ".join("?" * len(rows[name][0]))
            new.executemany(f'insert into "{name}" values ({marks})', rows[name])
    for kind, _, sql in known:
        if kind == "index":
            new.execute(sql)
    new.execute("commit")
    seconds = time.perf_counter() - begun
    old.close()
    new.close()
    return seconds


if __name__ == "__main__":
    main()
