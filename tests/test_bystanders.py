"""The other cells of a row that is rewritten stay as they are, or nothing is written at all."""

import pytest
from sqlalchemy import Text, cast, create_engine, literal, select
from sqlalchemy.exc import IntegrityError

from scanner import errors
from scanner.database import connect, dialect_of, reason, reflect
from scanner.executor.cells import rewriting
from tests import mini, purging, test_purge_scripts
from tests.erasing import Erasure, now, refused
from tests.purging import Purging
from tests.test_scripts import committing, run, script

ITSELF = (
    "create trigger t_type after update on table_site begin "
    "update table_site set type = 9 where objid = new.objid; end"
)
ANOTHER = (
    "create trigger t_type after update on table_contact begin update table_site set type = 9; end"
)
SAME = (
    "create trigger t_type after update on table_site begin "
    "update table_site set type = new.type where objid = new.objid; end"
)


def objection(url, folder, kind=Erasure):
    """Try to erase; give what refuses it."""
    erasure = kind(url, folder)
    plan = erasure.plan()
    message = refused(errors.Refused, lambda: erasure.commit(plan), erasure)
    erasure.engine.dispose()
    return message


@pytest.mark.parametrize("trigger", [ITSELF, ANOTHER], ids=["of its table", "of another table"])
def test_a_trigger_that_sets_another_column_refuses_with_its_name(embedded, trigger):
    embedded.write(trigger)
    plan = embedded.plan()
    message = refused(errors.Refused, lambda: embedded.commit(plan), embedded)
    assert "table_site.type" in message


def test_a_trigger_that_sets_what_was_there_is_none_to_refuse(embedded):
    embedded.write(SAME)
    assert embedded.commit(embedded.plan()).committed


STAMPS = (
    "alter table {} add x_changed timestamp null default '2001-01-01 00:00:00' "
    "on update current_timestamp, add `x at` datetime(6) null on update current_timestamp(6)"
)


def stamped(url, folder, *tables, **choices):
    mini.build(url, trigger=False)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into table_notes_log values (500, 'call 512-610-5466', 3)"
        )
        for table in tables:
            connection.exec_driver_sql(STAMPS.format(table))
    engine.dispose()
    return Erasure(url, folder, **choices)


def stamps(erasure, table):
    engine = create_engine(erasure.url)
    with engine.connect() as connection:
        query = f"select distinct cast(x_changed as char), `x at` from {table}"
        found = connection.exec_driver_sql(query).all()
    engine.dispose()
    return [tuple(row) for row in found]


