"""Put rows into an empty database in batches, and tell the truth of each."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from scanner.demo.facts import facts
from scanner.demo.said import WHOLE, Marked, Said, upper
from scanner.demo.truth import Flag, Truth

BATCH = 1000
"""How many rows of a table wait before they are sent."""

BASE = 1 << 28
"""Clarify's first objid is one more: the site's number times 2^28, plus a counter."""

Send = Callable[[str, Sequence[str], list[tuple[Any, ...]]], None]
"""Inserts rows: table, columns, values."""


class Sheet:
    """Rows of one table that fill the same columns."""

    __slots__ = ("_columns", "_marks", "_rows", "_shadowed", "_store", "_table", "_unkeyed", "_wide")

    def __init__(self, store: "Store", table: str, columns: Sequence[str], *, wide: bool) -> None:
        self._store = store
        self._table = store.truth.table_index[table]
        self._wide = wide
        index = store.truth.column_index
        self._shadowed = [n for n, c in enumerate(columns) if (table, f"s_{c}") in index]
        self._columns = [*columns, *(f"s_{columns[n]}" for n in self._shadowed)]
        self._marks = [
            tuple(i for c in (name, f"s_{name}") if (i := index.get((table, c))) is not None)
            for name in columns
        ]
        self._unkeyed = not store.truth.tables[self._table]["key"]
        self._rows: list[tuple[Any, ...]] = []

    def put(
        self,
        *cells: Any,
        owner: int = 0,
        linked: bool = False,
        also: Sequence[int] = (),
    ) -> None:
        """Add a row that is ``owner``'s own, or ``linked`` to them; ``also`` are others linked."""
        store, values = self._store, list(cells)
        truth = store.truth
        described = truth.tables[self._table]
        described["rows"] += 1
        key = described["rows"] if self._unkeyed else values[0]
        for n, cell in enumerate(cells):
            kind = cell.__class__
            if kind is Said:
                values[n], spans = cell.text, cell.spans
            elif kind is Marked:
                values[n], spans = cell.value, ((0, WHOLE, cell.who, cell.kind, False),)
            else:
                continue
            if spans:
                self._note(n, key, spans, owner, linked, also)
        if owner:
            keys = cells[:2] if self._wide else (key,)
            truth.note_row(owner, self._table, keys, Flag.LINKED if linked else Flag.OWN)
        for who in also:
            truth.note_row(who, self._table, (key,), Flag.LINKED)
        for n in self._shadowed:
            values.append(upper(values[n]) if values[n] is not None else None)
        self._rows.append(tuple(values))
        if len(self._rows) >= BATCH:
            self.flush()

    def _note(
        self, n: int, key: int, spans: Any, owner: int, linked: bool, also: Sequence[int]
    ) -> None:
        truth = self._store.truth
        if not also:
            truth.note(self._marks[n], key, spans, owner=owner, linked=linked)
            return
        for span in spans:
            mine = span[2] == owner or span[2] not in also
            whose, far = (owner, linked) if mine else (span[2], True)
            truth.note(self._marks[n], key, (span,), owner=whose, linked=far)

    def flush(self) -> None:
        """Send the rows that wait, and count what they fill."""
        if not self._rows:
            return
        truth = self._store.truth
        table = truth.tables[self._table]["table"]
        for name, column in zip(self._columns, zip(*self._rows, strict=True), strict=True):
            filled = len(column) - column.count(None) - column.count("")
            truth.columns[truth.column_index[table, name]]["filled"] += filled
        self._store.send(table, self._columns, self._rows)
        self._rows = []


class Store:
    """All sheets, the counters of objid, and the way into the database."""

    def __init__(self, truth: Truth, send: Send) -> None:
        self.truth = truth
        self.send = send
        self._sheets: dict[tuple[str, str], Sheet] = {}
        self._last: dict[str, int] = {}

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

    def copy(table: str, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
        names = ", ".join(f'"{c}"' for c in columns)
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as stream:
            for row in rows:
                stream.write_row(row)
        advance(len(rows))

    def insert(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        rows = list(rows)
        names = ", ".join(f"{quote}{c}{quote}" for c in columns)
        marks = ", ".join(["?" if dialect == "sqlite" else "%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {quote}{table}{quote} ({names}) VALUES ({marks})", rows)
        advance(len(rows))

    return copy if dialect == "postgresql" else insert
