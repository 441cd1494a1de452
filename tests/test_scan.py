"""A scan lists every column once, says why, tells no value, and never ends at one bad table."""

import json
import random
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    insert,
    text,
)

from scanner import inspector, rulebook
from scanner.database import connect
from scanner.detectors.classify import wilson
from scanner.errors import DatabaseFailed, Misconfigured
from scanner.model import Finding, Scan
from scanner.rulebook import Declared

FIRST = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Radia", "Niklaus", "Frances"]
LAST = ["Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Perlman", "Wirth", "Allen"]
STREETS = ["High Street", "Mill Road", "Station Road", "Church Lane", "Park Avenue"]
WORDS = ["printer", "jams", "daily", "after", "update", "reboot", "helps", "sometimes", "cable"]


def people(count: int, seed: int = 1) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    rows = []
    for key in range(1, count + 1):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        rows.append(
            {
                "id": key,
                "first_name": first,
                "last_name": last,
                "e_mail": f"{first}.{last}{key}@example.com".lower(),
                "phone": 491710000000 + chance.randrange(10**7),
                "street": f"{chance.randint(1, 99)} {chance.choice(STREETS)}",
                "city": chance.choice(["Leeds", "York", "Bath"]),
                "notes": " ".join(chance.choices(WORDS, k=9)) + f" call +44 20 7946 {key:04}",
                "remark": " ".join(chance.choices(WORDS, k=9)),
            }
        )
    return rows


def build(url: str, rows: int = 300) -> Engine:
    """Make a database with a table of people, one of things, and oddities."""
    engine = create_engine(url)
    schema = MetaData()
    person = Table(
        "customer",
        schema,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("first_name", String(40)),
        Column("last_name", String(40)),
        Column("e_mail", String(80)),
        Column("phone", BigInteger),
        Column("street", String(80)),
        Column("city", String(40)),
        Column("notes", Text),
        Column("remark", Text),
    )
    Table("Order", schema, Column("select", String(9)), Column("Total", Integer))
    Table("photo", schema, Column("picture", LargeBinary), Column("is_email", Boolean))
    Table("empty", schema, Column("email", String(80)), Column("x", String(9)))
    schema.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(person), people(rows))
        connection.execute(
            insert(schema.tables["Order"]), [{"select": f"a{i}", "Total": 3} for i in range(5)]
        )
        connection.execute(text("create view names as select first_name from customer"))
    engine.dispose()
    return connect(url)


def run(engine: Engine, **more: Any) -> Scan:
    try:
        return inspector.scan(engine, pack=more.pop("pack", None), **more)
    finally:
        engine.dispose()


def of(found: Scan, name: str, table: str = "customer") -> Finding:
    return next(c for c in found.columns if (c.column.table, c.column.name) == (table, name))


@pytest.fixture
def database(sqlite_url: str) -> Engine:
    return build(sqlite_url)


@pytest.fixture
def sql(sqlite_url: str) -> Callable[..., Engine]:
    """Make a database from statements."""

    def make(*statements: str | tuple[str, Sequence[Any]]) -> Engine:
        raw = create_engine(sqlite_url)
        with raw.begin() as connection:
            for one in statements:
                words, values = (one, ()) if isinstance(one, str) else one
                connection.exec_driver_sql(words, tuple(values))
        raw.dispose()
        return connect(sqlite_url)

    return make


def test_every_column_of_every_kind_of_database_is_listed_once(live_url: str) -> None:
    found = run(build(live_url))
    assert sorted((c.column.table, c.column.name) for c in found.columns) == sorted(
        [("customer", c) for c in people(1)[0]]
        + [("Order", "select"), ("Order", "Total"), ("photo", "picture"), ("photo", "is_email")]
        + [("empty", "email"), ("empty", "x")]
    )
    assert {t.table.name: t.kind for t in found.tables} == {
        "customer": "table",
        "Order": "table",
        "photo": "table",
        "empty": "table",
        "names": "view",
    }
    assert {t.table.name: t.rows for t in found.tables}["customer"] == 300


def test_a_scan_knows_people_in_every_kind_of_database(live_url: str) -> None:
    found = run(build(live_url))
    verdicts = {c.column.name: (c.personal, c.entity) for c in found.columns}
    assert verdicts["first_name"] == ("direct", "PERSON")
    assert verdicts["last_name"] == ("direct", "PERSON")
    assert verdicts["e_mail"] == ("direct", "EMAIL_ADDRESS")
    assert verdicts["phone"] == ("direct", "PHONE_NUMBER")
    assert verdicts["street"] == ("direct", "STREET_ADDRESS")
    assert verdicts["city"] == ("quasi", "CITY")
    assert verdicts["notes"] == ("free_text", "FREE_TEXT")
    assert verdicts["remark"][0] == "none"
    assert verdicts["id"][0] == "none"
    assert verdicts["is_email"][0] == "none"
    assert verdicts["picture"][0] == "unknown"
    assert verdicts["email"][0] == "unknown"


