"""What strategies promise: a value that fits, says nothing, and is known again."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Text,
    Uuid,
    text,
    types,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from scanner import strategies
from scanner.errors import Misconfigured
from scanner.strategies import Settings, is_placeholder

KEY = "268435457"
SETTINGS = Settings(datetime(1753, 1, 1))
NAMES = strategies.names()


@dataclass(frozen=True)
class Span:
    start: int
    end: int
    entity: str = "PERSON"


def apply(name, value, kind: TypeEngine, *, nullable=True, entity="PERSON", key=KEY, **more):
    more = {"unique": False, "settings": SETTINGS, **more}
    column = Column("c", kind, nullable=nullable)
    return strategies.apply(name, value, column=column, entity=entity, key=key, **more)


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=300)
keys = st.integers(1, 2**40).map(str) | st.text("abc1|-é", min_size=1, max_size=12)
entities = st.sampled_from(["PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "FREE_TEXT", ""])
names = st.sampled_from(NAMES)


@st.composite
def texts_with_spans(draw):
    text = draw(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=120))
    ends = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(ends, ends, entities), max_size=4))
    return text, [Span(min(a, b), max(a, b), e) for a, b, e in pairs]


@given(names, texts, st.integers(1, 60), keys, entities, st.booleans(), st.booleans())
def test_every_result_fits_the_column(name, text, room, key, entity, unique, nullable):
    text = text[:room]
    made = apply(name, text, String(room), key=key, entity=entity, unique=unique, nullable=nullable)
    assert made is None or len(made) <= room
    assert made is not None or nullable


@given(texts_with_spans(), st.integers(0, 40), keys, st.booleans())
def test_a_scrubbed_text_fits_and_keeps_what_is_outside_the_spans(told, spare, key, unique):
    text, spans = told
    room = len(text) + spare
    made = apply("scrub", text, String(room), spans=spans, key=key, unique=unique, nullable=False)
    assert len(made) <= room
    if not any(s.start < s.end for s in spans):
        assert made == text


@given(names, texts, entities, keys, st.booleans(), st.integers(1, 60) | st.none())
def test_a_second_time_changes_nothing(name, text, entity, key, unique, room):
    text = text[:room]

    def again(value):
        return apply(name, value, String(room), entity=entity, key=key, unique=unique)

    assert again(again(text)) == again(text)


@given(st.sampled_from(["redact", "token", "null"]), texts, entities, keys, st.booleans(),
       st.booleans(), st.integers(1, 60) | st.none())  # fmt: skip
def test_what_was_redacted_is_known_again(name, text, entity, key, unique, upper, room):
    made = apply(
        name, text[:room], String(room), entity=entity, key=key, unique=unique, upper=upper,
        nullable=False,
    )  # fmt: skip
    assert is_placeholder(made) or not text[:room].strip()


@given(texts)
def test_what_was_masked_is_known_again(text):
    made = apply("mask", text, Text())
    assert is_placeholder(made) or not text.strip()


@given(st.sets(st.integers(1, 2**31), min_size=2, max_size=20), st.integers(8, 60), entities)
def test_distinct_keys_give_distinct_values(numbers, room, entity):
    for name in ("redact", "token"):
        made = [
            apply(name, "Ann", String(room), key=str(n), unique=True, entity=entity)
            for n in numbers
        ]
        assert len({m.upper() for m in made}) == len(numbers)


@given(names, st.sampled_from([String(20), Text(), Integer(), DateTime(), JSON(), Boolean()]))
def test_null_stays_null(name, kind):
    assert apply(name, None, kind, nullable=False, unique=True) is None


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_text_stays_empty(name):
    assert apply(name, "", String(9), spans=[Span(0, 5)]) == ""
    assert apply(name, "    ", types.CHAR(4)) == "    "


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (30, "[REDACTED-268435457]"),
        (19, "[REDACTED-K4FTI4H]"),
        (14, "[R-268435457]"),
        (12, "[R-K4FTI4H]"),
        (8, "~4FTI4H"),
    ],
)
def test_a_placeholder_with_its_key_takes_the_longest_form_that_fits(room, expected):
    assert int("4FTI4H", 36) == int(KEY)
    assert apply("redact", "Ann", String(room), unique=True) == expected


def test_a_key_that_is_no_number_does_not_stand_in_the_placeholder():
    made = apply("token", "Ann", Text(), key="ann.lee")
    assert "ann" not in made.lower()
    assert is_placeholder(made)


@pytest.mark.parametrize(
    ("room", "expected"), [(80, "redacted-268435457@erased.invalid"), (26, "r-268435457@erased.invalid"),
                           (10, "~4FTI4H")]
)  # fmt: skip
def test_an_address_becomes_one_that_nobody_can_receive(room, expected):
    assert apply("redact", "a@b.org", String(room), entity="EMAIL_ADDRESS") == expected


@pytest.mark.parametrize("room", [1, 2])
def test_where_no_placeholder_fits_the_cell_is_emptied(room):
    assert apply("redact", "M", String(room)) is None
    assert apply("redact", "M", String(room), nullable=False) == "*" * room


@pytest.mark.parametrize(
    ("kind", "value", "nullable", "unique", "expected"),
    [
        (Integer(), 5, True, False, None),
        (Integer(), 5, False, False, 0),
        (Float(), 5.5, False, False, 0),
        (Double(), 5.5, False, True, -268435457),
        (Integer(), 5, True, True, -268435457),
        (Numeric(4, 0), Decimal(5), False, True, -5457),
        (SmallInteger(), 5, False, True, -(268435457 % 2**15)),
        (mysql.INTEGER(unsigned=True), 5, False, True, 2**31 - 1 - 268435457),
        (Boolean(), True, False, False, False),
        (DateTime(), datetime(1980, 5, 6), True, False, None),
        (DateTime(), datetime(1980, 5, 6), False, False, datetime(1753, 1, 1)),
        (DateTime(timezone=True), datetime(1980, 5, 6), False, False,
         datetime(1753, 1, 1, tzinfo=UTC)),
        (Date(), date(1980, 5, 6), False, False, date(1753, 1, 1)),
        (LargeBinary(), b"x", False, False, b""),
        (Enum("m", "f", "unknown"), "f", False, False, "unknown"),
        (Enum("other", "m", "N/A"), "m", False, False, "N/A"),
        (Enum("m", "other"), "m", False, False, "other"),
        (mysql.SET("a", "b"), "a", True, False, None),
        (Uuid(), object(), True, False, None),
    ],
)  # fmt: skip
def test_columns_without_text_get_what_means_nothing(kind, value, nullable, unique, expected):
    assert apply("redact", value, kind, nullable=nullable, unique=unique) == expected


def test_a_number_larger_than_its_type_still_fits():
    made = apply("token", 7, Integer(), key=str(2**40 + 3), nullable=False)
    assert -(2**31) < made <= 0
    assert apply("token", 7, BigInteger(), key=str(2**40 + 3)) == -(2**40 + 3)


def test_a_required_column_that_takes_nothing_neutral_is_refused_by_name():
    from sqlalchemy.dialects.postgresql import TSVECTOR

    with pytest.raises(Misconfigured, match=r"TSVECTOR, NOT NULL\): decide keep, or purge"):
        apply("redact", "x", TSVECTOR(), nullable=False)


def test_json_stays_json():
    assert json.loads(apply("redact", '{"name": "Ann"}', Text())) == "[REDACTED]"
    assert apply("redact", {"name": "Ann"}, JSON()) == "[REDACTED]"
    text = '{"name": "Ann", "phone": 15551234}'
    made = apply("scrub", text, Text(), spans=[Span(10, 13), Span(25, 33, "PHONE_NUMBER")])
    assert json.loads(made) == {"name": "[NAME]", "phone": "[PHONE]"}
    value = {"name": "Ann", "n": 1}
    where = strategies.text_of(value).index("Ann")
    assert apply("scrub", value, JSON(), spans=[Span(where, where + 3)]) == {
        "name": "[NAME]",
        "n": 1,
    }


@given(st.dictionaries(texts, texts | st.integers(), max_size=4), st.data())
def test_json_stays_json_wherever_the_spans_are(value, data):
    text = json.dumps(value)
    ends = st.integers(0, len(text))
    spans = [Span(*sorted(data.draw(st.tuples(ends, ends)))) for _ in range(2)]
    for name in NAMES:
        made = apply(name, text, Text(), spans=spans, nullable=False)
        json.loads(made)


def test_scrub_puts_words_in_place_of_what_identifies():
    text = "Ann Lee (ann@b.org, 555 1234) called"
    spans = [Span(0, 7), Span(9, 18, "EMAIL_ADDRESS"), Span(20, 28, "PHONE_NUMBER"), Span(4, 7)]
    assert apply("scrub", text, Text(), spans=spans) == "[NAME] ([EMAIL], [PHONE]) called"


def test_scrub_in_a_full_column_uses_shorter_marks():
    assert apply("scrub", "Ann called", String(10), spans=[Span(0, 3)]) == "[N] called"
    assert apply("scrub", "Al called", String(9), spans=[Span(0, 2)]) == "** called"


def test_a_shadow_column_holds_upper_case():
    made = apply("redact", "ANN@B.ORG", String(80), entity="EMAIL_ADDRESS", upper=True)
    assert made == "REDACTED-268435457@ERASED.INVALID"
    assert is_placeholder(made)


@pytest.mark.parametrize("name", ["Ann", "[Ann]", "O'Neil", "Rex", "Max Xx", "redacted by Ann", ""])
def test_no_name_is_taken_for_a_placeholder(name):
    assert not is_placeholder(name)


def test_an_unknown_strategy_is_refused_with_those_that_there_are():
    with pytest.raises(Misconfigured, match="no strategy 'burn': there are keep, redact"):
        apply("burn", "x", Text())


def test_keep_keeps_and_every_strategy_explains_itself():
    assert apply("keep", "Ann", Text()) == "Ann"
    assert all(len(meaning) > 30 for _, meaning in strategies.describe())
    assert {"redact", "null", "token", "mask", "scrub"} <= set(NAMES)


@pytest.mark.parametrize("name", ["redact", "null", "token", "mask"])
def test_no_label_is_written_that_would_be_untrue_of_the_person(name):
    with pytest.raises(Misconfigured, match="cannot be empty and takes only labels"):
        apply(name, "male", Enum("female", "male"), nullable=False)


def test_a_label_that_means_none_already_stays():
    assert apply("redact", "unknown", Enum("female", "unknown"), nullable=False) == "unknown"


@pytest.mark.parametrize(
    ("default", "expected"), [("'plain'::mood", "plain"), ("'it''s'", "it's"), ("'gone'", "other")]
)
def test_a_columns_default_stands_for_nothing_before_other_does(default, expected):
    column = Column(
        "c", Enum("sad", "plain", "other", "it's"), nullable=False, server_default=text(default)
    )
    made = strategies.apply(
        "redact", "sad", column=column, entity="", key=KEY, unique=False, settings=SETTINGS
    )
    assert made == expected


def test_what_reviewers_read_says_what_becomes_of_a_label():
    assert "a label of a list" in dict(strategies.describe())["redact"]
