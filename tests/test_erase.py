"""Erasing one contact: what is erased, what stays, and what refuses. On every live database."""

import json
import sqlite3
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from scanner import constraints, errors, planner, prover
from scanner.database import connect, reason
from scanner.executor import execute
from scanner.plans import Plan
from scanner.receipts import Receipt
from tests import mini
from tests.conftest import LIVE
from tests.erasing import PACK, Erasure, refused


@dataclass
class Erased:
    """What an erasure of Ann did."""

    plan: Plan
    receipt: Receipt
    before: dict[str, list[tuple]]
    after: dict[str, list[tuple]]


DONE: dict[str, Erased] = {}
"""One erasure on each kind of database, which several tests look at."""


@pytest.fixture(params=LIVE)
def erased(request, tmp_path):
    kind = request.param
    if kind not in DONE:
        erasure = Erasure(mini.build(request.getfixturevalue(f"{kind}_url")), tmp_path)
        before, plan = mini.dump(erasure.url), erasure.plan()
        DONE[kind] = Erased(plan, erasure.commit(plan), before, mini.dump(erasure.url))
        erasure.engine.dispose()
    return DONE[kind]


def test_after_a_commit_nothing_of_the_contact_is_left_in_its_own_rows(erased):
    receipt, left = erased.receipt, erased.after
    own = [r for r in left["table_contact"] if r[0] == mini.ANN]
    own += [r for t in ("contact_bkp", "aud_table_contact") for r in left[t] if r[0] == mini.ANN]
    own += [r for r in left["table_e_addr"] if r[2] == mini.ANN]
    own += [
        r
        for t in ("table_site", "table_address", "table_x_pref", "x_sms")
        for r in left[t]
        if r[0] == 1
    ]
    own += [r for t in ("table_case", "table_notes_log") for r in left[t] if r[0] == 1]
    for canary in mini.CANARIES:
        assert canary not in repr(own)
    assert receipt.committed
    assert receipt.residue == {}


def test_what_the_audit_trigger_copied_meanwhile_is_erased_too(erased):
    assert erased.receipt.rounds == 2
    (row,) = erased.after["aud_table_contact"]
    assert row[1] == "[REDACTED]"


def test_nobody_elses_row_changes_but_for_mentions_of_the_contact(erased):
    before, after = erased.before, erased.after
    changed = {
        (table, row[0])
        for table in before
        for row in before[table]
        if row not in after[table] and mini.ANN not in row
    }
    own = {("table_address", 1), ("table_site", 1), ("table_notes_log", 1)}
    own |= {("table_act_entry", 1)}
    mentions = {("table_case", 2), ("table_notes_log", 2), ("table_notes_log", 3)}
    assert changed == own | mentions
    texts = {r[0]: r for r in after["table_notes_log"]}
    assert texts[2][1] == "mail to [EMAIL] sent"
    assert texts[3][1] == "call [PHONE], not 512-610-7777"
    assert texts[4] == (4, "Anna Leeds rang about 12 Elmwood", 3)


def test_on_somebody_elses_case_only_the_alternate_contact_goes(erased):
    (case,) = [r for r in erased.after["table_case"] if r[0] == 4]
    assert case[2:4] == ("Router", "nothing special")
    assert case[9:12] == ("[REDACTED]", "[REDACTED]", "redacted-4@erased.invalid")


def test_a_shared_site_stays_and_an_individual_one_goes(erased):
    names = {r[0]: r[1] for r in erased.after["table_site"]}
    assert names == {1: "[REDACTED]", 2: "Acme Industries", 3: "Ann Lee"}


def test_a_namesake_is_listed_for_review_and_left_alone(erased):
    before, after = (
        [r for r in dump["table_contact"] if r[0] == mini.NAMESAKE]
        for dump in (erased.before, erased.after)
    )
    assert after == before
    places = {(r.mention.table.name, r.mention.key) for r in erased.plan.reviews}
    hers = {("table_case", (5,)), ("table_site", (3,))}
    assert places == {("table_case", (3,)), ("table_x_pref", (2,)), *hers}
    assert len(erased.receipt.reviews) == 4


def test_a_review_that_people_answered_with_erase_is_scrubbed(erasure):
    raw = json.loads(erasure.plan().to_json())
    for review in raw["reviews"]:
        review["answer"] = (
            "erase" if review["key"] == 3 and review["table"] == "table_case" else "keep"
        )
    erasure.commit(Plan.from_json(json.dumps(raw)))
    histories = {r[0]: r[3] for r in mini.dump(erasure.url)["table_case"]}
    assert histories[3] == "Bob asked for [NAME] once"
    assert histories[5] == "her own trouble, says Ann Lee"


