"""A request that the set-up keeps from being carried out says so, once, wherever people look."""

import pytest

from scanner.errors import DatabaseFailed, Stale
from tests import mini
from tests.test_requests_file import BARE, lines

__all__ = ["lines"]


def unfit(lines) -> None:
    """Let requests purge by directives that this database does not fit."""
    (lines.folder / "x.toml").write_text(
        '[directive]\nextends = "purge_contact"\nfollow = ["table_none.a2b -> table_contact"]\n'
    )
    text = lines.pack.read_text(encoding="utf-8")
    lines.pack.write_text(text.replace(BARE, BARE + 'directives = ["x.toml"]\n'), encoding="utf-8")


def test_directives_that_do_not_fit_are_noted_once_and_told_to_the_journal(lines):
    unfit(lines)
    lines.write(
        [lines.asked(Method="purge"), lines.asked(Number="2", Subject=str(mini.BOB))],
    )
    done = lines.run("run", lines.audit, "--commit", status=5)
    assert "request 1, subject 268435457: refused: " in done.stdout
    before, other = (r["Note"] for r in lines.rows())
    assert before.startswith("Efface did not carry this out: ")
    assert "x.toml does not fit this database: " in before
    assert other.startswith("Efface carried this out by redact")
    told = [e.content for e in lines.journal.read() if e.content.get("state") == "refused"]
    assert [t["subject"] for t in told] == [{"key": str(mini.ANN)}]
    size = len(lines.journal.read())
    lines.run("run", lines.audit, "--commit", status=2)
    assert lines.rows()[0]["Note"] == before
    assert len(lines.journal.read()) == size


@pytest.mark.parametrize(
    ("error", "said", "status"), [(Stale, "refused", 3), (DatabaseFailed, "failed", 4)]
)
def test_what_keeps_changing_is_noted_and_what_the_database_fails_at_is_not(
    lines, monkeypatch, error, said, status
):
    from scanner.requests import runner

    def fails(*_words, **_more):
        raise error("others write meanwhile")

    monkeypatch.setattr(runner, "_planned", fails)
    lines.write([lines.asked()])
    done = lines.run("run", lines.audit, "--commit", status=status)
    assert f"{said}: others write meanwhile" in done.stdout
    assert bool(lines.rows()[0]["Note"]) == (said == "refused")
    states = [e.content.get("state") for e in lines.journal.read()]
    assert ("refused" in states) == (said == "refused")


def test_faults_of_directives_stand_one_in_a_line_and_are_counted_in_tables(lines, efface):
    unfit(lines)
    lines.write([lines.asked(Method="purge"), lines.asked(Number="2", Method="purge")])
    told = lines.run("list").stdout.splitlines()
    assert all("does not fit this database: " in line for line in told[1:])
    words = ("plan", lines.audit, "--subject", mini.ANN, "--method", "purge", "-o", "p.json")
    done = efface(*words, "--directive", lines.folder / "x.toml", env={"EFFACE_DB": lines.url})
    assert done.exit_code == 2
    first, *faults = done.stderr.splitlines()
    assert first.endswith(f"{len(faults) - 1} faults, as efface rules NAME --check --db URL says")
    assert any("table_none.a2b" in line for line in faults)
    assert all("; " not in line for line in faults[:-1])
