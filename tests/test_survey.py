"""The long pass comes before the short transaction, and nothing that changes in between is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import create_engine, event, exc, text

from scanner import errors, planner, surveyor
from scanner.database import dialect_of
from scanner.guards import safeguards
from scanner.plans import Basis
from scanner.subjects.acquaintance import Request
from tests import mini
from tests.erasing import PACK, Erasure

pytestmark = pytest.mark.no_cover
"""What these run is counted where test_erase.py runs it."""

NOTE = "insert into table_notes_log (objid, description, case_notes2case) values (77, '{}', {})"
BOBS_CASE, ANNS_CASE = 4, 1
MANY = 3000


@pytest.fixture
def still(live_url, tmp_path) -> Iterator[Erasure]:
    """The small CRM without a trigger: there a survey is all that is searched."""
    mini.build(live_url, trigger=False)
    made = Erasure(live_url, tmp_path)
    yield made
    made.engine.dispose()


def survey(erasure, *keys):
    basis = Basis.of(erasure.audit)
    requests = [Request(PACK, basis, key) for key in keys or (mini.ANN,)]
    made = surveyor.survey(erasure.engine, requests)
    assert made.mark
    assert len(made.spots) == len(requests)
    return made


CHANGES = {
    "a note that names the subject": NOTE.format("Call ANN LEE at ann.lee@example.com", BOBS_CASE),
    "a row of the subject's own": NOTE.format("nothing that names anybody", ANNS_CASE),
    "a note that was changed": "update table_notes_log set description = 'ann@home.example' "
    "where objid = 4",
    "a row that became the subject's own": "update table_notes_log set case_notes2case = 1, "
    "description = 'thanks, Ann' where objid = 4",
    "a row that is the subject's no longer": "update table_notes_log set case_notes2case = 4 "
    "where objid = 1",
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES.keys())
def test_what_changed_between_the_plan_and_the_transaction_refuses(still, statement):
    plan, seen = still.plan(), survey(still)
    still.write(statement)
    before = mini.dump(still.url)
    with pytest.raises(errors.Stale, match="plan again"):
        still.commit(plan, survey=seen)
    assert mini.dump(still.url) == before


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES.keys())
def test_what_changed_between_the_survey_and_the_plan_is_included(still, statement):
    seen = survey(still)
    still.write(statement)
    plan = still.plan()
    assert still.commit(plan, survey=seen).committed
    said = repr(mini.dump(still.url)).lower()
    assert "ann.lee@example.com" not in said
    assert "ann@home.example" not in said
    assert still.plan().empty


def test_a_row_that_others_made_the_subjects_own_without_touching_it_is_looked_at(still, tmp_path):
    still.write(
        "create table table_x_memo (objid integer primary key, x_said varchar(80), "
        "memo2case integer)"
    )
    still.write("insert into table_x_memo values (1, 'thanks, Ann', 3)")
    here = Erasure(still.url, tmp_path)
    seen = survey(here)
    here.write(f"update table_case set case_reporter2contact = {mini.ANN} where objid = 3")
    assert here.commit(here.plan(), survey=seen).committed
    assert mini.dump(here.url)["table_x_memo"] == [(1, "thanks, [NAME]", 3)]
    here.engine.dispose()


def test_a_survey_erases_what_a_search_inside_erases(still, tmp_path):
    plan = still.plan()
    one = still.run(plan)
    two = still.run(plan, survey=surveyor.Survey())
    three = still.run(plan, residue="full")
    for other in (two, three):
        assert (other.rows, other.cells, other.mentions) == (one.rows, one.cells, one.mentions)
        assert (other.residue, other.reviews) == (one.residue, one.reviews)


def test_one_survey_serves_several_subjects(still):
    seen = survey(still, mini.ANN, mini.BOB)
    for key in (mini.ANN, mini.BOB):
        assert still.commit(still.plan(key), survey=seen).committed
    said = repr(mini.dump(still.url))
    assert "ann.lee@example.com" not in said
    assert still.plan(mini.ANN).empty
    assert still.plan(mini.BOB).empty


def test_a_survey_of_somebody_else_is_not_believed(still):
    plan = still.plan()
    assert still.commit(plan, survey=survey(still, mini.BOB)).committed
    assert "ann.lee@example.com" not in repr(mini.dump(still.url))


def test_a_survey_before_the_schema_changed_is_not_believed(still):
    seen = survey(still)
    still.write("create table table_x_new (objid integer, said varchar(80))")
    still.write("insert into table_x_new values (1, 'ann.lee@example.com')")
    changed = Erasure(still.url, still.journal.path.parent)
    assert changed.commit(changed.plan(), survey=seen).committed
    assert "ann.lee@example.com" not in repr(mini.dump(still.url))
    changed.engine.dispose()


def test_what_is_left_outside_the_plan_stops_a_commit_by_its_spot_alone(still, monkeypatch):
    """Residue looks at all that the survey saw, whatever was planned."""
    plan, seen = still.plan(), survey(still)
    rewrite = "scanner.executor.erasure.rewrite"
    monkeypatch.setattr(rewrite, lambda *_, **__: None)
    with pytest.raises(errors.Residue, match="table_contact"):
        still.commit(plan, survey=seen)


def test_a_subject_that_is_not_there_does_not_spoil_the_survey_of_others(still):
    requests = [Request(PACK, Basis.of(still.audit), key) for key in (mini.ANN, 5)]
    assert [key for _, key in surveyor.survey(still.engine, requests).spots] == [mini.ANN]


# -- how much is read inside --------------------------------------------------------------------


class Counted:
    """Counts the rows that a driver's cursors give."""

    rows = 0

    def fetchone(self):
        row = super().fetchone()
        Counted.rows += row is not None
        return row

    def fetchmany(self, *size):
        rows = super().fetchmany(*size)
        Counted.rows += len(rows)
        return rows

    def fetchall(self):
        rows = super().fetchall()
        Counted.rows += len(rows)
        return rows


