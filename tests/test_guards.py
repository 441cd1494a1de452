"""What refuses, what stays, and what is told apart: one promise a dangerous line of code."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, event, text

from scanner import errors, planner, prover, rulebook
from scanner.database import connect, identity
from scanner.executor import execute
from scanner.plans import Plan
from scanner.rewriter import tag
from scanner.surveyor import Survey
from tests import mini
from tests.erasing import PACK, Erasure, refused

pytestmark = pytest.mark.no_cover
"""What these run is counted where test_erase.py runs it."""

NOW = "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "confirm", ["", "yes", str(mini.BOB), f" {mini.ANN}", f"{mini.ANN}0", str(mini.ANN)[:-1]]
)
def test_without_the_very_key_repeated_nothing_is_erased(embedded, confirm):
    plan = embedded.plan()
    refused(errors.Unconfirmed, lambda: embedded.run(plan, commit=True, confirm=confirm), embedded)


def test_a_home_that_somebody_else_lives_in_stays(embedded):
    embedded.write(f"insert into table_contact_role values (9, 'Default', {mini.BOB}, 1)")
    embedded.commit(embedded.plan())
    left = mini.dump(embedded.url)
    assert {r[0]: r[1] for r in left["table_site"]}[1] == "Ann Lee"
    assert {r[0]: r[1] for r in left["table_address"]}[1] == "12 Elm Street"


def test_an_undecided_column_is_refused_even_where_no_name_stands_in_it(embedded, tmp_path):
    embedded.write("update table_x_pref set x_memo = 'prefers Fridays'")
    open_one = Erasure(embedded.url, tmp_path, table_x_pref__x_memo="undecided")
    message = refused(errors.Undecided, open_one.plan, open_one)
    assert "table_x_pref.x_memo" in message
    open_one.engine.dispose()


def test_an_undecided_column_of_others_that_names_the_subject_is_refused(embedded, tmp_path):
    embedded.write("update table_address set city = 'ann@home.example' where objid = 3")
    open_one = Erasure(embedded.url, tmp_path, table_employee__first_name="undecided")
    embedded.write("update table_employee set first_name = 'ann@home.example' where objid = 1")
    message = refused(errors.Undecided, open_one.plan, open_one)
    assert "table_employee.first_name" in message
    open_one.engine.dispose()


def test_a_copy_that_a_trigger_makes_where_nobody_was_asked_is_no_success(tmp_path):
    url = f"sqlite:///{tmp_path / 'crm.sqlite'}"
    (tmp_path / "crm.sqlite").touch()
    mini.build(url, trigger=False)
    erasure = Erasure(url, tmp_path)
    erasure.write("update table_notes_log set description = 'call with Ann Lee' where objid = 1")
    erasure.write("create table hist (t text)")
    erasure.write(
        "create trigger keep after update on table_notes_log "
        "begin insert into hist values (old.description); end"
    )
    again = Erasure(url, tmp_path)
    message = refused(errors.Residue, lambda: again.commit(again.plan()), again)
    assert "hist.t (1 row)" in message
    assert "trigger" in message
    for one in (erasure, again):
        one.engine.dispose()


def test_a_namesake_in_a_computed_column_is_asked_about_and_does_not_block(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'crm.sqlite'}"
    (tmp_path / "crm.sqlite").touch()
    mini.build(url, trigger=False)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(
            "alter table table_contact add column x_full varchar(70) "
            "generated always as (first_name || ' ' || last_name) virtual"
        ))  # fmt: skip
    engine.dispose()
    monkeypatch.setitem(mini.CUSTOM, ("table_contact", "x_full"), ("direct", "PERSON"))
    erasure = Erasure(url, tmp_path)
    plan = erasure.plan()
    asked = [r for r in plan.reviews if r.mention.column == "x_full"]
    assert asked, "the namesake's full name is asked about"
    wrong = plan.answered([replace(r, answer="erase") for r in asked])
    assert "computed" in refused(errors.Refused, lambda: erasure.commit(wrong), erasure)
    assert erasure.commit(plan).residue == {}
    erasure.engine.dispose()


def test_a_namesake_in_a_backup_is_as_little_a_mention_as_in_the_original(embedded):
    plan = embedded.plan()
    copies = {str(c) for c in plan.basis.copies}
    assert copies, "the mini database has a copy"
    assert not [r for r in plan.reviews if str(r.mention.table) in copies]


def test_numbers_that_are_not_searched_are_told(embedded):
    told = [d for d in embedded.plan().duties if d["kind"] == "columns of numbers"]
    assert [d["count"] for d in told] != [0]
    assert told


def test_verify_notices_a_mention_that_came_back(embedded):
    plan = embedded.plan()
    embedded.commit(plan)
    embedded.write(
        "update table_notes_log set description = 'mail to ANN@HOME.EXAMPLE sent' where objid = 2"
    )
    proof = prover.prove(embedded.engine, plan, PACK)
    assert proof.left == {"table_notes_log.description": 1}
    assert not proof.holds


def test_verify_names_the_figures_that_moved_since(embedded):
    plan = embedded.plan()
    embedded.commit(plan)
    assert prover.prove(embedded.engine, plan, PACK).moved == ()
    embedded.write("update table_case set calltype2gbst_elm = 99 where objid = 2")
    (moved,) = prover.prove(embedded.engine, plan, PACK).moved
    assert moved.startswith("cases by type")


def places(plan):
    return {(r.mention.table.name, r.mention.key) for r in plan.reviews}


def test_a_number_that_somebody_else_has_too_waits_for_an_answer(embedded):
    embedded.write(f"update table_contact set phone = '512-610-5466' where objid = {mini.BOB}")
    plan = embedded.plan()
    assert ("table_notes_log", (3,)) in places(plan)
    embedded.commit(plan)
    texts = {r[0]: r[1] for r in mini.dump(embedded.url)["table_notes_log"]}
    assert texts[3] == "call (512) 610-5466 x12, not 512-610-7777"


def test_on_a_linked_case_a_name_waits_only_where_there_are_namesakes(embedded):
    embedded.write("update table_case set case_history = 'Ann Lee rang' where objid = 4")
    assert ("table_case", (4,)) in places(embedded.plan())
    embedded.write(f"delete from table_contact where objid = {mini.NAMESAKE}")
    embedded.write("update table_site set name = 'Other' where objid = 3")
    assert ("table_case", (4,)) not in places(embedded.plan())


def test_given_and_family_name_in_cells_of_their_own_are_asked_about(embedded):
    embedded.write(
        "update table_case set case_history = 'nothing', alt_first_name = 'Ann', "
        "alt_last_name = 'Lee' where objid = 3"
    )
    assert ("table_case", (3,)) in places(embedded.plan())


NEAR = "mail to ann@home.example, Ann"
FAR = f"mail to ann@home.example. {'The weather was fine that day. ' * 4}Ann of billing agreed"
APART = "mail to ann@home.example\n\nAnn of billing agreed"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (NEAR, "mail to [EMAIL], [NAME]"),
        (FAR, FAR.replace("ann@home.example", "[EMAIL]")),
        (APART, APART.replace("ann@home.example", "[EMAIL]")),
    ],
)
def test_a_first_name_counts_only_near_what_is_sure(embedded, said, left):
    for statement in (*mini.NO_NAMESAKE, f"insert into table_notes_log values (9, '{said}', 2)"):
        embedded.write(statement)
    embedded.commit(embedded.plan())
    assert {r[0]: r[1] for r in mini.dump(embedded.url)["table_notes_log"]}[9] == left


def test_on_somebody_elses_case_a_first_name_alone_stays_and_an_address_goes(embedded):
    embedded.write(
        "update table_case set title = 'see ann@home.example', case_history = 'Ann of billing' "
        "where objid = 4"
    )
    embedded.commit(embedded.plan())
    (case,) = [r for r in mini.dump(embedded.url)["table_case"] if r[0] == 4]
    assert case[2:4] == ("see [EMAIL]", "Ann of billing")


def test_every_old_version_in_a_table_without_a_key_is_erased(embedded):
    embedded.write(
        "insert into contact_bkp select objid, 'Annie', s_first_name, last_name, s_last_name, "
        f"phone, e_mail, x_cust_ref, x_dateofbirth from contact_bkp where objid = {mini.ANN}"
    )
    embedded.write(f"insert into contact_bkp select * from contact_bkp where objid = {mini.ANN}")
    assert embedded.commit(embedded.plan()).committed
    rows = [r for r in mini.dump(embedded.url)["contact_bkp"] if r[0] == mini.ANN]
    assert len(rows) == 4
    assert {r[1] for r in rows} == {"[REDACTED]"}


def test_another_packs_complaint_names_the_pack(embedded):
    plan = embedded.plan()
    other = replace(PACK, digest="other")
    with pytest.raises(errors.Stale, match="the pack clarify has changed"):
        execute(embedded.engine, plan, other, journal=embedded.journal)


def test_a_rehearsal_and_a_commit_say_which_they_were(embedded):
    plan = embedded.plan()
    assert not embedded.run(plan).committed
    assert embedded.commit(plan).committed


def test_a_done_erasure_is_in_the_journal_at_once(embedded):
    embedded.commit(embedded.plan())
    assert [e.event for e in embedded.journal.read()] == ["basis", "intent", "done"]
    assert embedded.journal.read()[2].content["committed"] is True


def test_a_safe_shape_with_the_subjects_name_in_it_is_no_safe_shape(embedded):
    embedded.write(
        "update table_act_entry set addnl_info = 'from status Ann to status Lee' where objid = 2"
    )
    embedded.commit(embedded.plan())
    assert {r[0]: r[3] for r in mini.dump(embedded.url)["table_act_entry"]}[2] == "[REDACTED]"


def notes(erasure):
    return {r[0]: r[1] for r in mini.dump(erasure.url)["table_notes_log"]}


def test_a_commit_settles_what_was_interrupted_before(embedded):
    place = identity(embedded.engine.url)
    column = {"table": "table_site", "key": {"objid": 2}, "columns": ["name"], "after": "gone"}
    probes = [{"schema": "", **column}]
    embedded.journal.append("intent", NOW, "a", {"place": place, "probes": probes})
    embedded.journal.append("intent", NOW, "b", {"place": "elsewhere", "probes": probes})
    embedded.journal.append("intent", NOW, "c", {"place": place, "probes": []})
    embedded.commit(embedded.plan())
    told = [(e.event, e.plan) for e in embedded.journal.read()[3:5]]
    assert told[0] == ("undone", "a")
    assert [e.plan for e in embedded.journal.open_intents()] == ["b", "c"]


def test_a_trigger_that_writes_it_again_and_again_refuses(embedded):
    embedded.write(
        "create trigger t_again after update on aud_table_contact begin insert into "
        "aud_table_contact (objid, first_name, last_name, aud_action) values "
        "(old.objid, old.first_name, old.last_name, 'U'); end"
    )
    plan = embedded.plan()
    message = refused(errors.Residue, lambda: embedded.commit(plan), embedded)
    assert "after 3 rounds" in message
    assert "aud_table_contact" in message


@pytest.mark.parametrize("column", ["table_e_addr.e_num", "table_site.name"])
def test_an_address_or_a_full_name_that_is_left_stops_a_commit(embedded, monkeypatch, column):
    plan = embedded.plan()
    real, calls = planner.draft, []

    def blind(*args, **more):
        made = real(*args, **more)
        calls.append(made)
        if len(calls) > 1:
            return replace(made, plan=replace(made.plan, steps=(), mentions=()))
        table = column.partition(".")[0]
        return replace(made, edits=tuple(e for e in made.edits if e.table.name != table))

    monkeypatch.setattr(planner, "draft", blind)
    message = refused(errors.Residue, lambda: embedded.commit(plan), embedded)
    assert column in message


def test_a_trigger_that_adds_rows_to_the_products_tables_refuses(embedded):
    embedded.write(
        "create trigger t_more after update on table_e_addr begin "
        "insert into table_condition values (99, 'new'); end"
    )
    plan = embedded.plan()
    message = refused(errors.Refused, lambda: embedded.commit(plan), embedded)
    assert "table_condition" in message


def test_a_planned_row_that_a_trigger_removes_is_stale(embedded):
    embedded.write(
        "create trigger t_self after update on table_e_addr begin "
        "delete from table_e_addr where objid = old.objid; end"
    )
    plan = embedded.plan()
    message = refused(errors.Stale, lambda: embedded.commit(plan), embedded)
    assert "0 rows of table_e_addr instead of 1" in message


def test_another_persons_name_in_an_own_row_is_not_the_subjects(embedded):
    embedded.write("update table_x_pref set x_holder = 'Eve Stone' where objid = 1")
    embedded.write("insert into table_notes_log values (9, 'Eve Stone, cc ann@home.example', 2)")
    embedded.commit(embedded.plan())
    assert notes(embedded)[9] == "Eve Stone, cc [EMAIL]"


def test_the_agents_login_in_a_custom_table_is_not_the_subjects(embedded, tmp_path, monkeypatch):
    monkeypatch.setitem(mini.CUSTOM, ("table_x_pref", "x_holder"), ("direct", "USERNAME"))
    embedded.write("update table_x_pref set x_holder = 'agent007' where objid = 1")
    embedded.write("insert into table_notes_log values (9, 'closed by agent007', 2)")
    again = Erasure(embedded.url, tmp_path)
    again.commit(again.plan())
    assert notes(again)[9] == "closed by agent007"
    again.engine.dispose()


def test_a_first_name_with_another_family_name_waits_for_an_answer(embedded):
    said = "mail to ann@home.example. Ann Miller agreed"
    embedded.write(f"insert into table_notes_log values (9, '{said}', 2)")
    plan = embedded.plan()
    assert ("table_notes_log", (9,)) in places(plan)
    embedded.commit(plan)
    assert notes(embedded)[9] == "mail to [EMAIL]. Ann Miller agreed"


def test_both_names_in_cells_of_an_unrelated_row_wait_for_an_answer(embedded):
    embedded.write(
        "update table_case set alt_first_name = 'Ann', alt_last_name = 'Lee' where objid = 2"
    )
    plan = embedded.plan()
    assert {"alt_first_name", "alt_last_name"} <= {
        r.mention.column for r in plan.reviews if r.mention.key == (2,)
    }
    embedded.commit(plan)
    (case,) = [r for r in mini.dump(embedded.url)["table_case"] if r[0] == 2]
    assert case[9:11] == ("Ann", "Lee")


def test_in_a_shared_row_an_address_of_the_subject_is_scrubbed(embedded):
    embedded.write("update table_site set name = 'Acme c/o ann@home.example' where objid = 2")
    embedded.commit(embedded.plan())
    assert {r[0]: r[1] for r in mini.dump(embedded.url)["table_site"]}[2] == "Acme c/o [EMAIL]"


def test_a_relation_that_points_nowhere_finds_no_row(embedded):
    embedded.write("update table_site set cust_primaddr2address = 0 where objid = 1")
    embedded.write("insert into table_address values (0, '99 Void Road', 'Nowhere')")
    embedded.commit(embedded.plan())
    assert {r[0]: r[1] for r in mini.dump(embedded.url)["table_address"]}[0] == "99 Void Road"


def test_the_dictionary_knows_relations_whose_name_does_not(embedded, tmp_path, monkeypatch):
    for statement in (
        "create table adp_tbl_name_map (type_id integer, type_name varchar(64))",
        "create table adp_sch_rel_info (type_id integer, rel_name varchar(64), "
        "rel_type integer, target_name varchar(64))",
        "insert into adp_tbl_name_map values (2001, 'x_loyal')",
        "insert into adp_sch_rel_info values (2001, 'x_owner', 2, 'contact')",
        "create table table_x_loyal (objid integer primary key, x_words varchar(80), "
        "x_owner integer)",
        f"insert into table_x_loyal values (1, 'likes tea', {mini.ANN})",
        f"insert into table_x_loyal values (2, 'likes jam', {mini.BOB})",
    ):
        embedded.write(statement)
    monkeypatch.setitem(mini.CUSTOM, ("table_x_loyal", "x_words"), ("free_text", "FREE_TEXT"))
    again = Erasure(embedded.url, tmp_path)
    again.commit(again.plan())
    words = {r[0]: r[1] for r in mini.dump(again.url)["table_x_loyal"]}
    assert words == {1: "[REDACTED]", 2: "likes jam"}
    again.engine.dispose()


def test_a_computed_column_follows_what_it_is_computed_from(embedded, tmp_path, monkeypatch):
    embedded.write(
        "create table table_x_card (objid integer primary key, x_name varchar(60), "
        "x_upper varchar(60) generated always as (upper(x_name)) stored, card2contact integer)"
    )
    embedded.write(
        f"insert into table_x_card (objid, x_name, card2contact) values (1, 'Ann Lee', {mini.ANN})"
    )
    for column in ("x_name", "x_upper"):
        monkeypatch.setitem(mini.CUSTOM, ("table_x_card", column), ("direct", "PERSON"))
    again = Erasure(embedded.url, tmp_path)
    again.commit(again.plan())
    assert mini.dump(again.url)["table_x_card"] == [(1, "[REDACTED]", "[REDACTED]", mini.ANN)]
    again.engine.dispose()


def test_an_answer_that_is_none_is_refused(embedded):
    raw = json.loads(embedded.plan().to_json())
    raw["reviews"][0]["answer"] = "maybe"
    with pytest.raises(errors.Misconfigured, match="must be erase or keep"):
        Plan.from_json(json.dumps(raw))


def test_what_the_database_cannot_reach_is_a_duty(embedded):
    plan = embedded.plan()
    assert {d["kind"] for d in plan.duties} >= {"backups"}
    assert embedded.commit(plan).duties == plan.duties


def test_a_shared_number_is_certain_in_a_row_that_is_linked(embedded):
    embedded.write(f"update table_contact set phone = '512-610-5466' where objid = {mini.BOB}")
    embedded.write("update table_case set case_history = 'call 512-610-5466' where objid = 4")
    embedded.commit(embedded.plan())
    (case,) = [r for r in mini.dump(embedded.url)["table_case"] if r[0] == 4]
    assert case[3] == "call [PHONE]"


BROCHURE = (
    "create table table_lead (objid integer primary key, lead2contact_role integer)",
    "create table table_lit_req (objid integer primary key, comments varchar(80))",
    "create table table_lit_ship_req (objid integer primary key, lit_ship_req2lit_req integer, "
    "lit_ship2contact_role integer, lit_ship_req2lead integer)",
    "create table table_x_flyer (objid integer primary key, x_words varchar(80), "
    "flyer2lit_req integer)",
    "insert into table_lead values (1, 1)",
    "insert into table_lit_req values (1, 'Ann Lee asked for it')",
    "insert into table_lit_ship_req values (1, 1, 1, null), (2, 1, null, 1)",
    "insert into table_x_flyer values (1, 'all that Ann likes', 1)",
)
"""One request that goes to Ann twice, as a contact and as a lead, and a customer's row on it."""


