"""Whatever a database or a rule file holds, each column has its status and its reason."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import URL, NullPool, create_engine, make_url, text

from scanner.sampler import LONGEST

Found = dict[str, dict[str, Any]]


@pytest.fixture
def scan(efface: Any, tmp_path: Path) -> Callable[..., Found]:
    """Scan by the command line; give the columns by name, and what was said under ''."""

    def run(url: str, *words: object) -> Found:
        output = tmp_path / "scan.json"
        done = efface("scan", "--db", url, "--pack", "none", "-o", output, *words)
        assert done.exit_code == 0, done.stderr
        columns = json.loads(output.read_text())["columns"]
        return {c["column"]: c for c in columns} | {"": {"said": done.stderr}}

    return run


def fill(url: str, *statements: str, **values: Any) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for one in statements:
            used = {k: v for k, v in values.items() if f":{k}" in one}
            connection.execute(text(one), used)
    engine.dispose()


def test_monotony_emptiness_and_endless_texts(live_url: str, scan: Callable[..., Found]) -> None:
    long_text = "longtext" if "mariadb" in live_url else "text"
    fill(
        live_url,
        "create table empty (nobody int, e_mail varchar(80))",
        f"create table odd (one_value varchar(20), endless {long_text}, exact {long_text})",
        *["insert into odd values ('always', null, null)"] * 50,
        "insert into odd values ('always', :endless, :exact)",
        endless="to ada@example.com " + "x" * 5_000_000,
        exact="y" * LONGEST,
    )
    found = scan(live_url)
    assert found["e_mail"]["status"] == found["nobody"]["status"] == "empty"
    assert found["e_mail"]["personal"] == "unknown"
    assert found["one_value"]["distinct_read"] == 1
    assert found["one_value"]["values_read"] == 51
    assert found["endless"]["reason"] == (
        "only the first 4,000 characters of long texts were looked at"
    )
    assert found["endless"]["status"] == "scanned"
    assert found["exact"]["reason"] == ""


@pytest.mark.parametrize("kind", ["sqlite", "mariadb"])
def test_nul_bytes_hide_nothing(
    kind: str, scan: Callable[..., Found], request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    fill(
        url,
        "create table t (nul varchar(80))",
        *(f"insert into t values (:m{n})" for n in range(5)),
        **{f"m{n}": f"ada{n}@example.com\0" for n in range(5)},
    )
    assert scan(url)["nul"]["entity"] == "EMAIL_ADDRESS"


@contextmanager
def visitor(admin: URL, grants: list[str], drop: list[str]) -> Iterator[str]:
    """Make an account that may read some tables."""
    fill(admin.render_as_string(hide_password=False), *grants)
    try:
        url = admin.set(username="efface_visitor", password="x")
        yield url.render_as_string(hide_password=False)
    finally:
        fill(admin.render_as_string(hide_password=False), *drop)


DENIED = "this account lacks a permission that the work needs, on shut"

TABLES = ("create table open_one (a int, e_mail varchar(80))", "create table shut (b varchar(9))")


def test_a_forbidden_table_is_listed_and_the_scan_goes_on(
    postgresql_url: str, scan: Callable[..., Found]
) -> None:
    fill(postgresql_url, *TABLES)
    grants = ["create role efface_visitor login password 'x'"]
    grants += ["grant select on open_one to efface_visitor"]
    drop = ["drop owned by efface_visitor", "drop role efface_visitor"]
    with visitor(make_url(postgresql_url), grants, drop) as url:
        found = scan(url)
    assert found["e_mail"]["status"] == "empty"
    assert (found["b"]["status"], found["b"]["personal"]) == ("failed", "unknown")
    assert found["b"]["reason"].endswith(DENIED)


def test_a_forbidden_table_is_listed_in_mariadb_too(
    mariadb_url: str, scan: Callable[..., Found]
) -> None:
    fill(mariadb_url, *TABLES)
    grants = ["create user efface_visitor@'127.0.0.1' identified by 'x'"]
    grants += ["grant select on open_one to efface_visitor@'127.0.0.1'"]
    grants += ["grant insert on shut to efface_visitor@'127.0.0.1'"]
    with visitor(make_url(mariadb_url), grants, ["drop user efface_visitor@'127.0.0.1'"]) as url:
        found = scan(url)
    assert found["e_mail"]["status"] == "empty"
    assert found["b"]["status"] == "failed"
    assert found["b"]["reason"].endswith(DENIED)


def test_bytes_of_another_encoding_are_read_in_postgresql(
    postgresql_server: URL, scan: Callable[..., Found]
) -> None:
    admin = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    name = "efface_test_ascii"
    with admin.connect() as connection:
        connection.execute(text(f"drop database if exists {name}"))
        connection.execute(
            text(f"create database {name} encoding 'SQL_ASCII' template template0 locale 'C'")
        )
        try:
            url = postgresql_server.set(database=name).render_as_string(hide_password=False)
            fill(
                f"{url}?client_encoding=utf8",
                "create table t (mixed text, e_mail text)",
                *["insert into t values (convert_from('\\x636166e9', 'SQL_ASCII'), 'a@b.example')"]
                * 5,
            )
            found = scan(url)
        finally:
            connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()
    assert found["e_mail"]["entity"] == "EMAIL_ADDRESS"
    assert (found["mixed"]["status"], found["mixed"]["values_read"]) == ("scanned", 5)


def test_latin_columns_are_read_in_mariadb(mariadb_url: str, scan: Callable[..., Found]) -> None:
    fill(
        mariadb_url,
        "create table t (latin varchar(80) character set latin1)",
        *["insert into t values ('josé@example.com')"] * 5,
    )
    assert scan(mariadb_url)["latin"]["values_read"] == 5


HOPELESS = "(a|aa)+"
RULES = f"""
[[recognizer]]
name = "hopeless"
entity = "BADGE"
pattern = "{HOPELESS}"
weight = 0.9
inside = true
matches = ["a"]
rejects = ["d"]

