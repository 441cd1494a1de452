"""Rows without a key are told apart by all that they hold, sign by sign."""

import pytest
from sqlalchemy import create_engine, text

from scanner import errors
from scanner.executor import cells
from tests import mini
from tests.erasing import Erasure, refused

SORTS = {
    "sqlite": ["text collate nocase", "text collate rtrim", "varchar(90)"],
    "mariadb": ["varchar(90)", "varchar(90) character set latin1", "text", "char(90)"],
    "postgresql": ["citext", "text collate blind", "varchar(90)"],
}
CASES = [(server, sort) for server, sorts in SORTS.items() for sort in sorts]

SAID = "Call ANN.LEE@example.com", "call ann.lee@example.com", "Call ann.lee@example.com"
BLANKS = (f"{SAID[0]} ", f"{SAID[0]}  ")
STAYS = "call bob", "Call Bob", "call bob ", "call bób"


@pytest.fixture
def noted(request, tmp_path):
    """The small CRM with a table without a key whose rows the database takes for equal."""
    made = []

    def build(server: str, sort: str) -> Erasure:
        url = request.getfixturevalue(f"{server}_url")
        mini.build(url, trigger=False)
        engine = create_engine(url)
        with engine.begin() as connection:
            if server == "postgresql":
                connection.execute(text("create extension citext"))
                connection.execute(
                    text(
                        "create collation blind (provider = icu, locale = 'und-u-ks-level1', "
                        "deterministic = false)"
                    )
                )
            connection.execute(text(f"create table x_said (said {sort}, kind integer)"))
            for said in (*SAID, *SAID, *BLANKS, *STAYS):
                connection.execute(text("insert into x_said values (:s, 7)"), {"s": said})
        engine.dispose()
        made.append(Erasure(url, tmp_path))
        return made[-1]

    yield build
    for one in made:
        one.engine.dispose()


@pytest.mark.parametrize(("server", "sort"), CASES)
def test_rows_that_the_database_takes_for_equal_are_erased_each(noted, server, sort):
    erasure = noted(server, sort)
    before = [r for r in mini.dump(erasure.url)["x_said"] if "ann" not in r[0].lower()]
    receipt = erasure.commit(erasure.plan())
    assert receipt.residue == {}
    now = mini.dump(erasure.url)["x_said"]
    assert "example.com" not in repr(now).lower()
    assert [r for r in now if "[EMAIL]" not in r[0]] == before
    assert len(now) - len(before) == len((*SAID, *SAID, *BLANKS))


NUMBERS = {"sqlite": "real", "postgresql": "double precision", "mysql": "double"}
MOVES = {
    "sqlite": ["create trigger t_odd after update of said on x_odd begin update x_odd set {c} = 8 "
               "where rowid = new.rowid; end"],
    "postgresql": ["create function f_odd() returns trigger as $$ begin new.{c} := 8; return new; end "
                   "$$ language plpgsql",
                   "create trigger t_odd before update on x_odd for each row execute function f_odd()"],
    "mysql": ["create trigger t_odd before update on x_odd for each row set new.{c} = 8"],
}  # fmt: skip


@pytest.fixture
def odd(live_url, tmp_path):
    """The small CRM with a table without a key, and what else changes in its rows."""
    made = []

    def build(*more: str) -> Erasure:
        mini.build(live_url, trigger=False)
        engine = create_engine(live_url)
        kind = engine.dialect.name.replace("mariadb", "mysql")
        with engine.begin() as connection:
            for one in (
                f"create table x_odd (said varchar(90), kind integer, much {NUMBERS[kind]}, "
                "size integer generated always as (length(said)) stored)",
                f"insert into x_odd (said, kind, much) values ('{SAID[2]}', 7, 0.1), "
                f"('{SAID[2]}', 7, 0.1), ('Call [EMAIL]', 8, 8), ('Call [EMAIL]', 7, 8), "
                "('Call [EMAIL]', 8, 0.1), ('Call [EMAIL]', 7, 0.1)",
            ):
                connection.exec_driver_sql(one)
            for column in more:
                for one in MOVES[kind]:
                    connection.exec_driver_sql(one.format(c=column))
        engine.dispose()
        made.append(Erasure(live_url, tmp_path))
        return made[-1]

    yield build
    for one in made:
        one.engine.dispose()


def test_a_row_without_a_key_is_rewritten_with_what_the_database_computes_of_it(odd):
    erasure = odd()
    assert erasure.commit(erasure.plan()).residue == {}
    rows = mini.dump(erasure.url)["x_odd"]
    assert {r[0] for r in rows} == {"Call [EMAIL]"}
    assert {r[3] for r in rows} == {len("Call [EMAIL]")}
    assert sorted((r[1], float(r[2])) for r in rows) == [(7, 0.1)] * 3 + [(7, 8), (8, 0.1), (8, 8)]


@pytest.mark.parametrize("column", ["kind", "much"])
def test_a_trigger_that_changes_another_cell_of_a_row_without_a_key_refuses(odd, column):
    erasure = odd(column)
    plan = erasure.plan()
    message = refused(errors.Refused, lambda: erasure.commit(plan), erasure)
    assert "x_odd does not hold what was written to it" in message


REACHES = {
    "sqlite": ["create trigger t_reach after update on table_contact begin update x_odd set {c}; end"],
    "postgresql": ["create function f_reach() returns trigger as $$ begin update x_odd set {c}; return "
                   "null; end $$ language plpgsql",
                   "create trigger t_reach after update on table_contact for each row execute function "
                   "f_reach()"],
    "mysql": ["create trigger t_reach after update on table_contact for each row update x_odd set {c}"],
}  # fmt: skip


@pytest.mark.parametrize("sort", ["kind = 8", "much = 8", "kind = kind + 1 where kind = 7"])
@pytest.mark.parametrize("first", ["x_odd", "table_contact"])
def test_a_trigger_of_another_table_that_changes_such_a_cell_refuses(odd, monkeypatch, sort, first):
    """Whichever of the two tables is written first."""
    monkeypatch.setattr(cells, "_generation", lambda _, where: 9 if where.name == first else 0)
    built = odd()
    kind = built.engine.dialect.name.replace("mariadb", "mysql")
    for one in REACHES[kind]:
        built.write(one.format(c=sort))
    erasure = Erasure(built.url, built.journal.path.parent)
    plan = erasure.plan()
    message = refused(errors.EffaceError, lambda: erasure.commit(plan), erasure)
    assert "x_odd" in message
    erasure.engine.dispose()


def test_a_trigger_that_adds_rows_to_a_table_without_a_key_is_none_to_refuse(odd):
    built = odd()
    kind = built.engine.dialect.name.replace("mariadb", "mysql")
    for one in REACHES[kind]:
        added = "insert into x_odd (said, kind) values ('nothing', 3)"
        built.write(one.replace("update x_odd set {c}", added))
    erasure = Erasure(built.url, built.journal.path.parent)
    assert erasure.commit(erasure.plan()).committed
    erasure.engine.dispose()
