"""The first sheet: what was found, how much was read, what to do next."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports import _columns, _drawing, _notscanned, _sheets, _words
from reports._entries import DECISION
from reports._sheets import Cell, Formula, Link, height, put
from scanner import audit as decisions
from scanner.model import Audit, Finding, Scan, summarise
from scanner.texts.wording import count

TITLE = "Summary"

WIDTHS = (26, 12, 12, 12, 12, 82)

CHART_ROW = 195
"""Points of the row that the charts stand in."""

EXPOSURE = {
    "high": "holds a column that identifies a person by itself",
    "medium": "holds columns that identify with others, or free text, and none of the first kind",
    "unclear": "holds a column that could not be told, and nothing known to be personal",
    "low": "holds nothing personal, as far as the values that were read can say",
    "left out": "views and what could not be read at all: see Not scanned and unknown",
}
"""What the ratings of tables mean."""

COVERAGE = {
    "scanned": "values were read",
    "empty": "there are no values: judged by names and by the pack only",
    "skipped": "not read, on request or because such a type holds no text",
    "failed": "could not be read: see Not scanned and unknown",
}
"""What may become of a column in a scan."""


def add(book: Any, audit: Audit, first: Mapping[str, int]) -> None:
    """Add the sheet; ``first`` says in which row of Columns each verdict begins."""
    sheet = _sheets.page(book, TITLE, WIDTHS)
    scan = audit.scan
    put(sheet, "Where personal data lives", style="title")
    put(sheet, f"Database {_words.shown(scan.database.name)} ({scan.database.dialect}), scanned "
        f"{scan.created} by Efface {scan.efface}, {_depth(scan)}")  # fmt: skip
    put(sheet, "")
    put(sheet, "What to do next", style="section")
    row = 5
    for number, (step, leads) in enumerate(_steps(audit), start=1):
        sheet.merged_cells.add(f"A{row}:F{row}")
        height(sheet, row, step, sum(WIDTHS))
        text = f"{number}.  {step}"
        put(sheet, Link(text, leads) if leads else text, style="linked prose" if leads else "prose")
        row += 1
    put(sheet, "")
    put(sheet, "At a glance", style="section")
    band = row + 2
    sheet.row_dimensions[band].height = CHART_ROW
    put(sheet, "")
    at = _table(sheet, band + 1, "What was found", _verdicts(audit, first))
    _draw(sheet, "Columns by kind", 0, band, at)
    at = _table(sheet, at[1] + 1, "How exposed tables are", _exposure(audit))
    _draw(sheet, "Tables by exposure", 1, band, at)
    at = _table(sheet, at[1] + 1, "What was read of each column", _coverage(scan))
    _draw(sheet, "Coverage: columns", 2, band, at)
    put(sheet, "")
    put(sheet, "About this scan", style="section")
    for name, value in _facts(scan):
        put(sheet, name, f"{value:,}" if isinstance(value, int) else value)


def _depth(scan: Scan) -> str:
    sample = scan.options.get("sample")
    if sample == "full":
        return "every row"
    return (
        f"about {count(sample, 'row')} of a table"
        if isinstance(sample, int)
        else "a sample of rows"
    )


def _steps(audit: Audit) -> Iterator[tuple[str, str]]:
    """Say what a reviewer does now, in order, and where each step leads."""
    waiting, dark = len(decisions.undecided(audit)), _words.not_told(audit)
    outside = sum(t.kind != "table" or bool(t.reason) for t in audit.scan.tables)
    yield (
        "New to this? Read the next sheet, How to read this: two minutes.",
        "'How to read this'!A1",
    )
    if waiting:
        yield (
            f"Decide about {waiting:,} column{'s' * (waiting != 1)}: on the sheet Columns the "
            "hatched cells under Decision, or on the sheet Tables for a whole table at once. "
            "Beside each column stands a suggestion with its reason.",
            f"{_columns.TITLE}!{_columns.letter(DECISION)}2",
        )
    else:
        yield (
            "Every column that may hold personal data has a decision: look whether you agree.",
            (f"{_columns.TITLE}!{_columns.letter(DECISION)}2"),
        )
    if dark or outside:
        yield (
            f"{_dark(dark)}, {outside:,} tables or views were left out: see the sheet "
            f"{_notscanned.TITLE}.",
            f"'{_notscanned.TITLE}'!A1",
        )
    yield (
        "Save the workbook and give it back to whoever runs Efface. It is enough to plan with: "
        "efface audit THIS.xlsx --check, then efface plan --db URL THIS.xlsx --subject KEY",
        "",
    )


def _table(sheet: Any, row: int, title: str, rows: list[tuple[Cell, ...]]) -> tuple[int, int]:
    """Write a table under its title, the next free row being ``row``; give head and last row."""
    put(sheet, "")
    put(sheet, title, style="section")
    sheet.row_dimensions[row + 2].height = _sheets.HEADER_HEIGHT
    put(sheet, *rows[0], style="head")
    for cells in rows[1:]:
        first = "linked" if isinstance(cells[0], Link) else "strong"
        put(sheet, *cells, style=(first, "count", "count", "count", "count", "wrap"))
    return row + 2, row + 1 + len(rows)


def _draw(sheet: Any, title: str, number: int, row: int, at: tuple[int, int]) -> None:
    third = sum(WIDTHS) // 3
    part = (number * third, (number + 1) * third)
    _drawing.place(sheet, _drawing.bars(sheet, title, *at), row, part, WIDTHS)


def _dark(columns: Sequence[Finding]) -> str:
    """Say what nothing is known about, apart from what is only known without values."""
    unknown = sum(f.personal == "unknown" for f in columns)
    known = len(columns) - unknown
    told = f"{unknown:,} column{'s' * (unknown != 1)} could not be told"
    if not known:
        return told
    return f"{told}, {known:,} more had no values to read and were judged by their names"


def _verdicts(audit: Audit, first: Mapping[str, int]) -> list[tuple[Cell, ...]]:
    """Count columns by verdict; what is open is counted by the program that shows the sheet."""
    counts = summarise(audit.scan.columns)
    decided = Counter(f.personal for f in audit.scan.columns if f.column in audit.decisions)
    rows: list[tuple[Cell, ...]] = [
        ("Verdict", "Columns", "Tables", "Decided before", "Open now", "Meaning")
    ]
    for personal, word in _words.VERDICTS.items():
        tables = len({f.column.of for f in audit.scan.columns if f.personal == personal})
        shown = Link(word, f"{_columns.TITLE}!A{first[word]}") if word in first else word
        rows.append(
            (shown, counts[personal], tables, decided[personal], _open(audit, word),
             _words.MEANINGS[word])
        )  # fmt: skip
    return rows


def _open(audit: Audit, word: str) -> Formula:
    last = len(audit.scan.columns) + 1
    verdict, force = (
        f"{_columns.TITLE}!${at}$2:${at}${last}"
        for at in map(_columns.letter, (_columns.VERDICT, _columns.FORCE))
    )
    return Formula(f'COUNTIFS({verdict},"{word}",{force},"{_columns.OPEN}")')


def _exposure(audit: Audit) -> list[tuple[Cell, ...]]:
    """Count tables by the worst of their columns."""
    grouped = _words.by_table(audit.scan.columns)
    sums = dict.fromkeys(EXPOSURE, (0, 0, 0, 0))
    for facts in audit.scan.tables:
        counts = Counter(f.personal for f in grouped.get(facts.table, ()))
        word = _words.exposure(facts, counts)
        tables, rows, columns, asking = sums[word]
        columns, asking = columns + counts.total(), asking + counts.total() - counts["none"]
        sums[word] = (tables + 1, rows + (facts.rows or 0), columns, asking)
    head = ("Exposure", "Tables", "Rows", "Columns", "Columns to decide", "Meaning")
    return [head, *((word, *counts, EXPOSURE[word]) for word, counts in sums.items())]


def _coverage(scan: Scan) -> list[tuple[Cell, ...]]:
    """Count columns by what became of them."""
    rows: list[tuple[Cell, ...]] = [
        ("State", "Columns", "Tables", "Values read", "Columns unknown", "Meaning")
    ]
    for state, meaning in COVERAGE.items():
        found = [f for f in scan.columns if f.status == state]
        read = sum(f.values_read for f in found)
        unknown = sum(f.personal == "unknown" for f in found)
        rows.append((state, len(found), len({f.column.of for f in found}), read, unknown, meaning))
    return rows


def _facts(scan: Scan) -> Iterator[tuple[str, str | int]]:
    """List how much was read, of what, with which rules."""
    tables = [t for t in scan.tables if t.kind == "table"]
    by_table = _words.by_table(scan.columns)
    rows = sum(max((f.rows_read for f in found), default=0) for found in by_table.values())
    total = sum(t.rows or 0 for t in tables)
    estimated = any(t.rows_are == "estimate" for t in tables)
    yield "Tables", len(tables)
    yield "Left out", len(scan.tables) - len(tables)
    yield "Columns", len(scan.columns)
    yield "Rows in all", f"{'about ' if estimated else ''}{total:,}"
    yield "Rows read", rows
    yield "Pack", scan.pack or "none"
    for name, value in sorted(scan.options.items()):
        if value not in ([], "", None):
            yield _words.shown(f"Option {name}"), _words.shown(str(value))
    yield "Fingerprint of the schema", scan.database.fingerprint
    yield "Digest of the scan", scan.digest
