"""Addresses, ids and dates are found as machines and people write them; words and junk are no ids."""

import pytest

from scanner.identity import Identifier, Identity, read
from scanner.matcher import Matcher
from scanner.matching.forms import forms

KINDS = {
    "mail": "EMAIL_ADDRESS",
    "cust": "CUSTOMER_ID",
    "login": "USERNAME",
    "street": "STREET_ADDRESS",
    "born": "DATE_OF_BIRTH",
    "phone": "PHONE_NUMBER",
}


def found(said: str, **row: str) -> list[tuple[str, str]]:
    matcher = Matcher(Identity.of(read(row, KINDS)))
    matches = matcher.find(f"see {said} there")
    assert bool(matches) <= matcher.touches(said)
    return [(f"see {said} there"[m.span.start : m.span.end], m.strength) for m in matches]


@pytest.mark.parametrize(
    "said",
    [
        "ann.lee @example.com",
        "ann.lee@ example.com",
        "ann.lee@\nexample.com",
        "ann.lee=40example.com",
        "ann.lee%40example.com",
        "ann%2Elee%40example.com",
        "ann.lee@ex=\r\nample.com",
    ],
)
def test_an_address_is_found_where_lines_and_mails_break_it(said):
    assert found(said, mail="ann.lee@example.com") == [(said, "strong")]


@pytest.mark.parametrize("said", ["%3C{}%3E", "x=%22{}%22", "?mail={}&x=1"])
def test_an_address_is_found_in_an_address_of_the_web(said):
    address = "ann.lee@example.com"
    assert found(said.format(address), mail=address) == [(address, "strong")]


@pytest.mark.parametrize(
    "said",
    [
        "J=C3=BCrgen M=C3=BCller",
        "J=C3=BCrgen_M=C3=BCller",
        "J%C3%BCrgen%20M%C3%BCller",
        "j%c3%bcrgen+m%c3%bcller",
    ],
)
def test_a_name_is_found_as_mails_and_addresses_of_the_web_write_it(said):
    row = {"first_name": "Jürgen", "last_name": "Müller"}
    matcher = Matcher(Identity.of(read(row, {"first_name": "PERSON", "last_name": "PERSON"})))
    (match,) = matcher.find(f"x {said} y")
    assert (match.span.start, match.span.end, match.strength) == (2, 2 + len(said), "full")
    assert matcher.touches(said)


@pytest.mark.parametrize("said", ["width=5126105466", "tel==5126105466"])
def test_a_number_behind_a_sign_of_mails_is_one(said):
    assert found(said, phone="+1 512 610 5466") == [("5126105466", "strong")]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (("Дмитрий", "Шевченко"), "Dmitry Shevchenko"),
        (("Сергей", "Юрьев"), "Sergei Yuryev"),
        (("Алексей", "Толстой"), "Alexey Tolstoy"),
        (("Søren", "Ærø"), "Soeren Aeroe"),
    ],
)
def test_names_are_found_in_the_letters_of_other_countries(name, said):
    row = dict(zip(("first_name", "last_name"), name, strict=True))
    matcher = Matcher(Identity.of(read(row, {"first_name": "PERSON", "last_name": "PERSON"})))
    assert [m.strength for m in matcher.find(said)] == ["full"]


@pytest.mark.parametrize("said", ["512_610_5466", "1%28512%29610-5466", "512-\n> > 610-5466"])
def test_a_phone_number_is_found_in_names_of_files_addresses_and_quoted_mails(said):
    assert found(said, phone="+1 512 610 5466") == [(said, "strong")]


@pytest.mark.parametrize(
    "said", ["Mar. 4, 1971", "04MAR1971", "4.III.1971", "04\\/03\\/1971", "4 Μαρτίου 1971"]
)
def test_a_day_is_found_as_papers_and_machines_write_it(said):
    assert found(said, born="1971-03-04") == [(said, "weak")]


@pytest.mark.parametrize("said", ["_{}_", "{}_2019.msg", "{}-old"])
def test_an_address_with_other_signs_at_its_ends_is_asked_about(said):
    ((_, strength),) = found(said.format("ann.lee@example.com"), mail="ann.lee@example.com")
    assert strength == "doubt"
    assert found("xann.lee@example.com", mail="ann.lee@example.com") == []
    assert found("ann.lee@example.com.au", mail="ann.lee@example.com") == []


@pytest.mark.parametrize("word", ["walk-in", "not-known", "self-service"])
def test_words_with_a_hyphen_are_asked_about_and_not_taken_for_an_id(word):
    assert found(word, cust=word) == [(word, "doubt")]
    assert found(word, login=word) == [(word, "doubt")]


@pytest.mark.parametrize("said", ["CUST_00471", "cust:00471", "CUST-00471"])
def test_an_id_is_found_with_any_sign_between_its_groups(said):
    assert found(said, cust="CUST-00471") == [(said, "strong")]


@pytest.mark.parametrize("cust", ["CUST-00471", "4711935", "83-2211-77-4"])
@pytest.mark.parametrize("more", ["-2", "/2019", ".50"])
def test_an_id_that_goes_on_with_digits_may_be_another_one(cust, more):
    assert found(cust + more, cust=cust) == [(cust, "doubt")]


@pytest.mark.parametrize("more", [". 2 days", ", 2", "-old", ".txt", "_note", "_2", ":2"])
def test_an_id_ends_in_front_of_words(more):
    assert found(f"CUST-00471{more}", cust="CUST-00471") == [("CUST-00471", "strong")]


