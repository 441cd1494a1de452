"""Keys that a statement names: sent as one parameter, and the condition that a column holds one."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal


class Keys(list[Any]):
    """Keys that several conditions name: the parameter that is ``sent`` for them is made once."""

    __slots__ = ("sent",)

    def __init__(self, values: Iterable[Any] = ()) -> None:
        super().__init__(values)
        self.sent: BindParameter[str] | None = None


def sent(
    keys: Sequence[Any], make: Callable[[Sequence[Any]], BindParameter[str] | None]
) -> BindParameter[str] | None:
    """Give the parameter that ``make`` makes of keys; None where they cannot be one."""
    if not isinstance(keys, Keys):
        return make(keys)
    if keys.sent is None:
        keys.sent = make(keys)
    return keys.sent


class Among(ColumnElement[bool]):
    """That a column holds one of many keys, as ``form`` writes both.

    One element instead of the five that SQLAlchemy would take: a purge has hundreds of them, and
    making and compiling them took longer than the database needs to answer.
    """

    inherit_cache = True
    type = Boolean()
    _traverse_internals = [  # SQLAlchemy's way: what its cache tells them apart by
        ("column", InternalTraversal.dp_clauseelement),
        ("keys", InternalTraversal.dp_clauseelement),
        ("form", InternalTraversal.dp_string),
    ]

    def __init__(self, column: ColumnElement[Any], keys: BindParameter[str], form: str) -> None:
        self.column, self.keys, self.form = column, keys, form

    def self_group(self, against: Any = None) -> "Among":
        """Stand for itself: SQLAlchemy would compare it with 1, and no index would be used."""
        return self

    @property
    def _from_objects(self) -> list[Any]:
        return list(self.column._from_objects)  # noqa: SLF001  # what SQLAlchemy selects from


@compiles(Among)
def _written(one: Among, compiler: SQLCompiler, **more: Any) -> str:
    column, keys = compiler.process(one.column, **more), compiler.process(one.keys, **more)
    return one.form.format(column=column, keys=keys)
