"""What may mean the subject and cannot be told is listed, and nothing else that looks alike is."""

from scanner.subjects import mentions
from tests import mini


def listed(plan):
    return {(str(r.mention.table), r.mention.key, r.mention.column): r.why for r in plan.reviews}


def test_a_part_of_the_name_in_something_the_subject_has_to_do_with_is_asked_about(embedded):
    embedded.write("update table_case set case_history = 'promised Ann a call' where objid = 4")
    embedded.write("update table_case set title = 'PROMISED ANN A CALL' where objid = 4")
    reviews = listed(embedded.plan())
    assert reviews["table_case", (4,), "case_history"] == mentions.PART
    assert reviews["table_case", (4,), "title"] == mentions.PART


def test_a_part_of_the_name_that_is_somebody_elses_or_a_strangers_is_not(embedded):
    embedded.write("update table_case set case_history = 'ask Ann Miller' where objid = 4")
    embedded.write("update table_case set case_history = 'promised Ann a call' where objid = 3")
    reviews = listed(embedded.plan())
    assert ("table_case", (4,), "case_history") not in reviews
    assert ("table_case", (3,), "case_history") not in reviews


def test_the_town_beside_the_subjects_street_is_asked_about_and_nowhere_else(embedded):
    embedded.write("insert into table_address values (4, '12 Elm Street', 'austin')")
    embedded.write("insert into table_address values (5, '7 Elm Street', 'Austin')")
    reviews = listed(embedded.plan())
    assert reviews["table_address", (4,), "address"] == mentions.NEIGHBOUR
    assert reviews["table_address", (4,), "city"] == mentions.NEIGHBOUR
    assert ("table_address", (5,), "city") not in reviews
    assert ("table_x_carrier_zip", (1,), "x_city") not in reviews


def test_what_others_use_too_stays_and_is_warned_of(embedded):
    plan = embedded.plan()
    (shared,) = (s for s in plan.stops if s.rule == "shared")
    assert (shared.effect, shared.rows) == ("warn", 1)
    assert "table_site" in shared.why
    before = mini.dump(embedded.url)["table_site"]
    embedded.commit(plan)
    kept = [row for row in before if row[1] == "Acme Industries"]
    assert [row for row in mini.dump(embedded.url)["table_site"] if row[0] == kept[0][0]] == kept
