"""A CHECK constraint that would refuse what a decision leaves is told before, with what to decide."""

import pytest
from sqlalchemy import Column, MetaData, String, Table, create_engine, text

from scanner import constraints, errors
from scanner.checks import Check, checks, refusing
from scanner.database import dialect_of
from tests import mini
from tests.erasing import Erasure, refused

KINDS = {
    ("x_patient", "sex"): ("direct", "GENDER"),
    ("x_patient", "city"): ("quasi", "CITY"),
    ("x_patient", "mail"): ("direct", "EMAIL_ADDRESS"),
    ("x_patient", "state"): ("direct", "PERSON"),
    ("x_patient", "note"): ("free_text", "FREE_TEXT"),
}


def patients(url, folder, monkeypatch, column, value="'m'", **choices):
    """Give an erasure of a database with a table of one more row of Ann's, which is rewritten."""
    mini.build(url)
    for place, known in KINDS.items():
        monkeypatch.setitem(mini.CUSTOM, place, known)
    name = column.split()[0]
    engine = create_engine(url)
    with engine.begin() as connection:
        made = (
            f"create table x_patient (objid integer primary key, patient2contact bigint, {column})"
        )
        connection.execute(text(made.replace(":", r"\:")))
        row = f"insert into x_patient (objid, {name}, patient2contact) values (1, {value}, {mini.ANN})"
        connection.execute(text(row))
    engine.dispose()
    return Erasure(url, folder, **choices)


