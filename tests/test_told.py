"""What a plan says of rows and triggers, and a proof of reviews, is so."""

import json

import pytest
from sqlalchemy import create_engine

from tests import mini, purging
from tests.erasing import Erasure
from tests.purging import Purging
from tests.test_reviews import BOB_ASKED, Desk


@pytest.fixture
def watched(live_url, tmp_path):
    """The small CRM with a trigger that copies contacts when they are deleted."""
    purging.build(live_url, trigger=False)
    engine = create_engine(live_url)
    with engine.begin() as connection:
        for one in purging.triggers(engine.dialect.name):
            connection.exec_driver_sql(one)
    engine.dispose()
    made = Purging(live_url, tmp_path)
    yield made
    made.engine.dispose()


def test_a_trigger_that_fires_at_deletions_is_told_of_a_purge_alone(watched):
    redacted = Erasure.plan(watched)
    assert redacted.triggers == {}
    assert [t.rpartition(".")[2] for t in watched.plan().triggers] == ["table_contact"]
    assert watched.run(redacted).residue == {}


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("create trigger t_x after update on table_e_addr", True),
        ("create trigger t_x update of e_num on table_e_addr", True),
        ('create trigger "after delete on" after update on table_e_addr', True),
        ("create trigger t_x /* odd */ before delete on table_e_addr", True),  # not surely
        ("create trigger [a delete on] before delete on table_e_addr", False),
        ("create trigger if not exists t_x delete on table_e_addr", False),
    ],
)
def test_what_sqlite_writes_down_of_a_trigger_says_what_fires_it(embedded, declared, told):
    embedded.write("drop trigger if exists t_aud")
    embedded.write(f"{declared} begin select 1; end")
    assert bool(embedded.plan().triggers) is told


def test_a_row_counts_once_however_often_it_names_the_subject(embedded, tmp_path):
    far = "x" * 300
    embedded.write(
        f"insert into table_notes_log (objid, description) values (77, 'ann.lee@example.com {far} Ann Lee')"
    )
    kept = Erasure(embedded.url, tmp_path, table_notes_log__description="keep")
    before = kept.plan().kept["table_notes_log.description"]
    embedded.write("delete from table_notes_log where objid = 77")
    assert kept.plan().kept["table_notes_log.description"] == before - 1
    kept.engine.dispose()


def test_reviews_that_were_answered_with_the_erasure_are_not_said_to_be_open(
    efface, sqlite_url, tmp_path
):
    desk = Desk(efface, mini.build(sqlite_url), tmp_path)
    desk.write(BOB_ASKED, "Answer", "erase")
    desk.commit()
    plan, book = tmp_path / "plan.json", ("--journal", tmp_path / "j.jsonl")
    assert "3 reviews of the plan not answered" in desk.run("verify", plan, *book).stderr
    assert "4 reviews of the plan not answered" in desk.run("verify", plan).stderr
    (tmp_path / "j.jsonl").write_text("broken")
    assert "4 reviews of the plan not answered" in desk.run("verify", plan, *book).stderr


def test_what_no_search_reaches_is_told_beside_a_proof_that_nothing_is_left(
    efface, sqlite_url, tmp_path
):
    desk = Desk(efface, mini.build(sqlite_url), tmp_path)
    desk.commit()
    plan = tmp_path / "plan.json"
    plan = (plan, "--journal", tmp_path / "j.jsonl")
    told = desk.run("verify", *plan).stderr
    assert "see to: attachment files; " in told
    assert "columns of numbers (" in told
    listed = json.loads(desk.run("verify", *plan, "--json").stdout)["duties"]
    assert [d["kind"] for d in listed] == [
        d["kind"] for d in json.loads(plan[0].read_text())["duties"]
    ]
    assert all({"kind", "where", "count", "why"} == d.keys() for d in listed)


def test_a_stored_view_is_told_by_what_looks_for_a_person_and_cannot_see_it(
    efface, postgresql_url, tmp_path
):
    mini.build(postgresql_url)
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "create materialized view report as select first_name, e_mail from table_contact"
        )
    engine.dispose()
    desk = Desk(efface, postgresql_url, tmp_path)
    desk.commit()
    (tmp_path / "who.txt").write_text("ann.lee@example.com\n")
    book = ("--journal", tmp_path / "j.jsonl")
    for how in ((tmp_path / "plan.json", *book), ("--identifiers", tmp_path / "who.txt")):
        done = desk.run("verify", *how)
        assert "nothing is left" in done.stderr
        assert "stored views, public.report (1)" in done.stderr
        listed = json.loads(desk.run("verify", *how, "--json").stdout)["duties"]
        assert "public.report" in [d["where"] for d in listed]


def test_a_place_that_was_to_be_erased_and_is_there_is_found(efface, sqlite_url, tmp_path):
    desk = Desk(efface, mini.build(sqlite_url), tmp_path)
    desk.write(BOB_ASKED, "Answer", "erase")
    before = desk.said()[0]
    desk.commit()
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "update table_case set case_history = ? where objid = 3", (before,)
        )
    engine.dispose()
    done = desk.run("verify", tmp_path / "plan.json", "--journal", tmp_path / "j.jsonl")
    assert done.exit_code == 1
    assert "table_case.case_history" in done.stdout