[[allow]]
why = "ours"
patterns = ["{HOPELESS}"]
"""
PRESIDIO = f"""
recognizers:
  - name: Endless
    supported_language: en
    supported_entity: BADGE
    patterns:
      - name: endless
        regex: '^{HOPELESS}$'
        score: 0.9
"""


def test_a_pattern_without_end_is_left_out_and_named_once(
    sqlite_url: str, tmp_path: Path, scan: Callable[..., Found], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("scanner.texts.patterns", "scanner.detectors.presidio"):
        monkeypatch.setattr(f"{module}.SECONDS", 0.05)
    fill(
        sqlite_url,
        "create table t (trap text, trap2 text, e_mail text)",
        *["insert into t values (:trap, :trap, 'ada@example.com')"] * 9,
        trap="a" * 60 + "!",
    )
    toml, yaml = tmp_path / "my.toml", tmp_path / "my.yaml"
    toml.write_text(RULES)
    yaml.write_text(PRESIDIO)
    found = scan(sqlite_url, "--rules", toml, "--recognizers", yaml)
    why = "not asked to the end: 'Endless', 'allow: ours', 'hopeless' took too long with a value"
    assert found["trap"]["reason"] == found["trap2"]["reason"] == why
    assert found["trap"]["status"] == "scanned"
    assert found[""]["said"].count(why) == 1
    assert found["e_mail"]["entity"] == "EMAIL_ADDRESS"
    assert "hopeless" not in found["e_mail"]["reason"]


def test_a_pattern_that_cannot_do_its_own_examples_is_refused(
    sqlite_url: str, tmp_path: Path, efface: Any
) -> None:
    fill(sqlite_url, "create table t (a text)")
    path = tmp_path / "my.toml"
    path.write_text(RULES.replace('["d"]', f'["{"a" * 60}!"]'))
    done = efface("scan", "--db", sqlite_url, "--rules", path, "--json")
    assert done.exit_code == 2
    assert "takes too long with an example" in done.stderr
    path.write_text(RULES.replace(HOPELESS, "(a"))
    done = efface("scan", "--db", sqlite_url, "--rules", path, "--json")
    assert done.exit_code == 2
    assert "recognizer 'hopeless' has no valid pattern" in done.stderr


def test_partitions_are_read_once_and_stored_views_are_no_plain_views(
    postgresql_url: str, scan: Callable[..., Found], efface: Any, tmp_path: Path
) -> None:
    fill(
        postgresql_url,
        "create table visits (day date, guest varchar(80)) partition by range (day)",
        "create table visits_old partition of visits for values from (minvalue) to ('2020-01-01')",
        "create table visits_new partition of visits for values from ('2020-01-01') to (maxvalue)",
        "insert into visits values ('2019-05-05', 'guest1@example.com')",
        "insert into visits select date '2020-01-01' + n, 'guest' || n || '@example.com' "
        "from generate_series(1, 40) n",
        "create view plain as select * from visits",
        "create materialized view stored as select guest from visits",
    )
    found = scan(postgresql_url)
    assert (found["guest"]["table"], found["guest"]["rows_read"]) == ("visits", 41)
    tables = json.loads((tmp_path / "scan.json").read_text())["tables"]
    reasons = {t["name"]: (t["kind"], t["reason"]) for t in tables}
    assert reasons["visits_old"] == ("view", "a partition: its rows are those of public.visits")
    assert reasons["plain"][1].startswith("a view")
    assert reasons["stored"][1].startswith("a materialized view: it keeps a copy")
    book = tmp_path / "audit.xlsx"
    assert efface("audit", tmp_path / "scan.json", "-o", book).exit_code == 0
    sheet = load_workbook(book)["Not scanned and unknown"]
    advice = {row[0]: row[4] for row in sheet.iter_rows(values_only=True)}
    assert advice["public.stored"].startswith("refresh it after each erasure")
    assert advice["public.plain"].startswith("nothing")


ODD_TYPES = {
    "postgresql": (
        "create type mood as enum ('a', 'b')",
        "create type pair as (x int, y text)",
        "create domain mail as text",
        "create table zoo (d date, t timestamptz, n numeric, f float8, m money, a text[], e mood, "
        "p pair, u uuid, ip inet, ts tsvector, x xml, r int4range, bi bit(3), pt point, mine mail)",
        "insert into zoo values ('infinity', 'infinity', 'NaN', 'NaN', '12.30', '{a,b}', 'a', "
        "'(1,b)', '00000000-0000-0000-0000-000000000001', '10.0.0.1', 'ada', '<a>b</a>', '[1,2)', "
        "'101', '(1,2)', 'ada@example.com')",
        "insert into zoo values ('4713-01-01 BC', '4713-01-01 BC', '1e100', 'Infinity', '-1', '{}')",
    ),
    "mariadb": (
        "create table zoo (d date, t datetime, y year, n decimal(10, 2), e enum('a', 'b'), "
        "s set('x', 'y'), b bit(3), f double, j json, u uuid, ip inet6, g point, tm time, "
        "ti tinyint(1), mine varchar(80))",
        "set sql_mode = '';"
        "insert into zoo values ('0000-00-00', '0000-00-00', 0, 1.5, 'a', 'x,y', b'101', 1e300, "
        '\'{"a": 1}\', uuid(), "::1", point(1, 2), "-838:59:59", 1, "ada@example.com")',
    ),
    "sqlite": (
        "create table zoo (d date, t timestamp, n numeric(10, 2), i integer, mine text)",
        "insert into zoo values ('0000-00-00', 'yesterday', 'abc', '12x', 'ada@example.com')",
        "insert into zoo values (X'ff', X'00', '1e999', 9e99, null)",
    ),
}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("kind", sorted(ODD_TYPES))
def test_types_and_values_that_break_drivers_have_their_status(
    kind: str, full: bool, scan: Callable[..., Found], request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in ODD_TYPES[kind]:
            for one in statement.split(";"):
                connection.exec_driver_sql(one)
    engine.dispose()
    found = scan(url, *(["--full"] if full else []))
    assert found.pop("mine")["entity"] == "EMAIL_ADDRESS"
    assert len(found) > 4
    for name, column in found.items():
        if name:
            assert column["status"] in {"scanned", "skipped"}, name
            assert column["status"] == "scanned" or column["reason"], name
