"""The alternate contact of one's own case may be oneself: then what stands there is looked for as well."""

import pytest

from tests import mini, purging
from tests.erasing import noted, now
from tests.purging import Purging

MAIL = "ann.private@example.org"
SAID = f"mail {MAIL}"


def alternate(erasure, first, last, link="null", case=1):
    """Say who is the alternate contact of a case, with Ann's private address."""
    names = ", ".join(
        f"{c} = {f'{n!r}' if n else 'null'}"
        for c, n in (("alt_first_name", first), ("alt_last_name", last))
    )
    erasure.write(
        f"update table_case set {names}, alt_e_mail = '{MAIL}', alt_contact2contact = {link} "
        f"where objid = {case}"
    )


@pytest.mark.parametrize(
    ("first", "last", "link"),
    [
        ("Ann", "Lee", "null"),
        ("ANN", "LEE", "0"),
        ("", "", mini.ANN),
    ],
)
def test_an_address_of_the_subject_itself_on_its_case_is_looked_for(single, first, last, link):
    alternate(single, first, last, link)
    noted(single, SAID)
    single.commit(single.plan())
    assert now(single) == ["mail [EMAIL]"]


@pytest.mark.parametrize(
    ("first", "last", "link"),
    [
        ("Bob", "Ray", "null"),
        ("Ann", "Ray", "null"),
        ("", "", mini.BOB),
        ("", "", "null"),
        ("ANN", "", "0"),
        ("T", "B", "null"),
        ("A", "Lee", "null"),
        ("Ann", "Lee", mini.BOB),
    ],
)
def test_an_address_of_another_alternate_contact_is_nobodys_to_look_for(single, first, last, link):
    alternate(single, first, last, link)
    noted(single, SAID)
    plan = single.plan()
    assert not [r for r in plan.reviews if r.mention.key == (500,)]
    single.commit(plan)
    assert now(single) == [SAID]


def test_what_hangs_on_a_case_says_nothing_of_what_its_contact_is_called(single, monkeypatch):
    """The case's own columns are named one by one: a customer's table that leads to it is not."""
    alternate(single, "Ann", "Lee")
    single.write(
        "create table table_x_cc (objid integer primary key, cc varchar(80), cc2case bigint)"
    )
    single.write("insert into table_x_cc values (1, 'carol@partner.example', 1)")
    monkeypatch.setitem(mini.CUSTOM, ("table_x_cc", "cc"), ("direct", "EMAIL_ADDRESS"))
    noted(single, "mail carol@partner.example")
    single.audit = mini.audited(single.engine)
    single.commit(single.plan())
    assert now(single) == ["mail carol@partner.example"]


def test_a_purge_of_many_looks_for_it_as_well(sqlite_url, tmp_path):
    purging.build(sqlite_url)
    made = Purging(sqlite_url, tmp_path)
    alternate(made, "Ann", "Lee")
    alternate(made, "Bob", "Ray", case=4)
    made.write("update table_case set alt_e_mail = 'bob.private@example.org' where objid = 4")
    made.write(f"insert into table_notes_log values (500, '{SAID}', 5)")
    made.purge(made.many([mini.ANN, mini.BOB]))
    made.engine.dispose()
    assert now(made) == ["mail [EMAIL]"]


def test_who_gets_copies_of_a_case_is_not_its_contact(single):
    alternate(single, "Ann", "Lee")
    single.write("alter table table_case add column cclist1 varchar(80)")
    single.write("update table_case set cclist1 = 'carol@partner.example' where objid = 1")
    noted(single, "mail carol@partner.example")
    single.audit = mini.audited(single.engine)
    single.commit(single.plan())
    assert now(single) == ["mail carol@partner.example"]
