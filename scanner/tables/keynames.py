"""Which table a column's name points at: names in, tables out. Reads nothing.

``customer_id``, ``IdCustomer``, ``kundennr``, ``ticket2customer`` and ``cust_no`` all name the rows
of another table; singular and plural of several languages are one word to us.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

from scanner.model import TableRef
from scanner.texts import wording

Fit = Literal["full", "part", "short"]
"""How a column names a table: wholly, with other words before (``billing_customer_id``), cut."""

KEY_WORDS = frozenset(
    "id ids key number code cod codigo codice fk pk ref oid objid uuid guid sk ident kennung "  # noqa: SIM905  # reads better
    "schlussel clave chave chiave cle".split()
)
"""Words that say that a column holds keys, and not whose."""

SUFFIXES = ("nummer", "number", "nr", "no", "id", "key", "code", "ref")
"""The same, grown together with what they are keys of: "kundennr", "customerid"."""

TABLE_WORDS = frozenset({"tbl", "tb", "tab", "table", "t", "dim", "fact", "mst"})
"""Words before a table's name that say nothing."""

ENDINGS = ("s", "es", "e", "n", "en", "nen", "a", "i", "o", "x")
"""What plurals put behind a word, or instead of its last letter."""

ODD = {"people": "person", "children": "child", "men": "man", "women": "woman"}

LEAST, LEAST_JOINED = 3, 4
"""So many letters are left of a word without its ending; of one without a key word."""

COMMON = 0.4
"""The share of tables that begin with a word from which it is a prefix of the product."""


@lru_cache(maxsize=20_000)
def forms(word: str) -> frozenset[str]:
    """Give what may be the stem of a noun, so that singular and plural share one."""
    word = ODD.get(word, word)
    cut = {word.removesuffix(e) for e in ENDINGS if word.endswith(e)}
    if word.endswith("ies"):
        cut.add(word[:-3] + "y")
    return frozenset({word, *(c for c in cut if len(c) >= LEAST)})


def stems(column: str) -> Iterator[tuple[str, ...]]:
    """Give what is left of a column's name without its words for keys, in each way to read it.

    Nothing, where the name is nothing but such words.
    """
    words = wording.words(column)
    if "2" in words[1:-1]:
        words = words[len(words) - words[::-1].index("2") :]
    while words and words[0] in KEY_WORDS:
        words = words[1:]
    while words and words[-1] in KEY_WORDS:
        words = words[:-1]
    if not words:
        return
    yield tuple(words)
    last = words[-1]
    for suffix in SUFFIXES:
        if len(head := last.removesuffix(suffix)) >= LEAST_JOINED and head != last:
            yield (*words[:-1], head)


def _joined(words: Iterable[str]) -> set[str]:
    *before, last = words
    return {"".join(before) + form for form in forms(last)}


class Names:
    """The names of a database's tables, to look columns up in."""

    def __init__(self, tables: Iterable[TableRef]) -> None:
        named = {t: wording.words(t.name) for t in sorted(tables)}
        firsts = Counter(words[0] for words in named.values() if len(words) > 1)
        prefixes = {w for w, n in firsts.items() if n >= max(LEAST, COMMON * len(named))}
        self._tables: dict[str, set[TableRef]] = {}
        self._single: dict[str, set[TableRef]] = {}
        for table, words in named.items():
            bare = words
            while len(bare) > 1 and bare[0] in TABLE_WORDS | prefixes:
                bare = bare[1:]
            for form in (_joined(words) | _joined(bare)) if words else ():
                self._tables.setdefault(form, set()).add(table)
            if len(bare) == 1:
                self._single.setdefault(bare[0], set()).add(table)

    def tables(self, column: str) -> Mapping[TableRef, Fit]:
        """Find the tables that a column's name points at; those of the best fit only."""
        readings = list(stems(column))
        if found := self._find(readings):
            return dict.fromkeys(found, "full")
        for start in range(1, max(map(len, readings), default=0)):
            if found := self._find([r[start:] for r in readings if len(r) > start]):
                return dict.fromkeys(found, "part")
        short = {r[0] for r in readings if len(r) == 1 and len(r[0]) >= LEAST}
        cut = {t for w, ts in self._single.items() if any(map(w.startswith, short)) for t in ts}
        return dict.fromkeys(cut, "short")

    def _find(self, readings: Iterable[tuple[str, ...]]) -> set[TableRef]:
        return {t for r in readings for f in _joined(r) for t in self._tables.get(f, ())}
