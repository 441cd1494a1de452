"""How long purges take, as ratios within one run; and 50 kills of a purge of 500 contacts.

    python -m tests.benchmarks.purge [--db URL] [cases|contacts|kills] ...

``cases``: the cases of the contact with the most (353, about 11,000 rows) are purged in a demo, and
deleted in a copy of it by minimal hand-written DELETE statements. The transactions are compared,
with all that is found, deleted and proved in them; the least processor time of five of each (of the
wall clock on a server, which works in another process). ``contacts``: 1,000 contacts in one run, in
a small database and in one that is more than twice as big. ``kills``: 500 contacts, killed (SIGKILL)
at 50 random points, compared with an undisturbed run by the digest of the whole database. Exit
status 1: a bound is broken.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, make_url, text

from scanner import bulkplanner, demo, rulebook, verifier
from scanner.database import connect, identify, reading, ref, reflect
from scanner.detectors.copies import copies
from scanner.executor import batches
from scanner.graph import Walk
from scanner.journal import Journal
from scanner.model import Audit, ColumnRef, Decision, Finding, Scan, TableFacts
from scanner.purge import directives, directivewriter
from scanner.purge.bulk import Bulk
from scanner.purge.references import Ground
from scanner.rows import Address
from scanner.rulefiles import recognizers
from tests.benchmarks import plain_deletes
from tests.servers import fresh_database

RATIO, A_SECOND, GROWTH = 1.5, 10_000, 1.5
"""What is promised: against hand-written statements, rows a second, and in a bigger database."""

PACK = rulebook.pack("clarify")
TIMES, KILLS = 5, 50

WHOLE: list[float] = []
"""How long whole runs took."""


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["cases", "contacts"])
    parser.add_argument("--db", default="", help="a server's administrator URL; SQLite without it")
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--contacts", type=int, default=1000, help="how many are purged")
    parser.add_argument("--others", type=int, nargs=2, default=(300, 1800), help="that stay")
    options = parser.parse_args()
    parts = {"cases": _cases, "contacts": _contacts, "kills": _kills}
    with tempfile.TemporaryDirectory() as name:
        return max(parts[part](Path(name), options) for part in options.what)


@contextmanager
def _database(options: Any, folder: Path, source: str = "") -> Iterator[str]:
    """Give an empty database, or a copy of the one at ``source``."""
    if options.db:
        named = make_url(source).database or "" if source else ""
        with fresh_database(make_url(options.db), template=named) as url:
            yield url.render_as_string(hide_password=False)
        return
    path = folder / f"{'copy' if source else 'work'}.sqlite"
    path.unlink(missing_ok=True)
    if source:
        shutil.copy(make_url(source).database or "", path)
    yield f"sqlite:///{path}"


def _audit(engine: Engine) -> Audit:
    """Say what the pack says of each column, without a scan."""
    with reading(engine) as connection:
        schema = reflect(connection)
        database = identify(connection, schema)
    findings, decisions = [], {}
    copied = copies(schema, recognizers.load())
    for table in schema.tables.values():
        for column in table.columns:
            where = ColumnRef(table.schema or "", table.name, column.name)
            known = PACK.declared(copied.get(ref(table), ref(table)).name, column.name)
            personal, entity = (known.personal, known.entity) if known else ("none", "")
            findings.append(
                Finding(where, str(column.type), "scanned", personal=personal, entity=entity)
            )
            if known and known.personal != "none":
                dated = entity == "DATE_OF_BIRTH"
                choice = known.choice or ("null" if dated else "redact")
                decisions[where] = Decision(where, choice, by="policy")
    tables = tuple(
        TableFacts(ref(t), 1, copy_of=str(copied.get(ref(t), ""))) for t in schema.tables.values()
    )
    scan = Scan("b", "2026-01-01T00:00:00+00:00", database, "clarify", tables, tuple(findings))
    return Audit(scan, decisions)


def _directives(engine: Engine, folder: Path, *names: str) -> list[str]:
    """Add what the demo's customs need, as ``efface rules --generate`` proposes it."""
    made = []
    with reading(engine) as connection:
        schema = reflect(connection)
        addresses = {ref(t): Address.of(t, (), "") for t in schema.tables.values()}
        copied = copies(schema, recognizers.load())
        walk = Walk(connection, schema, PACK, addresses=addresses, copies=copied)
        ground = Ground(connection, walk, "objid")
        for name in names:
            base = directives.load(name)
            proposed = directivewriter.propose(ground, base)
            path = folder / f"{name}.toml"
            path.write_text(directivewriter.toml(base, proposed, extends=True))
            made.append(str(path))
    return made


