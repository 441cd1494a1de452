"""What is found in running text, and which columns of notes are free text because of it."""

import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine, insert

from scanner.database import connect
from scanner.detectors.annotator import Annotator
from scanner.detectors.by_language import Language
from scanner.inspector import scan
from scanner.rulefiles import recognizers

WORK = (
    "The printer does not start after the update was installed, part {}.",
    "The order was shipped in two parcels because one item was out of stock, row {}.",
    "Waiting for the supplier to answer, the goods are on their way, batch {}.",
)
ARBEIT = (
    "Der Kunde hat den Vertrag gekündigt und möchte eine Bestätigung erhalten, Fall {}.",
    "Das Gerät startet nach der letzten Aktualisierung nicht mehr richtig, Teil {}.",
)
TRAVAIL = (
    "Le client demande une nouvelle facture pour la commande, dossier {}.",
    "Le colis est arrivé endommagé et doit être remplacé rapidement, ligne {}.",
)
TRABAJO = (
    "El cliente pide una nueva factura para el pedido de la semana pasada, caso {}.",
    "El paquete llegó dañado y hay que cambiarlo por otro nuevo, caso {}.",
)


@pytest.fixture(scope="module")
def annotator() -> Annotator:
    return Annotator(Language(), recognizers.load())


def found(annotator: Annotator, text: str) -> set[tuple[str, str]]:
    return {(s.entity, text[s.start : s.end]) for s in annotator.annotate([text])[0]}


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (
            "Please contact Jane O'Neil (jane@corp.example) or visit 221B Baker Street, London "
            "NW1 6XE. Her password is Tr0ub4dor&3 and user name: joneil",
            {
                ("PERSON", "Jane O'Neil"),
                ("EMAIL_ADDRESS", "jane@corp.example"),
                ("STREET_ADDRESS", "221B Baker Street, London NW1 6XE"),
                ("SECRET", "Tr0ub4dor&3"),
                ("USERNAME", "joneil"),
            },
        ),
        (
            "JOHN SMITH CALLED FROM 503-555-0143 ABOUT HIS INVOICE",
            {("PERSON", "JOHN SMITH"), ("PHONE_NUMBER", "503-555-0143")},
        ),
        ("spoke to maria garcia about the bill", {("PERSON", "maria garcia")}),
        ("Regards,\nPriya Natarajan\nSenior Engineer", {("PERSON", "Priya Natarajan")}),
        (
            "Sehr geehrte Frau Dr. Schneider, bitte rufen Sie mich unter 0171 2345678 zurück. "
            "Anschrift: Lindenstraße 12, 50674 Köln. Mit freundlichen Grüßen\nMarkus Hoffmann",
            {
                ("PERSON", "Schneider"),
                ("PHONE_NUMBER", "0171 2345678"),
                ("STREET_ADDRESS", "Lindenstraße 12, 50674 Köln"),
                ("PERSON", "Markus Hoffmann"),
            },
        ),
        (
            "Bonjour, je m'appelle Chloé Lefèvre, mon numéro est le 06 12 34 56 78.",
            {("PERSON", "Chloé Lefèvre"), ("PHONE_NUMBER", "06 12 34 56 78")},
        ),
        (
            "Estimada Sra. Fernández: su DNI 12345678Z consta en Calle Mayor 3, 28013 Madrid.",
            {
                ("PERSON", "Fernández"),
                ("NATIONAL_ID", "12345678Z"),
                ("STREET_ADDRESS", "Calle Mayor 3, 28013 Madrid"),
            },
        ),
        (
            "Gentile signor Rossi, il Suo indirizzo: Via Garibaldi 15, 20121 Milano.",
            {("PERSON", "Rossi"), ("STREET_ADDRESS", "Via Garibaldi 15, 20121 Milano")},
        ),
        (
            "Ship to: Carlos Mendes\nRua Augusta 1500\n01304-001 São Paulo",
            {
                ("PERSON", "Carlos Mendes"),
                ("STREET_ADDRESS", "Rua Augusta 1500"),
                ("STREET_ADDRESS", "01304-001"),
            },
        ),
        (
            "Charge my card 4012 8888 8888 1881, account number 98765432.",
            {("CREDIT_CARD", "4012 8888 8888 1881"), ("BANK_ACCOUNT", "98765432")},
        ),
    ],
)
def test_personal_data_of_anybody_is_found_in_text(
    annotator: Annotator, text: str, spans: set[tuple[str, str]]
) -> None:
    assert found(annotator, text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "ORDER 1234567890 SHIPPED 2023-05-06, TRACKING 1Z999AA10123456784, WEIGHT 12.5 KG",
        "ERROR 2024-01-02 10:11:12 Connection refused host=db01 port=5432 after 3 retries",
        "The Stanley FatMax hammer 16 oz has a steel shaft. Model 51-163. Made in the USA.",
        "The password is required. Enter your password again.",
        "Dear Customer, thank you for your purchase. Kind regards, Customer Service",
        "M. a appelé pour signaler que sa commande 20231145 n'est pas arrivée.",
        "Der Kunde hat den Vertrag gekündigt und möchte eine Bestätigung per Post erhalten.",
    ],
)
def test_texts_about_things_hold_nobody(annotator: Annotator, text: str) -> None:
    assert not found(annotator, text)


