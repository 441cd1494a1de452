"""Says where a street is said to be, and whose: beside another town or name it is another's. Reads nothing."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from scanner.identity import FORMS_OF_ADDRESS, UNIT, surroundings
from scanner.model import Span
from scanner.texts import months, names
from scanner.texts.folding import folded, meant
from scanner.texts.lexicon import listed

ROOM = 120
"""How far a text is looked at before and behind a street."""

LINE = re.compile(r"<br\s*/?>|</(?:td|th|tr|li|p|div)>(?:\s*</?\w+[^<>]{0,80}>)*|\\r?\\n|\\n")
"""What ends a line, or a cell, of a page or in JSON."""

APART = re.compile(r"\n\s*\n|[{}]")
"""What ends an address: an empty line, or the end of a record."""

CAP = r"[^\W\d_a-zß-öø-ÿ][\w'’-]*\.?"
JOINED = r"(?:von|van|de|del|der|den|di|da|du|la|las|le|el|am|an|im|ob|of|bei|zu|sur|upon)"
"""A word with a capital, and what may stand within the name of a town or a person."""

RUN = re.compile(
    rf"(?:(?<!\w)(?:[A-Z]{{1,3}}-)?(\d{{4,6}})[ ])?(?<![\w@.'’-])({CAP}(?:[ ](?:{CAP}|&|{JOINED}))*)\Z"
)
"""The words with capitals, and the postcode, that stand right before something."""

SIGN = re.compile(r"\s*[\"']?\s?(?:[,;|/(\[\n\t]|[ ]-(?=[ ]))[\s\"'(,|]*\Z|\"[\s,]*\"\Z")
"""What parts a street from the town or the name before it."""

LIVES = re.compile(
    r"(?:['’]s|,)?[ ](?:(?:who[ ])?(?:lives?|living|lived|resides?|residing)[ ](?:at|in)|at|of|from"
    r"|(?:wohnt|wohnhaft|wohnend|lebt)(?:[ ](?:in|an)(?:[ ]der)?)?|in[ ]der|aus(?:[ ]der)?|habitant|habite|demeurant"
    r"|(?:vive|reside|abita|mora|residente|domiciliad[oa])[ ](?:en|in|na|em)|woont(?:[ ](?:in|op|aan)(?:[ ]de)?)?)[ ]\Z",
    re.IGNORECASE,
)
"""What says that somebody lives in a street."""

IN = re.compile(r"(?<!\w)(?:in|aus|from|of|à|a|en|di|da|te|uit|w|z|i|em)[ ]\Z", re.IGNORECASE)
"""What stands before a town."""

LABEL = re.compile(r"([^\W\d_]+)[ _]?\d?[\"']?[ ]?[:=][ ]?[\"']?\Z")
"""What a field is called whose value follows."""

BEHIND = re.compile(
    r"\s?[\"']?[ ]?[,|;/(\[\n\t]\s?[\"']?|[ ]-[ ]|[ ](?:in|à|a|en|em|w|i|te|of)[ ]|[ ]"
)
"""What parts a street from its town behind it."""

GAP = re.compile(r"\s?[,;|/]?\s?")
"""What stands before a flat or a floor."""

TOWN = re.compile(
    rf"(?:(?:[A-Z]{{1,3}}-|(?:DE|AT|CH|D|A)[ ])?(\d{{4,6}})(?![ ()./-]?\w*\d)[ ,|;/]{{0,3}})?"
    rf"({CAP}(?:[ ](?:{CAP}|{JOINED}(?=[ ]{CAP})))*)?(?![\w.+-]*@)(?!\w|[\"']?[ ]?[:=])"
)
"""A postcode and a town: no mailbox, nor what a field is called."""

FIELD = re.compile(
    rf"(?<![^\W_])([^\W\d_]+)[\"']?[ ]?[:=][ ]?[\"']?({CAP}(?:[ ]{CAP})*)(?![\w.+-]*@)"
)
"""A field and its value."""

NAME = 2
"""So many words with capitals are a name, as a rule; one may be any word with which a sentence begins."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where the subject lives and what it is called: towns and postcodes, and words of names, folded."""

    around: Collection[str]
    called: Collection[str]

    def here(self, town: str, code: str | None) -> bool:
        """Whether a town, or a longer or shorter way to write it, or a postcode is the subject's."""
        if code and surroundings(code) in self.around:
            return True
        said = re.sub(r"[.\s-]+", " ", folded(town)).strip()
        known = (re.sub(r"[.\s-]+", " ", one) for one in self.around if not one.isdecimal())
        return any(f"{said} ".startswith(f"{t} ") or f"{t} ".startswith(f"{said} ") for t in known)

    def known(self, word: str) -> bool:
        """Whether a folded word is a part of the subject's name, or short for one."""
        forms = {word, *names.nicknames(word), *word.split("-")}
        return not forms.isdisjoint(self.called)


def elsewhere(said: str, span: Span, around: Collection[str], called: Collection[str]) -> bool:
    """Whether a street that is written like the subject's is in another town, another's or longer.

    Args:
        said: the text.
        span: where the street stands.
        around: the subject's towns and postcodes; without any no town is another one.
        called: the folded words of the subject's names.
    """
    home = Home(around, called)
    ahead = APART.split(_lines(said[max(0, span.start - ROOM) : span.start]))[-1]
    after = APART.split(_lines(said[span.end : span.end + ROOM]))[0]
    if said[span.start].isalpha() and _longer(ahead):
        return True
    return _before(ahead, home) or bool(around and (_behind(after, home) or _fields(after, home)))


