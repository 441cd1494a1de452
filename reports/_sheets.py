"""How sheets look and how rows are put into them: nothing here knows what an audit is.

Sheets are written row by row (openpyxl's write-only mode), so that memory stays small. A text is
always written as a text: whatever it begins with, it never becomes a formula.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

INK, PAPER, LINE, ENTRY, LINKED = "1F2A44", "FFFFFF", "D0D5DD", "FFFBE6", "1F4E9E"
"""The colours: headers, their text, lines, what people write, what leads elsewhere."""

FONT = "Calibri"
A4, A3 = "9", "8"
"""Paper sizes as Excel numbers them."""

HEADER_HEIGHT = 32
LINE_HEIGHT = 13.5
MOST_LINES = 8
LETTERS = 1.1
"""Letters of this font in a unit of width, with room to spare."""

HATCHED: dict[str, Any] = {
    "fill": {"fill_type": "lightDown", "fgColor": "FFC98A00", "bgColor": "FFFFF3C4"}
}
"""The look of what waits for somebody."""

MARKS: dict[str, dict[str, Any]] = {
    "direct": {
        "font": {"bold": True, "color": "FFFFFFFF"},
        "fill": {"fill_type": "solid", "bgColor": "FF9B1C1C"},
    },
    "quasi": {"font": {"bold": True}, "fill": {"fill_type": "solid", "bgColor": "FFF5C26B"}},
    "free text": {
        "font": {"bold": True, "italic": True},
        "fill": {"fill_type": "lightUp", "fgColor": "FF8FB3E0", "bgColor": "FFFFFFFF"},
    },
    "unknown": {
        "font": {"italic": True},
        "fill": {"fill_type": "gray125", "fgColor": "FF666666", "bgColor": "FFFFFFFF"},
    },
    "none": {"font": {"color": "FF7A7A7A"}},
}
"""How verdicts look: weight and pattern tell them apart where colours do not."""

LINKS = {"strong": "linked", "count": "linked count"}
"""The styles of cells that lead elsewhere."""

WRAPPED = ("strong", "wrap", "entry wrap")

_NOT_XML = re.compile(
    r"[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)"
)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LONGEST = 32_000


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of ours, without its equals sign; no text from elsewhere may stand in it."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """What a cell shows, and the place in this workbook that it leads to: ``Columns!A7``."""

    shown: str | int
    place: str


Cell = str | float | date | Formula | Link | None
"""What can be put into a cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: header, width in characters, and the style of its cells."""

    head: str
    width: int
    style: str = "text"


def styles(book: Any) -> None:
    """Give a new workbook the named styles that sheets use."""
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

    side = Side(style="thin", color=LINE)
    box = Border(left=side, right=side, top=side, bottom=side)

    def add(name: str, **other: Any) -> None:
        parts: dict[str, Any] = {
            "font": Font(name=FONT, size=10),
            "alignment": Alignment(vertical="top", horizontal="left", indent=1),
            "border": box,
            **other,
        }
        book.add_named_style(NamedStyle(name=name, **parts))

    wrap = Alignment(vertical="top", horizontal="left", wrap_text=True, indent=1)
    entry = {
        "fill": PatternFill("solid", fgColor=ENTRY),
        "protection": Protection(locked=False),
    }
    dark = PatternFill("solid", fgColor=INK)
    add(
        "head",
        font=Font(name=FONT, size=10, bold=True, color=PAPER),
        fill=dark,
        alignment=Alignment(vertical="center", horizontal="left", wrap_text=True, indent=1),
    )
    add("text")
    add("strong", font=Font(name=FONT, size=10, bold=True), alignment=wrap)
    add("wrap", alignment=wrap)
    number = Alignment(vertical="top", horizontal="right")
    add("count", number_format="#,##0", alignment=number)
    add("right", alignment=number)
    add("part", number_format="0%", alignment=number)
    add("entry", **entry)
    add("entry wrap", alignment=wrap, **entry)
    add("entry date", number_format="yyyy-mm-dd", **entry)
    none, flush = Border(), Alignment(vertical="center")
    add("title", font=Font(name=FONT, size=18, bold=True, color=INK), border=none, alignment=flush)
    add(
        "section", font=Font(name=FONT, size=12, bold=True, color=INK), border=none, alignment=flush
    )
    add("linked", font=Font(name=FONT, size=10, bold=True, underline="single", color=LINKED))
    add(
        "linked count",
        font=Font(name=FONT, size=10, underline="single", color=LINKED),
        number_format="#,##0",
        alignment=number,
    )
    add(
        "linked prose",
        font=Font(name=FONT, size=10, underline="single", color=LINKED),
        alignment=Alignment(vertical="top", wrap_text=True),
        border=none,
    )
    add("prose", alignment=Alignment(vertical="top", wrap_text=True), border=none)
    add("plain", border=none, alignment=flush)


def cell(sheet: Any, value: Cell, style: str) -> Any:
    """Make a cell; a text stays a text."""
    from openpyxl.cell import WriteOnlyCell

    made = WriteOnlyCell(sheet)
    made.style = style
    return fill(made, value)


def fill(made: Any, value: Cell) -> Any:
    """Put a value into a cell; a row is written at once, so its cells can be used again."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    made.hyperlink = None
    match value:
        case None | "":
            made.value = None
        case Formula(text):
            made.value = f"={text}"
        case Link(shown, place):
            fill(made, shown)
            made.hyperlink = Hyperlink(ref=made.coordinate, location=place)
        case str():
            made.value = escape(value)
            made.data_type = "s"
        case _:
            made.value = value
    return made


