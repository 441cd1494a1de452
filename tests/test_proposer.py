"""A schema that no pack is known for gets one proposed, which people confirm before it is used."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from scanner import rulebook
from scanner.errors import Misconfigured
from scanner.model import TableRef
from scanner.tables.keynames import Names
from tests import mini, shop

CASES = {
    "english with keys": {"keys": True, "german": False},
    "english without keys": {"keys": False, "german": False},
    "german with keys": {"keys": True, "german": True},
    "german without keys": {"keys": False, "german": True},
}


def words(case):
    german = CASES[case]["german"]
    return lambda english: shop.GERMAN.get(english, english) if german else english


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        ("sqlite", "english with keys"),
        ("sqlite", "german without keys"),
        ("postgresql", "english without keys"),
        ("postgresql", "german with keys"),
    ],
)
def test_a_customer_of_another_schema_is_erased_with_a_proposed_pack(
    kind, case, efface, request, tmp_path: Path
):
    url, name = request.getfixturevalue(f"{kind}_url"), words(case)
    shop.build(url, **CASES[case])
    done = Steps(efface, url, tmp_path)
    done("scan", "--pack", "none", "-o", tmp_path / "scan.json")
    done("pack", tmp_path / "scan.json", "-o", tmp_path / "pack.toml")
    asked = done.raw("rules", tmp_path / "pack.toml", "--check")
    assert asked.exit_code == 2
    assert f"newsletter from {name('customers')}" in asked.stderr
    confirm(tmp_path / "pack.toml")
    done.raw("rules", tmp_path / "pack.toml", "--check", status=0)
    before = mini.dump(url)
    audit, plan = tmp_path / "audit.xlsx", tmp_path / "plan.json"
    done("audit", tmp_path / "scan.json", "-o", audit, "--decide", "suggested", db=False)
    pack = ("--pack", tmp_path / "pack.toml")
    done("plan", audit, "--subject", shop.SUBJECT, *pack, "-o", plan)
    done("erase", plan, "--commit", "--confirm", shop.SUBJECT)
    done("verify", plan)
    after = mini.dump(url)
    gone = shop.person(shop.SUBJECT - 1000)
    assert not any(gone[c] in repr(after) for c in ("email", "phone"))
    assert f"{gone['first_name']} {gone['last_name']}" not in repr(after)
    changed = {t: (Counter(before[t]) - Counter(after[t])).total() for t in before}
    assert changed[name("customers")] == changed[name("addresses")] == changed["newsletter"] == 1
    assert changed[name("ticket_notes")] == 2
    assert changed[name("employees")] == changed[name("invoices")] == 0


class Steps:
    """Runs one command after the other on one database."""

    def __init__(self, efface, url: str, folder: Path) -> None:
        self.efface, self.url, self.folder = efface, url, folder

    def __call__(self, *said, db: bool = True):
        place = ("--db", self.url) if db else ()
        return self.raw(said[0], *place, *said[1:], status=0)

    def raw(self, *said, status: int | None = None):
        found = self.efface(*said)
        if status is not None:
            assert found.exit_code == status, found.output
        return found


def confirm(path: Path) -> None:
    """Do what a person does who finds everything right."""
    lines = path.read_text().splitlines()
    path.write_text("\n".join(x for x in lines if not x.startswith("confirm")))


SCHEMA = """
create table clients (id integer primary key, name text, referred_by integer references clients,
  main_ticket integer references tickets);
create table tickets (id integer primary key, client_id integer references clients,
  parent_id integer references tickets, closed_by integer);
create table replies (id integer primary key, ticket_id integer references tickets,
  client_id integer references clients, body text);
create table groups (id integer primary key, title text);
create table client_groups (client_id integer references clients, group_id integer
  references groups, primary key (client_id, group_id));
create table seats (hall integer, seat integer, primary key (hall, seat));
create table bookings (id integer primary key, client_id integer references clients, hall integer,
  seat integer, foreign key (hall, seat) references seats);
