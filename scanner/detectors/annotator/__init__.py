"""Annotator: texts in, the personal data of anybody in them out, as spans. Reads and keeps nothing.

Every module here that is called after a kind of span has ``find(text, entities)``; a new kind is a
new file. What is checked or stands beside a word that says so beats what a model believes.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from scanner.detectors.annotator import numbers, people, phones, streets, words
from scanner.detectors.annotator.cover import Cover
from scanner.model import Span
from scanner.recognizers import Recognizer, Rules

Kind = Callable[[str, Sequence[Span]], Iterator[Span]]
"""What finds one kind of span, given a text and what a model found in it."""


class Reader(Protocol):
    """A language model with recognizers."""

    def entities(self, texts: Iterable[str]) -> list[list[Span]]:
        """Find what has a name in each text: people, organisations, places."""

    def confirms(self, name: str, value: str) -> bool:
        """Whether the recognizer class ``name`` finds nearly all of ``value``."""


class Annotator:
    """Finds personal data in texts, with the rules' patterns and a language model."""

    def __init__(self, reader: Reader, rules: Rules) -> None:
        self._reader = reader
        self._recognizers = [r for r in rules.recognizers if r.inside]

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
                if cover.free(span):
                    chosen.append(span)
                    cover.take(span)
        return sorted(chosen)

    def _patterns(self, text: str, entities: Sequence[Span]) -> Iterator[Span]:
        for recognizer in self._recognizers:
            if recognizer.entity == "EMAIL_ADDRESS" and "@" not in text:
                continue
            for match in recognizer.pattern.finditer(text):
                if self._confirmed(recognizer, text, match):
                    yield Span(*match.span(), recognizer.entity)

    def _confirmed(self, recognizer: Recognizer, text: str, match: "re.Match[str]") -> bool:
        start, end = match.span()
        touched = text[start - 1 : start].isalnum() if start else False
        if touched or text[end : end + 1].isalnum():
            return False
        return not recognizer.presidio or self._reader.confirms(recognizer.presidio, match.group())
