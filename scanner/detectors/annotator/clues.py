"""Clues to people in running text: what the model takes for one, name lists, what stands before names.

Each rule here yields the spans that it speaks for; people.py weighs them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from scanner.detectors.annotator import words
from scanner.detectors.annotator.cover import Cover
from scanner.detectors.by_gazetteer import is_company, names
from scanner.detectors.reading import Reading
from scanner.model import Span

MOST_WORDS = 4
"""A name in running text has no more words, particles aside."""

SAID = re.compile(
    r"\b(?:my (?:\w+ )?name is|(?:maiden|first|last|full|middle) name is|name is(?: called)?|named|"
    r"ich heiße|(?:mein|sein|ihr) name ist|je m['’]appelle|me llamo|mi nombre es|mi chiamo|"
    r"mijn naam is|ik heet)\s+$"
    r"|\b(?:(?:full|last|first|maiden|customer|contact|patient|employee|user)? ?name|contact|"
    r"contact person|attn|attention|signed(?: by)?|caller|customer|patient|employee|policyholder|"
    r"applicant|kunde|kundin|ansprechpartner(?:in)?|nom|prénom|nombre|apellidos?|cliente?|cognome|"
    r"nome|naam|klant)\s?[:=?]\s*$",
    re.IGNORECASE,
)
"""What stands right before a name, capital or not."""

GREETED = re.compile(
    r"(?:\b(?:i am|i['’]m|this is|dear|hi|hello|hey|thanks|regards|cheers|sincerely|wishes|"
    r"ich bin|hallo|liebe[rs]?|geehrte[rs]?|grüße|gruß|cher|chère|bonjour|cordialement|"
    r"querid[oa]|estimad[oa]|hola|saludos|gentile|ciao|saluti|beste|geachte|groeten|groet)"
    r"[,!]?|\b(?:from|to|cc) ?:)\s+$",
    re.IGNORECASE,
)
"""What stands right before a name that has a capital, or before something else."""

DEALINGS = re.compile(
    r"\b(?:spoke|speak|spoken|talked|talk|met|meet|meeting|called|call|emailed|e-mailed|wrote|write|"
    r"written|contacted|contact|phoned|asked|ask|told|informed|visited|visit|interviewed|"
    r"customer|client|caller|patient|user|employee|mr|mrs|ms|dr|dear|regards|attn|"
    r"gesprochen|telefonat|telefoniert|angerufen|gesprächspartner|kunde|kundin|herr|herrn|frau|"
    r"parlé|appelé|client|cliente|monsieur|madame|mme|hablé|hablado|llamó|señor|señora|sra?|"
    r"parlato|chiamato|sig|signor|signora|gesproken|gebeld|dhr|mevr|klant|mevrouw)\b\.?"
    r"(?:\W+(?:with|to|by|from|for|mit|von|avec|à|con|a|met|the|our|an|is|was|and|und|[A-Z]\w+)){0,2}\W*$",
    re.IGNORECASE,
)
"""Words of those who deal with people, right before a name."""

BEFORE = 40
"""So many characters before a word are searched for a cue."""

LAST = re.compile(r"\b([^\W\d_]+)\.? $")
"""The word before."""

POSSESSIVE = re.compile(r"['’]s?$")
NOT_A_NAME = re.compile(r"[\d@#_/\\<>{}|=+*\[\]]|https?:|www\.")
BETWEEN = re.compile(r"\s*[\n:;\"“”()&>,]\s*|\s+-+\s+|\s+(?:and|und|et|y|e|en)\s+")
"""What stands between two names, and in none."""

LISTED_AFTER = re.compile(r"(?:, |,? (?:and|&|und|et|y|e|en) )")
LISTED_BEFORE = re.compile(LISTED_AFTER.pattern + r"$")
"""What joins the names of a list."""

HARD = frozenset({"GPE", "LOC", "FAC", "DATE", "TIME", "NORP"})
"""Places, times and peoples, which the model knows better than the name lists do."""

HASHTAG = re.compile(r"#([^\W\d_]{6,24})\b")
"""What may be a name without its blank: #janedoe."""

LEAST_PART = 3
"""A shorter part of a hashtag is a name by chance."""

FIRM = re.compile(r"\b([^\W\d_]+), ([^\W\d_]+)(?:,? (?:and|&|und|et|y|e) )([^\W\d_]+)\b")
"""Three words as a firm of partners is called."""


