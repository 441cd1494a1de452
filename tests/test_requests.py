"""Requests to be forgotten: opened, approved, waited for, carried out, noted and closed."""

import json
import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from scanner.database import connect
from scanner.errors import Refused
from scanner.requests import lock
from tests import crm, mini, requesting
from tests.crm import LATER, Crm
from tests.requesting import AGENT, DAY_29, DAY_30, Office

CLARIFY = Path(__file__).parents[1] / "rules" / "clarify.toml"

GONE = (
    "the contact is gone, and the journal knows of no purge: look for what is left "
    "(efface verify --identifiers FILE), then close the request"
)
LINK = "link it again, or close the item"


@pytest.fixture
def office(efface, once, live_url, tmp_path):
    """A CRM in a database of each kind."""
    made = crm.build(live_url)
    yield Office(efface, made, tmp_path).prepare(once)
    made.close()


@pytest.fixture
def embedded(efface, once, tmp_path):
    """A CRM in SQLite, for promises that do not depend on the database."""
    with requesting.embedded(efface, once, tmp_path) as office:
        yield office


@pytest.mark.no_cover  # what other tests do, one after the other
def test_a_request_from_opening_to_closing_as_the_crm_itself_writes_it(office):
    desk, someone = office.crm, office.crm.people()[0]
    query = "select first_name, last_name, e_mail, phone from table_contact where objid = :o"
    canaries = desk.one(query, o=someone)
    before = mini.dump(desk.url)
    assert office.open(someone)
    assert mini.dump(desk.url) == before  # a rehearsal

    number = office.open(someone, "--commit")
    assert desk.queued() == [(number, "Open Action Item-Dispatch", "Dispatched")]
    assert desk.history(number) == [
        ("Create Action Item", ""),
        ("Dispatch", "Dispatched to Queue GDPR Request."),
    ]
    desk.accept(number, desk.logins()[2])
    assert desk.queued() == []
    desk.change(number, "In Review", desk.logins()[2])
    assert office.list()[number]["reasons"] == ["not approved: its status is In Review"]
    desk.change(number, "Approved", desk.logins()[1])
    assert office.list(now=DAY_29)[number]["reasons"] == ["too young: 1 of 30 days left"]

    before = mini.dump(desk.url)
    office.work("--commit", now=DAY_29)
    assert "no request is due" in office.printed[-1]
    assert (
        office.list()[number] | {"term": "2025-05-01", "days_left": 0, "verdict": "due"}
        == (office.list()[number])
    )
    office.work()
    assert "1 rehearsed" in office.printed[-1]
    assert mini.dump(desk.url) == before

    office.work("--commit")
    assert "1 done" in office.printed[-1]
    closed_as_the_crm_does(desk, number, office.login)
    shown = desk.one("select title, con_first_name, con_last_name from table_task_con "
                     "where task_id = :n", n=number)  # fmt: skip
    assert shown[0] == "Request for erasure"
    assert all(s.startswith("[") for s in shown[1:])
    after = mini.texts(desk.url)
    assert not [canary for canary in canaries[2:] if canary in after]
    assert office.events() == ["basis", "intent", "done", "request"]

    before = mini.dump(desk.url)
    office.work("--commit")
    assert "no request is due" in office.printed[-1]
    assert mini.dump(desk.url) == before
    assert number not in office.list()
    assert office.list("--all")[number]["verdict"] == "closed"
    for canary in canaries:
        assert canary not in "\n".join(office.printed) + office.journal.read_text()


