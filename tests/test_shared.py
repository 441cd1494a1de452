"""What somebody else has, too, is asked about wherever it stands: a household's number, a common mailbox."""

import pytest
from sqlalchemy import create_engine, text

from scanner import planner, rulebook
from scanner.audit import decide_suggested
from scanner.database import connect, identify, ref, reflect
from scanner.model import Audit, ColumnRef, Finding, Scan, TableFacts
from scanner.subjects.reasons import SHARED
from tests import mini, purging
from tests.erasing import Erasure, asked, noted, now
from tests.purging import Purging

NUMBER = "512 610 5466"
INTERACT = (
    "create table table_interact (objid integer primary key, first_name varchar(30), "
    "last_name varchar(30), phone varchar(30), email varchar(60), agent varchar(30), "
    "interact2contact bigint)"
)


@pytest.fixture
def grown(monkeypatch, tmp_path):
    """Plan anew after statements; ``found`` is what a scan would say of columns."""
    made = []

    def make(erasure, *statements, **found):
        for statement in statements:
            erasure.write(statement)
        for column, says in found.items():
            monkeypatch.setitem(mini.CUSTOM, tuple(column.split("__")), says)
        made.append(Erasure(erasure.url, tmp_path))
        return made[-1]

    yield make
    for erasure in made:
        erasure.engine.dispose()


def listed(plan):
    """Name the columns in which something is asked about as somebody else has it, too."""
    return {f"{r.mention.table.name}.{r.mention.column}" for r in plan.reviews if r.why == SHARED}


def interaction(first, last, phone, link="null"):
    who = ", ".join(f"'{n}'" if n is not None else "null" for n in (first, last, phone))
    return f"insert into table_interact values (1, {who}, 'c@x.example', 'sa', {link})"


def kept(made, plan, table, before):
    """Whether a table, and a note that says the number, are as before once the plan is done."""
    made.commit(plan)
    return mini.dump(made.url)[table] == before[table] and now(made) == [f"call {NUMBER}"]


def test_a_number_in_a_row_of_somebody_else_stays_there_and_in_texts(erasure):
    erasure.write(f"update x_sms set msisdn = 15126105466 where contact_objid = {mini.BOB}")
    noted(erasure, f"call {NUMBER}")
    before, plan = mini.dump(erasure.url)["x_sms"], erasure.plan()
    assert "x_sms.msisdn" in listed(plan)
    assert asked(plan) == {500: SHARED}
    erasure.commit(plan)
    assert [r for r in mini.dump(erasure.url)["x_sms"] if r[0] == 2] == [
        r for r in before if r[0] == 2
    ]
    assert now(erasure) == [f"call {NUMBER}"]


@pytest.mark.parametrize("link", ["null", "0", mini.ANN + 1])
def test_a_number_beside_the_name_of_somebody_else_is_shared(embedded, grown, link):
    made = grown(embedded, INTERACT, interaction("Carl", "Fox", NUMBER, link))
    noted(made, f"call {NUMBER}")
    before, plan = mini.dump(made.url), made.plan()
    assert listed(plan) >= {"table_interact.phone", "table_notes_log.description"}
    assert kept(made, plan, "table_interact", before)


@pytest.mark.parametrize("who", [("Bob", "Lee"), ("B.", "Lee"), ("Ann", "Kowalski")])
def test_who_shares_a_part_of_the_name_is_somebody_else(embedded, grown, who):
    made = grown(embedded, INTERACT, interaction(*who, NUMBER))
    assert "table_interact.phone" in listed(made.plan())


@pytest.mark.parametrize(
    "who", [("Ann", "Lee"), ("ANN", None), ("A.", "Lee"), ("Ann Marie", "Lee")]
)
def test_beside_the_subjects_own_name_nothing_is_shared(embedded, grown, who):
    made = grown(embedded, INTERACT, interaction(*who, NUMBER, mini.BOB))
    noted(made, f"call {NUMBER}")
    plan = made.plan()
    assert not listed(plan)
    made.commit(plan)
    assert now(made) == ["call [PHONE]"]
    assert "5466" not in repr(mini.dump(made.url)["table_interact"])


@pytest.mark.parametrize(("called", "said"), [("Orsolya", "Orsolia"), ("Robert", "Bob")])
def test_a_misspelt_or_short_name_makes_nobody_else_of_the_subject(single, grown, called, said):
    for table in ("table_contact", "contact_bkp"):
        single.write(f"update {table} set first_name = '{called}' where objid = {mini.ANN}")
    made = grown(single, INTERACT, interaction(said, "Lee", NUMBER))
    assert not listed(made.plan())


@pytest.mark.parametrize("link", ["null", "0"])
def test_a_row_that_is_nobodys_makes_nothing_shared(embedded, link):
    embedded.write(
        f"update x_sms set msisdn = 15126105466, contact_objid = {link} where contact_objid = {mini.BOB}"
    )
    noted(embedded, f"call {NUMBER}")
    embedded.commit(embedded.plan())
    assert now(embedded) == ["call [PHONE]"]


