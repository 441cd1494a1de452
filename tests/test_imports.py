"""An import does not bring back who was erased: its rows are named, and nothing else of them."""

import csv
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from scanner.journal import Journal
from scanner.records import ledger
from scanner.sealing import keyring, marks
from tests import mini
from tests.erasing import Erasure

HEAD = ["Vorname", "Nachname", "Geburtsdatum", "E-Mail", "Telefon", "Ort"]
BOB = ["Bob", "Ray", "12.11.1977", "bob.ray@example.com", "+1 512 610 7777", "Austin"]
NAMESAKE = ["Ann", "Lee", "17.05.1991", "ann.lee@other.example", "+44 20 7946 0958", "Leeds"]
ROWS = [
    BOB,
    ["Ann", "Lee", "", "ANN.LEE+news@Example.com", "", "Dallas"],
    NAMESAKE,
    ["A.", "L.", "", "", "(512) 610-5466", "Austin"],
    ["LEE", "Ann", "04.03.1980", "", "", ""],
    ["Ann", "Lee", "04.03.1981", "al@new.example", "+44 512 610 5466", "Austin"],
]
"""Ann is in rows 3, 5 and 6: by address, by number, by name and birth date."""

FOUND = {3: ["email"], 5: ["phone"], 6: ["name_birth"]}


class Office:
    """A journal in which Ann was erased, and files that somebody wants to import."""

    def __init__(self, efface, folder: Path, erased: Path) -> None:
        self.efface, self.folder = efface, folder
        self.journal, self.key = erased / "journal.jsonl", erased / "journal.key"
        self.printed = ""

    def file(self, name: str) -> Path:
        return self.folder / name

    def csv(self, rows, name="new.csv", *, delimiter=",", encoding="utf-8", end="\r\n") -> Path:
        with self.file(name).open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter, lineterminator=end).writerows(rows)
        return self.file(name)

    def book(self, *sheets, name="new.xlsx") -> Path:
        book = Workbook()
        book.remove(book.active)
        for number, rows in enumerate(sheets):
            page = book.create_sheet(f"S{number}")
            for row in rows:
                page.append(row)
        book.save(self.file(name))
        return self.file(name)

    def run(self, *words, status=1):
        where = ("--journal", self.journal, "--journal-key", self.key)
        result = self.efface("check-import", *words, *where)
        self.printed += result.stdout + result.stderr
        assert result.exit_code == status, result.stderr
        return result

    def found(self, *words, status=1) -> dict[int, list[str]]:
        told = json.loads(self.run(*words, "--json", status=status).stdout)
        return {r["row"]: r["kinds"] for r in told["rows"]}

    def refused(self, *words) -> str:
        said = self.run(*words, status=2).stderr
        assert said.count("efface:") == 1
        return " ".join(said.split())


@pytest.fixture(scope="module")
def erased(tmp_path_factory):
    """A folder with the journal in which Ann was erased, and its key."""
    folder = tmp_path_factory.mktemp("erased")
    erasure = Erasure(mini.build(f"sqlite:///{folder / 'crm.sqlite'}"), folder)
    erasure.journal = Journal(folder / "journal.jsonl", folder / "journal.key")
    erasure.commit(erasure.plan())
    erasure.engine.dispose()
    return folder


@pytest.fixture
def office(efface, erased, tmp_path):
    return Office(efface, tmp_path, erased)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_rows_of_who_was_erased_are_named_whatever_the_file_looks_like(office, delimiter):
    path = office.csv([HEAD, *ROWS], delimiter=delimiter)
    assert office.found(path) == FOUND


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_recognised_or_said(office, encoding):
    path = office.csv(
        [HEAD, ["Jörg", "Müller", "", "j@m.example", "", "Köln"], *ROWS], encoding=encoding
    )
    more = ["--encoding", encoding] if encoding == "cp1252" else []
    assert office.found(path, *more) == {row + 1: kinds for row, kinds in FOUND.items()}
    if more:
        said = office.refused(path)
        assert "letters that are not written in utf-8: save it as CSV UTF-8" in said
        assert "or say what it is, such as --encoding cp1252" in said


def test_a_workbook_is_read_with_its_dates_and_numbers(office):
    rows = [
        HEAD,
        ["Bob", "Ray", datetime(1977, 11, 12), "bob.ray@example.com", 5126107777, "Austin"],
        ["Ann", "Lee", datetime(1980, 3, 4), None, None, None],
        [None] * 6,
        ["A", "L", None, None, 5126105466.0, None],
    ]
    assert office.found(office.book(rows)) == {3: ["name_birth"], 5: ["phone"]}


@pytest.mark.parametrize("day", [29284, "29284", 27822])
def test_a_day_that_a_spreadsheet_shows_as_a_number_is_compared(office, day):
    assert office.found(office.book([HEAD, BOB, ["Ann", "Lee", day]])) == {3: ["name_birth"]}


