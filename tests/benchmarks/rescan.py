"""Scan the demo, customise it, scan again: the part of the CPU time, and what is asked about.

    python -m tests.benchmarks.rescan [--cases N] [--contacts N]

Custom tables and columns are added and filled, a column is dropped, one gets another type; then,
in a database of its own, notes are added that only the language model can tell. Prints the CPU
seconds of the scans, each a process of its own, their ratios, and the changes. Exit status 1 if a
ratio is above ``MOST``, or if anything else is reported than what was done.
"""

import argparse
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from scanner import demo

MOST = 0.2
"""The part of the first scan's CPU time that a re-scan may take."""

CUSTOM = """
create table table_x_loyalty (objid integer, x_card varchar(40), x_mail varchar(80), x_tier integer);
create unique index ind_x_loyalty on table_x_loyalty (objid);
insert into table_x_loyalty
    select objid, 'L' || objid, 'member' || objid || '@example.com', objid % 3
    from table_contact limit 300;
create table table_x_depot (objid integer, x_code varchar(20));
insert into table_x_depot values (1, 'A-1'), (2, 'A-2'), (3, 'B-1'), (4, 'B-2');
alter table table_web_user add x_alt_mail varchar(80);
update table_web_user set x_alt_mail = 'other' || objid || '@example.com';
alter table table_case add x_call_me varchar(20);
update table_case set x_call_me = '+1 212 555 ' || substr('000' || (objid % 9999), -4);
alter table table_case add x_shelf varchar(20);
alter table table_x_promo drop x_phone_model;
alter table table_x_survey add x_retyped varchar(800);
update table_x_survey set x_retyped = x_answer;
alter table table_x_survey drop x_answer;
alter table table_x_survey rename x_retyped to x_answer;
"""
"""What administrators do to a CRM."""

NOTES = """
alter table table_x_promo add x_memo varchar(255);
update table_x_promo set x_memo = (
    select 'spoke with ' || first_name || ' ' || last_name || ' about the offer and the next steps'
    from table_contact where table_contact.objid % 601 = table_x_promo.objid % 601 limit 1);
"""
"""Notes that name people, so that the language model has to be loaded."""

NOTED = {("new column", "table_x_promo", "x_memo")}

EXPECTED = {
    ("new table", "table_x_loyalty", ""),
    ("new column", "table_x_loyalty", "x_mail"),
    ("new table", "table_x_depot", ""),
    ("new column", "table_web_user", "x_alt_mail"),
    ("new column", "table_case", "x_call_me"),
    ("new column", "table_case", "x_shelf"),
    ("gone column", "table_x_promo", "x_phone_model"),
    ("new type", "table_x_survey", "x_answer"),
}


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1500)
    parser.add_argument("--contacts", type=int, default=600)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, old, new = folder / "demo.sqlite", folder / "1.json", folder / "2.json"
        demo.create(f"sqlite:///{path}", cases=options.cases, contacts=options.contacts)
        notes = folder / "notes" / path.name
        notes.parent.mkdir()
        shutil.copy(path, notes)
        first, *_ = _run("scan", "--db", f"sqlite:///{path}", "-o", str(old))
        again, _ = _again(path, old, folder / "same.json", "", set())
        customised, well = _again(path, old, new, CUSTOM, EXPECTED)
        noted, also = _again(notes, old, folder / "notes.json", NOTES, NOTED)
    print(
        f"first scan {first:.2f} s; nothing changed {again / first:.1%}; "
        f"customised {customised / first:.1%}; notes added {noted / first:.1%}"
    )
    return int(max(customised, noted) > MOST * first or not (well and also))


def _again(
    path: Path, old: Path, new: Path, change: str, expected: set[tuple[str, str, str]]
) -> tuple[float, bool]:
    """Change a database, scan it again, print what is said; whether that is what was done."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(change)
    seconds, _, why = _run(
        "scan", "--db", f"sqlite:///{path}", "--previous", str(old), "-o", str(new)
    )
    _, told, _ = _run("diff", str(old), str(new), "--json")
    print(why)
    changes = json.loads(told)["changes"]
    for one in changes:
        print(
            f"{'asks ' if one['asks'] else '     '}{one['what']:14}{one['table']}.{one['column']}"
        )
    found = {(c["what"], c["table"], c["column"]) for c in changes}
    for what, places in (("not reported", expected - found), ("not done", found - expected)):
        for place in sorted(places):
            print(f"{what}: {' '.join(place)}")
    return seconds, found == expected


def _run(*words: str) -> tuple[float, str, str]:
    """Run a command of ours; give its CPU seconds, its result and its remarks."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "scanner", *words],
        check=True, text=True, capture_output=True, env=_environment(),
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        done.stdout,
        done.stderr,
    )


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


if __name__ == "__main__":
    sys.exit(main())
