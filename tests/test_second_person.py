"""What is said where nobody knows that two people opened and approved a request."""

import pytest

from tests.test_requests_file import lines

__all__ = ["lines"]


@pytest.mark.parametrize(
    ("opener", "approver", "said"),
    [
        ("desk", "", "nobody is named who approved it"),
        ("", "officer", "nobody is named who opened it"),
        ("", "", "nobody is named who approved it"),
        ("desk", "Desk", "who approved it is who opened it"),
    ],
)
def test_a_request_says_which_of_two_people_is_missing(lines, opener, approver, said):
    lines.write([lines.asked(Opened_by=opener, Approved_by=approver)])
    told = lines.run("list").stdout
    assert told.rstrip().endswith(f"{said}: a second person has to approve it")
