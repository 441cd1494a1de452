"""The address of people with whom somebody shares name and number is asked about, and never taken."""

import pytest
from sqlalchemy import create_engine

from scanner.subjects import mentions
from tests import mini
from tests.erasing import Erasure

EVE = 268_450_000
HOME = "7 Oak Lane"


@pytest.fixture
def lives(sqlite_url, tmp_path, monkeypatch):
    """Build the CRM with Bob, whose address nobody knows, and others who share his number."""
    monkeypatch.setitem(mini.CUSTOM, ("table_contact", "x_street"), ("direct", "STREET_ADDRESS"))

    def build(*others, own=""):
        mini.build(sqlite_url)
        engine = create_engine(sqlite_url)
        with engine.begin() as connection:
            run = connection.exec_driver_sql
            run("alter table table_contact add x_street varchar(80)")
            row = run(f"select last_name, phone from table_contact where objid = {mini.BOB}").one()
            for n, last in enumerate(others):
                run(
                    "insert into table_contact (objid, first_name, last_name, phone, x_street) "
                    "values (?, ?, ?, ?, ?)",
                    (EVE + n, f"Eve{n}", last or row[0], row[1], HOME),
                )
            run("update table_contact set x_street = ? where objid = ?", (own, mini.BOB))
            run(f"update table_case set case_history = 'sent to {HOME} at last' where objid = 5")
        engine.dispose()
        return Erasure(sqlite_url, tmp_path)

    return build


def _asked(plan):
    return {
        (str(r.mention.table), r.mention.key, r.mention.column)
        for r in plan.reviews
        if r.why == mentions.NEIGHBOUR
    }


AT_HOME = {("table_contact", (EVE,), "x_street"), ("table_case", (5,), "case_history")}


def test_it_is_asked_about_in_rows_and_texts_and_stays_without_an_answer(lives):
    erasure = lives("")
    plan = erasure.plan(mini.BOB)
    assert _asked(plan) == AT_HOME
    assert not [m for m in plan.mentions if (str(m.table), m.key, m.column) in AT_HOME]
    before = mini.dump(erasure.url)
    assert erasure.commit(plan).residue == {}
    after = mini.dump(erasure.url)
    assert [r for r in after["table_contact"] if r[0] == EVE] == [
        r for r in before["table_contact"] if r[0] == EVE
    ]
    assert after["table_case"][4] == before["table_case"][4]


def test_with_another_name_with_many_or_beside_an_own_address_nobody_is_asked(lives):
    assert _asked(lives("Miller").plan(mini.BOB)) == set()


def test_many_with_one_number_have_one_employer(lives):
    assert _asked(lives("", "", "").plan(mini.BOB)) == set()


def test_who_has_an_address_is_not_looked_for_at_another(lives):
    assert _asked(lives("", own="12 Pine Road").plan(mini.BOB)) == set()
