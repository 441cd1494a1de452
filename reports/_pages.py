"""The sheets around Columns: Summary, Tables, Not scanned, Policies, How to read this."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from reports import _guide, _sheets, _words
from reports._sheets import Column, height, put
from scanner import audit as decisions
from scanner import strategies
from scanner.model import KEEP, Audit, Finding, Personal, Scan, TableFacts, summarise
from scanner.rulebook import Pack

TABLES = (
    Column("Table", 32, "strong"),
    Column("Risk", 10, "strong"),
    Column("Rows", 16),
    Column("Columns", 9, "count"),
    *(Column(word.capitalize(), 11, "count") for word in _words.VERDICTS.values()),
    Column("Still open", 9, "count"),
    Column("Copy of", 24),
    Column("Kind", 10),
    Column("Remark", 50, "wrap"),
)

NOT_SCANNED = (
    Column("Table", 30, "strong"),
    Column("Column", 26, "strong"),
    Column("What", 16),
    Column("Reason", 60, "wrap"),
    Column("What to do", 60, "wrap"),
)

POLICIES = (
    Column("Decision", 14, "strong"),
    Column("What happens to the values", 90, "wrap"),
    Column("Chosen for columns", 12, "count"),
)


def summary(book: Any, audit: Audit) -> None:
    """Add the first sheet: what was found, how much was read, what to do next."""
    widths = (26, 12, 12, 12, 12, 78)
    sheet = _sheets.page(book, "Summary", widths)
    scan = audit.scan
    put(sheet, "Where personal data lives", style="title")
    put(sheet, f"Database {_words.shown(scan.database.name)} ({scan.database.dialect}), scanned "
        f"{scan.created} by Efface {scan.efface}")  # fmt: skip
    put(sheet, "")
    put(sheet, "What to do next", style="section")
    row = 5
    for number, step in enumerate(_words.next_steps(audit), start=1):
        sheet.merged_cells.add(f"A{row}:F{row}")
        height(sheet, row, step, sum(widths))
        put(sheet, f"{number}.  {step}", style="prose")
        row += 1
    put(sheet, "")
    put(sheet, "What was found", style="section")
    _verdicts(sheet, audit, row + 2)
    put(sheet, "")
    put(sheet, "What was read", style="section")
    for name, value in _facts(scan):
        put(sheet, name, f"{value:,}" if isinstance(value, int) else value)


def _verdicts(sheet: Any, audit: Audit, row: int) -> None:
    """Write the table of columns by verdict, whose head is row ``row``, and draw it."""
    from openpyxl.chart import BarChart, Reference
    from openpyxl.chart.label import DataLabelList

    heads = ("Verdict", "Columns", "Decided", "Still open", "Tables", "Meaning")
    put(sheet, *heads, style="head")
    counts, waiting = summarise(audit.scan.columns), _open_by_verdict(audit)
    decided = Counter(f.personal for f in audit.scan.columns if f.column in audit.decisions)
    for personal, word in _words.VERDICTS.items():
        tables = len({f.column.of for f in audit.scan.columns if f.personal == personal})
        put(
            sheet,
            word, counts[personal], decided[personal], waiting[personal], tables,
            _words.MEANINGS[word],
            style=("strong", "count", "count", "count", "count", "wrap"),
        )  # fmt: skip
    chart = BarChart()
    chart.type, chart.style, chart.legend = "bar", 10, None
    chart.title = "Columns by kind"
    chart.add_data(Reference(sheet, min_col=2, min_row=row, max_row=row + 5), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=row + 1, max_row=row + 5))
    chart.y_axis.delete = chart.x_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.majorGridlines = None
    chart.y_axis.numFmt = "#,##0"
    chart.dataLabels = DataLabelList()
    chart.dataLabels.showVal = True
    for other in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(chart.dataLabels, other, False)
    chart.series[0].graphicalProperties.solidFill = _sheets.INK
    chart.gapWidth, chart.height, chart.width = 40, 7.2, 14
    sheet.add_chart(chart, f"F{row + 8}")


def _open_by_verdict(audit: Audit) -> Counter[Personal]:
    return Counter(f.personal for f in decisions.undecided(audit))


def _facts(scan: Scan) -> Iterator[tuple[str, str | int]]:
    """List how much was read, of what, with which rules."""
    tables = [t for t in scan.tables if t.kind == "table"]
    states = Counter(f.status for f in scan.columns)
    by_table = _words.by_table(scan.columns)
    rows = sum(max((f.rows_read for f in found), default=0) for found in by_table.values())
    total = sum(t.rows or 0 for t in tables)
    estimated = any(t.rows_are == "estimate" for t in tables)
    yield "Tables", len(tables)
    yield "Left out", len(scan.tables) - len(tables)
    yield "Columns", len(scan.columns)
    for state in ("scanned", "empty", "skipped", "failed"):
        yield f"   {state}", states[state]
    yield "Rows in all", f"{'about ' if estimated else ''}{total:,}"
    yield "Rows read", f"{rows:,}"
    yield "Values read", f"{sum(f.values_read for f in scan.columns):,}"
    yield "Pack", scan.pack or "none"
    for name, value in sorted(scan.options.items()):
        if value not in ([], "", None):
            yield _words.shown(f"Option {name}"), _words.shown(str(value))
    yield "Fingerprint of the schema", scan.database.fingerprint
    yield "Digest of the scan", scan.digest


def tables(book: Any, audit: Audit) -> None:
    """Add the roll-up: one row a table, what is riskiest first."""
    grouped = _words.by_table(audit.scan.columns)
    waiting = Counter(f.column.of for f in decisions.undecided(audit))
    rated = [(t, Counter(f.personal for f in grouped.get(t.table, ()))) for t in audit.scan.tables]
    order = ("high", "medium", "unclear", "low")
    rated.sort(key=lambda r: (r[0].kind != "table", order.index(_words.risk(r[1]))))
    rows = (_table(facts, counts, waiting[facts.table]) for facts, counts in rated)
    _sheets.tabular(book, "Tables", TABLES, rows, count=len(rated))


def _table(facts: TableFacts, counts: Counter[Personal], waiting: int) -> list[str | float | None]:
    left_out = facts.kind != "table"
    return [
        _words.visible(str(facts.table)),
        "left out" if left_out else _words.risk(counts),
        _words.size(facts),
        counts.total(),
        *(counts[personal] for personal in _words.VERDICTS),
        waiting,
        _words.shown(facts.copy_of) or None,
        facts.kind,
        _words.shown(facts.reason) or None,
    ]


def not_scanned(book: Any, audit: Audit) -> None:
    """Add what the scan can say nothing about, with reasons."""
    rows = [*_left_out(audit.scan), *map(_dark, _words.not_told(audit))]
    if not rows:
        rows = [["", "", "nothing", "every column of every table was read", ""]]
    _sheets.tabular(book, "Not scanned", NOT_SCANNED, rows, count=len(rows), frozen=2)


def _left_out(scan: Scan) -> Iterator[list[str | float | None]]:
    for facts in scan.tables:
        if facts.kind == "table" and not facts.reason:
            continue
        view = facts.kind == "view"
        yield [
            _words.visible(str(facts.table)),
            None,
            facts.kind,
            _words.shown(facts.reason)
            or ("a view only shows what stands in tables" if view else "left out"),
            "nothing, its tables are listed" if view else "read the reason; scan again if it went",
        ]


def _dark(finding: Finding) -> list[str | float | None]:
    advice = {
        "empty": "decide by its name; a later scan tells when it holds values"
        if finding.personal == "unknown"
        else f"nothing: taken as {_words.VERDICTS[finding.personal]} by what is known without values",
        "skipped": "scan again without the option that skipped it",
        "failed": "see the reason: often a missing right to read; then scan again",
        "scanned": "look at some values yourself, or scan more: --sample N or --full",
    }
    what = "unknown" if finding.status == "scanned" else finding.status
    return [
        _words.visible(str(finding.column.of)),
        _words.visible(finding.column.name),
        what,
        _words.shown(finding.reason or finding.why) or "no rule could tell what it holds",
        advice[finding.status],
    ]


def policies(book: Any, audit: Audit) -> None:
    """Add what each decision means."""
    chosen = Counter(d.choice for d in audit.decisions.values())
    meanings = [(KEEP, "Leave the values as they are."), *strategies.describe()]
    rows: list[list[str | float | None]] = [
        [name, meaning, chosen[name]] for name, meaning in meanings
    ]
    _sheets.tabular(book, "Policies", POLICIES, rows, count=len(rows))


def guide(book: Any) -> None:
    """Add the explanations."""
    sheet = _sheets.page(book, "How to read this", (26, 110))
    sheet.row_dimensions[1].height = 30
    put(sheet, "How to read this workbook", style="title")
    put(sheet, "")
    for row, (question, answer) in enumerate(_guide.ANSWERS, start=3):
        height(sheet, row, answer, 110)
        put(sheet, question, answer, style=("strong", "wrap"))


def all_around(book: Any, audit: Audit, pack: Pack | None) -> None:
    """Add every sheet in its order; ``pack`` has a say in the suggestions."""
    from reports import _columns

    summary(book, audit)
    _columns.add(book, audit, pack)
    tables(book, audit)
    not_scanned(book, audit)
    policies(book, audit)
    guide(book)
