"""What personal data looks like and what columns of it are called: TOML in, ``Rules`` out.

Every recognizer carries examples, and they are proved whenever a file is read: a rule that does
not do what it says never reaches a database.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from scanner.errors import Misconfigured
from scanner.rulefiles import ruletables
from scanner.rulefiles.ruletables import OURS, Allowed, Foreign, Phrase, Recognizer, Weight
from scanner.texts import wording

__all__ = ["OURS", "Allowed", "Foreign", "Phrase", "Recognizer", "Rules", "load"]

VOCABULARY = (
    "stop", "heads", "persons", "contacts", "organisations", "things", "pieces", "values", "tails"
)  # fmt: skip

SHORT_NUMBERS = ("nr", "nro", "no")
"""How "number" is written at the end of a compound: "telefonnr"."""

UNSPACED = "\u1100"
"""The first character of the scripts that write words without blanks between them."""

LEAST_PIECE = 4
"""The shortest word that a compound is split at; shorter ones are in too many other words."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All that is known of values and names.

    ``vocabulary`` maps a list's name to its words, ``foreign`` Presidio's classes to when they
    are asked, ``families`` an entity to the general one that it is a kind of, ``weights`` a piece
    of evidence to what it weighs, -1 to 1.
    """

    recognizers: tuple[Recognizer, ...]
    phrases: Mapping[tuple[str, ...], Phrase]
    vocabulary: Mapping[str, frozenset[str]]
    weights: Mapping[str, float]
    pieces: frozenset[str] = field(default=frozenset())
    foreign: Mapping[str, Foreign] = field(default_factory=dict)
    allowed: tuple[Allowed, ...] = ()
    families: Mapping[str, str] = field(default_factory=dict)
    disabled: frozenset[str] = frozenset()

    def allows(self, value: str) -> bool:
        """Whether a rule file says that ``value`` is never personal."""
        return any(a.holds(value) for a in self.allowed)

    def without(self, name: str) -> "Rules":
        """Leave out what takes too long: a recognizer, or an allow table."""
        recognizers = tuple(r for r in self.recognizers if r.name != name)
        return replace(
            self,
            recognizers=recognizers,
            allowed=tuple(a for a in self.allowed if a.name != name),
        )

    def words(self, name: str) -> tuple[str, ...]:
        """Split a column's or table's name into folded words, without the stop words."""
        parts = [w for part in wording.words(name) for w in self._compound(part)]
        kept = [w for w in parts if w not in self.vocabulary["stop"]]
        return tuple(kept or parts)

    def _compound(self, word: str) -> tuple[str, ...]:
        """Take a compound apart, where all its pieces are known: "kundentelefon"."""
        if word in self.pieces:
            return (word,)
        if max(word) > UNSPACED:
            return wording.segment(word, self.pieces)
        if closed := self._closed(word):
            return closed
        if len(word) < 2 * LEAST_PIECE - 1:
            return (word,)
        for cut in range(len(word) - LEAST_PIECE + 1, LEAST_PIECE - 2, -1):
            head, tail = word[:cut], word[cut:]
            if not self._piece(head) or len(tail) < LEAST_PIECE - 1:
                continue
            rest = self._compound(tail)
            if all(self._piece(r) for r in rest):
                return (head.removesuffix("s") if head not in self.pieces else head, *rest)
        return (word,)

    def _closed(self, word: str) -> tuple[str, ...]:
        """Take a known word with a short one behind it apart: "telefonnr", "hometel"."""
        for short in SHORT_NUMBERS:
            if word.endswith(short) and (head := word.removesuffix(short)) in self.pieces:
                return (head, "number")
        for short in sorted(self.vocabulary["tails"]):
            if word.endswith(short) and self._piece(head := word.removesuffix(short)):
                return (head, short)
        return ()

    def _piece(self, word: str) -> bool:
        long = len(word) >= LEAST_PIECE
        return long and (word in self.pieces or word.removesuffix("s") in self.pieces)


def load(paths: Sequence[Path] = ()) -> Rules:
    """Read our rule files and then ``paths``; what is said twice means what was said last.

    Raises:
        Misconfigured: a file cannot be read, or a rule is wrong; every fault is listed.

    """
    return _load(paths) if paths else _shipped()


@cache
def _shipped() -> Rules:
    """Read our rule files, once a process."""
    return _load(())


def _load(paths: Sequence[Path]) -> Rules:
    read = _Read()
    for name in OURS:
        read.file(name, (files("rules") / name).read_text(encoding="utf-8"))
    for path in paths:
        read.file(path.name if path.name not in OURS else f"your {path.name}", _text(path))
    if read.faults:
        raise Misconfigured("; ".join(read.faults))
    return read.rules()


class _Read:
    """What the files said so far, and what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.recognizers: dict[str, Recognizer] = {}
        self.phrases: dict[tuple[str, ...], Phrase] = {}
        self.foreign: dict[str, Foreign] = {}
        self.weights: dict[str, float] = {}
        self.allowed: list[Allowed] = []
        self.disabled: set[str] = set()
        self.vocabulary: dict[str, set[str]] = {name: set() for name in VOCABULARY}

    def file(self, name: str, text: str) -> None:
        """Take in one more file."""
        raw = _parse(name, text)
        known = {*ruletables.READERS, *_DISABLES, "vocabulary"}
        self.faults += [f"{name}: unknown table {k!r}" for k in sorted(raw.keys() - known)]
        self._disable(raw, name)
        for kind, reader in ruletables.READERS.items():
            for table in self._tables(raw, kind, name):
                self._take(reader(table, name, self.faults))
        for key, words in self._vocabulary(raw, name):
            if key not in self.vocabulary or not ruletables.texts(words):
                self.faults.append(f"{name}: vocabulary {key!r} is not a known list of words")
            else:
                self.vocabulary[key].update(map(wording.fold, words))

    def _tables(self, raw: Mapping[str, Any], kind: str, name: str) -> list[Any]:
        tables = raw.get(kind, [])
        if isinstance(tables, list):
            return tables
        self.faults.append(f"{name}: {kind!r} must be written as [[{kind}]]")
        return []

    def _vocabulary(self, raw: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
        lists = raw.get("vocabulary", {})
        if isinstance(lists, dict):
            return list(lists.items())
        self.faults.append(f"{name}: 'vocabulary' must be written as [vocabulary]")
        return []

    def _take(self, made: Any) -> None:
        match made:
            case Recognizer():
                self.recognizers[made.name] = made
                self.disabled.discard(made.name)
            case Foreign():
                self.foreign[made.recognizer] = made
                self.disabled.discard(made.recognizer)
            case Weight():
                self.weights[made.name] = made.weight
            case Allowed():
                self.allowed.append(made)
            case list():
                self.phrases.update((p.words, p) for p in made)

    def _disable(self, raw: Mapping[str, Any], name: str) -> None:
        """Take away what earlier files said."""
        for key in _DISABLES:
            if not ruletables.texts(raw.get(key, [])):
                self.faults.append(f"{name}: {key} must be a list of texts")
                return
        for one in raw.get("disable", []):
            if one not in self.recognizers and not re.fullmatch(r"\w+Recognizer", one):
                self.faults.append(f"{name}: there is no recognizer {one!r} to disable")
            self.disabled.add(one)
        for phrase in raw.get("disable_words", []):
            if self.phrases.pop(ruletables.words_of(phrase), None) is None:
                self.faults.append(f"{name}: there are no column words {phrase!r} to disable")

    def rules(self) -> Rules:
        """Make rules of all that was read."""
        stop = self.vocabulary["stop"]
        bare = {_bare(words, stop): phrase for words, phrase in self.phrases.items()}
        lists = ("persons", "contacts", "organisations", "things", "pieces")
        pieces = {w for words in bare for w in words}
        pieces |= {w for k in lists for w in self.vocabulary[k]}
        pieces |= {w for w in stop if len(w) >= LEAST_PIECE}
        kept = tuple(r for n, r in self.recognizers.items() if n not in self.disabled)
        kinds: Iterable[Recognizer | Foreign] = (*kept, *self.foreign.values())
        return Rules(
            kept,
            bare,
            {k: frozenset(v) for k, v in self.vocabulary.items()},
            self.weights,
            frozenset(pieces),
            self.foreign,
            tuple(self.allowed),
            {r.entity: r.family for r in kinds if r.family},
            frozenset(self.disabled),
        )


_DISABLES = ("disable", "disable_words")


def _bare(words: tuple[str, ...], stop: set[str]) -> tuple[str, ...]:
    return tuple(w for w in words if w not in stop) or words


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        raise Misconfigured(f"the rule file {path.name} cannot be read") from None


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{name} is not valid TOML: {error}") from None
