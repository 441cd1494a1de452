"""A re-scan reads what can have changed, says so, and asks about nothing else."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import create_engine, event, text

from scanner import inspector
from scanner.cli import main
from scanner.database import connect, reading, reflect
from scanner.model import Scan
from scanner.tables import counter

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")

SETUP = [
    "create table customer (id integer primary key, e_mail varchar(80), remark varchar(200), "
    "fax varchar(40), shelf varchar(10))",
    "create table parts (id integer primary key, code varchar(20), amount integer)",
    "create table loose (code varchar(20), amount integer)",
]
PEOPLE = [
    {"i": n, "m": f"user{n}@example.com", "r": "left at the door", "s": f"s{n % 4}"}
    for n in range(1, 61)
]


@pytest.fixture
def shop(live_url: str) -> str:
    """A small shop, in a database of each kind."""
    change(live_url, *SETUP)
    engine = create_engine(live_url)
    with engine.begin() as connection:
        connection.execute(text("insert into customer values (:i, :m, :r, null, :s)"), PEOPLE)
        for table in ("parts (code, amount, id)", "loose (code, amount)"):
            marks = ":c, :n, :n" if "id" in table else ":c, :n"
            rows = [{"c": f"P-{n}", "n": n} for n in range(1, 31)]
            connection.execute(text(f"insert into {table} values ({marks})"), rows)
    engine.dispose()
    return live_url


def change(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for one in statements:
            connection.execute(text(one))
    engine.dispose()


class Scanner:
    """Scans one database again and again through the command line."""

    def __init__(self, efface: Any, url: str, folder: Path) -> None:
        self.efface, self.url, self.folder, self.count = efface, url, folder, 0
        self.last: Path | None = None
        self.result: Any = None

    def __call__(
        self, *words: object, status: int = 0, previous: Path | None = None
    ) -> dict[str, str]:
        """Scan, with the scan before as --previous; give how much of each table was read."""
        before = previous or self.last
        self.count += 1
        path = self.folder / f"{self.count}.json"
        more = ["--previous", before] if before else []
        given = ["scan", "--db", self.url, "--pack", "none", *more, *words, "-o", path]
        self.result = self.efface(*given)
        assert self.result.exit_code == status, self.result.stderr
        self.last = path
        return {t["name"]: t["reading"] for t in json.loads(path.read_text())["tables"]}

    @property
    def found(self) -> Scan:
        assert self.last
        return Scan.from_json(self.last.read_text())

    def kind(self, table: str, name: str) -> str:
        return next(
            f.personal
            for f in self.found.columns
            if (f.column.table, f.column.name) == (table, name)
        )

    def changes(self) -> list[tuple[str, str, str, bool]]:
        told = self.efface("diff", self.folder / f"{self.count - 1}.json", self.last, "--json")
        changes = json.loads(told.stdout)["changes"]
        return [(c["what"], c["table"].rpartition(".")[2], c["column"], c["asks"]) for c in changes]


@pytest.fixture
def scan(efface: Any, shop: str, tmp_path: Path) -> Scanner:
    """The shop, scanned once."""
    made = Scanner(efface, shop, tmp_path)
    assert set(made().values()) == {"whole"}
    return made


@pytest.fixture
def local(efface: Any, sqlite_url: str, tmp_path: Path) -> Scanner:
    """The shop in SQLite only, for promises that do not depend on the database."""
    change(sqlite_url, *SETUP)
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("insert into customer values (:i, :m, :r, null, :s)"), PEOPLE)
        connection.execute(text("insert into parts values (1, 'P-1', 3), (2, 'P-2', 4)"))
    engine.dispose()
    made = Scanner(efface, sqlite_url, tmp_path)
    made()
    return made


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """All SQL that is sent."""
    from sqlalchemy import Engine

    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


# -- what is read ---------------------------------------------------------------------------


def test_what_has_not_changed_is_reused_and_says_when_it_was_read(scan: Scanner) -> None:
    before = {t.table: t.read for t in scan.found.tables}
    assert set(scan().values()) == {"reused"}
    assert "3 of 3 tables are as the earlier scan says" in scan.result.stderr
    assert "changed in place do not show" in scan.result.stderr
    assert {t.table: t.read for t in scan.found.tables} == before
    assert all(f.reused for f in scan.found.columns)
    assert scan.changes() == []


def test_no_row_of_an_unchanged_table_is_read(local: Scanner, statements: list[str]) -> None:
    local()
    asked = [s for s in statements if re.search(r"\bFROM\s+\"?customer", s)]
    assert asked
    assert not [s for s in asked if not re.search(r"count\(|max\(", s, re.IGNORECASE)]


def test_a_customisation_is_read_and_nothing_else(scan: Scanner) -> None:
    change(
        scan.url,
        "create table x_club (id integer primary key, mail varchar(80))",
        "insert into x_club values (1, 'ann@example.com'), (2, 'bob@example.com'), "
        "(3, 'eve@example.com'), (4, 'joe@example.com')",
        "alter table parts add x_mail varchar(80)",
        "update parts set x_mail = concat('buyer', id, '@example.com')"
        if "sqlite" not in scan.url
        else "update parts set x_mail = 'buyer' || id || '@example.com'",
        "drop table loose",
        "alter table customer drop column shelf",
    )
    read = scan()
    assert read == {"customer": "reused", "parts": "columns", "x_club": "whole"}
    assert scan.changes() == [
        ("gone column", "customer", "shelf", False),
        ("gone table", "loose", "", False),
        ("new column", "parts", "x_mail", True),
        ("new table", "x_club", "", True),
        ("new column", "x_club", "mail", True),
    ]


def test_new_rows_are_read_beyond_the_last_key_only(local: Scanner, statements: list[str]) -> None:
    change(
        local.url,
        *(f"insert into customer values ({n}, 'a{n}@example.com', 'b{n}@example.com', null, 's1')"
          for n in range(61, 70)),
    )  # fmt: skip
    statements.clear()
    assert local()["customer"] == "rows"
    rows = [s for s in statements if "customer.remark" in s or "substr(customer" in s]
    assert rows
    assert all("WHERE customer.id > ?" in s for s in rows)
    assert local.kind("customer", "remark") == "direct"
    assert ("newly personal", "customer", "remark", True) in local.changes()


def test_rows_that_are_gone_or_squeezed_in_are_seen_in_the_count(scan: Scanner) -> None:
    change(scan.url, "delete from parts where id = 3", "delete from loose where amount = 3")
    assert scan() == {"customer": "reused", "parts": "whole", "loose": "whole"}
    change(scan.url, "insert into parts (id, code, amount) values (3, 'P-9', 9)")
    assert scan()["parts"] == "whole"


def test_an_empty_column_that_was_filled_is_seen(scan: Scanner) -> None:
    change(scan.url, "update customer set fax = '   '")
    assert scan()["customer"] == "reused"
    change(scan.url, "update customer set fax = '+1 212 555 0143'")
    assert scan()["customer"] == "columns"
    assert "fax" in next(t.because for t in scan.found.tables if t.table.name == "customer")


def test_a_changed_type_is_read_again(postgresql_url: str, efface: Any, tmp_path: Path) -> None:
    change(postgresql_url, *SETUP, "insert into parts values (1, 'P-1', 3)")
    scan = Scanner(efface, postgresql_url, tmp_path)
    scan()
    change(postgresql_url, "alter table parts alter code type varchar(99)")
    assert scan()["parts"] == "columns"
    assert [c[:3] for c in scan.changes()] == [("new type", "parts", "code")]
    change(postgresql_url, "comment on column parts.code is 'the e-mail of the buyer'")
    assert scan()["parts"] == "columns"


def test_a_table_too_big_to_count_goes_by_its_highest_key(
    scan: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter, "COUNTED", 10)
    engine = connect(scan.url)
    with reading(engine) as connection:
        tables = {t.name: t for t in reflect(connection).tables.values()}
    keyed = counter.count(engine, tables["customer"], estimate=1000, after=50)
    bare = counter.count(engine, tables["loose"], estimate=1000)
    engine.dispose()
    assert (keyed.rows, keyed.exact, keyed.highest, keyed.beyond) == (1000, False, 60, 10)
    assert (bare.exact, bare.highest) == (False, None)


def test_other_rules_another_pack_or_full_read_everything(local: Scanner, tmp_path: Path) -> None:
    rules = tmp_path / "mine.toml"
    rules.write_text('[[column]]\nentity = "USERNAME"\nweight = 0.6\nwords = ["shelf"]\n')
    assert set(local("--rules", rules).values()) == {"whole"}
    assert local.kind("customer", "shelf") == "direct"
    assert set(local("--rules", rules).values()) == {"reused"}
    assert set(local("--rules", rules, "--full").values()) == {"whole"}
    assert set(local("--rules", rules, "--reread", 0).values()) == {"whole"}
    assert set(local().values()) == {"whole"}
    assert local.kind("customer", "shelf") != "direct"


def test_what_was_read_long_ago_is_read_again(local: Scanner) -> None:
    assert local.last
    raw = json.loads(local.last.read_text())
    for table in raw["tables"]:
        table["read"] = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    local.last.write_text(json.dumps(raw))
    old = local.last
    assert set(local().values()) == {"whole"}
    assert set(local("--reread", 60, previous=old).values()) == {"reused"}


def test_a_scan_of_another_database_is_not_believed(
    local: Scanner, efface: Any, tmp_path: Path
) -> None:
    path = tmp_path / "other.sqlite"
    path.touch()
    change(f"sqlite:///{path}", *SETUP)
    other = Scanner(efface, f"sqlite:///{path}", tmp_path / "database")
    other.last = local.last
    assert set(other().values()) == {"whole"}


def test_a_key_that_is_personal_is_not_written_down(sqlite_url: str) -> None:
    change(
        sqlite_url,
        "create table person (phone_number bigint primary key, shelf varchar(9))",
        *(f"insert into person values ({491710000000 + n * 7919}, 's')" for n in range(40)),
    )
    engine = connect(sqlite_url)
    found = inspector.scan(engine, pack=None)
    engine.dispose()
    assert found.columns[0].personal == "direct"
    assert found.tables[0].highest is None
    assert str(491710000000 + 39 * 7919) not in found.to_json()


# -- decisions ------------------------------------------------------------------------------


def test_decisions_are_carried_over_with_who_and_when_and_asked_again_when_reasons_change(
    local: Scanner, efface: Any, tmp_path: Path
) -> None:
    first, book, second = tmp_path / "1.json", tmp_path / "old.json", tmp_path / "new.json"
    assert efface("audit", first, "--decide", "suggested", "-o", book).exit_code == 0
    raw = json.loads(book.read_text())
    for decision in raw["decisions"]:
        decision |= {"by": "B. Officer", "when": "2026-02-03"}
    book.write_text(json.dumps(raw))
    change(local.url, "update customer set fax = '+1 212 555 0143'",
           "insert into customer values (61, 'x@example.com', 'y@example.com', null, 's')")  # fmt: skip
    local()
    efface("audit", local.last, "--previous", book, "-o", second)
    kept = {d["column"]: (d["by"], d["when"]) for d in json.loads(second.read_text())["decisions"]}
    assert kept["e_mail"] == ("B. Officer", "2026-02-03")
    assert "remark" not in kept
    told = json.loads(efface("diff", book, local.last, "--json").stdout)
    assert {"e_mail"} <= {d["column"] for d in told["carried"]}
    assert all((d["by"], d["when"]) == ("B. Officer", "2026-02-03") for d in told["carried"])
    local("--fail-on", "undecided", status=1, previous=book)
    assert "customer.remark" in local.result.stderr


def test_a_decision_to_erase_stays_where_nothing_personal_is_seen_any_more(
    local: Scanner, efface: Any, tmp_path: Path
) -> None:
    book, second = tmp_path / "old.json", tmp_path / "new.json"
    change(local.url, "update customer set shelf = 'a' || id || '@b.example'")
    local("--full")
    assert efface("audit", local.last, "--decide", "suggested", "-o", book).exit_code == 0
    change(local.url, "update customer set shelf = 's' || (id % 4)")
    local("--full")
    assert local.kind("customer", "shelf") == "none"
    told = efface("diff", book, local.last)
    assert re.search(r"no longer personal: customer\.shelf .*redact .*which stays", told.stdout)
    efface("audit", local.last, "--previous", book, "-o", second)
    kept = {d["column"]: d["choice"] for d in json.loads(second.read_text())["decisions"]}
    assert kept["shelf"] == "redact"


def test_an_erasure_asks_about_no_column_again(local: Scanner) -> None:
    change(local.url, "update customer set e_mail = 'redacted-' || id || '@erased.invalid', "
           "remark = '[REDACTED]' where id > 30", "update customer set e_mail = '[REDACTED]' "
           "where id between 20 and 30")  # fmt: skip
    local("--full")
    assert local.changes() == []
    found = {f.column.name: f for f in local.found.columns if f.column.table == "customer"}
    assert (found["e_mail"].values_read, found["e_mail"].rows_read) == (19, 60)
    assert found["e_mail"].share == 1


# -- schedulers -----------------------------------------------------------------------------


def test_fail_on_new_is_a_no_only_when_something_is_new(local: Scanner) -> None:
    local("--fail-on", "new")
    change(local.url, "alter table parts add x_mail varchar(80)")
    local("--fail-on", "new", status=1)
    assert "parts.x_mail" in local.result.stderr
    local("--fail-on", "new")


def test_what_needs_an_earlier_scan_says_so(local: Scanner, efface: Any, tmp_path: Path) -> None:
    for words in (["--fail-on", "new"], ["--reread", "5"]):
        told = efface("scan", "--db", local.url, *words, "-o", tmp_path / "x.json")
        assert told.exit_code == 2
        assert "--previous" in told.stderr


def test_a_diff_in_words(local: Scanner, efface: Any, tmp_path: Path) -> None:
    change(local.url, "alter table parts add x_mail varchar(80)")
    local()
    told = efface("diff", tmp_path / "1.json", tmp_path / "2.json")
    assert told.stdout.startswith("new column: parts.x_mail (")
    assert told.stdout.count("\n") == 1
    assert "1 changes" in told.stderr


COMMANDS = re.findall(r"\befface(?:\.exe)? ((?:scan|audit|diff) [^\n`]*)", README)
COMMANDS += re.findall(r"-Argument \"([^\"]*)\"", README)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_lines_in_the_readme_can_be_given(command: str, tmp_path: Path) -> None:
    typed = re.split(r" +(?:#|&&)|  ", command)[0]
    name, *words = shlex.split(typed)
    places = [f"{tmp_path}/{w}" if before == "-o" else w for before, w in pairwise(["", *words])]
    found = main.get_command(click.Context(main), name)
    assert found is not None
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("EFFACE_DB", "sqlite:///x.sqlite")
        found.make_context(name, places).close()


def test_the_readme_shows_every_scheduler() -> None:
    given = [c for c in COMMANDS if "--fail-on new" in c]
    assert len(given) == 3


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_units_in_the_readme(tmp_path: Path) -> None:
    units = re.findall(r"(?:^    (?:\[|\w+=).*\n|^\n(?=    \[))+", README, re.MULTILINE)
    text_ = next(u for u in units if "[Timer]" in u)
    service, timer = re.split(
        r"\n(?=    \[Unit\]\n    Description=Look for new personal data every)", text_
    )
    service = service.replace("/usr/local/bin/efface", sys.executable).replace(
        "User=efface", "User=root"
    )
    for name, unit in (("efface-scan.service", service), ("efface-scan.timer", timer)):
        (tmp_path / name).write_text(re.sub(r"^ +", "", unit, flags=re.MULTILINE))
    (tmp_path / "status-mail@.service").write_text("[Service]\nExecStart=/bin/true\n")
    done = subprocess.run(
        ["systemd-analyze", "verify", *tmp_path.glob("efface-scan.*")],
        capture_output=True, text=True, check=False, env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "efface-scan" not in done.stderr, done.stderr
