"""Foreign keys that lead in a circle, and in what order tables lose rows. Values only: reads nothing.

A foreign key of a table to itself is the smallest circle.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from scanner.database import ref
from scanner.model import TableRef
from scanner.purge.references import Check, Ground


def circles(ground: Ground, deleted: Collection[TableRef]) -> tuple[Check, ...]:
    """Choose the foreign keys on a circle of tables that lose rows."""
    among = [c for c in ground.checks if {c.child, c.parent} <= set(deleted) and not c.waits]
    return tuple(c for c in among if c.child in reached(among, c.parent))


def reached(checks: Collection[Check], start: TableRef) -> set[TableRef]:
    """Follow foreign keys from a table, itself included, to what it refers to, and on."""
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        more = {c.parent for c in checks if c.child == here} - found
        found |= more
        waiting += more
    return found


def ordered(
    ground: Ground, tables: Iterable[TableRef], free: Collection[Check] = ()
) -> Iterator[tuple[TableRef, ...]]:
    """Put tables in an order in which no row is deleted before those that refer to it.

    Where relations go round in a circle, those that the database checks decide, but for ``free``
    ones. Tables that even these lead round stay together.
    """
    left = sorted(tables)
    every = {w: {ref(r.child) for r in ground.referring.get(w, ())} - {w} for w in left}
    strict = [c for c in ground.checks if c.child != c.parent and c not in free and not c.waits]
    while left:
        strict = [c for c in strict if c.child in left and c.parent in left]
        yield (chosen := _next(left, every, strict))
        left = [w for w in left if w not in chosen]


def _next(
    left: Sequence[TableRef], every: Mapping[TableRef, set[TableRef]], strict: Collection[Check]
) -> tuple[TableRef, ...]:
    """Choose a table to which nothing refers, else those that only refer to each other."""
    rest, held = set(left), {c.parent for c in strict}
    free = [w for w in left if not every[w] & rest] or [w for w in left if w not in held]
    if free:
        return (free[0],)
    above = [tuple(v for v in left if w in reached(strict, v)) for w in left]
    return min(above, key=len)
