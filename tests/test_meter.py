"""That nothing else is written is proved by the database's own count, or by counting all tables."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, delete, insert, text, update

from scanner import errors, verifier
from scanner.database import connect
from scanner.executor.meter import Meter
from scanner.executor.transaction import writing
from tests import mini, purging
from tests.purging import Purging

ROWS = Table("things", MetaData(), Column("id", Integer), Column("n", Integer))

COPYING = {
    "sqlite": "create trigger t_copy after update on things begin insert into others values (1); end",
    "postgresql": "create trigger t_copy after update on things for each row execute function f()",
    "mariadb": "create trigger t_copy after update on things for each row insert into others values (1)",
}
FUNCTION = "create function f() returns trigger as $$ begin {}; return new; end $$ language plpgsql"


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def counting(request):
    """Databases that count what is written."""
    kind = request.param
    url = request.getfixturevalue(f"{kind}_url")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("create table things (id integer, n integer)"))
        connection.execute(text("create table others (n integer)"))
        connection.execute(text("insert into things values (1, 0), (2, 0), (3, 0)"))
    engine.dispose()
    return kind, url


def _made(url, *statements):
    engine = create_engine(url)
    with engine.begin() as connection:
        for one in statements:
            connection.execute(text(one))
    engine.dispose()


def _exact(url, *statements):
    engine = connect(url)
    with writing(engine) as (connection, _):
        meter = Meter(connection)
        for one in statements:
            connection.execute(one)
        found = meter.exact()
    engine.dispose()
    return found


CHANGE = update(ROWS).values(n=1)


def test_what_our_own_statements_write_is_all_that_is_written(counting):
    _, url = counting
    one = update(ROWS).where(ROWS.c.id == 2).values(n=7)
    assert _exact(url, CHANGE, insert(ROWS).values(id=4), one, delete(ROWS))


def test_what_a_trigger_writes_is_seen(counting):
    kind, url = counting
    more = [FUNCTION.format("insert into others values (1)")] if kind == "postgresql" else []
    _made(url, *more, COPYING[kind])
    assert not _exact(url, CHANGE)
    assert _exact(url, delete(ROWS))


def test_a_statement_of_somebody_else_on_our_connection_is_seen(counting):
    _, url = counting
    assert not _exact(url, CHANGE, text("delete from things where id = 1"))


def test_what_a_versioned_table_keeps_is_no_others_doing(mariadb_url):
    _made(
        mariadb_url,
        "create table things (id integer, n integer) with system versioning",
        "insert into things values (1, 0), (2, 0), (3, 0)",
    )
    assert _exact(mariadb_url, CHANGE, delete(ROWS).where(ROWS.c.id == 2))


def test_what_a_trigger_truncates_is_seen(postgresql_url):
    _made(
        postgresql_url,
        "create table things (id integer, n integer)",
        "create table others (n integer)",
        "insert into things values (1, 0)",
        FUNCTION.format("truncate others"),
        COPYING["postgresql"],
    )
    assert not _exact(postgresql_url, CHANGE)


def test_a_database_that_was_told_not_to_count_is_not_believed(postgresql_url):
    _made(postgresql_url, "create table things (id integer, n integer)")
    engine = connect(postgresql_url)
    with writing(engine) as (connection, _):
        connection.exec_driver_sql("set local track_counts = off")
        assert not Meter(connection).runs
    engine.dispose()


def test_a_database_that_cannot_count_is_not_believed(mariadb_url, monkeypatch):
    engine = connect(mariadb_url)
    with writing(engine) as (connection, _):
        monkeypatch.setattr(connection.dialect, "is_mariadb", False)  # MySQL, say
        meter = Meter(connection)
        assert not meter.runs
        assert not meter.exact()
    engine.dispose()


# -- purges of many --------------------------------------------------------------------------------

WIDE = (
    "create unique index ind_wide on table_contact (objid, first_name)",
    "create table x_wide (a bigint, b varchar(30), foreign key (a, b) references table_contact "
    "(objid, first_name) on delete cascade)",
    f"insert into x_wide values ({purging.FIRST}, (select first_name from table_contact where "
    f"objid = {purging.FIRST}))",
)


@pytest.mark.parametrize("trigger", [True, False])
def test_rows_that_a_foreign_key_of_two_columns_would_delete_refuse_a_purge(
    live_url, tmp_path, trigger
):
    purging.build(live_url, trigger=trigger)
    keys = purging.crowd(live_url, 3)
    _made(live_url, *WIDE)
    made = Purging(live_url, tmp_path)
    before, plan = mini.dump(live_url), made.many(keys)
    with pytest.raises(errors.Refused, match=r"vanished in .*x_wide"):
        made.purge(plan)
    assert mini.dump(live_url) == before
    made.engine.dispose()


def test_a_trigger_on_what_is_only_rewritten_keeps_no_purge(sqlite_url, tmp_path, monkeypatch):
    """All is done again with all tables counted, and comes to the same end."""
    purging.build(sqlite_url, trigger=False)
    keys = purging.crowd(sqlite_url, 6)
    _made(
        sqlite_url,
        "create table x_seen (objid bigint)",
        "create trigger t_seen after update on table_task begin "
        "insert into x_seen values (new.objid); end",
    )
    made, counted = Purging(sqlite_url, tmp_path), []
    real = verifier.count_rows
    monkeypatch.setattr(verifier, "count_rows", lambda *a: counted.append(1) or real(*a))
    plan = made.many(keys, batch=3)
    receipt = made.purge(plan)
    assert counted
    assert receipt.residue == {}
    assert receipt.deleted == plan.rows
    made.engine.dispose()


def test_no_table_is_counted_where_the_database_counts(live_url, tmp_path, monkeypatch):
    purging.build(live_url, trigger=False)
    keys = purging.crowd(live_url, 6)
    made, counted = Purging(live_url, tmp_path), []
    monkeypatch.setattr(verifier, "count_rows", lambda *_: counted.append(1) or {})
    plan = made.many(keys, batch=3)
    assert made.purge(plan).deleted == plan.rows
    assert not counted
    made.engine.dispose()


NICKS = """
create table table_x_nick (objid bigint, nick varchar(80), nick2contact bigint);
create unique index ind_nick on table_x_nick (objid);
insert into table_x_nick values (1, '[EMAIL]', {0});
update table_x_pref set x_memo = '{1}' where objid = 2
"""
"""A row that goes is called as a text of somebody else will be, which refers by its name."""


def test_what_is_rewritten_may_come_to_refer_to_a_row_that_is_gone(sqlite_url, tmp_path):
    purging.build(sqlite_url, trigger=False)
    keys = purging.crowd(sqlite_url, 3)
    purging.write(sqlite_url, NICKS.format(keys[0], f"{purging._word(1)}1@crowd.example"))
    made, path = Purging(sqlite_url, tmp_path), tmp_path / "nicks.toml"
    lines = [
        "table_x_nick.nick2contact -> table_contact",
        "table_x_pref.x_memo -> table_x_nick(nick)",
    ]
    path.write_text(
        f'[directive]\nextends = "{made.contact}"\nfollow = {lines}\n'.replace("'", '"')
    )
    plan, before = made.many(keys, "purge_case", str(path)), mini.dump(sqlite_url)
    with pytest.raises(errors.Refused, match=r"still refer to what was deleted .*x_memo"):
        made.purge(plan)
    assert mini.dump(sqlite_url) == before
    made.engine.dispose()


def test_what_a_trigger_writes_again_and_again_is_asked_for_at_the_end(sqlite_url, tmp_path):
    purging.build(sqlite_url, trigger=False)
    purging.crowd(sqlite_url, 3)
    _made(
        sqlite_url,
        "create trigger again after delete on table_act_entry begin insert into table_act_entry "
        "(objid, act_code, act_entry2case) values (old.objid + 1, 1, old.act_entry2case); end",
    )
    made = Purging(sqlite_url, tmp_path)
    plan, before = made.many([100_000, 100_001], "purge_case"), mini.dump(sqlite_url)
    with pytest.raises(errors.Refused, match=r"still refer to what was deleted .*act_entry2case"):
        made.purge(plan)
    assert mini.dump(sqlite_url) == before
    made.engine.dispose()
