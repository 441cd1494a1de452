"""However many processes or machines work, and whatever breaks, a scan finds the same."""

import json
import multiprocessing
import os
import pickle
import random
import signal
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from scanner import inspector, sampler
from scanner.database import connect
from scanner.errors import DatabaseFailed, Misconfigured, Refused
from scanner.model import Finding, Scan, Silent
from scanner.scanning import workers
from scanner.scanning.examiner import Unit
from scanner.scanning.partial import Partial

TABLES = 12
PEOPLE = [("Ada", "Lovelace"), ("Grace", "Hopper"), ("Alan", "Turing"), ("Radia", "Perlman")]


def build(url: str) -> str:
    """Make a dozen small tables of people, a copy among them."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for number in range(TABLES):
            name = f"t{number}" if number else "t1_bak"
            connection.exec_driver_sql(
                f"create table {name} (id int, first_name varchar(40), last_name varchar(40), "
                "e_mail varchar(80), remark varchar(200))"
            )
            for key, (first, last) in enumerate(PEOPLE * 5):
                mail = f"{first}.{last}{key}@x{number}.example"
                note = f"we know that {first} {last} was here again"  # only the model can tell
                told = note if number == 5 else f"we wrote to {mail} and again after a week"
                connection.exec_driver_sql(
                    f"insert into {name} values ({key}, '{first}', '{last}', '{mail}', '{told}')"
                )
    engine.dispose()
    return url


@pytest.fixture
def many(sqlite_url: str) -> str:
    return build(sqlite_url)


@pytest.fixture(autouse=True)
def _small_bundles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give workers one table at a time."""
    monkeypatch.setattr(workers, "BUNDLE", 5)


def timeless(found: Scan) -> Scan:
    """Leave out when it was done, which is all that may differ."""
    tables = tuple(replace(t, read="") for t in found.tables)
    return replace(found, created="", tables=tables)


def dated(url: str, **more: Any) -> Scan:
    engine = connect(url)
    try:
        return inspector.scan(engine, pack=None, **more)
    finally:
        engine.dispose()


def run(url: str, **more: Any) -> Scan:
    return timeless(dated(url, **more))


class After(Silent):
    """Do something once, when so many tables are done."""

    def __init__(self, tables: int, act: Callable[[], None]) -> None:
        self.left, self.act = tables, act

    def advance(self, units: int, remark: str = "") -> None:
        if remark:
            self.left -= 1
            if self.left == 0:
                self.act()


@pytest.mark.parametrize(
    ("columns", "rows", "past", "full", "stale", "processes"),
    [
        (1999, None, None, False, False, 1),
        (2000, None, None, False, False, 3),
        (2000, None, "known", False, False, 1),
        (20_000, None, "known", False, False, 3),
        (2000, None, "known", False, True, 3),
        (10, 999_999, None, True, False, 1),
        (10, 1_000_000, None, True, False, 3),
        (10, 1_000_000, None, False, False, 1),
    ],
)
def test_so_many_processes_start_as_pay(
    columns: int,
    rows: int | None,
    past: Any,
    full: bool,
    stale: bool,
    processes: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "WORTH", 2000)  # the suite lets none start unasked
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    work: Any = SimpleNamespace(memory=SimpleNamespace(stale=stale), full=full)
    table: Any = SimpleNamespace(columns=range(columns))
    assert workers.sensible(work, [Unit(table, rows, {}, past)]) == processes


def test_processes_find_the_same_even_when_one_is_killed(many: str) -> None:
    def kill() -> None:
        child = multiprocessing.active_children()[0]
        os.kill(child.pid or 0, signal.SIGKILL)

    alone = run(many)
    assert {c.entity for c in alone.columns} >= {"PERSON", "EMAIL_ADDRESS"}
    assert any(t.copy_of for t in alone.tables)
    assert run(many, jobs=2, progress=After(2, kill)) == alone
    assert multiprocessing.active_children() == []


# -- big tables -------------------------------------------------------------------------------

ROWS = 3400
HERE_AND_THERE = range(100, ROWS, 300)


