"""A part of another name is never taken for the subject's, nor is what only looks like a name in code."""

import pytest

from scanner.identity import Identity, read
from scanner.matcher import Matcher
from scanner.subjects.reasons import LOOKS_LIKE, OTHER_NAME, SIGNED
from tests.erasing import asked, noted, now

KINDS = {"first_name": "PERSON", "last_name": "PERSON", "e_mail": "EMAIL_ADDRESS"}


def found(first: str, last: str, said: str) -> list[tuple[str, str]]:
    row = {"first_name": first, "last_name": last, "e_mail": "ann.lee@example.com"}
    matcher = Matcher(Identity.of(read(row, KINDS)))
    matches = matcher.find(said)
    assert bool(matches) <= matcher.touches(said)
    return [(said[m.span.start : m.span.end], m.strength) for m in matches]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("CUST-00471: Ann Lee-Smith called", OTHER_NAME),
        ("CUST-00471: Mary-Ann Lee called", OTHER_NAME),
        ("CUST-00471 is Mrs. Lee. Ann Brown will call", OTHER_NAME),
        ("CUST-00471: in Lee ann parks", LOOKS_LIKE),
        ("CUST-00471 is done\n-- \nAnn", SIGNED),
        ("CUST-00471 is done\\nBest regards\\nAnn", SIGNED),
    ],
)
def test_what_may_be_another_persons_is_asked_about_and_stays(single, said, why):
    noted(single, said)
    plan = single.plan()
    assert asked(plan) == {500: why}
    single.commit(plan)
    assert now(single) == [said.replace("CUST-00471", "[ID]")]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("CUST-00471: Ann K. Lee called", "[ID]: [NAME] called"),
        ("CUST-00471: ann lee called", "[ID]: [NAME] called"),
        ("CUST-00471: Lee, Ann - called", "[ID]: [NAME] - called"),
        ('{"n":"CUST-00471:\\nAnn called"}', '{"n":"[ID]:\\n[NAME] called"}'),
    ],
)
def test_what_is_the_subjects_is_erased(single, said, left):
    noted(single, said)
    plan = single.plan()
    assert not asked(plan)
    single.commit(plan)
    assert now(single) == [left]


@pytest.mark.parametrize(
    ("first", "last", "said", "part"),
    [
        ("Ludwig", "van den Berg", "Peter van den Berg", "van den Berg"),
        ("Maria Carmen", "Ruiz", "Maria Carmen Soto", "Maria Carmen"),
        ("Ana", "García López", "Juan García López", "García López"),
    ],
)
def test_a_part_of_several_words_is_a_part_that_others_have_too(first, last, said, part):
    assert found(first, last, said) == [(part, "weak")]


def test_a_particle_stands_for_nobody():
    assert found("Ludwig", "van den Berg", "The Van, De luxe and Den") == []
    row = {"last_name": "van den Berg", "first_name": "Ludwig", "s_last_name": "VAN DEN BERG"}
    matcher = Matcher(Identity.of(read(row, dict.fromkeys(row, "PERSON"))))
    assert matcher.find("The Van, De luxe and Den") == ()


@pytest.mark.parametrize("name", ["Ann lee", "ann lee", "LEE"])
def test_a_name_that_its_row_writes_small_is_no_particle(name):
    matcher = Matcher(Identity.of(read({"name": name}, {"name": "PERSON"})))
    assert [m.strength for m in matcher.find("Mrs. Lee")] == ["weak"]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("Ann", "Lee", "Hi\\nAnn Lee\\nbye"),
        ("Ann", "Lee", "Hi\\r\\n\\tAnn Lee\\tbye"),
        ("Sean", "O'Brien", "it's Sean O\\'Brien"),
        ("Sean", "O'Brien", "values ('Sean O''Brien')"),
        ("Keoni", "Ka'ahumanu", "Keoni Kaʻahumanu"),
        ("محمد", "علي", "محمد على"),
        ("علی", "رضایی", "علي رضايي"),
    ],
)
def test_a_name_is_found_however_code_and_keyboards_write_it(first, last, said):
    assert [strength for _, strength in found(first, last, said)] == ["full"]


@pytest.mark.parametrize("said", ["x\\nann.lee@example.com\\n", "\\tann.lee@example.com"])
def test_an_address_is_found_behind_an_escaped_end_of_a_line(said):
    assert found("Ann", "Lee", said) == [("ann.lee@example.com", "strong")]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("محمد", "علي", "علي"),
        ("דוד", "כהן", "כהן"),
        ("สมชาย", "ใจดี", "สมชาย"),
        ("राम", "शर्मा", "राम"),
    ],
)
def test_a_part_of_a_name_needs_no_capital_where_its_script_has_none(first, last, said):
    assert found(first, last, f"- {said} -") == [(said, "weak")]
    assert found("Mark", "Page", "please mark the page") == []


@pytest.mark.parametrize(
    ("held", "said", "strength"),
    [
        ("李小龙", "李小龙", "full"),
        ("李小龙", "李小龙先生来电", "full"),
        ("李小龙", "请联系李小龙谈", "hint"),
        ("김민수", "김민수님", "full"),
        ("李明", "李明", "weak"),
    ],
)
def test_a_name_in_one_column_is_whole_where_its_script_parts_none(held, said, strength):
    matcher = Matcher(Identity.of(read({"name": held}, {"name": "PERSON"})))
    assert matcher.touches(said)
    assert [(said[m.span.start : m.span.end], m.strength) for m in matcher.find(said)] == [
        (held, strength)
    ]


@pytest.mark.parametrize("said", ["คุณสมชาย ใจดี", "คุณสมชายใจดี", "สมชาย ใจดีครับ"])
def test_a_thai_name_is_found_within_other_words(said):
    assert [strength for _, strength in found("สมชาย", "ใจดี", said)] == ["hint"]


def test_a_family_name_with_a_form_of_address_is_found():
    assert found("太郎", "山田", "山田さんから") == [("山田", "weak")]
