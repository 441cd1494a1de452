"""Annotator: texts in, the personal data of anybody in them out, as spans. Reads and keeps nothing.

Every module here that is called after a kind of span has ``find(text, reading)``; a new kind is a
new file. What is checked or stands beside a word that says so beats what a model believes. People
are weighed (people.py), so how sure one wants to be of them can be said.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Protocol

from scanner.detectors.annotator import clues, numbers, people, phones, streets, words
from scanner.detectors.annotator.cover import Cover
from scanner.detectors.by_pattern import inside
from scanner.detectors.presidio import Presidio
from scanner.detectors.reading import Reading
from scanner.model import Span
from scanner.rulefiles.recognizers import Rules

Kind = Callable[[str, Reading], Iterable[Span]]
"""What finds one kind of span, given a text and what a model made of it."""


class Reader(Protocol):
    """A language model with Presidio's recognizers, which check what patterns find."""

    presidio: Presidio

    def read(self, texts: Iterable[str]) -> list[Reading]:
        """Read each text: what has a name in it, and what the model believed of every token."""

    def kinds(self, word: str) -> frozenset[str]:
        """Say what an English word in small letters can be: noun, verb, adj, adv, function."""


class Annotator:
    """Finds personal data in texts, with the rules' patterns and a language model."""

    def __init__(self, reader: Reader, rules: Rules) -> None:
        self._reader = reader
        self._rules = rules

    def annotate(self, texts: Sequence[str], *, least: float = people.LIKELY) -> list[list[Span]]:
        """Find the spans of each text, in order and without overlaps; equal texts are read once.

        ``least`` is how probable a person must be, 0 to 1: ``people.LIKELY`` where a name that is
        left does more harm than a word too many, ``people.SURE`` to tell what a column holds.
        """
        different = list(dict.fromkeys(texts))
        likely = [t for t in different if clues.may_be_in(t)]
        readings = dict(zip(likely, self._reader.read(map(words.cased, likely)), strict=True))
        find = partial(people.find, kinds=cache(self._reader.kinds), least=least)
        kinds = (numbers.find, self._patterns, phones.find, streets.find, find)
        found = {t: self._chosen(t, readings.get(t, Reading()), kinds) for t in different}
        return [found[t] for t in texts]

    def numbers(self, text: str) -> list[Span]:
        """Find what needs no model: contacts and numbers, checked or beside a word that says so."""
        return self._chosen(text, Reading(), (numbers.find, self._patterns, phones.find))

    def _chosen(self, text: str, reading: Reading, kinds: Iterable[Kind]) -> list[Span]:
        """Find the spans of one text: where two overlap, the one of the surer kind stays."""
        chosen: list[Span] = []
        cover = Cover.of(text)
        for kind in kinds:
            for span in sorted(kind(text, reading), key=lambda s: (s.start, -s.end)):
                if cover.free(span) and not self._rules.allows(text[span.start : span.end]):
                    chosen.append(span)
                    cover.take(span)
        return sorted(chosen)

    def _patterns(self, text: str, reading: Reading) -> Iterator[Span]:
        yield from (Span(*found) for found in inside(text, self._rules, self._reader.presidio))
