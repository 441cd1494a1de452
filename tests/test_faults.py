"""Whatever fails, and whenever: the database is as before or as after, and the journal agrees."""

import shutil
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import create_engine, event, exc, text

from scanner import errors, planner, rulebook
from scanner.database import connect, reading, reason
from scanner.executor import execute
from scanner.journal import Journal
from tests import mini
from tests.erasing import Erasure
from tests.killing import digest, settle

PACK = rulebook.pack("clarify")


def make(url, folder):
    engine = connect(url)
    plan = planner.plan(engine, PACK, mini.audit(url), str(mini.ANN))
    return engine, plan, Journal(folder / "journal.jsonl")


def commit(engine, plan, journal):
    return execute(engine, plan, PACK, journal=journal, commit=True, confirm=str(mini.ANN))


def statements(engine, plan, journal):
    """List the statements of an erasure by running it, and its commits."""
    seen = []
    event.listen(
        engine, "before_cursor_execute", lambda _c, _s, said, *_: seen.append(said.split()[0])
    )
    event.listen(engine, "commit", lambda _: seen.append("COMMIT"))
    commit(engine, plan, journal)
    engine.dispose()
    return seen


def sample(seen, *, among, before):
    """Choose numbers of statements, from 0: the first and the last, all that write or begin to,
    what follows each of these, and every so manieth one among and before the writes.
    """
    first = seen.index("UPDATE")
    loud = {n for n, verb in enumerate(seen) if verb in ("BEGIN", "UPDATE", "COMMIT")}
    quiet = {*range(0, first, before), *range(first, len(seen), among)}
    return sorted({0, len(seen) - 1} | quiet | loud | {n + 1 for n in loud if n + 1 < len(seen)})


@pytest.mark.no_cover  # again and again what others do once
def test_a_failure_at_any_statement_leaves_the_database_as_before_or_as_after(sqlite_url, tmp_path):
    """Every write, what follows it, and a sample of the reads; the last is right before the commit."""
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
    assert seen.count("UPDATE") > 10
    assert seen.pop() == "COMMIT"
    for number in sample(seen, among=9, before=30):
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


def test_a_process_killed_at_any_statement_leaves_before_or_after(sqlite_url, tmp_path):
    """Killed at each write and commit, at what follows it, and at a sample of the reads."""
    mini.build(sqlite_url)
    source = sqlite_url.removeprefix("sqlite:///")
    engine, plan, _ = make(sqlite_url, tmp_path)
    engine.dispose()
    shutil.copy(source, tmp_path / "whole.sqlite")
    whole = connect(f"sqlite:///{tmp_path / 'whole.sqlite'}")
    seen = statements(whole, plan, Journal(tmp_path / "whole.jsonl"))
    assert seen[-1] == "COMMIT"
    points = [n + 1 for n in sample(seen, among=9, before=30)]
    assert _killed(sqlite_url, tmp_path, [*points, 1000]) == ["intent", *map(str, points)]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_killed_process_leaves_a_server_before_or_after(request, tmp_path, kind):
    """Killed at a sample of the statements: most of them among the writes."""
    points = [5, 40, 60, 75, *range(90, 190, 12), 1000]
    _killed(mini.build(request.getfixturevalue(f"{kind}_url")), tmp_path, points)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_a_process_killed_after_the_commit_leaves_after(request, tmp_path, kind):
    url = request.getfixturevalue(f"{kind}_url")
    mini.build(url)
    before = digest(url)
    ((_, status, found, said),) = killed(url, tmp_path, ["done"])
    assert (status, found != before, said) == ("-9", True, "done")
    assert "ann.lee@example.com" not in repr(mini.dump(url))


