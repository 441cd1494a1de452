"""The audit as one HTML file to read: charts, search, filters, print. It loads nothing, anywhere.

A policy in the file itself forbids every request; style and script are allowed by their digests.
"""

from pathlib import Path

from reports import _alone, _file, _listing, _reader, _words
from reports._markup import Markup, join, tag
from scanner.model import Audit
from scanner.rulebook import Pack


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write the page.

    Raises:
        Misconfigured: the file cannot be written.
    """
    style, script = _alone.asset("page.css"), _alone.asset("page.js")
    title = f"Where personal data lives: {_words.shown(audit.scan.database.name)}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_alone.policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="generator", content=f"Efface {audit.scan.efface}"),
        tag("title", title),
        tag("style", style),
    )
    data = Markup(_listing.data(audit, pack))
    body = tag(
        "body",
        _reader.page(audit),
        tag("script", data, type="application/json", id="data"),
        tag("script", script),
    )
    _file.save(
        path, join([Markup("<!DOCTYPE html>\n"), tag("html", head, body, lang="en"), Markup("\n")])
    )
