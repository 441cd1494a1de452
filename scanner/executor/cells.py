"""Writes new values into cells, counts the rows and reads back what is stored."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    Connection,
    MetaData,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    select,
    update,
)

from scanner import changes, constraints
from scanner.database import dialect_of, ref, standing
from scanner.errors import Refused, Stale
from scanner.executor.recorder import Tally
from scanner.followers import followers
from scanner.graph import table_of
from scanner.guards.nameless import Nameless, held, read
from scanner.model import TableRef
from scanner.planner import Draft
from scanner.rewriter import Edit
from scanner.rows import Address, chunks, named
from scanner.rulebook import Pack
from scanner.texts.wording import count, noun

LOG = logging.getLogger(__name__)

BATCH = 1000
"""Rows that one statement's parameters cover."""


def rewrite(
    connection: Connection,
    draft: Draft,
    pack: Pack,
    tally: Tally,
    *,
    observed: Collection[TableRef] | None,
) -> None:
    """Write all edits and scrub all mentions of a draft.

    ``observed``: in rows of these tables, of all without it, something else may change what else
    stands there.

    Raises:
        Misconfigured: a constraint would refuse what a text becomes.
    """
    edits = changes.changed(draft, pack)
    named = {(m.table, m.key) for m in draft.plan.mentions}
    tables = {ref(t): t for t in draft.schema.tables.values()}
    scrubbed = (e for e in edits if (e.table, e.key) in named)
    constraints.held(connection, tables, draft.addresses, scrubbed)
    write(connection, draft.schema, draft.addresses, edits, tally, observed=observed)
    tally.mentions += sum(len(m.spans) for m in draft.plan.mentions)


def write(
    connection: Connection,
    schema: MetaData,
    addresses: Mapping[TableRef, Address],
    edits: Iterable[Edit],
    tally: Tally,
    *,
    observed: Collection[TableRef] | None = None,
) -> None:
    """Write edits, at most one of each row, with one statement for all that change the same columns.

    What else stands in the rows of the tables ``observed``, of all without it, is noted before; what
    stands in the others can be noted later where a database still has it.

    Raises:
        Stale: a row is gone. Refused: a trigger stored something else.
    """
    edits = list(edits)
    follows = followers(connection, schema, addresses, edits)
    groups: dict[tuple[TableRef, tuple[str, ...]], list[Edit]] = {}
    for edit in edits:
        whole = follows.foreseen(edit)
        groups.setdefault((edit.table, tuple(sorted(whole.new))), []).append(whole)
        tally.cells.update((edit.table, c) for c in edit.new)
    beside = list(follows.beside(edits))
    tally.followed.update(column for column, _ in beside)
    tally.following += sum(len(new) for rows in follows.cells.values() for new in rows.values())
    tally.behind |= {(column.of, key) for column, key in beside}
    for (where, _), some in groups.items():  # no trigger has fired yet
        noting = table_of(schema, where), addresses[where], some
        if addresses[where].unique and (observed is None or where in observed):
            tally.others.note(connection, *noting)
        elif addresses[where].unique and dialect_of(connection).keeps_versions:
            tally.others.postpone(*noting)
    # What refers to other rows, or shows in another table, first: once that is rewritten, it may
    # be called otherwise.
    heirs = schema.info.get("heirs", {})
    order = sorted(
        groups.items(),
        key=lambda g: (-follows.depth.get(g[0][0], 0), -_generation(heirs, g[0][0]), g[0]),
    )
    for (where, columns), some in order:
        shown = [e for (kid, _), es in order if heirs.get(kid) == where for e in es]
        _group(connection, table_of(schema, where), addresses[where], some, shown, tally)
        LOG.info("%s: %s rewritten in %d rows", where, ", ".join(columns), len(some))
        tally.rows |= {(where, e.key) for e in some}
        tally.places.setdefault(where, []).extend(
            tuple(e.new.get(c, e.place[c]) for c in addresses[where].columns) for e in some
        )
    for (where, _), some in order:
        if followed := [e for e in some if e.followed]:
            _followed(connection, table_of(schema, where), addresses[where], followed)


