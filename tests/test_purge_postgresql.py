"""What fails in the middle of a pipeline of statements is one sentence, and nothing is changed."""

import os
import socket
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, create_engine, delete, text

from scanner import errors
from scanner.database import dialect_of
from scanner.executor import batches, transaction
from tests import mini, purging
from tests.purging import Purging

FIRST = purging.FIRST


@pytest.fixture
def made(postgresql_url, tmp_path):
    purging.build(postgresql_url, trigger=False)
    purging.crowd(postgresql_url, 3)
    purged = Purging(postgresql_url, tmp_path)
    yield purged
    purged.engine.dispose()


def one(made):
    plan = made.plan(FIRST)
    return lambda: made.commit(plan)


def many(made):
    plan = made.many([FIRST, FIRST + 1], batch=1)
    return lambda: made.purge(plan)


@pytest.fixture(params=[one, many])
def purge(request, made):
    """A purge of one contact or of many that is planned, and only to be carried out."""
    return request.param(made)


def failed(made, purge, words):
    before = mini.dump(made.url)
    with pytest.raises(errors.DatabaseFailed, match=words) as caught:
        purge()
    assert caught.value.exit_code == 4
    assert "nothing was changed" in str(caught.value)
    assert not any(v in str(caught.value) for v in ("Quil", "Vosk", "crowd.example", str(FIRST)))
    assert mini.dump(made.url) == before
    assert made.journal.open_intents() == ()
    assert {e.event for e in made.journal.read()} <= {"basis"}


@contextmanager
def locked(made):
    """Keep a row that goes in the middle, as somebody else who is looking at it."""
    engine = create_engine(made.url)
    with engine.connect() as connection:
        query = text("select 1 from table_case where case_reporter2contact = :k for key share")
        connection.execute(query, {"k": FIRST})
        yield
        connection.rollback()
    engine.dispose()


@contextmanager
def struck(made, what):
    """Do something to the session that waits for a row, as soon as it does."""
    engine = create_engine(made.url, isolation_level="AUTOCOMMIT")
    waiting = (
        f"select {what}(pid) from pg_stat_activity where datname = current_database() "
        "and wait_event_type = 'Lock' and query ilike 'delete%'"
    )

    def strike():
        with engine.connect() as connection:
            end = time.monotonic() + 20
            while not connection.scalar(text(waiting)) and time.monotonic() < end:
                time.sleep(0.02)

    striker = threading.Thread(target=strike)
    with locked(made):
        striker.start()
        yield
        striker.join()
    engine.dispose()


def test_a_foreign_key_that_no_directive_knows(made, purge):
    """Of two columns, as directives follow and cut keys of one."""
    made.write("create unique index ind_wide on table_case (objid, id_number)")
    made.write(
        "create table x_wide (a bigint, b varchar(30), "
        "foreign key (a, b) references table_case (objid, id_number))"
    )
    made.write("insert into x_wide values (100000, 'Q100000')")
    made.engine.dispose()
    again = Purging(made.url, made.folder)
    work = (many if "many" in purge.__qualname__ else one)(again)
    failed(again, work, "a foreign key that was not reckoned with refers to a row")
    again.engine.dispose()


def test_a_row_that_somebody_locks(made, purge, monkeypatch):
    monkeypatch.setattr(transaction, "LOCK_SECONDS", 1)
    monkeypatch.setattr(batches, "LOCK_SECONDS", 1)
    with locked(made):
        failed(made, purge, "rows are locked by another program: try again")
    purge()  # and then it goes on
    assert FIRST not in {row[0] for row in mini.dump(made.url)["table_contact"]}


def test_a_statement_that_somebody_cancels(made, purge):
    with struck(made, "pg_cancel_backend"):
        failed(made, purge, "a statement took longer than its time limit, or was cancelled")
    purge()


def test_a_connection_that_is_lost(made, purge):
    with struck(made, "pg_terminate_backend"):
        failed(
            made,
            purge,
            "the server shut the connection down|the connection to the database was lost",
        )
    purge()


def _cut_off(made):
    """Send a statement, and cut the wire before its answer is asked for."""
    table = Table("table_x_pref", MetaData(), Column("objid", BigInteger))

    def sent(connection):
        yield delete(table)
        wire = socket.socket(fileno=os.dup(connection.connection.dbapi_connection.fileno()))
        wire.shutdown(socket.SHUT_RDWR)
        wire.close()

    with transaction.writing(made.engine) as (connection, keep):
        list(dialect_of(connection).carry_out(connection, sent(connection)))
        keep()


def test_a_connection_that_ends_without_a_word(made):
    failed(made, lambda: _cut_off(made), "the connection to the database was lost")


def test_a_statement_that_fails_is_not_taken_for_done_when_others_follow_it(made, purge):
    """A trigger that refuses one table's rows: what was sent behind it counts for nothing."""
    made.write(
        "create function no() returns trigger as $$ begin raise exception 'Quil'; end $$ language plpgsql"
    )
    made.write(
        "create trigger no before delete on table_notes_log for each row execute function no()"
    )
    again = Purging(made.url, made.folder)
    work = (many if "many" in purge.__qualname__ else one)(again)
    failed(again, work, "the database failed .*code P0001")
    again.engine.dispose()