def sent(embedded, tmp_path, *statements):
    for statement in (*BROCHURE, *statements):
        embedded.write(statement)
    return Erasure(embedded.url, tmp_path, table_x_flyer__x_words="redact")


@pytest.mark.parametrize("order", [1, -1])
def test_what_only_the_subjects_rows_share_is_its_own_in_whatever_order_it_is_found(
    embedded, tmp_path, order
):
    erasure = sent(embedded, tmp_path)
    pack = replace(PACK, reaches=PACK.reaches[::order])
    made = planner.plan(erasure.engine, pack, erasure.audit, str(mini.ANN))
    erasure.engine.dispose()
    assert {"table_lit_req", "table_x_flyer"} <= {s.table.name for s in made.steps}


def test_what_somebody_elses_row_shares_is_asked_about(embedded, tmp_path):
    erasure = sent(embedded, tmp_path, "insert into table_lit_ship_req values (3, 1, null, null)")
    made = erasure.plan()
    erasure.engine.dispose()
    assert not {"table_lit_req", "table_x_flyer"} & {s.table.name for s in made.steps}
    assert ("table_lit_req", (1,)) in places(made)


def test_an_open_case_of_somebody_else_is_no_warning(embedded):
    embedded.write("update table_case set case_state2condition = 1 where objid = 4")
    (stop,) = (s for s in embedded.plan().stops if s.rule != "shared")
    assert (stop.rule, stop.effect, stop.rows) == ("open cases", "warn", 1)


