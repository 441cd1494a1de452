"""No command replaces a file that it reads, whatever it is called and however it is reached."""

import json
import shutil
from dataclasses import replace

import pytest

import reports
from scanner.model import Decision
from tests import mini


@pytest.fixture
def place(efface, once, tmp_path, monkeypatch):
    """A folder with a database and its scan, workbook, plan and journal."""

    def fill(folder):
        url = f"sqlite:///{folder / 'crm.sqlite'}"
        mini.build(url)
        scan, audit, plan = (folder / n for n in ("scan.json", "audit.xlsx", "plan.json"))
        hold = ("--hold", mini.BOB, "--until", "2099-01-01", "--why", "claim")
        for line in (
            ("scan", "--db", url, "--pack", "clarify", "--sample", 20, "--jobs", 1, "-o", scan),
            ("audit", scan, "--decide", "suggested", "-o", audit),
            ("plan", audit, "--db", url, "--subject", mini.BOB, "-o", plan),
            ("log", "--db", url, "--journal", folder / "j.jsonl", *hold),
        ):
            done = efface(*line)
            assert done.exit_code == 0, done.output

    shutil.copytree(once("careful", fill), tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _held(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


PLAN = ("plan", "audit.xlsx", "--db", "DB", "--subject", mini.BOB)
REPLACED = {
    "the database by a scan": ("crm.sqlite", "scan", "--db", "DB", "-o"),
    "the database by a plan": ("crm.sqlite", *PLAN, "-o"),
    "the workbook by a plan": ("audit.xlsx", *PLAN, "-o"),
    "the workbook by a script": ("audit.xlsx", *PLAN, "-o", "p.json", "--sql"),
    "the workbook by reviews": ("audit.xlsx", *PLAN, "--reviews"),
    "a plan with answers by a script": ("plan.json", *PLAN, "-o", "p.json", "--answers", "plan.json", "--sql"),
    "the workbook by a report": ("audit.xlsx", "locate", "audit.xlsx", "--db", "DB", "--subject", mini.BOB, "-o"),
    "a plan by its receipt": ("plan.json", "erase", "plan.json", "--db", "DB", "-o"),
    "a plan by its script": ("p.json", *PLAN, "-o", "p.json", "--sql"),
    "the journal by a plan": ("j.jsonl", *PLAN, "--journal", "j.jsonl", "-o"),
    "the journal by an export": ("j.jsonl", "log", "--journal", "j.jsonl", "--export"),
}  # fmt: skip


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("what", REPLACED)
def test_a_file_that_is_read_is_not_replaced(efface, place, what, linked):
    name, *words = REPLACED[what]
    before = _held(place)
    if linked and name in before:
        (place / "other").symlink_to(place / name)
        before["other"] = before[name]
    words = [f"sqlite:///{place / 'crm.sqlite'}" if w == "DB" else w for w in words]
    done = efface(*words, "other" if "other" in before else name)
    assert done.exit_code == 2, done.output
    assert "choose another name" in done.stderr
    assert _held(place) == before


def test_what_was_made_of_a_workbook_may_take_its_place(efface, place):
    assert efface("audit", "audit.xlsx", "-o", "audit.xlsx").exit_code == 0
    assert (
        efface("audit", "scan.json", "--previous", "audit.xlsx", "-o", "audit.xlsx").exit_code == 0
    )


def test_a_proposal_replaces_no_file_that_people_edit(efface, place):
    words = ("rules", "purge_contact", "--generate", "--audit", "audit.xlsx", "-o", "contact.toml")
    words += ("--db", f"sqlite:///{place / 'crm.sqlite'}")
    assert efface(*words).exit_code == 0
    assert efface(*words).exit_code == 0  # the same again
    edited = (place / "contact.toml").read_text() + "# ours\n"
    (place / "contact.toml").write_text(edited)
    again = efface(*words)
    assert again.exit_code == 2
    assert "people edit such files" in again.stderr
    over = efface("rules", "contact.toml", *words[2:])
    assert over.exit_code == 2
    assert (place / "contact.toml").read_text() == edited


def worked_in(efface, folder):
    """Decide about a column in a workbook, and answer a review in a plan and in its workbook."""
    audit = reports.read(folder / "audit.xlsx")
    column = audit.scan.columns[0].column
    made = {**audit.decisions, column: Decision(column, "keep", "Ada", "2026-01-03")}
    found = replace(audit, decisions=made)
    for name in ("decided.xlsx", "decided.json"):
        reports.write(found, folder / name)
    url = f"sqlite:///{folder / 'crm.sqlite'}"
    words = ("plan", "audit.xlsx", "--db", url, "--subject", mini.ANN, "-o")
    assert efface(*words, "answered.json").exit_code == 0
    raw = json.loads((folder / "answered.json").read_text())
    raw["reviews"][0]["answer"] = "keep"
    (folder / "answered.json").write_text(json.dumps(raw))
    answers = ("--answers", "answered.json", "--reviews", "answered.xlsx")
    assert efface(*words, "again.json", *answers).exit_code == 0


WORKED_IN = ("decided.xlsx", "decided.json", "answered.json", "answered.xlsx")
OTHERS = {
    "a scan": ("scan", "--db", "DB", "--sample", 5, "--jobs", 1, "-o"),
    "a plan": (*PLAN, "-o"),
    "a script": (*PLAN, "-o", "p.json", "--sql"),
    "a receipt": ("erase", "plan.json", "--db", "DB", "--journal", "j2.jsonl", "-o"),
    "a location": ("locate", "audit.xlsx", "--db", "DB", "--subject", mini.BOB, "-o"),
    "an export": ("log", "--journal", "j.jsonl", "--export"),
    "an audit": ("audit", "scan.json", "-o"),
    "reviews": (*PLAN, "-o", "p.json", "--reviews"),
}


@pytest.mark.parametrize("name", WORKED_IN)
@pytest.mark.parametrize("what", OTHERS)
def test_what_people_decided_or_answered_is_not_replaced(efface, place, what, name):
    url = f"sqlite:///{place / 'crm.sqlite'}"
    words = [url if w == "DB" else w for w in OTHERS[what]]
    worked_in(efface, place)
    before = _held(place)
    done = efface(*words, name)
    assert done.exit_code == 2, done.output
    assert _held(place).items() >= {name: before[name]}.items()


def test_only_our_own_json_is_replaced_by_json(efface, place):
    words = ("locate", "audit.xlsx", "--db", f"sqlite:///{place / 'crm.sqlite'}")
    words += ("--subject", mini.BOB, "-o")
    (place / "notes.txt").write_text("ours")
    done = efface(*words, "notes.txt")
    assert done.exit_code == 2
    assert "'notes.txt', which is no JSON of ours: choose another name" in done.stderr
    (place / "empty.json").touch()
    for name in ("empty.json", "empty.json", "scan.json"):
        assert efface(*words, name).exit_code == 0
    certified = ("erase", "plan.json", "--db", words[3], "--journal", "j2.jsonl", "-o", "done.html")
    for _ in range(2):
        assert efface(*certified).exit_code == 0


COMMITTED = ("--commit", "--confirm", mini.BOB)
NO_ERASURE = {
    "a rehearsal": ("erase", "plan.json", "--db", "DB", "--journal", "j2.jsonl", "-o"),
    "another erasure": ("erase", "plan.json", "--db", "DB", "--journal", "j2.jsonl", *COMMITTED, "-o"),
    "a plan": (*PLAN, "-o"),
}  # fmt: skip


@pytest.mark.parametrize("what", NO_ERASURE)
@pytest.mark.parametrize("name", ["receipt.json", "receipt.html"])
def test_what_proves_an_erasure_is_not_replaced(efface, place, what, name):
    url = f"sqlite:///{place / 'crm.sqlite'}"
    erase = ("erase", "plan.json", "--db", url, "--journal", "j2.jsonl", "-o", name)
    for words in (erase, erase, (*erase, *COMMITTED)):  # a rehearsal may be replaced
        assert efface(*words).exit_code == 0
    before = (place / name).read_bytes()
    done = efface(*[url if w == "DB" else w for w in NO_ERASURE[what]], name)
    assert done.exit_code == 2, done.output
    assert f"{name!r}, which proves an erasure that was committed: choose another" in done.stderr
    assert (place / name).read_bytes() == before


@pytest.mark.parametrize(
    ("subject", "told"), [(mini.ANN, "; --answers answered.json takes it over"), (mini.BOB, "")]
)
def test_how_a_plans_answers_are_taken_over_is_said(efface, place, subject, told):
    worked_in(efface, place)
    words = ("plan", "audit.xlsx", "--db", f"sqlite:///{place / 'crm.sqlite'}")
    words += ("--subject", subject, "-o", "answered.json")
    done = efface(*words)
    assert done.exit_code == 2
    assert done.stderr.strip().endswith(f"choose another name{told}")
    if told:
        assert efface(*words, "--answers", "answered.json").exit_code == 0
