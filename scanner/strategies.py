"""What can be done with a value: one function each, found by its name. Reads and writes nothing.

A strategy's name is what reviewers choose in the workbook, its docstring what they read about it.
A result always fits its column: type, length, NOT NULL, unique indexes, JSON.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from unicodedata import category

from sqlalchemy import Column, types
from sqlalchemy.types import TypeEngine

from scanner.errors import Misconfigured
from scanner.model import KEEP
from scanner.texts import labels
from scanner.texts import placeholders as placeholders
from scanner.texts.documents import is_json
from scanner.texts.marking import Form, is_structured, marked, placed
from scanner.texts.nothing import EMPTY_DATE, nothing, type_name
from scanner.texts.placeholders import is_placeholder, without_placeholders
from scanner.texts.stored import Document

__all__ = [
    "Settings",
    "Span",
    "apply",
    "check",
    "describe",
    "is_placeholder",
    "labelled",
    "merged",
    "names",
    "text_of",
    "without_placeholders",
]

ROOMS = {"TINYTEXT": 255}
"""Lengths of text types that do not say theirs."""


class Span(Protocol):
    """A piece of a text that identifies the subject, and what it is."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it has ended."""

    @property
    def entity(self) -> str:
        """What it is: PERSON, EMAIL_ADDRESS ..."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a pack says about values: the date that means none."""

    empty_date: datetime = EMPTY_DATE


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: all that a strategy may know beside the value."""

    column: Column[Any]
    entity: str
    key: str
    unique: bool
    spans: Sequence[Span]
    settings: Settings

    @property
    def type(self) -> TypeEngine[Any]:
        """The column's type; a domain counts as the type that it is made of."""
        kind = self.column.type
        return getattr(kind, "data_type", kind)

    @property
    def room(self) -> int | None:
        """How many characters the column takes; None is any number."""
        length = getattr(self.type, "length", None)
        return length if isinstance(length, int) else ROOMS.get(type_name(self.type))


Strategy = Callable[[Any, Place], Any]

_STRATEGIES: dict[str, Strategy] = {}


def strategy(function: Strategy) -> Strategy:
    """Offer ``function`` to reviewers."""
    _STRATEGIES[function.__name__] = function
    return function


def names() -> tuple[str, ...]:
    """List the strategies."""
    return tuple(_STRATEGIES)


def describe() -> tuple[tuple[str, str], ...]:
    """Say of each strategy what it does, in words for reviewers."""
    return tuple((n, " ".join((f.__doc__ or "").split())) for n, f in _STRATEGIES.items())


def check(name: str) -> None:
    """Refuse a decision that is neither ``keep`` nor a strategy.

    Raises:
        Misconfigured: with the names that there are.

    """
    if name not in (KEEP, *_STRATEGIES):
        raise Misconfigured(f"no strategy {name!r}: there are {', '.join((KEEP, *_STRATEGIES))}")


def apply(
    name: str,
    value: Any,
    *,
    column: Column[Any],
    entity: str,
    key: str,
    unique: bool,
    settings: Settings,
    spans: Sequence[Span] = (),
    upper: bool = False,
) -> Any:
    """Make the value that ``value`` becomes; NULL and empty texts stay what they are.

    ``key`` names the row in placeholders that must be distinct (``unique``: the column stands in
    a unique index). ``upper`` is for shadow columns: they hold their base column in upper case.
    ``spans`` are positions in ``text_of(value)``.

    Raises:
        Misconfigured: there is no such strategy, or nothing else than the value fits the column.

    """
    if name not in _STRATEGIES:
        check(name)
    if name == KEEP or value is None or (isinstance(value, str) and not value.strip()):
        return value
    place = Place(column, entity, key, unique, spans, settings)
    made = _STRATEGIES[name](value, place)
    plain = isinstance(made, str) and not isinstance(made, Document)
    return made.upper() if upper and plain else made


