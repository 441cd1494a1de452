"""Whose a name is by what the text says: an agent's, a relative's, a writer's, one born on another day."""

import pytest

from scanner.identity import Identity, read
from scanner.matcher import Matcher
from scanner.subjects.reasons import APART, BESIDE, BORN, LOOKS_LIKE, OTHER_NAME, ROLE, SHORT, TWICE
from tests import mini
from tests.erasing import asked, noted
from tests.test_beside import MAIL, called, outcome  # noqa: F401 - a fixture


def born_on(erasure, day="1980-03-04"):
    """Let the subject be born on a day."""
    erasure.write(
        f"update table_contact set x_dateofbirth = '{day} 00:00:00.000000' where objid = {mini.ANN}"
    )


@pytest.mark.parametrize(
    "said",
    [
        "Agent Ann Lee called the customer at {mail}",
        "Bearbeiter: Ann Lee\nKunde: {mail}",
        "Bearbeiterin Frau Ann Lee, Kunde {mail}".replace("Bearbeiterin", "Bearbeiter"),
        "Assigned to Ann Lee, requested by {mail}",
        "{mail}. Her daughter Ann Lee (12) uses the tablet",
        "the lawyer Ann Lee for {mail}",
        '{{"owner":"Ann Lee","requester":"{mail}"}}',
        "{mail} is not Ann Lee from Dallas",
        "Emergency contact for {mail}: Ann Lee (mother) 512 610 7777",
        "Ann Lee, neighbour of {mail}",
        "2020-05-04 10:00 Ann Lee: called {mail}, no answer",
        "Hi team, please write to {mail} -- Ann Lee",
    ],
)
def test_a_whole_name_of_somebody_else_is_asked_about(called, said):  # noqa: F811
    erasure = called("Ann", "Lee")
    ((text, why),) = outcome(erasure, said.format(mail=MAIL))
    assert text == said.format(mail="[EMAIL]")
    assert why == ROLE


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Agent Ann Lee <{mail}>", "Agent [NAME] <{mail}>"),
        ("Customer Ann Lee called from {mail}", "Customer [NAME] called from {mail}"),
        ("Spoke with Ann Lee: she wants {mail} changed", "Spoke with [NAME]: she wants {mail} changed"),
        ("{mail} - Ann Lee", "{mail} - [NAME]"),
        ("Ann Lee: {mail}", "[NAME]: {mail}"),
    ],
)  # fmt: skip
def test_what_says_no_such_thing_is_erased(called, said, left):  # noqa: F811
    erasure = called("Ann", "Lee")
    assert outcome(erasure, said.format(mail=MAIL)) == [(left.format(mail="[EMAIL]"), "")]


@pytest.mark.parametrize(
    "said",
    [
        "Agent Ms. Lee called {mail}",
        "our technician Mr. Lee visited {mail}",
        "Mr. Lee, husband of {mail}",
        "Mr. Lee complained about {mail}",
        "Dear Ms. Lee, please call {mail}",
        "Dr. Lee treats {mail}",
        "Please write to {mail} - Ann",
        "Please write to {mail}\n-Ann",
        "no answer {mail} (Lee)",
        "emailed {mail} /LEE",
        "5/4 Ann: {mail} LM\n5/5 Bob: {mail} LM",
        "Bob: who called?\nAnn: {mail}\nBob: ok",
        "Note to Ann - {mail} called",
        "For Ann: {mail}",
        "@Ann {mail}",
        "Ann, {mail} needs a callback today",
        "| Agent | Customer |\n|---|---|\n| Ann | {mail} |",
        "agent,customer\nAnn,{mail}",
        '{{"agent":{{"first":"Ann"}},"mail":"{mail}"}}',
        "<agent><name>Ann</name></agent><mail>{mail}</mail>",
        "lives in Lee, {mail}",
    ],
)
def test_a_part_of_a_name_needs_more_than_to_stand_near(called, said):  # noqa: F811
    erasure = called("Ann", "Lee")
    for text, why in outcome(erasure, said.format(mail=MAIL)):
        assert text == said.format(mail="[EMAIL]")
        assert why == APART


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("Maria", "García López", "García López, Ana {mail}"),
        ("Maria", "García López", "GARCIA LOPEZ ANA {mail}"),
        ("Maria", "García López", "ANA;GARCIA;LOPEZ;{mail}"),
        ("Maria", "García López", '{{"nombre":"Ana","apellido1":"García","apellido2":"López","m":"{mail}"}}'),
        ("Maria", "García López", "María Pérez García {mail}"),
        ("Ann", "Meer Lund", "Bob;Meer;Lund;{mail}"),
        ("Anne-Marie", "Dupont", "Anne Sophie Dupont {mail}"),
        ("Marco", "Rossi", "Marco De Rossi {mail}"),
    ],
)  # fmt: skip
def test_half_of_a_name_is_a_relatives_as_often(called, first, last, said):  # noqa: F811
    erasure = called(first, last)
    for table, column in (("table_site", "name"), ("table_x_pref", "x_holder")):
        erasure.write(f"update {table} set {column} = '{first} {last}' where objid = 1")
    ((text, why),) = outcome(erasure, said.format(mail=MAIL))
    assert text == said.format(mail="[EMAIL]")
    assert why in (OTHER_NAME, LOOKS_LIKE)


