"""What others write while a subject is erased: nothing of theirs is lost, and no name stays behind."""

import contextlib
import threading
import time

import pytest
from sqlalchemy import create_engine, exc, text

from scanner import errors
from scanner.dialects import _words
from scanner.guards import newcomers, safeguards
from tests import mini
from tests.erasing import Erasure

NOTE = "insert into table_notes_log (objid, description, case_notes2case) values (77, '{}', {})"
BOBS_CASE, ANNS_CASE = 4, 1


@pytest.fixture
def postgresql(postgresql_url, tmp_path):
    mini.build(postgresql_url)
    made = Erasure(postgresql_url, tmp_path)
    yield made
    made.engine.dispose()


def meanwhile(monkeypatch, work):
    """Let ``work`` happen when all is written and checked, before the commit."""
    unchanged = safeguards.unchanged

    def late(*words):
        work()
        return unchanged(*words)

    monkeypatch.setattr(safeguards, "unchanged", late)


@pytest.mark.parametrize(
    "statement",
    [
        NOTE.format("Call Ann Lee back at ann.lee@example.com", BOBS_CASE),
        NOTE.format("nothing that names anybody", ANNS_CASE),
        "update table_notes_log set description = 'mail ANN@HOME.EXAMPLE' where objid = 4",
    ],
    ids=["a mention elsewhere", "a row of the subject's own", "a row that was changed"],
)
def test_what_was_committed_about_the_subject_meanwhile_refuses(postgresql, monkeypatch, statement):
    plan = postgresql.plan()
    before = mini.dump(postgresql.url)
    meanwhile(monkeypatch, lambda: postgresql.write(statement))
    with pytest.raises((errors.Stale, errors.DatabaseFailed), match="plan again"):
        postgresql.commit(plan)
    after = mini.dump(postgresql.url)
    assert {t: rows for t, rows in after.items() if t != "table_notes_log"} == {
        t: rows for t, rows in before.items() if t != "table_notes_log"
    }
    assert after["table_notes_log"] != before["table_notes_log"]  # theirs is not lost
    assert postgresql.journal.read() == ()
    monkeypatch.undo()
    assert postgresql.commit(postgresql.plan()).committed
    assert "ann.lee@example.com" not in repr(mini.dump(postgresql.url)).lower()


def test_what_was_committed_about_others_meanwhile_stays(postgresql, monkeypatch):
    plan = postgresql.plan()
    meanwhile(monkeypatch, lambda: postgresql.write(NOTE.format("Router is back", BOBS_CASE)))
    assert postgresql.commit(plan).committed
    assert "Router is back" in repr(mini.dump(postgresql.url)["table_notes_log"])


def test_a_savepoint_of_others_hides_nothing(postgresql, monkeypatch):
    """A row written under a savepoint carries a transaction of its own, older than our snapshot."""
    plan = postgresql.plan()
    engine = create_engine(postgresql.url)
    connection = engine.connect()
    work = connection.begin()
    with connection.begin_nested():
        connection.execute(text(NOTE.format("ask ann.lee@example.com", BOBS_CASE)))
    meanwhile(monkeypatch, work.commit)
    with pytest.raises(errors.Stale, match="table_notes_log"):
        postgresql.commit(plan)
    connection.close()
    engine.dispose()


def test_who_does_not_stop_writing_refuses(postgresql, monkeypatch):
    monkeypatch.setattr("scanner.guards.newcomers.LOCK_SECONDS", 0.5)
    plan, before = postgresql.plan(), mini.dump(postgresql.url)
    engine = create_engine(postgresql.url)
    connection = engine.connect()
    work = connection.begin()
    connection.execute(text(NOTE.format("not committed yet", BOBS_CASE)))
    with pytest.raises(errors.DatabaseFailed, match="locked by another program"):
        postgresql.commit(plan)
    work.rollback()
    connection.close()
    engine.dispose()
    assert mini.dump(postgresql.url) == before


def test_who_waits_for_our_rows_goes_on_afterwards(postgresql, monkeypatch):
    """Their update waits for our commit, or we give way: it is never a deadlock that they lose."""
    monkeypatch.setattr("scanner.guards.newcomers.LOCK_SECONDS", 1)
    plan, told = postgresql.plan(), []

    def change():
        try:
            postgresql.write(
                "update table_contact set last_name = last_name where objid = 268435457"
            )
            told.append("changed")
        except exc.DBAPIError as error:
            told.append(type(error).__name__)

    other = threading.Thread(target=change)

    def begin():
        other.start()
        time.sleep(0.3)

    meanwhile(monkeypatch, begin)
    with contextlib.suppress(errors.DatabaseFailed):
        postgresql.commit(plan)
    other.join()
    assert told == ["changed"]


def test_mariadb_keeps_writers_out(mariadb_url, tmp_path, monkeypatch):
    mini.build(mariadb_url)
    erasure = Erasure(mariadb_url, tmp_path)
    plan, refused = erasure.plan(), []

    def write():
        engine = create_engine(mariadb_url)
        with engine.connect() as connection:
            connection.execute(text("set innodb_lock_wait_timeout = 1"))
            try:
                connection.execute(text(NOTE.format("ask ann.lee@example.com", BOBS_CASE)))
            except exc.OperationalError:
                refused.append(True)
        engine.dispose()

    meanwhile(monkeypatch, write)
    assert erasure.commit(plan).committed
    assert refused
    erasure.engine.dispose()


SEEN = {
    "nothing happened": ("10:10:", "10:10:", False),
    "we and others work": ("10:12:10,11", "10:15:10,11,12,13,14", False),
    "one that we saw at work has ended": ("10:12:10,11", "10:13:10,12", True),
    "the oldest has ended": ("10:12:10", "12:13:12", True),
    "one that began later has ended": ("10:10:", "10:13:10,12", True),
    "very many began": ("10:10:", "10:90000:10", True),
}


@pytest.mark.parametrize(("before", "now", "ended"), SEEN.values(), ids=SEEN.keys())
def test_whether_others_may_have_committed_is_read_from_snapshots(before, now, ended):
    assert _words.ended(before, now) is ended


@pytest.mark.parametrize("committed", [True, False])
def test_others_are_looked_for_unless_nobody_can_have_committed(postgresql, monkeypatch, committed):
    plan, told = postgresql.plan(), []
    found = newcomers._found
    monkeypatch.setattr(newcomers, "_found", lambda *words: told.append(True) or found(*words))
    monkeypatch.setattr(_words, "ended", lambda *_words: committed)
    assert postgresql.commit(plan).committed
    assert bool(told) is committed
