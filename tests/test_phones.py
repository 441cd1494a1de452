"""A phone number is found however its country writes and dials it."""

import time

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from scanner.identity import Identity, read
from scanner.matcher import Matcher

FEWEST = 6
"""With fewer digits a number could be anything."""

FORMATS = (
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.E164,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
)


def looking(held: str) -> Matcher:
    return Matcher(Identity.of(read({"phone": held}, {"phone": "PHONE_NUMBER"})))


def written(region: str, kind: int) -> list[str]:
    """Write the example of a country in all ways, those with its calling code first."""
    number = phonenumbers.example_number_for_type(region, kind)
    if number is None or len(str(number.national_number)) < FEWEST:
        return []
    said = [phonenumbers.format_number(number, way) for way in FORMATS]
    return [*said, f"00{said[1][1:]}"]


@pytest.mark.parametrize("kind", [PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE])
def test_it_is_found_in_the_ways_of_every_country(kind):
    missed = [
        (region, said)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for ways in [written(region, kind)]
        for held in ways[:2]
        for said in ways
        if not looking(held).find(f"call {said} now")
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("+90 212 212 67 04", "+90 212 212 67 04"),
        ("+420 601 123 456", "00420601123456"),
        ("+30 21 2345 6780", "+30 (21) 2345-6780"),
        ("+36 1 234 5678", "(06 1) 234 5678"),
        ("+54 9 11 2345-6780", "011 15-2345-6780"),
    ],
)
def test_all_of_it_is_found(held, said):
    (match,) = looking(held).find(f"call {said} now")
    assert f"call {said} now"[match.span.start : match.span.end] == said


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("+90 212 212 67 04", "+91 212 212 67 04"),
        ("+30 21 2345 6780", "+39 21 2345 6780"),
        ("+36 1 234 5678", "(07 1) 234 5678"),
    ],
)
def test_another_countrys_with_the_same_digits_is_somebody_elses(held, said):
    assert looking(held).find(f"call {said} now") == ()


@pytest.mark.parametrize(
    ("held", "said", "strength"),
    [
        ("+49 30 901820", "order 30901820", "full"),
        ("+45 20 30 40 50", "http://20.30.40.50/", "full"),
        ("+47 22 33 44 55", "22334455", "full"),
        ("+47 22 33 44 55", "4722334455", "strong"),
        ("+47 22 33 44 55", "0047 22 33 44 55", "strong"),
        ("+49 30 901820", "030/901820", "strong"),
        ("+676 23456", "+676 23-456", "strong"),
    ],
)
def test_a_number_is_as_sure_as_the_digits_that_are_written(held, said, strength):
    (match,) = looking(held).find(f"see {said} there")
    assert match.strength == strength


@pytest.mark.parametrize("held", ["+1 000 000 0000", "+1 (000) 000-0001", "+49 000000", "0000012"])
def test_what_is_no_number_is_found_nowhere(held):
    said = "10.01.20, 2011-01-01 01, 1 1 1 1 1 1 1, 49 00 00 0, +1 0 55 66 7, 12 12 12 12"
    assert looking(held).find(said) == ()


def test_few_digits_are_a_number_where_their_country_is_said_only():
    assert looking("+676 23456").find("order 23-456") == ()


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("+1 512 610 5466", "00471 512 610 5466"),
        ("+1 512 610 5466", "5126105466.00"),
        ("+54 9 11 2345-6780", "+54 11 2345 6780"),
        ("+54 11 2345-6780", "+54 9 11 2345 6780"),
        ("+52 1 55 1234 5687", "+52 55 1234 5687"),
        ("+52 55 1234 5687", "+52 1 55 1234 5687"),
    ],
)
def test_what_stands_around_it_hides_it_not(held, said):
    (match,) = looking(held).find(said)
    assert match.strength == "strong"


@pytest.mark.parametrize("text", ["1" + " " * 200_000 + "+", "5126105466 " * 20_000])
def test_long_texts_take_no_longer_for_their_length(text):
    began = time.process_time()
    looking("+1 512 610 5466").find(text)
    assert time.process_time() - began < 15


