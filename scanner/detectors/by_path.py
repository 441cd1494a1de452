"""By the parts of paths: people whom folders and files are called after, as Smith_John is."""

import re
from collections.abc import Iterator

from scanner.detectors.by_gazetteer import is_first, is_full
from scanner.detectors.look import Look, Sign
from scanner.model import Evidence

COST = 4

PATH = re.compile(r"(?:[A-Za-z][\w+.-]*:)?[^\s/\\][^/\\]*[/\\].*|[/\\].*[^/\\].*")
"""Parts with slashes between them, or behind one."""

PARTS = re.compile(r"[/\\]+")

BETWEEN = re.compile(r"[\W\d_]+|(?<=[^\W\d_A-Z])(?=[A-Z])")
"""What stands between the words of a part: signs, digits, or a capital behind a small letter."""

ENDING = re.compile(r"\.\w{1,5}$")

WORDS = (2, 3)
"""A part of fewer or more words is no name by itself."""

PATHS, OFTEN, SEVERAL = 0.5, 0.1, 3
"""The share of values that are paths, that of paths with a name, and how many names differ: one may be
a product's or a street's."""

LEAST, MOST = 0.55, 0.95


def detect(look: Look) -> Iterator[Sign]:
    """Count the paths of which a part is a first name with a last name."""
    values = look.values
    if values.kind != "text" or not values.read:
        return
    paths, _ = values.hits(lambda value: "://" not in value and bool(PATH.fullmatch(value)))
    if paths <= PATHS * values.read:
        return
    names = {value: found for value in values.counts if (found := people(value))}
    hits = sum(values.counts[value] for value in names)
    if hits < OFTEN * paths or len(set[str]().union(*names.values())) < SEVERAL:
        return
    weight = round(min(MOST, LEAST + 0.4 * hits / values.read), 3)
    yield Sign("FREE_TEXT", Evidence("people in paths", "pattern", hits, values.read, weight))


def people(path: str) -> set[str]:
    """Find the parts of a path that are somebody's name."""
    found = set[str]()
    for part in PARTS.split(path):
        words = [w for w in BETWEEN.split(ENDING.sub("", part)) if len(w) > 1]
        if WORDS[0] <= len(words) <= WORDS[1] and _name(words):
            found.add(" ".join(words).casefold())
    return found


def _name(words: list[str]) -> bool:
    """Whether words are a name: of the lists, and with a first name in front or at the end."""
    return is_full(" ".join(words)) and (is_first(words[0]) or is_first(words[-1]))
