"""The demo: a Clarify that is big, odd and deterministic, and a truth that is exact."""

import gc
import hashlib
import json
import re
import sqlite3
from collections import Counter, defaultdict
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from scanner import demo
from scanner.demo.facts import facts
from scanner.demo.ledger import Ledger
from scanner.demo.numbers import AREAS, card
from scanner.demo.people import contacts
from scanner.demo.said import Kind, Said, TextBuilder, joined, upper, whole
from scanner.errors import Misconfigured
from tests.benchmarks.score_demo import main as score

SMALL = {"cases": 60, "contacts": 40, "seed": 3}


class Built:
    """A demo file, its truth, and an open connection."""

    def __init__(self, path: Path):
        self.path = path
        self.truth_file = path.with_suffix(".json")
        self.truth = json.loads(self.truth_file.read_text())
        self.rows = sqlite3.connect(path)

    @classmethod
    def new(cls, path: Path, **options):
        make(path, **options)
        return cls(path)

    def all(self, query):
        return self.rows.execute(query).fetchall()


def make(path: Path, **options) -> None:
    truth = demo.create(f"sqlite:///{path}", **options)
    path.with_suffix(".json").write_text(truth.to_json())


@pytest.fixture(scope="session")
def small(once):
    folder = once("demo-small", lambda folder: make(folder / "demo.sqlite", **SMALL))
    built = Built(folder / "demo.sqlite")
    yield built
    built.rows.close()


@pytest.fixture(scope="session")
def headline(once):
    options = {"cases": 400, "contacts": 30}
    folder = once("demo-headline", lambda folder: make(folder / "demo.sqlite", **options))
    built = Built(folder / "demo.sqlite")
    yield built
    built.rows.close()


def dump(path):
    with sqlite3.connect(path) as rows:
        found = hashlib.sha256("\n".join(rows.iterdump()).encode()).hexdigest()
    rows.close()
    return found


def test_the_same_seed_gives_the_same_bytes(small, tmp_path):
    again = Built.new(tmp_path / "again.sqlite", **SMALL)
    again.rows.close()
    assert dump(again.path) == dump(small.path)
    assert again.truth == small.truth
    other = Built.new(tmp_path / "other.sqlite", **{**SMALL, "seed": 4})
    other.rows.close()
    assert dump(other.path) != dump(small.path)


def test_it_has_more_than_seventy_tables_and_none_is_empty(headline):
    counts = {t["table"]: t["rows"] for t in headline.truth["tables"]}
    assert len(counts) > 120
    for table, rows in counts.items():
        assert headline.all(f'select count(*) from "{table}"') == [(rows,)]
    assert not [t for t, rows in counts.items() if not rows]


def test_the_headline_has_353_cases_and_about_11000_own_rows(headline):
    key = headline.truth["headline"]["key"]
    query = f"select count(*) from table_case where case_reporter2contact = {key}"
    assert headline.all(query) == [(353,)]
    own = [r for r in headline.truth["own_rows"] if r[0] == key and r[4] == 2]
    assert 10_500 <= len(own) <= 11_500
    tables = {headline.truth["tables"][r[1]]["table"] for r in own}
    assert len(tables) > 65


def test_a_smaller_demo_gives_the_headline_its_share(small):
    key = small.truth["headline"]["key"]
    query = f"select count(*) from table_case where case_reporter2contact = {key}"
    assert 15 < small.all(query)[0][0] < 60


def test_a_case_has_about_31_rows(headline):
    own = Counter(r[0] for r in headline.truth["own_rows"] if r[4] == 2)
    assert 29 < own[headline.truth["headline"]["key"]] / 353 < 33


def test_clarify_has_no_keys_but_unique_indexes(small):
    engine = create_engine(f"sqlite:///{small.path}")
    looked = inspect(engine)
    for table in looked.get_table_names():
        assert not looked.get_foreign_keys(table)
        assert not looked.get_pk_constraint(table)["constrained_columns"]
    unique = {tuple(i["column_names"]) for i in looked.get_indexes("table_contact") if i["unique"]}
    assert {("objid",), ("first_name", "last_name", "phone"), ("x_cust_ref",)} <= unique
    assert len(looked.get_view_names()) == 5
    engine.dispose()


def test_shadows_are_the_upper_case_of_their_column(small):
    seen = 0
    for fact in facts().values():
        for field in fact.fields:
            if field.shadow:
                pairs = small.all(f'select "{field.name}", "s_{field.name}" from "{fact.table}"')
                assert all(s == (v if v is None else upper(v)) for v, s in pairs)
                seen += 1
    assert seen > 100


