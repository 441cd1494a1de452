"""Walks through all stages on the demo, with the commands that a person would type."""

import shlex
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.cli import _output
from scanner.model import summarise
from scanner.texts.wording import count

if TYPE_CHECKING:
    from scanner.model import Audit, Scan

DATABASE, TRUTH = "demo.sqlite", "truth.json"
SCAN, AUDIT, PLAN, JOURNAL = "scan.json", "audit.xlsx", "plan.json", "journal.jsonl"
KEY = "journal.key"
"""The demo's own: the user's key would miss the journal of a demo that was thrown away."""


def walk(folder: Path, url: str, subject: str) -> None:
    """Run every stage on the demo in ``folder``, then say what came of it."""
    db = ["--db", url]
    scan, audit, plan = str(folder / SCAN), str(folder / AUDIT), str(folder / PLAN)
    journal = ["--journal", str(folder / JOURNAL), "--journal-key", str(folder / KEY)]
    stages = [
        ["scan", *db, "-o", scan],
        ["audit", scan, "--decide", "suggested", "-o", audit],
        ["plan", *db, audit, "--subject", subject, *journal, "-o", plan],
        ["erase", *db, plan, *journal],
        ["erase", *db, plan, *journal, "--commit", "--confirm", subject],
        ["verify", *db, plan, *journal],
        ["log", "--check", *journal],
    ]
    for words in stages:
        _run(words)
    for line in _summary(folder, url, subject):
        _output.remark(line)


def present() -> str:
    """Write the demo's present, which is always the same, as the option --now takes it."""
    from scanner.demo.times import NOW

    return NOW.strftime("%Y-%m-%dT%H:%M")


def shown(url: str) -> str:
    """Write a URL as it can be typed again; a server's, which may say a password, by its variable."""
    return shlex.quote(url) if url.startswith("sqlite:") else '"$EFFACE_DB"'


def _run(words: list[str]) -> None:
    """Print a command line, then run it as if it had been typed."""
    from scanner.cli import main

    typed = [shown(w) if "://" in w else shlex.quote(w) for w in words]
    _output.remark(f"\n$ efface {' '.join(typed)}")
    begun = time.monotonic()
    with redirect_stdout(sys.stderr), main.make_context("efface", list(words)) as context:
        main.invoke(context)
    _output.remark(f"({time.monotonic() - begun:.1f} s)")


def _summary(folder: Path, url: str, subject: str) -> list[str]:
    import reports
    from scanner.journal import Journal

    audit = reports.read(folder / AUDIT)
    receipt = Journal(folder / JOURNAL, folder / KEY).read()[-1].content
    return [
        "",
        f"found     {_found(audit.scan)}",
        f"decided   {_decided(audit)}",
        f"erased    {_erased(receipt, subject)}",
        "verified  looked again: nothing that identifies the contact is left, but in the columns "
        f"that were decided to be kept and in the places that wait; all {len(receipt['kpis'])} "
        "figures that reports are made of are as before; the journal is whole",
        f"files     in {str(folder)!r}: {AUDIT} (the workbook that people decide in), {SCAN}, {PLAN}, "
        f"{JOURNAL} (the proof) with {KEY}, {DATABASE} (the CRM), {TRUTH} (what really is in it)",
        f"go on     export EFFACE_DB={shown(url)} EFFACE_JOURNAL={shlex.quote(str(folder / JOURNAL))} "
        f"EFFACE_JOURNAL_KEY={shlex.quote(str(folder / KEY))}",
        f"          efface requests run {shlex.quote(str(folder / AUDIT))} --as efface --now {present()}",
    ]


def _found(scan: "Scan") -> str:
    counts = summarise(scan.columns)
    return (
        f"of {len(scan.columns):,} columns {counts['direct']} identify a person directly, "
        f"{counts['quasi']} with others, {counts['free_text']} hold free text, "
        f"{counts['unknown']} could not be told"
    )


def _decided(audit: "Audit") -> str:
    chosen = Counter(d.choice for d in audit.decisions.values())
    return ", ".join(f"{choice} for {count(n, 'column')}" for choice, n in chosen.most_common())


def _erased(receipt: Mapping[str, Any], subject: str) -> str:
    rows = receipt["rows"]
    return (
        f"contact {subject}: {count(sum(rows.values()), 'row')} of {count(len(rows), 'table')} were rewritten, in "
        f"them {receipt['mentions']:,} mentions in other people's rows; {len(receipt['reviews']):,} "
        "places that may mean somebody else wait for a person to look at"
    )
