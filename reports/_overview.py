"""The first section of the HTML report: the result, charts, how much was read and decided."""

from collections import Counter

from reports import _charts, _words
from reports._markup import Markup, join, name, tag
from scanner import audit as decisions
from scanner.model import Audit, Personal, Scan, Status, TableFacts, summarise
from scanner.texts.wording import count, noun

LOOKS: dict[Personal, str] = {
    "direct": "direct", "quasi": "quasi", "free_text": "free", "unknown": "unknown", "none": "none",
}  # fmt: skip
"""The classes of the style sheet for verdicts."""

WITHOUT: tuple[Status, ...] = ("empty", "skipped", "failed")
"""The states of columns without values."""

MOST = 12
"""Bars of a chart."""


def summary(audit: Audit) -> Markup:
    """Say the result in a sentence, in tiles that lead to their columns, and in charts."""
    counts = summarise(audit.scan.columns)
    tables = {
        p: len({f.column.of for f in audit.scan.columns if f.personal == p})
        for p in _words.VERDICTS
    }
    tiles = [
        tag(
            "button",
            tag("span", word, class_=f"mark {LOOKS[personal]}"),
            tag("b", f"{counts[personal]:,}"),
            tag("span", f"{noun(counts[personal], 'column')} in "
                f"{count(tables[personal], 'table')}"),
            tag("small", _words.MEANINGS[word]),
            type="button", class_="tile", data_field="verdict", data_value=word,
            aria_label=f"Show the {count(counts[personal], 'column')} with verdict {word}",
        )
        for personal, word in _words.VERDICTS.items()
    ]  # fmt: skip
    charts = [
        join([_by_verdict(audit, counts), _coverage(audit)]), _by_entity(audit), _by_exposure(audit),
    ]  # fmt: skip
    return join([
        tag("p", _lead(audit, counts), class_="lead"),
        tag("div", tiles, class_="tiles"),
        tag("div", [tag("div", chart, class_="card") for chart in charts], class_="cards"),
        _facts(audit.scan),
    ])  # fmt: skip


def _lead(audit: Audit, counts: dict[str, int]) -> str:
    """Say the result in sentences."""
    personal = counts["direct"] + counts["quasi"] + counts["free_text"]
    found = {f.column.of for f in audit.scan.columns if f.personal not in ("none", "unknown")}
    waiting = len(decisions.undecided(audit))
    tables = sum(t.kind == "table" for t in audit.scan.tables)
    told = (
        f"{personal:,} of {count(len(audit.scan.columns), 'column')}, in {len(found):,} of "
        f"{count(tables, 'table')}, {noun(personal, 'holds or may hold', 'hold or may hold')} "
        f"personal data; {counts['unknown']:,} could not be told. "
    )
    if waiting:
        return told + f"{count(waiting, 'column')} {noun(waiting, 'waits', 'wait')} for a decision."
    return told + "Every column that may hold personal data has a decision."


def _by_verdict(audit: Audit, counts: dict[str, int]) -> Markup:
    total = len(audit.scan.columns) or 1
    return _charts.bars(
        "Columns by verdict",
        (
            (word, [(LOOKS[p], counts[p])], f"{counts[p]:,} ({_words.percent(counts[p] / total)})")
            for p, word in _words.VERDICTS.items()
        ),
    )


def _by_entity(audit: Audit) -> Markup:
    kinds: dict[str, Counter[Personal]] = {}
    for finding in audit.scan.columns:
        if finding.personal not in ("none", "unknown"):
            kinds.setdefault(finding.entity or "other", Counter())[finding.personal] += 1
    ranked = sorted(kinds.items(), key=lambda k: (-k[1].total(), k[0]))
    rows = [(kind, _parts(found), f"{found.total():,}") for kind, found in ranked[:MOST]]
    more = f", the {MOST} most frequent of {len(ranked)}" if len(ranked) > MOST else ""
    return join([_charts.bars(f"Columns by kind of data{more}", rows), _legend()])


