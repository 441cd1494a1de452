"""The lines of a journal and what chains them: each digest covers its line and the one before.

With a key the digest is an HMAC, so that only who has the key can write a line or change one.
Journals of before there were keys are chained by plain digests and still read.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from scanner.errors import Misconfigured, Negative
from scanner.sealing.keyring import JournalKey

Event = Literal["intent", "done", "undone", "batch", "basis", "hold", "release", "request"]
"""An erasure is about to commit; it has; it has not; a part of it has. What plans are made from;
a subject is not to be erased; it may be again; somebody asked."""

START = "0" * 64
"""What the first entry chains to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal; ``key`` names the key of its digest, if there is one."""

    number: int
    event: Event
    when: str
    plan: str
    content: Mapping[str, Any]
    previous: str
    digest: str
    key: str = ""

    @property
    def named(self) -> dict[str, Any]:
        """Say which line it is, for a certificate."""
        return {"number": self.number, "when": self.when, "digest": self.digest}

    def line(self) -> str:
        """Write it as the journal holds it."""
        raw = {name: getattr(self, name) for name in Entry.__slots__}
        return json.dumps({k: v for k, v in raw.items() if k not in _empty(raw)}, ensure_ascii=False,
                          sort_keys=True)  # fmt: skip


def _empty(raw: Mapping[str, Any]) -> list[str]:
    return [k for k in ("digest", "key") if not raw[k]]


def seal(
    entries: Sequence[Entry],
    event: Event,
    when: str,
    plan: str,
    content: Mapping[str, Any],
    key: JournalKey,
) -> Entry:
    """Make the line that follows ``entries``."""
    previous = entries[-1].digest if entries else START
    draft = Entry(len(entries) + 1, event, when, plan, content, previous, "", key.name)
    return replace(draft, digest=key.seal(draft.line()))


def verify(
    lines: Iterable[str], key: JournalKey | None, *, after: tuple[Entry, ...] = ()
) -> tuple[Entry, ...]:
    """Read lines and check each against its digest and against the line before.

    ``after`` are entries that were read and checked before, and that come first.

    Raises:
        Negative: a line was edited, removed, inserted or moved, or another key made it.
        Misconfigured: it takes a key to tell, and there is none.
    """
    written = [*lines]
    parsed = [parse(line, number) for number, line in enumerate(written, start=len(after) + 1)]
    keyed = [e for e in (*after, *parsed) if e.key]
    if keyed and key is None:
        raise Misconfigured("the journal is sealed with a key that is not there")
    if keyed and key and all(e.key != key.name for e in keyed):
        raise Negative(
            f"the journal was written with another key, {keyed[0].key}, than "
            f"{str(key.path)!r}, which is {key.name}: name the right one with --journal-key"
        )
    last = after[-1] if after else None
    for number, (line, entry) in enumerate(zip(written, parsed, strict=True), len(after) + 1):
        if line != entry.line():  # such as a key given twice, of which only the last one is read
            raise _changed(number)
        _check(entry, number, last.digest if last else START, key)
        if last and last.key and not entry.key:
            raise Negative(
                f"the journal is broken: line {number} was written without the key of the lines "
                "before it"
            )
        last = entry
    return (*after, *parsed)


def parse(line: str, number: int) -> Entry:
    """Read a line without checking it.

    Raises:
        Negative: it is damaged.
    """
    try:
        entry = Entry(**json.loads(line))
    except (ValueError, TypeError):
        raise Negative(f"the journal is broken: line {number} is damaged") from None
    if not isinstance(entry.content, dict) or not isinstance(entry.number, int):
        raise Negative(f"the journal is broken: line {number} is damaged")
    return entry


def _check(entry: Entry, number: int, previous: str, key: JournalKey | None) -> None:
    text = replace(entry, digest="").line()
    if entry.key and key:
        right = entry.key == key.name and entry.digest == key.seal(text)
    else:
        right = entry.digest == hashlib.sha256(text.encode()).hexdigest()
    if not right:
        raise _changed(number)
    if entry.previous != previous or entry.number != number:
        raise Negative(
            f"the journal is broken: line {number} does not follow the one before it: "
            "lines were removed, inserted or moved"
        )


def _changed(number: int) -> Negative:
    return Negative(f"the journal is broken: line {number} was changed after it was written")
