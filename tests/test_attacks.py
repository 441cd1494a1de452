"""What hostile reviewers got through once does not get through again."""

import json
import time

import pytest

from scanner import errors, planner, prover
from scanner.database import connect, reading, reflect
from scanner.journal import Entry, Journal
from scanner.plans import Plan
from tests import mini
from tests.erasing import PACK, Erasure, refused

pytestmark = pytest.mark.no_cover
"""What these run is counted where test_erase.py runs it."""


@pytest.fixture
def again(tmp_path, monkeypatch):
    """Plan anew after tables were added; ``found`` is what a scan would say of their columns."""
    made = []

    def make(erasure, found=None):
        for column, says in (found or {}).items():
            monkeypatch.setitem(mini.CUSTOM, column, says)
        made.append(Erasure(erasure.url, tmp_path))
        return made[-1]

    yield make
    for erasure in made:
        erasure.engine.dispose()


def notes(erasure):
    return {r[0]: r[1] for r in mini.dump(erasure.url)["table_notes_log"]}


def say(erasure, text, case=3):
    erasure.write(f"insert into table_notes_log values (50, '{text}', {case})")


def test_others_named_on_the_subjects_cases_are_not_the_subject(embedded, again):
    embedded.write(
        "create table table_x_cc (objid integer primary key, cc varchar(80), cc2case bigint)"
    )
    embedded.write("insert into table_x_cc values (1, 'carol@partner.example', 1)")
    say(embedded, "Bob: please mail carol@partner.example")
    new = again(embedded, {("table_x_cc", "cc"): ("direct", "EMAIL_ADDRESS")})
    new.commit(new.plan())
    assert notes(embedded)[50] == "Bob: please mail carol@partner.example"


def test_a_short_customer_number_does_not_rewrite_other_peoples_keys(embedded):
    embedded.write(f"update table_contact set x_cust_ref = '10234' where objid = {mini.ANN}")
    embedded.write("update table_case set id_number = '10234' where objid = 3")
    embedded.commit(embedded.plan())
    assert {r[0]: r[1] for r in mini.dump(embedded.url)["table_case"]}[3] == "10234"


@pytest.mark.parametrize("nothing", ["-----", "00000", "(none)", "n/a", "....."])
def test_what_stands_for_no_id_is_none(embedded, nothing):
    embedded.write(f"update table_contact set x_cust_ref = '{nothing}' where objid = {mini.ANN}")
    said = f"{nothing} part 00000 ----- (none) n/a ....."
    say(embedded, said)
    embedded.commit(embedded.plan())
    assert notes(embedded)[50] == said


def test_a_number_without_an_area_code_is_only_reviewed(embedded):
    embedded.write(f"update table_contact set phone = '610-5466' where objid = {mini.ANN}")
    say(embedded, "call (303) 610-5466 or 610-5466")
    plan = embedded.plan()
    embedded.commit(plan)
    assert notes(embedded)[50] == "call (303) 610-5466 or 610-5466"


def test_an_address_inside_another_is_not_the_subjects(embedded):
    say(embedded, "o''ann.lee@example.com and x-ann.lee@example.com but -ann.lee@example.com")
    embedded.commit(embedded.plan())
    assert notes(embedded)[50] == "o'ann.lee@example.com and x-ann.lee@example.com but -[EMAIL]"


@pytest.mark.parametrize(
    "field",
    [
        "ann.lee@example.com; second@example.org",
        "Ann Lee <ann.lee@example.com>",
        "ann.lee@example.com;",
    ],
)
def test_a_field_of_several_addresses_gives_each(embedded, field):
    embedded.write(f"update table_contact set e_mail = '{field}' where objid = {mini.ANN}")
    embedded.commit(embedded.plan())
    histories = {r[0]: r[3] for r in mini.dump(embedded.url)["table_case"]}
    assert "ann.lee@example.com" not in histories[2]


@pytest.mark.parametrize("field", ["512-610-5466 / 512-999-1234", "512-610-5466 (home)"])
def test_a_field_of_several_numbers_gives_each(embedded, field):
    embedded.write("drop index contact_name")
    embedded.write(f"update table_contact set phone = '{field}' where objid = {mini.ANN}")
    embedded.commit(embedded.plan())
    assert notes(embedded)[3] == "call [PHONE], not 512-610-7777"


@pytest.mark.parametrize(
    "said", ["512-610-5466x12", "Tel5126105466", ".....ann.lee@example.com", "x_CUST-00471_2.pdf"]
)
def test_strong_signs_are_found_without_spaces_around_them(embedded, said):
    say(embedded, said)
    embedded.commit(embedded.plan())
    assert "[" in notes(embedded)[50]


