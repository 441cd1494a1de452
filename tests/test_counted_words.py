"""Counts agree with their words."""

from tests.test_imports import BOB, HEAD, erased, office

__all__ = ["erased", "office"]


def test_one_row_of_two_is(office):
    ann = ["", "", "", "ann.lee@example.com", "", ""]
    result = office.run(office.csv([HEAD, BOB, ann]))
    assert "1 of 2 rows is about people who were erased" in result.stderr


def test_rules_are_counted_behind_their_kind(efface):
    told = efface("rules", "clarify", "--check").stdout
    assert "packs 1" in told
    assert "1 packs" not in told
