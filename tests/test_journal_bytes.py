"""A line of the journal is whole to the byte: what only people would read of it is told, too."""

import pytest

from scanner.errors import Negative
from scanner.journal import Journal

NOW = "2026-01-01T00:00:00+00:00"
HOLD = {"subject": {"key": "7"}, "until": "2026-12-31", "why": "claim"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"content"', '{"content": {"why": "wish"}, "event": "release", "content"'),
        ('{"content"', '{ "content"'),
        ('"hold"', '"h\\u006fld"'),
        ("}\n", "} \n"),
        ("}\n", "}\r\n"),
    ],
    ids=["a key twice", "a blank", "another spelling", "a blank at the end", "another end"],
)
def test_a_line_that_reads_the_same_and_was_edited_is_told(tmp_path, old, new):
    journal = Journal(tmp_path / "journal.jsonl")
    for number in "ab":
        journal.append("hold", NOW, "", HOLD | {"subject": {"key": f"Zoë-{number}7"}})
    assert len(Journal(journal.path).read()) == len("ab")
    text = journal.path.read_bytes().decode()
    journal.path.write_bytes(text.replace(old, new, 1).encode())
    with pytest.raises(Negative, match="line 1 was changed after it was written"):
        Journal(journal.path).read()
