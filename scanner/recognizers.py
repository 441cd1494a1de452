"""What personal data looks like and what columns of it are called: TOML in, ``Rules`` out.

Every recognizer carries examples, and they are proved whenever a file is read: a rule that does
not do what it says never reaches a database.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from scanner.errors import Misconfigured

OURS = ("recognizers.toml", "columns.toml")
"""The rule files that come with the program; a user's files add to them."""

RECOGNIZER = {"name", "entity", "pattern", "weight", "matches", "rejects"}
OPTIONAL = {"inside", "needs_name", "presidio"}
COLUMN = {"entity", "weight", "words"}
VOCABULARY = ("stop", "heads", "persons", "organisations", "things", "pieces")

LEAST_PIECE = 4
"""The shortest word that a compound is split at; shorter ones are in too many other words."""


@dataclass(frozen=True, slots=True)
class Recognizer:
    """What the values of an entity look like; ``presidio`` names a class that checks them too."""

    name: str
    entity: str
    pattern: re.Pattern[str]
    weight: float
    matches: tuple[str, ...]
    rejects: tuple[str, ...]
    inside: bool = False
    needs_name: bool = False
    presidio: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Whole words in a column's name and the entity they speak for; ``alone``: as all of it."""

    words: tuple[str, ...]
    entity: str
    weight: float
    part: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """All that is known of values and names; ``vocabulary`` maps a list's name to its words."""

    recognizers: tuple[Recognizer, ...]
    phrases: Mapping[tuple[str, ...], Phrase]
    vocabulary: Mapping[str, frozenset[str]]
    pieces: frozenset[str] = field(default=frozenset())

    def words(self, name: str) -> tuple[str, ...]:
        """Split a column's or table's name into lower-case words, without the stop words."""
        parts = [w for part in _split(name) for w in self._compound(part)]
        kept = [w for w in parts if w not in self.vocabulary["stop"]]
        return tuple(kept or parts)

    def _compound(self, word: str) -> tuple[str, ...]:
        """Take a compound apart, where all its pieces are known: "kundentelefon"."""
        if word in self.pieces or len(word) < 2 * LEAST_PIECE - 1:
            return (word,)
        for cut in range(len(word) - LEAST_PIECE + 1, LEAST_PIECE - 2, -1):
            head, tail = word[:cut], word[cut:]
            if not self._piece(head) or len(tail) < LEAST_PIECE - 1:
                continue
            rest = self._compound(tail)
            if all(self._piece(r) for r in rest):
                return (head.removesuffix("s") if head not in self.pieces else head, *rest)
        return (word,)

    def _piece(self, word: str) -> bool:
        long = len(word) >= LEAST_PIECE
        return long and (word in self.pieces or word.removesuffix("s") in self.pieces)


def load(paths: Sequence[Path] = ()) -> Rules:
    """Read our rule files and then ``paths``; a phrase given twice means what was said last.

    Raises:
        Misconfigured: a file cannot be read, or a rule is wrong; every fault is listed.

    """
    texts = [(name, (files("rules") / name).read_text(encoding="utf-8")) for name in OURS]
    texts += [(path.name, _read(path)) for path in paths]
    faults: list[str] = []
    recognizers: dict[str, Recognizer] = {}
    phrases: dict[tuple[str, ...], Phrase] = {}
    vocabulary: dict[str, set[str]] = {name: set() for name in VOCABULARY}
    for name, text in texts:
        raw = _parse(name, text)
        faults += [f"{name}: unknown table {k!r}" for k in sorted(raw.keys() - _TABLES)]
        for table in raw.get("recognizer", ()):
            if made := _recognizer(table, name, faults):
                recognizers[made.name] = made
        for table in raw.get("column", ()):
            phrases.update((p.words, p) for p in _phrases(table, name, faults))
        for key, words in raw.get("vocabulary", {}).items():
            if key not in vocabulary or not _texts(words):
                faults.append(f"{name}: vocabulary {key!r} is not a known list of words")
            else:
                vocabulary[key].update(words)
    if faults:
        raise Misconfigured("; ".join(faults))
    return _rules(recognizers.values(), phrases, vocabulary)


