"""Where to cut a big table by its keys, so that several work on it at once. Reads only.

Each stretch has as many rows as the others, wherever their keys lie: one pass over the index of
the key says where to cut. The cuts depend on the table alone, never on how many work on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Engine, Table, and_, func, or_, select, type_coerce
from sqlalchemy.types import NullType

from scanner.database import reading
from scanner.errors import DatabaseFailed
from scanner.tables.counter import Count, number_key

CELLS = 1_000_000
"""About so many cells of a table are read, held and judged at a time."""

LEAST, MOST = 1_000, 50_000
"""So many rows a stretch has, whatever the number of columns."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows with keys above ``after`` up to ``upto``; None where nothing lies beyond.

    Of its ``rows`` rows about ``size`` are read, all where it is None. ``filled`` names columns
    instead: the rows, wherever they are, in which one of them is not NULL.
    """

    number: int
    after: int | None = None
    upto: int | None = None
    rows: int = 0
    size: int | None = None
    filled: tuple[str, ...] = ()

    def beyond(self, reached: int) -> "Stretch":
        """Give what is left where reading ended at the key ``reached``."""
        return replace(self, after=reached)

    def where(self, table: Table) -> ColumnElement[bool] | None:
        """Say in SQL which rows these are; None for all. Rows without a key are in the first."""
        if self.filled:
            return or_(*(table.c[name].is_not(None) for name in self.filled))
        key = number_key(table)
        if key is None or self.after is self.upto is None:
            return None
        if self.after is None:
            return or_(key <= self.upto, key.is_(None))
        return key > self.after if self.upto is None else and_(key > self.after, key <= self.upto)


def stretches(
    engine: Engine, table: Table, *, counted: Count, size: int | None, cells: int
) -> tuple[Stretch, ...]:
    """Cut the ``counted`` rows of ``table``, of which about ``size`` are asked for, all if None.

    Returns:
        Two or more stretches; none where the table is not worth a cut, or has no key to cut by.

    """
    most = max(LEAST, min(MOST, cells // max(1, len(table.columns))))
    asked = counted.rows if size is None else min(size, counted.rows)
    parts = -(-asked // most)
    if parts <= 2 or number_key(table) is None:  # noqa: PLR2004  # two are hardly more than one
        return ()
    step = -(-counted.rows // parts)
    cuts = _cuts(engine, table, step)
    if not cuts:
        return ()
    each = None if size is None or size >= counted.rows else -(-size // parts)
    ends: Sequence[tuple[int | None, int | None]] = [
        *zip([None, *cuts], [*cuts, None], strict=True)
    ]
    return tuple(Stretch(n, low, high, step, each) for n, (low, high) in enumerate(ends))


def _cuts(engine: Engine, table: Table, step: int) -> list[int]:
    """Read every ``step``-th key, in order; nothing where they are no whole numbers."""
    key: Any = number_key(table)
    numbered = (
        select(
            type_coerce(key, NullType()).label("k"),
            func.row_number().over(order_by=key).label("n"),
        )
        .where(key.is_not(None))
        .subquery("numbered")
    )
    query = select(numbered.c.k).where(numbered.c.n % step == 0).order_by(numbered.c.k)
    try:
        with reading(engine) as connection:
            keys = list(connection.scalars(query))
    except DatabaseFailed:
        return []
    whole = [int(k) for k in keys if not isinstance(k, str | bytes | float) and k == int(k)]
    return whole if len(whole) == len(keys) else []
