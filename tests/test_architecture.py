"""The rules of the house that no type checker sees."""

import ast
import json
import re
import resource
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from scanner import plugins
from scanner.cli import main

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*ROOT.glob("scanner/**/*.py"), *ROOT.glob("reports/**/*.py")])
COMMANDS = tuple(n.replace("_", "-") for n in plugins.names("scanner.cli"))

WRITERS = ("scanner/executor/", "scanner/demo/")
"""Who may change a database: the executor, and the demo its own."""

WRITING_CALLS = {"insert", "update", "delete"}
WRITING_SQL = re.compile(
    r"^\s*(insert\s+into|update\s+\w+\s+set|delete\s+from|merge\s+into|truncate|drop\s|create\s|"
    r"alter\s|replace\s+into|grant\s)",
    re.IGNORECASE,
)
SQL = re.compile(
    r"^\s*(select\s.*\sfrom|with\s.*\sas|insert\s+into|update|delete|drop)\s", re.IGNORECASE
)
"""Not SET and PRAGMA: settings of a session take no bound parameters in some databases."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_imports_point_down():
    done = run("-c", "from importlinter.cli import lint_imports_command as c; c()")
    assert done.returncode == 0, done.stdout + done.stderr


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The string constants of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    talk = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in talk:
            yield node.lineno, node.value


def writes(path: Path) -> list[str]:
    """Find what could change a database: SQLAlchemy's writing constructs, and SQL that writes.

    A construct is imported from sqlalchemy, or called on a table without arguments, which tells
    it from ``dict.update`` and its like.
    """
    found = [f"{line}: {text[:40]!r}" for line, text in texts(path) if WRITING_SQL.match(text)]
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            found += [f"{node.lineno}: {a.name}" for a in node.names if a.name in WRITING_CALLS]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            bare = not node.args and not node.keywords
            module = ast.unparse(node.func.value) in {"sa", "sqlalchemy"}
            ddl = node.func.attr in {"create_all", "drop_all"}
            if ddl or (node.func.attr in WRITING_CALLS and (bare or module)):
                found.append(f"{node.lineno}: {ast.unparse(node)[:60]}")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_only_the_executor_and_the_demo_write(path):
    if not name_of(path).startswith(WRITERS):
        assert writes(path) == []


BAD = """'''Update t set it.'''
from sqlalchemy import delete, select
schema.create_all(engine)
t.update().where(x)
d.update(more)
run('DELETE FROM t')
run(f'select a from {table}')
run('select a from ' + table)
"""


def test_the_searches_find_what_they_are_for(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text(BAD)
    assert [w.partition(":")[0] for w in sorted(writes(path))] == ["2", "3", "4", "6"]
    assert [p.partition(":")[0] for p in pasted(path)] == ["7", "8"]


def pasted(path: Path) -> Iterator[str]:
    """Find SQL whose text is put together from parts that are no constants."""
    for node in nodes(path):
        first: ast.AST | None = None
        if isinstance(node, ast.JoinedStr) and node.values:
            first = node.values[0]
        elif isinstance(node, ast.BinOp) and not isinstance(node.right, ast.Constant):
            first = node.left
        if isinstance(first, ast.Constant) and SQL.match(str(first.value)):
            yield f"{node.lineno}: {ast.unparse(node)[:60]}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_sql_is_pasted_together(path):
    if not name_of(path).startswith("scanner/demo/"):  # it makes the schema of its own database
        assert list(pasted(path)) == []


def test_rules_hold_no_program():
    assert list(ROOT.glob("rules/**/*.py")) == []


def processor_time(*words):
    """Give the least of five processes, as a ratio is taken of it: machines differ."""
    seconds = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run(*words).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds)


def test_help_answers_at_once():
    """It takes little more than the libraries that read a command line; it was 1.8 times."""
    bare = processor_time("-c", "import click, importlib.metadata")
    assert processor_time("-m", "scanner", "--help") < 3 * bare


HEAVY = {
    "sqlalchemy", "pandas", "numpy", "spacy", "presidio_analyzer", "openpyxl", "faker", "rich",
    "phonenumbers", "pydantic",
}  # fmt: skip


@pytest.mark.parametrize("words", [["--help"], *([c, "--help"] for c in COMMANDS)], ids=" ".join)
def test_help_loads_nothing_heavy(words):
    script = (
        "import json, sys\nfrom scanner.cli import main\n"
        "try: main(json.loads(sys.argv[1]))\n"
        "except SystemExit: pass\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    done = run("-c", script, json.dumps(words))
    assert HEAVY & set(json.loads(done.stderr.splitlines()[-1])) == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name):
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help
    assert command.help.splitlines()[0].endswith(".")
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{name} {option.opts[0]} has no help"


def test_every_strategy_explains_itself():
    strategies = pytest.importorskip("scanner.strategies")
    for name, meaning in dict(strategies.describe()).items():
        assert str(meaning).strip(), name


def test_readme_lists_every_command():
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("there is no README yet")
    listed = set(re.findall(r"^\s*(?:\$\s*|\|\s*`?)?efface ([a-z-]+)", readme.read_text(), re.M))
    assert listed >= set(COMMANDS)
    assert listed <= {*COMMANDS}, "README names commands that are not there"


def test_readme_shows_what_is_in_the_folder():
    told = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## Architecture\n")[1]
    shown = set(re.findall(r"\b(\w+(?:\.py|(?=/)))", told.split("\n    reports/")[0]))
    there = {p.name for p in (ROOT / "scanner").iterdir() if p.suffix == ".py" or p.is_dir()}
    hidden = {"__init__.py", "__main__.py", "__pycache__"}
    assert there - hidden == (shown & there), "what is not in README's screen"
    assert shown - there <= {"scanner", "annotator"}, "what README shows and is not there"


def test_each_dangerous_line_that_a_mutant_changes_is_there_once():
    told = (ROOT / "tests/benchmarks/mutants.toml").read_text("utf-8")
    mutants = tomllib.loads(told)["mutant"]
    gone = [
        m["name"] for m in mutants if (ROOT / m["file"]).read_text("utf-8").count(m["old"]) != 1
    ]
    assert gone == []
    assert len({m["name"] for m in mutants}) == len(mutants)
