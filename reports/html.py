"""The audit as one HTML file to read: charts, search, filters, print. It loads nothing, anywhere.

A policy in the file itself forbids every request; style and script are allowed by their digests.
"""

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from reports import _file, _listing, _reader, _words
from reports._markup import Markup, join, tag
from scanner.model import Audit
from scanner.rulebook import Pack


def write(audit: Audit, path: Path, *, pack: Pack | None = None) -> None:
    """Write the page.

    Raises:
        Misconfigured: the file cannot be written.
    """
    style, script = _asset("page.css"), _asset("page.js")
    title = f"Where personal data lives: {_words.shown(audit.scan.database.name)}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
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


def _asset(name: str) -> Markup:
    """Read a part of the page."""
    return Markup(files("reports").joinpath(f"_assets/{name}").read_text(encoding="utf-8"))


def _policy(style: str, script: str) -> str:
    """Allow this style and this script, and nothing else."""
    return (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
