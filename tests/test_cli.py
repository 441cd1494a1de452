"""Whatever goes wrong is answered with one sentence and the right status, and nothing is lost."""

import errno
import inspect
import json
import logging
import os
import re
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from sqlalchemy import create_engine, make_url, text

from scanner import demo
from scanner.cli import _config, _faults, _output, _progress
from scanner.errors import DatabaseFailed, Misconfigured, Negative, Refused, Stale
from scanner.scanning.partial import Partial
from tests.benchmarks import score_demo

PASSWORD = "s3cr3t-Pa55"


@pytest.fixture
def customers(sqlite_url: str) -> str:
    """A small database with people in it."""
    with sqlite3.connect(make_url(sqlite_url).database or "") as connection:
        connection.execute("create table customer (id integer primary key, e_mail varchar(80))")
        people = [(n, f"person{n}@example.com") for n in range(40)]
        connection.executemany("insert into customer values (?, ?)", people)
    connection.close()
    return sqlite_url


def refused(result, status: int, *words: str) -> str:
    """Check that one sentence was said, and nothing that should not be."""
    code = getattr(result, "exit_code", None)
    assert (result.returncode if code is None else code) == status, result.stderr
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    if line.startswith("{"):
        told = json.loads(line)
        assert told["status"] == status
        line = f"efface: {told['error']}"
    assert line.startswith("efface: ")
    for word in words:
        assert word in line
    assert "Traceback" not in line
    assert PASSWORD not in line
    return line


# -- the database ---------------------------------------------------------------------------


def test_a_missing_database_file_is_named_as_such_and_not_created(efface, tmp_path):
    path = tmp_path / "nothing.sqlite"
    refused(efface("scan", "--db", f"sqlite:///{path}", "--json"), 4, "no such database")
    assert not path.exists()


