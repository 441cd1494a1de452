"""Whatever fails, and whenever: the database is as before or as after, and the journal agrees."""

import shutil
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import create_engine, event, exc, text

from scanner import errors, planner, rulebook
from scanner.database import connect, reading, reason, reflect
from scanner.executor import execute
from scanner.journal import Journal
from tests import mini
from tests.erasing import Erasure

PACK = rulebook.pack("clarify")
NOW = "2026-01-01T00:00:00+00:00"


def make(url, folder):
    engine = connect(url)
    plan = planner.plan(engine, PACK, mini.audit(url), str(mini.ANN))
    return engine, plan, Journal(folder / "journal.jsonl")


def commit(engine, plan, journal):
    return execute(engine, plan, PACK, journal=journal, commit=True, confirm=str(mini.ANN))


def settle(url, journal):
    """Ask the database, as ``efface log --check --db`` does."""
    engine = connect(url)
    with reading(engine) as connection:
        journal.settle(connection, reflect(connection), NOW)
    engine.dispose()
    done = [e for e in journal.read() if e.event == "done"]
    assert journal.open_intents() == ()
    return bool(done)


def statements(engine, plan, journal):
    """List the statements of an erasure by running it."""
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement.split()[0].upper())

    event.listen(engine, "before_cursor_execute", note)
    commit(engine, plan, journal)
    event.remove(engine, "before_cursor_execute", note)
    return seen


def test_a_failure_at_any_statement_leaves_the_database_as_before_or_as_after(sqlite_url, tmp_path):
    """Every write and every third read from the first write on; every tenth statement before."""
    mini.build(sqlite_url)
    source = sqlite_url.removeprefix("sqlite:///")
    before = mini.dump(sqlite_url)
    _, plan, _ = make(sqlite_url, tmp_path)

    def copy(name):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(source, folder / "test.sqlite")
        return folder, f"sqlite:///{folder / 'test.sqlite'}"

    folder, url = copy("whole")
    seen = statements(connect(url), plan, Journal(folder / "journal.jsonl"))
    after = mini.dump(url)
    first = seen.index("UPDATE")
    assert seen.count("UPDATE") > 10
    late = [n for n in range(first, len(seen)) if seen[n] == "UPDATE" or n % 3 == 0]
    for number in [*range(0, first, 10), *late, len(seen) - 1]:
        folder, url = copy(str(number))
        journal = Journal(folder / "journal.jsonl")
        engine = connect(url)
        failed = _failing(engine, plan, journal, number)
        engine.dispose()
        now = mini.dump(url)
        assert now == (before if failed else after)
        assert settle(url, journal) is not failed
        shutil.rmtree(folder)


def _failing(engine, plan, journal, number):
    """Run an erasure whose statement ``number`` fails; say whether the erasure did."""
    count = 0

    def fail(*_args):
        nonlocal count
        if count == number:
            count += 1
            raise exc.OperationalError("the canary Ann Lee", {}, Exception("Ann Lee"))
        count += 1

    event.listen(engine, "before_cursor_execute", fail)
    raised = None
    try:
        commit(engine, plan, journal)
    except (errors.DatabaseFailed, errors.Refused) as error:
        raised = error
    assert "Ann" not in str(raised)
    return raised is not None


KILLED = """
import os, sys
from sqlalchemy import event
from pathlib import Path
from scanner.database import connect
from scanner import rulebook
from scanner.executor import execute
from scanner.journal import Journal
from scanner.plans import Plan
url, folder, limit = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
engine = connect(url)
count = 0
def die(*_):
    global count
    count += 1
    if count == limit:
        os.kill(os.getpid(), 9)
event.listen(engine, "before_cursor_execute", die)
event.listen(engine, "commit", die)
plan = Plan.from_json((folder / "plan.json").read_text())
pack = rulebook.pack("clarify")
journal = Journal(folder / "journal.jsonl")
if limit < 0:
    append = Journal.append
    def last(self, kind, *more):
        if kind == ("intent" if limit == -1 else "done"):
            if limit == -1:
                append(self, kind, *more)
            os.kill(os.getpid(), 9)
        return append(self, kind, *more)
    Journal.append = last
execute(engine, plan, pack, journal=journal, commit=True, confirm=str(plan.subject[1]))
"""


def killed(url, folder, limit):
    command = [sys.executable, "-c", KILLED, url, str(folder), str(limit)]
    return subprocess.run(command, capture_output=True, check=False, timeout=120).returncode


@pytest.mark.parametrize("limit", [5, 40, 75, 85, 90, 95, 100, 105, 110, 120, 140, 160, -1, -2])
def test_a_process_killed_at_any_statement_leaves_before_or_after(sqlite_url, tmp_path, limit):
    mini.build(sqlite_url)
    _killed(sqlite_url, tmp_path, limit)


