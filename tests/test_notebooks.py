"""The notebooks run as they are, and what they show holds nobody's data."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

RUN = """
import sys, nbclient, nbformat
book = nbformat.read(sys.argv[1], 4)
nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute()
nbformat.write(book, sys.argv[2])
"""

PERSONAL = re.compile(r"[\w.]+@[\w.]+\.\w+|\+\d[\d ()-]{7,}|\b\d{3}-\d{4}\b")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_in_the_repository_holds_no_outputs(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [c for c in cells if c.get("outputs") or c.get("execution_count")] == []


@pytest.mark.skipif(not find_spec("nbclient"), reason="nbclient is not installed")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_and_shows_no_values(path: Path, tmp_path: Path) -> None:
    done = tmp_path / "done.ipynb"
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": paths, "MPLBACKEND": "Agg", "IPYTHONDIR": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", RUN, path, done],
        capture_output=True, text=True, check=False, cwd=tmp_path, env=env, timeout=180,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    outputs = [o for c in json.loads(done.read_text())["cells"] for o in c.get("outputs", ())]
    assert outputs
    shown = json.dumps([o.get("text", o.get("data", {}).get("text/plain")) for o in outputs])
    assert PERSONAL.findall(shown) == []
