"""Requests that are action items of the CRM: read as its pack says, noted and closed as it does."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Select, select

from scanner.database import dialect_of, reading, reflect
from scanner.errors import Misconfigured, Stale
from scanner.executor import errands
from scanner.executor.transaction import writing
from scanner.lookups import Lookup, column_of
from scanner.requests import judging
from scanner.requests.items import Item, State
from scanner.rows import chunks
from scanner.rulebook import Pack
from scanner.tracking import Desk, Titled

DUE = timedelta(days=7)
"""When the CRM wants an action item to be done, if nobody says when (CLARIFY.md, section 4)."""


@dataclass(frozen=True, slots=True)
class ActionItems:
    """The action items of one database; ``agent`` is the login that writes, ``now`` the time."""

    engine: Engine
    pack: Pack
    agent: str
    now: datetime

    def items(self) -> tuple[Item, ...]:
        """Read all requests.

        Raises:
            Misconfigured: the pack knows of no action items, or the database has none.
        """
        with reading(self.engine) as connection:
            schema = reflect(connection)
            if self.agent:
                lookup_of(connection, schema, self.pack, now=self.now, agent=self.agent).fill(
                    "{user}"
                )
            return find(connection, schema, self.pack)

    def finishing(self, item: Item, text: str) -> Callable[[Connection], None]:
        """Give what notes and closes the item inside of the erasure's transaction."""

        def finish(connection: Connection) -> None:
            self._write(connection, item, text, ("note", "close"))

        return finish

    def finished(self, item: Item, text: str) -> None:
        """Nothing is left to do: all was in one transaction."""

    def refuse(self, item: Item, why: str) -> None:
        """Leave the item open with a note, in a transaction of its own."""
        policy = self.pack.requests.policy
        if judging.same(policy, item, why):
            return
        with writing(self.engine) as (connection, keep):
            self._write(connection, item, judging.refused(policy, why), ("note",))
            keep()

    def _write(self, connection: Connection, item: Item, text: str, tasks: Sequence[str]) -> None:
        """Write errands about an item that is still as it was judged.

        Raises:
            Stale: it is not.
        """
        schema = reflect(connection)
        again = find(connection, schema, self.pack, only=(item.key,))
        if again != (item,):
            raise Stale(f"request {item.number} is no longer as it was: try again")
        desk = desk_of(self.pack)
        lookup = lookup_of(connection, schema, self.pack, now=self.now, agent=self.agent)
        lookup.values["text"] = text
        lookup.rows["item"] = (desk.items.table, item.key)
        errands.perform(lookup, desk, tasks)


def desk_of(pack: Pack) -> Desk:
    """Give what the pack says of action items.

    Raises:
        Misconfigured: nothing.
    """
    if pack.requests.desk is None:
        raise Misconfigured(
            f"the pack {pack.name} does not say how requests are kept: add [requests] as in "
            "rules/clarify.toml, or keep them in a file: --queue FILE"
        )
    return pack.requests.desk


def lookup_of(
    connection: Connection, schema: MetaData, pack: Pack, *, now: datetime, agent: str = ""
) -> Lookup:
    """Know what the pack's rows for errands may ask for.

    Raises:
        Misconfigured: nobody said who writes.
    """
    policy = pack.requests.policy
    return Lookup(
        connection,
        schema,
        pack,
        {
            "now": now,
            "today": now.date().isoformat(),
            "due": now + DUE,
            "never": pack.empty_date,
            "none": None,
            "agent": agent,
            "title": policy.title,
            "type_title": policy.type,
            "queue_title": policy.queue,
        },
    )


