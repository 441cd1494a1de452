"""However a subject is written: erased, asked about or left alone, as its surroundings allow.

Each text stands in notes of somebody else's case twice: alone, and beside the subject's phone
number. One plan says what becomes of both; the subject's own texts lose it in any case.
"""

import pytest
from sqlalchemy import create_engine, text

from scanner.identity import Identity, read
from scanner.matcher import Matcher
from scanner.texts import months
from tests import mini
from tests.erasing import Erasure

WHO = {
    "first_name": "Katherine",
    "last_name": "Müller-Weiss",
    "e_mail": "kate.mueller@example.com",
    "phone": "+1 512 610 5466",
    "x_cust_ref": "KD-47119-X",
    "x_dateofbirth": "1980-05-04 00:00:00.000000",
}
BESIDE = "{} (+1 512 610 5466)"
"""The surroundings that corroborate."""

YES, SURE, ASK, NO = "certain", "corroborated", "possible", ""

VARIANTS = [
    # the text, what it is alone, what it is beside something strong; [] is what is found
    ("saw [Katherine Müller-Weiss] today", ASK, SURE),
    ("saw [katherine muller-weiss] today", ASK, SURE),
    ("saw [KATHERINE MÜLLER-WEISS] today", ASK, SURE),
    ("saw [Katherine Mueller-Weiss] today", ASK, SURE),
    ("saw [Müller-Weiss, Katherine] today", ASK, SURE),
    ("saw [Katherine J. Müller-Weiss] today", ASK, SURE),
    ("saw [Katherine Jane Müller-Weiss] today", ASK, SURE),
    ("saw [Katherine Müller] today", ASK, SURE),
    ("saw [Kate Müller-Weiss] today", ASK, SURE),
    ("saw [Müller-Weiss, Kathy] today", ASK, SURE),
    ("saw [Κatherine Müller-Weiss] today", ASK, SURE),  # with a Greek kappa
    ("saw [K<b>ath</b>erine M&uuml;ller-Weiss] today", ASK, SURE),
    ("saw <i>[Katherine&nbsp;Müller-Weiss]</i> today", ASK, SURE),
    ("saw [Katherine\r\n> Müller-Weiss] today", ASK, SURE),
    ("saw [Katherine\u2009Müller\u2011Weiss] today", ASK, SURE),
    ("saw [Katherine\u200bMüller-Weiss] today", ASK, SURE),
    ("saw [Katherine\u00adMüller\u00ad-Weiss] today", ASK, SURE),
    ("saw [Kathe\u00adrine\ufeff Mül\u00adler-Weiss] today", ASK, SURE),
    ("saw [Katherine&shy;M&uuml;ller-Weiss] today", ASK, SURE),
    ("saw [Katherine&#8203;M&uuml;ller-Weiss] today", ASK, SURE),
    ("saw [Katherine&ZeroWidthSpace;Müller-Weiss] today", ASK, SURE),
    ("saw [Katherine<wbr>Müller-Weiss] today", ASK, SURE),
    ("saw [Müller-Weiss,\u2060Katherine] today", ASK, SURE),
    ("saw [Katherine\u200e Müller-Weiss] today", ASK, SURE),
    ('{"name": "[Katherine\\u200bM\\u00fcller-Weiss]"}', ASK, SURE),
    ('{"name": "[Katherine M\\u00fcller-Weiss]"}', ASK, SURE),
    ("[Katherine Müller-Weiss]'s modem", ASK, SURE),
    ("[Katherine Müllre-Weiss]", NO, SURE),
    ("saw [Katherina Müller-Weiss]", NO, ASK),
    ("[K. Müller-Weiss]", ASK, SURE),
    ("Frau [Müller-Weiss]", ASK, SURE),
    ("Mrs. [Müller-Weiss]", ASK, SURE),
    ("born [4 May 1980]", NO, SURE),
    ("born [04.05.80]", NO, SURE),
    ("geboren am [4. Mai 1980]", NO, SURE),
    ("born [May 4, 1980]", NO, SURE),
    ("born [4.Mai 1980]", NO, SURE),
    ("born [4 May '80]", NO, SURE),
    ("born [4/V/1980]", NO, SURE),
    ("born [1980-May-04]", NO, SURE),
    ("saw [Katherine MÃ¼ller-Weiss] today", ASK, SURE),
    ("saw [Katherine M=FCller-Weiss] today", ASK, SURE),
    ("saw [Katherine M?ller-Weiss] today", ASK, ASK),
    ("From: [=?utf-8?B?S2F0aGVyaW5lIE3DvGxsZXItV2Vpc3M=?=] <x@example.org>", ASK, ASK),
    ("saw [KatherineMuellerWeiss] today", ASK, ASK),
    ('{"tel":"[512\\/610\\/5466]"}', YES, YES),
    ("call [512;610;5466] ok", ASK, SURE),
    ("call [5126;105466] ok", ASK, ASK),
    ("Tel. [6105466]", ASK, SURE),
    ("<[kate.mueller@example.com]>", YES, YES),
    ("mailto:[KATE.MUELLER@EXAMPLE.COM]", YES, YES),
    ("[kate.mueller+shop@example.com]", YES, YES),
    ("[kate.mueller at example dot com]", YES, YES),
    ("[kate dot mueller at example dot com]", YES, YES),
    ("[kate.mueller[at]example.com]", YES, YES),
    ("?to=[kate.mueller%40example.com]", YES, YES),
    ("[kate.mueller@example.com].msg", ASK, ASK),
    ("email_[kate.mueller@example.com]", ASK, ASK),
    ("login [kate.mueller] failed", ASK, ASK),
    ("ref [KD-47119-X]", YES, YES),
    ("ref [kd 47119 x]", YES, YES),
    ("ref [KD47119X]", YES, YES),
    ("call [512-610-5466] ok", YES, YES),
    ("call [001 (512) 610.5466 ext. 7] ok", YES, YES),
    ("call [610-5466] ok", ASK, SURE),
    ("ref [KD-47119-X]-2", ASK, ASK),
]

