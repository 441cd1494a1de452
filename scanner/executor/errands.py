"""Writes what the CRM itself writes when an action item is created, dispatched, noted and closed.

Which rows these are, the pack says. New rows take their keys from the product's own counters, in
the transaction of the caller; what was written is read back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, String, Table, insert, select, update

from scanner.database import dialect_of, ref
from scanner.errors import Misconfigured, Refused, Stale
from scanner.model import TableRef
from scanner.packs.lookups import Lookup, column_of
from scanner.receipts import Receipt
from scanner.rulefiles.tracking import Desk, Write
from scanner.texts.wording import shortened

STEPS = 2
"""A counter may say the next key or the last one: the second number is free in either case."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What is written into an erasure's transaction beside it, and into which tables of the pack.

    ``write`` is told what was done, as the receipt will say it.
    """

    write: Callable[[Connection, Receipt], None]
    tables: frozenset[str]


def tables_of(desk: Desk, errands: Sequence[str]) -> frozenset[str]:
    """Name the tables that errands write to, the counters of keys and numbers among them."""
    names = {w.insert or w.update for errand in errands for w in desk.errands[errand]}
    return frozenset({*names, desk.keys.table, desk.series.table})


def perform(lookup: Lookup, desk: Desk, errands: Sequence[str]) -> None:
    """Write the rows of ``errands``, one after the other; ``lookup`` knows what is filled in.

    Raises:
        Misconfigured: the pack names what is not there.
        Refused: a table that cannot be rolled back, or a trigger stored something else.
        Stale: a row that should be rewritten is gone.
    """
    writes = [w for errand in errands for w in desk.errands[errand]]
    _revocable(lookup, {w.insert or w.update for w in writes})
    for write in writes:
        if write.insert:
            _insert(lookup, desk, write)
        else:
            _update(lookup, write)


def _revocable(lookup: Lookup, names: set[str]) -> None:
    lasting = {TableRef(*t) for t in dialect_of(lookup.connection).irrevocable(lookup.connection)}
    if wrong := sorted(n for n in names if ref(lookup.table(n)) in lasting):
        raise Refused(f"what is written to {', '.join(wrong)} cannot be rolled back")


def _insert(lookup: Lookup, desk: Desk, write: Write) -> None:
    table, key = lookup.table(write.insert), lookup.pack.key
    if "number" not in lookup.values:
        _number(lookup, desk, write)
    new = _cells(lookup, table, write.set)
    new[key] = _next_key(lookup, desk, table, write.insert)
    lookup.connection.execute(insert(table).values(new))
    if write.name:
        lookup.rows[write.name] = (write.insert, new[key])
    _read_back(lookup.connection, table, key, new)


def _update(lookup: Lookup, write: Write) -> None:
    table, key = lookup.table(write.update), lookup.pack.key
    where = lookup.fill(write.row)
    new = _cells(lookup, table, write.set)
    done = lookup.connection.execute(update(table).where(table.c[key] == where).values(new))
    if done.rowcount != 1:
        raise Stale(f"{done.rowcount} rows of {write.update} instead of 1 have the key {where}")
    _read_back(lookup.connection, table, key, {**new, key: where})


def _cells(lookup: Lookup, table: Table, given: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in a row's cells: texts as long as their column, and the shadows that there are."""
    new: dict[str, Any] = {}
    for name, value in lookup.filled(given).items():
        column = column_of(table, name)
        length = column.type.length if isinstance(column.type, String) else None
        new[name] = shortened(value, length) if isinstance(value, str) else value
        shadow = f"{lookup.pack.shadow}{name}" if lookup.pack.shadow else ""
        if shadow and shadow in table.c:
            new[shadow] = new[name].upper() if isinstance(new[name], str) else new[name]
    return new


def _number(lookup: Lookup, desk: Desk, write: Write) -> None:
    """Take the next of the numbers that people see, where the row shows one."""
    if "{number}" not in write.set.values():
        return
    series = desk.series
    table = lookup.table(series.table)
    next_, where = column_of(table, series.next), lookup.filled(series.where)
    holds = [column_of(table, c) == v for c, v in where.items()]
    done = lookup.connection.execute(update(table).where(*holds).values({next_: next_ + 1}))
    if done.rowcount != 1:
        told = ", ".join(f"{c} {v!r}" for c, v in where.items())
        raise Misconfigured(f"{series.table} has {done.rowcount} rows instead of 1 with {told}")
    columns = [next_, *([column_of(table, series.prefix)] if series.prefix else [])]
    taken, *prefix = lookup.connection.execute(select(*columns).where(*holds)).one()
    lookup.values["number"] = f"{(prefix or [''])[0] or ''}{int(taken) - 1}"


def _next_key(lookup: Lookup, desk: Desk, table: Table, name: str) -> int:
    """Take the next key of a table from the product's counter, which others wait for meanwhile."""
    keys = desk.keys
    counter, kind = lookup.table(keys.table), keys.kinds[name]
    where = column_of(counter, keys.kind) == kind
    next_ = column_of(counter, keys.next)
    for _ in range(STEPS):
        done = lookup.connection.execute(update(counter).where(where).values({next_: next_ + 1}))
        if done.rowcount != 1:
            raise Misconfigured(f"{keys.table} has no counter {kind}, of {name}")
        taken = int(lookup.connection.execute(select(next_).where(where)).scalar_one()) - 1
        key = taken if taken >= keys.block else taken + keys.block * _site(lookup, desk)
        own = table.c[lookup.pack.key]
        if lookup.connection.execute(select(own).where(own == key)).first() is None:
            return key
    raise Refused(f"the counter {kind} of {keys.table} is behind the rows of {name}: mend it first")


def _site(lookup: Lookup, desk: Desk) -> int:
    """Read the number of the site, which is part of all keys that it gives."""
    keys = desk.keys
    column = column_of(lookup.table(keys.site_table), keys.site)
    found = lookup.connection.scalars(select(column).limit(2)).all()
    if len(found) != 1 or found[0] is None:
        raise Misconfigured(f"{keys.site_table}.{keys.site} does not say which site this is")
    return int(found[0])


def _read_back(connection: Connection, table: Table, key: str, new: Mapping[str, Any]) -> None:
    """Refuse where the database holds something else than was written; NULL may stand for ''."""
    names = sorted(new)
    query = select(*(table.c[n] for n in names)).where(table.c[key] == new[key])
    stored = connection.execute(query).first()
    wrong = [
        n
        for n, value in zip(names, stored or [object()] * len(names), strict=True)
        if value != new[n] and not (value is None and new[n] == "")
    ]
    if wrong:
        raise Refused(
            f"{table.name}.{', '.join(wrong)} does not hold what was written to it: "
            "a trigger changes it"
        )
