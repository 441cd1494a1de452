"""Requests that are kept in a CSV or Excel file, for sites that do not use action items."""

import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from scanner.records import holds
from scanner.requests import lock
from tests import mini
from tests.erasing import Erasure
from tests.purging import CUSTOMS, write

HEADS = (
    "Number", "Subject", "Status", "Method", "Received", "Opened by", "Approved", "Approved by",
    "Closed", "Note",
)  # fmt: skip
NOW = "2026-03-31T02:00:00"
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
"""Who may write anywhere."""

BARE = """
[requests]
second_person = true
"""


class Site:
    """The small CRM, which has no action items, and a file of requests."""

    def __init__(self, efface, erasure: Erasure, folder: Path, suffix: str) -> None:
        self.efface, self.url, self.folder = efface, erasure.url, folder
        self.path = folder / f"requests.{suffix}"
        self.journal, self.audit = erasure.journal, folder / "audit.json"
        self.pack = folder / "pack.toml"
        text = (Path(__file__).parents[1] / "rules" / "clarify.toml").read_text(encoding="utf-8")
        start, end = text.index("[requests]\n"), text.index("# A later erasure")
        self.pack.write_text(text[:start] + BARE + text[end:], encoding="utf-8")
        import reports

        reports.write(erasure.audit, self.audit)
        self.printed: list[str] = []

    def run(self, word, *more, status=0):
        words = ("requests", word, "--pack", self.pack, "--queue", self.path, "--now", NOW, *more)
        if word in ("run", "list"):
            words = (*words, "--journal", self.journal.path)
        done = self.efface(*words, env={"EFFACE_DB": self.url})
        self.printed += [done.stdout, done.stderr]
        assert done.exit_code == status, done.stdout + done.stderr
        return done

    def rows(self) -> list[dict[str, str]]:
        """Read the file as somebody else's program does."""
        if self.path.suffix == ".csv":
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                return list(csv.DictReader(file))
        sheet = openpyxl.load_workbook(self.path).worksheets[0]
        head, *rest = sheet.iter_rows(values_only=True)
        return [
            {h: "" if v is None else str(v) for h, v in zip(head, r, strict=True)} for r in rest
        ]

    def edit(self, line: int, **cells: str) -> None:
        """Change cells as people do; names have _ for blanks."""
        rows = self.rows()
        rows[line] |= {name.replace("_", " "): value for name, value in cells.items()}
        self.write(rows)

    def write(self, rows: list[dict[str, str]]) -> None:
        lines = [list(HEADS), *([r.get(h, "") for h in HEADS] for r in rows)]
        if self.path.suffix == ".csv":
            with self.path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(lines)
            return
        book = openpyxl.Workbook()
        for line in lines:
            book.active.append(line)
        book.save(self.path)

    def asked(self, **cells: str) -> dict[str, str]:
        """A request that is due."""
        row = {
            "Number": "1", "Subject": str(mini.ANN), "Status": "Approved", "Received": "2026-02-15",
            "Opened by": "desk", "Approved": "2026-02-20", "Approved by": "officer",
        }  # fmt: skip
        return row | {name.replace("_", " "): value for name, value in cells.items()}


@pytest.fixture(params=["csv", "xlsx"])
def site(request, efface, embedded, tmp_path):
    return Site(efface, embedded, tmp_path, request.param)


@pytest.fixture
def lines(efface, embedded, tmp_path):
    """A site with a CSV file, for promises that do not depend on the kind of file."""
    return Site(efface, embedded, tmp_path, "csv")


