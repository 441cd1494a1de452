"""What a subject is called is found however it is written, and nothing else is."""

import sys
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.identity import Identifier, Identity, read
from scanner.matcher import Matcher
from scanner.matching.phones import national
from scanner.matching.sieve import Sieve
from scanner.subjects.crowd import Crowd
from scanner.texts.folding import fold, folded, spaced
from scanner.texts.stored import Document
from tests.examples import dear

ENTITIES = {
    "first_name": "PERSON",
    "last_name": "PERSON",
    "e_mail": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER",
    "cust": "CUSTOMER_ID",
    "born": "DATE_OF_BIRTH",
    "street": "STREET_ADDRESS",
}
ZOE = {
    "first_name": "Zoë",
    "last_name": "Müller-Lüdenscheidt",
    "e_mail": "zoe.m@example.com",
    "phone": "+49 30 901820 x12",
    "cust": "K-4711-X",
    "born": "1980-03-04",
    "street": "Lindenstraße 5",
}
MATCHER = Matcher(Identity.of(read(ZOE, ENTITIES)))


def found(text: str, matcher: Matcher = MATCHER) -> list[tuple[str, str]]:
    return [(text[m.span.start : m.span.end], m.strength) for m in matcher.find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Zoë Müller-Lüdenscheidt",
        "ZOE MULLER-LUDENSCHEIDT",
        "Müller-Lüdenscheidt, Zoë",
        "Zoë Müller Lüdenscheidt",
        "Zo&euml; M&uuml;ller-L&#252;denscheidt",
        "Zoe\u0308 Mu\u0308ller-Lu\u0308denscheidt",
        "Zoë\u00a0Müller\u2010Lüdenscheidt",
        "Zoë\nMüller-Lüdenscheidt",
        "zoë k. müller-lüdenscheidt",
    ],
)
def test_a_full_name_is_found_in_any_order_case_and_accent(text):
    ((span, strength),) = found(f"Frau {text}: hello")
    assert span == text
    assert strength == "full"


@pytest.mark.parametrize(
    "text",
    [
        "+49 30 901820",
        "0049 30 901820",
        "030 901820",
        "030/901820",
        "(030) 90 18 20",
        "4930901820",
        "+49 (0)30 901820 ext. 12",
        "030-901820 x7",
    ],
)
def test_a_phone_number_is_found_in_any_format(text):
    assert found(f"call {text}, please") == [(text, "strong")]


@pytest.mark.parametrize(
    "text",
    [
        "130 901820 1",
        "30901820999",
        "order 9309018201",
        "zoe.m@example.com.au",
        "azoe.m@example.com",
        "zoe.m@example.comx",
        "K-4711-XY",
        "XK-4711-X",
        "Zoës Müllerei",
        "Lindenstraße 55",
        "zoe@muller-ludenscheidt.example",
        "03.04.19801",
    ],
)
def test_what_only_looks_alike_is_not_found(text):
    assert [f for f in found(text) if f[1] != "weak"] == []


@pytest.mark.parametrize("text", ["1980-03-04", "04.03.1980", "4.3.1980", "03/04/1980", "4/3/1980"])
def test_a_date_of_birth_is_a_weak_sign_in_the_usual_orders(text):
    assert found(f"born {text}") == [(text, "weak")]


def test_a_weak_part_of_a_name_counts_only_with_a_capital():
    will = Matcher(Identity.of(read({"first_name": "Will", "last_name": "May"}, ENTITIES)))
    assert found("we will see what may come", will) == []
    assert found("Will rang, MAY did", will) == [("Will", "weak"), ("MAY", "weak")]


def test_addresses_in_brackets_and_links_are_found():
    assert found("<zoe.m@example.com> mailto:ZOE.M@example.com;") == [
        ("zoe.m@example.com", "strong"),
        ("ZOE.M@example.com", "strong"),
    ]


def test_two_numbers_side_by_side_are_told_apart():
    assert found("030 901821 030 901820 030 901822") == [("030 901820", "strong")]


def test_no_representation_shows_a_value():
    identity = MATCHER.identity
    shown = repr(identity) + repr(identity.identifiers) + repr(MATCHER) + str(identity)
    for value in ZOE.values():
        assert value not in shown


@given(st.text())
def test_folding_keeps_track_of_every_character(text):
    plain = fold(text)
    for index in range(len(plain.text)):
        start, end = plain.origin(index, index + 1)
        assert 0 <= start <= end <= len(text)


@given(st.text())
def test_the_fast_way_of_folding_is_the_same(text):
    assert folded(text) == fold(text).text
    assert folded(f"&eacute;{text}&#x130;") == fold(f"&eacute;{text}&#x130;").text


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_strong_identifier_is_found_whatever_stands_around_it(before, after):
    text = f"{before} zoe.m@example.com {after}"
    assert "zoe.m@example.com" in [t.lower() for t, s in found(text) if s == "strong"]


