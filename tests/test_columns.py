"""Columns are judged by all that speaks for and against, on databases that nobody has seen."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from scanner import inspector
from scanner.database import connect
from scanner.detectors import by_name, classify
from scanner.detectors.by_language import Language
from scanner.detectors.look import Look
from scanner.detectors.values import Values
from scanner.errors import Misconfigured
from scanner.model import ColumnRef, Finding
from scanner.rulefiles import recognizers
from tests import hostile

Found = Mapping[tuple[str, str], Finding]

MADE = hostile.columns(seed=1, rows=60)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of the tables that mislead."""
    made = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'made.sqlite'}"
    hostile.build(MADE, made).dispose()
    return made


def scan(url: str, *, sample: int = 1000, full: bool = False, seed: int = 0) -> Found:
    engine = connect(url)
    try:
        told = inspector.scan(engine, pack=None, sample=sample, full=full, seed=seed)
    finally:
        engine.dispose()
    return {(c.column.table, c.column.name): c for c in told.columns}


@pytest.fixture(scope="module")
def found(url: str) -> Found:
    return scan(url, full=True)


def test_tables_that_mislead_are_told_rightly(found: Found) -> None:
    wrong = [
        f"{m.table}.{m.name}: {found[m.table, m.name].personal} is not {'|'.join(sorted(m.right))}"
        for m in MADE
        if found[m.table, m.name].personal not in m.right
    ]
    assert not wrong


def test_every_none_has_its_upper_bound(found: Found) -> None:
    nones = [c for c in found.values() if c.personal == "none"]
    assert len(nones) > len(found) / 3
    assert all(c.share_high == pytest.approx(3 / c.values_read, abs=1e-4) for c in nones)


def test_too_little_is_unknown_and_never_none(found: Found) -> None:
    assert found["tiny", "q1"].personal == "unknown"
    assert found["tiny", "q1"].why == "too few values to tell"
    assert found["barren", "email"].personal == "unknown"
    assert found["barren", "email"].why == "no values to look at"


def test_what_stands_in_a_value_is_said_by_the_kind_beside_it(found: Found) -> None:
    kinds = next(m for m in MADE if (m.table, m.name) == ("extra", "param")).values
    one = found["extra", "value"]
    assert one.share == pytest.approx(kinds.count("last_name") / len(kinds), abs=1e-3)
    assert "column param beside it says that it holds personal data" in one.why


def test_reasons_are_plain_words(found: Found) -> None:
    why = {key: found[key].why for key in found}
    assert why["client", "GEBURTSTAG"] == (
        "its name says 'geburtstag'; values that could be it (100 % of 60)"
    )
    assert why["x9", "field14"] == "e-mail address without a top level domain (100 % of 60)"
    assert why["product", "phone_model"] == (
        "its name says 'phone model', which is nothing personal"
    )
    assert why["product", "sha"] == "nothing personal in 60 values"
    assert why["shop", "phone"].startswith("the data of an organisation: ")


def test_other_samples_and_the_whole_agree_within_their_intervals(url: str, found: Found) -> None:
    first, second = scan(url, sample=40, seed=1), scan(url, sample=40, seed=2)
    for key, whole in found.items():
        for one in (first[key], second[key]):
            assert one.values_read <= whole.values_read
            if one.personal == whole.personal:
                assert one.share_low <= whole.share + 1e-3
                assert one.share_high >= whole.share - 1e-3
        low = max(first[key].share_low, second[key].share_low)
        high = min(first[key].share_high, second[key].share_high)
        assert low <= high + 1e-3 or first[key].personal != second[key].personal
    verdicts = [(first[k].personal, second[k].personal, found[k].personal) for k in found]
    assert sum(len(set(v)) == 1 for v in verdicts) >= 0.95 * len(verdicts)


@pytest.fixture(scope="module")
def rules() -> recognizers.Rules:
    return recognizers.load()