def test_a_big_table_is_sampled_over_all_of_it(live_url: str) -> None:
    engine = build(live_url, rows=6000)
    if engine.dialect.name == "postgresql":
        admin = create_engine(live_url)
        with admin.begin() as connection:
            connection.execute(text("analyze"))
        admin.dispose()
    found = run(engine, only=["customer"], sample=200)
    key = of(found, "id")
    assert 100 <= key.rows_read <= 200
    assert key.distinct_read == key.rows_read
    again = run(engine, only=["customer"], sample=200)
    assert found.columns == again.columns


def test_equal_seeds_give_equal_scans_and_others_other_samples(database: Engine) -> None:
    first, same = run(database, sample=50, seed=3), run(database, sample=50, seed=3)
    timeless = [
        replace(s, created="", tables=tuple(replace(t, read="") for t in s.tables))
        for s in (first, same)
    ]
    assert timeless[0] == timeless[1]
    assert run(database, sample=50, seed=4).columns != first.columns


def test_full_reads_every_row(database: Engine) -> None:
    assert of(run(database, sample=10), "id").rows_read == 10
    assert of(run(database, sample=10, full=True), "id").rows_read == 300


def test_no_value_of_a_cell_is_in_a_scan(live_url: str) -> None:
    told = run(build(live_url)).to_json()
    for row in people(300):
        for name in ("last_name", "e_mail", "phone", "street", "notes", "remark"):
            assert str(row[name]) not in told


def test_a_scan_survives_its_file(database: Engine) -> None:
    found = run(database)
    assert Scan.from_json(found.to_json()) == found


def test_examples_are_masked(database: Engine) -> None:
    found = run(database)
    assert all("*" in e for c in found.columns for e in c.examples)
    assert not of(found, "remark").examples
    assert all(e.startswith("+** ") for e in of(found, "notes").examples)


def test_verdicts_have_reasons_and_intervals(database: Engine) -> None:
    found = run(database)
    for column in found.columns:
        assert column.why
        assert 0 <= column.share_low <= column.share <= column.share_high <= 1
    assert of(found, "remark").share_high == pytest.approx(3 / 300)
    assert "e-mail address (100 % of 300)" in of(found, "e_mail").why


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(10, 100)
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)


def test_a_table_that_may_not_be_read_is_listed_with_the_reason(postgresql_url: str) -> None:
    build(postgresql_url)
    admin = create_engine(postgresql_url)
    with admin.begin() as connection:
        connection.execute(text("create role visitor login password 'x'"))
        connection.execute(text("grant select on all tables in schema public to visitor"))
        connection.execute(text("revoke select on customer from visitor"))
    try:
        url = admin.url.set(username="visitor", password="x")
        found = run(connect(url.render_as_string(hide_password=False)))
    finally:
        with admin.begin() as connection:
            connection.execute(text("drop owned by visitor"))
            connection.execute(text("drop role visitor"))
        admin.dispose()
    assert of(found, "e_mail").status == "failed"
    assert of(found, "e_mail").personal == "unknown"
    assert "lacks a permission" in of(found, "e_mail").reason
    assert of(found, "select", "Order").status == "scanned"


def test_a_broken_table_does_not_end_a_scan(sql: Callable[..., Engine]) -> None:
    engine = sql(
        "create table good (email text)",
        ("insert into good values (?)", ["ada@example.com"]),
        "create table bad (a text, email text)",
        "insert into bad values ('no json', '')",
        "pragma writable_schema = on",
        "update sqlite_master set sql = 'create table bad (a text, email text "
        "as (json_extract(a, ''$.x'')) virtual)' where name = 'bad'",
    )
    found = run(engine)
    assert of(found, "email", "bad").status == "failed"
    assert of(found, "a", "bad").status == "scanned"
    assert of(found, "email", "good").personal == "direct"


