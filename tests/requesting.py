"""What the tests of requests share: a CRM, the audit of it, and somebody at the command line."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import crm
from tests.crm import LATER, Crm, numbers

AGENT = 0
"""Which of the logins Efface writes as."""

DAY_29, DAY_30 = "2025-04-30T10:00:00", "2025-05-01T09:00:00"


class Office:
    """A CRM, the audit of it, and somebody at the command line who keeps all that is printed."""

    def __init__(self, efface, made: Crm, folder) -> None:
        self.efface, self.crm, self.folder = efface, made, folder
        self.audit, self.journal = folder / "audit.json", folder / "journal.jsonl"
        self.printed: list[str] = []
        self.login = made.logins()[AGENT]

    def run(self, *words, status=0):
        done = self.efface("-v", *words, env={"EFFACE_DB": self.crm.url})
        self.printed += [done.stdout, done.stderr]
        assert done.exit_code == status, done.stdout + done.stderr
        return done

    def prepare(self, once):
        """Decide as is suggested; equal CRMs of a kind need one scan, each has its own name."""
        kind, name = self.crm.engine.dialect.name, self.crm.engine.url.database
        made = once(f"audit-{kind}", self.decided)
        before, text = (made / "name").read_text(), (made / "audit.json").read_text()
        self.audit.write_text(text.replace(before, name))
        return self

    def decided(self, folder):
        """Scan, and decide as is suggested."""
        scan = folder / "scan.json"
        self.run("scan", "--sample", 30, "--jobs", 1, "-o", scan)
        self.run("audit", scan, "--decide", "suggested", "-o", folder / "audit.json")
        (folder / "name").write_text(self.crm.engine.url.database)

    def open(self, subject, *more, status=0, now=LATER) -> str:
        words = ("--subject", subject, "--as", self.login, "--now", now, "--journal", self.journal)
        done = self.run("requests", "open", *words, *more, status=status)
        return (numbers(done.stderr) or [""])[0]

    def opened(self, subject, *, by=1, when=LATER) -> str:
        """Open a request and let agents accept and approve it."""
        number = self.open(subject, "--commit", now=when)
        self.crm.approved(number, when, by=by)
        return number

    def list(self, *more, now=DAY_30):
        words = ("--now", now, "--journal", self.journal, "--json")
        done = self.run("requests", "list", *words, *more)
        return {r["request"]: r for r in json.loads(done.stdout)["requests"]}

    def work(self, *more, status=0, now=DAY_30):
        words = ("--as", self.login, "--now", now, "--journal", self.journal)
        return self.run("requests", "run", self.audit, *words, *more, status=status)

    def entries(self):
        if not self.journal.exists():
            return []
        return [json.loads(line) for line in self.journal.read_text().splitlines()]

    def events(self):
        """What the journal says of erasures; that requests wait is another matter."""
        return [e["event"] for e in self.entries() if "state" not in e["content"]]


@contextmanager
def embedded(efface, once, folder) -> Iterator[Office]:
    """Copy a CRM in SQLite and its audit, which are made once."""

    def fill(folder: Path) -> None:
        made = crm.build(f"sqlite:///{folder}/crm.sqlite")
        made.close()
        Office(efface, made, folder).decided(folder)

    prepared = once("office", fill)
    for name in ("crm.sqlite", "audit.json"):
        shutil.copy(prepared / name, folder)
    made = Crm(f"sqlite:///{folder}/crm.sqlite")
    yield Office(efface, made, folder)
    made.close()
