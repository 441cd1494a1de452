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

SHOWN = ("line", "when", "event", "request", "subject", "state", "due", "method", "by", "tables", "rows", "cells",
         "residue", "until", "why", "again", "digest")  # fmt: skip
"""The columns of the page."""


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
    style = _alone.asset("certificate.css")
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
    body = tag("tbody", *(_row(e) for e in entries))
    main = tag("main", tag("table", heads, body), tag("p", note, class_="note"))
    made = tag("html", head, tag("body", top, main), lang="en")
    return join([Markup("<!DOCTYPE html>\n"), made, Markup("\n")])


def _row(entry: Entry) -> Markup:
    told = tell(entry)
    return tag("tr", *(_cell(told[h]) for h in SHOWN))


def _cell(value: str | int) -> Markup:
    if isinstance(value, int):
        return tag("td", f"{value:,}", class_="number")
    return tag("td", value)


def tell(entry: Entry) -> dict[str, str | int]:
    """Say what an entry holds, by the heads of the table; what it does not hold is empty."""
    content = entry.content
    subject: Mapping[str, Any] = content.get("subject") or {}
    digests: Mapping[str, Any] = content.get("digests") or {}
    rows, cells = content.get("rows"), content.get("cells")
    again: Mapping[str, Any] = content.get("again") or {}
    told: dict[str, str | int] = dict.fromkeys(HEADS, "")
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
