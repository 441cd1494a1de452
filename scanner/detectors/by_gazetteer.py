"""By lists of the world's first and last names (Faker's, 86 locales)."""

import re
from collections.abc import Iterator
from functools import cache

from scanner.detectors.look import Look, Sign

COST = 4

MOST_WORDS = 5
"""A longer text is no name."""

FEW = 4
"""With so few different values unknown names are no surprise."""

LEAST = 0.25
"""A smaller share of known names is chance."""

MOST = 0.7
"""From such a share on, first names with whatever follows are no accident."""

TITLES = frozenset(
    ["dr", "prof", "mr", "mrs", "ms", "miss", "sir", "dame", "rev", "ing", "dipl", "mgr", "bc", "herr", "frau", "m", "mme", "mlle", "sr", "sra", "srta", "dott", "pan", "pani", "van", "von", "de", "der", "den", "del", "della", "di", "da", "do", "dos", "du", "la", "le", "el", "al", "bin", "ben", "ter", "ten", "zu", "af", "av"]  # reads better
)  # fmt: skip
"""Titles and particles, which are parts of names and no names."""

HAN = re.compile(r"[\u4e00-\u9fff]{2,4}")
"""A Chinese name: the family's first, in one or two signs."""

LATIN = "\u0250"
"""The first character after the Latin scripts; the lists know few names of the others."""

COMPANY = re.compile(
    r"\b(?:inc|ltd|limited|llc|llp|plc|corp|corporation|co|gmbh|ag|kg|ohg|s\.?a\.?|sarl|s\.?r\.?l|"
    r"s\.?p\.?a|b\.?v|n\.?v|a/s|oy|oyj|ab|sp\. ?z ?o\. ?o|s\.?r\.?o|a\.?ş|pty|cie|company)\b\.?[\s,.]*$",
    re.IGNORECASE,
)

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")


@cache
def names() -> tuple[frozenset[str], frozenset[str]]:
    """Collect the first and the last names, lower case, once a process."""
    import pkgutil
    from importlib import import_module

    from faker.providers import person

    first: set[str] = set()
    last: set[str] = set()
    for module in pkgutil.iter_modules(person.__path__):
        provider = import_module(f"{person.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            kind = first if attribute.startswith("first_name") else last
            if attribute.startswith(("first_name", "last_name")):
                listed = getattr(provider, attribute)
                if isinstance(listed, tuple | list | dict | set):
                    kind.update(
                        n.casefold()
                        for n in listed
                        if isinstance(n, str) and (len(n) > 1 or n > LATIN)
                    )
    return frozenset(first), frozenset(last)


def is_full(value: str) -> bool:
    """Whether a value is a first name with a last name, in any order, initials allowed."""
    words = [w.rstrip(".").casefold() for w in WORD.findall(value)]
    if not 2 <= len(words) <= MOST_WORDS or any(c.isdigit() for c in value):  # noqa: PLR2004
        return False
    first, last = names()
    known = [w for w in words if w in first or w in last]
    some = any(w in first for w in words) and any(w in last or len(w) > 1 for w in words)
    initials = sum(len(w) == 1 for w in words)
    return some and bool(known) and len(known) + initials >= len(words) - (len(words) > 2)  # noqa: PLR2004


def starts_as_name(value: str) -> bool:
    """Whether a value is a known first name with one to three other words, whatever these are."""
    first, last = names()
    if HAN.fullmatch(value):
        return value[:1] in last or value[:2] in last
    head, comma, tail = value.partition(",")
    words = [w.rstrip(".") for w in WORD.findall(f"{tail} {head}" if comma else value)]
    words = [w for w in words if w.casefold() not in TITLES]
    if not 2 <= len(words) <= MOST_WORDS - 1 or any(c.isdigit() for c in value):  # noqa: PLR2004
        return False
    return words[0].casefold() in first and not any(w.islower() for w in words[1:])


def is_one(value: str) -> bool:
    """Whether a value is one known first or last name."""
    first, last = names()
    folded = value.strip().casefold()
    return folded in first or folded in last


def is_company(value: str) -> bool:
    """Whether a value ends, or nearly ends, in a legal form."""
    return bool(COMPANY.search(value))


def has_one(value: str) -> bool:
    """Whether a word of a value is a known name, or is not written in Latin letters."""
    first, last = names()
    words = [w.rstrip(".").casefold() for w in WORD.findall(value)]
    return any(w in first or w in last or not w[:1] < LATIN for w in words)


def detect(look: Look) -> Iterator[Sign]:
    """Count the values that are names, where there are letters and no sentences."""
    values = look.values
    if values.kind != "text" or not values.read or look.prose > 0.5:  # noqa: PLR2004
        return
    for test, key, least, rule in (
        (is_full, "gazetteer.full", LEAST, "first and last names of the name lists"),
        (starts_as_name, "gazetteer.first", MOST, "first names of the name lists, and more words"),
        (is_one, "gazetteer.one", LEAST, "names of the name lists"),
    ):
        hits, different = values.hits(test)
        share = hits / values.read
        spread = different / values.distinct
        if min(share, spread) >= least and values.distinct >= (FEW if least == MOST else 1):
            yield look.sign("PERSON", key, rule, hits=hits, strength=min(share, spread))
    hits, _ = values.hits(has_one)
    if "PERSON" in look.named() and values.distinct > FEW and hits < 0.1 * values.read:
        rule = "values without a known name"
        yield look.sign("PERSON", "gazetteer.unknown", rule, hits=values.read - hits)
    legal, _ = values.hits(is_company)
    if legal > 0.1 * values.read:
        strength = min(1.0, 2.5 * legal / values.read)
        rule = "legal forms of companies"
        yield look.sign("PERSON", "gazetteer.companies", rule, hits=legal, strength=strength)