def test_safe_events_and_everything_that_reports_count_stay(erased):
    before = {r[0]: r for r in erased.before["table_act_entry"]}
    after = {r[0]: r for r in erased.after["table_act_entry"]}
    assert after[2] == before[2]
    assert after[1][3] == "[REDACTED]"
    assert [r[:3] + r[4:] for r in after.values()] == [r[:3] + r[4:] for r in before.values()]


def test_a_rehearsal_leaves_the_database_as_it_was_and_reports_what_the_commit_will(erasure):
    before = mini.dump(erasure.url)
    plan = erasure.plan()
    rehearsed = erasure.run(plan)
    assert mini.dump(erasure.url) == before
    assert erasure.journal.read() == ()
    done = erasure.commit(plan)
    same = {"committed": True, "started": "", "finished": ""}
    assert replace(rehearsed, **same) == replace(done, **same)


def test_a_second_plan_finds_nothing_to_do(erasure):
    erasure.commit(erasure.plan())
    plan = erasure.plan()
    assert plan.empty
    before = mini.dump(erasure.url)
    assert erasure.commit(plan).rows == {}
    assert mini.dump(erasure.url) == before


def test_verify_says_so_before_and_after(erasure):
    plan = erasure.plan()
    before = prover.prove(erasure.engine, plan, PACK)
    assert "table_contact.first_name" in {c.removeprefix("public.") for c in before.left}
    erasure.commit(plan)
    after = prover.prove(erasure.engine, plan, PACK)
    assert not after.left
    untold = {t.removeprefix("public.") for t in after.untold}
    assert untold == {"contact_bkp"}  # it has no key: that these rows were erased the journal says
    after = prover.prove(erasure.engine, plan, PACK, done=True)
    assert after.holds
    assert after.vouched == 1


def test_verify_by_identifiers_finds_every_way_of_writing_them(erasure):
    found = prover.search_for(erasure.engine, ["5126105466", "ann.lee@example.com"]).left
    names = {c.removeprefix("public.") for c in found}
    assert {
        "table_notes_log.description",
        "table_case.case_history",
        "table_contact.phone",
    } <= names
    erasure.commit(erasure.plan())
    assert prover.search_for(erasure.engine, ["5126105466", "ann.lee@example.com"]).holds


def test_two_erased_contacts_do_not_collide_in_unique_indexes(erasure):
    erasure.commit(erasure.plan())
    erasure.commit(erasure.plan(mini.NAMESAKE))
    erasure.commit(erasure.plan(mini.BOB))
    refs = [r[7] for r in mini.dump(erasure.url)["table_contact"]]
    assert len(set(refs)) == 3
    assert all(r.startswith("[REDACTED-") for r in refs)


def test_erasing_one_namesake_leaves_the_other_whole(erasure):
    before = [r for r in mini.dump(erasure.url)["table_contact"] if r[0] != mini.NAMESAKE]
    erasure.commit(erasure.plan(mini.NAMESAKE))
    after = mini.dump(erasure.url)
    assert [r for r in after["table_contact"] if r[0] != mini.NAMESAKE] == before
    assert {r[0]: r[1] for r in after["table_site"]}[1] == "Ann Lee"


# -- what refuses --------------------------------------------------------------------------------


def test_without_the_key_repeated_nothing_is_erased(embedded):
    plan = embedded.plan()
    for confirm in ("", "yes", str(mini.BOB), f" {mini.ANN}"):
        refused(
            errors.Unconfirmed,
            lambda c=confirm: embedded.run(plan, commit=True, confirm=c),
            embedded,
        )


def test_a_new_row_of_the_contact_makes_the_plan_stale(erasure):
    plan = erasure.plan()
    erasure.write("insert into table_notes_log values (9, 'Ann called again', 1)")
    message = refused(errors.Stale, lambda: erasure.commit(plan), erasure)
    assert "steps" in message


def test_a_new_mention_elsewhere_makes_the_plan_stale(erasure):
    plan = erasure.plan()
    erasure.write("insert into table_notes_log values (9, 'cc ann.lee@example.com', 2)")
    refused(errors.Stale, lambda: erasure.commit(plan), erasure)


def test_a_changed_schema_makes_the_plan_stale(erasure):
    plan = erasure.plan()
    erasure.write("alter table table_x_pref add column x_new varchar(20)")
    message = refused(errors.Stale, lambda: erasure.commit(plan), erasure)
    assert "schema has changed" in message


@pytest.mark.parametrize("part", ["steps", "stops", "kept", "basis", "kpis", "subject"])
def test_a_plan_in_which_more_than_answers_was_changed_is_refused(embedded, part):
    raw = json.loads(embedded.plan().to_json())
    raw[part] = {**raw[part], "table": "other"} if part == "subject" else type(raw[part])()
    if part == "kept":
        raw[part] = {"table_contact.e_mail": 1}
    if part == "basis":
        raw[part] = {"columns": [], "undecided": [], "copies": []}
    with pytest.raises(errors.Misconfigured, match="plan file was changed"):
        Plan.from_json(json.dumps(raw))


