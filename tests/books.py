"""Small scans and their workbooks, and what people do to workbooks."""

import openpyxl

from scanner.model import (
    ColumnRef,
    Database,
    Evidence,
    Finding,
    Scan,
    TableFacts,
    TableRef,
)

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "a\x01b", "_x0041_", "a\\b", " x ", "#N/A",
           "=cmd|' /C calc'!A0", "<b>&", "Größe\u202e", "a\nb", "1", "TRUE", "2020-01-01")  # fmt: skip


def finding(name, personal="direct", table="contact", **more):
    more = {
        "type": "VARCHAR(30)", "status": "scanned", "rows_read": 1000, "values_read": 1000,
        "share": 0.87, "share_low": 0.84, "share_high": 0.9, "score": 0.9, "entity": "PERSON",
        "evidence": (Evidence("full_name", "pattern", 870, 1000, 0.6),), "examples": ("A** L**",),
        "why": "values look like names", **more,
    }  # fmt: skip
    return Finding(ColumnRef("", table, name), personal=personal, **more)


def scan(*findings):
    named = dict.fromkeys(f.column.of for f in findings)
    tables = (
        *(TableFacts(t, 1234) for t in named),
        TableFacts(TableRef("", "v"), None, kind="view"),
    )
    database = Database("sqlite", "crm", "f" * 32)
    return Scan("0.1.0", "2026-01-02T03:04:05+00:00", database, "clarify", tables, findings)


SMALL = scan(
    finding("first_name"),
    finding("city", "quasi", entity="CITY"),
    finding("notes", "free_text", table="case", type="TEXT"),
    finding("x_misc", "unknown", status="empty", reason="no values", values_read=0),
    finding(
        "objid",
        "none",
        entity="",
        type="INTEGER",
        share=0.0,
        share_low=0.0,
        share_high=0.003,
        evidence=(),
    ),
)


def ref(name, table="contact"):
    return ColumnRef("", table, name)


def edit(path, change):
    """Do to a workbook what somebody does to it in Excel."""
    opened = openpyxl.load_workbook(path)
    change(opened)
    opened.save(path)
    return path


def cell(opened, name, head, title="Columns"):
    """Find the cell under a header in the row of a column, or of a table."""
    sheet = opened[title]
    heads = [c.value for c in sheet[1]]
    column = heads.index(title.removesuffix("s"))
    row = next(r for r in sheet.iter_rows(min_row=2) if r[column].value == name)
    return row[heads.index(head)]
