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
        self.audit = mini.audited(self.engine, **choices)
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


def noted(erasure, *said, case=3):
    """Put notes into the case of somebody else."""
    engine = create_engine(erasure.url)
    with engine.begin() as connection:
        note = text("insert into table_notes_log values (:n, :said, :case)")
        rows = [{"n": n, "said": s, "case": case} for n, s in enumerate(said, start=500)]
        connection.execute(note, rows)
    engine.dispose()


def asked(plan):
    """Give the places in notes that are asked about, and why."""
    return {
        r.mention.key[0]: r.why
        for r in plan.reviews
        if r.mention.table.name == "table_notes_log" and r.mention.key[0] >= 500
    }


def now(erasure):
    """Give what these notes say now."""
    engine = create_engine(erasure.url)
    with engine.connect() as connection:
        query = "select description from table_notes_log where objid >= 500 order by objid"
        said = [*connection.scalars(text(query))]
    engine.dispose()
    return said
