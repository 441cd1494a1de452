"""How a new value is written down without the text that it replaces: values and SQL expressions.

What stays of a text is not a value here but a place in it: characters 12 to 40 of what is stored.
"""

import json
import re
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Enum,
    Select,
    String,
    Table,
    cast,
    column,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.types import JSON

from scanner import strategies
from scanner.database import ref
from scanner.dialects import Dialect
from scanner.model import Key, Span, TableRef
from scanner.planner import Draft
from scanner.strategies import text_of
from scanner.texts.marking import placed

DIGITS = 12
"""How much of a digest says that a text is still the planned one."""

SECRETS = 10
"""How many cells of the subject's row the secret is made of, and how long each may be: Oracle
joins texts up to 4,000 bytes."""

SECRET_LENGTH = 100

_LABEL = r"[A-Z]+(?:-[0-9A-Z]+)?"
MARK = re.compile(rf'(?P<quote>\\*"|)\[(?P<label>{_LABEL})\](?P=quote)|_(?P<name>{_LABEL})_')
"""What a span of a text becomes (see strategies.scrub), stars aside."""


TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[-+.\w]+')
"""A string, a number or a word of JSON."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A new text: placeholders, and places (from, to before) of the stored text between them."""

    parts: tuple[str | tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A placeholder that carries the row's key between two texts, or that is the negative key."""

    before: str = ""
    after: str = ""
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """How the stored text is recognised: its length as the database counts it, and a digest."""

    length: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Patch:
    """One row's change, free of what the row held; a guard None only wants a value there.

    ``depth``: so many foreign keys lead to it from what is written and followed; it is written before.
    ``lacks`` says of other cells of the row that were to change, by column, why a script cannot.
    """

    table: TableRef
    key: Key
    place: Mapping[str, Any]
    new: Mapping[str, Any]
    guards: Mapping[str, Guard | None] = field(default_factory=dict)
    depth: int = 0
    lacks: Mapping[str, str] = field(default_factory=dict)


def bare(one: Column[Any]) -> ColumnElement[Any]:
    """Name a column without its table."""
    return column(one.name, one.type)


def expression(
    dialect: Dialect, table: Table, name: str, new: Any, key: Sequence[str]
) -> ColumnElement[Any]:
    """Say in SQL what the column ``name`` of a row becomes; ``key`` names the key's columns."""
    kind = table.c[name].type
    match new:
        case Cut():
            return dialect.assignable(joined_text(dialect, table.c[name], new), kind)
        case Keyed(negative=True):
            return -bare(table.c[key[0]])
        case Keyed():
            number = cast(bare(table.c[key[0]]), String(40))
            parts = [literal(new.before, String), number, literal(new.after, String)]
            return dialect.assignable(dialect.joined(parts), kind)
        case None:
            return null()
        case str():
            return literal(json.dumps(new) if isinstance(kind, JSON) else new, String)
    return literal(new, kind)


def joined_text(dialect: Dialect, one: Column[Any], cut: Cut) -> ColumnElement[str]:
    """Say in SQL what a text becomes whose pieces are put together."""
    body = dialect.body(bare(one))
    if body is None:  # then nothing was cut
        raise ValueError(one.name)
    return dialect.joined(
        [literal(p, String) if isinstance(p, str) else dialect.piece(body, *p) for p in cut.parts]
    )


def fingerprint(
    dialect: Dialect, body: ColumnElement[str], secret: ColumnElement[str]
) -> ColumnElement[str] | None:
    """Say in SQL what recognises a text: a digest that means nothing without ``secret``."""
    made = dialect.hashed(dialect.joined([dialect.head(body), secret]))
    return None if made is None else dialect.piece(made, 0, DIGITS)


def secret_of(dialect: Dialect, draft: Draft, key: str) -> Select[Any] | None:
    """Select what keys the digests: what the subject's own row says of it, digested itself.

    None where the database has no digests, or the row no text.
    """
    name = draft.plan.subject[0].lower()
    table = next(t for _, t in sorted(draft.schema.tables.items()) if t.name.lower() == name)
    private = {c.name for c in draft.plan.basis.columns if c.of == ref(table)}
    columns = [
        c
        for c in table.columns
        if isinstance(c.type, String) and 0 < (c.type.length or 0) <= SECRET_LENGTH
        if c.name in private and not isinstance(c.type, Enum)
    ][:SECRETS]
    if not columns:
        return None
    made = dialect.hashed(
        dialect.joined([func.coalesce(bare(c), "", type_=String) for c in columns])
    )
    here = bare(table.c[key]) == draft.plan.subject[1]
    return None if made is None else select(made).select_from(table).where(here)


def cut(text: str, new: str, spans: Sequence[Span]) -> Cut | None:
    """Write ``new`` as placeholders and places of ``text``; None where it holds something else."""
    places = _places(text, spans)
    marks: list[str] = []
    last = at = 0
    for start, end in places:
        stars = "*" * (end - start)
        if not new.startswith(text[last:start], at):
            return None
        at += start - last
        mark = MARK.match(new, at)
        placeholder = mark[0] if mark else stars if new.startswith(stars, at) else ""
        if not placeholder or (mark and not _ours(mark["label"] or mark["name"])):
            return None
        marks.append(placeholder)
        at, last = at + len(placeholder), end
    rest = len(new) - at
    if new[at:] not in (text[last:], text[last:].rstrip()):
        return None
    return _pieces(marks, places, last + rest)


def cut_json(stored: str, new: Any, spans: Sequence[Span]) -> Cut | None:
    """Write JSON as ``cut`` does: ``spans`` are places in our way to write it, not the stored one.

    Both ways have the same strings and numbers one after the other.
    """
    text = text_of(json.loads(stored))
    made = cut(text, text_of(new), spans)
    ours, theirs = list(TOKEN.finditer(text)), list(TOKEN.finditer(stored))
    if made is None or len(ours) != len(theirs):
        return None
    places, ends = [], [t.end() for t in ours]
    for start, end in _places(text, spans):
        first, last = (bisect(ends, at) for at in (start, end - 1))
        if max(first, last) >= len(ours) or any(ours[n][0] != theirs[n][0] for n in (first, last)):
            return None
        moved = [theirs[n].start() - ours[n].start() for n in (first, last)]
        places.append((start + moved[0], end + moved[1]))
    marks = [p for p in made.parts if isinstance(p, str)]
    return _pieces(marks, places, len(stored))


def _ours(label: str) -> bool:
    return strategies.is_placeholder(f"[{label}]")


def _places(text: str, spans: Sequence[Span]) -> list[tuple[int, int]]:
    return [(p.start, p.end) for p in placed(text, strategies.merged(spans, len(text)))]


def _pieces(marks: Sequence[str], places: Sequence[tuple[int, int]], length: int) -> Cut:
    parts: list[str | tuple[int, int]] = []
    last = 0
    for mark, (start, end) in zip(marks, places, strict=True):
        parts += [(last, start), mark] if start > last else [mark]
        last = end
    return Cut((*parts, (last, length)) if length > last else tuple(parts))
