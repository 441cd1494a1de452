"""Reads a key that people typed: as a value of its column, and as the row has it. Reads only."""

import re
from typing import Any

from sqlalchemy import Column, Connection, Float, Integer, Numeric, String, Uuid, select
from sqlalchemy.types import Enum, NullType

from scanner.database import dialect_of
from scanner.dialects import Dialect
from scanner.errors import Misconfigured
from scanner.rows import plain

WHOLE = re.compile(r"-?[0-9]+")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

BIGGEST = 1 << 63
"""Whole numbers of the widest integer type are smaller than this, and not smaller than its negative."""

MOST_DIGITS = 38
"""Of decimal numbers that do not say how many digits they have: so many SQL Server and Oracle take."""


LONGEST = 1001
"""Characters: no column takes a longer number, and of many more Python makes none."""


def read(dialect: Dialect, column: Column[Any], written: str) -> Any:
    """Read a key as a value of ``column``: a text, a whole number, or a UUID in small letters.

    Raises:
        Misconfigured: it cannot be one, or no key of such a column can be typed.
    """
    kind = getattr(column.type, "data_type", column.type)  # a domain is what it is made of
    if isinstance(kind, NullType) or (isinstance(kind, String) and not isinstance(kind, Enum)):
        return written
    if isinstance(kind, Uuid):
        if UUID.fullmatch(written.lower()):
            return written.lower()
        raise Misconfigured(_wanted(column, "a UUID, such as 123e4567-e89b-12d3-a456-426614174000"))
    if not isinstance(kind, Integer | Numeric) or isinstance(kind, Float):
        raise Misconfigured(
            f"{column.table.name}.{column.name} ({type(kind).__name__}) holds keys that cannot be "
            "typed: a person is named by a text, a whole number or a UUID, so name another column "
            "in the pack"
        )
    if isinstance(kind, Integer) or not dialect.exact_numbers:
        wanted, least, end = "a whole number of at most 64 bits", -BIGGEST, BIGGEST
    else:
        digits = MOST_DIGITS if kind.precision is None else kind.precision - (kind.scale or 0)
        wanted, end = f"a whole number of at most {digits} digits", 10**digits
        least = 1 - end
    if WHOLE.fullmatch(written) and len(written) <= LONGEST and least <= int(written) < end:
        return int(written)
    raise Misconfigured(_wanted(column, wanted))


def stored(connection: Connection, column: Column[Any], key: Any) -> Any:
    """Give a key as its row has it, where the database takes both for equal; else as it is.

    Databases do so with texts in other case, or with blanks at their end. Plan, journal and holds
    compare keys exactly.
    """
    same = dialect_of(connection).among(column, [key])
    found = connection.scalar(select(column).where(same).limit(1))
    return key if found is None else plain(found)


def _wanted(column: Column[Any], what: str) -> str:
    return f"a subject is named by its {column.name}, {what}: see {column.table.name}"
