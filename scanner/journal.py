"""What was done, for ever: an append-only, hash-chained file of receipts without personal data.

Before an erasure commits, its intent is written; after, its outcome. A process that dies between
the two leaves an open intent, and the database says which it was: the intent holds a digest of
how one changed row looks afterwards.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from sqlalchemy import Connection, MetaData, Table, select

from scanner.database import identity, ref
from scanner.errors import AlreadyDone, Misconfigured, Negative
from scanner.model import TableRef
from scanner.rows import plain

Event = Literal["intent", "done", "undone", "batch"]
"""An erasure is about to commit; it has; it has not; a batch of a purge has."""

START = "0" * 64
"""What the first entry chains to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    number: int
    event: Event
    when: str
    plan: str
    content: Mapping[str, Any]
    previous: str
    digest: str

    @property
    def named(self) -> dict[str, Any]:
        """Say which line it is, for a certificate."""
        return {"number": self.number, "when": self.when, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal file; it is made when the first entry is written."""

    path: Path

    @classmethod
    def of(cls, identity: str, path: Path | None = None) -> "Journal":
        """Choose the journal of a database: ``path``, else a file in the user's data folder."""
        if path is not None and not path.parent.is_dir():
            raise Misconfigured(f"there is no folder {str(path.parent)!r} for the journal")
        if path is None:
            from platformdirs import user_data_path

            path = user_data_path("efface", appauthor=False) / f"{identity}.jsonl"
        return cls(path)

    def read(self) -> tuple[Entry, ...]:
        """Read and check all entries; none, where there is no file yet.

        Raises:
            Negative: an entry was edited, removed, inserted or moved; the message says which.
            Misconfigured: the file cannot be read.
        """
        if self.path.exists() and not self.path.is_file():
            raise Misconfigured(f"the journal {str(self.path)!r} is not a file")
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError):
            raise Misconfigured(f"the journal {str(self.path)!r} cannot be read") from None
        entries: list[Entry] = []
        for number, line in enumerate(lines, start=1):
            previous = entries[-1].digest if entries else START
            entries.append(_parse(line, number, previous))
        return tuple(entries)

    def append(self, event: Event, when: str, plan: str, content: Mapping[str, Any]) -> Entry:
        """Write one entry and wait until it is on the disk.

        Raises:
            Negative: the journal is broken; nothing is appended to a broken one.
            Misconfigured: it cannot be written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "a+", encoding="utf-8") as file, _locked(file):
                entries = self.read()
                previous = entries[-1].digest if entries else START
                entry = _seal(len(entries) + 1, event, when, plan, content, previous)
                file.write(_line(entry) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            raise Misconfigured(
                f"the journal {str(self.path)!r} cannot be written: without it nothing is erased"
            ) from None
        return entry

    def open_intents(self) -> tuple[Entry, ...]:
        """List the erasures whose outcome the journal does not know."""
        waiting: dict[str, Entry] = {}
        for entry in self.read():
            if entry.event == "intent":
                waiting[entry.plan] = entry
            else:
                waiting.pop(entry.plan, None)
        return tuple(waiting.values())

    def receipt(self, plan: str = "") -> Entry:
        """Find the receipt of the plan whose digest begins with ``plan``, the last one without.

        Raises:
            Negative: the journal is broken.
            Misconfigured: it holds no such receipt, or several.
        """
        done = [
            e
            for e in self.read()
            if e.event == "done" and "rows" in e.content and e.plan.startswith(plan)
        ]
        if not done:
            raise Misconfigured(f"the journal {str(self.path)!r} has no receipt of such a plan")
        if plan and len({e.plan for e in done}) > 1:
            raise Misconfigured(f"{len(done)} plans begin with {plan!r}: give more of the digest")
        return done[-1]

    def refuse_again(self, plan: str) -> None:
        """Refuse a plan that has been carried out.

        Raises:
            AlreadyDone: with the time at which it was.
        """
        for entry in self.read():
            if entry.event == "done" and entry.plan == plan:
                raise AlreadyDone(f"this plan was carried out at {entry.when}: plan again")

    def settle(self, connection: Connection, schema: MetaData, when: str) -> tuple[Entry, ...]:
        """Ask the database how interrupted erasures ended, and write it down.

        Erasures of other databases, and those that left nothing to recognise, stay open.
        """
        tables = {ref(t): t for t in schema.tables.values()}
        settled = []
        here = identity(connection.engine.url)
        for intent in self.open_intents():
            probes = intent.content.get("probes") or ()
            if not probes or intent.content.get("place") != here:
                continue
            after = any(_looks(connection, tables, p) == p["after"] for p in probes)
            batched = "batch" in intent.content
            event: Event = ("batch" if batched else "done") if after else "undone"
            content = {"settled": "after an interruption", "subject": intent.content.get("subject")}
            if batched:
                content |= intent.content["outcome"]
            settled.append(self.append(event, when, intent.plan, content))
        return tuple(settled)


def probe(
    connection: Connection, table: Table, place: Mapping[str, Any], columns: Sequence[str]
) -> dict[str, Any]:
    """Describe how one changed row looks after an erasure, to recognise it by.

    The row is named by a key that holds no personal data; ``columns`` are those that were
    written, so that they hold placeholders by now.
    """
    where = ref(table)
    probe = {
        "schema": where.schema,
        "table": where.name,
        "key": {c: plain(v) for c, v in place.items()},
    }
    probe["columns"] = list(columns)
    return {**probe, "after": _looks(connection, {where: table}, probe)}


def _looks(
    connection: Connection, tables: Mapping[TableRef, Table], probe: Mapping[str, Any]
) -> str:
    """Digest the row that a probe names; an empty text where it is not there."""
    table = tables.get(TableRef(probe.get("schema", ""), probe.get("table", "")))
    if table is None:
        return ""
    columns = [table.c[c] for c in probe["columns"] if c in table.c]
    query = select(*columns).where(*(table.c[c] == v for c, v in probe["key"].items()))
    row = connection.execute(query).first()
    if row is None:
        return ""
    return hashlib.sha256("\x1f".join(str(v) for v in row).encode()).hexdigest()


def _parse(line: str, number: int, previous: str) -> Entry:
    try:
        raw = json.loads(line)
        claimed = raw.pop("digest")
        entry = Entry(**raw, digest=claimed)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Negative(f"the journal is broken: line {number} is damaged") from None
    sealed = _seal(entry.number, entry.event, entry.when, entry.plan, entry.content, entry.previous)
    if sealed.digest != claimed:
        raise Negative(f"the journal is broken: line {number} was changed after it was written")
    if entry.previous != previous or entry.number != number:
        raise Negative(
            f"the journal is broken: line {number} does not follow the one before it: "
            "lines were removed, inserted or moved"
        )
    return entry


def _seal(
    number: int, event: Event, when: str, plan: str, content: Mapping[str, Any], previous: str
) -> Entry:
    body = _line(Entry(number, event, when, plan, content, previous, ""))
    return Entry(
        number, event, when, plan, content, previous, hashlib.sha256(body.encode()).hexdigest()
    )


def _line(entry: Entry) -> str:
    raw = {name: getattr(entry, name) for name in Entry.__slots__}
    if not raw["digest"]:
        del raw["digest"]
    return json.dumps(raw, ensure_ascii=False, sort_keys=True)


@contextmanager
def _locked(file: IO[str]) -> Iterator[None]:
    """Keep other processes from writing between our reading and our writing."""
    try:
        import fcntl
    except ImportError:  # Windows: a lock file of its own would be left behind by a crash
        yield
        return
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)