def _generation(heirs: Mapping[TableRef, TableRef], where: TableRef) -> int:
    """Count from how many tables, one from the other, a table inherits."""
    return 1 + _generation(heirs, heirs[where]) if where in heirs else 0


def _group(
    connection: Connection,
    table: Table,
    address: Address,
    edits: Sequence[Edit],
    shown: Sequence[Edit],
    tally: Tally,
) -> None:
    """Write the same columns of many rows, but for those that follow by themselves.

    ``shown`` are edits of rows of other tables, written by now, that may show in this one.
    """
    own: dict[tuple[str, ...], list[Edit]] = {}
    for edit in edits:
        mine = edit
        if edit.followed:
            new = {c: v for c, v in edit.new.items() if c not in edit.followed}
            mine = replace(edit, new=new)
        own.setdefault(tuple(sorted(mine.new)), []).append(mine)
    for columns, some in own.items():
        if not columns:
            continue
        if address.unique:
            for start in range(0, len(some), BATCH):
                _write(connection, table, address, columns, some[start : start + BATCH])
        else:
            for edit in some:
                same = any(_covers(other, edit) for other in shown)
                _write_keyless(connection, table, address, edit, tally.others.nameless, done=same)


def _covers(other: Edit, edit: Edit) -> bool:
    """Whether an edit of a row that shows elsewhere too rewrites all that the one of it there does."""
    alike = all(other.place.get(c) == v for c, v in edit.place.items())
    return alike and edit.new.keys() <= other.new.keys()


def _followed(
    connection: Connection, table: Table, address: Address, edits: Sequence[Edit]
) -> None:
    """Read back what the database was to rewrite by itself.

    Raises:
        Refused: it did not.
    """
    for edit in edits:
        now = {**edit.place, **edit.new}
        columns = sorted(edit.followed)
        query = select(*(table.c[c] for c in columns)).where(address.locate(table, now))
        rows = connection.execute(query).all()
        if not rows or any(_bare(row) != _bare([edit.new[c] for c in columns]) for row in rows):
            raise Refused(
                f"{ref(table)}.{'.'.join(columns)} does not follow what it refers to when that is "
                "rewritten: a trigger changes it; disable the trigger, or decide otherwise"
            )


