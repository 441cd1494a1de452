"""What `plan --sql` writes does what `erase` does, and holds nobody's data."""

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlglot
from sqlalchemy import (
    CHAR,
    JSON,
    BigInteger,
    Column,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    make_url,
)
from sqlalchemy.dialects import mssql, oracle, postgresql
from sqlalchemy.exc import CompileError
from sqlalchemy.types import NullType

import reports
from scanner import demo, dialects, errors, planner, prover, rulebook, scripter
from scanner.database import failing
from scanner.graph import table_of
from scanner.model import Span, TableRef
from scanner.scripter import Writer
from scanner.scripting.recipes import Cut, Guard, Keyed, Patch, cut
from tests import mini
from tests.erasing import PACK, Erasure

CLIENTS = {"sqlite": "sqlite3", "postgresql": "psql", "mysql": "mariadb", "mariadb": "mariadb"}

SCRUBBED = {
    "table_case__case_history": "scrub",
    "table_case__title": "mask",
    "table_notes_log__description": "scrub",
    "table_contact__phone": "token",
    "table_site__name": "null",
    "x_sms__body": "scrub",
}

SAID = (
    "O'Brien's café 😀 wrote: 100%, \\ :x $$ {} to ann.lee@example.com;\n-- or 512-610-5466 [ok] "
)
"""All that a script could stumble over, around what is to be scrubbed."""

JSON_SAID = {"to": ["ann.lee@example.com", 'a "quoted" word'], "n": [1, 2], "é": None}


def odd_tables() -> MetaData:
    """Tables with names, keys and types that are easily got wrong; PostgreSQL's JSON as JSON."""
    meta = MetaData()
    Table(
        "Odd \"table's -- name",
        meta,
        Column("the 'key'", String(40), primary_key=True),
        Column("part", Integer, primary_key=True),
        Column("a note; really", String(400)),
        Column("padded", CHAR(60)),
        Column("doc", JSON),
        Column("digits", BigInteger),
    )
    Table("x_by_mail", meta, Column("mail", String(80), primary_key=True), Column("said", Text))
    return meta


def build(url: str) -> None:
    """Make the small CRM and the odd tables in an empty database, or again in a used one."""
    engine = create_engine(dialects.named(make_url(url).get_backend_name()).url(make_url(url)))
    old = MetaData()
    old.reflect(engine)
    old.drop_all(engine)
    meta = odd_tables()
    meta.create_all(engine)
    odd, by_mail = meta.tables.values()
    row = {"padded": "to ann.lee@example.com", "doc": JSON_SAID, "digits": 15126105466}
    with engine.begin() as connection:
        for key in ("it's\\", '"quoted"', "'; DROP TABLE table_case; --", "two\nlines"):
            values = dict(zip([c.name for c in odd.columns][:3], (key, 7, SAID), strict=True))
            connection.execute(odd.insert(), {**values, **row})
        connection.execute(by_mail.insert(), {"mail": "bob@x.example", "said": "512-610-5466"})
    engine.dispose()
    mini.build(url, trigger=False)


@pytest.fixture
def prepared(live_url, tmp_path, monkeypatch):
    """The databases of ``build``, one of each kind, planned with many strategies."""
    monkeypatch.setitem(mini.CUSTOM, ("x_by_mail", "mail"), ("direct", "EMAIL_ADDRESS"))
    build(live_url)
    made = Erasure(live_url, tmp_path, **SCRUBBED)
    yield made
    made.engine.dispose()


def script(erasure, **answers) -> scripter.Script:
    with planner.drafting(erasure.engine, PACK, erasure.audit, str(mini.ANN), answers=answers) as (
        connection,
        draft,
    ):
        return scripter.script(connection, draft, PACK)


def carry_out(erasure, way, folder):
    """Erase the subject, or run the script that does the same and leaves nothing of x_doc out."""
    if way == "erase":
        erasure.commit(erasure.plan())
        return
    made = script(erasure)
    assert not any("x_doc" in table for table, _ in made.left_out)
    done = run(erasure.url, committing(made.text), folder)
    assert done.returncode == 0, done.stderr