@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=60))
def test_touches_never_says_no_where_find_finds(text):
    for one in (text, f"{text} 030 901820 {text}", f"{text}zoe.m@example.com"):
        if MATCHER.find(one):
            assert MATCHER.touches(one)


@given(
    st.lists(st.sampled_from(["0", "9", "1", " ", "-", "(", ")", "+", "30", "901820"]), max_size=14)
)
def test_phone_matches_never_overlap_and_stay_inside(parts):
    text = "".join(parts)
    spans = [m.span for m in MATCHER.find(text)]
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("+1 512 610 5466", "5126105466"),
        ("1-512-610-5466", "5126105466"),
        ("(512) 610-5466", "5126105466"),
        ("0044 20 7946 0958", "2079460958"),
        ("030 901820", "30901820"),
    ],
)
def test_every_way_of_writing_a_number_has_the_same_end(number, digits):
    assert national(number)[0] == digits


def test_placeholders_and_forms_of_address_are_no_identifiers():
    identity = Identity.of(read({"first_name": "Mr", "last_name": "X", "phone": "x123"}, ENTITIES))
    assert not identity


def test_an_entity_is_read_once():
    assert (
        folded("&amp;amp; &amp;eacute;") == fold("&amp;amp; &amp;eacute;").text == "&amp; &eacute;"
    )


def test_folding_what_unicode_does_not():
    assert folded("Łódź ’Straße’ — ﬁn") == "lodz 'strasse' - fin"


def test_ids_of_nations_are_strong_short_ids_none_and_a_plain_login_weak():
    row = {"ssn": "078-05-1120", "login": "annlee", "cust": "C-1", "phone": "610-546"}
    kinds = {"ssn": "US_SSN", "login": "USERNAME", "cust": "CUSTOMER_ID", "phone": "PHONE_NUMBER"}
    who = Identity.of(read(row, kinds))
    assert [(i.kind, i.strength) for i in who.identifiers] == [
        ("USERNAME", "weak"),
        ("US_SSN", "strong"),
    ]


@pytest.mark.parametrize("said", ["Z. Müller-Lüdenscheidt", "Müller-Lüdenscheidt, Z."])
def test_an_initial_with_the_family_name_is_a_weak_sign(said):
    assert found(f"seen by {said} today") == [(said, "weak")]


@pytest.mark.parametrize(
    "said", ["x.zoe.m@example.com", "zoe.m@example.com-x", "+zoe.m@example.com"]
)
def test_a_longer_address_is_somebody_elses(said):
    assert [f for f in found(said) if f[1] == "strong"] == []


def test_a_number_of_another_country_is_somebody_elses():
    assert found("+44 30 901820") == []


@pytest.mark.parametrize("said", ["030&#47;901820", "０３０ ９０１８２０"])
def test_touches_knows_numbers_that_only_folding_shows(said):
    assert MATCHER.find(said)
    assert MATCHER.touches(said)


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "&shy;", "&#x200B;", "<wbr>", "\\u200b"])
@pytest.mark.parametrize(
    "said", ["Zoë{}Müller", "12{}Elm{}Street", "Zoë {}Mül{}ler", "0{}30 901{}820"]
)
def test_a_sign_without_a_width_is_nothing_or_a_space(said, sign):
    row = {"first": "Zoë", "last": "Müller", "street": "12 Elm Street", "phone": "030 901820"}
    kinds = {
        "first": "PERSON",
        "last": "PERSON",
        "street": "STREET_ADDRESS",
        "phone": "PHONE_NUMBER",
    }
    matcher, text = Matcher(Identity.of(read(row, kinds))), f"at {said.replace('{}', sign)} today"
    assert matcher.touches(text)
    whole = max(matcher.find(text), key=lambda m: m.span.end - m.span.start)
    assert whole.strength in ("full", "strong")
    assert text[whole.span.start : whole.span.end] == said.replace("{}", sign)
    assert {m.strength for m in matcher.find(text.replace(sign, "x"))} <= {"weak"}


@given(st.text(alphabet="ab\u200b\u00ad &;<>#shywr1", max_size=30))
def test_a_text_with_spaces_for_signs_without_a_width_is_as_long(text):
    apart = spaced(f"{text}&shy;&ZeroWidthSpace;&NoBreak;{text}")
    assert len(apart) == 2 * len(text) + 30
    assert "\u200b" not in apart
    assert spaced(apart) == apart


@pytest.mark.parametrize("login", ["annlee77", "a.lee", "annlee"])
def test_a_login_in_an_address_elsewhere_is_asked_about(login):
    row = {"login": login, "mail": "ann@home.example"}
    matcher = Matcher(Identity.of(read(row, {"login": "USERNAME", "mail": "EMAIL_ADDRESS"})))
    for address in (f"{login}@other.example", f"{login}+shop@other.example"):
        text = f"mail to <{address.upper()}> sent"
        assert matcher.touches(text)
        (match,) = matcher.find(text)
        assert match.strength == "doubt"
        assert text[match.span.start : match.span.end] == address.upper()
    for other in (f"x{login}@other.example", f"{login}x@other.example", f"b.{login}@other.example"):
        assert not [m for m in matcher.find(other) if m.strength != "weak"]


