"""A plan is the same in every process: one made here is carried out there."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests import mini
from tests.erasing import noted

SAID = (
    "ann.lee@example.com lives at 12 Elm Street, 78701 Austin, AnnLee or LeeAnn",
    "Ann Lee, Mrs. Lee; Lee (Ann), Annie Lee, born 4 March 1980, +1 512 610 5466",
    "they moved to 12 Elm Street, 78701 Austin",
    "First name: Ann\nLast name: Lee\nsee 610-5466, ann, lee and CUST-00471-2",
)
SCRIPT = """
import sys
from scanner import planner, rulebook
from scanner.database import connect
from tests import mini
engine = connect(sys.argv[1])
made = planner.plan(engine, rulebook.pack("clarify"), mini.audited(engine), sys.argv[2])
sys.stdout.write(made.to_json())
"""


def test_a_plan_does_not_depend_on_the_order_of_sets(single):
    # Two things that stand around the street: in which order they are found must not matter.
    single.write("alter table table_address add column x_zip varchar(20)")
    where = "address = '12 Elm Street', city = 'Austin', x_zip = '78701'"
    single.write(f"update table_address set {where} where objid = 1")
    noted(single, *SAID)
    plans = []
    for seed in ("1", "2", "3", "4", "5"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, single.url, str(mini.ANN)],
            cwd=Path(__file__).parents[1],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        plans.append({k: v for k, v in json.loads(done.stdout).items() if k != "created"})
    assert len(plans[0]["mentions"]) > 1
    assert all(plan == plans[0] for plan in plans)
