"""Whatever people note in the fields of a name, and however a name is parted in a text, it is found."""

import pytest

from scanner.identity import Identity, read, typed
from scanner.matcher import Matcher
from tests import mini
from tests.erasing import asked, noted

CROWD = 45
"""So many rows of others with each part of the name that it is common."""


def pairs(identifiers) -> set[str]:
    return {i.value.replace("\n", " + ") for i in identifiers if "\n" in i.value}


@pytest.mark.parametrize(
    ("first", "last", "called"),
    [
        ("Mrs. Ann", "Lee (deceased)", {"Ann + Lee"}),
        ("Ann M.", "Lee - VIP", {"Ann + Lee"}),
        ('Ann "Annie"', "Lee*", {"Ann + Lee", "Annie + Lee"}),
        ("Ann", "Lee/Brown", {"Ann + Lee", "Ann + Brown"}),
        ("Ann", "Brown née Lee", {"Ann + Lee", "Ann + Brown"}),
        ("Ann", "van den Berg", {"Ann + van den Berg"}),
        ("Ann Lee", "Ann Lee", {"Ann + Lee"}),
        ("Ann\nMarie", "Lee", {"Ann Marie + Lee"}),
        ("A", "Lee", {"A + Lee"}),
        ("n/a", "-", set()),
        ("unknown", "unknown", set()),
    ],
)
def test_what_stands_beside_a_name_in_its_fields_is_no_name(first, last, called):
    row = {"first_name": first, "last_name": last}
    assert pairs(read(row, dict.fromkeys(row, "PERSON"))) == called


@pytest.mark.parametrize(
    ("whole", "called"),
    [
        ("Ann Lee", {"Ann + Lee"}),
        ("Lee, Ann", {"Ann + Lee"}),
        ("Ann van Dyk", {"Ann + van Dyk"}),
        ("Dr. Ann Marie Lee", {"Ann Marie + Lee"}),
        ("Acme Industries GmbH", set()),
        ("Nathan Lane", {"Nathan + Lane"}),
        ("Mr Lee", set()),
    ],
)
def test_a_name_in_one_field_has_a_given_and_a_family_part(whole, called):
    assert pairs(typed(whole, "PERSON")) == called


@pytest.fixture
def crowded(single):
    """Give the database with many notes of others in which Ann, and Lee, stand alone."""
    single.write("create table x_log (id integer primary key, body varchar(200))")
    for n in range(CROWD):
        single.write(f"insert into x_log values ({2 * n}, 'Ann rang'), ({2 * n + 1}, 'Lee rang')")
    return single


@pytest.mark.parametrize(
    "said",
    [
        "First name: Ann\nLast name: Lee",
        "Vorname: Ann\nNachname: Lee",
        '{"first_name": "Ann", "last_name": "Lee"}',
        "<first>Ann</first><last>Lee</last>",
        "first_name=Ann&last_name=Lee",
        "Ann;Lee;5",
        "Ann | Lee | x",
        "N:Lee;Ann;;;",
        "Lee (Ann)",
        'Ann "Annie" Lee',
        "Ann Lees Vertrag",
        "Lee, Mrs Ann",
        "Lee Dr. Ann",
        "First name Ann, last name Lee",
        "Nachname Lee\nVorname Ann",
        "FN: Ann LN: Lee",
        "Surname: LEE Forenames: ANN",
        "1;Ann;;Lee;x",
        "PID|1||LEE^ANN",
        "NM1*IL*1*Lee*Ann",
        "(1, 'Ann', NULL, 'Lee')",
        '<p first="Ann" middle="" last="Lee"/>',
        '<c FirstName="Ann" Title="Ms" LastName="Lee" />',
        '{"name":[{"family":"Lee","given":["Ann"]}]}',
    ],
)
def test_a_whole_name_in_fields_or_cells_is_asked_about_however_common_its_parts(crowded, said):
    made = type(crowded)(crowded.url, crowded.journal.path.parent)
    noted(made, said)
    assert 500 in asked(made.plan())
    made.engine.dispose()


