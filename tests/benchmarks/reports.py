"""Measure every report of a big database: seconds of the processor, memory, size of the file.

    python -m tests.benchmarks.reports [--columns N] [--only NAME]...

The scan is invented: 20 columns a table, verdicts as in a CRM. Each report is written by a process
of its own. Where a browser is installed, it opens the page and searches it. Exit status 1 over the
bounds of 60 s or 1 GB.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import reports
from scanner.audit import decide_suggested
from scanner.model import (
    Audit,
    ColumnRef,
    Database,
    Evidence,
    Finding,
    Personal,
    Scan,
    TableFacts,
    TableRef,
)

SECONDS, MEGABYTES = 60, 1024
WIDTH = 20
"""Columns of a table."""

KINDS: tuple[tuple[float, Personal, str, str], ...] = (
    (0.11, "direct", "PERSON", "its name says 'first name'; names of the name lists"),
    (0.06, "quasi", "CITY", "its name says 'city'; places of the list"),
    (0.05, "free_text", "FREE_TEXT", "long texts that differ"),
    (0.02, "unknown", "", "too few values"),
    (0.76, "none", "", "too little speaks for it"),
)


def main() -> int:
    """Write each report, print a line for each."""
    options = _options()
    if options.write:
        return _written(options.write[0], options.columns, Path(options.write[1]))
    good = True
    print(f"{options.columns:,} columns in {options.columns // WIDTH:,} tables")
    print(f"{'report':22}{'seconds':>9}{'of json':>9}{'MB memory':>11}{'MB file':>9}")
    with tempfile.TemporaryDirectory() as folder:
        base = 0.0
        for name in ["json", *(n for n in options.only or reports.names() if n != "json")]:
            path = Path(folder, f"{name}.{reports.suffixes(name)[0]}")
            told = _one(name, options.columns, path)
            base = base or told["seconds"]
            size = path.stat().st_size / 1e6
            print(f"{name:22}{told['seconds']:9.1f}{told['seconds'] / base:9.1f}"
                  f"{told['megabytes']:11.0f}{size:9.1f}")  # fmt: skip
            good &= told["seconds"] < SECONDS and told["megabytes"] < MEGABYTES
            if name == "html":
                print(f"{'':4}in a browser: {_opened(path, Path(folder, 'browser'))}")
    return 0 if good else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--columns", type=int, default=30_000)
    parser.add_argument("--only", action="append", choices=reports.names())
    parser.add_argument("--write", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    return parser.parse_args()


def _one(name: str, columns: int, path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--columns", str(columns), "--write", name, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _written(name: str, columns: int, path: Path) -> int:
    """Write one report in this process and say what it took, without making the scan."""
    audit = synthetic(columns)
    start = time.process_time()
    reports.write(audit, path, name=name)
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": memory}))
    return 0


def synthetic(columns: int) -> Audit:
    """Invent a scan of ``columns`` columns in which every second decision is made."""
    chance = random.Random(7)
    findings = [_finding(number, chance) for number in range(columns)]
    named = dict.fromkeys(f.column.of for f in findings)
    tables = [TableFacts(t, chance.randrange(5_000_000), "estimate") for t in named]
    tables += [TableFacts(TableRef("dbo", f"view_{n}"), None, kind="view") for n in range(200)]
    database = Database("mssql", "crm", "0" * 32)
    scan = Scan("0", "2026-01-02T03:04:05+00:00", database, "none", tuple(tables), tuple(findings))
    made = decide_suggested(scan).decisions
    return Audit(scan, {c: d for n, (c, d) in enumerate(made.items()) if n % 2})


def _finding(number: int, chance: random.Random) -> Finding:
    weights = [share for share, *_ in KINDS]
    _, personal, entity, why = chance.choices(KINDS, weights)[0]
    read = chance.choice((0, 1000, 1000))
    hits = chance.randrange(600, 1000) if entity and read else 0
    share = hits / 1000
    return Finding(
        ColumnRef("dbo", f"table_{number // WIDTH:04}", f"x_{chance.choice('abcdef')}_{number}"),
        chance.choice(("VARCHAR(80)", "INTEGER", "DATETIME", "NTEXT")),
        "scanned" if read else "empty",
        "" if read else "no values",
        read, read, chance.randrange(read + 1), personal, entity,
        round(chance.random(), 4), share, max(share - 0.03, 0.0), min(share + 0.03, 1.0),
        tuple(
            Evidence(f"rule {chance.randrange(40)}", "pattern", hits, read, chance.uniform(-1, 1))
            for _ in range(2)
        ),
        why=f"{why} ({hits / 10:.0f} % of {read})",
        examples=tuple("".join(chance.choices("AbC*", k=9)) for _ in range(3)) if hits else (),
    )  # fmt: skip


def _opened(path: Path, profile: Path) -> str:
    """Open the page and search it."""
    from tests.browser import NoBrowserError, browser

    search = (
        "const start = performance.now(); const i = document.querySelector('.tools input');"
        "i.value = 'first x_a'; i.dispatchEvent(new Event('input'));"
        "return new Promise(done => setTimeout(() => done(performance.now() - start), 121))"
    )
    loaded = "return performance.timing.loadEventEnd - performance.timing.navigationStart"
    try:
        with browser(profile) as page:
            page.open(path)
            return f"{page.run(loaded)} ms to load, {page.run(search) - 121:.0f} ms to search"
    except NoBrowserError as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(main())
