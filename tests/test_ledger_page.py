"""The page of a journal is a ledger for people: few columns, digests in small print."""

import re

from reports import _ledger
from scanner.journal import Journal
from scanner.sealing.chain import Event

NOW = "2026-03-10T12:00:00+00:00"
PLAN = "0123456789abcdef" * 2


def test_a_page_says_what_happened_when_by_whom_and_to_whom(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    subject = {"table": "table_contact", "key": 7}
    done = {
        "subject": subject,
        "method": "redact",
        "request": "SR-1",
        "by": "dpo",
        "rows": {"a": 1200, "b": 1},
        "cells": {"a.x": 1},
        "residue": {},
    }
    hold = {"subject": {"key": "8"}, "until": "2027-03-31", "why": "claim", "by": "dpo"}
    asked = {"request": "SR-2", "state": "opened", "subject": {"key": ""}, "due": "2026-04-10"}
    told: list[tuple[Event, str, dict[str, object]]] = [
        ("done", PLAN, done), ("hold", "", hold), ("request", "", asked)
    ]  # fmt: skip
    for event, plan, content in told:
        journal.append(event, NOW, plan, content)
    page = _ledger.page(journal.read())
    heads = re.findall(r"<th [^>]*>([^<]*)</th>", page)
    assert heads == ["Line", "When", "What", "Who", "Request", "Subject", "Counts"]
    text = [re.sub(r"<[^>]+>", "|", line) for line in page.split("<tbody>")[1:]]
    for line, words in zip(
        text,
        [
            ("erased", "by redact", "dpo", "SR-1", "table_contact 7", "1,201 rows of 2 tables"),
            ("hold", "until 2027-03-31", "for claim", "dpo", "8"),
            ("request opened", "due 2026-04-10", "SR-2"),
        ],
        strict=True,
    ):
        assert [w for w in words if f"|{w}" not in line] == []
    assert "1 cell, residue 0" in text[0]
    for entry, line in zip(journal.read(), page.split("<tbody>")[1:], strict=True):
        main, small = line.split('class="small"')
        assert entry.digest in small
        assert not re.search("[0-9a-f]{32}", main)
    assert "size: A4 landscape" in page
    assert re.search(r"body \{[^}]*overflow-wrap: normal", page)
