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