def _write(
    connection: Connection,
    table: Table,
    address: Address,
    columns: Sequence[str],
    edits: Sequence[Edit],
) -> None:
    """Write the same columns of many rows, count them and read them back.

    Raises:
        Stale: a row is gone. Refused: a trigger stored something else.
    """
    _send(connection, table, address.columns, columns, edits)
    wanted = {tuple(e.new.get(c, e.place[c]) for c in address.columns): e for e in edits}
    padded = {_bare(k): e for k, e in wanted.items()}
    for some in chunks(list(wanted), dialect_of(connection).max_keys // len(address.columns)):
        query = stored(table, address.columns, columns)
        rows = connection.execute(
            query.where(named(dialect_of(connection), table, address.columns, some))
        ).all()
        if len(rows) != len(some):
            raise Stale(
                f"{count(len(rows), 'row')} of {ref(table)} instead of {len(some):,} "
                f"{noun(len(rows), 'has', 'have')} a planned key"
            )
        for row in rows:
            width = len(address.columns)
            edit = wanted.get(tuple(row[:width])) or padded.get(_bare(row[:width]))
            if edit is None:
                raise Stale(f"a row of {ref(table)} came back under another key than it was given")
            _as_written(table, columns, edit.new, row[width:])


def _send(
    connection: Connection,
    table: Table,
    key: Sequence[str],
    columns: Sequence[str],
    edits: Sequence[Edit],
) -> None:
    """Have the same columns of many rows rewritten, by one statement where a database takes one."""
    names = [table.c[c] for c in (*key, *columns)]
    rows = [(*(e.place[c] for c in key), *(e.new[c] for c in columns)) for e in edits]
    sent = dialect_of(connection).listed(names, rows)
    if sent is not None:
        mine = and_(*(table.c[c] == sent.c[f"c{n}"] for n, c in enumerate(key)))
        new = {c: sent.c[f"c{n}"] for n, c in enumerate(columns, len(key))}
        connection.execute(update(table).where(mine).values({**new, **standing(table, columns)}))
        return
    words = [f"efface_k{n}" for n in range(len(key))]
    words += [f"efface_n{n}" for n in range(len(columns))]
    many = [dict(zip(words, row, strict=True)) for row in rows]
    connection.execute(rewriting(table, key, columns), many)


def rewriting(table: Table, key: Sequence[str], columns: Sequence[str]) -> Update:
    """Build the statement that rewrites ``columns`` (efface_n0 ...) of the row ``key`` (efface_k0 ...).

    The names of the parameters are short: Oracle takes 30 bytes before version 12.2.
    """
    same = and_(*(table.c[c] == bindparam(f"efface_k{n}") for n, c in enumerate(key)))
    new: dict[str, Any] = {c: bindparam(f"efface_n{n}") for n, c in enumerate(columns)}
    return update(table).where(same).values({**new, **standing(table, columns)})


def stored(table: Table, key: Sequence[str], columns: Sequence[str]) -> Select[Any]:
    """Build the statement that reads back what was written, the key first."""
    names = [*key, *columns]
    return select(*(table.c[c].label(f"c{n}") for n, c in enumerate(names)))


def _write_keyless(
    connection: Connection,
    table: Table,
    address: Address,
    edit: Edit,
    nameless: Nameless,
    *,
    done: bool,
) -> None:
    """Write a row of a table without a key: it and its exact doubles, nothing else.

    ``done``: it may be gone, as it was rewritten in the table that it is a row of.
    """
    where = address.locate(table, edit.place)
    rows = read(connection, table, address, where)
    if done and not rows:
        return
    if not rows or any(address.key(r) != edit.key for r in rows):
        raise Stale(f"rows of {ref(table)}, which has no key, cannot be told apart: plan again")
    stays = [c for c in address.columns if table.c[c].computed is None]
    new = address.locate(table, {c: edit.new.get(c, edit.place[c]) for c in stays})
    others = [c for c in stays if c not in edit.new]
    wanted = held(rows, others) + held(read(connection, table, address, new), others)
    written = {**edit.new, **standing(table, edit.new.keys())}
    changed = connection.execute(update(table).where(where).values(written)).rowcount
    if changed != len(rows):
        raise Stale(
            f"{count(changed, 'row')} of {ref(table)} {noun(changed, 'was', 'were')} changed "
            f"instead of {len(rows)}"
        )
    now = read(connection, table, address, new)
    if wanted - held(now, others):
        raise Refused(f"{ref(table)} does not hold what was written to it: a trigger changes it")
    nameless.keep(address.table, rows, now, [c for c in stays if c not in edit.followed])


def _as_written(
    table: Table, columns: Sequence[str], new: Mapping[str, Any], stored: Sequence[Any]
) -> None:
    for column, value in zip(columns, stored, strict=True):
        wanted = new[column]
        if value is None or value == wanted:  # NULL names nobody; Oracle stores '' as NULL
            continue
        if isinstance(value, str) and isinstance(wanted, str) and value.rstrip() == wanted.rstrip():
            continue
        if not isinstance(value, str) and str(value) == str(wanted):
            continue
        raise Refused(
            f"{ref(table)}.{column} does not hold what was written to it: a trigger changes it; "
            "disable the trigger, or decide otherwise on the column"
        )


def _bare(key: Sequence[Any]) -> tuple[Any, ...]:
    """Take the padding of CHAR columns off a key."""
    return tuple(v.rstrip() if isinstance(v, str) else v for v in key)
