"""XML in texts: which places are names of elements and attributes, where not every sign may stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

_TAG = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<[/?]?(?P<inside>[^\s<>/?!](?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
"""A tag; what a comment or plain text shows is none."""

_NAME = re.compile(r"\"[^\"]*\"|'[^']*'|(?P<name>[^\s=/\"'?]+)")


def is_xml(text: str) -> bool:
    """Whether a text is XML: a document, or elements and texts as a column of XML takes them.

    What declares words of its own is not read: a few lines can stand for gigabytes.
    """
    if "<" not in text or "<!ENTITY" in text:
        return False
    alone = text.lstrip().startswith("<?xml") or "<!DOCTYPE" in text
    whole = text if alone else f"<all>{text}</all>"
    try:
        expat.ParserCreate().Parse(whole.lstrip(), True)
    except (expat.ExpatError, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a tag that may be replaced: a name, or what stands in the quotes of a value."""

    start: int
    end: int
    named: bool


@dataclass(frozen=True, slots=True)
class Tag:
    """Where a tag stands, with its signs, and what of it may be replaced."""

    start: int
    end: int
    parts: tuple[Part, ...]


def tags(text: str) -> Iterator[Tag]:
    """Yield the tags of XML, in their order."""
    for tag in _TAG.finditer(text):
        if tag["inside"] is not None:
            inside = _NAME.finditer(text, tag.start("inside"), tag.end("inside"))
            yield Tag(*tag.span(), tuple(map(_part, inside)))


def _part(found: re.Match[str]) -> Part:
    if found["name"] is not None:
        return Part(*found.span(), named=True)
    return Part(found.start() + 1, found.end() - 1, named=False)
