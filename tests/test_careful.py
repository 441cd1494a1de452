"""No command replaces a file that it reads, whatever it is called and however it is reached."""

import shutil

import pytest

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