create table branches (id integer primary key, manager_client_id integer references clients);
create table calls (id integer primary key, client integer, agent_client_id integer);
create table visits (id integer primary key, client_id integer)
"""


@pytest.fixture
def proposed(sqlite_url, efface, tmp_path: Path):
    """The pack that is proposed, without a scan, for tables that point at each other."""
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        for statement in SCHEMA.split(";"):
            connection.execute(text(statement))
        for number in range(1, 41):
            row = {"n": number, "c": 500 + number}
            connection.execute(text("insert into clients (id) values (:c)"), row)
            connection.execute(text("insert into calls values (:n, :c, :c)"), row)
            connection.execute(text("insert into visits values (:n, :n)"), row)
    engine.dispose()
    done = Steps(efface, sqlite_url, tmp_path)
    done("pack", "--subject", "Clients", "-o", tmp_path / "pack.toml")
    return tmp_path / "pack.toml"


DEFAULT = {"rows": "own"}
"""What a relation says that does not say it."""


def reaches(path: Path, **like: object) -> list[tuple[str, str]]:
    found = tomllib.loads(path.read_text())["reach"]
    return [
        (r["table"], r["from"])
        for r in found
        if all(r.get(k, DEFAULT.get(k)) == v for k, v in like.items())
    ]


def test_rows_that_point_at_own_rows_are_own_and_cycles_end(proposed):
    assert ("tickets", "clients") in reaches(proposed, rows="own")
    assert ("client_groups", "clients") in reaches(proposed, rows="own")
    assert reaches(proposed).count(("replies", "tickets")) == 1


def test_neither_other_subjects_nor_shared_parents_are_reached(proposed):
    reached = {table for table, _ in reaches(proposed)}
    assert not reached & {"clients", "groups", "seats"}


def test_rows_that_name_their_subject_themselves_are_only_linked_elsewhere(proposed):
    assert reaches(proposed, rows="linked") == [("replies", "tickets")]
    assert ("replies", "clients") in reaches(proposed, rows="own")


def test_what_only_a_part_of_a_name_or_an_actor_speaks_for_waits_for_a_person(proposed):
    assert reaches(proposed, confirm=True) == [("branches", "clients"), ("calls", "clients")]
    with pytest.raises(Misconfigured, match="branches from clients; calls from clients"):
        rulebook.pack(str(proposed))


def test_values_that_are_no_keys_speak_against_a_name(proposed):
    assert ("visits", "clients") not in reaches(proposed)
    assert "0 of 40 different values found" in proposed.read_text()


def test_what_no_relation_can_express_is_told(proposed):
    assert "bookings (hall, seat) to seats" in proposed.read_text()


def test_a_confirmed_file_is_not_replaced(proposed, efface, sqlite_url):
    before = proposed.read_text()
    again = efface("pack", "--db", sqlite_url, "--subject", "clients", "-o", proposed)
    assert again.exit_code == 2
    assert proposed.read_text() == before


def test_columns_of_several_values_are_no_keys(postgresql_url, efface, tmp_path):
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        for statement in (
            "create table customers (id integer primary key, first_name text, last_name text,"
            " email text unique, tags text[], prefs jsonb)",
            "create table letters (id integer primary key, emails text[], meta jsonb)",
            "create table visits (id integer primary key, customer_id integer, emails text[])",
            "insert into customers select n, 'Ann', 'Lee', 'ann' || n || '@example.com',"
            " array['ann' || n || '@example.com', 'vip'], '{\"nick\": \"Al\"}'"
            " from generate_series(501, 540) n",
            "insert into letters select id - 500, array[email], jsonb_build_array(email)"
            " from customers",
            "insert into visits select id - 500, id, array[email] from customers",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    done = Steps(efface, postgresql_url, tmp_path)
    done("scan", "--pack", "none", "-o", tmp_path / "scan.json")
    done("pack", tmp_path / "scan.json", "--subject", "customers", "-o", tmp_path / "pack.toml")
    assert reaches(tmp_path / "pack.toml", rows="own") == [("visits", "customers")]


@pytest.mark.parametrize(
    ("column", "table"),
    [
        ("customer_id", "customers"),
        ("IdCustomer", "Customers"),
        ("kundennr", "Kunden"),
        ("Kunden_ID", "kunde"),
        ("ticket2customer", "tbl_customer"),
        ("id_cliente", "clientes"),
        ("codice_cliente", "clienti"),
        ("customerNumber", "customers"),
        ("category_id", "categories"),
        ("person_id", "people"),
        ("order_item_id", "OrderItems"),
    ],
)
def test_a_columns_name_points_at_a_table_in_several_languages(column, table):
    tables = [TableRef("", table), TableRef("", "invoices"), TableRef("", "agenda")]
    assert Names(tables).tables(column) == {TableRef("", table): "full"}


INSURED = """
create table client (id integer primary key, first_name text, last_name text, email text);
create table policy (id integer primary key, client_id integer references client,
  contact_name text, contact_email text, contact_phone text);
create table policy_rider (id integer primary key, policy_id integer references policy,
  insured_name text, insured_born date);
create table account (id integer primary key, client_id integer references client, login text);
create table login_event (id integer primary key, account_id integer references account,
  email text, at timestamp);
create table spouse (id integer primary key, client_id integer references client, full_name text,
  birth_date date)
"""


@pytest.fixture
def insured(sqlite_url, efface, tmp_path: Path):
    """The relations proposed for an insurer: riders and spouses are others, contacts are not."""
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        for statement in INSURED.split(";"):
            connection.execute(text(statement))
        for n in range(60):
            one, other = shop.person(n), shop.person(n + 17)
            name, mail = f"{one['first_name']} {one['last_name']}", one["email"]
            born, key = f"{1950 + n % 40}-0{1 + n % 9}-1{n % 10}", 500 + n
            someone = f"{other['first_name']} {other['last_name']}"
            for table, *values in (
                ("client", key, one["first_name"], one["last_name"], mail),
                ("policy", 700 + n, key, name, mail, one["phone"]),
                ("policy_rider", n + 1, 700 + n, someone, born),
                ("account", 900 + n, key, f"user{n}"),
                ("login_event", n + 1, 900 + n, mail, "2024-01-01 10:00:00"),
                ("spouse", n + 1, key, someone, born),
            ):
                places = ", ".join("?" * len(values))
                connection.exec_driver_sql(f"insert into {table} values ({places})", (*values,))
    engine.dispose()
    done = Steps(efface, sqlite_url, tmp_path)
    done("scan", "--pack", "none", "-o", tmp_path / "scan.json")
    done("pack", tmp_path / "scan.json", "--subject", "client", "-o", tmp_path / "pack.toml")
    return tmp_path / "pack.toml"


def test_other_people_on_a_subjects_rows_are_asked_about_and_only_linked(insured):
    asked = reaches(insured, rows="linked", confirm=True)
    assert sorted(asked) == [("policy_rider", "policy"), ("spouse", "client")]
    assert "are these rows the subject's own, or other people?" in insured.read_text()


def test_rows_that_merely_repeat_the_subjects_name_are_its_own_without_a_question(insured):
    assert ("policy", "client") in reaches(insured, rows="own", confirm=None)


def test_keys_that_lead_to_a_table_leave_no_second_relation_by_its_mail_addresses(insured):
    found = [pair for pair in reaches(insured) if pair[0] == "login_event"]
    assert found == [("login_event", "account")]
    assert ("login_event", "account") not in reaches(insured, confirm=True)