def test_a_number_of_a_case_is_no_place_for_a_first_name(embedded):
    embedded.write("update table_case set id_number = 'Ann-1' where objid = 1")
    embedded.commit(embedded.plan())
    (case,) = [r for r in mini.dump(embedded.url)["table_case"] if r[0] == 1]
    assert case[1] == "Ann-1"


def test_a_placeholder_carries_six_digits_of_a_digest_at_most():
    assert tag(("#abcdef0123456789",), 7) == "7-abcdef"
    assert tag((1, "b"), 7) == "1-b"


def test_on_sqlite_an_erasure_takes_the_write_lock_at_once(embedded):
    plan, seen = embedded.plan(), []
    event.listen(embedded.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    embedded.run(plan, survey=Survey())
    reads = next(n for n, said in enumerate(seen) if said.upper().startswith("SELECT"))
    assert seen[reads - 1] == "BEGIN IMMEDIATE"


def test_verify_is_not_fooled_by_an_address_that_begins_like_a_placeholder(embedded, tmp_path):
    embedded.write(f"update table_contact set e_mail = 'rayb@example.com' where objid = {mini.BOB}")
    embedded.write("insert into table_notes_log values (9, 'rayb@example.com wrote', 1)")
    plan = embedded.plan(mini.BOB)
    embedded.commit(plan)
    assert prover.prove(embedded.engine, plan, PACK, done=True).holds
    embedded.write(
        "update table_notes_log set description = 'rayb@example.com wrote' where objid = 9"
    )
    assert prover.prove(embedded.engine, plan, PACK).left == {"table_notes_log.description": 1}


@pytest.mark.parametrize("key", ["9" * 25, "-1", "1e3"])
def test_a_key_that_no_column_holds_is_one_sentence(embedded, key):
    with pytest.raises(errors.Misconfigured, match=r"objid|no such row"):
        planner.plan(embedded.engine, PACK, embedded.audit, key)


def test_a_table_of_that_name_without_the_key_is_one_sentence(embedded, tmp_path):
    other = tmp_path / "other.sqlite"
    create_engine(f"sqlite:///{other}").connect().close()
    with create_engine(f"sqlite:///{other}").begin() as connection:
        connection.execute(text("create table table_contact (id integer)"))
    with pytest.raises(errors.Misconfigured):
        planner.plan(connect(f"sqlite:///{other}"), PACK, embedded.audit, str(mini.ANN))


def test_rounds_have_an_end(embedded, monkeypatch):
    monkeypatch.setattr("scanner.executor.erasure.ROUNDS", 1)
    plan = embedded.plan()
    message = refused(errors.Residue, lambda: embedded.commit(plan), embedded)
    assert "after 1 rounds" in message
    assert "aud_table_contact" in message


def test_rows_that_only_a_long_text_tells_apart_are_told_apart(embedded, tmp_path, monkeypatch):
    embedded.write("create table x_stage (x_name varchar(30), body text, contact_objid integer)")
    embedded.write(f"insert into x_stage values ('Ann Lee', 'one', {mini.ANN})")
    embedded.write(f"insert into x_stage values ('Ann Lee', 'two', {mini.ANN})")
    monkeypatch.setitem(mini.CUSTOM, ("x_stage", "x_name"), ("direct", "PERSON"))
    again = Erasure(embedded.url, tmp_path)
    plan = again.plan()
    again.commit(plan)
    assert {r[:2] for r in mini.dump(again.url)["x_stage"]} == {
        ("[REDACTED]", "one"),
        ("[REDACTED]", "two"),
    }
    again.engine.dispose()


def test_rows_outside_the_dictionary_are_found_by_the_numbers_they_hold(embedded):
    embedded.commit(embedded.plan())
    sms = {r[0]: r[1:3] for r in mini.dump(embedded.url)["x_sms"]}
    assert sms == {1: (None, "[REDACTED]"), 2: (15126107777, "Your code")}


def test_a_business_site_is_nobodys_own_even_where_only_one_contact_has_it(embedded):
    embedded.write("delete from table_contact_role where objid = 3")
    embedded.commit(embedded.plan())
    left = mini.dump(embedded.url)
    assert {r[0]: r[1] for r in left["table_site"]}[2] == "Acme Industries"
    assert {r[0]: r[1] for r in left["table_address"]}[2] == "1 Industrial Way"


def test_what_is_not_said_in_a_safe_shape_is_redacted(embedded):
    embedded.write("update table_act_entry set addnl_info = 'likes tea' where objid = 2")
    embedded.commit(embedded.plan())
    assert {r[0]: r[3] for r in mini.dump(embedded.url)["table_act_entry"]}[2] == "[REDACTED]"


def test_a_shadow_has_what_its_base_has_in_upper_case(embedded, tmp_path, monkeypatch):
    embedded.write(
        "create table table_x_news (objid integer primary key, x_mail varchar(80), "
        "s_x_mail varchar(80), news2contact integer)"
    )
    embedded.write(
        f"insert into table_x_news values (7, 'ann@third.example', 'ANN@THIRD.EXAMPLE', {mini.ANN})"
    )
    monkeypatch.setitem(mini.CUSTOM, ("table_x_news", "x_mail"), ("direct", "EMAIL_ADDRESS"))
    again = Erasure(embedded.url, tmp_path)
    again.commit(again.plan())
    (row,) = mini.dump(again.url)["table_x_news"]
    assert row[1:3] == ("redacted-7@erased.invalid", "REDACTED-7@ERASED.INVALID")
    again.engine.dispose()


def test_figures_that_moved_since_make_the_plan_stale(embedded):
    plan = embedded.plan()
    embedded.write("update table_case set calltype2gbst_elm = 99 where objid = 2")
    message = refused(errors.Stale, lambda: embedded.commit(plan), embedded)
    assert "kpis" in message


def test_a_row_without_a_key_is_read_back_too(embedded, tmp_path, monkeypatch):
    embedded.write("create table x_stage (x_name varchar(30), contact_objid integer)")
    embedded.write(f"insert into x_stage values ('Ann Lee', {mini.ANN})")
    embedded.write(
        "create trigger t_stage after update of x_name on x_stage begin "
        "update x_stage set x_name = 'A. Nobody' where rowid = old.rowid; end"
    )
    monkeypatch.setitem(mini.CUSTOM, ("x_stage", "x_name"), ("direct", "PERSON"))
    again = Erasure(embedded.url, tmp_path)
    plan = again.plan()
    message = refused(errors.Refused, lambda: again.commit(plan), again)
    assert "x_stage does not hold what was written" in message
    again.engine.dispose()


@pytest.mark.parametrize("section", ["pack", "subject"])
def test_a_misspelt_setting_of_a_pack_is_named(tmp_path, section):
    file = tmp_path / "my.toml"
    text = rulebook.find("clarify").replace(f"[{section}]\n", f"[{section}]\nhodlers = []\n", 1)
    file.write_text(text)
    with pytest.raises(errors.Misconfigured, match="hodlers"):
        rulebook.pack(str(file))


def test_on_mariadb_what_a_table_keeps_of_its_past_is_a_duty(mariadb_url, tmp_path):
    mini.build(mariadb_url)
    made = Erasure(mariadb_url, tmp_path)
    made.write("alter table table_notes_log add system versioning")
    duties = {d["kind"]: d for d in made.plan().duties}
    assert duties["row histories"]["where"] == "table_notes_log"
    made.engine.dispose()
