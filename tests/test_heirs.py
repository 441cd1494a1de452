"""What people answered of a value goes for the copies that triggers make of it, and for no other."""

from dataclasses import replace

import pytest

from scanner import errors
from tests import mini
from tests.erasing import refused

SHARED = "512 610 5466"
NOTED = {
    "sqlite": "create trigger t_note after update on table_notes_log begin "
    "update table_x_pref set x_memo = {} where objid = 2; end",
    "mysql": "create trigger t_note after update on table_notes_log for each row "
    "update table_x_pref set x_memo = {} where objid = 2",
    "postgresql": "create function f_note() returns trigger as $$ begin update table_x_pref "
    "set x_memo = {} where objid = 2; return new; end $$ language plpgsql",
}
FIRES = (
    "create trigger t_note after update on table_notes_log for each row execute function f_note()"
)


def shared(erasure):
    """Give Bob Ann's number, in his own row and in a note about him."""
    erasure.write(f"update table_contact set phone = '+1 {SHARED}' where objid = {mini.BOB}")
    erasure.write(f"update table_notes_log set description = 'call +1 {SHARED}' where objid = 3")


def noting(erasure, what="old.description"):
    """Copy each note that is rewritten into a row of Bob's, of which nobody is asked so far."""
    erasure.write("update table_x_pref set x_memo = 'nothing' where objid = 2")
    name = erasure.engine.dialect.name.replace("mariadb", "mysql")
    erasure.write(NOTED[name].format(what))
    if name == "postgresql":
        erasure.write(FIRES)


def answered(plan, **said):
    """Answer the reviews: by table, or ``rest``."""
    return plan.answered(
        replace(r, answer=a, by="D. P. Officer", when="2026-02-03")
        for r in plan.reviews
        if (a := said.get(r.mention.table.name, said.get("rest", "")))
    )


def numbers(erasure, table):
    return sum("5466" in str(row) for row in mini.dump(erasure.url)[table])


def test_a_copy_of_what_was_answered_with_erase_is_erased_with_it(erasure):
    shared(erasure)
    noting(erasure)
    plan = answered(erasure.plan(), rest="erase")
    assert {r.mention.table.name for r in plan.reviews} >= {"table_contact", "table_notes_log"}
    receipt = erasure.commit(plan)
    assert receipt.residue == {}
    for table in ("table_contact", "table_notes_log", "aud_table_contact", "table_x_pref"):
        assert numbers(erasure, table) == 0, table


def test_the_receipt_says_that_a_copy_was_erased_and_on_whose_word(embedded):
    shared(embedded)
    receipt = embedded.commit(answered(embedded.plan(), rest="erase"))
    (copy,) = (r for r in receipt.reviews if r["table"] == "aud_table_contact")
    assert (copy["answer"], copy["by"]) == ("erase", "D. P. Officer")


def test_a_copy_of_a_cell_is_erased_with_it_where_another_place_is_kept(erasure):
    shared(erasure)
    noting(erasure)
    plan = answered(erasure.plan(), table_contact="keep", rest="erase")
    erasure.commit(plan)
    assert numbers(erasure, "table_notes_log") == numbers(erasure, "table_x_pref") == 0
    assert numbers(erasure, "table_contact") == 1


@pytest.mark.parametrize("said", [("keep", "erase"), ("", "erase"), ("keep", "keep")])
def test_a_copy_of_which_nobody_knows_what_it_is_of_refuses(erasure, said):
    shared(erasure)
    noting(erasure, f"(select phone from table_contact where objid = {mini.BOB})")
    plan = answered(erasure.plan(), table_contact=said[0], rest=said[1])
    message = refused(errors.Residue, lambda: erasure.commit(plan), erasure)
    assert "table_x_pref.x_memo" in message
