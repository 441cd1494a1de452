"""What a row refers to that may be the subject's, as it holds the name, is listed for who decides."""

from dataclasses import replace

import pytest
from sqlalchemy import create_engine

from scanner import companions
from tests import mini
from tests.erasing import Erasure

REPS = (
    "create table table_x_rep (objid bigint, first_name varchar(60), last_name varchar(60), "
    "rep2address bigint)",
    "create unique index ind_rep on table_x_rep (objid)",
    "insert into table_address values (71, '7 Oak Lane', 'Dallas')",
    "insert into table_address values (72, '8 Oak Lane', 'Dallas')",
    "insert into table_x_rep values (1, 'Ann', 'Lee', 71)",
    "insert into table_x_rep values (2, 'Eve', 'Miller', 72)",
    "insert into table_x_rep values (3, 'Ann', 'Lee', null)",
)


@pytest.fixture
def reps(live_url, tmp_path, monkeypatch):
    """Build the CRM with people in a table that no relation links to contacts."""
    for name in ("first_name", "last_name"):
        monkeypatch.setitem(mini.CUSTOM, ("table_x_rep", name), ("direct", "PERSON"))
    mini.build(live_url)
    engine = create_engine(live_url)
    with engine.begin() as connection:
        for statement in REPS:
            connection.exec_driver_sql(statement)
    engine.dispose()
    made = Erasure(live_url, tmp_path)
    yield made
    made.engine.dispose()


def _listed(plan):
    return {
        d["where"].rpartition(".")[2]: d["keys"]
        for d in plan.duties
        if d["kind"] == companions.KIND
    }


def test_the_address_behind_a_row_under_review_is_a_duty_of_plan_and_receipt(reps):
    plan = reps.plan()
    assert _listed(plan) == {"table_address": [71]}
    answered = plan.answered(
        replace(r, answer="erase") for r in plan.reviews if r.mention.table.name == "table_x_rep"
    )
    receipt = reps.commit(answered)
    assert _listed(receipt) == {"table_address": [71]}
    rows = mini.dump(reps.url)
    assert {r[1:3] for r in rows["table_x_rep"]} == {("[NAME]", "[NAME]"), ("Eve", "Miller")}
    assert ("7 Oak Lane", "Dallas") in {r[1:3] for r in rows["table_address"]}


def test_what_a_known_person_refers_to_is_theirs(reps):
    """The contact with the same name has a site and an address: they are not the subject's."""
    reps.write(
        f"update table_contact set first_name = 'Ann', last_name = 'Lee' where objid = {mini.BOB}"
    )
    assert _listed(reps.plan()) == {"table_address": [71]}
