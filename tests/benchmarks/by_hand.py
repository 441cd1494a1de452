"""What a DBA would run by hand who had been given all keys and new values: the yardsticks of an erasure.

``written`` is a script of UPDATEs by key, one a line, as a DBA writes it and gives it to the database's
client program. ``bare`` are the same UPDATEs as quickly as any program can send them: prepared, and in
batches. ``careful`` proves as much by itself as can be proved without looking for the person: it counts
the rows of all tables and takes the figures of reports, reads the rows, rewrites them, reads them again,
and compares all of it. Both go through the driver alone. Each is one transaction that is rolled back.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from shutil import which
from typing import Any

READ_AT_ONCE = 1000


@dataclass
class Update:
    """One statement: the table and columns as SQL names them, and for each row new values and key."""

    table: str
    sets: tuple[str, ...]
    key: tuple[str, ...]
    unique: bool
    rows: list[tuple[tuple[Any, ...], tuple[Any, ...]]] = field(default_factory=list)


@dataclass
class Script:
    """All statements, and the queries whose answers are to stay."""

    engine: Any
    updates: list[Update]
    tables: list[str]
    figures: list[str]

    @property
    def cells(self) -> int:
        """How many cells are set."""
        return sum(len(u.rows) * len(u.sets) for u in self.updates)

    @property
    def sign(self) -> str:
        """How the driver marks a parameter."""
        return "?" if self.engine.dialect.name == "sqlite" else "%s"

    def written(self, file: Path) -> list[str] | None:
        """Write the updates into ``file``, and give the command that runs it, if its program is there."""
        lines = ["BEGIN;"]
        for update in self.updates:
            for new, key in update.rows:
                sets = ", ".join(
                    f"{c} = {_literal(v)}" for c, v in zip(update.sets, new, strict=True)
                )
                named = zip(update.key, key, strict=True)
                same = " AND ".join(
                    f"{c} IS NULL" if k is None else f"{c} = {_literal(k)}" for c, k in named
                )
                lines.append(f"UPDATE {update.table} SET {sets} WHERE {same};")
        file.write_text("\n".join([*lines, "ROLLBACK;\n"]), encoding="utf-8")
        url = self.engine.url
        if self.engine.dialect.name == "sqlite":
            return ["sqlite3", "-bail", str(url.database)] if which("sqlite3") else None
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return ["psql", "-qX", "-v", "ON_ERROR_STOP=1", plain] if which("psql") else None

    def bare(self) -> None:
        """Run the updates."""
        with self._cursor() as cursor:
            for update in self.updates:
                self._write(cursor, update)

    def careful(self) -> None:
        """Run the updates, and compare what was and what is."""
        with self._cursor() as cursor:
            counts, figures = self._counts(cursor), self._figures(cursor)
            before = [
                self._read(cursor, update, [k for _, k in update.rows]) for update in self.updates
            ]
            for update in self.updates:
                self._write(cursor, update)
            for update, rows in zip(self.updates, before, strict=True):
                self._check(cursor, update, rows)
            if self._figures(cursor) != figures:
                raise AssertionError("figures differ")
            # Triggers may add rows: copies of what they keep of each change.
            if any(now < was for was, now in zip(counts, self._counts(cursor), strict=True)):
                raise AssertionError("rows are gone")

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        with self.engine.connect() as plain:
            connection = plain.execution_options(efface_writes=10)
            with connection.begin() as work:
                cursor = connection.connection.cursor()
                yield cursor
                cursor.close()
                work.rollback()

    def _write(self, cursor: Any, update: Update) -> None:
        sets = ", ".join(f"{c} = {self.sign}" for c in update.sets)
        sql = f"UPDATE {update.table} SET {sets} WHERE {self._same(update)}"
        cursor.executemany(sql, [(*new, *key) for new, key in update.rows])

    def _same(self, update: Update) -> str:
        """Find a row by its key; one of a table without a key by all that it holds, NULL or not."""
        alike = "IS" if self.engine.dialect.name == "sqlite" else "IS NOT DISTINCT FROM"
        equal = "=" if update.unique else alike
        return " AND ".join(f"{c} {equal} {self.sign}" for c in update.key)

    def _read(self, cursor: Any, update: Update, keys: list[Any]) -> dict[Any, Any]:
        """Read whole rows by their keys: the key, what is set, all else."""
        names = ", ".join((*update.key, *update.sets))
        begin = f"SELECT {names}, {update.table}.* FROM {update.table} WHERE"
        found = []
        if len(update.key) == 1 and update.unique:
            for start in range(0, len(keys), READ_AT_ONCE):
                some = [k for (k,) in keys[start : start + READ_AT_ONCE]]
                signs = ", ".join([self.sign] * len(some))
                cursor.execute(f"{begin} {update.key[0]} IN ({signs})", some)
                found += cursor.fetchall()
        else:
            for key in keys:
                cursor.execute(f"{begin} {self._same(update)}", key)
                found += cursor.fetchall()
        return {tuple(row[: len(update.key)]): row[len(update.key) :] for row in found}

    def _check(self, cursor: Any, update: Update, before: dict[Any, Any]) -> None:
        """Compare each row: what was set is there, all else is as it was."""
        wide = len(update.sets)
        moved = {self._now(update, new, key): (new, before[key]) for new, key in update.rows}
        after = self._read(cursor, update, list(moved))
        cursor.execute(f"SELECT * FROM {update.table} WHERE 1 = 0")
        names = [column[0] for column in cursor.description]
        set_ = {c.strip('"') for c in update.sets}
        others = [wide + n for n, name in enumerate(names) if name not in set_]
        for place, (new, old) in moved.items():
            row = after[place]
            if row[:wide] != new or any(row[n] != old[n] for n in others):
                raise AssertionError(f"a row of {update.table} is not as it should be")

    def _now(self, update: Update, new: tuple[Any, ...], key: tuple[Any, ...]) -> tuple[Any, ...]:
        """Say what the key of a row is once it is rewritten."""
        changed = dict(zip(update.sets, new, strict=True))
        return tuple(changed.get(c, k) for c, k in zip(update.key, key, strict=True))

    def _counts(self, cursor: Any) -> list[Any]:
        cursor.execute(
            " UNION ALL ".join(f"SELECT {n}, count(*) FROM {t}" for n, t in enumerate(self.tables))
        )
        return sorted(cursor.fetchall())

    def _figures(self, cursor: Any) -> list[Any]:
        """Take the figures: groups with their rows, as sets, since their order is nobody's matter."""
        found = []
        for query in self.figures:
            cursor.execute(query)
            found.append(set(cursor.fetchall()))
        return found


def run(command: list[str], file: Path) -> None:
    """Give a script to the client program of its database."""
    with file.open("rb") as script:
        subprocess.run(command, stdin=script, check=True, capture_output=True)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes | memoryview):
        return f"'\\x{bytes(value).hex()}'"
    if isinstance(value, str | date) or not isinstance(value, int | float):
        return "'" + str(value).replace("'", "''") + "'"
    return str(value)
