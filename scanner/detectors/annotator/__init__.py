"""Annotator: texts in, the personal data of anybody in them out, as spans. Reads and keeps nothing.

Every module here that is called after a kind of span has ``find(text, entities)``; a new kind is a
new file. What is checked or stands beside a word that says so beats what a model believes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from scanner.detectors.annotator import numbers, people, phones, streets, words
from scanner.detectors.annotator.cover import Cover
from scanner.detectors.by_pattern import inside
from scanner.detectors.presidio import Presidio
from scanner.model import Span
from scanner.recognizers import Rules

Kind = Callable[[str, Sequence[Span]], Iterator[Span]]
"""What finds one kind of span, given a text and what a model found in it."""


class Reader(Protocol):
    """A language model with Presidio's recognizers, which check what patterns find."""

    presidio: Presidio

    def entities(self, texts: Iterable[str]) -> list[list[Span]]:
        """Find what has a name in each text: people, organisations, places."""


class Annotator:
    """Finds personal data in texts, with the rules' patterns and a language model."""

    def __init__(self, reader: Reader, rules: Rules) -> None:
        self._reader = reader
        self._rules = rules

    def annotate(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the spans of each text, in order and without overlaps; equal texts are read once."""
        different = list(dict.fromkeys(texts))
        likely = [t for t in different if people.may_be_in(t)]
        entities = dict(zip(likely, self._reader.entities(map(words.cased, likely)), strict=True))
        found = {t: self._spans(t, entities.get(t, [])) for t in different}
        return [found[t] for t in texts]

    def numbers(self, text: str) -> list[Span]:
        """Find what needs no model: contacts and numbers, checked or beside a word that says so."""
        return self._chosen(text, (), (numbers.find, self._patterns, phones.find))

    def _spans(self, text: str, entities: Sequence[Span]) -> list[Span]:
        kinds = (numbers.find, self._patterns, phones.find, streets.find, people.find)
        return self._chosen(text, entities, kinds)

    def _chosen(self, text: str, entities: Sequence[Span], kinds: Iterable[Kind]) -> list[Span]:
        """Find the spans of one text: where two overlap, the one of the surer kind stays."""
        chosen: list[Span] = []
        cover = Cover.of(text)
        for kind in kinds:
            for span in sorted(kind(text, entities), key=lambda s: (s.start, -s.end)):
                if cover.free(span) and not self._rules.allows(text[span.start : span.end]):
                    chosen.append(span)
                    cover.take(span)
        return sorted(chosen)

    def _patterns(self, text: str, entities: Sequence[Span]) -> Iterator[Span]:
        yield from (Span(*found) for found in inside(text, self._rules, self._reader.presidio))
