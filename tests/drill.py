"""Some people more in the small CRM, and how each database is backed up and brought back."""

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from itertools import product
from pathlib import Path

from sqlalchemy import create_engine, insert
from sqlalchemy.engine import URL, make_url

from tests import mini
from tests.examples import TIMES

FIRST_KEY, FIRST_CASE = 268435500, 500

GIVEN = ("Amara", "Bruno", "Chiara", "Dmitri")
FAMILY = ("Okonjo", "Vandermeer", "Lindqvist", "Baptiste", "Kowalczyk", "Moreau")

MANY = min(8 * TIMES, len(GIVEN) * len(FAMILY))
"""How many people: eight, and with ``EFFACE_TEST_EXAMPLES=3`` twenty-four."""


def people() -> list[dict[str, object]]:
    """Invent people, each with a name, a number and an address of their own."""
    found = []
    for number, (family, given) in enumerate([*product(FAMILY, GIVEN)][:MANY]):
        found.append(
            {
                "objid": FIRST_KEY + number,
                "first_name": given,
                "s_first_name": given.upper(),
                "last_name": family,
                "s_last_name": family.upper(),
                "phone": f"+1 415 555 {2100 + number * 37}",
                "e_mail": f"{given}.{family}@mail{number}.example".lower(),
                "x_cust_ref": f"CUST-{70210 + number * 13}",
                "x_dateofbirth": datetime(1960 + number, 1 + number % 12, 3),
            }
        )
    return found


def build(url: str) -> list[dict[str, object]]:
    """Make the small CRM with these people, a case of each, and notes in which they meet."""
    mini.build(url, trigger=False)
    meta, some = mini.schema(), people()
    engine = create_engine(url)
    with engine.begin() as connection:
        for number, who in enumerate(some):
            other = some[(number + 1) % len(some)]
            case = FIRST_CASE + number
            name = f"{who['first_name']} {who['last_name']}"
            rows = {
                "table_contact": {**who},
                "table_case": {
                    "objid": case,
                    "id_number": f"D{case}",
                    "title": f"Line of {name}",
                    "case_history": f"{name} called from {who['phone']}",
                    "creation_time": datetime(2020, 1 + number % 12, 5),
                    "calltype2gbst_elm": 7 + number % 3,
                    "respsvrty2gbst_elm": 11,
                    "respprty2gbst_elm": 12,
                    "casests2gbst_elm": 13,
                    "case_reporter2contact": who["objid"],
                    "case_state2condition": 2,
                },
                "table_notes_log": {
                    "objid": case,
                    "description": f"cc {other['e_mail']} and {other['phone']}, router is back",
                    "case_notes2case": case,
                },
            }
            for table, row in rows.items():
                connection.execute(insert(meta.tables[table]), row)
    engine.dispose()
    return some


def identifiers(some: list[dict[str, object]]) -> list[str]:
    """List what nothing may hold once they are erased."""
    columns = ("last_name", "phone", "e_mail", "x_cust_ref")
    return sorted({str(who[c]) for who in some for c in columns})


def _sqlite_backup(url: URL, folder: Path) -> Path:
    return Path(shutil.copy(str(url.database), folder / "backup.sqlite"))


def _sqlite_restore(_url: URL, backup: Path, folder: Path) -> str:
    return f"sqlite:///{shutil.copy(backup, folder / 'restored.sqlite')}"


def _server(url: URL) -> list[str]:
    return [f"--host={url.host}", f"--port={url.port}", f"--user={url.username}"]


def _run(words: list[str], url: URL, **more: object) -> None:
    secret = {"PGPASSWORD": url.password, "MYSQL_PWD": url.password}
    env = {**os.environ, **{k: str(v) for k, v in secret.items() if v}}
    subprocess.run(words, env=env, check=True, timeout=120, **more)


def _postgresql_backup(url: URL, folder: Path) -> Path:
    path = folder / "backup.dump"
    words = ["pg_dump", *_server(url), "--format=custom", f"--file={path}", str(url.database)]
    _run(words, url)
    return path


def _postgresql_restore(url: URL, backup: Path, _folder: Path) -> str:
    words = ["pg_restore", *_server(url), f"--dbname={url.database}", "--exit-on-error"]
    _run([*words, str(backup)], url)
    return url.render_as_string(hide_password=False)


def _mariadb_backup(url: URL, folder: Path) -> Path:
    path = folder / "backup.sql"
    with path.open("wb") as file:
        _run(["mariadb-dump", *_server(url), "--protocol=tcp", str(url.database)], url, stdout=file)
    return path


def _mariadb_restore(url: URL, backup: Path, _folder: Path) -> str:
    with backup.open("rb") as file:
        _run(["mariadb", *_server(url), "--protocol=tcp", str(url.database)], url, stdin=file)
    return url.render_as_string(hide_password=False)


BACKUP: dict[str, tuple[str, Callable[[URL, Path], Path]]] = {
    "sqlite": ("", _sqlite_backup),
    "postgresql": ("pg_dump", _postgresql_backup),
    "mariadb": ("mariadb-dump", _mariadb_backup),
}
"""How a database is backed up, and the program that it takes."""

RESTORE: dict[str, Callable[[URL, Path, Path], str]] = {
    "sqlite": _sqlite_restore,
    "postgresql": _postgresql_restore,
    "mariadb": _mariadb_restore,
}
"""How a backup is brought back into a new, empty database; gives its URL."""


def backup(url: str, folder: Path) -> Path:
    """Back a database up with what people use."""
    parsed = make_url(url)
    return BACKUP[parsed.get_backend_name()][1](parsed, folder)


def restore(url: str, path: Path, folder: Path) -> str:
    """Bring a backup back, into an empty database where it is a server's."""
    parsed = make_url(url)
    return RESTORE[parsed.get_backend_name()](parsed, path, folder)