def test_names_of_one_ideogram_are_names(embedded):
    who = f"update table_contact set first_name = '明', last_name = '李' where objid = {mini.ANN}"
    embedded.write(who)
    say(embedded, "李明 said")
    assert (50,) in [r.mention.key for r in embedded.plan().reviews]


def test_a_relation_by_a_declared_key_is_not_broken(embedded, again):
    embedded.write("create table x_acc (mail varchar(80) primary key, contact_objid integer)")
    embedded.write("create table x_ord (id integer primary key, acc varchar(80) references x_acc)")
    embedded.write(f"insert into x_acc values ('ann.lee@example.com', {mini.ANN})")
    embedded.write("insert into x_ord values (1, 'ann.lee@example.com')")
    new = again(embedded, {("x_acc", "mail"): ("direct", "EMAIL_ADDRESS")})
    plan = new.plan()
    refused(errors.DatabaseFailed, lambda: new.commit(plan), new)


def test_the_product_twice_in_one_database_is_refused(postgresql_url, tmp_path):
    mini.build(postgresql_url)
    erasure = Erasure(postgresql_url, tmp_path)
    erasure.write("create schema zold")
    erasure.write("create table zold.table_contact (like table_contact)")
    new = Erasure(postgresql_url, tmp_path)
    with pytest.raises(errors.Misconfigured, match="more than once"):
        new.plan()
    erasure.engine.dispose()
    new.engine.dispose()


def test_rows_whose_unique_column_is_empty_are_the_subjects_too(erasure, again):
    erasure.write(
        "create table table_x_memo (x_ref varchar(20) unique, memo varchar(200), memo2contact bigint)"
    )
    erasure.write(f"insert into table_x_memo values (null, 'secret diabetes', {mini.ANN})")
    new = again(erasure, {("table_x_memo", "memo"): ("free_text", "FREE_TEXT")})
    new.commit(new.plan())
    assert mini.dump(erasure.url)["table_x_memo"][0][1] == "[REDACTED]"


def test_relations_are_found_in_any_case(embedded, again):
    embedded.write("alter table table_notes_log rename column case_notes2case to Case_Notes2Case")
    new = again(embedded)
    new.commit(new.plan())
    assert notes(new)[1] == "[REDACTED]"


def test_two_people_of_one_unique_list_can_both_be_erased(erasure, again):
    erasure.write("create table x_optout (id integer primary key, mail varchar(80) unique)")
    erasure.write("insert into x_optout values (1, 'ann.lee@example.com')")
    erasure.write("insert into x_optout values (2, 'bob.ray@example.com')")
    new = again(erasure, {("x_optout", "mail"): ("direct", "EMAIL_ADDRESS")})
    new.commit(new.plan())
    new.commit(new.plan(mini.BOB))
    assert "@example.com" not in repr(mini.dump(erasure.url)["x_optout"])


def test_a_row_without_a_key_is_rewritten_and_scrubbed_at_once(erasure, again):
    erasure.write("create table x_stage (name varchar(30), code varchar(60), contact_objid bigint)")
    erasure.write(f"insert into x_stage values ('Ann Lee', 'of ann.lee@example.com', {mini.ANN})")
    new = again(erasure, {("x_stage", "name"): ("direct", "PERSON")})
    new.commit(new.plan())
    assert mini.dump(erasure.url)["x_stage"][0][:2] == ("[REDACTED]", "of [EMAIL]")


def test_each_review_has_an_answer_of_its_own(embedded):
    embedded.write("update table_e_addr set e_num = 'ann.lee@example.com' where objid = 2")
    say(embedded, "Ann Lee came. " + "x" * 80 + " ann.lee@example.com")
    plan = embedded.plan()
    assert len({r.id for r in plan.reviews}) == len(plan.reviews)
    raw = json.loads(plan.to_json())
    for review in raw["reviews"]:
        review["answer"] = "erase" if review["key"] == 50 else "keep"
    embedded.commit(Plan.from_json(json.dumps(raw)))
    assert notes(embedded)[50].startswith("[NAME] came. x")


def test_what_a_digest_stands_for_cannot_be_tried_out_from_the_plan(embedded, again):
    import hashlib
    import hmac

    embedded.write("create table x_line (msisdn bigint primary key, contact_objid bigint)")
    embedded.write(f"insert into x_line values (5126105466, {mini.ANN})")
    new = again(embedded, {("x_line", "msisdn"): ("direct", "PHONE_NUMBER")})
    plan = new.plan()
    (step,) = [s for s in plan.steps if s.table.name == "x_line"]
    for secret in (f"{plan.database.fingerprint}/{mini.ANN}", str(mini.ANN), ""):
        guess = hmac.new(secret.encode(), b"5126105466", hashlib.sha256).hexdigest()[:24]
        assert step.keys != ((f"#{guess}",),)