def test_a_request_in_a_file_from_opening_to_closing(site):
    site.run("open", "--subject", mini.ANN, "--as", "desk")
    assert not site.path.exists()  # a rehearsal
    site.run("open", "--subject", mini.ANN, "--as", "desk", "--commit")
    site.run("open", "--subject", mini.ANN, "--as", "desk", "--commit", status=3)
    assert site.path.stat().st_mode & 0o777 == 0o600
    [row] = site.rows()
    assert None not in row.values()  # as wide as the others
    assert (row["Number"], row["Subject"], row["Opened by"]) == ("1", str(mini.ANN), "desk")
    site.edit(0, Received="2026-02-15", Status="Approved", Approved="2026-03-02")
    site.edit(0, Approved_by="Officer")
    listed = json.loads(site.run("list", "--json").stdout)["requests"]
    assert (listed[0]["reasons"], listed[0]["days_left"]) == (["too young: 1 of 30 days left"], -16)
    site.edit(0, Approved="2026-03-01 02:00")
    before = mini.dump(site.url), site.path.read_bytes()
    site.run("run", site.audit)
    assert (mini.dump(site.url), site.path.read_bytes()) == before
    site.run("run", site.audit, "--commit")
    [row] = site.rows()
    assert (row["Status"], row["Closed"]) == ("Closed", "2026-03-31 02:00:00")
    assert row["Note"].startswith("Efface carried this out by redact: ")
    assert site.path.stat().st_mode & 0o777 == 0o600
    assert "ann.lee@example.com" not in mini.texts(site.url)
    before = mini.dump(site.url), site.path.read_bytes()
    site.run("run", site.audit, "--commit")
    assert "no request is due" in site.printed[-1]
    assert (mini.dump(site.url), site.path.read_bytes()) == before
    text = "\n".join(site.printed) + json.dumps(site.rows())
    for canary in (*mini.CANARIES, "Bob", "Ray"):
        assert f" {canary}" not in text
    told = [e.event for e in site.journal.read() if "state" not in e.content]
    assert told == ["basis", "intent", "done", "request"]


def test_a_refused_row_is_noted_once_and_keeps_no_other_from_its_turn(site):
    site.write(
        [
            site.asked(Approved_by="Desk"),
            site.asked(Number="2", Subject=str(mini.BOB)),
            site.asked(Number="3", Subject="1"),
        ]
    )
    site.run("run", site.audit, "--commit", status=5)
    said = [r["Note"].partition(":")[2].partition(":")[0].strip() for r in site.rows()]
    assert said[0] == "who approved it is who opened it"
    assert said[2].startswith("the person is gone, and the journal knows of no purge")
    assert [bool(r["Closed"]) for r in site.rows()] == [False, True, False]
    before = site.path.read_bytes()
    site.run("run", site.audit, "--commit", status=3)
    assert site.path.read_bytes() == before


def test_a_row_whose_closing_was_lost_is_closed_by_the_next_run(lines):
    lines.write([lines.asked()])
    lines.run("run", lines.audit, "--commit")
    lines.write([lines.asked()])  # as if the process had been killed before the file was written
    [listed] = json.loads(lines.run("list", "--json").stdout)["requests"]
    assert listed["verdict"] == "due"
    assert listed["reasons"][0].startswith("already erased at ")
    before = mini.dump(lines.url)
    assert "nothing is left: only to be closed" in lines.run("run", lines.audit).stdout
    assert lines.rows()[0]["Status"] == "Approved"
    assert "nothing is left: closed" in lines.run("run", lines.audit, "--commit").stdout
    assert mini.dump(lines.url) == before
    [row] = lines.rows()
    assert row["Status"] == "Closed"
    assert row["Note"].startswith("Efface had erased this person at ")


def test_a_file_may_be_beside_any_database(efface, erasure, tmp_path):
    site = Site(efface, erasure, tmp_path, "csv")
    purging(site)
    site.write([site.asked(), site.asked(Number="2", Subject=str(mini.BOB), Method="purge")])
    site.run("run", site.audit, "--commit")
    assert [r["Status"] for r in site.rows()] == ["Closed", "Closed"]
    site.write([site.asked(), site.asked(Number="2", Subject=str(mini.BOB), Method="purge")])
    before = mini.dump(site.url)
    site.run("run", site.audit, "--commit")
    assert [r["Note"][:25] for r in site.rows()] == [
        "Efface had erased this pe",
        "Efface carried this out b",
    ]
    assert mini.dump(site.url) == before


