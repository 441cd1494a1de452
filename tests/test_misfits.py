"""A pack of people's own means what it names: a name that is typed wrong is told, not passed over."""

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import reports
from scanner import rulebook
from scanner.database import connect, identify, reading, ref, reflect
from scanner.model import Audit, ColumnRef, Decision, Finding, Scan, TableFacts
from scanner.tables import misfits
from tests import mini

SHOP = """
create table customers (id integer primary key, name varchar(40), email varchar(60));
create table invoices (id integer primary key, customer_id integer, status varchar(20));
create table attributes (id integer primary key, entity varchar(20), entity_id integer,
  said varchar(80));
insert into customers values (1, 'Ann Lee', 'ann.lee@example.com');
insert into invoices values (1, 1, 'open');
insert into attributes values (1, 'customer', 1, 'skype annlee77')
"""

PACK = """
[pack]
title    = "a shop"
known_by = ["customers"]
key      = "id"

[subject]
table = "customers"

[[reach]]
table = "invoices"
from  = "customers"
by    = "customer_id"

[[reach]]
table = "attributes"
from  = "customers"
by    = "entity_id"
where = { entity = "customer" }

[[stop]]
rule  = "unpaid"
table = "invoices"
why   = "an invoice is not paid"
where = { status = "unpaid" }

[[kpi]]
name  = "invoices by status"
table = "invoices"
by    = ["status"]
"""

TYPOS = [
    ('table = "invoices"\nfrom', 'table = "invoice"\nfrom',
     "[[reach]] invoice from customers: there is no table 'invoice': the nearest is 'invoices'"),
    ('"entity_id"', '"entityid"',
     "[[reach]] attributes from customers: attributes has no column 'entityid': the nearest is "
     "'entity_id'"),
    ("{ entity =", "{ entty =",
     "[[reach]] attributes from customers: attributes has no column 'entty': the nearest is 'entity'"),
    ("key      =", "key      = 'uid' #",
     "[[reach]] invoices from customers: customers has no column 'uid'"),
    ('by    = "customer_id"', 'via   = "invoiced"\nto = "id"',
     "[[reach]] invoices from customers: customers has no column 'invoiced'"),
    ('by    = "customer_id"', 'through = "pairs"\nnear = "a"\nfar = "b"',
     "[[reach]] invoices from customers: there is no table 'pairs'"),
    ('by    = "customer_id"', 'by = "customer_id"\nunshared = [["invoices", "customer", "id"]]',
     "[[reach]] invoices from customers, unshared: invoices has no column 'customer': the nearest is "
     "'customer_id'"),
    ("{ status =", "{ Status =",
     "[[stop]] unpaid: invoices has no column 'Status': the nearest is 'status'"),
    ('by    = ["status"]', 'by    = ["state"]',
     "[[kpi]] invoices by status: invoices has no column 'state': the nearest is 'status'"),
]  # fmt: skip
"""What is typed wrong, and what is said of it."""


class Shop:
    """A shop in SQLite, its audit, and a pack of its own."""

    def __init__(self, efface, url: str, folder: Path) -> None:
        self.efface, self.url, self.folder = efface, url, folder
        self.pack, self.audit = folder / "shop.toml", folder / "audit.json"
        engine = create_engine(url)
        with engine.begin() as connection:
            for one in SHOP.split(";"):
                connection.execute(text(one))
        engine.dispose()
        reports.write(self.audited(), self.audit)

    def audited(self) -> Audit:
        engine = connect(self.url)
        with reading(engine) as connection:
            meta = reflect(connection)
            database = identify(connection, meta)
        engine.dispose()
        kinds = {"name": ("direct", "PERSON"), "email": ("direct", "EMAIL_ADDRESS")}
        found = [
            Finding(
                ColumnRef("", t.name, c.name), str(c.type), "scanned", personal=kind, entity=what
            )
            for t in meta.sorted_tables
            for c in t.columns
            for kind, what in (kinds.get(c.name, ("none", "")),)
        ]
        tables = tuple(TableFacts(ref(t), 1) for t in meta.sorted_tables)
        scan = Scan("test", "2026-01-01T00:00:00+00:00", database, "", tables, tuple(found))
        decided = {f.column: Decision(f.column, "redact") for f in found if f.personal != "none"}
        return Audit(scan, decided)

    def written(self, *typos: tuple[str, str]) -> Path:
        said = PACK
        for right, wrong in typos:
            assert said.count(right)
            said = said.replace(right, wrong, 1)
        self.pack.write_text(said)
        return self.pack

    def check(self, *how: object):
        return self.efface("rules", self.pack, "--check", *how)

    def plan(self, *more: object):
        words = ("--subject", 1, "--db", self.url, "--pack", self.pack, "--journal")
        return self.efface("plan", self.audit, *words, self.folder / "j.jsonl", *more)