def killed(url, folder, points):
    engine, plan, _ = make(url, folder)
    engine.dispose()
    (folder / "plan.json").write_text(plan.to_json())
    command = [sys.executable, "-m", "tests.killing", url, str(folder), *map(str, points)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


def _killed(url, folder, points):
    """Kill it at each point up to the first that lies behind its end; give those before."""
    before = digest(url)
    told = killed(url, folder, ["intent", *points])
    *deaths, (_, status, after, said) = told
    assert (status, after != before, said) == ("0", True, "done")
    assert len(deaths) >= len(points) - 1
    assert [death[1:] for death in deaths] == [["-9", before, "undone"]] * len(deaths)
    return [point for point, *_ in deaths]


def test_a_lock_held_by_another_program_refuses_in_a_sentence(sqlite_url, tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.executor.transaction.LOCK_SECONDS", 1)
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
    monkeypatch.setattr("scanner.executor.transaction.LOCK_SECONDS", 1)
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
    monkeypatch.setattr("scanner.executor.transaction.LOCK_SECONDS", 1)
    mini.build(sqlite_url)
    erasure = Erasure(sqlite_url, tmp_path)
    plan = erasure.plan()
    other = create_engine(sqlite_url, isolation_level=None).raw_connection()
    other.cursor().execute("begin immediate")
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


@pytest.mark.parametrize(
    ("said", "statement", "told"),
    [
        ("permission denied for table visits", "SELECT visits.a FROM public.visits", ", on visits"),
        ("permission denied for table my visits", 'SELECT 1 FROM "my visits"', ", on my visits"),
        ("permission denied for materialized view v", "SELECT v.a FROM v", ", on v"),
        ("permission denied for schema closed", "SELECT a FROM closed.t", ", on closed"),
        ("permission denied for table ann.lee@example.com", "SELECT visits.a FROM visits", ""),
        ("permission denied for table sit", "SELECT visits.a FROM visits", ""),
        ("permission denied to create role", "SELECT 1", ""),
        ("Zugriff verweigert", "SELECT visits.a FROM visits", ""),
        ("permission denied for table visits", None, ""),
    ],
)
def test_a_table_that_an_account_may_not_read_is_named_if_our_statement_names_it(
    said, statement, told
):
    engine = create_engine("postgresql+psycopg://nobody@nowhere.example/x")
    error = exc.ProgrammingError(statement, {}, Denied(said))
    assert reason(engine, error) == f"this account lacks a permission that the work needs{told}"
    engine.dispose()


class Denied(Exception):
    """What psycopg raises."""

    sqlstate = "42501"


END_SESSION = {
    "postgresql": "select pg_terminate_backend({})",
    "mariadb": "kill {}",
}
WHOSE = {"postgresql": "select pg_backend_pid()", "mariadb": "select connection_id()"}


@pytest.mark.parametrize("at", ["UPDATE", "COMMIT"])
@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_connection_that_is_lost_leaves_before_or_after(request, tmp_path, kind, at):
    """The server ends the session at the third update, or right before the commit."""
    url = request.getfixturevalue(f"{kind}_url")
    mini.build(url)
    before = mini.dump(url)
    engine, plan, journal = make(url, tmp_path)
    other, seen = create_engine(url), []

    def lose(connection):
        driver = connection.connection.dbapi_connection.cursor()
        driver.execute(WHOSE[kind])
        (number,) = driver.fetchone()
        with other.connect() as killer:
            killer.exec_driver_sql(END_SESSION[kind].format(number))

    def third_update(connection, _cursor, statement, *_more):
        if statement.startswith("UPDATE"):
            seen.append(statement)
            if len(seen) == 3:
                lose(connection)

    event.listen(
        engine, *(("before_cursor_execute", third_update) if at == "UPDATE" else ("commit", lose))
    )
    with pytest.raises(errors.DatabaseFailed) as caught:
        commit(engine, plan, journal)
    assert "Ann" not in str(caught.value)
    engine.dispose()
    other.dispose()
    assert mini.dump(url) == before
    assert settle(url, journal) is False
    engine = connect(url)
    assert commit(engine, plan, journal).committed
    engine.dispose()


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_deadlock_leaves_before_or_after_and_loses_nothing_of_others(request, tmp_path, kind):
    """Somebody holds a row that is written late and waits for one that was written early."""
    url = request.getfixturevalue(f"{kind}_url")
    mini.build(url, trigger=False)
    before = mini.dump(url)
    engine, plan, journal = make(url, tmp_path)
    other, told = create_engine(url), []
    share = {"postgresql": "for share", "mariadb": "lock in share mode"}[kind]
    held = other.connect()
    held.exec_driver_sql(f"select objid from table_web_user {share}").all()

    def wait():
        try:
            held.exec_driver_sql("update table_address set city = 'Elsewhere' where objid = 1")
            held.commit()
            told.append("written")
        except exc.DBAPIError as error:
            held.rollback()
            told.append(type(error).__name__)

    crossing = threading.Thread(target=wait)

    def cross(_connection, _cursor, statement, *_more):
        if statement.startswith("UPDATE") and "table_case " in statement and not crossing.ident:
            crossing.start()
            time.sleep(0.5)

    event.listen(engine, "before_cursor_execute", cross)
    said = ""
    try:
        commit(engine, plan, journal)
    except errors.DatabaseFailed as error:
        said = str(error)
    done = not said
    crossing.join(30)
    held.close()
    other.dispose()
    engine.dispose()
    after = mini.dump(url)
    assert settle(url, journal) is done
    if not done:
        assert "deadlock" in said
        assert told == ["written"]
        assert {t: r for t, r in after.items() if t != "table_address"} == {
            t: r for t, r in before.items() if t != "table_address"
        }
    else:
        assert told == ["OperationalError"]
        assert "ann.lee@example.com" not in repr(after)
