"""A name that a street, a firm, a shop or a thing bears is asked about, whatever stands beside it."""

import pytest

from scanner.subjects.reasons import THING
from tests import mini
from tests.erasing import asked, noted, now

MAIL = "x77@example.com"


@pytest.fixture
def outcome(single):
    """Erase what is sure of a note in somebody else's case: what is left, and what is asked."""

    def erased(first: str, last: str, said: str):
        for table in ("table_contact", "contact_bkp"):
            single.write(
                f"update {table} set first_name = '{first}', s_first_name = '{first.upper()}', "
                f"last_name = '{last}', s_last_name = '{last.upper()}', e_mail = '{MAIL}' "
                f"where objid = {mini.ANN}"
            )
        noted(single, said.format(mail=MAIL))
        plan = single.plan()
        single.commit(plan)
        return now(single)[0], asked(plan).get(500, "")

    return erased


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("María", "García López", "C/ García López 5, {mail}"),
        ("María", "García López", "C/ María García López 5, {mail}"),
        ("María", "García López", "Avda. García López 5, {mail}"),
        ("María", "García", "Pza. García, {mail}"),
        ("María", "García López", "Talleres García López {mail}"),
        ("María", "García López", "Ferretería María García López {mail}"),
        ("María", "García", "García y asociados, {mail}"),
        ("Marco", "Rossi", "P.zza Rossi {mail}"),
        ("Marco", "Rossi", "L.go Rossi {mail}"),
        ("Marco", "Rossi", "F.lli Rossi {mail}"),
        ("Marco", "Rossi", "Strada Marco Rossi {mail}"),
        ("Marco", "Rossi", "via Rossi {mail}"),
        ("Marco", "Rossi", "abita in via Marco Rossi, {mail}"),
        ("Marco", "Rossi", "Marco Rossi e figli {mail}"),
        ("Anne-Marie", "Dupont", "r. Dupont {mail}"),
        ("Anne-Marie", "Dupont", "Rés. Anne-Marie Dupont {mail}"),
        ("Anne-Marie", "Dupont", "12 av. Anne-Marie Dupont {mail}"),
        ("Anne-Marie", "Dupont", "Crèche Anne-Marie Dupont {mail}"),
        ("Anne-Marie", "Dupont", "Dupont et fils {mail}"),
        ("Jan", "de Vries", "Jan de Vries-straat {mail}"),
        ("Jan", "de Vries", "Slagerij Jan de Vries {mail}"),
        ("Jan", "de Vries", "Jan de Vries en zn. {mail}"),
        ("Jan", "Nowak", "ul. Nowak {mail}"),
        ("Jan", "Nowak", "piekarnia Jan Nowak {mail}"),
        ("Karl", "Quist", "Bäckerei Quist {mail}"),
        ("Karl", "Quist", "Salon Karl Quist {mail}"),
        ("Karl", "Quist", 'Hotel "Quist" {mail}'),
        ("Karl", "Quist", "Haus Karl Quist {mail}"),
        ("Karl", "Quist", "line Karl Quist {mail}"),
        ("Karl", "Quist", "Karl Quist und Partner {mail}"),
        ("Karl", "Quist", "Karl Quist-Straße {mail}"),
        ("Hugo", "Quist", "Modell Hugo Quist {mail}"),
        ("Hugo", "Quist", "a Hugo Quist dress, {mail}"),
        ("Hugo", "Quist", "Hugo Quist chair {mail}"),
        ("Hugo", "Quist", "Quist's beer {mail}"),
        ("Hugo", "Quist", "Hugo Quist's shop {mail}"),
    ],
)
def test_a_street_a_firm_or_a_thing_with_the_name_is_asked_about(outcome, first, last, said):
    text, why = outcome(first, last, said)
    assert (text, why) == (said.format(mail="[EMAIL]"), THING)


@pytest.mark.parametrize(
    "said",
    [
        "on line {name} {mail}",
        "garage, {name} {mail}",
        "nach Haus. {name} {mail}",
        "closed the shop. {name} {mail}",
        "at the restaurant. {name} {mail}",
        "sent via {name}, {mail}",
        "via {name} <{mail}>",
        "c/o {name} {mail}",
        "{name}, table 5, {mail}",
        "{name} (chair) {mail}",
        "{name}'s dress, {mail}",
        "{name} ordered a table {mail}",
        "{name} und Anna {mail}",
        "{name}'s phone: {mail}",
    ],
)
def test_where_the_word_means_something_else_the_name_goes(outcome, said):
    text, why = outcome("Karl", "Quist", said.format(name="Karl Quist", mail="{mail}"))
    assert (text, why) == (said.format(name="[NAME]", mail="[EMAIL]"), "")


def test_a_rare_name_alone_beside_such_a_word_is_asked_about_too(outcome):
    said = "the salon Quillfeather was closed"
    assert outcome("Ann", "Quillfeather", said) == (said, THING)
