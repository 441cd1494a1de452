"""A part of a name near something of the subject goes only where the text says that they belong together."""

import pytest

from scanner.subjects.reasons import (
    ABOUT_IT,
    APART,
    CODE,
    DETAIL,
    ELSES,
    LOOKS_LIKE,
    NEIGHBOUR,
    OTHER_NAME,
    SMALL,
    THING,
    WORD,
)
from tests import mini
from tests.erasing import asked, noted, now

MAIL, PHONE = "x77@example.com", "512 610 5466"


@pytest.fixture
def called(single):
    """Give what names the subject, and the database with Ann's only mailbox."""

    def name(first: str, last: str):
        for table in ("table_contact", "contact_bkp"):
            single.write(
                f"update {table} set first_name = '{first}', s_first_name = '{first.upper()}', "
                f"last_name = '{last}', s_last_name = '{last.upper()}', e_mail = '{MAIL}' "
                f"where objid = {mini.ANN}"
            )
        return single

    return name


def outcome(erasure, *said):
    """Erase what is sure of notes in somebody else's case: what is left, and what is asked of each."""
    noted(erasure, *said)
    plan = erasure.plan()
    erasure.commit(plan)
    why = asked(plan)
    return [(text, why.get(n, "")) for n, text in enumerate(now(erasure), start=500)]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Ann ({mail}) called", "[NAME] ({mail}) called"),
        ("Call Ann, {mail}", "Call [NAME], {mail}"),
        ("{mail} Lee", "{mail} [NAME]"),
        ("Lee: {mail}", "[NAME]: {mail}"),
        ("Ms. Lee, {mail}", "Ms. [NAME], {mail}"),
        ("Customer: Ann\nMail: {mail}", "Customer: [NAME]\nMail: {mail}"),
        ("Ann called from {mail}", "[NAME] called from {mail}"),
        ("Ann's number is {mail}", "[NAME]'s number is {mail}"),
        ("Ann;Lee;{mail}", "[NAME];[NAME];{mail}"),
        ('{{"first":"Ann","last":"Lee","mail":"{mail}"}}',
         '{{"first":"[NAME]","last":"[NAME]","mail":"{mail}"}}'),
    ],
)  # fmt: skip
def test_what_goes_with_it_is_erased(called, said, left):
    erasure = called("Ann", "Lee")
    assert outcome(erasure, said.format(mail=MAIL)) == [(left.format(mail="[EMAIL]"), "")]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("{mail} was told by Ann", APART),
        ("Agent: Ann\nMail: {mail}", APART),
        ("Hi Ann,\nwe wrote to {mail}", APART),
        ("From: Ann\nTo: {mail}", APART),
        ("Agent Ann: {mail}", APART),
        ("assigned to Ann, {mail}", APART),
        ("Handled by Lee ({mail})", APART),
        ("Atlanta, Lee, {mail}", APART),
        ("12345 Lee\n{mail}", APART),
        ("Bob Ray\nLee\n{mail}", APART),
        ("Lee & Partner, {mail}", THING),
        ("Meier & Lee {mail}", OTHER_NAME),
        ("Bob,Lee,{mail}", OTHER_NAME),
        ("Hi Ann,\n\nLee asked for {mail}", ABOUT_IT),
        ("Team: Ann, Lee, Eva. {mail}", LOOKS_LIKE),
        ("mary ann lee {mail}", OTHER_NAME),
        ("Ann Lee [mailto:jt@x.example]\nTo: {mail}", ELSES),
        ("created_by: Lee, email: {mail}", APART),
        ("Bearbeiter: Lee, Kunde: {mail}", APART),
        ("{mail} escalated to Lee", APART),
        ('{{"agent":"Ann","customer":"{mail}"}}', APART),
        ('{{"email":"{mail}","city":"Lee"}}', APART),
        ("{mail} (Lee family)", THING),
        ("Familie Lee {mail}", THING),
        ("Bob wrote, cc {mail}. Lee wants a refund.", APART),
        ("Mr B Lee {mail}", OTHER_NAME),
        ("J.-A. Lee {mail}", OTHER_NAME),
        ("Lee, B. {mail}", OTHER_NAME),
        ("Lee Van Cleef {mail}", OTHER_NAME),
        ("Jan Van Lee {mail}", OTHER_NAME),
        ("Van Lee {mail}", OTHER_NAME),
        ("Pieter van den Lee {mail}", OTHER_NAME),
        ("{mail}: Ann Lee De Rosa pays", OTHER_NAME),
        ("{mail}: Ann Lee Jr. pays", OTHER_NAME),
        ("{mail}: Ann Lee III pays", OTHER_NAME),
    ],
)
def test_anything_else_is_asked_about_and_stays(called, said, why):
    erasure, told = called("Ann", "Lee"), said.format(mail=MAIL)
    assert outcome(erasure, told) == [(said.format(mail="[EMAIL]"), why)]


