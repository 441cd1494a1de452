"""Measure what is found in running text against labelled spans: precision, recall, F2, time.

    python -m tests.benchmarks.texts [--bench DIR] [--model NAME] [--half develop|held]

``DIR`` (default: ``EFFACE_BENCH``, else ``../shared/bench/dev``) holds ``text/spans.jsonl`` and
``score.py``. A fixed half of the texts is for development, the other is held out; both are
scored, and all together. Exit status 1 below the floor.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from scanner.detectors.annotator import Annotator
from scanner.detectors.by_language import DEFAULT, Language
from scanner.rulefiles import recognizers
from tests.benchmarks.columns import LABELS

FLOOR = 0.82
"""F2 over all texts."""

SEED = 20


def main() -> int:
    """Annotate, score, print."""
    options = _options()
    gold = options.bench / "text" / "spans.jsonl"
    if not gold.exists():
        print(f"no benchmark in {options.bench}: give --bench or EFFACE_BENCH", file=sys.stderr)
        return 2
    texts = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    annotator = Annotator(Language(options.model), recognizers.load())
    start = time.process_time()
    found = annotator.annotate([t["text"] for t in texts])
    seconds = time.process_time() - start
    size = sum(len(t["text"]) for t in texts)
    predicted = {
        t["id"]: [
            {"start": s.start, "end": s.end, "type": LABELS.get(s.entity, s.entity)} for s in f
        ]
        for t, f in zip(texts, found, strict=True)
    }
    f2, parts = 0.0, halves(texts)
    for name in [options.half] if options.half else parts:
        told = _score(options.bench, parts[name], predicted)
        f2 = _f2(told)
        print(f"== {name}\n{told}")
    print(f"{len(texts)} texts, {size} characters in {seconds:.1f} CPU s; F2 {f2:.3f}")
    return 0 if f2 >= FLOOR else 1


def halves(texts: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Part the texts into those to develop with and those held out."""
    names = sorted(t["id"] for t in texts)
    chosen = set(random.Random(SEED).sample(names, len(names) // 2))
    return {
        "develop": [t for t in texts if t["id"] in chosen],
        "held": [t for t in texts if t["id"] not in chosen],
        "all": texts,
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.environ.get("EFFACE_BENCH", Path(__file__).parents[3] / "shared/bench/dev")
    parser.add_argument("--bench", type=Path, default=default)
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--half", choices=("develop", "held", "all"))
    return parser.parse_args()


def _score(bench: Path, texts: list[dict[str, Any]], predicted: dict[str, Any]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        gold, pred = Path(folder) / "gold.jsonl", Path(folder) / "pred.jsonl"
        gold.write_text("".join(json.dumps(t) + "\n" for t in texts), encoding="utf-8")
        lines = (json.dumps({"id": t["id"], "spans": predicted[t["id"]]}) + "\n" for t in texts)
        pred.write_text("".join(lines), encoding="utf-8")
        command = [sys.executable, str(bench / "score.py"), "text"]
        command += ["--gold", str(gold), "--pred", str(pred)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _f2(told: str) -> float:
    line = next(line for line in told.splitlines() if line.startswith("ALL"))
    return float(re.findall(r"\d\.\d{3}", line)[-1])


if __name__ == "__main__":
    sys.exit(main())