@pytest.mark.parametrize(
    ("said", "left", "why"),
    [
        ("Robert Millar, neighbour of {mail}", "Robert Millar, neighbour of {mail}", LOOKS_LIKE),
        ("Robert Müller called about {mail}", "Robert Müller called about {mail}", LOOKS_LIKE),
        ("Robert Miller <{mail}>", "[NAME] <{mail}>", ""),
        ("Robert Milller, Tel. {mail}", "[NAME], Tel. {mail}", ""),
    ],
)
def test_a_name_with_another_letter_is_the_subjects_only_where_it_touches(called, said, left, why):  # noqa: F811
    erasure = called("Robert", "Miller")
    assert outcome(erasure, said.format(mail=MAIL)) == [(left.format(mail="[EMAIL]"), why)]


@pytest.mark.parametrize("said", ["due in May ({mail})", "deadline: May ({mail})"])
def test_a_month_in_front_of_a_bracket_is_asked_about(called, said):  # noqa: F811
    erasure = called("Anna", "May")
    ((text, why),) = outcome(erasure, said.format(mail=MAIL))
    assert text == said.format(mail="[EMAIL]")
    assert why


@pytest.mark.parametrize(
    "said",
    [
        '{"name":"Ann Lee","dob":"1980-03-04"}',
        "Ann Lee's date of birth is 4 March 1980",
        "Name: Ann Lee\nBirth date: 04.03.1980",
        "Ann Lee was born in Dallas on 4 March 1980",
        "Ann Lee, b. 04.03.1980",
    ],
)
def test_a_whole_name_with_its_day_of_birth_is_the_subjects(called, said):  # noqa: F811
    erasure = called("Ann", "Lee")
    born_on(erasure)
    ((text, why),) = outcome(erasure, said)
    assert "Ann" not in text
    assert "[DATE]" in text
    assert not why


@pytest.mark.parametrize(
    "said",
    [
        "Ann;Lee;04.03.1980",
        "Witness: LEE, ANN (born 4 March 1980)",
        "Ms Lee (1980-03-04) is a witness",
        "Ann Lee, nationality US, born 04.03.1980",
    ],
)
def test_a_day_of_birth_near_a_name_that_is_asked_about_is_asked_about_with_it(called, said):  # noqa: F811
    erasure = called("Ann", "Lee")
    born_on(erasure)
    noted(erasure, said)
    spans = [s.entity for r in erasure.plan().reviews if r.mention.key[0] == 500 for s in r.mention.spans]  # fmt: skip
    assert "DATE_OF_BIRTH" in spans
    assert "PERSON" in spans


def test_a_name_with_another_day_of_birth_is_anothers(called):  # noqa: F811
    erasure = called("Ann", "Lee")
    born_on(erasure)
    said = [f"Ann Lee, born 5 June 1990; {MAIL}", f"Ann Lee, born 4 March 1980; {MAIL}"]
    assert outcome(erasure, *said) == [
        ("Ann Lee, born 5 June 1990; [EMAIL]", BORN),
        ("[NAME], born [DATE]; [EMAIL]", ""),
    ]


@pytest.mark.parametrize(
    "said",
    [
        "M. Dupont a appelé",
        "M Dupont a appelé",
        "i.A. Dupont",
        "Dupont Modem defekt",
        "Dupont, Berlin, ruft an",
        "Dupont & Roux",
        "the Dupont family",
        "Dupont GmbH",
    ],
)
def test_a_part_of_the_name_that_few_texts_hold_is_asked_about(called, said):  # noqa: F811
    erasure = called("Pierre", "Dupont")
    ((text, why),) = outcome(erasure, said)
    assert text == said
    assert why


@pytest.mark.parametrize("said", ["Peter Dupont called", "called Dupont, Peter"])
def test_what_is_surely_anothers_is_not_asked_about(called, said):  # noqa: F811
    erasure = called("Pierre", "Dupont")
    assert outcome(erasure, said) == [(said, "")]


@pytest.mark.parametrize(
    ("said", "left", "why"),
    [
        ("mileage 84213377 km", "mileage 84213377 km", SHORT),
        ("Delivered 84213377, thanks", "Delivered 84213377, thanks", SHORT),
        ("https://shop.example/p/84213377", "https://shop.example/p/84213377", SHORT),
        ("customer 84213377", "customer [ID]", ""),
        ("Kundennr.: 84213377", "Kundennr.: [ID]", ""),
        ("84213377 {mail}", "[ID] {mail}", ""),
    ],
)
def test_a_bare_number_counts_where_something_says_whose_it_is(called, said, left, why):  # noqa: F811
    erasure = called("Ann", "Lee")
    erasure.write(f"update table_contact set x_cust_ref = '84213377' where objid = {mini.ANN}")
    assert outcome(erasure, said.format(mail=MAIL)) == [(left.format(mail="[EMAIL]"), why)]