@pytest.mark.parametrize(
    "who",
    ["System", "N/A", "unknown", "Customer", "Call Center", "Kundin", "Annalee", "AnnLee", "Ann_Lee",
     "Lee Family", "Fam. Lee", "Contact: Ann", "ann.lee@example.com", "CUST-00471", "annlee77"],
)  # fmt: skip
def test_what_is_nobodys_name_makes_nothing_of_the_subject_shared(single, grown, who):
    made = grown(
        single,
        "create table x_ev (id integer primary key, actor varchar(40), tel varchar(40))",
        f"insert into x_ev values (1, '{who}', '{NUMBER}')",
        x_ev__actor=("direct", "PERSON"),
        x_ev__tel=("direct", "PHONE_NUMBER"),
    )
    noted(made, f"call {NUMBER} now")
    assert 500 not in asked(made.plan())


@pytest.mark.parametrize(
    "row",
    [
        ("Ann", "Brown", "Tom", "Lee", NUMBER),
        ("Ann", "Lee", "Tom", "Brown", NUMBER),
    ],
)
def test_in_a_row_of_two_people_what_is_one_of_thems_is_asked_about_there_only(single, grown, row):
    made = grown(
        single,
        "create table x_pair (id integer primary key, first_name varchar(40), last_name varchar(40), "
        "spouse_first_name varchar(40), spouse_last_name varchar(40), phone varchar(40))",
        f"insert into x_pair values (1, {', '.join(map(repr, row))})",
        x_pair__first_name=("direct", "PERSON"),
        x_pair__last_name=("direct", "PERSON"),
        x_pair__spouse_first_name=("direct", "PERSON"),
        x_pair__spouse_last_name=("direct", "PERSON"),
        x_pair__phone=("direct", "PHONE_NUMBER"),
    )
    plan = made.plan()
    told = {r.mention.column: r.why for r in plan.reviews if r.mention.table.name == "x_pair"}
    assert told["phone"] == SHARED
    assert not any(m.table.name == "x_pair" and m.column == "phone" for m in plan.mentions)
    assert not any(m.column == "spouse_last_name" for m in plan.mentions)


def test_a_mailbox_of_the_alternate_contact_of_somebodys_case_is_shared(embedded):
    alternate = "alt_first_name = 'Bob', alt_last_name = 'Ray', alt_e_mail = 'ann@home.example'"
    embedded.write(f"update table_case set {alternate} where objid = 3")
    noted(embedded, "mail ann@home.example")
    plan = embedded.plan()
    assert listed(plan) >= {"table_case.alt_e_mail", "table_notes_log.description"}
    embedded.commit(plan)
    assert now(embedded) == ["mail ann@home.example"]
    (case,) = (r for r in mini.dump(embedded.url)["table_case"] if r[0] == 3)
    assert "ann@home.example" in case


def test_relations_lead_to_somebody_else_over_several_tables(embedded, grown):
    made = grown(
        embedded,
        "create table table_x_line (objid integer primary key, x_number varchar(30), line2case bigint)",
        f"insert into table_x_line values (1, '{NUMBER}', 3)",
        table_x_line__x_number=("direct", "PHONE_NUMBER"),
    )
    noted(made, f"call {NUMBER}")
    before, plan = mini.dump(made.url), made.plan()
    assert "table_x_line.x_number" in listed(plan)
    assert kept(made, plan, "table_x_line", before)


def test_to_whom_a_mail_went_says_nothing_of_who_has_the_address(embedded, grown):
    made = grown(
        embedded,
        "create table table_email_log (objid integer primary key, sender varchar(80), "
        "recipient varchar(80), case_email2case bigint)",
        "insert into table_email_log values (1, 'ann@home.example', 'ann@home.example', 3)",
    )
    plan = made.plan()
    assert not listed(plan)
    made.commit(plan)
    assert "ann@home.example" not in repr(mini.dump(made.url))


def test_rows_of_copies_are_whose_the_rows_are_that_they_copy(embedded, grown, monkeypatch):
    monkeypatch.setitem(mini.COPIES, "x_sms_old", "x_sms")
    made = grown(
        embedded,
        "create table x_sms_old as select * from x_sms where id = 2",
        "update x_sms_old set msisdn = 15126105466",
    )
    assert "x_sms_old.msisdn" in listed(made.plan())


def test_an_old_copy_of_the_subjects_row_makes_nothing_shared(embedded, grown, monkeypatch):
    monkeypatch.setitem(mini.COPIES, "x_sms_old", "x_sms")
    made = grown(
        embedded,
        "create table x_sms_old as select * from x_sms where id = 1",
        "delete from x_sms where id = 1",
    )
    plan = made.plan()
    assert not listed(plan)
    made.commit(plan)
    assert "5126105466" not in repr(mini.dump(made.url)["x_sms_old"])


