"""Measure what an erasure costs beside three scripts of UPDATEs that set the same cells.

    python -m tests.benchmarks.erasing [--cases N] [--contacts N] [--runs N]

The headline of a demo (353 cases unless told otherwise) is erased in an SQLite file, and in a
PostgreSQL database if one is running. ``written`` is what a DBA would write who had been given all keys
and new values, and run by the database's client; ``bare`` the least that the same costs through a
driver; ``careful`` proves by hand, as far as a script can, that nothing else changed: what that costs,
guards must cost (``by_hand.py``). Scripts and erasures take turns, and all are rolled
back, so that each finds the same. Then the whole command in a process of its own, a rehearsal and a
commit, each on a copy, with compiled modules as an installation has them. Seconds of CPU and by the
clock, the least of the runs; what a server does counts only by the clock.
"""

import argparse
import contextlib
import gc
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks.by_hand import Script, Update, run
from tests.servers import NoServerError, fresh_database, server

PHASES = {
    "survey": ("scanner.surveyor", "survey"),
    "forecast": ("scanner.forecaster", "forecast"),
    "plan again": ("scanner.guards.safeguards", "planned_again"),
    "writing": ("scanner.executor.erasure", "rewrite"),
    "further rounds": ("scanner.guards.further", "draft"),
    "residue": ("scanner.guards.safeguards", "residue"),
    "figures": ("scanner.guards.safeguards", "unchanged"),
}
"""What is timed, by where it is called from; a phase within another counts there only."""

OUTSIDE = ("survey", "forecast")
"""The phases before the write transaction."""

Spent = tuple[float, float]
"""Seconds of CPU of this process, and by the clock."""


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1500)
    parser.add_argument("--contacts", type=int, default=600)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "demo.sqlite"
        _measure(f"sqlite:///{file}", Path(name), options, lambda: _copied(file))
    with contextlib.ExitStack() as rest:
        try:
            admin = rest.enter_context(server("postgresql"))
        except NoServerError as error:
            print(f"postgresql: {error}")
            return 0
        url = rest.enter_context(fresh_database(admin))
        folder = Path(rest.enter_context(tempfile.TemporaryDirectory()))
        _measure(_shown(url), folder, options, lambda: _doubled(admin, url))
    return 0


@contextlib.contextmanager
def _copied(file: Path) -> Iterator[str]:
    copy = file.with_name("copy.sqlite")
    shutil.copy(file, copy)
    yield f"sqlite:///{copy}"


@contextlib.contextmanager
def _doubled(admin: Any, url: Any) -> Iterator[str]:
    with fresh_database(admin, template=url.database) as copy:
        yield _shown(copy)


def _shown(url: Any) -> str:
    shown: str = url.render_as_string(hide_password=False)
    return shown


def _measure(url: str, folder: Path, options: argparse.Namespace, copied: Any) -> None:
    from scanner import audit, demo, inspector, planner, rulebook
    from scanner.database import connect

    truth = demo.create(url, cases=options.cases, contacts=options.contacts, seed=1)
    key = str(truth.headline["key"])
    engine, pack = connect(url), rulebook.pack("clarify")
    decided = audit.decide_suggested(inspector.scan(engine, pack=pack), pack=pack)
    plan = planner.plan(engine, pack, decided, key)
    (folder / "plan.json").write_text(plan.to_json())
    script = _script(engine, plan, pack)
    told = f"{len(script.updates)} statements set {script.cells} cells of {plan.rows} rows"
    print(f"{engine.dialect.name}: {told}\n{'':30}CPU s  clock s   of bare of written of careful")
    bare, written, careful, runs = [], [], [], []
    client = script.written(folder / "script.sql")
    gc.collect()
    gc.freeze()  # what planning left behind is nobody's cost
    for _ in range(options.runs):
        bare.append(_timed(script.bare))
        if client:
            written.append(_timed(partial(run, client, folder / "script.sql")))
        careful.append(_timed(script.careful))
        runs.append(_phases(engine, plan, pack, folder))
    marks = _least(bare), _least(written or bare), _least(careful)
    _tell("bare script", marks[0], marks)
    if client:
        _tell("written script, its client", marks[1], marks)
    _tell("careful script", marks[2], marks)
    inside = [_sum(r, lambda p: p not in (*OUTSIDE, "residue")) for r in runs]
    _tell("erasure, locks held", _least([_sum(r, lambda p: p not in OUTSIDE) for r in runs]), marks)
    _tell("  without residue search", _least(inside), marks)
    _tell("erasure, all of it", _least([_sum(r, lambda _: True) for r in runs]), marks)
    for phase in runs[0]:
        _tell(f"    {phase}", _least([r[phase] for r in runs]))
    engine.dispose()
    command = partial(_command_on, copied, folder, key)
    command(commit=False)  # compiles the modules, as an installation has them
    for told, commit in (("rehearsed", False), ("committed", True)):
        spent = [command(commit=commit) for _ in range(options.runs)]
        _tell(f"command, {told}", _least(spent))


