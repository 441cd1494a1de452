"""After an erasure has written, only what triggers wrote to is looked at again: it finds the same."""

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    create_engine,
    insert,
    select,
    text,
)

from scanner import errors
from scanner.database import connect, dialect_of
from scanner.rows import one_of
from tests import mini
from tests.erasing import refused

COPIES = (
    "create trigger t_copy after update of phone on table_contact begin "
    "insert into table_x_pref (objid, x_memo) values (77, old.phone); end"
)


def targets(path, statements, table, columns):
    url = f"sqlite:///{path / 'targets.sqlite'}"
    (path / "targets.sqlite").touch()
    maker = create_engine(url)
    with maker.begin() as connection:
        connection.exec_driver_sql("pragma foreign_keys = on")
        for name in ("a", "b", "c"):
            connection.execute(
                text(f"create table {name} (id integer primary key, x text, y text)")
            )
        for statement in statements:
            connection.execute(text(statement))
    meta = MetaData()
    meta.reflect(maker)
    maker.dispose()
    engine = connect(url)
    with engine.connect() as plain:
        writing = plain.execution_options(efface_writes=1)
        with writing.begin() as work:
            found = dialect_of(writing).targets(writing, meta.tables[table], columns)
            work.rollback()
    engine.dispose()
    return found


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], set()),
        (["create trigger t after update of y on a begin update b set x = 1; end"], set()),
        (["create trigger t after update of x on a begin update b set x = 1; end"], {"b"}),
        (["create trigger t before update on a begin delete from c; end"], {"c"}),
        (["create trigger t after update on a begin update a set y = 2 where id = 1; end"], {"a"}),
        (
            [
                "create trigger t after update on a begin insert into b (x) values (new.x); end",
                "create trigger u after insert on b begin update c set y = new.x; end",
            ],
            {"b", "c"},
        ),
        (
            [
                "create unique index i on a (x)",
                "create table d (z text references a (x) on update cascade)",
            ],
            {"d"},
        ),
    ],
    ids=["none", "other column", "other table", "before", "itself", "chain", "foreign key"],
)
def test_sqlite_names_what_an_update_writes_to_besides(tmp_path, statements, expected):
    assert targets(tmp_path, statements, "a", ["x"]) == expected


def test_what_waits_elsewhere_waits_still_after_what_triggers_copied_is_erased(embedded):
    embedded.write(COPIES)
    plan = embedded.plan()
    assert plan.reviews
    receipt = embedded.commit(plan)
    assert receipt.rounds == 2
    assert [r["id"] for r in receipt.reviews] == [r.id for r in plan.reviews]
    assert "5466" not in str(mini.dump(embedded.url)["table_x_pref"])


def test_a_copy_of_what_others_share_is_not_taken_for_sure(embedded):
    embedded.write(f"update table_contact set phone = '+1 512 610 5466' where objid = {mini.BOB}")
    embedded.write(COPIES)
    plan = embedded.plan()
    message = refused(errors.Residue, lambda: embedded.commit(plan), embedded)
    assert "table_x_pref.x_memo" in message


PUT_BACK = {
    "sqlite": [
        "create trigger t_back after update on table_web_user begin "
        "update table_site set name = 'Ann Lee' where objid = 1; end"
    ],
    "postgresql": [
        "create function f_back() returns trigger as $$ begin update table_site set name = "
        "'Ann Lee' where objid = 1; return new; end $$ language plpgsql",
        "create trigger t_back after update on table_web_user for each row "
        "execute function f_back()",
    ],
    "mysql": [
        "create trigger t_back after update on table_web_user for each row "
        "update table_site set name = 'Ann Lee' where objid = 1"
    ],
}


def test_what_a_trigger_puts_back_into_a_row_that_was_rewritten_is_erased_again(erasure):
    name = erasure.engine.dialect.name
    for statement in PUT_BACK["mysql" if name == "mariadb" else name]:
        erasure.write(statement)
    receipt = erasure.commit(erasure.plan())
    assert receipt.rounds == 2
    assert receipt.residue == {}
    own, _, namesakes = (row[:2] for row in sorted(mini.dump(erasure.url)["table_site"]))
    assert "Ann" not in own[1]
    assert namesakes == (3, "Ann Lee")


def test_postgresql_cannot_name_what_was_written_where_it_does_not_count(postgresql_url, tmp_path):
    mini.build(postgresql_url)
    engine = connect(postgresql_url)
    with engine.connect() as plain:
        earlier = plain.execution_options(efface_writes=1)
        with earlier.begin() as work:  # its counts are not reported when the next one begins
            earlier.execute(text("update table_case set title = 'x'"))
            work.rollback()
        writing = plain.execution_options(efface_writes=1)
        with writing.begin() as work:
            watch = dialect_of(writing).watched(writing)
            with watch as copied:
                table = ("public", "table_site")
                assert copied({}) == frozenset()
                writing.execute(text("update table_site set type = 2"))
                assert copied({table: 3}) == frozenset()
                assert copied({table: 2}) == {"table_site"}
                writing.execute(text("update table_contact set phone = null where objid = 1"))
                assert copied({table: 3}) == frozenset()
                writing.execute(text("update table_contact set phone = null"))
                assert copied({table: 3}) == {"table_contact", "aud_table_contact"}
                writing.execute(text("set local track_counts = off"))
                assert copied({table: 3}) is None
                writing.execute(text("set local track_counts = on"))
                writing.execute(text("truncate table_condition"))
                assert copied({table: 3}) is None
            work.rollback()
    engine.dispose()


@pytest.mark.parametrize("kind", [SmallInteger(), Integer(), BigInteger(), Numeric(20, 0)])
def test_keys_are_compared_with_a_narrower_column_than_theirs(live_url, kind):
    table = Table("t", MetaData(), Column("a", kind))
    maker = create_engine(live_url)
    table.create(maker)
    with maker.begin() as connection:
        connection.execute(insert(table), [{"a": n} for n in (1, 2, 3)])
    maker.dispose()
    engine = connect(live_url)
    with engine.connect() as connection:
        wanted = one_of(dialect_of(connection), table.c.a, [2, 3, 5_000_000_000])
        found = connection.scalars(select(table.c.a).where(wanted).order_by(table.c.a)).all()
        assert [int(n) for n in found] == [2, 3]
    engine.dispose()


def test_a_trigger_that_writes_its_table_in_capitals_is_seen(embedded):
    embedded.write(COPIES.replace("on table_contact", "on TABLE_Contact"))
    plan = embedded.plan()
    assert "t_copy" in plan.triggers["table_contact"]
    embedded.commit(plan)
    assert _copied(embedded) == []


def test_what_sqlite_saw_a_trigger_write_to_is_looked_at_whatever_is_known_of_it(
    embedded, monkeypatch
):
    embedded.write(COPIES)
    monkeypatch.setattr("scanner.dialects.sqlite.Dialect.triggers", lambda *_, **__: ())
    embedded.commit(embedded.plan())
    assert _copied(embedded) == []


def _copied(made):
    phone = mini.rows()["table_contact"][0]["phone"]
    with made.engine.connect() as connection:
        query = text("select x_memo from table_x_pref where objid = 77 and x_memo = :phone")
        return list(connection.scalars(query, {"phone": phone}))