def enlarge(url: str) -> str:
    """Make a table whose keys lie in two heaps, with columns that are hard to judge by parts."""
    engine = create_engine(url)
    chance = random.Random(3)
    rows = []
    for number in range(ROWS):
        first, last = chance.choice(PEOPLE)
        mail = f"{first}.{last}{number}@example.com".lower()
        rows.append(
            {
                "objid": number + (1 if number < 700 else 2**28),
                "first_name": first,
                "e_mail": mail,
                "x_old": mail if number < ROWS // 2 else f"part {number % 70}",
                "x_rare": f"+44 20 7946 {number:04}" if number in HERE_AND_THERE else None,
                "x_words": f"please write to {mail} about this"
                if number == 2600
                else "it jams after each update",
                "x_code": f"A-{number % 40}",
                "x_empty": None,
            }
        )
    with engine.begin() as connection:
        connection.execute(
            text(
                "create table big (objid bigint, first_name varchar(40), e_mail varchar(80), "
                "x_old varchar(80), x_rare varchar(40), x_words varchar(200), x_code varchar(20), "
                "x_empty varchar(20))"
            )
        )
        connection.execute(text("create unique index ind_objid on big (objid)"))
        names = list(rows[0])
        places = ", ".join(f":{name}" for name in names)
        connection.execute(text(f"insert into big values ({places})"), rows)
    engine.dispose()
    return url


def big(found: Scan) -> dict[str, Finding]:
    return {c.column.name: c for c in found.columns if c.column.table == "big"}


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut tables at a thousand rows."""
    monkeypatch.setattr("scanner.tables.stretches.CELLS", 8 * 1000)


def test_parts_of_a_big_table_say_what_the_whole_says(
    live_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    enlarge(live_url)
    whole = big(run(live_url, full=True))
    monkeypatch.setattr("scanner.tables.stretches.CELLS", 8 * 1000)
    parts = big(run(live_url, full=True))
    for name, column in parts.items():
        same = whole[name]
        assert (column.rows_read, column.values_read) == (ROWS, same.values_read), name
        assert (column.personal, column.entity) == (same.personal, same.entity), name
        assert column.share == pytest.approx(same.share, abs=0.02), name
        assert column.share_low <= same.share <= column.share_high or not column.share
    assert "judged in 4 parts" in parts["first_name"].reason
    assert parts["x_old"].share == whole["x_old"].share == 0.5
    assert parts["x_words"].personal == "free_text"
    assert parts["x_words"].share == round(1 / ROWS, 4)
    assert parts["x_rare"].entity == "PHONE_NUMBER"
    assert parts["x_rare"].values_read == parts["x_rare"].distinct_read == len(HERE_AND_THERE)
    assert parts["x_code"].share_high == pytest.approx(3 / ROWS, abs=1e-4)
    assert parts["x_empty"].status == "empty"


@pytest.mark.usefixtures("small_parts")
def test_a_big_table_is_many_units_and_the_number_of_processes_changes_nothing(
    sqlite_url: str,
) -> None:
    def kill() -> None:
        os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)

    alone = run(enlarge(sqlite_url), full=True)
    progress = After(2, kill)
    assert run(sqlite_url, full=True, jobs=2, progress=progress) == alone
    assert progress.left <= 0
    sampled = run(sqlite_url, sample=2500)
    assert 1900 <= big(sampled)["e_mail"].rows_read < ROWS
    assert "judged in 3 parts" in big(sampled)["e_mail"].reason
    assert run(sqlite_url, sample=2500, jobs=3) == sampled


@pytest.mark.usefixtures("small_parts")
def test_no_more_is_held_than_some_characters(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = run(enlarge(sqlite_url), full=True)
    monkeypatch.setattr("scanner.sampler.HEAVY", 30_000)
    monkeypatch.setattr("scanner.sampler.BATCH", 100)
    names = Names()
    halves = run(sqlite_url, full=True, progress=names)
    assert len(names.read) > 8
    assert {n: (c.personal, c.entity, c.values_read) for n, c in big(halves).items()} == {
        n: (c.personal, c.entity, c.values_read) for n, c in big(alone).items()
    }


@pytest.mark.usefixtures("small_parts")
def test_rows_without_a_key_and_odd_keys_are_read_too(sqlite_url: str) -> None:
    with create_engine(enlarge(sqlite_url)).begin() as connection:
        connection.exec_driver_sql(
            "insert into big (objid, e_mail) values (null, 'x@example.com'), (null, 'y@example.com')"
        )
    assert big(run(sqlite_url, full=True))["e_mail"].values_read == ROWS + 2
    with create_engine(sqlite_url).begin() as connection:
        connection.exec_driver_sql("insert into big (objid, e_mail) values ('A', 'z@example.com')")
    odd = big(run(sqlite_url, full=True))
    assert odd["e_mail"].values_read == ROWS + 3


@pytest.mark.usefixtures("small_parts")
def test_a_part_that_cannot_be_read_fails_its_table(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    enlarge(sqlite_url)
    real = sampler.sample

    def torn(*words: Any, stretch: Any = None, **more: Any) -> Any:
        if stretch and stretch.number == 3:
            raise DatabaseFailed("the database file is damaged; nothing was changed")
        return real(*words, stretch=stretch, **more)

    monkeypatch.setattr(sampler, "sample", torn)
    found = run(sqlite_url, full=True)
    assert {(c.status, c.personal) for c in big(found).values()} == {("failed", "unknown")}
    assert big(found)["e_mail"].reason == "the database file is damaged"


def test_a_database_in_memory_is_scanned_where_it_is() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("create table t (e_mail text)")
        connection.exec_driver_sql("insert into t values ('ada@example.com')")
    found = inspector.scan(engine, pack=None, jobs=2)
    engine.dispose()
    assert found.columns[0].entity == "EMAIL_ADDRESS"


# -- a cluster --------------------------------------------------------------------------------


@pytest.fixture
def cluster(many: str) -> Iterator[Any]:
    """Two workers that find the database in their environment."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=None,
        silence_logs=50,
        env={"EFFACE_DB": many},
    ) as made:
        yield made


