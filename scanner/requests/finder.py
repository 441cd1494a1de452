"""Finds the requests among the action items of a CRM, as its pack describes them. Reads only."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, MetaData, Select, select

from scanner.database import dialect_of, reflect
from scanner.errors import Misconfigured
from scanner.packs.lookups import Lookup, column_of
from scanner.requests import judging
from scanner.requests.items import Item, State, local
from scanner.rows import chunks
from scanner.rulebook import Pack
from scanner.rulefiles.tracking import Desk, Policy, Titled

DUE = timedelta(days=7)
"""When the CRM wants an action item to be done, if nobody says when (CLARIFY.md, section 4)."""

KNOWN = "efface_requests"
"""Where a connection keeps the tables of requests, and as of which definitions."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of status: when, by which user, to which status."""

    when: Any
    by: Any
    to: Any


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


def schema_of(connection: Connection, pack: Pack) -> MetaData:
    """Read the few tables that requests are about, again only where they may have changed.

    A run asks for them at each step of each request, which took it longer than the erasures.
    """
    names = frozenset({*desk_of(pack).tables, pack.subject})
    catalogue = dialect_of(connection).catalogue(connection)
    known: tuple[str, frozenset[str], MetaData] | None = connection.info.get(KNOWN)
    if known is not None and catalogue and known[:2] == (catalogue, names):
        return known[2]
    schema = reflect(connection, only=names)
    connection.info[KNOWN] = (catalogue, names, schema)
    return schema


def lookup_of(
    connection: Connection, schema: MetaData, pack: Pack, *, now: datetime, agent: str = ""
) -> Lookup:
    """Know what the pack's rows for errands may ask for."""
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
    changes, notes = _last_changes(lookup, desk, keys), _last_told(lookup, desk, keys)
    conditions = Titled(table=desk.states.table, title=desk.states.title)
    states = _titles(lookup, conditions, [r["state"] for r in rows])
    statuses = [r[n] for r in rows for n in ("status", "kind")]
    titles = _titles(lookup, desk.titles, [*statuses, *(c.to for c in changes.values())])
    logins = _titles(lookup, desk.people, [c.by for c in changes.values()])
    there = present(lookup, {r["subject"] for r in rows})
    found = []
    for row in rows:
        state = _state(desk, states.get(row["state"], ""))
        change = _approval(changes.get(row["key"]), row, titles, policy, closed=state == "closed")
        kind = titles.get(row["kind"], "")
        found.append(
            Item(
                key=row["key"],
                number=str(row["number"]),
                subject=row["subject"] or None,
                known=row["subject"] in there,
                status=titles.get(row["status"], ""),
                state=state,
                method=policy.methods.get(kind, policy.method),
                received=_moment(row["received"], pack),
                approved=_moment(change.when, pack),
                opener=row["opener"] or None,
                approver=change.by or None,
                login=logins.get(change.by, ""),
                told=notes.get(row["key"], ""),
            )
        )
    return tuple(found)


def _approval(
    change: Change | None,
    row: Mapping[str, Any],
    titles: Mapping[Any, str],
    policy: Policy,
    *,
    closed: bool,
) -> Change:
    """Take the last change of status for the approval, if it led to the status that the item has.

    A closed item has another one: there it is enough that it was approved last.
    """
    approved = change and titles.get(change.to, "").casefold() == policy.status.casefold()
    if change and approved and (closed or change.to == row["status"]):
        return change
    return Change(None, None, None)


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


def _titles(lookup: Lookup, titled: Titled, keys: Iterable[Any]) -> dict[Any, str]:
    """Read what people call the rows with these keys."""
    table = lookup.table(titled.table)
    key, title = table.c[lookup.pack.key], column_of(table, titled.title)
    wanted = {k for k in keys if k is not None}
    return {k: str(t or "") for k, t in _of(lookup, select(key, title), key, wanted)}


def present(lookup: Lookup, keys: Collection[Any]) -> set[Any]:
    """Say which of these subjects have a row."""
    key = lookup.table(lookup.pack.subject).c[lookup.pack.key]
    return {row[0] for row in _of(lookup, select(key), key, {k for k in keys if k is not None})}


def _last_changes(lookup: Lookup, desk: Desk, keys: Collection[Any]) -> dict[Any, Change]:
    """Read the last change of status of each item."""
    told = desk.changes
    table = lookup.table(told.table)
    item, *rest = (column_of(table, c) for c in (told.item, told.when, told.by, told.status))
    order = (column_of(table, told.when), table.c[lookup.pack.key])
    query = select(item, *rest).order_by(*order)
    return {k: Change(when, by, to) for k, when, by, to in _of(lookup, query, item, keys)}


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
    found = local(value)
    return None if found == pack.empty_date else found
