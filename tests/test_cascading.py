"""A key that says who somebody is, and what refers to it by ON UPDATE CASCADE: the database follows."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import create_engine

from reports import _certificate as certificate
from scanner import dialects, errors, planner, scripter
from scanner.cli.plan import summary
from tests import mini
from tests.erasing import PACK, Erasure, refused
from tests.test_scripts import committing, run

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


KID = (
    "create table table_a_pref (objid bigint primary key, x_memo varchar(500) unique, "
    "pref2contact bigint)",
    "create table x_kid (id integer primary key, memo varchar(500), foreign key (memo) "
    "references table_a_pref (x_memo) on update cascade)",
)


def kids(said: str) -> list[str]:
    return [
        *KID,
        f"insert into table_a_pref values (1, '{said}', {mini.ANN})",
        f"insert into table_a_pref values (2, 'by post', {mini.BOB})",
        f"insert into x_kid values (1, '{said}'), (2, '{said}'), (3, 'by post'), (4, null)",
    ]


def test_the_plan_lists_what_follows_in_other_rows_and_the_receipt_counts_it(built):
    erasure = built(*kids("prefers Tuesdays"))
    plan = erasure.plan()
    assert [(c.rpartition(".")[2], n) for c, n in plan.follows.items()] == [("memo", 2)]
    assert any("x_kid.memo would follow" in line for line in summary(plan))
    receipt = erasure.commit(plan)
    assert receipt.followed == plan.follows
    assert "x_kid.memo" in certificate.page(receipt.to_raw())
    rows = mini.dump(erasure.url)["x_kid"]
    assert len({r[1] for r in rows[:2]}) == 1
    assert rows[0][1] != "prefers Tuesdays"
    assert [r[1] for r in rows[2:]] == ["by post", None]


def test_rows_that_follow_count_among_those_that_may_change(built):
    erasure = built(*kids("prefers Tuesdays"))
    plan = erasure.plan()
    told = refused(errors.TooMany, lambda: erasure.run(plan, max_rows=plan.rows), erasure)
    assert f"{plan.rows + 2} rows would change" in told
    assert erasure.run(plan, max_rows=plan.rows + 2).followed


def test_what_a_plan_does_not_list_does_not_follow(built):
    erasure = built(*kids("prefers Tuesdays"))
    plan = erasure.plan()
    erasure.write("insert into x_kid values (9, 'prefers Tuesdays')")
    with pytest.raises(errors.Stale, match="follows"):
        erasure.run(plan)


def test_a_plan_without_followers_reads_as_before_and_with_them_as_it_was_written(built):
    erasure = built(*kids("prefers Tuesdays"))
    raw = json.loads(erasure.plan().to_json())
    assert [*raw["follows"].values()] == [2]
    erasure.write("delete from x_kid")
    assert "follows" not in json.loads(erasure.plan().to_json())


@pytest.mark.parametrize("answer", ["keep", "", "erase"])
def test_a_place_that_people_keep_is_not_rewritten_by_what_it_refers_to(built, answer):
    erasure = built(*kids("Ann Lee"))
    plan = erasure.plan()
    asked = [r for r in plan.reviews if r.mention.table.name == "x_kid"]
    assert len(asked) == 2
    plan = plan.answered([replace(r, answer=answer) for r in asked])
    if answer == "erase":
        erasure.commit(plan)
        assert {r[1] for r in mini.dump(erasure.url)["x_kid"]}.isdisjoint({"Ann Lee"})
        return
    message = refused(errors.Refused, lambda: erasure.run(plan), erasure)
    assert message.startswith("a place that nobody said to erase is rewritten")
    assert all(r.id in message for r in asked)


def test_a_column_that_people_keep_is_not_rewritten_by_what_it_refers_to(built, monkeypatch):
    monkeypatch.setitem(mini.CUSTOM, ("x_kid", "memo"), ("free_text", "FREE_TEXT"))
    erasure = built(*kids("prefers Tuesdays"), x_kid__memo="keep")
    plan = erasure.plan()
    message = refused(errors.Refused, lambda: erasure.run(plan), erasure)
    assert "x_kid.memo is to be kept, but" in message


def scripted(erasure) -> scripter.Script:
    with planner.drafting(erasure.engine, PACK, erasure.audit, str(mini.ANN)) as (read, draft):
        return scripter.script(read, draft, PACK)


@pytest.fixture
def numbered(built):
    """Logins with a number for a key, which a script can name, and what refers to them."""
    return built(
        "drop table table_x_login",
        "create table table_x_login (x_login varchar(60) unique, x_realm integer not null primary "
        "key, x_login2contact bigint)",
        f"insert into table_x_login values ('annlee77', 7, {mini.ANN})",
        f"insert into table_x_login values ('bobray77', 8, {mini.BOB})",
        *sessions(),
        *kids("prefers Tuesdays"),
    )


def test_a_script_leaves_to_the_database_what_follows(numbered, tmp_path):
    made = scripted(numbered)
    assert "follows by itself: " in made.text
    assert "x_kid.memo in 2 rows refers to" in made.text
    assert not [t for t, _ in made.left_out if "session" in t or "login" in t]
    done = run(numbered.url, committing(made.text), tmp_path)
    assert done.returncode == 0, done.stderr
    now = mini.dump(numbered.url)
    (login,) = (row[0] for row in now["table_x_login"] if row[2] == mini.ANN)
    assert login != "annlee77"
    assert sorted(row[3] for row in now["table_x_session"]) == sorted([login, login, "bobray77"])
    assert "prefers Tuesdays" not in repr(now["x_kid"])


def test_a_script_without_a_key_that_changes_says_what_it_leaves_with_it(built, tmp_path):
    erasure = built(*sessions())  # x_login is a key that says who somebody is
    made = scripted(erasure)
    left = {(t.rpartition(".")[2], why): n for (t, why), n in made.left_out.items()}
    assert left["table_x_session", "it follows a key that is not in this script"] == 2
    done = run(erasure.url, committing(made.text), tmp_path)
    assert done.returncode == 0, done.stderr


def test_no_script_is_written_where_what_follows_is_kept(built):
    erasure = built(*kids("Ann Lee"))
    with pytest.raises(errors.Refused, match="a place that nobody said to erase"):
        scripted(erasure)


def test_no_script_is_written_where_a_foreign_key_empties(built):
    erasure = built(*(s.replace("update cascade", "update set null") for s in kids("by phone")))
    with pytest.raises(errors.Refused, match=r"x_kid\.memo would be emptied"):
        scripted(erasure)
