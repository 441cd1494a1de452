"""Which columns of a file say who somebody is: by people's word, else by names and values.

The columns of a sample are judged by the detectors that judge a database's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import Column, MetaData, String, Table

from scanner.errors import Misconfigured
from scanner.sheets import Row, column

Kind = Literal["email", "phone", "name", "given", "family", "birth"]
"""What a column can be for us; a name is a whole one."""

KINDS: tuple[Kind, ...] = get_args(Kind)

ENTITIES: Mapping[str, Kind] = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "DATE_OF_BIRTH": "birth",
    "PERSON": "name",
}
PARTS: Mapping[str, Kind] = {"first": "given", "last": "family"}
"""What the detectors call them."""

FOUND = ("direct", "quasi")
"""Verdicts that say what a column holds."""


@dataclass(frozen=True, slots=True)
class Headings:
    """The places of the columns of each kind, from 0."""

    places: Mapping[Kind, tuple[int, ...]]

    def of(self, *kinds: Kind) -> tuple[int, ...]:
        """List the places of some kinds."""
        return tuple(sorted({p for k in kinds for p in self.places.get(k, ())}))

    @property
    def named(self) -> bool:
        """Whether people can be recognised by name and birth date."""
        return bool(self.of("name") or (self.of("given") and self.of("family")))

    def told(self) -> dict[str, list[str]]:
        """Say it as a spreadsheet calls its columns."""
        return {k: [column(p) for p in self.places[k]] for k in KINDS if self.places.get(k)}


def read(head: Row, sample: Sequence[Row], chosen: Iterable[str] = ()) -> Headings:
    """Find the columns; where people named some of a kind, only these are of that kind.

    Args:
        head: the first row that holds anything.
        sample: the rows below.
        chosen: ``kind=column``, where a column is a heading, a letter or a number from 1.

    Raises:
        Misconfigured: no such kind or column, or none was found at all.
    """
    said = _chosen(head, chosen)
    found = {k: v for k, v in _recognised(head, sample).items() if k not in said}
    made = Headings({**found, **said})
    mail = any("@" in cell for row in (head, *sample) for cell in row)
    if not (made.of("email", "phone") or (made.named and made.of("birth")) or mail):
        raise Misconfigured(
            "no column of e-mail addresses, of phone numbers, or of names and birth dates was "
            "recognised: name them, such as --column email=C --column phone=Mobile"
        )
    return made


def _chosen(head: Row, chosen: Iterable[str]) -> dict[Kind, tuple[int, ...]]:
    found: dict[Kind, tuple[int, ...]] = {}
    for text in chosen:
        word, sign, name = text.partition("=")
        kind = next((k for k in KINDS if k == word.strip()), None)
        if kind is None or not sign:
            raise Misconfigured(
                f"--column takes KIND=COLUMN, where KIND is one of {', '.join(KINDS)}"
            )
        found[kind] = (*found.get(kind, ()), _place(head, name.strip()))
    return found


def _place(head: Row, name: str) -> int:
    """Find a column by its heading, else by its letter or its number."""
    same = [i for i, h in enumerate(head) if h.strip().casefold() == name.casefold()]
    places = same or [i for i in range(len(head)) if name.upper() in (column(i), str(i + 1))]
    if len(places) != 1:
        many = "several columns are" if places else "no column is"
        raise Misconfigured(f"{many} called {name!r}: name it by its letter, A to "
                            f"{column(len(head) - 1)}")  # fmt: skip
    return places[0]


def _recognised(head: Row, sample: Sequence[Row]) -> dict[Kind, tuple[int, ...]]:
    """Judge the columns as those of a table of people are judged."""
    from scanner.detectors import by_name, tables
    from scanner.detectors.by_language import Language
    from scanner.detectors.values import Values
    from scanner.rulefiles import recognizers

    names = [h.strip()[:100] or f"column {column(i)}" for i, h in enumerate(head)]
    unique = [n if names.index(n) == i else f"{n} {column(i)}" for i, n in enumerate(names)]
    columns: list[Column[Any]] = [Column(n, String) for n in unique]
    table = Table("contact", MetaData(), *columns)
    values = {
        name: Values.of(row[i] for row in sample if i < len(row)) for i, name in enumerate(unique)
    }
    rules = recognizers.load()
    looks = tables.looks(table, values, rules=rules, language=Language(), comments={})
    found: dict[Kind, tuple[int, ...]] = {}
    for i, (name, verdict) in enumerate(tables.verdicts(looks, None).items()):
        kind = _kind(verdict.entity, verdict.part) if verdict.personal in FOUND else None
        # A heading that says it is enough: to compare one column too many does no harm.
        said = [] if kind else [p for _, p in by_name.phrases(rules.words(name), rules)]
        kind = kind or (_kind(said[-1].entity, said[-1].part) if said else None)
        if kind:
            found[kind] = (*found.get(kind, ()), i)
    return found


def _kind(entity: str, part: str) -> Kind | None:
    """Say what a column is for us that holds ``entity``."""
    kind = ENTITIES.get(entity)
    return PARTS.get(part, "name") if kind == "name" else kind
