"""A phone number is found however its country writes and dials it."""

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
        ("+30 21 2345 6789", "+30 (21) 2345-6789"),
        ("+36 1 234 5678", "(06 1) 234 5678"),
        ("+54 9 11 2345-6789", "011 15-2345-6789"),
    ],
)
def test_all_of_it_is_found(held, said):
    (match,) = looking(held).find(f"call {said} now")
    assert f"call {said} now"[match.span.start : match.span.end] == said


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("+90 212 212 67 04", "+91 212 212 67 04"),
        ("+30 21 2345 6789", "+39 21 2345 6789"),
        ("+36 1 234 5678", "(07 1) 234 5678"),
    ],
)
def test_another_countrys_with_the_same_digits_is_somebody_elses(held, said):
    assert looking(held).find(f"call {said} now") == ()
