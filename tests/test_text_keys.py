"""People whose key says who they are, a login: what is suggested can be carried out."""

import pytest
from sqlalchemy import create_engine, text

from scanner import planner, rulebook
from scanner.audit import decide_suggested
from scanner.database import connect, identify, reading, ref, reflect
from scanner.errors import Misconfigured
from scanner.model import KEEP, Audit, ColumnRef, Finding, Scan, TableFacts

PACK = """
[pack]
title = "people"
known_by = ["people"]
key = "login"
[subject]
table = "people"
holders = ["people"]
[[reach]]
table = "msgs"
from = "people"
by = "login"
to = "login"
[[reach]]
table = "badges"
from = "people"
by = "owner"
to = "login"
[[reach]]
table = "groups"
from = "people"
through = "members"
near = "who"
far = "grp"
rows = "linked"
to = "login"
[[reach]]
table = "visits"
from = "badges"
by = "code"
to = "login"
[[reach]]
table = "newsletter"
from = "people"
by = "email"
to = "email"
"""
STATEMENTS = (
    "create table people (login varchar(30) primary key, name varchar(60), email varchar(60))",
    "create table msgs (id integer primary key, login varchar(30) references people, "
    "said varchar(200))",
    "create table badges (id integer primary key, owner varchar(30) references people, "
    "login varchar(30))",
    "create table members (who varchar(30), grp varchar(30))",
    "create table groups (id integer primary key, login varchar(30))",
    "create table visits (id integer primary key, code varchar(30))",
    "create table newsletter (id integer primary key, email varchar(60))",
    "create table sessions (id integer primary key, login varchar(30))",
    "insert into people values ('annlee77', 'Ann Lee', 'ann@x.example')",
    "insert into people values ('bobray12', 'Bob Ray', 'bob@x.example')",
    "insert into msgs values (1, 'annlee77', 'Ann Lee was here')",
    "insert into msgs values (2, 'bobray12', 'mail ann@x.example')",
)
LOGIN = ("direct", "USERNAME")
KINDS = {
    "login": LOGIN,
    "owner": LOGIN,
    "who": LOGIN,
    "code": LOGIN,
    "name": ("direct", "PERSON"),
    "email": ("direct", "EMAIL_ADDRESS"),
    "said": ("free_text", "FREE_TEXT"),
}


@pytest.fixture
def people(sqlite_url, tmp_path):
    """A database with a scan of it, and a pack."""
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        for statement in STATEMENTS:
            connection.execute(text(statement))
    engine.dispose()
    reader = connect(sqlite_url)
    with reading(reader) as connection:
        meta = reflect(connection)
        database = identify(connection, meta)
    found = tuple(
        Finding(ColumnRef("", t.name, c.name), str(c.type), "scanned", personal=kind, entity=entity)
        for t in meta.sorted_tables
        for c in t.columns
        for kind, entity in (KINDS.get(c.name, ("none", "")),)
    )
    tables = tuple(TableFacts(ref(t), 2) for t in meta.sorted_tables)
    path = tmp_path / "people.toml"
    path.write_text(PACK)
    yield (
        reader,
        Scan("test", "2026-01-01T00:00:00+00:00", database, "none", tables, found),
        path,
    )
    reader.dispose()


def test_keys_of_people_are_suggested_to_be_kept_and_no_others(people):
    _, scan, path = people
    audit = decide_suggested(scan, rulebook.pack(str(path)))
    kept = {str(c) for c, d in audit.decisions.items() if d.choice == KEEP}
    assert kept == {"people.login", "msgs.login", "badges.owner", "badges.login", "members.who"}
    assert {"groups.login", "sessions.login"} < {*map(str, audit.decisions)}


def test_what_is_suggested_with_the_pack_is_erased(people, efface, sqlite_url, tmp_path):
    _, scan, pack = people
    (tmp_path / "scan.json").write_text(scan.to_json())
    audit, plan = tmp_path / "audit.json", tmp_path / "plan.json"
    with_pack = ("--pack", pack)
    for words in (
        ("audit", tmp_path / "scan.json", *with_pack, "--decide", "suggested", "-o", audit),
        ("plan", audit, "--db", sqlite_url, "--subject", "annlee77", *with_pack, "-o", plan),
        ("erase", plan, "--db", sqlite_url, *with_pack, "--commit", "--confirm", "annlee77"),
    ):
        done = efface(*words)
        assert done.exit_code == 0, done.output
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        said = [tuple(r) for r in connection.execute(text("select * from msgs order by id"))]
    engine.dispose()
    assert said == [(1, "annlee77", "[REDACTED]"), (2, "bobray12", "mail [EMAIL]")]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (("people.login",), "people.login names rows: it can only be kept"),
        (("people.login", "msgs.login"), "msgs.login, people.login name rows: they can only"),
    ],
)
def test_the_refusal_of_another_decision_says_what_to_do(people, columns, told):
    reader, scan, path = people
    pack = rulebook.pack(str(path))
    kept, changed = decide_suggested(scan, pack), decide_suggested(scan)
    mixed = {c: changed.decisions[c] for c in kept.decisions if str(c) in columns}
    audit = Audit(scan, {**kept.decisions, **mixed})
    with pytest.raises(Misconfigured, match=told) as caught:
        planner.plan(reader, pack, audit, "annlee77")
    assert "efface audit --pack" in str(caught.value)
