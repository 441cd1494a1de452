"""Rules prove their own examples, and a broken rule file says in one sentence what is wrong."""

import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from scanner import rulebook
from scanner.detectors.by_language import Language
from scanner.detectors.by_name import phrases
from scanner.detectors.mask import mask
from scanner.errors import Misconfigured
from scanner.rulefiles import recognizers

GOOD = """
[[recognizer]]
name = "badge"
entity = "BADGE"
pattern = 'B-\\d{4}'
weight = 0.8
matches = ["B-1234"]
rejects = ["B-12"]
"""

BROKEN = [
    (GOOD.replace('"B-1234"', '"X-1234"'), "does not match its example 1 of matches"),
    (GOOD.replace('"B-12"]', '"B-9999"]'), "matches its example 1 of rejects"),
    (GOOD.replace("'B-", "'(B-"), "has no valid pattern"),
    (GOOD.replace('rejects = ["B-12"]', ""), "lacks rejects"),
    (GOOD + "color = 3\n", "has the unknown key color"),
    (GOOD.replace("0.8", "8"), "a weight of 0 to 1"),
    ("[[recogniser]]\nname = 'x'\n", "unknown table 'recogniser'"),
    ("[[column]]\nentity = 'X'\nweight = 0.5\nwords = 'x'\n", "needs a list of words"),
    ("[vocabulary]\nplanets = ['mars']\n", "'planets' is not a known list"),
    ("this is no TOML", "is not valid TOML"),
]


@pytest.fixture(scope="module")
def ours() -> recognizers.Rules:
    return recognizers.load()


def file(folder: Path, text: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_our_rules_prove_their_examples(ours: recognizers.Rules) -> None:
    language = Language()
    for rule in ours.recognizers:
        assert rule.matches
        assert rule.rejects
        if rule.presidio:
            confirmed = [language.presidio.confirms(rule.presidio, text) for text in rule.matches]
            assert any(confirmed), f"{rule.name}: Presidio confirms none of its examples"


@pytest.mark.parametrize(("text", "complaint"), BROKEN)
def test_a_broken_rule_file_says_what_is_wrong(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        recognizers.load([file(tmp_path, text)])
    assert complaint in str(caught.value)
    assert "rules.toml" in str(caught.value)


def test_all_faults_of_a_rule_file_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('"B-1234"', '"X-1"') + "[[column]]\nentity = 'X'\n"
    with pytest.raises(Misconfigured, match=r"example 1.*; .*lacks weight, words"):
        recognizers.load([file(tmp_path, text)])


def test_a_missing_rule_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"absent\.toml"):
        recognizers.load([tmp_path / "absent.toml"])


def test_a_users_rules_add_to_ours(tmp_path: Path, ours: recognizers.Rules) -> None:
    loaded = recognizers.load([file(tmp_path, GOOD)])
    assert {r.name for r in loaded.recognizers} == {r.name for r in ours.recognizers} | {"badge"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("contactFirstName", "contact first name"),
        ("S_FIRST_NAME", "first name"),
        ("ZIPCode", "zip code"),
        ("address2", "address 2"),
        ("kundentelefon", "kunden telefon"),
        ("name_des_personals", "name personals"),
        ("fecha_nacimiento", "fecha nacimiento"),
        ("acid", "acid"),
        ("public", "public"),
        ("notification", "notification"),
    ],
)
def test_names_are_read_as_whole_words(ours: recognizers.Rules, name: str, words: str) -> None:
    assert " ".join(ours.words(name)) == words


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("cust_e_mail", "EMAIL_ADDRESS"),
        ("ip_address", "IP_ADDRESS"),
        ("vorname", "PERSON"),
        ("nachname_des_gastes", "PERSON"),
        ("data_urodzenia", "DATE_OF_BIRTH"),
        ("codice_fiscale", "NATIONAL_ID"),
        ("telefoonnummer", "PHONE_NUMBER"),
        ("código_postal", "POSTCODE"),
        ("příjmení", "PERSON"),
        ("doğum_tarihi", "DATE_OF_BIRTH"),
        ("lösenord", "SECRET"),
        ("endereço", "STREET_ADDRESS"),
        ("file_name", ""),
    ],
)
def test_column_names_are_known_in_many_languages(
    ours: recognizers.Rules, name: str, entity: str
) -> None:
    assert [p.entity for _, p in phrases(ours.words(name), ours)][-1] == entity


@pytest.mark.parametrize(
    ("value", "entity", "shown"),
    [
        ("Ada Lovelace", "PERSON", "A** L*******"),
        ("+1 555 010 4243", "PHONE_NUMBER", "+* *** *** **43"),
        ("ada@example.com", "EMAIL_ADDRESS", "a**@e******.com"),
        ("Li", "PERSON", "**"),
        ("Ann", "PERSON", "***"),
        ("hunter2", "SECRET", "********"),
        ("1984-03-12", "DATE_OF_BIRTH", "****-**-**"),
        ("12 High St", "STREET_ADDRESS", "** H*** **"),
        ("<b>Bob</b>", "PERSON", "***B***/**"),
    ],
)
def test_masks_show_the_shape_only(value: str, entity: str, shown: str) -> None:
    assert mask(value, entity) == shown