class SQLiteCursor(Counted, sqlite3.Cursor):
    pass


class SQLiteConnection(sqlite3.Connection):
    def cursor(self, factory=SQLiteCursor):
        return super().cursor(factory)


class PostgresCursor(Counted, psycopg.Cursor):
    pass


class PostgresStream(Counted, psycopg.ServerCursor):
    pass


@contextmanager
def counting(engine) -> Iterator[None]:
    """Count what comes from the driver."""

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect, _record, _words, named):
        if engine.dialect.name == "sqlite":
            named["factory"] = SQLiteConnection
        else:
            named["cursor_factory"] = PostgresCursor

    @event.listens_for(engine, "connect")
    def _connected(driver, _record):
        if engine.dialect.name != "sqlite":
            driver.server_cursor_factory = PostgresStream

    engine.dispose()
    yield
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_transaction_of_a_big_database_reads_few_rows(request, tmp_path, kind):
    url = request.getfixturevalue(f"{kind}_url")
    mini.build(url, trigger=False)
    big = Erasure(url, tmp_path)
    _fill(big)
    plan = big.plan()
    with counting(big.engine):
        Counted.rows = 0
        seen = survey(big)
        assert Counted.rows > MANY
        Counted.rows = 0
        assert big.run(plan, survey=seen).rows
        assert 0 < Counted.rows < MANY / 2
        seen = survey(big)  # the run before may have used the first one up
        Counted.rows = 0
        assert big.run(plan, survey=seen, residue="full").rows
        assert Counted.rows > MANY
    big.engine.dispose()


def _fill(erasure):
    engine = create_engine(erasure.url)
    with engine.begin() as connection:
        connection.execute(
            text("insert into table_notes_log (objid, description) values (:n, :said)"),
            [{"n": n, "said": f"the router of room {n} is back"} for n in range(1000, 1000 + MANY)],
        )
    if engine.dialect.name == "postgresql":
        _alone(engine)
    engine.dispose()


def _alone(engine):
    """Wait for who was writing elsewhere on the server meanwhile: it makes all rows look new."""
    oldest = text("select txid_snapshot_xmin(txid_current_snapshot())")
    with engine.connect() as connection:
        mine = connection.scalar(text("select txid_current()"))
        connection.commit()
        for _ in range(600):
            if connection.scalar(oldest) > mine:
                break
            connection.commit()
            connection.execute(text("select pg_sleep(0.1)"))


# -- MariaDB: who writes to tables of which not all was read --------------------------------------


