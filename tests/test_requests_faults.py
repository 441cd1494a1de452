"""All that makes no sense in the ``[requests]`` of a pack is said at once."""

import pytest

from scanner.errors import Misconfigured
from scanner.rulefiles import tracking


def test_all_faults_are_named_at_once():
    wrong = {"delay_days": -3, "method": "destroy", "reviews": "maybe", "term_months": "x"}
    with pytest.raises(Misconfigured) as caught:
        tracking.parse(wrong, "shop")
    assert str(caught.value) == (
        "shop: [requests]: no method destroy: redact or purge; reviews is keep or refuse; "
        "delay_days is a whole number; term_months is a whole number"
    )
