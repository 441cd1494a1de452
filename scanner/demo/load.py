"""Put rows into an empty database in batches, and tell the truth of each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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

    __slots__ = (
        "_columns", "_count", "_described", "_marks", "_rows", "_shadowed", "_speaking", "_store",
        "_table", "_texts", "_unkeyed", "_wide",
    )  # fmt: skip

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
        described = store.truth.columns
        self._speaking = [
            n
            for n, marks in enumerate(self._marks)
            if described[marks[0]]["personal"] != "none" or columns[n].endswith("2contact")
        ]
        self._unkeyed = not store.truth.tables[self._table]["key"]
        self._described = [described[index[table, c]] for c in self._columns]
        self._texts = [store.texts[table, c] for c in self._columns]
        self._count = 0
        self._rows: list[tuple[Any, ...]] = []

    def put(
        self,
        *cells: Any,
        owner: int = 0,
        linked: bool = False,
        also: Sequence[int] = (),
    ) -> None:
        """Add a row that is ``owner``'s own, or ``linked`` to them; ``also`` are others linked."""
        self._count += 1
        key = self._count if self._unkeyed else cells[0]
        values: list[Any] | None = None
        for n in self._speaking:
            cell = cells[n]
            if cell.__class__ is Said:
                value: str | int = cell.text
                spans = cell.spans
            elif cell.__class__ is Marked:
                value = cell.value
                spans = ((0, WHOLE, cell.who, cell.kind, False),)
            else:
                continue
            values = values or list(cells)
            values[n] = value
            if spans:
                self._note(n, key, spans, owner, linked, also)
        if owner or also:
            self._belongs(cells[:2] if self._wide else (key,), owner, linked, also)
        if self._shadowed:
            values = values or list(cells)
            values += [v if (v := values[n]) is None else upper(v) for n in self._shadowed]
        self._rows.append(tuple(values) if values else cells)
        if len(self._rows) >= BATCH:
            self.flush()

    def _belongs(self, keys: Sequence[int], owner: int, linked: bool, also: Sequence[int]) -> None:
        truth = self._store.truth
        if owner:
            truth.note_row(owner, self._table, keys, Flag.LINKED if linked else Flag.OWN)
        for who in also:
            truth.note_row(who, self._table, keys, Flag.LINKED)

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
        described = truth.tables[self._table]
        described["rows"] += len(self._rows)
        for column, text, cells in zip(
            self._described, self._texts, zip(*self._rows, strict=True), strict=True
        ):
            filled = len(list(filter(None, cells))) if text else len(cells) - cells.count(None)
            column["filled"] += filled
        self._store.send(described["table"], self._columns, self._rows)
        self._rows = []


class Store:
    """All sheets, the counters of objid, and the way into the database."""

    def __init__(self, truth: Truth, send: Send, texts: Mapping[tuple[str, str], bool]) -> None:
        self.truth = truth
        self.texts = texts
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
        into = f"INSERT INTO {quote}{table}{quote} ({names})"  # names of our own
        cursor.executemany(f"{into} VALUES ({marks})", rows)
        advance(len(rows))

    return copy if dialect == "postgresql" else insert