@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("small_parts")
def test_a_cluster_finds_the_same_and_refuses_what_it_must(
    cluster: Any, many: str, tmp_path: Path
) -> None:
    from distributed import Client

    enlarge(many)
    address, alone = cluster.scheduler_address, run(many, full=True)
    assert "judged in 4 parts" in big(alone)["first_name"].reason
    with Client(address, set_as_default=False) as client:

        def kill() -> None:
            worker = min(client.run(os.getpid).values())
            os.kill(worker, signal.SIGKILL)

        assert run(many, full=True, dask=address, progress=After(4, kill)) == alone
        client.wait_for_workers(2)
        other = f"sqlite:///{tmp_path / 'test.sqlite'}"
        with create_engine(other).begin() as connection:
            connection.exec_driver_sql("create table t1 (a text)")
        with pytest.raises(Refused, match="names another database"):
            run(other, dask=address)
        client.run(exec, "import os; os.environ.pop('EFFACE_DB')")
        with pytest.raises(Misconfigured, match="has no EFFACE_DB in its environment"):
            run(many, dask=address)


def test_a_cluster_that_is_not_there_is_named(
    many: str, monkeypatch: pytest.MonkeyPatch, efface: Any, tmp_path: Path
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(workers, "PATIENCE", 1)
    done = efface("scan", "--db", many, "--dask", "tcp://127.0.0.1:9", "-o", tmp_path / "scan.json")
    assert done.exit_code == 2
    assert "no Dask scheduler with workers answers at 'tcp://127.0.0.1:9'" in done.stderr


def test_neither_credentials_nor_values_travel_through_a_scheduler(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []

    class Scheduler(ThreadPoolExecutor):
        def submit(self, work: Any, /, *words: Any, **more: Any) -> Future[Any]:
            sent.append(zlib.decompress(words[0]) + pickle.dumps(words[1:]))
            future = super().submit(work, *words)
            sent.append(pickle.dumps(future.result()))
            return future

    @contextmanager
    def cluster(_address: str) -> Iterator[Executor]:
        with Scheduler(1) as made:
            yield made

    url = make_url(build(postgresql_url)).set(password="open-sesame")
    secret = url.render_as_string(hide_password=False)
    monkeypatch.setattr(workers, "_cluster", cluster)
    monkeypatch.setenv("EFFACE_DB", secret)
    enlarge(secret)
    monkeypatch.setattr("scanner.tables.stretches.CELLS", 8 * 1000)
    whole = run(secret, full=True)
    assert "judged in 4 parts" in big(whole)["first_name"].reason
    assert run(secret, dask="there", full=True) == whole
    first = dated(secret)
    assert run(secret, dask="there") == timeless(first)
    again = run(secret, previous=first)
    assert {t.reading for t in again.tables} >= {"reused"}
    assert run(secret, dask="there", previous=first) == again
    traffic = b"".join(sent)
    assert b"first_name" in traffic
    for word in ("sesame", "@x3.example", "hopper5", "perlman", "after a week", "part 7"):
        assert word.encode() not in traffic.lower()
    assert workers.do(b"no parcel", workers.__version__, ()) == []


def test_another_version_on_a_worker_is_said() -> None:
    with pytest.raises(Misconfigured, match=r"a worker has efface .*, not 9\.9"):
        workers.do(b"", "9.9", ())


# -- going on ---------------------------------------------------------------------------------


def interrupt() -> None:
    raise KeyboardInterrupt


def part_of(output: Path) -> Path:
    return output.with_name(f"{output.name}.part")


def interrupted(url: str, output: Path, **more: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(url, partial=Partial(output, say=print), progress=After(5, interrupt), **more)


class Names(Silent):
    """Remember which tables were read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def advance(self, units: int, remark: str = "") -> None:
        self.read += [remark.partition(",")[0]] if remark else []


def test_an_interrupted_scan_goes_on_where_it_was(
    many: str, tmp_path: Path, efface: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    output, whole = tmp_path / "scan.json", run(many)
    interrupted(many, output)
    part = part_of(output)
    assert part.stat().st_mode & 0o777 == 0o600
    assert len(part.read_text().splitlines()) == 1 + 5
    assert "ovelace" not in part.read_text()
    part.write_text(part.read_text() + '{"version": 1, "cut sho')
    names = Names()
    assert run(many, partial=Partial(output, say=print), progress=names) == whole
    assert len(set(names.read)) == len(names.read) == TABLES - 5
    assert "goes on after 5 tables" in capsys.readouterr().out
    done = efface("scan", "--db", many, "--pack", "none", "-o", output)
    assert "goes on after 12 tables" in done.stderr
    assert timeless(Scan.from_json(output.read_text())) == whole
    assert not part.exists()


@pytest.mark.parametrize("change", ["options", "rules", "schema", "fresh"])
def test_anything_else_starts_over(
    change: str, many: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, more = tmp_path / "scan.json", dict[str, Any]()
    interrupted(many, output)
    if change == "options":
        more["seed"] = 7
    elif change == "rules":
        more["rules"] = [tmp_path / "my.toml"]
        (tmp_path / "my.toml").write_text("[vocabulary]\nthings = ['gadget']\n")
    elif change == "schema":
        with create_engine(many).begin() as connection:
            connection.exec_driver_sql("alter table t3 add column more int")
    partial = Partial(output, say=print, fresh=change == "fresh")
    names = Names()
    found = run(many, partial=partial, progress=names, **more)
    assert len(names.read) == TABLES
    assert ("starts over" in capsys.readouterr().out) == (change != "fresh")
    assert found == run(many, **more)


def test_what_could_not_be_read_is_read_again(sqlite_url: str, tmp_path: Path) -> None:
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table good (a text)")
        connection.exec_driver_sql("create table bad (a text, b text as (json(a)))")
        connection.exec_driver_sql("insert into bad values ('{}')")
        connection.exec_driver_sql("pragma ignore_check_constraints = on")
    engine.dispose()
    partial = Partial(tmp_path / "scan.json", say=print)
    run(sqlite_url, partial=partial)
    lines = partial.path.read_text().splitlines()[1:]
    assert [json.loads(line)["tables"][0]["name"] for line in lines] == ["bad", "good"]
