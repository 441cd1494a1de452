"""A receipt as a certificate: one HTML file to print and file, or JSON. It loads nothing, anywhere.

It says what a receipt says: counts, keys, digests, and the names of those who answered reviews.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reports import _alone, _file
from reports._markup import Markup, join, name, tag
from scanner.errors import Misconfigured
from scanner.model import dump
from scanner.texts.wording import count, noun

Raw = Mapping[str, Any]
Row = Sequence[str | Markup | int]

SIGN = ("Name", "Date", "Signature")

WARRANT = (("request", "Request"), ("by", "Approved by"))
"""On whose word it was done, where the journal says so."""


def write(receipt: Raw, path: Path, *, journal: Raw | None = None) -> None:
    """Write a receipt; ``journal`` says where it stands there: number, when, digest.

    Raises:
        Misconfigured: the file cannot be written, or is to be neither .html nor .json.
    """
    told = {**receipt, "journal": dict(journal)} if journal else dict(receipt)
    if path.suffix.lower() == ".json":
        _file.save(path, dump(told))
    elif path.suffix.lower() == ".html":
        _file.save(path, page(told))
    else:
        raise Misconfigured(f"a certificate is .html or .json: {path.name!r} is neither")


def page(receipt: Raw) -> Markup:
    """Make the whole page."""
    style = _alone.asset("certificate.css")
    title = "Certificate of erasure" if receipt["committed"] else "Rehearsal of an erasure"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_alone.policy(style)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="generator", content=f"Efface {receipt['efface']}"),
        tag("title", f"{title}: {_subject(receipt)}"),
        tag("style", style),
    )
    body = tag("body", _top(receipt, title), tag("main", *_parts(receipt)))
    return join([Markup("<!DOCTYPE html>\n"), tag("html", head, body, lang="en"), Markup("\n")])


def _subject(receipt: Raw) -> str:
    subject = receipt["subject"]
    return f"{subject['table']} {subject['key']}"


def _top(receipt: Raw, title: str) -> Markup:
    left = sum(receipt["residue"].values())
    if receipt["committed"]:
        said, look = f"Erased on {receipt['finished']}; residue {left:,}", "verdict"
    else:
        said, look = "Nothing was changed: this only says what would be done", "verdict no"
    return tag(
        "header",
        tag("p", "Efface", class_="product"),
        tag("h1", title),
        tag("p", f"Subject: {_subject(receipt)}"),
        tag("p", said, class_=look),
    )


def _parts(receipt: Raw) -> Iterable[Markup]:
    yield from _facts(receipt)
    yield from _erased(receipt)
    yield from _proof(receipt)
    yield from _reviews(receipt)
    yield from _left(receipt)
    yield from _basis(receipt)
    yield tag("div", *(tag("p", word) for word in SIGN), class_="sign")


def _facts(receipt: Raw) -> Iterable[Markup]:
    database, entry = receipt["database"], receipt.get("journal")
    facts: list[tuple[str, str | Markup]] = [
        ("Subject", f"{_subject(receipt)} (a person is named by the key only)"),
        ("Database", f"{database['dialect']} {database['name']}"),
        ("Method", receipt["method"]),
        ("Begun", receipt["started"]),
        ("Finished", receipt["finished"]),
        ("Plan", tag("span", receipt["plan"], class_="code")),
    ]
    facts += [(head, str(receipt[name])) for name, head in WARRANT if receipt.get(name)]
    if again := receipt.get("again"):
        facts.append(("Again", f"after a restore; first done at {again['when']}, journal line "
                      f"{again['number']}"))  # fmt: skip
    if entry:
        facts.append(("Journal", f"line {entry['number']} of {entry['when']}, digest"))
        facts.append(("", tag("span", entry["digest"], class_="code")))
    yield tag("dl", *(join([tag("dt", k), tag("dd", v)]) for k, v in facts))


def _erased(receipt: Raw) -> Iterable[Markup]:
    kinds = receipt.get("kinds", {})
    rows = [
        (name(table), count, ", ".join(f"{k} {n:,}" for k, n in kinds.get(table, {}).items()))
        for table, count in receipt["rows"].items()
    ]
    done = "was" if receipt["committed"] else "would be"
    yield tag("h2", f"What {done} erased")
    cells, total = sum(receipt["cells"].values()), sum(receipt["rows"].values())
    told = f"{count(total, 'row')} of {count(len(rows), 'table')}, {count(cells, 'cell')}; {count(receipt['mentions'], 'place')}"
    yield tag("p", f"{told} in texts that name the subject in passing.")
    yield _table(("Table", "Rows", "Cells by kind of what they held"), rows)
    if followed := receipt.get("followed"):
        yield tag("p", "Cells that refer to them, which the database itself rewrote with them "
                  "(ON UPDATE CASCADE):")  # fmt: skip
        yield _table(("Column", "Rows"), [(name(c), n) for c, n in followed.items()])


def _proof(receipt: Raw) -> Iterable[Markup]:
    yield tag("h2", "Proof")
    left = receipt["residue"]
    if left:
        yield tag("p", "After the changes the subject could still be found:")
        yield _table(("Column", "Rows"), [(name(c), n) for c, n in left.items()])
    else:
        yield tag("p", "After the changes all text of the database was searched for everything that "
                  "the subject is called, and nothing was found but what is listed below: "
                  "residue 0.")  # fmt: skip
    if receipt["kpis"]:
        yield from _figures(receipt)
    if added := receipt.get("added"):
        yield tag("p", f"Triggers added rows to these tables; {_found(receipt)}:")
        yield _table(("Table", "Rows added"), [(name(t), n) for t, n in added.items()])
    elif _copying(receipt):
        yield tag("p", _copied(receipt))


def _copying(receipt: Raw) -> bool:
    """Whether triggers added rows; of an early receipt: whether there are any that may have."""
    if receipt.get("added") is not None:
        return bool(receipt["added"])
    return bool(receipt["triggers"]) or receipt["rounds"] > 1


def _copied(receipt: Raw) -> str:
    """Say what triggers may have added, where a receipt does not count it."""
    whose = "The triggers listed below" if receipt["triggers"] else "Triggers"
    where = " to tables that none of these figures counts" if receipt["kpis"] else ""
    return f"{whose} may have added rows{where}, which is not counted here: {_found(receipt)}."


def _found(receipt: Raw) -> str:
    if receipt["rounds"] > 1:
        return "what they copied of the subject was erased there, too, and counts above"
    return "nothing of the subject was found in such rows"


def _figures(receipt: Raw) -> Iterable[Markup]:
    figures, deleted = receipt["kpis"], receipt.get("deleted", {})
    if deleted:
        rows = sum(deleted.values())
        nothing = "removed" if _copying(receipt) else "added or removed"
        yield tag("p", f"{noun(rows, 'This', 'These')} {count(rows, 'row')} "
                  f"{noun(rows, 'was', 'were')} deleted, no other row was {nothing}, "
                  "and no row that is left refers to them:")  # fmt: skip
        yield _table(("Table", "Rows deleted"), [(name(t), n) for t, n in deleted.items()])
        yield tag("p", "The figures of reports lost exactly these rows:")
        yield _table(
            ("Figure", "Groups", "Rows before", "Rows", "Digest of all groups"),
            [
                (f["name"], f["groups"], f["rows_before"], f["rows"], _code(f["digest"]))
                for f in figures
            ],
        )
        return
    nothing = "removed" if _copying(receipt) else "added or removed"
    yield tag("p", f"No row was {nothing}, and the figures of reports are equal before and after:")
    yield _table(
        ("Figure", "Groups", "Rows", "Digest of all groups"),
        [(f["name"], f["groups"], f["rows"], _code(f["digest"])) for f in figures],
    )


def _reviews(receipt: Raw) -> Iterable[Markup]:
    if reviews := receipt["reviews"]:
        yield tag("h2", "Places that may mean somebody else")
        rows = [
            (name(f"{r['table']}.{r['column']}"), ", ".join(map(str, r["key"])), r["why"],
             r["answer"], " ".join(filter(None, (r.get("by"), r.get("when")))) or "not said")
            for r in reviews
        ]  # fmt: skip
        yield _table(("Place", "Key", "Why", "Answer", "Answered by"), rows)


def _left(receipt: Raw) -> Iterable[Markup]:
    if kept := receipt["kept"]:
        yield tag("h2", "Kept by decision")
        yield tag(
            "p",
            "Columns with personal data that people decided to keep: of the person's own rows "
            "those in which they hold anything, and others that name the person.",
        )
        yield _table(("Column", "Rows"), [(name(c), n) for c, n in sorted(kept.items())])
    if duties := receipt["duties"]:
        yield tag("h2", "To do outside the database")
        rows = [(d["kind"], _where(d), d.get("why", ""), "☐") for d in duties]
        yield _table(("What", "Where", "Why", "Done"), rows)
    if triggers := receipt["triggers"]:
        yield tag("h2", "Triggers on the tables that were touched")
        fired = [(name(t), ", ".join(names)) for t, names in sorted(triggers.items())]
        yield _table(("Table", "Triggers"), fired)


def _where(duty: Raw) -> str:
    """Say where a duty is: a column and the keys of its rows, never what they say."""
    keys = ", ".join(map(str, duty.get("keys", ())))
    count = "" if duty["count"] is None else f" ({duty['count']:,})"
    return f"{duty['where']}{count}{': ' if keys else ''}{keys}"


def _basis(receipt: Raw) -> Iterable[Markup]:
    yield tag("h2", "What this rests on")
    digests = {f"{k} (digest)": v for k, v in sorted(receipt.get("digests", {}).items())}
    pairs = {"efface": receipt["efface"], "pack": receipt["pack"], **digests}
    pairs |= dict(sorted(receipt.get("versions", {}).items()))
    yield _table(("What", "Version"), [(k, _code(v)) for k, v in pairs.items()])
    yield tag(
        "p",
        "This page holds no personal data of the subject: tables, columns, keys, counts and "
        "digests. The journal of Efface holds the same, chained: efface log --check.",
        class_="note",
    )


def _code(text: str) -> Markup:
    return tag("span", text, class_="code")


def _table(heads: Sequence[str], rows: Sequence[Row]) -> Markup:
    head = tag("thead", tag("tr", *(tag("th", h, scope="col") for h in heads)))
    return tag("table", head, tag("tbody", *(tag("tr", *map(_cell, row)) for row in rows)))


def _cell(value: str | Markup | int) -> Markup:
    if isinstance(value, int):
        return tag("td", f"{value:,}", class_="number")
    return tag("td", value)
