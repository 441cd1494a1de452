"""Put rows into an empty database in batches, and tell the truth of each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scanner.demo.facts import facts
from scanner.demo.said import Span, upper
from scanner.demo.truth import Flag, Truth

BATCH = 1000
"""How many rows of a table wait before they are sent."""

BASE = 1 << 28
"""Clarify's first objid is one more: the site's number times 2^28, plus a counter."""

Send = Callable[[str, Sequence[str], list[Sequence[Any]]], None]
"""Inserts rows: table, columns, values."""


class Sheet:
    """Rows of one table that fill the same columns."""

    __slots__ = (
        "_columns", "_count", "_described", "_rows", "_shadowed", "_speaking", "_store", "_table",
        "_texts", "_unkeyed", "_wide",
    )  # fmt: skip

    def __init__(self, store: "Store", table: str, columns: Sequence[str], *, wide: bool) -> None:
        self._store = store
        self._table = store.truth.table_index[table]
        self._wide = wide
        index = store.truth.column_index
        self._shadowed = [n for n, c in enumerate(columns) if (table, f"s_{c}") in index]
        self._columns = [*columns, *(f"s_{columns[n]}" for n in self._shadowed)]
        described = store.truth.columns
        self._speaking = [
            (n, index[table, name])
            for n, name in enumerate(columns)
            if described[index[table, name]]["personal"] != "none" or name.endswith("2contact")
        ]
        self._unkeyed = not store.truth.tables[self._table]["key"]
        self._described = [described[index[table, c]] for c in self._columns]
        self._texts = [store.texts[table, c] for c in self._columns]
        self._count = 0
        self._rows: list[Sequence[Any]] = []

    def put(
        self,
        *cells: Any,
        owner: int = 0,
        linked: bool = False,
        also: Sequence[int] = (),
    ) -> None:
        """Add a row that is ``owner``'s own, or ``linked`` to them; ``also`` are others linked."""
        self.add(list(cells), owner, Flag.LINKED if linked else Flag.OWN, also)

    def add(
        self, cells: list[Any], owner: int = 0, relation: int = Flag.OWN, also: Sequence[int] = ()
    ) -> None:
        """Add a row to which ``owner`` has this relation; the row keeps the list."""
        truth, key = self._store.truth, cells[0]
        if self._unkeyed:
            self._count = key = self._count + 1
        for n, column in self._speaking:
            cell = cells[n]
            if isinstance(cell, tuple):
                cells[n], spans = cell
                if also:
                    self._note_each(column, key, spans, owner, relation, also)
                else:
                    truth.note(column, key, spans, owner, relation)
        if owner or also:
            key2 = cells[1] if self._wide else -1
            if owner:
                truth.note_row(owner, self._table, key, relation, key2)
            for who in also:
                truth.note_row(who, self._table, key, Flag.LINKED, key2)
        for n in self._shadowed:
            text = cells[n]
            cells.append(text and upper(text))
        self._rows.append(cells)
        if len(self._rows) >= BATCH:
            self.flush()

    def _note_each(
        self,
        column: int,
        key: int,
        spans: Sequence[Span],
        owner: int,
        relation: int,
        also: Sequence[int],
    ) -> None:
        """Note spans of a row that is linked to more people than its owner."""
        for span in spans:
            whose = (span[2], Flag.LINKED) if span[2] in also else (owner, relation)
            self._store.truth.note(column, key, (span,), *whose)

    def flush(self) -> None:
        """Send the rows that wait, and count what they fill."""
        if not self._rows:
            return
        truth = self._store.truth
        described = truth.tables[self._table]
        described["rows"] += len(self._rows)
        for column, text, cells in zip(
            self._described, self._texts, zip(*self._rows, strict=True), strict=True
        ):
            filled = len(list(filter(None, cells))) if text else len(cells) - cells.count(None)
            column["filled"] += filled
        self._store.send(described["table"], self._columns, self._rows)
        truth.spill()
        self._rows = []


class Store:
    """All sheets, the counters of objid, and the way into the database."""

    def __init__(self, truth: Truth, send: Send, texts: Mapping[tuple[str, str], bool]) -> None:
        self.truth = truth
        self.texts = texts
        self.send = send
        self._sheets: dict[tuple[str, str], Sheet] = {}
        self._last: dict[str, int] = {}

    def put(
        self,
        name: str,
        columns: str,
        cells: Sequence[Any],
        owner: int = 0,
        relation: int = Flag.OWN,
    ) -> int:
        """Add a row under a new objid."""
        self._last[name] = objid = self._last.get(name, BASE) + 1
        sheet = self._sheets.get((name, columns)) or self.sheet(name, columns)
        sheet.add([objid, *cells], owner, relation)
        return objid

    def new_id(self, name: str) -> int:
        """Take the next objid of an object."""
        self._last[name] = found = self._last.get(name, BASE) + 1
        return found

    def last_id(self, name: str) -> int:
        """Tell the last objid that was taken."""
        return self._last.get(name, BASE)

    def sheet(self, name: str, columns: str) -> Sheet:
        """Open the sheet of an object (or of a table between two) that fills ``columns``."""
        if (name, columns) not in self._sheets:
            fact = facts().get(name)
            table = fact.table if fact else name
            wide = name.startswith("mtm_")
            self._sheets[name, columns] = Sheet(self, table, columns.split(), wide=wide)
        return self._sheets[name, columns]

    def flush(self) -> None:
        """Send all that waits."""
        for sheet in self._sheets.values():
            sheet.flush()


def sender(driver: Any, dialect: str, advance: Callable[[int], None]) -> Send:
    """Make the fastest way in that a driver has: COPY on PostgreSQL, else executemany."""
    cursor = driver.cursor()
    quote = "`" if dialect in ("mysql", "mariadb") else '"'

    def copy(table: str, columns: Sequence[str], rows: list[Sequence[Any]]) -> None:
        names = ", ".join(f'"{c}"' for c in columns)
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as stream:
            for row in rows:
                stream.write_row(row)
        advance(len(rows))

    def insert(table: str, columns: Sequence[str], rows: list[Sequence[Any]]) -> None:
        names = ", ".join(f"{quote}{c}{quote}" for c in columns)
        marks = ", ".join(["?" if dialect == "sqlite" else "%s"] * len(columns))
        into = f"INSERT INTO {quote}{table}{quote} ({names})"  # names of our own
        cursor.executemany(f"{into} VALUES ({marks})", rows)
        advance(len(rows))

    return copy if dialect == "postgresql" else insert
