"""What a column's length leaves of an identifier, two signs of it or five, is counted or asked about."""

import pytest

from scanner.identity import Identifier, Identity
from scanner.matcher import Matcher
from scanner.packs.stops import COMMON
from scanner.subjects.reasons import REMNANT
from tests import mini

IDENTITY = Identity.of(
    [
        Identifier("PHONE_NUMBER", "strong", "+1 512 610 5466"),
        Identifier("EMAIL_ADDRESS", "strong", "quill77@example.com"),
        Identifier("PERSON", "weak", "Annabeth"),
        Identifier("CUSTOMER_ID", "strong", "ZUST-00471"),
    ]
)
LENGTH = 255
"""What table_act_entry.addnl_info can hold."""


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("call 51", "51"),
        ("call 512", "512"),
        ("call 512-", "512-"),
        ("call 512 6", "512 6"),
        ("call (512) 61", "512) 61"),
        ("call +1 512.61", "512.61"),
        ("call 51261", "51261"),
        ("mail qu", "qu"),
        ("mail quill", "quill"),
        ("<quill7", "quill7"),
        ("said An", "An"),
        ("said Annabe", "Annabe"),
        ("see ZU", "ZU"),
        ("see ZUST-0047", "ZUST-0047"),
    ],
)
def test_the_end_of_a_text_that_is_cut_may_be_the_beginning_of_something(said, left):
    matcher = Matcher(IDENTITY)
    found = matcher.find(said, cut=True)
    assert [said[m.span.start : m.span.end] for m in found] == [left]
    assert matcher.find(said) == ()
    assert matcher.find(f"{said} and more", cut=True) == ()


@pytest.mark.parametrize(
    "said",
    ["call 5", "1.51", "01:51", "call 13512", "a 152", "mail q", "seequ", "x@qu", "an", "said A", "51", "ZU"],
)  # fmt: skip
def test_one_sign_a_word_and_what_is_all_of_a_cell_say_nothing(said):
    assert not any(m.remnant for m in Matcher(IDENTITY).find(said, cut=True))


def planned(erasure, *said):
    """Plan with entries of somebody that fill their column: reviews of them, and what is counted."""
    for n, words in enumerate(said, start=800):
        full = words.rjust(LENGTH, "*") if len(words) < LENGTH else words
        erasure.write(
            "insert into table_act_entry values "
            f"({n}, 1, '2020-01-01 00:00:00', '{full}', 3, {mini.BOB}, null)"
        )
    plan = erasure.plan()
    reviews = {
        r.mention.key[0]: r.why
        for r in plan.reviews
        if r.mention.table.name == "table_act_entry" and r.mention.key[0] >= 800
    }
    return plan, reviews, [d["where"].split(".")[-1] for d in plan.duties if d["kind"] == COMMON]


def test_alone_in_texts_of_others_it_is_counted(erasure):
    plan, reviews, counted = planned(erasure, " call 512 6", " mail ann.l", " nothing of 513")
    assert counted == ["table_act_entry 2"]
    assert not reviews
    erasure.commit(plan)
    assert " call 512 6" in mini.texts(erasure.url)


def test_of_a_cell_that_is_not_full_nothing_is_counted(erasure):
    erasure.write(
        "insert into table_act_entry values (800, 1, '2020-01-01 00:00:00', 'call 512 6', 3, null, null)"
    )
    assert planned(erasure)[2] == []


def test_beside_something_else_of_the_subject_it_is_asked_about(erasure):
    plan, reviews, counted = planned(erasure, " ann.lee@example.com gave us her number, 512 6")
    assert reviews == {800: REMNANT}
    assert counted == []
    erasure.commit(plan)
    assert "gave us her number, 512 6" in mini.texts(erasure.url)


def test_in_a_row_that_the_subject_has_to_do_with_it_is_asked_about(erasure):
    title = " call 512 6".rjust(80, "*")
    erasure.write(f"update table_case set title = '{title}' where objid = 4")
    plan = erasure.plan()
    why = {r.mention.key[0]: r.why for r in plan.reviews if r.mention.column == "title"}
    assert why[4] == REMNANT