LOOK_ALIKES = [
    "katherine.mueller@example.com",
    "kate.mueller@other.example",
    "kate.mueller@example.com.au",
    "xkate.mueller@example.com",
    "kate.mueller@example.community",
    "Katherine Smith",
    "Peter Müller",
    "Katherines Kitchen",
    "Mueller-Weissenberg",
    "Kate Winslet",
    "order 151261054661",
    "512-610-5467",
    "+44 512 610 5466",
    "version 5.12.610.54",
    "KD-47119-XL",
    "AKD-47119-X",
    "KD-47118-X",
    "4 May 1981",
    "14.05.80",
    "1980-05-041",
    "4 May 1980 12:30",
    "4 May 80:10",
    "May 4, 80 people",
    "4/IV/1980",
    "80-05-1980",
    "order 6105466",
    "17;5126;105466",
    "Katherine M?ller-Weissberg",
    "Katherine MÃ¶ller",
]
THINGS = ["Katherine Müller-Weiss GmbH", "Katherine Müller-Weiss Stiftung", "Müller-Weiss Street"]


ENTITIES = {
    "first_name": "PERSON",
    "last_name": "PERSON",
    "e_mail": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER",
    "x_cust_ref": "CUSTOMER_ID",
}
MATCHER = Matcher(Identity.of(read(WHO, ENTITIES)))