def tabular(
    book: Any,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    count: int,
    frozen: int = 1,
    paper: str = A4,
    hidden: Sequence[str] = (),
) -> Any:
    """Add a sheet that is one Excel table: filters, frozen header, widths; locked by style."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.filters import AutoFilter
    from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

    sheet = book.create_sheet(title)
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}2"
    _widths(sheet, [c.width for c in columns])
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].hidden = column.head in hidden
    landscape(sheet, paper)
    sheet.row_dimensions[1].height = HEADER_HEIGHT
    sheet.append([cell(sheet, c.head, "head") for c in columns])
    plain = [cell(sheet, None, c.style) for c in columns]
    linked = [cell(sheet, None, LINKS.get(c.style, c.style)) for c in columns]
    for number, row in enumerate(rows, start=2):
        if (lines := _lines(columns, row)) > 1:
            sheet.row_dimensions[number].height = LINE_HEIGHT * min(lines, MOST_LINES) + 3
        cells = [
            fill(there if isinstance(value, Link) else here, value)
            for here, there, value in zip(plain, linked, row, strict=True)
        ]
        sheet.append(cells)
    whole = f"A1:{get_column_letter(len(columns))}{count + 1}"
    if count:
        table = Table(displayName=re.sub(r"\W", "", title), ref=whole)
        table.autoFilter = AutoFilter(ref=whole)
        table.tableColumns = [TableColumn(id=n, name=c.head) for n, c in enumerate(columns, 1)]
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        sheet.tables.add(table)
    lock(sheet)
    sheet.print_title_rows = "1:1"
    return sheet


def _lines(columns: Sequence[Column], row: Sequence[object]) -> int:
    """Estimate how many lines a row's texts take: programs do not measure when they open a file."""
    return max(
        -(-len(value) // int(column.width * LETTERS)) if isinstance(value, str) else 1
        for column, value in zip(columns, row, strict=True)
        if column.style in WRAPPED
    )


def page(book: Any, title: str, widths: Sequence[int]) -> Any:
    """Add a sheet for reading, without grid; it is printed on one page."""
    sheet = book.create_sheet(title)
    sheet.sheet_view.showGridLines = False
    _widths(sheet, widths)
    lock(sheet)
    landscape(sheet, A4)
    sheet.page_setup.fitToHeight = 1
    return sheet


def put(sheet: Any, *values: Cell, style: str | Sequence[str] = "plain") -> None:
    """Append a row to a sheet for reading, high enough for its text."""
    looks = [style] * len(values) if isinstance(style, str) else style
    sheet.append([cell(sheet, v, s) for v, s in zip(values, looks, strict=True)])


def height(sheet: Any, row: int, text: str, width: int, *, least: int = 1) -> None:
    """Make row number ``row`` high enough for a text that wraps; call it before the row is put."""
    lines = sum(max(1, -(-len(part) // int(width * LETTERS))) for part in text.split("\n"))
    sheet.row_dimensions[row].height = LINE_HEIGHT * max(lines, least) + 3


def lock(sheet: Any) -> None:
    """Let people write into entry cells only, and filter and widen as they like; no password."""
    protection = sheet.protection
    protection.sheet = True
    protection.autoFilter = protection.formatColumns = protection.formatRows = False
    protection.sort = False


def landscape(sheet: Any, paper: str) -> None:
    """Print across, as wide as the paper; call it before any row is put."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = paper
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.left.text = "&A"
    sheet.oddFooter.right.text = "&P / &N"


def escape(text: str) -> str:
    """Write characters that XML forbids the way Excel does (_x0001_)."""
    return _NOT_XML.sub(lambda m: f"_x{ord(m[0]):04X}_", text)[:_LONGEST]


def unescape(text: str) -> str:
    """Read what ``escape`` wrote."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)


def rule(
    formula: str, *, font: dict[str, Any] | None = None, fill: dict[str, Any] | None = None
) -> Any:
    """Make a conditional format."""
    from openpyxl.formatting.rule import Rule
    from openpyxl.styles import Font, PatternFill
    from openpyxl.styles.differential import DifferentialStyle

    look = DifferentialStyle(
        font=Font(**font) if font else None, fill=PatternFill(**fill) if fill else None
    )
    return Rule(type="expression", dxf=look, formula=[formula])


def _widths(sheet: Any, widths: Sequence[int]) -> None:
    from openpyxl.utils import get_column_letter

    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
