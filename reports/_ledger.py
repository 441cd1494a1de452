"""The journal as a file: CSV or HTML to read, JSON with all that it holds. Loads nothing, anywhere.

It says what the journal says: keys, counts, digests and logins. CSV and HTML leave out the marks by
which people are recognised again: nobody reads anything in them.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reports import _alone, _file
from reports._markup import Markup, join, tag
from reports.csv import safe
from scanner.errors import Misconfigured
from scanner.model import dump
from scanner.sealing.chain import Entry
from scanner.texts.wording import count

Told = dict[str, str | int]
"""An entry by the heads of the table."""

HEADS = (
    "line",
    "when",
    "event",
    "request",
    "subject",
    "state",
    "received",
    "due",
    "method",
    "by",
    "plan",
    "workbook",
    "scan",
    "pack",
    "schema",
    "tables",
    "rows",
    "cells",
    "columns",
    "mentions",
    "residue",
    "kpis_equal",
    "until",
    "why",
    "again",
    "key",
    "previous",
    "digest",
)
"""The columns of the CSV file."""

PLAIN = ("request", "state", "received", "due", "method", "until", "why")
"""What is told as it stands in an entry."""

SHOWN = ("Line", "When", "What", "Who", "Request", "Subject", "Counts")
"""The columns of the page; what few people read stands in small print below each line."""

WORDS = {
    "intent": "erasure begun",
    "done": "erased",
    "undone": "not erased",
    "batch": "batch erased",
    "basis": "what plans are made from",
    "hold": "hold",
    "release": "hold released",
    "request": "request",
}
"""What an event is called on the page."""

PEOPLE = ("by", "request", "subject")
"""Who did it, on whose word and to whom."""

MORE = {"method": "by", "until": "until", "why": "for", "due": "due", "again": "again, after"}
"""What is told behind an event, where it is there, and the word before it."""

SMALL = ("plan", "workbook", "scan", "digest")
"""The digests that stand in small print; CSV has all of them."""


def write(entries: Sequence[Entry], path: Path) -> None:
    """Write the journal to a .csv, .html or .json file.

    Raises:
        Misconfigured: the file cannot be written, or is none of these.
    """
    suffix = path.suffix.lower()
    if suffix == ".json":
        raw = [{n: getattr(e, n) for n in Entry.__slots__} for e in entries]
        _file.save(path, dump({"version": 1, "entries": raw}))
    elif suffix == ".csv":
        _file.save(path, "\ufeff" + _csv(entries))
    elif suffix == ".html":
        _file.save(path, page(entries))
    else:
        raise Misconfigured(f"a journal is exported as .csv, .html or .json: not {path.name!r}")


def _csv(entries: Sequence[Entry]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(HEADS)
    for entry in entries:
        told = tell(entry)
        table.writerow([safe(str(told[h])) for h in HEADS])
    return text.getvalue()


def page(entries: Sequence[Entry]) -> Markup:
    """Make the whole page."""
    style = join([_alone.asset("certificate.css"), _alone.asset("ledger.css")])
    done = [e for e in entries if e.event == "done"]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_alone.policy(style)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", "Journal of erasures"),
        tag("style", style),
    )
    told = f"{count(len(entries), 'line')}, {count(len(done), 'completed erasure')}"
    note = (
        "Persons are named by their keys only. Each line is sealed with the digest of the line "
        "before: efface log --check proves it."
    )
    top = tag("header", tag("p", "Efface", class_="product"), tag("h1", "Journal of erasures"),
              tag("p", told))  # fmt: skip
    heads = tag("thead", tag("tr", *(tag("th", h, scope="col") for h in SHOWN)))
    table = tag("table", heads, *(_line(tell(e)) for e in entries))
    main = tag("main", table, tag("p", note, class_="note"))
    made = tag("html", head, tag("body", top, main), lang="en")
    return join([Markup("<!DOCTYPE html>\n"), made, Markup("\n")])


def _line(told: Told) -> Markup:
    """Show an entry in one line, and its digests in small print below."""
    cells = (
        tag("td", str(told["line"]), class_="number"),
        tag("td", str(told["when"]), class_="whole"),
        tag("td", _what(told)),
        *(tag("td", str(told[h]), class_="whole") for h in PEOPLE),
        tag("td", _counts(told)),
    )
    small = [
        join([f"{name} ", tag("span", str(told[name]), class_="code"), " "])
        for name in SMALL
        if told[name]
    ]
    below = tag("tr", tag("td"), tag("td", *small, colspan=len(SHOWN) - 1), class_="small")
    return tag("tbody", tag("tr", *cells), below)


def _what(told: Told) -> Markup:
    """Say what happened, with what belongs to it."""
    state = told["state"] or ("carried out" if told["event"] == "request" else "")
    words = (
        f"{WORDS[str(told['event'])]} {state}".rstrip(),
        *(f"{before} {told[name]}" for name, before in MORE.items() if told[name]),
    )
    first, *rest = (tag("span", w, class_="whole") for w in words)
    return join([first, *(join([", ", one]) for one in rest)])


def _counts(told: Told) -> str:
    """Say how much was changed, where an entry says so."""
    if not isinstance(rows := told["rows"], int) or not isinstance(told["tables"], int):
        return ""
    cells, left = told["cells"], told["residue"]
    return ", ".join(
        (
            f"{count(rows, 'row')} of {count(told['tables'], 'table')}",
            *([count(cells, "cell")] if isinstance(cells, int) else []),
            *([f"residue {left:,}"] if isinstance(left, int) else []),
        )
    )


def tell(entry: Entry) -> Told:
    """Say what an entry holds, by the heads of the table; what it does not hold is empty."""
    content = entry.content
    subject: Mapping[str, Any] = content.get("subject") or {}
    digests: Mapping[str, Any] = content.get("digests") or {}
    rows, cells = content.get("rows"), content.get("cells")
    again: Mapping[str, Any] = content.get("again") or {}
    told: Told = dict.fromkeys(HEADS, "")
    told |= {h: str(content[h]) for h in PLAIN if content.get(h)}
    told["due"] = told["due"] or str(content.get("term") or "")
    told |= {h: str(digests[h]) for h in ("workbook", "scan", "pack", "schema") if h in digests}
    told |= {
        "by": str(content.get("by") or content.get("approver") or ""),
        "line": entry.number,
        "when": entry.when,
        "event": entry.event,
        "subject": " ".join(str(subject[k]) for k in ("table", "key") if subject.get(k)),
        "plan": entry.plan,
        "again": f"line {again['number']}" if again else "",
        "key": entry.key,
        "previous": entry.previous,
        "digest": entry.digest,
    }
    if not rows and (gone := content.get("deleted")):  # batches say only how many rows went
        told |= {"tables": len(gone), "rows": sum(gone.values())}
    if isinstance(rows, Mapping) and isinstance(cells, Mapping):
        told |= {
            "tables": len(rows),
            "rows": sum(rows.values()),
            "cells": sum(cells.values()),
            "columns": "; ".join(f"{c} {n}" for c, n in sorted(cells.items())),
            "mentions": content.get("mentions", 0),
            "residue": sum((content.get("residue") or {}).values()),
            "kpis_equal": sum(bool(k.get("equal")) for k in content.get("kpis", ())),
        }
    return told