def text_of(value: Any) -> str:
    """Write a value as the text in which spans are found: a JSON value as its JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


@strategy
def redact(value: Any, place: Place) -> Any:
    """Replace the whole value by [REDACTED]; numbers and dates become empty.

    E-mail addresses become redacted-KEY@erased.invalid. Where values must be distinct the
    placeholder carries the row's key; where a value is required, a number becomes 0, a date the
    date that means none, and a label of a list the one that means none, such as unknown, else the
    column's default, else other; where there is none of these, the plan is refused.
    """
    kind = place.type
    if _is_list(kind):
        labelled([place.column])
        return None if place.column.nullable else _label(place.column)
    if isinstance(kind, types.JSON | types.String) or _is_loose(value, kind):
        return "<redacted/>" if type_name(kind) == "XML" else _text(value, place)
    return nothing(
        place.column,
        place.type,
        key=place.key,
        unique=place.unique,
        empty_date=place.settings.empty_date,
    )


@strategy
def null(value: Any, place: Place) -> Any:
    """Empty the cell (NULL); where a value is required, the same as redact."""
    return None if place.column.nullable else redact(value, place)


@strategy
def token(value: Any, place: Place) -> Any:
    """Replace the value by a placeholder that is different in every row, such as [REDACTED-123]."""
    return redact(value, replace(place, unique=True))


@strategy
def mask(value: Any, place: Place) -> Any:
    """Replace every letter and digit by x and keep length and punctuation: Jo-Roe 5 is xx-xxx x.

    The shape can still hint at short or rare values. Where values must be distinct, and for numbers
    and dates, the same as redact.
    """
    whole = isinstance(value, Document) or not isinstance(value, str)
    if place.unique or whole or _is_list(place.type):
        return redact(value, place)
    if is_placeholder(value):
        return value
    masked = "".join("x" if c.isalnum() or category(c)[0] == "M" else c for c in value)
    broken = _is_json(value) and not _is_json(masked)
    return redact(value, place) if broken or not is_placeholder(masked) else masked


@strategy
def scrub(value: Any, place: Place) -> Any:
    """Replace only what identifies the person by [NAME], [EMAIL] or [PHONE] and keep the rest.

    Good for notes that must stay useful; numbers and dates that identify become empty.
    """
    spans = merged(place.spans, len(text_of(value)))
    if not spans:
        return value
    if _is_list(place.type):
        return redact(value, place)
    if not isinstance(value, str):
        return _scrub_json(value, place) if isinstance(value, dict | list) else redact(value, place)
    if not (pieces := placed(value, spans)):
        return value
    key = place.key if place.unique and not isinstance(value, Document) else ""
    forms: tuple[Form, ...] = ("full", "short") if key else ("full", "short", "stars")
    broken = True
    for form in forms:
        made = marked(value, pieces, form, key=key)
        if made is None:
            continue
        broken = False
        if type_name(place.type) in ("CHAR", "NCHAR"):
            made = made.rstrip()
        if _fits(made, value, place.room):
            return Document(made) if isinstance(value, Document) else made
    if is_structured(value):
        raise _refused(place, broken=broken)
    return redact(value, place)


@strategy
def scrub_all(value: Any, place: Place) -> Any:
    """Replace what identifies the person or anybody else and keep the rest of the text.

    Other people's names, contacts and numbers go as far as they can be told: read some results.
    """
    return scrub(value, place)


def _refused(place: Place, *, broken: bool) -> Misconfigured:
    """Say why a document stays: all that stands beside what identifies, maybe of others, would be lost."""
    where = f"{place.column.table}.{place.column.name}"
    if broken and place.room is None:
        return Misconfigured(
            f"{where} holds JSON or XML that placeholders would break: mend it, or decide keep"
        )
    return Misconfigured(
        f"{where} has no room for placeholders in what it holds: make it longer, or decide keep"
    )


def _scrub_json(value: Any, place: Place) -> Any:
    return _documents(value, json.loads(scrub(text_of(value), replace(place, unique=False))))


def _documents(old: Any, new: Any) -> Any:
    """Keep what is a document in a list one: else it would be written as a text."""
    if isinstance(old, list) and isinstance(new, list):
        return [_documents(o, n) for o, n in zip(old, new, strict=True)]
    return Document(new) if isinstance(old, Document) else new


def _text(value: Any, place: Place) -> str | None:
    """Choose a placeholder that the column takes."""
    room = place.room
    if room is not None and room < len("[R]") and not place.unique and place.column.nullable:
        return None
    if place.entity == "EMAIL_ADDRESS" and not _is_json(value):
        return placeholders.email(place.key, room=room)
    quotes = len('""')
    if _is_json(value) and (room is None or room >= len("[R]") + quotes):
        inner = None if room is None else room - quotes
        return f'"{placeholders.whole(place.key, unique=place.unique, room=inner)}"'
    return placeholders.whole(place.key, unique=place.unique, room=room)


def merged(spans: Sequence[Span], length: int) -> list[tuple[int, int, str]]:
    """Order the spans and make one of those that overlap; the longest says what it is."""
    joined: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        start, end = max(span.start, 0), min(span.end, length)
        if start >= end:
            continue
        if joined and start < joined[-1][1]:
            start, before, entity = joined[-1]
            longest = entity if before - start >= end - span.start else span.entity
            joined[-1] = (start, max(before, end), longest)
        else:
            joined.append((start, end, span.entity))
    return joined


def _fits(made: str, value: str, room: int | None) -> bool:
    """Whether a text fits, in characters and in bytes: some databases count these, some those."""
    if room is None:
        return True
    return len(made) <= room and len(_bytes(made)) <= max(room, len(_bytes(value)))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _is_list(kind: TypeEngine[Any]) -> bool:
    """Whether a column takes only values of a list, among which is no placeholder."""
    return isinstance(kind, types.Enum) or type_name(kind) == "SET"


def labelled(columns: Iterable[Column[Any]]) -> None:
    """Refuse columns whose values can be replaced by nothing that would be true of the person.

    Raises:
        Misconfigured: they cannot be empty, and each label that they take says something.
    """
    if wrong := [f"{c.table}.{c.name}" for c in columns if not c.nullable and _label(c) is None]:
        raise Misconfigured(
            f"{', '.join(wrong)} cannot be empty and takes only labels of a list, none of which "
            "means none (such as unknown): decide keep, add such a label, or let it be empty (NULL)"
        )


def _label(column: Column[Any]) -> str | None:
    """Choose the label of a list that means none, if any does; a set of labels can be empty."""
    kind = getattr(column.type, "data_type", column.type)
    if not isinstance(kind, types.Enum):
        return ""
    default = getattr(getattr(column.server_default, "arg", ""), "text", "")
    return labels.neutral(kind.enums, default)


def _is_loose(value: Any, kind: TypeEngine[Any]) -> bool:
    """Whether a text stands in a column whose type says nothing (SQLite allows that)."""
    return isinstance(value, str) and isinstance(kind, types.NullType)


def _is_json(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Document) and is_json(value)