@pytest.mark.parametrize(
    ("first", "last", "said", "why"),
    [
        ("Mark", "Case", "{mail} Case 123 closed", THING),
        ("Mark", "Case", "*** CASE 04/12/2019 {mail}", THING),
        ("Will", "Price", "{mail}: Price 12.50 EUR", THING),
        ("Will", "Price", "Will call back {mail}", WORD),
        ("Will", "Price", "{mail} Will Price increase apply?", WORD),
        ("May", "Page", "{mail} 6 May", THING),
        ("Anton", "Koch", "{mail} Koch gesucht", WORD),
        ("Victor", "Hugo", "{mail} rue Victor Hugo", THING),
        ("Victor", "Hugo", "{mail} 12, quai Victor Hugo", THING),
        ("Giuseppe", "Verdi", "{mail} via Giuseppe Verdi 5", THING),
        ("Customer", "Service", "{mail} Service down", WORD),
        ("Customer", "Service", "Customer Service called {mail}", WORD),
        ("Long", "Island", "long island iced tea {mail}", LOOKS_LIKE),
        ("Thomas", "Martin", "Thomas\nMartin\nPeter\n{mail}", OTHER_NAME),
        ("Carl", "Goethe", "{mail} Carl Goethe e.K.", THING),
        ("Jan", "Vermeer", "{mail} Vermeer B.V.", THING),
        ("Jan", "Vermeer", "Gebr. Vermeer {mail}", THING),
        ("Robert", "Miller", "{mail} Miller's Pub", THING),
        ("Janet", "Vries", "From: Jan Vries\nTo: {mail}", LOOKS_LIKE),
        ("Jan", "Vries", "Janet Vries {mail}", LOOKS_LIKE),
        ("Robert", "Miller", "Robert Tiller {mail}", LOOKS_LIKE),
        ("Robert", "Miller", "Robert Miller sen. {mail}", OTHER_NAME),
        ("Andrea", "Conti", "From: Andrea Conte <a.conte@x.example>\nTo: {mail}", LOOKS_LIKE),
        ("Robert", "Miller", "{mail} Bob", LOOKS_LIKE),
        ("Eva", "Müller-Weiß", "Frau Müller {mail}", LOOKS_LIKE),
    ],
)
def test_words_things_and_other_names_are_asked_about(called, first, last, said, why):
    erasure, told = called(first, last), said.format(mail=MAIL)
    (found,) = outcome(erasure, told)
    assert found == (said.format(mail="[EMAIL]"), why)


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("Jan", "Sent: 06 Jan 2019 10:00 {mail}"),
        ("Jan", "Jan 6 10:00:01 mx postfix: to=<{mail}>"),
        ("Jan", "06-JAN-20 {mail}"),
        ("May", "Monday, May 6, 2019 {mail}"),
        ("May", "{mail} 06/May/2019:10:00:00"),
        ("April", "{mail}: April 2019"),
    ],
)
def test_the_month_of_a_date_is_no_name(called, first, said):
    erasure = called(first, "Quist")
    assert outcome(erasure, said.format(mail=MAIL)) == [(said.format(mail="[EMAIL]"), "")]


def test_relatives_of_the_same_family_are_not_taken_for_each_other(called):
    erasure = called("Maria", "Cruz")
    told = f"José Cruz, her husband, {MAIL}"
    assert outcome(erasure, told)[0][0].startswith("José Cruz")


@pytest.mark.parametrize(
    "label", ["Order", "invoice", "PO", "Case", '{"order_id":', "Rechnung Nr."]
)
def test_the_number_of_a_thing_is_asked_about(called, label):
    erasure = called("Ann", "Lee")
    erasure.write(f"update table_contact set x_cust_ref = '10004711' where objid = {mini.ANN}")
    said = [f"{label} 10004711", "customer 10004711"]
    assert outcome(erasure, *said) == [(said[0], CODE), ("customer [ID]", "")]


def test_a_number_that_is_a_key_somewhere_is_asked_about_everywhere(called):
    erasure = called("Ann", "Lee")
    erasure.write(f"update table_contact set x_cust_ref = '10004711' where objid = {mini.ANN}")
    erasure.write("update table_case set id_number = '10004711' where objid = 3")
    ((text, why),) = outcome(erasure, "see 10004711")
    assert text == "see 10004711"
    assert why