@pytest.mark.parametrize(
    ("phone", "said", "strength"),
    [
        ("+1 512 610 5466", "610-5466", "hint"),
        ("(512) 610-5466", "610 5466", "hint"),
        ("512.610.5466", "6105466", "weak"),
        ("+49 30 901820", "901820", "weak"),
        ("+44 20 7946 0018", "7946 0018", "hint"),
    ],
)
def test_a_phone_number_is_found_without_its_area_beside_something(phone, said, strength):
    assert found(f"CUST-00471: {said}", phone=phone, cust="CUST-00471") == [
        ("CUST-00471", "strong"),
        (said, strength),
    ]
    for other in (f"{said}1", f"9{said}", f"{said}-1", f"31-{said}"):
        assert found(f"CUST-00471: {other}", phone=phone, cust="CUST-00471")[1:] == []


@pytest.mark.parametrize(
    "phone", ["+33 6 12 34 56 78", "+45 32 12 34 56", "555 0148", "+1 000 000 0000"]
)
def test_a_phone_number_without_an_area_is_found_whole_only(phone):
    assert all(form.cut for form in forms(0, Identifier("PHONE_NUMBER", "strong", phone)))


@pytest.mark.parametrize(
    ("street", "said"),
    [
        ("12 Elm Street", "Elm Street 12"),
        ("12 Elm St.", "Elm Street 12"),
        ("Hauptstr. 12", "12 Hauptstraße"),
    ],
)
def test_the_number_of_a_house_may_stand_at_the_other_end(street, said):
    assert found(said, street=street) == [(said, "doubt")]
    assert found(f"{said}3", street=street) == found(f"9{said}", street=street) == []


@pytest.mark.parametrize(
    ("said", "strengths"),
    [
        ("Hauptstr. 5", ["full"]),
        ("Hauptstraße 5, Bonn", ["full"]),
        ("Hauptstraße 5:30 Uhr", ["doubt"]),
        ("Hauptstraße 5.11.2019", ["doubt"]),
        ("Hauptstraße, 5 Personen", ["doubt"]),
        ("Hauptstraße 53", []),
    ],
)
def test_a_number_behind_a_street_may_be_a_time_or_a_day(said, strengths):
    assert [s for _, s in found(said, street="Hauptstraße 5")] == strengths
    assert [s for _, s in found("Calle Mayor, 5", street="Calle Mayor, 5")] == ["full"]


def test_a_login_is_found_without_its_domain():
    assert found("annlee77", login="CORP\\annlee77") == [("annlee77", "strong")]


@pytest.mark.parametrize("kind", ["cust", "phone"])
def test_a_number_that_a_column_holds_as_a_decimal_is_found(kind):
    assert found("5126105466", **{kind: "5126105466.0"}) == [("5126105466", "strong")]


@pytest.mark.parametrize("said", ["12+Elm+Street", "12_Elm_Street", "12 Elm St."])
def test_a_street_is_found_in_links_and_names_of_files(said):
    ((place, _),) = found(f"q={said}&z", street="12 Elm Street")
    assert place == said.rstrip(".")


def test_a_street_is_found_without_a_space():
    assert found("Lindenstr.5", street="Lindenstraße 5") == [("Lindenstr.5", "full")]


def test_of_an_address_in_lines_the_street_is_found_and_the_town_is_not():
    held = "c/o Roe\n12 Elm Street\nAustin, TX 78701"
    assert found("12 Elm Street", street=held) == [("12 Elm Street", "full")]
    assert found("Austin, TX 78701", street=held) == []


@pytest.mark.parametrize("junk", ["...1,,,,", "123456789", "-------1"])
def test_what_is_no_street_is_found_nowhere(junk):
    assert found("1 123456789", street=junk) == []


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("04.03.1980", "4 March 1980"),
        ("3/4/1980", "1980-03-04"),
        ("3/4/1980", "1980-04-03"),
        ("19800304", "4.3.1980"),
    ],
)
def test_a_date_of_birth_is_read_from_a_column_of_texts(held, said):
    assert found(said, born=held) == [(said, "weak")]


@pytest.mark.parametrize(
    "said",
    [
        "acct CUST-0047",
        "acct CUST-004",
    ],
)
def test_an_id_that_a_column_cuts_is_asked_about(said):
    matcher = Matcher(Identity.of(read({"cust": "CUST-00471"}, KINDS)))
    assert matcher.touches(said)
    assert [m.strength for m in matcher.find(said, cut=True)] == ["doubt"]
    assert matcher.find(said) == matcher.find(f"{said}9 x", cut=True) == ()


@pytest.mark.parametrize("said", ["Please keep bcalleja3", "Please keep bcalleja39"])
def test_a_mailbox_that_a_column_cuts_is_asked_about(said):
    matcher = Matcher(Identity.of(read({"mail": "bcalleja393@post.example"}, KINDS)))
    assert matcher.touches(said)
    assert [m.strength for m in matcher.find(said, cut=True)] == ["doubt"]
    assert matcher.find(said) == matcher.find(f"{said}8", cut=True) == ()
    assert matcher.find(f"x.{said.split()[-1]}", cut=True) == ()


@pytest.mark.parametrize("mail", ["bcalleja@post.example", "kimberly_mccormick@post.example"])
def test_what_may_be_any_word_is_no_mailbox_that_is_cut(mail):
    matcher = Matcher(Identity.of(read({"mail": mail}, KINDS)))
    for said in ("Please keep kimberly", "Please keep bcallej"):
        assert all(m.remnant for m in matcher.find(said, cut=True))


@pytest.mark.parametrize("said", ["(407) 555-0148", "407 555 0148", "+1 (407) 555-0148"])
def test_a_bracket_around_a_number_is_none_of_it(said):
    matcher = Matcher(Identity.of(read({"phone": "+1 407 555 0148"}, KINDS)))
    for text in (f"mobile ({said}), later", f"mobile {said}, later", f"(mobile ({said}))"):
        assert [text[m.span.start : m.span.end] for m in matcher.find(text)] == [said]
