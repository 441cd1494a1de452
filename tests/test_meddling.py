"""A purge refuses where a trigger would change a row that the plan does not name."""

import pytest
from sqlalchemy import create_engine

from scanner import errors
from scanner.database import dialect_of
from tests import mini, purging
from tests.purging import Purging

BODY = {
    "sqlite": "create trigger t_meddle after delete on table_case begin {does}; end",
    "postgresql": "create trigger t_meddle after delete on table_case for each row execute function "
    "f_meddle()",
    "mariadb": "create trigger t_meddle after delete on table_case for each row {does}",
}
FUNCTION = (
    "create function f_meddle() returns trigger as $$ begin {does}; return old; end $$ "
    "language plpgsql"
)


CHANGES = {
    "a figure": "update x_log set n = n + 1",
    "somebody else's": f"update table_contact set first_name = 'X' where objid = {mini.BOB}",
    "comes and goes": "insert into x_log values (1); delete from x_log where n = 1",
}
ADDS = "insert into x_log values (1)"


@pytest.fixture
def meddling(live_url, tmp_path):
    """Build the CRM with a trigger that does something when a case is deleted."""
    made = []

    def build(does, *, trigger=False):
        purging.build(live_url, trigger=trigger)
        keys = purging.crowd(live_url, 3)
        engine = create_engine(live_url)
        kind = engine.dialect.name
        if kind == "mariadb" and ";" in does:
            does = f"begin {does}; end"
        with engine.begin() as connection:
            connection.exec_driver_sql("create table x_log (n bigint)")
            connection.exec_driver_sql("insert into x_log values (0)")
            if kind == "postgresql":
                connection.exec_driver_sql(FUNCTION.format(does=does))
            connection.exec_driver_sql(BODY[kind].format(does=does))
        engine.dispose()
        made.append(Purging(live_url, tmp_path))
        return made[-1], keys

    yield build
    for one in made:
        one.engine.dispose()


@pytest.mark.parametrize("does", CHANGES.values(), ids=CHANGES)
def test_a_trigger_that_changes_other_rows_refuses_purges_of_one_and_of_many(meddling, does):
    made, keys = meddling(does)
    one, many, before = made.plan(), made.many(keys), mini.dump(made.url)
    for purge in (lambda: made.commit(one), lambda: made.run(one), lambda: made.purge(many)):
        with pytest.raises(errors.Refused, match=r"t_meddle.*disable it"):
            purge()
        assert mini.dump(made.url) == before


def test_a_trigger_that_only_adds_rows_of_numbers_refuses_none(meddling):
    """Copies that other triggers make of who goes are deleted again, and count as added, too."""
    made, keys = meddling(ADDS, trigger=True)
    made.commit(made.plan())
    many = made.many(keys)
    assert made.purge(many).deleted == many.rows
    assert len(mini.dump(made.url)["x_log"]) > 1


INDEX = """
create virtual table x_index using fts5(description, content='table_notes_log', content_rowid='rowid');
insert into x_index (x_index) values ('rebuild');
create trigger t_gone after delete on table_notes_log begin insert into x_index
(x_index, rowid, description) values ('delete', old.rowid, old.description); end
"""


def test_a_trigger_that_renews_an_index_of_text_refuses_none(sqlite_url, tmp_path):
    """SQLite counts what such an index does by itself; nothing but it may be changed by a trigger."""
    purging.build(sqlite_url, trigger=False)
    keys = purging.crowd(sqlite_url, 3)
    purging.write(sqlite_url, INDEX)
    made = Purging(sqlite_url, tmp_path)
    made.commit(made.plan())
    many = made.many(keys)
    assert made.purge(many).deleted == many.rows
    purging.write(sqlite_url, "insert into x_index (x_index) values ('integrity-check')")
    made.engine.dispose()


@pytest.mark.parametrize("odd", ["update x_log set n = n + 1", "delete from x_nowhere"])
def test_what_else_a_trigger_changes_is_seen_beside_an_index_of_text(sqlite_url, tmp_path, odd):
    purging.build(sqlite_url, trigger=False)
    keys = purging.crowd(sqlite_url, 3)
    purging.write(sqlite_url, INDEX)
    purging.write(sqlite_url, "create table x_log (n bigint);\ninsert into x_log values (0)")
    fires = "table_case" if "x_log" in odd else "x_log"
    purging.write(sqlite_url, f"create trigger t_odd after delete on {fires} begin {odd}; end")
    made = Purging(sqlite_url, tmp_path)
    one, many, before = made.plan(), made.many(keys), mini.dump(made.url)
    for purge in (lambda: made.commit(one), lambda: made.purge(many)):
        with pytest.raises(errors.Refused, match="would change, too"):
            purge()
    assert mini.dump(made.url) == before
    made.engine.dispose()


def test_where_a_database_does_not_count_both_plans_tell_people_to_read_the_triggers(
    meddling, monkeypatch
):
    made, keys = meddling(ADDS)
    for plan in (made.plan(), made.many(keys)):
        assert not [d for d in plan.duties if "triggers" in d["kind"]]
    monkeypatch.setattr(type(dialect_of(made.engine)), "written", lambda *_: None)
    for plan in (made.plan(), made.many(keys)):
        (duty,) = [d for d in plan.duties if "triggers" in d["kind"]]
        assert "table_case" in duty["where"]
    made.commit(made.plan())  # and it is the same plan when it is made again
