"""The tables of a rule file: one TOML table in, one value out; every fault is told, none raised."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scanner.texts import wording
from scanner.texts.folding import folded
from scanner.texts.patterns import BadPattern, Limited, OutOfTime, Pattern

Faults = list[str]

OURS = ("recognizers.toml", "columns.toml", "alphabets.toml", "presidio.toml", "weights.toml")
"""The rule files that come with the program; a user's files add to them, replace, or disable."""

RECOGNIZER = {"name", "entity", "pattern", "weight", "matches", "rejects"}
OPTIONAL = {"inside", "needs_name", "presidio", "family"}
COLUMN = {"entity", "weight", "words"}
DENY_WEIGHT = 0.9
"""What a deny list weighs unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Recognizer:
    """What the values of an entity look like.

    ``presidio`` names a class that checks them too, ``family`` the general entity whose names
    speak for this one, ``texts`` (folded) are a deny list's: then the pattern reads folded text.
    """

    name: str
    entity: str
    pattern: Pattern
    weight: float
    matches: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()
    inside: bool = False
    needs_name: bool = False
    presidio: str = ""
    family: str = ""
    texts: frozenset[str] = frozenset()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Whole words in a column's name and the entity they speak for; ``alone``: as all of it."""

    words: tuple[str, ...]
    entity: str
    weight: float
    part: str = ""
    alone: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A recognizer of Presidio's: what it finds, and the words of a name that switch it on."""

    recognizer: str
    entity: str
    family: str = ""
    words: tuple[tuple[str, ...], ...] = ()
    off: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Values that are never personal: ``texts`` (folded) and ``pattern``, of whole values."""

    why: str
    texts: frozenset[str] = frozenset()
    pattern: Pattern | None = None
    source: str = ""

    @property
    def name(self) -> str:
        """What it is called where it takes too long."""
        return f"allow: {self.why}"

    def holds(self, value: str) -> bool:
        """Whether ``value`` is one of these."""
        if folded(value).strip() in self.texts:
            return True
        return self.pattern is not None and bool(self.pattern.fullmatch(value))


@dataclass(frozen=True, slots=True)
class Weight:
    """What a piece of evidence weighs, -1 to 1."""

    name: str
    weight: float


def recognizer(table: Any, file: str, faults: Faults) -> Recognizer | None:
    """Read ``[[recognizer]]`` and prove its examples."""
    where = f"{file}: recognizer {_name(table)!r}"
    if fault := shape(table, RECOGNIZER, RECOGNIZER | OPTIONAL):
        faults.append(f"{where} {fault}")
        return None
    if not (texts(table["matches"]) and texts(table["rejects"]) and weight(table["weight"])):
        faults.append(f"{where} needs lists of texts matches and rejects, and a weight of 0 to 1")
        return None
    pattern = _compile(table["pattern"], where, faults, name=_limited(table["name"], file))
    if pattern is None:
        return None
    examples = {k: tuple(table[k]) for k in ("matches", "rejects")}
    try:
        for number, text in enumerate(examples["matches"], 1):
            if not pattern.fullmatch(text):
                faults.append(f"{where} does not match its example {number} of matches")
        for number, text in enumerate(examples["rejects"], 1):
            if pattern.fullmatch(text):
                faults.append(f"{where} matches its example {number} of rejects")
    except OutOfTime:
        faults.append(f"{where} takes too long with an example: its pattern tries too many ways")
    return Recognizer(**{**table, **examples, "pattern": pattern, "source": file})


def deny(table: Any, file: str, faults: Faults) -> Recognizer | None:
    """Read ``[[deny]]``: values that are always an entity, without regard to case and accents."""
    where = f"{file}: deny {_name(table)!r}"
    needed = {"name", "entity", "values"}
    if fault := shape(table, needed, needed | {"weight"}):
        faults.append(f"{where} {fault}")
        return None
    values, weighs = table["values"], table.get("weight", DENY_WEIGHT)
    if not (texts(values) and all(v.strip() for v in values) and values and weight(weighs)):
        faults.append(f"{where} needs a list of texts values, none empty, and a weight of 0 to 1")
        return None
    known = frozenset(folded(v).strip() for v in values)
    pattern = re.compile("|".join(map(re.escape, sorted(known, key=lambda v: (-len(v), v)))))
    return Recognizer(
        table["name"], table["entity"], pattern, weighs, inside=True, texts=known, source=file
    )


def allowed(table: Any, file: str, faults: Faults) -> Allowed | None:
    """Read ``[[allow]]``: values and patterns that are never personal."""
    where = f"{file}: an allow table"
    if fault := shape(table, {"why"}, {"why", "values", "patterns"}):
        faults.append(f"{where} {fault}")
        return None
    values, patterns = table.get("values", []), table.get("patterns", [])
    if not (texts(values) and texts(patterns) and [*values, *patterns]):
        faults.append(f"{where} needs values or patterns: lists of texts")
        return None
    if any(_compile(p, where, faults) is None for p in patterns):
        return None
    joined = "|".join(f"(?:{p})" for p in patterns)
    made = Allowed(table["why"], frozenset(folded(v).strip() for v in values), source=file)
    name = _limited(made.name, file)
    return replace(made, pattern=_compile(joined, where, faults, name=name) if patterns else None)


def phrases(table: Any, file: str, faults: Faults) -> list[Phrase]:
    """Read ``[[column]]``: what the words in a column's name say."""
    if fault := shape(table, COLUMN, COLUMN | {"part"}):
        faults.append(f"{file}: a column table {fault}")
        return []
    if not (texts(table["words"]) and weight(table["weight"])):
        faults.append(f"{file}: a column table needs a list of words and a weight of 0 to 1")
        return []
    return [
        Phrase(
            words_of(w),
            table["entity"],
            table["weight"],
            table.get("part", ""),
            w.startswith("="),
            file,
        )
        for w in table["words"]
    ]


