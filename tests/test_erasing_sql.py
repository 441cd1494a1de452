"""What is sent to SQL Server and Oracle, which cannot be run here: as text, and parsed by sqlglot."""

import pytest
import sqlglot
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    MetaData,
    String,
    Table,
    Text,
    event,
    func,
    select,
)
from sqlalchemy.dialects import mssql, oracle, postgresql, sqlite
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

from scanner import dialects
from scanner.dialects.generic import Dialect as Generic
from scanner.executor.cells import rewriting, stored
from scanner.rows import Address, named

SPEAKS = {
    "mssql": (mssql.dialect(), "tsql"),
    "oracle": (oracle.dialect(), "oracle"),
    "postgresql": (postgresql.dialect(), "postgres"),
    "sqlite": (sqlite.dialect(), "sqlite"),
}


def table(schema: str = "dbo") -> Table:
    return Table(
        "table_case",
        MetaData(),
        Column("objid", BigInteger, unique=True),
        Column("Title", String(80)),
        Column("order", String(30)),
        Column("case_history", oracle.LONG() if schema == "sa" else Text),
        Column("creation_time", DateTime),
        schema=schema,
    )


def sql(statement, name: str) -> str:
    dialect, tongue = SPEAKS[name]
    text = " ".join(
        str(statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})).split()
    )
    assert sqlglot.parse_one(text, read=tongue) is not None
    return text


def test_a_rewrite_names_the_schema_and_quotes_what_must_be():
    assert sql(rewriting(table(), ["objid"], ["Title", "order"]), "mssql") == (
        "UPDATE dbo.table_case SET [Title]=:efface_n0, [order]=:efface_n1 WHERE dbo.table_case.objid = :efface_k0"
    )
    assert sql(rewriting(table("sa"), ["objid"], ["Title", "order", "case_history"]), "oracle") == (
        'UPDATE sa.table_case SET "Title"=:efface_n0, "order"=:efface_n1, case_history=:efface_n2 '
        "WHERE sa.table_case.objid = :efface_k0"
    )


def test_what_was_written_is_read_back_by_key():
    made = table()
    statement = stored(made, ["objid"], ["Title"]).where(
        named(Generic(), made, ["objid"], [(1,), (2,)])
    )
    assert sql(statement, "mssql").startswith(
        "SELECT dbo.table_case.objid AS c0, dbo.table_case.[Title] AS c1 FROM dbo.table_case WHERE"
    )
    assert sql(statement, "oracle").startswith(
        'SELECT dbo.table_case.objid AS c0, dbo.table_case."Title" AS c1 FROM dbo.table_case WHERE'
    )


@pytest.mark.parametrize("name", ["mssql", "oracle"])
def test_no_long_text_is_compared(name):
    made = table("sa" if name == "oracle" else "dbo")
    keyless = Table("stage", MetaData(), *(Column(c.name, c.type) for c in made.columns))
    address = Address.of(keyless, (), "", dialect=dialects.named(name))
    row = {"objid": 1, "Title": "x", "order": None, "case_history": "y", "creation_time": None}
    where = str(address.locate(keyless, row).compile(dialect=SPEAKS[name][0]))
    assert "case_history" not in where
    assert "IS NULL" in where
    assert ("VARBINARY" in where) is (name == "mssql")


@pytest.mark.parametrize("name", ["mssql", "oracle", "postgresql", "sqlite"])
def test_counts_and_groups_parse(name):
    made = table()
    sql(select(made.c.order, func.count()).select_from(made).group_by(made.c.order), name)


@pytest.mark.parametrize(
    ("name", "limit"), [("mssql", 2100), ("oracle", 1001), ("sqlite", 999), ("postgresql", 32767)]
)
def test_no_statement_names_more_keys_than_the_database_takes(name, limit):
    assert dialects.named(name).max_keys < limit


@pytest.mark.parametrize("name", ["mssql", "oracle", "postgresql", "sqlite", "mysql", "mariadb"])
def test_every_database_that_we_write_to_can_roll_back(name):
    assert dialects.named(name).can_roll_back


def test_an_unknown_database_is_never_written_to():
    assert not dialects.named("firebird").can_roll_back


def test_a_key_of_two_columns_is_compared_whole():
    made = table()
    assert "WHERE dbo.table_case.objid = :efface_k0 AND dbo.table_case.[order] = :efface_k1" in sql(
        rewriting(made, ["objid", "order"], ["Title"]), "mssql"
    )
    where = str(named(Generic(), made, ["objid", "order"], [(1, "a"), (2, "b")]))
    assert where.count(" OR ") == 1
    assert where.count('"order" =') == 2


@pytest.mark.parametrize("name", SPEAKS)
def test_every_statement_of_an_erasure_parses(embedded, name):
    sent = []

    def note(_connection, element, *_more):
        sent.append(element)

    event.listen(embedded.engine, "before_execute", note)
    embedded.run(embedded.plan())
    event.remove(embedded.engine, "before_execute", note)
    built = [s for s in sent if isinstance(s, SelectBase | UpdateBase)]  # no savepoints
    texts = {sql(s, name) for s in built}
    assert len(texts) > 50
    assert {t.split()[0] for t in texts} == {"SELECT", "UPDATE"}
