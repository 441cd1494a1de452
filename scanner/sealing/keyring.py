"""The key of a journal: a file apart from it, for its owner only. Read, and made on first use.

From one secret two keys are derived: one chains the journal's lines, one makes the marks by which
people are recognised again. Neither says anything of the other, nor of the secret.
"""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from scanner.errors import Misconfigured

BYTES = 32
"""As long as what SHA-256 gives: a longer key is not stronger."""

FORM = re.compile(r"efface-journal-key-1:([0-9a-f]{64})\s*")
"""What such a file holds; the number is the version of how keys are derived."""

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""What may not be allowed to anybody but the owner."""

NAME_LENGTH = 16
"""So much of a digest tells keys apart."""


@dataclass(frozen=True, slots=True)
class JournalKey:
    """A key that was read; ``name`` tells it from others without saying what it is."""

    path: Path
    secret: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Name the key."""
        return self._derived("name").hex()[:NAME_LENGTH]

    def seal(self, text: str) -> str:
        """Digest a line of a journal, or an anchor, as only who has the key can."""
        return hmac.digest(self._derived("chain"), text.encode(), hashlib.sha256).hex()

    def marking(self) -> bytes:
        """Give the key that marks of people are made with."""
        return self._derived("marks")

    def _derived(self, purpose: str) -> bytes:
        return hmac.digest(self.secret, f"efface {purpose} 1".encode(), hashlib.sha256)


def default_path() -> Path:
    """Say where the key is unless another file is named: in the user's configuration.

    A folder of its own, because Windows and macOS keep configuration and data in one.
    """
    from platformdirs import user_config_path

    return user_config_path("efface", appauthor=False) / "key" / "journal.key"


def load(path: Path) -> JournalKey:
    """Read a key.

    Raises:
        Misconfigured: there is none, it is no key, or others than its owner may read it.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(1000).decode("ascii", "replace")
    except FileNotFoundError:
        raise Misconfigured(f"there is no key {str(path)!r}") from None
    except OSError:
        raise Misconfigured(f"the key {str(path)!r} cannot be read") from None
    if os.name == "posix" and mode & OTHERS:
        raise Misconfigured(f"others can read the key {str(path)!r}: chmod 600 it first")
    if (found := FORM.fullmatch(text)) is None:
        raise Misconfigured(f"{str(path)!r} is no key of a journal, or damaged")
    return JournalKey(path, bytes.fromhex(found.group(1)))


def obtain(path: Path) -> JournalKey:
    """Read a key, or make it where there is none yet; of two who make it at once, one wins.

    Raises:
        Misconfigured: it can be neither read nor made.
    """
    if not path.exists():
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make(path)
        except OSError:
            raise Misconfigured(
                f"the key of the journal cannot be written to {str(path)!r}: without it nothing is "
                "erased"
            ) from None
    return load(path)


def _make(path: Path) -> None:
    """Write a new key, whole or not at all, and never over another one."""
    handle, draft = tempfile.mkstemp(prefix=".key-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"efface-journal-key-1:{secrets.token_hex(BYTES)}\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        settle(path.parent)
    finally:
        Path(draft).unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; where folders cannot be opened, they are."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