def test_a_name_in_two_cells_is_asked_about_however_common_its_parts(crowded):
    crowded.write(
        "create table x_ship (id integer primary key, given varchar(40), family varchar(40))"
    )
    crowded.write("insert into x_ship values (1, 'Ann', 'Lee'), (2, 'Ann', 'Ray')")
    made = type(crowded)(crowded.url, crowded.journal.path.parent)
    asked_about = {r.mention.key for r in made.plan().reviews if r.mention.table.name == "x_ship"}
    made.engine.dispose()
    assert asked_about == {(1,)}


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("A", "Lee", "A. Lee called"),
        ("Ann", "L", "Ann L. called"),
        ("Ann", "Lee (deceased)", "Ann Lee called"),
        ("Ann Marie", "Lee", "Ann Lee called"),
        ("Ann", "Lee/Brown", "Ann Brown called"),
    ],
)
def test_a_cluttered_name_is_asked_about_in_texts_of_others(crowded, first, last, said):
    for table in ("table_contact", "contact_bkp"):
        crowded.write(
            f"update {table} set first_name = '{first}', last_name = '{last}' "
            f"where objid = {mini.ANN}"
        )
    made = type(crowded)(crowded.url, crowded.journal.path.parent)
    noted(made, said)
    assert 500 in asked(made.plan())
    made.engine.dispose()


@pytest.mark.parametrize(
    ("held", "strengths"),
    [("12-34-5678", ["strong"]), ("10.20.3000", ["strong"]), ("2019-04-12", []), ("4/12/2019", [])],
)
def test_a_day_is_no_id_and_what_only_looks_like_one_is(held, strengths):
    assert [i.strength for i in typed(held, "CUSTOMER_ID")] == strengths


@pytest.mark.parametrize(
    "said", ["user=jsmith", "CORP\\jsmith", "username: jsmith", "login jsmith locked"]
)
def test_a_login_of_letters_is_asked_about_where_it_is_said_to_be_one(said):
    matcher = Matcher(Identity.of(typed("jsmith", "USERNAME")))
    assert [m.strength for m in matcher.find(said)] == ["doubt"]
    assert not any(m.strength != "weak" for m in matcher.find("jsmith was here"))


@pytest.mark.parametrize(
    "said", ["02795 823848", "02795/823848", "+44 2795 823848", "0044 2795 823848"]
)
def test_a_number_of_a_numeric_column_says_its_country_without_a_sign(said):
    matcher = Matcher(Identity.of(typed("442795823848", "PHONE_NUMBER")))
    assert [m.strength for m in matcher.find(said)] == ["strong"]


@pytest.mark.parametrize(
    ("kind", "held", "said"),
    [
        ("PHONE_NUMBER", "201-555-0148", "call (201) 555-"),
        ("PHONE_NUMBER", "201-555-0148", "call +1 201.555.01"),
        ("PHONE_NUMBER", "+49 30 901820", "ruf 030 9018"),
        ("EMAIL_ADDRESS", "becky.holmes008@post.example", "keep becky."),
        ("PERSON", "Simon Bergström", "Same problem as Simon"),
    ],
)
def test_what_a_column_cuts_off_is_asked_about(kind, held, said):
    matcher = Matcher(Identity.of(typed(held, kind)))
    assert [m.strength for m in matcher.find(said, cut=True)] == ["doubt"]
    assert not any(m.strength != "weak" for m in matcher.find(said))


def test_a_full_column_is_looked_at_where_it_ends(crowded):
    said = "Same problem as Ann Le".rjust(255, ".")
    crowded.write("create table x_short (id integer primary key, body varchar(255))")
    crowded.write(
        f"insert into x_short values (1, '{said[:-3]}'), (2, '{said}'), (3, 'as Ann Brown')"
    )
    made = type(crowded)(crowded.url, crowded.journal.path.parent)
    found = [r.mention.key for r in made.plan().reviews if r.mention.table.name == "x_short"]
    made.engine.dispose()
    assert (2,) in found


@pytest.mark.parametrize(
    ("held", "said", "strength"),
    [
        ("ann.lee7@gmail.com", "annlee7@googlemail.com", "strong"),
        ("ann.lee7@gmail.com", "ann.lee7@googlemail.com", "strong"),
        ("mailto:ann.lee7@x.example", "ann.lee7@x.example", "strong"),
        ("ann@xn--mller-kva.example", "ann@müller.example", "strong"),
        ("ann.lee7@x.example", "<bounces+12-ann.lee7=x.example@em1.example>", "doubt"),
    ],
)
def test_a_mailbox_is_found_however_mail_systems_write_it(held, said, strength):
    matcher = Matcher(Identity.of(typed(held, "EMAIL_ADDRESS")))
    assert strength in [m.strength for m in matcher.find(said)]
