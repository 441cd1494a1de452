"""What shows only once its neighbour is replaced is found before: no erasure ends with it."""

import random
from dataclasses import replace

import pytest

from scanner.identity import Identity, read
from scanner.matcher import Matcher
from tests.erasing import asked, noted, now
from tests.test_matching import KINDS

WRITTEN = (
    "512 610 5466", "(512) 610-5466", "+15126105466", "512.610.5466", "610-5466", "610.5466",
    "6105466", "Ann Lee", "Lee, Ann", "ANN LEE", "Ann", "Mrs. Lee", "A. Lee", "annlee", "ann leee",
    "ann.lee@example.com", "ann.lee at example.com", "ann.lee", "annlee77", "CUST-00471",
    "cust 00471", "CUST-00471-2", "12 Elm Street", "Elm Street 12", "12 Elm St.", "1980-03-04",
    "4 March 1980", "12 Elm Street, Austin", "617 555 1234", "Ann Lee, 512 555 9999",
)  # fmt: skip
"""The subject's identifiers, and a stranger's number, as people write them."""

SIGNS = (
    "", " ", "  ", "-", ".", "/", ":", ", ", "_", "@", "+", "'", "\n", "(", ")", "#", "=", "&", "<",
    "> ", " x", "1", " ext 5 ", "\\n", "&nbsp;", "<br>", "<b>", "=\n", "%20", "\u200b", '","', "*",
)  # fmt: skip
"""What stands between them."""

MANY = 300


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("home 512 610 5466 610-5466", "home [PHONE] [PHONE]"),
        ("mobile 610.5466 512 610 5466", "mobile [PHONE] [PHONE]"),
        ("CUST-00471 610-5466", "[ID] [PHONE]"),
        ("annlee77 610-5466", "[ID] [PHONE]"),
        ("512 610 5466 610-5466 CUST-00471", "[PHONE] [PHONE] [ID]"),
    ],
)
def test_a_number_behind_a_number_goes_with_it(single, said, left):
    single.write("update table_web_user set login_name = 'annlee77'")
    noted(single, said)
    single.commit(single.plan())
    assert now(single) == [left]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Elm Street 12/512-610-5466", "Elm Street 12/[PHONE]"),
        ("Elm Street 12:1980-03-04 ann.lee@example.com", "Elm Street 12:[DATE] [EMAIL]"),
    ],
)
def test_a_street_in_front_of_a_number_is_asked_about(single, said, left):
    noted(single, said)
    plan = single.plan()
    assert 500 in asked(plan)
    single.commit(plan)
    assert now(single) == [left]


@pytest.mark.parametrize("answer", ["erase", "keep", ""])
def test_what_shows_behind_a_town_or_behind_what_people_answer_goes_too(single, answer):
    noted(
        single, "12 Elm Street, Austin@12 Elm Street", "CUST-00471 Ann Lee, 512 555 9999 610-5466"
    )
    plan = single.plan()
    answered = tuple(replace(r, answer=answer) for r in plan.reviews)
    single.commit(replace(plan, reviews=answered))
    assert answer != "erase" or "5466" not in "".join(now(single))


@pytest.mark.parametrize("answer", ["erase", "keep", ""])
@pytest.mark.parametrize("case", [1, 3])
def test_identifiers_beside_each_other_leave_no_residue(single, answer, case):
    chance = random.Random(f"{answer}{case}")
    notes = list(dict.fromkeys(_note(chance) for _ in range(MANY)))
    single.write("update table_web_user set login_name = 'annlee77'")
    noted(single, *notes, case=case)
    plan = single.plan()
    single.commit(replace(plan, reviews=tuple(replace(r, answer=answer) for r in plan.reviews)))
    assert len(now(single)) == len(notes)


def _note(chance):
    words = [chance.choice(("", "x ", "home ", "1 "))]
    for _ in range(chance.choice((2, 2, 3, 4))):
        words += [chance.choice(WRITTEN), chance.choice(SIGNS)]
    return "".join(words)


def matcher():
    kinds = KINDS | {"phone": "PHONE_NUMBER"}
    values = {"first": "Ann", "last": "Lee", "phone": "+1 512 610 5466"}
    return Matcher(Identity.of(read(values | {"mail": "ann.lee@example.com"}, kinds)))


@pytest.mark.parametrize(
    "said", ["512 610 5466.Ann.Lee@example.com", "512 610 5466.Ann.Lee@example.com, Ann called"]
)
def test_a_part_of_a_name_hides_no_mailbox_that_shows_later(said):
    """Whether the name's part is replaced nobody knows yet: the mailbox is more."""
    mail = "Ann.Lee@example.com"
    assert mail in [said[m.span.start : m.span.end] for m in matcher().find(said)]


def test_each_of_a_row_that_shows_only_once_the_next_is_gone_is_found():
    said = "512-610-5466." * 40
    assert len(matcher().find(said)) == 40


def test_only_what_stands_near_is_read_again(monkeypatch):
    """A long text with one mention costs hardly more than being read once."""
    ann, read_ = matcher(), []
    find = ann._find
    monkeypatch.setattr(
        ann, "_find", lambda said, **how: read_.append(len(said)) or find(said, **how)
    )
    said = f"{'a word ' * 20_000}Ann Lee, 512 610 5466. {'a word ' * 20_000}"
    assert len(ann.find(said)) == 2
    assert sum(read_) < len(said) + 5000