def test_a_table_that_cannot_roll_back_is_refused_before_anything_is_written(mariadb_url, tmp_path):
    mini.build(mariadb_url)
    erasure = Erasure(mariadb_url, tmp_path)
    erasure.write("alter table table_e_addr engine = MyISAM")
    plan = erasure.plan()
    message = refused(errors.Refused, lambda: erasure.run(plan), erasure)
    assert "table_e_addr" in message
    erasure.engine.dispose()


def test_a_trigger_might_write_to_a_table_that_cannot_roll_back(mariadb_url, tmp_path):
    mini.build(mariadb_url)
    erasure = Erasure(mariadb_url, tmp_path)
    erasure.write("alter table aud_table_contact engine = MyISAM")
    plan = erasure.plan()
    assert "aud_table_contact" in refused(errors.Refused, lambda: erasure.run(plan), erasure)
    erasure.engine.dispose()


def test_a_value_that_a_constraint_refuses_is_one_sentence(erasure, monkeypatch):
    erasure.write(
        "create table table_x_strict (objid integer primary key, x_mail varchar(80), "
        "s2contact integer, constraint ann_at check (x_mail like '%@%.com'))"
    )
    erasure.write(f"insert into table_x_strict values (1, 'ann.lee@example.com', {mini.ANN})")
    monkeypatch.setitem(mini.CUSTOM, ("table_x_strict", "x_mail"), ("direct", "EMAIL_ADDRESS"))
    again = Erasure(erasure.url, erasure.journal.path.parent)
    monkeypatch.setattr(constraints, "held", lambda *_: None)  # as if it could not be asked
    plan = again.plan()
    message = refused(errors.DatabaseFailed, lambda: again.commit(plan), again)
    assert message.replace("public.", "") == (
        "a constraint of the database refuses a value of table_x_strict (the CHECK constraint "
        "ann_at): decide otherwise on x_mail; nothing was changed"
    )
    again.engine.dispose()


def test_a_failure_of_the_database_names_the_table_that_was_written_to(embedded):
    statement = "UPDATE table_case SET title=? WHERE objid = ?"
    cause = sqlite3.DatabaseError("Ann Lee")
    cause.sqlite_errorcode = sqlite3.SQLITE_NOTADB + 1
    error = OperationalError(statement, ("Ann Lee", 1), cause)
    assert "while table_case was written to" in reason(embedded.engine, error)


def test_a_stop_refuses(embedded):
    pack = replace(PACK, stops=tuple(replace(s, redact="stop") for s in PACK.stops[:1]))
    plan = planner.plan(embedded.engine, pack, embedded.audit, str(mini.ANN))
    message = refused(
        errors.Stopped,
        lambda: execute(
            embedded.engine,
            plan,
            pack,
            journal=embedded.journal,
            commit=True,
            confirm=str(mini.ANN),
        ),
        embedded,
    )
    assert "open cases" in message


def test_another_pack_than_the_plans_is_refused(embedded):
    plan = embedded.plan()
    other = replace(PACK, digest="other")
    refused(
        errors.Stale,
        lambda: execute(embedded.engine, plan, other, journal=embedded.journal),
        embedded,
    )


def test_more_rows_than_allowed_are_refused(embedded):
    plan = embedded.plan()
    refused(errors.TooMany, lambda: embedded.commit(plan, max_rows=plan.rows - 1), embedded)
    message = refused(
        errors.TooMany, lambda: embedded.commit(plan, max_rows=plan.rows), embedded
    )  # the trigger's copy is one more
    assert f"{plan.rows + 1} rows would change" in message
    assert embedded.commit(plan, max_rows=plan.rows + 1).committed


def test_a_plan_is_carried_out_once(embedded):
    plan = embedded.plan()
    embedded.commit(plan)
    before = mini.dump(embedded.url)
    with pytest.raises(errors.AlreadyDone):
        embedded.commit(plan)
    assert mini.dump(embedded.url) == before


def test_an_undecided_column_of_the_subjects_rows_is_refused(embedded, tmp_path):
    open_one = Erasure(embedded.url, tmp_path, table_notes_log__description="undecided")
    message = refused(errors.Undecided, open_one.plan, open_one)
    assert "table_notes_log.description" in message
    open_one.engine.dispose()