CASES = {
    "list": ("sex char(1) not null check (sex in ('m','f','x'))", "'m'", "sex", "keep"),
    "or null": ("sex varchar(12) check (sex in ('m','f','x'))", "'m'", "sex", "keep or null"),
    "named": (
        "city varchar(30) not null, constraint a_city check (city like 'A%')", "'Austin'", "city",
        "keep",
    ),
    "length": (
        "city varchar(30), constraint a_city check (length(city) < 8)", "'Austin'", "city",
        "keep or null",
    ),
    "beside another": (
        "city varchar(30), zip varchar(9) default '1', constraint a_city check "
        "(zip is null or city = 'Austin')", "'Austin'", "city", "keep or null",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_plan_says_which_check_refuses_which_column(live_url, tmp_path, monkeypatch, case):
    column, value, name, ways = CASES[case]
    erasure = patients(live_url, tmp_path, monkeypatch, column, value)
    said = refused(errors.Misconfigured, erasure.plan, erasure).replace("public.", "")
    assert said.endswith(f"x_patient.{name}: decide {ways}")
    assert "does not take what redact would leave in" in said
    if "a_city" in column:
        assert said.startswith("the CHECK constraint a_city ")
    erasure.engine.dispose()
    decided = Erasure(live_url, tmp_path, **{f"x_patient__{name}": ways.split()[-1]})
    assert decided.commit(decided.plan()).residue == {}
    decided.engine.dispose()


@pytest.mark.parametrize(
    "column",
    [
        "city varchar(30) check (city like '[%' or city = 'Austin')",
        "city varchar(30), constraint a_city check (length(city) > 2)",
        "city varchar(30), zip varchar(9), constraint a_city check (zip = '1' or city <> 'x')",
    ],
)
def test_what_a_check_takes_is_no_fault(live_url, tmp_path, monkeypatch, column):
    erasure = patients(live_url, tmp_path, monkeypatch, column, "'Austin'")
    erasure.commit(erasure.plan())
    assert "Austin" not in str(mini.dump(live_url)["x_patient"])
    erasure.engine.dispose()


def test_all_that_cannot_be_is_told_at_once(postgresql_url, tmp_path, monkeypatch):
    """What a check refuses, and what may not be empty and has no neutral value."""
    monkeypatch.setitem(mini.CUSTOM, ("x_patient", "host"), ("direct", "IP_ADDRESS"))
    monkeypatch.setitem(mini.CUSTOM, ("x_patient", "span"), ("direct", "PERSON"))
    column = (
        "city varchar(30) not null, host inet not null default '10.0.0.1', "
        "span int4range not null default '[1,5)', constraint a_city check (city like 'A%')"
    )
    erasure = patients(postgresql_url, tmp_path, monkeypatch, column, "'Austin'")
    said = refused(errors.Misconfigured, erasure.plan, erasure)
    assert "nothing can stand in public.x_patient.host" in said
    assert "nothing can stand in public.x_patient.span" in said
    assert "the CHECK constraint a_city does not take" in said
    erasure.engine.dispose()


def test_the_check_of_a_domain_is_told(postgresql_url, tmp_path, monkeypatch):
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "create domain state as varchar(20) constraint known check (value in ('new', 'old'))"
        )
    engine.dispose()
    erasure = patients(postgresql_url, tmp_path, monkeypatch, "state state", "'new'")
    said = refused(errors.Misconfigured, erasure.plan, erasure)
    assert said.endswith("redact would leave in public.x_patient.state: decide keep or null")
    erasure.engine.dispose()
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table x_patient")
        connection.exec_driver_sql("drop domain state")
    engine.dispose()


def test_a_check_on_somebody_elses_text_is_told_by_the_rehearsal(live_url, tmp_path):
    mini.build(live_url)
    engine = create_engine(live_url)
    with engine.begin() as connection:
        made = "create table x_box (id integer primary key, mail varchar(80), constraint at_mail "
        connection.execute(text(f"{made} check (mail like '%@%'))"))
        connection.execute(text("insert into x_box values (1, 'ann.lee@example.com')"))
    engine.dispose()
    erasure = Erasure(live_url, tmp_path, x_box__mail="scrub")
    plan = erasure.plan()
    said = refused(errors.Misconfigured, lambda: erasure.run(plan), erasure)
    assert said.replace("public.", "") == (
        "the CHECK constraint at_mail does not take what scrub would leave in x_box.mail: "
        "decide keep or null"
    )
    erasure.engine.dispose()


@pytest.mark.parametrize("inline", [True, False])
def test_where_it_could_not_be_asked_the_refusal_names_the_check(
    live_url, tmp_path, monkeypatch, inline
):
    check = "check (sex in ('m','f','x'))"
    column = (
        f"sex char(1) not null {check}" if inline else f"sex varchar(9), constraint a_sex {check}"
    )
    erasure = patients(live_url, tmp_path, monkeypatch, column)
    monkeypatch.setattr(constraints, "held", lambda *_: None)
    plan = erasure.plan()
    said = refused(errors.DatabaseFailed, lambda: erasure.run(plan), erasure)
    assert "CHECK constraint" in said
    assert said.endswith(": decide otherwise on sex; nothing was changed")
    assert inline or "(the CHECK constraint a_sex)" in said
    erasure.engine.dispose()


def test_a_check_that_cannot_be_tried_refuses_nothing(embedded, monkeypatch):
    broken = Check("odd", "no_such_function(first_name)", ("first_name",))
    monkeypatch.setattr(constraints, "checks", lambda *_: [broken])
    assert embedded.commit(embedded.plan()).residue == {}


def test_names_in_a_check_are_columns_whatever_quotes_they_have(sqlite_url):
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            'create table t (a text, "b c" text, d text, e text, constraint odd check '
            "(A <> 'd' and \"b c\" <> 'it''s e' and `a` <> [d]))"
        )
        table = Table("t", MetaData(), autoload_with=connection)
        (found,) = checks(connection, dialect_of(engine), table)
    assert found.columns == ("a", "b c", "d")
    assert refusing([found], "odd") == refusing([found], found.sql) == found
    assert refusing([found], "even") is refusing([found], "") is None
    bare = Table("u", MetaData(), Column("a", String))
    with engine.connect() as connection:
        assert checks(connection, dialect_of(engine), bare) == ()
    engine.dispose()
