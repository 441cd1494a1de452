"""Opens a request: an action item in its queue, as the CRM makes one. The executor writes."""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from sqlalchemy import Connection, Engine, MetaData

from scanner.errors import AlreadyDone, Misconfigured
from scanner.executor import errands
from scanner.executor.transaction import writing
from scanner.packs.lookups import Lookup
from scanner.requests import finder, lock
from scanner.rulebook import Pack
from scanner.subjects import acquaintance

BUSY = "another request is being opened at this moment: nothing was done; try again"


def open_request(
    engine: Engine, pack: Pack, key: str, *, agent: str, now: datetime, commit: bool = False
) -> str:
    """Create and dispatch an action item about the subject ``key``; without ``commit``, undo it.

    Returns:
        The number of the item.

    Raises:
        AlreadyDone: there is an open one.
        Refused: another request is being opened, which may be about the same subject.
        Misconfigured: no such subject, or the pack does not fit the database.
        DatabaseFailed: the database failed; nothing was changed.
    """
    desk = finder.desk_of(pack)
    with _alone(engine, commit=commit), writing(engine) as (connection, keep):
        schema = finder.schema_of(connection, pack)
        lookup = finder.lookup_of(connection, schema, pack, now=now, agent=agent)
        subject = _subject(lookup, key)
        _only(connection, schema, pack, subject)
        lookup.values["subject"] = subject
        errands.perform(lookup, desk, ("create", "dispatch"))
        if commit:
            keep()
        return str(lookup.values.get("number", ""))


def _alone(engine: Engine, *, commit: bool) -> AbstractContextManager[None]:
    """Let nobody open a second one while this one is looked for and not yet committed."""
    return lock.alone(engine, "opening", BUSY) if commit else nullcontext()


def _subject(lookup: Lookup, key: str) -> object:
    subject = acquaintance.subject_key(lookup.connection, lookup.schema, lookup.pack, key)
    if not finder.present(lookup, {subject}):
        raise Misconfigured(f"no subject has the key {key}: {lookup.pack.subject} has no such row")
    return subject


def _only(connection: Connection, schema: MetaData, pack: Pack, subject: object) -> None:
    for item in finder.find(connection, schema, pack):
        if item.subject == subject and item.state != "closed":
            raise AlreadyDone(f"request {item.number} about this subject is open already")
