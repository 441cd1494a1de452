"""By the words of a column's name and of its comment: whole words, and able to lose."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scanner.detectors.look import Look, Owner, Sign, owner
from scanner.rulefiles.recognizers import Phrase, Rules

COST = 1

FIRST_HEADS = frozenset(
    {"id", "code", "cod", "typ", "tipo", "fecha", "datum", "date", "anzahl", "num"}
)
"""Words that, in front of a name, say that it is about the thing: ``tipo_documento``."""

LONGEST_COMMENT = 8
"""A comment of more words is a description that mentions many things."""

MENTIONED = 0.6
"""What a comment counts for, where the name itself says nothing."""

LEAST_DETAIL = 0.5
"""What "details" count for, beside a "name"."""

SORTED = frozenset({"order", "sort", "group", "ordered", "sorted", "grouped", "filter", "divided"})
"""What is done "by" something, not by somebody."""

NUMBERED = frozenset(
    [
        "PHONE_NUMBER",
        "NATIONAL_ID",
        "BANK_ACCOUNT",
        "CREDIT_CARD",
        "STREET_ADDRESS",
        "POSTCODE",
        "EXTENSION",
        "CUSTOMER_ID",
        "DEVICE_ID",
    ]
)
"""What is a number itself: "phone number" is no number of phones."""

RELATION = re.compile(r"[A-Za-z]2[A-Za-z]")
"""Clarify and others name a foreign key after both ends: ``phone_log2case``."""


def detect(look: Look) -> Iterator[Sign]:
    """Weigh the name's words, else those of a short comment (half as much)."""
    found = list(_signs(look, look.words))
    if not found and look.comment:
        words = look.rules.words(look.comment)
        if len(words) <= LONGEST_COMMENT:
            found = list(_signs(look, words, MENTIONED))
    yield from found


def phrases(words: Sequence[str], rules: Rules) -> list[tuple[int, Phrase]]:
    """Find the known phrases in ``words``, longest first, without overlaps, in their order."""
    found: dict[int, Phrase] = {}
    taken: set[int] = set()
    persons = rules.vocabulary["persons"]
    real = [w for w in words if not w.isdigit() and len(w) > 1 and w not in persons]
    for length in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            phrase = rules.phrases.get(tuple(words[start : start + length]))
            span = set(range(start, start + length))
            if phrase is None or span & taken:
                continue
            if phrase.alone and set(real) - set(phrase.words):
                if phrase.part not in {"first", "last"}:
                    continue
                phrase = replace(phrase, weight=phrase.weight / 2)
            found[start] = phrase
            taken |= span
    return sorted(found.items())


def _signs(look: Look, words: Sequence[str], scale: float = 1.0) -> Iterator[Sign]:
    """Weigh ``words`` as the name of ``look``'s column."""
    found = phrases(words, look.rules)
    covered = {i for start, p in found for i in range(start, start + len(p.words))}
    rest = [w for i, w in enumerate(words) if i not in covered]
    chosen = _choose([p for _, p in found])
    if look.values.kind == "number" and RELATION.search(look.ref.name):
        rule = "a number that its name says leads to another table"
        yield look.sign("*", "name.relation", rule)
    about = _itself(words, covered, look.rules)
    if about and not (about == "number" and chosen and chosen.entity in NUMBERED):
        yield look.sign("*", "name.about", f"its name is about the {about!r} of something")
    if chosen is None:
        if _somebody(words, look.rules):
            rule = "its name is a word for a person"
            yield look.sign("PERSON", "name.role", rule, strength=scale, part="full")
        return
    whose = owner(rest, look.rules) or look.table_owner
    if not rest and owner(chosen.words, look.rules) == "person":
        whose = "person"
    if chosen.entity in {"NAME", "DETAILS"}:
        yield from _name(look, chosen, rest, whose, scale)
    elif chosen.entity:
        told = f"its name says {' '.join(chosen.words)!r}"
        strength = chosen.weight * scale
        yield look.sign(chosen.entity, "name.word", told, strength=strength, part=chosen.part)
        yield from _foreign(look, chosen.entity, whose)
        thing = owner(rest, look.rules) in {"organisation", "thing"}
        thing |= (
            chosen.part == "whole" and not rest and look.table_owner in {"organisation", "thing"}
        )
        if chosen.entity == "PERSON" and thing and not owner(chosen.words, look.rules):
            yield look.sign("PERSON", "owner.other", "the name of something else")
    else:
        told = f"its name says {' '.join(chosen.words)!r}, which is nothing personal"
        yield look.sign("*", "name.word", told, strength=-chosen.weight)


