"""What reports promise: the workbook comes back as it was edited, or is refused with the cell."""

import csv
import errno
import json
import os
import shutil
import stat
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reports
from reports import _machine, _sheets, _words, txt
from scanner import audit as decisions
from scanner import strategies
from scanner.errors import Misconfigured
from scanner.model import Audit, ColumnRef, Decision, Evidence, Finding
from tests.books import HOSTILE, SMALL, cell, edit, finding, ref, scan
from tests.examples import dear

CHOICES = ("keep", *strategies.names())


FORMULAS = ("=IF(TRIM(G", "=COUNTIF(Columns!$", "=COUNTIFS(Columns!$", "=0")
"""How the formulas begin that Efface writes; no name of the database may stand in one."""


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "audit.xlsx"
    reports.write(Audit(SMALL, {}), path)
    return path


def fault(path):
    with pytest.raises(Misconfigured) as error:
        reports.read(path)
    return str(error.value)


# --- the round trip

texts = st.text(
    st.characters(exclude_categories=("Cs",)), max_size=20
) | st.sampled_from(HOSTILE)  # fmt: skip
stripped = texts.map(str.strip)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(date.isoformat) | st.just("")
personals = st.sampled_from(["direct", "quasi", "free_text", "none", "unknown"])
columns = st.builds(
    ColumnRef, st.sampled_from(["", "dbo", "=x"]), texts.filter(bool), texts.filter(bool)
)


@st.composite
def audits(draw):
    found = [
        Finding(
            c, draw(texts), "scanned", why=draw(texts), personal=draw(personals),
            entity=draw(texts), examples=(draw(texts),), share=draw(st.floats(0, 1)),
            evidence=(Evidence(draw(texts), "name", 1, 2, -0.5),), copy_of=draw(texts),
        )
        for c in draw(st.lists(columns, max_size=6, unique=True))
    ]  # fmt: skip
    made = {
        f.column: Decision(
            f.column, draw(st.sampled_from(CHOICES)), draw(stripped), draw(days), draw(stripped)
        )
        for f in found
        if draw(st.booleans())
    }
    return Audit(replace(scan(*found), pack=draw(texts), options={"x": draw(texts)}), made)


@pytest.mark.parametrize("suffix", ["xlsx", "json"])
@dear(15)
@given(audit=audits())
def test_what_is_written_is_read_back_unchanged(audit, suffix, tmp_path):
    path = tmp_path / f"audit.{suffix}"
    reports.write(audit, path)
    assert reports.read(path) == audit


@dear(10)
@given(edits=st.dictionaries(st.sampled_from([f.column.name for f in SMALL.columns]),
                             st.sampled_from(CHOICES), max_size=5), shout=st.booleans())  # fmt: skip
def test_edits_come_back_and_nothing_else(edits, shout, tmp_path):
    path = tmp_path / "audit.xlsx"
    before = decisions.decide_suggested(scan(*SMALL.columns))
    reports.write(before, path)

    def change(opened):
        for name, choice in edits.items():
            cell(opened, name, "Decision").value = f" {choice.upper()} " if shout else choice

    after = reports.read(edit(path, change))
    assert after.scan == before.scan
    for found in SMALL.columns:
        was = before.decisions.get(found.column)
        want = edits.get(found.column.name, was.choice if was else None)
        made = after.decisions.get(found.column)
        assert (made.choice if made else None) == want


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_stay_text_and_find_their_row(hostile, tmp_path):
    path = tmp_path / "audit.xlsx"
    bad = scan(finding(hostile, table=hostile, why=hostile, entity=hostile, examples=(hostile,)))
    column = bad.columns[0].column
    audit = Audit(bad, {column: Decision(column, "keep", "=A1", "", "=HYPERLINK(1)")})
    reports.write(audit, path)
    opened = openpyxl.load_workbook(path)
    for sheet in opened:
        odd = [c for row in sheet.iter_rows() for c in row if c.data_type not in ("s", "n")]
        assert all(c.data_type == "f" and c.value.startswith(FORMULAS) for c in odd)
    assert reports.read(path) == audit


