"""Mailboxes and numbers that many give are nobody's: they are asked about, never certain."""

import pytest

from scanner.identity import Identity, typed
from scanner.matcher import Matcher
from scanner.sealing import marks
from scanner.subjects.reasons import COMMON
from tests import mini
from tests.erasing import asked, noted, now

MAILBOXES = ["noreply@acme.com", "no-reply2@acme.com", "Customer.Service@acme.com", "none@none.com"]
NUMBERS = ["123-456-7890", "999 999 9999", "(555) 555-5555", "+1 512 222 2222", "987-654-3210"]


def sureness(value, entity="EMAIL_ADDRESS"):
    return [i.strength for i in typed(value, entity)]


@pytest.mark.parametrize("value", [*MAILBOXES, *NUMBERS])
def test_what_many_give_is_asked_about_and_stays(single, value):
    column = "e_mail" if "@" in value else "phone"
    for table in ("table_contact", "contact_bkp"):
        single.write(f"update {table} set {column} = '{value}' where objid = {mini.ANN}")
    said = f"write to {value}"
    noted(single, said, f"Ann Lee, {value}")
    plan = single.plan()
    assert asked(plan)[500] == COMMON
    single.commit(plan)
    assert now(single)[0] == said
    own = [r for r in mini.dump(single.url)["table_contact"] if r[0] == mini.ANN]
    assert value not in repr(own)


@pytest.mark.parametrize("value", ["ann.lee@none.com", "infoann@acme.com", "lee-office@acme.com"])
def test_a_mailbox_with_a_name_in_it_is_somebodys(value):
    assert sureness(value) == ["strong"]


@pytest.mark.parametrize(
    "value", ["512-555-0148", "555 555 5556", "+49 30 1234576", "512 610 5466"]
)
def test_a_number_in_no_order_is_somebodys(value):
    assert sureness(value, "PHONE_NUMBER") == ["strong"]


def test_in_no_way_of_writing_a_common_mailbox_is_sure():
    matcher = Matcher(Identity.of(typed("no.reply@acme.com", "EMAIL_ADDRESS")))
    for said in ("no.reply@acme.com", "no dot reply at acme.com", "x no.reply+1@acme.com"):
        assert {m.strength for m in matcher.find(said)} <= {"doubt"}
    assert matcher.find("no.reply@acme.com")


def test_nobody_is_recognised_by_what_many_give():
    people = [*typed("info@acme.com", "EMAIL_ADDRESS"), *typed("999 999 9999", "PHONE_NUMBER")]
    assert marks.of(Identity.of(people), b"key") == {}
