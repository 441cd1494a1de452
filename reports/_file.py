"""How a report reaches the disk: whole or not at all, and readable by its owner only."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scanner.errors import Misconfigured

ADVICE = {
    errno.ENOSPC: "free some space or choose another place",
    errno.EDQUOT: "free some space or choose another place",
    errno.ENOENT: "make the folder first or choose another place",
}
"""What helps against a failure to write."""


def save(path: Path, content: str | bytes) -> None:
    """Write a file atomically, mode 0600.

    Raises:
        Misconfigured: the file cannot be written; nothing of it is left behind.

    """
    raw = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    with failing(path):
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:50]}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def load(path: Path) -> bytes:
    """Read a whole file.

    Raises:
        Misconfigured: it cannot be read.

    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"cannot read {path}: {_reason(error)}") from None


@contextmanager
def failing(path: Path) -> Iterator[None]:
    """Turn a failure of the disk into one sentence.

    Raises:
        Misconfigured: whatever the operating system said about ``path``.

    """
    try:
        yield
    except OSError as error:
        advice = ADVICE.get(error.errno or 0, "choose another place")
        raise Misconfigured(f"cannot write {path}: {_reason(error)}: {advice}") from None


def _reason(error: OSError) -> str:
    said = os.strerror(error.errno) if error.errno else type(error).__name__
    return said[:1].lower() + said[1:]
