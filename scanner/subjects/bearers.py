"""Whose name a row bears in cells of its own: what else stands there is that person's. Reads nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scanner.identity import FAMILY, GIVEN, Identity, is_name
from scanner.matcher import misspells
from scanner.model import ColumnRef, TableRef
from scanner.plans import Basis
from scanner.strategies import is_placeholder
from scanner.subjects.searcher import text
from scanner.texts import names, wording
from scanner.texts.folding import folded

BETWEEN = re.compile(r"[\s,./-]+")
"""What stands between the words of a name."""

PARTIES = frozenset(
    "sender recipient recipients from cc bcc reply absender empfanger expediteur destinataire "  # noqa: SIM905  # reads better
    "remitente destinatario mittente".split()
)
"""Words of columns that say who wrote to whom: such an address need not be the row's person's."""


def tells(basis: Basis, where: TableRef, column: str) -> bool:
    """Whether a whole value of a column is what somebody has, and no text and no mail's other end."""
    personal = basis.treatment(ColumnRef(where.schema, where.name, column)).personal
    words = wording.words(column)
    return personal not in ("none", "free_text") and PARTIES.isdisjoint(words) and words[0] != "to"


def others_name(
    where: TableRef, values: Mapping[str, Any], basis: Basis, who: Identity
) -> bool | None:
    """Whether the name in cells of its own of a row is somebody else's; None where there is none.

    A short form, an initial or a letter more or less make nobody else of the subject.
    """
    told = {
        c: words
        for c, v in values.items()
        if _names_people(basis.columns, ColumnRef(where.schema, where.name, c))
        if v and not is_placeholder(text(v)) and (words := {*_words(text(v))})
    }
    apart = [words for c, words in told.items() if GIVEN.search(c) or FAMILY.search(c)]
    said = [set[str]().union(*apart)] if apart else [*told.values()]
    return not any(_same(words, who) for words in said) if said else None


def _names_people(columns: Mapping[ColumnRef, Any], column: ColumnRef) -> bool:
    """Whether a column has names of those whom rows are about; those of agents are kept."""
    told = columns.get(column)
    return bool(told and told.personal == "direct" and told.entity == "PERSON" and not told.firm)


def _words(name: str) -> Iterator[str]:
    """Give the folded words of a name, initials among them."""
    words = (folded(w).strip("'") for w in BETWEEN.split(name))
    yield from (w for w in words if is_name(w) or (len(w) == 1 and w.isalpha()))


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