def test_a_file_that_is_no_database_is_left_as_it_is(efface, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ann, this is a letter and no database. " * 50)
    before = path.read_bytes()
    refused(efface("scan", "--db", f"sqlite:///{path}", "--json"), 4, "not an SQLite database")
    assert path.read_bytes() == before


def test_a_database_without_tables_is_refused(efface, sqlite_url):
    refused(efface("scan", "--db", sqlite_url, "--json"), 2, "no table")


@pytest.mark.parametrize("url", [f"://x:{PASSWORD}@", f"nosuch://u:{PASSWORD}@h/d", "clarify"])
def test_a_url_that_cannot_be_read_is_not_repeated(efface, url):
    refused(efface("scan", "--db", url, "--json"), 2, "database URL")


def test_a_missing_postgresql_database(efface, postgresql_server):
    url = postgresql_server.set(database="no_such_database").render_as_string(hide_password=False)
    refused(efface("scan", "--db", url, "--json"), 4)


def test_a_user_whom_postgresql_does_not_know(efface, postgresql_server):
    url = postgresql_server.set(username="no_such_user", password=PASSWORD)
    refused(
        efface("scan", "--db", url.render_as_string(hide_password=False), "--json"),
        4,
        "the user name or the password is wrong",
    )


def test_a_missing_mariadb_database(efface, mariadb_server):
    url = mariadb_server.set(database="no_such_database").render_as_string(hide_password=False)
    refused(efface("scan", "--db", url, "--json"), 4, "no such database")


def test_a_wrong_password_is_never_echoed(efface, mariadb_url):
    url = make_url(mariadb_url).set(username="nobody", password=PASSWORD)
    given = url.render_as_string(hide_password=False)
    refused(efface("-v", "scan", "--db", given, "--json"), 4, "password is wrong")
    refused(efface("scan", "--json", env={"EFFACE_DB": given}), 4, "password is wrong")


def test_a_server_that_does_not_answer(efface):
    url = f"postgresql+psycopg://u:{PASSWORD}@127.0.0.1:1/d"
    refused(efface("scan", "--db", url, "--json"), 4, "does not answer")


def test_a_locked_database_is_not_waited_for_long(efface, customers):
    holder = sqlite3.connect(make_url(customers).database or "", isolation_level=None)
    try:
        holder.execute("begin exclusive")
        refused(efface("scan", "--db", customers, "--json"), 4, "locked")
    finally:
        holder.close()


def test_the_same_people_are_found_on_every_database(efface, live_url):
    engine = create_engine(live_url)
    with engine.begin() as connection:
        connection.execute(text("create table client (id integer primary key, who varchar(60))"))
        names = ["Anna Schmidt", "John Miller", "Marie Dubois", "Peter O'Neill", "Li Wang"]
        rows = [{"n": n, "who": f"{names[n % 5]}"} for n in range(50)]
        connection.execute(text("insert into client values (:n, :who)"), rows)
    engine.dispose()
    result = efface("scan", "--db", live_url, "--pack", "none", "--json")
    assert result.exit_code == 0, result.stderr
    found = {c["column"]: c for c in json.loads(result.stdout)["columns"]}
    assert found["who"]["entity"] == "PERSON"
    assert found["id"]["personal"] == "none"


# -- files ----------------------------------------------------------------------------------


def test_a_missing_output_folder_is_found_before_the_work(efface, customers, tmp_path):
    begun = time.monotonic()
    result = efface("scan", "--db", customers, "-o", tmp_path / "no" / "scan.json")
    refused(result, 2, "no folder", "scan.json")
    assert time.monotonic() - begun < 1
    assert not (tmp_path / "no").exists()


def test_an_output_that_is_no_file_is_refused(efface, customers):
    refused(efface("scan", "--db", customers, "-o", "/dev/null"), 2, "/dev/null")


def test_a_scan_must_go_somewhere(efface, customers):
    refused(efface("scan", "--db", customers), 2, "-o scan.json")


@pytest.fixture
def scanned(efface, customers, tmp_path) -> Path:
    path = tmp_path / "scan.json"
    result = efface("scan", "--db", customers, "--pack", "none", "-o", path)
    assert result.exit_code == 0, result.stderr
    return path


def test_files_are_for_their_owner_only_and_nothing_else_is_left(scanned):
    assert stat.S_IMODE(scanned.stat().st_mode) == 0o600
    assert [p.name for p in scanned.parent.iterdir() if p.is_file()] == ["scan.json"]


def test_what_a_scan_says_goes_to_stdout_or_to_the_file_alike(efface, customers, scanned):
    result = efface("scan", "--db", customers, "--pack", "none", "--json")
    told, kept = json.loads(result.stdout), json.loads(scanned.read_text())
    for one in (told, kept):  # the second scan may begin in another second
        one["created"] = ""
        for table in one["tables"]:
            table.pop("read", None)
    assert told == kept
    assert "1 identify a person directly" in result.stderr


def limit_file_sizes() -> None:
    """Stand for a full disk, in a child process."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


@pytest.mark.parametrize("name", ["audit.xlsx", "audit.json", "audit.txt"])
def test_a_full_disk_loses_nothing(process, scanned, name):
    old = scanned.with_name(name)
    old.write_text("what was there before")
    env = {"PYTHONDONTWRITEBYTECODE": "1"}  # half a compiled module would stay
    result = process("audit", scanned, "-o", old, env=env, preexec_fn=limit_file_sizes)
    refused(result, 2, "cannot write", name)
    assert old.read_text() == "what was there before"
    assert sorted(p.name for p in scanned.parent.iterdir() if p.is_file()) == [name, "scan.json"]


def test_a_disk_that_fills_up_during_a_scan_is_said_to_be_full(tmp_path):
    def full(*_how: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    partial = Partial(tmp_path / "scan.json", say=print)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", full)
        with pytest.raises(
            Misconfigured, match=r"cannot write '.*scan.json.part': the disk is full"
        ):
            partial.begin("key")


def test_a_disk_that_fills_up_at_the_end_loses_nothing(efface, customers, scanned, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    before = scanned.read_text()
    refused(efface("scan", "--db", customers, "-o", scanned), 2, "disk is full")
    assert scanned.read_text() == before
    left = sorted(p.name for p in scanned.parent.iterdir() if p.is_file())
    assert left == ["scan.json", "scan.json.part"]  # what was found: the same command goes on


def test_a_full_stdout_is_said(process):
    with Path("/dev/full").open("w") as full:
        result = process("rules", stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert result.returncode == 2
    assert result.stderr == (
        "efface: cannot write the output: the disk is full, or a limit on file sizes is reached\n"
    )


def test_a_reader_that_leaves_is_no_fault(tmp_path):
    script = f"{sys.executable} -m scanner rules --json | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=Path(__file__).parents[1], capture_output=True, text=True
    )
    assert done.stderr == ""
    assert done.stdout in {"{141\n", "{0\n"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.json", None, "no file"),
        ("broken.json", b"{", "not valid JSON"),
        ("binary.json", b"\xff\xfe\x00", "not a text file"),
        ("other.json", b'{"version": 99}', "version 1"),
        ("missing.xlsx", None, "no file"),
        ("scan.doc", b"", "cannot be read back"),
    ],
)
def test_files_that_are_no_scan_are_refused(efface, tmp_path, name, content, words):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    refused(efface("audit", path), 2, words)


# -- decisions ------------------------------------------------------------------------------


def test_what_is_undecided_is_a_no(efface, scanned, tmp_path):
    result = efface("audit", scanned, "--check")
    assert result.exit_code == 1
    assert "customer.e_mail: no decision yet" in result.stderr
    workbook = tmp_path / "audit.xlsx"
    assert efface("audit", scanned, "--decide", "suggested", "-o", workbook).exit_code == 0
    assert efface("audit", workbook, "--check").exit_code == 0


def test_decisions_are_carried_over(efface, scanned, tmp_path):
    old, new = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    assert efface("audit", scanned, "--decide", "suggested", "-o", old).exit_code == 0
    assert efface("audit", scanned, "--previous", old, "--check", "-o", new).exit_code == 0


def test_without_a_file_the_report_is_printed(efface, scanned):
    result = efface("audit", scanned)
    assert result.exit_code == 0
    assert "e_mail" in result.stdout
    assert "person1@example.com" not in result.stdout


def test_fail_on_is_a_no_after_the_file_is_written(efface, customers, tmp_path):
    path = tmp_path / "scan.json"
    result = efface("scan", "--db", customers, "--pack", "none", "--fail-on", "direct", "-o", path)
    assert result.exit_code == 1
    assert "efface: 1 columns identify a person directly" in result.stderr
    assert path.exists()


# -- options --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["scan", "--nonsense"],
        ["nonsense"],
        ["scan"],
        ["scan", "--sample", "none", "--db", "sqlite://", "--json"],
        ["audit"],
        ["scan", f"postgresql://u:{PASSWORD}@h/d", "--db", "sqlite://"],
        ["scan", f"--nonsense=postgresql://u:{PASSWORD}@h/d"],
        ["--config", "missing.toml", "rules"],
    ],
)
def test_wrong_usage_is_one_sentence(efface, words):
    refused(efface(*words), 2)


def test_no_command_shows_the_help(efface):
    result = efface()
    assert result.exit_code == 2
    assert "efface demo --full-tour" in result.stderr


def test_with_json_errors_are_json(efface):
    for words in (["rules", "nonsense", "--json"], ["scan", "--json", "--nonsense"]):
        result = efface(*words)
        told = json.loads(result.stderr)
        assert told["status"] == result.exit_code == 2
        assert "nonsense" in told["error"]


@pytest.mark.parametrize("script", ["bash_source", "zsh_source", "fish_source"])
def test_the_shell_can_complete(process, script):
    done = process(env={"_EFFACE_COMPLETE": script})
    assert done.returncode == 0
    assert "efface" in done.stdout


def test_completion_knows_the_commands(process):
    env = {"_EFFACE_COMPLETE": "bash_complete", "COMP_WORDS": "efface sc", "COMP_CWORD": "1"}
    assert process(env=env).stdout == "plain,scan\n"


# -- efface.toml ----------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("db = ", "not valid TOML"),
        ('[scna]\npack = "none"', "no command 'scna'"),
        ('[scan]\npcak = "none"', "[scan] has no option 'pcak'"),
        ("[scan]\nsample = [1]", "[scan] 'sample' needs one text or number"),
        ('[scan]\nfull = "yes"', "[scan] 'full' needs true or false"),
        ("[scan]\nskip = [1.5, true]", "[scan] 'skip' needs a list of texts"),
        ("[scan]\njson = true", "'json' is given on the command line only"),
        ('pack = "none"', "'pack' belongs under a command"),
        ("scan = 1", "'scan' belongs under a command"),
    ],
)
def test_a_broken_settings_file_is_refused(efface, here, content, words):
    (here / "efface.toml").write_text(content)
    refused(efface("rules"), 2, "efface.toml", words)


def test_all_faults_of_a_settings_file_are_listed_at_once(efface, here):
    (here / "efface.toml").write_text("one = 1\n[scan]\ntwo = 2\n[three]\nfour = 4")
    refused(efface("rules"), 2, "'one'", "'two'", "'three'")


def test_commit_can_not_be_a_default(here):
    @click.group()
    def program() -> None:
        """Stand in for ours."""

    @program.command()
    @click.option("--commit", is_flag=True)
    def erase(commit: bool) -> None:
        """Stand in for ours."""

    (here / "efface.toml").write_text("[erase]\ncommit = true")
    with pytest.raises(Misconfigured, match="command line only"):
        _config.defaults(click.Context(program), program, None)


def test_flag_comes_before_environment_before_settings_before_default(efface, here, customers):
    missing = f"sqlite:///{here}/%s.sqlite"
    flag = ["--db", customers]
    scan = ["scan", "--pack", "none", "--json"]
    assert efface(*scan).exit_code == 2
    (here / "efface.toml").write_text(f'db = "{customers}"\n[scan]\nseed = 7')
    result = efface(*scan)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["options"]["seed"] == 7
    environment = {"EFFACE_DB": missing % "environment"}
    assert efface(*scan, env=environment).exit_code == 4
    assert efface(*scan, *flag, env=environment).exit_code == 0
    result = efface(*scan, "--seed", "8")
    assert json.loads(result.stdout)["options"]["seed"] == 8


def test_help_does_not_show_the_password_of_the_settings(efface, here):
    (here / "efface.toml").write_text(f'db = "mysql://u:{PASSWORD}@h/d"')
    result = efface("scan", "--help")
    assert result.exit_code == 0
    assert PASSWORD not in result.output


def test_settings_can_be_named(efface, here):
    (here / "mine.toml").write_text("[nonsense]\na = 1")
    refused(efface("--config", "mine.toml", "rules"), 2, "mine.toml", "nonsense")


# -- faults of ours -------------------------------------------------------------------------


class BrokenError(Exception):
    pass


@pytest.fixture
def broken(monkeypatch):
    """Let ``efface rules`` end in an error of one's choice."""

    def choose(error: BaseException) -> None:
        def listing(_name: object) -> None:
            raise error

        from scanner.cli import rules

        monkeypatch.setattr(rules, "_listing", listing)

    return choose


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Negative("a is b"), 1, "a is b"),
        (Misconfigured("a is b"), 2, "a is b"),
        (Refused("a is b"), 3, "a is b"),
        (Stale("a is b"), 3, "a is b"),
        (DatabaseFailed("a is b"), 4, "a is b"),
        (KeyboardInterrupt(), 130, "interrupted; nothing was committed"),
        (click.Abort(), 130, "interrupted; nothing was committed"),
        (FileNotFoundError(errno.ENOENT, "No such file", "x.toml"), 2, "'x.toml': no such file"),
        (BrokenError("Ann Lee"), 70, "(BrokenError at scanner.cli.rules:"),
        (MemoryError(), 70, "(MemoryError at scanner.cli.rules:"),
    ],
    ids=lambda v: type(v).__name__ if isinstance(v, BaseException) else None,
)
def test_every_error_has_its_status_and_shows_no_values(efface, broken, error, status, words):
    broken(error)
    line = refused(efface("rules"), status, words)
    assert "Ann Lee" not in line


