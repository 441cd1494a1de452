"""Lets one run at a time work on a database, or on a file. Writes nothing to customers' tables."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from sqlalchemy import Engine

from scanner.database import dialect_of, failing, identity
from scanner.errors import Misconfigured, Refused
from scanner.model import digest

BUSY = "another run works on these requests: nothing was done; it is enough that one runs"


@contextmanager
def alone(engine: Engine, what: str = "requests", busy: str = BUSY) -> Iterator[None]:
    """Hold the database's own lock of ``what`` while the block works; where it has none, a file's.

    Raises:
        Refused: another run holds it; ``busy`` says so.
    """
    dialect = dialect_of(engine)
    if not dialect.has_claims:
        place = _beside(engine)
        with alone_with(place.with_name(f"{place.name}.{what}"), busy):
            yield
        return
    name = f"efface-{what}-{digest(engine.url.database or '')[:16]}"
    with failing(engine):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()  # the lock ends with the session
        try:
            got = dialect.claim(connection, name)
        except BaseException:
            connection.close()
            raise
    try:
        if not got:
            raise Refused(busy)
        yield
    finally:
        connection.close()


@contextmanager
def alone_with(path: Path, busy: str = BUSY) -> Iterator[None]:
    """Hold the lock file of ``path`` while the block works; a crash lets go of it.

    Raises:
        Refused: another run holds it.
        Misconfigured: it cannot be made.
    """
    path = path.resolve()  # who comes by another way works on the same file
    place = path.with_name(f".{path.name}.efface-lock")
    try:
        file = _held(place)
    except OSError:
        raise Misconfigured(
            f"nothing can be written to the folder of {path.name}, where a lock file has to stand "
            "while it is worked on: let this account write there"
        ) from None
    if file is None:
        raise Refused(busy)
    try:
        yield
    finally:
        if sys.platform != "win32":  # there a file that is open cannot be removed, and need not be
            place.unlink(missing_ok=True)
        file.close()


def _held(place: Path) -> IO[bytes] | None:
    """Lock the file; one that its last holder has just removed is made anew."""
    while True:
        file = os.fdopen(os.open(place, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        if not _locked(file):
            file.close()
            return None
        if _same(place, file):
            return file
        file.close()


def _same(place: Path, file: IO[bytes]) -> bool:
    """Whether the open file is still the one at that place."""
    try:
        return os.path.samestat(place.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _locked(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _beside(engine: Engine) -> Path:
    """Choose where a database without locks of its own has its lock file."""
    if engine.url.get_backend_name() == "sqlite" and engine.url.database:
        return Path(unquote(engine.url.database.removeprefix("file:")))
    from platformdirs import user_data_path

    folder = user_data_path("efface", appauthor=False)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / identity(engine.url)