@pytest.mark.parametrize(
    ("entity", "names"),
    [
        ("PERSON", "FirstName last_name VORNAME Nachname nom_de_famille prénom Apellido2 cognome"),
        ("PERSON", "achternaam NAZWISKO förnamn etternavn Sukunimi příjmení soyadı familiya"),
        ("EMAIL_ADDRESS", "EMail e_mail_addr Courriel correo_electronico Sähköposti e-posta"),
        ("PHONE_NUMBER", "TelNr phone_no Handynummer num_tel celular NrTelefonu tlf shoujihao"),
        ("STREET_ADDRESS", "STRASSE straße Hausnummer rue dirección Indirizzo ulica katuosoite"),
        ("DATE_OF_BIRTH", "dob Geburtsdatum date_naissance FechaNac data_nascita Fødselsdato"),
        ("NATIONAL_ID", "SSN codice_fiscale DNI cpf PESEL personnummer henkilötunnus TC_Kimlik_No"),
        ("POSTCODE", "zip PLZ code_postal CEP psč postnr kod_pocztowy"),
        ("SECRET", "Password mot_de_passe Kennwort contraseña senha HASŁO salasana şifre"),
        ("USERNAME", "login user_name Benutzername brukernavn kullanıcı_adı"),
        ("BANK_ACCOUNT", "IBAN Kontonummer numero_cuenta kontonr rekeningnummer"),
    ],
)
def test_names_of_columns_are_read_in_many_languages(
    rules: recognizers.Rules, entity: str, names: str
) -> None:
    assert [n for n in names.split() if _named(rules, n) != entity] == []


def test_names_about_something_else_say_nothing(rules: recognizers.Rules) -> None:
    names = "phone_model email_verified table_name first_row last_login address_id numero_factura"
    names += (
        " cityscape surnameless mailing_enabled token_count birth_count street_type partita_iva"
    )
    assert [n for n in names.split() if _named(rules, n)] == []


def _named(rules: recognizers.Rules, name: str) -> str:
    look = Look(ColumnRef("", "t", name), Values.of(["x"]), rules, Language())
    look.signs = list(by_name.detect(look))
    entities = {s.entity for s in look.signs} - {"*", ""}
    best = max(entities, key=look.weight, default="")
    return best if best and look.weight(best) >= 0.5 else ""


CARDS = [f"4{n * 7919 % 10**15:015}" for n in range(1, 61)]
"""As long as the number of a payment card; of most the check digit is wrong."""


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("card", CARDS, "direct"),
        ("guest_card", CARDS, "direct"),
        ("card", [f"{c[:4]} {c[4:8]} {c[8:12]} {c[12:]}" for c in CARDS], "direct"),
        ("card", [str(n) for n in range(1, 61)], "none"),
        ("card", ["ace of spades", "queen of hearts", "two of clubs"] * 20, "none"),
        ("game_card", CARDS, "none"),
        ("card_count", CARDS, "none"),
    ],
)
def test_a_card_is_one_of_payment_by_its_digits_also_where_their_check_is_wrong(
    rules: recognizers.Rules, name: str, values: list[str], kind: str
) -> None:
    look = Look(ColumnRef("", "guests", name), Values.of(values), rules, Language())
    classify.examine(look)
    assert classify.judge(look).personal == kind


def test_a_site_can_weigh_evidence_differently(url: str, tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text('[[weight]]\nname = "gazetteer.full"\nweight = 0.1\nwhy = "ours"\n')
    ours, shipped = recognizers.load([path]), recognizers.load()
    assert ours.weights["gazetteer.full"] == 0.1
    assert replace(ours, weights=shipped.weights) == shipped
    path.write_text('[[weight]]\nname = "gazetteer.full"\nweight = 7\nwhy = "ours"\n')
    with pytest.raises(Misconfigured, match=r"ours\.toml: weight 'gazetteer\.full'"):
        recognizers.load([path])


def test_every_weight_of_the_detectors_has_its_line(rules: recognizers.Rules) -> None:
    folder = Path(by_name.__file__).parent
    text = "".join(p.read_text(encoding="utf-8") for p in folder.glob("*.py"))
    quoted = {k for k in rules.weights if f'"{k}"' in text}
    assert {k for k in rules.weights if not k.startswith("name.")} <= quoted
