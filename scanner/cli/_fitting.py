"""Holds packs of the user's own against a database, or against what an audit lists of it. Reads only."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.cli import _connection
from scanner.texts.wording import count

if TYPE_CHECKING:
    from scanner.model import Audit, TableRef
    from scanner.plans import StopFound
    from scanner.rulebook import Pack
    from scanner.tables.misfits import Columns


def check(names: Sequence[str], db: str | None, audit: Path | None) -> list[str]:
    """Refuse packs that name what is not there; give what there is to say of the others.

    Raises:
        Misconfigured: with all such names of all packs. DatabaseFailed: the database failed.
    """
    from scanner import rulebook

    mine = [n for n in names if n.endswith(".toml") and "pack" in rulebook.load(n)]
    if not mine:
        return []
    packs = [rulebook.pack(n) for n in mine]
    if db:
        found = _asked(db, packs)
        against = "the database"
    else:
        found = _listed(audit, packs)
        against = "the audit"
    return [
        *(f"{stop.effect}: {stop.why}" for stop in found),
        f"{count(len(mine), 'pack')} of yours: all that is named is in {against}",
    ]


def _asked(db: str, packs: "Sequence[Pack]") -> "list[StopFound]":
    """Ask the database itself, also whether rows have what relations ask of them."""
    from scanner import database
    from scanner.tables import misfits

    with _connection.opened(db) as engine, database.reading(engine) as connection:
        schema = database.reflect(connection)
        tables = {database.ref(t): t for t in schema.tables.values()}
        misfits.refuse(misfits.columns(tables), *packs)
        return [stop for pack in packs for stop in misfits.unmatched(connection, tables, pack)]


def _listed(audit: Path | None, packs: "Sequence[Pack]") -> "list[StopFound]":
    """Ask what an audit lists: names only."""
    import reports
    from scanner.tables import misfits

    if audit is not None:
        misfits.refuse(_columns(reports.read(audit)), *packs)
    return []


def _columns(audit: "Audit") -> "Columns":
    """Name the columns that a scan found, by table; of a table that it left out nothing is known."""
    names: dict[TableRef, list[str]] = {t.table: [] for t in audit.scan.tables if t.kind == "table"}
    for finding in audit.scan.columns:
        names.setdefault(finding.column.of, []).append(finding.column.name)
    return names
