"""Holds the rows that a database wrote to against those of our own statements: the rest is others'."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, event

from scanner.database import dialect_of
from scanner.errors import Refused
from scanner.model import TableRef


class ElsewhereError(Exception):
    """Something else than our own statements wrote to rows; what it was, counting tells."""


class Meter:
    """Counts from now on, in one transaction, where the database counts as well.

    Where it is not ``needed`` nothing is counted and nothing refused.
    """

    def __init__(self, connection: Connection, *, needed: bool = True) -> None:
        self._connection, self._dialect = connection, dialect_of(connection)
        self._own: Counter[str] = Counter()
        self._unanswered: list[tuple[str, Any]] = []
        self._before = self._dialect.written(connection) if needed else None
        self._kept: Collection[tuple[str, str]] = ()
        if self._before is not None:
            self._kept = self._dialect.histories(connection)
            event.listen(connection, "after_cursor_execute", self._note)

    def _note(
        self, _connection: Any, cursor: Any, _said: Any, _values: Any, context: Any, _many: Any
    ) -> None:
        kinds = {"insert": context.isinsert, "update": context.isupdate, "delete": context.isdelete}
        for kind in (k for k, is_so in kinds.items() if is_so):
            self._own[kind] += max(0, cursor.rowcount)
            if kind == "update" and self._keeps(context.compiled):
                self._own["kept"] += max(0, cursor.rowcount)
            if cursor.rowcount < 0:  # sent before it was answered: its count comes later
                self._unanswered.append((kind, cursor))

    def _keeps(self, compiled: Any) -> bool:
        """Whether the table that is updated keeps, as a row of its own, what a row held before."""
        table = getattr(getattr(compiled, "statement", None), "table", None)
        return table is not None and (table.schema or "", table.name) in self._kept

    @property
    def runs(self) -> bool:
        """Whether the database counts."""
        return self._before is not None

    def exact(self) -> bool:
        """Whether no row was written to but by our own statements: by no trigger or foreign key."""
        return self._others(self._ours()) == 0

    def nothing_else(
        self,
        before: Mapping[TableRef, int],
        after: Mapping[TableRef, int],
        followed: int,
        triggers: Mapping[str, Collection[str]],
    ) -> None:
        """Refuse where others changed rows: they may have added some, which counting has seen.

        Args:
            before: the rows of all tables when the meter was made.
            after: the same now.
            followed: how many cells foreign keys were expected to rewrite (ON UPDATE CASCADE), in
                at most as many rows.
            triggers: those that may have fired, by table, for the sentence.

        Raises:
            Refused: a row that nobody planned to change was changed, or came and went.
        """
        own = self._ours()
        others = self._others(own)
        added = sum(after.values()) - sum(before.values()) - own["insert"] + own["delete"]
        seen = followed if self._dialect.counts_followers else 0
        if others is None or added <= others <= added + seen:
            return
        meddled = self._dialect.meddles(self._connection)
        if meddled is not None and not meddled:  # what an index of text does is counted, too
            return
        names = "; ".join(f"{t}: {', '.join(some)}" for t, some in sorted(triggers.items()))
        places = f" in {', '.join(sorted(meddled))}" if meddled else ""
        raise Refused(
            f"rows that the plan does not name would change, too{places}: a trigger does that "
            f"({names or 'none is to be seen'}); disable it while purging"
        )

    def _ours(self) -> Counter[str]:
        """Count the rows of our own statements, by what they did."""
        own = Counter(self._own)
        for kind, cursor in self._unanswered:
            own[kind] += max(0, cursor.rowcount)
        return own

    def _others(self, own: Counter[str]) -> int | None:
        """Count the rows that others wrote to; None where the database does not count."""
        after = self._dialect.written(self._connection)
        if self._before is None or after is None:
            return None
        return after - self._before - own.total()
