"""Change dangerous lines, one at a time, in a copy of the code: the tests must notice each.

    python -m tests.benchmarks.mutants [NAME ...]

The list is ``mutants.toml`` beside this file. Only the embedded database is used, but for mutants
that say which other one can notice them. Exit status 1: a mutant lives, or a line that it changes
is no longer there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]

TESTS = ("bystanders", "further", "survey", "erase", "guards", "matching", "attacks", "journal", "faults",
         "ledger", "imports", "restore", "story", "requests_file", "requests")  # fmt: skip
"""The modules of tests that know of erasing, quickest to tell first; a mutant may name others."""

COMMAND = [
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:randomly",
    "--no-header",
    "--tb=no",
    "-k",
]

SERVERS = "not postgresql and not mariadb and not killed"

LIVE = ("survey", "meanwhile")
"""The modules of tests that know what others do to a server's tables meanwhile."""


def main() -> int:
    """Try each mutant."""
    known = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["mutant"]
    chosen = [m for m in known if not sys.argv[1:] or m["name"] in sys.argv[1:]]
    if missing := {*sys.argv[1:]} - {m["name"] for m in chosen}:
        sys.exit(f"no such mutant: {', '.join(sorted(missing))}")
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "build", "__pycache__"))
        living = [m["name"] for m in chosen if _lives(copy, **m)]
    print(f"{len(chosen) - len(living)} of {len(chosen)} died")
    return 1 if living else 0


def _lives(
    copy: Path,
    name: str,
    file: str,
    old: str,
    new: str,
    on: str = "",
    tests: Sequence[str] = (),
) -> bool:
    path = copy / file
    text = path.read_text("utf-8")
    if text.count(old) != 1:
        print(f"gone   {name}: {file} does not hold the line once")
        return True
    path.write_text(text.replace(old, new), "utf-8")
    try:
        killer = _killer(copy, on, tests or (LIVE if on else TESTS))
    finally:
        path.write_text(text, "utf-8")
    print(f"{'died' if killer else 'LIVES':6} {name}{f': {killer}' if killer else ''}", flush=True)
    return not killer


def _killer(copy: Path, on: str, names: Sequence[str]) -> str:
    """Name the first test that fails, ``on`` a server's database; nothing where none does."""
    tests = [str(copy / "tests" / f"test_{t}.py") for t in names]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *COMMAND, on or SERVERS, *tests],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if not failed:
        sys.exit(f"pytest ran no test of {', '.join(names)}: its status is {done.returncode}")
    return failed[0].split("::")[-1].split(" ")[0]


if __name__ == "__main__":
    sys.exit(main())
