"""Random people, texts and disguises: what is planted is found exactly, what only looks alike is not."""

import random
from functools import cache

from faker import Faker
from hypothesis import given
from hypothesis import strategies as st

from scanner.identity import Identity, read
from scanner.matcher import Matcher
from scanner.subjects.crowd import Crowd
from scanner.texts.folding import fold, folded
from tests.examples import dear

LOCALES = ["en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "pl_PL", "tr_TR", "ru_RU", "el_GR"]
PEOPLE = 40
ENTITIES = {
    "first_name": "PERSON",
    "last_name": "PERSON",
    "mail": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER",
    "ref": "CUSTOMER_ID",
    "card": "CREDIT_CARD",
    "iban": "IBAN_CODE",
    "born": "DATE_OF_BIRTH",
}


@cache
def people() -> tuple[dict[str, str], ...]:
    """Make up people of several countries."""
    made = []
    for n in range(PEOPLE):
        fake = Faker(LOCALES[n % len(LOCALES)])
        fake.seed_instance(n)
        first, last = fake.first_name(), fake.last_name()
        local = f"{folded(first)[:1]}.{folded(last).replace(' ', '').replace(chr(39), '')}{n}"
        made.append(
            {
                "first_name": first,
                "last_name": last,
                "mail": f"{local}@example.com",
                "phone": f"+1 512 {610 + n} {5000 + 37 * n}",
                "ref": f"KD-{47100 + n}-X",
                "card": f"4{n:03}8372{1046 + n}{9263 + n}",
                "iban": f"DE{10 + n}5001051754073249{31 + n}",
                "born": str(fake.date_of_birth(minimum_age=20)),
            }
        )
    return tuple(made)


@cache
def matcher(n: int) -> Matcher:
    return Matcher(Identity.of(read(people()[n], ENTITIES)))


@cache
def crowd() -> Crowd:
    return Crowd({n: matcher(n).identity for n in range(PEOPLE)})


def grouped(number: str, size: int, sign: str) -> str:
    return sign.join(number[i : i + size] for i in range(0, len(number), size))


def strong(who: dict[str, str], chance: random.Random) -> str:
    """Write something that names ``who`` alone, in one of its ways."""
    local, domain = who["mail"].split("@")
    area, head, tail = who["phone"].split()[1:]
    return chance.choice(
        [
            who["mail"],
            who["mail"].upper(),
            f"{local}+tag@{domain}",
            f"{local} at {domain.replace('.', ' dot ')}",
            f"{local}[at]{domain}",
            who["mail"].replace("@", "&#64;"),
            f"{local}%40{domain}",
            who["phone"],
            f"{area}-{head}-{tail}",
            f"({area}) {head}.{tail}",
            f"001 {area} {head}{tail}",
            f"{area}\u2011{head}\u00a0{tail} ext. 12",
            who["ref"],
            who["ref"].replace("-", ""),
            who["ref"].lower().replace("-", " "),
            who["card"],
            grouped(who["card"], 4, " "),
            grouped(who["card"], 4, "-"),
            who["iban"],
            grouped(who["iban"], 4, " "),
        ]
    )


def named(who: dict[str, str], chance: random.Random) -> str:
    """Write the full name in one of its ways."""
    first, last = who["first_name"], who["last_name"]
    return chance.choice(
        [
            f"{first} {last}",
            f"{last}, {first}",
            f"{first} {last}".lower(),
            f"{first} {last}".upper(),
            f"{first}\r\n{last}",
            f"{first}&nbsp;{last}",
            f"{first[0]}<b>{first[1:]}</b> {last}",
            f"{first} Q. {last}",
            folded(f"{first} {last}"),
            f"{first}\u200b {last}".encode("unicode_escape").decode().replace("\\x", "\\u00"),
        ]
    )


def decoy(who: dict[str, str], other: dict[str, str], chance: random.Random) -> str:
    """Write something that only looks like something of ``who``."""
    local, domain = who["mail"].split("@")
    area, head, tail = who["phone"].split()[1:]
    return chance.choice(
        [
            f"x{who['mail']}",
            f"{who['mail']}.au",
            f"{who['mail']}munity",
            f"{local}0@{domain}",
            f"{local}@other.example",
            f"99{area}{head}{tail}99",
            f"+44 {area} {head} {tail}",
            f"{area}-{head}-{int(tail) + 1}",
            f"v{area}.{head}.{tail}.1.2",
            f"{who['ref']}Y",
            f"A{who['ref']}",
            f"{who['card']}7",
            f"1{who['card']}",
            f"{who['iban']}9",
            f"{who['last_name']}ington",
            f"{who['first_name']}qu",
            f"{who['first_name']} {other['last_name']}",
            other["mail"],
            other["phone"],
            other["card"],
        ]
    )


@st.composite
def stories(draw):
    """Give a person, a text and where what stands in it."""
    n = draw(st.integers(0, PEOPLE - 1))
    who, other = people()[n], people()[(n + 7) % PEOPLE]
    chance = random.Random(draw(st.integers(0, 2**32)))
    text, places = "", []
    for _ in range(draw(st.integers(1, 6))):
        text += draw(st.text(max_size=30)) + draw(st.sampled_from([" | ", "\n", " ; "]))
        kind = draw(st.sampled_from(["strong", "full", "decoy"]))
        make = {"strong": strong, "full": named}.get(kind)
        piece = make(who, chance) if make else decoy(who, other, chance)
        places.append((kind, len(text), len(text) + len(piece)))
        text += piece + draw(st.sampled_from([" | ", "\n\n", " ; ", "."])) + " "
    return n, text, places


@dear(100)
@given(stories())
def test_what_is_planted_is_found_exactly_and_a_decoy_never_surely(story):
    n, text, places = story
    found = matcher(n).find(text)
    spans = {(m.span.start, m.span.end): m.strength for m in found}
    for kind, start, end in places:
        if kind == "decoy":
            inside = [m for m in found if m.span.start < end and m.span.end > start]
            assert {m.strength for m in inside} <= {"hint", "doubt", "weak"}
        else:
            assert spans.get((start, end)) == kind


@dear(40)
@given(stories())
def test_a_crowd_finds_of_each_what_its_own_matcher_does(story):
    _, text, _ = story
    found = crowd().find(text)
    for n in range(PEOPLE):
        alone = matcher(n).find(text)
        assert found.get(n, ()) == (alone if any(m.strength != "weak" for m in alone) else ())


@dear(40)
@given(stories())
def test_what_was_cut_out_is_found_no_more(story):
    n, text, _ = story
    while surely := [m for m in matcher(n).find(text) if m.strength in ("strong", "full")]:
        left = text
        for match in reversed(surely):
            left = f"{left[: match.span.start]}[gone]{left[match.span.end :]}"
        assert len([m for m in matcher(n).find(left) if m.strength in ("strong", "full")]) < len(
            surely
        )
        text = left


@given(st.text(), st.sampled_from(["<b>", "</b>", "<br>", "&eacute;", "\\u00e9", "Щ", "ψ"]))
def test_folding_two_ways_is_the_same_with_tags_and_escapes(text, mark):
    whole = f"{text}{mark}{text}"
    plain = fold(whole)
    assert plain.text == folded(whole)
    for start in range(len(plain.text)):
        first, last = plain.origin(start, start + 1)
        assert 0 <= first <= last <= len(whole)