def closed_as_the_crm_does(desk: Crm, number: str, login: str) -> None:
    """Check every row that closing an action item writes (CLARIFY.md, section 4)."""
    task, condition = desk.item(number)
    moment = datetime.fromisoformat(DAY_30)
    sign = "`condition`" if "maria" in desk.url or "mysql" in desk.url else "condition"
    query = f"select {sign}, title, s_title from table_condition where objid = :o"
    assert desk.one(query, o=condition) == (8192, "Closed Action Item", "CLOSED ACTION ITEM")
    engine = connect(desk.url)
    from sqlalchemy import MetaData, Table, select

    rows = Table("table_task", MetaData(), autoload_with=engine)
    with engine.connect() as connection:
        row = connection.execute(select(rows).where(rows.c.objid == task)).mappings().one()
    engine.dispose()
    assert row["comp_date"] == moment
    assert row["task_sts2gbst_elm"] == desk.element("Closed Action Item", "Completed")
    assert (row["task_currq2queue"], row["task_wip2wipbin"], row["active"]) == (None, None, 1)
    assert row["task2contact"] is not None
    assert (row["title"], row["s_title"]) == ("Request for erasure", "REQUEST FOR ERASURE")

    [note] = desk.notes(number)
    assert note.startswith("Efface carried this out by redact: ")
    assert desk.history(number)[-2:] == [("Notes", note[:255]), ("Close Action Item", "Closed at 2025-05-01")]  # fmt: skip
    assert [a for a, _ in desk.history(number)] == [
        "Create Action Item", "Dispatch", "Accept", "Chg Status", "Chg Status", "Notes",
        "Close Action Item",
    ]  # fmt: skip
    query = (
        "select act_code, focus_type, focus_lowid, act_entry2user from table_act_entry "
        "where act_entry2task = :t and act_code in (1700, 332871994) order by objid"
    )
    user = desk.user(login)[0]
    assert desk.rows(query, t=task) == [(1700, 5080, task, user), (332871994, 5080, task, user)]
    query = (
        "select a.act_entry2notes_log from table_act_entry a join table_notes_log n on n.objid = "
        "a.act_entry2notes_log where a.act_entry2task = :t and n.task_notes2task = :t "
        "and n.notes_owner2user = :u and n.old_notes_stat2gbst_elm = n.new_notes_stat2gbst_elm"
    )
    assert len(desk.rows(query, t=task, u=user)) == 1
    for name, kind in (("act_entry", 21), ("notes_log", 27), ("task", 5080), ("condition", 36)):
        desk.key(name, kind)  # the product goes on counting where we stopped


def test_every_request_says_why_it_is_not_carried_out(embedded):
    desk = embedded.crm
    one, two, three, four, five = desk.people()[:5]
    waiting = embedded.open(one, "--commit")
    young = embedded.opened(two, when="2025-04-20 10:00:00")
    nobody, gone, unsaid = (embedded.opened(k) for k in (three, four, five))
    desk.write("update table_task set task2contact = null where task_id = :n", n=nobody)
    desk.write("update table_task set task2contact = 1 where task_id = :n", n=gone)
    desk.write("delete from table_status_chg where status_chg2task = :t", t=desk.item(unsaid)[0])
    told = {n: (r["verdict"], r["reasons"]) for n, r in embedded.list().items()}
    assert told == {
        waiting: ("waiting", ["not approved: its status is Dispatched"]),
        young: ("waiting", ["too young: 20 of 30 days left"]),
        nobody: ("refused", [f"the item no longer names contact {three}: {LINK}"]),
        gone: ("refused", [GONE]),
        unsaid: ("waiting", ["approved, but no status change says when and by whom"]),
    }
    before = mini.dump(desk.url)
    embedded.work(status=3)
    assert mini.dump(desk.url) == before
    embedded.work("--commit", status=3)
    assert desk.notes(nobody) == [
        f"Efface did not carry this out: the item no longer names contact {three}: {LINK}"
    ]
    assert desk.notes(gone) == [f"Efface did not carry this out: {GONE}"]
    assert desk.notes(waiting) + desk.notes(young) + desk.notes(unsaid) == []


def test_a_contact_that_was_deleted_by_hand_is_told_from_one_that_was_never_named(embedded):
    desk, (first, second) = embedded.crm, embedded.crm.people()[:2]
    deleted, never = embedded.opened(first), embedded.opened(second)
    embedded.journal.rename(embedded.folder / "elsewhere")  # of the second it never heard
    shutil.rmtree(os.environ["XDG_CONFIG_HOME"])
    desk.write("update table_task set task2contact = null where task_id = :n", n=never)
    embedded.work("--commit", now=DAY_29)
    desk.write("delete from table_contact where objid = :o", o=first)
    desk.write("update table_task set task2contact = null where task_id = :n", n=deleted)
    told = {n: r["reasons"] for n, r in embedded.list().items()}
    unknown = GONE.removeprefix("the contact is gone")
    assert told[deleted] == [f"the contact that the item named, {first}, is gone{unknown}"]
    assert told[never] == ["the item names no contact: link one to it, or close it"]
    embedded.work("--commit", status=3)
    assert str(first) in desk.notes(deleted)[-1]
    assert embedded.list()[deleted]["verdict"] == "refused"


