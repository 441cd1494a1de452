"""Native charts: bars of one colour with their numbers, readable on grey paper."""

from collections.abc import Sequence
from typing import Any

from reports._sheets import INK

CHARACTER = 66_600
"""Excel's units (EMU) in a character of column width."""

MARGIN = 60_000
"""Units between charts."""


def bars(sheet: Any, title: str, head: int, last: int) -> Any:
    """Draw rows ``head`` to ``last`` of a sheet: names in its first column, counts in its second."""
    from openpyxl.chart import BarChart, Reference
    from openpyxl.chart.label import DataLabelList

    chart = BarChart()
    chart.type, chart.style, chart.legend = "bar", 10, None
    chart.title = _title(title)
    chart.add_data(Reference(sheet, min_col=2, min_row=head, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=head + 1, max_row=last))
    chart.x_axis.delete, chart.y_axis.delete = False, True
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.majorGridlines = None
    chart.dataLabels = DataLabelList()
    chart.dataLabels.showVal = True
    chart.dataLabels.numFmt = "#,##0"
    for other in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(chart.dataLabels, other, False)
    chart.series[0].graphicalProperties.solidFill = INK
    chart.gapWidth = 40
    return chart


def place(sheet: Any, chart: Any, row: int, part: tuple[int, int], widths: Sequence[int]) -> None:
    """Let the chart fill row ``row`` from one character of the sheet's width to another.

    ``widths`` are those of the sheet's columns, in characters: a chart hangs on cells.
    """
    from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor

    (left, a), (right, b) = (_cell(at, widths) for at in part)
    chart.anchor = TwoCellAnchor(
        _from=AnchorMarker(col=left, colOff=a + MARGIN, row=row - 1, rowOff=MARGIN),
        to=AnchorMarker(col=right, colOff=b - MARGIN, row=row, rowOff=-MARGIN),
    )
    sheet.add_chart(chart)


def _cell(at: int, widths: Sequence[int]) -> tuple[int, int]:
    """Find the column in which character ``at`` of the sheet's width lies, and how far in."""
    column = 0
    while column < len(widths) - 1 and at > widths[column]:
        at -= widths[column]
        column += 1
    return column, at * CHARACTER


def _title(text: str) -> Any:
    from openpyxl.chart.text import RichText, Text
    from openpyxl.chart.title import Title
    from openpyxl.drawing.text import (
        CharacterProperties,
        Paragraph,
        ParagraphProperties,
        RegularTextRun,
    )

    looks = CharacterProperties(sz=1100, b=True)
    run = RegularTextRun(rPr=looks, t=text)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=looks), r=[run])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)
