"""A seeded source of choices that gives the same on every platform and Python."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

DIGITS = "0123456789"


class Chance:
    """Choices made from one stream of ``random()`` only, which Python promises not to change."""

    __slots__ = ("random",)

    def __init__(self, seed: int, name: str) -> None:
        self.random = Random(f"{seed}/{name}").random  # noqa: S311  # a demo, not a secret

    def pick(self, of: Sequence[T]) -> T:
        """Choose one."""
        return of[int(self.random() * len(of))]

    def number(self, low: int, high: int) -> int:
        """Choose a whole number from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def hit(self, share: float) -> bool:
        """Say yes in ``share`` of all cases."""
        return self.random() < share

    def digits(self, count: int) -> str:
        """Make a number of ``count`` digits, as a text."""
        return f"{int(self.random() * 10**count):0{count}}"

    def filled(self, pattern: str) -> str:
        """Replace each # by a digit."""
        return "".join(self.pick(DIGITS) if c == "#" else c for c in pattern)