@pytest.mark.parametrize("cell", [ArrayFormula("D3:D3", "=A3&B3"), DataTableFormula("D3:D4")])
def test_a_formula_of_several_cells_is_one(office, cell):
    path = office.book([HEAD, BOB, ["Ann", "Lee", "", "", ""]])
    book = load_workbook(path)
    book.active["D3"] = cell
    book.save(path)
    assert "row 3: D is a formula" in office.refused(path)


def test_what_is_printed_is_row_numbers_and_kinds_only(office):
    result = office.run(office.csv([HEAD, *ROWS]))
    assert result.stdout.splitlines() == ["row 3  email", "row 5  phone", "row 6  name_birth"]
    assert "3 of 6 rows are about people who were erased" in result.stderr
    for canary in (*mini.CANARIES, "Bob", "Ray", "other.example", "1980", "Dallas"):
        assert canary not in office.printed


def test_a_file_about_others_passes(office):
    assert office.found(office.csv([HEAD, BOB, NAMESAKE]), status=0) == {}


def test_the_file_without_them_is_written_for_its_owner_only(office):
    path, clean = office.csv([HEAD, *ROWS], delimiter=";", end="\n"), office.file("clean.csv")
    office.run(path, "-o", clean)
    assert clean.stat().st_mode & 0o777 == 0o600
    lines = path.read_text().splitlines(keepends=True)
    kept = [line for number, line in enumerate(lines, start=1) if number not in FOUND]
    assert clean.read_text() == "".join(kept)
    assert office.found(clean, status=0) == {}
    assert "would replace" in office.refused(path, "-o", path)
    assert "ends in .csv" in office.refused(path, "-o", office.file("clean.xlsx"))


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;;;;"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_line_that_says_what_stands_between_cells_is_no_row_and_stays(office, line, encoding):
    path, clean = office.csv([HEAD, *ROWS], delimiter=";"), office.file("clean.csv")
    path.write_bytes(f"{line}\r\n{path.read_bytes().decode()}".encode(encoding))
    assert office.found(path, "-o", clean) == FOUND
    assert clean.read_bytes().decode(encoding).startswith(f"{line}\r\nVorname;")
    assert office.found(clean, status=0) == {}


def test_columns_can_be_named_by_heading_letter_or_number(office):
    head = ["a", "b", "c"]
    path = office.csv([head, ["x", "5126105466", "y"], ["z", "5126107777", "y"]])
    for name in ("b", "B", "2"):
        assert office.found(path, "--column", f"phone={name}") == {2: ["phone"]}
    assert "no column is called 'Q'" in office.refused(path, "--column", "phone=Q")
    assert "KIND is one of" in office.refused(path, "--column", "shoe=a")


@pytest.mark.parametrize("heads", [("first_name", "last_name", "dob"), ("Prénom", "Nom de famille",
                                   "Date de naissance"), ("fname", "surname", "birthday")])  # fmt: skip
def test_a_heading_is_enough_where_values_say_nothing(office, heads):
    path = office.csv([heads, *[("Fam1", "x77", "?")] * 30, ("ann", "lee", "1980-03-04")])
    assert office.found(path) == {32: ["name_birth"]}


def test_an_address_is_found_in_any_column(office):
    path = office.csv([["id", "notes"], ["1", "write to <Ann@HOME.example>, please"], ["2", "-"]])
    assert office.found(path) == {2: ["email"]}


def test_a_file_without_any_column_that_says_who_is_refused(office):
    path = office.csv([["colour", "size"], ["red", "7"], ["blue", "9"]])
    assert "name them, such as --column" in office.refused(path)


def test_what_is_not_compared_is_said(office):
    said = office.run(office.csv([["mail"], ["ann@home.example"]])).stderr
    assert "no column of phone numbers" in said
    assert "no columns of names and birth dates" in said


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([HEAD, BOB, ["Ann", "Lee", "", "=A1&B1", "", ""]], "row 3: D is a formula"),
        ([HEAD, BOB, ["Ann", "Lee", "", "", "5.12611E+09", ""]], "row 3: E is a number that"),
        ([HEAD, BOB, [*BOB, "more"]], "row 3: more cells than the first row"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_its_place(office, rows, said):
    clean = office.file("clean.csv")
    assert said in office.refused(office.csv(rows), "-o", clean)
    assert not clean.exists()
    assert said in office.refused(office.book(rows))


def test_a_number_that_is_kept_from_being_cut_is_compared(office):
    rows = [HEAD, ["A", "L", "", "", '="5126105466"', ""]]
    assert office.found(office.csv(rows)) == {2: ["phone"]}


def test_bad_files_are_refused_with_a_sentence(office):
    bad = {
        "empty.csv": (b"", "is empty"),
        "blank.csv": (b" \n \n", "is empty"),
        "zero.csv": (b"a,b\n1,\x00\n", "is no text: line 2"),
        "quote.csv": (b'mail,x\na@b.example,"never closed\nann@home.example,1\n', "is no CSV"),
        "book.xlsx": (b"PK\x03\x04 no", "is no workbook, or damaged"),
        "old.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1", "under a password, or of the old format"),
        "list.pdf": (b"%PDF", "must end in .csv"),
    }
    for name, (raw, said) in bad.items():
        office.file(name).write_bytes(raw)
        assert said in office.refused(office.file(name)), name
    assert "there is no file" in office.refused(office.file("nowhere.csv"))
    good = office.csv([HEAD, BOB])
    assert "no encoding 'klingon'" in office.refused(good, "--encoding", "klingon")
    assert "cannot stand between cells" in office.refused(good, "--delimiter", "::")
    assert "2 sheets with rows" in office.refused(office.book([HEAD, BOB], [HEAD, BOB]))
    assert "no sheet 'X'" in office.refused(office.book([HEAD, BOB]), "--sheet", "X")
    two = office.book([HEAD, BOB], [HEAD, *ROWS])
    assert office.found(two, "--sheet", "S1") == FOUND


