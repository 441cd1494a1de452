"""SQLite takes a text in a column of any type: it is found, and erased as the text that it is."""

import json
from collections.abc import Callable

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


TABLES = {f"x_odd{number}": kind for number, kind in enumerate(TYPES)}
"""A table for each type: one database, and one erasure, for all of them."""


def usual(kind: str) -> object:
    """Give a value that fits the type."""
    return USUAL.get(kind.split()[0], 7)


Rows = Callable[[str], list[tuple[object, object]]]


@pytest.fixture
def odd(sqlite_url, tmp_path):
    """The small CRM with tables of one column that holds what its type does not say."""
    made = []

    def build(rows: Rows, **choices: str) -> Erasure:
        mini.build(sqlite_url, trigger=False)
        engine = create_engine(sqlite_url)
        with engine.begin() as connection:
            for table, kind in TABLES.items():
                connection.execute(
                    text(
                        f"create table {table} (id integer primary key, said {kind}, "
                        "odd2contact bigint)"
                    )
                )
                for row, who in rows(kind):
                    connection.execute(
                        text(f"insert into {table} (said, odd2contact) values (:s, :w)"),
                        {"s": row, "w": who},
                    )
        engine.dispose()
        made.append(Erasure(sqlite_url, tmp_path, **choices))
        return made[-1]

    yield build
    for one in made:
        one.engine.dispose()


def held(erasure: Erasure) -> dict[str, list[object]]:
    """Read what each table holds."""
    engine = create_engine(erasure.url)
    query = "select said from {} order by id"
    with engine.connect() as connection:
        found = {
            table: list(connection.exec_driver_sql(query.format(table)).scalars().all())
            for table in TABLES
        }
    engine.dispose()
    return found


def test_a_text_against_its_type_is_erased(odd):
    erasure = odd(
        lambda kind: [
            *((usual(kind), mini.BOB), (SAYS, mini.BOB)),
            *((SAYS, mini.ANN), (usual(kind), mini.ANN)),
        ]
    )
    erasure.commit(erasure.plan())
    now = held(erasure)
    for table, kind in TABLES.items():
        plain = usual(kind)
        assert now[table] == [plain, "call [EMAIL]", "call [EMAIL]", plain], kind


@pytest.mark.parametrize("choice", ["redact", "null", "scrub", "mask", "token"])
def test_each_strategy_takes_a_text_against_its_type(odd, choice):
    choices = {f"{table}__said": choice for table in TABLES}
    erasure = odd(lambda kind: [(usual(kind), mini.BOB), (SAYS, mini.ANN)], **choices)
    erasure.commit(erasure.plan())
    left = held(erasure)
    for table, kind in TABLES.items():
        kept, now = left[table]
        assert kept == usual(kind), kind
        assert "ann" not in str(now), kind
        assert (now is None) is (choice == "null" and "not null" not in kind), kind
    assert erasure.plan().empty


def test_a_scan_says_that_a_column_holds_text_against_its_type(odd, efface, tmp_path):
    names = [(f"{first} {last}", mini.BOB) for first in ("Carla", "Dieter") for last in
             ("Keller", "Ibsen", "Hofmann", "Fischer")]  # fmt: skip
    erasure = odd(lambda kind: [(usual(kind), mini.BOB), *names])
    efface("scan", "--db", erasure.url, "-o", tmp_path / "scan.json")
    found = json.loads((tmp_path / "scan.json").read_text())["columns"]
    said = {c["table"]: c for c in found if c["table"] in TABLES and c["column"] == "said"}
    assert said.keys() == TABLES.keys()
    for table, kind in TABLES.items():
        assert said[table]["type"].endswith(" (holds text)"), kind
        assert said[table]["entity"] == "PERSON", kind


def test_what_fits_its_type_or_is_empty_is_left_as_it_is(odd):
    erasure = odd(
        lambda kind: [
            *((usual(kind), mini.BOB), ("", mini.BOB)),
            (None if "not" not in kind else 1, 2),
        ]
    )
    with reading(erasure.engine) as connection:
        schema = reflect(connection)
        for table, kind in TABLES.items():
            assert not isinstance(schema.tables[table].c.said.type, NullType), kind
        before = fingerprint(schema)
    for table in TABLES:
        erasure.write(f"update {table} set said = '{SAYS}' where id = 2")
    with reading(erasure.engine) as connection:
        schema = reflect(connection)
        for table, kind in TABLES.items():
            assert isinstance(schema.tables[table].c.said.type, NullType), kind
            assert isinstance(schema.tables[table].c.odd2contact.type, Integer), kind
        assert fingerprint(schema) == before  # a text that comes makes no other schema of it


def test_what_changes_in_a_transaction_is_looked_at_again(odd):
    erasure = odd(lambda kind: [(usual(kind), mini.BOB)])
    engine = connect(erasure.url).execution_options(efface_writes=1)
    with engine.connect() as connection, connection.begin():
        assert not isinstance(reflect(connection).tables["x_odd0"].c.said.type, NullType)
        connection.exec_driver_sql("update x_odd0 set said = 'Ann Lee'")
        assert isinstance(reflect(connection).tables["x_odd0"].c.said.type, NullType)
    engine.dispose()