def test_a_street_in_another_town_is_asked_about(called):
    erasure = called("Ann", "Lee")
    erasure.write(
        "update table_address set address = '12 Elm Street', city = 'Austin' where objid = 1"
    )
    said = [f"{MAIL} 12 Elm St, Boston MA", f"{MAIL} 12 Elm St, Austin TX"]
    assert outcome(erasure, *said) == [
        ("[EMAIL] 12 Elm St, Boston MA", NEIGHBOUR),
        ("[EMAIL] [ADDRESS], [ADDRESS] TX", ""),
    ]


@pytest.mark.parametrize(
    ("said", "left", "why"),
    [
        ("Bob Ray born 03/04/1980, cc {mail}", "Bob Ray born 03/04/1980, cc {mail}", ELSES),
        ("Ann Lee, born 4 March 1980, {mail}", "[NAME], born [DATE], {mail}", ""),
        ("1980-03-04 10:30:00 {mail} login", "1980-03-04 10:30:00 {mail} login", ""),
        ("{mail} 1980-03-04 00:00:00", "{mail} [DATE] 00:00:00", ""),
    ],
)
def test_a_date_is_the_birth_of_whom_the_text_says(called, said, left, why):
    erasure = called("Ann", "Lee")
    erasure.write(
        "update table_contact set x_dateofbirth = '1980-03-04 00:00:00.000000' "
        f"where objid = {mini.ANN}"
    )
    assert outcome(erasure, said.format(mail=MAIL)) == [(left.format(mail="[EMAIL]"), why)]


def test_a_day_that_programs_write_where_they_know_none_is_nobodys_birth(called):
    erasure = called("Ann", "Lee")
    erasure.write(
        "update table_contact set x_dateofbirth = '1970-01-01 00:00:00.000000' "
        f"where objid = {mini.ANN}"
    )
    assert outcome(erasure, f"{MAIL} last login 1970-01-01") == [
        ("[EMAIL] last login 1970-01-01", "")
    ]


@pytest.mark.parametrize("cell", [f"b@x.example, {MAIL}", "Ann Quillfeather wrote"])
def test_a_name_elsewhere_in_a_row_that_names_the_subject_is_asked_about(called, cell):
    erasure = called("Ann", "Quillfeather")
    erasure.write("create table x_mail (id integer primary key, cc varchar(80), body varchar(200))")
    erasure.write(f"insert into x_mail values (1, '{cell}', 'we met Quillfeather there')")
    made = type(erasure)(erasure.url, erasure.journal.path.parent)
    plan = made.plan()
    asked_about = [(r.mention.table.name, r.mention.column) for r in plan.reviews]
    made.engine.dispose()
    assert ("x_mail", "body") in asked_about


def test_a_reference_that_equals_the_key_can_be_erased(single):
    single.write(f"update table_contact set x_cust_ref = objid where objid = {mini.ANN}")
    single.commit(single.plan())
    assert "ann.lee@example.com" not in mini.texts(single.url)


def test_names_in_small_letters_are_asked_about_in_a_text_about_the_subject(called):
    erasure = called("Ann", "Lee")
    said = f"[10:31] ann: hello\n[10:33] ann: my mail is {MAIL}"
    assert outcome(erasure, said, "ann came by") == [
        (said.replace(MAIL, "[EMAIL]"), SMALL),
        ("ann came by", ""),
    ]


def test_a_whole_name_with_the_day_of_birth_beside_it_is_the_subjects(called):
    erasure = called("Ann", "Lee")
    erasure.write(
        "update table_contact set x_dateofbirth = '1980-12-01 00:00:00.000000' "
        f"where objid = {mini.ANN}"
    )
    said = ["Ann Lee (* 1.12.1980)", "born 01-DEC-1980, Ann Lee", "Ann Lee and 1.12.1980"]
    left = ["[NAME] (* [DATE])", "born [DATE], [NAME]", "Ann Lee and 1.12.1980"]
    assert [text for text, _ in outcome(erasure, *said)] == left


@pytest.mark.parametrize(
    "said", ["{mail}: will price called", "will price called", "Will price {mail}"]
)
def test_a_whole_name_of_words_is_asked_about_in_small_letters_too(called, said):
    erasure, told = called("Will", "Price"), said.format(mail=MAIL)
    ((text, why),) = outcome(erasure, told)
    assert text == said.format(mail="[EMAIL]")
    assert why


def test_what_people_do_is_no_name_in_small_letters(called):
    erasure = called("Customer", "Service")
    assert outcome(erasure, "call customer service") == [("call customer service", "")]


