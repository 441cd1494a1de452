"""What might be a person: a text and its reading in, spans with the rules that proposed them out.

Generous on purpose: whatever is missing here is never weighed (people.py).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from scanner.detectors.annotator import clues, words
from scanner.detectors.reading import Belief, Reading

Kinds = Callable[[str], frozenset[str]]
"""What an English word can be: noun, verb, adj, adv, function."""

MOST_WORDS = 5

HOT = -4.0
"""From such a belief on words in a row are proposed, whatever the model decided (ln 0.02)."""

WARM = -6.0
"""From such a belief on a word in small letters is proposed though a dictionary has it."""

LEAST_LETTERS = 3


def propose(text: str, reading: Reading, kinds: Kinds) -> Mapping[tuple[int, int], set[str]]:
    """Map each span that might be a person to the rules that speak for it."""
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for rule, spans in clues.gather(text, reading).items():
        for span in spans:
            found[span.start, span.end].add(rule)
    if not words.is_english(text):
        return found  # what an English model and dictionary know of other words is little
    row = list(words.WORD.finditer(text))
    heat = Heat(text, reading.beliefs)
    for rule, start, end in (
        *_named(text, reading),
        *_runs(text),
        *_hot(text, row, heat),
        *_lone(text, row, heat, kinds),
    ):
        span = clues.trimmed(text, start, end)
        if span.start < span.end:
            found[span.start, span.end].add(rule)
    return found


class Heat:
    """What a model believed of each character of a text."""

    def __init__(self, text: str, beliefs: Sequence[Belief]) -> None:
        self._rows = [COLD] * (len(text) + 1)
        for b in beliefs:
            told = (b.person, b.place, b.thing)
            self._rows[b.start : b.end] = [told] * (b.end - b.start)

    def most(self, start: int, end: int) -> tuple[float, float, float]:
        """Tell the most that it believed of a part: person, place, thing (natural logarithms)."""
        rows = set(self._rows[start:end]) or {COLD}
        return max(r[0] for r in rows), max(r[1] for r in rows), max(r[2] for r in rows)


COLD = (-20.0, -20.0, -20.0)

Proposal = tuple[str, int, int]
"""A rule, and where what it proposes begins and ends."""


def _named(text: str, reading: Reading) -> Iterator[Proposal]:
    """Propose the pieces of whatever has a name, without titles and articles."""
    for entity in reading.entities:
        if entity.entity not in NAMED:
            continue
        said = text[entity.start : entity.end]
        marks = [0, *(i for m in clues.BETWEEN.finditer(said) for i in m.span()), len(said)]
        for a, b in zip(marks[::2], marks[1::2], strict=True):
            row = list(words.WORD.finditer(text, entity.start + a, entity.start + b))
            while row and (words.is_title(row[0].group()) or row[0].group().casefold() in ARTICLES):
                row = row[1:]
            if 0 < len(row) <= MOST_WORDS:
                yield "named", row[0].start(), row[-1].end()


NAMED = frozenset({"PERSON", "NORP", "GPE", "LOC", "FAC", "ORG", "PRODUCT", "WORK_OF_ART", "EVENT", "LAW", "LANGUAGE"})  # fmt: skip

ARTICLES = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "my",
        "your",
        "our",
        "his",
        "her",
        "their",
        "some",
        "any",
        "every",
    ]
)


def _runs(text: str) -> Iterator[Proposal]:
    """Propose words with capitals in a row, and the single words and pairs of them."""
    for run in words.runs(words.cased(text)):
        row = list(run)
        while row and (
            words.is_title(row[0].group()) or row[0].group().casefold() in words.GREETINGS
        ):
            row = row[1:]
        if 0 < len(row) < MOST_WORDS:
            yield "run", row[0].start(), row[-1].end()
        if len(row) > 1 and row[0].group().casefold() in words.common():
            yield "run", row[1].start(), row[-1].end()
        if len(row) > 1:
            yield from (("one", *word.span()) for word in row)
        if len(row) > 2:  # noqa: PLR2004
            yield from (("pair", a.start(), b.end()) for a, b in pairwise(row))


def _hot(text: str, row: Sequence[words.Match], heat: Heat) -> Iterator[Proposal]:
    """Propose words in a row that the model at least thought of as a person."""
    hot: list[words.Match] = []
    for word in row:
        warm = heat.most(*word.span())[0] > HOT
        if hot and not (warm and words.joined(text[hot[-1].end() : word.start()], hot[-1].group())):
            yield from _short(hot)
            hot = []
        if warm:
            hot.append(word)
    yield from _short(hot)


def _short(row: Sequence[words.Match]) -> Iterator[Proposal]:
    if 0 < len(row) <= MOST_WORDS:
        yield "hot", row[0].start(), row[-1].end()


def _lone(text: str, row: Sequence[words.Match], heat: Heat, kinds: Kinds) -> Iterator[Proposal]:
    """Propose words in small letters that are names, or that no dictionary has; and pairs of them."""
    for word, after in pairwise([*row, None]):
        said = word.group() if word else ""
        if (
            word is None
            or not said.islower()
            or len(said) < LEAST_LETTERS
            or said in words.common()
        ):
            continue
        if (said in words.PARTICLES or kinds(said)) and not (
            words.is_known(said) or heat.most(*word.span())[0] > WARM
        ):
            continue
        yield "lone", *word.span()
        if after and after.group().islower() and text[word.end() : after.start()] == " ":
            other = after.group()
            if len(other) > 1 and other not in words.common() and "function" not in kinds(other):
                yield "lone pair", word.start(), after.end()