def test_a_journal_that_is_not_there_proves_nothing(office):
    office.journal = office.file("nowhere.jsonl")
    assert "there is no journal" in office.refused(office.csv([HEAD, BOB]))


def test_who_was_not_erased_after_all_is_not_known(erased):
    entries = Journal(erased / "journal.jsonl", erased / "journal.key").read()
    assert [e.event for e in entries] == ["basis", "intent", "done"]
    assert sorted(ledger.known(entries)) == [
        "email", "name", "name_birth", "phone", "phone_national"
    ]  # fmt: skip
    assert ledger.known(entries[:2]) == {}
    assert ledger.known((*entries[:2], replace(entries[2], event="undone"))) == {}


def test_another_key_knows_nobody(office, tmp_path):
    keyring.obtain(tmp_path / "other.key")
    result = office.efface(
        "check-import",
        office.csv([HEAD, *ROWS]),
        "--journal",
        office.journal,
        "--journal-key",
        tmp_path / "other.key",
    )
    assert result.exit_code == 1
    assert "another key" in result.stderr


SAME = [
    (
        marks.numbers,
        marks.asked,
        "+1 512 610 5466",
        ["512-610-5466", "001 512 6105466", "15126105466"],
    ),
    (
        marks.numbers,
        marks.asked,
        "+49 (0)30 1234567",
        ["0049301234567", "030 1234567", "4930 1234567"],
    ),
    (marks.numbers, marks.asked, "030 1234567", ["+49 30 1234567", "(030) 1234567"]),
    (
        marks.emails,
        marks.emails,
        "ann@müller.example",
        ["Ann+x@xn--mller-kva.example", "ANN@Müller.Example"],
    ),
]
OTHERS = [
    (marks.numbers, marks.asked, "+49 30 1234567", ["+33 30 1234567", "+49 30 1234568", "234567"]),
    (marks.emails, marks.emails, "ann@b.example", ["ann@b.example.org", "joann@b.example"]),
]


@pytest.mark.parametrize(("ours", "asked", "value", "others"), SAME)
def test_one_identifier_is_the_same_however_it_is_written(ours, asked, value, others):
    for other in others:
        assert set(ours(value)) & set(asked(other)), other


@pytest.mark.parametrize(("ours", "asked", "value", "others"), OTHERS)
def test_another_identifier_is_another(ours, asked, value, others):
    for other in others:
        assert not set(ours(value)) & set(asked(other)), other


@pytest.mark.parametrize(
    "text",
    ["1980-03-04", "04.03.1980", "4.3.80", "19800304", "4 Mar 1980", "March 4, 1980",
     "4. März 1980", "1980-03-04 00:00:00", "1980/3/4", "3/4/1980"],
)  # fmt: skip
def test_a_birth_date_is_read_in_the_usual_ways(text):
    assert "1980-03-04" in marks.dates(text)


@pytest.mark.parametrize("text", ["", "soon", "2980-01-01", "31.02.1980", "5126105466", "1.2"])
def test_what_is_no_birth_date_is_none(text):
    assert marks.dates(text) == set()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("Ann\nLee", "LEE, ANN"), ("Ann\nLee", "Ms Ann Marie Lee"), ("Jörg\nMüller", "Joerg Mueller"),
     ("Ana María\nGarcía López", "Ana Maria Garcia Lopez")],
)  # fmt: skip
def test_a_name_is_the_same_in_any_order_and_spelling(ours, theirs):
    assert set(marks.people(ours)) & set(marks.people(theirs))


def test_marks_are_of_one_key_and_one_kind():
    keys = keyring.obtain(keyring.default_path()).marking(), bytes(32)
    assert marks.mark("email", "x", keys[0]) != marks.mark("email", "x", keys[1])
    assert marks.mark("email", "x", keys[0]) != marks.mark("name", "x", keys[0])