def test_an_interrupted_commit_is_not_called_undone():
    for error in (KeyboardInterrupt(), BrokenError()):
        told, _ = _faults.explain(error, ["erase", "--commit"])
        assert "efface log" in told
        assert "nothing was committed" not in told


def test_a_traceback_is_shown_only_with_a_warning(efface, broken):
    broken(BrokenError(f"mysql://u:{PASSWORD}@h"))
    result = efface("rules", env={"EFFACE_DEBUG": "1"})
    assert result.exit_code == 70
    assert "can hold personal data" in result.stderr.splitlines()[0]
    assert "Traceback" in result.stderr
    assert PASSWORD not in result.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_process_in_one_sentence(number, tmp_path):
    script = "import scanner.cli.rules as r, sys, time\n"
    script += "r._listing = lambda n: (print('ready', flush=True), time.sleep(60))\n"
    script += "from scanner.cli import main\nsys.argv = ['efface', 'rules']\nmain()"
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    _, told = process.communicate(timeout=30)
    assert told == "efface: interrupted; nothing was committed\n"
    assert process.returncode == 130


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://ann:{}@host:5432/db",
        "mysql://ann:{}@host/db?charset=utf8",
        "mssql+pyodbc://:{}@host",
        "oracle://ann:{}@h in the middle",
    ],
)
@pytest.mark.parametrize("password", [PASSWORD, "a@b", "a:b/c@d", "p w", "%40"])
def test_passwords_are_blanked(url, password):
    hidden = _faults.hide_password(f"see ({url.format(password)})")
    assert password not in hidden
    assert ":***@h" in hidden


