"""Words of running text: which are names, which are common words, and what stands before a name."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from scanner.detectors.by_gazetteer import names

LANGUAGES = ("en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL")
"""Whose common words are told from names (Faker's word lists, 500 to 1,500 words each)."""

PLAIN = 5
"""A common word of another language than English that is a name too, and as long, is a name."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


CLEARLY = 3
"""So many more words tell another language from English, whose names are foreign ones too."""

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")

Match = re.Match[str]
"""A word, where it stands."""

GENITIVE = re.compile(r"['’]s$")

TITLES = _words(
    "mr mrs ms miss mx dr prof professor sir madam rev fr sr sra srta don doña señor señora señorita "
    "herr herrn frau fräulein dipl ing mag m mme mlle monsieur madame mademoiselle me maître "
    "sig signor signora signorina sigra dott dottssa dottor dottoressa avv dhr mevr mevrouw meneer "
    "heer mijnheer dra dona senhor senhora gospodin pan pani hr fru"
)
"""Forms of address in Western Europe's languages; what follows with a capital is a name."""

PARTICLES = _words(
    "de da do dos das del della delle di du des la le van von der den dem ten ter zu zum y e al bin "
    "ibn el af av"
)
"""Small words inside a name."""

GREETINGS = _words(
    "dear hi hello hey hallo liebe lieber sehr geehrte geehrter bonjour cher chère hola querido "
    "querida estimado estimada ciao gentile egregio egregia caro cara beste geachte"
)

CALENDAR = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june "
    "july august september october november december montag dienstag mittwoch donnerstag freitag "
    "samstag sonntag januar februar märz mai juni juli oktober dezember lundi mardi mercredi jeudi "
    "vendredi samedi dimanche"
)


THINGS = _words(
    "society university college school academy church hospital clinic bank orchestra band group "
    "foundation association institute museum park bridge hall hotel airport station club team cup "
    "award prize act bill street road avenue square bar cafe restaurant theatre theater stadium "
    "centre center tower house press post times news department ministry committee council union "
    "partners holdings systems solutions services software technologies industries bros sons "
    "universität schule kirche krankenhaus klinik verein stiftung hochschule université école "
    "église hôpital universidad escuela iglesia fundación università scuola chiesa fondazione"
)
"""Last words of what is called after people: institutions, places, firms."""


@cache
def common() -> frozenset[str]:
    """Collect words that are no names, lower case, once a process."""
    first, last = names()
    places = import_module("faker.providers.address.en").Provider.countries
    words = set(CALENDAR) | {c.casefold() for c in places} | _lists()[LANGUAGES[0]]
    for language in LANGUAGES[1:]:
        folded = _lists()[language]
        words |= {w for w in folded if len(w) < PLAIN or (w not in first and w not in last)}
    return frozenset(words)


@cache
def _lists() -> Mapping[str, frozenset[str]]:
    """Collect the common words of each language."""
    provider = "faker.providers.lorem"
    return {
        name: frozenset(map(str.casefold, import_module(f"{provider}.{name}").Provider.word_list))
        for name in LANGUAGES
    }


def is_english(text: str) -> bool:
    """Whether no other language has clearly more of a text's words among its common ones."""
    said = [m.group().casefold() for m in WORD.finditer(text)]
    known = {name: sum(w in listed for w in said) for name, listed in _lists().items()}
    return known[LANGUAGES[0]] + CLEARLY > max(known.values())


def raised(text: str) -> str:
    """Write a text of small letters with capitals where no common word stands."""
    return WORD.sub(lambda m: _raised(m.group()), text)


def _raised(word: str) -> str:
    new = word if word in common() else word.capitalize()
    return new if len(new) == len(word) else word


def is_listed(word: str) -> bool:
    """Whether a word with a capital is a first or last name, common word or not."""
    return is_capital(word) and (word.casefold() in names()[0] or word.casefold() in names()[1])


def is_first(word: str) -> bool:
    """Whether a word is a first name and no common word."""
    folded = word.casefold()
    return folded in names()[0] and folded not in common()


def is_known(word: str) -> bool:
    """Whether a word is a first or last name and no common word."""
    folded = word.casefold()
    return (folded in names()[0] or folded in names()[1]) and folded not in common()


def is_title(word: str) -> bool:
    """Whether a word is a form of address."""
    return word.casefold() in TITLES


def is_capital(word: str) -> bool:
    """Whether a word starts with a capital, or with a letter of a script that has none."""
    return not word[0].islower()


def cased(text: str) -> str:
    """Write a text's names as a model knows them, every letter in its place.

    In a text of small letters known first names get capitals; words in capitals lose them where
    they are no abbreviations: all words of a shouted text, and names of the lists in others.
    """
    words = list(WORD.finditer(text))
    letters = [m for m in words if len(m.group()) > 1]
    shouted = sum(m.group().isupper() for m in letters) > len(letters) / 2
    small = not any(is_capital(m.group()) for m in letters)
    if not small and not any(m.group().isupper() for m in letters):
        return text
    parts, at = [], 0
    for match in words:
        parts += [text[at : match.start()], _cased(match.group(), shouted=shouted, small=small)]
        at = match.end()
    return "".join(parts) + text[at:]


def _cased(word: str, *, shouted: bool, small: bool) -> str:
    new = word
    if small:
        new = word.capitalize() if is_first(word) else word
    elif word.isupper() and len(word) > 1 and (is_known(word) or shouted):
        new = word.casefold() if word.casefold() in common() else word.title()
    return new if len(new) == len(word) else word


def runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Yield the words in a row that could be one name: capitals, with particles between them."""
    row: list[re.Match[str]] = []
    for match in WORD.finditer(text):
        word = match.group()
        if row and not joined(text[row[-1].end() : match.start()], row[-1].group()):
            yield _trimmed(row)
            row = []
        if is_capital(word) or (row and word in PARTICLES):
            row.append(match)
        elif row:
            yield _trimmed(row)
            row = []
        if row and GENITIVE.search(word):
            yield _trimmed(row)
            row = []
    if row:
        yield _trimmed(row)


def joined(between: str, before: str) -> bool:
    """Whether what stands between two words keeps a name together: blanks, the dot of an initial."""
    return between in {" ", "  "} or (
        between in {". ", "."} and (len(before) == 1 or is_title(before))
    )


def _trimmed(row: list[re.Match[str]]) -> list[re.Match[str]]:
    while row and row[-1].group() in PARTICLES:
        row = row[:-1]
    return row
