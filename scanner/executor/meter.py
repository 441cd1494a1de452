"""Holds the rows that a database wrote to against those of our own statements: the rest is others'."""

from typing import Any

from sqlalchemy import Connection, event

from scanner.database import dialect_of


class ElsewhereError(Exception):
    """Something else than our own statements wrote to rows; what it was, counting tells."""


class Meter:
    """Counts from now on, in one transaction, where the database counts as well."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._dialect, self._own = connection, dialect_of(connection), 0
        self._unanswered: list[Any] = []
        self._before = self._dialect.written(connection)
        if self._before is not None:
            event.listen(connection, "after_cursor_execute", self._note)

    def _note(
        self, _connection: Any, cursor: Any, _said: Any, _values: Any, context: Any, _many: Any
    ) -> None:
        if context.isinsert or context.isupdate or context.isdelete:
            self._own += max(0, cursor.rowcount)
            if cursor.rowcount < 0:  # sent before it was answered: its count comes later
                self._unanswered.append(cursor)

    @property
    def runs(self) -> bool:
        """Whether the database counts."""
        return self._before is not None

    def exact(self) -> bool:
        """Whether no row was written to but by our own statements: by no trigger or foreign key."""
        after = self._dialect.written(self._connection)
        own = self._own + sum(max(0, cursor.rowcount) for cursor in self._unanswered)
        return self._before is not None and after == self._before + own