def gather(text: str, reading: Reading) -> dict[str, list[Span]]:
    """Find what each rule takes for a person, by the rule's name; rules may contradict each other.

    "chain" is what they say together: of two that overlap the first in order, and no places.
    """
    entities = reading.entities
    firms = list(_firms(text))
    places = [e for e in entities if e.entity in HARD]
    hard, known, taken = Cover.of(text, places), Cover.of(text, entities), Cover.of(text, firms)
    runs = list(words.runs(words.cased(text)))
    found: dict[str, list[Span]] = {"chain": []}

    def take(rule: str, spans: Iterable[Span], besides: Cover | None = None) -> None:
        found[rule] = list(spans)
        for span in found[rule]:
            if taken.free(span) and (besides is None or besides.free(span)):
                found["chain"].append(span)
                taken.take(span)

    take("cue", (s for run in runs for s in _cued(text, run)))
    take("said", _said(text))
    take("small", _small(text))
    take("model", _people(text, entities))
    take("listed", (s for run in runs for s in _listed(text, run)), hard)
    take("alone", (s for run in runs for s in _alone(text, run)), known)
    take("single", (s for e in entities for s in _single(text, e)))
    take("beside", _listed_with(text, runs, found["chain"]), hard)
    take("again", _again(text, found["chain"]))
    take("hashtag", _hashtags(text))
    return found


def may_be_in(text: str) -> bool:
    """Whether a text can name anybody: a capital that no common word has, a known name, a cue."""
    return any(
        m.group().casefold() not in words.common()
        for m in words.WORD.finditer(text)
        if words.is_capital(m.group()) or words.is_first(m.group())
    )


def trimmed(text: str, start: int, end: int) -> Span:
    """Make a person of a part of a text, without the 's behind it."""
    end -= len(said.group()) if (said := POSSESSIVE.search(text[start:end])) else 0
    return Span(start, end, "PERSON")


def is_firm(said: str) -> bool:
    """Whether words end in what companies, institutions and places end in."""
    parts = said.casefold().split()
    return is_company(said) or (len(parts) > 1 and parts[-1] in words.THINGS)


def _tagged(text: str, start: int) -> bool:
    """Whether a handle or a hashtag begins here."""
    return start > 0 and text[start - 1] in "@#"


def _people(text: str, entities: Iterable[Span]) -> Iterator[Span]:
    english = words.is_english(text)
    for entity in entities:
        if entity.entity == "PERSON":
            yield from _modelled(text, entity, english=english)


def _modelled(text: str, entity: Span, *, english: bool) -> Iterator[Span]:
    """Take what the model takes for people apart and trim it: titles, genitives, other lines."""
    at = entity.start
    said = text[entity.start : entity.end]
    if text[entity.end : entity.end + 1].isdigit() and not said[-1].isspace():
        return
    marks = [0, *(i for m in BETWEEN.finditer(said) for i in m.span()), len(said)]
    for number, (a, b) in enumerate(zip(marks[::2], marks[1::2], strict=True)):
        row = list(words.WORD.finditer(text, at + a, at + b))
        while row and words.is_title(row[0].group()):
            row = row[1:]
        if not row or _tagged(text, row[0].start()):
            continue
        start, end = row[0].start(), row[-1].end()
        likely = _likely(text, row, english=english) if number == 0 else _known(row)
        if likely and not NOT_A_NAME.search(text[at + a : at + b]) and not is_firm(text[start:end]):
            yield trimmed(text, start, end)


def _likely(text: str, row: Sequence[re.Match[str]], *, english: bool) -> bool:
    """Whether words that the model takes for a person can be one: capitals, or known names."""
    said = [m.group() for m in row]
    if not english:
        capitals = all(words.is_capital(w) or w in words.PARTICLES for w in said)
        return capitals and words.is_first(said[0]) and words.is_known(said[-1])
    if _known(row):
        return True
    if all(w.casefold() in words.common() and not words.is_listed(w) for w in said):
        return False
    if text.islower():
        return True
    shouted = len(said) == 1 and said[0].isupper() and not text.isupper()
    return words.is_capital(said[0]) and words.is_capital(said[-1]) and not shouted


def _known(row: Sequence[re.Match[str]]) -> bool:
    return any(words.is_known(w.group()) for w in row)


def _cued(text: str, run: Sequence[re.Match[str]]) -> Iterator[Span]:
    """Find a name behind a title or behind words that names follow."""
    row = list(run)
    cued = False
    while row and (words.is_title(row[0].group()) or row[0].group().casefold() in words.GREETINGS):
        cued = len(row) > 1
        row = row[1:]
    if not row or len(row) > MOST_WORDS or _tagged(text, row[0].start()):
        return
    start, end = row[0].start(), row[-1].end()
    if all(w.group().casefold() in words.common() for w in row) or is_firm(text[start:end]):
        return
    before = text[max(0, start - BEFORE) : start]
    greeted = GREETED.search(before) and (_known(row) or before.endswith("\n"))
    title = LAST.search(before)
    titled = title is not None and words.is_title(title[1]) and _known(row)
    if cued or titled or greeted or SAID.search(before):
        yield trimmed(text, start, end)


def _said(text: str) -> Iterator[Span]:
    """Find the names that stand in small letters behind "my name is"."""
    for match in words.WORD.finditer(text):
        start = match.start()
        if words.is_capital(match.group()) or match.group() in words.common():
            continue
        if SAID.search(text[max(0, start - BEFORE) : start]):
            after = words.WORD.match(text, match.end() + 1)
            joined = after is not None and text[match.end()] == " "
            two = joined and after is not None and after.group() not in words.common()
            yield trimmed(text, start, after.end() if two and after is not None else match.end())