# --- what a reviewer sees


def test_columns_is_a_table_that_people_can_work_in(book):
    opened = openpyxl.load_workbook(book)
    assert opened.sheetnames == [
        "Summary", "How to read this", "Columns", "Tables", "People", "Changes",
        "Not scanned and unknown", "Policies", "_efface",
    ]  # fmt: skip
    sheet = opened["Columns"]
    heads = [c.value for c in sheet[1]]
    assert sheet.freeze_panes == "C2"
    table = sheet.tables["Columns"]
    assert table.ref == f"A1:{sheet.cell(1, len(heads)).column_letter}6"
    assert table.autoFilter is not None
    assert [c.name for c in table.tableColumns] == heads
    assert all(sheet.column_dimensions[c.column_letter].width >= 8 for c in sheet[1])
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_people_write_where_they_should_and_nowhere_else(book):
    opened = openpyxl.load_workbook(book)
    assert all(sheet.protection.sheet for sheet in opened)
    assert opened["_efface"].sheet_state == "veryHidden"
    sheet = opened["Columns"]
    heads = [c.value for c in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        free = {h for h, c in zip(heads, row, strict=True) if not c.protection.locked}
        assert free == {"Decision", "Reviewer", "Date", "Note"}


def test_the_drop_down_offers_every_decision(book):
    sheet = openpyxl.load_workbook(book)["Columns"]
    check = next(v for v in sheet.data_validations.dataValidation if v.type == "list")
    assert check.formula1.strip('"').split(",") == list(CHOICES)
    assert str(check.sqref) == "G2:G6"
    assert check.showErrorMessage


def test_verdicts_show_on_grey_paper(book):
    sheet = openpyxl.load_workbook(book)["Columns"]
    rules = {r.formula[0]: r.dxf for rs in sheet.conditional_formatting for r in rs.rules}
    assert rules['$C2="direct"'].font.b
    assert rules['$C2="quasi"'].font.b
    assert rules['$C2="free text"'].fill.patternType == "lightUp"
    assert rules['$C2="unknown"'].fill.patternType == "gray125"


def test_a_row_says_what_was_found_how_sure_and_what_is_suggested(book):
    opened = openpyxl.load_workbook(book)

    def value(name, head):
        return cell(opened, name, head).value

    assert value("first_name", "Verdict") == "direct"
    assert value("first_name", "Share of values") == "87 % (84-90 %) of 1,000 values"
    assert value("first_name", "Suggested decision") == "redact"
    assert value("first_name", "Evidence") == "pattern full_name 870/1,000 (+0.60)"
    assert value("objid", "Share of values") == "none of 1,000 values (at most 0.3 %)"
    assert value("x_misc", "State") == "empty: no values"
    assert [r[2].value for r in opened["Columns"].iter_rows(min_row=2)] == [
        "direct", "quasi", "free text", "unknown", "none",
    ]  # fmt: skip


def test_the_summary_says_what_to_do_next_and_draws_charts(book):
    sheet = openpyxl.load_workbook(book)["Summary"]
    told = "\n".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value)
    assert "Decide about 4 columns" in told
    assert "efface plan" in told
    with zipfile.ZipFile(book) as parts:
        assert "xl/charts/chart3.xml" in parts.namelist()


def test_what_was_not_looked_at_is_listed_with_the_reason(book):
    rows = list(
        openpyxl.load_workbook(book)["Not scanned and unknown"].iter_rows(
            min_row=2, values_only=True
        )
    )
    assert [r[:4] for r in rows] == [
        ("v", None, "view", "a view only shows what stands in tables"),
        ("contact", "x_misc", "empty", "no values"),
    ]


def test_every_policy_is_explained(book):
    rows = openpyxl.load_workbook(book)["Policies"].iter_rows(min_row=2, values_only=True)
    assert [r[0] for r in rows] == [*CHOICES, "suggested"]


