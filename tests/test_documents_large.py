"""What a text costs grows as the text does, however much in it is replaced: counted, not timed."""

import json
from collections.abc import Sequence

import pytest
from sqlalchemy import Column, MetaData, Table, Text

from scanner import strategies
from scanner.texts import documents, marking
from scanner.texts.documents import Scalar
from tests.test_documents import Span

LOOKS = 64
"""More than any search by halves needs; a search through all needs as many as there are."""

MANY = 2000


class Counted(Sequence):
    """A sequence that counts how often it is looked at."""

    def __init__(self, held):
        self.held, self.looks = held, 0

    def __len__(self):
        return len(self.held)

    def __getitem__(self, at):
        self.looks += 1
        return self.held[at]


def test_a_place_in_a_long_string_is_found_by_halves():
    cuts = Counted(range(0, 2_000_001, 2))
    assert Scalar(0, 2_000_000, "string", 0, '"', cuts).inside(999_999, 1_000_003) == (
        999_998,
        1_000_004,
    )
    assert cuts.looks <= LOOKS


def test_a_number_among_many_is_found_by_halves():
    said = json.dumps([1234] * 100_000)
    pieces = Counted(documents.scalars(said))
    last = len(said) - 1
    assert documents.value(said, last - 4, last, pieces) == (last - 4, last)
    assert documents.value(said, last - 3, last, pieces) is None
    assert pieces.looks <= LOOKS


@pytest.mark.parametrize(
    "said",
    [
        json.dumps({f"ann{n:05}": n for n in range(MANY)}),
        "".join(f"<ann{n:05}>x</ann{n:05}>" for n in range(MANY)),
    ],
)
def test_names_that_become_equal_are_told_apart_at_once(said, monkeypatch):
    asked, mark = [], marking._mark
    monkeypatch.setattr(marking, "_mark", lambda *a: asked.append(a) or mark(*a))
    column = Column("c", Text())
    Table("t", MetaData(), column)
    at = [n for n in range(len(said)) if said.startswith("ann", n)]
    made = strategies.apply(
        "scrub", said, column=column, entity="", key="7", unique=False,
        spans=[Span(n, n + 8) for n in at], settings=strategies.Settings(),
    )  # fmt: skip
    assert f"NAME-{MANY}" in made
    assert len(asked) <= 2 * len(at)