def test_a_journal_of_several_databases_settles_only_its_own(embedded, tmp_path):
    place = {"place": "another database", "probes": [{"table": "t"}]}
    embedded.journal.append("intent", "2026-01-01", "p", place)
    embedded.commit(embedded.plan())
    assert [e.plan for e in embedded.journal.open_intents()] == ["p"]


def test_a_row_that_others_changed_since_does_not_hide_that_it_was_erased(embedded, monkeypatch):
    plan, real = embedded.plan(), Journal.append

    def dying(self, event, *more):
        """Die, as it were, between the commit and the last entry."""
        return real(self, event, *more) if event == "intent" else Entry(0, event, *more, "", "")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", dying)
        embedded.commit(plan)
    embedded.write("update table_act_entry set entry_time = '2020-01-01 00:00:00'")
    engine = connect(embedded.url)
    with reading(engine) as connection:
        (entry,) = embedded.journal.settle(connection, reflect(connection), "2026-01-01")
    engine.dispose()
    assert entry.event == "done"


def test_long_texts_take_no_more_than_their_length(embedded):
    said = "A" * 20_000 + " Ann " + "ann.lee@example.com Ann " * 200 + "5126105466" * 2_000
    embedded.write(f"insert into table_notes_log values (50, '{said}', 3)")
    begun = time.process_time()
    plan = embedded.plan()
    longest = time.process_time() - begun
    say_twice = said + said
    embedded.write(f"update table_notes_log set description = '{say_twice}' where objid = 50")
    begun = time.process_time()
    planner.plan(embedded.engine, PACK, embedded.audit, str(mini.ANN))
    assert plan.mentions
    assert time.process_time() - begun < 4 * longest + 2


def test_verify_reads_numbers_too(embedded):
    found = prover.search_for(embedded.engine, ["5126105466"]).left
    assert "x_sms.msisdn" in found


def test_the_column_that_names_rows_can_only_be_kept(embedded, tmp_path):
    new = Erasure(embedded.url, tmp_path, table_contact__objid="redact")
    with pytest.raises(errors.Misconfigured, match="names rows"):
        new.plan()
    new.engine.dispose()


MARKUP = [
    ("<p>Ann <b>Lee</b> (+1 512 610 5466)</p>", "<p>[NAME] <b>[NAME]</b> ([PHONE])</p>"),
    ("<i>Ann</i> Lee, 512-610-5466", "<i>[NAME]</i> [NAME], [PHONE]"),
    (
        "<td>Ann</td><td>Lee</td><td>512-610-5466</td>",
        "<td>[NAME]</td><td>[NAME]</td><td>[PHONE]</td>",
    ),
    ('["Ann", "Lee", "512-610-5466"]', '["[NAME]", "[NAME]", "[PHONE]"]'),
    ("7;Ann;Lee;512-610-5466", "7;[NAME];[NAME];[PHONE]"),
    ("?name=Ann%20Lee&tel=512-610-5466", "?name=[NAME]&tel=[PHONE]"),
    ("<p>A<b>n</b>n<br/>Lee, 512-610-5466</p>", "<p>[NAME], [PHONE]</p>"),
]


def test_what_markup_and_lists_need_within_a_name_stays(erasure):
    """Each in a note of its own."""
    for number, (said, _) in enumerate(MARKUP, start=50):
        erasure.write(f"insert into table_notes_log values ({number}, '{said}', 3)")
    erasure.commit(erasure.plan())
    found = notes(erasure)
    assert [found[50 + number] for number in range(len(MARKUP))] == [left for _, left in MARKUP]


def test_a_scrub_writes_no_placeholder_that_a_list_of_values_does_not_hold():
    from sqlalchemy import Column, Enum

    from scanner import strategies
    from scanner.model import Span

    column = Column("c", Enum("Ann Lee", "ok"), nullable=False)
    with pytest.raises(errors.Misconfigured, match="none of which means none"):
        strategies.apply("scrub", "Ann Lee", column=column, entity="", key="7", unique=False,
                         settings=strategies.Settings(), spans=[Span(0, 7, "PERSON")])  # fmt: skip


def test_a_value_that_is_not_what_its_type_says_is_told_with_its_table(embedded, again):
    embedded.write("create table table_x_odd (objid integer primary key, facts json)")
    embedded.write("insert into table_x_odd values (1, '{Ann Lee')")
    new = again(embedded)
    with pytest.raises(errors.DatabaseFailed) as caught:
        new.plan()
    assert str(caught.value) == (
        "a value of table_x_odd cannot be read as the type of its column (facts): "
        "mend it first; nothing was changed"
    )