def test_who_came_back_is_erased_again_and_who_asks_later_is_not_called_erased(lines):
    lines.write([lines.asked()])
    lines.run("run", lines.audit, "--commit")
    write(
        lines.url,
        f"update table_contact set e_mail = 'ann.lee@example.com' where objid = {mini.ANN}",
    )
    lines.write([lines.asked(), lines.asked(Number="2", Received="2999-01-01", Approved="")])
    later = ("--now", "2999-01-01")
    listed = json.loads(lines.run("list", "--json", *later).stdout)["requests"]
    reasons = [r["reasons"] for r in listed]
    assert reasons[0][0].endswith(", and is back: it is erased again")
    assert reasons[1] == ["approved, but not since when: fill in Approved"]
    assert ": done: redact, " in lines.run("run", lines.audit, "--commit", *later).stdout
    assert "ann.lee@example.com" not in mini.texts(lines.url)


def test_a_key_that_is_somebody_elses_by_now_erases_nobody(lines):
    """A stale copy of a file, and a database that gives keys of deleted rows again."""
    purging(lines)
    lines.write([lines.asked(Method="purge")])
    before = lines.path.read_bytes()
    lines.run("run", lines.audit, "--commit")
    write(
        lines.url,
        "insert into table_contact (objid, first_name, last_name, e_mail) "
        f"values ({mini.ANN}, 'Zoe', 'Quist', 'zoe.quist@example.com')",
    )
    for method in ("purge", "redact"):
        lines.path.write_bytes(before.replace(b"purge", method.encode()))
        lines.run("list")
        assert "fits who has the key now: look, then close the request" in lines.printed[-2]
        untouched = mini.dump(lines.url)
        lines.run("run", lines.audit, "--commit", status=3)
        assert mini.dump(lines.url) == untouched


def test_a_hold_is_listed_with_the_request(lines, efface):
    lines.write([lines.asked()])
    words = ("--hold", mini.ANN, "--until", "2999-01-01", "--why", "claim")
    assert efface("log", "--journal", lines.journal.path, *words).exit_code == 0
    [listed] = json.loads(lines.run("list", "--json").stdout)["requests"]
    assert listed["verdict"] == "refused"
    assert listed["reasons"][0].startswith("hold until 2999-01-01: ")
    lines.run("run", lines.audit, "--commit", status=3)


