"""What stands right behind a name in others' texts, and in no row of the subject, is asked about."""

import pytest

from scanner import planner
from scanner.model import Span
from scanner.subjects.details import behind, cued
from scanner.subjects.reasons import DETAIL
from tests import mini
from tests.erasing import PACK, Erasure

NAME = "Annabeth Quillfeather"
PROOF = "Her number is 512-610-5466."


def said_behind(text: str, known: tuple[Span, ...] = ()) -> list[tuple[str, str]]:
    start = text.index(NAME)
    name = Span(start, start + len(NAME), "PERSON")
    return [(text[s.start : s.end], s.entity) for s in behind(text, [name], [name, *known])]


@pytest.mark.parametrize(
    ("text", "found", "entity"),
    [
        (f"Ship to {NAME}, 193 Laurie Corner, Ryanton.", "193 Laurie Corner", "STREET_ADDRESS"),
        (f"{NAME}\nLindenstraße 5\n10969 Berlin", "Lindenstraße 5", "STREET_ADDRESS"),
        (f"{NAME} lives at 12 Elm Street", "12 Elm Street", "STREET_ADDRESS"),
        (f"SHIP TO {NAME.upper()}, 193 LAURIE CORNER", "193 LAURIE CORNER", "STREET_ADDRESS"),
        (f"call {NAME} (+90 212 212 67 04) first", "+90 212 212 67 04", "PHONE_NUMBER"),
        (f"{NAME}, tel. 030/1234567", "030/1234567", "PHONE_NUMBER"),
        (f"{NAME}'s private mail: aq@home.example", "aq@home.example", "EMAIL_ADDRESS"),
        (f"{NAME} <aq@home.example> wrote", "aq@home.example", "EMAIL_ADDRESS"),
    ],
)
def test_addresses_numbers_and_mailboxes_are_found(text, found, entity):
    start = text.upper().index(NAME.upper())
    name = Span(start, start + len(NAME), "PERSON")
    assert [(text[s.start : s.end], s.entity) for s in behind(text, [name], [name])] == [
        (found, entity)
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{NAME}, 12 March 2024",
        f"{NAME}, 2024-03-12 10:00",
        f"{NAME}, 3/12/2024 10:00:01",
        f"{NAME} called 3 times",
        f"{NAME}. 12 Elm Street is closed",
        f"{NAME} and Bob Roe, 12 Elm Street",
        NAME,
    ],
)
def test_dates_counts_and_what_is_somebody_elses_are_not(text):
    assert said_behind(text) == []


def test_what_is_known_anyway_is_not_asked_about():
    text = f"{NAME}, 12 Elm Street"
    assert said_behind(text, (Span(text.index("12"), len(text), "STREET_ADDRESS"),)) == []


@pytest.fixture
def erasure(tmp_path):
    """Give the small CRM with a note in somebody else's case that tells where Ann lives."""
    made = Erasure(mini.build(f"sqlite:///{tmp_path / 'mini.sqlite'}"), tmp_path)
    made.write(
        f"update table_contact set first_name = 'Annabeth', last_name = 'Quillfeather', "
        f"phone = '512-610-5466' where objid = {mini.ANN}"
    )
    made.write(
        f"insert into table_notes_log values (500, 'Ship to {NAME}, 193 Laurie Corner. {PROOF}', 3)"
    )
    yield made
    made.engine.dispose()


def test_it_stays_and_is_asked_about(erasure):
    plan = erasure.plan()
    asked = [r for r in plan.reviews if r.mention.key == (500,)]
    assert [r.why for r in asked] == [DETAIL]
    erasure.commit(plan)
    assert "Ship to [NAME], 193 Laurie Corner. Her number is [PHONE]." in mini.texts(erasure.url)


def test_who_answers_has_it_erased_with_the_name(erasure):
    (review,) = (r for r in erasure.plan().reviews if r.mention.key == (500,))
    with planner.drafting(
        erasure.engine, PACK, erasure.audit, str(mini.ANN), answers={review.id: "erase"}
    ) as (_, made):
        answered = made.plan
    erasure.commit(answered)
    assert "Ship to [NAME], [ADDRESS]. Her number is [PHONE]." in mini.texts(erasure.url)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "New delivery address: Via Dionigi, 50, 40030 Revigliasco Torinese.",
            ["Via Dionigi, 50"],
        ),
        ("She lives at 12 Elm Street now", ["12 Elm Street"]),
        ("The address is known", []),
        ("delivered to 3 shops", []),
    ],
)
def test_what_a_text_calls_an_address_is_found(text, found):
    assert [text[s.start : s.end] for s in cued(text, ())] == found
