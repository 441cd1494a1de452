"""Purges: what goes, what stays, what refuses; one contact and many. On every live database."""

import json
from dataclasses import replace

import pytest

from scanner import errors, prover
from scanner.cli import erase
from scanner.cli import plan as plans
from scanner.plans import Plan
from scanner.purge import directives
from scanner.purge.uprooter import Uprooter
from tests import mini, purging
from tests.erasing import PACK, Erasure
from tests.purging import Purging

ANN, BOB = mini.ANN, mini.BOB


@pytest.fixture
def purged(live_url, tmp_path):
    made = Purging(purging.build(live_url), tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def embedded(sqlite_url, tmp_path):
    made = Purging(purging.build(sqlite_url), tmp_path)
    yield made
    made.engine.dispose()


# -- one contact -----------------------------------------------------------------------------------


def test_a_rehearsal_says_what_the_purge_does_and_changes_nothing(purged):
    before, plan = mini.dump(purged.url), purged.plan()
    rehearsed = purged.run(plan)
    assert mini.dump(purged.url) == before
    done = purged.commit(plan)
    assert rehearsed.deleted == done.deleted
    assert (
        done.deleted[
            "table_case".join(("public.", "")) if "postgres" in purged.url else "table_case"
        ]
        == 1
    )


def test_the_copy_that_a_trigger_makes_of_a_deleted_contact_is_deleted_too(purged):
    receipt = purged.commit(purged.plan())
    assert mini.dump(purged.url)["aud_table_contact"] == []
    assert receipt.rounds == 2


def test_what_stays_of_a_purged_contact_is_redacted_and_others_texts_forget_it(embedded):
    embedded.commit(embedded.plan())
    after = mini.dump(embedded.url)
    assert after["table_task"] == [(1, "[REDACTED]", "[REDACTED]", None, 3, 1, 2)]
    assert {r[0]: r[1] for r in after["table_site"]}[1] == "[REDACTED]"
    assert {r[0]: r[1] for r in after["table_notes_log"]}[2] == "mail to [EMAIL] sent"


def test_verify_notices_a_row_that_came_back(embedded):
    plan = embedded.plan()
    embedded.commit(plan)
    assert prover.prove(embedded.engine, plan, PACK, done=True).holds
    untold = prover.prove(embedded.engine, plan, PACK).untold
    assert untold.keys() == {"contact_bkp", "mtm_contact2_contract1"}  # tables without a key
    table, key = plan.subject
    other = replace(plan, subject=(table.title(), key))
    assert prover.prove(embedded.engine, other, PACK, done=True).holds
    embedded.write("insert into table_notes_log values (1, 'back again', 2)")
    assert prover.prove(embedded.engine, plan, PACK).left == {"table_notes_log": 1}


def test_what_reports_lose_is_what_was_said_before(embedded):
    plan = embedded.plan()
    receipt = embedded.commit(plan)
    assert [k["digest"] for k in receipt.kpis] == [k.digest for k in plan.kpis_after]
    assert any(not k["equal"] for k in receipt.kpis)


def test_a_shared_row_stays_until_nobody_points_at_it(embedded):
    embedded.write("create table table_doc_path (objid bigint, path varchar(255))")
    embedded.write("create unique index ind_dp on table_doc_path (objid)")
    embedded.write(
        "create table table_doc_inst (objid bigint, attach_info2doc_path bigint, doc_inst2case bigint)"
    )
    embedded.write("create unique index ind_di on table_doc_inst (objid)")
    embedded.write("insert into table_doc_path values (1, 'a'), (2, 'b')")
    embedded.write("insert into table_doc_inst values (1, 1, 1), (2, 2, 1), (3, 2, 2)")
    again = Purging(embedded.url, embedded.folder)
    again.commit(again.plan())
    again.engine.dispose()
    after = mini.dump(embedded.url)
    assert after["table_doc_path"] == [(2, "b")]
    assert after["table_doc_inst"] == [(3, 2, 2)]


def test_declared_foreign_keys_are_kept(live_url, tmp_path):
    purging.build(live_url)
    declared = [("table_case", "case_reporter2contact", "table_contact"), ("table_notes_log", "case_notes2case", "table_case"),
                ("table_case", "alt_contact2contact", "table_contact"), ("table_act_entry", "act_entry2case", "table_case")]  # fmt: skip
    if live_url.startswith("sqlite"):
        pytest.skip("SQLite adds no foreign keys to tables that are there")
    for n, (child, column, parent) in enumerate(declared):
        purging.write(
            live_url,
            f"alter table {child} add constraint fk{n} foreign key ({column}) references {parent} (objid)",
        )
    made = Purging(live_url, tmp_path)
    made.commit(made.plan())
    assert [r for r in mini.dump(live_url)["table_contact"] if r[0] == ANN] == []
    made.engine.dispose()


def test_a_plan_tells_rows_that_go_from_rows_that_stay(embedded):
    plan = embedded.plan()
    gone = sum(s.rows for s in plan.steps if s.purge)
    assert plan.rows == gone + plan.staying
    said = " ".join("\n".join(plans.summary(plan)).split())
    assert f"{gone} rows would be deleted" in said
    assert f"{plan.staying} rows that stay would change" in said
    assert "3 links to deleted rows would be emptied" in said  # of a task, a case and a contract


def test_a_receipt_says_how_many_rows_more_than_planned_copies_were(embedded):
    plan = embedded.plan()
    receipt = embedded.run(plan)
    more = sum(receipt.rows.values()) - plan.rows
    assert more == 1
    assert f"({more} row more than planned, 2 rounds)" in "\n".join(
        erase.summary(receipt, plan.rows)
    )


# -- what refuses ----------------------------------------------------------------------------------


def refused(made, kind, work):
    before = mini.dump(made.url)
    with pytest.raises(kind) as caught:
        work()
    assert mini.dump(made.url) == before
    assert caught.value.exit_code == 3
    assert "\n" not in str(caught.value)
    return str(caught.value)


STOPS = {
    "open cases": "update table_case set case_state2condition = 1 where objid = 1",
    "legal hold": f"insert into table_alert values (1, 'Legal Hold', 1, 'court', {ANN})",
    "open request": "update table_task set task_sts2gbst_elm = 3",
}


@pytest.mark.parametrize("rule", STOPS)
def test_a_stop_is_listed_by_the_plan_and_refuses(embedded, rule):
    embedded.write(STOPS[rule])
    plan = embedded.plan()
    assert {s.rule for s in plan.stops if s.effect == "stop"} == {rule}
    assert rule in refused(embedded, errors.Stopped, lambda: embedded.commit(plan))


@pytest.mark.parametrize("rule", STOPS)
def test_a_stop_that_came_later_refuses(embedded, rule):
    plan = embedded.plan()
    embedded.write(STOPS[rule])
    refused(embedded, errors.Refused, lambda: embedded.commit(plan))


def test_cases_that_would_lose_their_contact_stop_its_purge(embedded):
    plan = embedded.plan(ANN, embedded.contact)
    assert [s.rule for s in plan.stops] == ["cases remain"]
    refused(embedded, errors.Stopped, lambda: embedded.commit(plan))


def test_a_shared_site_is_not_purged_and_an_own_one_is(embedded):
    plan = embedded.plan(ANN, "purge_case", embedded.contact, "purge_site")
    assert {"shared site", "company site"} <= {s.rule for s in plan.stops}
    refused(embedded, errors.Stopped, lambda: embedded.commit(plan))
    embedded.write(
        f"delete from table_contact_role where contact_role2contact = {ANN} and contact_role2site = 2"
    )
    plan = embedded.plan(ANN, "purge_case", embedded.contact, "purge_site")
    embedded.commit(plan)
    after = mini.dump(embedded.url)
    assert [r[0] for r in after["table_site"]] == [2, 3]
    assert [r[0] for r in after["table_address"]] == [2, 3]


def test_a_changed_schema_refuses(embedded):
    plan = embedded.plan()
    embedded.write("alter table table_x_pref add column x_new varchar(20)")
    assert "schema has changed" in refused(embedded, errors.Stale, lambda: embedded.commit(plan))


def test_an_edited_directive_refuses(embedded):
    plan = embedded.plan()
    (embedded.folder / "contact.toml").write_text(purging.CUSTOMS + "\n# edited\n")
    assert "contact.toml has changed" in refused(
        embedded, errors.Stale, lambda: embedded.commit(plan)
    )


@pytest.mark.parametrize(
    "statement",
    [
        "insert into table_notes_log values (9, 'one more', 1)",
        f"insert into mtm_contact2_contract1 values ({ANN}, 1)",
        "delete from table_act_entry where objid = 2",
        f"update table_case set alt_contact2contact = {ANN} where objid = 3",
    ],
)
def test_rows_that_came_or_went_since_the_plan_refuse(embedded, statement):
    plan = embedded.plan()
    embedded.write(statement)
    refused(embedded, errors.Stale, lambda: embedded.commit(plan))


def test_without_the_very_key_repeated_nothing_is_deleted(embedded):
    plan = embedded.plan()
    for confirm in ("", str(BOB), "yes"):
        refused(
            embedded,
            errors.Unconfirmed,
            lambda c=confirm: embedded.run(plan, commit=True, confirm=c),
        )


def test_a_trigger_that_keeps_a_row_refuses(embedded):
    embedded.write(
        "create trigger keep before delete on table_notes_log begin select raise(ignore); end"
    )
    plan = embedded.plan()
    assert "table_notes_log" in refused(embedded, errors.Stale, lambda: embedded.commit(plan))


def test_a_trigger_that_deletes_more_refuses(embedded):
    embedded.write(
        "create trigger more after delete on table_case begin delete from table_x_carrier_zip; end"
    )
    plan = embedded.plan()
    assert "table_x_carrier_zip" in refused(embedded, errors.Refused, lambda: embedded.commit(plan))


def test_what_a_trigger_writes_about_a_deleted_row_is_deleted_too(embedded):
    embedded.write(
        "create trigger back after delete on table_case begin insert into table_act_entry "
        "(objid, act_code, act_entry2case) values (99, 1, old.objid); end"
    )
    embedded.commit(embedded.plan())
    assert {r[0] for r in mini.dump(embedded.url)["table_act_entry"]} == {4}


def test_a_link_that_was_overlooked_refuses(embedded, monkeypatch):
    """Whatever is planned: what refers to a deleted row is looked for once more before the commit."""
    monkeypatch.setattr(Uprooter, "_kept", lambda *_words, **_more: [])
    plan = embedded.plan()
    said = refused(embedded, errors.Refused, lambda: embedded.commit(plan))
    assert "table_case.alt_contact2contact" in said


def test_a_trigger_that_writes_again_and_again_refuses(embedded):
    embedded.write(
        "create trigger again after delete on table_act_entry begin insert into table_act_entry "
        "(objid, act_code, act_entry2case) values (old.objid + 100, 1, old.act_entry2case); end"
    )
    plan = embedded.plan()
    assert "table_act_entry" in refused(embedded, errors.Residue, lambda: embedded.commit(plan))


def test_a_script_of_a_purge_of_many_is_refused_in_a_sentence(efface, embedded, tmp_path):
    words = ("plan", "--db", embedded.url, tmp_path / "a.xlsx", "--before", "2022-01-01")
    done = efface(*words, "--method", "purge", "--sql", tmp_path / "x.sql")
    assert done.exit_code == 2
    assert "no script is written of a purge of many" in done.stderr


# -- directives ------------------------------------------------------------------------------------


FAULTY = """[directive]
title = "Contact"
root = "table_contact"
follow = [
  "table_e_addr.eaddr2contact -> table_contact",
  "table_x_nowhere.a -> table_contact",
  "table_x_pref.x_nothing -> table_contact",
  "table_x_carrier_zip.objid -> table_employee",
]
cut = ["mtm_contact2_contract1.caller2contract -> table_contact"]
no_delete = ["table_e_addr"]
"""


def test_all_that_is_wrong_with_a_directive_is_told_at_once(embedded):
    path = embedded.folder / "faulty.toml"
    path.write_text(FAULTY)
    with pytest.raises(errors.Misconfigured) as caught:
        embedded.plan(ANN, str(path))
    said = str(caught.value)
    for part in (
        "there is no table table_x_nowhere",
        "table_x_pref has no column x_nothing",
        "no relation leads to table_employee",
        "table_e_addr is followed, and no_delete says that it stays",
        "mtm_contact2_contract1 has no key: follow the relation",
        '"table_case.case_reporter2contact -> table_contact", which holds personal data, is neither followed nor cut',
        '"x_sms.contact_objid -> table_contact", which holds personal data, is neither followed nor cut',
    ):
        assert part in said


def test_a_directive_that_cannot_be_read_is_told_line_by_line(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(
        '[directive]\ncolour = "red"\nfollow = ["table_a.b", 7]\n[[stop_if]]\nrule = "x"\n'
    )
    with pytest.raises(errors.Misconfigured) as caught:
        directives.load(str(path))
    said = str(caught.value)
    for part in (
        "unknown colour",
        "follow must be a list of texts",
        "stop_if x needs rule, why and rows",
        "root is missing",
    ):
        assert part in said


def test_a_custom_table_is_one_line(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(purging.CUSTOMS)
    base, mine = directives.load("purge_contact"), directives.load(str(path))
    assert len(mine.follow) == len(base.follow) + 2
    assert mine.stops == base.stops
    assert mine.digest != base.digest


@pytest.mark.parametrize(
    "text",
    [
        "table_a.b2c -> table_c",
        "dbo.table_a.b -> dbo.table_c(id) where t = 45 and u = 'x y'",
        "table_a.b => table_c",
    ],
)
def test_a_line_is_read_as_it_is_written(text):
    line = directives.Line.parse(text)
    assert line is not None
    assert str(line) == text


@pytest.mark.parametrize("name", ["purge_case", "purge_contact", "purge_site"])
def test_the_directives_that_come_with_it_are_shown(efface, name):
    done = efface("rules", name)
    assert done.exit_code == 0
    assert "deleted" in done.stdout
    assert json.loads(efface("rules", name, "--json").stdout)["directives"][0]["name"] == name


def test_a_stop_whose_sql_the_database_does_not_take_is_named(embedded):
    path = embedded.folder / "sql.toml"
    path.write_text(
        f'[directive]\nextends = {json.dumps(embedded.contact)}\n[[stop_if]]\nrule = "odd"\nwhy = "w"\n'
        'rows = "table_contact"\nsql = "no_such_column = 1"\n'
    )
    with pytest.raises(
        errors.Misconfigured, match="stop_if odd: the database does not take its SQL"
    ):
        embedded.plan(ANN, "purge_case", str(path))


def test_a_plan_of_a_purge_holds_no_values_and_cannot_be_changed(embedded):
    text = embedded.plan().to_json()
    for canary in mini.CANARIES:
        assert f'"{canary}' not in text
    raw = json.loads(text)
    raw["directives"] = {}
    with pytest.raises(errors.Misconfigured, match="was changed"):
        Plan.from_json(json.dumps(raw))


def test_an_alert_of_a_legal_hold_stops_a_redaction_too(embedded):
    embedded.write(STOPS["legal hold"])
    plan = Erasure.plan(embedded)
    assert {s.rule for s in plan.stops if s.effect == "stop"} == {"legal hold"}
    assert "legal hold" in refused(embedded, errors.Stopped, lambda: embedded.commit(plan))
    embedded.write("update table_alert set active = 0")
    embedded.commit(Erasure.plan(embedded))
