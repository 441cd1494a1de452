"""Asks the database how interrupted erasures ended, and has the journal say so. Reads the database."""

from sqlalchemy import Engine

from scanner.database import reading, reflect
from scanner.journal import Journal


def settle(engine: Engine, journal: Journal, when: str) -> None:
    """Write down how an interrupted erasure ended, before another one begins.

    Raises:
        Negative: the journal is broken. Misconfigured: it cannot be written.
        DatabaseFailed: the database failed.
    """
    if journal.open_intents():
        with reading(engine) as connection:
            journal.settle(connection, reflect(connection), when)
