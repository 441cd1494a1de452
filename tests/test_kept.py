"""What people decided to keep of a person's own rows is listed, whether or not it names the person."""

import json
import re

import pytest
from sqlalchemy import create_engine, text

import reports
from scanner import planner, rulebook
from scanner.cli.erase import summary
from scanner.cli.plan import summary as explained
from scanner.database import connect, identify, reading, ref, reflect
from scanner.errors import Misconfigured
from scanner.executor import execute
from scanner.journal import Journal
from scanner.model import Audit, ColumnRef, Decision, Finding, Scan, TableFacts

SCHEMA = """
create table client (id integer primary key, name text, email text, marital text, last_ip text,
  zip text, visits integer, since text);
create table policy (id integer primary key, client_id integer references client, risk text);
insert into client values (1, 'Petra Quill', 'petra.quill@post.example', 'divorced', '10.20.30.40',
  '70173', 4, ''), (2, 'Otto Bren', 'otto.bren@post.example', 'single', '10.20.30.41', '70174', 5, 'x');
insert into policy values (11, 1, 'smokes'), (12, 1, null), (13, 2, 'dives'), (14, 1, '[REDACTED]')
"""

PACK = """
[pack]
title = "insured"
known_by = ["client"]
key = "id"
[subject]
table = "client"
[[reach]]
table = "policy"
from = "client"
by = "client_id"
to = "id"
"""

HELD = {
    "client.name": ("direct", "PERSON", "redact"),
    "client.email": ("direct", "EMAIL_ADDRESS", "redact"),
    "client.marital": ("quasi", "NRP", "keep"),
    "client.last_ip": ("direct", "IP_ADDRESS", "keep"),
    "client.zip": ("quasi", "POSTCODE", "keep"),
    "client.since": ("quasi", "AGE", "keep"),
    "client.visits": ("none", "", "keep"),
    "policy.risk": ("free_text", "FREE_TEXT", "keep"),
}

KEPT = {"client.last_ip": 1, "client.marital": 1, "client.zip": 1, "policy.risk": 1}


@pytest.fixture
def insured(sqlite_url, tmp_path):
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        for statement in SCHEMA.split(";"):
            connection.execute(text(statement))
    engine.dispose()
    made = connect(sqlite_url)
    yield made, tmp_path
    made.dispose()


def audited(engine, held=HELD):
    with reading(engine) as connection:
        meta = reflect(connection)
        database = identify(connection, meta)
    findings, decisions = [], {}
    for table in meta.tables.values():
        for column in table.columns:
            where = ColumnRef(table.schema or "", table.name, column.name)
            known = f"{table.name}.{column.name}"
            personal, entity, choice = held.get(known, ("none", "", ""))
            findings.append(
                Finding(where, str(column.type), "scanned", personal=personal, entity=entity)
            )
            if choice:
                decisions[where] = Decision(where, choice, by="A. Officer")
    tables = tuple(TableFacts(ref(t), 1) for t in meta.tables.values())
    scan = Scan("test", "2026-01-01T00:00:00+00:00", database, "insured", tables, tuple(findings))
    return Audit(scan, decisions)


def test_each_personal_column_of_own_rows_that_is_kept_is_listed_without_its_values(insured):
    engine, folder = insured
    (folder / "insured.toml").write_text(PACK)
    pack = rulebook.pack(str(folder / "insured.toml"))
    plan = planner.plan(engine, pack, audited(engine), "1")
    assert plan.kept == KEPT
    told = "\n".join(explained(plan))
    receipt = execute(
        engine, plan, pack, journal=Journal(folder / "j.jsonl"), commit=True, confirm="1"
    )
    assert receipt.kept == KEPT
    assert "kept by decision: 4 cells of 4 columns" in "\n".join(summary(receipt, plan.rows))
    reports.certify(receipt.to_raw(), folder / "c.html")
    page = (folder / "c.html").read_text()
    said = re.sub(r"<[^>]*>", "", page)
    for column, rows in KEPT.items():
        assert f"kept by decision: {column} in {rows} row" in told
        assert column in said, column
    raw = json.dumps(receipt.to_raw())
    for value in ("divorced", "10.20.30.40", "70173", "smokes"):
        assert value not in told + page + raw


LISTED = """
create type sex as enum ('male', 'female');
create type state as enum ('married', 'single', 'unknown');
create table client (id integer primary key, name text, sex sex not null, marital state not null,
  habit sex not null);
insert into client values (1, 'Petra Quill', 'female', 'single', 'male'),
  (2, 'Otto Bren', 'male', 'unknown', 'male')
"""


def test_labels_of_a_list_become_the_one_that_means_none_and_never_an_untrue_one(
    postgresql_url, tmp_path
):
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        for statement in LISTED.split(";"):
            connection.execute(text(statement))
    (tmp_path / "insured.toml").write_text(PACK.partition("[[reach]]")[0])
    pack = rulebook.pack(str(tmp_path / "insured.toml"))
    looked = connect(postgresql_url)
    held = {"client.name": ("direct", "PERSON", "redact")}
    held |= {f"client.{c}": ("quasi", "GENDER", "redact") for c in ("sex", "habit", "marital")}
    with pytest.raises(
        Misconfigured, match=r"client\.sex, (public\.)?client\.habit cannot be empty"
    ):
        planner.plan(looked, pack, audited(looked, held), "1")
    held |= {f"client.{c}": ("quasi", "GENDER", "keep") for c in ("sex", "habit")}
    decided = audited(looked, held)
    for key, marital in (("1", 1), ("2", 0)):
        plan = planner.plan(looked, pack, decided, key)
        book = Journal(tmp_path / f"{key}.jsonl")
        done = execute(looked, plan, pack, journal=book, commit=True, confirm=key)
        assert sum(n for c, n in done.cells.items() if c.endswith("marital")) == marital
    with engine.connect() as connection:
        said = connection.execute(text("select sex, marital from client order by id")).all()
    assert [tuple(row) for row in said] == [("female", "unknown"), ("male", "unknown")]
    looked.dispose()
    engine.dispose()
