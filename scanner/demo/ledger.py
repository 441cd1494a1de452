"""A long list of short rows of numbers; what does not fit into memory stays on disk."""

import tempfile
import weakref
from array import array
from collections.abc import Iterator
from typing import IO

IN_MEMORY = 1 << 20
"""How many numbers a ledger may hold before they go to disk."""


class Ledger:
    """Rows of ``width`` numbers; ``recent`` takes new ones, one after the other."""

    __slots__ = ("__weakref__", "_spool", "_spooled", "recent", "width")

    def __init__(self, width: int) -> None:
        self.width = width
        self.recent: list[int] = []
        self._spool: IO[bytes] | None = None
        self._spooled = 0

    def spill(self) -> None:
        """Move the recent rows to disk if they have become too many; call it now and then."""
        if len(self.recent) >= IN_MEMORY:
            if self._spool is None:
                self._spool = tempfile.TemporaryFile()  # noqa: SIM115  # as long as we
                weakref.finalize(self, self._spool.close)
            self._spooled += len(self.recent)
            array("q", self.recent).tofile(self._spool)
            self.recent.clear()

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        chunk = self.width * 4096
        if self._spool:
            self._spool.seek(0)
            left = self._spooled
            while left:
                some = array("q")
                some.fromfile(self._spool, min(chunk, left))
                left -= len(some)
                yield from zip(*[iter(some)] * self.width, strict=True)
            self._spool.seek(0, 2)
        yield from zip(*[iter(self.recent)] * self.width, strict=True)