@pytest.mark.parametrize(("encoding", "ending"), [("utf-16", "\n"), ("utf-8", "\r\n")])
def test_a_file_keeps_its_encoding_and_how_its_lines_end(lines, encoding, ending):
    row = lines.asked(Note="für später")
    text = "".join(
        ";".join(r.get(h, "") for h in HEADS) + ending
        for r in (dict(zip(HEADS, HEADS, strict=True)), row)
    )
    lines.path.write_bytes(text.encode(encoding))
    lines.run("run", lines.audit, "--commit")
    after = lines.path.read_bytes().decode(encoding)
    assert (after.count(ending), after.count("\n")) == (2, 2)
    assert after.splitlines()[0] == ";".join(HEADS)
    assert ";Closed;" in after.splitlines()[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_may_tell_spreadsheets_what_stands_between_its_cells(lines, encoding):
    rows = [dict(zip(HEADS, HEADS, strict=True)), lines.asked(), lines.asked(Method="x")]
    text = "sep=;\r\n" + "".join(";".join(r.get(h, "") for h in HEADS) + "\r\n" for r in rows)
    lines.path.write_bytes(text.encode(encoding))
    lines.run("list", status=2)
    assert "cell D3 (Method)" in lines.printed[-1]  # as the spreadsheet shows it
    lines.path.write_bytes("\r\n".join(text.split("\r\n")[:3]).encode(encoding))
    lines.run("run", lines.audit, "--commit")
    after = lines.path.read_bytes().decode(encoding).splitlines()
    assert after[:2] == ["sep=;", ";".join(HEADS)]
    assert len(after) == 3
    assert ";Closed;" in after[2]


def purging(lines):
    """Let requests purge whoever has no open cases."""
    (lines.folder / "contact.toml").write_text(CUSTOMS)
    more = f'directives = ["purge_case", {json.dumps(str(lines.folder / "contact.toml"))}]\n'
    text = lines.pack.read_text(encoding="utf-8")
    lines.pack.write_text(text.replace(BARE, BARE + more), encoding="utf-8")
    write(lines.url, "update table_case set case_state2condition = 2")


def test_a_purge_whose_row_was_not_closed_is_found_in_the_journal(lines):
    purging(lines)
    lines.write([lines.asked(Method="purge"), lines.asked(Number="2", Subject="1")])
    before = lines.path.read_bytes()
    lines.run("run", lines.audit, "--commit", status=5)
    assert [r["Status"] for r in lines.rows()] == ["Closed", "Approved"]
    lines.path.write_bytes(before)  # as if the process had been killed before the file was written
    reasons = [r["reasons"][0] for r in json.loads(lines.run("list", "--json").stdout)["requests"]]
    assert reasons[0].startswith("purged at ")
    assert reasons[1].startswith("the person is gone, and the journal knows of no purge")
    lines.run("run", lines.audit, "--commit", status=5)
    assert [r["Status"] for r in lines.rows()] == ["Closed", "Approved"]
    assert lines.rows()[0]["Note"].startswith("Efface carried this out by purge at ")


def test_two_files_and_the_crm_may_give_equal_numbers(lines, efface):
    journal, bob = lines.journal, str(mini.BOB)
    lines.write([lines.asked(Approved="2026-03-30")])
    lines.run("run", lines.audit, "--commit")
    lines.path = lines.folder / "other.csv"
    lines.write([lines.asked(Subject=bob, Approved="2026-03-30")])
    lines.run("run", lines.audit, "--commit")
    words = ("--journal", journal.path, "--open", mini.BOB, "--request", "1")
    assert efface("log", *words).exit_code == 0
    waiting = holds.waiting(journal.read())
    assert sorted(d.key for d in waiting.values()) == sorted([str(mini.ANN), bob, bob])
    lines.edit(0, Closed="2026-03-30")
    lines.run("run", lines.audit, "--commit")
    assert sorted(d.key for d in holds.waiting(journal.read()).values()) == sorted(
        [str(mini.ANN), bob]
    )


def test_a_file_that_was_moved_or_copied_holds_the_same_requests(lines):
    lines.write([lines.asked(Approved="2026-03-30"), lines.asked(Number="2", Subject="1")])
    lines.run("run", lines.audit, "--commit", status=3)
    before = sorted(holds.waiting(lines.journal.read()))
    moved = lines.folder / "elsewhere"
    moved.mkdir()
    lines.path = shutil.move(lines.path, moved / "other name.csv")
    lines.edit(0, Closed="2026-03-30")
    lines.run("run", lines.audit, "--commit", status=3)
    [left] = holds.waiting(lines.journal.read())
    assert left in before
    assert left.startswith("2:Q")


def test_a_subject_that_is_corrected_takes_the_place_of_the_wrong_one_in_the_journal(lines):
    lines.write([lines.asked(Status="New", Approved=""), lines.asked(Number="2", Subject="1")])
    lines.run("run", lines.audit, "--commit", status=3)
    wrong = holds.waiting(lines.journal.read())
    lines.edit(0, Subject=str(mini.BOB))
    lines.run("list")
    assert f"it was about subject {mini.ANN} at " in lines.printed[-2]
    assert lines.printed[-1].count("\n") == 1  # nothing is kept elsewhere
    lines.run("run", lines.audit, "--commit", status=3)
    right = holds.waiting(lines.journal.read())
    assert sorted(d.key for d in right.values()) == ["1", str(mini.BOB)]
    [gone], [come] = wrong.keys() - right.keys(), right.keys() - wrong.keys()
    [told] = [e.content for e in lines.journal.read() if e.content.get("state") == "superseded"]
    assert (told["request"], told["becomes"]) == (gone, come)
    told = len(lines.journal.read())
    lines.run("run", lines.audit, "--commit", status=3)
    assert len(lines.journal.read()) == told
    lines.edit(0, Subject="")
    lines.run("run", lines.audit, "--commit", status=3)
    assert holds.waiting(lines.journal.read()) == right


def test_an_approval_is_of_the_subject_that_the_request_named_then(lines):
    lines.write([lines.asked(Approved="2026-03-20")])
    lines.run("run", lines.audit, "--commit")
    before = mini.dump(lines.url)
    lines.edit(0, Subject=str(mini.BOB), Approved="2026-02-20")
    [listed] = json.loads(lines.run("list", "--json").stdout)["requests"]
    assert listed["verdict"] == "refused"
    assert f"approved when it was about subject {mini.ANN}" in listed["reasons"][0]
    lines.run("run", lines.audit, "--commit", status=3)
    assert mini.dump(lines.url) == before
    assert f"about subject {mini.ANN}" in lines.rows()[0]["Note"]
    today = datetime.now()
    lines.edit(0, Approved=f"{today:%Y-%m-%d}")
    lines.run("run", lines.audit, "--commit", "--now", f"{today + timedelta(31):%Y-%m-%d}")
    assert lines.rows()[0]["Status"] == "Closed"


def test_a_day_that_is_corrected_moves_the_term_in_the_journal(lines):
    lines.write([lines.asked(Approved="2026-03-20")])
    lines.run("run", lines.audit, "--commit")
    lines.edit(0, Received="2026-01-15")
    lines.run("run", lines.audit, "--commit")
    [due] = holds.waiting(lines.journal.read()).values()
    assert due.due.isoformat() == "2026-02-15"


@pytest.mark.parametrize("closed", ["", "2026-03-30"])
def test_what_an_earlier_version_called_otherwise_is_not_open_for_ever(lines, closed):
    content = {
        "request": "1:Q0a1b2c3d", "state": "opened", "subject": {"key": str(mini.ANN)},
        "received": "2026-02-15", "due": "2026-03-15",
    }  # fmt: skip
    lines.journal.append("request", "2026-02-16T02:00:00+00:00", "", content)
    other = content | {"request": "2:Q0a1b2c3d", "subject": {"key": "9"}}
    lines.journal.append("request", "2026-02-16T02:00:00+00:00", "", other)
    lines.write([lines.asked(Approved="2026-03-20", Closed=closed)])
    lines.run("list")
    assert "not among these, but open in the journal: 2:Q0a1b2c3d (subject 9)" in lines.printed[-1]
    lines.run("run", lines.audit, "--commit")
    left = holds.waiting(lines.journal.read())
    assert "1:Q0a1b2c3d" not in left
    assert len(left) == (1 if closed else 2)
    late = lines.efface("log", "--journal", lines.journal.path, "--overdue")
    assert "efface log --close ID" in late.stderr


def test_a_big_erasure_does_not_wait_for_the_request_that_asks_for_it(lines):
    """SQLite locks all readers out once what is written no longer fits into memory."""
    case = mini.rows()["table_notes_log"][0]["case_notes2case"]
    write(
        lines.url,
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500) "
        "insert into table_notes_log (objid, description, case_notes2case) "
        f"select 900000000 + i, 'Ann Lee ' || hex(randomblob(900)), {case} from n",
    )
    lines.write([lines.asked()])
    lines.run("run", lines.audit, "--commit")
    assert lines.rows()[0]["Status"] == "Closed"


