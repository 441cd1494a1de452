"""Measure what an erasure costs beside a script of UPDATEs that sets the same cells.

    python -m tests.benchmarks.erasing [--cases N] [--contacts N] [--db URL ...] [--runs N]

The headline of a demo (353 cases unless told otherwise) is erased in an SQLite file, and in a
PostgreSQL database if one is running. The script is what a DBA would run who had been given all
keys and new values: an UPDATE by key for each set of columns, its rows in one batch, in one
transaction, through the same driver. Both are rolled back, so that each run finds the same. CPU
seconds of this process, the least of the runs, and their ratio; what the phases of the erasure
cost; and the CPU and clock seconds of the whole command in a process of its own.
"""

import argparse
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.servers import NoServerError, fresh_database, server

PHASES = {
    "survey": ("scanner.surveyor", "survey"),
    "plan again": ("scanner.guards.safeguards", "planned_again"),
    "writing": ("scanner.executor.erasure", "rewrite"),
    "further rounds": ("scanner.guards.further", "draft"),
    "residue": ("scanner.guards.safeguards", "residue"),
    "figures": ("scanner.guards.safeguards", "unchanged"),
}
"""What is timed, by where it is called from; a phase within another counts there only."""


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1500)
    parser.add_argument("--contacts", type=int, default=600)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        _measure(f"sqlite:///{Path(name) / 'demo.sqlite'}", Path(name), options)
    with contextlib.ExitStack() as rest:
        try:
            url = rest.enter_context(fresh_database(rest.enter_context(server("postgresql"))))
        except NoServerError as error:
            print(f"postgresql: {error}")
            return 0
        folder = Path(rest.enter_context(tempfile.TemporaryDirectory()))
        _measure(url.render_as_string(hide_password=False), folder, options)
    return 0


def _measure(url: str, folder: Path, options: argparse.Namespace) -> None:
    from scanner import audit, demo, inspector, planner, rulebook
    from scanner.database import connect

    truth = demo.create(url, cases=options.cases, contacts=options.contacts, seed=1)
    key = str(truth.headline["key"])
    engine, pack = connect(url), rulebook.pack("clarify")
    decided = audit.decide_suggested(inspector.scan(engine, pack=pack), pack=pack)
    plan = planner.plan(engine, pack, decided, key)
    (folder / "plan.json").write_text(plan.to_json())
    print(f"{engine.dialect.name}: {plan.rows} rows", flush=True)
    updates = _updates(engine, plan, pack)
    cells = sum(len(rows) * (len(rows[0]) - keys) for _, keys, rows in updates)
    script = min(_timed(lambda: _run(engine, updates)) for _ in range(options.runs))
    print(f"  the script: {len(updates)} statements, {cells} cells, {script:.2f} s", flush=True)
    spent = min((_phases(engine, plan, pack, folder) for _ in range(options.runs)), key=_total)
    for phase, took in spent.items():
        print(f"  {phase:15} {took:6.2f} s, {took / script:5.2f} times the script")
    apart = _total(spent) - spent["survey"] - spent["residue"]
    print(f"  all but survey and residue: {apart / script:.2f} times the script")
    engine.dispose()
    took = [_command(url, folder, key) for _ in range(options.runs)]
    cpu, wall = (min(some) for some in zip(*took, strict=True))
    print(f"  the whole command: {cpu:.2f} s of CPU, {wall:.2f} s by the clock", flush=True)


def _timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _total(spent: Counter[str]) -> float:
    return sum(spent.values())


# -- the script ---------------------------------------------------------------------------------


def _updates(engine: Any, plan: Any, pack: Any) -> list[tuple[str, int, list[tuple[Any, ...]]]]:
    """Derive the statements from the plan: SQL, how many values are a key, a tuple a row."""
    from scanner import planner
    from scanner.changes import changed
    from scanner.database import reading, reflect
    from scanner.graph import table_of
    from scanner.guards import safeguards

    groups: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    with reading(engine) as connection:
        schema = reflect(connection)
        draft = planner.draft(connection, schema, safeguards.request_of(plan, pack))
        quote = engine.dialect.identifier_preparer
        sign = "?" if engine.dialect.name == "sqlite" else "%s"
        for edit in changed(draft, pack):
            key, names = draft.addresses[edit.table].columns, sorted(edit.new)
            table = quote.format_table(table_of(schema, edit.table))
            sets = ", ".join(f"{quote.quote(c)} = {sign}" for c in names)
            # Rows of tables without a key are found by all that they hold, NULL or not.
            same = "IS" if engine.dialect.name == "sqlite" else "IS NOT DISTINCT FROM"
            equal = "=" if draft.addresses[edit.table].unique else same
            where = " AND ".join(f"{quote.quote(c)} {equal} {sign}" for c in key)
            row = (*(edit.new[c] for c in names), *(edit.place[c] for c in key))
            groups.setdefault((f"UPDATE {table} SET {sets} WHERE {where}", len(key)), []).append(
                tuple(str(v) if hasattr(v, "isoformat") else v for v in row)
            )
    return [(sql, keys, rows) for (sql, keys), rows in groups.items()]


def _run(engine: Any, updates: list[tuple[str, int, list[tuple[Any, ...]]]]) -> None:
    """Run the script and take it back."""
    with engine.connect() as plain:
        connection = plain.execution_options(efface_writes=10)
        with connection.begin() as work:
            cursor = connection.connection.cursor()
            for sql, _, rows in updates:
                cursor.executemany(sql, rows)
            cursor.close()
            work.rollback()


# -- the erasure --------------------------------------------------------------------------------


def _phases(engine: Any, plan: Any, pack: Any, folder: Path) -> Counter[str]:
    """Rehearse, which does all but the commit, and time its phases."""
    from scanner.executor import execute
    from scanner.journal import Journal

    spent: Counter[str] = Counter(dict.fromkeys(PHASES, 0.0))
    with contextlib.ExitStack() as clocks:
        running: list[str] = []
        for phase, (module, name) in PHASES.items():
            clocks.enter_context(_clock(phase, sys.modules[module], name, spent, running))
        whole = _timed(lambda: execute(engine, plan, pack, journal=Journal(folder / "j.jsonl")))
    spent["all else"] = whole - _total(spent)
    return spent


@contextlib.contextmanager
def _clock(
    phase: str, module: Any, name: str, spent: Counter[str], running: list[str]
) -> Iterator[None]:
    real = getattr(module, name)

    def timed(*words: Any, **named: Any) -> Any:
        if running:
            return real(*words, **named)
        running.append(phase)
        begun = time.process_time()
        try:
            return real(*words, **named)
        finally:
            spent[phase] += time.process_time() - begun
            running.pop()

    setattr(module, name, timed)
    try:
        yield
    finally:
        setattr(module, name, real)


def _command(url: str, folder: Path, key: str) -> tuple[float, float]:
    """Run ``efface erase`` as a rehearsal, which does all but the commit: CPU and clock seconds.

    What a server does counts only by the clock.
    """
    command = [sys.executable, "-m", "scanner", "erase", "--db", url, str(folder / "plan.json")]
    command += ["--journal", str(folder / "journal.jsonl"), "--json"]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "NO_COLOR": "1"})
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


if __name__ == "__main__":
    sys.exit(main())
