"""What a scan does not need is not loaded, and what it finds is the same."""

import subprocess
import sys

import pytest

from scanner.detectors.by_language import DEFAULT, Language

TEXTS = [
    "Grace Hopper called from Leeds on Monday and asked for Mr Wirth.",
    "Spoke with Radia Perlman (Digital Equipment) about the outage in Boston.",
    "printer jams daily after the update",
]

LOADED = """
import sys
from scanner.detectors.by_language import Language
Language().entities(["Grace Hopper called."])
heavy = {"presidio_analyzer", "weasel", "httpx", "requests", "spacy.cli"} & sys.modules.keys()
print(sorted(heavy))
import spacy.cli
print(callable(spacy.cli.info))
"""


def test_the_model_starts_without_what_finds_nobody() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["[]", "True"]


@pytest.mark.filterwarnings("ignore")
def test_the_model_finds_what_the_whole_model_finds() -> None:
    import spacy

    whole = spacy.load(DEFAULT)
    found = Language().entities(TEXTS)
    for text, spans in zip(TEXTS, found, strict=True):
        assert [(s.start, s.end, s.entity) for s in spans] == [
            (e.start_char, e.end_char, e.label_) for e in whole(text).ents
        ]
    assert any(s.entity == "PERSON" for s in found[0])


def test_presidio_is_not_loaded_where_no_value_asks_for_it() -> None:
    code = (
        "import sys, sqlalchemy\nfrom scanner import inspector\n"
        "engine = sqlalchemy.create_engine('sqlite://')\n"
        "with engine.begin() as c:\n"
        "    c.exec_driver_sql('create table t (word text)')\n"
        "    c.exec_driver_sql(\"insert into t values ('x-1'), ('x-2'), ('y-1')\")\n"
        "inspector.scan(engine, pack=None)\n"
        "print('presidio_analyzer' in sys.modules, 'spacy' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"]