def committing(text: str, *, seen: bool = True) -> str:
    """Do what a DBA does who has ``seen`` to what is not in a script, and keeps what it does."""
    text = seen_to(text) if seen else text
    head, found, tail = text.rpartition("ROLLBACK;")
    assert found
    assert tail == "\n"
    return f"{head}COMMIT;\n"


def seen_to(text: str) -> str:
    """Delete the statement that stops a script which is not whole."""
    return "\n\n".join(p for p in text.split("\n\n") if not p.startswith("-- STOP: "))


def run(url: str, text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script by the database's own client."""
    place = make_url(url)
    kind = place.get_backend_name()
    client = shutil.which(CLIENTS[kind])
    if client is None:
        if os.environ.get("CI"):
            pytest.fail(f"CI must run scripts: there is no {CLIENTS[kind]}")
        pytest.skip(f"there is no {CLIENTS[kind]}")
    path = folder / "script.sql"
    path.write_text(text, encoding="utf-8")
    login = ["-h", str(place.host), "-U" if kind == "postgresql" else "-u", str(place.username)]
    words = {
        "sqlite": [str(place.database)],
        "postgresql": ["-X", "-q", "-p", str(place.port), *login, "-f", str(path), "-d"],
        "mysql": ["-P", str(place.port), *login],
    }["mysql" if kind == "mariadb" else kind]
    more = [] if kind == "sqlite" else [str(place.database)]
    env = {**os.environ, "PGPASSWORD": place.password or "", "MYSQL_PWD": place.password or ""}
    with path.open(encoding="utf-8") as script:
        return subprocess.run(
            [client, *words, *more],
            stdin=script,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


def by_key(url: str) -> dict[str, set[str]]:
    return {table: set(map(repr, rows)) for table, rows in mini.dump(url).items()}


def test_a_script_leaves_the_same_cells_as_an_erasure(prepared, tmp_path):
    before = by_key(prepared.url)
    made = script(prepared)
    prepared.commit(prepared.plan())
    erased = by_key(prepared.url)
    build(prepared.url)
    assert by_key(prepared.url) == before
    done = run(prepared.url, committing(made.text), tmp_path)
    assert done.returncode == 0, done.stderr
    scripted = by_key(prepared.url)
    left = {table.rpartition(".")[2] for table, _ in made.left_out}
    differ = {t for t in erased if erased[t] != scripted[t]}
    assert differ == left == {"contact_bkp", "Odd \"table's -- name", "x_by_mail"}
    for table in differ:
        rest = {t.rpartition(".")[2]: 0 for t, _ in made.left_out}
        for (name, _), rows in made.left_out.items():
            rest[name.rpartition(".")[2]] += rows
        assert len(scripted[table] - erased[table]) == rest[table] == 1
        assert scripted[table] - erased[table] <= before[table]


def test_no_script_holds_what_a_cell_holds(prepared):
    made = script(prepared)
    told = made.text + " ".join(made.remarks())
    for canary in (*mini.CANARIES, "Bob", "512-610", "O'Brien", "café", "😀", 'quoted" word'):
        assert canary not in told, canary


def test_a_script_changes_nothing_until_somebody_makes_it_commit(prepared, tmp_path):
    before = by_key(prepared.url)
    done = run(prepared.url, seen_to(script(prepared).text), tmp_path)
    assert done.returncode == 0, done.stderr
    assert by_key(prepared.url) == before


@pytest.mark.parametrize("where", ["an own row", "a mention"])
def test_a_text_that_was_rewritten_meanwhile_stops_a_script(prepared, tmp_path, where):
    made = script(prepared)
    if where == "an own row":
        prepared.write("delete from table_web_user")
    else:  # as long as before where the database has digests
        longer = "!!!" if prepared.url.startswith("sqlite") else ""
        said = "mail to BOB@HOME.EXAMPLE sent" + longer
        prepared.write(f"update table_notes_log set description = '{said}' where objid = 2")
    before = by_key(prepared.url)
    assert run(prepared.url, committing(made.text), tmp_path).returncode != 0
    assert by_key(prepared.url) == before


def test_a_script_that_is_not_whole_stops_until_a_person_has_seen_to_the_rest(prepared, tmp_path):
    made, before = script(prepared), by_key(prepared.url)
    assert made.left_out
    assert "Afterwards neither plan nor verify PLAN can find these rows" in made.text
    assert "must find nothing, and plan again" not in made.text
    done = run(prepared.url, committing(made.text, seen=False), tmp_path)
    assert done.returncode != 0
    assert "not in this script" in done.stdout + done.stderr or "CHECK" in done.stderr
    assert by_key(prepared.url) == before


def test_what_a_script_left_as_it_was_is_not_proved_to_be_gone(prepared, tmp_path):
    """Nothing leads to it any more: neither a walk nor what the subject was called."""
    plan, made = prepared.plan(), script(prepared)
    found = prover.prove(prepared.engine, plan, PACK)
    assert not found.holds
    assert not found.untold
    done = run(prepared.url, committing(made.text), tmp_path)
    assert done.returncode == 0, done.stderr
    found = prover.prove(prepared.engine, plan, PACK)
    assert not found.holds
    unproved = {name.rpartition(".")[0] for name in found.left} | found.untold.keys()
    assert unproved == {table for table, _ in made.left_out}


def test_what_a_whole_script_did_is_proved(embedded, tmp_path):
    for table in ("contact_bkp", "aud_table_contact"):
        embedded.write(f"delete from {table}")
    plan, made = embedded.plan(), script(embedded)
    assert not made.left_out
    assert "-- STOP" not in made.text
    assert not prover.prove(embedded.engine, plan, PACK).holds
    done = run(embedded.url, committing(made.text), tmp_path)
    assert done.returncode == 0, done.stderr
    embedded.write("delete from aud_table_contact")
    assert prover.prove(embedded.engine, plan, PACK).holds
    embedded.write("update table_notes_log set description = 'to bob@home.example' where objid = 2")
    assert prover.prove(embedded.engine, plan, PACK).left == {"table_notes_log.description": 1}


def test_a_cell_of_a_row_that_nothing_leads_to_any_more_is_looked_at_by_its_key(embedded, tmp_path):
    """As where a relation goes by an address, which is redacted."""
    plan, made = embedded.plan(), script(embedded)
    done = run(embedded.url, committing(made.text), tmp_path)
    assert done.returncode == 0, done.stderr
    embedded.write(f"update table_x_pref set pref2contact = {mini.BOB}, x_holder = 'Ann Lee'")
    assert "table_x_pref.x_holder" in prover.prove(embedded.engine, plan, PACK).left


def test_only_reviews_answered_with_erase_are_in_a_script(embedded):
    review = next(r for r in embedded.plan().reviews if r.mention.table.name == "table_site")
    without, kept, erased = (
        script(embedded, **answer).text
        for answer in ({}, {review.id: "keep"}, {review.id: "erase"})
    )
    assert f"review {review.id}" in without
    assert f"review {review.id}" in kept
    assert f"review {review.id}" not in erased
    step = "UPDATE table_site\n   SET name = '[NAME]'\n WHERE objid = 3\n"
    assert (step in without, step in kept, step in erased) == (False, False, True)


@pytest.mark.no_cover  # what other tests do, one after the other
def test_the_demo_is_erased_alike_by_script_and_program(tmp_path):
    def make(path: Path) -> Erasure:
        path.touch()
        engine = create_engine(f"sqlite:///{path}")
        demo.build(engine, cases=20, contacts=16)
        engine.dispose()
        return Erasure(f"sqlite:///{path}", tmp_path, table_case__case_history="scrub")

    erased = make(tmp_path / "erased.sqlite")
    shutil.copy(tmp_path / "erased.sqlite", tmp_path / "scripted.sqlite")
    with erased.engine.connect() as connection:
        most = "select case_reporter2contact from table_case group by 1 order by count(*) desc"
        key = int(connection.exec_driver_sql(most).scalar())
    before = by_key(erased.url)
    with planner.drafting(erased.engine, PACK, erased.audit, str(key)) as (connection, draft):
        made = scripter.script(connection, draft, PACK)
    erased.commit(erased.plan(key))
    url = f"sqlite:///{tmp_path / 'scripted.sqlite'}"
    done = run(url, committing(made.text), tmp_path)
    assert done.returncode == 0, done.stderr
    after, scripted = by_key(erased.url), by_key(url)
    left = {t for t, _ in made.left_out} | set(draft.plan.triggers) | {"aud_table_contact"}
    assert {t for t in after if after[t] != scripted[t]} <= left
    assert sum(len(before[t] - scripted[t]) for t in before) > 50
    erased.engine.dispose()


def test_the_command_writes_a_script_and_says_what_is_not_in_it(embedded, efface, tmp_path):
    audit, plan, sql = (tmp_path / n for n in ("audit.json", "plan.json", "erase.sql"))
    reports.write(embedded.audit, audit)
    words = ("plan", "--db", embedded.url, audit, "--subject", mini.ANN)
    done = efface(*words, "-o", plan, "--sql", sql)
    assert done.exit_code == 0, done.stderr
    assert "not in this script: 1 row of contact_bkp (no key tells its rows apart)" in done.stderr
    assert sql.read_text().endswith("\nROLLBACK;\n")
    assert sql.stat().st_mode & 0o777 == 0o600
    answered = plan.read_text().replace('"answer": ""', '"answer": "erase"')
    plan.write_text(answered)
    assert efface(*words, "-o", plan).exit_code == 2
    done = efface(*words, "-o", plan, "--answers", plan, "--sql", sql)
    assert done.exit_code == 0, done.stderr
    assert "kept, review" not in sql.read_text()
    done = efface("erase", "--db", embedded.url, plan, "--journal", tmp_path / "j.jsonl")
    assert done.exit_code == 0, done.stderr


def test_a_stopped_erasure_gets_no_script(embedded, efface, tmp_path, monkeypatch):
    hard = replace(PACK, stops=tuple(replace(s, redact="stop") for s in PACK.stops))
    monkeypatch.setattr(rulebook, "pack", lambda _name: hard)
    audit, sql = tmp_path / "audit.json", tmp_path / "erase.sql"
    reports.write(embedded.audit, audit)
    words = ("plan", "--db", embedded.url, audit, "--subject", mini.ANN, "--sql", sql)
    assert efface(*words).exit_code == errors.Stopped.exit_code
    assert not sql.exists()


def test_scrubbed_cells_of_any_type_are_proved_by_what_stands_there(postgresql_url, tmp_path):
    """A list of texts, a number and a date that were to be scrubbed: before, and after an erasure."""
    mini.build(postgresql_url, trigger=False)
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        for statement in (
            "create table table_x_pref2 (objid integer primary key, tags text[], digits bigint not null, "
            "pref2contact bigint)",
            "insert into table_x_pref2 values "
            f"(1, '{{x,ann.lee@example.com}}', 15126105466, {mini.ANN})",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    choices = {f"table_x_pref2__{column}": "scrub" for column in ("tags", "digits")}
    erasure = Erasure(postgresql_url, tmp_path, **choices)
    plan, names = erasure.plan(), {f"public.table_x_pref2.{c}" for c in ("tags", "digits")}
    assert names <= prover.prove(erasure.engine, plan, PACK).left.keys()
    erasure.commit(plan)
    assert prover.prove(erasure.engine, plan, PACK, done=True).holds
    erasure.write("update table_x_pref2 set tags = '{x,Ann}', digits = 15126105466")
    assert prover.prove(erasure.engine, plan, PACK, done=True).left == dict.fromkeys(names, 1)
    erasure.engine.dispose()


# -- SQL Server and Oracle: as text -----------------------------------------------------------

EXPECTED = {
    "mssql": """\
UPDATE dbo.[order]
   SET mail = 'redacted-' + CAST(objid AS VARCHAR(40)) + '@erased.invalid',
       born = '1900-01-01 00:00:00'
 WHERE objid IN (1, 2);
IF @@ROWCOUNT <> 2 BEGIN; THROW 50000, 'step 1: not the planned 2 rows', 1; END;
UPDATE dbo.[order]
   SET [Note] = substring(CAST([Note] AS NVARCHAR(max)), 1, 9) + '[NAME]' + \
substring(CAST([Note] AS NVARCHAR(max)), 14, 6)
 WHERE objid = 3
   AND datalength(CAST([Note] AS NVARCHAR(max))) = 38
   AND substring(convert(VARCHAR(64), hashbytes('SHA2_256', \
substring(CAST([Note] AS NVARCHAR(max)), 1, 900) + @efface_key), 2), 1, 12) = 'ABCDEF012345';
IF @@ROWCOUNT <> 1 BEGIN; THROW 50000, 'step 2: not the planned 1 rows', 1; END;""",
    "oracle": """\
BEGIN
UPDATE dbo."order"
   SET mail = 'redacted-' || CAST(objid AS VARCHAR2(40 CHAR)) || '@erased.invalid',
       born = TO_DATE('1900-01-01 00:00:00', 'YYYY-MM-DD HH24:MI:SS')
 WHERE objid IN (1, 2);
IF SQL%ROWCOUNT <> 2 THEN
    RAISE_APPLICATION_ERROR(-20001, 'step 1: not the planned 2 rows');
END IF;
END;
/
BEGIN
UPDATE dbo."order"
   SET "Note" = substr("Note", 1, 9) || '[NAME]' || substr("Note", 14, 6)
 WHERE objid = 3
   AND length("Note") = 38
   AND substr(rawtohex(standard_hash(dbms_lob.substr("Note", 900, 1) || :efface_key, 'SHA256')), \
1, 12) = 'ABCDEF012345';
IF SQL%ROWCOUNT <> 1 THEN
    RAISE_APPLICATION_ERROR(-20001, 'step 2: not the planned 1 rows');
END IF;
END;
/""",
}
TONGUES = {"mssql": (mssql.dialect(), "tsql"), "oracle": (oracle.dialect(), "oracle")}


def order() -> Table:
    return Table(
        "order",
        MetaData(),
        Column("objid", BigInteger, unique=True),
        Column("Note", Text),
        Column("mail", String(80)),
        Column("born", DateTime, nullable=False),
        schema="dbo",
    )


def updates(text: str) -> list[str]:
    """Take the statements out of what only the client or PL/SQL understands."""
    return [s[s.index("UPDATE") :] for s in text.split(";") if "UPDATE" in s]


@pytest.mark.parametrize("name", EXPECTED)
def test_small_steps_are_written_for_servers_that_are_not_here(name):
    tongue, reads = TONGUES[name]
    writer = Writer.of(dialects.named(name), tongue)
    where = TableRef("dbo", "order")
    new = {"mail": Keyed("redacted-", "@erased.invalid"), "born": datetime(1900, 1, 1)}
    some = [Patch(where, (n,), {"objid": n}, new) for n in (1, 2)]
    pieces = {"Note": Cut(((0, 9), "[NAME]", (13, 19)))}
    guards = {"Note": Guard(38, "ABCDEF012345")}
    note = Patch(where, (3,), {"objid": 3}, pieces, guards)
    text = "\n".join(
        writer.step(n, order(), ["objid"], p) for n, p in enumerate((some, [note]), start=1)
    )
    assert text == EXPECTED[name]
    assert len([sqlglot.parse_one(u, read=reads) for u in updates(text)]) == 2


@pytest.mark.parametrize("name", EXPECTED)
def test_a_whole_script_for_them_parses(name, embedded):
    tongue, reads = TONGUES[name]
    writer = Writer.of(dialects.named(name), tongue)
    with planner.drafting(embedded.engine, PACK, embedded.audit, str(mini.ANN)) as (there, draft):
        made = [
            replace(p, guards={n: g and replace(g, digest="AB") for n, g in p.guards.items()})
            for *_, p in scripter.patches(there, draft, PACK, lambda _: "")
            if isinstance(p, Patch)
        ]
        text = scripter.written(writer, draft, PACK, made, {})
    assert "efface_key" in text
    assert text.endswith("\nROLLBACK;\n")
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    found = [sqlglot.parse_one(u, read=reads) for u in updates(bare)]
    assert len(found) == bare.count("UPDATE ") == text.count("-- step ")
    secret = bare[bare.index("SELECT") :].partition(";")[0].rstrip(")")
    assert "efface_key" not in sqlglot.parse_one(secret.split("INTO")[0], read=reads).sql()
    for canary in mini.CANARIES:
        assert canary not in text


# -- pieces of texts --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "new", "spans", "parts"),
    [
        ("to Ann.", "to [NAME].", [(3, 6)], ((0, 3), "[NAME]", (6, 7))),
        ("Ann Lee", "[NAME] [NAME]", [(0, 3), (4, 7)], ("[NAME]", (3, 4), "[NAME]")),
        ("x Ann", "x ***", [(2, 5)], ((0, 2), "***")),
        ("[NAME] Ann", "[NAME] [NAME-7]", [(7, 10)], ((0, 7), "[NAME-7]")),
        ("[5, 12]", '[5, "[PHONE]"]', [(4, 6)], ((0, 4), '"[PHONE]"', (6, 7))),
        ("Ann  ", "[NAME]", [(0, 3)], ("[NAME]",)),
    ],
)
def test_a_scrubbed_text_is_put_together_from_places(text, new, spans, parts):
    assert cut(text, new, [Span(a, b, "PERSON") for a, b in spans]) == Cut(parts)


@pytest.mark.parametrize("new", ["to Eve.", "to [NAME] and more", "[REDACTED]"])
def test_what_is_neither_placeholder_nor_place_is_never_written(new):
    assert not isinstance(cut("to Ann.", new, [Span(3, 6, "PERSON")]), Cut)


def test_an_unknown_database_gets_no_script():
    with pytest.raises(errors.Misconfigured):
        Writer.of(dialects.named("firebird"), mssql.dialect())


def test_texts_of_other_character_sets_are_recognised(mariadb_url, tmp_path):
    mini.build(mariadb_url, trigger=False)
    erasure = Erasure(mariadb_url, tmp_path, table_notes_log__description="scrub")
    for statement in (
        "alter table table_notes_log modify description text character set latin1",
        "alter table table_contact modify first_name varchar(30) collate utf8mb4_bin",
        "update table_notes_log set description = 'café: ann.lee@example.com' where objid = 2",
    ):
        erasure.write(statement)
    erasure.audit = mini.audit(mariadb_url)
    done = run(mariadb_url, committing(script(erasure).text), tmp_path)
    erasure.engine.dispose()
    assert done.returncode == 0, done.stderr
    assert "café: [EMAIL]" in mini.texts(mariadb_url)


def test_a_value_without_constants_leaves_its_row_out(embedded):
    writer = Writer.of(dialects.named("sqlite"), embedded.engine.dialect)
    with planner.drafting(embedded.engine, PACK, embedded.audit, str(mini.ANN)) as (_, draft):
        patch = Patch(TableRef("", "x_sms"), (1,), {"id": 1}, {"msisdn": 0, "body": "[R]"})
        assert writer.unwritable(draft, patch) == ""
        span = replace(patch, new={"body": timedelta()})
        assert "body cannot be written" in writer.unwritable(draft, span)


def test_a_type_that_is_not_known_leaves_its_row_out_and_is_told(embedded):
    writer = Writer.of(dialects.named("postgresql"), postgresql.dialect())
    with planner.drafting(embedded.engine, PACK, embedded.audit, str(mini.ANN)) as (_, draft):
        table_of(draft.schema, TableRef("", "x_sms")).c.body.type = NullType()
        patch = Patch(TableRef("", "x_sms"), (1,), {"id": 1}, {"body": Cut(("[NAME]", (3, 9)))})
        assert writer.unwritable(draft, patch) == "the new value of body cannot be written in SQL"
    told = pytest.raises(errors.DatabaseFailed, match="a column has a type that is not known")
    with told, failing(embedded.engine):
        raise CompileError("no literal for 'Ann Lee'")