def test_spans_are_in_order_and_apart_and_equal_texts_have_equal_ones(annotator: Annotator) -> None:
    text = "Call Anna Berg, anna@berg.example, +49 30 1234567, or Tom Berg, 5 High Street."
    first, other, again = annotator.annotate([text, "", text])
    assert other == []
    assert first == again
    assert len(first) >= 5
    assert all(a.end <= b.start for a, b in pairwise(first))


def test_a_long_text_is_read_to_its_end(annotator: Annotator) -> None:
    text = "The goods are on their way. " * 1500 + "Please tell Margaret Thompson."
    assert ("PERSON", "Margaret Thompson") in found(annotator, text)


def column(tmp_path: Path, notes: Sequence[str]) -> tuple[str, float, float, float]:
    """Scan a table with one column of notes."""
    path = tmp_path / "notes.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    table = Table("log", MetaData(), Column("id", Integer, primary_key=True), Column("note", Text))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table), [{"note": n} for n in notes])
    engine.dispose()
    found = scan(connect(f"sqlite:///{path}"), pack=None)
    note = next(c for c in found.columns if c.column.name == "note")
    return note.personal, note.share, note.share_low, note.share_high


def with_one(base: Sequence[str], said: str) -> list[str]:
    notes = [base[i % len(base)].format(i) for i in range(199)] + [said]
    random.Random(1).shuffle(notes)
    return notes


@pytest.mark.parametrize(
    ("base", "said"),
    [
        (WORK, "She asked us to write to maria.keller@gmx.net before the end of the week."),
        (WORK, "Please call him back on 020 7946 0958 before noon if there is any news."),
        (WORK, "Spoke with Margaret Thompson about the refund and she agreed to wait."),
        (ARBEIT, "Bitte unter 0171 2345678 zurückrufen, sobald das Gerät repariert ist."),
        (ARBEIT, "Habe mit Frau Sabine Hoffmann telefoniert, sie wartet auf den Rückruf."),
        (TRAVAIL, "Madame Camille Lefèvre a appelé pour demander où est son colis."),
        (TRABAJO, "El cliente indica que su DNI es 12345678Z y vive en Madrid."),
    ],
)
def test_one_note_of_200_with_personal_data_makes_free_text(
    tmp_path: Path, base: Sequence[str], said: str
) -> None:
    personal, share, low, high = column(tmp_path, with_one(base, said))
    assert personal == "free_text"
    assert low < share < high < 0.03
    assert share == pytest.approx(1 / 200, rel=0.05)


@pytest.mark.parametrize(
    "notes",
    [
        [text.format(i) for i in range(70) for text in WORK],
        [text.format(i) for i in range(70) for text in ARBEIT],
        [f"{t.format(i)} Questions? Write to support@contoso.com." for i in range(70) for t in WORK],
        [f"The Stanley {i} has a steel body, a slim design and a battery for days." for i in range(200)],
        [f"ERROR worker {i} could not open the connection to host db{i} after 3 retries" for i in range(200)],
        [f"Save {i} percent on the new collection by Hugo Boss in all of our stores now." for i in range(200)],
    ],
    ids=["work", "german work", "one support address", "products", "log lines", "a brand"],
)  # fmt: skip
def test_texts_of_a_company_are_not_free_text(tmp_path: Path, notes: Sequence[str]) -> None:
    personal, _, _, high = column(tmp_path, notes)
    assert personal == "none"
    assert high > 0
