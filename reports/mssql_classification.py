"""The verdicts as a script of SQL Server's data classification (2019 and later, Azure SQL).

The statement and its options: Microsoft Learn, "ADD SENSITIVITY CLASSIFICATION (Transact-SQL)";
labels and information types are those of Microsoft's default policy.
"""

from pathlib import Path

from reports import _file, _script, _vocabulary
from scanner.model import Audit, Finding
from scanner.rulebook import Pack

SUFFIXES = ("sql",)

REMARKS = (
    "For SQL Server 2019 or later and Azure SQL: writes metadata only, no data.",
    "Run it again whenever you like: a classification takes the place of the one before.",
    "Take one back with: DROP SENSITIVITY CLASSIFICATION FROM schema.table.column",
    "See them all with: SELECT * FROM sys.sensitivity_classifications",
)


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write the script.

    Raises:
        Misconfigured: the file cannot be written.
    """
    found = _script.personal(audit)
    lines = [
        *_script.head(audit, *REMARKS, _script.unknown(audit)),
        *_script.left_out([f for f in found if not _script.printable(f.column)]),
    ]
    before = None
    for finding in found:
        if not _script.printable(finding.column):
            continue
        if finding.column.of != before:
            lines += ["GO" if before else "", ""]
            before = finding.column.of
        lines.append(_statement(finding))
    _file.save(path, "\n".join([*lines, "GO", ""]))


def _statement(finding: Finding) -> str:
    term = _vocabulary.term(finding)
    label, kind = _vocabulary.labels()[term.label], term.information_type
    options = {
        "LABEL": _script.literal(term.label),
        "LABEL_ID": _script.literal(label.id),
        "INFORMATION_TYPE": _script.literal(kind),
        "INFORMATION_TYPE_ID": _script.literal(_vocabulary.information_types()[kind]),
        "RANK": label.rank,
    }
    column = _script.name(_script.parts(finding.column), "[", "]")
    told = ", ".join(f"{option} = {value}" for option, value in options.items())
    return f"ADD SENSITIVITY CLASSIFICATION TO {column}\n    WITH ({told});"