@pytest.fixture
def purged(embedded):
    """A contact with a request, whom another plan purges meanwhile; the request's number."""
    desk = embedded.crm
    someone = desk.people()[0]
    number = embedded.opened(someone)
    names, folder = ("purge_case", "purge_contact"), embedded.folder
    for name in names:
        words = ("rules", name, "--generate", "--audit", embedded.audit, "--db", desk.url)
        (folder / f"{name}.toml").write_text(embedded.run(*words).stdout)
    (folder / "keys.txt").write_text(f"{someone}\n")
    directives = [w for n in names for w in ("--directive", folder / f"{n}.toml")]
    words = ("--method", "purge", "--subjects", folder / "keys.txt", "-o", folder / "plan.json")
    embedded.run("plan", embedded.audit, *words, *directives, "--journal", embedded.journal)
    words = ("--commit", "--confirm", 1, "--journal", embedded.journal)
    embedded.run("erase", folder / "plan.json", *words)
    assert desk.one("select task2contact from table_task where task_id = :n", n=number) is None
    return number


def test_the_request_of_a_contact_who_was_purged_with_many_is_only_closed(embedded, purged):
    desk = embedded.crm
    (reason,) = embedded.list()[purged]["reasons"]
    assert reason.startswith("purged at ")
    before = mini.dump(desk.url)
    assert "only to be closed" in embedded.work().stdout
    assert mini.dump(desk.url) == before
    assert "closed" in embedded.work("--commit").stdout
    assert embedded.list("--all")[purged]["verdict"] == "closed"
    (note,) = desk.notes(purged)
    assert note.startswith("Efface carried this out by purge at ")
    done = mini.dump(desk.url)
    embedded.work("--commit")
    assert mini.dump(desk.url) == done
    assert embedded.run("log", "--overdue", "--journal", embedded.journal).stdout == ""


def test_a_purge_before_the_request_came_in_closes_nothing(embedded, purged):
    late = "2999-01-01 09:00:00"
    embedded.crm.write("update table_task set start_date = :d where task_id = :n", d=late, n=purged)
    assert "the journal knows of no purge" in embedded.list()[purged]["reasons"][0]


def test_the_note_the_run_and_the_journal_count_the_same_rows(embedded):
    """A trigger writes a copy, which is redacted as well."""
    number = embedded.opened(embedded.crm.people()[0])
    rehearsed, done = embedded.work("--json"), embedded.work("--commit", "--json")
    (said,) = {json.loads(d.stdout)["requests"][0]["rows"] for d in (rehearsed, done)}
    (receipt,) = (e["content"]["rows"] for e in embedded.entries() if e["event"] == "done")
    assert said == sum(receipt.values())
    assert f": {said} rows, " in embedded.crm.notes(number)[0]


def test_a_refused_request_keeps_no_other_from_its_turn_and_is_noted_once(embedded):
    desk = embedded.crm
    first, second = desk.people()[:2]
    bad, good = embedded.opened(first), embedded.opened(second)
    desk.write("update table_task set task2contact = 1 where task_id = :n", n=bad)
    done = embedded.work("--commit", "--json", status=5)
    results = {r["request"]: r["result"] for r in json.loads(done.stdout)["requests"]}
    assert results == {bad: "refused", good: "done"}
    embedded.work("--commit", status=3)
    embedded.work("--commit", status=3)
    assert len(desk.notes(bad)) == 1
    assert embedded.list()[bad]["verdict"] == "refused"
    desk.write("update table_task set task2contact = :c where task_id = :n", c=first, n=bad)
    embedded.work("--commit")
    assert [n.partition(":")[0] for n in desk.notes(bad)] == [
        "Efface did not carry this out", "Efface carried this out by redact",
    ]  # fmt: skip


def test_a_request_that_came_in_on_a_day_still_to_come_is_not_carried_out(embedded):
    desk = embedded.crm
    number = embedded.opened(desk.people()[0])
    desk.write(
        "update table_task set start_date = '2026-01-05 10:00:00' where task_id = :n", n=number
    )
    told = "received on 2026-01-05, which is still to come: correct the day"
    assert embedded.list()[number]["reasons"] == [told]
    embedded.work("--commit", status=3)
    assert desk.notes(number) == [f"Efface did not carry this out: {told}"]
    assert embedded.events() == []


