"""What reports may count of a table: its codes, flags, owners and dates, for a proposed pack. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Integer,
    Numeric,
    String,
    Table,
)

from scanner.model import Finding, TableRef
from scanner.tables.linker import Linker, Tie, is_unique
from scanner.texts import wording
from scanner.texts.nothing import type_name

FEW, EACH = 20, 10
"""A column of so few different values, each in so many rows on average, is counted by."""

BY = 4
"""How many such columns a figure is counted by."""

CODE, WORDS = 30, 3
"""A longer text, or one of more words, is no code."""

ACTORS = frozenset(
    "manager created creator updated modified changed approved approver assigned assignee agent "  # noqa: SIM905  # reads better
    "rep support sales supervisor head leader boss reports referrer referred recommended chef "
    "bearbeiter erstellt geandert leiter vorgesetzter vertreter verkaufer jefe supervisor".split()
)
"""Words of columns that name who did something, not whom a row is about."""


OWNERS = ACTORS | frozenset("owner user employee staff team queue clerk dept department".split())  # noqa: SIM905
"""Words of columns that name who or what is in charge, by which reports count."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A proposed KPI."""

    table: TableRef
    by: tuple[str, ...]
    months: tuple[str, ...]


def acting(tie: Tie) -> list[str]:
    """Name the words of a column that say who did something."""
    return sorted(ACTORS & set(wording.words(tie.column)))


def figure(
    linker: Linker,
    findings: Iterable[Finding],
    table: TableRef,
    ties: Sequence[Tie],
    subject: TableRef,
) -> Figure | None:
    """Count a table's rows by its columns of few values and its first date, none of them personal."""
    read = linker.tables[table]
    columns: Mapping[str, Column[Any]] = dict(read.columns.items())
    keys = {
        t.column
        for t in ties
        if t.child == table and t.certainty != "weak"
        if t.parent == subject or not OWNERS & set(wording.words(t.column))
    }
    harmless = [f for f in findings if f.personal == "none" and f.column.name in columns]
    few = [
        f.column.name
        for f in harmless
        if _is_flag(columns[f.column.name])
        or (1 < f.distinct_read <= FEW and f.values_read >= EACH * f.distinct_read)
        if f.column.name not in keys and not is_unique(columns[f.column.name])
    ]
    by = [name for name in few if _counted(linker, read, columns[name])]
    dates = [
        f.column.name for f in harmless if isinstance(columns[f.column.name].type, Date | DateTime)
    ]
    return Figure(table, tuple(by[:BY]), tuple(dates[:1])) if by or dates else None


def _is_flag(column: Column[Any]) -> bool:
    """Whether a column says yes or no; MySQL's way to say so is TINYINT(1)."""
    kind = column.type
    tiny = type_name(kind) == "TINYINT" and getattr(kind, "display_width", None) == 1
    return tiny or isinstance(kind, Boolean)


def _counted(linker: Linker, table: Table, column: Column[Any]) -> bool:
    """Whether reports count by such a column: whole numbers, flags, and texts that are codes."""
    kind = column.type
    if _is_flag(column):  # a scan reads none
        return len({*linker.read(table, column.name)}) > 1
    if isinstance(kind, Integer) or type_name(kind) == "BIT":
        return True
    if type_name(kind) == "SET" or not isinstance(kind, Numeric | String):
        return False
    if isinstance(kind, Enum):
        return True
    values = {v for (v,) in linker.read(table, column.name) if v is not None}
    if isinstance(kind, Numeric):
        return all(v == v.__floor__() for v in values)
    return all(
        len(v) <= CODE and len(v.split()) <= WORDS and "," not in v for v in map(str, values)
    )
