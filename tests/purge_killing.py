"""Purge many in a process that is killed (SIGKILL) again and again, until it comes to its end.

    python -m tests.purge_killing URL FOLDER SEED KILLS

``FOLDER`` holds plan.json. The work is started KILLS times in forks of this process, each killed at
a random statement, commit or line of the journal, then once more to its end. Prints how many
batches were done after each kill, and a digest of the whole database at the end.
"""

import os
import random
import sys
from pathlib import Path

from sqlalchemy import event

from scanner.database import connect
from scanner.executor import batches
from scanner.journal import Journal
from scanner.purge.bulk import Bulk
from tests.erasing import PACK
from tests.killing import die, digest, keep_what_is_loaded


def kept(folder: Path) -> Journal:
    """Give the folder's journal, with a key of its own."""
    return Journal(folder / "journal.jsonl", folder / "journal.key")


def purge(url: str, folder: Path, point: int) -> None:
    """Go on with the purge, and die at the point; never where it is 0."""
    engine, count = connect(url), 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1
        if count == point:
            die()

    event.listen(engine, "before_cursor_execute", counted)
    event.listen(engine, "after_cursor_execute", counted)
    event.listen(engine, "commit", counted)
    append = Journal.append

    def appended(self, *more):
        counted()
        written = append(self, *more)
        counted()
        return written

    Journal.append = appended
    plan = Bulk.from_json((folder / "plan.json").read_text())
    journal = kept(folder)
    batches.purge(engine, plan, PACK, journal=journal, commit=True, confirm=str(plan.roots))
    print("statements", count, flush=True)


def forked(url: str, folder: Path, point: int) -> int:
    """Run it in a fork; give how that ended."""
    child = os.fork()
    if not child:
        try:
            purge(url, folder, point)
        except BaseException as error:  # the parent reads the status
            print(type(error).__name__, error, file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Kill, go on, and tell."""
    keep_what_is_loaded()
    url, folder, seed, kills = sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:5])
    most = int(sys.argv[5]) if sys.argv[5:] else 2000
    chance = random.Random(seed)
    for _ in range(kills):
        status = forked(url, folder, chance.randint(1, most))
        done = [e for e in kept(folder).read() if e.event == "batch"]
        print("killed" if status == -9 else f"ended {status}", len(done), flush=True)
        if status == 0:
            break
    else:
        status = forked(url, folder, 0)
        print("ended", status, flush=True)
    print("digest", digest(url), flush=True)


if __name__ == "__main__":
    main()
