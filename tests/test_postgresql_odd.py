"""PostgreSQL's odd keys, arrays of domains and tables that inherit: erased like others, or refused."""

from datetime import time, timedelta

import pytest
from sqlalchemy import (
    CHAR,
    Column,
    MetaData,
    Table,
    Text,
    Time,
    create_engine,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import BIT, INTERVAL

from scanner import errors
from scanner.database import connect, dialect_of, reading, reflect
from tests import mini
from tests.erasing import Erasure, refused
from tests.test_scripts import committing, run, script

MAIL = "ann.lee@example.com"


def built(url, folder, *statements):
    mini.build(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
    return Erasure(url, folder)


def texts(erasure, *tables):
    engine = create_engine(erasure.url)
    with engine.connect() as connection:
        query = "select t::text from only {} t order by 1"
        found = [list(connection.exec_driver_sql(query.format(t)).scalars().all()) for t in tables]
    engine.dispose()
    erasure.engine.dispose()
    return found


KEYED = {
    "money": ("12.30", "1234567.89"),
    "real": ("0.1", "0.2"),
    "double precision": ("0.1", "1e300"),
    "time(3)": ("12:30:01.123", "12:30:01.124"),
    "interval(2)": ("1 month 12:30:01.12", "2 days"),
    "interval day to hour": ("1 day 12:00", "2 days"),
    "bit(5)": ("10101", "10100"),
    "bit varying(5)": ("101", "10100"),
}


def test_rows_with_an_odd_key_are_found_and_rewritten(postgresql_url, tmp_path):
    made, names = [], [f"x_odd{number}" for number in range(len(KEYED))]
    for name, (kind, (one, two)) in zip(names, KEYED.items(), strict=True):
        made += [
            f"create table {name} (k {kind} primary key, said varchar(90))",
            f"insert into {name} values ('{one}', 'call {MAIL}'), ('{two}', 'Bob')",
        ]
    erasure = built(postgresql_url, tmp_path, *made)
    erasure.commit(erasure.plan())
    for kind, rows in zip(KEYED, texts(erasure, *names), strict=True):
        assert len(rows) == 2, kind
        assert MAIL not in repr(rows), kind
        assert sum("call" in r for r in rows) == sum("Bob" in r for r in rows) == 1, kind


TYPES = (
    "create extension hstore",
    "create type colour as enum ('red', 'blue')",
    "create domain settings as jsonb",
    "create type named as (name text, mail text)",
)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("json", '{"a":  1}'),
        ("xml", "<a>x</a>"),
        ("point", "(1,2)"),
        ("tsvector", "a b"),
        ("path", "[(0,0),(1,1)]"),
        ("jsonb", '{"a":1}'),
        ("text[]", "{a}"),
        ("json", '"caf\u00e9"'),
        ("json", "null"),
        ("jsonb", "null"),
        ("jsonb", "7"),
        ("jsonb", '"a"'),
        ("json[]", '{"{\\"a\\":  1}"}'),
        ("xml[]", "{<a>x</a>}"),
        ("point[]", '{"(1,2)"}'),
        ("colour", "red"),
        ("colour[]", "{red}"),
        ("settings", '{"a":1}'),
        ("inet", "10.0.0.1/8"),
        ("cidr", "10.0.0.0/8"),
        ("inet[]", "{10.0.0.1}"),
        ("macaddr", "08:00:2b:01:02:03"),
        ("int4range", "[1,5)"),
        ("int4multirange", "{[1,5),[7,9)}"),
        ("hstore", "a=>1"),
        ("uuid", "123e4567-e89b-12d3-a456-426614174000"),
        ("interval", "1 day"),
        ("money", "3"),
        ("timestamptz", "2020-01-01"),
        ("bit(3)", "101"),
        ("named", "(a,b)"),
        ("numeric[]", "{1.50}"),
    ],
)
def test_rows_without_a_key_are_found_by_what_has_no_equality(
    postgresql_url, tmp_path, kind, value
):
    erasure = built(
        postgresql_url,
        tmp_path,
        *TYPES,
        f"create table x_bare (said text, d {kind})",
        f"insert into x_bare values ('mail {MAIL}', '{value}'), ('mail {MAIL}', null)",
    )
    assert erasure.commit(erasure.plan()).residue == {}
    (rows,) = texts(erasure, "x_bare")
    assert [row.split(",")[0] for row in rows] == ['("mail [EMAIL]"'] * 2