def test_a_purge_of_many_leaves_what_is_somebody_elses_as_well(sqlite_url, tmp_path):
    purging.build(sqlite_url)
    made = Purging(sqlite_url, tmp_path)
    made.write(f"update x_sms set msisdn = 15126105466 where contact_objid = {mini.BOB}")
    made.write(f"insert into table_notes_log values (500, 'call {NUMBER}', 3)")
    receipt = made.purge(made.many([mini.ANN]))
    assert receipt.residue == {}
    made.engine.dispose()
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        sent = connection.scalars(text("select msisdn from x_sms")).all()
    engine.dispose()
    assert sent == [15126105466]
    assert now(made) == [f"call {NUMBER}"]


PACK = """
[pack]
title = "a shop"
known_by = ["customers"]
key = "id"
[subject]
table = "customers"
holders = ["customers"]
[[reach]]
table = "devices"
from = "customers"
by = "customer_id"
[[reach]]
table = "visits"
from = "customers"
by = "customer_id"
rows = "linked"
"""
SHOP = """
create table customers (id integer primary key, name varchar(40), phone varchar(40));
create table devices (id integer primary key, customer_id integer references customers,
  number varchar(40));
create table devices_old (number varchar(40), customer_id integer);
create table visits (id integer primary key, customer_id integer, number varchar(40));
create table notes (id integer primary key, said varchar(80));
insert into customers values (1, 'Ann Lee', '+1 512 610 5466'), (2, 'Bob Ray', '+1 512 610 7777');
insert into notes values (1, 'call +1 512 610 5466')
"""
KINDS = {
    "name": ("direct", "PERSON"),
    "phone": ("direct", "PHONE_NUMBER"),
    "number": ("direct", "PHONE_NUMBER"),
    "said": ("free_text", "FREE_TEXT"),
}


@pytest.fixture
def shop(sqlite_url, tmp_path):
    """Plan about Ann in a shop after a row was added; name the columns that somebody else shares."""
    path = tmp_path / "shop.toml"
    path.write_text(PACK)

    def plan(statement):
        engine = create_engine(sqlite_url)
        with engine.begin() as connection:
            for one in (*SHOP.split(";"), statement):
                connection.execute(text(one))
            meta = reflect(connection)
            database = identify(connection, meta)
        engine.dispose()
        found = [
            Finding(
                ColumnRef("", t.name, c.name), str(c.type), "scanned", personal=kind, entity=entity
            )
            for t in meta.sorted_tables
            for c in t.columns
            for kind, entity in (KINDS.get(c.name, ("none", "")),)
        ]
        tables = tuple(
            TableFacts(ref(t), 1, copy_of="devices" if t.name == "devices_old" else "")
            for t in meta.sorted_tables
        )
        scan = Scan("test", "2026-01-01T00:00:00+00:00", database, "", tables, tuple(found))
        engine = connect(sqlite_url)
        made = planner.plan(
            engine, rulebook.pack(str(path)), decide_suggested(Audit(scan, {})), "1"
        )
        engine.dispose()
        return listed(made)

    return plan


@pytest.mark.parametrize("table", ["devices (number, customer_id)", "devices_old"])
def test_a_declared_key_to_somebody_else_says_whose_a_number_is(shop, table):
    column = f"{table.split()[0]}.number"
    assert shop(f"insert into {table} values ('+1 512 610 5466', 2)") == {column, "notes.said"}


@pytest.mark.parametrize("link", ["1", "null", "0"])
def test_an_old_copy_that_is_the_subjects_or_nobodys_makes_nothing_shared(shop, link):
    assert not shop(f"insert into devices_old values ('+1 512 610 5466', {link})")


def test_a_row_to_which_somebody_is_only_linked_makes_nothing_shared(shop):
    assert not shop("insert into visits values (1, 2, '+1 512 610 5466')")


def test_a_text_that_says_no_more_than_a_number_makes_nothing_shared(embedded):
    noted(embedded, NUMBER)
    embedded.commit(embedded.plan())
    assert now(embedded) == ["[PHONE]"]


def test_the_name_of_an_agent_says_nothing_of_whose_a_row_is(embedded, monkeypatch, tmp_path):
    embedded.write(
        "create table table_x_visit (objid integer primary key, x_agent varchar(40), x_tel varchar(30))"
    )
    embedded.write(f"insert into table_x_visit values (1, 'Tom Fox', '{NUMBER}')")
    for column, entity in (("x_agent", "PERSON"), ("x_tel", "PHONE_NUMBER")):
        monkeypatch.setitem(mini.CUSTOM, ("table_x_visit", column), ("direct", entity))
    made = Erasure(embedded.url, tmp_path, table_x_visit__x_agent="keep")
    assert not listed(made.plan())
    made.engine.dispose()
