"""Opens the database that the user named, and lets go of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from scanner.plans import Plan


@contextmanager
def opened(url: str) -> Iterator["Engine"]:
    """Give an engine for ``url`` while the block works."""
    from scanner import database

    engine = database.connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


def identity(url: str) -> str:
    """Name the database behind a URL, without asking it."""
    from scanner import database

    with opened(url) as engine:
        return database.identity(engine.url)


def now() -> str:
    """Give the time, as the journal writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def held(made: "Plan", engine: "Engine", journal: Path | None, key: Path | None) -> "Plan":
    """Show in a plan the hold that the journal of this database has on its subject, if any."""
    from scanner import database, holds
    from scanner.journal import Journal

    return holds.shown(made, Journal.of(database.identity(engine.url), journal, key), now())
