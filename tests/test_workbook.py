"""What people can do in the workbook, and what of it is understood or refused with its cell."""

import random
from dataclasses import dataclass, replace
from datetime import date

import openpyxl
import pytest

import reports
from reports import _machine, _tables
from scanner import audit as decisions
from scanner import strategies
from scanner.errors import Misconfigured
from scanner.model import Audit, ColumnRef, Decision, Relation, TableRef
from scanner.rulebook import Declared
from tests import mini, office
from tests.books import SMALL, cell, edit, finding, ref, scan

pytestmark = pytest.mark.no_cover
"""What these run is counted where test_reports.py runs it."""

CONTACT, CASE = TableRef("", "contact"), TableRef("", "case")


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "audit.xlsx"
    reports.write(Audit(SMALL, {}), path)
    return path


def fault(path):
    with pytest.raises(Misconfigured) as error:
        reports.read(path)
    return str(error.value)


def whole(**written):
    """Decide about the table contact."""

    def change(opened):
        for head, value in written.items():
            cell(opened, "contact", head, "Tables").value = value

    return change


# --- whole tables


def test_a_decision_for_a_table_counts_for_its_open_columns_and_says_so(book):
    def change(opened):
        whole(Decision="Redact", Reviewer="Ann", Date=date(2026, 5, 6), Note="all of it")(opened)
        cell(opened, "city", "Decision").value = "keep"

    made = reports.read(edit(book, change)).decisions
    told = "for the whole table: all of it"
    assert made[ref("first_name")] == Decision(
        ref("first_name"), "redact", "Ann", "2026-05-06", told
    )
    assert made[ref("city")] == Decision(ref("city"), "keep")
    assert made[ref("x_misc")].choice == "redact"
    assert ref("objid") not in made
    assert ref("notes", "case") not in made


class Pack:
    """A pack that has its own idea of a column."""

    def declared(self, table, column):
        return Declared("direct", "PERSON", "token") if column == "first_name" else None

    def names_people(self, table, column):
        return False


def test_suggested_for_a_table_means_what_stood_beside_each_column(tmp_path):
    path = tmp_path / "audit.xlsx"
    reports.write(Audit(SMALL, {}), path, pack=Pack())
    made = reports.read(edit(path, whole(Decision="suggested"))).decisions
    assert {c.name: d.choice for c, d in made.items()} == {
        "first_name": "token", "city": "redact", "x_misc": "scrub",
    }  # fmt: skip
    assert {d.note for d in made.values()} == {"for the whole table"}


def test_suggested_may_be_dragged_down_the_whole_sheet(tmp_path, efface):
    path = tmp_path / "audit.xlsx"
    twins = [replace(finding("x"), column=ColumnRef(*n, "x")) for n in (("a.b", "c"), ("a", "b.c"))]
    plain = finding("colour", "none", table="car", entity="")
    reports.write(Audit(scan(*SMALL.columns, plain, *twins), {}), path)

    def drag(opened):
        sheet = opened["Tables"]
        at = [c.value for c in sheet[1]].index("Decision")
        for row in sheet.iter_rows(min_row=2):
            row[at].value = "suggested"

    made = reports.read(edit(path, drag)).decisions
    assert {c.name for c in made} == {"first_name", "city", "notes", "x_misc"}
    done = efface("audit", path, "--check")
    assert done.exit_code == 1  # the two tables of one name are open
    assert done.stderr.count("no decision yet") + done.stdout.count("no decision yet") == 2


def test_a_column_without_a_suggestion_stays_open_where_the_table_says_suggested():
    whole = {f.column.of: Decision(f.column, decisions.SUGGESTED) for f in SMALL.columns}
    made = decisions.spread(Audit(SMALL, {}), whole, {ref("city"): "keep", ref("x_misc"): ""})
    assert {c: d.choice for c, d in made.decisions.items()} == {ref("city"): "keep"}


