"""Tables' definitions are read with few statements where a server gives many, and all the same else."""

import pytest
from sqlalchemy import (
    DOUBLE_PRECISION,
    REAL,
    Column,
    Double,
    Float,
    MetaData,
    String,
    Table,
    event,
    exc,
)

from scanner import sampler
from scanner.database import connect, fingerprint, key_of, reading, reflect
from scanner.requests import finder
from scanner.subjects import searcher
from tests import mini, purging
from tests.erasing import PACK

FLOATS = (Float, Double, REAL, DOUBLE_PRECISION)


def _read(url):
    engine, said = connect(url), []
    event.listen(engine, "before_cursor_execute", lambda *a: said.append(a[2]))
    with reading(engine) as connection:
        schema = reflect(connection)
    engine.dispose()
    keys = {name: [c.name for c in key_of(t)] for name, t in schema.tables.items()}
    return fingerprint(schema), keys, schema.info["failed"], said


def test_a_server_tells_many_tables_at_once(postgresql_url):
    mini.build(postgresql_url)
    _, keys, failed, said = _read(postgresql_url)
    assert not failed
    assert len(keys) > 10
    assert len(said) < 3 * len(keys)


@pytest.mark.parametrize("fault", [exc.NoSuchTableError("t"), exc.DBAPIError("", {}, OSError())])
def test_where_that_fails_they_are_read_one_by_one(live_url, monkeypatch, fault):
    mini.build(live_url)
    together = _read(live_url)

    def failing(*_words, **_more):
        raise fault

    monkeypatch.setattr(MetaData, "reflect", failing)
    assert _read(live_url)[:3] == together[:3]


def test_floats_are_numbers_in_which_no_text_is_looked_for():
    table = Table(
        "t", MetaData(), Column("name", String(9)), *(Column(k.__name__, k()) for k in FLOATS)
    )
    assert [c.name for c in searcher.searched(table, ())] == ["name"]
    assert [sampler.kind(table.c[k.__name__]) for k in FLOATS] == ["number"] * len(FLOATS)


def test_the_tables_of_requests_are_read_again_once_a_definition_has_changed(live_url):
    engine = connect(mini.build(live_url))

    def seen():
        with reading(engine) as connection:
            return finder.schema_of(connection, PACK)

    first, again = seen(), seen()
    assert (first is again) is (engine.dialect.name != "mariadb")  # which does not say whether
    purging.write(live_url, "alter table table_contact add x_new integer")
    assert ["x_new" in _contacts(schema).c for schema in (first, seen())] == [False, True]
    engine.dispose()


def _contacts(schema):
    return next(t for t in schema.tables.values() if t.name == "table_contact")