def test_the_version(efface):
    assert re.fullmatch(r"efface, version \S+\n", efface("--version").stdout)


# -- talk -----------------------------------------------------------------------------------


def test_verbose_shows_our_log_and_nobody_elses(efface, broken, monkeypatch):
    def listing(_name: object) -> dict[str, list[object]]:
        logging.getLogger("scanner.rulebook").debug("looked at %d rules", 3)
        logging.getLogger("reports").info("wrote")
        logging.getLogger("presidio-analyzer").warning("Ann Lee")
        logging.getLogger("sqlalchemy.engine").error("Ann Lee")
        return {}

    from scanner.cli import rules

    monkeypatch.setattr(rules, "_listing", listing)
    quiet, talking = efface("rules"), efface("-v", "rules")
    assert quiet.stderr == ""
    assert "scanner.rulebook: looked at 3 rules" in talking.stderr
    assert "reports: wrote" in talking.stderr
    assert "Ann Lee" not in talking.stderr
    assert efface("rules").stderr == ""


def test_progress_is_silent_without_a_terminal(capsys):
    with _progress.shown() as progress:
        progress.begin("columns", 3)
        progress.advance(1, "customer: 40 rows")
    captured = capsys.readouterr()
    assert captured.err == captured.out == ""


def test_progress_at_a_terminal_shows_done_total_and_remark(capsys, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with _progress.shown() as progress:
        progress.advance(1)
        progress.begin("columns", 3)
        progress.advance(2, "[dbo].customer: 40 rows")
        progress.begin("rows", 5)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "rows" in captured.err
    assert "\x1b[3" not in captured.err


def test_a_draft_is_removed_whatever_happens(tmp_path):
    def write_half() -> None:
        with _output.replacing(tmp_path / "x.txt") as draft:
            draft.write_text("half")
            raise BrokenError

    with pytest.raises(BrokenError):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_written_through(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    _output.write_text(link, "new")
    assert real.read_text() == "new"
    assert link.is_symlink()


# -- rules ----------------------------------------------------------------------------------


def test_the_shipped_rules_do_what_they_say(efface):
    assert "all rules do what they say" in efface("rules", "--check").stdout


def test_rules_are_listed_as_json(efface):
    told = json.loads(efface("rules", "--json").stdout)
    assert "EMAIL_ADDRESS" in {r["entity"] for r in told["recognizers"]}
    assert {s["name"] for s in told["strategies"]} >= {"redact", "scrub", "null"}


def test_strategies_are_explained(efface):
    assert "redact" in efface("rules", "--strategies").stdout


def test_a_rule_that_does_not_do_what_it_says_is_refused(efface, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[recognizer]]\nname = "x"\nentity = "X"\npattern = "a+"\nweight = 0.5\n'
        'matches = ["b"]\nrejects = ["aa"]\n'
    )
    refused(efface("rules", path), 2, "example 1 of matches", "example 1 of rejects")


def test_a_rule_file_that_is_not_there(efface):
    refused(efface("rules", "mine.toml"), 2, "mine.toml")


# -- demo -----------------------------------------------------------------------------------


def test_a_demo_overwrites_nothing(efface, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    refused(efface("demo", tmp_path), 2, "not empty")
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_the_help_tells_the_defaults_of_the_demo(efface):
    told = " ".join(efface("demo", "--help").stdout.split())
    values = {n: p.default for n, p in inspect.signature(demo.create).parameters.items()}
    for name in ("cases", "contacts", "seed"):
        assert re.search(rf"--{name} [^(]*\({values[name]}\)\.", told), name


def test_a_demo_can_be_scanned(efface, tmp_path):
    folder = tmp_path / "demo"
    built = efface("demo", folder, "--cases", 20, "--contacts", 10)
    assert built.exit_code == 0, built.stderr
    assert sorted(p.name for p in folder.iterdir()) == ["demo.sqlite", "truth.json"]
    assert "next: efface scan --db sqlite:///" in built.stderr


TOUR = ("--cases", 12, "--contacts", 14)


@pytest.mark.no_cover  # what other tests do, one after the other
def test_what_the_full_tour_did_is_true(efface, once, live_url, tmp_path, capsys):
    """Scored against the truth: found wholly, erased wholly, and nobody else was touched."""
    before, after = once("tour", lambda folder: efface("demo", folder, *TOUR)), tmp_path / "after"
    toured = efface("demo", after, *TOUR, "--db", live_url, "--full-tour")
    assert toured.exit_code == 0, toured.stderr
    lines = toured.stderr.splitlines()
    for stage in ("scan", "audit", "plan", "erase", "verify", "log"):
        assert any(line.startswith(f"$ efface {stage} ") for line in lines), stage
    for word in ("found", "decided", "erased", "verified", "files", "go on"):
        assert any(line.startswith(word) for line in lines), word
    truth = ["--truth", str(after / "truth.json"), "--json"]
    assert score_demo.main([*truth, "--scan", str(after / "scan.json")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["all"]["recall"] == 1.0
    assert found["all"]["precision"] >= 0.97
    assert found["not_listed"] == []
    old = str(before / "demo.sqlite")
    assert score_demo.main([*truth, "--before", old, "--after", live_url]) == 0
    erased = json.loads(capsys.readouterr().out)
    assert not erased["broken"]
    assert not erased["damage"]
    assert not erased["missing"]
    waiting = json.loads((after / "plan.json").read_text())["reviews"]
    listed = {f"{r['table']}.{r['column']}" for r in waiting}
    left = {place.split()[-2] for place in erased["left"] if "strong" in place}
    assert left <= listed
