"""What was worked out before the transaction is carried out only where nothing has changed since."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from scanner import errors, planner
from scanner.executor import erasure as executor
from tests import mini
from tests.erasing import Erasure
from tests.servers import fresh_database
from tests.test_survey import ANNS_CASE, BOBS_CASE, CHANGES, NOTE

pytestmark = pytest.mark.no_cover
"""What these run is counted where test_erase.py runs it."""


@pytest.fixture
def still(live_url, tmp_path) -> Iterator[Erasure]:
    """The small CRM without a trigger."""
    mini.build(live_url, trigger=False)
    made = Erasure(live_url, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def postgresql(postgresql_url, tmp_path) -> Iterator[Erasure]:
    mini.build(postgresql_url, trigger=False)
    made = Erasure(postgresql_url, tmp_path)
    yield made
    made.engine.dispose()


def settled(engine) -> None:
    """Wait until the server has no transaction that is older than what was written here.

    Those of other tests are seen as well: while one lasts, the database cannot prove that all rows
    are old, and all is planned again, as it should be.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.begin() as connection:
        written = connection.scalar(text("select txid_current()"))
    oldest = text("select txid_snapshot_xmin(txid_current_snapshot())")
    for _ in range(600):
        with engine.connect() as connection:
            if connection.scalar(oldest) > written:
                return
        time.sleep(0.1)
    raise AssertionError("another program's transaction lasts on this server: end it")


def between(monkeypatch, work):
    """Let ``work`` happen when all is worked out, right before the transaction begins."""
    writing = executor.writing

    def late(engine):
        work()
        return writing(engine)

    monkeypatch.setattr(executor, "writing", late)


def drafts(monkeypatch):
    """Count how often a plan is worked out."""
    draft, told = planner.draft, []

    def counted(*words, **named):
        told.append(True)
        return draft(*words, **named)

    monkeypatch.setattr(planner, "draft", counted)
    return told


MORE = {
    "a note that is gone": "delete from table_notes_log where objid = 1",
    "a note that took another's place": NOTE.format("thanks, Ann", ANNS_CASE)
    + "; delete from table_notes_log where objid = 1",
    "a case that is gone": "delete from table_case where objid = 1",
}


@pytest.mark.parametrize("statement", [*CHANGES.values(), *MORE.values()], ids=[*CHANGES, *MORE])
def test_what_changed_after_all_was_worked_out_refuses(still, monkeypatch, statement):
    plan, told = still.plan(), []

    def change():
        for one in statement.split("; "):
            still.write(one)
        told.append(mini.dump(still.url))

    between(monkeypatch, change)
    with pytest.raises(errors.Stale, match="plan again"):
        still.commit(plan)
    assert [mini.dump(still.url)] == told
    assert still.journal.read() == ()


def test_on_postgresql_a_trigger_that_was_made_after_all_was_worked_out_refuses(
    postgresql, monkeypatch
):
    plan = postgresql.plan()
    function = "returns trigger language plpgsql as $$ begin return new; end $$"
    postgresql.write(f"create function meddle() {function}")
    made = "create trigger meddling before update on table_contact for each row "
    between(monkeypatch, lambda: postgresql.write(made + "execute function meddle()"))
    with pytest.raises(errors.Stale, match="triggers"):
        postgresql.commit(plan)


def test_what_changed_about_others_is_planned_again_and_stays(still, monkeypatch):
    plan = still.plan()
    between(monkeypatch, lambda: still.write(NOTE.format("Router is back", BOBS_CASE)))
    assert still.commit(plan).committed
    said = repr(mini.dump(still.url))
    assert "Router is back" in said
    assert "ann.lee@example.com" not in said


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_where_nothing_changed_the_transaction_plans_nothing(request, tmp_path, monkeypatch, kind):
    url = request.getfixturevalue(f"{kind}_url")
    mini.build(url, trigger=False)
    here = Erasure(url, tmp_path)
    settled(here.engine)
    plan, told = here.plan(), drafts(monkeypatch)
    between(monkeypatch, lambda: told.append(False))
    assert here.commit(plan).committed
    assert told == [True, False]
    assert "ann.lee@example.com" not in repr(mini.dump(url))
    here.engine.dispose()


def test_on_postgresql_what_others_commit_to_other_databases_changes_nothing(
    postgresql, postgresql_server, monkeypatch
):
    with fresh_database(postgresql_server) as url:
        other = create_engine(url)
        settled(postgresql.engine)
        plan, told = postgresql.plan(), drafts(monkeypatch)

        def commit():
            with other.begin() as connection:
                connection.execute(text("create table anything (at integer)"))
            told.append(False)

        between(monkeypatch, commit)
        assert postgresql.commit(plan).committed
        other.dispose()
    assert told == [True, False]