def test_odd_bytes_and_false_dates_are_read_and_said(sql: Callable[..., Engine]) -> None:
    engine = sql(
        "create table odd (born date, email varchar(80), nul text, latin text)",
        ("insert into odd values (?, ?, ?, ?)", ["not a date", "a@b.example", "a\0b", "x"]),
        ("insert into odd values (?, ?, ?, ?)", [7, b"c@d.example", "\0", b"caf\xe9"]),
        "update odd set latin = cast(x'636166e9' as text)",
    )
    found = run(engine)
    assert of(found, "born", "odd").values_read == 2
    assert of(found, "email", "odd").entity == "EMAIL_ADDRESS"
    assert of(found, "nul", "odd").values_read == 1
    assert of(found, "latin", "odd").values_read == 2
    assert "not valid text" in of(found, "latin", "odd").reason


def test_tables_without_rowid_and_odd_names_are_sampled(sql: Callable[..., Engine]) -> None:
    fill = (
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 400) "
        "insert into {} select i || 'a@example.com' from n"
    )
    engine = sql(
        "create table bare (email text primary key) without rowid",
        'create table "a ""b" (email text)',
        fill.format("bare"),
        fill.format('"a ""b"'),
    )
    found = run(engine, sample=20)
    assert {c.column.table: c.rows_read for c in found.columns} == {"bare": 20, 'a "b': 20}
    assert {c.entity for c in found.columns} == {"EMAIL_ADDRESS"}


def test_a_backup_is_known_as_a_copy_and_inherits(sql: Callable[..., Engine]) -> None:
    engine = sql(
        "create table customer (id int, first_name text, last_name text, phone text, qq text)",
        "create table customer_bak (id int, first_name text, last_name text, phone text, qq text)",
        *(
            ("insert into customer values (?, ?, ?, ?, ?)", [i, a, b, f"+4420794600{i:02}", "x"])
            for i, (a, b) in enumerate(zip(FIRST, LAST, strict=True))
        ),
    )
    found = run(engine)
    assert {t.table.name: t.copy_of for t in found.tables} == {
        "customer": "",
        "customer_bak": "customer",
    }
    copied = of(found, "phone", "customer_bak")
    assert (copied.personal, copied.copy_of) == ("direct", "customer.phone")


def test_a_name_alone_can_lose_against_values(sql: Callable[..., Engine]) -> None:
    engine = sql(
        "create table t (email_verified int, phone text, birthday text, name text)",
        *(
            ("insert into t values (?, ?, ?, ?)", [i % 2, "none of it", f"step {i}", f"X-{i}"])
            for i in range(30)
        ),
    )
    assert {c.personal for c in run(engine).columns} == {"none"}


def test_numbers_that_look_like_something_are_not_taken_for_it(sql: Callable[..., Engine]) -> None:
    chance = random.Random(2)
    engine = sql(
        "create table t (part_no text, version text, ticket int, hash text, created text)",
        *(
            (
                "insert into t values (?, ?, ?, ?, ?)",
                [
                    f"{chance.randrange(10**9):010}",
                    f"{i}.2.3",
                    268435457 + i,
                    f"{chance.getrandbits(128):032x}",
                    f"2020-01-{i % 28 + 1:02} 10:00:00",
                ],
            )
            for i in range(60)
        ),
    )
    assert {c.personal for c in run(engine).columns} == {"none"}


def test_a_shops_phone_is_nobodys(sql: Callable[..., Engine]) -> None:
    engine = sql(
        "create table suppliers (company_name text, phone text, address text)",
        *(
            ("insert into suppliers values (?, ?, ?)", [f"Acme {i} Ltd", f"(0{i}) 555-12{i}4", "1 High Street"])
            for i in range(9)
        ),
    )  # fmt: skip
    found = run(engine)
    assert of(found, "phone", "suppliers").personal == "none"
    assert "organisation" in of(found, "phone", "suppliers").why


def test_what_the_pack_declares_counts(database: Engine) -> None:
    says = {"remark": Declared("free_text", "FREE_TEXT"), "city": Declared("none")}
    says |= {"picture": Declared("direct", "PERSON"), "email": Declared("direct")}
    columns = dict.fromkeys(("customer", "photo", "empty"), says)
    found = run(database, pack=replace(rulebook.pack("clarify"), name="ours", columns=columns))
    assert (of(found, "remark").personal, of(found, "remark").declared_by) == ("free_text", "ours")
    assert of(found, "city").personal == "none"
    assert of(found, "picture", "photo").personal == "direct"
    assert (of(found, "email", "empty").personal, of(found, "email", "empty").status) == (
        "direct",
        "empty",
    )
    assert found.pack == "ours"