def _somebody(words: Sequence[str], rules: Rules) -> bool:
    """Whether a name is a word for a person, or says by whom something was done."""
    if len(words) > 1 and words[-1] == "by":
        return words[0] not in SORTED
    return bool(words) and all(w in rules.vocabulary["persons"] for w in words)


def _choose(found: Sequence[Phrase]) -> Phrase | None:
    """Choose the last phrase; a bare "name" or "details" only where there is nothing else."""
    telling = [p for p in found if p.entity not in {"NAME", "DETAILS"}]
    return (telling or list(found) or [None])[-1]  # type: ignore[list-item]  # nothing found


def _name(
    look: Look, phrase: Phrase, rest: Sequence[str], whose: Owner, scale: float
) -> Iterator[Sign]:
    known = owner(rest, look.rules)
    if phrase.entity == "DETAILS" and rest and known != "person":
        return
    if any(len(w) > 1 and not w.isdigit() for w in rest) and not known:
        whose = "" if look.table_owner != "person" else "person"
        scale /= 2
    if phrase.entity == "DETAILS":
        scale = min(scale, LEAST_DETAIL)
    elif not rest and (place := _place(look)):
        told = f"the name of a {' '.join(place.words)!r}"
        yield look.sign(place.entity, "name.word", told, strength=place.weight)
    told = {"person": "a person's", "": "somebody's or something's"}.get(whose, f"the {whose}'s")
    rule = f"its name says {told} {' '.join(phrase.words)!r}"
    yield look.sign("PERSON", f"name.{whose or 'somebody'}", rule, strength=scale, part="full")


def _place(look: Look) -> Phrase | None:
    """Say which place a table is of, if that is what its name ends with: countries, us_states."""
    words = look.rules.words(look.ref.table)
    found = phrases([w.removesuffix("s") for w in words], look.rules) + phrases(words, look.rules)
    ends = [p for at, p in found if at + len(p.words) == len(words) and p.entity in PLACE]
    return ends[0] if ends else None


REACH = frozenset(["STREET_ADDRESS", "PHONE_NUMBER", "URL", "LOCATION", "EXTENSION", "NATIONAL_ID"])
PLACE = frozenset({"CITY", "POSTCODE", "REGION", "COUNTRY"})


def _foreign(look: Look, entity: str, whose: Owner) -> Iterator[Sign]:
    """Say that an address or a tax number is an organisation's, or a birthday an animal's."""
    at_work = look.table_owner == "person" and entity in {"PHONE_NUMBER", "EXTENSION"}
    if whose == "organisation" and entity in REACH | PLACE and not at_work:
        yield look.sign(entity, "owner.other", "the data of an organisation")
    if whose == "thing" and entity in PLACE | {"DATE_OF_BIRTH", "STREET_ADDRESS", "GENDER"}:
        yield look.sign(entity, "owner.other", "the data of a thing")


def _itself(words: Sequence[str], covered: set[int], rules: Rules) -> str:
    places = [i for i, w in enumerate(words) if not w.isdigit()]
    if not places:
        return ""
    last, first = places[-1], places[0]
    if last not in covered and words[last] in rules.vocabulary["heads"]:
        return words[last]
    return words[first] if first not in covered and words[first] in FIRST_HEADS else ""