@pytest.mark.parametrize("limit", [60, 90, 120, 150, -1, -2])
@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_killed_process_leaves_a_server_before_or_after(request, tmp_path, kind, limit):
    url = request.getfixturevalue(f"{kind}_url")
    mini.build(url)
    _killed(url, tmp_path, limit)


def _killed(url, folder, limit):
    before = mini.dump(url)
    engine, plan, journal = make(url, folder)
    engine.dispose()
    (folder / "plan.json").write_text(plan.to_json())
    status = killed(url, folder, limit)
    now = _settled_dump(url, before)
    done = settle(url, journal)
    if status == 0 or limit == -2:
        assert now != before
        assert done
        assert "ann.lee@example.com" not in repr(now)
    else:
        assert status == -signal.SIGKILL
        assert now == before
        assert not done
    if not done:
        engine = connect(url)
        assert commit(engine, plan, journal).committed
        engine.dispose()


def _settled_dump(url, before):
    """Read what a server has once it noticed that its client is gone."""
    for _ in range(20):
        now = mini.dump(url)
        if now == before or not url.startswith("postgresql"):
            return now
        time.sleep(0.1)
    return now


def test_a_lock_held_by_another_program_refuses_in_a_sentence(sqlite_url, tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.executor.LOCK_SECONDS", 1)
    mini.build(sqlite_url)
    engine, plan, journal = make(sqlite_url, tmp_path)
    other = create_engine(sqlite_url, isolation_level=None).raw_connection()
    other.execute("begin exclusive") if hasattr(other, "execute") else other.cursor().execute(
        "begin exclusive"
    )
    with pytest.raises(errors.DatabaseFailed, match="locked"):
        commit(engine, plan, journal)
    other.cursor().execute("rollback")
    other.close()
    assert commit(engine, plan, journal).committed
    engine.dispose()


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_row_locked_by_another_session_refuses_and_is_not_lost(
    request, tmp_path, kind, monkeypatch
):
    monkeypatch.setattr("scanner.executor.LOCK_SECONDS", 1)
    url = request.getfixturevalue(f"{kind}_url")
    mini.build(url)
    engine, plan, journal = make(url, tmp_path)
    other = create_engine(url)
    with other.connect() as held:
        held.exec_driver_sql("update table_notes_log set description = 'changed' where objid = 1")
        with pytest.raises(errors.DatabaseFailed):
            commit(engine, plan, journal)
        held.commit()
    other.dispose()
    assert {r[0]: r[1] for r in mini.dump(url)["table_notes_log"]}[1] == "changed"
    engine.dispose()


def test_a_journal_that_cannot_be_written_refuses(sqlite_url, tmp_path):
    mini.build(sqlite_url)
    before = mini.dump(sqlite_url)
    engine, plan, _ = make(sqlite_url, tmp_path)
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(errors.EffaceError, match="journal"):
        commit(engine, plan, Journal(tmp_path / "file" / "journal.jsonl"))
    assert mini.dump(sqlite_url) == before
    engine.dispose()


def test_a_lock_is_not_waited_for_longer_than_asked(sqlite_url, monkeypatch, tmp_path):
    monkeypatch.setattr("scanner.executor.LOCK_SECONDS", 1)
    mini.build(sqlite_url)
    erasure = Erasure(sqlite_url, tmp_path)
    plan = erasure.plan()
    other = create_engine(sqlite_url, isolation_level=None).raw_connection()
    other.cursor().execute("begin exclusive")
    begun = time.monotonic()
    with pytest.raises(errors.DatabaseFailed, match="locked"):
        erasure.commit(plan)
    assert 0.9 < time.monotonic() - begun < 4
    other.cursor().execute("rollback")
    other.close()
    erasure.engine.dispose()


def test_reading_ends_in_a_rollback(sqlite_url):
    engine, ends = connect(sqlite_url), []
    event.listen(engine, "commit", lambda _: ends.append("commit"))
    event.listen(engine, "rollback", lambda _: ends.append("rollback"))
    with reading(engine) as connection:
        connection.execute(text("select 1"))
    assert ends == ["rollback"]
    engine.dispose()


def test_a_transaction_that_reads_cannot_write(live_url):
    mini.build(live_url)
    engine = connect(live_url)
    with pytest.raises(errors.DatabaseFailed), reading(engine) as connection:
        connection.execute(text("update table_condition set title = 'x'"))
    engine.dispose()


def test_what_a_driver_says_is_never_repeated():
    engine, said = connect("sqlite://"), Exception("duplicate key (ann.lee@example.com)")
    for kind in (exc.ProgrammingError, exc.OperationalError, exc.IntegrityError, exc.DataError):
        assert "ann.lee" not in reason(engine, kind("insert", {}, said))
    assert engine.hide_parameters
    engine.dispose()