def bare(marked: str) -> str:
    """Take the marks of what is found away: the first [ and the last ]."""
    return marked.replace("[", "", 1)[::-1].replace("]", "", 1)[::-1]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Plan once; map each note to the spans found in it: start, text and certainty."""
    folder = tmp_path_factory.mktemp("variants")
    url = mini.build(f"sqlite:///{folder / 'mini.sqlite'}")
    engine = create_engine(url)
    alone = [*(bare(t) for t, *_ in VARIANTS), *LOOK_ALIKES, *THINGS]
    notes = dict(enumerate([*alone, *map(BESIDE.format, alone)], start=100))
    with engine.begin() as connection:
        for table in ("table_contact", "contact_bkp"):
            changed = ", ".join(f"{c} = :{c}" for c in WHO)
            update = text(f"update {table} set {changed} where objid = :ann")
            connection.execute(update, {**WHO, "ann": mini.ANN})
        note = text("insert into table_notes_log values (:n, :said, 3)")
        connection.execute(note, [{"n": n, "said": said} for n, said in notes.items()])
    engine.dispose()
    plan = Erasure(url, folder).plan()
    spans = {said: [] for said in notes.values()}
    for mention in {*plan.mentions, *(r.mention for r in plan.reviews)}:
        if mention.table.name == "table_notes_log" and (said := notes.get(mention.key[0])):
            for span in mention.spans:
                spans[said].append((span.start, said[span.start : span.end], mention.certainty))
    return spans


def spans_of(found, said: str) -> list[tuple[str, str]]:
    """Give what is found in a text, without what stands beside it."""
    spans = sorted(found[said])
    return [(t, c) for start, t, c in spans if not said.endswith(")") or start <= len(said) - 17]


@pytest.mark.parametrize(("marked", "alone", "beside"), VARIANTS)
def test_every_way_of_writing_is_erased_or_asked_about(found, marked, alone, beside):
    said, inner = bare(marked), marked[marked.index("[") + 1 : marked.rindex("]")]
    for place, expected in ((said, alone), (BESIDE.format(said), beside)):
        assert spans_of(found, place) == ([(inner, expected)] if expected else [])


@pytest.mark.parametrize("marked", [v[0] for v in VARIANTS if v[1]])
def test_the_subjects_own_texts_lose_every_way_of_writing(marked):
    said, inner = bare(marked), marked[marked.index("[") + 1 : marked.rindex("]")]
    spans = [said[m.span.start : m.span.end] for m in MATCHER.find(said, own=True)]
    assert inner in spans


@pytest.mark.parametrize("said", LOOK_ALIKES)
def test_what_only_looks_alike_is_never_changed(found, said):
    for place in (said, BESIDE.format(said)):
        assert [t for t, certainty in spans_of(found, place) if certainty != ASK] == []


@pytest.mark.parametrize("said", THINGS)
def test_a_thing_that_is_called_like_the_subject_is_never_changed(found, said):
    for place in (said, BESIDE.format(said)):
        assert {certainty for _, certainty in spans_of(found, place)} <= {ASK}


@pytest.mark.parametrize(
    ("said", "strength"),
    [
        ("seen by Katherine Mül", "hint"),
        ("seen by Müller-Weiss, Kath", "hint"),
        ("wrote kate.mueller@exam", "doubt"),
    ],
)
def test_what_a_columns_length_cuts_short_is_found_at_the_very_end_only(said, strength):
    assert strength in {m.strength for m in MATCHER.find(said, cut=True)}
    assert strength not in {m.strength for m in MATCHER.find(f"{said} again", cut=True)}
    assert strength not in {m.strength for m in MATCHER.find(said)}


@pytest.mark.parametrize(
    "said",
    ["4111 1111 1111 1234", "4111-1111-1111-1234", "xxxx-1234", "**** 1234", "ending in 1234"],
)
def test_a_card_is_found_in_groups_and_masked_to_its_end(said):
    card = {"card": "4111111111111234"}
    matcher = Matcher(Identity.of(read(card, {"card": "CREDIT_CARD"})))
    ((match),) = matcher.find(f"paid with {said} today")
    assert match.strength == ("strong" if said.startswith("4111") else "weak")
    assert matcher.find("paid 1234 with 4111 1111 1111 1235") == ()


@pytest.mark.parametrize("said", ["12 Elm St.", "12 ELM STREET", "12, Elm\r\nStreet", "12 Elm Str"])
def test_an_address_is_found_short_or_long_and_in_several_lines(said):
    home = {"street": "12 Elm Street"}
    matcher = Matcher(Identity.of(read(home, {"street": "STREET_ADDRESS"})))
    assert [m.strength for m in matcher.find(f"lives at {said}")] == ["full"]
    assert matcher.find("lives at 112 Elm Street or 12 Elmwood Street") == ()


def test_a_masked_number_names_nobody():
    assert not Identity.of(read({"card": "**** **** **** 1234"}, {"card": "CREDIT_CARD"}))


def test_names_in_other_alphabets_are_found_in_latin_and_back():
    for one, other in (("Иван", "Ivan"), ("Κώστας", "Kostas")):
        for first, last in ((one, other), (other, one)):
            row = {"first_name": first, "last_name": "Petrov"}
            assert [
                m.strength for m in Matcher(Identity.of(read(row, ENTITIES))).find(f"{last} Petrov")
            ] == ["full"]


@pytest.mark.parametrize(
    "said",
    ["Conor ONeil", "Conor O Neil", "Conor O`Neil", "Conor O’Neil", "ONEIL, CONOR", "Conor o'neil",
     "Conor O&#39;Neil", "Oneil Conor", "Conor P. O´Neil"],
)  # fmt: skip
def test_an_apostrophe_is_written_in_many_ways(said):
    row = {"first_name": "Conor", "last_name": "O'Neil"}
    matcher = Matcher(Identity.of(read(row, dict.fromkeys(row, "PERSON"))))
    assert [(m.span.start, m.strength) for m in matcher.find(f"saw {said} today")] == [(4, "full")]
    assert not [
        m for m in matcher.find("Conor Neil, Conor McNeil, O. Neil") if m.strength == "full"
    ]


@pytest.mark.parametrize(
    "day",
    ["21st March 1980", "21st of March, 1980", "March 21st, 1980", "Mar 21st 1980", "21 Mar 80",
     "21-Mar-80", "21. 3. 1980", "21.03.1980", "21031980", "21 mrt 1980", "21 de março de 1980",
     "21 marca 1980", "21 марта 1980", "21 mars 1980", "1980年3月21日", "1980년 3월 21일"],
)  # fmt: skip
def test_a_date_of_birth_in_words(day):
    row = {"first_name": "Conor", "x_dateofbirth": "1980-03-21"}
    kinds = {"first_name": "PERSON", "x_dateofbirth": "DATE_OF_BIRTH"}
    matcher = Matcher(Identity.of(read(row, kinds)))
    assert [m.span.end - m.span.start for m in matcher.find(f"born {day}!")] == [len(day)]
    assert not matcher.find("born 21st April 1980, 22nd March 1980 or 21 Mar 1981")


@pytest.mark.parametrize(
    "day",
    ["4. Mrz. 1980", "4.März 1980", "04 / 03 / 1980", "4 March '80", "4 March ’80", "4. März 80", "4/III/1980",
     "4. III. 1980", "1980.III.4", "1980-Mar-04", "04-Mar-80", "04MAR80", "March 4th, 1980", "4th of March 1980",
     "March the 4th, 1980", "Mar. 4, '80", "Mar/04/80", "4 March, 1980", "4 March\n1980", "4. března 1980",
     "4. marca 1980", "4. maaliskuuta 1980", "4 martie 1980", "1980. március 4", "1980. márc. 4", "4. marts 1980",
     "4. mars 1980", "4 березня 1980", "4. ožujka 1980", "marzo 4 de 1980"],
)  # fmt: skip
def test_a_date_of_birth_in_more_languages_and_orders(day):
    matcher = Matcher(Identity.of(read({"born": "1980-03-04"}, {"born": "DATE_OF_BIRTH"})))
    text = f"born {day}!"
    assert matcher.touches(text)
    assert [text[m.span.start : m.span.end] for m in matcher.find(text)] == [day]


@pytest.mark.parametrize(
    "said",
    ["4 March 1980 12:30", "04/Mar/1980:12:30:00", "1980-Mar-04 12:00", "4 March 80:10", "4 March 80 Uhr",
     "March 4, 80 people", "March 4 80", "4 March 1980-2", "1980-Mar-045", "14/III/1980", "4 III 80", "4/IV/1980",
     "4 III-1980", "v4.3.1980.2", "12-4-Mar-80", "14 March 1980", "March 14, 1980", "4 March 1981"],
)  # fmt: skip
def test_what_is_no_date_or_another_one_is_nobodys_birth(said):
    matcher = Matcher(Identity.of(read({"born": "1980-03-04"}, {"born": "DATE_OF_BIRTH"})))
    assert matcher.find(f"on {said}!") == ()


def test_words_that_are_months_in_some_language_stay_names_and_words():
    assert {"ian", "marc", "des", "pro"}.isdisjoint(months.named())
    assert months.dated(3) - months.called(3) == {"marc"}


@pytest.mark.parametrize("street", ["1 Main", "Ring 3"])
def test_a_short_street_is_a_weak_sign_where_it_is_written_as_it_is_stored(street):
    matcher = Matcher(identified(street=street))
    text = f"lives at {street}, Austin"
    (match,) = matcher.find(text)
    assert (text[match.span.start : match.span.end], match.strength) == (street, "weak")
    for said in (street.lower(), f"{street}:30", f"{street}5", f"{street}.5", f"{street} pm"):
        assert matcher.find(f"at {said} there") == (), said


def identified(**row):
    kinds = {"phone": "PHONE_NUMBER", "street": "STREET_ADDRESS", **ENTITIES}
    return Identity.of(read(row, kinds))


@pytest.mark.parametrize(
    ("held", "numbers"),
    [
        ("030/1234567", ["030 1234567"]),
        ("+49 30/1234567", ["+49 30 1234567"]),
        ("512-610-5466/512-610-7777", ["512-610-5466", "512-610-7777"]),
        ("512-610-5466; 030/1234567", ["030 1234567", "512-610-5466"]),
    ],
)
def test_a_slash_behind_an_area_code_is_not_one_between_two_numbers(held, numbers):
    assert sorted(i.value for i in identified(phone=held).identifiers) == numbers


def test_a_number_held_with_a_slash_is_found_however_it_is_written():
    matcher = Matcher(identified(phone="030/9018207"))
    for said in ("030/9018207", "030 901 82 07", "(030) 9018207", "0309018207"):
        assert [m.strength for m in matcher.find(f"rang from {said} today")] == ["strong"], said


def test_an_apostrophe_that_was_left_out_is_found_in_its_place():
    matcher = Matcher(identified(first_name="Sean", last_name="OBrien"))
    for said in ("Sean O'Brien", "Sean OBrien", "Sean O\u2019Brien", "O'Brien, Sean"):
        assert [m.strength for m in matcher.find(f"saw {said} today")] == ["full"], said


def test_an_address_without_its_flat_counts_beside_something_sure():
    matcher = Matcher(identified(street="12 Elm Street, Apt 4"))
    assert [m.strength for m in matcher.find("lives at 12 Elm Street, Apt. 4")] == ["full"]
    assert [m.strength for m in matcher.find("lives at 12 Elm Street")] == ["hint"]
    assert matcher.find("lives at 12 Elmwood, Apt 4") == ()


@pytest.mark.parametrize("part", ["Apt 4", "Suite 300", "Building 12", "#4021", "Wohnung 12"])
def test_a_part_of_a_building_alone_is_nobodys_address(part):
    assert not identified(street=part)