def test_shadows_can_be_left_out(tmp_path):
    built = Built.new(tmp_path / "plain.sqlite", cases=5, contacts=12, shadows=False)
    columns = [r[1] for r in built.all("pragma table_info(table_case)")]
    assert "title" in columns
    assert "s_title" not in columns
    built.rows.close()


def test_the_dictionary_says_what_the_database_is(small):
    known = dict(
        small.all("select type_id, type_name from adp_tbl_name_map where type_flags <> 512")
    )
    tables = {r[0] for r in small.all("select name from sqlite_master where type = 'table'")}
    assert {f"table_{name}" for name in known.values()} <= tables
    columns = {t: {r[1] for r in small.all(f'pragma table_info("{t}")')} for t in tables}
    for type_id, field in small.all("select type_id, field_name from adp_sch_info"):
        assert field in columns[f"table_{known[type_id]}"]
    for type_id, fields in small.all("select type_id, field_names from adp_sch_index"):
        assert set(fields.split(",")) <= columns[f"table_{known[type_id]}"]


def test_every_relation_has_its_inverse(small):
    known = dict(small.all("select type_id, type_name from adp_tbl_name_map"))
    query = "select type_id, rel_name, rel_type, target_name, inv_rel_name, rel_phy_name from adp_sch_rel_info"
    rows = {(known[r[0]], r[1]): r[2:] for r in small.all(query)}
    assert len(rows) == len(small.all(query))
    back = {1: 2, 2: 1, 3: 4, 4: 3, 5: 5}
    for (near, name), (kind, target, inverse, place) in rows.items():
        assert rows[target, inverse][:3] == (back[kind], near, name)
        if kind in (2, 3):
            assert place in {r[1] for r in small.all(f"pragma table_info(table_{near})")}
        if kind == 5:
            assert {name, inverse} == {r[1] for r in small.all(f"pragma table_info({place})")}


def test_mtm_columns_hold_the_object_whose_relation_they_are_named_after(headline):
    between = headline.all("select queue2user, user_assigned2queue from mtm_queue4_user23")
    assert {q for q, _ in between} <= {r[0] for r in headline.all("select objid from table_queue")}
    between = headline.all("select caller2contract, contract2contact from mtm_contact2_contract1")
    assert {c for c, _ in between} <= {
        r[0] for r in headline.all("select objid from table_contact")
    }
    assert {k for _, k in between} <= {
        r[0] for r in headline.all("select objid from table_contract")
    }


def values_of(built):
    """Read each recorded place: subject, kind, flags, the text that the span cuts out."""
    columns, tables = built.truth["columns"], {t["table"]: t for t in built.truth["tables"]}
    wanted = defaultdict(list)
    for who, column, key, start, end, kind, flags in built.truth["places"]:
        wanted[column].append((key, who, start, end, built.truth["kinds"][kind], flags))
    for column, places in wanted.items():
        where = columns[column]
        key = (tables[where["table"]]["key"] or ["rowid"])[0]
        cells = dict(built.all(f'select {key}, "{where["column"]}" from "{where["table"]}"'))
        for row, who, start, end, kind, flags in places:
            cell = cells[row]
            yield where, who, kind, flags, cell if end < 0 else cell[start:end]


def test_every_span_cuts_out_what_it_says(small):
    people = {p[0]: p[1:] for p in small.all(
        "select objid, first_name, last_name, phone, e_mail, mobile_phone, x_cust_ref, fax_number "
        "from table_contact")}  # fmt: skip
    checked = Counter()
    for _, who, kind, flags, found in values_of(small):
        first, last, phone, mail, mobile, reference, fax = people[who]
        if flags & 8:
            checked["cut"] += 1
            continue
        value = unescape(str(found)).casefold()
        match kind:
            case "FULL" | "FIRST" | "LAST" | "GIVEN" | "FAMILY":
                names = upper(f"{first} {last}").casefold(), f"{first} {last}".casefold()
                parts = re.findall(r"\w+", value)
                plain = kind == "LAST" and "_" in value
                assert plain or all(any(p in n for n in names) for p in parts)
            case "PHONE" | "SHARED_PHONE":
                digits = {
                    re.sub(r"\D", "", n or "")[-6:]
                    for n in (phone.split(" x")[0].split(" e")[0], mobile, fax)
                }
                assert re.sub(r"\D", "", value.split(" x")[0].split(" e")[0])[-6:] in digits
            case "EMAIL" | "SHARED_EMAIL":
                assert value == mail.casefold() or ".alt@" in value
            case "CUSTOMER_ID":
                assert value == reference.casefold()
            case "LINK":
                assert found == who
        checked[kind] += 1
    assert {"FULL", "PHONE", "EMAIL", "FIRST", "LAST", "STREET", "cut", "BIRTH"} <= set(checked)


