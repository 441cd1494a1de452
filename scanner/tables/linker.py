"""Which columns hold keys of which tables: declared, or told from names and values. Reads only.

A column that is named like another table is put to the test: how many of its values are keys
there, and how many numbers drawn at random from the same range would be. Values stay in memory.
"""

import random
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.types import NullType

from scanner.database import dialect_of, ref
from scanner.model import TableRef
from scanner.rows import chunks
from scanner.tables.keynames import Fit, Names, stems

Certainty = Literal["declared", "sure", "likely", "weak"]

ROWS, VALUES = 4000, 400
"""So many rows of a table are read for a column's values, so many of them are looked up."""

ENOUGH = 20
"""Fewer different values could all be keys by accident."""

NEARLY = 0.95
"""The share of values found from which the rest may be rows whose parent was deleted."""

SEED = 7


@dataclass(frozen=True, slots=True)
class Tie:
    """``column`` of ``child`` holds values of ``key`` of ``parent``; ``evidence`` has counts only."""

    child: TableRef
    column: str
    parent: TableRef
    key: str
    certainty: Certainty
    evidence: str


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Of ``of`` different values ``found`` are keys; of as many random numbers ``chance`` are."""

    found: int
    of: int
    chance: int | None = None

    def __str__(self) -> str:
        if not self.of:
            return "no values to look up"
        said = f"{self.found} of {self.of} different values found"
        if self.chance is None:
            return said
        return f"{said}, of as many random numbers {self.chance}"

    @property
    def share(self) -> float:
        """The share of the values that are keys."""
        return self.found / self.of if self.of else 0.0


class Linker:
    """Finds the ties of one database; ``copies`` are no parents."""

    def __init__(
        self, connection: Connection, schema: MetaData, copies: Iterable[TableRef] = ()
    ) -> None:
        self.connection = connection
        self.tables = {ref(t): t for t in schema.tables.values()}
        self.copies = frozenset(copies)
        self._values: dict[tuple[TableRef, str], list[Any]] = {}

    def ties(self) -> tuple[Tie, ...]:
        """List the declared ties and those that names speak for."""
        declared = list(self._declared())
        taken = {(t.child, t.column) for t in declared}
        names = Names(t for t in self.tables if t not in self.copies)
        named = [
            tie
            for where, table in sorted(self.tables.items())
            for column in table.columns
            if (where, column.name) not in taken and _may_be_key(column)
            for tie in self._named(column, names.tables(column.name))
        ]
        return tuple(sorted({*declared, *named}, key=str))

    def composite(self) -> tuple[str, ...]:
        """List the declared foreign keys of several columns, which no relation can follow."""
        return tuple(
            f"{where} ({', '.join(k.parent.name for k in key.elements)}) to {to[0]}"
            for where, table in sorted(self.tables.items())
            for key in sorted(table.foreign_key_constraints, key=lambda k: str(k.column_keys))
            if len(key.elements) > 1 and (to := self._target(where, key.elements[0]))
        )

    def _declared(self) -> Iterator[Tie]:
        for where, table in self.tables.items():
            for key in table.foreign_key_constraints:
                target = self._target(where, key.elements[0])
                if target is not None and len(key.elements) == 1:
                    column = key.elements[0].parent.name
                    yield Tie(where, column, *target, "declared", "declared foreign key")

    def _target(self, child: TableRef, key: Any) -> tuple[TableRef, str] | None:
        """Find what a foreign key points at by name: SQLite does not mind upper and lower case."""
        place, _, column = key.target_fullname.rpartition(".")
        schema, _, name = place.rpartition(".")
        for where, table in self.tables.items():
            if where.name.lower() == name.lower() and where.schema in (schema, child.schema):
                for one in table.columns:
                    if one.name.lower() == column.lower():
                        return where, one.name
        return None

    # -- told from names and values ----------------------------------------------------------

    def _named(self, column: Column[Any], tables: Mapping[TableRef, Fit]) -> Iterator[Tie]:
        where = ref(column.table)
        tested = []
        for parent, fit in tables.items():
            keys = [k for k in self._keys(parent, column.name) if alike(column, k)]
            if parent != where and keys:
                tried = [(self.inclusion(column, k), k) for k in keys]
                best, key = max(tried, key=lambda t: t[0].share)
                tested.append((parent, fit, key, best))
        likely = [t for t in tested if t[3].share >= NEARLY] or tested
        for parent, fit, key, found in likely:
            unique = is_unique(key) or self._differs(key)
            certainty = _certainty(fit, found, alone=len(likely) == 1, unique=unique)
            told = {"full": "named so", "part": "named so in part", "short": "named so, cut short"}
            doubts = [] if len(likely) == 1 else ["other tables fit as well"]
            doubts += [] if unique else ["the key is not unique"]
            evidence = "; ".join([told[fit], str(found), *doubts])
            yield Tie(where, column.name, parent, key.name, certainty, evidence)

    def _keys(self, parent: TableRef, column: str) -> list[Column[Any]]:
        """Choose what the key may be: one of the column's own name, the others after it."""
        table = self.tables[parent]
        found = [c for c in table.columns if is_unique(c)] or [
            c for c in table.columns if _may_be_key(c) and _own_key(c)
        ]
        same = [c for c in found if c.name.lower() == column.lower()]
        return same or sorted(found, key=lambda c: not c.primary_key)

    def inclusion(self, child: Column[Any], key: Column[Any]) -> Inclusion:
        """Count how many of a column's values are keys of another table."""
        values = self._distinct(child)
        found = self._count(key, values)
        if not values or not all(type(v) is int for v in values):
            return Inclusion(found, len(values))
        chance = random.Random(SEED)  # noqa: S311  # a control, not a secret
        drawn = {chance.randint(min(values), max(values)) for _ in values}
        return Inclusion(
            found, len(values), round(self._count(key, drawn) * len(values) / len(drawn))
        )

    def _count(self, key: Column[Any], values: Iterable[Any]) -> int:
        size = dialect_of(self.connection).max_keys
        return sum(
            int(
                self.connection.scalar(select(func.count(key.distinct())).where(key.in_(some))) or 0
            )
            for some in chunks(sorted(values, key=str), size)
        )

    def _differs(self, key: Column[Any]) -> bool:
        """Whether no two of the rows that are read have the same key."""
        values = [v for (v,) in self.read(key.table, key.name)]
        return bool(values) and None not in values and len(set(values)) == len(values)

    def _distinct(self, column: Column[Any]) -> list[Any]:
        """Read some different values; an empty text and 0 point nowhere."""
        place = (ref(column.table), column.name)
        if place not in self._values:
            values = {v for v in self.read(column.table, column.name) if v[0] not in (None, "", 0)}
            self._values[place] = sorted((v[0] for v in values), key=str)[
                :: max(1, len(values) // VALUES)
            ]
        return self._values[place]

    def read(self, table: Table, *names: str) -> list[tuple[Any, ...]]:
        """Read some columns of a few thousand rows: of all, or of a random sample.

        A list or an object, as PostgreSQL's arrays have them, is no key and counts as no value.
        """
        return [tuple(map(_single, row)) for row in self._read(table, names)]

    def _read(self, table: Table, names: Sequence[str]) -> list[tuple[Any, ...]]:
        few = select(*(table.c[n] for n in names)).limit(2 * ROWS)
        rows = [tuple(r) for r in self.connection.execute(few)]
        if len(rows) < 2 * ROWS:
            return rows
        dialect = dialect_of(self.connection)
        bounds = dialect.bounds(self.connection, table)
        query = dialect.sample(
            table, lambda s: [s.c[n] for n in names], rows=ROWS, of=None, seed=SEED, bounds=bounds
        )
        sampled = [tuple(r) for r in self.connection.execute(query.limit(2 * ROWS))]
        return sampled if len(sampled) > ENOUGH else rows


def _single(value: Any) -> Any:
    """Give a value that may be a key; a list and an object are none, nor can they be held in a set."""
    return value if isinstance(value, Hashable) else None


def _certainty(fit: Fit, found: Inclusion, *, alone: bool, unique: bool) -> Certainty:
    """Weigh a name and what the values say: nothing is sure that has one doubt."""
    enough = found.of >= ENOUGH
    if fit == "full" and alone and unique and enough and found.found == found.of:
        return "sure"
    if found.of and found.share >= NEARLY and (fit == "full" or enough):
        return "likely"
    return "weak"


def is_unique(column: Column[Any]) -> bool:
    """Whether a column alone tells the rows of its table apart, by declaration."""
    table = column.table
    groups: list[Any] = [table.primary_key, *(i for i in table.indexes if i.unique)]
    groups += [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    return any([c.name for c in g.columns] == [column.name] for g in groups)


def _own_key(column: Column[Any]) -> bool:
    """Whether a column of a table without keys is named like its key: id, or like the table."""
    readings = list(stems(column.name))
    return not readings or ref(column.table) in Names([ref(column.table)]).tables(column.name)


def _may_be_key(column: Column[Any]) -> bool:
    kind = column.type
    whole = isinstance(kind, Integer | Numeric) and not getattr(kind, "scale", None)
    return whole or isinstance(kind, String | NullType) or _plain(kind) == "UUID"


def _plain(kind: Any) -> str:
    return type(kind).__name__.upper()


def alike(child: Column[Any], key: Column[Any]) -> bool:
    """Whether values of two columns can be compared in every database."""

    def family(column: Column[Any]) -> str:
        kind = column.type
        if isinstance(kind, Integer | Numeric | Float):
            return "number"
        return "text" if isinstance(kind, String) else _plain(kind)

    return family(child) == family(key) and not isinstance(child.type, LargeBinary)
