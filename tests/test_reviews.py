"""Reviews that people answer in a workbook: what they see, and what becomes of their answers."""

import json
import re
from dataclasses import replace

import openpyxl
import pytest
from sqlalchemy import create_engine, text

import reports
from scanner import planner, prover, witness
from scanner.plans import Plan
from scanner.rulebook import Reach
from tests import books, mini
from tests.erasing import PACK, Erasure, noted, now

SEALED = re.compile(r"[\w+/=]{200,}")
"""What a hidden sheet carries, compressed: it is read back here."""

BOB_ASKED, HER_OWN, HER_SITE = ("table_case", 3), ("table_case", 5), ("table_site", 3)
BOB_KNOWS = ("table_x_pref", 2)


class Desk:
    """A plan about Ann with its workbook of reviews, and the commands to use them."""

    def __init__(self, efface, url, folder):
        self.efface, self.url, self.folder = efface, url, folder
        self.audit = folder / "audit.json"
        reports.write(mini.audit(url), self.audit)
        self.book = folder / "reviews.xlsx"
        self.plan_again()

    def plan_again(self, *more, status=0):
        done = self.run("plan", self.audit, "--subject", mini.ANN, "-o", self.folder / "plan.json",
                        "--reviews", self.book, *more)  # fmt: skip
        assert done.exit_code == status, done.stderr
        return done

    def run(self, command, *words):
        return self.efface(command, "--db", self.url, *words)

    def erase(self, *more, status=0):
        done = self.run("erase", self.folder / "plan.json", "--journal", self.folder / "j.jsonl",
                        "--answers", self.book, "-o", self.folder / "receipt.json", *more)  # fmt: skip
        assert done.exit_code == status, done.stderr
        return done.stderr

    def verify(self, status=0):
        done = self.run("verify", self.folder / "plan.json", "--journal", self.folder / "j.jsonl")
        assert done.exit_code == status, done.stderr
        return done.stdout + done.stderr

    def commit(self):
        self.erase("--commit", "--confirm", mini.ANN)
        return json.loads((self.folder / "receipt.json").read_text())

    def write(self, place, head, value, title="Reviews"):
        def filled(opened):
            sheet = opened[title]
            heads = [c.value for c in sheet[1]]
            row = next(
                r for r in sheet.iter_rows(min_row=2)
                if r[heads.index("Table")].value == place[0]
                and (title == "Groups" or r[heads.index("Key")].value == str(place[1]))
            )  # fmt: skip
            row[heads.index(head)].value = value

        books.edit(self.book, filled)

    def said(self):
        case = {r[0]: r[3] for r in mini.dump(self.url)["table_case"]}
        return case[3], case[5]


@pytest.fixture
def desk(efface, sqlite_url, tmp_path):
    return Desk(efface, mini.build(sqlite_url), tmp_path)


def change(desk, statement, **values):
    engine = create_engine(desk.url)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


def shown(desk):
    """What each review's row shows, by place."""
    sheet = openpyxl.load_workbook(desk.book)["Reviews"]
    heads, *rows = sheet.iter_rows(values_only=True)
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    return {(r["Table"], int(r["Key"])): r for r in found}


def test_the_workbook_shows_whose_row_it_is_and_masks_the_name(desk):
    rows = shown(desk)
    assert set(rows) == {BOB_ASKED, BOB_KNOWS, HER_OWN, HER_SITE}
    assert rows[BOB_ASKED]["Text around it (masked)"] == "*** asked for ‹A** L**› once"
    assert rows[BOB_ASKED]["Whose row it is"] == f"somebody else: table_contact {mini.BOB}"
    for place in (HER_OWN, HER_SITE):
        told = rows[place]["Whose row it is"]
        assert told == f"somebody else: table_contact {mini.NAMESAKE}"


def test_the_workbook_holds_nobodys_data(desk):
    book = openpyxl.load_workbook(desk.book)
    rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    text = SEALED.sub("", repr(rows))  # by chance any three letters stand in it
    assert len(text) < len(repr(rows))
    text += reports.answers(desk.book).to_json()
    for canary in (*mini.CANARIES, "Bob", "Ray", "Leeds", "512-610-7777"):
        assert canary not in text, canary