def scalar(erasure, query):
    engine = create_engine(erasure.url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql(query).scalar()
    engine.dispose()
    return found


@pytest.mark.parametrize("way", ["erase", "script"])
def test_on_mariadb_a_column_that_sets_itself_stays(mariadb_url, tmp_path, way):
    """In own rows, in those of strangers, and in those that no key tells apart."""
    tables = ("table_contact", "table_notes_log", "contact_bkp")
    made = stamped(mariadb_url, tmp_path, *tables)
    if way == "erase":
        made.commit(made.plan())
    else:
        done = run(mariadb_url, committing(script(made).text), tmp_path)
        assert done.returncode == 0, done.stderr
    assert now(made) == ["call [PHONE]"]
    for table in tables:
        assert stamps(made, table) == [("2001-01-01 00:00:00", None)]
    made.engine.dispose()


@pytest.mark.parametrize("way", ["purge", "script"])
def test_on_mariadb_a_column_that_sets_itself_stays_where_a_purge_empties_another(
    mariadb_url, tmp_path, way
):
    purging.build(mariadb_url)
    engine = create_engine(mariadb_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(STAMPS.format("table_contract"))
    engine.dispose()
    made = Purging(mariadb_url, tmp_path)
    if way == "purge":
        made.commit(made.plan())
    else:
        written = test_purge_scripts.script(made)
        done = run(mariadb_url, committing(written.text), tmp_path)
        assert done.returncode == 0, done.stderr
    assert scalar(made, "select count(*) from table_contract where primary2contact is null") == 1
    assert stamps(made, "table_contract") == [("2001-01-01 00:00:00", None)]
    made.engine.dispose()


def test_on_mariadb_a_decision_on_a_column_that_sets_itself_is_carried_out(
    mariadb_url, tmp_path, monkeypatch
):
    column = ("table_contact", "x_changed")
    monkeypatch.setitem(mini.CUSTOM, column, ("direct", "DATE_TIME"))
    made = stamped(mariadb_url, tmp_path, "table_contact", table_contact__x_changed="null")
    made.commit(made.plan())
    assert sorted(stamps(made, "table_contact"), key=str) == [
        ("2001-01-01 00:00:00", None),
        (None, None),
    ]
    made.engine.dispose()


def test_on_mariadb_a_refused_value_is_told_without_the_columns_that_stay(mariadb_url, tmp_path):
    made = stamped(mariadb_url, tmp_path, "table_contact")
    with made.engine.connect() as connection:
        table = reflect(connection).tables["table_contact"]
    words = str(rewriting(table, ["objid"], ["phone", "e_mail"]).compile(made.engine))
    told = reason(made.engine, IntegrityError(words, None, Exception(1062, "x")))
    made.engine.dispose()
    assert "decide otherwise on phone or e_mail" in told
    assert "x_changed" not in told
    assert "x at" not in told


NASTY = ["", " ", None, "a,b", '"', "\\", '\\"', "(x)", '""', ",", "\n", "Zoë", "NULL", '"\\,"']


@pytest.mark.parametrize("line", [NASTY, NASTY[::-1], [None], [None, None], [""], ["", None]])
def test_what_postgresql_says_of_a_row_is_taken_apart_as_it_was(postgresql_url, line):
    engine = connect(postgresql_url)
    with engine.connect() as connection:
        dialect = dialect_of(connection)
        said = connection.scalar(select(dialect.spoken([cast(literal(v), Text) for v in line])))
        assert dialect.parted(said) == line
    engine.dispose()


MEDDLE = """create function meddle() returns trigger language plpgsql as
$$ begin new.{column} := {value}; return new; end $$"""


@pytest.mark.parametrize("said", ["short", "long " * 400], ids=["short", "long"])
@pytest.mark.parametrize("value", ["'other'", "null", "''"])
def test_on_postgresql_a_cell_that_a_trigger_changes_refuses_with_its_name(
    postgresql_url, tmp_path, value, said
):
    mini.build(postgresql_url, trigger=False)
    made = Erasure(postgresql_url, tmp_path)
    made.write("alter table table_contact add x_said varchar(2000)")
    made.write(f"update table_contact set x_said = '{said}'")
    made.write(MEDDLE.format(column="x_said", value=value))
    made.write(
        "create trigger meddling before update on table_contact for each row "
        "execute function meddle()"
    )
    made.engine.dispose()
    message = objection(postgresql_url, tmp_path)
    assert "table_contact.x_said" in message
    assert "table_contact.title" not in message


REACH = """create function reach() returns trigger language plpgsql as
$$ begin update table_site set type = {value}; return null; end $$"""


@pytest.mark.parametrize("deferred", [False, True], ids=["at once", "at the end"])
@pytest.mark.parametrize("trigger", [True, False], ids=["with copies", "without"])
def test_on_postgresql_a_trigger_of_another_table_that_sets_a_cell_refuses_with_its_name(
    postgresql_url, tmp_path, deferred, trigger
):
    """What stood there is read afterwards: nothing had to be read before."""
    erasure = _reached(postgresql_url, tmp_path, "9", deferred=deferred, copies=trigger)
    plan = erasure.plan()
    message = refused(errors.Refused, lambda: erasure.commit(plan), erasure)
    assert "table_site.type" in message
    assert "table_contact" not in message
    erasure.engine.dispose()


def test_on_postgresql_a_trigger_that_sets_what_was_there_is_none_to_refuse(
    postgresql_url, tmp_path
):
    erasure = _reached(postgresql_url, tmp_path, "type", deferred=False, copies=True)
    assert erasure.commit(erasure.plan()).committed
    erasure.engine.dispose()


def test_on_postgresql_a_cell_is_compared_in_a_row_that_is_rewritten_twice(
    postgresql_url, tmp_path
):
    """The first round's trigger writes the name back once; the second one's sets another cell."""
    mini.build(postgresql_url, trigger=False)
    made = Erasure(postgresql_url, tmp_path)
    made.write("alter table table_site add x_rounds int default 0")
    made.write(
        "create function back() returns trigger language plpgsql as $$ begin "
        "if (select max(x_rounds) from table_site) = 0 then "
        "update table_site set name = name || ' (Ann Lee)', x_rounds = 1; "
        "end if; return null; end $$"
    )
    made.write(
        "create trigger meddling after update on table_contact for each row execute function back()"
    )
    made.engine.dispose()
    message = objection(postgresql_url, tmp_path)
    assert "table_site.x_rounds" in message


def _reached(url, folder, value, *, deferred, copies):
    """Build a database in which rewriting a contact sets a column of every site."""
    mini.build(url, trigger=copies)
    made = Erasure(url, folder)
    made.write(REACH.format(value=value))
    kind, when = ("constraint ", " deferrable initially deferred") if deferred else ("", "")
    made.write(
        f"create {kind}trigger reaching after update on table_contact{when} for each row "
        "execute function reach()"
    )
    made.engine.dispose()
    return Erasure(url, folder)


def test_on_postgresql_a_purge_refuses_where_a_trigger_of_another_table_sets_a_cell(
    postgresql_url, tmp_path
):
    purging.build(postgresql_url, trigger=False)
    made = Purging(postgresql_url, tmp_path)
    plan = made.plan()
    first, second = sorted({m.table.name for m in plan.mentions})[:2]
    made.write(f"alter table {first} add x_moved int default 0")
    made.write(
        "create function reach() returns trigger language plpgsql as "
        f"$$ begin update {first} set x_moved = 1; return null; end $$"
    )
    made.write(
        f"create trigger reaching after update on {second} for each row execute function reach()"
    )
    made.engine.dispose()
    message = objection(postgresql_url, tmp_path, Purging)
    assert f"{first}.x_moved" in message


MEDIA = {"postgresql": ("bytea", "'\\x99'", "'\\x0102'"), "mariadb": ("blob", "x'99'", "x'0102'")}


@pytest.mark.parametrize("server", MEDIA)
def test_a_binary_cell_that_a_trigger_changes_refuses_with_its_name(request, tmp_path, server):
    url = request.getfixturevalue(f"{server}_url")
    kind, other, was = MEDIA[server]
    mini.build(url, trigger=False)
    made = Erasure(url, tmp_path)
    made.write(f"alter table table_site add photo {kind}")
    made.write(f"update table_site set photo = {was}")
    body = f"update table_site set photo = {other}"
    if server == "postgresql":
        made.write(f"create function reach() returns trigger language plpgsql as $$ begin {body}; "
                   "return null; end $$")  # fmt: skip
        body = "execute function reach()"
    made.write(f"create trigger reaching after update on table_contact for each row {body}")
    made.engine.dispose()
    message = objection(url, tmp_path)
    assert "table_site.photo" in message