def test_a_reason_that_is_too_long_for_the_note_is_cut_visibly_and_noted_once(embedded):
    desk = embedded.crm
    number = embedded.opened(desk.people()[0])
    desk.narrowed("table_notes_log", "description", 60)
    desk.write("update table_task set task2contact = 1 where task_id = :n", n=number)
    for _ in range(3):
        embedded.work("--commit", status=3)
    told = f"Efface did not carry this out: {GONE}"
    assert desk.notes(number) == [f"{told[:57]}..."]


@pytest.fixture
def packed(embedded, tmp_path):
    """Change lines of a copy of the pack, and decide with it."""

    def change(*pairs):
        text = CLARIFY.read_text(encoding="utf-8")
        for old, new in pairs:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = tmp_path / "pack.toml"
        path.write_text(text, encoding="utf-8")
        return ("--pack", path)

    return change


SECOND = ("second_person = false ", "second_person = true ")


def test_with_two_pairs_of_eyes_who_opened_a_request_cannot_approve_it(embedded, packed):
    first, second = embedded.crm.people()[:2]
    alone, two = embedded.opened(first, by=AGENT), embedded.opened(second)
    pack = packed(SECOND)
    assert embedded.list(*pack)[alone]["verdict"] == "refused"
    embedded.work("--commit", *pack, status=5)
    assert "a second person has to approve it" in embedded.crm.notes(alone)[0]
    assert embedded.list("--all", *pack)[two]["verdict"] == "closed"


def test_a_stop_of_the_pack_is_listed_and_leaves_the_request_open_with_a_note(embedded, packed):
    desk = embedded.crm
    someone = desk.people()[0]
    number = embedded.opened(someone)
    open_ = desk.one("select min(objid) from table_condition where title in ('Open', 'Closed')")
    desk.write("update table_condition set title = 'Open' where objid = :o", o=open_)
    desk.write(
        "update table_case set case_state2condition = :c where case_reporter2contact = :p",
        c=open_, p=someone,
    )  # fmt: skip
    pack = packed(
        ('redact = "warn"\npurge  = "ignore" # rules/purge_*.toml say\nwhy    = "the contact has open cases"',
         'redact = "stop"\npurge  = "ignore" # rules/purge_*.toml say\nwhy    = "the contact has open cases"')
    )  # fmt: skip
    [reason] = embedded.list(*pack)[number]["reasons"]
    assert reason.startswith("the contact has open cases (")
    before = {t: r for t, r in mini.dump(desk.url).items() if t == "table_contact"}
    embedded.work("--commit", *pack, status=3)
    [note] = desk.notes(number)
    assert "the contact has open cases" in note
    assert mini.dump(desk.url)["table_contact"] == before["table_contact"]
    embedded.work("--commit")  # with the shipped pack, which only warns
    assert desk.notes(number)[0] == note
    assert len(desk.notes(number)) == 2


def test_the_request_itself_is_no_open_action_item_that_stops_it_another_one_is(embedded, packed):
    desk = embedded.crm
    someone = desk.people()[0]
    number = embedded.opened(someone)
    pack = packed(
        ('redact = "warn"\npurge  = "ignore" # rules/purge_*.toml say\nwhy    = "the contact has open action items"',
         'redact = "stop"\npurge  = "ignore" # rules/purge_*.toml say\nwhy    = "the contact has open action items"')
    )  # fmt: skip
    call = desk.element("Task Type", "Call")
    desk.write("update table_task set task2contact = null where type_task2gbst_elm = :c", c=call)
    assert embedded.list(*pack)[number]["verdict"] == "due"
    other = embedded.open(desk.people()[1], "--commit")
    desk.write("update table_task set task2contact = :p, type_task2gbst_elm = :c "
               "where task_id = :n", p=someone, c=call, n=other)  # fmt: skip
    assert embedded.list(*pack)[number]["reasons"] == ["the contact has open action items (1 row)"]
    embedded.work("--commit", *pack, status=3)


def test_where_reviews_refuse_nothing_is_erased_before_people_have_answered(embedded, packed):
    headline = embedded.crm.people()[-1]
    number = embedded.opened(headline)
    done = embedded.work("--commit", "--json", *packed(('reviews       = "keep" ', 'reviews = "refuse" ')),
                         status=3)  # fmt: skip
    assert "places may mean somebody else" in json.loads(done.stdout)["requests"][0]["why"]
    assert "places may mean somebody else" in embedded.crm.notes(number)[0]
    assert embedded.events() == []


