"""By the words of a column's name and of its comment: whole words, and able to lose."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scanner.detectors.look import Look, Owner, Sign, owner
from scanner.model import Evidence
from scanner.recognizers import Phrase, Rules

COST = 1

FIRST_HEADS = frozenset(
    {"id", "code", "cod", "typ", "tipo", "fecha", "datum", "date", "anzahl", "num"}
)
"""Words that, in front of a name, say that it is about the thing: ``tipo_documento``."""

LONGEST_COMMENT = 8
"""A comment of more words is a description that mentions many things."""

NAME_OF = {"person": 0.5, "organisation": -0.4, "thing": -0.4, "": 0.15}
"""What a bare "name" weighs for a person, by whose name it is."""

RELATION = re.compile(r"[A-Za-z]2[A-Za-z]")
"""Clarify and others name a foreign key after both ends: ``phone_log2case``."""

ROLE = 0.4
"""What a name such as "leader" weighs, which may also hold that person's number."""

ABOUT_ITSELF = -0.45
"""What a last word such as "id" or "flag" weighs against every entity."""


def detect(look: Look) -> Iterator[Sign]:
    """Weigh the name's words, else those of a short comment (half as much)."""
    signs = list(_signs(look, look.words, 1.0))
    if not signs and look.comment:
        words = look.rules.words(look.comment)
        if len(words) <= LONGEST_COMMENT:
            signs = list(_signs(look, words, 0.6))
    yield from signs


def phrases(words: Sequence[str], rules: Rules) -> list[tuple[int, Phrase]]:
    """Find the known phrases in ``words``, longest first, without overlaps, in their order."""
    found: dict[int, Phrase] = {}
    taken: set[int] = set()
    real = [w for w in words if not w.isdigit()]
    for length in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            phrase = rules.phrases.get(tuple(words[start : start + length]))
            span = set(range(start, start + length))
            if phrase is None or span & taken:
                continue
            if phrase.alone and len([w for w in phrase.words if not w.isdigit()]) < len(real):
                if phrase.part not in {"first", "last"}:
                    continue
                phrase = replace(phrase, weight=phrase.weight / 2)
            found[start] = phrase
            taken |= span
    return sorted(found.items())


def _signs(look: Look, words: Sequence[str], scale: float) -> Iterator[Sign]:
    found = phrases(words, look.rules)
    covered = {i for start, p in found for i in range(start, start + len(p.words))}
    rest = [w for i, w in enumerate(words) if i not in covered]
    chosen = _choose([p for _, p in found])
    if look.values.kind == "number" and RELATION.search(look.ref.name):
        yield _sign("*", "a number that its name says leads to another table", -1.0)
    if about := _itself(words, covered, look.rules):
        yield _sign("*", f"its name is about the {about!r} of something", ABOUT_ITSELF)
    if chosen is None:
        if words and all(w in look.rules.vocabulary["persons"] for w in words):
            yield _sign("PERSON", "its name is a word for a person", ROLE * scale, "full")
        return
    whose = owner(rest, look.rules) or look.table_owner
    if chosen.entity in {"NAME", "DETAILS"}:
        yield from _name(look, chosen, rest, whose, scale)
    elif chosen.entity:
        told = f"its name says {' '.join(chosen.words)!r}"
        yield _sign(chosen.entity, told, chosen.weight * scale, chosen.part)
        yield from _foreign(chosen.entity, whose)
        thing = owner(rest, look.rules) in {"organisation", "thing"}
        thing |= chosen.part == "full" and not rest and look.table_owner == "thing"
        if chosen.entity == "PERSON" and thing and not owner(chosen.words, look.rules):
            yield _sign("PERSON", "the name of something else", -0.6, source="owner")
    else:
        yield _sign("*", f"its name says {' '.join(chosen.words)!r}", -chosen.weight)


def _choose(found: Sequence[Phrase]) -> Phrase | None:
    """Choose the last phrase; a bare "name" or "details" only where there is nothing else."""
    telling = [p for p in found if p.entity not in {"NAME", "DETAILS"}]
    return (telling or list(found) or [None])[-1]  # type: ignore[list-item]  # nothing found


def _name(
    look: Look, phrase: Phrase, rest: Sequence[str], whose: Owner, scale: float
) -> Iterator[Sign]:
    known = owner(rest, look.rules)
    if rest and not known:
        whose = "" if look.table_owner != "person" else "person"
        scale /= 2
    weight = NAME_OF[whose] * scale
    if phrase.entity == "DETAILS":
        weight = min(weight, 0.25)
    told = {"person": "a person's", "": "somebody's or something's"}.get(whose, f"the {whose}'s")
    yield _sign("PERSON", f"its name says {told} {' '.join(phrase.words)!r}", weight, "full")


REACH = frozenset({"STREET_ADDRESS", "PHONE_NUMBER", "URL", "LOCATION", "EXTENSION"})
PLACE = frozenset({"CITY", "POSTCODE", "REGION", "COUNTRY"})


def _foreign(entity: str, whose: Owner) -> Iterator[Sign]:
    """Say that an address is an organisation's, or a birthday an animal's."""
    if whose == "organisation" and entity in REACH | PLACE:
        yield _sign(entity, "the data of an organisation", -0.6, source="owner")
    if whose == "thing" and entity in PLACE | {"DATE_OF_BIRTH", "STREET_ADDRESS", "GENDER"}:
        yield _sign(entity, "the data of a thing", -0.6, source="owner")


def _itself(words: Sequence[str], covered: set[int], rules: Rules) -> str:
    places = [i for i, w in enumerate(words) if not w.isdigit()]
    if not places:
        return ""
    last, first = places[-1], places[0]
    if last not in covered and words[last] in rules.vocabulary["heads"]:
        return words[last]
    return words[first] if first not in covered and words[first] in FIRST_HEADS else ""


def _sign(entity: str, rule: str, weight: float, part: str = "", source: str = "name") -> Sign:
    return Sign(entity, Evidence(rule, source, 0, 0, round(weight, 3)), part)