@pytest.mark.parametrize(
    ("held", "said", "strength"),
    [
        ("+1 512 610 5466", "512\\/610\\/5466", "strong"),
        ("+49 221 3948571", "0221\\/3948571", "strong"),
        ("+1 512 610 5466", "512=20610=205466", "strong"),
        ("+1 512 610 5466", "+1=20512=20610-5466", "strong"),
        ("+1 512 610 5466", "512\\~610\\~5466", "strong"),
        ("+1 512 610 5466", "512·610·5466", "strong"),
        ("+1 512 610 5466", "51~26~10~54~66", "strong"),
        ("+1 512 610 5466", "512;610;5466", "hint"),
        ("+1 512 610 5466", "512 | 610 | 5466", "hint"),
        ("+49 221 3948571", "0221 | 3948571", "strong"),
        ("+49 221 3948571", "(0221) | 3948571", "strong"),
        ("+49 221 3948571", "0221,394,8571", "doubt"),
        ("+49 221 3948571", "+49;2213;948571", "strong"),
        ("+49 221 3948571", "0049;221;3948571", "hint"),
        ("0221 3948571", "0221:3948571", "strong"),
        # what may as well be numbers of a list
        ("+1 512 610 5466", "5126;105466", "doubt"),
        ("+1 512 610 5466", "5,126,105,466", "doubt"),
        ("+49 221 3948571", "221,394,8571", "doubt"),
        ("0221 3948571", "221;3948571", "doubt"),
    ],
)
def test_signs_of_lists_part_the_groups_of_a_number(held, said, strength):
    text = f"a {said} b"
    (match,) = looking(held).find(text)
    assert (text[match.span.start : match.span.end], match.strength) == (said, strength)
    assert looking(held).touches(text)


@pytest.mark.parametrize(
    "said", ["17;512;610;5466;3", "17 | 512 | 610 | 5466 | 3", "512,610,5466,17"]
)
def test_a_number_in_its_groups_within_a_list_is_asked_about(said):
    (match,) = looking("+1 512 610 5466").find(said)
    assert match.strength == "doubt"


@pytest.mark.parametrize(
    "said",
    [
        "17,5126,105466",
        "5126;105466;17",
        "512;610;54661",
        "1512;610;5466;1.5",
        "+44;512;610;5466",
        "0044,512,610,5466",
        "512;;;;;;610;;;;;;5466",
        "5,1,2,6,1,0,5,4,6,6,7",
        "512\n;610\n;5466",
    ],
)
def test_numbers_of_a_list_with_its_digits_are_nobodys(said):
    assert looking("+1 512 610 5466").find(said) == ()


@pytest.mark.parametrize(
    "said",
    [
        "Tel. {}",
        "tel:{}",
        "Tel {}",
        "phone: {}",
        "Phone no. {}",
        "please call {}",
        "call her at {}",
        '"phone":"{}"',
        "<mobile>{}</mobile>",
        "Rufnummer: {}",
        "téléphone = {}",
    ],
)
@pytest.mark.parametrize(
    ("held", "local"),
    [("+1 512 610 5466", "6105466"), ("+49 221 3948571", "3948571"), ("512-610-5466", "6105466")],
)
def test_a_number_without_its_area_is_asked_about_behind_what_says_that_it_is_one(
    said, held, local
):
    text = said.format(local)
    (match,) = looking(held).find(text)
    assert (text[match.span.start : match.span.end], match.strength) == (local, "hint")


@pytest.mark.parametrize("label", ["see", "hotel", "recall", "reordered"])
def test_a_number_without_its_area_is_a_weak_sign_elsewhere(label):
    (match,) = looking("+1 512 610 5466").find(f"{label} 6105466")
    assert match.strength == "weak"


@pytest.mark.parametrize(
    "label",
    [
        "Order ",
        "Tel. order ",
        "invoice: ",
        "invoice:",
        "case no. ",
        "Ticket #",
        '"order_id":',
        '"order": "',
    ],
)
def test_the_number_of_a_thing_is_no_phone_without_its_area(label):
    assert looking("+1 512 610 5466").find(f"{label}6105466") == ()


def test_a_sign_of_mails_between_digits_is_a_space_and_none_behind_a_name():
    assert looking("+1 206 555 1234").find("phone1=2065551234")[0].strength == "strong"


@pytest.mark.parametrize(
    "text",
    [
        "1;" * 100_000,
        "512;610;5466;" * 15_000,
        "5;1;2;6;1;0;5;4;6;6;" * 10_000,
        "5," + "," * 200_000 + "126105466",
        "+1(" * 70_000 + "5126105466",
        "5=20" * 50_000 + "126105466",
        "Tel. 6105466 " * 15_000,
    ],
    ids=range(7),
)
def test_long_lists_take_no_longer_for_their_length(text):
    began = time.process_time()
    looking("+1 512 610 5466").find(text)
    assert time.process_time() - began < 15


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("+33 6 47 31 82 95", "scores 6,47,31,82,95"),
        ("+33 6 47 31 82 95", "| 06 | 47 | 31 | 82 | 95 |"),
        ("+1 512 610 5466", "rgb(512,610,5466)"),
    ],
)
def test_numbers_of_lists_are_never_sure(held, said):
    assert all(m.strength in ("doubt", "hint") for m in looking(held).find(said))


@pytest.mark.parametrize(
    "said",
    ["tel=09117382946", "tel=0911 7382946", "https://x.example/dial?tel=09117382946&src=web", "CALLERID=09117382946;DUR=12"],
)  # fmt: skip
def test_a_number_behind_an_equals_sign_is_no_quoted_printable(said):
    assert [m.strength for m in looking("+49 911 7382946").find(said)] == ["strong"]
