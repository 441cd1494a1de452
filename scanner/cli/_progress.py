"""Shows how far long work is, on stderr, when somebody watches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scanner.model import Progress, Silent

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Bar:
    """One bar at a time: done of total, the remark, time gone and time left."""

    def __init__(self, bars: "Bars") -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def begin(self, what: str, total: int) -> None:
        """Start a new bar in place of the last one."""
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(what, total=total, remark="")

    def advance(self, units: int, remark: str = "") -> None:
        """Move the bar on."""
        if self._task is not None:
            self._bars.advance(self._task, units)
            if remark:
                self._bars.update(self._task, remark=remark)


@contextmanager
def shown() -> Iterator[Progress]:
    """Show a bar while the block works, and take it away afterwards."""
    if not sys.stderr.isatty():
        yield Silent()
        return
    with _bars() as bars:
        yield Bar(bars)


def _bars() -> "Bars":
    from rich import progress
    from rich.console import Console

    return progress.Progress(
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[remark]}", markup=False),
        progress.TimeElapsedColumn(),
        progress.TextColumn("left"),
        progress.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
