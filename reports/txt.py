"""The findings as text for a terminal: a summary, and the columns that may be personal."""

from collections.abc import Sequence
from pathlib import Path

from reports import _file, _words
from scanner import audit as decisions
from scanner.model import Audit, Finding, summarise
from scanner.rulebook import Pack
from scanner.texts.wording import count

HEAD = ("column", "verdict", "entity", "how sure", "share of values", "decision")

WIDEST = 48
"""Characters of a cell."""


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write the text.

    Raises:
        Misconfigured: the file cannot be written.

    """
    _file.save(path, lines(audit, pack=pack))


def lines(audit: Audit, *, pack: Pack | None = None) -> str:
    """Lay out the summary and the table; a decision in brackets is only suggested."""
    shown = [f for f in _words.urgent_first(audit.scan.columns) if f.personal != "none"]
    rows = [HEAD, *(_row(audit, f, pack) for f in shown)]
    return "\n".join([*_summary(audit), "", *(_table(rows) if shown else []), ""])


def _summary(audit: Audit) -> list[str]:
    scan, counts = audit.scan, summarise(audit.scan.columns)
    told = ", ".join(f"{counts[p]:,} {word}" for p, word in _words.VERDICTS.items())
    tables = sum(t.kind == "table" for t in scan.tables)
    waiting = len(decisions.undecided(audit))
    return [
        f"{_words.visible(scan.database.name)} ({scan.database.dialect}), scanned {scan.created}",
        f"{count(len(scan.columns), 'column')} in {count(tables, 'table')}: {told}",
        f"{count(len(audit.decisions), 'column')} decided, {waiting:,} open",
    ]


def _row(audit: Audit, finding: Finding, pack: Pack | None) -> tuple[str, ...]:
    made = audit.decisions.get(finding.column)
    return (
        _cut(str(finding.column)),
        _words.VERDICTS[finding.personal],
        _cut(finding.entity),
        _words.confidence(finding),
        _words.share(finding) if finding.status == "scanned" else _cut(_words.state(finding)),
        made.choice if made else f"({decisions.suggestion(finding, pack).choice})",
    )


def _cut(text: str) -> str:
    text = _words.visible(text)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    laid = [
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return [laid[0], "  ".join("-" * w for w in widths), *laid[1:]]
