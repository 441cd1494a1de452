"""What ``efface log`` says of options that cannot be right."""

import pytest


@pytest.mark.parametrize(
    "words",
    [
        ("--hold", "7", "--why", "claim", "--until", "31.12.2026"),
        ("--open", "7", "--request", "SR-1", "--received", "1.1.2026"),
    ],
)
def test_a_day_is_written_in_one_way(efface, tmp_path, words):
    done = efface("log", "--journal", tmp_path / "journal.jsonl", *words)
    assert done.exit_code == 2
    assert f"'{words[-2]}': write it like 2026-01-31" in done.stderr
    assert not [*tmp_path.iterdir()]


def test_a_check_of_a_database_that_is_not_there_is_no_success(efface, tmp_path, embedded):
    gone = efface("log", "--check", "--db", f"sqlite:///{tmp_path / 'mistyped.db'}")
    assert "there is no such database file" in gone.stderr
    assert gone.exit_code == 4
    there = efface("log", "--check", "--db", embedded.url)
    assert "nothing was ever committed" in there.stderr
    assert there.exit_code == 0
    named = efface("log", "--check", "--journal", tmp_path / "mistyped.jsonl")
    assert named.exit_code == 2
