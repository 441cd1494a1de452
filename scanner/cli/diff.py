"""``efface diff``: two scans or audits -> what changed. Reads files only."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli import _options, _output
from scanner.cli.audit import read

if TYPE_CHECKING:
    from scanner.differ import Change
    from scanner.model import Audit


@click.command()
@click.argument("old", type=_options.FILE, metavar="OLD")
@click.argument("new", type=_options.FILE, metavar="NEW")
@_options.JSON
def command(old: Path, new: Path, as_json: bool) -> None:
    """Say what changed between two scans.

    OLD and NEW are scan.json files, or workbooks, which say too what was decided: decisions whose
    reasons are as they were are carried over, the others are asked again.
    """
    from scanner import differ

    before, after = read(old), read(new)
    changes, kept = differ.diff(before, after), differ.carried(before, after)
    if as_json:
        from scanner.model import VERSION, dump

        told = {
            "version": VERSION,
            "old": _named(before),
            "new": _named(after),
            "changes": [asdict(change) for change in changes],
            "carried": [
                {"table": str(d.column.of), "column": d.column.name, "choice": d.choice,
                 "by": d.by, "when": d.when}
                for d in kept
            ],
        }  # fmt: skip
        _output.emit(dump(told))
    else:
        for change in changes:
            _output.emit(line(change))
    asked = sum(c.asks for c in changes)
    _output.remark(
        f"{len(changes):,} changes, {asked:,} of them ask for a decision; "
        f"{len(kept):,} of {len(before.decisions):,} decisions still stand"
    )


def line(change: "Change") -> str:
    """Write a change as one line."""
    place = f"{change.table}.{change.column}" if change.column else change.table
    turn = " -> ".join(part for part in (change.before, change.after) if part)
    return f"{change.what}: {place} ({turn}){', asks' if change.asks else ''}"


def _named(found: "Audit") -> dict[str, str]:
    return {
        "database": found.scan.database.name,
        "created": found.scan.created,
        "digest": found.scan.digest,
    }
