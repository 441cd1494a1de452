"""Names with letters beyond ASCII are found where a machine escaped, garbled or lost them.

The names are made up; what is written of them is what Python's codecs make of it.
"""

import base64
import time
from email.header import Header

import pytest

from scanner.identity import Identity, read
from scanner.matcher import Matcher
from scanner.texts.folding import fold, folded

KINDS = {"first": "PERSON", "last": "PERSON", "mail": "EMAIL_ADDRESS"}


def called(first: str, last: str, mail: str = "j.m@post.example") -> Matcher:
    return Matcher(Identity.of(read({"first": first, "last": last, "mail": mail}, KINDS)))


def found(matcher: Matcher, said: str) -> list[tuple[str, str]]:
    text = f"seen: {said} today"
    matches = matcher.find(text)
    assert bool(matches) <= matcher.touches(text)
    return [(text[m.span.start : m.span.end], m.strength) for m in matches]


def garbled(said: str) -> str:
    """Read what is UTF-8 as Windows does: the few bytes that it has no sign for stay as they are."""
    return "".join(
        bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in said.encode("utf-8")
    )


NAMES = [
    ("Jürgen", "Müller"),
    ("María", "García"),
    ("Łukasz", "Żółty"),
    ("Özgür", "Çelik"),
    ("Renée", "Noël"),
]


@pytest.mark.parametrize(("first", "last"), NAMES)
@pytest.mark.parametrize("held", [str, str.upper])
@pytest.mark.parametrize("written", ["{0} {1}", "{1}, {0}"])
def test_utf8_that_was_read_as_windows_reads_is_the_name(first, last, held, written):
    matcher = called(held(first), held(last))
    for said in (
        garbled(written.format(first, last)),
        written.format(first, last).encode().decode("latin-1"),
    ):
        assert found(matcher, said) == [(said, "full")]


def test_utf8_that_was_read_wrongly_twice_is_the_name():
    said = garbled(garbled("Jürgen Müller"))
    assert found(called("Jürgen", "Müller"), said) == [(said, "full")]


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("IRMÃ”, she said", 'irma", she said'),
        ("«irmã»", '"irma"'),
        ("NÃO SÃO", "nao sao"),
        ("Ä Å Ã", "a a a"),
        ("PÅ\xa0GATA", "pa gata"),
        ("Jürgen", "jurgen"),
    ],
)
def test_words_that_have_such_letters_are_read_as_they_are(said, plain):
    assert folded(said) == fold(said).text == plain


def test_a_garbled_letter_makes_nobody_of_somebody_else():
    matcher = called("Martí", "Gil")
    assert found(matcher, garbled("Martí Gil")) == [(garbled("Martí Gil"), "full")]
    assert all(strength == "weak" for _, strength in found(matcher, "Marta Gil"))


@pytest.mark.parametrize("held", [str, str.upper])
@pytest.mark.parametrize(
    "said",
    [
        "J=FCrgen M=FCller",
        "J=FCrgen_M=FCller",
        "M=FCller, J=FCrgen",
        "M=DCLLER, J=DCRGEN",
        "J%FCrgen+M%FCller",
        "J\\'fcrgen M\\'fcller",
        "J\\u252?rgen M\\u252?ller",
        "J%u00FCrgen%20M%u00FCller",
    ],
)
def test_a_name_is_found_where_its_letters_are_escaped(held, said):
    assert found(called(held("Jürgen"), held("Müller")), said) == [(said, "full")]


@pytest.mark.parametrize("said", ["Thomas M=FCller", "M=FCller, Thomas"])
def test_one_of_two_names_may_have_such_letters(said):
    assert found(called("Thomas", "Müller"), said) == [(said, "full")]


def test_a_part_of_a_name_is_a_weak_sign_however_it_is_escaped():
    assert found(called("Jürgen", "Müller"), "Herr M=FCller") == [("M=FCller", "weak")]


@pytest.mark.parametrize(
    "said", ["J?rgen M?ller", "J??rgen M??ller", "J\ufffdrgen M\ufffdller", "M?ller, J?rgen"]
)
def test_a_name_of_which_letters_were_lost_is_asked_about(said):
    assert found(called("Jürgen", "Müller"), said) == [(said, "doubt")]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("Jürgen", "Müller", "Jorgen M?ller"),
        ("Jürgen", "Müller", "J?rgen Moller"),
        ("Jürgen", "Müller", "???"),
        ("Дмитрий", "Шевченко", "??????? ????????"),
        ("Ann", "Lee", "A?n L?e"),
        ("Ünü", "Öçe", "?n? ??e"),
    ],
)  # fmt: skip
def test_where_too_little_is_left_nobody_is_found(first, last, said):
    assert found(called(first, last), said) == []


@pytest.mark.parametrize(
    "said", ["JuergenMueller", "MuellerJuergen", "jurgenmuller", "@JürgenMüller"]
)
def test_a_name_in_one_word_is_asked_about_in_each_of_its_spellings(said):
    assert found(called("Jürgen", "Müller"), said) == [(said.strip("@"), "doubt")]


@pytest.mark.parametrize("name", ["Jürgen Müller", "Müller, Jürgen", "JÜRGEN MÜLLER"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
@pytest.mark.parametrize("around", ["{}", "Dr {}", "An: {} (privat)", "Re {}"])
def test_a_word_of_a_mails_header_that_hides_the_name_is_asked_about_as_a_whole(
    name, charset, around
):
    signs = base64.b64encode(around.format(name).encode(charset)).decode()
    said = f"=?{charset.upper()}?B?{signs}?="
    assert found(called("Jürgen", "Müller"), said) == [(said, "doubt")]
    assert found(called("JÜRGEN", "MÜLLER"), said) == [(said, "doubt")]


def test_an_address_in_such_a_word_is_asked_about():
    said = f"=?utf-8?b?{base64.b64encode(b'<Ann.Lee@post.example>').decode()}?="
    assert found(called("Zoe", "Quist", "Ann.Lee@post.example"), said) == [(said, "doubt")]


def test_the_name_in_a_quoted_word_of_a_header_is_found():
    said = Header("Jürgen Müller", "iso-8859-1").encode()
    assert found(called("Jürgen", "Müller"), said) == [(said[len("=?iso-8859-1?q?") : -2], "full")]


@pytest.mark.parametrize("name", ["Jürgen Möller", "Bob Ray", ""])
def test_another_word_of_a_header_is_nobodys(name):
    said = f"=?utf-8?B?{base64.b64encode(name.encode()).decode()}?="
    assert found(called("Jürgen", "Müller"), said) == []


@pytest.mark.parametrize(
    "text",
    ["=?utf-8?B?" * 20_000, f"=?utf-8?B?{'SsO8cmdlbiBNw7xsbGVy' * 10_000}", "Ã" * 200_000, "J?rgen " * 28_000, "M=FCller " * 20_000],
)  # fmt: skip
def test_long_texts_take_no_longer_for_their_length(text):
    began = time.process_time()
    called("Jürgen", "Müller").find(text)
    assert time.process_time() - began < 15