@pytest.mark.parametrize("many", [2, 25])
def test_each_fault_of_a_workbook_has_a_line_of_its_own(tmp_path, process, many):
    path = tmp_path / "audit.xlsx"
    reports.write(Audit(scan(*(finding(f"c{n}") for n in range(many))), {}), path)

    def change(opened):
        sheet = opened["Columns"]
        at = [c.value for c in sheet[1]].index("Decision")
        for row in sheet.iter_rows(min_row=2):
            row[at].value = "burn"

    done = process("audit", edit(path, change), "--check")
    assert done.returncode == 2
    head, *lines = done.stderr.splitlines()
    assert head == f"efface: audit.xlsx: {many} faults:"
    assert [line.split(":")[0] for line in lines[:20]] == [
        f"  sheet Columns, cell G{n}" for n in range(2, min(many, 20) + 2)
    ]
    assert lines[20:] == (["  and 5 more"] if many > 20 else [])


def test_what_came_from_a_table_stays_when_the_workbook_is_written_again(book, tmp_path):
    first = reports.read(edit(book, whole(Decision="mask", Reviewer="Ann")))
    again = tmp_path / "again.xlsx"
    reports.write(first, again)
    assert reports.read(again) == first


def test_a_new_column_of_a_table_that_was_decided_as_a_whole_is_open(book):
    before = reports.read(edit(book, whole(Decision="keep")))
    grown = replace(SMALL, columns=(*SMALL.columns, finding("x_new")))
    after = decisions.carry(before, grown)
    assert {f.column.name for f in decisions.undecided(after)} == {"x_new", "notes"}


@pytest.mark.parametrize(
    ("name", "head", "value", "words"),
    [
        ("contact", "Decision", "sugested", "cell J2: no decision 'sugested': did you mean 'sugg"),
        ("contact", "Decision", "=A1", "sheet Tables, cell J2: a formula: write the value itself"),
        ("contact", "Date", "soon", "sheet Tables, cell L2: no date that can be understood"),
        ("contact", "Table", "person", "cell A2: the scan has no table 'person': undo the change"),
        ("case", "Table", "contact", "cell A3: the same table as in row 2: delete one row"),
        ("v", "Decision", "keep", "cell J4: nothing to decide, it was left out: empty the cell"),
    ],
)
def test_a_fault_on_the_sheet_of_tables_is_told_with_its_cell(book, name, head, value, words):
    def change(opened):
        whole(Decision="keep")(opened)
        cell(opened, name, head, "Tables").value = value

    assert words in fault(edit(book, change))


def test_two_tables_with_one_name_are_not_decided_together(tmp_path):
    path = tmp_path / "audit.xlsx"
    twins = [replace(finding("x"), column=ColumnRef(*n, "x")) for n in (("a.b", "c"), ("a", "b.c"))]
    reports.write(Audit(scan(*twins), {}), path)
    assert reports.read(path) == Audit(scan(*twins), {})

    def change(opened):
        cell(opened, "a.b.c", "Decision", "Tables").value = "keep"

    told = fault(edit(path, change))
    assert "cell J2: two tables are called so: decide on the sheet Columns" in told


def test_a_wrong_decision_hides_no_wrong_date_beside_it(book):
    def change(opened):
        cell(opened, "city", "Decision").value = "burn"
        cell(opened, "city", "Date").value = "soon"

    told = fault(edit(book, change))
    assert "2 faults" in told
    assert "no date that can be understood" in told


def test_faults_of_both_sheets_are_told_at_once(book):
    def change(opened):
        whole(Decision="burn")(opened)
        cell(opened, "city", "Decision").value = "burn"
        opened["Tables"].merge_cells("J3:K3")

    told = fault(edit(book, change))
    assert "3 faults" in told
    assert all(w in told for w in ("Columns, cell G3", "Tables, cell J2", "Tables, cells J3:K3"))


def test_a_workbook_without_its_tables_is_refused_and_one_of_before_is_not(book):
    def remove(opened):
        opened.remove(opened["Tables"])

    assert "sheet Tables: missing: give the sheet its name back" in fault(edit(book, remove))

    def older(opened):
        cell(opened, "city", "Decision").value = "keep"
        sheet = opened[_machine.TITLE]
        sheet["A2"] = _machine.BEFORE
        raw = SMALL.to_json().encode()
        sheet["A3"] = _machine.hashlib.sha256(raw).hexdigest()
        sheet["A4"] = "z" + _machine.base64.b64encode(_machine.zlib.compress(raw)).decode()

    assert reports.read(edit(book, older)).decisions[ref("city")].choice == "keep"


