"""HTML that is safe by how it is made: every text is escaped, only ``Markup`` is taken as it is."""

from collections.abc import Iterable
from html import escape

from reports import _words

VOID = ("meta", "rect", "input", "link", "path", "use")
"""Elements that have no end tag here."""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, /, *children: str | Iterable[str], **attributes: str | float | bool) -> Markup:
    """Make an element. ``class_`` is class, other underscores are dashes; False leaves one out."""
    told = "".join(
        f" {_attribute(key)}" if value is True else f' {_attribute(key)}="{text(str(value))}"'
        for key, value in attributes.items()
        if value is not False
    )
    if name in VOID:
        return Markup(f"<{name}{told}/>" if name in ("rect", "path", "use") else f"<{name}{told}>")
    return Markup(f"<{name}{told}>{join(children)}</{name}>")


def join(children: Iterable[str | Iterable[str]]) -> Markup:
    """Put texts and elements behind each other."""
    return Markup("".join(text(c) if isinstance(c, str) else join(c) for c in children))


def text(value: str) -> Markup:
    """Escape a text, and show what has no picture."""
    return value if isinstance(value, Markup) else Markup(escape(_words.visible(value)))


def name(value: str) -> Markup:
    """Show a name of a table or column, apart from the direction of the text around it."""
    return tag("bdi", _words.shown(value))


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
