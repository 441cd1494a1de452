"""Read what the demo's tables are from the TOML files next to this module. Reads only."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

COPIES = {"aud_table_contact": ("aud_user 30", "aud_time date", "aud_action 10")}
"""Audit tables of the contact, with what they hold besides."""

BACKUP = "contact_bkp_20190412"
"""A forgotten copy of the contact."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column: ``type`` is n, n19,4, date, long, key or the length of a text."""

    name: str
    type: str
    shadow: bool = False
    personal: str = "none"
    entity: str = ""
    agent: bool = False
    custom: bool = False

    @classmethod
    def parse(cls, line: str, *, custom: bool) -> "Field":
        """Read one line of a ``columns`` text."""
        name, kind, *rest = line.split()
        marks = [m for m in rest if m not in ("^", "agent")]
        personal, entity = marks or ("none", "")
        return cls(name, kind, "^" in rest, personal, entity, "agent" in rest, custom)


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation column, what it leads to, and its name from the other side."""

    column: str
    target: str
    inverse: str
    one: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """A table between two objects; its columns are named after the two relations."""

    table: str
    column: str
    target: str
    inverse: str


@dataclass(frozen=True, slots=True)
class Facts:
    """One table: ``type_id`` is None outside the Clarify dictionary."""

    name: str
    table: str
    type_id: int | None
    fields: tuple[Field, ...]
    relations: tuple[Relation, ...] = ()
    many: tuple[Many, ...] = ()
    unique: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    find: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """Name the columns that tell rows apart; empty where none do."""
        return ("objid",) if self.type_id is not None else self.unique


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text("utf-8"))


def _object(name: str, raw: Mapping[str, Any], table: str, *, custom: bool) -> Facts:
    fields = tuple(Field.parse(line, custom=custom) for line in _lines(raw["columns"]))
    relations = []
    for line in _lines(raw.get("relations", "")):
        column, target, inverse, *one = line.split()
        relations.append(Relation(column, target, inverse, bool(one)))
    return Facts(
        name,
        table,
        raw.get("id"),
        fields,
        tuple(relations),
        tuple(Many(*line.split()) for line in _lines(raw.get("many", ""))),
        tuple(raw.get("unique", ())),
        find=tuple(raw.get("find", ())),
    )


def _copies(contact: Facts) -> Iterable[Facts]:
    fields = tuple(replace(f, custom=True) for f in contact.fields)
    links = tuple(Field(r.column, "key", custom=True) for r in contact.relations)
    for table, more in COPIES.items():
        extra = tuple(Field.parse(line, custom=True) for line in more)
        extra = (replace(extra[0], personal="quasi", entity="USERNAME", agent=True), *extra[1:])
        yield Facts(table, table, None, (*fields, *links, *extra), find=("objid", "aud_time"))
    yield Facts(BACKUP, BACKUP, None, (*fields, *links), find=("objid",))


@cache
def facts() -> Mapping[str, Facts]:
    """Read every table, by its name without ``table_``."""
    added = _read("customs.toml")
    found: dict[str, Facts] = {}
    for name, raw in _read("schema.toml").items():
        found[name] = _object(name, raw, f"table_{name}", custom=False)
    for kind in ("custom", "support"):
        for name, raw in added[kind].items():
            found[name] = _object(name, raw, f"table_{name}", custom=kind == "custom")
    for name, raw in added["more"].items():
        more = tuple(Field.parse(line, custom=True) for line in _lines(raw["columns"]))
        found[name] = replace(found[name], fields=(*found[name].fields, *more))
    for name, raw in added["outside"].items():
        found[name] = _object(name, raw, name, custom=True)
    for copy in _copies(found["contact"]):
        found[copy.name] = copy
    for name, indexes in _read("indexes.toml").items():
        found[name] = replace(found[name], indexes=tuple(indexes))
    return found


def index_columns(index: str, *, shadows: bool) -> tuple[str, ...]:
    """List the columns of an index as they stand in the database."""
    names = index.removeprefix("!").split(",")
    return tuple(
        ("s_" if shadows else "") + n.removeprefix("^") if n.startswith("^") else n for n in names
    )
