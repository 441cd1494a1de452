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

HANGUL = re.compile(r"[\uac00-\ud7a3]{2,4}")
"""A Korean name: the family's first, nearly always one syllable."""

LATIN = "\u0250"
"""The first character after the Latin scripts; the lists know few names of the others."""

COMPANY = re.compile(
    r"(?:(?<=[\w.,)] )(?:inc|incorporated|ltd|ltda|limited|llc|llp|plc|corp|corporation|co|company|pty|pte|bhd|gmbh|ggmbh|ag|kg|"
    r"ohg|gbr|ug|e\.? ?v|stiftung|s\.?a|sas|sasu|sarl|eurl|sci|snc|sem|scop|s/a|eireli|epp|s\.?l\.?u?|s\.?c|s\.?r\.?l\.?s?|"
    r"s\.?p\.?a|de c\.?v|b\.?v|n\.?v|v\.?o\.?f|a/s|aps|asa|ans|oy|oyj|ab|hb|kb|kommanditbolag|sp\. ?z ?o\. ?o|sp\. ?[jk]|"
    r"s\.? ?r\.? ?o|a\.? ?s|v\.? ?o\.? ?s|kft|zrt|nyrt|bt|d\.? ?o\.? ?o|d\.? ?d|ood|eood|a\.?ş|şti|tbk|cie|group|groupe|"
    r"gruppe|gruppo|grupo|grup|holdings?|hnos|hermanos|asociados|associados|associates|figli|fils|söhne|sons|bros|brothers|"
    r"partners?|industries|enterprises|systems|technologies|solutions|services|consulting|international)\b\.?|"
    r"株式会社|有限会社|合[名同資]会社|㈱|公司|集团|厂|주식회사|\(주\)|㈜|전자|산업|상사|건설|물산|은행|제약|식품)[\s,.]*$",
    re.IGNORECASE,
)
"""The legal form of a company, or a word that closes its name."""

FORMED = re.compile(
    r"(?:(?:PT|CV|UD|ООО|ОАО|ЗАО|ПАО|АО|AO|OOO|ЧП|ТОВ|ПАТ|ПрАТ|Firma|Fa)\.?\s|株式会社|有限会社|㈱|주식회사|㈜|\(주\))\s*\S"
)
"""A legal form in front."""

JOINED = re.compile(r"\w[.,]?(?: ?[&+] ?| - | (?:and|und|et|og|och|en|и|та) )\w")
"""Names with an "and" between them: a company's, or a couple's."""

CLOSES = 30
"""So many characters at the end of a name hold its legal form."""

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
    if JOINED.search(value):
        return False
    first, last = names()
    known = [w for w in words if w in first or w in last]
    some = any(w in first for w in words) and any(w in last or len(w) > 1 for w in words)
    initials = sum(len(w) == 1 for w in words)
    return some and bool(known) and len(known) + initials >= len(words) - (len(words) > 2)  # noqa: PLR2004


def starts_as_name(value: str) -> bool:
    """Whether a value is a known first name with one to three other words, whatever these are."""
    first, last = names()
    if HAN.fullmatch(value) or HANGUL.fullmatch(value):
        return value[:1] in last or value[:2] in last
    if JOINED.search(value):
        return False
    head, comma, tail = value.partition(",")
    words = [w.rstrip(".") for w in WORD.findall(f"{tail} {head}" if comma else value)]
    words = [w for w in words if w.casefold() not in TITLES]
    if not 2 <= len(words) <= MOST_WORDS - 1 or any(c.isdigit() for c in value):  # noqa: PLR2004
        return False
    return words[0].casefold() in first and not any(w.islower() for w in words[1:])


def is_person(value: str) -> bool:
    """Whether a value reads as the name of a person."""
    return is_full(value) or starts_as_name(value)


def is_one(value: str) -> bool:
    """Whether a value is one known first or last name."""
    first, last = names()
    folded = value.strip().casefold()
    return folded in first or folded in last


def is_first(value: str) -> bool:
    """Whether a value is one known first name."""
    return value.strip().casefold() in names()[0]


def is_company(value: str) -> bool:
    """Whether a value ends, or nearly ends, in a legal form, or begins with one."""
    return bool(COMPANY.search(value[-CLOSES:]) or FORMED.match(value))


def is_firm(value: str) -> bool:
    """Whether a value is a company, or several names with an "and" between them."""
    return is_company(value) or bool(JOINED.search(value))


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
    people, _ = values.hits(is_person)
    if "ORGANIZATION" in look.named() and people > MOST * values.read:
        rule = "first and last names of people"
        yield look.sign("ORGANIZATION", "shape.contradicts", rule, hits=people)
    legal, _ = values.hits(is_firm)
    if legal > 0.1 * values.read:
        strength = min(1.0, 2.5 * legal / values.read)
        rule = "legal forms and names of companies"
        yield look.sign("PERSON", "gazetteer.companies", rule, hits=legal, strength=strength)
