"""Types of SQLite's columns: numbers are read and written as they are stored.

SQLAlchemy would make an inexact number of what it sends and ten decimals of what it reads; long whole
numbers would become others, and SQLite lets texts stand in any column.
"""

from functools import cache
from typing import Any

from sqlalchemy.types import Numeric, TypeEngine


class _Stored:
    """Sends and gives values as they are."""

    def bind_processor(self, _dialect: Any) -> None:
        """Send a value as it is."""

    def result_processor(self, _dialect: Any, _coltype: Any) -> None:
        """Give a value as it is."""


def as_stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Give the same type, which calls itself the same, but for what it would do to numbers."""
    if not isinstance(kind, Numeric) or isinstance(kind, _Stored):
        return kind
    its: Any = type(kind)
    made: TypeEngine[Any] = kind.adapt(_kind(its))
    return made


@cache
def _kind(kind: Any) -> Any:
    return type(kind.__name__, (_Stored, kind), {"__visit_name__": kind.__visit_name__})
