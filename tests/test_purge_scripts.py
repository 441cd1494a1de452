"""What `plan --sql` writes of a purge deletes what `erase` deletes, and holds nobody's data."""

import re
import shutil

import pytest
import sqlglot
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite

from scanner import demo, dialects, errors, planner, scripter
from scanner.scripter import Writer
from tests import mini, purging
from tests.erasing import PACK, Erasure
from tests.purging import Purging
from tests.test_scripts import by_key, committing, run

TONGUES = {
    "sqlite": (sqlite.dialect(), "sqlite"),
    "postgresql": (postgresql.dialect(), "postgres"),
    "mysql": (mysql.dialect(), "mysql"),
    "mssql": (mssql.dialect(), "tsql"),
    "oracle": (oracle.dialect(), "oracle"),
}


def build(url: str) -> None:
    """Make the database of the purge's tests without triggers, which no script follows."""
    engine = create_engine(dialects.named(make_url(url).get_backend_name()).url(make_url(url)))
    with engine.begin() as connection:
        quoted = connection.dialect.identifier_preparer.quote
        for table in inspect(connection).get_table_names():
            connection.execute(text(f"drop table {quoted(table)}"))
    engine.dispose()
    mini.build(url, trigger=False)
    purging.write(url, purging.MORE)


@pytest.fixture
def prepared(live_url, tmp_path):
    build(live_url)
    made = Purging(live_url, tmp_path)
    yield made
    made.engine.dispose()


def script(made, key=mini.ANN, directives=()) -> scripter.Script:
    names = tuple(map(str, directives)) or ("purge_case", made.contact)
    with planner.drafting(
        made.engine, PACK, made.audit, str(key), method="purge", directives=names
    ) as (connection, draft):
        return scripter.script(connection, draft, PACK)


def test_a_script_of_a_purge_leaves_what_the_program_leaves(prepared, tmp_path):
    before = by_key(prepared.url)
    made = script(prepared)
    assert not made.left_out
    receipt = prepared.commit(prepared.plan())
    erased = by_key(prepared.url)
    build(prepared.url)
    assert by_key(prepared.url) == before
    done = run(prepared.url, made.text, tmp_path)
    assert done.returncode == 0, done.stderr
    assert by_key(prepared.url) == before
    done = run(prepared.url, committing(made.text), tmp_path)
    assert done.returncode == 0, done.stderr
    assert by_key(prepared.url) == erased
    gone = sum(receipt.deleted.values())
    assert gone > 10
    assert f"Deletes:  {gone} rows of {len(receipt.deleted)} tables" in made.text


def test_a_row_that_is_redacted_and_cut_counts_once(prepared):
    made = script(prepared)
    where = r"UPDATE (\S+)\n.*?\n WHERE objid (?:= |IN \()([\d, ]+)"
    steps = re.findall(where, made.text, re.DOTALL)
    rows = {(table, key) for table, keys in steps for key in keys.split(", ")}
    (said,) = re.findall(r"Changes:  (\d+) rows", made.text)
    assert int(said) == len(rows) > 3


def test_a_script_of_a_purge_holds_what_no_cell_holds(prepared):
    told = script(prepared).text
    for canary in (*mini.CANARIES, "Bob", "Ray"):
        assert canary not in re.sub(r"\bannotat\w*", "", told), canary


@pytest.mark.parametrize(
    "statement",
    [
        "insert into contact_bkp (objid) select objid from table_contact where objid = {ann}",
        "delete from table_e_addr where eaddr2contact = {ann}",
        "update table_case set alt_contact2contact = null where alt_contact2contact = {ann}",
    ],
)
def test_a_row_that_came_or_went_meanwhile_stops_a_script_of_a_purge(prepared, tmp_path, statement):
    """A cut of what is cut already changes no row on MariaDB, one on the others."""
    made = script(prepared)
    prepared.write(statement.format(ann=mini.ANN))
    before = by_key(prepared.url)
    done = run(prepared.url, committing(made.text), tmp_path)
    if "update" not in statement:
        assert done.returncode != 0
        assert by_key(prepared.url) == before


