"""Purges of many: in batches, resumable, by age or by a list. On every live database."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import event, exc
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

from scanner import dialects, errors
from scanner.cli import _bulk
from scanner.database import connect
from scanner.dialects import generic
from scanner.executor import batches, bulkscrub
from scanner.journal import Journal
from scanner.purge.bulk import Bulk
from scanner.records import holds
from tests import mini, purging
from tests.killing import digest
from tests.purge_killing import kept
from tests.purging import Purging
from tests.test_erasing_sql import SPEAKS, sql


@pytest.fixture
def trigger():
    """Whether triggers copy what is deleted."""
    return True


@pytest.fixture
def many(live_url, tmp_path, trigger):
    purging.build(live_url, trigger=trigger)
    keys = purging.crowd(live_url, 30)
    made = Purging(live_url, tmp_path)
    yield made, keys
    made.engine.dispose()


@pytest.fixture
def embedded(sqlite_url, tmp_path):
    purging.build(sqlite_url)
    keys = purging.crowd(sqlite_url, 30)
    made = Purging(sqlite_url, tmp_path)
    yield made, keys
    made.engine.dispose()


@pytest.mark.parametrize("trigger", [True, False])
def test_many_contacts_go_with_all_that_hangs_on_them_and_others_texts_forget_them(many):
    made, keys = many
    before, plan = mini.dump(made.url), made.many(keys, batch=7)
    assert plan.roots == 30
    assert len(plan.batches) == 5
    receipt = made.purge(plan)
    after = mini.dump(made.url)
    assert receipt.residue == {}
    assert sum(receipt.deleted.values()) == 30 * (1 + 1 + 1 + 1 + 2 + 6 + 2)
    assert {r[0] for r in after["table_contact"]} == {mini.ANN, mini.BOB, mini.NAMESAKE}
    assert "crowd.example" not in repr(after)
    assert "told by [EMAIL] yesterday" in repr(after["table_notes_log"])
    tasks = [r for r in after["table_task"] if r[0] > 1]
    assert len(tasks) == 6
    assert all(r[1:4] == ("[REDACTED]", "[REDACTED]", None) for r in tasks)
    untouched = ("table_site", "table_address", "table_web_user", "table_condition", "x_sms")
    assert all([r for r in before[t] if r[0] < 1000] == after[t] for t in untouched)


def test_a_text_that_names_several_of_a_batch_forgets_each_of_them(embedded):
    made, keys = embedded
    one, two = (f"{purging._word(n)}{n}@crowd.example" for n in (4, 5))
    said = f"insert into table_notes_log values (778, '{one} and {two} agreed', 2)"
    made.write(said.replace("values", "(objid, description, case_notes2case) values"))
    assert made.purge(made.many(keys)).residue == {}
    told = {r[0]: r[1] for r in mini.dump(made.url)["table_notes_log"]}
    assert told[778] == "[EMAIL] and [EMAIL] agreed"


def test_what_stays_is_told_apart_by_why_it_stays(embedded):
    made, keys = embedded
    first, last = f"Quil{purging._word(4)}", f"Vosk{purging._word(11)}"
    contact = "insert into table_contact (objid, last_name) values"
    made.write(f"{contact} (77, '{first} {last}')")
    note = "insert into table_notes_log (objid, description, case_notes2case) values"
    made.write(f"{note} (778, '{first} {last} agreed', 2)")
    receipt = made.purge(made.many(keys))
    assert receipt.residue == {}
    assert receipt.remaining == {
        "review": {"table_notes_log": 1},
        "kept": {},
        "namesakes": {"table_contact": 1},
    }
    told = "\n".join(_bulk.told(receipt))
    assert "may mean somebody else: 1 row of table_notes_log" in told
    assert "called the same: 1 row of table_contact" in told


def test_four_times_the_contacts_take_hardly_more_statements(sqlite_url, tmp_path):
    counts = []
    for people in (10, 40):
        path = tmp_path / f"{people}.sqlite"
        path.touch()
        url = f"sqlite:///{path}"
        purging.build(url)
        keys = purging.crowd(url, people)
        made, sent = Purging(url, tmp_path), []
        plan = made.many(keys, batch=people)
        event.listen(made.engine, "before_cursor_execute", lambda *_, s=sent: s.append(1))
        made.purge(plan)
        made.engine.dispose()
        counts.append(len(sent))
    assert counts[1] < 1.3 * counts[0]


def test_a_rehearsal_of_many_changes_nothing_and_says_the_same(many):
    made, keys = many
    before, plan = mini.dump(made.url), made.many(keys)
    rehearsed = made.purge(plan, commit=False)
    assert mini.dump(made.url) == before
    assert made.journal.read() == ()
    assert rehearsed.deleted == made.purge(plan).deleted


def test_the_journal_tells_each_batch_and_a_second_run_is_refused(embedded):
    made, keys = embedded
    plan = made.many(keys, batch=10)
    made.purge(plan)
    told = [e.event for e in made.journal.read()]
    assert told == ["basis", *["intent", "batch"] * 3, "done"]
    assert made.journal.open_intents() == ()
    with pytest.raises(errors.AlreadyDone):
        made.purge(plan)


def test_what_two_batches_share_is_counted_once(embedded):
    """A call about a case of one contact, of another one."""
    made, keys = embedded
    alone = made.many(keys, batch=1).rows
    call = "insert into table_act_entry (objid, act_code, act_entry2case, act_entry2contact) values"
    made.write(f"{call} (9, 500, 100000, {keys[0]}), (10, 500, 100000, {keys[1]})")
    plan = made.many(keys, batch=1)
    assert plan.rows == alone | {"table_act_entry": alone["table_act_entry"] + 2}
    assert made.purge(plan, commit=False).deleted == plan.rows  # undone, and not counted again
    for figure in plan.kpis:
        assert figure["rows_after"] >= 0
    receipt = made.purge(plan)
    assert receipt.deleted == plan.rows
    assert {k["name"]: k["rows"] for k in receipt.kpis} == {
        k["name"]: k["rows_after"] for k in plan.kpis
    }


def test_a_row_without_a_key_that_two_batches_share_is_counted_once(embedded):
    """Who knows whom: pairs of contacts, of which two go with different batches."""
    made, keys = embedded
    made.write("create table mtm_contact3_contact4 (knows2contact bigint, known2contact bigint)")
    pairs = [(keys[0], keys[1]), (keys[1], keys[0]), (keys[2], mini.BOB), (mini.BOB, mini.ANN)]
    made.write(f"insert into mtm_contact3_contact4 values {', '.join(map(str, pairs))}")
    again, path = Purging(made.url, made.folder), made.folder / "pairs.toml"
    lines = [f"mtm_contact3_contact4.{c}2contact -> table_contact" for c in ("knows", "known")]
    path.write_text(f'[directive]\nextends = "{made.contact}"\nfollow = {json.dumps(lines)}\n')
    plan = again.many(keys, "purge_case", str(path), batch=1)
    assert plan.rows["mtm_contact3_contact4"] == 3
    assert again.purge(plan, commit=False).deleted == plan.rows
    assert again.purge(plan).deleted == plan.rows
    assert mini.dump(made.url)["mtm_contact3_contact4"] == pairs[3:]
    again.engine.dispose()


def test_a_request_of_one_who_went_with_many_is_no_longer_overdue(embedded):
    made, keys = embedded
    early, late = "2026-03-01T00:00:00+00:00", "2026-08-01T00:00:00+00:00"
    for number, key in (("SR-1", str(keys[0])), ("SR-2", "7")):
        holds.opened(made.journal, number, key, date(2026, 2, 1), now=early)
    made.purge(made.many(keys, batch=15))
    assert [d.name for d in holds.overdue(made.journal.read(), late)] == ["SR-2"]


def test_a_second_run_of_a_plan_at_work_says_so_and_does_nothing(
    efface, embedded, monkeypatch, tmp_path
):
    made, keys = embedded
    plan, purged, told = made.many(keys, batch=15), batches._purged, []
    (tmp_path / "plan.json").write_text(plan.to_json())
    words = ("erase", "--db", made.url, tmp_path / "plan.json", "--journal", made.journal.path)
    words = (*words, "--commit", "--confirm", plan.roots)

    def meanwhile(*given, **named):
        told.append(efface(*words))
        return purged(*given, **named)

    monkeypatch.setattr(batches, "_purged", meanwhile)
    assert efface(*words).exit_code == 0
    assert [t.exit_code for t in told] == [3, 3]
    assert all("another run of this plan is at work" in t.stderr for t in told)
    assert [e.event for e in made.journal.read()] == ["basis", *["intent", "batch"] * 2, "done"]
    assert "this plan was carried out" in efface(*words).stderr
    assert not [*made.folder.rglob("*efface-lock")]


def test_an_interrupted_purge_says_so_and_goes_on(embedded, monkeypatch):
    made, keys = embedded
    plan, purged = made.many(keys, batch=10), batches._purged
    calls = Counter()

    def interrupted(*words, **more):
        calls["all"] += 1
        if calls["all"] == 3:
            raise KeyboardInterrupt
        return purged(*words, **more)

    monkeypatch.setattr(batches, "_purged", interrupted)
    with pytest.raises(errors.Unfinished, match="2 of 3 batches are done") as caught:
        made.purge(plan)
    assert caught.value.exit_code == 5
    assert made.purge(plan).deleted == plan.rows
    assert calls["all"] == 4


@pytest.mark.parametrize("error", [errors.DatabaseFailed("the disk is full"), KeyboardInterrupt()])
def test_a_last_look_that_fails_says_that_all_was_committed(embedded, monkeypatch, error):
    made, keys = embedded
    plan, looked = made.many(keys, batch=10), bulkscrub.left

    def fails(*_words):
        raise error

    monkeypatch.setattr(bulkscrub, "left", fails)
    with pytest.raises(errors.Unfinished, match="every batch was committed") as caught:
        made.purge(plan)
    assert caught.value.exit_code == 5
    assert {r[0] for r in mini.dump(made.url)["table_contact"]} == {
        mini.ANN,
        mini.BOB,
        mini.NAMESAKE,
    }
    monkeypatch.setattr(bulkscrub, "left", looked)
    before = mini.dump(made.url)
    assert made.purge(plan).deleted == plan.rows  # the receipt, of what the journal knows
    assert mini.dump(made.url) == before


def test_rows_that_came_since_the_plan_refuse_their_batch_and_what_is_done_stays(embedded):
    made, keys = embedded
    plan = made.many(keys, batch=10)
    made.write("insert into table_notes_log values (777, 'new', 100041)")
    with pytest.raises(errors.Unfinished, match="more rows of table_notes_log than planned"):
        made.purge(plan)
    assert {r[0] for r in mini.dump(made.url)["table_contact"]} >= set(keys[20:])


def test_a_stop_that_came_after_the_plan_refuses_its_batch(embedded):
    made, keys = embedded
    plan = made.many(keys)
    made.write("update table_case set case_state2condition = 1 where objid = 100006")
    before = mini.dump(made.url)
    with pytest.raises(errors.Stopped, match="open cases"):
        made.purge(plan)
    assert mini.dump(made.url) == before


def test_a_trigger_that_deletes_other_rows_in_a_batch_refuses(embedded):
    made, keys = embedded
    made.write(
        "create trigger more after delete on table_case begin delete from table_x_carrier_zip; end"
    )
    plan = made.many(keys)
    before = mini.dump(made.url)
    with pytest.raises(errors.Refused, match="table_x_carrier_zip"):
        made.purge(plan)
    assert mini.dump(made.url) == before


def test_a_trigger_that_writes_what_refers_to_a_deleted_row_leaves_none_behind(embedded):
    made, keys = embedded
    made.write(
        "create trigger late after delete on table_case begin insert into table_notes_log "
        "values (900000 + old.objid, 'closed', old.objid); end"
    )
    plan = made.many(keys)
    before = mini.dump(made.url)
    try:
        made.purge(plan)
    except errors.Refused:
        assert mini.dump(made.url) == before
    orphans = (
        "select count(*) from table_notes_log where case_notes2case not in "
        "(select objid from table_case)"
    )
    with made.engine.connect() as connection:
        left = connection.exec_driver_sql(orphans).scalar()
    assert left == _orphans(before)


def _orphans(dump):
    cases = {row[0] for row in dump["table_case"]}
    return sum(row[2] is not None and row[2] not in cases for row in dump["table_notes_log"])


def test_a_batch_that_died_after_its_commit_is_known_to_be_done(embedded, monkeypatch):
    made, keys = embedded
    plan, append = made.many(keys, batch=15), Journal.append

    def dies(self, event, *more):
        if event == "batch":
            raise KeyboardInterrupt
        return append(self, event, *more)

    monkeypatch.setattr(Journal, "append", dies)
    with pytest.raises(KeyboardInterrupt):
        made.purge(plan)
    monkeypatch.setattr(Journal, "append", append)
    assert made.purge(plan).deleted == plan.rows
    events = [e.event for e in made.journal.read()]
    assert events == ["basis", "intent", "batch", "intent", "batch", "done"]


def test_a_stop_names_the_roots_that_it_holds_and_refuses_a_list(embedded):
    made, keys = embedded
    made.write("update table_case set case_state2condition = 1 where objid = 100056")
    plan = made.many(keys, batch=7)
    assert plan.held == {str(keys[28]): ("open cases",)}
    before = mini.dump(made.url)
    with pytest.raises(errors.Stopped, match="open cases"):
        made.purge(plan)
    assert mini.dump(made.url) == before


@pytest.mark.parametrize("confirm", ["", "29", "30 ", str(mini.ANN)])
def test_without_the_number_of_roots_nothing_is_purged(embedded, confirm):
    made, keys = embedded
    before, plan = mini.dump(made.url), made.many(keys)
    with pytest.raises(errors.Unconfirmed, match="--confirm 30"):
        made.purge(plan, confirm=confirm)
    assert mini.dump(made.url) == before


def test_an_edited_directive_or_schema_refuses_many_too(embedded):
    made, keys = embedded
    plan = made.many(keys)
    (made.folder / "contact.toml").write_text(purging.CUSTOMS + "\n# edited\n")
    with pytest.raises(errors.Stale, match="has changed"):
        made.purge(plan)
    (made.folder / "contact.toml").write_text(purging.CUSTOMS)
    made.write("alter table table_x_pref add column x_new varchar(20)")
    with pytest.raises(errors.Stale, match="schema has changed"):
        made.purge(plan)


def test_an_edited_plan_of_many_is_refused(embedded):
    made, keys = embedded
    raw = json.loads(made.many(keys).to_json())
    raw["batches"][0]["roots"].append(mini.BOB)
    with pytest.raises(errors.Misconfigured, match="was changed"):
        Bulk.from_json(json.dumps(raw))


AGED = """
create table table_close_case (objid bigint, close_date timestamp null, last_close2case bigint);
create unique index ind_close on table_close_case (objid);
insert into table_close_case values (1, '2018-05-01 00:00:00', 2);
insert into table_close_case values (2, '2020-05-01 00:00:00', 3);
insert into table_close_case values (3, '2018-05-01 00:00:00', 4);
insert into table_close_case values (4, '2021-05-01 00:00:00', 4);
insert into table_close_case values (5, '2018-06-01 00:00:00', 5);
update table_case set case_state2condition = 1 where objid = 5
"""


def test_cases_closed_before_a_date_go_through_the_command_line(efface, live_url, tmp_path):
    """Closed before 2019: case 2; case 4 was closed again later, case 5 is open again."""
    purging.build(live_url)
    purging.write(live_url, AGED)
    made = Purging(live_url, tmp_path)
    made.engine.dispose()

    def run(*words, status=0):
        result = efface(*words)
        assert result.exit_code == status, result.stderr
        return result

    scan, audit, plan = (tmp_path / n for n in ("scan.json", "audit.xlsx", "plan.json"))
    run("scan", "--db", live_url, "-o", scan)
    run("audit", scan, "--decide", "suggested", "-o", audit)
    planned = ["plan", "--db", live_url, audit, "--method", "purge", "--directive", "purge_case"]
    said = run(*planned, "--before", "2019-01-01", "-o", plan).stderr
    assert "--confirm 1" in said
    run(*planned, "--before", "yesterday", "-o", plan, status=2)
    run(*planned, "--subjects", tmp_path / "none.txt", "-o", plan, status=2)
    erase = ["erase", "--db", live_url, plan, "--journal", tmp_path / "j.jsonl"]
    assert "rehearsed" in run(*erase).stderr
    run(*erase, "--commit", "--confirm", "2", status=3)
    assert "committed" in run(*erase, "--commit", "--confirm", "1").stderr
    run("log", "--check", "--journal", tmp_path / "j.jsonl")
    after = mini.dump(live_url)
    assert {r[0] for r in after["table_case"]} == {1, 3, 4, 5}
    assert {r[0] for r in after["table_close_case"]} == {2, 3, 4, 5}
    assert {r[0] for r in after["table_notes_log"]} == {1, 3, 4}


def test_a_case_that_is_no_longer_old_refuses_its_batch(sqlite_url, tmp_path):
    purging.build(sqlite_url)
    purging.write(sqlite_url, AGED)
    made = Purging(sqlite_url, tmp_path)
    plan = made.many((), "purge_case", before="2019-01-01")
    made.write("update table_close_case set close_date = '2024-01-01 00:00:00' where objid = 1")
    with pytest.raises(errors.Stale, match="no longer older than 2019-01-01"):
        made.purge(plan)
    made.engine.dispose()


def test_keys_that_are_not_there_are_told(embedded):
    made, keys = embedded
    with pytest.raises(errors.Misconfigured, match="1 key is not in table_contact: 12345"):
        made.many([*keys, 12345])


def test_a_text_that_is_no_key_is_named_by_its_place_and_never_quoted(embedded):
    made, keys = embedded
    with pytest.raises(errors.Misconfigured, match=r"1 of .* \(place 2 of the list\)") as caught:
        made.many([keys[0], "Lee;7"])
    assert "Lee" not in str(caught.value)


def test_a_file_of_keys_may_begin_with_the_mark_of_utf_8(tmp_path):
    path = tmp_path / "keys.txt"
    path.write_text("7\r\n\r\n# gone\r\n 08 \r\n", encoding="utf-8-sig", newline="")
    assert _bulk._keys(path) == ["7", "08"]


@pytest.mark.no_cover  # again and again what others do once
def test_a_purge_killed_anywhere_ends_in_the_same_state(sqlite_url, tmp_path):
    """120 contacts in batches of 20; three runs, each killed up to three times."""
    purging.build(sqlite_url)
    made = Purging(sqlite_url, tmp_path)
    plan = made.many(purging.crowd(sqlite_url, 120), batch=20)
    made.engine.dispose()
    source = sqlite_url.removeprefix("sqlite:///")
    told = [_killed(source, tmp_path / str(n), plan, seed=n, kills=3 * bool(n)) for n in range(4)]
    assert len({t[-1] for t in told}) == 1
    assert digest(sqlite_url) not in told[0][-1]
    assert sum(line.startswith("killed") for t in told for line in t) >= 5


def _killed(source, folder, plan, *, seed, kills):
    folder.mkdir()
    shutil.copy(source, folder / "test.sqlite")
    (folder / "plan.json").write_text(plan.to_json())
    url = f"sqlite:///{folder / 'test.sqlite'}"
    command = [sys.executable, "-m", "tests.purge_killing", url, str(folder), str(seed), str(kills)]
    command.append("1000")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_purge_killed_on_a_server_ends_in_the_same_state(request, kind, tmp_path):
    url = request.getfixturevalue(f"{kind}_url")
    purging.build(url)
    keys = purging.crowd(url, 40)
    made = Purging(url, tmp_path)
    plan = made.many(keys, batch=10)
    made.engine.dispose()
    (tmp_path / "plan.json").write_text(plan.to_json())
    command = [sys.executable, "-m", "tests.purge_killing", url, str(tmp_path), "3", "3", "500"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "killed" in done.stdout
    left = mini.dump(url)
    assert {r[0] for r in left["table_contact"]} == {mini.ANN, mini.BOB, mini.NAMESAKE}
    assert "crowd.example" not in repr(left)
    assert kept(tmp_path).open_intents() == ()


@pytest.mark.no_cover  # again and again what others do once
def test_a_failure_at_any_statement_leaves_whole_batches(sqlite_url, tmp_path):
    """Every write and every ninth read fails once; the same command then goes on to the same end."""
    purging.build(sqlite_url)
    keys = purging.crowd(sqlite_url, 6)
    made = Purging(sqlite_url, tmp_path)
    plan = made.many(keys, batch=3)
    made.engine.dispose()
    source = sqlite_url.removeprefix("sqlite:///")
    seen, wanted = _failing(source, tmp_path / "whole", plan, -1)
    writes = [n for n, verb in enumerate(seen) if verb in ("DELETE", "UPDATE")]
    assert len(writes) > 20
    reads = [n for n in range(0, len(seen), 9) if n not in writes]
    for number in [*writes[::5], *reads[::8]]:
        _, found = _failing(source, tmp_path / str(number), plan, number)
        assert found == wanted


def _failing(source, folder, plan, number):
    folder.mkdir()
    shutil.copy(source, folder / "test.sqlite")
    url = f"sqlite:///{folder / 'test.sqlite'}"
    made, seen = Purging.__new__(Purging), []
    made.url, made.engine = url, connect(url)
    made.journal = Journal(folder / "journal.jsonl")

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement.split()[0].upper())
        if len(seen) == number + 1:
            raise exc.OperationalError("the canary Quil", {}, Exception("Quil"))

    event.listen(made.engine, "before_cursor_execute", note)
    said = ""
    try:
        made.purge(plan)
    except errors.EffaceError as error:
        said = str(error)
    assert "Quil" not in said
    if said:
        there = {r[0] for r in mini.dump(url)["table_contact"]}
        assert {len(there.intersection(b.roots)) for b in plan.batches} <= {0, 3}
        made.purge(plan)
    made.engine.dispose()
    return seen, digest(url)


@pytest.mark.parametrize("name", SPEAKS)
def test_every_statement_of_a_purge_parses(sqlite_url, tmp_path, name, monkeypatch):
    """As SQL Server and Oracle would get it: keys as parameters, no statement without WHERE."""
    purging.build(sqlite_url)
    made, sent = Purging(sqlite_url, tmp_path), []
    known = dialects.named("sqlite")
    monkeypatch.setattr(type(known), "among", generic.Dialect.among)
    monkeypatch.setattr(type(known), "at_once", 0)
    event.listen(made.engine, "before_execute", lambda _c, element, *_more: sent.append(element))
    made.run(made.plan())
    built = [s for s in sent if isinstance(s, SelectBase | UpdateBase)]  # no savepoints
    texts = {sql(s, name) for s in built}
    writes = [t for t in texts if t.startswith(("DELETE", "UPDATE"))]
    assert {t.split()[0] for t in texts} == {"SELECT", "UPDATE", "DELETE"}
    assert len([t for t in writes if t.startswith("DELETE")]) > 8
    assert all(" WHERE " in t for t in writes)
    made.engine.dispose()


def test_the_log_tells_batches_and_other_commands_say_what_they_do_not_take(
    efface, embedded, tmp_path
):
    made, keys = embedded
    plan = made.many(keys, batch=15)
    path = tmp_path / "many.json"
    path.write_text(plan.to_json())
    made.purge(plan)
    told = efface("log", "--journal", made.journal.path).stdout
    assert "batch 2" in told
    assert f"{plan.roots} roots" in told
    page = tmp_path / "receipt.html"
    for words in (
        ["verify", "--db", made.url, path],
        ["erase", "--db", made.url, path, "--max-rows", 9],
        ["erase", "--db", made.url, path, "-o", page],
        ["log", "--journal", made.journal.path, "--certificate", page],
    ):
        done = efface(*words)
        assert done.exit_code == 2
        assert "purge of many" in done.stderr
    assert not page.exists()


def test_what_is_purged_in_bulk_leaves_its_attachments_to_people(embedded):
    made, keys = embedded
    purging.write(
        made.url,
        "create table table_doc_path (objid bigint, path varchar(255));\n"
        "create unique index ind_dp on table_doc_path (objid);\n"
        "create table table_doc_inst (objid bigint, attach_info2doc_path bigint, doc_inst2case bigint);\n"
        "create unique index ind_di on table_doc_inst (objid);\n"
        "insert into table_doc_path values (1, 'a');\n"
        "insert into table_doc_inst values (1, 1, 100000)",
    )
    again = Purging(made.url, made.folder)
    duties = {d["kind"]: d["count"] for d in again.many(keys[:3]).duties}
    assert duties["attachment files"] == 1
    again.engine.dispose()


def test_rows_of_a_batch_that_came_to_the_same_are_told_once_by_reapply(efface, embedded):
    made, keys = embedded
    made.purge(made.many(keys, batch=15))
    words = ("reapply", "--db", made.url, "--journal", made.journal.path)
    told = efface(*words)
    assert told.exit_code == 0, told.stderr
    several = [n for n in told.stderr.splitlines() if "is not in this copy" in n]
    assert 0 < len(several) < 5
    assert f"{keys[0]}, {keys[1]}" in several[0]
    subjects = json.loads(efface(*words, "--json").stdout)["subjects"]
    assert {s["subject"]["key"] for s in subjects} == set(keys)