READY = (
    "update table_condition set title = 'Closed' where title like 'Open%' and objid in "
    "(select case_state2condition from table_case)",
    "update table_case set case_victim2case = null",
    "update table_purchase_ord set po_date = '2001-01-01 00:00:00'",
    "update table_task set task_sts2gbst_elm = (select min(objid) from table_gbst_elm where title "
    "= 'Approved')",
)
"""Nothing stops: no open case, no victims, no young payment, no request in review."""


def _built(url: str, **more: int) -> int:
    """Build the demo; give the contact with the most cases."""
    truth = demo.create(url, **more)
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in READY:
            connection.execute(text(statement))
        if engine.dialect.name == "postgresql":
            connection.execute(text("analyze"))
    engine.dispose()
    return int(truth.headline["key"])


def _clock(options: Any) -> Callable[[], float]:
    return time.perf_counter if options.db else time.process_time


# -- the cases of one contact --------------------------------------------------------------------


def _cases(folder: Path, options: Any) -> int:
    """Compare a purge of 353 cases with statements written by hand."""
    ours, theirs, rows, same = [], [], 0, set()
    with _database(options, folder) as source:
        key = _built(source)
        for _ in range(options.times):
            for hand in (False, True):
                with _database(options, folder, source) as url:
                    spent, gone, left = _timed(url, folder, key, _clock(options), hand=hand)
                (theirs if hand else ours).append(spent)
                same.add((gone, left))
                rows = gone
    best, hand_written = min(ours), min(theirs)
    ratio, speed = best / hand_written, rows / best
    print(
        f"353 cases, {rows:,} rows: {best:.2f} s, hand-written {hand_written:.2f} s, ratio "
        f"{ratio:.2f} (at most {RATIO}), {speed:,.0f} rows/s (at least {A_SECOND:,}); "
        f"{'the same' if len(same) == 1 else 'NOT THE SAME'} rows go; with the schema read, the "
        f"directive checked and the figures of reports taken {min(WHOLE):.2f} s",
        flush=True,
    )
    return int(ratio > RATIO or speed < A_SECOND or len(same) > 1)


def _timed(
    url: str, folder: Path, key: int, clock: Callable[[], float], *, hand: bool
) -> tuple[float, int, int]:
    """Purge once; give the time, the rows that went and those that are left."""
    engine = connect(url)
    audit = _audit(engine)
    named = _directives(engine, folder, "purge_case")
    plan = _plan(engine, audit, key, named)
    if hand:
        spent, gone = _by_hand(url, key, named, clock)
    else:
        journal = _journal(folder)
        told, begun = _Told("purge", clock), clock()
        receipt = batches.purge(
            engine,
            plan,
            PACK,
            journal=journal,
            commit=True,
            confirm=str(plan.roots),
            progress=told,
        )
        WHOLE.append(clock() - begun)
        spent, gone = told.spent, sum(receipt.deleted.values())
    with reading(engine) as connection:
        left = sum(verifier.count_rows(connection, reflect(connection)).values())
    engine.dispose()
    return spent, gone, left


def _journal(folder: Path) -> Journal:
    """Begin a journal, with a key that is nobody else's."""
    place = Path(tempfile.mkdtemp(dir=folder))
    return Journal(place / "journal.jsonl", place / "journal.key")


def _plan(engine: Engine, audit: Audit, key: int, named: list[str]) -> Bulk:
    with reading(engine) as connection:
        query = text("select objid from table_case where case_reporter2contact = :k order by objid")
        cases = [str(c) for c in connection.scalars(query, {"k": key})]
    return bulkplanner.plan(engine, PACK, audit, directives=named, keys=cases, batch=1000)


def _by_hand(url: str, key: int, named: list[str], clock: Callable[[], float]) -> tuple[float, int]:
    """Delete with one plain statement for each relation, the deepest first."""
    engine = create_engine(url)
    statements = list(plain_deletes.statements(engine, directives.agenda(named), key))
    begun = clock()
    with engine.begin() as connection:
        gone = sum(max(0, connection.execute(s).rowcount) for s in statements)
    spent = clock() - begun
    engine.dispose()
    return spent, gone


# -- many contacts -------------------------------------------------------------------------------