def test_a_scan_without_columns_is_a_workbook_too(tmp_path):
    audit = Audit(scan(), {})
    for suffix in ("xlsx", "json", "csv", "txt"):
        reports.write(audit, tmp_path / f"a.{suffix}")
    assert reports.read(tmp_path / "a.xlsx") == audit


# --- the way back


def test_headers_may_move_and_columns_and_notes_may_be_added(book):
    def change(opened):
        sheet = opened["Columns"]
        cell(opened, "first_name", "Decision").value = "mask"
        sheet.tables.clear()
        sheet.move_range("G1:G6", cols=20)
        sheet.insert_rows(1, 2)
        sheet["A1"] = "our notes"
        sheet["AF3"] = "Department"

    assert reports.read(edit(book, change)).decisions[ref("first_name")].choice == "mask"


def test_a_day_is_read_as_people_write_it(book):
    def change(opened):
        cell(opened, "city", "Decision").value = "null"
        cell(opened, "city", "Date").value = datetime(2026, 5, 6)
        cell(opened, "city", "Reviewer").value = 17

    made = reports.read(edit(book, change)).decisions[ref("city")]
    assert (made.when, made.by) == ("2026-05-06", "17")


def test_a_deleted_row_is_an_open_decision(book):
    changed = reports.read(edit(book, lambda opened: opened["Columns"].delete_rows(2)))
    assert changed.scan == SMALL
    assert ref("first_name") in {f.column for f in decisions.undecided(changed)}


def damage(name, head, value):
    def change(opened):
        cell(opened, name, head).value = value

    return change


def drop(title):
    return lambda opened: opened.remove(opened[title])


def put(title, where, value):
    return lambda opened: opened[title].__setitem__(where, value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (damage("city", "Decision", "redct"),
         "sheet Columns, cell G3: no decision 'redct': did you mean 'redact'? choose one of keep"),
        (damage("city", "Decision", '=IF(A1="",1,2)'),
         "sheet Columns, cell G3: a formula: write the value itself"),
        (damage("city", "Note", "=A1"), "sheet Columns, cell K3: a formula"),
        (damage("city", "Column", "town"),
         "cell B3: the scan has no column 'contact.town': undo the change or delete the row"),
        (damage("city", "Column", "first_name"),
         "cell B3: the same column as in row 2: delete one row"),
        (put("Columns", "G1", "Choice"), "sheet Columns, row 1: the header 'Decision' is missing"),
        (put("Columns", "E1", "Decision"), "row 1: the header 'Decision' is there twice"),
        (lambda opened: opened["Columns"].merge_cells("G2:G3"),
         "sheet Columns, cells G2:G3: merged: unmerge them"),
        (drop("Columns"), "sheet Columns: missing"),
        (drop("_efface"), "sheet _efface: missing: this workbook was not written by Efface"),
        (put("_efface", "A1", "x"), "sheet _efface, cell A1: this workbook was not written by"),
        (put("_efface", "A2", "efface workbook 9"), "cell A2: another kind of workbook, or of another version"),
        (put("_efface", "A3", "0"), "column A: the machine part is damaged"),
        (put("_efface", "A4", "zAAAA"), "column A: the machine part is damaged"),
    ],
)  # fmt: skip
def test_every_fault_is_told_with_its_place_and_what_to_do(book, change, words):
    told = fault(edit(book, change))
    assert told.startswith("audit.xlsx: ")
    assert words in told


def test_all_faults_are_told_at_once(book):
    def change(opened):
        damage("first_name", "Decision", "burn")(opened)
        damage("notes", "Decision", "=A1")(opened)
        damage("city", "Column", "town")(opened)

    told = fault(edit(book, change))
    assert "3 faults" in told
    assert all(word in told for word in ("'burn'", "a formula", "'contact.town'"))


def test_a_thousand_faults_of_one_cause_do_not_fill_the_screen(tmp_path):
    path = tmp_path / "audit.xlsx"
    reports.write(Audit(scan(*(finding(f"c{n}") for n in range(150))), {}), path)

    def change(opened):
        for row in opened["Columns"].iter_rows(min_row=2):
            row[6].value = "burn"

    assert fault(edit(path, change)).endswith("and 130 more")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 no", b"\xd0\xcf\x11\xe0 old"])