def find(
    connection: Connection, schema: MetaData, pack: Pack, *, only: Collection[Any] = ()
) -> tuple[Item, ...]:
    """Read the requests among the action items, in the order of their keys; ``only`` these keys."""
    desk, policy = desk_of(pack), pack.requests.policy
    lookup = lookup_of(connection, schema, pack, now=datetime.min)
    rows = _rows(lookup, desk, only)
    keys = [r["key"] for r in rows]
    states = _titles(
        lookup, Titled(table=desk.states.table, title=desk.states.title), rows, "state"
    )
    titles = _titles(lookup, desk.titles, rows, "status", "kind")
    changes, notes = _last_changes(lookup, desk, keys), _last_told(lookup, desk, keys)
    logins = _titles(lookup, desk.people, [{"by": c[1]} for c in changes.values()], "by")
    there = present(lookup, {r["subject"] for r in rows})
    found = []
    for row in rows:
        when, by = None, None
        if (change := changes.get(row["key"])) and change[2] == row["status"]:
            when, by, _ = change
        kind = titles.get(row["kind"], "")
        found.append(
            Item(
                key=row["key"],
                number=str(row["number"]),
                subject=row["subject"] or None,
                known=row["subject"] in there,
                status=titles.get(row["status"], ""),
                state=_state(desk, states.get(row["state"], "")),
                method=policy.methods.get(kind, policy.method),
                received=_moment(row["received"], pack),
                approved=_moment(when, pack),
                opener=row["opener"] or None,
                approver=by or None,
                login=logins.get(by, ""),
                told=notes.get(row["key"], ""),
            )
        )
    return tuple(found)


def _state(desk: Desk, title: str) -> State:
    if title in desk.states.closed:
        return "closed"
    return "open" if title in desk.states.open else "unknown"


def _rows(lookup: Lookup, desk: Desk, only: Collection[Any]) -> list[dict[str, Any]]:
    items, key = desk.items, lookup.pack.key
    table = lookup.table(items.table)
    columns = {
        "key": key,
        "number": items.number,
        "subject": items.subject,
        "received": items.received,
        "status": items.status,
        "kind": items.kind,
        "opener": items.originator,
        "state": items.state,
    }
    query: Select[Any] = select(*(column_of(table, c).label(n) for n, c in columns.items()))
    for name, value in lookup.filled(items.where).items():
        query = query.where(column_of(table, name) == value)
    if only:
        query = query.where(table.c[key].in_(only))
    found = lookup.connection.execute(query.order_by(table.c[key])).mappings()
    return [dict(r) for r in found]


def _titles(
    lookup: Lookup, titled: Titled, rows: Iterable[dict[str, Any]], *names: str
) -> dict[Any, str]:
    """Read what people call the rows that ``names`` of ``rows`` point at."""
    table = lookup.table(titled.table)
    key, title = table.c[lookup.pack.key], column_of(table, titled.title)
    wanted = {r[n] for r in rows for n in names if r[n] is not None}
    return {k: str(t or "") for k, t in _of(lookup, select(key, title), key, wanted)}


def present(lookup: Lookup, keys: Collection[Any]) -> set[Any]:
    """Say which of these subjects have a row."""
    key = lookup.table(lookup.pack.subject).c[lookup.pack.key]
    return {row[0] for row in _of(lookup, select(key), key, {k for k in keys if k is not None})}


def _last_changes(
    lookup: Lookup, desk: Desk, keys: Collection[Any]
) -> dict[Any, tuple[Any, Any, Any]]:
    """Read the last change of status of each item: when, by whom, to what."""
    told = desk.changes
    table = lookup.table(told.table)
    item, *rest = (column_of(table, c) for c in (told.item, told.when, told.by, told.status))
    order = (column_of(table, told.when), table.c[lookup.pack.key])
    query = select(item, *rest).order_by(*order)
    return {k: (when, by, to) for k, when, by, to in _of(lookup, query, item, keys)}


def _last_told(lookup: Lookup, desk: Desk, keys: Collection[Any]) -> dict[Any, str]:
    """Read what the last note of ours on each item gave as a reason not to carry it out."""
    kept, policy = desk.notes, lookup.pack.requests.policy
    table = lookup.table(kept.table)
    item, text = column_of(table, kept.item), column_of(table, kept.text)
    query = select(item, text).order_by(column_of(table, kept.when), table.c[lookup.pack.key])
    found = _of(lookup, query, item, keys)
    return {k: why for k, note in found if (why := judging.told(policy, note))}


def _of(lookup: Lookup, query: Select[Any], column: Any, keys: Collection[Any]) -> Iterable[Any]:
    """Ask for the rows in which ``column`` is one of ``keys``, as many as a statement takes."""
    size = dialect_of(lookup.connection).max_keys
    for some in chunks(sorted(keys), size):
        yield from lookup.connection.execute(query.where(column.in_(some)))


def _moment(value: Any, pack: Pack) -> datetime | None:
    """Read a time of the site; the product's empty date is none."""
    if not isinstance(value, datetime):
        return None
    local = value.astimezone().replace(tzinfo=None) if value.tzinfo else value
    return None if local == pack.empty_date else local