def test_a_missing_model_says_what_to_do() -> None:
    with pytest.raises(Misconfigured, match="'xx_no_such_model' is not installed: pip install"):
        Language("xx_no_such_model")


LOADED = recognizers.load()

GATE = r"(?=.*\d)(?=.*[^\W\d_])"

PIECES = [
    *(
        "12",
        "7a",
        "1",
        "3rd",
        "High",
        "Street",
        "st",
        "Hauptstraße",
        "rue",
        "n°",
        "Via",
        "Al",
        "os",
    ),
    *(",", ".", " ", " ", "-", "/", "\n", "x", "é", "_", "str", "Lindenweg", "Apt", "bis", "c/"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
@settings(max_examples=500, deadline=None)
def test_what_is_looked_for_first_changes_no_match(text: str) -> None:
    (rule,) = [r for r in LOADED.recognizers if r.name == "street and number"]
    assert rule.pattern.pattern.startswith(GATE)
    plain = re.compile(rule.pattern.pattern.removeprefix(GATE), re.IGNORECASE)
    assert bool(rule.pattern.fullmatch(text)) == bool(plain.fullmatch(text))


def test_a_file_without_rules_is_refused(tmp_path):
    from click.testing import CliRunner

    from scanner.cli import main

    (tmp_path / "case.toml").touch()
    done = CliRunner().invoke(main, ["rules", str(tmp_path / "case.toml")])
    assert done.exit_code == 2, done.output
    assert "no rules in" in done.output


def _rules(*words: object):
    from click.testing import CliRunner

    from scanner.cli import main

    return CliRunner().invoke(main, ["rules", *map(str, words)])


def test_a_file_in_the_folder_of_rules_that_nothing_reads_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "rules"
    shutil.copytree(Path(str(files("rules") / "clarify.toml")).parent, folder)
    monkeypatch.setattr(rulebook, "files", lambda _name: folder)
    assert _rules().exit_code == 0
    (folder / "mine.toml").write_text('[[recogniser]]\nname = "x"\n')
    for done in (_rules(), _rules("purge_case")):
        assert done.exit_code == 2, done.output
        assert done.output.count("\n") == 1
        assert "nothing reads rules/mine.toml" in done.output


def test_a_pack_that_extends_another_is_shown(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text('[pack]\nextends = "clarify"\n[requests]\ndelay_days = 3\n')
    done = _rules(mine)
    assert done.exit_code == 0, done.output
    assert "PACKS" in done.output
    mine.write_text('[pack]\nextends = "clarify"\n[reqests]\ndelay_days = 3\n')
    assert "unknown reqests" in _rules(mine).output


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ('title = "A shop"\n', "[pack] lacks title"),
        ('known_by = ["customers"]\n', "[pack] lacks known_by"),
        ('table = "customers"\n', "[subject] lacks table"),
        ('from = "customers"\n', "[[reach]] number 2 lacks from"),
        ('name = "by status"\n', "[[kpi]] number 1 lacks name"),
    ],
)
def test_a_pack_that_lacks_a_word_is_told_which(tmp_path, lost, told):
    mine = tmp_path / "mine.toml"
    whole = (
        f'{SHOP}[[reach]]\ntable = "a"\nfrom="customers"\nby = "b"\n'
        '[[reach]]\ntable = "orders"\nfrom = "customers"\nby = "customer_id"\n'
        '[[kpi]]\nname = "by status"\ntable = "orders"\nby = ["status"]\n'
    )
    mine.write_text(whole)
    assert _rules(mine, "--check").exit_code == 0
    mine.write_text(whole.replace(lost, "", 1))
    done = _rules(mine, "--check")
    assert done.exit_code == 2
    assert told in done.output
    assert "Error" not in done.output
    mine.write_text("[pack]\n[subject]\n[[reach]]\nconfirm = true\n")
    assert (
        "[pack] lacks title, known_by; [subject] lacks table; [[reach]] number 1 lacks table, from"
        in (_rules(mine).output)
    )


SHOP = """[pack]
title = "A shop"
known_by = ["customers"]
key = "id"
[subject]
table = "customers"
"""


def test_a_directive_for_a_schema_of_ones_own_is_checked_with_its_pack(sqlite_url, tmp_path):
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("create table customers (id integer primary key, name text)"))
        connection.execute(
            text(
                "create table orders (id integer primary key, customer_id integer, "
                "foreign key (customer_id) references customers (id))"
            )
        )
    engine.dispose()
    pack, purge = tmp_path / "shop.toml", tmp_path / "purge.toml"
    pack.write_text(SHOP)
    head = '[directive]\ntitle = "Customer"\nroot = "customers"\nkey = "id"\n'
    purge.write_text(head)
    asked = (purge, "--db", sqlite_url)
    assert "with --pack" in _rules(*asked).output
    assert "orders.customer_id -> customers" in _rules(*asked, "--pack", pack).output
    purge.write_text(f'{head}follow = ["orders.customer_id -> customers"]\n')
    done = _rules(*asked, "--pack", pack)
    assert done.exit_code == 0, done.output
    assert "fits: rows of 2 tables are deleted" in done.output
