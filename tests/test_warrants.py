"""The journal names who approved a request, whatever the CRM takes for a login."""

import pytest

from scanner.records.ledger import LOGIN
from scanner.requests import docket
from scanner.requests.items import Item


@pytest.mark.parametrize(
    ("login", "named"),
    [
        ("sa", "sa"),
        ("DOMAIN\\anna.s", "DOMAIN\\anna.s"),
        ("anna schmidt", "anna_schmidt"),
        ("x" * 90, "x" * 60),
    ],
)
def test_who_approved_is_named_in_a_form_that_the_journal_takes(login, named):
    item = Item(1, "66", 7, True, "Approved", "open", "redact", None, None, 1, 2, login, "")
    told = docket.warrant(item)
    assert told.by == named
    assert LOGIN.fullmatch(told.by)
    assert told.to_raw()
