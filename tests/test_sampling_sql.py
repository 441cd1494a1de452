"""Sampling statements are cheap, random and valid in databases that we cannot run here."""

import pytest
import sqlglot
from sqlalchemy import CLOB, Column, Integer, MetaData, String, Table, Text
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.dialects.oracle import LONG
from sqlalchemy.engine.interfaces import Dialect as SqlDialect

from scanner import dialects

KINDS: dict[str, SqlDialect] = {
    "mssql": mssql.dialect(),
    "oracle": oracle.dialect(),
    "postgresql": postgresql.dialect(),
    "mysql": mysql.dialect(),
    "sqlite": sqlite.dialect(),
}
READ_AS = {"mssql": "tsql", "postgresql": "postgres"}


def table(name: str = "user", schema: str | None = "dbo") -> Table:
    columns = (Column("objid", Integer, primary_key=True), Column("Order", String(30)))
    return Table(name, MetaData(), *columns, Column("notes", Text), schema=schema)


def sql(kind: str, of: Table, *, rows: int = 1000, total: int = 5_000_000) -> str:
    dialect = dialects.named(kind)
    statement = dialect.sample(
        of,
        lambda source: [
            source.c.Order,
            dialect.prefix(source.c.notes, 4000),
        ],
        rows=rows,
        of=total,
        seed=7,
        bounds=(1, 9_000_000),
    )
    made = statement.compile(dialect=KINDS[kind], compile_kwargs={"literal_binds": True})
    return " ".join(str(made).split())


def test_sql_server_samples_pages() -> None:
    assert sql("mssql", table()) == (
        "SELECT dbo.[user].[Order], substring(dbo.[user].notes, 1, 4000) AS substring_1 "
        "FROM dbo.[user] TABLESAMPLE SYSTEM (3000 ROWS) REPEATABLE (8)"
    )


def test_oracle_samples_blocks_and_leaves_long_columns_alone() -> None:
    columns = (Column("Order", String(30)), Column("notes", LONG))
    of = Table("case", MetaData(), *columns, schema="sa")
    assert sql("oracle", of) == (
        'SELECT sa.case."Order", sa.case.notes FROM sa.case SAMPLE BLOCK (0.060000) SEED (7)'
    )


def test_oracle_cuts_clobs_in_the_database() -> None:
    columns = (Column("Order", String(30)), Column("notes", CLOB))
    of = Table("case", MetaData(), *columns, schema="sa")
    assert "substr(sa.case.notes, 1, 4000)" in sql("oracle", of)


def test_oracle_samples_rows_of_a_middling_table() -> None:
    assert sql("oracle", table(), total=100_000).endswith("SAMPLE (1.200000) SEED (7)")


def test_postgresql_samples_rows_of_middling_and_pages_of_big_tables() -> None:
    assert "TABLESAMPLE system(0.060000) REPEATABLE (7)" in sql("postgresql", table())
    middling = sql("postgresql", table(), total=100_000)
    assert "TABLESAMPLE bernoulli(1.200000) REPEATABLE (7)" in middling


@pytest.mark.parametrize("kind", ["sqlite", "mysql"])
def test_key_ranges_are_read_without_sorting_the_table(kind: str) -> None:
    made = sql(kind, table(schema=None))
    assert made.count("LIMIT 25") == 40
    assert "UNION" in made
    assert "rand" not in made.lower()


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("name", ["user", "order", "MixedCase", "with space", "a'b", "select"])
def test_every_statement_parses_in_its_dialect(kind: str, name: str) -> None:
    schema = None if kind in {"sqlite", "mysql"} else "dbo"
    made = sql(kind, table(name, schema))
    assert sqlglot.parse_one(made, read=READ_AS.get(kind, kind))


def test_a_database_that_we_do_not_know_is_read_from_its_start() -> None:
    dialect = dialects.named("nothing-known")
    made = dialect.sample(table(), lambda s: [s.c.notes], rows=10, of=None, seed=0)
    assert str(made).endswith("LIMIT :param_1")
