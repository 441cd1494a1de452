"""What is said fits what happened, and whom it happened to."""

import sys
import time
from pathlib import Path

import pytest

from scanner.errors import Misconfigured
from scanner.journal import Journal
from scanner.model import Scan, dump
from tests.test_requests_file import lines

__all__ = ["lines"]


def test_a_request_of_a_file_speaks_of_its_cells_and_of_people(lines):
    lines.write(
        [
            lines.asked(Approved=""),
            lines.asked(Number="2", Subject="1"),
            lines.asked(Number="3", Subject=""),
        ]
    )
    told = lines.run("list").stdout.splitlines()
    assert told[1].endswith("approved, but not since when: fill in Approved")
    assert "the person is gone, and the journal knows of no purge" in told[2]
    assert told[3].endswith("it names no subject: fill in Subject, or Closed")


def test_a_plan_that_is_given_for_an_audit_is_not_called_a_damaged_scan(tmp_path):
    for raw in ({"version": 1, "steps": []}, {"version": 1}):
        with pytest.raises(Misconfigured, match="neither a scan nor an audit"):
            Scan.from_json(dump(raw))
    with pytest.raises(Misconfigured, match="damaged"):
        Scan.from_json(dump({"version": 1, "tables": [], "columns": [{}]}))


@pytest.mark.skipif(sys.platform != "linux", reason="there is no such folder")
def test_where_no_lock_can_be_made_nobody_waits_for_it():
    began = time.monotonic()
    with pytest.raises(Misconfigured, match="cannot be written: without it nothing is erased"):
        Journal(Path("/proc/journal.jsonl")).append("hold", "2026-01-01T00:00:00+00:00", "", {})
    assert time.monotonic() - began < 10
