"""After a restore the journal erases again who came back, and nobody else."""

import json
import shutil
import subprocess
import sys
from contextlib import ExitStack

import pytest
from sqlalchemy import create_engine, text

from scanner import planner, rulebook, verifier
from scanner.database import connect, reading, reflect
from scanner.executor import execute
from scanner.journal import Journal
from scanner.sealing import anchors, keyring
from tests import drill, mini
from tests.erasing import PACK, Erasure
from tests.servers import fresh_database

NOW, SOON = "2026-01-01T00:00:00+00:00", "2030-01-01"


def write(url, statement):
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def kpis(url):
    engine = connect(url)
    with reading(engine) as connection:
        found = verifier.measure(connection, reflect(connection), PACK)
    engine.dispose()
    return found


class Copies:
    """A database in which people were erased, and an older copy of it."""

    def __init__(self, efface, erasure: Erasure, folder) -> None:
        self.efface, self.erasure, self.folder = efface, erasure, folder
        self.old = drill.backup(erasure.url, folder)
        self.printed = ""

    def erase(self, *keys):
        for key in keys:
            self.erasure.commit(self.erasure.plan(key))

    def restore(self, url: str = "") -> str:
        return drill.restore(url or self.erasure.url, self.old, self.folder)

    def run(self, url, *words, status=0):
        more = ("--journal", self.erasure.journal.path)
        result = self.efface("-v", "reapply", "--db", url, *words, *more)
        self.printed += result.stdout + result.stderr
        assert result.exit_code == status, result.stderr
        return result

    def told(self, url, *words, status=0):
        said = json.loads(self.run(url, *words, "--json", status=status).stdout)
        return {s["subject"]["key"]: s for s in said["subjects"]}

    def states(self, url, *words, status=0):
        return {key: s["state"] for key, s in self.told(url, *words, status=status).items()}


@pytest.fixture
def copies(efface, embedded, tmp_path):
    return Copies(efface, embedded, tmp_path)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_a_restore_drill(request, efface, tmp_path, kind):
    """Real dumps: what is erased again is, cell by cell, what was erased the first time."""
    if (program := drill.BACKUP[kind][0]) and not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    url = request.getfixturevalue(f"{kind}_url")
    people = drill.build(url)
    erasure = Erasure(url, tmp_path)
    copies = Copies(efface, erasure, tmp_path)
    copies.erase(*(who["objid"] for who in people))
    first, figures = mini.dump(url), kpis(url)
    with ExitStack() as rest:
        empty = ""
        if kind != "sqlite":
            server = request.getfixturevalue(f"{kind}_server")
            made = rest.enter_context(fresh_database(server))
            empty = made.render_as_string(hide_password=False)
        restored = copies.restore(empty)
        before = mini.dump(restored)
        assert before != first
        assert all(name in repr(before) for name in drill.identifiers(people))
        copies.run(restored)
        assert mini.dump(restored) == before
        copies.run(restored, "--commit", status=3)
        copies.run(restored, "--commit", "--confirm", len(people) - 1, status=3)
        assert mini.dump(restored) == before
        told = copies.told(restored, "--commit", "--confirm", len(people))
        assert {s["state"] for s in told.values()} == {"undone"}
        assert [sum(s["receipt"]["residue"].values()) for s in told.values()] == [0] * len(people)
        after = mini.dump(restored)
        assert after == first
        assert kpis(restored) == figures
        assert not [name for name in drill.identifiers(people) if name in repr(after)]
        assert set(copies.states(restored).values()) == {"erased"}
    erasure.engine.dispose()
    done = [e for e in erasure.journal.read() if e.event == "done"]
    once, again = done[: len(people)], done[len(people) :]
    assert [e.content["again"]["number"] for e in again] == [e.number for e in once]
    assert len(again) == len(people)
    outputs = copies.printed + erasure.journal.path.read_text()
    assert not [name for name in drill.identifiers(people) if name in outputs]