def test_no_identifier_stands_where_the_truth_does_not_know_of_it(small):
    """Search every text for each contact's e-mail and reference."""
    recorded = defaultdict(set)
    for who, column, key, *_ in small.truth["places"]:
        where = small.truth["columns"][column]
        recorded[where["table"], where["column"], key].add(who)
    people = small.all("select objid, e_mail, x_cust_ref from table_contact")
    owners = defaultdict(set)
    for key, mail, reference in people:
        owners[mail.casefold()].add(key)
        owners[reference.casefold()].add(key)
    pattern = re.compile("|".join(rf"(?<![\w.-]){re.escape(v)}(?!\w)" for v in owners))
    for table in small.truth["tables"]:
        names = [c["column"] for c in small.truth["columns"] if c["table"] == table["table"]]
        key = (table["key"] or ["rowid"])[0]
        listed = ", ".join(f'"{n}"' for n in names)
        for row in small.all(f'select {key}, {listed} from "{table["table"]}"'):
            for name, cell in zip(names, row[1:], strict=True):
                if isinstance(cell, str):
                    for found in pattern.findall(cell.casefold()):
                        assert owners[found] & recorded[table["table"], name, row[0]]


def test_the_truth_holds_no_values(small):
    told = small.truth_file.read_text()
    for row in small.all("select e_mail, x_cust_ref, x_national_id, phone from table_contact"):
        assert not any(value and value in told for value in row)


def test_filled_counts_are_exact(small):
    for c in small.truth["columns"]:
        query = f'select count(*) from "{c["table"]}" where "{c["column"]}" is not null and "{c["column"]}" <> \'\''
        assert small.all(query) == [(c["filled"],)]


def test_people_are_confusing(headline):
    assert headline.truth["headline"]["key"] in headline.truth["namesakes"]
    query = "select count(*) - count(distinct e_mail), count(*) - count(distinct phone) from table_contact"
    shared = headline.all(query)[0]
    assert sum(shared) >= 1
    agents = set(headline.all("select first_name, last_name from table_employee"))
    assert agents & set(headline.all("select first_name, last_name from table_contact"))
    linked = "select count(*) from table_case where alt_contact2contact is not null"
    assert headline.all(linked)[0][0] > 3


def test_others_speak_of_the_headline(headline):
    key, flags = headline.truth["headline"]["key"], headline.truth["flags"]
    foreign = [
        p
        for p in headline.truth["places"]
        if p[0] == key and not p[6] & (flags["OWN"] | flags["LINKED"])
    ]
    assert any(p[6] & flags["STRONG"] for p in foreign)
    assert any(p[6] & flags["AMBIGUOUS"] for p in foreign)


def test_histories_have_headers_and_quotes(headline):
    histories = [r[0] for r in headline.all("select case_history from table_case")]
    assert all(h.count("***") > 3 for h in histories)
    everything = "\n".join(r[0] for r in headline.all("select message from table_email_log"))
    for mark in ("-----Original Message-----", "wrote:", "Ursprüngliche", "#B5C4DF", "\n> "):
        assert mark in everything
    assert (
        max(len(r[0] or "") for r in headline.all("select addnl_info from table_act_entry")) == 255
    )


def test_the_trigger_keeps_the_old_row(tmp_path):
    built = Built.new(tmp_path / "t.sqlite", cases=5, contacts=12)
    before = built.all("select count(*) from aud_table_contact")[0][0]
    key, name = built.all("select objid, first_name from table_contact limit 1")[0]
    built.rows.execute("update table_contact set first_name = 'x' where objid = ?", (key,))
    built.rows.execute("delete from table_contact where objid = ?", (key,))
    query = "select first_name, aud_action from aud_table_contact order by rowid"
    assert built.all(query)[before:] == [(name, "UPDATE"), ("x", "DELETE")]
    built.rows.close()


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_servers_get_the_same_rows(kind, small, request):
    url = request.getfixturevalue(f"{kind}_url")
    truth = demo.create(url, **SMALL)
    told = json.loads(truth.to_json())
    assert told["places"] == small.truth["places"]
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in small.truth["tables"]:
            counted = connection.scalar(text(f"select count(*) from {table['table']}"))
            assert counted == table["rows"]
        before = connection.scalar(text("select count(*) from aud_table_contact"))
        connection.execute(
            text("update table_contact set first_name = 'x' where objid = 268435457")
        )
        assert connection.scalar(text("select count(*) from aud_table_contact")) == before + 1
        name = small.all("select first_name from table_contact where objid = 268435457")[0][0]
        query = text("select first_name from aud_table_contact where aud_user <> 'jdoe1'")
        assert connection.scalar(query) == name
    engine.dispose()


