"""Tables with a kind and a value in each row: looks in, signs for the values out. Reads nothing."""

from collections.abc import Iterable, Iterator

from scanner.detectors import by_name
from scanner.detectors.by_shape import COULD_BE
from scanner.detectors.classify import QUASI
from scanner.detectors.look import Look, Sign
from scanner.rulefiles.recognizers import Rules

MOST_KINDS = 200
"""A column of more different values does not say kinds."""

LONGEST = 32
"""A longer text is no kind."""

LEAST_ROWS = 2
"""How often a kind stands there, on the average, at least."""


def mark(looks: Iterable[Look]) -> None:
    """Tell each "value" column what the column of kinds beside it says of it."""
    seen = list(looks)
    holders = [v for v in seen if _is_value(v)]
    if not holders:
        return
    for kinds in (k for k in seen if k not in holders):
        entities, rows = _personal(kinds)
        for look in holders:
            look.signs.extend(_signs(look, kinds, entities, rows))


def _is_value(look: Look) -> bool:
    """Whether a name says no more than that this is the value."""
    last = [w for w in look.words if not w.isdigit()][-1:]
    return bool(look.values.read and last) and last[0] in look.rules.vocabulary["values"]


def _personal(kinds: Look) -> tuple[set[str], int]:
    """Read kinds as names of columns: the entities they speak of, and the rows that do."""
    values = kinds.values
    if values.kind != "text" or not 1 < values.distinct <= MOST_KINDS:
        return set(), 0
    if values.distinct * LEAST_ROWS > values.read:
        return set(), 0
    entities: set[str] = set()
    rows = 0
    for value, count in values.counts.items():
        if (told := _entity(value, kinds.rules)) in COULD_BE:
            entities.add(told)
            rows += count
    return entities, rows


def _entity(value: str, rules: Rules) -> str:
    """Say what a column of this name would hold, if that identifies and nothing else is said."""
    words = rules.words(value)
    found = by_name.phrases(words, rules)
    if len(value) > LONGEST or len(found) != 1 or found[0][1].entity in QUASI:
        return ""
    phrase = found[0][1]
    rest = [w for w in words if w not in phrase.words and not w.isdigit()]
    return phrase.entity if all(w in rules.vocabulary["persons"] for w in rest) else ""


def _signs(look: Look, kinds: Look, entities: set[str], rows: int) -> Iterator[Sign]:
    fits = [COULD_BE[e] for e in sorted(entities)]
    hits, _ = look.values.hits(lambda value: any(fit(value) for fit in fits))
    if not rows or not hits:
        return
    share = min(1.0, hits / rows)
    rule = f"column {kinds.ref.name} beside it says that it holds personal data"
    yield look.sign(
        "FREE_TEXT", "pair.kind", rule, hits=rows, seen=kinds.values.read, strength=share
    )