def test_what_is_no_workbook_is_refused_in_a_sentence(content, tmp_path):
    path = tmp_path / "audit.xlsx"
    path.write_bytes(content)
    told = fault(path)
    assert "is not an .xlsx workbook" in told or "save it as .xlsx" in told


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "audit.xlsx"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("x", "y")
    assert "is not an .xlsx workbook" in fault(path)


def test_a_missing_file_is_a_sentence(tmp_path):
    assert "cannot read" in fault(tmp_path / "audit.xlsx")
    assert "no such file" in fault(tmp_path / "audit.json")


def test_somebody_elses_workbook_is_refused(tmp_path):
    path = tmp_path / "audit.xlsx"
    openpyxl.Workbook().save(path)
    told = fault(path)
    assert "sheet _efface: missing" in told
    assert "sheet Columns: missing" in told


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed")
def test_a_workbook_saved_by_libreoffice_says_the_same(tmp_path):
    path = tmp_path / "audit.xlsx"
    odd = [h for h in HOSTILE if h not in ("\tx", "\rx")]
    found = scan(*SMALL.columns, *(finding(h, table="odd") for h in odd), *map(finding, ["a", "b"]))
    audit = decisions.decide_suggested(found)
    a, b = ref("a"), ref("b")
    audit = Audit(found, {**audit.decisions, a: Decision(a, "keep", "=A1", "2026-01-02", "=1+1")})
    del audit.decisions[b]
    reports.write(audit, path)
    out = tmp_path / "out"
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
               "--convert-to", "xlsx", "--outdir", str(out), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert reports.read(out / "audit.xlsx") == audit
    with zipfile.ZipFile(out / "audit.xlsx") as parts:
        assert "dataValidation" in parts.read("xl/worksheets/sheet3.xml").decode()


# --- the other forms


def test_json_is_the_scan_with_the_decisions(tmp_path):
    path = tmp_path / "a.json"
    audit = decisions.decide_suggested(SMALL)
    reports.write(audit, path)
    raw = json.loads(path.read_text(encoding="utf-8"))
    assert raw["version"] == 1
    assert len(raw["columns"]) == 5
    assert len(raw["decisions"]) == 4
    path.write_text(SMALL.to_json(), encoding="utf-8")
    assert reports.read(path) == Audit(SMALL, {})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d[0].update(choice="burn"), "no strategy 'burn'"),
        (lambda d: d[0].update(column="gone"), "no column"),
        (lambda d: d.append(d[0]), "decided twice"),
        (lambda d: d[0].pop("choice"), "lacks something"),
    ],
)
def test_a_json_audit_with_impossible_decisions_is_refused(tmp_path, change, words):
    path = tmp_path / "a.json"
    reports.write(decisions.decide_suggested(SMALL), path)
    raw = json.loads(path.read_text(encoding="utf-8"))
    change(raw["decisions"])
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert words in fault(path)


def test_pandas_gets_one_row_a_column():
    table = reports.frame(decisions.decide_suggested(SMALL))
    assert list(table["column"]) == [f.column.name for f in SMALL.columns]
    assert table["decision"].iloc[0] == "redact"
    assert set(table["verdict"]) <= {"direct", "quasi", "free_text", "none", "unknown"}


