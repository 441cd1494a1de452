"""What stands beside a column in its table: a last name beside a first one, a street beside a city.

Looks and first verdicts in, more signs for the looks out. Reads nothing.
"""

from collections.abc import Sequence
from datetime import date

from scanner.detectors import by_shape
from scanner.detectors.classify import FEW, Verdict
from scanner.detectors.look import Look

UNSPEAKING = frozenset(
    "a attr attribute c campo champ col colonne column columna data datum f feld field item kolom m "  # noqa: SIM905  # reads better
    "param pole spalte text v val valor value wert x y z".split()
)
"""Words of names that say nothing: col4, field_7."""

GROWN, OLDEST = 18, 100
"""So many years back lie the days on which most who have dealings with somebody were born."""

LIFETIMES, SPREAD = 0.9, 20
"""The share of such days, and how many years there must be between the earliest and the latest tenth."""

FEW_DATES = 10
"""Fewer different dates lie anywhere by chance."""

WHO = frozenset({"PERSON", "EMAIL_ADDRESS"})
"""What tells that the rows are of people."""

PART, PLACE = 0.2, 0.3
"""What must speak for a name, or for a place, before what stands beside it counts."""


def mark(looks: Sequence[Look], verdicts: Sequence[Verdict]) -> None:
    """Tell each column that is nothing so far what the others make of it."""
    parts = {v.part for v in verdicts if v.personal in {"direct", "quasi"}}
    city = any(v.entity in {"CITY", "POSTCODE"} for v in verdicts)
    street = any(v.entity == "STREET_ADDRESS" for v in verdicts)
    people = any(v.personal == "direct" and v.entity in WHO for v in verdicts)
    known = [
        look
        for look, verdict in zip(looks, verdicts, strict=True)
        if verdict.personal == "direct" and verdict.entity not in {"PERSON", "SECRET"}
    ]
    for look, verdict in zip(looks, verdicts, strict=True):
        if verdict.personal != "none":
            continue
        for same in (k for k in known if _among(look, k)):
            _same(look, same)
        if people and _unspeaking(look) and (hits := _births(look)):
            rule = "dates of a lifetime beside a person's name"
            look.signs.append(look.sign("DATE_OF_BIRTH", "neighbour.born", rule, hits=hits))
        if look.weight("PERSON") >= PART and parts & {"first", "last"}:
            _add(look, "PERSON", "neighbour.name", "stands beside a person's name")
        if look.weight("STREET_ADDRESS") >= PLACE and city:
            _add(look, "STREET_ADDRESS", "neighbour.street", "stands beside a city")
        for place in ("POSTCODE", "REGION"):
            if look.weight(place) >= PLACE and (street or (city and place == "REGION")):
                beside = "street" if street else "city"
                _add(look, place, "neighbour.place", f"stands beside a {beside}")


def _add(look: Look, entity: str, key: str, rule: str) -> None:
    look.signs.append(look.sign(entity, key, rule))


def _unspeaking(look: Look) -> bool:
    """Whether a column's name says nothing of what it holds."""
    words = [w for w in look.words if not w.isdigit()]
    return all(len(w) == 1 or w in UNSPEAKING for w in words)


def _births(look: Look) -> int:
    """Count the dates on which grown people of today could be born, if they are nearly all."""
    values = look.values
    years = sorted(y for v, n in values.counts.items() if (y := by_shape.year(v)) for _ in range(n))
    this = date.today().year
    grown = sum(this - OLDEST <= y <= this - GROWN for y in years)
    if values.distinct < FEW_DATES or grown < LIFETIMES * values.read:
        return 0
    tenth = len(years) // 10
    return grown if years[-1 - tenth] - years[tenth] >= SPREAD else 0


def _among(look: Look, known: Look) -> bool:
    """Whether a column's values are of another's, as those of a manager are of the staff's."""
    values, others = look.values.counts, known.values.counts
    some = look.values.kind != "date" and FEW <= len(values) < len(others)
    return some and values.keys() <= others.keys()


def _same(look: Look, known: Look) -> None:
    """Take over what another column's values are."""
    entity = max({s.entity for s in known.signs} - {"*", ""}, key=lambda e: (known.weight(e), e))
    rule = f"values of the column {known.ref.name} beside it"
    look.signs.append(look.sign(entity, "neighbour.same", rule, hits=look.values.read))
