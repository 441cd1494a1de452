"""SQLite takes a text in a column of any type: it is found, and erased as the text that it is."""

import json

import pytest
from sqlalchemy import Integer, create_engine, text
from sqlalchemy.types import NullType

from scanner.database import connect, fingerprint, reading, reflect
from tests import mini
from tests.erasing import Erasure

TYPES = ["integer", "bigint not null", "real", "double precision", "numeric(5)", "decimal(9, 2)",
         "boolean", "date", "datetime", "time", "blob"]  # fmt: skip
USUAL = {
    "date": "2026-01-31",
    "datetime": "2026-01-31 10:00:00.000000",
    "time": "10:00:00.000000",
    "blob": b"\x00ann.lee@example.com",
}
SAYS = "call ann.lee@example.com"


@pytest.fixture
def odd(sqlite_url, tmp_path):
    """The small CRM with a table of one column that holds what its type does not say."""
    made = []

    def build(kind: str, *rows: object, **choices: str) -> Erasure:
        mini.build(sqlite_url, trigger=False)
        engine = create_engine(sqlite_url)
        with engine.begin() as connection:
            connection.execute(
                text(
                    f"create table x_odd (id integer primary key, said {kind}, odd2contact bigint)"
                )
            )
            for row, who in rows:
                connection.execute(
                    text("insert into x_odd (said, odd2contact) values (:s, :w)"),
                    {"s": row, "w": who},
                )
        engine.dispose()
        made.append(Erasure(sqlite_url, tmp_path, **choices))
        return made[-1]

    yield build
    for one in made:
        one.engine.dispose()


def rows(erasure: Erasure) -> list[object]:
    engine = create_engine(erasure.url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("select said from x_odd order by id").scalars().all()
    engine.dispose()
    return list(found)


@pytest.mark.parametrize("kind", TYPES)
def test_a_text_against_its_type_is_erased(odd, kind):
    plain = USUAL.get(kind.split()[0], 7)
    erasure = odd(kind, (plain, mini.BOB), (SAYS, mini.BOB), (SAYS, mini.ANN), (plain, mini.ANN))
    plan = erasure.plan()
    erasure.commit(plan)
    assert rows(erasure) == [plain, "call [EMAIL]", "call [EMAIL]", plain]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("choice", ["redact", "null", "scrub", "mask", "token"])
def test_each_strategy_takes_a_text_against_its_type(odd, kind, choice):
    plain = USUAL.get(kind.split()[0], 7)
    erasure = odd(kind, (plain, mini.BOB), (SAYS, mini.ANN), x_odd__said=choice)
    erasure.commit(erasure.plan())
    kept, now = rows(erasure)
    assert kept == plain
    assert "ann" not in str(now)
    assert (now is None) is (choice == "null" and "not null" not in kind)
    assert erasure.plan().empty


@pytest.mark.parametrize("kind", TYPES)
def test_a_scan_says_that_a_column_holds_text_against_its_type(odd, kind, efface, tmp_path):
    plain = USUAL.get(kind.split()[0], 7)
    names = [(f"{first} {last}", mini.BOB) for first in ("Carla", "Dieter") for last in
             ("Keller", "Ibsen", "Hofmann", "Fischer")]  # fmt: skip
    erasure = odd(kind, (plain, mini.BOB), *names)
    efface("scan", "--db", erasure.url, "-o", tmp_path / "scan.json")
    found = json.loads((tmp_path / "scan.json").read_text())["columns"]
    (said,) = (c for c in found if (c["table"], c["column"]) == ("x_odd", "said"))
    assert said["type"].endswith(" (holds text)")
    assert said["entity"] == "PERSON"


@pytest.mark.parametrize("kind", TYPES)
def test_what_fits_its_type_or_is_empty_is_left_as_it_is(odd, kind):
    plain = USUAL.get(kind.split()[0], 7)
    erasure = odd(kind, (plain, mini.BOB), ("", mini.BOB), (None if "not" not in kind else 1, 2))
    with reading(erasure.engine) as connection:
        schema = reflect(connection)
        assert not isinstance(schema.tables["x_odd"].c.said.type, NullType)
        before = fingerprint(schema)
    erasure.write(f"update x_odd set said = '{SAYS}' where id = 2")
    with reading(erasure.engine) as connection:
        schema = reflect(connection)
        assert isinstance(schema.tables["x_odd"].c.said.type, NullType)
        assert isinstance(schema.tables["x_odd"].c.odd2contact.type, Integer)
        assert fingerprint(schema) == before  # a text that comes makes no other schema of it


def test_what_changes_in_a_transaction_is_looked_at_again(odd):
    erasure = odd("integer", (7, mini.BOB))
    engine = connect(erasure.url).execution_options(efface_writes=1)
    with engine.connect() as connection, connection.begin():
        assert not isinstance(reflect(connection).tables["x_odd"].c.said.type, NullType)
        connection.exec_driver_sql("update x_odd set said = 'Ann Lee'")
        assert isinstance(reflect(connection).tables["x_odd"].c.said.type, NullType)
    engine.dispose()
