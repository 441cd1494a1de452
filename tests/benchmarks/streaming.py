"""Plan an erasure in a database of many notes: how much memory it takes, and how fast it reads.

    python -m tests.benchmarks.streaming [--notes N] [--most MEGABYTES] [--folder DIR]

The small CRM of the tests gets 10 million notes unless told otherwise, about 400 bytes each, in an
SQLite file below ``--folder`` that is removed afterwards; one in 100,000 names the subject. Prints
the peak of the memory, CPU seconds and megabytes a second of the plan, and their ratio to merely
reading the same text through the same driver. Exit status 1: more memory than ``--most``, or a note
about the subject that the plan does not list.
"""

import argparse
import resource
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from scanner import planner, rulebook
from scanner.database import connect, reading
from scanner.subjects.searcher import CHUNK
from tests import mini
from tests.benchmarks.matching import _notes

DISTINCT = 20_000
"""So many different notes; the rest are copies of them under other keys."""

RARE = 100_000
"""One note in so many names the subject."""

FIRST = 1 << 20
"""The first key of a note."""


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=10_000_000)
    parser.add_argument("--most", type=int, default=500)
    parser.add_argument("--folder", default=tempfile.gettempdir())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        path = Path(name) / "notes.sqlite"
        url = f"sqlite:///{path}"
        path.touch()
        mini.build(url, trigger=False)
        named, size = _fill(path, options.notes)
        bare = _read(url)
        began = time.process_time()
        plan = planner.plan(connect(url), rulebook.pack("clarify"), mini.audit(url), str(mini.ANN))
        took = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    listed = {(m.table.name, m.key) for m in plan.mentions}
    found = sum(("table_notes_log", (key,)) in listed for key in named)
    print(
        f"{options.notes:,} notes, {size / 1e6:,.0f} MB: {took:.1f} s of CPU, "
        f"{size / 1e6 / took:.1f} MB/s, {took / bare:.2f} times reading; "
        f"{found} of {len(named)} notes about the subject listed; peak memory {peak:.0f} MB"
    )
    return 0 if peak <= options.most and found == len(named) else 1


def _fill(path: Path, notes: int) -> tuple[list[int], int]:
    """Write the notes; give the keys of those that name the subject, and the size of all text."""
    said = _notes([{"first": "", "last": "", "mail": "", "phone": ""}], 0.0)
    with sqlite3.connect(path) as book:
        book.execute("pragma journal_mode = off")
        book.execute("pragma synchronous = off")
        first = min(DISTINCT, notes)
        insert = (
            "insert into table_notes_log (objid, description, case_notes2case) values (?, ?, 4)"
        )
        book.executemany(insert, ((FIRST + n, next(said)) for n in range(first)))
        there = first
        while there < notes:
            more = min(there, notes - there)
            book.execute(
                "insert into table_notes_log (objid, description, case_notes2case) "
                "select objid + ?, description, 4 from table_notes_log "
                "where objid >= ? and objid < ?",
                (there, FIRST, FIRST + more),
            )
            there += more
        keys = range(FIRST, FIRST + notes, max(RARE, 1))
        book.executemany(
            "update table_notes_log set description = description || "
            "' Please write to ann.lee@example.com, thanks.' where objid = ?",
            ((key,) for key in keys),
        )
        (size,) = book.execute("select sum(length(description)) from table_notes_log").fetchone()
    return list(keys), int(size)


def _read(url: str) -> float:
    """Read all notes as the plan does, and do nothing with them."""
    engine, total = connect(url), 0
    began = time.process_time()
    with reading(engine) as connection:
        table = planner.reflect(connection).tables["table_notes_log"]
        query = table.select().with_only_columns(table.c.description, table.c.objid)
        query = query.execution_options(yield_per=CHUNK)
        for rows in connection.execute(query).partitions():
            total += sum(len(row[0]) for row in rows)
    engine.dispose()
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
