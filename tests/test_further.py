"""After an erasure has written, only what triggers wrote to is looked at again: it finds the same."""

import pytest
from sqlalchemy import MetaData, create_engine, text

from scanner import errors
from scanner.database import connect, dialect_of
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