def test_the_priority_may_choose_the_method(embedded, packed):
    number = embedded.opened(embedded.crm.people()[0])
    assert embedded.list()[number]["method"] == "redact"
    pack = packed(("methods       = {}", 'methods       = { Low = "purge" }'))
    assert embedded.list(*pack)[number]["method"] == "purge"


@pytest.mark.parametrize("planned", [True, False], ids=["after the plan", "before it"])
def test_an_item_that_is_denied_while_its_subject_is_erased_takes_the_erasure_back(
    embedded, monkeypatch, planned
):
    from scanner.requests import runner

    desk = embedded.crm
    number = embedded.opened(desk.people()[0])
    real = runner._planned

    def denied(*words, **more):
        made = real(*words, **more) if planned else None
        if desk.history(number)[-1][1] != "from status Approved to status Denied":
            desk.change(number, "Denied", desk.logins()[1], "2025-05-01 08:59:59")
        return made or real(*words, **more)

    monkeypatch.setattr(runner, "_planned", denied)
    done = embedded.work("--commit", "--json", status=3)
    [told] = json.loads(done.stdout)["requests"]
    assert (told["result"], told["why"]) == ("failed", "not approved: its status is Denied")
    assert embedded.events() == []
    assert desk.notes(number) == []


@pytest.mark.no_cover  # a run like those on SQLite
def test_agents_who_write_meanwhile_make_the_run_try_again(
    efface, once, postgresql_url, tmp_path, monkeypatch
):
    """They take keys from the counters that closing takes keys from; elsewhere they wait for it."""
    from scanner.guards import safeguards

    desk = crm.build(postgresql_url)
    office = Office(efface, desk, tmp_path).prepare(once)
    number = office.opened(desk.people()[0])
    task, user = desk.item(number)[0], desk.user(office.login)[0]
    real, count = safeguards.unchanged, []

    def late(*words):
        count.append(1)
        if len(count) == 1:
            desk.log(desk.one("select min(objid) from table_task"), user, 1700, "late", LATER)
        return real(*words)

    monkeypatch.setattr(safeguards, "unchanged", late)
    office.work("--commit")
    assert len(count) == 2
    assert desk.rows("select 1 from table_act_entry where addnl_info = 'late'")
    assert desk.one("select count(*) from table_notes_log where task_notes2task = :t", t=task) == 1
    desk.key("act_entry", 21)
    desk.close()


@pytest.mark.no_cover  # again and again what others do once
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("create trigger t after update on table_condition begin update table_condition set "
         "title = 'Reopened' where objid = new.objid; end", "a trigger changes it"),
        ("delete from adp_tbl_oid where type_id = 27", "adp_tbl_oid has no counter 27"),
        ("update adp_tbl_oid set obj_num = 1 where type_id = 27", "is behind the rows"),
        ("update table_gbst_elm set title = 'Ended' where title = 'Completed'", "no row with"),
        ("insert into adp_db_header (site_id) values (2)", "which site this is"),
    ],
    ids=["trigger", "no counter", "counter behind", "no element", "two sites"],
)  # fmt: skip
def test_what_cannot_be_closed_is_not_erased_either(embedded, statement, said):
    desk = embedded.crm
    number = embedded.opened(desk.people()[0])
    desk.write(statement)
    before = mini.dump(desk.url)
    done = embedded.efface(
        "requests", "run", embedded.audit, "--commit", "--as", embedded.login, "--now", DAY_30,
        "--journal", embedded.journal, env={"EFFACE_DB": desk.url},
    )  # fmt: skip
    assert done.exit_code in (2, 3)
    assert said in done.stdout
    after = mini.dump(desk.url)
    assert after["table_contact"] == before["table_contact"]
    assert embedded.list()[number]["verdict"] == "due"
    assert embedded.events() == []


def test_a_counter_may_say_the_last_key_as_well_as_the_next(embedded):
    desk = embedded.crm
    desk.write("update adp_tbl_oid set obj_num = obj_num - 1")
    number = embedded.open(desk.people()[0], "--commit")
    newest = desk.one("select max(objid) from table_task")
    assert desk.item(number)[0] == newest
    counter = desk.one("select obj_num from adp_tbl_oid where type_id = 5080")
    assert counter + (1 << 28) > newest


