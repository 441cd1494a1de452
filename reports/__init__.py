"""Reports. A new one is a new module here with a function ``write``; its name is the suffix.

A module that can be read back into decisions has a function ``read`` too.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import Misconfigured
from scanner.model import Audit
from scanner.plugins import load, names
from scanner.rulebook import Pack

if TYPE_CHECKING:
    from pandas import DataFrame


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write the report that ``path`` asks for by its suffix; ``pack`` helps to suggest.

    Raises:
        Misconfigured: no report is called like that.

    """
    load(__name__, _suffix(path)).write(audit, path, pack=pack)


def read(path: Path) -> Audit:
    """Read a report that people may have edited: xlsx or json.

    Raises:
        Misconfigured: the file cannot be read back, with every fault that was found.

    """
    module = load(__name__, _suffix(path))
    if not hasattr(module, "read"):
        raise Misconfigured(f"a .{_suffix(path)} report cannot be read back: give the .xlsx")
    audit: Audit = module.read(path)
    return audit


def frame(audit: Audit, pack: Pack | None = None) -> "DataFrame":
    """Give the audit to pandas: one row a column of the database, named as in the CSV report."""
    from reports import _frame

    return _frame.frame(audit, pack)


def _suffix(path: Path) -> str:
    suffix = path.suffix.removeprefix(".").lower()
    if suffix not in names(__name__):
        raise Misconfigured(
            f"no report for {path.name!r}: the suffix must be one of {', '.join(names(__name__))}"
        )
    return suffix
