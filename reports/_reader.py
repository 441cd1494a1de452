"""The sections of the HTML report, for a privacy officer, a database administrator, a manager."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator

from reports import _overview, _words
from reports._markup import Markup, join, name, tag
from scanner import audit as decisions
from scanner.model import Audit, Finding, Personal, TableFacts

GUIDE = (
    ("What this is", "A list of every column of the database, with what it tells about people, how "
     "sure that is, and what is decided or suggested for the day when one person asks to be "
     "erased. It holds no personal data: examples are masked, everything else is counts. It is "
     "for reading; people decide in the workbook (.xlsx)."),
    *((f"Verdict: {word}", f"The column {meaning}." if word in ("direct", "quasi", "free text")
       else f"The column is {meaning}." if word == "none" else f"It {meaning}.")
      for word, meaning in _words.MEANINGS.items()),
    ("How sure", "How much speaks for the verdict: sure, likely or weak. Open a row to see each "
     "reason with its weight; a minus speaks against."),
    ("Share of values", "'87 % (84-90 %) of 1,000 values': of 1,000 values that were read, 87 in "
     "100 look personal; of all values it is, with 95 % certainty, between 84 and 90 in 100; the "
     "small bar shows that interval. 'none of 1,000 values (at most 0.3 %)': nothing was seen, but "
     "up to 3 in 1,000 could be there without showing in such a sample."),
    ("Exposure of a table", "The worst of its columns: high where one identifies people directly, "
     "medium where some do together or hold free text, unclear where some could not be told, "
     "low otherwise."),
    ("Examples", "The shape of values: A*** L** may have been any name with these initials and "
     "lengths. Real values never stand here."),
    ("Decision", "What happens to the column in the rows of a person who is erased. One in "
     "brackets is only suggested: nobody has decided it yet, and nothing that is open is erased."),
    ("Copy of", "The table looks like a backup, history or staging copy of another one. What is "
     "erased there has to be erased here, too."),
)  # fmt: skip
"""How to read this: what and how."""


def page(audit: Audit) -> Markup:
    """Put the page together."""
    sections = (
        ("summary", "Summary", _overview.summary(audit)),
        ("columns", "All columns", _columns()),
        ("tables", "Tables", _tables(audit)),
        ("unseen", "What was not looked at", _unseen(audit)),
        ("guide", "How to read this", _guide()),
    )
    menu = tag("nav", [tag("a", title, href=f"#{key}") for key, title, _ in sections],
               aria_label="Sections")  # fmt: skip
    main = tag(
        "main",
        [
            tag("section", tag("h2", title, id=f"{key}-title"), content, id=key,
                aria_labelledby=f"{key}-title")
            for key, title, content in sections
        ],
        id="main",
    )  # fmt: skip
    return join([tag("a", "Skip to the report", href="#main", class_="skip"), _header(audit), menu,
                 main, _footer(audit)])  # fmt: skip


def _header(audit: Audit) -> Markup:
    scan = audit.scan
    return tag(
        "header",
        tag("p", "Efface audit", class_="product"),
        tag("h1", "Where personal data lives"),
        tag("p", tag("strong", name(scan.database.name)), f" ({scan.database.dialect}), scanned ",
            _day(scan.created), f" by Efface {scan.efface}"),
    )  # fmt: skip


def _day(created: str) -> Markup:
    return tag("time", created.replace("T", " ", 1).replace("+00:00", " UTC"), datetime=created)


def _footer(audit: Audit) -> Markup:
    scan = audit.scan
    told = (
        f"Fingerprint of the schema {scan.database.fingerprint}. Digest of the scan {scan.digest}."
    )
    return tag("footer", tag("p", told), tag("p", "This file loads nothing and sends nothing."))


def _columns() -> Markup:
    """Leave the place for what the script shows, and say so where no script runs."""
    return join([
        tag("noscript", tag("p", "Your browser runs no scripts, which list the columns here. "
            "The CSV report has them all: efface audit SCAN -o FILE.csv", class_="note")),
        tag("div", id="list"),
    ])  # fmt: skip


def _tables(audit: Audit) -> Markup:
    waiting = Counter(f.column.of for f in decisions.undecided(audit))
    order = ("high", "medium", "unclear", "low")
    shown = [(t, c) for t, c in _overview.rated(audit.scan) if t.kind == "table"]
    shown.sort(key=lambda r: (order.index(_words.risk(r[1])), *(-r[1][p] for p in _words.VERDICTS)))
    heads = ("Table", "Exposure", "Rows", "Columns", *_words.VERDICTS.values(), "Open", "Copy of")
    rows = (_table(facts, counts, waiting[facts.table]) for facts, counts in shown)
    return _grid(
        heads, rows, "Tables by exposure, the most exposed first", numbers=range(2, len(heads) - 1)
    )


def _table(facts: TableFacts, counts: Counter[Personal], waiting: int) -> Iterator[str]:
    risk = _words.risk(counts)
    yield tag("button", name(str(facts.table)), type="button", class_="link", data_field="table",
              data_value=_words.shown(str(facts.table)))  # fmt: skip
    yield tag("span", risk, class_=f"risk {risk}")
    yield _words.size(facts)
    for number in (counts.total(), *(counts[p] for p in _words.VERDICTS), waiting):
        yield f"{number:,}" if number else Markup('<span class="zero">0</span>')
    yield _words.shown(facts.copy_of)


def _grid(
    heads: Iterable[str],
    rows: Iterable[Iterable[str]],
    caption: str,
    *,
    numbers: Container[int] = (),
) -> Markup:
    """Make a table; the columns ``numbers``, counted from 0, are set to the right."""
    look: dict[bool, str | bool] = {True: "num", False: False}
    lines = []
    for row in rows:
        first, *rest = row
        cells = [tag("td", c, class_=look[n in numbers]) for n, c in enumerate(rest, start=1)]
        lines.append(tag("tr", tag("th", first, scope="row"), cells))
    titles = [tag("th", h, scope="col", class_=look[n in numbers]) for n, h in enumerate(heads)]
    head = tag("thead", tag("tr", titles))
    table = tag("table", tag("caption", caption), head, tag("tbody", lines), class_="grid")
    return tag("div", table, class_="wide", tabindex="0", role="region", aria_label=caption)


def _unseen(audit: Audit) -> Markup:
    """Say what the scan can say nothing about, with reasons, and how to see it."""
    dark = Counter((_status(f), f.reason or f.why) for f in _words.not_told(audit))
    columns = [
        (tag("button", f"{count:,}", type="button", class_="link", data_field="state",
             data_value=status, data_search=_words.shown(reason)), status, _words.shown(reason) or "no reason given")
        for (status, reason), count in dark.most_common()
    ]  # fmt: skip
    outside = [
        (name(str(t.table)), t.kind, _words.shown(t.reason) or _left_out(t))
        for t in audit.scan.tables
        if t.kind != "table" or t.reason
    ]
    if not columns and not outside:
        return tag("p", "Values of every column of every table were read and could be told.")
    parts = [tag("p", "Nothing here is 'clean': it was not seen, or could not be told.")]
    if columns:
        parts.append(
            _grid(("Columns", "What", "Reason"), columns, "Columns without an answer from values")
        )
    if outside:
        parts.append(
            _grid(("Table or view", "Kind", "Reason"), outside, "Tables and views left out")
        )
    return join(parts)


def _status(finding: Finding) -> str:
    return "unknown" if finding.status == "scanned" else finding.status


def _left_out(facts: TableFacts) -> str:
    return "a view only shows what stands in tables" if facts.kind == "view" else "left out"


def _guide() -> Markup:
    return tag(
        "dl", [join([tag("dt", what), tag("dd", how)]) for what, how in GUIDE], class_="guide"
    )