@pytest.fixture
def shop(efface, sqlite_url, tmp_path):
    return Shop(efface, sqlite_url, tmp_path)


@pytest.mark.parametrize(("right", "wrong", "told"), TYPOS)
def test_a_name_that_is_not_there_is_refused_with_the_nearest_one(shop, right, wrong, told):
    shop.written((right, wrong))
    for done in (shop.check("--db", shop.url), shop.check("--audit", shop.audit)):
        assert done.exit_code == 2, done.output
        assert str(shop.pack) in done.stderr
        assert told in done.stderr


def test_all_names_that_are_not_there_are_refused_at_once_and_nothing_is_planned(shop):
    typos = [TYPOS[n] for n in (0, 1, 2, 7)]
    shop.written(*((right, wrong) for right, wrong, _ in typos))
    done = shop.plan("-o", shop.folder / "plan.json")
    assert done.exit_code == 2, done.output
    for _, _, told in typos:
        assert told in done.stderr
    assert not (shop.folder / "plan.json").exists()
    assert json.loads(shop.plan("--json").stderr)["status"] == 2


def test_of_several_packs_each_is_named_with_what_it_says(shop):
    shop.written(TYPOS[0][:2])
    other = shop.folder / "other.toml"
    other.write_text(shop.pack.read_text().replace("invoice", "bill"))
    done = shop.efface("rules", shop.pack, other, "--db", shop.url)
    assert done.exit_code == 2
    for pack, word in ((shop.pack, "invoice"), (other, "bill")):
        assert f"{pack}: [[reach]] {word} from customers: there is no table" in done.stderr


def test_a_pack_that_fits_is_said_to_fit(shop):
    shop.written()
    for how in (("--db", shop.url), ("--audit", shop.audit)):
        done = shop.check(*how)
        assert done.exit_code == 0, done.output
        assert "1 pack of yours: all that is named is in the" in done.stderr
        assert "warn" not in done.stderr
    done = shop.plan("--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["stops"] == []


def test_names_of_relations_may_be_written_in_any_case(shop):
    shop.written(('"entity_id"', '"Entity_ID"'), ('table = "attributes"', 'table = "Attributes"'))
    assert shop.check("--db", shop.url).exit_code == 0
    assert json.loads(shop.plan("--json").stdout)["reached"]["attributes"] == 1


def test_a_value_that_no_row_has_is_warned_of_without_the_value(shop):
    shop.written(('{ entity = "customer" }', '{ entity = "customers" }'))
    told = "warn: [[reach]] attributes from customers: no row of attributes has what `where` asks of entity"
    checked, planned = shop.check("--db", shop.url), shop.plan("-o", shop.folder / "plan.json")
    for done in (checked, planned):
        assert done.exit_code == 0, done.output
        assert told in done.stderr
    (stop,) = json.loads((shop.folder / "plan.json").read_text())["stops"]
    assert (stop["rule"], stop["effect"]) == ("unmatched", "warn")
    assert "customers'" not in stop["why"]
    done = shop.efface("erase", shop.folder / "plan.json", "--db", shop.url, "--journal",
                       shop.folder / "j.jsonl", "--commit", "--confirm", 1)  # fmt: skip
    assert done.exit_code == 0, done.output


def test_what_a_shipped_pack_states_may_be_missing_also_in_a_copy_or_where_it_is_extended(
    embedded, efface, tmp_path
):
    engine = connect(embedded.url)
    with reading(engine) as connection:
        tables = {ref(t): t for t in reflect(connection).tables.values()}
    engine.dispose()
    copy, mine = tmp_path / "copy.toml", tmp_path / "mine.toml"
    copy.write_text(rulebook.find("clarify"))
    mine.write_text('[pack]\nextends = "clarify"\n')
    for name in ("clarify", str(copy), str(mine)):
        assert misfits.faults(misfits.columns(tables), rulebook.pack(name)) == []
    with copy.open("a") as file:
        file.write('\n[[reach]]\ntable = "x_smss"\nfrom = "table_contact"\nby = "contact_objid"\n')
    mine.write_text(mine.read_text() + '[[stop]]\nrule = "x"\nwhy = "y"\ntable = "table_kase"\n')
    reports.write(embedded.audit, tmp_path / "audit.json")
    for pack, near in ((copy, "x_sms"), (mine, "table_case")):
        done = efface("plan", tmp_path / "audit.json", "--db", embedded.url, "--pack", pack,
                      "--subject", mini.ANN, "--json")  # fmt: skip
        assert done.exit_code == 2, done.output
        assert f"the nearest is '{near}'" in done.stderr
        assert done.stderr.count("[[") == 1
