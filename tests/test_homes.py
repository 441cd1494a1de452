"""A proposed pack knows where people live whose addresses stand in tables of their own."""

import tomllib

import pytest
from sqlalchemy import create_engine, text

from scanner import planner, rulebook
from scanner.audit import decide_suggested
from scanner.database import connect, identify, reading, ref, reflect
from scanner.model import Audit, ColumnRef, Decision, Finding, Scan, TableFacts
from scanner.packs import packwriter, proposer
from scanner.subjects.mentions import NEIGHBOUR

CUSTOMERS = "create table customers (id integer primary key, name varchar(40), email varchar(60){})"
TICKETS = (
    "create table tickets (id integer primary key, customer_id integer references customers, "
    "said varchar(200))"
)
SHAPES = {
    "child": (
        CUSTOMERS.format(""),
        "create table addresses (id integer primary key, customer_id integer references customers, "
        "street varchar(60), city varchar(30))",
    ),
    "parent": (
        CUSTOMERS.format(", address_id integer references addresses"),
        "create table addresses (id integer primary key, street varchar(60), city varchar(30))",
    ),
    "pairs": (
        CUSTOMERS.format(""),
        "create table addresses (id integer primary key, street varchar(60), city varchar(30))",
        "create table customer_addresses (id integer primary key, customer_id integer references "
        "customers, address_id integer references addresses)",
    ),
}
"""Addresses that say whose they are, that people say are theirs, and with a table between."""

KINDS = {
    "name": ("direct", "PERSON"),
    "email": ("direct", "EMAIL_ADDRESS"),
    "street": ("direct", "STREET_ADDRESS"),
    "city": ("quasi", "CITY"),
    "said": ("free_text", "FREE_TEXT"),
}
PEOPLE = 30


class Town:
    """Customers 1 to 30 at addresses 1 to 30, but for some who live together."""

    def __init__(self, url, folder, shape, homes, visits):
        self.engine, self.folder = create_engine(url), folder
        with self.engine.begin() as connection:
            for statement in (*SHAPES[shape], TICKETS):
                connection.execute(text(statement))
            for n in range(1, PEOPLE + 1):
                home = homes.get(n, n)
                self.add(connection, shape, n, home)
            for n in range(visits):
                row = {"id": 1000 + n, "who": 1 + n % PEOPLE, "street": f"{n} Oak Lane"}
                connection.execute(
                    text("insert into addresses values (:id, :who, :street, 'Austin')"), row
                )
            tickets = ["about the delivery to 7 Elm Street", "lives 7 Elm Street, Austin"]
            for n, said in enumerate(tickets, start=1):
                row = {"n": n, "who": 7 if n == 1 else 2, "said": said}
                connection.execute(text("insert into tickets values (:n, :who, :said)"), row)
        reader = connect(url)
        with reading(reader) as connection:
            self.meta = reflect(connection)
            self.audit = self.audited(identify(connection, self.meta))
            made = proposer.propose(connection, self.meta, audit=self.audit, subject="customers")
            self.pack = packwriter.toml(made)
        self.reader = reader

    def add(self, connection, shape, n, home):
        who = f"{n}, 'Name{n} Family{n}', 'mail{n}@x.example'"
        where = f"'{home} Elm Street', 'Austin'"
        if shape == "child":
            said = [f"customers values ({who})", f"addresses values ({n}, {n}, {where})"]
        elif shape == "parent":
            said = [f"addresses values ({n}, '{n} Elm Street', 'Austin')"]
            said += [f"customers values ({who}, {home})"]
        else:
            said = [f"addresses values ({n}, '{n} Elm Street', 'Austin')"]
            said += [f"customers values ({who})", f"customer_addresses values ({n}, {n}, {home})"]
        for one in said:
            connection.execute(text(f"insert into {one}"))

    def audited(self, database):
        found, decisions = [], {}
        for table in self.meta.sorted_tables:
            for column in table.columns:
                where = ColumnRef("", table.name, column.name)
                kind, entity = KINDS.get(column.name, ("none", ""))
                found.append(
                    Finding(where, str(column.type), "scanned", personal=kind, entity=entity)
                )
                if column.name == "said":
                    decisions[where] = Decision(where, "scrub", by="policy")
        tables = tuple(TableFacts(ref(t), PEOPLE) for t in self.meta.sorted_tables)
        scan = Scan("test", "2026-01-01T00:00:00+00:00", database, "", tables, tuple(found))
        return decide_suggested(Audit(scan, decisions))

    def reach(self):
        (one,) = (r for r in tomllib.loads(self.pack)["reach"] if r["table"] == "addresses")
        return one

    def draft(self, key="7"):
        path = self.folder / "pack.toml"
        lines = self.pack.splitlines()
        path.write_text("\n".join(x for x in lines if not x.startswith("confirm")))
        pack = rulebook.pack(str(path))
        with planner.drafting(self.reader, pack, self.audit, key) as (_, made):
            return made


@pytest.fixture
def town(sqlite_url, tmp_path):
    made = []

    def build(shape, homes=None, visits=0):
        made.append(Town(sqlite_url, tmp_path, shape, homes or {}, visits))
        return made[-1]

    yield build
    for one in made:
        one.engine.dispose()
        one.reader.dispose()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_street_of_a_table_of_its_own_goes_from_texts_or_is_asked_about(town, shape):
    made = town(shape)
    assert made.reach()["identity"]
    draft = made.draft()
    (ticket,) = (e for e in draft.edits if e.table.name == "tickets")
    assert ticket.new == {"said": "about the delivery to [ADDRESS]"}
    (street,) = (r for r in draft.plan.reviews if r.mention.table.name == "tickets")
    assert (street.mention.key, street.why) == ((2,), NEIGHBOUR)


@pytest.mark.parametrize("shape", ["parent", "pairs"])
def test_an_address_that_others_have_too_is_spared(town, shape):
    made = town(shape, {8: 7})
    assert made.reach()["unshared"]
    draft = made.draft()
    assert not [e for e in draft.edits if e.table.name == "addresses"]
    assert [e.key for e in made.draft("9").edits if e.table.name == "addresses"] == [(9,)]


def test_each_has_its_own_row_where_several_live_together(town):
    made = town("child", {8: 7})
    assert made.reach()["identity"]
    draft = made.draft()
    assert [e.key for e in draft.edits if e.table.name == "addresses"] == [(7,)]
    rows = {(r.mention.table.name, r.mention.key): r.why for r in draft.plan.reviews}
    assert rows["addresses", (8,)] == NEIGHBOUR


@pytest.mark.parametrize("shape", ["child", "parent"])
def test_where_everybody_goes_nobody_lives(town, shape):
    made = town(shape, dict.fromkeys(range(1, PEOPLE + 1), 1))
    assert "\nidentity = true" not in made.pack


def test_where_somebody_is_sent_day_after_day_nobody_lives(town):
    assert "\nidentity = true" not in town("child", visits=5 * PEOPLE).pack