@pytest.mark.parametrize(
    ("held", "said", "left"),
    [
        ("PO Box 123", "P.O. Box 123 {mail}", "[ADDRESS] {mail}"),
        ("Flat 4, 10 High Street", "10 High Street {mail}", "[ADDRESS] {mail}"),
        ("Calle Mayor 3, 2º B", "Calle Mayor 3 {mail}", "[ADDRESS] {mail}"),
        ("ul. Długa 7/3", "Długa 7/3 {mail}", "[ADDRESS] {mail}"),
        ("Hauptstraße 5", "Haupt Straße Nr. 5 {mail}", "[ADDRESS] {mail}"),
        ("Hauptstraße 5", "Hauptstraße 5-7 {mail}", "Hauptstraße 5-7 {mail}"),
        ("Hauptstraße 5", "Hauptstraße 5 Uhr {mail}", "Hauptstraße 5 Uhr {mail}"),
        ("Via Roma 10", "via Roma 10 maggio {mail}", "via Roma 10 maggio {mail}"),
        ("1st Floor", "1st floor {mail}", "1st floor {mail}"),
        ("350 5th Ave", "350 calls of {mail}", "350 calls of {mail}"),
        ("350 5th Ave", "350 5th Ave {mail}", "[ADDRESS] {mail}"),
        ("12 Rue M Dupont", "12 rue Victor {mail}", "12 rue Victor {mail}"),
        ("Na Příkopě 12", "Na Příkopě 12 {mail}", "[ADDRESS] {mail}"),
        ("Via Roma 10", "Roma 10 {mail}", "Roma 10 {mail}"),
        ("See notes 2019", "See notes 2019 {mail}", "See notes 2019 {mail}"),
        ("N/A 000000", "N/A 000000 {mail}", "N/A 000000 {mail}"),
    ],
)
def test_streets_are_known_however_people_write_them_and_nothing_else_is(called, held, said, left):
    erasure = called("Ann", "Lee")
    erasure.write(f"update table_address set address = '{held}', city = 'Austin' where objid = 1")
    ((text, _),) = outcome(erasure, said.format(mail=MAIL))
    assert text == left.format(mail="[EMAIL]")


@pytest.mark.parametrize(
    ("login", "said", "left"),
    [
        ("support", "The support team, {mail}", "The support team, {mail}"),
        ("web_user", "web_user is down", "web_user is down"),
        ("2019-04-12", "on 2019-04-12 called", "on 2019-04-12 called"),
        ("annlee7", "annlee7 logged in", "[ID] logged in"),
    ],
)
def test_a_login_that_is_made_of_words_is_not_taken_for_sure(called, login, said, left):
    erasure = called("Ann", "Lee")
    erasure.write(
        f"update table_web_user set login_name = '{login}' where web_user2contact = {mini.ANN}"
    )
    ((text, _),) = outcome(erasure, said.format(mail=MAIL))
    assert text == left.format(mail="[EMAIL]")


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("{phone}\n#4711 closed by Bob", "{phone}\n#4711 closed by Bob"),
        ("{phone} #14 Oak Street", "{phone} #14 Oak Street"),
        ("{phone} x 12 units ordered", "{phone} x 12 units ordered"),
        ("{phone} x 100.50 EUR", "{phone} x 100.50 EUR"),
        ("{phone} #2019-04", "{phone} #2019-04"),
        ("{phone} x12", "{phone}"),
        ("{phone} ext. 12 please", "{phone} please"),
        ("{phone} x77@example.com", "{phone} {mail}"),
        ("{phone}-x77@example.com", "{phone}-{mail}"),
        ("{phone}.x77@example.com", "{phone}.{mail}"),
        ("CUST-00471-x77@example.com", "[ID]-{mail}"),
        ("x77@example.com'x77@example.com", "{mail}'{mail}"),
        ("{phone}.{phone}", "{phone}.{phone}"),
        ("{phone}=\r\nx77@example.com", "{phone}=\r\n{mail}"),
        ("x77@example.com=\n{phone}", "{mail}=\n{phone}"),
    ],
)
def test_a_number_ends_where_it_ends_and_hides_nothing_behind_it(called, said, left):
    erasure = called("Ann", "Lee")
    text = said.format(phone="5126105466", mail=MAIL)
    assert outcome(erasure, text) == [(left.format(phone="[PHONE]", mail="[EMAIL]"), "")]


def test_a_former_address_behind_the_name_is_asked_about_whatever_its_street_is_called(called):
    erasure = called("Ann", "Lee")
    said = f"{MAIL}: ship to Ann Lee, Incrocio Sylvia, 213, Pian Di Pieca."
    ((text, why),) = outcome(erasure, said)
    assert text == "[EMAIL]: ship to [NAME], Incrocio Sylvia, 213, Pian Di Pieca."
    assert why == DETAIL