@pytest.mark.parametrize(
    ("kind", "value", "choice"),
    [
        ("json", '{"name":"Ann Lee"}', "redact"),
        ("jsonb", '{"name":"Ann Lee"}', "redact"),
        ("jsonb", '"Ann Lee"', "redact"),
        ("jsonb", '{"name":"Ann Lee"}', "null"),
        ("settings", '{"name":"Ann Lee"}', "redact"),
        ("xml", "<a>Ann Lee</a>", "redact"),
        ("text[]", "{x,Ann Lee}", "redact"),
        ("json[]", '{"{\\"name\\":\\"Ann Lee\\"}"}', "redact"),
        ("colour", "red", "redact"),
        ("inet", "10.0.0.1", "redact"),
        ("cidr", "10.0.0.0/8", "mask"),
        ("macaddr", "08:00:2b:01:02:03", "redact"),
        ("hstore", "a=>1", "redact"),
        ("int4range", "[1,5)", "redact"),
    ],
)
def test_own_rows_without_a_key_are_rewritten_and_read_back_whatever_a_cell_is(
    postgresql_url, tmp_path, kind, value, choice
):
    """A copy of the subject's row, found by its key; somebody else's stays."""
    mini.build(postgresql_url)
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        for statement in (
            *TYPES,
            f"create table table_x_pref2 (x_memo {kind}, said text, pref2contact bigint)",
            f"insert into table_x_pref2 values ('{value}', 'mail {MAIL}', {mini.ANN}), "
            f"('{value}', 'Bob', {mini.BOB})",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    erasure = Erasure(postgresql_url, tmp_path, table_x_pref2__x_memo=choice)
    before = texts(erasure, "table_x_pref2")[0]
    erasure.engine = connect(postgresql_url)
    assert erasure.commit(erasure.plan()).residue == {}
    now = texts(erasure, "table_x_pref2")[0]
    (stays,) = {*before} & {*now}
    assert "Bob" in stays
    (mine,) = {*now} - {*before}
    assert MAIL not in mine
    assert "Ann Lee" not in mine


def test_a_database_that_fails_names_the_table_that_was_read(postgresql_url, tmp_path):
    erasure = built(postgresql_url, tmp_path, "create table x_odd (k integer, said text)")
    told = pytest.raises(errors.DatabaseFailed, match=r"42883.*while public\.x_odd was read")
    with told, reading(erasure.engine) as connection:
        table = reflect(connection).tables["public.x_odd"]
        connection.execute(select(table).where(table.c.k == literal("Ann Lee", Text)))
    erasure.engine.dispose()


def test_mariadb_finds_rows_by_an_inexact_key(mariadb_url, tmp_path):
    erasure = built(
        mariadb_url,
        tmp_path,
        "create table x_odd (k float primary key, said varchar(90))",
        f"insert into x_odd values (0.1, 'call {MAIL}'), (0.2, 'Bob')",
    )
    erasure.commit(erasure.plan())
    assert MAIL not in repr(mini.dump(mariadb_url)["x_odd"])
    erasure.engine.dispose()


@pytest.mark.parametrize(
    ("kind", "held", "longer"),
    [
        (CHAR(2), "C2", "C25"),
        (Time(), time(12, 30), time(12, 30, 0, 400)),
        (INTERVAL(precision=0), timedelta(hours=1), timedelta(hours=1, microseconds=400)),
        (BIT(2), "10", "101"),
        (BIT(2, varying=True), "10", "101"),
    ],
)
def test_keys_are_not_cut_to_the_precision_of_what_they_are_compared_with(
    postgresql_url, kind, held, longer
):
    table = Table("t", MetaData(), Column("a", kind))
    maker = create_engine(postgresql_url)
    with maker.begin() as connection:
        if isinstance(kind, Time):
            connection.exec_driver_sql("create table t (a time(0))")
        else:
            table.create(connection)
        connection.execute(insert(table), [{"a": held}])
    maker.dispose()
    engine = connect(postgresql_url)
    with reading(engine) as connection:
        here = reflect(connection).tables["public.t"]

        def found(keys):
            which = dialect_of(connection).among(here.c.a, keys)
            return connection.scalars(select(here.c.a).where(which)).all()

        assert found([longer]) == []
        assert found([held, longer]) == [held]
    engine.dispose()


@pytest.mark.parametrize("personal", [False, True], ids=["others", "own"])
def test_texts_in_arrays_of_a_domain_are_searched_and_rewritten(postgresql_url, tmp_path, personal):
    owner = mini.ANN if personal else mini.BOB
    erasure = built(
        postgresql_url,
        tmp_path,
        "create domain words as text check (value <> 'x')",
        "create table table_x_pref2 (objid integer primary key, x_memo words[], x_none words[], "
        "pref2contact bigint)",
        f"""insert into table_x_pref2 values (1, array['bo"b, x', 'call {MAIL}', null]::words[], """
        f"null, {owner})",
    )
    erasure.commit(erasure.plan())
    ((row,),) = texts(erasure, "table_x_pref2")
    assert MAIL not in row
    assert 'bo\\""b, x' in row or 'bo\\\\""b, x' in row


ALIKE = (
    "create table x_base (said varchar(90), more integer)",
    "create table x_kid () inherits (x_base)",
    "create table x_grandkid () inherits (x_kid)",
)
MORE = (
    "create table x_base (said varchar(90))",
    "create table x_kid (more varchar(90)) inherits (x_base)",
    "create table x_grandkid (most varchar(90)) inherits (x_kid)",
)
KEYED_BASE = (MORE[0].replace("(said", "(id serial primary key, said"), *MORE[1:])
TABLES = ("x_base", "x_kid", "x_grandkid")
ROWS = tuple(f"insert into {t} (said) values ('{t} {MAIL}'), ('{t} Bob')" for t in TABLES)


@pytest.mark.parametrize("how", [ALIKE, MORE, KEYED_BASE], ids=["alike", "more", "keyed"])
def test_tables_without_a_key_that_inherit_are_erased_like_others(postgresql_url, tmp_path, how):
    erasure = built(postgresql_url, tmp_path, *how, *ROWS)
    receipt = erasure.commit(erasure.plan())
    assert receipt.residue == {}
    for table, rows in zip(TABLES, texts(erasure, *TABLES), strict=True):
        assert len(rows) == 2
        assert MAIL not in repr(rows)
        assert sum("Bob" in row for row in rows) == 1, table


def test_a_row_that_shows_elsewhere_and_is_to_lose_more_there_refuses(postgresql_url, tmp_path):
    statements = (
        "create table table_x_pref2 (x_memo varchar(90), x_mail varchar(90), pref2contact bigint)",
        "create table table_x_pref3 (more varchar(90)) inherits (table_x_pref2)",
        f"insert into table_x_pref3 values ('secret', '{MAIL}', {mini.ANN})",
    )
    mini.build(postgresql_url)
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
    erasure = Erasure(postgresql_url, tmp_path, table_x_pref2__x_memo="redact")
    plan = erasure.plan()
    message = refused(errors.Stale, lambda: erasure.commit(plan), erasure)
    assert "table_x_pref2" in message
    erasure.engine.dispose()


NOTES = (
    "create table x_note (id integer primary key, said varchar(200), more varchar(200), "
    "note2contact bigint, found tsvector)",
    "insert into x_note values (1, 'mail to ann.lee@example.com', 'x', {ann}), "
    "(2, 'Bob told ann.lee@example.com', 'y', {bob}), (3, 'Bob', 'z', {bob})",
)
FILLS = "tsvector_update_trigger(found, 'pg_catalog.simple', said, more)"


@pytest.mark.parametrize(
    ("fires", "computed"),
    [
        ("before insert or update on x_note for each row", True),
        ("before insert or update of said, more on x_note for each row", True),
        ("before insert or update of more on x_note for each row", False),
        ("before insert on x_note for each row", False),
        ("before update on x_note for each row when (old.id > 100)", False),
    ],
)
def test_what_a_trigger_makes_of_other_columns_is_computed_where_it_always_does(
    postgresql_url, tmp_path, fires, computed
):
    mini.build(postgresql_url, trigger=False)
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        for statement in NOTES:
            connection.exec_driver_sql(statement.format(ann=mini.ANN, bob=mini.BOB))
        connection.exec_driver_sql(f"create trigger t_found {fires} execute function {FILLS}")
        connection.exec_driver_sql("update x_note set found = to_tsvector('simple', said)")
    engine.dispose()
    erasure = Erasure(postgresql_url, tmp_path, x_note__said="redact", x_note__found="redact")
    try:
        with reading(erasure.engine) as connection:
            found = reflect(connection).tables["public.x_note"].c.found
            assert (found.computed is not None) is computed
        if computed:
            receipt = erasure.commit(erasure.plan())
            assert receipt.residue == {}
            assert "ann" not in repr(mini.dump(erasure.url)["x_note"])
            assert "'bob'" in repr(mini.dump(erasure.url)["x_note"])
    finally:
        erasure.engine.dispose()


def test_a_script_leaves_out_only_the_cell_that_it_cannot_write(postgresql_url, tmp_path):
    erasure = built(
        postgresql_url,
        tmp_path,
        "create table table_x_pref2 (objid integer primary key, tags text[], said text, "
        "pref2contact bigint)",
        f"insert into table_x_pref2 values (1, '{{x,{MAIL}}}', 'mail {MAIL}', {mini.ANN})",
    )
    made = script(erasure)
    left = {why for table, why in made.left_out if "table_x_pref2" in table}
    assert left == {"tags cannot be changed by position"}
    done = run(erasure.url, committing(made.text), tmp_path)
    assert done.returncode == 0, done.stderr
    ((row,),) = texts(erasure, "table_x_pref2")
    assert row == f'(1,"{{x,{MAIL}}}","mail [EMAIL]",{mini.ANN})'


@pytest.mark.parametrize("way", ["script", "erase"])
def test_a_script_rewrites_xml_as_erasing_does(postgresql_url, tmp_path, way):
    erasure = built(
        postgresql_url,
        tmp_path,
        "create type named as (name text, mail text)",
        "create table x_xml (id int primary key, d xml, n named)",
        f"insert into x_xml values (1, '<c>{MAIL}</c>', '(Bob,{MAIL})'), (2, '<c>Bob</c>', null)",
    )
    if way == "script":
        made = script(erasure)
        assert not any("x_xml" in table for table, _ in made.left_out)
        done = run(erasure.url, committing(made.text), tmp_path)
        assert done.returncode == 0, done.stderr
    else:
        erasure.commit(erasure.plan())
    assert texts(erasure, "x_xml") == [['(1,<c>[EMAIL]</c>,"(Bob,[EMAIL])")', "(2,<c>Bob</c>,)"]]
