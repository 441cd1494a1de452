"""The audit as JSON: the scan file with the decisions. Written and read back."""

import json
from pathlib import Path

from reports import _file
from scanner import strategies
from scanner.errors import Misconfigured
from scanner.model import Audit, ColumnRef, Decision, Scan, dump, load
from scanner.rulebook import Pack


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write everything: what a scan file has, and ``decisions``.

    Raises:
        Misconfigured: the file cannot be written.

    """
    made = [
        {
            "schema": d.column.schema,
            "table": d.column.table,
            "column": d.column.name,
            "choice": d.choice,
            "by": d.by,
            "when": d.when,
            "note": d.note,
        }
        for _, d in sorted(audit.decisions.items())
    ]
    _file.save(path, dump({**json.loads(audit.scan.to_json()), "decisions": made}))


def read(path: Path) -> Audit:
    """Read what ``write`` wrote, or a scan file, which decides nothing.

    Raises:
        Misconfigured: it is neither, or decides what cannot be.

    """
    try:
        text = _file.load(path).decode()
    except UnicodeDecodeError:
        raise Misconfigured(f"{path.name}: no text in UTF-8: write it again") from None
    raw = load(text, f"audit {path.name}")
    scan = Scan.from_json(text)
    try:
        made = [
            Decision(
                ColumnRef(d["schema"], d["table"], d["column"]),
                d["choice"],
                *(str(d.get(name, "")) for name in ("by", "when", "note")),
            )
            for d in raw.get("decisions", ())
        ]
    except (KeyError, TypeError, AttributeError):
        raise Misconfigured(f"{path.name}: a decision lacks something: write it again") from None
    if faults := _faults(made, scan):
        raise Misconfigured(f"{path.name}: {'; '.join(faults)}")
    return Audit(scan, {d.column: d for d in made})


def _faults(made: list[Decision], scan: Scan) -> list[str]:
    known = {f.column for f in scan.columns}
    seen: set[ColumnRef] = set()
    faults = []
    for one in made:
        if one.column not in known:
            faults.append(f"the scan has no column {one.column}")
        if one.column in seen:
            faults.append(f"{one.column} is decided twice")
        try:
            strategies.check(one.choice)
        except Misconfigured as error:
            faults.append(f"{one.column}: {error}")
        seen.add(one.column)
    return faults
