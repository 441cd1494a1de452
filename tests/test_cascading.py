"""A key that says who somebody is, and what refers to it by ON UPDATE CASCADE: the database follows."""

import pytest
from sqlalchemy import create_engine

from scanner import dialects, errors
from tests import mini
from tests.erasing import Erasure, refused

LOGINS = (
    "create table table_x_login (x_login varchar(60) primary key, x_realm integer not null, "
    "x_login2contact bigint)",
    f"insert into table_x_login values ('annlee77', 7, {mini.ANN})",
    f"insert into table_x_login values ('bobray77', 7, {mini.BOB})",
)
REFERS = "varchar(60), foreign key (x_login) references table_x_login (x_login) on update {action}"
LEFT = ("annlee77", "ann.lee@example.com")


@pytest.fixture
def built(live_url, tmp_path):
    """Build the small CRM with logins that other tables refer to."""
    made = []

    def build(*statements: str, **choices: str) -> Erasure:
        mini.build(live_url, trigger=False)
        engine = create_engine(live_url)
        with engine.begin() as connection:
            for statement in (*LOGINS, *statements):
                connection.exec_driver_sql(statement)
        engine.dispose()
        made.append(Erasure(live_url, tmp_path, **choices))
        return made[-1]

    yield build
    for one in made:
        one.engine.dispose()


def sessions(action="cascade", key="objid", more="", kind=REFERS):
    return [
        f"create table table_x_session (objid integer, x_note varchar(200), session2contact bigint, "
        f"x_login {kind.format(action=action)}, primary key ({key}){more})",
        f"insert into table_x_session values (1, 'by ann.lee@example.com', {mini.ANN}, 'annlee77')",
        "insert into table_x_session values (2, 'wrote to ann.lee@example.com', null, 'annlee77')",
        f"insert into table_x_session values (3, 'by Bob', {mini.BOB}, 'bobray77')",
    ]


def clean(erasure, **options):
    receipt = erasure.commit(erasure.plan(), **options)
    assert receipt.residue == {}
    now = mini.dump(erasure.url)
    assert not [w for w in LEFT if w in repr(now)]
    assert "bobray77" in repr(now)
    return receipt, now


@pytest.mark.parametrize("key", ["objid", "x_login, objid"], ids=["number", "login"])
def test_what_refers_to_a_login_follows_it(built, key):
    erasure = built(*sessions(key=key))
    receipt, now = clean(erasure)
    (login,) = (row[0] for row in now["table_x_login"] if row[2] == mini.ANN)
    assert sorted(row[3] for row in now["table_x_session"]) == sorted([login, login, "bobray77"])
    assert sum(n for c, n in receipt.cells.items() if c.endswith("table_x_session.x_login")) == 2


def test_what_follows_may_be_followed_in_turn_and_by_several_columns(built):
    erasure = built(
        "create unique index i_login on table_x_login (x_login, x_realm)",
        *sessions(more=", unique (x_login)")[:1],
        f"insert into table_x_session values (1, 'by ann.lee@example.com', {mini.ANN}, 'annlee77')",
        "create table table_x_click (objid integer primary key, x_login varchar(60), foreign key "
        "(x_login) references table_x_session (x_login) on update cascade)",
        "insert into table_x_click values (1, 'annlee77')",
        "create table table_x_right (objid integer primary key, x_login varchar(60), x_realm "
        "integer, foreign key (x_login, x_realm) references table_x_login (x_login, x_realm) "
        "on update cascade)",
        "insert into table_x_right values (1, 'annlee77', 7)",
    )
    _, now = clean(erasure)
    (login,) = (row[0] for row in now["table_x_login"] if row[2] == mini.ANN)
    assert now["table_x_click"] == [(1, login)]
    assert now["table_x_right"] == [(1, login, 7)]


def test_a_child_without_a_key_follows_too(built):
    erasure = built(*(s.replace(", primary key (objid)", "") for s in sessions()))
    clean(erasure)


@pytest.mark.parametrize("action", ["no action", "restrict"])
def test_what_does_not_follow_refuses(built, action):
    erasure = built(*sessions(action))
    plan = erasure.plan()
    message = refused(errors.DatabaseFailed, lambda: erasure.commit(plan), erasure)
    assert "decide otherwise" in message


def test_a_child_of_a_key_that_is_kept_is_refused_as_it_cannot_be_rewritten(built):
    erasure = built(*sessions(), table_x_login__x_login="keep")
    plan = erasure.plan()
    message = refused(errors.DatabaseFailed, lambda: erasure.commit(plan), erasure)
    assert "table_x_session" in message


def test_what_a_trigger_undoes_of_what_follows_is_refused(sqlite_url, tmp_path):
    mini.build(sqlite_url, trigger=False)
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        for statement in (*LOGINS, *sessions()):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(
            "create trigger t_back after update of x_login on table_x_session begin "
            "update table_x_session set x_login = 'bobray77' where objid = new.objid; end"
        )
    engine.dispose()
    erasure = Erasure(sqlite_url, tmp_path)
    plan = erasure.plan()
    message = refused(errors.Refused, lambda: erasure.commit(plan), erasure)
    assert "table_x_session.x_login does not follow" in message
    erasure.engine.dispose()


@pytest.mark.parametrize("kind", ["mssql", "oracle", "generic"])
def test_nothing_is_left_to_a_database_that_no_test_has_seen_follow(kind):
    assert not dialects.named(kind).follows_keys
