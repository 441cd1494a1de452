"""Judge the columns of one table together: samples in, verdicts out. Reads nothing.

Whose data a table holds, and what stands beside a column, are reasons too; and where a pack
declares what a column is, its word counts.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Table

from scanner.detectors import by_gazetteer, by_name, classify, neighbours, pairs
from scanner.detectors.affixes import Affixes, affixes
from scanner.detectors.by_language import Language
from scanner.detectors.classify import Verdict
from scanner.detectors.look import Look, Owner, owner
from scanner.detectors.values import Values
from scanner.model import ColumnRef, Evidence, Personal
from scanner.rulebook import Pack
from scanner.rulefiles.recognizers import Phrase, Rules
from scanner.texts.patterns import OutOfTime

MARK = re.compile(r"\s*\[efface: [^]]*\]")
"""What the report postgresql-comments adds to a comment: a verdict of ours is no evidence for it."""

PARTS = frozenset({"first", "last"})
"""Parts of a name that only a person has."""

FIRM = 0.3
"""The share of values with a company's legal form from which a column names companies."""

MOSTLY = 0.5
"""The share of people's names from which a column of names, and so its table, is of people."""

SURE = 0.5
"""What a pattern must weigh to be believed against a pack that says "none"."""


def looks(
    table: Table,
    samples: Mapping[str, Values],
    *,
    rules: Rules,
    language: Language,
    comments: Mapping[tuple[str, str], str],
) -> dict[str, Look]:
    """Prepare the columns that were read; ``comments`` are (table, column), lower case, to text."""
    slow: set[str] = set()
    while rules.allowed:
        try:
            samples = {name: values.without(rules.allows) for name, values in samples.items()}
            break
        except OutOfTime as error:
            slow.add(error.name)
            rules = rules.without(error.name)
    shared = affixes(table, rules)
    whose = _owner(rules, table, samples, shared)
    return {
        name: Look(
            ColumnRef(table.schema or "", table.name, name),
            values,
            rules,
            language,
            whose,
            _comment(table.columns[name]) or comments.get((table.name.lower(), name.lower()), ""),
            shared,
            slow=set(slow),
        )
        for name, values in samples.items()
    }


def _comment(column: Column[Any]) -> str:
    """Read what people wrote about a column."""
    return MARK.sub("", column.comment or "")


def _owner(rules: Rules, table: Table, samples: Mapping[str, Values], shared: Affixes) -> Owner:
    """Say whose data a table holds: a company's name or a person's decide before its own name.

    A "contact" beside a company is whom to ask for there: the address is the company's. A column
    such as "composer" does not make a person of a thing, nor "manager" one of a shop.
    """
    own = rules.words(table.name)
    known = owner((*own, shared.glued), rules)
    person = people = company = role = False
    for name, values in samples.items():
        words = shared.bare(rules.words(name), rules)
        found = [p for _, p in by_name.phrases(words, rules)]
        legal, _ = values.hits(by_gazetteer.is_firm if _names(found) else by_gazetteer.is_company)
        firm = bool(values.read) and legal > FIRM * values.read
        party = _party(found) and words[-1] not in rules.vocabulary["heads"]
        company |= firm or (party and not _people(values))
        asked = any(w in rules.vocabulary["contacts"] for w in words)
        asked |= known == "organisation" and any(_other(w, own, found) for w in words)
        person |= not asked and not firm and any(_part(p, words) for p in found)
        people |= not asked and not firm and _names(found) and _people(values)
        named = bool(words) and all(w in rules.vocabulary["persons"] for w in words)
        role |= not asked and named and not values.hits(str.isdigit)[0]
    if person or (people and known in {"", "person"}):
        return "person"
    if role and known != "thing" and not company:
        return "person"
    return "organisation" if company else known


def _other(word: str, own: Sequence[str], found: Sequence[Phrase]) -> bool:
    """Whether a word says whose a name is, and that is not the table's: AdmFName of a school."""
    said = {w for p in found for w in p.words}
    return len(word) > 1 and not word.isdigit() and word not in {*said, *own}


def _people(values: Values) -> bool:
    """Whether most values are names of people."""
    hits, _ = values.hits(by_gazetteer.is_person)
    return hits > MOSTLY * values.read


def _names(found: Sequence[Phrase]) -> bool:
    """Whether a column's name says that it holds names of somebody or something."""
    return any(p.entity in {"NAME", "ORGANIZATION"} or p.part in {"full", "whole"} for p in found)


def _party(found: Sequence[Phrase]) -> bool:
    """Whether a name is a company's own, not of one beside: a department, a bank, an employer."""
    return any(p.entity == "ORGANIZATION" and p.part != "beside" for p in found)


def _part(phrase: Phrase, words: Sequence[str]) -> bool:
    """Whether a name names a part of a person's name; "last" alone only as the whole name."""
    real = [w for w in words if not w.isdigit()]
    return phrase.part in PARTS and (not phrase.alone or len(real) == len(phrase.words))


def verdicts(seen: Mapping[str, Look], pack: Pack | None) -> dict[str, Verdict]:
    """Let the detectors look at every column, then at what stands beside it, then the pack."""
    pairs.mark(seen.values())
    for look in seen.values():
        classify.examine(look)
    drafts = [classify.judge(look) for look in seen.values()]
    neighbours.mark(list(seen.values()), drafts)
    return {name: declared(look.ref, classify.judge(look), pack) for name, look in seen.items()}


def declared(column: ColumnRef, verdict: Verdict, pack: Pack | None) -> Verdict:
    """Let the pack's word decide, unless it says "none" and patterns clearly say otherwise."""
    said = pack.declared(column.table, column.name) if pack else None
    if said is None or pack is None:
        return verdict
    none = said.personal == "none"
    sure = any(e.source == "pattern" and e.weight >= SURE for e in verdict.evidence)
    if none and sure and verdict.personal != "none":
        return verdict
    rule = f"the pack {pack.name} says so"
    evidence = Evidence(rule, "declared", 0, 0, -1.0 if none else 1.0)
    why = f"{rule}; {_besides(said.personal, verdict)}".removesuffix("; ")
    return Verdict(
        said.personal,
        "" if none else said.entity or verdict.entity,
        0.0 if none else 1.0,
        verdict.part,
        why,
        (evidence, *verdict.evidence),
        by=pack.name,
    )


def _besides(said: Personal, verdict: Verdict) -> str:
    """Say what the values add to a pack's word, or hold against it."""
    if not verdict.evidence or verdict.personal == "unknown":
        return ""
    if verdict.personal == said:
        return verdict.why
    return f"without it: {verdict.personal.replace('_', ' ')}, as {verdict.why}"
