"""The questions of --fail-on, each answered with exit status 1 where something is found."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from scanner.errors import Negative

if TYPE_CHECKING:
    from scanner.model import Audit, Scan

SHOWN = 5
"""How many places a message names."""


def new(found: "Scan", before: "Audit | None") -> None:
    """Ask for tables and columns that the earlier scan did not have, or did not call personal.

    Raises:
        Negative: there are some.

    """
    from scanner import differ
    from scanner.model import Audit

    changes = differ.diff(before, Audit(found, {})) if before else ()
    news = [c for c in changes if c.what in differ.NEWS]
    _judge(
        "tables and columns are new or newly personal",
        [f"{c.table}.{c.column}".strip(".") for c in news],
    )


def direct(found: "Scan", before: "Audit | None") -> None:
    """Ask for columns that identify a person by themselves.

    Raises:
        Negative: there are some.

    """
    columns = [str(c.column) for c in found.columns if c.personal == "direct"]
    _judge("columns identify a person directly", columns)


def undecided(found: "Scan", before: "Audit | None") -> None:
    """Ask for columns that nobody has decided about, as far as earlier decisions still stand.

    Where there are no earlier decisions, for columns that may be personal and are not declared.

    Raises:
        Negative: there are some.

    """
    from scanner import audit

    if before and before.decisions:
        open_ = audit.undecided(audit.carry(before, found))
        _judge("columns have no decision that still stands", [str(f.column) for f in open_])
        return
    columns = [c for c in found.columns if c.personal != "none" and not c.declared_by]
    told = "columns may be personal, and nothing declares what they are"
    _judge(told, [str(c.column) for c in columns])


FAILS: dict[str, Callable[["Scan", "Audit | None"], None]] = {
    "new": new,
    "direct": direct,
    "undecided": undecided,
}


def _judge(told: str, places: list[str]) -> None:
    if places:
        more = ", ..." if len(places) > SHOWN else ""
        raise Negative(f"{len(places)} {told}: {', '.join(places[:SHOWN])}{more}")
