"""What only holds where surveys, purges, requests, holds and the journal meet."""

import json
import threading
import time
from datetime import date

import pytest
from sqlalchemy import create_engine, exc, text

from scanner import errors, planner, surveyor
from scanner.executor.errands import Aside
from scanner.plans import Basis
from scanner.records import holds
from scanner.subjects.acquaintance import Request
from tests import drill, mini, purging
from tests.erasing import PACK, Erasure, refused
from tests.purging import Purging

NOW, END = "2026-01-01T00:00:00+00:00", date(2030, 1, 1)

DIARY = (
    "create table table_x_diary (objid integer not null, said varchar(200))",
    "create unique index ind_x_diary on table_x_diary (objid)",
    "create table table_x_copy (objid integer, said varchar(200))",
    "insert into table_x_diary values (0, 'nothing')",
    "insert into table_x_copy values (0, 'nothing')",
)

COPYING = {
    "sqlite": ("create trigger t_diary after insert on table_x_diary begin insert into table_x_copy "
               "values (new.objid, new.said); end",),
    "mariadb": ("create trigger t_diary after insert on table_x_diary for each row insert into "
                "table_x_copy values (new.objid, new.said)",),
    "postgresql": ("create function f_diary() returns trigger language plpgsql as $$ begin insert "
                   "into table_x_copy values (new.objid, new.said); return new; end $$",
                   "create trigger t_diary after insert on table_x_diary for each row execute "
                   "function f_diary()"),
}  # fmt: skip

OURS = "insert into table_x_diary values (1, 'Efface carried this out')"


def run(url, *statements):
    engine = create_engine(url)
    with engine.begin() as connection:
        for one in statements:
            connection.exec_driver_sql(one)
    engine.dispose()


def tried(url, statement):
    """Let somebody else write who does not wait for long; say what came of it."""
    waits = {
        "sqlite": "pragma busy_timeout = 200",
        "postgresql": "set lock_timeout = '500ms'",
        "mariadb": "set innodb_lock_wait_timeout = 1, lock_wait_timeout = 1",
    }
    engine = create_engine(url)
    kind = "mariadb" if engine.dialect.name == "mysql" else engine.dialect.name
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(waits[kind])
            connection.exec_driver_sql(statement)
            connection.commit()
            return "written"
    except exc.OperationalError:
        return "kept out"
    finally:
        engine.dispose()


@pytest.fixture
def rest(monkeypatch):
    """Let MariaDB's tables rest for a second, so that it can tell that nobody has written to them."""
    monkeypatch.setattr("scanner.dialects.mysql.Dialect.idle_seconds", 1)
    return lambda url: time.sleep(2.5) if url.startswith("mysql") else None


@pytest.fixture
def diary(live_url, tmp_path, rest):
    """The small CRM with a table that an erasure writes to only because somebody asks it to."""
    mini.build(live_url, trigger=False)
    run(live_url, *DIARY)
    rest(live_url)
    made = Erasure(live_url, tmp_path)
    yield made
    made.engine.dispose()


def test_what_is_written_beside_an_erasure_leaves_no_gap_and_does_not_wait_for_itself(diary):
    """While it is written nobody can write about the subject: there, or to any other table."""
    seen = []

    def write(connection, _):
        connection.execute(text(OURS))
        for number, table in enumerate(("table_x_diary", "table_x_copy"), start=7):
            said = f"insert into {table} values ({number}, 'ask ann.lee@example.com')"
            seen.append(tried(diary.url, said))

    receipt = diary.commit(diary.plan(), alongside=Aside(write, frozenset({"table_x_diary"})))
    assert receipt.committed
    assert seen == ["kept out", "kept out"]
    assert (1, "Efface carried this out") in mini.dump(diary.url)["table_x_diary"]
    assert "ann.lee@example.com" not in repr(mini.dump(diary.url))


def test_a_trigger_on_what_is_written_beside_may_write_anywhere(live_url, tmp_path, rest):
    mini.build(live_url, trigger=False)
    kind = create_engine(live_url).dialect.name.replace("mysql", "mariadb")
    run(live_url, *DIARY, *COPYING[kind])
    rest(live_url)
    made = Erasure(live_url, tmp_path)
    aside = Aside(lambda c, _: c.execute(text(OURS)) and None, frozenset({"table_x_diary"}))
    assert made.commit(made.plan(), alongside=aside).committed
    assert (1, "Efface carried this out") in mini.dump(live_url)["table_x_copy"]
    made.engine.dispose()


MOVING = {
    "sqlite": ("create trigger t_move after insert on table_x_diary begin update table_site set "
               "type = 9; end",),
    "mariadb": ("create trigger t_move after insert on table_x_diary for each row update table_site "
                "set type = 9",),
    "postgresql": ("create function f_move() returns trigger language plpgsql as $$ begin update "
                   "table_site set type = 9; return new; end $$",
                   "create trigger t_move after insert on table_x_diary for each row execute "
                   "function f_move()"),
}  # fmt: skip


def test_a_trigger_on_what_is_written_beside_may_not_change_a_rewritten_row(
    live_url, tmp_path, rest
):
    mini.build(live_url, trigger=False)
    kind = create_engine(live_url).dialect.name.replace("mysql", "mariadb")
    run(live_url, *DIARY, *MOVING[kind])
    rest(live_url)
    made = Erasure(live_url, tmp_path)
    aside = Aside(lambda c, _: c.execute(text(OURS)) and None, frozenset({"table_x_diary"}))
    plan = made.plan()
    message = refused(errors.Refused, lambda: made.commit(plan, alongside=aside), made)
    assert "table_site.type" in message
    made.engine.dispose()