_TABLES = {"recognizer", "column", "vocabulary"}


def _rules(
    recognizers: Iterable[Recognizer],
    phrases: Mapping[tuple[str, ...], Phrase],
    vocabulary: Mapping[str, set[str]],
) -> Rules:
    stop = vocabulary["stop"]
    bare = {_bare(words, stop): phrase for words, phrase in phrases.items()}
    lists = ("persons", "organisations", "things", "pieces")
    pieces = {w for words in bare for w in words} | {w for k in lists for w in vocabulary[k]}
    frozen = {k: frozenset(v) for k, v in vocabulary.items()}
    return Rules(tuple(recognizers), bare, frozen, frozenset(pieces))


def _bare(words: tuple[str, ...], stop: set[str]) -> tuple[str, ...]:
    return tuple(w for w in words if w not in stop) or words


def _split(name: str) -> list[str]:
    """Split snake_case, CamelCase and digits; a run of capitals is one word."""
    spaced = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", name)
    marks = [0, *(i + 1 for i, pair in enumerate(pairwise(spaced)) if _hump(spaced, i, pair))]
    parts = [spaced[a:b] for a, b in zip(marks, [*marks[1:], len(spaced)], strict=True)]
    return [w.lower() for part in parts for w in re.findall(r"[^\W_]+", part)]


def _hump(text: str, at: int, pair: tuple[str, str]) -> bool:
    before, here = pair
    after = text[at + 2] if at + 2 < len(text) else ""
    return here.isupper() and (before.islower() or (before.isupper() and after.islower()))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        raise Misconfigured(f"the rule file {path.name} cannot be read") from None


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{name} is not valid TOML: {error}") from None


def _recognizer(table: Any, file: str, faults: list[str]) -> Recognizer | None:
    where = f"{file}: recognizer {table.get('name', '?')!r}" if isinstance(table, dict) else file
    if fault := _shape(table, RECOGNIZER, RECOGNIZER | OPTIONAL):
        faults.append(f"{where} {fault}")
        return None
    if not (_texts(table["matches"]) and _texts(table["rejects"]) and _weight(table["weight"])):
        faults.append(f"{where} needs lists of texts matches and rejects, and a weight of 0 to 1")
        return None
    try:
        pattern = re.compile(table["pattern"], re.IGNORECASE)
    except re.error as error:
        faults.append(f"{where} has no valid pattern: {error}")
        return None
    examples = {k: tuple(table[k]) for k in ("matches", "rejects")}
    for number, text in enumerate(examples["matches"], 1):
        if not pattern.fullmatch(text):
            faults.append(f"{where} does not match its example {number} of matches")
    for number, text in enumerate(examples["rejects"], 1):
        if pattern.fullmatch(text):
            faults.append(f"{where} matches its example {number} of rejects")
    return Recognizer(**{**table, **examples, "pattern": pattern})


def _phrases(table: Any, file: str, faults: list[str]) -> list[Phrase]:
    if fault := _shape(table, COLUMN, COLUMN | {"part"}):
        faults.append(f"{file}: a column table {fault}")
        return []
    if not (_texts(table["words"]) and _weight(table["weight"])):
        faults.append(f"{file}: a column table needs a list of words and a weight of 0 to 1")
        return []
    return [
        Phrase(
            tuple(w.removeprefix("=").lower().split()),
            table["entity"],
            table["weight"],
            table.get("part", ""),
            w.startswith("="),
        )
        for w in table["words"]
    ]


def _shape(table: Any, needed: set[str], known: set[str]) -> str:
    if not isinstance(table, dict):
        return "is not a table"
    if missing := sorted(needed - table.keys()):
        return f"lacks {', '.join(missing)}"
    if strange := sorted(table.keys() - known):
        return f"has the unknown key {', '.join(strange)}"
    return ""


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _weight(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value <= 1