def test_one_run_at_a_time_works_on_a_database(live_url):
    first, second = connect(live_url), connect(live_url)
    for _ in range(2):
        with lock.alone(first), pytest.raises(Refused, match="another run"), lock.alone(second):
            pytest.fail("two at a time")
    first.dispose()
    second.dispose()


def test_a_run_beside_another_one_says_so_and_does_nothing(embedded):
    number = embedded.opened(embedded.crm.people()[0])
    engine = connect(embedded.crm.url)
    before = mini.dump(embedded.crm.url)
    with lock.alone(engine):
        embedded.work("--commit", status=3)
        assert "another run works on these requests" in embedded.printed[-1]
    engine.dispose()
    assert mini.dump(embedded.crm.url) == before
    embedded.work("--commit")
    assert embedded.list("--all")[number]["verdict"] == "closed"


def test_the_lock_file_of_sqlite_does_not_stay(embedded):
    embedded.work("--commit")
    assert [p.name for p in embedded.folder.glob(".*efface-lock")] == []


def test_an_interrupted_run_keeps_what_is_done_and_goes_on_with_the_rest(embedded, monkeypatch):
    from scanner.requests import runner

    first, second = (embedded.opened(k) for k in embedded.crm.people()[:2])
    real, count = runner.execute, []

    def tired(*words, **more):
        count.append(1)
        if len(count) == 2:
            raise KeyboardInterrupt
        return real(*words, **more)

    monkeypatch.setattr(runner, "execute", tired)
    embedded.work("--commit", status=5)
    assert "interrupted after 1 request:" in embedded.printed[-1]
    assert list(embedded.list()) == [second]
    monkeypatch.undo()
    embedded.work("--commit")
    assert embedded.list() == {}
    assert [len(embedded.crm.notes(n)) for n in (first, second)] == [1, 1]


def test_an_item_that_is_linked_to_somebody_else_after_its_approval_erases_nobody(embedded):
    """As when two contacts are merged while the request waits."""
    desk, (first, second) = embedded.crm, embedded.crm.people()[:2]
    number = embedded.opened(first)
    embedded.work("--commit", now=DAY_29)
    states = [e["content"].get("state") for e in embedded.entries()]
    assert states == ["opened", "approved"]
    desk.write("update table_task set task2contact = :c where task_id = :n", c=second, n=number)
    before = mini.dump(desk.url)["table_contact"]
    [reason] = embedded.list()[number]["reasons"]
    assert reason.startswith(f"it was approved when it was about subject {first}")
    embedded.work("--commit", status=3)
    assert mini.dump(desk.url)["table_contact"] == before
    embedded.crm.change(number, "Started", embedded.login, DAY_29)
    embedded.crm.change(number, "Approved", desk.logins()[1], f"{datetime.now():%Y-%m-%d} 23:59:00")
    later = "2999-01-01T02:00:00"
    [told] = embedded.list(now=later)[number]["reasons"]
    assert told.startswith(f"it was about subject {first} at ")
    embedded.work("--commit", now=later)
    assert embedded.list("--all", now=later)[number]["verdict"] == "closed"


def test_a_second_request_of_the_same_person_closes_with_nothing_left_to_do(embedded):
    desk = embedded.crm
    someone = desk.people()[0]
    first = embedded.opened(someone)
    embedded.work("--commit")
    history = desk.history(first)
    again = embedded.opened(someone)
    embedded.work("--commit")
    assert embedded.list("--all")[again]["verdict"] == "closed"
    assert desk.history(first) == history  # the proof of the first one stays readable
    assert len(desk.notes(first)) == 1
    assert desk.notes(first)[0].startswith("Efface carried this out")


def test_a_person_has_one_open_request_at_a_time(embedded):
    someone = embedded.crm.people()[0]
    number = embedded.open(someone, "--commit")
    embedded.open(someone, "--commit", status=3)
    assert f"request {number} about this subject is open already" in embedded.printed[-1]
    embedded.open(1, "--commit", status=2)
    embedded.open("Ann Lee", "--commit", status=2)


@pytest.mark.parametrize("words", [("--as", "nobody-of-that-name"), ()])
def test_who_writes_has_to_be_a_user_of_the_crm(embedded, words):
    embedded.opened(embedded.crm.people()[0])
    before = mini.dump(embedded.crm.url)
    tail = ("--now", DAY_30, "--journal", embedded.journal, "--commit", *words)
    embedded.run("requests", "run", embedded.audit, *tail, status=2)
    subject = ("--subject", embedded.crm.people()[1], "--commit", *words)
    embedded.run("requests", "open", *subject, status=2)
    assert mini.dump(embedded.crm.url) == before


