"""How SQL scripts for other people to run are put together: names quoted, remarks harmless."""

from collections.abc import Iterable, Sequence

from reports import _words
from scanner.model import Audit, ColumnRef, Finding
from scanner.texts.wording import count, noun


def head(audit: Audit, *remarks: str) -> list[str]:
    """Write the remarks that a script begins with: what it is made from, and what it does."""
    scan = audit.scan
    return comments(
        [
            f"Made by Efface {scan.efface} from the scan of {scan.database.name} "
            f"({scan.database.dialect}) of {scan.created}.",
            *remarks,
        ]
    )


def comments(lines: Iterable[str]) -> list[str]:
    """Write lines of remark; no character ends them early."""
    return [f"-- {_words.visible(line)}" for line in lines]


def literal(text: str) -> str:
    """Quote a string."""
    return "'" + text.replace("'", "''") + "'"


def name(parts: Sequence[str], start: str = '"', end: str = '"') -> str:
    """Quote and join the parts of a name, empty ones left out."""
    return ".".join(f"{start}{part.replace(end, end * 2)}{end}" for part in parts if part)


def parts(column: ColumnRef) -> tuple[str, str, str]:
    """Give the parts of a column's full name."""
    return column.schema, column.table, column.name


def printable(column: ColumnRef) -> bool:
    """Whether a client program passes the name on as it is: no line ends, no other controls."""
    text = "".join(parts(column))
    return text.isprintable() and "$(" not in text


def left_out(found: Sequence[Finding]) -> list[str]:
    """Say which columns a script could not name."""
    return comments(
        f"LEFT OUT, its name has signs that a script cannot carry: {f.column}" for f in found
    )


def personal(audit: Audit) -> list[Finding]:
    """List what is personal, in the order of the scan."""
    return [f for f in audit.scan.columns if f.personal in ("direct", "quasi", "free_text")]


def unknown(audit: Audit) -> str:
    """Say how many columns could not be told."""
    unsure = sum(f.personal == "unknown" for f in audit.scan.columns)
    stand = noun(unsure, "stands", "stand")
    return (
        f"{count(unsure, 'column')} could not be told and {stand} nowhere in here; that is not "
        "'clean'."
    )