def _lines(text: str) -> str:
    """Write a text as it is meant, with its lines and cells in lines."""
    return re.sub(r"[^\S\n]*\r?\n[^\S\n>]*|\r", "\n", meant(LINE.sub("\n", text)))


def _longer(ahead: str) -> bool:
    """Whether a word before a street makes it another one: Neue Hauptstraße."""
    before = re.search(r"(?<!\w)([^\W\d_]+)[ -]\Z", ahead)
    return before is not None and folded(before[1]) in listed("places", "parts")


def _before(ahead: str, home: Home) -> bool:
    """Whether what stands before a street says another town or another person."""
    labelled = LABEL.search(ahead)
    labelled = labelled if labelled and _is_label(folded(labelled[1])) else None
    if labelled:
        ahead = ahead[: labelled.start()]
        if home.around and _fields(ahead, home):
            return True
    gap = LIVES.search(ahead)
    signed = None if gap else SIGN.search(ahead)
    gap = gap or signed or re.search(r":?\s?[\"']?\Z", ahead)
    rest = ahead[: gap.start()] if gap else ahead
    if (run := RUN.search(rest)) is None:
        return False
    left, before = _left(run[2].split(), home), rest[: run.start()]
    town = re.split(r"[.]\s", run[2])[-1]
    if home.here(town, run[1]) or home.here(" ".join(left), None):
        return signed is not None and _named(before, home)
    if not left:
        return False
    alone = not before.strip(" \"'") or SIGN.search(before) is not None or before.endswith(": ")
    town_there = (signed and alone) or (gap and gap[0].strip() and IN.search(before))
    if home.around and (run[1] or (town_there and not labelled)):
        return True
    return _somebody(run[2], left, home, shouted=ahead.isupper())


def _named(ahead: str, home: Home) -> bool:
    """Whether somebody else's name stands before the subject's own town: Bob Ray, Austin, ..."""
    sign = SIGN.search(ahead)
    run = RUN.search(ahead[: sign.start()]) if sign else None
    return run is not None and _somebody(
        run[2], _left(run[2].split(), home), home, shouted=ahead.isupper()
    )


def _somebody(run: str, left: Sequence[str], home: Home, *, shouted: bool) -> bool:
    """Whether words with capitals are a name: of a form of address, of a given name, or two words."""
    titled = any(_is_title(folded(word.strip("."))) for word in run.split())
    given = any(names.is_given(word) and not home.known(word) for word in left)
    return given or bool(left and (titled or (len(left) >= NAME and not shouted)))


def _left(words: Sequence[str], home: Home) -> list[str]:
    """Choose the folded words that can be a town's or somebody else's name.

    None can beside what addresses are called; beside a word of the subject's name only given names.
    """
    plain = [folded(word.strip(".,'’\"")) for word in words if not word[0].islower()]
    if any(map(_is_label, plain)):
        return []
    left = [w for w in plain if len(w) > 1 and not _says_nothing(w)]
    if any(map(home.known, left)):
        return [w for w in left if names.is_given(w) and not home.known(w)]
    return left


def _behind(after: str, home: Home) -> bool:
    """Whether the town behind a street is none of the subject's."""
    place = 0
    while (gap := GAP.match(after, place)) and (unit := UNIT.match(after, gap.end())):
        place = unit.start() + len(unit[0].rstrip(",;|)"))
    sign = BEHIND.match(after, place)
    town = TOWN.match(after, sign.end()) if sign else None
    if sign is None or town is None:
        return False
    code, name = town[1], town[2] or ""
    number = re.match(r"[ ,]{0,2}(\d{4,6})\b", after[town.end() :])
    if home.here(name, code) or (number and home.here("", number[1])):
        return False
    if not name:
        alike = {len(c) for c in home.around if c.isdecimal()}
        return code is not None and len(surroundings(code)) in alike
    words = name.split()
    if sign[0] == " " and not code:
        first = folded(words[0].strip("."))
        if not words[0][0].isupper() or _says_nothing(first):
            return False
    return not _owned(words, home) and bool(_left(words, home))


def _owned(words: Sequence[str], home: Home) -> bool:
    return any(home.known(folded(word.strip("."))) for word in words)


def _fields(said: str, home: Home) -> bool:
    """Whether a field of a town, beside that of a street, holds none of the subject's."""
    found = [m for m in FIELD.finditer(said) if folded(m[1]) in listed("places", "towns")]
    return bool(found) and not any(home.here(m[2], None) for m in found)


def _is_label(word: str) -> bool:
    """Whether a folded word calls something an address: Lieferanschrift."""
    return word.endswith(("adresse", "address", "anschrift")) or word in listed("places", "labels")


def _is_title(word: str) -> bool:
    return word in FORMS_OF_ADDRESS or word in listed("addressed", "titles")


def _says_nothing(word: str) -> bool:
    """Whether a folded word is a label, a greeting, a day or a form of address, and names nothing."""
    return (
        word in listed("heralds")
        or word in listed("fields")
        or word in listed("places", "opens")
        or word in months.named()
        or _is_title(word)
    )
