"""The journal as a ledger: who is held and until when, what is late, and what is handed out."""

import csv
import json
import re
import time
from datetime import date

import pytest
from sqlalchemy import create_engine, text

from scanner import errors
from scanner.cli import _options
from scanner.records import holds, ledger
from scanner.records.ledger import Warrant
from scanner.sealing import anchors, keyring
from tests import mini

NOW = "2026-03-10T12:00:00+00:00"
LATER = "2030-01-01"


class Log:
    """Runs ``efface log`` on one journal and keeps all that it prints."""

    def __init__(self, efface, journal) -> None:
        self.efface, self.journal, self.printed = efface, journal, ""

    def run(self, *words, status=0):
        result = self.efface("-v", "log", "--journal", self.journal.path, *words)
        self.printed += result.stdout + result.stderr
        assert result.exit_code == status, result.stderr
        return result

    def hold(self, key=mini.ANN, why="claim", until=LATER, status=0):
        return self.run("--hold", key, "--until", until, "--why", why, status=status)


@pytest.fixture
def log(efface, embedded):
    return Log(efface, embedded.journal)


def test_a_hold_refuses_a_rehearsal_and_a_commit_until_it_is_released(log, embedded):
    plan, before = embedded.plan(), mini.dump(embedded.url)
    log.hold()
    for work in (embedded.run, embedded.commit):
        with pytest.raises(errors.Stopped, match="hold until 2030-01-01: it is needed for legal"):
            work(plan)
    assert mini.dump(embedded.url) == before
    assert embedded.run(embedded.plan(mini.BOB)).rows
    log.run("--release", mini.ANN)
    assert embedded.commit(plan).committed


