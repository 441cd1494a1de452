"""By what values look like: the recognizers of the rule files, with Presidio's checksums."""

from collections.abc import Iterator

from scanner.detectors.look import Look, Sign
from scanner.model import Evidence
from scanner.recognizers import Recognizer

COST = 2

ENOUGH = 0.6
"""The share of matching values from which a recognizer weighs all that it can."""

SURE, FEW, SPARSE = 0.9, 2, 0.5
"""Two different values of a recognizer so sure make a column one that may hold anything."""

FAMILY = {
    "US_SSN": "NATIONAL_ID",
    "ES_NIF": "NATIONAL_ID",
    "UK_NINO": "NATIONAL_ID",
    "IT_FISCAL_CODE": "NATIONAL_ID",
    "IBAN_CODE": "BANK_ACCOUNT",
}
"""The general entity whose name speaks for a special one."""


def detect(look: Look) -> Iterator[Sign]:
    """Count the values that match as a whole."""
    if not look.values.read or look.values.kind == "date":
        return
    named = look.named()
    sure: list[tuple[int, int]] = []
    for recognizer in look.rules.recognizers:
        known = recognizer.entity in named or FAMILY.get(recognizer.entity) in named
        if recognizer.needs_name and not known:
            continue
        if look.values.kind == "number" and not recognizer.needs_name and not known:
            continue
        hits, different = look.values.hits(lambda value, r=recognizer: whole(value, r, look))  # type: ignore[misc]  # a default binds the loop's variable
        if hits:
            share = hits / look.values.read
            weight = recognizer.weight * min(1.0, share / ENOUGH)
            if not known and different <= 1 and look.values.read > 1:
                weight /= 2
            if recognizer.inside and recognizer.weight >= SURE:
                sure.append((hits, different))
            evidence = Evidence(
                recognizer.name, "pattern", hits, look.values.read, round(weight, 3)
            )
            yield Sign(recognizer.entity, evidence)
    hits = sum(h for h, _ in sure)
    if sum(d for _, d in sure) >= FEW and look.values.kind == "text":
        evidence = Evidence("here and there contacts", "pattern", hits, look.values.read, SPARSE)
        yield Sign("FREE_TEXT", evidence)


def whole(value: str, recognizer: Recognizer, look: Look) -> bool:
    """Whether all of ``value`` is what the recognizer looks for."""
    if not recognizer.pattern.fullmatch(value):
        return False
    return not recognizer.presidio or look.language.confirms(recognizer.presidio, value)


def spans(text: str, look: Look) -> list[tuple[int, int, str]]:
    """Find what may stand inside a text: (start, end, entity), without overlaps."""
    found: list[tuple[int, int, str]] = []
    for recognizer in look.rules.recognizers:
        if not recognizer.inside:
            continue
        for match in recognizer.pattern.finditer(text):
            start, end = match.span()
            if any(start < e and s < end for s, e, _ in found) or not _free(text, start, end):
                continue
            if recognizer.presidio and not look.language.confirms(
                recognizer.presidio, match.group()
            ):
                continue
            found.append((start, end, recognizer.entity))
    return sorted(found)


def _free(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit touches the span."""
    before = text[start - 1 : start] if start else ""
    return not (before.isalnum() or text[end : end + 1].isalnum())