def test_a_column_kept_by_decision_is_listed_and_does_not_stop_the_commit(embedded, tmp_path):
    kept = Erasure(embedded.url, tmp_path, table_e_addr__e_num="keep")
    plan = kept.plan()
    assert plan.kept == {"table_e_addr.e_num": 1}
    assert kept.commit(plan).kept == {"table_e_addr.e_num": 1}
    kept.engine.dispose()


def test_scrub_keeps_the_sentence_of_own_notes(embedded, tmp_path):
    scrubbed = Erasure(embedded.url, tmp_path, table_notes_log__description="scrub")
    scrubbed.commit(scrubbed.plan())
    texts = {r[0]: r[1] for r in mini.dump(embedded.url)["table_notes_log"]}
    assert texts[1] == "Zebra-Secret-Note from [NAME]"
    scrubbed.engine.dispose()


def test_what_is_left_stops_a_commit(embedded, monkeypatch):
    plan = embedded.plan()
    real = planner.draft
    calls = []

    def blind(*args, **more):
        """A planner that overlooks one cell from the second time on."""
        made = real(*args, **more)
        calls.append(made)
        edits = tuple(e for e in made.edits if e.table.name != "table_e_addr")
        return (
            replace(made, edits=edits)
            if len(calls) == 1
            else replace(made, plan=replace(made.plan, steps=(), mentions=()))
        )

    monkeypatch.setattr(planner, "draft", blind)
    message = refused(errors.Residue, lambda: embedded.commit(plan), embedded)
    assert "table_e_addr.e_num" in message


def test_a_trigger_that_undoes_the_redaction_refuses(embedded):
    embedded.write(
        "create trigger t_back after update of e_num on table_e_addr begin "
        "update table_e_addr set e_num = old.e_num where objid = old.objid; end"
    )
    plan = embedded.plan()
    assert plan.triggers["table_e_addr"] == ("t_back",)
    message = refused(errors.Refused, lambda: embedded.commit(plan), embedded)
    assert "table_e_addr.e_num" in message


def test_a_trigger_that_removes_rows_refuses(embedded):
    embedded.write(
        "create trigger t_gone after update on table_e_addr begin "
        "delete from table_condition where objid = 1; end"
    )
    plan = embedded.plan()
    message = refused(errors.Refused, lambda: embedded.commit(plan), embedded)
    assert "table_condition" in message


def test_a_trigger_that_changes_what_reports_count_refuses(embedded):
    embedded.write(
        "create trigger t_kpi after update on table_e_addr begin "
        "update table_case set calltype2gbst_elm = 99 where objid = 2; end"
    )
    plan = embedded.plan()
    message = refused(errors.Refused, lambda: embedded.commit(plan), embedded)
    assert "cases by type" in message


def test_an_unknown_subject_and_a_key_that_is_none(embedded):
    for key in ("999", "Ann Lee", "1 or 1=1", ""):
        with pytest.raises(errors.Misconfigured) as caught:
            planner.plan(embedded.engine, PACK, embedded.audit, key)
        assert "objid" in str(caught.value) or "no such row" in str(caught.value)


def test_the_audit_of_another_database_is_refused(embedded, tmp_path):
    other = tmp_path / "other.sqlite"
    create_engine(f"sqlite:///{other}").connect().close()
    other.touch()
    Erasure.write(_At(f"sqlite:///{other}"), "create table table_contact (objid integer)")
    with pytest.raises(errors.Misconfigured, match="another database"):
        planner.plan(connect(f"sqlite:///{other}"), PACK, embedded.audit, str(mini.ANN))


class _At:
    def __init__(self, url: str) -> None:
        self.url = url


def test_a_plan_is_deterministic_and_survives_its_file(erasure):
    first, second = erasure.plan(), erasure.plan()
    assert first.to_json() == second.to_json()
    assert Plan.from_json(first.to_json()) == first


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        (
            "scrub",
            "[NAME] asked Bob Miller (bob@corp.example, +49 30 1234567) to wait for the part",
        ),
        ("scrub_all", "[NAME] asked [NAME] ([EMAIL], [PHONE]) to wait for the part"),
    ],
)
def test_own_notes_lose_other_peoples_data_only_if_that_is_decided(
    embedded, tmp_path, choice, left
):
    embedded.write(
        "update table_notes_log set description = 'Ann asked Bob Miller (bob@corp.example, "
        "+49 30 1234567) to wait for the part' where objid = 1"
    )
    scrubbed = Erasure(embedded.url, tmp_path, table_notes_log__description=choice)
    scrubbed.commit(scrubbed.plan())
    texts = {r[0]: r[1] for r in mini.dump(embedded.url)["table_notes_log"]}
    assert texts[1] == left
    assert texts[3] == "call [PHONE], not 512-610-7777"
    assert not [s for s in scrubbed.plan().steps if s.table.name == "table_notes_log"]
    scrubbed.engine.dispose()
