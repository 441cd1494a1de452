"""A name is found in the ways in which its country shortens, joins, turns and addresses it."""

import pytest

from scanner.identity import Identity, read
from scanner.matcher import Matcher

ENTITIES = {"first": "PERSON", "last": "PERSON", "mail": "EMAIL_ADDRESS"}


def found(given: str, family: str, said: str) -> list[tuple[str, str]]:
    """Find a name in a text: what of it, and how strong that is."""
    matcher = Matcher(Identity.of(read({"first": given, "last": family}, ENTITIES)))
    return [(said[m.span.start : m.span.end], m.strength) for m in matcher.find(said)]


@pytest.mark.parametrize(
    ("given", "family", "said"),
    [
        ("María del Carmen", "García López", "María García"),
        ("María del Carmen", "García López", "Carmen García López"),
        ("José", "da Silva Santos", "José da Silva"),
        ("José", "da Silva Santos", "Jose Santos"),
        ("Jan", "van der Berg", "Berg, Jan van der"),
        ("Anna Maria", "Huber", "Annamaria Huber"),
        ("Mohammed", "Al-Rashid", "Muhammad Alrashid"),
        ("Robert", "Smith Jr.", "Bob Smith"),
        ("Robert", "Smith Jr.", "Smith Jr., Robert"),
        ("Zsófia", "Kovácsné Nagy", "Zsofia Nagy"),
    ],
)
def test_shortened_and_joined(given, family, said):
    told = found(given, family, f"Call {said} tomorrow")
    assert any(strength in ("full", "hint") and words in said for words, strength in told)


@pytest.mark.parametrize("said", ["J.-L. Picard", "J-L Picard", "JL Picard", "J. Picard"])
def test_initials_of_a_double_name_go_with_the_family_name(said):
    assert found("Jean-Luc", "Picard", f"seen by {said} today") == [(said, "weak")]


@pytest.mark.parametrize(
    "said", ["Mrs. Lee", "MRS. LEE", "Mr Lee", "Ms. Lee", "ms. Lee", "Met Lee"]
)
def test_what_stands_before_the_family_name_is_no_initial(said):
    for text in (f"{said} called", f"2024: {said}"):
        assert found("Maartje", "Lee", text) == [(said[-3:], "weak")]


@pytest.mark.parametrize("said", ["MJ Lee", "M.J.Lee", "M. J. Lee", "M J Lee", "MJ. Lee"])
def test_initials_that_no_row_holds_go_with_the_family_name(said):
    assert found("Maartje", "Lee", f"seen by {said} today") == [(said, "weak")]


@pytest.mark.parametrize(
    ("given", "family", "said", "name"),
    [
        ("太郎", "山田", "山田太郎様から電話", "山田太郎"),
        ("太郎", "山田", "山田 太郎さん", "山田 太郎"),
        ("小龙", "李", "李小龙先生来电", "李小龙"),
        ("길동", "홍", "홍길동님께 전화", "홍길동"),
        ("길동", "홍", "홍 길동 씨", "홍 길동"),
    ],
)
def test_a_form_of_address_right_behind_a_name_is_none_of_it(given, family, said, name):
    assert (name, "full") in found(given, family, said)


@pytest.mark.parametrize(
    ("given", "family", "said"),
    [("太郎", "山田", "小山田太郎"), ("小龙", "李", "请联系李小龙"), ("길동", "홍", "홍길동에게")],
)
def test_within_other_signs_it_needs_something_strong_beside_it(given, family, said):
    assert [strength for _, strength in found(given, family, said)] == ["hint"]


@pytest.mark.parametrize(
    ("given", "family", "said"),
    [
        ("明", "李", "李明天来"),
        ("小龙", "李", "李小明和王小龙"),
        ("길동", "홍", "김길동"),
        ("María del Carmen", "García López", "Carmen Ruiz"),
        ("William", "MacDonald", "William Donald"),
        ("Robert", "Smith Jr.", "Robert Smithson Jr."),
    ],
)
def test_other_peoples_names_are_theirs(given, family, said):
    assert [f for f in found(given, family, f"{said} called") if f[1] in ("full", "hint")] == []


@pytest.mark.parametrize("given", ["Anna-", "-Anna", "Anna -", "Anna-Maria-"])
def test_a_sign_at_the_end_of_a_name_is_none_of_its_words(given):
    assert found(given, "Huber", "seen by A. Huber today")
    assert [f for f in found(given, "Huber", "seen by Mr. Huber today") if "Mr" in f[0]] == []
