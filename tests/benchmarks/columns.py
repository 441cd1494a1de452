"""Measure the column verdicts on a labelled set of databases: F1 on direct, labels, time.

    python tests/benchmarks/columns.py [--bench DIR] [--model NAME] [--errors FILE]

``DIR`` (default: ``EFFACE_BENCH``, else ``../shared/bench/dev``) holds ``db/*.sqlite``,
``labels.csv``, ``manifest.csv`` and ``score.py``. No pack is used. Exit status 1 below the floor.
"""

import argparse
import csv
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from scanner.database import connect
from scanner.inspector import DEFAULT, scan
from scanner.model import Finding
from scanner.rulefiles.recognizers import load

FLOOR = 0.85
"""Micro F1 on direct, sure labels only."""

SECONDS = 60

LABELS = {
    "PERSON": "PERSON_NAME",
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "DATE_OF_BIRTH": "DOB",
    "IP_ADDRESS": "IP",
    "SECRET": "PASSWORD/SECRET",
    "LOCATION": "GEO",
    "URL": "URL_PERSONAL",
    "FREE_TEXT": "FREETEXT_PII",
    "CUSTOMER_ID": "NATIONAL_ID",
    "GENDER": "NONE",
    "AGE": "NONE",
    "NRP": "NONE",
    "JOB_TITLE": "NONE",
    "DEVICE_ID": "NONE",
    "": "NONE",
}
"""Our entities in the labels' vocabulary; what is missing has the same name there."""

FAMILIES = load().families
"""National ids and bank accounts of all kinds, which the labels do not tell apart."""

PERSONAL = {"direct": "direct", "free_text": "direct", "quasi": "quasi"}


def main() -> int:
    """Scan, score, print."""
    options = _options()
    databases = sorted((options.bench / "db").glob("*.sqlite"))
    if not databases:
        print(f"no benchmark in {options.bench}: give --bench or EFFACE_BENCH", file=sys.stderr)
        return 2
    rows, start = [], time.perf_counter()
    for path in databases:
        found = scan(connect(f"sqlite:///{path}"), pack=None, model=options.model)
        rows += [_row(path.stem, c) for c in found.columns]
    seconds = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        told = _score(options, rows, Path(folder) / "pred.csv")
    print(told)
    headline = next(line for line in told.splitlines() if "headline" in line)
    f1 = float(re.findall(r"\d\.\d{3}", headline)[2])
    print(f"{len(rows)} columns of {len(databases)} databases in {seconds:.1f} s; F1 {f1:.3f}")
    return 0 if f1 >= FLOOR and seconds < SECONDS else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.environ.get("EFFACE_BENCH", Path(__file__).parents[3] / "shared/bench/dev")
    parser.add_argument("--bench", type=Path, default=default)
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--errors", default="")
    return parser.parse_args()


def _row(database: str, found: Finding) -> list[object]:
    entity = FAMILIES.get(found.entity, found.entity)
    label = LABELS.get(entity, entity)
    personal = PERSONAL.get(found.personal, "no")
    score = found.score if label != "NONE" or personal == "quasi" else 0.0
    return [database, found.column.table, found.column.name, label, score, personal]


def _score(options: argparse.Namespace, rows: list[list[object]], path: Path) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["db", "table", "column", "label", "score", "personal"])
        writer.writerows(rows)
    bench = options.bench
    command = [sys.executable, str(bench / "score.py"), "columns", "--pred", str(path)]
    command += ["--labels", str(bench / "labels.csv"), "--manifest", str(bench / "manifest.csv")]
    command += ["--label-table", *(["--errors", options.errors] if options.errors else [])]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
