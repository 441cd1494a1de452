"""The findings as a Fides dataset (YAML): tables are collections, columns fields with categories.

The form: fideslang's model ``Dataset``; the categories: its default taxonomy.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reports import _file, _vocabulary, _words
from scanner.model import Audit, Finding, TableRef
from scanner.rulebook import Pack

SUFFIXES = ("yml", "yaml")

Node = dict[str, Any]


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write the file: one dataset for each schema.

    Raises:
        Misconfigured: the file cannot be written.
    """
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    _file.save(
        path,
        yaml.dump(
            {"dataset": list(_datasets(audit))},
            Dumper=dumper,
            sort_keys=False,
            allow_unicode=True,
            width=100,
        ),
    )


def _datasets(audit: Audit) -> Iterator[Node]:
    scan = audit.scan
    grouped = _words.by_table(scan.columns)
    for schema in dict.fromkeys(table.schema for table in grouped):
        name = f"{Path(scan.database.name).stem}.{schema}" if schema else scan.database.name
        yield {
            "fides_key": _key(name),
            "organization_fides_key": "default_organization",
            "name": _words.shown(name),
            "description": f"Scanned {scan.created} by Efface {scan.efface}; fields without "
            "categories are not personal or could not be told, as their description says.",
            "meta": {"efface_scan": scan.digest, "dialect": scan.database.dialect},
            "collections": [
                _collection(table, found)
                for table, found in grouped.items()
                if table.schema == schema
            ],
        }


def _key(name: str) -> str:
    """Make a FidesKey, which may only hold letters, digits, dots, dashes and underscores."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", Path(name).name).strip("_") or "database"


def _collection(table: TableRef, found: list[Finding]) -> Node:
    return {"name": table.name, "fields": [_field(finding) for finding in found]}


def _field(finding: Finding) -> Node:
    """Describe a column; only what is personal has categories."""
    field: Node = {"name": finding.column.name}
    if finding.personal == "none":
        return field
    field["description"] = _words.shown(f"{_words.VERDICTS[finding.personal]}: {finding.why}")
    if finding.personal != "unknown":
        field["data_categories"] = [_vocabulary.term(finding).fides]
    return field
