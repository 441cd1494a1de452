"""Where somebody may live of whom no row says so: with people of the same name and number. Reads only."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Text, or_, select

from scanner import identity as identities
from scanner.graph import Walk
from scanner.identity import AROUND, Identity
from scanner.plans import Basis
from scanner.strategies import is_placeholder
from scanner.subjects.dossier import described
from scanner.texts.folding import folded

SHARED = ("EMAIL_ADDRESS", "PHONE_NUMBER")
"""What people of one household have in common, beside the family name."""

MOST = 2
"""More people with the same number have the same employer."""


def homed(connection: Connection, walk: Walk, basis: Basis, key: Any, who: Identity) -> Identity:
    """Add the address of a subject's household, if no row of the subject holds one.

    Nobody knows that it is the subject's, too: as a doubt it is only asked about.
    """
    table = walk.tables[walk.subject]
    entities = described(table, basis)
    streets = {c: e for c, e in entities.items() if e == "STREET_ADDRESS"}
    if not streets or any(i.kind == "STREET_ADDRESS" for i in who.identifiers):
        return who
    query, same = select(*(table.c[c] for c in entities)), table.c[walk.pack.key] == key
    mine = dict(connection.execute(query.where(same)).mappings().first() or {})
    common = [
        table.c[c] == mine[c]
        for c, entity in entities.items()
        if entity in SHARED and mine.get(c) and not is_placeholder(str(mine[c]))
        if walk.dialect.compares_text or not isinstance(table.c[c].type, Text)
    ]
    if not common:
        return who
    found = connection.execute(query.where(or_(*common), ~same).limit(MOST + 1)).mappings()
    others = [dict(row) for row in found]
    kin = [row for row in others if _families(row, entities) & _families(mine, entities)]
    if not kin or len(others) > MOST:
        return who
    homes = [replace(i, strength="doubt") for row in kin for i in identities.read(row, streets)]
    towns = {
        str(row[c]).strip() for row in kin for c, e in entities.items() if e in AROUND and row[c]
    }
    return Identity.of([*who.identifiers, *homes], {*who.around, *towns})


def _families(row: Mapping[str, Any], entities: Mapping[str, str]) -> set[str]:
    """Read the family names of a row that has them apart."""
    named = (i.value.split("\n") for i in identities.read(row, entities) if i.kind == "PERSON")
    return {folded(parts[1]) for parts in named if len(parts) > 1}
