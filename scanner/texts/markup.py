"""XML in texts: which places are names of elements and attributes, where not every sign may stand."""

import re
from collections.abc import Iterator
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
    if "<" not in text or "<!DOCTYPE" in text or "<!ENTITY" in text:
        return False
    whole = text if text.lstrip().startswith("<?xml") else f"<all>{text}</all>"
    try:
        expat.ParserCreate().Parse(whole.lstrip(), True)
    except (expat.ExpatError, ValueError):
        return False
    return True


def names(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the names of elements and attributes stand in XML."""
    for tag in _TAG.finditer(text):
        if tag["inside"] is not None:
            for one in _NAME.finditer(text, tag.start("inside"), tag.end("inside")):
                if one["name"] is not None:
                    yield one.span("name")