@pytest.fixture
def zone(monkeypatch):
    """Set the clock of this computer to another zone."""
    if not hasattr(time, "tzset"):
        pytest.skip("the zone cannot be set here")

    def put(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield put
    monkeypatch.undo()
    time.tzset()


def test_a_hold_lasts_until_its_day_is_over_here(embedded, zone):
    holds.hold(embedded.journal, "7", date(2026, 3, 10), "duty", now=NOW)
    zone("America/Los_Angeles")
    assert holds.on(embedded.journal, 7, "2026-03-11T06:00:00+00:00")  # eleven in the evening
    assert holds.keys(embedded.journal, "2026-03-11T06:00:00+00:00") == ("7",)
    assert holds.on(embedded.journal, 7, "2026-03-11T07:30:00+00:00") is None


def test_today_is_neither_past_nor_to_come_wherever_somebody_works(embedded, zone):
    journal = embedded.journal
    zone("America/Los_Angeles")
    evening = "2026-03-11T06:00:00+00:00"  # still the tenth
    holds.hold(journal, "7", date(2026, 3, 10), "duty", now=evening)
    assert holds.earliest(evening) == date(2026, 3, 10)
    zone("Asia/Tokyo")
    morning = "2026-03-10T23:00:00+00:00"  # the eleventh
    holds.opened(journal, "SR-1", "7", date(2026, 3, 11), now=morning)
    with pytest.raises(errors.Misconfigured, match="not yet"):
        holds.opened(journal, "SR-2", "7", date(2026, 3, 12), now=morning)


def test_a_request_that_was_withdrawn_is_closed_by_hand(log):
    words = ("--open", mini.ANN, "--request", "SR-1", "--received", "2026-01-05")
    log.run(*words)
    assert "SR-1" in log.run("--overdue", status=1).stdout
    log.run("--close", "SR-2", status=2)
    log.run("--close", "SR-1", "--as", "officer")
    assert log.run("--overdue").stdout == ""
    log.run("--close", "SR-1", status=2)
    log.run("--close", "SR-1", "--release", "7", status=2)


def test_where_nothing_was_ever_committed_the_journal_is_said_to_be_none(log, efface, embedded):
    said = log.run("--check", status=2).stderr
    assert f"there is no journal '{log.journal.path}': nothing was ever committed" in said
    found = efface("log", "--db", embedded.url, "--check")
    assert "nothing was ever committed" in found.stderr
    assert found.exit_code == 0
    assert "is whole" not in found.stderr


def test_a_hold_ends_with_its_day(embedded):
    journal = embedded.journal
    holds.hold(journal, "7", date(2026, 3, 10), "duty", now=NOW)
    assert holds.on(journal, 7, "2026-03-10T23:59:59+00:00")
    assert holds.on(journal, 7, "2026-03-11T00:00:00+00:00") is None
    assert holds.on(journal, 7, "2026-03-11T00:30:00+02:00")  # in UTC it is still the day before
    assert holds.on(journal, 8, NOW) is None


def test_a_later_hold_takes_the_place_of_an_earlier_one(embedded):
    journal = embedded.journal
    for until in ("2026-04-01", "2027-04-01"):
        holds.hold(journal, "7", date.fromisoformat(until), "duty", now=NOW)
    found = holds.on(journal, 7, NOW)
    assert found is not None
    assert found.until == date(2027, 4, 1)


@pytest.mark.parametrize("typed", [f"0{mini.ANN}", f"000{mini.ANN}"])
def test_a_key_with_zeros_before_it_holds_releases_and_closes_the_same_subject(
    log, embedded, typed
):
    log.hold(key=typed)
    with pytest.raises(errors.Stopped, match="hold until 2030-01-01"):
        embedded.run(embedded.plan())
    log.run("--release", mini.ANN)
    log.run("--open", typed, "--request", "SR-1", "--received", "2026-01-31")
    embedded.commit(embedded.plan())
    assert log.run("--overdue").stdout == ""


def test_a_plan_shows_the_hold_as_a_stop_and_erase_refuses_it(log, embedded, efface, tmp_path):
    book, scan = tmp_path / "audit.xlsx", tmp_path / "scan.json"
    plan = ("--db", embedded.url, book, "--subject", mini.ANN, "--journal", log.journal.path)
    steps = (
        ("scan", "--db", embedded.url, "-o", scan),
        ("audit", scan, "--decide", "suggested", "-o", book),
    )
    for words in steps:
        assert efface(*words).exit_code == 0
    log.hold()
    result = efface("plan", *plan, "-o", tmp_path / "plan.json")
    assert "stop: hold until 2030-01-01: it is needed for legal claims" in result.stderr
    assert "decides otherwise" not in result.stderr  # a hold is lifted in the journal
    stops = json.loads((tmp_path / "plan.json").read_text())["stops"]
    assert [s["effect"] for s in stops if s["rule"] == "hold"] == ["stop"]
    words = ("erase", "--db", embedded.url, tmp_path / "plan.json", "--journal", log.journal.path)
    for more in ((), ("--commit", "--confirm", mini.ANN)):
        result = efface(*words, *more)
        assert result.exit_code == 3
        assert "hold until 2030-01-01" in result.stderr
    log.run("--release", mini.ANN)
    assert efface("plan", *plan, "-o", tmp_path / "plan.json").exit_code == 0
    stops = json.loads((tmp_path / "plan.json").read_text())["stops"]
    assert not [s for s in stops if s["rule"] == "hold"]


def test_a_reason_is_one_of_the_list_and_never_words_of_ones_own(log):
    said = log.hold(why="Ann Lee sues us", status=2).stderr
    assert "never in words of one's own: claim: it is needed" in " ".join(said.split())
    assert not log.journal.path.exists()


def test_the_help_names_every_reason(log, efface):
    told = efface("log", "--help").stdout
    assert set(holds.reasons()) <= set(re.findall(r"\w+", told))


@pytest.mark.parametrize(
    "words",
    [
        ("--hold", "7"),
        ("--hold", "7", "--until", LATER),
        ("--until", LATER),
        ("--hold", "7", "--until", "soon", "--why", "claim"),
        ("--hold", "7", "--until", "2020-01-01", "--why", "claim"),
        ("--hold", "Ann Lee", "--until", LATER, "--why", "claim"),
        ("--hold", "ann@lee.example", "--until", LATER, "--why", "claim"),
        ("--hold", "Lee", "--until", LATER, "--why", "claim"),
        ("--hold", "Lee1970", "--until", LATER, "--why", "claim"),
        ("--release", "Lee"),
        ("--open", "Lee", "--request", "SR-1"),
        ("--hold", "7", "--release", "7", "--until", LATER, "--why", "claim"),
        ("--release", "7"),
        ("--open", "7"),
        ("--request", "SR-1"),
        ("--open", "7", "--request", "Ann Lee"),
        ("--open", "7", "--request", "Lee"),
        ("--open", "7", "--request", "SR-1", "--received", "2999-01-01"),
        ("--received", "2020-01-01"),
        ("--hold", "7", "--until", LATER, "--why", "claim", "--as", "Ann Lee"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_refused_and_not_written_down(log, words):
    log.run(*words, status=2)
    assert not log.journal.path.exists()


@pytest.mark.parametrize("key", ["999", "Lee", "Lee1970", "Ann Lee", "Zebra-Secret-Note"])
def test_only_who_is_in_the_database_is_held_or_said_to_have_asked(log, embedded, key):
    for words in (
        ("--hold", key, "--until", LATER, "--why", "claim"),
        ("--open", key, "--request", "SR-1"),
    ):
        log.run("--db", embedded.url, *words, status=2)
    assert not log.journal.path.exists()
    assert not [c for c in mini.CANARIES if c in log.printed]


def test_who_is_in_the_database_is_held_there(log, embedded):
    log.run("--db", embedded.url, "--hold", f"0{mini.ANN}", "--until", LATER, "--why", "claim")
    log.run("--db", embedded.url, "--open", mini.ANN, "--request", "SR-1")
    assert [h.until for h in holds.standing(embedded.journal.read()).values()] == [date(2030, 1, 1)]
    embedded.write("delete from table_contact")
    log.run("--db", embedded.url, "--release", mini.ANN)
    assert not holds.standing(embedded.journal.read())


def test_a_key_of_letters_is_taken_where_a_database_knows_it_only(log, tmp_path):
    url = f"sqlite:///{tmp_path / 'shop.sqlite'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("create table table_contact (objid varchar(20) primary key)"))
        connection.execute(text("insert into table_contact values ('C-0471'), ('Lee')"))
    engine.dispose()
    words = ("--until", LATER, "--why", "claim")
    log.run("--hold", "C-0471", *words, status=2)
    for key, status in (("C-0471", 0), ("C-0472", 2), ("Lee", 2)):
        more = ("--db", url, "--pack", "clarify", "--hold", key)
        log.run(*more, *words, status=status)
    assert [h.key for h in holds.standing(log.journal.read()).values()] == ["C-0471"]


def test_a_request_is_late_after_a_month_and_closed_by_its_erasure(log, embedded):
    log.run("--open", mini.ANN, "--request", "SR-1", "--received", "2026-01-31")
    log.run("--open", mini.BOB, "--request", "SR-2")
    log.run("--open", mini.BOB, "--request", "SR-2", status=2)
    entries = embedded.journal.read()
    assert holds.overdue(entries, "2026-02-28T12:00:00+00:00") == ()
    (late,) = holds.overdue(entries, "2026-03-01T12:00:00+00:00")
    assert (late.kind, late.name, late.key, late.due) == (
        "request", "SR-1", str(mini.ANN), date(2026, 2, 28)
    )  # fmt: skip
    assert log.run("--overdue", status=1).stdout.startswith("2026-02-28  request  SR-1")
    raw = json.loads(log.run("--overdue", "--json", status=1).stdout)["overdue"]
    assert raw == [
        {"kind": "request", "request": "SR-1", "subject": str(mini.ANN), "due": "2026-02-28", "why": ""}
    ]  # fmt: skip
    embedded.commit(embedded.plan())
    assert log.run("--overdue").stdout == ""


def test_a_refused_request_stays_open_and_a_closed_one_does_not(embedded):
    journal = embedded.journal
    holds.opened(journal, "SR-1", "7", date(2026, 1, 5), now=NOW)
    late = "2026-05-01T00:00:00+00:00"
    journal.append("request", NOW, "", {"request": "SR-1", "state": "refused"})
    (found,) = holds.overdue(journal.read(), late)
    assert found.why == f"refused at {NOW}"
    journal.append("request", NOW, "", {"request": "SR-1", "state": "closed"})
    assert holds.overdue(journal.read(), late) == ()


def test_a_hold_that_ended_is_asked_about(embedded):
    holds.hold(embedded.journal, "7", date(2026, 3, 20), "audit", now=NOW)
    assert holds.overdue(embedded.journal.read(), "2026-03-20T12:00:00+00:00") == ()
    (found,) = holds.overdue(embedded.journal.read(), "2026-03-21T12:00:00+00:00")
    assert (found.kind, found.key) == ("hold", "7")
    assert "release it, or hold on" in found.why


@pytest.mark.parametrize(
    ("day", "due"),
    [("2026-01-31", "2026-02-28"), ("2028-01-31", "2028-02-29"), ("2026-12-15", "2027-01-15"),
     ("2026-03-31", "2026-04-30")],
)  # fmt: skip
def test_a_month_ends_on_the_same_day_or_the_last(day, due):
    assert holds.in_a_month(date.fromisoformat(day)) == date.fromisoformat(due)


def test_an_erasure_says_who_asked_who_approved_and_what_it_rests_on(embedded):
    plan = embedded.plan()
    embedded.commit(plan, warrant=Warrant(request="SR-2026-17", by="jsmith"))
    basis, intent, done = embedded.journal.read()
    for entry in (intent, done):
        assert entry.content["request"] == "SR-2026-17"
        assert entry.content["by"] == "jsmith"
    assert basis.content["digests"] == {
        "scan": plan.basis.scan, "workbook": plan.basis.workbook, "pack": plan.pack_digest
    }  # fmt: skip
    (found,) = ledger.erasures(embedded.journal.read())
    assert found.basis == plan.basis
    assert (found.key, found.method, found.request) == (mini.ANN, "redact", "SR-2026-17")
    assert sum(done.content["rows"].values())
    assert done.content["residue"] == {}


def test_what_plans_are_made_from_is_written_once_for_a_workbook(embedded):
    embedded.commit(embedded.plan())
    embedded.commit(embedded.plan(mini.BOB))
    events = [e.event for e in embedded.journal.read()]
    assert events == ["basis", "intent", "done", "intent", "done"]


def test_an_erasure_whose_end_a_crash_hid_is_known_with_its_marks(embedded, monkeypatch):
    from scanner.journal import Journal
    from tests.killing import settle

    real = Journal.append

    def dies(self, event, *more):
        if event == "done":
            raise errors.Misconfigured("the disk is full")
        return real(self, event, *more)

    monkeypatch.setattr(Journal, "append", dies)
    with pytest.raises(errors.Unrecorded):
        embedded.commit(embedded.plan())
    monkeypatch.undo()
    assert ledger.erasures(embedded.journal.read()) == ()
    assert settle(embedded.url, embedded.journal)
    (found,) = ledger.erasures(embedded.journal.read())
    assert found.marks["email"]
    assert found.basis is not None


def test_the_command_line_says_who_and_for_which_request(log, embedded, efface, tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(embedded.plan().to_json())
    words = ("erase", "--db", embedded.url, path, "--journal", log.journal.path)
    assert efface(*words, "--request", "from Ann").exit_code == 2
    more = ("--commit", "--confirm", mini.ANN, "--request", "SR-7", "--as", "dpo")
    assert efface(*words, *more).exit_code == 0
    assert "request SR-7  by dpo" in log.run().stdout


@pytest.mark.parametrize("command", ["erase", "log", "reapply", "requests run", "requests open"])
def test_an_address_is_no_login_and_is_not_repeated(efface, tmp_path, command):
    """Other ways to say it are refused in cells of a file of requests."""
    words = {
        "log": ("--hold", 7, "--until", LATER, "--why", "claim"),
        "requests open": ("--subject", 7),
        "reapply": ("--journal", tmp_path / "j.jsonl"),
    }.get(command, (tmp_path / "made.json",))
    place = ("--db", f"sqlite:///{tmp_path}/none.sqlite")
    done = efface(*command.split(), *words, *place, "--as", "zoe.lee@x.example")
    assert done.exit_code == 2
    assert "name a login without @" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "zoe" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_user_with_an_odd_name_is_a_login_all_the_same(monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "Jo Smith (admin)")
    assert Warrant(by=_options.login("")).by == "Jo_Smith__admin_"
    assert _options.login("dpo") == "dpo"


def cells(path):
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_exports_say_what_was_done_and_nothing_of_anybody(log, embedded, tmp_path):
    embedded.commit(embedded.plan(), warrant=Warrant(request="SR-1", by="dpo"))
    log.hold(mini.BOB)
    files = [tmp_path / f"journal.{end}" for end in ("csv", "json", "html")]
    for path in files:
        log.run("--export", path)
        assert path.stat().st_mode & 0o777 == 0o600
    log.run("--export", tmp_path / "journal.pdf", status=2)
    log.run("--check")
    table, raw, page = (p.read_text("utf-8-sig") for p in files)
    basis, intent, done, hold = cells(files[0])
    assert [r["event"] for r in (basis, intent, done, hold)] == ["basis", "intent", "done", "hold"]
    receipt = embedded.journal.read()[2].content
    assert int(done["rows"]) == sum(receipt["rows"].values())
    assert int(done["cells"]) == sum(receipt["cells"].values())
    assert done["workbook"] == receipt["digests"]["workbook"]
    assert (done["request"], done["by"], done["residue"]) == ("SR-1", "dpo", "0")
    assert (hold["until"], hold["why"]) == (LATER, "claim")
    marks = [m for k, v in intent_marks(embedded).items() if k != "form" for m in v]
    assert all(m in raw for m in marks)
    assert not [m for m in marks if m in table + page]
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    secret = keyring.load(keyring.default_path())
    kept = "".join(p.read_text() for p in anchors.folder(secret).iterdir())
    everything = table + raw + page + kept + log.printed
    for canary in (*mini.CANARIES, "Bob", "Ray", "bob.ray@example.com"):
        assert not re.search(rf"(?<!\w){re.escape(canary)}(?!\w)", everything), canary
    assert secret.secret.hex() not in everything


def intent_marks(erasure):
    return erasure.journal.read()[1].content["marks"]


def test_an_export_says_how_requests_stand_and_what_batches_deleted(embedded, log, tmp_path):
    log.run("--open", mini.ANN, "--request", "SR-1", "--received", "2026-01-05")
    log.run("--close", "SR-1")
    deleted = {"table_case": 2, "table_notes_log": 5}
    embedded.journal.append("batch", NOW, "f" * 64, {"deleted": deleted})
    log.run("--export", tmp_path / "j.csv")
    with (tmp_path / "j.csv").open(encoding="utf-8-sig", newline="") as file:
        opened, closed, batch = csv.DictReader(file)
    assert (opened["state"], opened["received"], opened["due"]) == (
        "opened", "2026-01-05", "2026-02-05",
    )  # fmt: skip
    assert closed["state"] == "closed"
    assert (batch["tables"], batch["rows"]) == ("2", "7")


def test_an_export_that_a_spreadsheet_would_run_is_text(embedded, log, tmp_path):
    content = {"subject": {"key": "=1+1"}, "until": LATER, "why": "claim"}
    embedded.journal.append("hold", NOW, "", content)
    log.run("--export", tmp_path / "j.csv")
    assert cells(tmp_path / "j.csv")[0]["subject"] == "'=1+1"


def test_check_names_what_was_done_to_the_journal(log, embedded, tmp_path):
    embedded.commit(embedded.plan())
    log.run("--check")
    lines = log.journal.path.read_text().splitlines(keepends=True)
    log.journal.path.write_text("".join(lines[:2]))
    assert "line 3 is missing at its end" in log.run("--check", status=1).stderr
    log.journal.path.write_text("".join([lines[0], lines[2], lines[1]]))
    assert "line 2 does not follow" in log.run("--check", status=1).stderr
    log.journal.path.unlink()
    assert "is gone: 3 lines stood there" in log.run("--check", status=1).stderr
    log.journal.path.write_text("".join(lines))
    keyring.obtain(tmp_path / "other.key")
    other = ("--check", "--journal-key", tmp_path / "other.key")
    assert "another key" in log.run(*other, status=1).stderr
    log.run("--check")


def test_check_mends_what_a_crash_left_and_says_so(log, embedded):
    embedded.commit(embedded.plan())
    key = keyring.load(keyring.default_path())
    (anchor,) = anchors.folder(key).iterdir()
    before = anchor.read_bytes()
    log.hold(mini.BOB)
    anchor.write_bytes(before)
    assert "came before the anchor of 1 line" in log.run("--check").stderr
    assert "before the anchor" not in log.run("--check").stderr
    anchor.unlink()
    assert "--accept 4" in log.run("--check", status=1).stderr
    log.run("--accept", 3, status=2)
    log.run("--accept", 4)
    log.run("--check")


def test_the_key_is_taken_from_the_environment_and_the_settings_too(embedded, efface, tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(embedded.plan().to_json())
    words = ("erase", "--db", embedded.url, path, "--journal", embedded.journal.path)
    key = tmp_path / "keys" / "mine.key"
    env = {"EFFACE_JOURNAL_KEY": str(key)}
    assert efface(*words, "--commit", "--confirm", mini.ANN, env=env).exit_code == 0
    assert key.stat().st_mode & 0o777 == 0o600
    assert not keyring.default_path().exists()
    check = ("log", "--check", "--journal", embedded.journal.path)
    assert efface(*check).exit_code == 2
    assert efface(*check, "--journal-key", key).exit_code == 0
    settings = tmp_path / "efface.toml"
    settings.write_text(f'journal-key = "{key}"\n')
    assert efface("--config", settings, *check).exit_code == 0


def test_a_certificate_names_the_request_and_who_approved(log, embedded, tmp_path):
    embedded.commit(embedded.plan(), warrant=Warrant(request="SR-2026-17", by="dpo"))
    path = tmp_path / "certificate.html"
    log.run("--certificate", path)
    page = path.read_text()
    assert "<dt>Request</dt><dd>SR-2026-17</dd>" in page
    assert "<dt>Approved by</dt><dd>dpo</dd>" in page
