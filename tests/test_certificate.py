"""The certificate of an erasure: what it proves, and that nobody's data is in it."""

import json
import re
import stat
from html.parser import HTMLParser

import openpyxl
import pytest

import reports
from tests import mini
from tests.erasing import Erasure
from tests.test_reviews import BOB_ASKED, Desk


@pytest.fixture
def desk(efface, sqlite_url, tmp_path):
    made = Desk(efface, mini.build(sqlite_url), tmp_path)
    made.write(BOB_ASKED, "Answer", "erase")
    made.write(BOB_ASKED, "Reviewer", "D. P. <Officer>")
    made.write(BOB_ASKED, "Note", "Zebra-Secret-Note: she is Ann Lee")
    return made


class Page(HTMLParser):
    """A page's elements and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.said = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.said += data


def test_a_certificate_proves_the_erasure_and_holds_nobodys_data(desk):
    page, again, raw = (desk.folder / n for n in ("c.html", "again.html", "c.json"))
    desk.erase("--commit", "--confirm", mini.ANN, "-o", page)
    for path in (again, raw):
        done = desk.efface("log", "--journal", desk.folder / "j.jsonl", "--certificate", path)
        assert done.exit_code == 0, done.stderr
    assert again.read_text() == page.read_text()
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    said = Page(page.read_text()).said
    told = json.loads(raw.read_text())
    assert "Certificate of erasure" in said
    assert "residue 0" in said
    for word in (told["plan"], told["journal"]["digest"], *told["digests"].values(), "PERSON",
                 f"table_contact {mini.ANN}", "D. P. <Officer>", "full-text indexes", "backups",
                 "kept: nobody answered", told["versions"]["python"]):  # fmt: skip
        assert word in said, word
    for figure in told["kpis"]:
        assert figure["name"] in said
    for canary in (*mini.CANARIES, "Bob", "Ray", "512-610-7777"):
        for path in (page, raw, desk.folder / "j.jsonl"):
            pattern = rf"(?<!\w){re.escape(canary)}(?!\w)"
            assert not re.search(pattern, path.read_text()), (canary, path.name)


def test_counts_by_kind_are_the_counts_of_cells(desk):
    receipt = desk.commit()
    kinds = {t: sum(k.values()) for t, k in receipt["kinds"].items()}
    cells = {}
    for column, count in receipt["cells"].items():
        table = column.rpartition(".")[0]
        cells[table] = cells.get(table, 0) + count
    assert kinds == cells
    assert receipt["kinds"]["table_e_addr"] == {"EMAIL_ADDRESS": 1}


def test_the_page_loads_nothing_and_runs_nothing(desk):
    path = desk.folder / "c.html"
    desk.erase("-o", path)
    page = Page(path.read_text())
    assert not {t for t, _ in page.tags} & {"script", "img", "link", "iframe", "a", "object"}
    (policy,) = [a["content"] for t, a in page.tags if a.get("http-equiv")]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "url(" not in path.read_text()
    assert "http" not in path.read_text().replace("http-equiv", "")


def test_a_rehearsal_is_not_called_an_erasure(desk):
    path = desk.folder / "c.html"
    desk.erase("-o", path)
    said = Page(path.read_text()).said
    assert "Nothing was changed" in said
    assert "Certificate" not in said


def certified(made, **more):
    """Erase Ann in a rehearsal; give the receipt and what its page says."""
    raw = {**made.run(made.plan()).to_raw(), **more}
    path = made.journal.path.parent / "c.html"
    reports.certify(raw, path)
    return raw, Page(path.read_text()).said


def test_rows_that_triggers_added_are_not_said_not_to_be_there(embedded):
    before = len(mini.dump(embedded.url)["aud_table_contact"])
    plan = embedded.plan()
    embedded.commit(plan)
    assert len(mini.dump(embedded.url)["aud_table_contact"]) > before
    raw = embedded.journal.receipt(plan.digest).content
    path = embedded.journal.path.parent / "c.html"
    reports.certify(raw, path)
    said = Page(path.read_text()).said
    assert "No row was removed, and the figures of reports are equal" in said
    assert "added or removed" not in said
    assert raw["added"] == {"aud_table_contact": 1}
    assert "Triggers added rows to these tables; what they copied of the subject was erased" in said
    reports.certify({k: v for k, v in raw.items() if k != "added"}, path)
    assert "The triggers listed below may have added rows to tables" in Page(path.read_text()).said


def test_where_no_trigger_is_no_row_was_added(embedded):
    embedded.write("drop trigger t_aud")
    _, said = certified(embedded)
    assert "No row was added or removed, and the figures of reports are equal" in said
    assert "may have added" not in said


def test_a_trigger_that_copies_nothing_of_the_subject_is_told_as_such(embedded):
    embedded.write("drop trigger t_aud")
    embedded.write("create table seen (n integer)")
    embedded.write(
        "create trigger t_seen after update on table_contact begin insert into seen values (1); end"
    )
    made = Erasure(embedded.url, embedded.journal.path.parent)
    raw, said = certified(made)
    assert raw["rounds"] == 1
    assert raw["added"]["seen"] >= 1
    assert "nothing of the subject was found in such rows" in said
    _, said = certified(made, triggers={}, rounds=2, deleted={"table_x": 1}, added=None)
    assert "no other row was removed, and no row that is left" in said
    assert "Triggers may have added rows" in said
    made.engine.dispose()


def test_attachments_are_named_by_keys_and_never_by_paths(embedded):
    duty = {"kind": "attachment files", "where": "table_doc_path.path", "count": 2,
            "why": "delete them there", "keys": [11, 12]}  # fmt: skip
    raw = {**embedded.run(embedded.plan()).to_raw(), "duties": [duty]}
    path = embedded.journal.path.parent / "c.html"
    reports.certify(raw, path)
    assert "table_doc_path.path (2): 11, 12" in Page(path.read_text()).said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--certificate", "c.pdf"], "neither"),
        (["--certificate", "c.html", "--plan", "ffff"], "no receipt of such a plan"),
    ],
)
def test_what_cannot_be_certified_is_refused(desk, monkeypatch, words, told):
    desk.commit()
    monkeypatch.chdir(desk.folder)
    done = desk.efface("log", "--journal", "j.jsonl", *words)
    assert done.exit_code == 2
    assert told in done.stderr


def test_the_note_of_a_reviewer_goes_nowhere(desk):
    rows = openpyxl.load_workbook(desk.book)["Reviews"].iter_rows(values_only=True)
    assert "Zebra" in str(list(rows))
    receipt = desk.commit()
    assert "Zebra" not in json.dumps(receipt)
