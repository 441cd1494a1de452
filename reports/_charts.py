"""Charts that are tables as well: a label, a bar drawn inline as SVG, a number. No values."""

from collections.abc import Iterable, Sequence

from reports._markup import Markup, tag, text

Part = tuple[str, int]
"""A part of a bar: its look (a class of the style sheet) and its count."""


def bars(caption: str, rows: Iterable[tuple[str, Sequence[Part], str]]) -> Markup:
    """Draw rows of (label, parts of the bar, what is written behind it), longest bar full."""
    listed = list(rows)
    most = max((sum(n for _, n in parts) for _, parts, _ in listed), default=0)
    return tag(
        "table",
        tag("caption", caption),
        tag("tbody", [_row(label, parts, told, most) for label, parts, told in listed]),
        class_="bars",
    )


def _row(label: str, parts: Sequence[Part], told: str, most: int) -> Markup:
    return tag(
        "tr",
        tag("th", text(label), scope="row"),
        tag("td", bar(parts, most), class_="bar"),
        tag("td", told, class_="told"),
    )


def bar(parts: Sequence[Part], most: int) -> Markup:
    """Draw a bar of parts beside each other; the numbers stand in the table."""
    drawn, at = [], 0.0
    for look, count in parts:
        width = 100 * count / most if most else 0
        if count:
            # A single thing among thousands must not vanish.
            shown = max(width, 0.6)
            drawn.append(
                tag("rect", x=_number(at), y=0, width=_number(shown), height=10, class_=look)
            )
            at += shown
    return tag(
        "svg", drawn, viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true",
        focusable="false",
    )  # fmt: skip


def legend(parts: Iterable[tuple[str, str]]) -> Markup:
    """Explain the looks of parts: pairs of look and word."""
    return tag("p", [tag("span", tag("i", class_=f"key {look}"), word) for look, word in parts],
               class_="legend")  # fmt: skip


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
