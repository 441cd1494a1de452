"""How a row is named in plans and found again: by its key, else by a digest of what it holds.

Plans hold no personal data, so a key that may itself identify a person is named by its digest.
"""

import hashlib
import hmac
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    Time,
    and_,
    cast,
    literal,
    or_,
)
from sqlalchemy.schema import Table
from sqlalchemy.types import Enum, NullType

from scanner.database import key_of, ref
from scanner.dialects import Dialect
from scanner.model import ColumnRef, Key, TableRef

T = TypeVar("T")

WHOLE = re.compile(r"-?[0-9]{1,18}")

TEXTS = (String, NullType, Integer, Numeric, Date, DateTime, Time)
"""Types of columns in which a text is compared as one: SQLite takes texts in any column."""

ANY = Dialect()
"""A database that nothing is known of."""


@dataclass(frozen=True, slots=True)
class Address:
    """How rows of one table are named: by ``columns``, in the clear or as a digest."""

    table: TableRef
    columns: tuple[str, ...]
    clear: bool
    unique: bool
    dialect: Dialect = field(repr=False)
    secret: bytes = field(repr=False)

    @classmethod
    def of(
        cls,
        table: Table,
        private: Collection[ColumnRef],
        secret: str,
        *,
        keyed: bool = True,
        dialect: Dialect = ANY,
    ) -> "Address":
        """Choose the address of the rows of ``table``.

        Args:
            table: a reflected table.
            private: columns whose values must not show.
            secret: keys the digests, so that they mean nothing to who does not know it.
            keyed: whether the key tells all rows apart; one that can be NULL may not.
            dialect: the database's, which compares rows that no key tells apart.
        """
        where, key = ref(table), key_of(table) if keyed else ()
        clear = bool(key) and all(
            ColumnRef(where.schema, where.name, c.name) not in private for c in key
        )
        columns = key or tuple(c for c in table.columns if not isinstance(c.type, LargeBinary))
        names = tuple(c.name for c in columns)
        return cls(where, names, clear, bool(key), dialect, secret.encode())

    def key(self, row: Mapping[str, Any]) -> Key:
        """Name a row of which at least the address' columns were read."""
        values = [row[c] for c in self.columns]
        if self.clear:
            return tuple([v if type(v) is int else plain(v) for v in values])
        text = "\x1f".join("\x00" if v is None else str(plain(v)) for v in values)
        return (
            "#"
            + hmac.new(
                self.secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256
            ).hexdigest()[:24],
        )

    def place(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """Give what a row's address holds, as something that can be told apart and found in a set.

        A row with a key can be asked for by it. Of one without, lists and what a driver reads into
        other objects that can change are given as what cannot.
        """
        values = (row[c] for c in self.columns)
        return tuple(values) if self.unique else tuple(map(settled, values))

    def locate(self, table: Table, row: Mapping[str, Any]) -> ColumnElement[bool]:
        """Say in SQL which row it is; without a key all of it that can be compared is, exactly."""
        columns = [table.c[c] for c in self.columns if self.unique or c in row]
        if self.unique:
            return and_(
                *(c.is_(None) if row[c.name] is None else c == row[c.name] for c in columns)
            )
        columns = [c for c in columns if self.dialect.compares_text or _short(c)]
        columns = [c for c in columns if not isinstance(c.type, Float)]  # never quite equal
        return and_(*(self._holds(c, row[c.name]) for c in columns))

    def _holds(self, column: Column[Any], value: Any) -> ColumnElement[bool]:
        """Say that a column holds a value and none that the database only takes for equal.

        Twice, as an index knows only what the database takes for equal.
        """
        kind = getattr(column.type, "data_type", column.type)  # a domain is what it is made of
        if value is None:
            no = column.is_(None)  # JSON has a word for nothing, which is read as nothing, too
            return or_(no, cast(column, Text) == "null") if isinstance(kind, JSON) else no
        if (said := self.dialect.said(column, value)) is not None:
            return said
        if isinstance(value, str) and isinstance(kind, TEXTS):
            return and_(column == value, self.dialect.exactly(column, value))
        return column == literal(value, column.type)  # else a text would be compared as a text


def _short(column: Column[Any]) -> bool:
    """Whether every database compares such a column; SQL Server's text and Oracle's LONG do not."""
    return not isinstance(column.type, Text) or column.type.length is not None


def settled(value: Any) -> Any:
    """Give a value that can be in a set: an array, or a hstore, is read as a list, or a dict."""
    if isinstance(value, dict):
        return tuple(sorted(((k, settled(v)) for k, v in value.items()), key=repr))
    return tuple(map(settled, value)) if isinstance(value, list | tuple) else value


def plain(value: Any) -> Any:
    """Write a key's value as JSON can: numbers and texts stay, all else becomes text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal):
        whole = math.isfinite(value) and value == int(value)
        return int(value) if whole else str(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def chunks(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut ``values`` into pieces that one statement can name."""
    if 0 < len(values) <= size:
        yield values
        return
    for start in range(0, len(values), size):
        yield values[start : start + size]


def one_of(
    dialect: Dialect, column: ColumnElement[Any], values: Sequence[Any]
) -> ColumnElement[bool]:
    """Say in SQL that a column holds one of ``values``; numbers go as one parameter where they can."""
    numbers = {*map(type, values)} == {int}
    return dialect.among(column, values) if numbers else column.in_(values)


def alike(column: ColumnElement[Any], value: Any) -> Any:
    """Give a value as a column of another type holds it: a key is a number here and a text there.

    None where the column holds numbers and the value is none: some databases refuse to compare them,
    others take it for 0.
    """
    kind = getattr(column.type, "data_type", column.type)
    if isinstance(value, str) and isinstance(kind, Integer | Numeric):
        return int(value) if WHOLE.fullmatch(value.strip()) else None
    whole = type(value) is int and isinstance(kind, String) and not isinstance(kind, Enum)
    return str(value) if whole else value


def named(
    dialect: Dialect, table: Table, columns: Sequence[str], keys: Sequence[Key]
) -> ColumnElement[bool]:
    """Say in SQL that a row's ``columns`` are one of ``keys``."""
    if len(columns) == 1:
        return one_of(dialect, table.c[columns[0]], [k[0] for k in keys])
    return or_(*(and_(*(table.c[c] == v for c, v in zip(columns, k, strict=True))) for k in keys))
