"""Opens the database that the user named, and lets go of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import Misconfigured

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from scanner.journal import Journal
    from scanner.model import Audit
    from scanner.plans import Plan
    from scanner.rulebook import Pack


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


def pack(engine: "Engine", name: str | None) -> "Pack":
    """Load the pack that was named, else the one that fits the database.

    Raises:
        Misconfigured: none does.
    """
    from sqlalchemy import inspect

    from scanner import rulebook
    from scanner.database import failing

    with failing(engine):
        tables = inspect(engine).get_table_names()
    rules = rulebook.choose(name or "auto", tables)
    if rules is None:
        raise Misconfigured("no pack fits this database: name one with --pack")
    return rules


def rules(audit: "Audit", name: str | None) -> "Pack":
    """Load the pack that was named, else the one of the audit's scan.

    Raises:
        Misconfigured: there is none.
    """
    from scanner import rulebook

    chosen = name or audit.scan.pack
    if not chosen:
        raise Misconfigured("the scan was made without a pack: name one with --pack")
    return rulebook.pack(chosen)


def journal(engine: "Engine", path: Path | None, key: Path | None) -> "Journal":
    """Choose the journal of a database: the one that was named, else its own."""
    from scanner import database
    from scanner.journal import Journal

    return Journal.of(database.identity(engine.url), path, key)


def now() -> str:
    """Give the time, as the journal writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def held(made: "Plan", engine: "Engine", path: Path | None, key: Path | None) -> "Plan":
    """Show in a plan the hold that the journal of this database has on its subject, if any."""
    from scanner.records import holds

    return holds.shown(made, journal(engine, path, key), now())