# --- dates, copies, other scans


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (date(2026, 5, 6), "2026-05-06"),
        ("2026-05-06", "2026-05-06"),
        (" 6.5.2026 ", "2026-05-06"),
        ("2026/05/06", "2026-05-06"),
        ("6 May 2026", "2026-05-06"),
        (46148, "2026-05-06"),
        ("2026-05-06T10:11:12", "2026-05-06T10:11:12"),
    ],
)
def test_a_day_is_understood_however_it_is_written(book, written, day):
    def change(opened):
        cell(opened, "city", "Decision").value = "keep"
        at = cell(opened, "city", "Date")
        at.value, at.number_format = written, "General" if written == 46148 else at.number_format

    assert reports.read(edit(book, change)).decisions[ref("city")].when == day


@pytest.mark.parametrize(
    "written", ["05/06/2026", "yesterday", "6.5.", "32.1.2026", 7, "0026-01-01"]
)
def test_a_day_that_could_be_another_is_refused(book, written):
    def change(opened):
        cell(opened, "city", "Decision").value = "keep"
        cell(opened, "city", "Date").value = written
        cell(opened, "city", "Date").number_format = "General"

    assert "cell J3: no date that can be understood: write it like 2026-01-31" in fault(
        edit(book, change)
    )


def test_a_note_without_a_decision_decides_nothing(book):
    def change(opened):
        cell(opened, "city", "Note").value = "ask the office"
        cell(opened, "city", "Reviewer").value = "Ann"

    assert reports.read(edit(book, change)).decisions == {}


@pytest.mark.parametrize("title", ["Columns", "Tables"])
def test_a_copy_of_a_sheet_is_refused_since_nobody_reads_it(book, title):
    def change(opened):
        opened.copy_worksheet(opened[title]).title = f"{title} (2)"

    told = fault(edit(book, change))
    assert f"sheet {title} (2): a copy of the sheet {title}: decide on {title} and delete" in told


def test_a_row_of_another_scan_is_refused(book):
    def change(opened):
        cell(opened, "city", "Verdict").value = "none"

    told = fault(edit(book, change))
    assert "cell C3: the scan says 'quasi': the row is of another scan or was changed" in told


def test_decisions_of_another_database_are_not_carried():
    other = decisions.decide_suggested(scan(finding("colour", table="car")))
    with pytest.raises(Misconfigured, match="no column that was decided in the earlier audit"):
        decisions.carry(other, SMALL)


# --- what the sheets show


def test_every_link_leads_to_what_it_counts(book):
    opened = openpyxl.load_workbook(book)
    tables, columns = opened["Tables"], opened["Columns"]
    heads = [c.value for c in tables[1]]
    links = [c for row in tables.iter_rows(min_row=2) for c in row if c.hyperlink]
    assert len(links) == 4
    for link in links:
        sheet, _, place = link.hyperlink.location.partition("!")
        row = columns[opened[sheet][place].row]
        assert row[0].value == tables.cell(link.row, 1).value
        assert row[2].value == heads[link.column - 1].lower()
    summary = [c for row in opened["Summary"].iter_rows() for c in row if c.hyperlink]
    for link in summary:
        sheet, _, place = link.hyperlink.location.partition("!")
        assert opened[sheet.strip("'")][place].row
        if link.value in ("direct", "quasi", "free text", "unknown", "none"):
            assert columns[place].row == next(
                c.row for c in columns["C"][1:] if c.value == link.value
            )


