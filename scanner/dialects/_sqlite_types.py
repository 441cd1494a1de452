"""Types of SQLite's columns: what stands there is read and written as it is stored.

SQLAlchemy would make an inexact number of what it sends and ten decimals of what it reads; long whole
numbers would become others, and SQLite lets texts stand in any column.
"""

from typing import Any

from sqlalchemy.types import (
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    NullType,
    Numeric,
    Time,
    TypeEngine,
)

from scanner.dialects._derived import Derived, derived

TEXTLESS = (Boolean, Date, DateTime, Float, Integer, LargeBinary, Numeric, Time)
"""Types whose columns hold no text where a database keeps to them."""


class _Stored(Derived):
    """Sends and gives values as they are."""

    def bind_processor(self, _dialect: Any) -> None:
        """Send a value as it is."""

    def result_processor(self, _dialect: Any, _coltype: Any) -> None:
        """Give a value as it is."""


def usual(kind: TypeEngine[Any]) -> str:
    """Give the GLOB of texts that are at home in a column of a type: dates are texts; else nothing."""
    day = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
    match kind:
        case Date() | DateTime():
            return f"{day}*"
        case Time():
            return "[0-9][0-9]:[0-9][0-9]*"
    return ""


class Belied(NullType):
    """The type of a column that holds texts although it is declared for something else.

    It calls itself as that: with a text that comes or goes the schema is still the same.
    """

    def __init__(self, declared: TypeEngine[Any]) -> None:
        super().__init__()
        self.declared = declared

    def __repr__(self) -> str:
        return repr(self.declared)

    def __str__(self) -> str:
        return f"{self.declared} (holds text)"


def as_stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Give the same type, which calls itself the same, but for what it would do to numbers."""
    if not isinstance(kind, Numeric | Float) or isinstance(kind, _Stored):
        return kind
    its: Any = type(kind)
    made: TypeEngine[Any] = kind.adapt(derived(_Stored, its))
    return made
