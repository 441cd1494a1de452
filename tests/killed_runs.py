"""Runs of requests that are killed at a point, and then run again, in processes of their own.

    python -m tests.killed_runs FOLDER LOGIN NOW POINT...

FOLDER holds crm.sqlite and audit.json; each point gets a copy. A point is the number of a statement
that writes, the name of a journal's event that is never written (``done``, ``request``) or has just
been (``intent``), or ``commit``. Prints: point, status of the killed run, status of the next one,
digest of the database after it.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from sqlalchemy import event

from scanner import database
from scanner.cli import main as efface
from tests import mini
from tests.killing import die, mortal


def run(folder: Path, login: str, now: str, point: str) -> None:
    """Carry out what is due, and die at the point."""
    connect, count = database.connect, 0

    def counted(_connection, _cursor, statement, *_more):
        nonlocal count
        count += statement.lstrip().upper().startswith(("INSERT", "UPDATE"))
        if str(count) == point:
            die()

    def mortally(url):
        engine = connect(url)
        event.listen(engine, "before_cursor_execute", counted)
        if point == "commit":
            event.listen(engine, "commit", lambda _: die())
        return engine

    database.connect = mortally
    mortal(point)
    url, journal = f"sqlite:///{folder}/crm.sqlite", str(folder / "journal.jsonl")
    words = ["requests", "run", str(folder / "audit.json"), "--commit", "--as", login]
    efface([*words, "--now", now, "--db", url, "--journal", journal])


def forked(*words) -> int:
    """Give the exit status of a run in a process of its own."""
    child = os.fork()
    if not child:
        sys.stdout = sys.stderr
        try:
            run(*words)
        except SystemExit as end:
            os._exit(int(end.code or 0))
        os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Try every point."""
    source, login, now, *points = sys.argv[1:]
    for point in points:
        folder = Path(source) / f"at-{point}"
        folder.mkdir()
        for name in ("crm.sqlite", "audit.json"):
            shutil.copy(Path(source) / name, folder)
        killed, again = (forked(folder, login, now, p) for p in (point, "nowhere"))
        found = repr(mini.dump(f"sqlite:///{folder}/crm.sqlite")).encode()
        print(point, killed, again, hashlib.sha256(found).hexdigest(), flush=True)


if __name__ == "__main__":
    main()
