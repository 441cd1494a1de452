"""What is switched off while a demo is built and on again after it, and what a failure takes back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import SQLAlchemyError

from scanner.demo import views

PRAGMAS: Mapping[str, int | str] = {
    "synchronous": 0,
    "journal_mode": "MEMORY",
    "cache_size": -65_536,
}
"""Let SQLite not wait for the disk: a file that fails half-way is thrown away."""

PAGE = 8192
"""Bytes of a page: twice the usual, because case histories are long. It stays with the file."""


@contextmanager
def hurried(connection: Connection) -> Iterator[None]:
    """Set SQLite's pragmas, and set them back when the transaction within is over."""
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.execute(f"PRAGMA page_size = {PAGE}")
    before = {name: driver.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
    _set(driver, PRAGMAS)
    try:
        yield
    finally:
        _set(driver, before)


def _set(driver: Any, pragmas: Mapping[str, int | str]) -> None:
    for name, value in pragmas.items():
        driver.execute(f"PRAGMA {name} = {value}")


@contextmanager
def undone(connection: Connection, made: MetaData) -> Iterator[None]:
    """Drop what a failed build leaves where a rollback does not: MariaDB commits each CREATE."""
    try:
        yield
    except BaseException:
        with suppress(SQLAlchemyError):
            views.drop(connection)
            made.drop_all(connection)
            connection.commit()
        raise