def test_who_is_still_erased_is_left_alone(copies):
    copies.erase(mini.ANN)
    before = mini.dump(copies.erasure.url)
    assert copies.states(copies.erasure.url, "--commit") == {mini.ANN: "erased"}
    assert mini.dump(copies.erasure.url) == before


def test_a_commit_needs_the_number_of_people(copies):
    copies.erase(mini.ANN)
    url = copies.restore()
    before = mini.dump(url)
    for words in ((), ("--confirm", 2), ("--confirm", mini.ANN)):
        copies.run(url, "--commit", *words, status=3)
    assert mini.dump(url) == before


def test_only_what_was_erased_since_the_backup_is_looked_at(copies):
    copies.erase(mini.ANN)
    url = copies.restore()
    assert copies.states(url, "--since", SOON) == {}
    assert copies.states(url, "--since", "2020-01-01T02:00") == {mini.ANN: "undone"}
    copies.run(url, "--since", "yesterday", status=2)


def test_a_copy_that_is_younger_than_the_erasure_of_some_takes_the_others(copies, tmp_path):
    copies.erase(mini.ANN)
    copies.old = drill.backup(copies.erasure.url, tmp_path)
    copies.erase(mini.BOB)
    url = copies.restore()
    assert copies.states(url) == {mini.ANN: "erased", mini.BOB: "undone"}
    copies.run(url, "--commit", "--confirm", 1)
    assert mini.dump(url) == mini.dump(copies.erasure.url)


def test_a_table_that_alone_came_back_is_erased_again(copies):
    copies.erase(mini.ANN)
    url, old = copies.erasure.url, copies.restore()
    row = next(r for r in mini.dump(old)["table_e_addr"] if r[2] == mini.ANN)
    write(url, f"update table_e_addr set e_num = '{row[1]}' where objid = {row[0]}")
    assert copies.states(url) == {mini.ANN: "undone"}
    copies.run(url, "--commit", "--confirm", 1)
    assert "ann@home.example" not in mini.texts(url)


KILLED = """
import os, sys
from scanner.cli import main
from scanner.journal import Journal
point, times, *words = sys.argv[1:]
seen, append = [], Journal.append
def appended(self, what, *more):
    made = append(self, what, *more) if what == "intent" else None
    seen.extend([what] * (what == point))
    if len(seen) == int(times):
        os.kill(os.getpid(), 9)
    return made or append(self, what, *more)
Journal.append = appended
main(words)
"""
"""Dies after an intent was written, or before the end of an erasure is."""


@pytest.mark.no_cover  # processes of their own
@pytest.mark.parametrize(("point", "times", "left"), [("intent", 1, 2), ("intent", 2, 1),
                                                      ("done", 1, 1), ("done", 2, 0)])  # fmt: skip
def test_one_that_was_killed_goes_on_with_who_is_left(copies, point, times, left):
    copies.erase(mini.ANN, mini.BOB)
    url, journal = copies.restore(), copies.erasure.journal
    words = ["reapply", "--db", url, "--commit", "--confirm", 2, "--journal", journal.path]
    script = [sys.executable, "-c", KILLED, point, str(times), *map(str, words)]
    assert subprocess.run(script, check=False, capture_output=True, timeout=120).returncode == -9
    assert [*copies.states(url).values()].count("undone") == left
    copies.run(url, "--commit", *(["--confirm", left] if left else []))
    assert mini.dump(url) == mini.dump(copies.erasure.url)
    assert journal.open_intents() == ()
    done = [e for e in journal.read() if e.event == "done"]
    assert [e.content["again"]["number"] for e in done[2:]] == [e.number for e in done[:2]]


def test_a_key_that_is_somebody_elses_now_is_never_erased(copies):
    """After a restore keys are given anew: Cleo has the key that Ann had."""
    copies.erase(mini.ANN)
    url = copies.restore()
    for statement in (
        "update table_contact set first_name = 'Cleo', s_first_name = 'CLEO', last_name = 'Moreau', "
        "s_last_name = 'MOREAU', phone = '+33 1 70 18 99 00', e_mail = 'cleo@moreau.example', "
        f"x_cust_ref = 'CUST-9' where objid = {mini.ANN}",
        f"delete from table_e_addr where eaddr2contact = {mini.ANN}",
        f"delete from table_x_pref where pref2contact = {mini.ANN}",
        f"delete from x_sms where contact_objid = {mini.ANN}",
        f"update table_case set alt_contact2contact = null where alt_contact2contact = {mini.ANN}",
    ):
        write(url, statement)
    before = mini.dump(url)
    assert copies.states(url, "--commit", "--confirm", 1) == {mini.ANN: "other"}
    assert mini.dump(url) == before