PIECES = [
    "zoe", "Zoë", "Müller", "muller", "Lüdenscheidt", "O'Brien", "OBrien", "Ann", "ann.lee77", "12", "Elm",
    "Street", "St", "KD-47119-X", "kd47119x", "-", "'", " ", ", ", ".", "_", "x", "7", "@", "\u200b",
    "&shy;", "<b>", "</b>", "<wbr>", "\n", "Kate", "Katherine", "李明", "李", "明", "ß", "é", "\x1e",
    "ann.lee", "ann dot lee", "@", " at ", "mail.example", "+crm", "4711 0815", "47110815 3", "Jr", "A.",
    "Smith", "Mary", "Jane", "Mary-Jane", "MaryJane", "M. J.", "-", "3rd", ",",
]  # fmt: skip
KINDS = {"first": "PERSON", "last": "PERSON", "full": "PERSON", "login": "USERNAME",
         "ref": "CUSTOMER_ID", "street": "STREET_ADDRESS", "mail": "EMAIL_ADDRESS"}  # fmt: skip
CROWD = [
    {"first": "Zoë", "last": "Müller-Lüdenscheidt", "ref": "KD-47119-X", "street": "12 Elm Street"},
    {"first": "Katherine", "last": "O'Brien", "login": "ann.lee77", "street": "7 St James St"},
    {"first": "明", "last": "李", "full": "Ann Street", "login": "muller"},
    {"first": "Mary-Jane", "last": "Smith", "mail": "ann.lee@mail.example", "ref": "471108153"},
    {"first": "-Ann", "last": "'Smith", "full": "Smith, Mary", "street": "3rd St 12, Smith"},
]


@cache
def crowd() -> tuple[list[tuple[Matcher, Matcher]], Crowd]:
    """Give each of the crowd with one who leaves no word and no place out, and all at once."""
    some = []
    for who in CROWD:
        matcher = Matcher(Identity.of(read(who, KINDS)))
        slow = Matcher(matcher.identity)
        slow._forms = tuple(replace(f, starts=()) for f in slow._forms)
        anchors = {a for f in slow._forms for a in f.anchors}
        slow._sieve = Sieve(anchors, slow.digits(), anchors)
        some.append((matcher, slow))
    return some, Crowd(dict(enumerate(m.identity for m, _ in some)))


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("ann dot lee at mail.example, MaryJane Smith")
@dear(200)
def test_words_and_places_are_left_out_only_where_nothing_could_be_found(text):
    some, everybody = crowd()
    found = everybody.find(text)
    for n, (matcher, slow) in enumerate(some):
        for own in (False, True):
            assert matcher.find(text, own=own) == slow.find(text, own=own)
        if slow.find(text, own=True):
            assert matcher.touches(text)
        alone = matcher.find(text)
        assert found.get(n, ()) == (alone if any(m.strength != "weak" for m in alone) else ())


def test_a_login_that_is_a_given_name_is_in_many_addresses():
    matcher = Matcher(Identity.of(read({"login": "maria"}, {"login": "USERNAME"})))
    assert matcher.find("maria@other.example") == ()


def test_a_sign_that_is_folded_to_several_words_is_no_place_of_a_name():
    matcher = Matcher(Identity.of([Identifier("PERSON", "weak", "\u0627\u0644\u0644\u0647")]))
    assert matcher.find("x \ufdfa y") == ()


def test_a_long_text_of_nothing_but_the_subjects_number_takes_no_square_of_its_length():
    matcher = Matcher(Identity.of([Identifier("CUSTOMER_ID", "strong", "1000471100")]))
    steps = []
    for size in (2_000, 4_000):
        calls = 0

        def count(*_):
            nonlocal calls
            calls += 1

        sys.setprofile(count)
        matcher.find("1000471100 " * size)
        sys.setprofile(None)
        steps.append(calls)
    assert steps[1] < 3 * steps[0]


def test_documents_that_say_the_same_have_places_of_their_own():
    matcher = Matcher(Identity.of([Identifier("PERSON", "full", "Ann\nLee")]), memory=10_000)
    one, other = Document('{"id":7,"who":"Ann Lee"}'), Document('{"who":   "Ann Lee", "id": 7}')
    assert one == other
    for said in (one, other):
        (match,) = matcher.find(said)
        assert said[match.span.start : match.span.end] == "Ann Lee"


def test_words_in_small_letters_are_no_names_in_own_texts_either():
    row = {"first_name": "Will", "last_name": "Quist"}
    matcher = Matcher(Identity.of(read(row, dict.fromkeys(row, "PERSON"))))
    assert matcher.find("it will rain", own=True) == ()
    assert len(matcher.find("ask Will, or quist", own=True)) == 2
