"""A street like the subject's is another's where the text puts it in another town or beside another name."""

import pytest

from scanner.subjects.reasons import NEIGHBOUR
from tests import mini
from tests.erasing import asked, noted, now

MAIL, PHONE = "x77@example.com", "512 610 5466"


@pytest.fixture
def home(single):
    """Give what houses the subject, and the database with its only mailbox."""

    def live(first: str, last: str, street: str, city: str):
        for table in ("table_contact", "contact_bkp"):
            single.write(
                f"update {table} set first_name = '{first}', s_first_name = '{first.upper()}', "
                f"last_name = '{last}', s_last_name = '{last.upper()}', e_mail = '{MAIL}' "
                f"where objid = {mini.ANN}"
            )
        single.write(
            f"update table_address set address = '{street}', city = '{city}' where objid = 1"
        )
        return single

    return live


def outcome(erasure, said):
    """Erase what is sure of a note in somebody else's case: what is left, and what is asked."""
    noted(erasure, said)
    plan = erasure.plan()
    erasure.commit(plan)
    return now(erasure)[0], asked(plan).get(500, "")


@pytest.mark.parametrize(
    "said",
    [
        "Berlin, Hauptstr. 12; {mail}",
        "10115 Berlin, Hauptstr. 12; {mail}",
        "10115 Berlin Hauptstr. 12; {mail}",
        "In Berlin, Hauptstr. 12, {mail}",
        "Wohnt in Berlin in der Hauptstr. 12, {mail}",
        "Berlin\nHauptstr. 12\n{mail}",
        "<td>Berlin</td><td>Hauptstr. 12</td><td>{mail}</td>",
        '"Berlin","Hauptstr. 12","{mail}"',
        "Hauptstr. 12 in Berlin; {mail}",
        "Hauptstr. 12 (Berlin); {mail}",
        "Hauptstr. 12 | 10115 | Berlin | {mail}",
        "Hauptstr. 12 - Berlin {mail}",
        "Hauptstr. 12 Wien {mail}",
        "Hauptstr. 12, A-1010 Wien {mail}",
        "Hauptstr. 12, Ort: Berlin, {mail}",
        "Stadt: Berlin, Straße: Hauptstr. 12, {mail}",
        '{{"city":"Berlin","street":"Hauptstr. 12","mail":"{mail}"}}',
        '{{"street":"Hauptstr. 12","city":"Berlin","mail":"{mail}"}}',
        "Praxis Dr. Weber, Bonn, Hauptstr. 12, {mail}",
        "Neue Hauptstraße 12, {mail}",
        "Zeuge Peter Weber, Hauptstr. 12; {mail}",
        "Zeuge war Peter Weber, Köln, Hauptstr. 12; {mail}",
        "Weber, Peter; Hauptstr. 12; {mail}",
        "Peter Weber (Hauptstr. 12), {mail}",
        "Herr Weber, Hauptstr. 12, {mail}",
        "Peter Weber wohnt Hauptstr. 12; {mail}",
        "Kunde: Peter Weber, Adresse: Hauptstr. 12, {mail}",
        "Peter Quist, Hauptstr. 12; {mail}",
    ],
)
def test_a_street_in_another_town_or_of_somebody_else_is_asked_about(home, said):
    erasure = home("Karl", "Quist", "Hauptstraße 12", "Köln")
    text, why = outcome(erasure, said.format(mail=MAIL))
    assert "Haupt" in text
    assert MAIL not in text
    assert why == NEIGHBOUR