def test_only_what_can_be_read_back_can_be_written(book):
    opened = openpyxl.load_workbook(book)
    for title in ("Columns", "Tables"):
        sheet = opened[title]
        heads = {c.value: c.column_letter for c in sheet[1]}
        checks = {v.promptTitle: v for v in sheet.data_validations.dataValidation}
        assert {h: str(v.sqref).partition("2:")[0] for h, v in checks.items()} == {
            h: heads[h] for h in ("Decision", "Reviewer", "Date")
        }
        assert {v.type for v in checks.values()} == {"list", "textLength", "date"}
        assert all(v.showErrorMessage and v.prompt and v.error for v in checks.values())
    offered = {v.type: v for v in opened["Tables"].data_validations.dataValidation}["list"]
    assert offered.formula1.strip('"').split(",") == ["suggested", "keep", *strategies.names()]


def test_only_what_asks_for_a_decision_is_printed(book):
    sheet = openpyxl.load_workbook(book)["Columns"]
    assert sheet.print_area == "'Columns'!$A$1:$M$5"


@dataclass(frozen=True)
class Difference:
    """A change as a comparison of scans gives it."""

    table: str
    column: str
    what: str
    before: str
    after: str
    asks: bool


def _changes(tmp_path, changes):
    path = tmp_path / "audit.xlsx"
    reports.write(Audit(SMALL, {}, changes), path)
    rows = openpyxl.load_workbook(path)["Changes"].iter_rows(min_row=2, values_only=True)
    return list(rows), reports.read(path)


def test_changes_are_listed_with_what_asks_first(tmp_path):
    seen = Difference("contact", "x_old", "gone", "quasi", "", asks=False)
    new = Difference("contact", "=x", "added", "", "direct PERSON", asks=True)
    rows, read = _changes(tmp_path, (seen, new))
    assert rows == [
        ("contact", "=x", "added", None, "direct PERSON", "yes"),
        ("contact", "x_old", "gone", "quasi", None, "no"),
    ]
    assert read == Audit(SMALL, {})


@pytest.mark.parametrize(("changes", "words"), [(None, "--previous"), ((), "nothing has changed")])
def test_no_changes_are_told_apart_from_no_comparison(tmp_path, changes, words):
    (row,), _ = _changes(tmp_path, changes)
    assert words in row[3]


def test_people_shows_the_way_to_each_table(tmp_path):
    way = Relation(CASE, CONTACT, "case.owner = contact.objid", "linked", 1, "the pack", ("x = 1",))
    path = tmp_path / "audit.xlsx"
    audit = Audit(replace(SMALL, relations=(way,)), {})
    reports.write(audit, path)
    opened = openpyxl.load_workbook(path)
    (row,) = opened["People"].iter_rows(min_row=2, values_only=True)
    assert row == (
        1, "case", "shared", "contact", "case.owner = contact.objid", "x = 1", "the pack", "1,234",
    )  # fmt: skip
    assert cell(opened, "case", "A person's rows", "Tables").value == "shared"
    assert cell(opened, "contact", "A person's rows", "Tables").value == "own"
    assert reports.read(path) == audit


def test_a_workbook_without_relations_says_why(book):
    (row,) = openpyxl.load_workbook(book)["People"].iter_rows(min_row=2, values_only=True)
    assert "Scan again with --pack" in row[4]


def test_the_workbook_names_every_table_that_an_erasure_reaches(efface, sqlite_url, tmp_path):
    import json

    mini.build(sqlite_url)
    found, book, plan = (tmp_path / n for n in ("scan.json", "a.xlsx", "plan.json"))
    for words in (
        ("scan", "--db", sqlite_url, "-o", found),
        ("audit", found, "--decide", "suggested", "-o", book),
        ("plan", "--db", sqlite_url, book, "--subject", mini.ANN, "-o", plan),
    ):
        assert efface(*words).exit_code == 0
    relations = reports.read(book).scan.relations
    reached = set(json.loads(plan.read_text(encoding="utf-8"))["reached"])
    assert len(reached) > 3
    assert reached <= {"table_contact", *(str(r.table) for r in relations)}
    assert {r.rows for r in relations} <= {"own", "linked"}


# --- LibreOffice


WIDE = scan(
    *SMALL.columns,
    *(finding(f"c{n}", p, table=t) for n, (p, t) in enumerate(
        [("direct", "contact"), ("quasi", "case"), ("free_text", "a"), ("none", "a")] * 4)),
)  # fmt: skip
CHOICES = ("keep", *strategies.names())


