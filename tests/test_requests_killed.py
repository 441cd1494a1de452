"""Runs of requests whose process is killed: the next one goes on, and nothing is done twice."""

import subprocess
import sys
from pathlib import Path

import pytest

from scanner.journal import Journal
from tests import crm, mini, requesting
from tests.requesting import DAY_30, Office

ROOT = Path(__file__).parents[1]


@pytest.fixture
def embedded(efface, once, tmp_path):
    """A CRM in SQLite: where it is does not matter to who goes on."""
    with requesting.embedded(efface, once, tmp_path) as office:
        yield office


POINTS = (
    "nowhere", "UPDATE table_contact", "UPDATE table_task", "intent", "commit", "done", "request",
)  # fmt: skip


def test_a_run_that_is_killed_anywhere_ends_as_an_undisturbed_one_after_the_next(embedded):
    """The journal knows how it ended; the item is noted and closed once."""
    embedded.opened(embedded.crm.people()[0])
    embedded.crm.close()
    words = [embedded.folder, embedded.login, DAY_30, *POINTS]
    done = subprocess.run(
        [sys.executable, "-m", "tests.killed_runs", *map(str, words)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    ends = [line.split(" ", 3) for line in done.stdout.splitlines()]
    assert [point for *_, point in ends] == list(POINTS)
    assert [killed for killed, *_ in ends] == ["0", *["-9"] * (len(POINTS) - 1)]
    assert {again for _, again, *_ in ends} == {"0"}
    assert len({found for _, _, found, _ in ends}) == 1
    for number in range(len(POINTS)):
        at = embedded.folder / f"at-{number}"
        journal = Journal(at / "journal.jsonl", at / "journal.key")
        assert journal.open_intents() == ()
        assert [e.event for e in journal.read()].count("done") == 1


SERVED = ("UPDATE table_task", "commit", "request")


@pytest.mark.no_cover  # processes of their own
@pytest.mark.parametrize("server", ["mariadb", "postgresql"])
def test_a_run_that_is_killed_on_a_server_goes_on_with_the_next(
    efface, once, request, tmp_path, server
):
    made = crm.build(request.getfixturevalue(f"{server}_url"))
    office = Office(efface, made, tmp_path).prepare(once)
    for someone, point in zip(made.people(), SERVED, strict=False):
        number = office.opened(someone)
        words = ["--url", made.url, tmp_path, office.login, DAY_30, point]
        done = subprocess.run(
            [sys.executable, "-m", "tests.killed_runs", *map(str, words)],
            capture_output=True, text=True, check=True, cwd=ROOT,
        )  # fmt: skip
        assert done.stdout.splitlines()[-1] == f"-9 0 {point}", done.stderr
        assert len(made.notes(number)) == 1
        assert office.list("--all")[number]["verdict"] == "closed"
        [mail] = made.rows("select e_mail from table_contact where objid = :o", o=someone)
        assert mail == (f"redacted-{someone}@erased.invalid",)
    before = mini.dump(made.url)
    office.work("--commit")
    assert mini.dump(made.url) == before
    journal = Journal(office.journal)
    assert journal.open_intents() == ()
    assert [e.event for e in journal.read()].count("done") == len(SERVED)
    made.close()
