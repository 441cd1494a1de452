"""What differs between databases.

A new database is a new module here, named as SQLAlchemy names its dialect, with a class
``Dialect``. A database without one gets ``generic``, which refuses to write.
"""

from functools import cache

from scanner.dialects._keys import Keys
from scanner.dialects.generic import Dialect, ForeignKey
from scanner.plugins import load, names

__all__ = ["Dialect", "ForeignKey", "Keys", "named"]


@cache
def named(name: str) -> Dialect:
    """Choose the dialect that SQLAlchemy calls ``name`` (sqlite, postgresql, mssql ...)."""
    module = load(__name__, name if name in names(__name__) else "generic")
    dialect: Dialect = module.Dialect()
    return dialect
