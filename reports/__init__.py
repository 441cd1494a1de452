"""Reports. A new one is a new module here with a function ``write``; its name is the suffix.

A module whose files end differently says so in ``SUFFIXES``; it is called by its name, with dashes
for underscores. A module that can be read back into decisions has a function ``read`` too.
"""

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from scanner.errors import Misconfigured
from scanner.model import Audit
from scanner.plugins import load
from scanner.plugins import names as modules
from scanner.rulebook import Pack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from pandas import DataFrame

    from scanner.plans import Plan
    from scanner.sealing.chain import Entry
    from scanner.witness import Testimony


def write(audit: Audit, path: Path, *, pack: Pack | None = None, name: str = "") -> None:
    """Write the report ``name``, or the one that ``path`` asks for; ``pack`` helps to suggest.

    Raises:
        Misconfigured: no report is called like that, or its files end differently.

    """
    _chosen(path, name).write(audit, path, pack=pack)


def read(path: Path) -> Audit:
    """Read a report that people may have edited: xlsx or json.

    Raises:
        Misconfigured: the file cannot be read back, with every fault that was found.

    """
    name = path.suffix.removeprefix(".").lower()
    module = _module(name) if name in names() else None
    if module is None or not hasattr(module, "read"):
        raise Misconfigured(
            f"{path.name!r} cannot be read back: give scan.json, or the .xlsx that people decided in"
        )
    audit: Audit = module.read(path)
    return audit


def ask(plan: "Plan", seen: "Sequence[Testimony]", path: Path) -> None:
    """Write the workbook in which people answer a plan's reviews.

    Raises:
        Misconfigured: the file cannot be written.

    """
    from reports import _reviews

    _reviews.write(plan, seen, path)


def answers(path: Path) -> "Plan":
    """Read the plan that such a workbook is about, with people's answers.

    Raises:
        Misconfigured: every fault of the workbook at once.

    """
    from reports import _answers

    return _answers.read(path)


def certify(
    receipt: "Mapping[str, Any]", path: Path, *, journal: "Mapping[str, Any] | None" = None
) -> None:
    """Write a receipt as a certificate, .html or .json.

    Args:
        receipt: as ``Receipt.to_raw`` gives it.
        path: the file to write.
        journal: number, when and digest of its line in the journal.

    Raises:
        Misconfigured: the file cannot be written, or is neither.

    """
    from reports import _certificate

    _certificate.write(receipt, path, journal=journal)


def export(entries: "Sequence[Entry]", path: Path) -> None:
    """Write the lines of a journal, .csv or .html to read, .json with all that they hold.

    Raises:
        Misconfigured: the file cannot be written, or is none of these.

    """
    from reports import _ledger

    _ledger.write(entries, path)


def frame(audit: Audit, pack: Pack | None = None) -> "DataFrame":
    """Give the audit to pandas: one row a column of the database, named as in the CSV report."""
    from reports import _frame

    return _frame.frame(audit, pack)


def names() -> tuple[str, ...]:
    """List what reports are called."""
    return tuple(module.replace("_", "-") for module in modules(__name__))


def suffixes(name: str) -> tuple[str, ...]:
    """Say how the files of the report ``name`` may end, the usual one first.

    Raises:
        Misconfigured: no report is called like that.

    """
    found: tuple[str, ...] = getattr(_module(name), "SUFFIXES", (name,))
    return found


def _module(name: str) -> ModuleType:
    if name not in names():
        raise Misconfigured(f"no report {name!r}: there are {', '.join(names())}")
    return load(__name__, name.replace("-", "_"))


def _chosen(path: Path, name: str = "") -> ModuleType:
    """Find the report by its name, else by the suffix of ``path``."""
    suffix = path.suffix.removeprefix(".").lower()
    if not name:
        name = _named_by(suffix, path)
    elif suffix not in suffixes(name):
        ends = " or ".join(f".{s}" for s in suffixes(name))
        raise Misconfigured(f"{path.name!r} cannot be {name}: its files end in {ends}")
    return _module(name)


def _named_by(suffix: str, path: Path) -> str:
    """Choose by suffix: the report that is called like it, else the only one that ends in it."""
    if suffix in names():
        return suffix
    fitting = [name for name in names() if suffix in suffixes(name)]
    if not fitting:
        known = dict.fromkeys(s for name in names() for s in suffixes(name))
        raise Misconfigured(
            f"no report for {path.name!r}: the suffix must be one of {', '.join(sorted(known))}"
        )
    if len(fitting) > 1:
        raise Misconfigured(f"{path.name!r} can be {' or '.join(fitting)}: say which with --format")
    return fitting[0]
