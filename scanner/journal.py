"""What was done, for ever: an append-only file of receipts without personal data, chained by a key.

Before an erasure commits, its intent is written; after, its outcome. A process that dies between
the two leaves an open intent, and the database says which it was: the intent holds a digest of
how one changed row looks afterwards.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData

from scanner.database import identity, ref
from scanner.errors import AlreadyDone, Misconfigured, Negative
from scanner.sealing import anchors, chain, keyring
from scanner.sealing.chain import START, Entry, Event
from scanner.sealing.keyring import JournalKey
from scanner.sealing.probes import looks, probe
from scanner.texts.wording import count

__all__ = ["START", "Entry", "Event", "Journal", "probe"]

LOCK_SECONDS = 60
"""How long a line waits for another process that writes one."""


@dataclass(frozen=True, slots=True)
class _State:
    """A journal as it was read: whether its file is there, and what a crash left undone.

    ``whole`` is the length in bytes of all whole lines, ``torn`` says that more follow, ``open``
    that the last line lacks its end; ``behind`` counts the lines that the anchor does not know.
    """

    entries: tuple[Entry, ...]
    whole: int = 0
    torn: bool = False
    open: bool = False
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal file; it and its key (``key``, else the user's) are made with the first entry."""

    path: Path
    key: Path | None = None
    _proved: dict[str, tuple[bytes, tuple[Entry, ...]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """By key, the bytes that were read and checked before: the same bytes are not checked again."""

    @classmethod
    def of(cls, identity: str, path: Path | None = None, key: Path | None = None) -> "Journal":
        """Choose the journal of a database: ``path``, else a file in the user's data folder."""
        if path is not None and not path.parent.is_dir():
            raise Misconfigured(f"there is no folder {str(path.parent)!r} for the journal")
        if path is None:
            from platformdirs import user_data_path

            path = user_data_path("efface", appauthor=False) / f"{identity}.jsonl"
        return cls(path, key)

    def read(self) -> tuple[Entry, ...]:
        """Read and check all entries; none, where there is no file yet.

        Raises:
            Negative: an entry was edited, removed, inserted or moved, the end or all of the file
                is gone, or another key made it; the message says which.
            Misconfigured: the file, or its key, cannot be read.
        """
        return self._state().entries

    def unlock(self) -> JournalKey:
        """Read the key, or make it where nothing was sealed yet.

        Raises:
            Misconfigured: it is gone, unreadable, or others can read it.
        """
        if not self._key_path.exists() and self._sealed():
            raise Misconfigured(
                f"the key of the journal, {str(self._key_path)!r}, is not there: restore it, or "
                "name it with --journal-key"
            )
        return keyring.obtain(self._key_path)

    def append(self, event: Event, when: str, plan: str, content: Mapping[str, Any]) -> Entry:
        """Write one entry, then its anchor, and wait until both are on the disk.

        Raises:
            Negative: the journal is broken; nothing is appended to a broken one.
            Misconfigured: it cannot be written.
        """
        with self._writing():
            key = self.unlock()
            state = self._state()
            entry = chain.seal(state.entries, event, when, plan, content, key)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(handle, "r+b") as file:
                file.truncate(state.whole)
                file.seek(0, os.SEEK_END)
                file.write(b"\n" * state.open + entry.line().encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            if not state.entries:
                keyring.settle(self.path.parent)
            anchors.write(key, self.path, [*state.entries, entry])
        return entry

    def mend(self, *, accept: int | None = None) -> tuple[str, ...]:
        """Finish what a crash left between a line and its anchor; say what that was.

        ``accept`` is how many lines a journal has that lost its anchor and that people compared
        with a copy: it gets a new one.

        Raises:
            Negative: the journal is broken, which no mending helps.
            Misconfigured: it cannot be written, or does not have so many lines.
        """
        if not self.path.exists() and accept is None:
            self.read()
            return ()
        with self._writing():
            state = self._state(vouched=accept is not None)
            if accept is not None and accept != len(state.entries):
                raise Misconfigured(
                    f"the journal has {count(len(state.entries), 'line')}, not {accept}"
                )
            told = []
            if state.torn:
                os.truncate(self.path, state.whole)
                told.append("a line that a crash cut short was taken off: it was never confirmed")
            if state.behind:
                lines = count(state.behind, "line")
                told.append(f"a crash came before the anchor of {lines}: it is written now")
            if any(e.key for e in state.entries):
                anchors.write(self.unlock(), self.path, state.entries)
        return tuple(told)

    @property
    def _key_path(self) -> Path:
        return self.key or keyring.default_path()

    def _sealed(self) -> bool:
        """Whether any line has a key, without checking it."""
        whole, _ = _cut(self._bytes())
        lines = whole.decode("utf-8", "replace").split("\n")[:-1]
        return any(chain.parse(line, n).key for n, line in enumerate(lines, start=1))

    def _state(self, *, vouched: bool = False) -> _State:
        """Read all and check it; the anchors first: who writes meanwhile writes the line first."""
        if not self._key_path.exists() and self._sealed():
            self.unlock()
        key = keyring.load(self._key_path) if self._key_path.exists() else None
        known = anchors.read(key) if key else ()
        raw = self._bytes()
        whole, rest = _cut(raw)
        entries = self._check(whole, key)
        torn = False
        if rest:
            anchor = anchors.find(known, self.path, entries)
            try:
                entries = chain.verify([rest.decode("utf-8", "replace")], key, after=entries)
            except Negative:
                torn = anchor is None or anchor.count <= len(entries)
                if not torn:
                    self._whole(rest, len(entries) + 1)
                    raise
        anchor = anchors.find(known, self.path, entries)
        anchors.compare(anchor, self.path, entries, key, vouched=vouched)
        behind = len(entries) - anchor.count if anchor and key else 0
        return _State(entries, len(raw) - len(rest) * torn, torn, bool(rest) and not torn, behind)

    def _whole(self, rest: bytes, number: int) -> None:
        """Tell a last line that was cut from one that was changed.

        Raises:
            Negative: it was cut.
        """
        try:
            chain.parse(rest.decode("utf-8", "replace"), number)
        except Negative:
            raise Negative(f"the journal is broken: it was cut off in line {number}") from None

    def _check(self, whole: bytes, key: JournalKey | None) -> tuple[Entry, ...]:
        """Check the lines that were not read and found whole before."""
        name = key.name if key else ""
        before, entries = self._proved.get(name, (b"", ()))
        if not whole.startswith(before):
            before, entries = b"", ()
        try:
            lines = whole[len(before) :].decode("utf-8").split("\n")[:-1]
        except UnicodeDecodeError:
            raise Misconfigured(f"the journal {str(self.path)!r} cannot be read") from None
        entries = chain.verify(lines, key, after=entries)
        self._proved[name] = whole, entries
        return entries

    def _bytes(self) -> bytes:
        if self.path.exists() and not self.path.is_file():
            raise Misconfigured(f"the journal {str(self.path)!r} is not a file")
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError:
            raise Misconfigured(f"the journal {str(self.path)!r} cannot be read") from None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Keep other processes from writing between our reading and our writing.

        Raises:
            Misconfigured: it cannot be written, or another process does not let go of it.
        """
        from filelock import FileLock, Timeout

        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = self.path.with_name(f"{self.path.name}.lock")
            lock.touch(mode=0o600)  # where no file can be made, nobody holds the lock either
            with FileLock(lock, timeout=LOCK_SECONDS, mode=0o600):
                yield
        except Timeout:
            raise Misconfigured(
                f"another program has been writing the journal {str(self.path)!r} for "
                f"{LOCK_SECONDS} seconds: try again when it is done"
            ) from None
        except (OSError, NotImplementedError):
            raise Misconfigured(
                f"the journal {str(self.path)!r} cannot be written: without it nothing is erased"
            ) from None

    def open_intents(self) -> tuple[Entry, ...]:
        """List the erasures whose outcome the journal does not know."""
        waiting: dict[str, Entry] = {}
        for entry in self.read():
            if entry.event == "intent":
                waiting[entry.plan] = entry
            elif entry.event in ("done", "undone", "batch"):
                waiting.pop(entry.plan, None)
        return tuple(waiting.values())

    def receipt(self, plan: str = "") -> Entry:
        """Find the receipt of the plan whose digest begins with ``plan``, the last one without.

        Raises:
            Negative: the journal is broken.
            Misconfigured: it holds no such receipt, or several.
        """
        ended = [e for e in self.read() if e.event == "done" and e.plan.startswith(plan)]
        done = [e for e in ended if "rows" in e.content]
        if ended and not done:
            raise Misconfigured("a purge of many has no certificate: efface log --export tells it")
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
            after = any(looks(connection, tables, p) == p["after"] for p in probes)
            kept = {k: intent.content[k] for k in ("subject", "again") if k in intent.content}
            content = {"settled": "after an interruption", "subject": None, **kept}
            event: Event = "done" if after else "undone"
            if after and "batch" in intent.content:
                event, content = "batch", content | intent.content["outcome"]
            settled.append(self.append(event, when, intent.plan, content))
        return tuple(settled)


def _cut(raw: bytes) -> tuple[bytes, bytes]:
    """Part the whole lines of a file from what a crash left of the last one."""
    end = raw.rfind(b"\n") + 1
    return raw[:end], raw[end:]