def test_a_database_with_tables_is_refused(small):
    with pytest.raises(Misconfigured, match="exists"):
        demo.create(f"sqlite:///{small.path}")
    engine = create_engine(f"sqlite:///{small.path}")
    with pytest.raises(Misconfigured, match="tables already"):
        demo.build(engine)
    engine.dispose()


def test_a_build_that_fails_leaves_nothing(live_url, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("scanner.demo.triggers.create", fail)
    engine = create_engine(live_url)
    with pytest.raises(KeyboardInterrupt):
        demo.build(engine, **SMALL)
    left = inspect(engine)
    assert not left.get_table_names() + left.get_view_names()
    engine.dispose()


def test_a_build_gives_back_what_it_switched_off(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    names = ("synchronous", "journal_mode", "cache_size")
    with engine.connect() as connection:
        before = [connection.exec_driver_sql(f"pragma {n}").scalar() for n in names]
    demo.build(engine, cases=5, contacts=12)
    with engine.connect() as connection:
        assert [connection.exec_driver_sql(f"pragma {n}").scalar() for n in names] == before
    assert gc.isenabled()
    engine.dispose()


def test_a_ledger_gives_back_what_went_to_disk(monkeypatch):
    monkeypatch.setattr("scanner.demo.ledger.IN_MEMORY", 6)
    ledger = Ledger(2)
    for n in range(10):
        ledger.recent += (n, -n)
        ledger.spill()
    assert list(ledger) == [(n, -n) for n in range(10)]
    assert len(ledger.recent) < 6


def test_an_untouched_database_scores_no_damage_and_much_residue(small, capsys):
    words = ["--truth", small.truth_file, "--before", small.path, "--after", small.path, "--json"]
    assert score([str(w) for w in words]) == 1
    told = json.loads(capsys.readouterr().out)
    assert not told["damage"]
    assert not told["missing"]
    assert told["broken"]


def test_harm_to_others_is_found(small, tmp_path, capsys):
    other = tmp_path / "after.sqlite"
    other.write_bytes(small.path.read_bytes())
    harmed = sqlite3.connect(other)
    victim = small.truth["headline"]["key"] - 5
    harmed.execute("update table_contact set city = 'gone' where objid = ?", (victim,))
    harmed.execute("delete from table_queue where objid = 268435457")
    harmed.commit()
    harmed.close()
    words = ["--truth", small.truth_file, "--before", small.path, "--after", other, "--json"]
    assert score([str(w) for w in words]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["damage"] == {"table_contact.city": 1}
    assert told["missing"] == {"table_queue": 1}
    assert told["audited"] == {"aud_table_contact": 1}


def test_spans_stay_in_place_through_all_changes():
    name = whole("Jürgen & Söhne", 7, Kind.FULL)
    said = joined(("Dear ", name, "!\nBye ", name), "")
    quoted = said.translated({10: "\n> ", ord("&"): "&amp;"})
    assert [quoted.text[s:e] for s, e, *_ in quoted.spans] == ["Jürgen &amp; Söhne"] * 2
    assert [said.cut(10).text[s:e] for s, e, *_ in said.cut(10).spans] == ["Jürge"]
    assert said.cut(10).spans[0][4]
    built = TextBuilder().say("To {who}: {text}", {"who": name, "text": Said("hi")}).said()
    assert built.text == "To Jürgen & Söhne: hi"
    assert len(upper("Straße")) == len("Straße")


def test_numbers_are_of_the_right_form():
    from phonenumbers import is_valid_number, parse

    people = contacts(300, ["a.example"], 1)
    regions = {"en_US": "US", "de_DE": "DE", "fr_FR": "FR", "es_ES": "ES", "it_IT": "IT"}
    for p in people:
        if region := regions.get(p.locale):
            assert is_valid_number(parse(p.phone, region))
            assert is_valid_number(parse(p.mobile, region))
    assert len(AREAS) % 7
    assert len({card(n) for n in range(5000)}) == 5000
    assert all(
        int("".join(str(int(c, 36)) for c in p.iban[4:] + p.iban[:4])) % 97 == 1 for p in people
    )