def foreign(table: Any, file: str, faults: Faults) -> Foreign | None:
    """Read ``[[presidio]]``: when a recognizer of Presidio's is asked."""
    where = (
        f"{file}: presidio {table.get('recognizer', '?')!r}" if isinstance(table, dict) else file
    )
    needed = {"recognizer", "entity"}
    if fault := shape(table, needed, needed | {"family", "words", "off"}):
        faults.append(f"{where} {fault}")
        return None
    if not texts(table.get("words", [])):
        faults.append(f"{where} needs words as a list of texts")
        return None
    words = tuple(words_of(w) for w in table.get("words", []))
    return Foreign(**{**table, "words": words, "source": file})


def evidence(table: Any, file: str, faults: Faults) -> Weight | None:
    """Read ``[[weight]]``: what a piece of evidence weighs."""
    needed = {"name", "weight", "why"}
    if fault := shape(table, needed, needed):
        faults.append(f"{file}: weight {_name(table)!r} {fault}")
        return None
    value = table["weight"]
    if not isinstance(value, int | float) or isinstance(value, bool) or not -1 <= value <= 1:
        faults.append(f"{file}: weight {table['name']!r} is not a number of -1 to 1")
        return None
    return Weight(table["name"], float(value))


def words_of(phrase: str) -> tuple[str, ...]:
    """Split a phrase of a rule file into its words."""
    return tuple(map(wording.fold, phrase.removeprefix("=").split()))


def shape(table: Any, needed: set[str], known: set[str]) -> str:
    """Say what a table lacks or has too much, or nothing."""
    if not isinstance(table, dict):
        return "is not a table"
    if missing := sorted(needed - table.keys()):
        return f"lacks {', '.join(missing)}"
    if strange := sorted(table.keys() - known):
        return f"has the unknown key {', '.join(strange)}"
    return _kinds(table)


def _kinds(table: Mapping[str, Any]) -> str:
    flags = {"inside", "needs_name"}
    lists = {"matches", "rejects", "words", "values", "patterns", "weight"}
    for key, value in table.items():
        if key in flags and not isinstance(value, bool):
            return f"needs true or false as {key}"
        if key not in flags | lists and not isinstance(value, str):
            return f"needs a text as {key}"
    return ""


def texts(value: Any) -> bool:
    """Whether a value is a list of texts."""
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def weight(value: Any) -> bool:
    """Whether a value is a weight of 0 to 1."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _name(table: Any) -> str:
    return str(table.get("name", "?")) if isinstance(table, dict) else "?"


def _limited(name: str, file: str) -> str:
    """Give the name for a pattern whose time is limited; ours need no limit, and are quicker."""
    return "" if file in OURS else name


def _compile(pattern: str, where: str, faults: Faults, *, name: str = "") -> Pattern | None:
    try:
        return Limited(pattern, name) if name else re.compile(pattern, re.IGNORECASE)
    except (re.error, BadPattern) as error:
        faults.append(f"{where} has no valid pattern: {error}")
        return None


READERS: Mapping[str, Callable[[Any, str, Faults], Any]] = {
    "recognizer": recognizer,
    "deny": deny,
    "allow": allowed,
    "column": phrases,
    "presidio": foreign,
    "weight": evidence,
}
"""What reads each table of a rule file."""
