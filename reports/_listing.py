"""The columns as data of the HTML report: arrays, with each repeated text stored once."""

import json
from collections.abc import Iterator
from typing import Any

from reports import _words
from scanner import audit as decisions
from scanner.model import Audit, Finding
from scanner.rulebook import Pack

FIELDS = (
    "schema", "table", "column", "verdict", "entity", "sure", "share", "why", "examples",
    "suggested", "decision", "by", "when", "note", "whySuggested", "evidence", "type", "state",
    "status", "declaredBy", "copyOf", "score", "low", "high",
)  # fmt: skip
"""What a row holds, in order: texts by their number in ``texts``, the last three as numbers."""

NUMBERS = 3

_HARMLESS = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
"""What could end a script element or begin another; JSON has another way to write it."""


def data(audit: Audit, pack: Pack | None) -> str:
    """Write the columns, what is most urgent first, as JSON that HTML cannot be broken with."""
    texts: dict[str, int] = {"": 0}
    rows = []
    for finding in _words.urgent_first(audit.scan.columns):
        told = [_words.shown(t) for t in _texts(audit, finding, pack)]
        numbers = _numbers(finding)
        rows.append([*(texts.setdefault(t, len(texts)) for t in told), *numbers])
    raw = {"fields": FIELDS, "numbers": NUMBERS, "texts": list(texts), "rows": rows}
    return harmless(json.dumps(raw, separators=(",", ":")))


def harmless(text: str) -> str:
    """Write JSON without the signs that HTML is made of."""
    for sign, other in _HARMLESS.items():
        text = text.replace(sign, other)
    return text


def _texts(audit: Audit, finding: Finding, pack: Pack | None) -> Iterator[str]:
    suggested = decisions.suggestion(finding, pack)
    made = audit.decisions.get(finding.column)
    yield from (finding.column.schema, finding.column.table, finding.column.name)
    yield _words.VERDICTS[finding.personal]
    yield from (finding.entity, _words.confidence(finding), _words.share(finding), finding.why)
    yield ", ".join(finding.examples)
    needed = decisions.needs_decision(finding.personal)
    yield suggested.choice if needed or made else ""
    yield from (made.choice, made.by, made.when, made.note) if made else ("", "", "", "")
    yield from (suggested.why, _words.evidence(finding), finding.type, _words.state(finding))
    yield from (finding.status, finding.declared_by, finding.copy_of)


def _numbers(finding: Finding) -> list[Any]:
    """Give the score and the interval of the share; without values there is no interval."""
    read = finding.status == "scanned" and finding.values_read
    interval = [finding.share_low, finding.share_high] if read else [-1, -1]
    return [round(n, 4) for n in (finding.score, *interval)]
