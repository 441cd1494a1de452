"""Erase in processes of their own that are killed (SIGKILL) at a statement or around the journal.

    python -m tests.killing URL FOLDER POINT...

``FOLDER`` holds plan.json. A point is the number of a statement or of a commit, in the order in
which they are sent, or ``intent`` or ``done``: right after the one, right before the other is
written. Each point is a fork of this process, which has loaded everything, with a journal of its
own (``POINT.jsonl``). Prints for each what ended the fork (0: it came to its end; -9), a digest of
the database afterwards, and what the journal then says of it: done or undone. Ends with the first
point that changed the database.
"""

import gc
import hashlib
import os
import sys
import time
from pathlib import Path

from sqlalchemy import event

from scanner import rulebook
from scanner.collector import SELDOM
from scanner.database import connect, reading, reflect
from scanner.executor import execute
from scanner.journal import Journal
from scanner.plans import Plan
from tests import mini


def digest(url: str) -> str:
    """Digest all rows of the small CRM."""
    return hashlib.sha256(repr(mini.dump(url)).encode()).hexdigest()


def settled(url: str, before: str) -> str:
    """Digest it once a server has noticed that its client is gone."""
    for _ in range(20):
        found = digest(url)
        if found == before or not url.startswith("postgresql"):
            break
        time.sleep(0.1)
    return found


def settle(url: str, journal: Journal) -> bool:
    """Ask the database whether the erasure was done, as ``efface log --check --db`` does."""
    engine = connect(url)
    with reading(engine) as connection:
        journal.settle(connection, reflect(connection), "2026-01-01T00:00:00+00:00")
    engine.dispose()
    assert journal.open_intents() == ()
    return any(e.event == "done" for e in journal.read())


def keep_what_is_loaded() -> None:
    """Let the garbage collector pass over it in every fork, and come as seldom as in the program."""
    gc.freeze()
    gc.set_threshold(SELDOM)


def die() -> None:
    """End this process as a power cut does."""
    os.kill(os.getpid(), 9)


def erase(url: str, folder: Path, point: str) -> None:
    """Erase, and die at the point."""
    engine = connect(url)
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1
        if str(count) == point:
            die()

    event.listen(engine, "before_cursor_execute", counted)
    event.listen(engine, "commit", counted)
    plan = Plan.from_json((folder / "plan.json").read_text())
    mortal(point)
    journal = Journal(folder / f"{point}.jsonl")
    pack = rulebook.pack("clarify")
    execute(engine, plan, pack, journal=journal, commit=True, confirm=str(plan.subject[1]))


def mortal(point: str) -> None:
    """Make every journal die after the intent or before the end is written."""
    append = Journal.append

    def appended(self, event, *more):
        if event == "done" == point:
            die()
        written = append(self, event, *more)
        if event == "intent" == point:
            die()
        return written

    Journal.append = appended


def main() -> None:
    """Run every point."""
    keep_what_is_loaded()
    url, folder, *points = sys.argv[1:]
    before = digest(url)
    for point in points:
        child = os.fork()
        if not child:
            try:
                erase(url, Path(folder), point)
            except BaseException as error:  # the parent reads the status
                print(type(error).__name__, error, file=sys.stderr)
                os._exit(1)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        found = settled(url, before) if status == -9 and point != "done" else digest(url)
        journal = Journal(Path(folder) / f"{point}.jsonl")
        print(point, status, found, "done" if settle(url, journal) else "undone", flush=True)
        if found != before:
            break


if __name__ == "__main__":
    main()
