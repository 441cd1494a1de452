"""What notes hold: the data of anybody in sentences, how often, and whether that can be chance."""

import re
from collections.abc import Iterator

from scanner.detectors.annotator import Annotator
from scanner.detectors.annotator.clues import BEFORE, DEALINGS
from scanner.detectors.annotator.people import SURE
from scanner.detectors.by_gazetteer import is_first, is_full
from scanner.detectors.by_pattern import spans
from scanner.detectors.look import Look, Sign, is_prose
from scanner.model import Evidence, Span

NOTES, LIKELY = 2_000, 100
"""So many notes are searched, and so many of those that may name somebody the model reads."""

FEWER = 40
"""So many that may have a given name alone: it stands in many, or it says nothing."""

CHARACTERS = 2_000
"""So much of a note is searched for names."""

OFTEN = 0.1
"""The share of notes with a person's name from which that is no accident."""

CAPITALS = re.compile(r"[^\W\d_a-z][\w'’-]+(?: [^\W\d_a-z]\.?)?(?: [^\W\d_a-z][\w'’-]+){1,2}")
"""Two to four words in capitals, or in a script that has none."""

ALONE_NAME = re.compile(r"(?<![\w’'-])[^\W\d_a-z][^\W\d_]{2,}(?![\w’'-])")
"""A word with a capital, which may be a given name."""

SMALL = 2
"""Words in small letters of what is said of somebody; "Jones, Phillips and Walsh" is a firm."""

SEVERAL = 3
"""So many different given names are people's; one or two may be things that are called so."""

ALONE = 0.4
"""What a boilerplate weighs: one address in many notes, or in a line that is no sentence, or
addresses of nobody."""

DECIDED = 0.5

NOBODYS = re.compile(
    r"(?:info|support|sales|service|help|helpdesk|contact|office|admin|webmaster|postmaster|hello|"
    r"(?:no|do[-_.]?not)[-_.]?reply|kontakt|vertrieb|kundenservice|ventas|soporte|ventes)@.*|"
    r"(?:1[ .-]?)?\(?8(?:00|88|77|66|55|44|33)\)?[ .-].*|0800.*",
    re.IGNORECASE,
)
"""Addresses and numbers of desks and of manuals, not of people."""

CERTAIN = frozenset({"PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "BANK_ACCOUNT", "NATIONAL_ID"})
"""What only words around it tell from other numbers."""


def read(look: Look) -> Iterator[Sign]:
    """Say what stands in sentences: contacts and numbers first, people where those do not decide."""
    contacts = _contacts(look)
    if contacts:
        yield contacts
        if contacts.evidence.weight >= DECIDED:
            return  # the model is slow, and could only say it again
    told = list(_people(look))
    yield from told
    if not any(sign.evidence.weight >= DECIDED for sign in told):
        yield from _given(look)


def _contacts(look: Look) -> Sign | None:
    """Count the notes with contacts and numbers that are somebody's."""
    said: dict[str, set[str]] = {}
    for note in look.values.counts:
        if found := {note[a:b] for a, b, _ in spans(note, look)}:
            said[note] = found
    annotator = Annotator(look.language, look.rules)
    for note in look.values.some(NOTES):
        if note not in said and (
            found := {note[s.start : s.end] for s in annotator.numbers(note) if s.entity in CERTAIN}
        ):
            said[note] = found
    if not said:
        return None
    hits = sum(look.values.counts[note] for note in said)
    different = set().union(*said.values())
    somebodys = [one for one in different if not NOBODYS.fullmatch(one)]
    only = len(different) == 1
    boilerplate = only and (len(said) > 1 or not is_prose(next(iter(said))))
    alone = not somebodys or boilerplate
    weight = round(ALONE if alone else 0.55 + 0.4 * hits / look.values.read, 3)
    rule = "contacts and numbers in sentences"
    return Sign("FREE_TEXT", Evidence(rule, "pattern", hits, look.values.read, weight))


def _people(look: Look) -> Iterator[Sign]:
    """Estimate the notes that name people: the lists choose, the model reads and confirms."""
    notes = [note[:CHARACTERS] for note in look.values.some(NOTES)]
    likely = [n for n in notes if any(is_full(m.group()) for m in CAPITALS.finditer(n))]
    chosen = likely[:: max(1, -(-len(likely) // LIKELY))]
    annotator = Annotator(look.language, look.rules)
    found = [
        [s for s in inside if s.entity == "PERSON" and is_full(note[s.start : s.end])]
        for note, inside in zip(chosen, annotator.annotate(chosen, least=SURE), strict=True)
    ]
    named = sum(map(bool, found))
    if not named:
        return
    hits = max(named, round(named / len(chosen) * len(likely)))
    share = hits / len(notes)
    met = [_dealt(note, s) for note, people in zip(chosen, found, strict=True) for s in people]
    names = {
        note[s.start : s.end] for note, people in zip(chosen, found, strict=True) for s in people
    }
    brand = len(names) == 1 and named > 1
    enough = ((share >= OFTEN and named > 1) or any(met)) and not brand
    weight = 0.55 + 0.4 * share if enough else min(4 * share, 0.45)
    rule = "people in sentences, as a model reads"
    yield Sign("FREE_TEXT", Evidence(rule, "language", hits, len(notes), round(weight, 3)))


def _given(look: Look) -> Iterator[Sign]:
    """Estimate the notes that call people by a given name alone: several people, and often.

    A single name may be a line, a town or a brand, so a few say nothing.
    """
    notes = [note[:CHARACTERS] for note in look.values.some(NOTES)]
    said = [n for n in notes if sum(w.islower() for w in n.split()) >= SMALL]
    named = [(n, {w for w in ALONE_NAME.findall(n) if is_first(w)}) for n in said]
    likely = [n for n, words in named if words]
    if len(likely) < OFTEN * len(notes) or len(set[str]().union(*(w for _, w in named))) < SEVERAL:
        return
    chosen = likely[:: max(1, -(-len(likely) // FEWER))]
    annotator = Annotator(look.language, look.rules)
    found = [
        {name for s in inside if s.entity == "PERSON" and is_first(name := note[s.start : s.end])}
        for note, inside in zip(chosen, annotator.annotate(chosen, least=SURE), strict=True)
    ]
    share = sum(map(bool, found)) / len(chosen) * len(likely) / len(notes)
    if share >= OFTEN and len(set[str]().union(*found)) >= SEVERAL:
        rule, hits = (
            "given names of people in sentences, as a model reads",
            round(share * len(notes)),
        )
        weight = round(0.55 + 0.4 * share, 3)
        yield Sign("FREE_TEXT", Evidence(rule, "language", hits, len(notes), weight))


def _dealt(note: str, person: Span) -> bool:
    """Whether a note says that somebody dealt with this person: called, wrote, asked."""
    return bool(DEALINGS.search(note[max(0, person.start - BEFORE) : person.start]))