def test_only_and_skip_leave_tables_out_by_name_but_list_their_columns(database: Engine) -> None:
    found = run(database, only=["cust*", "empty"], skip=["empty"])
    assert {c.column.table for c in found.columns if c.status != "skipped"} == {"customer"}
    left_out = [c for c in found.columns if c.column.table == "empty"]
    assert {(c.status, c.personal, c.reason) for c in left_out} == {
        ("skipped", "unknown", "left out on request")
    }
    assert found.database.fingerprint == run(database).database.fingerprint
    assert {t.table.name for t in found.tables if "left out" in t.reason} >= {"empty", "Order"}


def test_a_users_rules_find_what_ours_do_not(database: Engine, tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        "[[recognizer]]\nname = 'badge'\nentity = 'BADGE'\npattern = 'a\\d'\nweight = 0.9\n"
        "matches = ['a1']\nrejects = ['a']\n"
    )
    found = run(database, rules=[path])
    assert (of(found, "select", "Order").entity, of(found, "select", "Order").personal) == (
        "BADGE",
        "direct",
    )


def test_presidios_own_recognizer_files_work(database: Engine, tmp_path: Path) -> None:
    path = tmp_path / "presidio.yaml"
    path.write_text(
        "recognizers:\n  - name: Badge\n    supported_language: en\n    supported_entity: BADGE\n"
        "    patterns:\n      - name: badge\n        regex: 'a\\d'\n        score: 0.9\n"
    )
    assert of(run(database, recognizers=[path]), "select", "Order").entity == "BADGE"
    path.write_text("recognizers: 7\n")
    with pytest.raises(Misconfigured, match=r"presidio\.yaml"):
        run(database, recognizers=[path])


def test_a_scan_needs_no_network(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert of(run(database), "notes").personal == "free_text"


def test_a_scan_changes_nothing(sqlite_url: str, database: Engine) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    before = path.read_bytes()
    run(database)
    assert path.read_bytes() == before


def test_progress_counts_columns_and_names_tables_only(database: Engine) -> None:
    class Watch:
        total = done = 0
        remarks: list[str] = []

        def begin(self, what: str, total: int) -> None:
            self.total = total

        def advance(self, units: int, remark: str = "") -> None:
            self.done += units
            self.remarks.append(remark)

    watch = Watch()
    run(database, progress=watch)
    assert watch.done == watch.total == 15
    assert any(r.startswith("customer, ") for r in watch.remarks)


def test_a_database_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatabaseFailed):
        run(connect(f"sqlite:///{tmp_path / 'absent.sqlite'}"))


def test_clarifys_own_comments_are_read(sql: Callable[..., Engine]) -> None:
    engine = sql(
        "create table adp_tbl_name_map (type_id int, type_name text)",
        "create table adp_sch_info (type_id int, field_name text, comments text)",
        "insert into adp_tbl_name_map values (45, 'thing')",
        "insert into adp_sch_info values (45, 'x_q7', 'E-mail address')",
        "create table table_thing (x_q7 text)",
        *(("insert into table_thing values (?)", [f"u{i}@intranet"]) for i in range(9)),
    )
    found = of(run(engine), "x_q7", "table_thing")
    assert (found.personal, found.entity) == ("direct", "EMAIL_ADDRESS")


def test_json_text_is_looked_into(sql: Callable[..., Engine]) -> None:
    engine = sql(
        "create table log (payload json)",
        *(
            ("insert into log values (?)", [json.dumps({"n": i, "to": f"u{i}@example.com"})])
            for i in range(30)
        ),
    )
    assert of(run(engine), "payload", "log").personal in {"direct", "free_text"}


def test_a_few_addresses_among_other_texts_count(sql: Callable[..., Engine]) -> None:
    values = [f"ref {i}" for i in range(500)] + ["a@example.com", "b@example.com"]
    engine = sql("create table t (v text)", *(("insert into t values (?)", [v]) for v in values))
    found = of(run(engine), "v", "t")
    assert found.personal == "free_text"
    assert found.share == pytest.approx(2 / 502, abs=1e-4)


def test_one_message_with_an_address_in_it_is_not_clean(sql: Callable[..., Engine]) -> None:
    engine = sql(
        "create table mail (id integer primary key, body text)",
        "insert into mail values (1, 'wrote to ann.lee@home.example')",
    )
    assert of(run(engine), "body", "mail").personal in {"free_text", "unknown"}


def test_more_values_than_are_kept_change_no_share(
    sql: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.detectors.values.MOST_DISTINCT", 20)
    values = [f"u{i}@example.com" for i in range(100)]
    engine = sql("create table t (v text)", *(("insert into t values (?)", [v]) for v in values))
    found = of(run(engine, full=True), "v", "t")
    assert (found.personal, found.share, found.rows_read) == ("direct", 1.0, 100)
    assert found.reason == "only its first 20 different values were looked at"
