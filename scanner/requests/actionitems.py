"""Requests that are action items of the CRM: noted and closed as the CRM does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from scanner.database import reading
from scanner.errors import Stale
from scanner.executor import errands
from scanner.executor.errands import Aside
from scanner.executor.transaction import writing
from scanner.receipts import Receipt
from scanner.requests import judging
from scanner.requests.finder import desk_of, find, lookup_of, schema_of
from scanner.requests.items import Item, Note
from scanner.rulebook import Pack

FINISHING = ("note", "close")
"""What is written when a request was carried out."""


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
            schema = schema_of(connection, self.pack)
            if self.agent:
                lookup_of(connection, schema, self.pack, now=self.now, agent=self.agent).fill(
                    "{user}"
                )
            return find(connection, schema, self.pack)

    def finishing(self, item: Item, note: Note) -> Aside:
        """Give what notes and closes the item inside of the erasure's transaction."""

        def finish(connection: Connection, receipt: Receipt) -> None:
            self._write(connection, item, note(receipt), FINISHING)

        return Aside(finish, errands.tables_of(desk_of(self.pack), FINISHING))

    def finished(self, item: Item, text: str) -> None:
        """Nothing is left to do: all was in one transaction."""

    def close(self, item: Item, text: str) -> None:
        """Note and close the item, in a transaction of its own."""
        with writing(self.engine) as (connection, keep):
            self._write(connection, item, text, FINISHING)
            keep()

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
        schema = schema_of(connection, self.pack)
        again = find(connection, schema, self.pack, only=(item.key,))
        if len(again) != 1 or not item.stands(again[0]):
            raise Stale(f"request {item.number} is no longer as it was: try again")
        desk = desk_of(self.pack)
        lookup = lookup_of(connection, schema, self.pack, now=self.now, agent=self.agent)
        lookup.values["text"] = text
        lookup.rows["item"] = (desk.items.table, item.key)
        errands.perform(lookup, desk, tasks)
