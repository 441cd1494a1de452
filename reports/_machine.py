"""The machine part of a workbook: the whole scan as text cells, so that the workbook suffices.

What was suggested goes with it: whoever decides "suggested" for a table means what stood there.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from scanner.errors import Misconfigured
from scanner.model import ColumnRef, Scan

TITLE = "_efface"
"""The sheet's name."""

MARK = "Efface: this sheet belongs to the program, do not change it"
"""The first cell, by which a workbook is known to be ours."""

FORMAT = "efface workbook 2"
"""The second cell."""

BEFORE = "efface workbook 1"
"""The format without suggestions; tables could not be decided about then."""

CHUNK = 30_000
"""Characters in a cell; Excel takes 32,767."""

LARGEST = 1 << 30
"""Bytes of the largest scan that is unpacked: a damaged length must not eat the memory."""


def cells(scan: Scan, suggested: Mapping[ColumnRef, str]) -> list[str]:
    """Write the cells of the machine sheet, one a row: mark, format, digest, then the scan."""
    choices = [suggested.get(f.column, "") for f in scan.columns]
    return wrapped({"scan": scan.to_json(), "suggested": choices}, FORMAT)


def wrapped(content: Mapping[str, Any], form: str) -> list[str]:
    """Write what a program reads back as cells: mark, format, digest, then the content."""
    raw = json.dumps(content).encode()
    text = base64.b64encode(zlib.compress(raw, 6)).decode()
    chunks = [f"z{text[at : at + CHUNK]}" for at in range(0, len(text), CHUNK)]
    return [MARK, form, hashlib.sha256(raw).hexdigest(), *chunks]


def load(cells: Sequence[object]) -> tuple[Scan, dict[ColumnRef, str] | None]:
    """Read what ``cells`` wrote: the scan and the suggestions; None in the format before.

    Raises:
        Misconfigured: a cell was changed, lost or added.

    """
    form, raw = unwrapped(cells, (FORMAT, BEFORE))
    if form == BEFORE:
        return Scan.from_json(raw.decode()), None
    both = json.loads(raw)
    scan = Scan.from_json(both["scan"])
    columns = (f.column for f in scan.columns)
    return scan, dict(zip(columns, both["suggested"], strict=True))


def unwrapped(cells: Sequence[object], forms: Sequence[str]) -> tuple[str, bytes]:
    """Read the format, one of ``forms``, and the content that ``wrapped`` wrote.

    Raises:
        Misconfigured: a cell was changed, lost or added.

    """
    texts = [c for c in cells if isinstance(c, str) and c]
    if texts[:1] != [MARK]:
        raise Misconfigured(f"sheet {TITLE}, cell A1: this workbook was not written by Efface")
    if len(texts) == 1 or texts[1] not in forms:
        raise Misconfigured(
            f"sheet {TITLE}, cell A2: another kind of workbook, or of another version of Efface: "
            "read it with that version, or write it again"
        )
    raw = _unpack("".join(t.removeprefix("z") for t in texts[3:]))
    if raw is None or texts[2] != hashlib.sha256(raw).hexdigest():
        raise Misconfigured(
            f"sheet {TITLE}, column A: the machine part is damaged: take an unchanged copy of the "
            "workbook, or write it again"
        )
    return texts[1], raw


def _unpack(text: str) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(base64.b64decode(text, validate=True), LARGEST)
    except (ValueError, zlib.error):
        return None
