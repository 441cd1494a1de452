"""What stands around a name says whose it is: what may be another person's is asked about and stays."""

import pytest

from scanner.subjects.reasons import ABOUT_IT, ELSES, OTHER_NAME, PART, SAME_NAME, SIGNED
from tests import mini
from tests.erasing import Erasure, asked, noted, now

MAIL, PHONE = "ann.lee@example.com", "512 610 5466"


def left(erasure, said: str) -> str:
    """Erase what is sure of a note in somebody else's case; give what is left of it."""
    noted(erasure, said)
    plan = erasure.plan()
    erasure.commit(plan)
    (text,) = now(erasure)
    return text


@pytest.mark.parametrize(
    ("said", "text", "why"),
    [
        (
            f'"Lee, Ann" <{MAIL}>; "Lee, Bob" <bob.lee@example.com>',
            '"[NAME]" <[EMAIL]>; "Lee, Bob" <bob.lee@example.com>',
            OTHER_NAME,
        ),
        (f"{MAIL}: Lee, Robert (her father) pays", "[EMAIL]: Lee, Robert (her father) pays", ""),
        (f"{MAIL}: Lee sr. pays", "[EMAIL]: Lee sr. pays", OTHER_NAME),
        (f"St. Ann hospital {PHONE}", "St. Ann hospital [PHONE]", OTHER_NAME),
        (f"Ann Lee Smith {PHONE}", "Ann Lee Smith [PHONE]", OTHER_NAME),
        (f"{MAIL}: Mary Ann Lee pays", "[EMAIL]: Mary Ann Lee pays", OTHER_NAME),
        (f"{MAIL}: Ann Lee Smith pays", "[EMAIL]: Ann Lee Smith pays", OTHER_NAME),
        (f"{MAIL}: Mr. Lee, 512 610 7777", "[EMAIL]: Mr. Lee, 512 610 7777", ELSES),
        (
            f'{{"last":"Lee","first":"Bob","phone":"{PHONE}"}}',
            '{"last":"Lee","first":"Bob","phone":"[PHONE]"}',
            OTHER_NAME,
        ),
        (
            f'{{"first": "Bob", "last": "Lee", "phone": "{PHONE}"}}',
            '{"first": "Bob", "last": "Lee", "phone": "[PHONE]"}',
            OTHER_NAME,
        ),
        (
            f"<c><first>Bob</first><last>Lee</last><tel>{PHONE}</tel></c>",
            "<c><first>Bob</first><last>Lee</last><tel>[PHONE]</tel></c>",
            OTHER_NAME,
        ),
        (
            f"Ann;Lee;{MAIL}\nBob;Lee;b@x.example\nAnn;Ray;ar@x.example",
            "[NAME];[NAME];[EMAIL]\nBob;Lee;b@x.example\nAnn;Ray;ar@x.example",
            OTHER_NAME,
        ),
        (
            f"Kind regards\nAnn Lee\nAcme Support\nre: your call from {PHONE}",
            "Kind regards\nAnn Lee\nAcme Support\nre: your call from [PHONE]",
            SIGNED,
        ),
    ],
)
def test_what_may_be_a_relatives_is_asked_about_and_stays(single, said, text, why):
    noted(single, said)
    plan = single.plan()
    assert asked(plan) == {500: why or OTHER_NAME}
    single.commit(plan)
    assert now(single) == [text]


@pytest.mark.parametrize(
    "said",
    [
        "Ann  Brown {}",
        "Ann\u00a0Brown {}",
        "Ann&nbsp;Brown {}",
        "Ann%20Brown {}",
        "Ann <b>Brown</b> {}",
        "Ann O'Brien {}",
        "Ann van Dyk {}",
        "Ann de la Cruz {}",
        "Ann B. {}",
        "Ann, Brown, {}",
        "First name: Ann\nLast name: Brown\nPhone: {}",
        "first_name=Ann&last_name=Brown&phone={}",
        "firstname: Ann; lastname: Brown; phone: {}",
        '{{"firstName":"Ann","id":5,"lastName":"Brown","phone":"{}"}}',
        '<contact first_name="Bob" last_name="Lee" tel="{}"/>',
        "<tr><td>Bob</td><td>Lee</td><td>{}</td></tr>",
        "Bob | Lee | {}",
        "{} Robert E. Lee",
        "{} J. A. Lee",
        "<r><Lee>12</Lee><t>{}</t></r>",
        '{{"Lee":12,"t":"{}"}}',
    ],
)
def test_another_name_however_it_is_parted_from_a_part_of_the_subjects_stays(single, said):
    noted(single, said.format(PHONE))
    plan = single.plan()
    assert 500 in asked(plan)
    single.commit(plan)
    assert now(single) == [said.format("[PHONE]")]


@pytest.mark.parametrize(
    "said",
    [
        f"call +1 {PHONE}{MAIL}",
        f"+1 {PHONE}CUST-00471",
        f"{MAIL}{PHONE}",
        f"<p><b>+1 {PHONE}</b><span>{MAIL}</span></p>",
        f"<b>E-mail</b>{MAIL}",
        "<b>Ref</b>CUST-00471<i>Ann Lee</i>",
        f'{{"a": "\\ud83d\\udce7{MAIL}"}}',
        f'{{"a": "x\\b{MAIL}"}}',
        "%F0%9F%93%A7ann.lee%40example.com",
        f"=F0=9F=93=A7{MAIL}",
        "a%0D%0ACUST-00471",
        "%09CUST-00471",
        f"a=20{MAIL}",
        f"https://x.example/?email=3D{MAIL}",
        "CUST=2D00471",
    ],
)
def test_what_sticks_to_a_sign_of_the_subject_hides_none(single, said):
    text = left(single, said)
    assert "[" in text
    assert not any(one in text for one in ("ann.lee", "00471", "5466", "Lee"))


