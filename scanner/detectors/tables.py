"""Judge the columns of one table together: samples in, verdicts out. Reads nothing.

Whose data a table holds, and what stands beside a column, are reasons too; and where a pack
declares what a column is, its word counts.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Table

from scanner.detectors import by_gazetteer, by_name, classify, pairs
from scanner.detectors.by_language import Language
from scanner.detectors.classify import Verdict
from scanner.detectors.look import Look, Owner, owner
from scanner.detectors.values import Values
from scanner.model import ColumnRef, Evidence, Personal
from scanner.patterns import OutOfTime
from scanner.recognizers import Phrase, Rules
from scanner.rulebook import Pack

MARK = re.compile(r"\s*\[efface: [^]]*\]")
"""What the report postgresql-comments adds to a comment: a verdict of ours is no evidence for it."""

PARTS = frozenset({"first", "last"})
"""Parts of a name that only a person has."""

LEAST_PREFIXED, MOST_COLUMNS = 4, 0.6
"""So many columns, and such a share, begin with a word that is a prefix."""

FIRM = 0.3
"""The share of values with a company's legal form from which a column names companies."""

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
    whose, prefix = _owner(rules, table, samples), _prefix(rules, table)
    return {
        name: Look(
            ColumnRef(table.schema or "", table.name, name),
            values,
            rules,
            language,
            whose,
            _comment(table.columns[name]) or comments.get((table.name.lower(), name.lower()), ""),
            prefix,
            slow=set(slow),
        )
        for name, values in samples.items()
    }


def _comment(column: Column[Any]) -> str:
    """Read what people wrote about a column."""
    return MARK.sub("", column.comment or "")


def _prefix(rules: Rules, table: Table) -> str:
    """Find the word that nearly all column names of a table begin with: EMP_NAME, EMP_CITY."""
    names = [rules.words(c.name) for c in table.columns]
    firsts = Counter(words[0] for words in names if len(words) > 1)
    word, often = firsts.most_common(1)[0] if firsts else ("", 0)
    return word if often >= LEAST_PREFIXED and often > MOST_COLUMNS * len(names) else ""


def _owner(rules: Rules, table: Table, samples: Mapping[str, Values]) -> Owner:
    """Say whose data a table holds: a company's name or a person's decide before its own name.

    A "contact" beside a company is whom to ask for there: the address is the company's. A column
    such as "composer" does not make a person of a thing.
    """
    person = company = role = False
    for name, values in samples.items():
        words = rules.words(name)
        found = [p for _, p in by_name.phrases(words, rules)]
        legal, _ = values.hits(by_gazetteer.is_company)
        firm = bool(values.read) and legal > FIRM * values.read
        named = any(p.entity == "ORGANIZATION" for p in found)
        company |= firm or (named and words[-1] not in rules.vocabulary["heads"])
        person |= "contact" not in words and not firm and any(_part(p, words) for p in found)
        role |= bool(words) and all(w in rules.vocabulary["persons"] for w in words)
    known = owner(rules.words(table.name), rules)
    if person or (role and known != "thing"):
        return "person"
    return "organisation" if company else known


def _part(phrase: Phrase, words: Sequence[str]) -> bool:
    """Whether a name names a part of a person's name; "last" alone only as the whole name."""
    return phrase.part in PARTS and (not phrase.alone or len(words) == len(phrase.words))


def verdicts(seen: Mapping[str, Look], pack: Pack | None) -> dict[str, Verdict]:
    """Let the detectors look at every column, then at what stands beside it, then the pack."""
    pairs.mark(seen.values())
    for look in seen.values():
        classify.examine(look)
    drafts = [classify.judge(look) for look in seen.values()]
    classify.neighbours(list(seen.values()), drafts)
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
