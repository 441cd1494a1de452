"""Documents of JSON as a database has them: their own text, so that what is not replaced stays.

Read into objects they would lose what those have no place for: a number too large for a float, the
second of two equal names, how an escape is written.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

HALF = re.compile("[\ud800-\udfff]")
"""Half of a letter, as what was cut off within an emoji ends with."""


class Document(str):
    """An object or a list of JSON as it is written; equal to what says the same otherwise."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Compare what is said, as databases write it in their own way: names in another order."""
        if not isinstance(other, Document):
            return False
        return str.__eq__(self, other) or _said(self) == _said(other)

    def __ne__(self, other: object) -> bool:
        """Compare what is said."""
        return not self == other

    def __hash__(self) -> int:
        """Give equal ones the same."""
        return hash(len(_said(self)))


_objects = ContextVar("objects", default=False)


@contextmanager
def as_objects() -> Iterator[None]:
    """Read documents as objects meanwhile: SQLAlchemy asks so for what a catalogue says of tables."""
    before = _objects.set(True)
    try:
        yield
    finally:
        _objects.reset(before)


def read(stored: str | bytes) -> Any:
    """Read a cell of JSON: a text, number or word as what it is, all else as a document.

    So is a text with half of a pair of surrogates, which nothing could write otherwise.
    """
    said = stored if isinstance(stored, str) else stored.decode()
    value = json.loads(said)
    if _objects.get():
        return value
    half = isinstance(value, str) and HALF.search(value)
    return Document(said) if half or isinstance(value, dict | list) else value


def written(value: Any) -> str:
    """Write a cell of JSON; a document as it is."""
    return str(value) if isinstance(value, Document) else json.dumps(value)


def plain(value: Any) -> str:
    """Write a cell as digests in journals have it: they began when documents were read as objects."""
    return str(json.loads(value) if isinstance(value, Document) else value)


def shown(document: Document) -> str:
    """Write a document with its letters as they are; half of a pair of surrogates is none."""
    made = json.dumps(json.loads(document), ensure_ascii=False)
    return made.encode("utf-8", "replace").decode()


def _said(document: Document) -> Any:
    return json.loads(
        document,
        parse_float=Decimal,
        parse_int=Decimal,
        object_pairs_hook=lambda pairs: tuple(sorted(pairs, key=lambda pair: pair[0])),
    )
