"""Street addresses in running text: a street with its number in the orders of many countries.

An address in a sentence is one span up to its end. Of one in lines of its own every line is a span
(street, flat, postcode), so that a scrubbed letter keeps its lines, towns and countries. A building's number before a street with a number of
its own is a span of its own.
"""

import re
from collections.abc import Iterator, Sequence

from scanner.detectors.annotator import words
from scanner.detectors.reading import Reading
from scanner.model import Span
from scanner.texts.addresses import BEHIND_CUE, CAP, CUED, NUMBER, SMALL, STREET, WORD

UNIT = (
    r"(?:(?:[Aa]pt|[Aa]partment|[Ss]uite|[Ss]te|[Uu]nit|[Ff]lat|[Ff]loor|[Ff]l|[Rr]oom|[Rr]m|[Bb]ldg|[Ww]ohnung|[Ww]hg|[Pp]iso|"
    r"[Aa]ppt|[Ii]nt|[Ii]nterno|[Bb]us|[Pp]uerta|[Dd]pto|[Ll]ot)\b\.?(?: ?(?:no\.?|#))? ?#?\w{0,3}\d\w{0,3}\b|#\s?\d{1,5}\b|\d{1,2}(?:st|nd|rd|th) [Ff]loor)"
)
POSTCODE = (
    r"(?:\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b\d{4} ?[A-Z]{2}\b|"
    r"\b(?:[A-Z]{1,2}[ -])?\d{5}(?:-\d{3,4})?\b|\b\d{3} \d{2}\b|\b(?:[A-Z]{1,2}-)?\d{4}\b)"
)
BOX = (
    r"(?:\b(?:P\.? ?O\.? ?Box|Post Office Box|Postfach|Apartado(?: de Correos)?|Casella Postale|Boîte Postale|BP|Postbus)"
    r" ?(?:no\.? |nº )?\d[\d ]{0,7}\b)"
)
MILITARY = (
    r"(?:(?:\b(?:PSC|CMR|[Uu]nit|[Pp]sc|[Cc]mr) \d{1,5},? [Bb]ox \d{1,5}|\b(?:USNS|USS|USCGC|USNV|usns|uss|uscgc|usnv) \w+),?\s*"
    r"\b(?:APO|FPO|DPO|apo|fpo|dpo),? (?:AA|AE|AP|aa|ae|ap) \d{5}(?:-\d{4})?)"
)

CORNER = re.compile(
    rf"\b[Tt]he corner of (?:{NUMBER} )?(?:[\w'’.-]+ ){{1,5}}?and (?:{NUMBER} )?(?:{CAP}|{SMALL})(?: {WORD})*(?: {NUMBER}\b)?"
)

PLACE = r"(?:St\.|[^\W\d_a-zß-öø-ÿ][\w'’-]*)"
PIECE = re.compile(
    rf"(?:[ ]*,[ ]*|[ ]+|,?[ ]*\n[ ,]*)(?:"
    rf"{UNIT}|{POSTCODE} {PLACE}(?:[ -](?:{PLACE}|{SMALL})){{0,2}}|"
    rf"(?:{PLACE}(?:[ -](?:{PLACE}|{SMALL})){{0,3}}(?:,? {POSTCODE})?|{POSTCODE})"
    rf"(?=[ ]*(?:[,.;?!\n)\"']|$|{UNIT}|{POSTCODE})))"
)
"""A further part of an address: flat, town, region, country, postcode; then a stop or the next part."""

MOST_PIECES = 7

LINE = re.compile(r"[ \t>?*|-]*")
"""What may stand before an address that begins a line."""

LETTER_LINES = 4
"""The town and postcode stand so many lines below the street at most."""

UNIT_LINE = re.compile(rf"[ \t>?*|,-]*(?P<unit>{UNIT}|{BOX})[ ,.]*$")
UNIT_BEHIND = re.compile(rf"[ ,]+(?P<unit>{UNIT})")
"""A flat behind its street on the same line."""

BUILDING = re.compile(rf"(?P<number>\d{{1,5}}) (?=\d|(?:.*\D)?\b{NUMBER}(?:\b|\.))")
"""A number before a street that has its own, as buildings have in blocks and estates."""

POSTCODE_LINE = re.compile(
    rf"[ \t>?*|-]*(?:[\w.' ’-]*[ ,])?(?P<code>{POSTCODE})(?: {CAP}(?:[ -]{CAP}){{0,2}})?[ ,.]*$"
)


def find(text: str, reading: Reading) -> Iterator[Span]:
    """Find the street addresses in ``text``."""
    if not any(c.isdigit() for c in text) and "corner of" not in text:
        return
    if text.islower():
        text = words.raised(text)
    done = 0
    for start, end in sorted(_cores(text), key=lambda core: (core[0], -core[1])):
        if start < done:
            continue
        line = text.rfind("\n", 0, start) + 1
        block = LINE.fullmatch(text, line, start) and "\n" in text[end:]
        unit = UNIT_BEHIND.match(text, end) if block else None
        if block and _ends_line(text, unit.end() if unit else end):
            yield from _parts(text, start, end)
            if unit:
                yield Span(*unit.span("unit"), "STREET_ADDRESS")
                end = unit.end()
            for span in _below(text, end):
                yield span
                end = span.end
        elif (split := _split(text, start, end)) and not PIECE.match(text, end):
            yield from split
        else:
            end = _onwards(text, end)
            yield Span(start, end, "STREET_ADDRESS")
        done = end


def _parts(text: str, start: int, end: int) -> Sequence[Span]:
    return _split(text, start, end) or [Span(start, end, "STREET_ADDRESS")]


def _split(text: str, start: int, end: int) -> Sequence[Span]:
    """Part a building's number from a street that has a number of its own, before or behind."""
    building = BUILDING.match(text, start, end)
    if not building:
        return []
    return [
        Span(start, building.end("number"), "STREET_ADDRESS"),
        Span(building.end(), end, "STREET_ADDRESS"),
    ]


def _cores(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (STREET, CORNER, _BOXES):
        yield from (m.span() for m in pattern.finditer(text))
    for cue in CUED.finditer(text):
        if match := BEHIND_CUE.match(text, cue.end()):
            yield match.span()


_BOXES = re.compile(rf"{MILITARY}|{BOX}")


def _ends_line(text: str, end: int) -> bool:
    """Whether nothing but a flat and a stop stands behind a street on its line."""
    rest = text[end:].split("\n", 1)[0]
    return not rest.strip(" ,.")


def _onwards(text: str, end: int) -> int:
    """Follow an address in a sentence to its end."""
    for _ in range(MOST_PIECES):
        match = PIECE.match(text, end)
        if not match:
            break
        end = match.end()
    return end


def _below(text: str, end: int) -> Iterator[Span]:
    """Find the flat and the postcode in the lines below a street."""
    start = text.find("\n", end) + 1
    for _ in range(LETTER_LINES):
        if not start:
            return
        stop = text.find("\n", start)
        line = text[start : stop if stop >= 0 else len(text)]
        if match := UNIT_LINE.match(line):
            yield Span(start + match.start("unit"), start + match.end("unit"), "STREET_ADDRESS")
        elif match := POSTCODE_LINE.match(line):
            yield Span(start + match.start("code"), start + match.end("code"), "STREET_ADDRESS")
            return
        elif not line.strip() or any(c.isdigit() for c in line):
            return
        start = stop + 1
