"""Fixtures: an empty database of each kind that we run live, for one test.

The suite is to be short on two slow cores. So that it is: what is dear (a demo, a
scan of it, a process that loads the model) is made once and copied, by ``once``; a demo is as small
as the promise allows; a promise that does not depend on the database is kept on SQLite (``embedded``)
and ``live_url`` is for those that do; the command line is run in this process (``efface``) unless the
process is the point; nothing is traced, but by ``make coverage``. ``--durations=30`` tells who breaks
the rule: a test of over five seconds needs a reason.
"""

import gc
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock
from sqlalchemy import URL

from tests import mini
from tests.erasing import Erasure
from tests.servers import NoServerError, empty, fresh_database, server

ROOT = Path(__file__).parents[1]
LIVE = ("sqlite", "postgresql", "mariadb")

SELDOM = (50_000, 20, 20)
"""How many objects are made before the garbage collector comes; a worker stays below 1 GB."""


os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each process compiles all that it imports
sys.dont_write_bytecode = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count coverage once: of the cases of a test with a database the first one is traced.

    Tracing takes as long as what it traces (before Python 3.12). What is not traced can only lower
    the share that is counted. What runs on each kind of database is traced on SQLite; tests that
    are for one server alone are traced.
    """
    databases = {"live_url", *(f"{kind}_url" for kind in LIVE)}
    traced: set[str] = set()
    for item in items:
        case = getattr(item, "callspec", None)
        values = case.params.values() if case else ()
        served = {"postgresql", "mariadb"}.intersection(v for v in values if isinstance(v, str))
        stored = databases.intersection(getattr(item, "fixturenames", ()))
        name = item.nodeid.partition("[")[0]
        if served or (case and stored and name in traced):
            item.add_marker("no_cover")
        else:
            traced.add(name)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what is loaded for good, and come less often.

    It took a fifth of the time: each search makes many objects, and few that refer to each other.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Nor what prepares such a test."""
    return (yield from pytest_runtest_call(item))


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Trace no test that is marked ``no_cover``: in workers pytest-cov goes on tracing it."""
    tracer = sys.gettrace()
    if item.get_closest_marker("no_cover") is None or tracer is None:
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


@pytest.fixture(autouse=True)
def _alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let no setting of the machine in, and nothing out to its user's journal and key.

    Nor let a scan start processes unasked: each loads all that this one has loaded. Not by the
    test's own ``monkeypatch``, which it may undo.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith(("EFFACE_", "_EFFACE_"))]:
            if not name.startswith("EFFACE_TEST_"):
                patch.delenv(name)
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        patch.setattr("scanner.scanning.workers.WORTH", math.inf)
        yield


Once = Callable[[str, Callable[[Path], object]], Path]
"""Gives a folder of that name that was filled once, whichever worker came first."""


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Make what is dear once for all workers, to be copied: ``once("demo", fill)``."""
    root = tmp_path_factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root

    def made(name: str, fill: Callable[[Path], object]) -> Path:
        folder, draft = root / f"once-{name}", root / f"draft-{name}"
        with FileLock(root / f"once-{name}.lock"):
            if not folder.exists():
                shutil.rmtree(draft, ignore_errors=True)  # of one that failed
                draft.mkdir()
                fill(draft)
                draft.rename(folder)
        return folder

    return made


def _server(kind: str) -> Iterator[URL]:
    with ExitStack() as rest:
        try:
            url = rest.enter_context(server(kind))
        except NoServerError as error:
            if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
                pytest.fail(f"CI must test {kind}: {error}", pytrace=False)
            pytest.skip(f"{kind}: {error}")
        yield url


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """A PostgreSQL server: its administrator's URL."""
    yield from _server("postgresql")


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[URL]:
    """A MariaDB server: its administrator's URL."""
    yield from _server("mariadb")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite file."""
    path = tmp_path / "database" / "test.sqlite"
    path.parent.mkdir()
    path.touch()
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def _postgresql_database(postgresql_server: URL) -> Iterator[URL]:
    with fresh_database(postgresql_server) as url:
        yield url


@pytest.fixture
def postgresql_url(_postgresql_database: URL) -> str:
    """An empty PostgreSQL database."""
    empty(_postgresql_database)
    return _postgresql_database.render_as_string(hide_password=False)


@pytest.fixture
def mariadb_url(mariadb_server: URL) -> Iterator[str]:
    """An empty MariaDB database, dropped after the test."""
    with fresh_database(mariadb_server) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(params=LIVE)
def live_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind, one after the other."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


Run = Callable[..., Result]
"""Runs efface in this process; gives click's result with exit_code, stdout and stderr."""

Process = Callable[..., subprocess.CompletedProcess[str]]
"""Runs efface in a process of its own."""


@pytest.fixture
def efface() -> Run:
    """Run the program in-process: ``efface("scan", "--db", url, env={...})``."""

    def run(*words: object, env: dict[str, str] | None = None) -> Result:
        from scanner.cli import main

        return CliRunner().invoke(main, [str(w) for w in words], env=env)

    return run


@pytest.fixture
def process() -> Process:
    """Run the program as a process: ``process("scan", "--db", url, cwd=folder)``."""

    def run(
        *words: object, env: dict[str, str] | None = None, **more: object
    ) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
        command = [sys.executable, "-m", "scanner", *map(str, words)]
        options = {"capture_output": True, "timeout": 300, **more}
        return subprocess.run(command, env=variables, text=True, check=False, **options)

    return run


@pytest.fixture
def erasure(live_url: str, tmp_path: Path) -> Iterator[Erasure]:
    """The small CRM in a database of each kind, ready to erase from."""
    mini.build(live_url)
    made = Erasure(live_url, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def embedded(sqlite_url: str, tmp_path: Path) -> Iterator[Erasure]:
    """The small CRM in SQLite, for promises that do not depend on the database."""
    mini.build(sqlite_url)
    made = Erasure(sqlite_url, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def single(embedded: Erasure) -> Erasure:
    """The same where nobody else is called Ann Lee."""
    for statement in mini.NO_NAMESAKE:
        embedded.write(statement)
    return embedded
