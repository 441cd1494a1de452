"""What may mean the subject and cannot be told is listed, and nothing else that looks alike is."""

from dataclasses import replace

import pytest
from sqlalchemy import create_engine

from scanner.subjects import reasons
from tests import mini
from tests.erasing import Erasure


def listed(plan):
    return {(str(r.mention.table), r.mention.key, r.mention.column): r.why for r in plan.reviews}


def test_a_part_of_the_name_in_something_the_subject_has_to_do_with_is_asked_about(embedded):
    embedded.write("update table_case set case_history = 'promised Ann a call' where objid = 4")
    embedded.write("update table_case set title = 'PROMISED ANN A CALL' where objid = 4")
    reviews = listed(embedded.plan())
    assert reviews["table_case", (4,), "case_history"] == reasons.PART
    assert reviews["table_case", (4,), "title"] == reasons.PART


def test_a_part_of_another_name_and_one_in_a_strangers_text_are_asked_about(embedded):
    embedded.write("update table_case set case_history = 'ask Ann Miller' where objid = 4")
    embedded.write("update table_case set case_history = 'promised Ann a call' where objid = 3")
    reviews = listed(embedded.plan())
    assert reviews["table_case", (4,), "case_history"] == reasons.OTHER_NAME
    assert reviews["table_case", (3,), "case_history"] == reasons.LONE


def test_the_town_beside_the_subjects_street_is_asked_about_and_nowhere_else(embedded):
    embedded.write("insert into table_address values (4, '12 Elm Street', 'austin')")
    embedded.write("insert into table_address values (5, '7 Elm Street', 'Austin')")
    reviews = listed(embedded.plan())
    assert reviews["table_address", (4,), "address"] == reasons.NEIGHBOUR
    assert reviews["table_address", (4,), "city"] == reasons.NEIGHBOUR
    assert ("table_address", (5,), "city") not in reviews
    assert ("table_x_carrier_zip", (1,), "x_city") not in reviews


def test_the_town_beside_something_else_of_the_subject_is_asked_about(sqlite_url, tmp_path):
    mini.build(sqlite_url)
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        for statement in (
            "alter table table_address add x_mail varchar(80)",
            "insert into table_address values (4, '7 Oak Lane', 'austin', 'ann.lee@example.com')",
            "insert into table_address values (5, '7 Oak Lane', 'Dallas', 'ann.lee@example.com')",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    reviews = listed(Erasure(sqlite_url, tmp_path).plan())
    assert reviews["table_address", (4,), "city"] == reasons.BESIDE
    assert ("table_address", (5,), "city") not in reviews


@pytest.mark.parametrize("kind", ["integer", "numeric(9)", "varchar(9)"])
def test_the_postcode_beside_the_subjects_street_is_asked_about_as_a_number_too(
    live_url, tmp_path, kind
):
    mini.build(live_url)
    engine = create_engine(live_url)
    with engine.begin() as connection:
        for statement in (
            f"alter table table_address add x_zip {kind}",
            "update table_address set x_zip = 7301 where objid = 1",
            "insert into table_address values (4, '12 Elm Street', 'Dallas', 7301)",
            "insert into table_address values (5, '7 Elm Street', 'Dallas', 7301)",
            "insert into table_address values (6, '12 Elm Street', 'Dallas', 7302)",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    erasure = Erasure(live_url, tmp_path)
    plan = erasure.plan()
    found = {key: why for (_, key, column), why in listed(plan).items() if column == "x_zip"}
    assert found == {(4,): reasons.NEIGHBOUR}
    answered = plan.answered(
        replace(r, answer="erase") for r in plan.reviews if r.mention.key == (4,)
    )
    erasure.commit(answered)
    kept = {row[0]: row[3] for row in mini.dump(live_url)["table_address"]}
    assert not kept[4] or "7301" not in str(kept[4])
    assert "7301" in str(kept[5])
    erasure.engine.dispose()


def test_the_login_as_an_address_elsewhere_and_a_name_without_a_space_are_asked_about(erasure):
    erasure.write(
        "update table_case set case_history = 'to annlee77@other.example' where objid = 3"
    )
    name = "Ann\u200bLee" if erasure.engine.dialect.name != "sqlite" else "Ann&shy;Lee"
    erasure.write(f"update table_case set title = 'of {name} once' where objid = 3")
    plan = erasure.plan()
    reviews = {r.mention.column: r for r in plan.reviews if r.mention.key == (3,)}
    assert reviews["case_history"].why == reasons.LOOKS_LIKE
    assert reviews["title"].why == reasons.NAMESAKE
    answered = plan.answered(replace(r, answer="erase") for r in reviews.values())
    erasure.commit(answered)
    row = next(r for r in mini.dump(erasure.url)["table_case"] if r[0] == 3)
    assert row[2] == "of [NAME] once"
    assert "annlee77" not in row[3]


def test_what_others_use_too_stays_and_is_warned_of(embedded):
    plan = embedded.plan()
    (shared,) = (s for s in plan.stops if s.rule == "shared")
    assert (shared.effect, shared.rows) == ("warn", 1)
    assert "table_site" in shared.why
    before = mini.dump(embedded.url)["table_site"]
    embedded.commit(plan)
    kept = [row for row in before if row[1] == "Acme Industries"]
    assert [row for row in mini.dump(embedded.url)["table_site"] if row[0] == kept[0][0]] == kept
