"""Types that do one thing otherwise than SQLAlchemy's and call themselves the same."""

from functools import cache
from typing import Any


class Derived:
    """What is mixed into a type; other processes can load what is made of both."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Name the class by what it is made from: it stands in no module."""
        return _unfilled, type(self).__bases__, self.__dict__


@cache
def derived(mixin: Any, kind: Any) -> Any:
    """Make the type that is ``kind`` but for what ``mixin`` does."""
    return type(kind.__name__, (mixin, kind), {"__visit_name__": kind.__visit_name__})


def _unfilled(mixin: Any, kind: Any) -> Any:
    made = derived(mixin, kind)
    return made.__new__(made)