def test_what_people_write_beside_stays(lines):
    lines.path.write_text(
        "\ufeffRemark;note;Number;Subject;Status;Method;Received;Opened by;Approved;Approved by;"
        f'Closed\r\n"a; b";;7;{mini.ANN};approved;;2026-02-15;desk;2026-02-20;officer;\r\n',
        encoding="utf-8",
    )
    lines.run("run", lines.audit, "--commit")
    text = lines.path.read_text(encoding="utf-8")
    assert text.startswith("\ufeffRemark;note;Number")
    assert '"a; b";Efface carried this out by redact' in text


FAULTS = [
    ({"Closed": "no"}, "I2 (Closed): no date"),
    ({"Subject": "Ann Lee"}, "cell B2 (Subject): no key"),
    ({"Received": "last week"}, "cell E2 (Received): no date"),
    ({"Received": ""}, "cell E2 (Received): empty"),
    ({"Received": "0001-01-01T00:00+05:00"}, "cell E2 (Received): no date"),
    ({"Approved": "9999-12-31"}, "cell G2 (Approved): no date"),
    ({"Approved": "2025-02-20"}, "cell G2 (Approved): before it was received"),
    ({"Received": "2027-02-15", "Approved": ""}, "cell E2 (Received): 2027-02-15, which is still"),
    ({"Approved": "2026-04-02"}, "cell G2 (Approved): 2026-04-02, which is still to come"),
    ({"Method": "shred"}, "cell D2 (Method): no such method"),
    ({"Number": ""}, "cell A2 (Number): empty"),
    ({"Note": "=HYPERLINK(1)"}, "cell J2 (Note): a formula"),
    ({"Approved": "@SUM(1)"}, "cell G2 (Approved): a formula"),
    ({"Subject": "-1+1"}, "cell B2 (Subject): a formula"),
]


