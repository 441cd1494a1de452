"""A subject is named by whatever key its table has: UUIDs, long or negative numbers, texts with zeros."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import create_engine, text

from scanner.journal import Journal
from scanner.records import holds
from tests import mini
from tests.test_scripts import committing, run

UUID = "8107509d-ea14-11f1-8699-02fc00000001"
UUID_TYPE = {"sqlite": "char(36)", "postgresql": "uuid", "mariadb": "uuid"}
LONG_TYPE = {"sqlite": "numeric(19)", "postgresql": "numeric(20)", "mariadb": "decimal(20)"}
LONG = {"sqlite": 9223372036854775807, "postgresql": 10**19 + 7, "mariadb": 10**19 + 7}

PACK = """
[pack]
title    = "people"
known_by = ["people", "notes"]
key      = "id"

[subject]
table   = "people"
holders = ["people"]

[[reach]]
table = "notes"
from  = "people"
by    = "person_id"
to    = "id"
"""

KINDS = ("uuid", "capitals", "zeros", "negative", "long")


def keys(kind: str, server: str) -> tuple[str, object, object, str]:
    """Give a type, the key of who is to be erased, one that looks like it, and how people write it."""
    written = UUID if server == "sqlite" else UUID.upper()  # a text there, which has one case
    return {
        "uuid": (UUID_TYPE[server], UUID, f"{UUID[:-1]}2", written),
        "capitals": ("char(36)", UUID.upper(), f"{UUID[:-1]}2".upper(), UUID.upper()),
        "zeros": ("varchar(12)", "000123", "123", "000123"),
        "negative": ("bigint", -7, 7, "-7"),
        "long": (LONG_TYPE[server], LONG[server], LONG[server] - 1, str(LONG[server])),
    }[kind]


class People:
    """A database of two people with a note each, and the command line about them."""

    def __init__(self, efface, url: str, folder: Path, kind: str, column: str = "") -> None:
        self.efface, self.url, self.folder = efface, url, folder
        made, self.key, self.other, self.written = keys(kind, url.partition(":")[0].split("+")[0])
        self.do(f"create table people (id {column or made} primary key, first_name varchar(80), "
                "last_name varchar(80), email varchar(80))")  # fmt: skip
        self.do(f"create table notes (id integer primary key, person_id {made}, body varchar(400))")
        self.pack = folder / "people.toml"
        self.pack.write_text(PACK)
        self.audit, self.plan = folder / "audit.json", folder / "plan.json"
        self.fill()

    def fill(self) -> None:
        """Write the rows, as a backup would bring them back."""
        for table in ("people", "notes"):
            self.do(f"delete from {table}")
        for number, (key, first, last) in enumerate(
            ((self.key, "Anna", "Bergmann"), (self.other, "Bruno", "Castillo")), start=1
        ):
            mail = f"{first}.{last}@mail.example".lower()
            row = {"k": key, "f": first, "l": last, "m": mail, "n": number}
            self.do("insert into people values (:k, :f, :l, :m)", row)
            row["b"] = f"{first} {last} asks to be called, mail to {mail}."
            self.do("insert into notes values (:n, :k, :b)", row)
        row["b"] = "Said that anna.bergmann@mail.example knows more."
        self.do("insert into notes values (9, :k, :b)", row)

    def do(self, statement: str, values: dict[str, object] | None = None) -> None:
        engine = create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(text(statement), values or {})
        engine.dispose()

    def run(self, *words: object, db: bool = True, status: int = 0):
        place = ("--db", self.url) if db else ()
        found = self.efface(*words, *place)
        assert found.exit_code == status, found.output
        return found

    def log(self, *words: object, status: int = 0):
        return self.run("log", "--pack", self.pack, *words, status=status)

    def audited(self) -> None:
        self.run("scan", "--pack", "none", "-o", self.folder / "scan.json")
        self.run("audit", self.folder / "scan.json", "-o", self.audit, "--decide", "suggested",
                 db=False)  # fmt: skip

    def planned(self, *more: object, key: object = None, status: int = 0):
        named = self.written if key is None else key
        words = ("--subject", named, "--pack", self.pack, "-o", self.plan)
        return self.run("plan", self.audit, *words, *more, status=status)

    def clean(self) -> None:
        """Anna is gone, Bruno is as he was."""
        now = mini.texts(self.url)
        assert not [w for w in ("Anna", "Bergmann", "anna.") if w in now]
        assert "Bruno" in now
        assert "bruno.castillo@mail.example" in now


@pytest.fixture
def people(efface, live_url, tmp_path):
    return lambda kind, **more: People(efface, live_url, tmp_path, kind, **more)


@pytest.mark.parametrize("kind", KINDS)
def test_a_person_is_erased_by_any_key_and_again_after_a_restore(people, kind):
    one = people(kind)
    one.audited()
    located = json.loads(
        one.run("locate", one.audit, "--subject", one.written, "--pack", one.pack, "--json").stdout
    )
    assert str(one.key) in json.dumps(located)
    one.planned()
    assert json.loads(one.plan.read_text())["subject"]["key"] == one.key
    one.log("--hold", one.written, "--until", "2999-01-01", "--why", "claim")
    one.run("erase", one.plan, "--pack", one.pack, status=3)
    one.log("--release", one.written)
    one.log("--open", one.written, "--request", "SR-1", "--received", "2020-01-01")
    assert "SR-1" in one.log("--overdue", status=1).stdout
    one.run("erase", one.plan, "--pack", one.pack, "--commit", "--confirm", one.key)
    one.run("verify", one.plan, "--pack", one.pack)
    one.clean()
    one.log("--overdue")
    one.log("--check")
    one.fill()
    one.run("reapply", "--pack", one.pack, "--commit", "--confirm", "1")
    one.clean()


@pytest.mark.parametrize("kind", KINDS)
def test_a_script_erases_a_person_by_any_key(people, kind, tmp_path):
    one = people(kind)
    one.audited()
    one.planned("--sql", tmp_path / "erase.sql")
    done = run(one.url, committing((tmp_path / "erase.sql").read_text()), tmp_path)
    assert done.returncode == 0, done.stderr
    one.clean()


PURGE = """
[directive]
title  = "people"
root   = "people"
key    = "id"
follow = ["notes.person_id -> people"]
"""


@pytest.mark.parametrize("kind", KINDS)
def test_people_are_purged_by_any_key(people, kind, tmp_path):
    one = people(kind)
    one.audited()
    (tmp_path / "purge.toml").write_text(PURGE)
    (tmp_path / "keys.txt").write_text(f"{one.written}\n")
    how = ("--method", "purge", "--directive", tmp_path / "purge.toml", "--pack", one.pack)
    many = tmp_path / "many.json"
    one.run("plan", one.audit, *how, "--subjects", tmp_path / "keys.txt", "-o", many)
    one.log("--hold", one.written, "--until", "2999-01-01", "--why", "claim")
    one.run("erase", many, "--pack", one.pack, "--commit", "--confirm", "1", status=3)
    one.log("--release", one.written)
    one.run("erase", many, "--pack", one.pack, "--commit", "--confirm", "1")
    one.clean()
    one.fill()
    one.run("plan", one.audit, *how, "--subject", one.written, "-o", one.plan)
    one.run("erase", one.plan, "--pack", one.pack, "--commit", "--confirm", one.key)
    one.clean()


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_requests_takes_any_key(people, kind, tmp_path):
    one = people(kind)
    for suffix in ("csv", "xlsx"):
        words = ("--pack", one.pack, "--queue", tmp_path / f"queue.{suffix}")
        one.run("requests", "open", *words, "--subject", one.written, "--as", "desk", "--commit")
        told = json.loads(one.run("requests", "list", *words, "--json").stdout)["requests"]
        assert [r["subject"] for r in told] == [one.key], suffix


WRONG = [
    "Ann Lee",
    "12.5",
    "1e3",
    "0x7",
    "",
    "9" * 19,
    "9" * 5000,
    "²",
    f"{UUID}0",
    UUID.replace("-", ""),
]


@pytest.mark.parametrize("kind", ["uuid", "negative", "long"])
def test_what_cannot_be_a_key_is_refused_in_a_sentence(people, kind):
    one = people(kind)
    one.audited()
    longer = {"uuid": ["7"], "negative": [str(2**63)], "long": ["9" * 21]}[kind]
    short = [w for w in WRONG if kind != "long" or len(w) != 19]
    text_there = kind == "uuid" and one.url.startswith("sqlite")
    for wrong in () if text_there else [*short, *longer]:
        said = one.planned(key=wrong, status=2).stderr
        assert said.count("a subject is named by its id, a ") == 1
        assert "Ann" not in said
    said = one.planned(key="5" if kind != "uuid" else UUID.replace("8", "9"), status=2).stderr
    assert "people has no such row" in said


@pytest.mark.parametrize(
    ("server", "kind"),
    [("mariadb", "binary(16)"), ("postgresql", "bytea"), ("sqlite", "blob"),
     ("postgresql", "timestamp"), ("postgresql", "double precision")],
)  # fmt: skip
def test_keys_that_nobody_can_type_are_refused_in_a_sentence(
    request, server, kind, efface, tmp_path
):
    url = request.getfixturevalue(f"{server}_url")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"create table people (id {kind} not null, email varchar(80))")
        connection.exec_driver_sql("create unique index i_people on people (id)")
    engine.dispose()
    (tmp_path / "people.toml").write_text(PACK)
    efface("scan", "--db", url, "--pack", "none", "-o", tmp_path / "scan.json")
    efface("audit", tmp_path / "scan.json", "-o", tmp_path / "audit.json")
    done = efface("plan", "--db", url, tmp_path / "audit.json", "--subject", "7", "--pack",
                  tmp_path / "people.toml", "--json")  # fmt: skip
    assert done.exit_code == 2
    assert "holds keys that cannot be typed" in done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_a_domain_is_one_of_what_that_is_made_of(efface, postgresql_url, tmp_path, kind):
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"create domain person as {keys(kind, 'postgresql')[0]}")
    engine.dispose()
    one = People(efface, postgresql_url, tmp_path, kind, column="person")
    one.audited()
    one.planned()
    one.run("erase", one.plan, "--pack", one.pack, "--commit", "--confirm", one.key)
    one.clean()


def test_a_key_is_named_as_its_row_has_it_where_the_database_sees_no_difference(
    efface, mariadb_url, tmp_path
):
    one = People(efface, mariadb_url, tmp_path, "capitals")
    one.audited()
    one.log("--hold", UUID, "--until", "2999-01-01", "--why", "claim")
    assert one.key == UUID.upper()
    one.planned(key=f"{UUID} ")
    assert json.loads(one.plan.read_text())["subject"]["key"] == one.key
    one.run("erase", one.plan, "--pack", one.pack, status=3)


def test_a_spreadsheets_long_number_is_no_key(efface, sqlite_url, tmp_path):
    one = People(efface, sqlite_url, tmp_path, "long")
    words = ("--pack", one.pack, "--queue", tmp_path / "queue.xlsx")
    one.run("requests", "open", *words, "--subject", one.written, "--as", "desk", "--commit")
    book = openpyxl.load_workbook(tmp_path / "queue.xlsx")
    book.worksheets[0]["B2"] = 9.22337203685478e18  # as Excel keeps it
    book.save(tmp_path / "queue.xlsx")
    said = one.run("requests", "list", *words, status=2).stderr
    assert "cell B2 (Subject): spreadsheets round such long numbers" in said


@pytest.mark.parametrize(
    ("written", "key", "same"),
    [
        ("007", 7, True),
        ("-7", -7, True),
        ("7", -7, False),
        ("007", "7", False),
        ("007", "007", True),
        (UUID.upper(), UUID, True),
        (UUID, UUID.upper(), True),
        ("C-7", "C-7", True),
        ("C-7", "c-7", False),
    ],
)
def test_what_people_write_names_a_key_as_the_database_has_it(written, key, same):
    assert holds.fits(written, key) is same


def test_a_hold_on_one_text_of_digits_is_none_on_another(tmp_path):
    book, now = Journal(tmp_path / "journal.jsonl"), "2026-03-01T00:00:00+00:00"
    for key in ("7", "007"):
        holds.hold(book, key, date(2030, 1, 1), "claim", now=now)
    holds.release(book, "007", now=now)
    assert holds.on(book, "7", now)
    assert holds.on(book, "007", now) is None
    holds.release(book, "07", now=now)  # no other hold can be meant
    assert holds.on(book, "7", now) is None
