"""No name or address of anybody gets from a file of requests into outputs and the journal."""

import pytest

from tests.test_requests_file import lines

__all__ = ["lines"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"Number": "Mathilde Fleury"}, "cell A2 (Number): a request is named by its number"),
        ({"Number": "Fleury"}, "cell A2 (Number): a request is named by its number"),
        ({"Approved by": "m.fleury@example.com"}, "cell H2 (Approved by): who approves is named"),
        ({"Approved by": "Mathilde Fleury"}, "cell H2 (Approved by): who approves is named"),
    ],
)
@pytest.mark.parametrize("words", [("list",), ("run", "--commit")])
def test_a_name_is_refused_where_a_number_or_a_login_belongs(lines, cells, said, words):
    lines.write([lines.asked() | cells])
    word, *more = words
    done = lines.run(word, *((lines.audit, *more) if word == "run" else ()), status=2)
    assert said in done.stderr
    assert "leury" not in done.stdout + done.stderr
    assert lines.journal.read() == ()
