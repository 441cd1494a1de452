"""Which characters of one text are taken: spans in, yes or no out, however many there are."""

from collections.abc import Iterable
from typing import Self

from scanner.model import Span


class Cover:
    """The taken characters of a text of a given length."""

    def __init__(self, length: int) -> None:
        self._taken = bytearray(length)

    @classmethod
    def of(cls, text: str, spans: Iterable[Span] = ()) -> Self:
        """Take the spans of a text."""
        made = cls(len(text))
        for span in spans:
            made.take(span)
        return made

    def take(self, span: Span) -> None:
        """Take the characters of a span."""
        self._taken[span.start : span.end] = b"\1" * (span.end - span.start)

    def free(self, span: Span) -> bool:
        """Whether none of a span's characters is taken."""
        return 1 not in self._taken[span.start : span.end]
