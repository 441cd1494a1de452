"""How findings are put into words: the same in the workbook, the CSV file and the terminal."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from scanner.model import Audit, Finding, Personal, TableFacts, TableRef

VERDICTS: dict[Personal, str] = {
    "direct": "direct",
    "quasi": "quasi",
    "free_text": "free text",
    "unknown": "unknown",
    "none": "none",
}
"""What reviewers read for what a column is to a person, in the order of urgency."""

MEANINGS = {
    "direct": "identifies a person by itself: a name, an e-mail address, a phone number",
    "quasi": "identifies a person together with other columns: a city, a birth date, a job title",
    "free text": "may say anything about anybody: notes, descriptions, e-mail bodies",
    "unknown": "could not be told: empty, unreadable or too few values; this is not 'clean'",
    "none": "not personal, as far as the values that were read can say",
}
"""What each verdict means."""

SURE, LIKELY = 0.85, 0.6
"""From which score on a verdict is called sure, and likely."""

LONGEST = 2000
"""How many characters of a text a cell shows."""

_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
    r"|\\|_(?=x[0-9A-Fa-f]{4}_)"
)


def visible(text: str) -> str:
    r"""Show characters that have no picture as ``\x0a``; different texts stay different."""
    return _HIDDEN.sub(lambda m: _escape(m[0]), text)


def shown(text: str) -> str:
    """Prepare a text for a cell that is only read: visible and not endless."""
    text = visible(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def share(finding: Finding) -> str:
    """Say which part of the values is personal and how sure that is."""
    if finding.status != "scanned" or not finding.values_read:
        return "nothing read"
    read = f"{finding.values_read:,} value{'' if finding.values_read == 1 else 's'}"
    if not finding.share:
        if seeming := _seeming(finding):
            return f"none of {read} for sure, though {seeming:,} may be: see the evidence"
        return f"none of {read} (at most {percent(finding.share_high, up=True)})"
    low, high = percent(finding.share_low), percent(finding.share_high)
    spread = "" if low == high else f" ({low.removesuffix(' %')}-{high})"
    return f"{percent(finding.share)}{spread} of {read}"


def _seeming(finding: Finding) -> int:
    """Count the values that looked personal in a column that was not taken for it."""
    told = (e for e in finding.evidence if e.source in {"pattern", "language"} and e.weight > 0)
    return 0 if finding.entity else max((e.hits for e in told), default=0)


def percent(part: float, *, up: bool = False) -> str:
    """Write a share as a percentage: small ones with a decimal place, never rounded to nothing."""
    value = 100 * part
    if 0 < value < 0.1:  # noqa: PLR2004  # what one decimal place can show
        return "0.1 %" if up else "<0.1 %"
    close = value < 10 or 99 < value < 100  # noqa: PLR2004  # where decimals tell something
    return f"{value:.1f} %".replace(".0 %", " %") if close else f"{value:.0f} %"


def confidence(finding: Finding) -> str:
    """Say how sure it is that a column is personal; nothing where it is not."""
    if finding.personal == "none":
        return ""
    score = finding.score
    return "sure" if score >= SURE else "likely" if score >= LIKELY else "weak"


def evidence(finding: Finding) -> str:
    """List what speaks for and against the verdict, strongest first."""
    reasons = sorted(finding.evidence, key=lambda e: (-abs(e.weight), e.source, e.rule))
    return "; ".join(
        f"{e.source} {e.rule}"
        + (f" {e.hits:,}/{e.seen:,}" if e.seen else "")
        + f" ({e.weight:+.2f})"
        for e in reasons
    )


def state(finding: Finding) -> str:
    """Say what became of a column in the scan."""
    return f"{finding.status}: {finding.reason}" if finding.reason else finding.status


def risk(verdicts: Counter[Personal]) -> str:
    """Rate a table by the worst of its columns."""
    if verdicts["direct"]:
        return "high"
    if verdicts["quasi"] or verdicts["free_text"]:
        return "medium"
    return "unclear" if verdicts["unknown"] else "low"


def exposure(table: TableFacts, verdicts: Counter[Personal]) -> str:
    """Rate a table; what is no table or could not be read at all is left out."""
    return "left out" if table.kind != "table" or not verdicts else risk(verdicts)


def size(table: TableFacts) -> str:
    """Say how many rows a table has."""
    if table.rows is None:
        return "not counted"
    return f"{'about ' if table.rows_are == 'estimate' else ''}{table.rows:,}"


def by_table(columns: Iterable[Finding]) -> dict[TableRef, list[Finding]]:
    """Group findings by their tables."""
    grouped: dict[TableRef, list[Finding]] = {}
    for finding in columns:
        grouped.setdefault(finding.column.of, []).append(finding)
    return grouped


def urgent_first(columns: Sequence[Finding]) -> list[Finding]:
    """Order findings: what identifies a person first, then by table as scanned."""
    rank = {personal: place for place, personal in enumerate(VERDICTS)}
    return sorted(columns, key=lambda f: rank[f.personal])


def not_told(audit: Audit) -> list[Finding]:
    """List the columns that the scan did not see values of, or could not tell: these first."""
    found = [f for f in audit.scan.columns if f.status != "scanned" or f.personal == "unknown"]
    return sorted(found, key=lambda f: f.personal != "unknown")


def _escape(character: str) -> str:
    code = ord(character)
    if character == "\\":
        return "\\\\"
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"  # noqa: PLR2004  # two hex digits
