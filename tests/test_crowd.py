"""A glance says which rows may tell of somebody, a look which do: never fewer, and the same as one by one."""

from sqlalchemy import Column, String

from scanner.identity import Identity, read
from scanner.matcher import Matcher
from scanner.subjects.crowd import Crowd

COLUMNS = [Column("title", String(40)), Column("notes", String(4000))]
CALLED = {"first_name": "PERSON", "last_name": "PERSON", "e_mail": "EMAIL_ADDRESS"}
PEOPLE = {
    key: Identity.of(read({"first_name": given, "last_name": family, "e_mail": mail}, CALLED))
    for key, given, family, mail in (
        (7, "Ann", "Delgado", "ann@example.com"),
        (8, "Bob", "Delgado", "bob@example.com"),
        (9, "", "", ""),
    )
}
ROWS = [
    ("a call", "Ann Delgado rang"),
    ("Delgado", "wrote bob@example.com"),
    ("a visit", "the Delgado family; their neighbour Ann was not asked"),
    ("nothing", None),
    ("Ann", "Delgado"),
]
TEXTS = ["\0".join(filter(None, row)) for row in ROWS]


def _told(crowd=None, **options):
    return (crowd or Crowd(PEOPLE)).told(COLUMNS, ROWS, **options)


def test_a_look_reads_what_a_glance_only_suspects():
    assert _told(sure=False, texts=TEXTS) == {0: {7}, 1: {8}, 2: {7}}
    assert _told(sure=True, texts=TEXTS) == {0: {7}, 1: {8}}


def test_texts_that_are_not_at_hand_change_nothing():
    assert _told(sure=True) == _told(sure=True, texts=TEXTS)


def test_only_those_who_matter_are_looked_for():
    nobody: set[int] = set()
    assert _told(sure=True, whom=[{8}, {7, 8}, {7}, nobody, {7, 8}]) == {1: {8}}


def test_what_is_said_of_each_is_what_the_matcher_of_each_finds():
    told = _told(sure=True)
    for key, identity in PEOPLE.items():
        matcher = Matcher(identity)
        for n, row in enumerate(ROWS):
            found = [m for cell in row if cell for m in matcher.find(cell)]
            assert (key in told.get(n, ())) == any(m.strength != "weak" for m in found)


def test_a_whole_name_in_one_column_needs_all_its_words():
    whole = Identity.of(read({"holder": "Ann Maria Delgado"}, {"holder": "PERSON"}))
    crowd = Crowd({7: whole})
    rows = [("x", "Delgado called"), ("x", "Ann Maria Delgado called"), ("x", "Maria, of Delgado")]
    assert crowd.told(COLUMNS, rows, sure=True) == {1: {7}}
    assert crowd.told(COLUMNS, rows, sure=False).keys() == {1, 2}


def test_who_is_called_nothing_is_found_nowhere():
    crowd = Crowd(PEOPLE)
    assert not crowd.matcher(9).find("Ann Delgado")
    assert crowd.matcher(8).find("Bob Delgado")
