"""The machine part of a workbook: the whole scan as text cells, so that the workbook suffices."""

import base64
import hashlib
import zlib
from collections.abc import Sequence

from scanner.errors import Misconfigured
from scanner.model import Scan

TITLE = "_efface"
"""The sheet's name."""

MARK = "Efface: this sheet belongs to the program, do not change it"
"""The first cell, by which a workbook is known to be ours."""

FORMAT = "efface workbook 1"
"""The second cell."""

CHUNK = 30_000
"""Characters in a cell; Excel takes 32,767."""

LARGEST = 1 << 30
"""Bytes of the largest scan that is unpacked: a damaged length must not eat the memory."""


def cells(scan: Scan) -> list[str]:
    """Write the cells of the machine sheet, one a row: mark, format, digest, then the scan."""
    raw = scan.to_json().encode()
    text = base64.b64encode(zlib.compress(raw, 6)).decode()
    chunks = [f"z{text[at : at + CHUNK]}" for at in range(0, len(text), CHUNK)]
    return [MARK, FORMAT, hashlib.sha256(raw).hexdigest(), *chunks]


def scan(cells: Sequence[object]) -> Scan:
    """Read what ``cells`` wrote.

    Raises:
        Misconfigured: a cell was changed, lost or added.

    """
    texts = [c for c in cells if isinstance(c, str) and c]
    if texts[:1] != [MARK]:
        raise Misconfigured(f"sheet {TITLE}, cell A1: this workbook was not written by Efface")
    if texts[1:2] != [FORMAT]:
        raise Misconfigured(
            f"sheet {TITLE}, cell A2: made by another version of Efface: write the workbook again "
            "with --previous"
        )
    raw = _unpack("".join(t.removeprefix("z") for t in texts[3:]))
    if raw is None or texts[2] != hashlib.sha256(raw).hexdigest():
        raise Misconfigured(
            f"sheet {TITLE}, column A: the machine part is damaged: take an unchanged copy of the "
            "workbook, or write it again from scan.json"
        )
    return Scan.from_json(raw.decode())


def _unpack(text: str) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(base64.b64decode(text, validate=True), LARGEST)
    except (ValueError, zlib.error):
        return None
