"""Runs of requests that are killed at a point, and then run again, in processes of their own.

    python -m tests.killed_runs FOLDER LOGIN NOW POINT...

FOLDER holds crm.sqlite and audit.json; each point gets a copy. A point is what a statement begins
with, an event of the journal (``intent`` once it is written, ``done`` and ``request`` before they
are), or ``commit``. Prints: status of the killed run, status of the next one, digest of the database
after it, point.
"""

import hashlib
import os
import shutil
import sys
import time
from pathlib import Path

from sqlalchemy import event

from scanner import database
from scanner.cli import main as efface
from scanner.errors import Refused
from scanner.journal import Journal
from tests import mini
from tests.killing import die, keep_what_is_loaded

NOWHERE = "nowhere"
"""Where a run does not die."""


def run(folder: Path, login: str, now: str, point: str, url: str = "") -> None:
    """Carry out what is due, and die at the point; ``url`` where it is not the folder's database."""
    connect, append = database.connect, Journal.append

    def executed(_connection, _cursor, statement, *_more):
        if statement.startswith((point, point.replace(" ", " public."))):
            die()

    def mortally(url):
        engine = connect(url)
        event.listen(engine, "before_cursor_execute", executed)
        if point == "commit":
            event.listen(engine, "commit", lambda _: die())
        return engine

    def appended(self, what, *more):
        if what == point != "intent":
            die()
        written = append(self, what, *more)
        if what == point:
            die()
        return written

    database.connect, Journal.append = mortally, appended
    journal, key = str(folder / "journal.jsonl"), str(folder / "journal.key")
    # A key of its own: runs that begin in the same second begin their journals with the same line.
    keyed = [] if url else ["--journal-key", key]
    url = url or f"sqlite:///{folder}/crm.sqlite"
    words = ["requests", "run", str(folder / "audit.json"), "--commit", "--as", login]
    efface([*words, "--now", now, "--db", url, "--journal", journal, *keyed])


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


def on_server(url: str, folder: Path, login: str, now: str, point: str) -> None:
    """Die at the point, and go on once the server has noticed that its client is gone."""
    killed = forked(folder, login, now, point, url)
    for _ in range(50):
        again = forked(folder, login, now, NOWHERE, url)
        if again != Refused.exit_code:
            break
        time.sleep(0.2)
    print(killed, again, point, flush=True)


def main() -> None:
    """Try every point, or one on a server: ``--url URL FOLDER LOGIN NOW POINT``."""
    keep_what_is_loaded()
    if sys.argv[1] == "--url":
        url, server, *more = sys.argv[2:]
        on_server(url, Path(server), *more)
        return
    source, login, now, *points = sys.argv[1:]
    for number, point in enumerate(points):
        folder = Path(source) / f"at-{number}"
        folder.mkdir()
        for name in ("crm.sqlite", "audit.json"):
            shutil.copy(Path(source) / name, folder)
        killed, again = (forked(folder, login, now, p) for p in (point, NOWHERE))
        print(killed, again, digest(f"sqlite:///{folder}/crm.sqlite"), point, flush=True)


def digest(url: str) -> str:
    """Digest all rows but those that a trigger puts the real time into."""
    rows = {t: r for t, r in mini.dump(url).items() if t != "aud_table_contact"}
    return hashlib.sha256(repr(rows).encode()).hexdigest()


if __name__ == "__main__":
    main()
