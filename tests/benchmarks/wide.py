"""Scan a schema of 3,000 tables and 32,000 columns: tables a second, memory, statements, resume.

    python -m tests.benchmarks.wide [--tables N] [--db URL] [--jobs N]

Without ``--db`` the schema is made in an SQLite file of its own; a database that is given must be
empty, and keeps the tables. Another scan is killed when a third is done, the same command goes on,
and the result must be that of the scan without a break. Exit status 1 if it is not, or if
a process takes more than ``MEGABYTES``.
"""

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
)

COLUMNS = 32 / 3
"""Columns of a table, on average: 3,000 tables have 32,000."""

MEGABYTES = 1000

BIG = 500
"""Every so manieth table has ``MANY`` rows; of the others some are empty, most are small."""

MANY = 20_000

WORDS = [
    "order",
    "status",
    "code",
    "flag",
    "amount",
    "unit",
    "batch",
    "level",
    "zone",
    "index",
    "slot",
    "queue",
    "phase",
    "group",
]
NAMES = [
    "Ada",
    "Grace",
    "Alan",
    "Edsger",
    "Barbara",
    "Donald",
    "Radia",
    "Niklaus",
    "Frances",
    "John",
    "Mary",
    "Peter",
    "Anna",
]
LAST = [
    "Lovelace",
    "Hopper",
    "Turing",
    "Dijkstra",
    "Liskov",
    "Knuth",
    "Perlman",
    "Wirth",
    "Allen",
    "Smith",
    "Jones",
    "Brown",
]


def main() -> int:
    """Build, scan with a break and without, compare, print."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="efface-wide-") as folder:
        place = Path(folder)
        url = options.db or f"sqlite:///{place / 'wide.sqlite'}"
        start = time.perf_counter()
        columns = build(url, options.tables)
        print(f"built {options.tables} tables, {columns} columns in {_since(start)}")
        whole, broken = place / "whole.json", place / "broken.json"
        start = time.perf_counter()
        status = _efface(url, whole, options.jobs).wait()
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"scanned in {seconds:.0f} s: {options.tables / seconds:.0f} tables a second, ", end=""
        )
        print(f"{peak:.0f} MB at most in a process (status {status})")
        done = _broken(url, broken, options)
        start = time.perf_counter()
        status = _efface(url, broken, options.jobs).wait()
        print(f"killed with {done} tables done; resumed in {_since(start)} (status {status})")
        same = _told(whole) == _told(broken)
        print(f"the same as without a break: {same}")
    print(f"statements a table: {statements(options.tables)}")
    return 0 if same and peak < MEGABYTES and status == 0 else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=3000)
    parser.add_argument("--db", default="")
    parser.add_argument("--jobs", default="")
    return parser.parse_args()


def _since(start: float) -> str:
    return f"{time.perf_counter() - start:.0f} s"


def build(url: str, tables: int) -> int:
    """Make the tables and fill them.

    Returns:
        How many columns there are.

    """
    engine = create_engine(url)
    schema, chance, columns = MetaData(), random.Random(0), 0
    for number in range(tables):
        wanted = round((number + 1) * COLUMNS) - columns
        names = [f"{WORDS[c % len(WORDS)]}_{c}" for c in range(wanted - 1)]
        columns += wanted
        if number % 4 == 0:
            names[:4] = ["first_name", "last_name", "e_mail", "notes"]
        made = [Column(n, Text if n == "notes" else String(80)) for n in names]
        Table(
            f"t{number:04}_{WORDS[number % len(WORDS)]}",
            schema,
            Column("id", Integer, primary_key=True),
            *made,
        )
    schema.create_all(engine)
    with engine.begin() as connection:
        for number, table in enumerate(schema.sorted_tables):
            size = MANY if number % BIG == 1 else chance.choice([0, 5, 40, 40, 150])
            rows = [_row(table, key, chance) for key in range(1, size + 1)]
            if rows:
                connection.execute(insert(table), rows)
    engine.dispose()
    return columns


def _row(table: Table, key: int, chance: random.Random) -> dict[str, Any]:
    first, last = chance.choice(NAMES), chance.choice(LAST)
    known = {
        "id": key,
        "first_name": first,
        "last_name": last,
        "e_mail": f"{first}.{last}{key}@example.com",
        "notes": f"{first} {last} asked about the {chance.choice(WORDS)} and was called back",
    }
    return {c.name: known.get(c.name, f"{chance.choice(WORDS)} {key % 7}") for c in table.columns}


def _efface(url: str, output: Path, jobs: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "scanner", "scan", "--pack", "none", "-o", str(output)]
    return subprocess.Popen(
        [*words, *(["--jobs", jobs] if jobs else [])],
        env={**os.environ, "EFFACE_DB": url, "PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=subprocess.DEVNULL,
    )


def _broken(url: str, output: Path, options: argparse.Namespace) -> int:
    """Kill a scan when a third is done.

    Returns:
        How many tables were done by then.

    """
    process = _efface(url, output, options.jobs)
    part = output.with_name(output.name + ".part")
    while process.poll() is None and _lines(part) < options.tables // 3:
        time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return _lines(part)


def _lines(part: Path) -> int:
    return part.read_bytes().count(b"\n") - 1 if part.exists() else 0


def _told(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text())
    tables = [table | {"read": ""} for table in told["tables"]]
    return told | {"created": "", "tables": tables}


def statements(tables: int) -> str:
    """Count what a scan asks of a schema of the same kind, an eighth as big."""
    from scanner import inspector
    from scanner.database import connect

    asked: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="efface-wide-") as folder:
        url = f"sqlite:///{folder}/wide.sqlite"
        build(url, tables // 8)
        engine = connect(url)
        _count(engine, asked)
        inspector.scan(engine, pack=None)
        engine.dispose()
    return f"{asked['reads'] / (tables // 8):.2f}, one of which reads its rows, the others count"


def _count(engine: Engine, asked: Counter[str]) -> None:
    @event.listens_for(engine, "before_cursor_execute")
    def _seen(_c: Any, _k: Any, statement: str, *_more: Any) -> None:
        asked["reads"] += (
            statement.lstrip().upper().startswith("SELECT") and "sqlite_" not in statement
        )


if __name__ == "__main__":
    sys.exit(main())