def _by_exposure(audit: Audit) -> Markup:
    exposed = [
        (t, c) for t, c in rated(audit.scan) if t.kind == "table" and _words.risk(c) != "low"
    ]
    exposed.sort(key=lambda r: (-r[1]["direct"], -r[1]["free_text"], -r[1]["quasi"]))
    rows = [(name(str(t.table)), _parts(c), f"{_personal(c):,}") for t, c in exposed[:MOST]]
    more = f", {MOST} of {len(exposed):,}" if len(exposed) > MOST else ""
    return join([_charts.bars(f"Most exposed tables by personal columns{more}", rows), _legend()])


def _parts(found: Counter[Personal]) -> list[tuple[str, int]]:
    return [(LOOKS[p], found[p]) for p in _words.VERDICTS if p not in ("unknown", "none")]


def _personal(found: Counter[Personal]) -> int:
    return sum(count for _, count in _parts(found))


def _legend() -> Markup:
    words = _words.VERDICTS.items()
    return _charts.legend((LOOKS[p], w) for p, w in words if p not in ("unknown", "none"))


def _coverage(audit: Audit) -> Markup:
    """Draw how much of the columns and rows was read, and how much is decided."""
    scan = audit.scan
    states = Counter(f.status for f in scan.columns)
    read, rows, estimated = _rows_read(scan)
    made = sum(f.column in audit.decisions for f in scan.columns if f.personal != "none")
    waiting = len(decisions.undecided(audit))
    total, about = len(scan.columns) or 1, "about " if estimated else ""
    drawn = [
        ("Columns with values", [("done", states["scanned"]), ("rest", total - states["scanned"])], total,
         f"{states['scanned']:,} of {len(scan.columns):,}"),
        ("Rows read", [("done", read), ("rest", max(rows - read, 0))], max(rows, read),
         f"{read:,} of {about}{rows:,}"),
        ("Columns decided", [("done", made), ("rest", waiting)], made + waiting,
         f"{made:,} of {made + waiting:,}"),
    ]  # fmt: skip
    body = [
        tag("tr", tag("th", label, scope="row"), tag("td", _charts.bar(parts, most), class_="bar"),
            tag("td", told, class_="told"))
        for label, parts, most, told in drawn
    ]  # fmt: skip
    why = ", ".join(f"{states[s]:,} {s}" for s in WITHOUT if states[s])
    return join([
        tag("table", tag("caption", "Coverage"), tag("tbody", body), class_="bars"),
        tag("p", f"Without values: {why}." if why else "Values of every column were read.",
            class_="legend"),
    ])  # fmt: skip


def _rows_read(scan: Scan) -> tuple[int, int, bool]:
    """Count rows read and rows there are, and say whether the latter is an estimate."""
    tables = [t for t in scan.tables if t.kind == "table"]
    grouped = _words.by_table(scan.columns)
    read = sum(max((f.rows_read for f in grouped.get(t.table, ())), default=0) for t in tables)
    return read, sum(t.rows or 0 for t in tables), any(t.rows_are == "estimate" for t in tables)


def _facts(scan: Scan) -> Markup:
    """List how it was scanned."""
    facts = {"Pack": scan.pack or "none",
             "Values read": f"{sum(f.values_read for f in scan.columns):,}",
             **{f"Option {key}": str(value) for key, value in sorted(scan.options.items())
                if value not in ([], "", None)}}  # fmt: skip
    told = [
        join([tag("dt", _words.shown(k)), tag("dd", _words.shown(v))]) for k, v in facts.items()
    ]
    return tag("details", tag("summary", "How it was scanned"), tag("dl", told))


def rated(scan: Scan) -> list[tuple[TableFacts, Counter[Personal]]]:
    """List the tables with their columns counted by verdict."""
    grouped = _words.by_table(scan.columns)
    return [(t, Counter(f.personal for f in grouped.get(t.table, ()))) for t in scan.tables]