@pytest.mark.parametrize(("cells", "said"), FAULTS, ids=[s for _, s in FAULTS])
def test_what_cannot_be_understood_is_named_by_its_cell_and_nothing_is_done(site, cells, said):
    site.write([site.asked(**cells), site.asked(Number="2", Subject=str(mini.BOB))])
    before = mini.dump(site.url), site.path.read_bytes()
    site.run("run", site.audit, "--commit", status=2)
    assert said in site.printed[-1]
    assert "Ann Lee" not in site.printed[-1]
    assert (mini.dump(site.url), site.path.read_bytes()) == before


def test_where_it_is_tomorrow_already_requests_may_come_in(lines):
    lines.write([lines.asked(Received="2026-04-01", Status="New", Approved="")])
    [listed] = json.loads(lines.run("list", "--json").stdout)["requests"]
    assert listed["reasons"] == ["not approved: its status is New"]


@pytest.mark.parametrize("now", ["9999-12-31", "0001-01-01T00:00+05:00"])
def test_a_time_that_nobody_can_reckon_with_is_refused(lines, now):
    lines.write([lines.asked()])
    lines.run("list", "--now", now, status=2)
    assert "write it like 2026-01-31T02:00" in lines.printed[-1]


def test_all_faults_are_told_at_once(lines):
    lines.write([lines.asked(Method="x"), lines.asked(Received="y")])
    lines.run("list", status=2)
    for said in ("D2", "E3", "A3 (Number): the same number as in row 2"):
        assert said in lines.printed[-1]


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("q.csv", b"Number,Subject\n", "the header Status"),
        (
            "q.csv",
            "Numéro,Subject\n".encode("cp1252"),
            "not written in utf-8: save it as CSV UTF-8, as Excel calls it under Save As\n",
        ),
        ("q.csv", b'"Number,\n', "its quotes do not match"),
        ("q.xlsx", b"PK nothing", "is no workbook, or damaged"),
        ("q.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1", "under a password, or of the old format"),
        ("q.ods", b"", "ends in .csv or .xlsx"),
        ("none.csv", None, "there is no file"),
    ],
)
def test_a_file_that_is_none_is_one_sentence(lines, name, raw, said):
    lines.path = lines.folder / name
    if raw is not None:
        lines.path.write_bytes(raw)
    lines.run("list", status=2)
    assert said in lines.printed[-1]
    assert len(lines.printed[-1].strip().splitlines()) == 1