def test_a_rehearsal_writes_beside_as_well_and_takes_it_back(diary):
    before = mini.dump(diary.url)
    aside = Aside(lambda c, _: c.execute(text(OURS)) and None, frozenset({"table_x_diary"}))
    assert not diary.run(diary.plan(), alongside=aside).committed
    assert mini.dump(diary.url) == before


def test_who_writes_to_many_tables_at_the_same_time_goes_on_and_so_do_we(diary):
    """A writer who holds one table and wants the one that we write to is no deadlock for ever."""
    told = []

    def agent():
        engine = create_engine(diary.url)
        for number in range(20, 26):
            try:
                with engine.begin() as connection:
                    connection.execute(text(f"insert into table_x_copy values ({number}, 'x')"))
                    connection.execute(text(f"insert into table_x_diary values ({number}, 'y')"))
                told.append(number)
            except exc.OperationalError:
                told.append(-number)
        engine.dispose()

    other = threading.Thread(target=agent)
    aside = Aside(lambda c, _: c.execute(text(OURS)) and None, frozenset({"table_x_diary"}))
    other.start()
    for _ in range(5):
        try:
            done = diary.commit(diary.plan(), alongside=aside).committed
            break
        except (errors.Stale, errors.DatabaseFailed):
            continue
    other.join()
    assert done
    assert len(told) == 6
    rows = mini.dump(diary.url)["table_x_diary"]
    assert {r[0] for r in rows} == {0, 1, *(n for n in told if n > 0)}


@pytest.fixture
def purges(live_url, tmp_path):
    purging.build(live_url)
    made = Purging(live_url, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def few(sqlite_url, tmp_path):
    """Six people more, to be purged in batches."""
    purging.build(sqlite_url)
    keys = purging.crowd(sqlite_url, 6)
    made = Purging(sqlite_url, tmp_path)
    yield made, keys
    made.engine.dispose()


def test_one_survey_serves_a_purge_and_then_a_redaction(purges):
    """What the first of them commits counts as changed for the second."""
    basis = Basis.of(purges.audit)
    named = ("purge_case", purges.contact)
    requests = [
        Request(PACK, basis, mini.ANN, "purge", {}, named),
        Request(PACK, basis, mini.BOB),
    ]
    seen = surveyor.survey(purges.engine, requests)
    assert len(seen.spots) == 2
    assert purges.commit(purges.plan(), survey=seen).committed
    redaction = planner.plan(purges.engine, PACK, purges.audit, str(mini.BOB))
    assert purges.commit(redaction, survey=seen).committed
    said = repr(mini.dump(purges.url))
    for gone in ("ann.lee@example.com", "bob.ray@example.com"):
        assert gone not in said
    assert planner.plan(purges.engine, PACK, purges.audit, str(mini.BOB)).empty


def test_a_purge_commits_on_a_survey_as_on_a_search_of_everything(purges):
    plan = purges.plan()
    one, two = purges.run(plan), purges.run(plan, residue="full")
    three = purges.run(plan, survey=surveyor.Survey())
    for other in (two, three):
        assert (other.rows, other.cells, other.deleted) == (one.rows, one.cells, one.deleted)
        assert other.residue == one.residue == {}


def test_a_hold_refuses_purges_of_one_and_of_many(few):
    made, keys = few
    plan, bulk = made.plan(), made.many(keys, batch=2)
    for key in (mini.ANN, keys[3]):
        holds.hold(made.journal, str(key), END, "claim", now=NOW)
    before = mini.dump(made.url)
    with pytest.raises(errors.Stopped, match="hold until 2030-01-01"):
        made.commit(plan)
    with pytest.raises(errors.Stopped, match=str(keys[3])):
        made.purge(bulk)
    assert mini.dump(made.url) == before
    holds.release(made.journal, str(keys[3]), now=NOW)
    assert made.purge(bulk).committed


def test_a_plan_for_many_shows_holds(efface, few, tmp_path):
    made, keys = few
    holds.hold(made.journal, str(keys[0]), END, "claim", now=NOW)
    audit, listed, plan = (tmp_path / n for n in ("audit.json", "keys.txt", "many.json"))
    import reports

    reports.write(made.audit, audit)
    listed.write_text("\n".join(map(str, keys)))
    words = ("--method", "purge", "--directive", "purge_case", "--directive", made.contact)
    words += ("--subjects", listed, "--journal", made.journal.path, "-o", plan)
    done = efface("plan", "--db", made.url, audit, *words)
    assert done.exit_code == 0, done.stderr
    assert f"stopped: {keys[0]}: hold" in done.stderr
    assert [s["rule"] for s in json.loads(plan.read_text())["stops"]] == ["hold"]


def test_who_was_purged_with_many_is_purged_again_after_a_restore(efface, few, tmp_path):
    made, keys = few
    old = drill.backup(made.url, tmp_path)
    assert made.purge(made.many(keys, batch=2)).committed
    intents = [e for e in made.journal.read() if e.event == "intent"]
    assert [len(e.content["subjects"]) for e in intents] == [2, 2, 2]
    assert "crowd.example" not in made.journal.path.read_text()
    after = mini.dump(made.url)
    url = drill.restore(made.url, old, tmp_path)

    def reapply(*words):
        done = efface("reapply", "--db", url, "--journal", made.journal.path, "--json", *words)
        assert done.exit_code == 0, done.stderr
        return {s["subject"]["key"]: s["state"] for s in json.loads(done.stdout)["subjects"]}

    assert reapply() == dict.fromkeys(keys, "undone")
    reapply("--commit", "--confirm", 6)
    assert mini.dump(url)["table_contact"] == after["table_contact"]
    assert "crowd.example" not in repr(mini.dump(url))
    assert reapply() == dict.fromkeys(keys, "absent")
