"""What a language model made of a text: what has a name, and what it believed word for word.

spaCy's recognizer decides for one token after the other and tells only what it decided. Taking its
steps here keeps how sure it was of each, and in numpy is faster than its own loop. Writes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.model import Span

PEOPLE = {"PER": "PERSON"}
"""What models call a person, where it is not PERSON."""

PLACES = frozenset({"GPE", "LOC", "FAC"})
THINGS = frozenset({"ORG", "PRODUCT", "WORK_OF_ART", "EVENT", "LAW"})

NEVER = -20.0
"""The logarithm of a probability that is none."""


@dataclass(frozen=True, slots=True)
class Belief:
    """How probable a model thinks it (natural logarithms) that a token names one of these."""

    start: int
    end: int
    person: float
    place: float
    thing: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One text as a model read it: ``entities`` in order, ``beliefs`` token for token."""

    entities: tuple[Span, ...] = ()
    beliefs: tuple[Belief, ...] = ()


def step(recognizer: Any, docs: Sequence[Any]) -> list[Reading]:
    """Let a transition-based entity recognizer read documents, and keep what it believed."""
    import numpy as np

    moves = recognizer.moves
    kinds = [moves.get_class_name(n).partition("-")[2] for n in range(moves.n_moves)]
    groups = [
        np.array([PEOPLE.get(k, k) == "PERSON" for k in kinds]),
        np.array([k in PLACES for k in kinds]),
        np.array([k in THINGS for k in kinds]),
    ]
    model, states = recognizer.model.predict(docs), moves.init_batch(docs)
    told: list[list[list[float]]] = [[] for _ in docs]
    live = [(n, s) for n, s in enumerate(states) if not s.is_final()]
    while live:
        scores = model.predict([s for _, s in live])
        recognizer.transition_states([s for _, s in live], scores)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        shares = np.stack([odds[:, g].sum(axis=1) for g in groups], axis=1)
        logs = np.log(np.maximum(shares, np.exp(NEVER)))
        for (number, _), row in zip(live, logs.tolist(), strict=True):
            told[number].append(row)
        live = [(n, s) for n, s in live if not s.is_final()]
    recognizer.set_annotations(docs, states)
    return [
        Reading(
            entities(doc),
            tuple(Belief(t.idx, t.idx + len(t), *row) for t, row in zip(doc, rows, strict=True)),
        )
        for doc, rows in zip(docs, told, strict=True)
    ]


def settled(doc: Any) -> Reading:
    """Read a document of another kind of model, which is sure of all it says."""
    found = entities(doc)
    return Reading(found, tuple(Belief(e.start, e.end, *_sure(e.entity)) for e in found))


def joined(pieces: Iterable[tuple[int, Reading]]) -> Reading:
    """Put the readings of a text's pieces together; each with where its piece begins."""
    spans: list[Span] = []
    beliefs: list[Belief] = []
    for at, one in pieces:
        spans += [Span(at + e.start, at + e.end, e.entity) for e in one.entities]
        beliefs += [
            Belief(at + b.start, at + b.end, b.person, b.place, b.thing) for b in one.beliefs
        ]
    return Reading(tuple(spans), tuple(beliefs))


def entities(doc: Any) -> tuple[Span, ...]:
    """List what has a name in a document: people as PERSON, the others as the model calls them."""
    return tuple(Span(e.start_char, e.end_char, PEOPLE.get(e.label_, e.label_)) for e in doc.ents)


def _sure(entity: str) -> tuple[float, float, float]:
    return (
        0.0 if entity == "PERSON" else NEVER,
        0.0 if entity in PLACES else NEVER,
        0.0 if entity in THINGS else NEVER,
    )
