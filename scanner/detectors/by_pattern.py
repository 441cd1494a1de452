"""By what values look like: the recognizers of the rule files, with Presidio's checksums."""

from collections.abc import Iterator

from scanner.detectors.look import Look, Sign
from scanner.detectors.presidio import Presidio
from scanner.model import Evidence
from scanner.rulefiles.recognizers import Recognizer, Rules
from scanner.texts.folding import fold, folded
from scanner.texts.patterns import OutOfTime

COST = 2

ENOUGH = 0.6
"""The share of matching values from which a recognizer weighs all that it can."""

SURE, FEW, SPARSE = 0.9, 2, 0.5
"""Two different values of a recognizer so sure make a column one that may hold anything."""

SCARCE = 30
"""So few values are all searched for addresses among words, whatever they read like."""

LUCK = 0.3
"""Of numbers that are no card's one in ten has a right check digit; of cards all have."""


def detect(look: Look) -> Iterator[Sign]:
    """Count the values that match as a whole."""
    if not look.values.read or look.values.kind == "date":
        return
    named = look.named()
    sure: list[tuple[int, int]] = []
    for recognizer in look.rules.recognizers:
        known = recognizer.entity in named or recognizer.family in named
        if recognizer.needs_name and not known:
            continue
        if look.values.kind == "number" and not recognizer.needs_name and not known:
            continue
        hits, different = look.values.hits(lambda value, r=recognizer: whole(value, r, look))  # type: ignore[misc]  # a default binds the loop's variable
        if hits and not _by_chance(recognizer, hits, look):
            share = hits / look.values.read
            weight = recognizer.weight * min(1.0, share / ENOUGH)
            if not known and different <= 1 and look.values.read > 1:
                weight /= 2
            if recognizer.inside and recognizer.weight >= SURE and not _numbers(recognizer, look):
                sure.append((hits, different))
            evidence = Evidence(
                recognizer.name, "pattern", hits, look.values.read, round(weight, 3)
            )
            yield Sign(recognizer.entity, evidence)
    hits = sum(h for h, _ in sure)
    if sum(d for _, d in sure) >= FEW and look.values.kind == "text":
        evidence = Evidence("here and there contacts", "pattern", hits, look.values.read, SPARSE)
        yield Sign("FREE_TEXT", evidence)
    elif look.values.read < SCARCE and look.values.kind == "text":
        yield from _among_words(look)


def _among_words(look: Look) -> Iterator[Sign]:
    """Of a few values, count those in which an address stands among words: none may be missed."""
    certain = {r.entity for r in look.rules.recognizers if r.inside and r.weight >= SURE}
    hits = sum(
        n
        for value, n in look.values.counts.items()
        if " " in value.strip() and any(e in certain for _, _, e in spans(value, look))
    )
    if hits:
        evidence = Evidence("contacts among words", "pattern", hits, look.values.read, SPARSE)
        yield Sign("FREE_TEXT", evidence)


def _by_chance(recognizer: Recognizer, hits: int, look: Look) -> bool:
    """Whether checksums that are right are no more than luck among numbers of that length."""
    if not recognizer.presidio:
        return False
    alike, _ = look.values.hits(lambda value: bool(recognizer.pattern.fullmatch(value)))
    return hits < LUCK * alike


def _numbers(recognizer: Recognizer, look: Look) -> bool:
    """Whether a checksum is all that tells a few values from the other numbers of the column."""
    return bool(recognizer.presidio) and look.texts == 0


def whole(value: str, recognizer: Recognizer, look: Look) -> bool:
    """Whether all of ``value`` is what the recognizer looks for."""
    if recognizer.texts:
        return folded(value) in recognizer.texts
    if not recognizer.pattern.fullmatch(value):
        return False
    return _confirmed(value, recognizer, look.language.presidio)


def spans(text: str, look: Look) -> list[tuple[int, int, str]]:
    """Find what may stand inside a text: (start, end, entity), without overlaps."""
    found: list[tuple[int, int, str]] = []
    try:
        for start, end, entity in inside(text, look.rules, look.language.presidio):
            if not any(start < e and s < end for s, e, _ in found):
                found.append((start, end, entity))
    except OutOfTime as error:
        look.leave_out(error.name)
        return spans(text, look)
    return sorted(found)


def inside(text: str, rules: Rules, presidio: Presidio) -> Iterator[tuple[int, int, str]]:
    """Find what each recognizer finds inside a text: (start, end, entity); some may overlap."""
    for recognizer in rules.recognizers:
        if not recognizer.inside or (recognizer.entity == "EMAIL_ADDRESS" and "@" not in text):
            continue
        for start, end in _matches(text, recognizer):
            said = text[start:end]
            free = _free(text, start, end) and not rules.allows(said)
            if free and _confirmed(said, recognizer, presidio):
                yield start, end, recognizer.entity


def _matches(text: str, recognizer: Recognizer) -> Iterator[tuple[int, int]]:
    if not recognizer.texts:
        yield from (m.span() for m in recognizer.pattern.finditer(text))
        return
    plain = fold(text)
    yield from (plain.origin(*m.span()) for m in recognizer.pattern.finditer(plain.text))


def _confirmed(said: str, recognizer: Recognizer, presidio: Presidio) -> bool:
    return not recognizer.presidio or presidio.confirms(recognizer.presidio, said)


def _free(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit touches the span."""
    before = text[start - 1 : start] if start else ""
    return not (before.isalnum() or text[end : end + 1].isalnum())
