"""Whose name a row bears in cells of its own: what else stands there is that person's. Reads nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanner.identity import FAMILY, GIVEN, Identity, is_name
from scanner.matcher import Match, misspells
from scanner.model import ColumnRef, TableRef
from scanner.plans import Basis
from scanner.strategies import is_placeholder
from scanner.subjects.searcher import text
from scanner.texts import mailboxes, names, wording
from scanner.texts.folding import folded
from scanner.texts.lexicon import listed

BETWEEN = re.compile(r"[\s,./-]+")
"""What stands between the words of a name."""

PARTIES = frozenset(
    {"sender", "recipient", "recipients", "from", "cc", "bcc", "reply", "absender", "empfanger"}
    | {"expediteur", "destinataire", "remitente", "destinatario", "mittente"}
)
"""Words of columns that say who wrote to whom: such an address need not be the row's person's."""


def tells(basis: Basis, where: TableRef, column: str) -> bool:
    """Whether a whole value of a column is what somebody has, and no text and no mail's other end."""
    personal = basis.treatment(ColumnRef(where.schema, where.name, column)).personal
    words = wording.words(column)
    return personal not in ("none", "free_text") and PARTIES.isdisjoint(words) and words[0] != "to"


def bearers(
    where: TableRef,
    values: Mapping[str, Any],
    found: Mapping[str, Sequence[Match]],
    basis: Basis,
    who: Identity,
) -> tuple[bool, ...]:
    """Say of each name in cells of its own of a row whether it can be the subject's.

    A short form, an initial, a letter more or less or what is ``found`` there of the subject make
    nobody else of it. One word is a name only where its column says that it is a part of one; what
    somebody is (System, Customer) is none.
    """
    told: dict[str, set[str]] = {}
    hers = set[str]()
    for column, value in values.items():
        if not value or not _names_people(
            basis.columns, ColumnRef(where.schema, where.name, column)
        ):
            continue
        part = GIVEN.search(column) or FAMILY.search(column)
        group = without_part(column) if part else f" {column}"
        words = set() if is_placeholder(text(value)) else {*_words(text(value))}
        if any(m.strength != "weak" for m in found.get(column, ())):
            hers.add(group)
        whole = len(words) > 1 and any(len(w) > 1 for w in words)  # N/A is none
        if part or whole or group in hers:
            told.setdefault(group, set()).update(words)
    return tuple(g in hers or _same(words, who) for g, words in told.items() if words or g in hers)


def without_part(column: str) -> str:
    """Name whose name a column has a part of (spouse_first_name: spouse__name); else nothing."""
    bare = FAMILY.sub("", GIVEN.sub("", column.lower()))
    return bare if bare != column.lower() else ""


def _names_people(columns: Mapping[ColumnRef, Any], column: ColumnRef) -> bool:
    """Whether a column has names of those whom rows are about; those of agents are kept."""
    told = columns.get(column)
    return bool(told and told.personal == "direct" and told.entity == "PERSON" and not told.firm)


def _words(name: str) -> Iterator[str]:
    """Give the folded words of a name, initials among them."""
    words = (folded(w).strip("':") for w in BETWEEN.split(name))
    roles = listed("heralds") | mailboxes.roles()
    yield from (
        w
        for w in words
        if (is_name(w) and (w not in roles or names.is_given(w))) or (len(w) == 1 and w.isalpha())
    )


def _same(words: set[str], who: Identity) -> bool:
    """Whether a name can be the subject's: all its words are, or a whole name stands among them."""
    people = [i for i in who.identifiers if i.kind == "PERSON"]
    called = {w for i in people for w in _words(i.value)}
    whole = [{*_words(i.value)} for i in people if i.strength == "full"]
    return all(_alike(w, called) for w in words) or any(name <= words for name in whole)


def _alike(word: str, called: Iterable[str]) -> bool:
    return any(
        word == one
        or (len(word) == 1 and one.startswith(word))
        or word in names.nicknames(one)
        or misspells(word, one)
        for one in called
    )
