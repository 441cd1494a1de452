"""Whether the database's CHECK constraints would take what cells are to hold: it is asked. Reads only."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, Table, literal_column, select, text
from sqlalchemy.exc import SQLAlchemyError

from scanner.checks import Check, checks
from scanner.database import dialect_of
from scanner.errors import Misconfigured
from scanner.model import TableRef
from scanner.rewriter import Edit
from scanner.rows import Address

ASKED = 50
"""So many different rows are tried of each constraint."""


def held(
    connection: Connection,
    tables: Mapping[TableRef, Table],
    addresses: Mapping[TableRef, Address],
    edits: Iterable[Edit],
    faults: Iterable[str] = (),
) -> None:
    """Refuse edits that a CHECK constraint would not take: nothing else would say which it is.

    ``faults`` were found before: people are told all at once.

    Raises:
        Misconfigured: with the columns, the constraint, and what can be decided.
    """
    rows: dict[TableRef, list[Edit]] = {}
    for edit in edits:
        rows.setdefault(edit.table, []).append(edit)
    found = [
        told
        for where, some in sorted(rows.items())
        for told in _refused(connection, tables[where], addresses[where], some)
    ]
    if told := [*faults, *found]:
        raise Misconfigured("; ".join(told))


def _refused(
    connection: Connection, table: Table, address: Address, edits: Collection[Edit]
) -> Iterator[str]:
    for check in checks(connection, dialect_of(connection), table):
        for edit in islice(_different(check, edits), ASKED):
            if _refuses(connection, table, address, check, edit, edit.new):
                yield _told(connection, table, address, check, edit)
                break


def _different(check: Check, edits: Iterable[Edit]) -> Iterator[Edit]:
    """Choose edits that a check concerns, of those that leave the same in all its columns one."""
    seen = set[str]()
    for edit in edits:
        mine = [c for c in check.columns if c in edit.new]
        if not mine:
            continue
        alike = repr([edit.new[c] for c in mine]) if len(mine) == len(check.columns) else ""
        if not alike or alike not in seen:
            seen.add(alike)
            yield edit


def _told(connection: Connection, table: Table, address: Address, check: Check, edit: Edit) -> str:
    """Say which columns a check refuses, and what can be decided instead."""
    mine = [c for c in check.columns if c in edit.new]
    ways = ["keep"]
    if all(table.c[c].nullable and edit.new[c] is not None for c in mine):
        empty = {**edit.new, **dict.fromkeys(mine)}
        ways += [] if _refuses(connection, table, address, check, edit, empty) else ["null"]
    chosen = {edit.strategies.get(c, "scrub") for c in mine}
    return (
        f"{check.called} does not take what {' and '.join(sorted(chosen))} would leave in "
        f"{edit.table}.{' and '.join(mine)}: decide {' or '.join(ways)}"
    )


def _refuses(
    connection: Connection,
    table: Table,
    address: Address,
    check: Check,
    edit: Edit,
    new: Mapping[str, Any],
) -> bool:
    """Have the database try a check on a row as it would be; False also where it cannot."""
    dialect = dialect_of(connection)
    if any(c not in new and table.c[c].computed is not None for c in check.columns):
        return False
    cells = [
        (dialect.given(new[c], table.c[c]) if c in new else table.c[c]).label(
            "value" if check.value else c
        )
        for c in check.columns
    ]
    row = select(*cells)
    if not all(c in new for c in check.columns):
        row = row.select_from(table).where(address.locate(table, edit.place))
    fails = text(f"NOT ({check.sql.replace(':', chr(92) + ':')})")
    query: Select[Any] = select(literal_column("1")).select_from(row.subquery("efface_row"))
    try:
        with connection.begin_nested():  # a statement that fails would end the transaction
            return connection.execute(query.where(fails).limit(1)).first() is not None
    except SQLAlchemyError:
        return False
