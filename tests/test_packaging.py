"""Efface works however it is installed, and from wherever it is run."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import servers

ROOT = Path(__file__).parents[1]
SHIPPED = ("scanner", "reports", "rules", "pyproject.toml", "LICENSE", "README.md")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, so that a build leaves no traces in it."""
    folder = tmp_path_factory.mktemp("source")
    for name in SHIPPED:
        path = ROOT / name
        if path.is_dir():
            junk = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(path, folder / name, ignore=junk)
        elif path.exists():
            shutil.copy(path, folder / name)
    (folder / "README.md").touch()
    return folder


def checked(*words: object, cwd: Path | str) -> str:
    done = subprocess.run(
        [str(w) for w in words], cwd=cwd, capture_output=True, text=True, check=False, env=bare()
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def bare() -> dict[str, str]:
    """An environment that does not show the way to the checkout."""
    return {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the backend of this environment: nothing is fetched."""
    out = tmp_path_factory.mktemp("dist")
    checked(sys.executable, "-m", "build", "-w", "--no-isolation", "-o", out, source, cwd="/")
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make virtual environments with our dependencies, but without this checkout."""

    def make(*install: object) -> Path:
        folder = tmp_path_factory.mktemp("venv")
        venv.create(folder)  # ours installs into it
        python = folder / "bin" / "python"
        ours = checked(python, "-c", "import sysconfig as s; print(s.get_path('purelib'))", cwd="/")
        dependencies = tmp_path_factory.mktemp("dependencies")
        _link_dependencies(dependencies)
        Path(ours.strip(), "dependencies.pth").write_text(f"{dependencies}\n")
        pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
        how = ("-q", "--no-deps", "--no-index", "--no-build-isolation")
        checked(*pip, "install", *how, *install, cwd="/")
        return folder / "bin"

    return make


def _link_dependencies(folder: Path) -> None:
    """Link what is installed here, but for efface itself."""
    for site in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for path in Path(site).iterdir():
            if not re.match(r"_?efface|__editable__|pip\b|setuptools|_virtualenv", path.name):
                with_suffix = folder / path.name
                if not with_suffix.exists():
                    with_suffix.symlink_to(path)


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("customers") / "customers.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table customer (id integer primary key, e_mail varchar(80))")
        people = [(n, f"person{n}@example.com") for n in range(40)]
        connection.executemany("insert into customer values (?, ?)", people)
    connection.close()
    return path


def works(command: list[object], customers: Path, cwd: Path | str, version: str) -> None:
    assert "audit.xlsx" in checked(*command, "--help", cwd=cwd)
    assert checked(*command, "--version", cwd=cwd).strip() == f"efface, version {version}"
    assert "EMAIL_ADDRESS" in checked(*command, "rules", cwd=cwd)
    url = f"sqlite:///{customers}"
    found = checked(*command, "scan", "--db", url, "--pack", "none", "--json", cwd=cwd)
    assert '"EMAIL_ADDRESS"' in found


@pytest.fixture(scope="module")
def version() -> str:
    with (ROOT / "pyproject.toml").open("rb") as file:
        told: str = tomllib.load(file)["project"]["version"]
    return told


def test_the_wheel_works_from_anywhere(wheel, environment, customers, version):
    works([environment(wheel) / "efface"], customers, "/", version)


def test_the_wheel_holds_all_data_files_and_nothing_else(wheel, source):
    import zipfile

    held = {n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n}
    wanted = {
        p.relative_to(source).as_posix()
        for top in ("scanner", "reports", "rules")
        for p in (source / top).rglob("*")
        if p.is_file() and p.suffix != ".png"  # a picture for the README
    }
    assert held == wanted


def test_an_editable_install_works_from_anywhere(source, environment, customers, version):
    works([environment("--editable", source) / "efface"], customers, "/", version)


def test_a_bare_checkout_works(source, customers, tmp_path):
    dependencies = tmp_path / "dependencies"
    dependencies.mkdir()
    _link_dependencies(dependencies)
    python: list[object] = ["env", f"PYTHONPATH={dependencies}", sys.executable, "-S", "-m"]
    works([*python, "scanner"], customers, source, "0+checkout")


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_throw_away_server_can_be_started(kind, monkeypatch):
    """The tests' own way to a server where none is running."""
    monkeypatch.delenv(f"EFFACE_TEST_{kind.upper()}", raising=False)
    monkeypatch.setenv("EFFACE_TEST_THROWAWAY", "1")
    try:
        with servers.server(kind) as administrator, servers.fresh_database(administrator) as url:
            assert url.port not in {5432, 3306}
            assert url.host == "127.0.0.1"
    except servers.NoServerError as error:
        pytest.skip(str(error))