def _opens(text: str, start: int, end: int) -> bool:
    """Whether a word opens a sentence that goes on, where every word has a capital."""
    return text[:start].rstrip()[-1:] in '.!?:"“' and text[end : end + 2].strip()[:1].isalnum()


def _small(text: str) -> Iterator[Span]:
    """Find a known first name right before another name, both in small letters."""
    for match, after in pairwise(words.WORD.finditer(text)):
        if match.group().islower() and words.is_first(match.group()):
            joined = text[match.end() : after.start()] == " " and after.group().islower()
            if joined and words.is_known(after.group()):
                yield trimmed(text, match.start(), after.end())


def _listed(text: str, run: Sequence[re.Match[str]]) -> Iterator[Span]:
    """Find a known first name with another name behind it."""
    row = list(run)
    while row and (words.is_title(row[0].group()) or row[0].group().casefold() in words.GREETINGS):
        row = row[1:]
    for at, word in enumerate(row):
        last = row[at : at + MOST_WORDS]
        if not words.is_first(word.group()) or _tagged(text, word.start()):
            continue
        if is_firm(text[word.start() : row[-1].end()]):
            return
        if any(words.is_known(w.group()) for w in last[1:]):
            yield trimmed(text, word.start(), last[-1].end())
        return


def _alone(text: str, run: Sequence[re.Match[str]]) -> Iterator[Span]:
    """Find a known first name alone, or a name that is all of a line, as in signatures."""
    row = [w for w in run if w.group().casefold() not in words.common()]
    if not row or _tagged(text, row[0].start()):
        return
    start, end = row[0].start(), row[-1].end()
    shouted, small = text[start:end].isupper(), text[start:end].islower()
    single = len(row) == 1 and words.is_first(row[0].group()) and not shouted and not small
    if single and not _opens(text, start, end):
        yield trimmed(text, start, end)
    elif 1 < len(run) == len(row) <= MOST_WORDS and _known(row) and not is_firm(text[start:end]):
        before = text[text.rfind("\n", 0, start) + 1 : start].rstrip(" \t>?*|-")
        if before[-1:] in {"", ":"} and text[end : end + 2].strip(" ,\r")[:1] in {"", "\n"}:
            yield trimmed(text, start, end)


def _listed_with(
    text: str, runs: Sequence[Sequence[re.Match[str]]], found: Sequence[Span]
) -> Iterator[Span]:
    """Find the names that stand in a list with people: one word beside people of one word."""
    ends = {s.end for s in found if " " not in text[s.start : s.end]}
    starts = {s.start for s in found if " " not in text[s.start : s.end]}
    for run in runs:
        start, end = run[0].start(), run[-1].end()
        if (
            len(run) > 1
            or text[start:end].isupper()
            or text[start:end].casefold() in words.common()
        ):
            continue
        before = LISTED_BEFORE.search(text, max(0, start - BEFORE), start)
        after = LISTED_AFTER.match(text, end)
        if (before and before.start() in ends) or (after and after.end() in starts):
            yield trimmed(text, start, end)


def _single(text: str, entity: Span) -> Iterator[Span]:
    """Find a known first name alone that the model takes for some other thing."""
    said = POSSESSIVE.sub("", text[entity.start : entity.end])
    if entity.entity in HARD or entity.entity == "PERSON":
        return
    if words.WORD.fullmatch(said) and words.is_first(said) and not _tagged(text, entity.start):
        yield trimmed(text, entity.start, entity.end)


def _firms(text: str) -> Iterator[Span]:
    """Find what is called as firms of partners are: three last names."""
    first, last = names()
    for match in FIRM.finditer(text):
        folded = [w.casefold() for w in match.groups()]
        before = text[max(0, match.start() - 2) : match.start()]
        few = sum(w in first for w in folded) <= 1
        if few and all(w in last for w in folded) and "," not in before:
            yield Span(*match.span(), "ORGANIZATION")


def _hashtags(text: str) -> Iterator[Span]:
    """Find a known first name right before a known last name behind a #."""
    first, last = names()
    for match in HASHTAG.finditer(text):
        said = match[1].casefold()
        cuts = range(LEAST_PART, len(said) - LEAST_PART + 1)
        if said not in words.common() and any(
            said[:cut] in first and said[cut:] in last for cut in cuts
        ):
            yield Span(match.start(1), match.end(1), "PERSON")


def _again(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """Find the names of the people found again, where they stand alone."""
    parts = {
        w.group()
        for s in found
        for w in words.WORD.finditer(text[s.start : s.end])
        if len(w.group()) > 2 and w.group().casefold() not in words.common()  # noqa: PLR2004
    } - words.PARTICLES
    for match in words.WORD.finditer(text):
        if POSSESSIVE.sub("", match.group()) in parts:
            yield trimmed(text, *match.span())
