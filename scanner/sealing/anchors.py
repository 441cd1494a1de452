"""How far a journal had got, kept beside its key: so that lines cut off at its end are missed.

An anchor is written after each line. A journal that is longer than its anchor was interrupted
between the two (or the anchor is an older copy): only who has the key can have written those lines.
A journal that is shorter was cut.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from scanner.errors import Misconfigured, Negative
from scanner.sealing.chain import Entry
from scanner.sealing.keyring import JournalKey, settle
from scanner.texts.wording import count

NAME_LENGTH = 32
"""So much of the first sealed line's digest names a journal."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What is known of a journal: which one, where it was, how many lines, and the last of them."""

    journal: str
    path: str
    count: int
    digest: str
    seal: str = ""

    def sealed(self, key: JournalKey) -> "Anchor":
        """Seal it, so that it cannot be changed without the key either."""
        bare = replace(self, seal="")
        return replace(bare, seal=key.seal(json.dumps(asdict(bare), sort_keys=True)))


def folder(key: JournalKey) -> Path:
    """Say where the anchors of a key's journals are."""
    return key.path.with_name(key.path.name + ".anchors")


def read(key: JournalKey) -> tuple[Anchor, ...]:
    """Read the anchors of all journals of a key.

    Raises:
        Negative: one was changed. Misconfigured: one cannot be read.
    """
    try:
        found = sorted(folder(key).glob("*.json"))
        texts = [(path, path.read_text(encoding="utf-8")) for path in found]
    except (OSError, UnicodeDecodeError):
        raise Misconfigured(
            f"the anchors of the journal in {str(folder(key))!r} cannot be read"
        ) from None
    return tuple(_parse(path, text, key) for path, text in texts)


def _parse(path: Path, text: str, key: JournalKey) -> Anchor:
    try:
        raw: dict[str, Any] = json.loads(text)
        anchor = Anchor(**raw)
    except (ValueError, TypeError):
        raise Negative(f"the anchor {str(path)!r} of a journal is damaged") from None
    if anchor != anchor.sealed(key):
        raise Negative(
            f"the anchor {str(path)!r} was changed after it was written, or has another key"
        )
    return anchor


def write(key: JournalKey, path: Path, entries: Sequence[Entry]) -> None:
    """Note how far the journal at ``path`` has got; whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    name = journal_of(entries)
    anchor = Anchor(name, str(path.resolve()), len(entries), entries[-1].digest).sealed(key)
    folder(key).mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".anchor-", dir=folder(key))  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(asdict(anchor), sort_keys=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(folder(key) / f"{name}.json")
        settle(folder(key))
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def journal_of(entries: Sequence[Entry]) -> str:
    """Name a journal by its first sealed line, wherever its file is; nothing where none is sealed."""
    return next((e.digest[:NAME_LENGTH] for e in entries if e.key), "")


def find(known: Sequence[Anchor], path: Path, entries: Sequence[Entry]) -> Anchor | None:
    """Choose the anchor that speaks of the file at ``path``.

    It is the journal's own, unless another journal is known to stand there and this one elsewhere.
    """
    name, place = journal_of(entries), str(path.resolve())
    here = next((a for a in known if a.path == place), None)
    own = next((a for a in known if a.journal == name), None)
    return here if own is None or (here and own.path != place) else own


def compare(
    anchor: Anchor | None,
    path: Path,
    entries: Sequence[Entry],
    key: JournalKey | None,
    *,
    vouched: bool = False,
) -> None:
    """Hold a journal, whose chain is whole, against its anchor.

    ``vouched`` says that people vouch for its end, where there is no anchor that could.

    Raises:
        Negative: its file is gone, lines are missing at its end, or it is another journal.
    """
    name = journal_of(entries)
    if anchor is None:
        if name and not vouched:
            raise Negative(
                "the journal has no anchor beside its key, so that it cannot be told whether lines "
                "are missing at its end: put the anchor back from a copy, or compare the journal "
                f"with a copy and say efface log --accept {len(entries)}"
            )
        return
    if anchor.journal != name:
        what = "was replaced" if path.exists() else "is gone"
        file = folder(key) / f"{anchor.journal}.json" if key else anchor.journal
        raise Negative(
            f"the journal {str(path)!r} {what}: {count(anchor.count, 'line')} stood there, the last with "
            f"the digest {anchor.digest}. Put it back; where it was moved on purpose, say efface log "
            f"--check --journal with its new place; to begin a new one, remove {str(file)!r}"
        )
    if len(entries) < anchor.count:
        missing = _lines(len(entries) + 1, anchor.count)
        raise Negative(
            f"the journal is broken: {missing} missing at its end, the last one with the digest "
            f"{anchor.digest}"
        )
    if entries[anchor.count - 1].digest != anchor.digest:
        raise Negative(
            f"the journal is broken: line {anchor.count} is not the one that its anchor knows"
        )


def _lines(first: int, last: int) -> str:
    return f"line {first} is" if first == last else f"lines {first} to {last} are"