def test_a_number_that_is_a_day_is_asked_about(called):  # noqa: F811
    erasure = called("Ann", "Lee")
    erasure.write(f"update table_contact set x_cust_ref = '20240115' where objid = {mini.ANN}")
    ((text, why),) = outcome(erasure, "Delivered 20240115, thanks")
    assert text == "Delivered 20240115, thanks"
    assert why == SHORT


def test_a_login_of_letters_alone_is_asked_about(called):  # noqa: F811
    erasure = called("Ann", "Lee")
    erasure.write(
        f"update table_web_user set login_name = 'rikkesalt' where web_user2contact = {mini.ANN}"
    )
    ((text, why),) = outcome(erasure, "The nickname rikkesalt was quoted")
    assert text == "The nickname rikkesalt was quoted"
    assert why


def test_a_row_of_somebody_of_the_same_name_with_the_same_mailbox_is_asked_about(erasure):
    erasure.write(
        f"update table_contact set e_mail = 'ann.lee@example.com' where objid = {mini.NAMESAKE}"
    )
    plan = erasure.plan()
    found = {
        r.mention.column: r.why
        for r in plan.reviews
        if r.mention.table.name == "table_contact" and r.mention.key[0] == mini.NAMESAKE
    }
    assert {c for c, why in found.items() if why == TWICE} >= {"first_name", "last_name"}
    assert "e_mail" in found
    assert not asked(plan)


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("Contact {mail}, Austin TX", True),
        ("{mail}, 78701 Austin", True),
        ("Austin office, closed on Mondays", False),
        ("{mail} in Dallas", False),
    ],
)
def test_the_town_beside_something_of_the_subject_is_asked_about(called, said, asks):  # noqa: F811
    erasure, told = called("Ann", "Lee"), said.format(mail=MAIL)
    assert outcome(erasure, told) == [(said.format(mail="[EMAIL]"), BESIDE if asks else "")]


@pytest.mark.parametrize(
    ("entity", "held", "said", "strength"),
    [
        ("IP_ADDRESS", "81.44.201.7", "from 81.44.201.7 today", "doubt"),
        ("IP_ADDRESS", "192.168.0.1", "from 192.168.0.1 today", ""),
        ("BANK_ACCOUNT", "GB33BUKB20201555555555", "to GB33 BUKB 2020 1555 5555 55", "strong"),
        ("DEVICE_ID", "a4f0-9c3e-77", "device a4f0-9c3e-77", "strong"),
        ("MAC_ADDRESS", "00:1B:44:11:3A:B7", "at 00-1b-44-11-3a-b7", "strong"),
    ],
)
def test_accounts_devices_and_addresses_of_the_internet_are_looked_for(
    entity, held, said, strength
):
    found = Matcher(Identity.of(read({"held": held}, {"held": entity}))).find(said)
    assert [m.strength for m in found] == ([strength] if strength else [])


@pytest.mark.parametrize(
    ("born", "said"),
    [
        ("1980-12-06", "mobile de sa femme 06 12 80 45 33, {mail}"),
        ("1980-12-06", "card 06 12 1980 4455 {mail}"),
        ("1980-03-04", "{mail}, router firmware 4.3.80 installed"),
        ("1980-03-04", "{mail}: Rechnung vom 4. März 80 Euro"),
        ("1980-03-04", "{mail} order 19800304"),
        ("1980-10-12", "{mail} Platte 12 x 1980 mm"),
        ("2003-02-01", "{mail} ver 1.2.03"),
    ],
)
def test_what_may_be_another_number_is_no_day_of_birth_for_sure(called, born, said):  # noqa: F811
    erasure = called("Ann", "Lee")
    born_on(erasure, born)
    ((text, _),) = outcome(erasure, said.format(mail=MAIL))
    assert text == said.format(mail="[EMAIL]")


@pytest.mark.parametrize(
    "said",
    ["dob=09.04.1980;{mail}", "name=x&dob=20-03-1980&mail={mail}", "{mail}, geb. 4. März 80"],
)
def test_a_day_of_birth_behind_an_equals_sign_or_a_word_of_birth_goes(called, said):  # noqa: F811
    born = {"dob=09": "1980-04-09", "name=x": "1980-03-20"}.get(said[:6], "1980-03-04")
    erasure = called("Ann", "Lee")
    born_on(erasure, born)
    ((text, _),) = outcome(erasure, said.format(mail=MAIL))
    assert "[DATE]" in text


@pytest.mark.parametrize(
    "said",
    ["another Ann Lee called, not {mail}", "The wife, Ann Lee, called from {mail}", "{mail}: caller is mother (Ann Lee)"],
)  # fmt: skip
def test_a_role_in_front_of_a_comma_or_a_bracket_counts(called, said):  # noqa: F811
    erasure = called("Ann", "Lee")
    ((text, why),) = outcome(erasure, said.format(mail=MAIL))
    assert text == said.format(mail="[EMAIL]")
    assert why == ROLE
