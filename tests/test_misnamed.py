"""What values say is not talked away by a column's name, nor missed where the name says nothing."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine

from scanner import inspector
from scanner.database import connect
from scanner.model import Finding

FIRST = [
    "Philippa", "Gareth", "Annika", "Tobias", "Rosalind", "Marcus", "Ingrid", "Desmond",
    "Beatrice", "Julian", "Henrietta", "Leonard", "Margot", "Rupert", "Sabine", "Theodore",
]  # fmt: skip
LAST = [
    "Hartmann", "Whitfield", "Nguyen", "Lindqvist", "Okafor", "Fischer", "Patterson", "Moreau",
    "Castillo", "Gallagher", "Schneider", "Robinson", "Johnson", "Kowalski", "Smith", "Becker",
]  # fmt: skip
ROWS = 120

TABLES = {
    "letter": "body text, line text",
    "call_log": "caller_number numeric(15), home_number numeric(10), summary varchar(80), "
    "outcome varchar(80), made_at numeric(15), barcode numeric(13), invoice_no numeric(12)",
    "document": "path text, asset text",
    "import_2022": "col1 text, col2 text, col3 text, col4 text, col5 text, col6 date, col7 date",
    "stock_2022": "col1 text, col4 text",
}


def rows(table: str) -> list[tuple[object, ...]]:
    """Invent people and things; no two runs differ."""
    chance = random.Random(f"{table} 5")
    return [ROW[table](chance, n) for n in range(ROWS)]


def letter(chance, n):
    one = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    said = ("we thank {} for the payment of last month", "please tell {} that the policy ends soon")
    return (
        f"Dear colleague, {chance.choice(said).format(one)}.",
        "the printer on floor two is broken",
    )


def call(chance, n):
    did = ("asked for a quote", "wants to be called back", "complained about the delay")
    what = ("asked for a quote", "wants a discount on Monday", "no answer, tried again later")
    return (
        4420794600000 // 10 + chance.randint(10, 99_999),
        f"{chance.choice((212, 415, 503, 617))}{chance.randint(200, 999)}{chance.randint(1000, 9999)}",
        f"{chance.choice(FIRST)} {chance.choice(did)}",
        f"Customer {chance.choice(what)}",
        1_600_000_000_000 + chance.randint(0, 10**11),
        4_006_000_000_000 + chance.randint(0, 10**9),
        202_200_000_000 + chance.randint(0, 10**7),
    )


def document(chance, n):
    who = f"{chance.choice(LAST)}_{chance.choice(FIRST)}"
    what = chance.choice(("invoices", "red-wide logo", "price_list", "annual_report"))
    return f"/srv/docs/{who}/{n}.pdf", f"/srv/assets/{what}/{n}.png"


def imported(chance, n):
    first, last = chance.choice(FIRST), chance.choice(LAST)
    born = date(1938, 1, 1) + timedelta(days=chance.randint(0, 67 * 365))
    bought = date(2018, 1, 1) + timedelta(days=chance.randint(0, 4 * 365))
    mail = f"{first}.{last}{n}@mail.example".lower()
    return (
        first,
        last,
        mail,
        born.isoformat(),
        bought.isoformat(),
        born.isoformat(),
        bought.isoformat(),
    )


def stock(chance, n):
    made = date(1938, 1, 1) + timedelta(days=chance.randint(0, 67 * 365))
    return f"engine {n}", made.isoformat()


ROW = {
    "letter": letter, "call_log": call, "document": document, "import_2022": imported,
    "stock_2022": stock,
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finding]:
    url = f"sqlite:///{tmp_path_factory.mktemp('misnamed') / 'made.sqlite'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        for table, columns in TABLES.items():
            connection.exec_driver_sql(f"create table {table} ({columns})")
            made = rows(table)
            places = ", ".join("?" * len(made[0]))
            connection.exec_driver_sql(f"insert into {table} values ({places})", made)
    engine.dispose()
    looked = connect(url)
    told = inspector.scan(looked, pack=None)
    looked.dispose()
    return {f"{c.column.table}.{c.column.name}": c for c in told.columns}


def test_people_in_sentences_win_over_what_a_name_is_about(found):
    assert found["letter.body"].personal == "free_text", found["letter.body"].why
    assert "people in sentences" in found["letter.body"].why
    assert found["letter.line"].personal == "none"


@pytest.mark.parametrize("column", ["caller_number", "home_number"])
def test_numbers_that_countries_give_out_are_phones_in_a_column_of_numbers(found, column):
    one = found[f"call_log.{column}"]
    assert (one.personal, one.entity) == ("direct", "PHONE_NUMBER"), one.why


@pytest.mark.parametrize("column", ["made_at", "barcode", "invoice_no"])
def test_times_and_codes_are_no_phones(found, column):
    assert found[f"call_log.{column}"].personal == "none"


def test_given_names_in_sentences_make_free_text(found):
    assert found["call_log.summary"].personal == "free_text", found["call_log.summary"].why
    assert found["call_log.outcome"].personal == "none", found["call_log.outcome"].why


def test_people_named_in_paths_are_found(found):
    assert found["document.path"].personal in {"free_text", "direct"}, found["document.path"].why
    assert found["document.asset"].personal == "none"


@pytest.mark.parametrize("column", ["col4", "col6"])
def test_dates_of_a_lifetime_beside_names_are_days_of_birth(found, column):
    one = found[f"import_2022.{column}"]
    assert (one.personal, one.entity) == ("direct", "DATE_OF_BIRTH"), one.why


@pytest.mark.parametrize("column", ["import_2022.col5", "import_2022.col7", "stock_2022.col4"])
def test_later_dates_and_dates_of_things_are_none(found, column):
    assert found[column].personal == "none"