def test_rows_whose_keys_may_be_names_are_purged_by_the_program_only(
    sqlite_url, tmp_path, monkeypatch
):
    monkeypatch.setitem(mini.CUSTOM, ("x_nick", "nick"), ("direct", "USERNAME"))
    purging.build(sqlite_url)
    purging.write(
        sqlite_url,
        "create table x_nick (nick varchar(40) primary key, nick2contact bigint);\n"
        f"insert into x_nick values ('annlee77', {mini.ANN})",
    )
    made = Purging(sqlite_url, tmp_path)
    (tmp_path / "nick.toml").write_text(
        '[directive]\nextends = "contact.toml"\n'
        'follow = ["x_nick.nick2contact -> table_contact"]\n'.replace(
            "contact.toml", str(tmp_path / "contact.toml")
        )
    )
    with pytest.raises(errors.Misconfigured, match="rows of x_nick have keys that may say who"):
        script(made, directives=("purge_case", tmp_path / "nick.toml"))
    made.engine.dispose()


QUIET = """
update table_condition set title = 'Closed' where title like 'Open%';
update table_purchase_ord set po_date = '2001-01-01 00:00:00';
delete from table_alert
"""
"""Nothing that would stop a purge."""


@pytest.fixture(scope="module")
def headquarters(tmp_path_factory):
    """A small demo with directives that fit it, and the contact with the most cases."""
    folder = tmp_path_factory.mktemp("hq")
    url = f"sqlite:///{folder / 'demo.sqlite'}"
    demo.create(url, cases=20, contacts=16)
    purging.write(url, QUIET)
    from click.testing import CliRunner

    import reports
    from scanner.cli import main

    made = Erasure(url, folder, table_case__case_history="scrub")
    reports.write(made.audit, folder / "audit.json")
    for name in ("purge_case", "purge_contact"):
        words = ["rules", name, "--generate", "--db", url, "--audit", str(folder / "audit.json")]
        (folder / f"{name}.toml").write_text(CliRunner().invoke(main, words).stdout)
    with made.engine.connect() as connection:
        most = "select case_reporter2contact from table_case group by 1 order by count(*) desc"
        key = int(connection.exec_driver_sql(most).scalar())
    yield made, key, [folder / "purge_case.toml", folder / "purge_contact.toml"]
    made.engine.dispose()


def test_the_demo_is_purged_alike_by_script_and_program(headquarters, tmp_path):
    made, key, directives = headquarters
    folder = directives[0].parent
    shutil.copy(folder / "demo.sqlite", tmp_path / "scripted.sqlite")
    shutil.copy(folder / "demo.sqlite", tmp_path / "purged.sqlite")
    url = f"sqlite:///{tmp_path / 'scripted.sqlite'}"
    purged = Erasure(
        f"sqlite:///{tmp_path / 'purged.sqlite'}", tmp_path, table_case__case_history="scrub"
    )
    written = script(made, key, directives)
    names = tuple(map(str, directives))
    plan = planner.plan(
        purged.engine, PACK, purged.audit, str(key), method="purge", directives=names
    )
    purged.commit(plan)
    done = run(url, committing(written.text), tmp_path)
    assert done.returncode == 0, done.stderr
    after, scripted = by_key(purged.url), by_key(url)
    left = {t for t, _ in written.left_out} | {"aud_table_contact"}
    assert {t for t in after if after[t] != scripted[t]} <= left
    purged.engine.dispose()


@pytest.mark.parametrize("name", TONGUES)
def test_every_statement_of_a_script_of_a_purge_parses(headquarters, monkeypatch, name):
    made, key, directives = headquarters
    tongue, grammar = TONGUES[name]
    monkeypatch.setattr(Writer, "of", classmethod(lambda cls, *_: writer(name, tongue)))
    told = script(made, key, directives).text
    assert max(map(len, told.splitlines())) < 2500  # SQL*Plus takes no more
    statements = [s[s.index("DELETE") :] for s in told.split(";") if "DELETE FROM" in s]
    assert len(statements) > 20
    for one in statements:
        one = one.partition("\nRETURNING 1)")[0]
        assert isinstance(sqlglot.parse_one(one, dialect=grammar), sqlglot.exp.Delete), one


def writer(name, tongue) -> Writer:
    from scanner import rulebook

    dialect = dialects.named(name)
    return Writer(dialect, type(tongue)(paramstyle="named"), rulebook.load_script(dialect.script))
