"""Opens the database that the user named, and lets go of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine


@contextmanager
def opened(url: str) -> Iterator["Engine"]:
    """Give an engine for ``url`` while the block works."""
    from scanner import database

    engine = database.connect(url)
    try:
        yield engine
    finally:
        engine.dispose()
