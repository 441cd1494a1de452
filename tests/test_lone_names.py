"""A part of a name that stands by itself in somebody else's text: asked about where it is rare."""

import pytest

from scanner import planner, surveyor
from scanner.database import reading, reflect
from scanner.packs.stops import COMMON
from scanner.plans import Basis
from scanner.subjects.acquaintance import Request
from scanner.subjects.reasons import ABOUT_IT, LONE, NAMESAKE
from scanner.subjects.spotter import RARE
from tests import mini
from tests.erasing import PACK, Erasure, asked, noted


@pytest.fixture
def erasure(tmp_path):
    """Give the small CRM, in which Ann Lee is called Annabeth Quillfeather."""
    made = Erasure(mini.build(f"sqlite:///{tmp_path / 'mini.sqlite'}"), tmp_path)
    for table in ("table_contact", "contact_bkp"):
        made.write(
            f"update {table} set first_name = 'Annabeth', last_name = 'Quillfeather' "
            f"where objid = {mini.ANN}"
        )
    yield made
    made.engine.dispose()


@pytest.mark.parametrize(
    "said",
    [
        "was first reported by Annabeth.",
        "talk to Dr. Quillfeather about the contract",
        "ask A. Quillfeather",
        "ASK ANNABETH FIRST",
        "Annabeth's printer",
        "Visited Annabeth for the serial number",
        "*** JOB: Told Annabeth to wait. Call her",
        "It is done. Thank Annabeth",
    ],
)
def test_it_is_asked_about_and_stays_unless_people_say_otherwise(erasure, said):
    noted(erasure, said)
    plan = erasure.plan()
    assert asked(plan) == {500: LONE}
    erasure.commit(plan)
    assert said in mini.texts(erasure.url)


def test_who_answers_has_it_erased(erasure):
    noted(erasure, "was first reported by Annabeth.")
    plan = erasure.plan()
    (review,) = (r for r in plan.reviews if r.mention.key[0] == 500)
    answers = {review.id: "erase"}
    with planner.drafting(erasure.engine, PACK, erasure.audit, str(mini.ANN), answers=answers) as (
        _,
        made,
    ):
        answered = made.plan
    erasure.commit(answered)
    assert "was first reported by [NAME]." in mini.texts(erasure.url)


@pytest.mark.parametrize(
    "said",
    [
        "Annabeth Jones called",
        "Peter Quillfeather called",
        "it is done by Marlon Quillfeather",
        "annabeth in small letters is no name",
        "Annabethan music",
    ],
)
def test_what_is_somebody_or_something_else_is_not_asked_about(erasure, said):
    noted(erasure, said)
    assert asked(erasure.plan()) == {}


def test_a_part_that_many_texts_hold_says_nothing(erasure):
    noted(erasure, *[f"Annabeth called, note {n}" for n in range(RARE)])
    assert len(asked(erasure.plan())) == RARE
    far = "and then " * 20
    erasure.write("insert into table_notes_log values (499, 'Annabeth called', 3)")
    erasure.write(
        f"insert into table_notes_log values (999, 'Annabeth called {far} ann.lee@example.com', 3)"
    )
    assert asked(erasure.plan()) == {999: ABOUT_IT}  # beside something else of the subject it does


def test_another_persons_own_name_is_no_text(erasure):
    erasure.write(f"update table_contact set first_name = 'Annabeth' where objid = {mini.BOB}")
    plan = erasure.plan()
    places = {(r.mention.table.name, r.mention.key[0]) for r in plan.reviews if r.why == LONE}
    assert ("table_contact", mini.BOB) not in places


def test_a_pass_for_many_subjects_finds_what_one_alone_finds(erasure):
    noted(erasure, "was first reported by Annabeth.", "Dr. Quillfeather, twice Quillfeather")
    people = (mini.BOB, mini.ANN, mini.NAMESAKE)
    requests = [Request(PACK, Basis.of(erasure.audit), key) for key in people]
    survey = surveyor.survey(erasure.engine, requests)
    with reading(erasure.engine) as connection:
        together = [surveyor.draft(connection, r, survey).plan.reviews for r in requests]
        alone = [planner.draft(connection, reflect(connection), r).plan.reviews for r in requests]
    assert together == alone
    assert {500, 501} <= {r.mention.key[0] for r in together[1] if r.why == LONE}


def test_a_row_without_a_key_is_asked_about_beside_one_that_tells_more(erasure):
    erasure.write("create table x_said (said varchar(200), kind integer)")
    erasure.write(
        "insert into x_said values ('was first reported by Annabeth.', 1), "
        "('Annabeth Quillfeather called', 2)"
    )
    made = Erasure(erasure.url, erasure.journal.path.parent)
    whys = [r.why for r in made.plan().reviews if r.mention.table.name == "x_said"]
    assert sorted(whys) == sorted([LONE, NAMESAKE])
    made.engine.dispose()


def unasked(plan):
    """Give what the plan says of parts of the name that are too common to be asked about."""
    return [(d["where"], d["count"]) for d in plan.duties if d["kind"] == COMMON]


def test_what_is_too_common_to_be_asked_about_is_counted_and_no_value_told(erasure):
    assert unasked(erasure.plan()) == []
    noted(erasure, *["was first reported by Annabeth."] * (RARE + 1))
    plan = erasure.plan()
    assert unasked(plan) == [(f"table_notes_log {RARE + 1}", RARE + 1)]
    assert not asked(plan)
    assert "nnabeth" not in str(plan.duties)


def test_one_more_of_what_is_common_makes_no_plan_stale(erasure):
    noted(erasure, *["was first reported by Annabeth."] * (RARE + 1))
    plan = erasure.plan()
    erasure.write("insert into table_notes_log values (499, 'Annabeth called', 3)")
    receipt = erasure.commit(plan)
    told = {d["kind"]: d["count"] for d in receipt.duties}
    assert told[COMMON] in (RARE + 1, RARE + 2)