def _contacts(folder: Path, options: Any) -> int:
    """Purge many contacts in a database, and as many in one that is more than twice as big."""
    spent, wholly, count, size = [], [], options.contacts, []
    for others in options.others:
        with _database(options, folder) as url:
            _built(url, cases=3 * (others + count), contacts=others + count)
            engine = connect(url)
            audit, named = (
                _audit(engine),
                _directives(engine, folder, "purge_case", "purge_contact"),
            )
            with reading(engine) as connection:
                query = text("select objid from table_contact order by objid desc limit :n")
                keys = [str(k) for k in connection.scalars(query, {"n": count})]
                size.append(sum(verifier.count_rows(connection, reflect(connection)).values()))
            plan = bulkplanner.plan(engine, PACK, audit, directives=named, keys=keys, batch=200)
            journal = _journal(folder)
            clock = _clock(options)
            told = _Told("search", clock)
            begun = clock()
            receipt = batches.purge(
                engine, plan, PACK, journal=journal, commit=True, confirm=str(count), progress=told
            )
            whole, rows = clock() - begun, sum(receipt.deleted.values())
            searching = told.spent
            spent.append((whole - searching) / rows)
            wholly.append(whole / rows)
            print(
                f"{count:,} contacts beside {others:,}: {rows:,} of {size[-1]:,} rows in "
                f"{whole:.1f} s ({rows / whole:,.0f} rows/s), of which {searching:.1f} s for two "
                f"passes over all text; else {1 / spent[-1]:,.0f} rows/s; left in "
                f"{sum(receipt.residue.values())} rows",
                flush=True,
            )
            engine.dispose()
    growth = spent[-1] / spent[0]
    print(
        f"time a row in a database of {size[-1] / size[0]:.2f} times the size: {growth:.2f} times "
        f"(at most {GROWTH}), with the passes over all text {wholly[-1] / wholly[0]:.2f} times",
        flush=True,
    )
    return int(growth > GROWTH)


class _Told:
    """Adds up the time that one kind of work takes: passes over all text, or the transactions."""

    def __init__(self, what: str, clock: Callable[[], float]) -> None:
        self.what, self.clock = what, clock
        self.spent, self._begun, self._left = 0.0, 0.0, 0

    def begin(self, what: str, total: int) -> None:
        """Start the clock."""
        self._left = total if what == self.what else 0
        self._begun = self.clock()

    def advance(self, steps: int = 1, detail: str = "") -> None:
        """Stop it with the last table or batch."""
        self._left -= steps
        if self._left == 0:
            self.spent += self.clock() - self._begun


# -- kills -----------------------------------------------------------------------------------------


def _kills(folder: Path, options: Any) -> int:
    """Kill a purge of 500 contacts at 50 random points, one after the other, in several runs.

    Half of them where triggers copy what is deleted, and half where nothing else writes.
    """
    return max([_killed(folder / f"{t}", KILLS // 2, trigger=t) for t in (False, True)])


def _killed(folder: Path, wanted: int, *, trigger: bool) -> int:
    from tests import purging
    from tests.killing import digest

    folder.mkdir()
    source = folder / "source.sqlite"
    source.touch()
    url = f"sqlite:///{source}"
    purging.build(url, trigger=trigger)
    keys = purging.crowd(url, 500)
    made = purging.Purging(url, folder)
    plan = made.many(keys, batch=20)
    made.engine.dispose()
    ends, kills, runs, most = set(), 0, 0, 6000
    while kills < wanted:
        place = folder / str(runs)
        place.mkdir()
        shutil.copy(source, place / "test.sqlite")
        shutil.copy(folder / "contact.toml", place)
        (place / "plan.json").write_text(plan.to_json())
        words = [f"sqlite:///{place / 'test.sqlite'}", str(place), str(runs), str(10 * bool(runs))]
        command = [sys.executable, "-m", "tests.purge_killing", *words, str(most)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        told = done.stdout.splitlines()
        ends.add(told[-1])
        if not runs:  # undisturbed: all the points there are
            most = next(int(t.split()[1]) for t in told if t.startswith("statements"))
        kills += sum(line.startswith("killed") for line in told)
        runs += 1
        print(f"run {runs}: {kills} kills so far; {len(ends)} different ends", flush=True)
        shutil.rmtree(place)
    print(
        f"{kills} kills in {runs} runs of 500 contacts, {'with' if trigger else 'without'} "
        f"triggers: {len(ends)} end",
        flush=True,
    )
    return int(len(ends) > 1 or f"digest {digest(url)}" in ends)


if __name__ == "__main__":
    sys.exit(main())
