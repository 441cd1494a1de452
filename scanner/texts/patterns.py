"""Regular expressions of users, which may take for ever: text in, matches out or ``OutOfTime``."""

from collections.abc import Iterable
from typing import Any, Protocol

from scanner.errors import Misconfigured

SECONDS = 0.5
"""Processor time that a pattern may take with one value."""


class OutOfTime(Misconfigured):
    """A pattern took too long with a value, which is not told; ``name`` is the recognizer's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} takes too long with a value: its pattern tries too many ways")
        self.name = name


class BadPattern(Exception):
    """A text is no regular expression; the message says why."""


class Pattern(Protocol):
    """What recognizers ask of a pattern; Python's own do it too."""

    def fullmatch(self, text: str, /) -> Any:
        """Match all of ``text``."""

    def finditer(self, text: str, /) -> Iterable[Any]:
        """Find matches without overlaps."""


class Limited:
    """A pattern whose time is limited, ignoring case; ``name`` is that of its recognizer.

    Raises:
        BadPattern: the text is no regular expression.

    """

    def __init__(self, text: str, name: str) -> None:
        import regex

        self._name = name
        try:
            self._compiled = regex.compile(text, regex.IGNORECASE)
        except regex.error as error:
            raise BadPattern(str(error)) from None

    def fullmatch(self, text: str) -> Any:
        """Match all of ``text``.

        Raises:
            OutOfTime: it took longer than ``SECONDS``.

        """
        try:
            return self._compiled.fullmatch(text, timeout=SECONDS)
        except TimeoutError:
            raise OutOfTime(self._name) from None

    def finditer(self, text: str) -> Iterable[Any]:
        """Find matches without overlaps.

        Raises:
            OutOfTime: they took longer than ``SECONDS`` together.

        """
        try:
            return list(self._compiled.finditer(text, timeout=SECONDS))
        except TimeoutError:
            raise OutOfTime(self._name) from None