def test_many_parts_of_a_name_in_a_text_cost_what_they_are_many(single, monkeypatch):
    """No pair of them is compared: of a thousand each looks at few others."""
    from scanner.subjects import nearness

    counted = []
    real = nearness.near  # what would be called for each pair
    monkeypatch.setattr(nearness, "near", lambda *given: counted.append(1) or real(*given))
    noted(single, "CUST-00471 " + "Lee, " * 1000)
    single.plan()
    assert len(counted) < 20_000


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("Ann Lee CUST-00471", "[NAME] [ID]"),
        ("Lee CUST-00471", "[NAME] [ID]"),
        ("First name: Ann\nLast name: Lee\nref CUST-00471", None),
        (f"Mrs. Lee ({PHONE})", "Mrs. [NAME] ([PHONE])"),
        (f"Dear Ann, {MAIL} is right", "Dear [NAME], [EMAIL] is right"),
        (f"The Customer Ann Lee {PHONE}", "The Customer [NAME] [PHONE]"),
        (f"Ann Lee Phone: {PHONE}", "[NAME] Phone: [PHONE]"),
        (f"Frau Lee Telefon {PHONE}", "Frau [NAME] Telefon [PHONE]"),
        (f"spoke with Ann Lee Tuesday ({PHONE})", "spoke with [NAME] Tuesday ([PHONE])"),
        (f'{{"first":"Ann","last":"Lee","tel":"{PHONE}"}}', None),
        (f'{{"name":"Lee","city":"Bonn","tel":"{PHONE}"}}', None),
        (f"Kind regards\nAnn Lee\nAcme\nTel: {PHONE}", "Kind regards\n[NAME]\nAcme\nTel: [PHONE]"),
    ],
)
def test_what_is_the_subjects_is_erased(single, said, text):
    found = left(single, said)
    assert not {"Ann", "Lee"} & {*found.replace('"', " ").split()}
    assert text in (None, found)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            f"From: Ann Lee <ann.lee@other.example>\nTo: Ann Lee <{MAIL}>",
            "From: Ann Lee <ann.lee@other.example>\nTo: [NAME] <[EMAIL]>",
        ),
        (f"Ann Lee, CUST-00473, asked; {MAIL} too", "Ann Lee, CUST-00473, asked; [EMAIL] too"),
        (f"Logged by Ann Lee: customer {MAIL}", "Logged by Ann Lee: customer [EMAIL]"),
    ],
)
def test_the_name_of_a_known_namesake_needs_something_that_touches_it(embedded, said, text):
    noted(embedded, said)
    plan = embedded.plan()
    assert asked(plan) == {500: SAME_NAME}
    embedded.commit(plan)
    assert now(embedded) == [text]


@pytest.mark.parametrize(
    "said", [f"Ann Lee <{MAIL}>", f"Ann Lee, tel. {PHONE}", f"<p>Ann <b>Lee</b> ({PHONE})</p>"]
)
def test_what_touches_a_name_says_whose_it_is(embedded, said):
    assert "Lee" not in left(embedded, said)


def test_an_agent_who_is_called_like_the_subject_keeps_the_name(single):
    single.write("update table_employee set first_name = 'Ann Lee' where objid = 1")
    said = f"*** NOTES 04/12/2019 10:30 Ann Lee\nthe customer {MAIL} rang"
    assert left(single, said) == said.replace(MAIL, "[EMAIL]")


def test_a_part_of_the_name_far_from_what_names_the_subject_is_asked_about(single):
    far = "wrote to us last Monday about a broken printer in the office."
    noted(single, f"{MAIL} {far} Ms Lee was angry.")
    assert asked(single.plan()) == {500: ABOUT_IT}


def test_a_part_of_the_name_in_a_cell_beside_something_of_the_subject_is_asked_about(single):
    single.write(
        "create table x_caller (id integer primary key, given varchar(40), tel varchar(40))"
    )
    single.write(f"insert into x_caller values (1, 'Ann', '{PHONE}'), (2, 'Ann', '512 610 9999')")
    made = Erasure(single.url, single.journal.path.parent)
    reviews = [r for r in made.plan().reviews if r.mention.table.name == "x_caller"]
    assert [(r.mention.key, r.why) for r in reviews] == [((1,), PART)]
    made.engine.dispose()


@pytest.mark.parametrize(
    "said",
    ["@annlee77", "cc @annlee77 please", "see annlee77@prod-host:~$", "ask AnnLee", "#leeann"],
)
def test_handles_are_erased_or_asked_about(single, said):
    single.write(
        f"update table_web_user set login_name = 'annlee77' where web_user2contact = {mini.ANN}"
    )
    noted(single, said)
    plan = single.plan()
    single.commit(plan)
    assert now(single) != [said] or 500 in asked(plan)


def test_an_address_is_not_taken_for_a_handle(single):
    said = "write to x.y@annlee77 or x@AnnLee.example"
    single.write(
        f"update table_web_user set login_name = 'annlee77' where web_user2contact = {mini.ANN}"
    )
    assert left(single, said) == said


@pytest.mark.parametrize(
    "said",
    [
        f"{MAIL} Elm Street 12:30",
        f"{MAIL} Elm Street 12.04.2019",
        f"{MAIL} at Elm Street, 12 Oak Street",
    ],
)
def test_a_number_behind_a_street_may_be_none_of_a_house(single, said):
    assert left(single, said) == said.replace(MAIL, "[EMAIL]")
