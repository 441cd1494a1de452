"""What the tests of erasing share: one database with a plan about Ann."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from scanner import planner, rulebook
from scanner.database import connect
from scanner.executor import execute
from scanner.journal import Journal
from scanner.plans import Plan
from tests import mini

PACK = rulebook.pack("clarify")


class Erasure:
    """One database with a plan about Ann."""

    def __init__(self, url: str, folder: Path, **choices: str) -> None:
        self.url = url
        self.engine = connect(url)
        self.audit = mini.audit(url, **choices)
        self.journal = Journal(folder / "journal.jsonl")

    def plan(self, key: int = mini.ANN) -> Plan:
        made = planner.plan(self.engine, PACK, self.audit, str(key))
        return Plan.from_json(made.to_json())

    def run(self, plan: Plan, **options):
        return execute(self.engine, plan, PACK, journal=self.journal, **options)

    def commit(self, plan: Plan, **options):
        return self.run(plan, commit=True, confirm=str(plan.subject[1]), **options)

    def write(self, statement: str) -> None:
        engine = create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()


def refused(kind, work, erasure):
    """Expect a refusal that changes nothing; give what it says."""
    before = mini.dump(erasure.url)
    with pytest.raises(kind) as caught:
        work()
    assert mini.dump(erasure.url) == before
    assert erasure.journal.read() == ()
    return str(caught.value)
