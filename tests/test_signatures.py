"""Who signs a letter is its writer; where somebody else has the same name, a part of it is asked about."""

import pytest

from scanner.subjects.reasons import NAMESAKE, SAME_PART, SIGNED
from tests.erasing import asked, noted, now

KNOWN = "account CUST-00471"


@pytest.mark.parametrize(
    "closing",
    [
        "Best regards\n", "Kind regards,\n", "<br>\nRegards<br>\n", "\tMfG\n", "BR\n> ", "Mit freundlichen Grüßen\n\t",
        "Cordialement,\n", "Saludos\n", "THANKS,\n",
    ],
)  # fmt: skip
def test_the_writer_of_a_letter_is_asked_about_and_stays(single, closing):
    said = f"See also {KNOWN}.\n{closing}Ann"
    noted(single, said)
    plan = single.plan()
    assert asked(plan) == {500: SIGNED}
    single.commit(plan)
    assert now(single) == [said.replace("CUST-00471", "[ID]")]


def test_a_whole_name_that_signs_is_asked_about_too(single):
    said = f"See also {KNOWN}.\nKind regards\nAnn Lee"
    noted(single, said)
    plan = single.plan()
    assert asked(plan) == {500: SIGNED}
    single.commit(plan)
    assert now(single) == [said.replace("CUST-00471", "[ID]")]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (
            "Kind regards\nAnn Lee\nann.lee@example.com, 512-610-5466",
            "Kind regards\n[NAME]\n[EMAIL], [PHONE]",
        ),
        ("Best regards\nAnn (CUST-00471)", "Best regards\n[NAME] ([ID])"),
        (
            "CUST-00471 sends her best regards, Ms. Ann (512-610-5466)",
            "[ID] sends her best regards, Ms. [NAME] ([PHONE])",
        ),
        ("CUST-00471: Ann, thanks\nfor all", "[ID]: [NAME], thanks\nfor all"),
    ],
)
def test_a_signature_says_whose_it_is(single, said, left):
    noted(single, said)
    plan = single.plan()
    assert not asked(plan)
    single.commit(plan)
    assert now(single) == [left]


@pytest.mark.parametrize("part", ["Ann", "A. Lee", "Mrs. Lee"])
def test_a_part_of_a_name_that_others_have_needs_something_that_touches_it(embedded, part):
    noted(embedded, f"{KNOWN} was opened for {part}", f"{KNOWN}: {part} called")
    plan = embedded.plan()
    assert set(asked(plan).values()) <= {SAME_PART}
    assert 500 in asked(plan)
    embedded.commit(plan)
    assert now(embedded)[0] == f"account [ID] was opened for {part}"


def test_what_touches_it_is_enough(embedded):
    noted(embedded, "Ann (CUST-00471) called", "CUST-00471: Ann;Lee")
    plan = embedded.plan()
    assert not asked(plan)
    embedded.commit(plan)
    assert now(embedded) == ["[NAME] ([ID]) called", "[ID]: [NAME];[NAME]"]


def test_nobody_else_of_the_name_nothing_is_asked(single):
    noted(single, "CUST-00471, Ms. Ann")
    plan = single.plan()
    assert NAMESAKE not in asked(plan).values()
    assert 500 not in asked(plan)
