"""The verdicts as security labels for the extension PostgreSQL Anonymizer (1.2 and later).

Statements: PostgreSQL's manual, "SECURITY LABEL"; labels: the extension's manual, "Put on your
masks" and "Generalization". PostgreSQL takes a label only where its provider is loaded.
"""

from pathlib import Path

from reports import _file, _script
from scanner.model import Audit, Finding
from scanner.rulebook import Pack

SUFFIXES = ("sql",)

REMARKS = (
    "For databases with the extension PostgreSQL Anonymizer: without it, every statement fails.",
    "anon: masked roles see NULL where a column identifies people or holds free text.",
    "k_anonymity: columns that identify people together count for anon.k_anonymity().",
    "A label takes the place of the one before: look at yours first, in pg_seclabels.",
)


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write the script.

    Raises:
        Misconfigured: the file cannot be written.
    """
    found = _script.personal(audit)
    lines = [
        *_script.head(audit, *REMARKS, _script.unknown(audit)),
        "",
        "BEGIN;",
        "SET LOCAL standard_conforming_strings = on;",
        *map(_statement, found),
        "COMMIT;",
        "",
    ]
    _file.save(path, "\n".join(lines))


def _statement(finding: Finding) -> str:
    column = _script.name(_script.parts(finding.column))
    provider, label = (
        ("k_anonymity", "INDIRECT IDENTIFIER")
        if finding.personal == "quasi"
        else ("anon", "MASKED WITH VALUE NULL")
    )
    return f"SECURITY LABEL FOR {provider} ON COLUMN {column} IS {_script.literal(label)};"