def test_a_colleague_with_the_key_and_the_number_of_one_who_was_erased_is_left_alone(copies):
    """Cleo has Ann's key after a restore, and answers Ann's telephone."""
    copies.erase(mini.ANN)
    url = copies.restore()
    for statement in (
        "update table_contact set first_name = 'Cleo', s_first_name = 'CLEO', last_name = 'Moreau', "
        "s_last_name = 'MOREAU', e_mail = 'cleo@moreau.example', x_cust_ref = 'CUST-9' "
        f"where objid = {mini.ANN}",
        f"delete from table_e_addr where eaddr2contact = {mini.ANN}",
        f"delete from table_x_pref where pref2contact = {mini.ANN}",
    ):
        write(url, statement)
    before = mini.dump(url)
    told = copies.told(url, "--commit", "--confirm", 1, status=3)[mini.ANN]
    assert told["state"] == "unclear"
    assert "the name is another one" in told["why"]
    assert mini.dump(url) == before


def test_a_subject_that_is_not_in_the_copy_is_told(copies):
    copies.erase(mini.ANN)
    url = copies.restore()
    write(url, f"delete from table_contact where objid = {mini.ANN}")
    assert copies.states(url) == {mini.ANN: "absent"}


def test_a_copy_of_another_schema_takes_a_workbook_of_its_own(copies, efface):
    copies.erase(mini.ANN)
    url = copies.restore()
    write(url, "create table x_new (objid integer, note varchar(20))")
    told = copies.told(url, status=3)[mini.ANN]
    assert (told["state"], "name a workbook" in told["why"]) == ("unclear", True)
    scan, book = copies.folder / "scan.json", copies.folder / "audit.xlsx"
    for words in (
        ("scan", "--db", url, "-o", scan),
        ("audit", scan, "--decide", "suggested", "-o", book),
    ):
        assert efface(*words).exit_code == 0
    copies.run(url, book, "--commit", "--confirm", 1)
    assert "ann.lee@example.com" not in mini.texts(url)


def test_answers_to_reviews_are_given_again(copies):
    from dataclasses import replace

    plan = copies.erasure.plan()
    assert plan.reviews
    said = [replace(r, answer="erase", by="sa", when="2026-01-01") for r in plan.reviews]
    copies.erasure.commit(plan.answered(said))
    url = copies.restore()
    copies.run(url, "--commit", "--confirm", 1)
    assert mini.dump(url) == mini.dump(copies.erasure.url)
    last = copies.erasure.journal.read()[-1].content
    assert {r["answer"] for r in last["reviews"]} == {"erase"}
    assert {r["by"] for r in last["reviews"]} == {"sa"}


def test_one_who_is_held_does_not_keep_the_others(copies, efface):
    copies.erase(mini.ANN, mini.BOB)
    url = copies.restore()
    words = ("log", "--journal", copies.erasure.journal.path)
    assert efface(*words, "--hold", mini.BOB, "--until", SOON, "--why", "claim").exit_code == 0
    told = copies.told(url, "--commit", "--confirm", 2, status=5)
    assert "hold until 2030-01-01" in told[mini.BOB]["refused"]
    assert told[mini.ANN]["receipt"]["committed"]
    assert efface(*words, "--release", mini.BOB).exit_code == 0
    assert copies.states(url) == {mini.ANN: "erased", mini.BOB: "undone"}