def _some_edits(seed, opened):
    """Make up edits as people make them, and what has to come of them."""
    chance = random.Random(seed)
    sheet = opened["Columns"]
    heads = [c.value for c in sheet[1]]
    rows = {r[1].value: r[0].row - 1 for r in sheet.iter_rows(min_row=2)}
    at = {h: heads.index(h) for h in ("Decision", "Reviewer", "Date", "Note")}
    expected, edits = {}, []
    for name in chance.sample(sorted(rows), 9):
        choice, by = chance.choice(CHOICES), chance.choice(["", "Ann", "Größe", "=1+1"])
        edits += [
            [
                "Columns",
                "write",
                at["Decision"],
                rows[name],
                chance.choice([choice, choice.upper()]),
            ],
            ["Columns", "write", at["Reviewer"], rows[name], by],
            ["Columns", "write", at["Date"], rows[name], chance.choice([46148, "2026-05-06"])],
        ]
        expected[name] = (choice, by, "2026-05-06")
    gone = chance.choice(sorted(rows))
    expected.pop(gone, None)
    edits.append(["Columns", "delete row", rows[gone]])
    edits.append(["Columns", chance.choice(["insert row", "insert column"]), 0])
    table = next(r[0].row - 1 for r in opened["Tables"].iter_rows(min_row=2) if r[0].value == "a")
    decide = [c.value for c in opened["Tables"][1]].index("Decision")
    edits.append(["Tables", "write", decide, table, "suggested"])
    for found in WIDE.columns:
        open_ = found.column.name not in expected and found.personal != "none"
        if found.column.table == "a" and open_:
            expected[found.column.name] = (decisions.suggest(found).choice, "", "")
    return edits, expected


def test_whatever_is_edited_in_libreoffice_comes_back_and_nothing_else(tmp_path):
    path = tmp_path / "audit.xlsx"
    reports.write(Audit(WIDE, {}), path)
    opened = openpyxl.load_workbook(path)
    made = {seed: _some_edits(seed, opened) for seed in range(8)}
    jobs = [[str(path), str(tmp_path / f"{seed}.xlsx"), edits] for seed, (edits, _) in made.items()]
    office.edit(jobs, tmp_path)
    for seed, (_, expected) in made.items():
        after = reports.read(tmp_path / f"{seed}.xlsx")
        assert after.scan == WIDE
        assert {c.name: (d.choice, d.by, d.when) for c, d in after.decisions.items()} == expected


def test_the_sheets_say_what_will_be_read_back(tmp_path):
    path = tmp_path / "audit.xlsx"
    reports.write(Audit(WIDE, {}), path)

    def change(opened):
        whole(Decision="Suggested")(opened)
        cell(opened, "city", "Decision").value = " KEEP "
        cell(opened, "notes", "Decision").value = "null"

    made = reports.read(edit(path, change)).decisions
    shown = openpyxl.load_workbook(office.convert(path, tmp_path), data_only=True)
    still = 0
    for found in WIDE.columns:
        decided = made.get(found.column)
        want = decided.choice if decided else "keep" if found.personal == "none" else "open"
        still += want == "open"
        force = cell(shown, found.column.name, "In force").value
        assert force.removesuffix(" (table)") == want
        assert force.endswith(" (table)") == bool(decided and "whole table" in decided.note)
    opens = [r[_tables_open()].value for r in shown["Tables"].iter_rows(min_row=2)]
    assert sum(opens) == still > 0
    told = [row for row in shown["Summary"].iter_rows(values_only=True) if row[0] == "direct"]
    assert sum(row[4] for row in told) == 0


def _tables_open():
    return [c.head for c in _tables.LAYOUT].index(_tables.OPEN)


def test_a_workbook_that_was_an_ods_file_says_the_same(tmp_path):
    path = tmp_path / "audit.xlsx"
    made = decisions.decide_suggested(WIDE)
    reports.write(made, path)
    back = office.convert(office.convert(path, tmp_path, "ods"), tmp_path)
    assert reports.read(back) == made
