"""The one transaction that writes to a customer's database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

from scanner.database import LOCK_SECONDS, dialect_of, failing
from scanner.errors import Refused


@contextmanager
def writing(engine: Engine) -> Iterator[tuple[Connection, Callable[[], None]]]:
    """Open the one transaction that writes; it is rolled back unless the block calls ``keep``."""
    dialect = dialect_of(engine)
    if not dialect.can_roll_back:
        raise Refused(f"{engine.dialect.name} is not known to roll back: nothing is written to it")
    options: dict[str, Any] = {"efface_writes": LOCK_SECONDS}
    if dialect.write_isolation:
        options["isolation_level"] = dialect.write_isolation
    kept = False

    def keep() -> None:
        nonlocal kept
        kept = True

    with failing(engine), engine.connect() as plain:
        connection = plain.execution_options(**options)
        dialect.lock_waits(connection, LOCK_SECONDS)
        work = connection.get_transaction() or connection.begin()
        try:
            yield connection, keep
        except BaseException:
            work.rollback()
            raise
        if not kept:
            work.rollback()
            return
        unsure = "whether it was committed, efface log --check --db URL says"
        with failing(engine, done=unsure):
            work.commit()