def test_cells_are_texts_and_answers_can_be_chosen(desk):
    sheet = openpyxl.load_workbook(desk.book)["Reviews"]
    assert {c.data_type for row in sheet.iter_rows() for c in row} <= {"s", "n"}
    lists = [v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert lists == ['"erase,keep"']
    assert sheet.protection.sheet
    assert not sheet.cell(2, 9).protection.locked
    assert sheet.cell(2, 5).protection.locked


def test_what_was_answered_with_erase_is_erased_and_what_with_keep_stays_listed(desk):
    desk.write(BOB_ASKED, "Answer", "Erase")
    desk.write(BOB_ASKED, "Reviewer", "D. P. Officer")
    desk.write(BOB_ASKED, "Date", "2026-02-03")
    desk.write(HER_OWN, "Answer", "keep")
    receipt = desk.commit()
    assert desk.said() == ("Bob asked for [NAME] once", "her own trouble, says Ann Lee")
    answers = {(r["table"], r["key"][0]): (r["answer"], r["by"], r["when"])
               for r in receipt["reviews"]}  # fmt: skip
    assert answers == {
        BOB_ASKED: ("erase", "D. P. Officer", "2026-02-03"),
        HER_OWN: ("keep", "", ""),
        HER_SITE: ("kept: nobody answered", "", ""),
        BOB_KNOWS: ("kept: nobody answered", "", ""),
    }


FAR = "z" * 80


def test_the_proof_finds_what_was_answered_with_erase_behind_what_was_sure(desk):
    """The name stands too far from the mail to be sure; another one of the same cell is kept."""
    both = f"ann.lee@example.com {FAR} Ann Lee {FAR}\n\nAnn Lee {FAR} Bob Ray"
    noted(desk, both)
    desk.plan_again()
    plan = Plan.from_json((desk.folder / "plan.json").read_text())
    mine = [r for r in plan.reviews if r.mention.key == (500,)]
    assert len(mine) == 1
    assert len(mine[0].mention.spans) == 2
    desk.write(("table_notes_log", 500), "Answer", "erase")
    desk.write(BOB_ASKED, "Answer", "keep")
    assert desk.verify(status=1)
    desk.commit()
    assert now(desk) == [f"[EMAIL] {FAR} [NAME] {FAR}\n\n[NAME] {FAR} Bob Ray"]
    told = desk.verify()
    assert "nothing is left of what the plan found" in told
    assert "4 reviews of the plan not answered with erase" in told
    change(
        desk,
        "update table_notes_log set description = :said where objid = 500",
        said=f"[EMAIL] {FAR} [NAME] {FAR}\n\nAnn Lee {FAR} Bob Ray",
    )
    assert "table_notes_log.description  1" in desk.verify(status=1)


@pytest.mark.parametrize(
    ("full", "part"),
    [("erase", "keep"), ("keep", "erase"), ("erase", "erase"), ("erase", ""), ("", "erase")],
)
def test_what_is_kept_beside_what_is_erased_is_no_fault_of_the_proof(embedded, full, part):
    noted(embedded, f"ann.lee@example.com {FAR} Ann Lee {FAR} A. Lee {FAR}")
    plan = embedded.plan()
    mine = {r.mention.spans[0].start: r.id
            for r in plan.reviews if r.mention.key == (500,)}  # fmt: skip
    assert len(mine) == 2
    said = dict(zip((mine[at] for at in sorted(mine)), (full, part), strict=True))
    answered = plan.answered(replace(r, answer=said.get(r.id, "")) for r in plan.reviews)
    embedded.commit(answered)
    assert ("Ann Lee" in now(embedded)[0], "A. Lee" in now(embedded)[0]) == (
        full != "erase",
        part != "erase",
    )
    assert prover.prove(embedded.engine, answered, PACK, done=True).holds


def test_without_the_journal_the_proof_counts_answers_as_open(desk):
    desk.write(BOB_ASKED, "Answer", "erase")
    desk.commit()
    (desk.folder / "j.jsonl").unlink()
    assert "4 reviews of the plan not answered with erase" in desk.verify(status=1)


def test_answers_can_be_given_to_the_proof_as_to_the_erasure(desk):
    desk.write(BOB_ASKED, "Answer", "erase")
    desk.commit()
    (desk.folder / "j.jsonl").unlink()
    words = ("verify", desk.folder / "plan.json", "--answers", desk.book)
    done = desk.run(*words)
    assert "3 reviews of the plan not answered with erase" in done.stderr
    assert "table_case" not in done.stdout
    change(desk, "update table_case set case_history = 'Ann Lee asked for Ann Lee' where objid = 3")
    assert "table_case.case_history" in desk.run(*words).stdout
    assert desk.run("verify", "--identifiers", "-", "--answers", desk.book).exit_code == 2


def test_what_was_answered_with_erase_is_no_copy_of_a_trigger(desk):
    first = desk.erase()
    assert "(1 row more than planned, 2 rounds)" in first  # what the trigger copies
    desk.write(BOB_ASKED, "Answer", "erase")
    desk.write(HER_OWN, "Answer", "erase")
    assert "(1 row more than planned, 2 rounds)" in desk.erase()
    change(desk, "drop trigger t_aud")
    desk.book.unlink()
    desk.plan_again()
    desk.write(BOB_ASKED, "Answer", "erase")
    assert "triggers made" not in desk.erase()


def test_one_answer_goes_for_all_alike_that_have_none_of_their_own(desk):
    desk.write(("table_case", 0), "Answer for all", "erase", title="Groups")
    desk.write(("table_case", 0), "Reviewer", "D. P. Officer", title="Groups")
    desk.write(HER_OWN, "Answer", "keep")
    receipt = desk.commit()
    assert desk.said() == ("Bob asked for [NAME] once", "her own trouble, says Ann Lee")
    by = {(r["table"], r["key"][0]): r["by"] for r in receipt["reviews"]}
    assert by == {BOB_ASKED: "D. P. Officer", HER_OWN: "", HER_SITE: "", BOB_KNOWS: ""}


def test_a_row_that_was_deleted_is_not_answered_by_its_group(desk):
    desk.write(("table_case", 0), "Answer for all", "erase", title="Groups")

    def delete(opened):
        sheet = opened["Reviews"]
        row = next(r[0].row for r in sheet.iter_rows(min_row=2) if r[2].value == "5")
        sheet.delete_rows(row)

    books.edit(desk.book, delete)
    desk.commit()
    assert desk.said() == ("Bob asked for [NAME] once", "her own trouble, says Ann Lee")


def test_the_workbook_of_another_plan_is_refused(desk, tmp_path):
    desk.write(BOB_ASKED, "Answer", "erase")
    with_bob = desk.folder / "bob.xlsx"
    desk.run("plan", desk.audit, "--subject", mini.BOB, "--json", "--reviews", with_bob)
    desk.book, mine = with_bob, desk.book
    before = mini.dump(desk.url)
    assert "written with another plan" in desk.erase("--commit", "--confirm", mini.ANN, status=2)
    assert mini.dump(desk.url) == before
    assert "about another subject" in desk.run(
        "plan", desk.audit, "--subject", mini.BOB, "--json", "--answers", mine).stderr  # fmt: skip


def test_an_audit_workbook_and_a_damaged_one_are_refused(desk):
    reports.write(mini.audit(desk.url), desk.folder / "audit.xlsx")
    reviews, desk.book = desk.book, desk.folder / "audit.xlsx"
    assert "another kind of workbook" in desk.erase(status=2)
    desk.book = reviews
    books.edit(desk.book, lambda opened: opened.remove(opened["_efface"]))
    assert "sheet _efface: missing" in desk.erase(status=2)


def test_all_faults_are_told_at_once_with_sheet_and_cell(desk):
    desk.write(BOB_ASKED, "Answer", "yes")
    desk.write(HER_OWN, "Date", "someday")
    desk.write(HER_OWN, "Answer", "keeep")
    desk.write(HER_SITE, "Key", "4")
    desk.write(("table_site", 0), "Answer for all", "=1+1", title="Groups")
    told = desk.erase(status=2)
    assert "4 faults" in told
    assert "sheet Reviews, cell I" in told
    assert "no answer 'yes': choose one of erase, keep" in told
    assert "no answer 'keeep': did you mean 'keep'?" in told
    assert "is of another place" in told
    assert "sheet Groups, cell E" in told
    assert "a formula" in told


def test_an_answer_that_the_plan_contradicts_is_refused(desk):
    raw = json.loads((desk.folder / "plan.json").read_text())
    for review in raw["reviews"]:
        review["answer"] = "keep"
    (desk.folder / "plan.json").write_text(json.dumps(raw))
    desk.write(BOB_ASKED, "Answer", "erase")
    assert "different answers" in desk.erase(status=2)


def test_answers_are_taken_into_the_next_plan_with_who_gave_them(desk):
    desk.write(BOB_ASKED, "Answer", "erase")
    desk.write(BOB_ASKED, "Reviewer", "D. P. Officer")
    new = desk.folder / "second.json"
    done = desk.run("plan", desk.audit, "--subject", mini.ANN, "-o", new, "--answers", desk.book)
    assert done.exit_code == 0
    reviews = json.loads(new.read_text())["reviews"]
    said = {(r["table"], r["key"]): (r["answer"], r["by"]) for r in reviews}
    assert said[BOB_ASKED] == ("erase", "D. P. Officer")
    assert said[HER_OWN] == said[HER_SITE] == ("", "")


def test_a_workbook_with_answers_is_not_overwritten(desk):
    desk.write(BOB_ASKED, "Answer", "erase")
    before = desk.book.read_bytes()
    assert "would be lost" in desk.plan_again(status=2).stderr
    assert desk.book.read_bytes() == before


def test_fields_of_a_row_are_compared_with_the_subjects(embedded):
    embedded.write("update table_x_pref set x_holder = 'Bob Ray', x_memo = 'Ann Lee rang'"
                   " where objid = 2")  # fmt: skip
    audit = mini.audit(embedded.url)
    with planner.drafting(embedded.engine, PACK, audit, str(mini.ANN)) as (connection, draft):
        seen = witness.testify(connection, draft, PACK)
    places = {(r.mention.table.name, r.mention.key[0]): t
              for r, t in zip(draft.plan.reviews, seen, strict=True)}  # fmt: skip
    told = places["table_x_pref", 2]
    assert told.fields == "x_holder B** R** (not the subject's)"
    assert told.owner == f"somebody else: table_contact {mini.BOB}"
    assert told.around == "‹A** L**› rang"


@pytest.mark.parametrize("way", ["by", "via"])
def test_a_row_that_names_a_number_in_a_text_leads_to_its_owner(
    live_url, tmp_path, monkeypatch, way
):
    """Whichever end of the relation is the text; what is no number leads nowhere."""
    mini.build(live_url, trigger=False)
    monkeypatch.setitem(mini.CUSTOM, ("x_hist", "said"), ("free_text", "FREE_TEXT"))
    made = [
        "create table x_hist (id integer primary key, row_ref varchar(20), said varchar(90))",
        f"insert into x_hist values (1, '{mini.ANN}', 'Ann Lee rang'), "
        f"(2, '{mini.BOB}', 'Ann Lee rang'), (3, 'nobody', 'Ann Lee rang')",
    ]
    if way == "via":
        made += [
            "create table x_note (id integer primary key, said varchar(90))",
            f"insert into x_note values ({mini.ANN}, 'Ann Lee rang'), ({mini.BOB}, 'Ann Lee rang')",
        ]
        monkeypatch.setitem(mini.CUSTOM, ("x_note", "said"), ("free_text", "FREE_TEXT"))
    engine = create_engine(live_url)
    with engine.begin() as connection:
        for statement in made:
            connection.execute(text(statement))
    engine.dispose()
    reaches = [Reach(table="x_hist", start="table_contact", by="row_ref", to="objid")]
    if way == "via":
        reaches.append(Reach(table="x_note", start="x_hist", via="row_ref", to="id"))
    pack = replace(PACK, reaches=(*PACK.reaches, *reaches))
    erasure = Erasure(live_url, tmp_path)
    drafting = planner.drafting(erasure.engine, pack, erasure.audit, str(mini.ANN))
    with drafting as (connection, draft):
        own = {w.name: {k[0] for k in rows} for w, rows in draft.territory.rows.items()}
        seen = witness.testify(connection, draft, pack)
    erasure.engine.dispose()
    assert own["x_hist"] == {1}
    owners = {(r.mention.table.name, r.mention.key[0]): t.owner
              for r, t in zip(draft.plan.reviews, seen, strict=True)}  # fmt: skip
    assert owners["x_hist", 2] == f"somebody else: table_contact {mini.BOB}"
    assert owners["x_hist", 3] == "nobody that relations lead to"
    if way == "via":
        assert own["x_note"] == {mini.ANN}
        assert owners["x_note", mini.BOB] == f"somebody else: table_contact {mini.BOB}"


def test_only_what_nobody_answered_waits(desk):
    keep = "people answered keep"
    total = len(shown(desk))
    first = desk.plan_again().stderr
    assert f"{total:>6,} mentions wait for an answer" in first
    assert keep not in first
    desk.write(BOB_ASKED, "Answer", "keep")
    desk.write(HER_OWN, "Answer", "erase")
    said = desk.erase()
    assert f"kept for review: {total - 2} mentions" in said
    assert "kept by people: 1 mention of which they answered keep" in said
    for place in shown(desk):
        if place not in (BOB_ASKED, HER_OWN):
            desk.write(place, "Answer", "keep")
    answers = desk.book.rename(desk.folder / "answers.xlsx")
    again = desk.plan_again("--answers", answers).stderr
    assert "for an answer" not in again
    assert "answer before the commit" not in again
    assert f"{total - 1:>6,} mentions stay: {keep}" in again
    said = desk.erase()
    assert "kept for review" not in said
    assert "answer them before the commit" not in said
    assert f"kept by people: {total - 1} mentions" in said
