"""What the database does by itself when rows are rewritten or deleted is erased too, or refused."""

import json

import pytest
from sqlalchemy import CHAR, Column, MetaData, String, Table, create_engine, insert, select, text

from scanner import errors
from scanner.database import connect, dialect_of
from scanner.subjects import reasons
from tests import mini, purging
from tests.erasing import Erasure, refused
from tests.purging import Purging

BOTH = ["sqlite", "postgresql"]
LOG = "create table x_log (id {key}, said varchar(400))"
KEYS = {"sqlite": "integer primary key", "postgresql": "serial primary key"}
CHILD = (
    "create table x_kid (id integer primary key, memo varchar(500) "
    "references table_a_pref (x_memo) on update {})"
)
MEMO = {"table_a_pref__x_memo": "redact"}
HIDDEN = "insert into x_log (said) values ('was ' || old.first_name || ' ' || old.e_mail)"
COPY = "insert into x_log (said) select first_name || ' ' || e_mail from table_contact"


@pytest.fixture
def built(request, tmp_path):
    """Build the small CRM with more statements, its audit made afterwards."""
    made = []

    def build(kind: str, *statements: str, **choices: str) -> Erasure:
        url = mini.build(request.getfixturevalue(f"{kind}_url"), trigger=False)
        engine = create_engine(url)
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()
        made.append(Erasure(url, tmp_path, **choices))
        return made[-1]

    yield build
    for one in made:
        one.engine.dispose()


def triggered(kind: str, table: str, does: str, when: str = "after") -> list[str]:
    if kind == "sqlite":
        return [f"create trigger t_{table} {when} update on {table} begin {does}; end"]
    return [
        f"create function f_{table}() returns trigger as $$ begin {does}; return new; end $$ "
        "language plpgsql",
        f"create trigger t_{table} {when} update on {table} for each row execute "
        f"function f_{table}()",
    ]


def follower(kind: str, action: str) -> list[str]:
    return [
        LOG.format(key=KEYS[kind]),
        # It is written to before the contact, which is still called so when a trigger looks.
        "create table table_a_pref (objid bigint primary key, x_memo varchar(500) unique, "
        "pref2contact bigint)",
        f"insert into table_a_pref values (1, 'prefers Tuesdays', {mini.ANN})",
        CHILD.format(action),
        "insert into x_kid values (1, 'prefers Tuesdays')",
    ]


@pytest.mark.parametrize("kind", BOTH)
def test_what_the_trigger_of_a_row_that_follows_copies_is_erased_again(built, kind):
    erasure = built(kind, *follower(kind, "cascade"), *triggered(kind, "x_kid", COPY))
    receipt = erasure.commit(erasure.plan())
    assert receipt.residue == {}
    assert "ann.lee@example.com" not in repr(mini.dump(erasure.url))
    assert mini.dump(erasure.url)["x_kid"][0][1] != "prefers Tuesdays"


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("action", ["set null", "set default"])
def test_what_a_foreign_key_would_empty_refuses_with_its_name(built, kind, action):
    erasure = built(kind, *follower(kind, action), **MEMO)
    plan = erasure.plan()
    message = refused(errors.Refused, lambda: erasure.run(plan), erasure)
    assert "x_kid.memo" in message


@pytest.mark.parametrize("kind", BOTH)
def test_what_is_emptied_behind_what_follows_refuses_with_its_name(built, kind):
    erasure = built(
        kind,
        *follower(kind, "cascade"),
        "create unique index i_kid on x_kid (memo)",
        "create table x_grand (id integer primary key, memo varchar(500) "
        "references x_kid (memo) on update set null)",
        "insert into x_grand values (1, 'prefers Tuesdays')",
        **MEMO,
    )
    plan = erasure.plan()
    message = refused(errors.Refused, lambda: erasure.run(plan), erasure)
    assert "x_grand.memo" in message
    assert "x_kid.memo" not in message


@pytest.mark.parametrize("kind", BOTH)
def test_a_trigger_that_gives_a_rewritten_row_another_key_refuses(built, kind):
    moves = "update table_web_user set objid = objid + 1000"
    erasure = built(kind, *triggered(kind, "table_x_pref", moves))
    plan = erasure.plan()
    message = refused(errors.Refused, lambda: erasure.commit(plan), erasure)
    assert "table_web_user.objid" in message


def test_what_postgresql_defers_to_the_commit_is_done_before_the_checks(built):
    copies = "insert into x_log (said) values ('was ' || old.first_name || ' ' || old.e_mail)"
    function, _ = triggered("postgresql", "table_contact", copies)
    erasure = built(
        "postgresql",
        LOG.format(key=KEYS["postgresql"]),
        function,
        "create constraint trigger t_late after update on table_contact deferrable initially "
        "deferred for each row execute function f_table_contact()",
    )
    receipt = erasure.commit(erasure.plan())
    assert receipt.rounds == 2
    assert "ann.lee@example.com" not in repr(mini.dump(erasure.url))


