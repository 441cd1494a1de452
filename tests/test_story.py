"""The main job through the command line, with a really edited workbook, on every live database.

Nothing that any command writes, prints or logs may hold what a cell holds.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import make_url

import reports
from scanner import executor
from scanner.journal import Journal
from tests import mini

STAGES = ("scan", "audit", "plan", "rehearsal", "erase", "verify", "log")


class Story:
    """Runs the stages one after the other in a folder and keeps all that they print."""

    def __init__(self, efface, url: str, folder: Path) -> None:
        self.efface, self.url, self.folder = efface, url, folder
        self.printed: list[str] = []

    def file(self, name: str) -> Path:
        return self.folder / name

    def run(self, *words: object, status: int = 0) -> str:
        result = self.efface("-v", *words)
        self.printed += [result.stdout, result.stderr]
        assert result.exit_code == status, result.stderr
        return result.stdout

    def to_plan(self) -> None:
        self.run("scan", "--db", self.url, "-o", self.file("scan.json"))
        self.run(
            "audit", self.file("scan.json"), "--decide", "suggested", "-o", self.file("a.xlsx")
        )
        self.run(
            "plan",
            "--db",
            self.url,
            self.file("a.xlsx"),
            "--subject",
            mini.ANN,
            "-o",
            self.file("plan.json"),
        )

    def erase(self, *more: object, status: int = 0) -> str:
        return self.run(
            "erase",
            "--db",
            self.url,
            self.file("plan.json"),
            "--journal",
            self.file("journal.jsonl"),
            *more,
            status=status,
        )


@pytest.fixture
def story(efface, live_url, tmp_path):
    mini.build(live_url)
    return Story(efface, live_url, tmp_path)


@pytest.fixture
def embedded(efface, sqlite_url, tmp_path):
    mini.build(sqlite_url)
    return Story(efface, sqlite_url, tmp_path)


@pytest.fixture
def planned(efface, once, sqlite_url, tmp_path):
    """A story that has come to its plan, which is the same for all databases that are alike."""

    def fill(folder):
        path = folder / make_url(sqlite_url).database.rpartition("/")[2]
        mini.build(f"sqlite:///{path}")
        Story(efface, f"sqlite:///{path}", folder).to_plan()

    made = once("story", fill)
    for path in made.iterdir():
        shutil.copy(
            path, sqlite_url.removeprefix("sqlite:///") if path.suffix == ".sqlite" else tmp_path
        )
    return Story(efface, sqlite_url, tmp_path)


def test_scan_to_proof_and_no_value_of_anybody_in_any_output(story, caplog):
    story.to_plan()
    before = mini.dump(story.url)
    story.erase("--json")
    assert mini.dump(story.url) == before
    story.erase("--commit", "--confirm", mini.ANN, "-o", story.file("receipt.json"))
    book = ("--journal", story.file("journal.jsonl"))
    story.run("verify", "--db", story.url, story.file("plan.json"), *book)
    story.run("log", "--check", "--journal", story.file("journal.jsonl"))
    story.run("log", "--json", "--journal", story.file("journal.jsonl"))
    for name in set(reports.names()) - {"xlsx"}:
        story.run("audit", story.file("a.xlsx"), "--format", name)
    after = mini.texts(story.url)
    for canary in ("ann.lee@example.com", "5126105466", "CUST-00471", "12 Elm Street", "annlee77"):
        assert canary not in after
    written = [p.read_bytes() for p in story.folder.glob("*.json*")]
    text = b"\n".join(written).decode() + "\n".join(story.printed) + caplog.text
    text += "\n".join(_cells(story.file("a.xlsx")))
    everybody = [*mini.CANARIES, "bob.ray@example.com", "Bob", "Ray", "512-610-7777", "Elmwood"]
    for canary in everybody:
        assert not _holds(text, canary), canary


def _cells(path: Path) -> list[str]:
    book = load_workbook(path)
    carried = reports.read(path).scan.to_json()
    shown = [s for s in book if s.sheet_state == "visible"]
    return [carried] + [
        str(c.value) for s in shown for row in s.iter_rows() for c in row if c.value is not None
    ]


def _holds(text: str, canary: str) -> bool:
    import re

    return re.search(rf"(?<!\w){re.escape(canary)}(?!\w)", text) is not None


def test_failures_print_no_values_either(story):
    story.to_plan()
    engine_url = story.url
    _write(engine_url, "update table_contact set first_name = 'Zebulon' where objid = 268435458")
    story.erase(status=0)
    _write(engine_url, "insert into table_notes_log values (77, 'Ann Lee Quokka', 1)")
    story.erase("--commit", "--confirm", mini.ANN, status=3)
    story.erase("--commit", "--confirm", "wrong", status=3)
    story.erase("--commit", status=3)
    text = "\n".join(story.printed)
    for canary in (*mini.CANARIES, "Zebulon", "Quokka"):
        assert not _holds(text, canary), canary


def _write(url: str, statement: str) -> None:
    from sqlalchemy import create_engine, text

    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_an_edited_workbook_decides(embedded):
    embedded.run("scan", "--db", embedded.url, "-o", embedded.file("scan.json"))
    embedded.run(
        "audit", embedded.file("scan.json"), "--decide", "suggested", "-o", embedded.file("a.xlsx")
    )
    book = load_workbook(embedded.file("a.xlsx"))
    sheet = book["Columns"]
    head = {c.value: c.column for row in sheet.iter_rows(max_row=12) for c in row if c.value}
    start = next(r for r in range(1, 12) if "Decision" in [c.value for c in sheet[r]])
    for row in sheet.iter_rows(min_row=start + 1):
        cells = {name: row[place - 1] for name, place in head.items() if place <= len(row)}
        if (cells["Table"].value, cells["Column"].value) == ("table_notes_log", "description"):
            cells["Decision"].value = "scrub"
    book.save(embedded.file("a.xlsx"))
    embedded.run(
        "plan",
        "--db",
        embedded.url,
        embedded.file("a.xlsx"),
        "--subject",
        mini.ANN,
        "-o",
        embedded.file("plan.json"),
    )
    embedded.erase("--commit", "--confirm", mini.ANN)
    notes = {r[0]: r[1] for r in mini.dump(embedded.url)["table_notes_log"]}
    assert notes[1] == "Zebra-Secret-Note from [NAME]"


def test_without_decisions_there_is_no_plan(embedded):
    embedded.run("scan", "--db", embedded.url, "-o", embedded.file("scan.json"))
    embedded.run("audit", embedded.file("scan.json"), "-o", embedded.file("a.xlsx"))
    embedded.run(
        "plan",
        "--db",
        embedded.url,
        embedded.file("a.xlsx"),
        "--subject",
        mini.ANN,
        "-o",
        embedded.file("plan.json"),
        status=3,
    )
    assert not embedded.file("plan.json").exists()
    assert "no decision on" in embedded.printed[-1]


def test_a_workbook_of_another_database_is_refused(planned, tmp_path):
    other = tmp_path / "other" / "crm.sqlite"
    other.parent.mkdir()
    mini.build(f"sqlite:///{other}")
    _write(f"sqlite:///{other}", "create table more (id integer)")
    planned.run(
        "plan",
        "--db",
        f"sqlite:///{other}",
        planned.file("a.xlsx"),
        "--subject",
        mini.ANN,
        "--json",
        status=2,
    )
    assert "another database" in planned.printed[-1]


@pytest.mark.parametrize("subject", ["1", "Ann Lee", "0"])
def test_an_unknown_subject_is_one_sentence(planned, subject):
    planned.run(
        "plan",
        "--db",
        planned.url,
        planned.file("a.xlsx"),
        "--subject",
        subject,
        "--json",
        status=2,
    )
    assert len(planned.printed[-1].strip().splitlines()) == 1


def test_a_damaged_plan_and_a_scan_in_its_place_are_refused(planned):
    for text in ("", "{", "[]", '{"version": 1}', planned.file("scan.json").read_text()):
        planned.file("plan.json").write_text(text)
        planned.erase(status=2)


def test_a_broken_journal_says_which_line_and_erases_nothing(planned):
    planned.erase("--commit", "--confirm", mini.ANN)
    journal = planned.file("journal.jsonl")
    raw = journal.read_text().replace(str(mini.ANN), str(mini.BOB))
    journal.write_text(raw)
    planned.run("log", "--check", "--journal", journal, status=1)
    assert "line 2 was changed" in planned.printed[-1]
    planned.run(
        "plan",
        "--db",
        planned.url,
        planned.file("a.xlsx"),
        "--subject",
        mini.BOB,
        "-o",
        planned.file("plan.json"),
    )
    before = mini.dump(planned.url)
    planned.erase("--commit", "--confirm", mini.BOB, status=1)
    assert mini.dump(planned.url) == before


def test_verify_by_identifiers_reads_them_from_a_file_or_stdin_only(embedded):
    embedded.file("who.txt").write_text("ann.lee@example.com\n")
    out = embedded.run(
        "verify", "--db", embedded.url, "--identifiers", embedded.file("who.txt"), status=1
    )
    assert "table_contact.e_mail  1" in out
    embedded.run("verify", "--db", embedded.url, status=2)


def test_json_is_one_document(planned):
    plan = json.loads(
        planned.run(
            "plan", "--db", planned.url, planned.file("a.xlsx"), "--subject", mini.ANN, "--json"
        )
    )
    assert {
        "version",
        "efface",
        "subject",
        "method",
        "database",
        "digests",
        "stops",
        "steps",
    } <= set(plan)
    assert plan["subject"] == {"table": "table_contact", "key": mini.ANN}
    assert set(plan["digests"]) == {"scan", "workbook", "pack", "schema", "plan"}
    receipt = json.loads(planned.erase("--json"))
    assert receipt["committed"] is False
    assert json.loads(
        planned.run("verify", "--db", planned.url, planned.file("plan.json"), "--json", status=1)
    )["left"]


def test_a_rehearsal_that_finds_residue_ends_in_3(planned, monkeypatch):
    real = executor.execute
    left = {"table_x.y": 1}
    monkeypatch.setattr(executor, "execute", lambda *a, **m: replace(real(*a, **m), residue=left))
    planned.erase(status=3)
    assert "still there: table_x.y in 1 row" in planned.printed[-1]


def test_log_check_says_no_where_an_outcome_is_not_written_down(embedded):
    journal = embedded.file("journal.jsonl")
    Journal(journal).append("intent", "2026-01-01", "p", {"subject": {"table": "t", "key": 1}})
    embedded.run("log", "--journal", journal)
    embedded.run("log", "--check", "--journal", journal, status=1)
    assert "1 erasure was interrupted" in embedded.printed[-1]
    embedded.run("log", "--check", "--journal", journal, "--db", embedded.url, status=1)


def test_a_workbook_in_which_people_decided_is_not_overwritten(embedded):
    scan, book = embedded.file("scan.json"), embedded.file("a.xlsx")
    embedded.run("scan", "--db", embedded.url, "-o", scan)
    embedded.run("audit", scan, "-o", book)
    opened = load_workbook(book)
    sheet = opened["Columns"]
    start = next(r for r in range(1, 12) if "Decision" in [c.value for c in sheet[r]])
    place = [c.value for c in sheet[start]].index("Decision")
    sheet[start + 1][place].value = "scrub"
    opened.save(book)
    before = book.read_bytes()
    embedded.run("audit", scan, "-o", book, status=2)
    assert "1 decision that would be lost" in embedded.printed[-1]
    assert book.read_bytes() == before
    embedded.run("audit", scan, "--previous", book, "-o", book)


def test_a_plan_in_which_people_answered_is_not_overwritten(planned):
    plan = planned.file("plan.json")
    plan.write_text(plan.read_text().replace('"answer": ""', '"answer": "keep"', 1))
    before = plan.read_bytes()
    words = ("plan", "--db", planned.url, planned.file("a.xlsx"), "--subject", mini.ANN)
    planned.run(*words, "-o", plan, status=2)
    assert "1 answer to reviews that would be lost" in planned.printed[-1]
    assert plan.read_bytes() == before


def test_a_journal_that_is_not_there_is_not_whole(embedded):
    embedded.run("log", "--check", "--journal", embedded.file("nowhere.jsonl"), status=2)
    embedded.to_plan()
    words = ("erase", "--db", embedded.url, embedded.file("plan.json"), "--journal")
    for path in (embedded.file("no/j.jsonl"), "/dev/full"):
        embedded.run(*words, path, "--commit", "--confirm", mini.ANN, status=2)
        assert len(embedded.printed[-1].strip().splitlines()) == 1


def test_a_filter_that_no_table_matches_is_refused(embedded):
    embedded.run(
        "scan", "--db", embedded.url, "--table", "nope*", "-o", embedded.file("s.json"), status=2
    )