@pytest.fixture
def mariadb(mariadb_url, tmp_path) -> Iterator[Erasure]:
    mini.build(mariadb_url, trigger=False)
    made = Erasure(mariadb_url, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def idle(mariadb, monkeypatch) -> Erasure:
    """Let its tables count as idle once a second has passed: they have just been filled."""
    monkeypatch.setattr("scanner.dialects.mysql.Dialect.idle_seconds", 1)
    tick(mariadb)
    return mariadb


def tick(erasure):
    """Let the server's clock, which counts seconds, go on."""
    with erasure.engine.connect() as connection:
        connection.execute(text("select sleep(2)"))


def changed(erasure, mark):
    with erasure.engine.connect() as connection:
        tables = list(planner.reflect(connection).tables.values())
        return {t.name for t in dialect_of(connection).since(connection, mark, tables)}


def test_on_mariadb_tables_that_were_just_written_to_are_searched_again(mariadb):
    assert changed(mariadb, survey(mariadb).mark) == mini.schema().tables.keys()


def test_on_mariadb_only_tables_that_were_written_to_are_searched_again(idle):
    """One that was never written to has no time: that nothing is known of it is no proof."""
    seen = survey(idle)
    assert changed(idle, seen.mark) == {"aud_table_contact"}
    idle.write(NOTE.format("ask ann.lee@example.com", BOBS_CASE))
    assert changed(idle, seen.mark) == {"aud_table_contact", "table_notes_log"}
    assert idle.commit(idle.plan(), survey=seen).committed
    assert "ann.lee@example.com" not in repr(mini.dump(idle.url))


ELSEWHERE = "update table_condition set title = '{}' where objid = 2"


@pytest.mark.parametrize(("said", "refused"), [("ask ann.lee@example.com", True), ("Shut", False)])
def test_on_mariadb_what_others_write_to_a_table_that_was_not_read_is_seen(
    idle, monkeypatch, said, refused
):
    plan, seen = idle.plan(), survey(idle)
    unchanged = safeguards.unchanged

    def late(*words):
        idle.write(ELSEWHERE.format(said))
        return unchanged(*words)

    monkeypatch.setattr(safeguards, "unchanged", late)
    if refused:
        with pytest.raises(errors.Stale, match="table_condition"):
            idle.commit(plan, survey=seen)
    else:
        assert idle.commit(plan, survey=seen).committed
    assert said in repr(mini.dump(idle.url)["table_condition"])


@pytest.mark.parametrize("where", [ELSEWHERE.format("Shut"), NOTE.format("Shut", BOBS_CASE)])
def test_on_mariadb_others_are_kept_out_of_all_tables_right_before_the_commit(
    idle, monkeypatch, where
):
    plan, seen, told = idle.plan(), survey(idle), []
    append = type(idle.journal).append

    def write(journal, event_, *words):
        if event_ == "intent":
            engine = create_engine(idle.url)
            with engine.connect() as connection:
                connection.execute(text("set innodb_lock_wait_timeout = 1, lock_wait_timeout = 1"))
                try:
                    connection.execute(text(where))
                except exc.OperationalError:
                    told.append("waited")
            engine.dispose()
        return append(journal, event_, *words)

    monkeypatch.setattr(type(idle.journal), "append", write)
    assert idle.commit(plan, survey=seen).committed
    assert told == ["waited"]
    idle.write(where)  # and let in again afterwards


class Beside:
    """Writes to a table in which nothing of the subject is known."""

    tables = frozenset({"table_condition"})

    def write(self, connection, _receipt):
        connection.execute(text("update table_condition set title = 'Noted' where objid = 1"))


def test_on_mariadb_what_is_written_to_beside_an_erasure_is_read_and_closed_to_others(
    idle, monkeypatch
):
    plan, seen, told = idle.plan(), survey(idle), []
    unchanged = safeguards.unchanged

    def late(*words):
        engine = create_engine(idle.url)
        with engine.connect() as connection:
            connection.execute(text("set innodb_lock_wait_timeout = 1"))
            with pytest.raises(exc.OperationalError) as caught:
                connection.execute(text(ELSEWHERE.format("ask ann.lee@example.com")))
            told.append(caught.value.orig.args[0])
        engine.dispose()
        return unchanged(*words)

    monkeypatch.setattr(safeguards, "unchanged", late)
    assert idle.commit(plan, survey=seen, alongside=Beside()).committed
    assert told == [1205]
    assert "Noted" in repr(mini.dump(idle.url)["table_condition"])
