"""What people need to see to answer a review: masked words around it, its row, whose row it is.

In goes a draft, out comes what may be shown: nothing of it holds a value. Reads only.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection

from scanner import rulebook
from scanner.detectors.mask import mask
from scanner.graph import Walk
from scanner.matcher import Matcher
from scanner.model import ColumnRef, TableRef
from scanner.packs.owners import Place, owners
from scanner.planner import Draft
from scanner.plans import Mention
from scanner.rows import plain
from scanner.rulebook import Pack
from scanner.subjects.searcher import text

AROUND = 48
"""Characters on each side of a span that are shown, masked, cut at a word."""

SHOWN = 8
"""How many of a row's personal fields are shown."""

NAMED = 3
"""How many people a row can lead to before they are only counted."""

TOKEN = re.compile(r"\S+")
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Testimony:
    """What can be shown of a review, without a value: the text around it, the row, its owner."""

    id: str
    around: str
    fields: str
    owner: str


def testify(connection: Connection, draft: Draft, pack: Pack) -> tuple[Testimony, ...]:
    """Say of each review of a draft what tells a namesake from the subject, masked.

    Args:
        connection: in the transaction of the draft.
        draft: the plan with the values that it was made from.
        pack: whose relations lead from a row to its person.
    """
    copies = draft.plan.basis.copies
    walk = Walk(connection, draft.schema, pack, addresses=draft.addresses, copies=copies)
    rows = {(m.table, m.key): _values(draft, m) for m in (r.mention for r in draft.plan.reviews)}
    whose, matcher = owners(connection, walk, rows), draft.matcher
    return tuple(
        Testimony(
            review.id,
            around(text(_values(draft, one)[one.column]), one),
            "; ".join(_fields(draft, one, matcher)),
            _owner(draft, place, whose[place], walk.subject),
        )
        for review in draft.plan.reviews
        for one in (review.mention,)
        for place in ((one.table, one.key),)
    )


def _values(draft: Draft, one: Mention) -> Mapping[str, Any]:
    return draft.mentions.values[one.table, one.key, one.column]


def around(said: str, mention: Mention) -> str:
    """Mask what a mention names, in angle quotes, and the words around its first place.

    Neutral words stay readable; all others keep their shape only.
    """
    first = mention.spans[0]
    before, after = said[: first.start], said[first.end :]
    cut = before[-AROUND:] if len(before) <= AROUND else before[-AROUND:].partition(" ")[2]
    rest = after if len(after) <= AROUND else after[:AROUND].rpartition(" ")[0]
    named_as = mask(said[first.start : first.end], first.entity)
    more = f" (+{len(mention.spans) - 1} more)" if len(mention.spans) > 1 else ""
    left = "..." if len(cut) < len(before) else ""
    right = "..." if len(rest) < len(after) else ""
    shown = f"{left}{_masked(cut)}‹{named_as}›{_masked(rest)}{right}{more}"
    return " ".join(shown.split())


def _masked(part: str) -> str:
    return TOKEN.sub(lambda m: _word(m[0]), part)


def _word(token: str) -> str:
    """Show a token whose only word is neutral; mask any other."""
    bare = token.strip(".,;:!?()\"'")
    return token if bare in neutral() and WORD.fullmatch(bare) else mask(token)


@cache
def neutral() -> frozenset[str]:
    """Give the words that name nobody, in lower case."""
    lists: Mapping[str, str] = rulebook.load("neutral")["words"]
    return frozenset(word for words in lists.values() for word in words.split())


def _fields(draft: Draft, mention: Mention, matcher: Matcher) -> Iterator[str]:
    """Show the other personal fields of a row, and which of them are the subject's as well."""
    shown = 0
    for name, value in _values(draft, mention).items():
        column = ColumnRef(mention.table.schema, mention.table.name, name)
        treatment = draft.plan.basis.treatment(column)
        if name == mention.column or treatment.personal not in ("direct", "quasi"):
            continue
        if not (said := text(value).strip()):
            continue
        if (shown := shown + 1) > SHOWN:
            yield "and more"
            return
        same = any(m.whole for m in matcher.find(said))
        known = any(i.kind == treatment.entity for i in draft.identity.identifiers)
        verdict = " (as the subject's)" if same else " (not the subject's)" if known else ""
        yield f"{name} {mask(said, treatment.entity)}{verdict}"


def _owner(draft: Draft, place: Place, people: set[Any], subject: TableRef) -> str:
    """Say whose row it is: the subject's, somebody else's with the key, nobody's."""
    if not draft.addresses[place[0]].unique:
        return "cannot be told: the table has no key"
    me = draft.plan.subject[1]
    others = sorted((p for p in people if p != me), key=str)
    told = [f"{subject.name} {plain(p)}" for p in others[:NAMED]]
    told += [f"{len(others) - NAMED:,} more"] if len(others) > NAMED else []
    if me in people or draft.territory.row(*place) is not None:
        return " and ".join(["the subject", *told])
    return f"somebody else: {', '.join(told)}" if told else "nobody that relations lead to"
