"""Database servers for the tests: a given one, one that is running here, or a throw-away one.

Only loopback addresses are used, but for a URL that somebody gave. ``EFFACE_TEST_THROWAWAY=1``
starts throw-away servers even where one is running.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, exc, make_url, text

START_SECONDS = 60


class NoServerError(Exception):
    """There is no such server, and none can be started; the text says why."""


@contextlib.contextmanager
def server(kind: str) -> Iterator[URL]:
    """Give an administrator's URL of a server of ``kind``: postgresql or mariadb."""
    if given := os.environ.get(f"EFFACE_TEST_{kind.upper()}"):
        yield make_url(given)
        return
    running = RUNNING[kind]
    if not os.environ.get("EFFACE_TEST_THROWAWAY") and _answers(running):
        yield running
        return
    with contextlib.ExitStack() as rest:
        folder = Path(tempfile.mkdtemp(prefix=f"efface-{kind}-", dir="/tmp"))
        rest.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        yield rest.enter_context(THROWAWAY[kind](folder))


RUNNING = {
    "postgresql": URL.create("postgresql+psycopg", "postgres", None, "127.0.0.1", 5432, "postgres"),
    "mariadb": URL.create(
        *("mariadb+pymysql", "root", None, "127.0.0.1", 3306, "mysql"),
        query={"ssl_disabled": "true"},
    ),
}
"""Where they are expected, in the clear: the driver reads all certificates for each connection."""


@contextlib.contextmanager
def fresh_database(server: URL, *, template: str = "") -> Iterator[URL]:
    """Create a database with a random name; drop it afterwards, whoever still uses it.

    It is empty, or a copy of the database ``template``: on MariaDB of its tables, rows and indexes.
    """
    name = f"efface_test_{secrets.token_hex(6)}"
    backend = server.get_backend_name()
    more = " CHARACTER SET utf8mb4" if backend != "postgresql" else ""
    more += f" TEMPLATE {template}" if template and backend == "postgresql" else ""
    _run(server, f"CREATE DATABASE {name}{more}")
    try:
        if template and backend != "postgresql":
            _copy(server, template, name)
        yield server.set(database=name)
    finally:
        force = " WITH (FORCE)" if backend == "postgresql" else ""
        _run(server, f"DROP DATABASE IF EXISTS {name}{force}")


def _copy(server: URL, source: str, target: str) -> None:
    """Copy the tables of one database of a MariaDB server to another one."""
    listed = "select table_name from information_schema.tables where table_schema = :s and table_type = 'BASE TABLE'"
    with _administering(server) as connection:
        connection.exec_driver_sql("set foreign_key_checks = 0, unique_checks = 0")
        for table in connection.scalars(text(listed), {"s": source}).all():
            connection.exec_driver_sql(f"create table {target}.`{table}` like {source}.`{table}`")
            copied = f"insert into {target}.`{table}` select * from {source}.`{table}`"
            connection.exec_driver_sql(copied)
            connection.exec_driver_sql(f"analyze table {target}.`{table}`")


def empty(url: URL) -> None:
    """Take all out of a PostgreSQL database, a fifth of the time that a new one takes to make."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    made = (
        "SELECT format('DROP EVENT TRIGGER %I', evtname) FROM pg_event_trigger UNION ALL "
        "SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension "
        "WHERE extname <> 'plpgsql' UNION ALL "
        "SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace "
        "WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' UNION ALL "
        "SELECT format('ALTER DATABASE %I RESET ALL', current_database())"
    )
    again = (
        "CREATE SCHEMA public AUTHORIZATION pg_database_owner",
        "GRANT USAGE ON SCHEMA public TO PUBLIC",
    )
    with _administering(url) as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
        while connection.scalar(text(f"SELECT count(*) {others}")):  # what ends keeps its locks
            time.sleep(0.005)
        for statement in (*connection.scalars(text(made)).all(), *again):
            connection.exec_driver_sql(statement)


def _run(server: URL, statement: str) -> None:
    with _administering(server) as connection:
        connection.execute(text(statement))


@contextlib.contextmanager
def _administering(url: URL) -> Iterator[Connection]:
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _engine(server: URL) -> Engine:
    return create_engine(server, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})


def _answers(server: URL) -> bool:
    try:
        _run(server, "SELECT 1")
    except (exc.SQLAlchemyError, ModuleNotFoundError):
        return False
    return True


# -- throw-away servers ---------------------------------------------------------------------


@contextlib.contextmanager
def _postgresql(folder: Path) -> Iterator[URL]:
    initdb, postgres = _binary("initdb"), _binary("postgres")
    user, data = _unprivileged("postgres", folder), folder / "data"
    _call(user, [initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"])
    port = _free_port()
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "fsync": "off"}
    settings = [word for k, v in options.items() for word in ("-c", f"{k}={v}")]
    url = RUNNING["postgresql"].set(port=port)
    command: Words = [postgres, "-D", data, "-p", str(port), *settings]
    with _started(user, command, folder, url, stop=signal.SIGINT):  # SIGTERM waits for clients
        yield url


@contextlib.contextmanager
def _mariadb(folder: Path) -> Iterator[URL]:
    install, daemon = _binary("mariadb-install-db"), _binary("mariadbd", "mysqld")
    user, data = _unprivileged("mysql", folder), folder / "data"
    prepare: Words = [install, "--no-defaults", f"--datadir={data}", "--skip-test-db"]
    _call(user, [*prepare, "--auth-root-authentication-method=normal"])
    port = _free_port()
    command = [daemon, "--no-defaults", f"--datadir={data}", f"--port={port}"]
    command += ["--bind-address=127.0.0.1", f"--socket={folder / 'socket'}"]
    command += [f"--pid-file={folder / 'pid'}", "--innodb-flush-log-at-trx-commit=0"]
    url = RUNNING["mariadb"].set(port=port)
    with _started(user, command, folder, url):
        yield url


THROWAWAY: dict[str, Callable[[Path], contextlib.AbstractContextManager[URL]]] = {
    "postgresql": _postgresql,
    "mariadb": _mariadb,
}

Words = list[str | Path]
User = dict[str, Any]


def _binary(*names: str) -> str:
    """Find a program on the path, and where Debian and Red Hat hide servers."""
    hidden = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    hidden += [Path("/usr/sbin"), Path("/usr/libexec"), Path("/usr/pgsql/bin")]
    path = os.pathsep.join([*map(str, hidden), os.environ.get("PATH", "")])
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    raise NoServerError(f"none is running, and {names[0]} is not installed")


def _unprivileged(preferred: str, folder: Path) -> User:
    """Choose whom a server runs as (servers refuse root), and give the folder to them."""
    if os.geteuid() != 0:
        return {}
    for user in (preferred, "nobody"):
        with contextlib.suppress(LookupError):
            shutil.chown(folder, user)
            return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    raise NoServerError("no server runs as root, and there is no other user")


def _call(user: User, command: Words) -> None:
    done = subprocess.run(
        command, cwd="/", capture_output=True, text=True, check=False, timeout=300, **user
    )
    if done.returncode:
        raise NoServerError(f"{command[0]} failed: {(done.stderr or done.stdout)[-300:]}")


@contextlib.contextmanager
def _started(
    user: User, command: Words, folder: Path, url: URL, *, stop: int = signal.SIGTERM
) -> Iterator[None]:
    """Run a server until the block is done."""
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd="/", stdout=log, stderr=log, **user)
    try:
        end = time.monotonic() + START_SECONDS
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > end:
                told = (folder / "log").read_text(errors="replace")[-300:]
                raise NoServerError(f"{command[0]} does not start: {told}")
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