def test_the_settings_file_may_say_who_writes(embedded, monkeypatch):
    monkeypatch.chdir(embedded.folder)
    (embedded.folder / "efface.toml").write_text(f'[requests]\nas = "{embedded.login}"\n')
    embedded.run("requests", "open", "--subject", embedded.crm.people()[0])
    (embedded.folder / "efface.toml").write_text("[requests]\ncommit = true\n")
    embedded.run("requests", "list", status=2)
    (embedded.folder / "efface.toml").write_text('[requests]\nnonsense = "x"\n')
    embedded.run("requests", "list", status=2)


def test_a_pack_without_action_items_says_what_to_do(embedded, packed):
    text = CLARIFY.read_text(encoding="utf-8")
    start, end = text.index("[requests]\n"), text.index("# A later erasure")
    path = embedded.folder / "bare.toml"
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    embedded.run("requests", "list", "--pack", path, status=2)
    assert "--queue" in embedded.printed[-1]


def overdue(office, status):
    done = office.run("log", "--journal", office.journal, "--overdue", "--json", status=status)
    return {d["request"]: d["why"] for d in json.loads(done.stdout)["overdue"]}


def test_what_is_past_its_term_is_listed_until_it_is_answered(embedded):
    desk = embedded.crm
    first, second = desk.people()[:2]
    bad, good = embedded.opened(first), embedded.opened(second)
    assert overdue(embedded, 1) == {bad: "", good: ""}
    desk.write("update table_task set task2contact = 1 where task_id = :n", n=bad)
    embedded.work("--commit", status=5)
    [(number, why)] = overdue(embedded, 1).items()
    assert number == bad
    assert why.startswith("refused at ")
    before = len(embedded.entries())
    embedded.work("--commit", status=3)
    assert len(embedded.entries()) == before  # told once, not every night
    closed = desk.one("select min(objid) from table_condition where title = 'Closed Action Item'")
    desk.write(
        "update table_task set task_state2condition = :c where task_id = :n", c=closed, n=bad
    )
    embedded.work("--commit")
    assert overdue(embedded, 0) == {}


def test_the_journal_says_who_asked_and_approved_and_its_key_may_be_named(embedded, tmp_path):
    number = embedded.opened(embedded.crm.people()[0])
    embedded.run("log", "--journal", embedded.journal, "--check")
    embedded.work("--commit")
    done = [e["content"] for e in embedded.entries() if e["event"] == "done"]
    assert [(d["request"], d["by"]) for d in done] == [(number, embedded.crm.logins()[1])]
    other = tmp_path / "other.key"
    embedded.work("--commit", "--journal-key", other, status=2)
    assert "--journal-key" in embedded.printed[-1]


def test_a_request_may_purge_its_contact_and_the_item_stays_to_prove_it(office, tmp_path):
    desk, someone = office.crm, office.crm.people()[0]
    directives = []
    for name in ("purge_case", "purge_contact"):
        directives.append(tmp_path / f"my_{name}.toml")
        words = ("rules", name, "--generate", "--db", desk.url, "--audit", office.audit)
        directives[-1].write_text(office.run(*words).stdout)
    number = office.opened(someone)
    path = tmp_path / "pack.toml"
    text = CLARIFY.read_text(encoding="utf-8")
    for old, new in (
        ("methods       = {}", 'methods       = { Low = "purge" }'),
        ('["purge_case", "purge_contact"]', json.dumps([str(d) for d in directives])),
    ):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    pack = ("--pack", path)
    listed = office.list(*pack)[number]
    assert (listed["method"], listed["verdict"]) == ("purge", "due"), listed
    before = mini.dump(desk.url)
    office.work(*pack)
    assert mini.dump(desk.url) == before
    office.work(*pack, "--commit")
    assert desk.rows("select 1 from table_contact where objid = :o", o=someone) == []
    task, condition = desk.item(number)
    query = "select task2contact, title from table_task where objid = :t"
    assert desk.one(query, t=task) == (None, "Request for erasure")
    assert desk.one("select title from table_condition where objid = :c", c=condition) == (
        "Closed Action Item"
    )
    [note] = desk.notes(number)
    assert note.startswith("Efface carried this out by purge: ")
    assert office.events() == ["basis", "intent", "done", "request"]
