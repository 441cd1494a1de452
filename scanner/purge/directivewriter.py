"""A directive proposed from all that refers to what in a database, for people to confirm. Reads nothing.

What is known to belong to a row that goes is followed, what only refers to it is cut, and what is
told from nothing but a name waits for a person.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from scanner.database import ref
from scanner.errors import Misconfigured
from scanner.purge.appraiser import appraise
from scanner.purge.directives import Agenda, Directive, Line
from scanner.purge.references import Ground, Reference, key_column

HEAD = """\
A purge directive proposed by efface. Read it before you use it. A line in follow deletes the rows
on its left with the row on its right; a line in cut empties the column instead; => deletes the row
that is pointed at, once nobody else points at it. Move lines between the two where that is right."""

WAITING = """\
Told from names alone, or one of several columns that name the same table: move each line to follow
or cut, then delete [confirm]. Until then the directive is refused."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """Lines that a directive lacks in a database, each with why it is known."""

    follow: tuple[tuple[Line, str], ...]
    cut: tuple[tuple[Line, str], ...]
    confirm: tuple[tuple[Line, str], ...]


def start(ground: Ground, table: str) -> Directive:
    """Begin a directive for a table that has none.

    Raises:
        Misconfigured: there is no such table, or its rows have no key.
    """
    where = ground.walk.find(table)
    if where is None:
        raise Misconfigured(f"{table!r} is neither a directive nor a table of this database")
    key = key_column(ground.tables[where])
    if not key:
        raise Misconfigured(
            f"{where} has no key of one column: its rows cannot be purged one by one"
        )
    return Directive(str(where), "", f"proposed for {where}", ground.bare(where), key)


def propose(ground: Ground, base: Directive, *, skip: Collection[str] = ()) -> Proposed:
    """Decide on every relation that ``base`` leaves dangling in a database.

    ``skip`` names tables that nothing is followed into.
    """
    known: dict[str, dict[Line, str]] = {"follow": {}, "cut": {}, "confirm": {}}
    while True:
        more = replace(
            base,
            follow=(*base.follow, *known["follow"]),
            cut=(*base.cut, *known["cut"], *known["confirm"]),
        )
        made = appraise(ground, Agenda((more,)))
        fresh = False
        for one in made.uncovered:
            kind = _decided(ground, one, skip)
            line = ground.line(one)
            fresh = fresh or line not in known[kind]
            known[kind].setdefault(line, one.why)
        for line in _owned(ground, made.deleted, skip):
            if line not in (*base.follow, *known["follow"]):
                known["follow"][line], fresh = "the pack", True
        if not fresh:
            return Proposed(*(tuple(known[k].items()) for k in ("follow", "cut", "confirm")))


def _decided(ground: Ground, one: Reference, skip: Collection[str]) -> str:
    """Say what to do about rows that refer to a row that goes."""
    child = ref(one.child)
    if not key_column(one.child):
        return "follow"
    stays = child.name in skip or one.child is one.parent
    if stays or (ground.walk.pack.knows(child.name) and not one.own):
        return "cut"
    # A ticket may name a customer as whose it is, and another one as who works on it.
    if not one.own and (rivals := _rivals(ground, one)):
        known = any(r.own for r in rivals) and one.child.c[one.column].nullable
        return "cut" if known else "confirm"
    sure = one.own or one.why in ("the dictionary", "declared foreign key", "its values")
    return "follow" if sure else "confirm"


def _rivals(ground: Ground, one: Reference) -> list[Reference]:
    """Give the other columns in which the same rows name rows of the same table."""
    return [
        r
        for r in ground.references
        if r.child is one.child and r.parent is one.parent and r.column != one.column
    ]


def _owned(ground: Ground, deleted: Collection[object], skip: Collection[str]) -> Iterator[Line]:
    """Give what the pack says that rows which go point at and own."""
    for reach in ground.walk.reaches:
        start, target = ground.walk.find(reach.start), ground.walk.find(reach.table)
        own = reach.via and reach.rows == "own" and not reach.where
        if (
            own
            and start is not None
            and start in deleted
            and target is not None
            and target.name not in skip
        ):
            to = "" if reach.to == ground.key else reach.to
            named = (ground.bare(start), reach.via, ground.bare(target))
            yield Line(*named, to, forward=True)


def toml(base: Directive, made: Proposed, *, extends: bool) -> str:
    """Write the directive; ``extends``: as what another one lacks."""
    return "\n".join(_lines(base, made, extends=extends)) + "\n"


def _lines(base: Directive, made: Proposed, *, extends: bool) -> Iterator[str]:
    yield from (f"# {line}" for line in HEAD.splitlines())
    yield ""
    yield "[directive]"
    if extends:
        yield f"extends = {_text(base.name)}"
        yield f"title   = {_text(f'{base.title}, with what this database adds')}"
    else:
        yield f"title = {_text(base.title)}"
        yield f"root  = {_text(base.root)}"
        yield f"key   = {_text(base.key)}"
    for name, lines in (("follow", made.follow), ("cut", made.cut)):
        yield from _listed(name, lines)
    if made.confirm:
        yield ""
        yield from (f"# {line}" for line in WAITING.splitlines())
        yield "[confirm]"
        yield from _listed("lines", made.confirm)


def _listed(name: str, lines: Iterable[tuple[Line, str]]) -> Iterator[str]:
    texts = [(_text(str(line)), why) for line, why in lines]
    if not texts:
        return
    width = max(len(t) for t, _ in texts) + 1
    yield f"{name} = ["
    yield from (f"  {t + ',':{width}}  # {why}" for t, why in texts)
    yield "]"


def _text(said: str) -> str:
    return json.dumps(said, ensure_ascii=False)
