"""What stands for nothing in a column that holds no text. Values in, a value out."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Column, types
from sqlalchemy.types import TypeEngine

from scanner.errors import Misconfigured
from scanner.texts import placeholders as placeholders

EMPTY_DATE = datetime(1900, 1, 1)
"""What a date that must not be NULL becomes where no pack says otherwise."""

BITS = {
    "TINYINT": 7,
    "SMALLINT": 15,
    "SMALL_INTEGER": 15,
    "MEDIUMINT": 23,
    "INTEGER": 31,
    "BIGINT": 63,
    "BIG_INTEGER": 63,
}
"""How large a whole number of a type may be, as a power of two."""

SMALL_NUMBERS = ("BIT", "YEAR", "MONEY", "SMALLMONEY")
"""Numbers that SQLAlchemy does not count among the numbers."""


def type_name(kind: TypeEngine[Any]) -> str:
    """Name a type as SQL does."""
    return str(getattr(kind, "__visit_name__", "")).upper()


def nothing(
    column: Column[Any],
    kind: TypeEngine[Any],
    *,
    key: str,
    unique: bool,
    empty_date: datetime,
) -> Any:
    """Choose NULL or zero, or, where values must be distinct, what only ``key`` gets.

    Raises:
        Misconfigured: the column wants a value and no neutral one is known.

    """
    if isinstance(kind, types.Integer | types.Numeric | types.Float):
        return _number(kind, key) if unique else None if column.nullable else 0
    if isinstance(kind, types.Uuid) and (unique or not column.nullable):
        made = uuid5(NAMESPACE_OID, placeholders.whole(key, unique=True, room=None))
        return made if kind.as_uuid else str(made)
    if column.nullable:
        return None
    if isinstance(kind, types.Date | types.DateTime | types.Time | types.Interval):
        return _no_time(kind, empty_date)
    if isinstance(kind, types.Boolean):
        return False
    if isinstance(kind, types.LargeBinary | types.BINARY | types.VARBINARY):
        return b""
    if type_name(kind) in SMALL_NUMBERS:
        return 0
    raise Misconfigured(
        f"nothing can stand in {column.table}.{column.name} ({type_name(kind)}, NOT NULL): decide "
        "keep, or purge the row"
    )


def _no_time(kind: TypeEngine[Any], empty_date: datetime) -> Any:
    match kind:
        case types.DateTime():
            return empty_date.replace(tzinfo=UTC) if kind.timezone else empty_date
        case types.Date():
            return empty_date.date()
        case types.Time():
            return time()
    return timedelta()


def _number(kind: TypeEngine[Any], key: str) -> int:
    """Choose the negative key, within the type's range."""
    bound: int = 1 << BITS.get(type_name(kind), 63)
    if isinstance(kind, types.Numeric) and kind.precision is not None:
        bound = int(10 ** max(kind.precision - (kind.scale or 0), 1))
    number = placeholders.number(key) % bound
    return bound - 1 - number if getattr(kind, "unsigned", False) else -number