@pytest.mark.skipif(
    ROOT and not shutil.which("setpriv"), reason="nothing takes root's rights to write away"
)
def test_a_file_or_a_folder_that_cannot_be_written_refuses_before_anything_is_erased(lines):
    lines.path = lines.folder / "shared" / "requests.csv"
    lines.path.parent.mkdir()
    lines.write([lines.asked()])
    before = mini.dump(lines.url)
    words = ["requests", "run", lines.audit, "--commit", "--db", lines.url, "--now", NOW]
    words += ["--pack", lines.pack, "--queue", lines.path, "--journal", lines.journal.path]
    bare = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if ROOT else []
    for place, mode, said in (
        (lines.path.parent, 0o555, "nothing can be written to the folder of requests.csv"),
        (lines.path, 0o444, "requests.csv is read-only"),
    ):
        place.chmod(mode)
        done = subprocess.run(
            [*bare, sys.executable, "-m", "scanner", *map(str, words)],
            capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1],
        )  # fmt: skip
        place.chmod(0o755)
        assert done.returncode == 2, done.stderr
        assert said in done.stdout + done.stderr
        assert mini.dump(lines.url) == before


@pytest.mark.parametrize(("owner", "program"), [("~${}", "Excel"), (".~lock.{}#", "LibreOffice")])
def test_a_workbook_that_is_open_elsewhere_is_refused_before_anything_is_erased(
    efface, embedded, tmp_path, owner, program
):
    site = Site(efface, embedded, tmp_path, "xlsx")
    site.write([site.asked()])
    beside = site.path.with_name(owner.format(site.path.name))
    beside.touch()
    site.path = tmp_path / "link.xlsx"
    site.path.symlink_to(tmp_path / "requests.xlsx")
    before = mini.dump(site.url)
    site.run("run", site.audit, "--commit", status=2)
    assert f"is open in {program}" in site.printed[-2]
    assert mini.dump(site.url) == before
    beside.unlink()
    site.run("run", site.audit, "--commit")
    assert site.path.is_symlink()
    assert site.rows()[0]["Status"] == "Closed"


def test_a_row_that_is_denied_while_its_subject_is_erased_takes_the_erasure_back(
    lines, monkeypatch
):
    from scanner.requests.queuefile import QueueFile

    finishing = QueueFile.finishing

    def meanwhile(self, item, note):
        made = finishing(self, item, note)
        lines.edit(0, Status="Denied")
        return made

    monkeypatch.setattr(QueueFile, "finishing", meanwhile)
    lines.write([lines.asked()])
    before = mini.dump(lines.url)
    lines.run("run", lines.audit, "--commit", status=3)
    assert "not approved: its status is Denied" in lines.printed[-2]
    assert mini.dump(lines.url) == before


def test_directives_stand_beside_the_pack_that_names_them(lines, monkeypatch, tmp_path):
    purging(lines)
    text = lines.pack.read_text(encoding="utf-8")
    whole = json.dumps(str(lines.folder / "contact.toml"))
    lines.pack.write_text(text.replace(whole, '"contact.toml"'), encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    lines.write([lines.asked(Method="purge")])
    lines.run("run", lines.audit, "--commit")
    assert lines.rows()[0]["Status"] == "Closed"


def test_a_file_that_cannot_be_written_after_the_erasure_ends_in_5(lines, monkeypatch):
    from scanner.errors import Misconfigured
    from scanner.requests import sheets

    lines.write([lines.asked()])

    def full(*_):
        raise Misconfigured("the disk is full")

    monkeypatch.setattr(sheets.Sheet, "save", full)
    lines.run("run", lines.audit, "--commit", status=5)
    assert "request 1 was carried out, but the disk is full" in lines.printed[-1]
    monkeypatch.undo()
    lines.run("run", lines.audit, "--commit")
    assert lines.rows()[0]["Status"] == "Closed"


def test_one_at_a_time_works_on_a_file(lines):
    lines.write([lines.asked()])
    (lines.folder / "link.csv").symlink_to(lines.path)
    with lock.alone_with(lines.folder / "link.csv"):
        lines.run("run", lines.audit, "--commit", status=3)
        lines.run("open", "--subject", mini.BOB, status=3)
    shutil.copy(lines.path, lines.folder / "copy.csv")
    lines.run("run", lines.audit, "--commit")