def _tell(what: str, spent: Spent, marks: tuple[Spent, ...] | None = None) -> None:
    ratios = [f"{spent[1] / mark[1]:9.1f}x" for mark in marks or ()]
    print(f"  {what:27}{spent[0]:6.2f}  {spent[1]:7.2f} {''.join(ratios)}", flush=True)


def _least(some: list[Spent]) -> Spent:
    return min(s for s, _ in some), min(s for _, s in some)


def _sum(spent: dict[str, Spent], chosen: Callable[[str], bool]) -> Spent:
    some = [s for phase, s in spent.items() if chosen(phase)]
    return sum(s for s, _ in some), sum(s for _, s in some)


def _timed(work: Callable[[], object]) -> Spent:
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - clock


# -- the scripts --------------------------------------------------------------------------------


def _script(engine: Any, plan: Any, pack: Any) -> Script:
    """Derive the statements from the plan."""
    from scanner import planner, verifier
    from scanner.changes import changed
    from scanner.database import reading, reflect
    from scanner.graph import table_of
    from scanner.guards import safeguards

    quote, groups = engine.dialect.identifier_preparer, dict[tuple[Any, ...], Update]()
    with reading(engine) as connection:
        schema = reflect(connection)
        draft = planner.draft(connection, schema, safeguards.request_of(plan, pack))
        for edit in changed(draft, pack):
            table, address = table_of(schema, edit.table), draft.addresses[edit.table]
            sets = tuple(sorted(edit.new))
            update = groups.setdefault(
                (edit.table, sets),
                Update(
                    quote.format_table(table),
                    tuple(map(quote.quote, sets)),
                    tuple(map(quote.quote, address.columns)),
                    address.unique,
                ),
            )
            new = tuple(_sent(engine, table.c[c], edit.new[c]) for c in sets)
            key = tuple(_sent(engine, table.c[c], edit.place[c]) for c in address.columns)
            update.rows.append((new, key))
        tables = [quote.format_table(t) for t in schema.tables.values()]
        figures = [
            str(query.compile(engine, compile_kwargs={"literal_binds": True}))
            for _, query in verifier.counting(schema, pack)
        ]
    return Script(engine, [*groups.values()], tables, figures)


def _sent(engine: Any, column: Any, value: Any) -> Any:
    """Write a value as the driver takes and gives it."""
    written = column.type.dialect_impl(engine.dialect).bind_processor(engine.dialect)
    return written(value) if written else value


# -- the erasure --------------------------------------------------------------------------------


def _phases(engine: Any, plan: Any, pack: Any, folder: Path) -> dict[str, Spent]:
    """Rehearse, which does all but the commit, and time its phases."""
    from scanner.executor import execute
    from scanner.journal import Journal

    cpu: Counter[str] = Counter(dict.fromkeys(PHASES, 0.0))
    clock: Counter[str] = Counter(dict.fromkeys(PHASES, 0.0))
    with contextlib.ExitStack() as clocks:
        running: list[str] = []
        for phase, (module, name) in PHASES.items():
            clocks.enter_context(_clock(phase, sys.modules[module], name, (cpu, clock), running))
        whole = _timed(lambda: execute(engine, plan, pack, journal=Journal(folder / "j.jsonl")))
    cpu["all else"], clock["all else"] = whole[0] - cpu.total(), whole[1] - clock.total()
    return {phase: (cpu[phase], clock[phase]) for phase in cpu}


@contextlib.contextmanager
def _clock(
    phase: str, module: Any, name: str, spent: tuple[Counter[str], Counter[str]], running: list[str]
) -> Iterator[None]:
    real = getattr(module, name)

    def timed(*words: Any, **named: Any) -> Any:
        if running:
            return real(*words, **named)
        running.append(phase)
        told: list[Any] = []
        try:
            took = _timed(lambda: told.append(real(*words, **named)))
            for one, more in zip(spent, took, strict=True):
                one[phase] += more
            return told[0]
        finally:
            running.pop()

    setattr(module, name, timed)
    try:
        yield
    finally:
        setattr(module, name, real)


def _command_on(copied: Any, folder: Path, key: str, *, commit: bool) -> Spent:
    """Run ``efface erase`` on a copy: scripts that were undone leave a server many dead rows."""
    with copied() as url:
        return _command(url, folder, key, commit=commit)


def _command(url: str, folder: Path, key: str, *, commit: bool) -> Spent:
    """Run ``efface erase`` in a process of its own."""
    command = [sys.executable, "-m", "scanner", "erase", "--db", url, str(folder / "plan.json")]
    with tempfile.TemporaryDirectory() as journal:
        command += ["--journal", f"{journal}/journal.jsonl", "--json"]
        command += ["--commit", "--confirm", key] if commit else []
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env |= {"NO_COLOR": "1", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(command, check=True, capture_output=True, env=env)
        wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


if __name__ == "__main__":
    sys.exit(main())