@pytest.mark.parametrize(
    "said",
    [
        "Bob Ray, 12 Elm Street, Austin; {mail}",
        "Bob Ray lives at 12 Elm Street, {mail}",
        "Bob Ray's, 12 Elm Street, {mail}",
        "Mr. Ray, 12 Elm Street; {mail}",
        "12 Elm Street Boston {mail}",
        "12 Elm St, Boston, MA 02101 {mail}",
        "12 Elm Street, Apt 4, Boston {mail}",
        "Old Elm Street 12 {mail}",
    ],
)
def test_so_it_is_in_english(home, said):
    erasure = home("Ann", "Lee", "12 Elm Street", "Austin")
    text, why = outcome(erasure, said.format(mail=MAIL))
    assert "Elm" in text
    assert why == NEIGHBOUR


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Hauptstr. 12; {mail}", "[ADDRESS]; {mail}"),
        ("{mail}: Hauptstr. 12", "{mail}: [ADDRESS]"),
        ("Köln, Hauptstr. 12; {mail}", "[ADDRESS], [ADDRESS]; {mail}"),
        ("50667 Köln, Hauptstr. 12, {mail}", "50667 [ADDRESS], [ADDRESS], {mail}"),
        ("Kunde Köln, Hauptstr. 12, {mail}", "Kunde [ADDRESS], [ADDRESS], {mail}"),
        ("Hauptstr. 12 (Köln); {mail}", "[ADDRESS] ([ADDRESS]); {mail}"),
        ("Hauptstr. 12 | 50667 | Köln | {mail}", "[ADDRESS] | 50667 | [ADDRESS] | {mail}"),
        ("Straße: Hauptstr. 12, Ort: Köln, {mail}", "Straße: [ADDRESS], Ort: [ADDRESS], {mail}"),
        ("Karl Quist, Hauptstr. 12, {mail}", "[NAME], [ADDRESS], {mail}"),
        ("Hauptstr. 12, Karl Quist, {mail}", "[ADDRESS], [NAME], {mail}"),
        ("Karl Quist wohnt Hauptstr. 12; {mail}", "[NAME] wohnt [ADDRESS]; {mail}"),
        ("Adresse: Hauptstr. 12, {mail}", "Adresse: [ADDRESS], {mail}"),
        ("Neue Anschrift Hauptstr. 12 {mail}", "Neue Anschrift [ADDRESS] {mail}"),
        ("Guten Tag, Hauptstr. 12 Bitte an {mail}", "Guten Tag, [ADDRESS] Bitte an {mail}"),
        ("Hauptstr. 12, Telefon, {mail}", "[ADDRESS], Telefon, {mail}"),
        ("Hauptstr. 12, 2. Stock, {mail}", "[ADDRESS], 2. Stock, {mail}"),
        ("Der Kunde zog in die Hauptstr. 12, {mail}", "Der Kunde zog in die [ADDRESS], {mail}"),
    ],
)
def test_the_own_street_goes_with_the_own_town_on_either_side_of_it(home, said, left):
    erasure = home("Karl", "Quist", "Hauptstraße 12", "Köln")
    assert outcome(erasure, said.format(mail=MAIL)) == (left.format(mail="[EMAIL]"), "")


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Lives at 12 Elm Street, {mail}", "Lives at [ADDRESS], {mail}"),
        ("Visit 12 Elm Street on Monday {mail}", "Visit [ADDRESS] on Monday {mail}"),
        ("12 Elm Street, Monday, {mail}", "[ADDRESS], Monday, {mail}"),
        ("New York, 12 Elm Street, {mail}", "[ADDRESS], [ADDRESS], {mail}"),
        ("12 Elm Street, New York, NY, {mail}", "[ADDRESS], [ADDRESS], NY, {mail}"),
        ("12 Elm Street Email {mail}", "[ADDRESS] Email {mail}"),
        ("Ms. Lee, 12 Elm Street, {mail}", "Ms. [NAME], [ADDRESS], {mail}"),
    ],
)
def test_so_it_is_in_english_and_in_a_town_of_two_words(home, said, left):
    erasure = home("Ann", "Lee", "12 Elm Street", "New York")
    assert outcome(erasure, said.format(mail=MAIL)) == (left.format(mail="[EMAIL]"), "")


def test_where_no_town_of_the_subject_is_known_none_is_another_one(home):
    erasure = home("Ann", "Lee", "12 Elm Street", "")
    said = f"12 Elm Street, Boston, {MAIL}"
    assert outcome(erasure, said) == ("[ADDRESS], Boston, [EMAIL]", "")