def test_a_trigger_on_a_partition_alone_is_seen(built):
    copies = "insert into x_log (said) values ('was ' || old.e_num)"
    function, trigger = triggered("postgresql", "part_one", copies)
    erasure = built(
        "postgresql",
        LOG.format(key=KEYS["postgresql"]),
        "drop table table_e_addr",
        "create table table_e_addr (objid bigint primary key, e_num varchar(255), "
        "eaddr2contact bigint) partition by range (objid)",
        "create table part_one partition of table_e_addr for values from (0) to (100)",
        f"insert into table_e_addr values (1, 'ann@home.example', {mini.ANN})",
        function,
        trigger,
    )
    plan = erasure.plan()
    assert "t_part_one" in str(plan.triggers)
    erasure.commit(plan)
    assert "ann@home.example" not in repr(mini.dump(erasure.url))


@pytest.mark.parametrize("kind", [String(2), CHAR(4), String(40)])
def test_on_postgresql_keys_are_not_cut_to_the_length_of_what_they_are_compared_with(
    postgresql_url, kind
):
    table = Table("t", MetaData(), Column("a", kind))
    maker = create_engine(postgresql_url)
    table.create(maker)
    with maker.begin() as connection:
        connection.execute(insert(table), [{"a": "C2"}, {"a": "2"}])
    maker.dispose()
    engine = connect(postgresql_url)
    with engine.connect() as connection:

        def found(keys):
            which = dialect_of(connection).among(table.c.a, keys)
            return [a.strip() for a in connection.scalars(select(table.c.a).where(which))]

        assert found(["C25", "C2345"]) == []
        assert found([25, 234]) == []
        assert found(["C2", "C25"]) == ["C2"]
        assert found([2, 25]) == ["2"]
    engine.dispose()


def test_names_far_from_what_is_sure_in_a_copy_of_a_row_are_asked_about(embedded):
    far = "x" * 60
    row = {
        "a": "Ann",
        "b": far,
        "c": "ann.lee@example.com",
        "d": "CUST-00471",
        "e": far,
        "f": "ANN",
    }
    embedded.write(f"update table_x_pref set x_memo = '{json.dumps(row)}' where objid = 2")
    plan = embedded.plan()
    (review,) = (r for r in plan.reviews if r.mention.column == "x_memo")
    assert review.why == reasons.ABOUT_IT
    assert len(review.mention.spans) == 2


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
def test_a_foreign_key_of_several_columns_that_empties_refuses_a_purge(
    request, tmp_path, kind, many
):
    url = request.getfixturevalue(f"{kind}_url")
    purging.build(url, trigger=False)
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in (
            "drop table table_e_addr",
            "create table table_e_addr (objid bigint primary key, e_num varchar(255), "
            "kind integer, eaddr2contact bigint, unique (objid, kind))",
            f"insert into table_e_addr values (1, 'ann@home.example', 7, {mini.ANN})",
            "create table x_ref (id integer primary key, e bigint, n integer, foreign key (e, n) "
            "references table_e_addr (objid, kind) on delete set null)",
            "insert into x_ref values (1, 1, 7)",
        ):
            connection.execute(text(statement))
    engine.dispose()
    made = Purging(url, tmp_path)
    before = mini.dump(url)
    plan = made.many([mini.ANN]) if many else made.plan(mini.ANN)
    purge = made.purge if many else made.commit
    with pytest.raises(errors.Refused, match="x_ref"):
        purge(plan)
    assert mini.dump(url) == before
    made.engine.dispose()


def test_a_row_whose_key_is_a_document_is_named_by_what_it_holds(built):
    erasure = built(
        "postgresql",
        "create table x_doc (body jsonb primary key, said varchar(90))",
        """insert into x_doc values ('{"of": "Bob"}', 'call ann.lee@example.com')""",
    )
    erasure.commit(erasure.plan())
    assert "ann.lee@example.com" not in repr(mini.dump(erasure.url)["x_doc"])


@pytest.mark.parametrize(
    "hides",
    ["set track_counts = off", "", "off"],
    ids=["by its declaration", "not at all", "by what it does"],
)
def test_what_a_function_hides_from_the_counts_of_postgresql_is_erased(built, hides):
    function, trigger = triggered("postgresql", "table_contact", HIDDEN)
    if hides == "off":
        function = function.replace("begin ", "begin set local track_counts = off; ")
    else:
        function += f" {hides}"
    erasure = built("postgresql", LOG.format(key=KEYS["postgresql"]), function, trigger)
    receipt = erasure.commit(erasure.plan())
    assert receipt.rounds == 2
    assert "ann.lee@example.com" not in repr(mini.dump(erasure.url))
