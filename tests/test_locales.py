"""People of all countries are found as their own rows name them, in words around them as well."""

import warnings

import pytest
from faker import Faker
from faker.config import AVAILABLE_LOCALES

from scanner.identity import Identity, read
from scanner.matcher import Matcher

ENTITIES = {
    "first_name": "PERSON",
    "last_name": "PERSON",
    "phone": "PHONE_NUMBER",
    "street": "STREET_ADDRESS",
    "mail": "EMAIL_ADDRESS",
}
MAIL = "zq.user@people.example"
PROVIDERS = ("person", "phone_number", "misc", "address")
PEOPLE = 4
DIGITS_OF_A_PHONE = 7


def person(fake: Faker) -> dict[str, str]:
    return {
        "first_name": fake.first_name(),
        "last_name": fake.last_name(),
        "phone": getattr(fake, "phone_number", str)(),
        "street": fake.street_address(),
        "mail": MAIL,
    }


def ways(row: dict[str, str]) -> list[str]:
    """Write what a row says of somebody in the ways that texts do."""
    given, family, street, phone = (row[c] for c in ("first_name", "last_name", "street", "phone"))
    said = [f"{given} {family}", f"{family}, {given}", f"{given} {family}".upper()]
    if any(c.isdigit() for c in street):
        said += [street, street.replace("\n", ", "), street.upper()]
    if sum(c.isdigit() for c in phone) >= DIGITS_OF_A_PHONE:
        said += [phone, phone.replace("-", " "), phone.replace(" ", "").replace("-", "")]
    return said


@pytest.mark.parametrize("locale", sorted(AVAILABLE_LOCALES))
def test_names_phones_and_streets_are_found(locale):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fake = Faker(locale, providers=[f"faker.providers.{p}" for p in PROVIDERS])
    fake.seed_instance(11)
    missed = []
    for _ in range(PEOPLE):
        row = person(fake)
        matcher = Matcher(Identity.of(read(row, ENTITIES)))
        for words in ways(row):
            text = f"Spoke to {words} and {MAIL} today"
            found = [
                m for m in matcher.find(text) if m.span.start == len("Spoke to ") and m.span.entity
            ]
            ends = {m.span.end for m in found}
            if not any(words.startswith(text[9:end]) and end - 9 >= len(words) - 2 for end in ends):
                missed.append(words)
    assert missed == []


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("東京都千代田区丸の内1-2-3", "送り先は東京都千代田区 丸の内1-2-3です"),
        ("和平路41號", "送到和平路41號。"),
        ("서울특별시 강남구 테헤란로 152", "서울특별시 강남구 테헤란로 152에서"),
    ],
)
def test_an_address_in_a_script_without_spaces_is_found_among_words(held, said):
    (match,) = Matcher(Identity.of(read({"street": held}, ENTITIES))).find(said)
    assert said[match.span.start : match.span.end].replace(" ", "") == held.replace(" ", "")


@pytest.mark.parametrize("said", ["送到和平路141號", "送到和平路4號", "和平街41號"])
def test_another_house_of_the_street_is_somebody_elses(said):
    assert not Matcher(Identity.of(read({"street": "和平路41號"}, ENTITIES))).find(said)


@pytest.mark.parametrize("said", ["০১৯৯৩-৫১৮১৯০", "01993 518190", "+৮৮০ ১৯৯৩ ৫১৮১৯০"])
def test_digits_of_other_scripts_are_digits(said):
    matcher = Matcher(Identity.of(read({"phone": "০১৯৯৩-৫১৮১৯০"}, ENTITIES)))
    assert [m.strength for m in matcher.find(f"call {said} now")] == ["strong"]