def test_csv_never_becomes_a_formula(tmp_path):
    path = tmp_path / "a.csv"
    reports.write(Audit(scan(*(finding(h, why=h) for h in HOSTILE)), {}), path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(HOSTILE)
    for row in rows:
        texts = (row["column"], row["why"], row["evidence"])
        assert not any(t.lstrip()[:1] in ("=", "+", "-", "@") for t in texts)
        assert "\r" not in row["column"]
    assert rows[0]["suggested"] == "redact"


def test_text_lists_what_may_be_personal_with_what_is_decided(tmp_path):
    column = ref("city")
    told = txt.lines(Audit(SMALL, {column: Decision(column, "mask")}))
    assert "5 columns in 2 tables: 1 direct, 1 quasi, 1 free text, 1 unknown, 1 none" in told
    assert "1 column decided, 3 open" in told
    assert "87 % (84-90 %) of 1,000 values  mask" in told
    assert "(redact)" in told
    assert "objid" not in told


@pytest.mark.parametrize(
    ("share", "low", "high", "read", "words"),
    [
        (0.0, 0.0, 0.003, 1000, "none of 1,000 values (at most 0.3 %)"),
        (0.0, 0.0, 0.00001, 10**6, "none of 1,000,000 values (at most 0.1 %)"),
        (1.0, 0.997, 1.0, 1000, "100 % (99.7-100 %) of 1,000 values"),
        (0.0001, 0.00001, 0.002, 10**5, "<0.1 % (<0.1-0.2 %) of 100,000 values"),
        (1.0, 1.0, 1.0, 1, "100 % of 1 value"),
        (0.5, 0.4, 0.6, 0, "nothing read"),
    ],
)
def test_shares_are_told_in_words_and_never_rounded_to_nothing(share, low, high, read, words):
    told = finding("a", share=share, share_low=low, share_high=high, values_read=read, evidence=())
    assert _words.share(told) == words


def test_no_share_contradicts_the_evidence_beside_it():
    seen = Evidence("people in sentences", "language", 5, 201, 0.1)
    told = finding("a", "none", share=0.0, values_read=201, entity="", evidence=(seen,))
    assert _words.share(told) == "none of 201 values for sure, though 5 may be: see the evidence"


# --- files


@pytest.mark.parametrize("suffix", ["xlsx", "json", "csv", "txt"])
def test_files_are_for_their_owner_and_replace_whole(suffix, tmp_path):
    path = tmp_path / f"a.{suffix}"
    path.write_text("old")
    path.chmod(0o644)
    reports.write(Audit(SMALL, {}), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", ["xlsx", "json", "csv", "txt"])
def test_a_full_disk_is_a_sentence_and_leaves_the_old_file(suffix, tmp_path, monkeypatch):
    path = tmp_path / f"a.{suffix}"
    path.write_text("old")

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Misconfigured, match=r"no space left on device: free some space or choose"):
        reports.write(Audit(SMALL, {}), path)
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


def test_a_missing_folder_is_a_sentence(tmp_path):
    with pytest.raises(Misconfigured, match="no such file or directory: make the folder first"):
        reports.write(Audit(SMALL, {}), tmp_path / "none" / "a.txt")


def test_an_unknown_report_is_refused_with_those_that_there_are(tmp_path):
    with pytest.raises(Misconfigured, match=r"csv, html, json, .*txt, xlsx"):
        reports.write(Audit(SMALL, {}), tmp_path / "a.docx")
    with pytest.raises(Misconfigured, match=r"give scan\.json, or the \.xlsx"):
        reports.read(tmp_path / "a.csv")


@given(texts, texts)
def test_different_names_look_different(one, other):
    assert (_words.visible(one) == _words.visible(other)) == (one == other)


@given(texts)
def test_escaping_for_excel_can_be_undone(text):
    assert _sheets.unescape(_sheets.escape(text)) == text


def test_the_machine_part_fits_into_cells():
    big = scan(*(finding(f"c{n}", why=os.urandom(20).hex()) for n in range(3000)))
    cells = _machine.cells(big, {})
    assert len(cells) > 4
    assert max(map(len, cells)) < 32_767
    assert _machine.load(cells)[0] == big


def test_the_next_steps_tell_what_is_unknown_from_what_is_only_empty(tmp_path):
    empty = finding("x_empty", "none", status="empty", reason="no values", values_read=0)
    path = tmp_path / "audit.xlsx"
    reports.write(Audit(scan(*SMALL.columns, empty), {}), path)
    said = [row[0] for row in openpyxl.load_workbook(path)["Summary"].iter_rows(values_only=True)]
    (step,) = [t for t in said if t and "could not be told" in t]
    assert "1 column could not be told, 1 more had no values to read" in step
    assert "1 tables or views were left out" in step