def test_a_purge_is_undone_where_the_row_is_back(copies, monkeypatch):
    """Whatever it held: a purge leaves no row of the subject."""
    copies.erase(mini.ANN)
    from scanner.records import ledger

    real = ledger.erasures
    from dataclasses import replace

    purged = lambda entries: tuple(replace(e, method="purge") for e in real(entries))  # noqa: E731
    monkeypatch.setattr("scanner.records.revenants.erasures", purged)
    url = copies.erasure.url
    assert copies.states(url, status=3) == {mini.ANN: "undone"}  # planned by who can purge
    write(url, f"delete from table_contact where objid = {mini.ANN}")
    assert copies.states(url) == {mini.ANN: "absent"}


def test_a_journal_of_before_marks_says_what_it_cannot_tell(copies):
    copies.erase(mini.ANN)
    journal = copies.erasure.journal
    done = [e for e in journal.read() if e.event in ("intent", "done")]
    early = Journal(copies.folder / "early.jsonl")
    bare = {k: v for k, v in done[0].content.items() if k in ("subject", "place", "probes")}
    early.append("intent", done[0].when, done[0].plan, bare)
    early.append("done", done[1].when, done[1].plan, done[1].content)
    copies.erasure.journal = early
    url = copies.restore()
    told = copies.told(url, status=3)[mini.ANN]
    assert told["state"] == "unclear"
    assert "does not hold what a plan is made from" in told["why"]


def test_without_the_journal_nothing_is_said_to_be_done(copies, tmp_path):
    url = copies.restore()
    said = copies.run(url, status=2).stderr
    assert "name the one that the erasures were written to" in " ".join(said.split())
    copies.erase(mini.ANN)
    lines = copies.erasure.journal.path.read_text().splitlines(keepends=True)
    copies.erasure.journal.path.write_text("".join(lines[:-1]))
    assert "missing at its end" in copies.run(url, status=1).stderr


def test_an_unrelated_plan_that_was_done_is_still_refused(copies):
    """Only reapply may carry out the same plan twice."""
    plan = copies.erasure.plan()
    copies.erasure.commit(plan)
    url = copies.restore()
    engine = connect(url)
    made = planner.plan(engine, PACK, copies.erasure.audit, str(mini.ANN))
    with pytest.raises(Exception, match="was carried out at"):
        execute(
            engine,
            made,
            rulebook.pack("clarify"),
            journal=copies.erasure.journal,
            commit=True,
            confirm=str(mini.ANN),
        )
    engine.dispose()


def test_the_anchor_and_the_journal_hold_nothing_of_anybody(copies):
    copies.erase(mini.ANN)
    url = copies.restore()
    copies.run(url, "--commit", "--confirm", 1)
    key = keyring.load(keyring.default_path())
    kept = [p.read_text() for p in anchors.folder(key).iterdir()]
    everything = "".join(kept) + copies.erasure.journal.path.read_text() + copies.printed
    for canary in mini.CANARIES:
        assert not _word(canary, everything), canary


def _word(word, said):
    import re

    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said) is not None


def test_a_batch_says_whom_it_erased_or_that_it_does_not(copies):
    """Of many who are purged at once each is looked for; a batch without names is not passed over."""
    copies.erase(mini.ANN)
    one = copies.erasure.journal.read()
    marks, basis = one[1].content["marks"], one[1].content["basis"]
    journal = Journal(copies.folder / "many.jsonl")
    journal.append("basis", NOW, "", one[0].content)
    intent = {"batch": 0, "subject": {"table": "table_contact", "key": "batch 1"}, "basis": basis}
    whom = [{"table": "table_contact", "key": k, "marks": m} for k, m in
            ((mini.ANN, marks), (mini.BOB, marks))]  # fmt: skip
    for content in ({"batch": 0, "subjects": whom}, {"batch": 1}):
        journal.append("intent", NOW, "many", intent)
        journal.append("batch", NOW, "many", content)
    journal.append("done", NOW, "many", {"rows": {}})
    assert journal.open_intents() == ()
    copies.erasure.journal = journal
    url = copies.restore()
    found = copies.states(url, status=3)
    assert found == {mini.ANN: "undone", mini.BOB: "other", "": "unclear"}
