"""A contact that is an employee's own is not erased unless the site's pack or directive says so."""

import pytest

import reports
from scanner import errors, planner, rulebook
from scanner.executor import execute
from scanner.plans import Plan
from tests import mini
from tests.erasing import PACK, Erasure
from tests.purging import Purging

OWN = (
    "alter table table_employee add column employee2contact bigint",
    f"update table_employee set employee2contact = {mini.ANN}",
)
PERSON = (
    "create table table_person (objid bigint, person2contact bigint, person2employee bigint)",
    "create unique index ind_person on table_person (objid)",
    f"insert into table_person values (7, {mini.ANN}, 1)",
    f"insert into table_person values (8, {mini.BOB}, null)",
)

LINKED = pytest.mark.parametrize(
    ("statements", "rule"), [(OWN, "employee"), (PERSON, "employee person")]
)

SITES = """
[pack]
extends = "clarify"

[[stop]]
rule   = "employee"
redact = "warn"
"""


def ready(kind, embedded, folder, statements):
    for statement in statements:
        embedded.write(statement)
    embedded.engine.dispose()
    return kind(embedded.url, folder)


@LINKED
def test_an_employees_own_contact_is_a_stop_of_plan_and_rehearsal(
    embedded, tmp_path, statements, rule
):
    erasure = ready(Erasure, embedded, tmp_path, statements)
    plan = erasure.plan()
    assert [(s.rule, s.effect, s.rows) for s in plan.stops if s.rule == rule] == [(rule, "stop", 1)]
    for work in (erasure.run, erasure.commit):
        with pytest.raises(errors.Stopped, match="employee"):
            work(plan)
    assert not [s for s in erasure.plan(mini.BOB).stops if s.rule.startswith("employee")]
    erasure.engine.dispose()


@LINKED
def test_the_stop_says_what_to_write_where_and_that_is_enough(
    efface, embedded, tmp_path, statements, rule
):
    erasure = ready(Erasure, embedded, tmp_path, statements)
    erasure.engine.dispose()
    audit, plan, site = (tmp_path / n for n in ("audit.json", "plan.json", "site.toml"))
    reports.write(erasure.audit, audit)

    def run(command, *words):
        return efface(command, "--db", erasure.url, *words)

    ask = ("plan", audit, "--subject", mini.ANN, "-o", plan)
    journal = ("--journal", tmp_path / "j.jsonl")
    planned = run(*ask)
    assert planned.exit_code == 0
    refused = run("erase", plan, *journal)
    assert refused.exit_code == 3
    for told in (planned.stderr, refused.stderr):
        lines = [line.strip() for line in told.splitlines()]
        start = lines.index("[pack]")
        assert "site.toml" in lines[start - 1]
        end = next(n for n, line in enumerate(lines) if line.startswith("then plan again"))
        site.write_text("\n".join(lines[start:end]))
        done = run(*ask, "--pack", site)
        assert done.exit_code == 0, done.stderr
        assert "stop: " not in done.stderr
        assert "warn: " in done.stderr
        done = run("erase", plan, "--pack", site, *journal, "--commit", "--confirm", mini.ANN)
        assert done.exit_code == 0 or "nothing to do" in done.stderr, done.stderr


def test_the_stop_of_a_purge_says_which_directive_to_extend(embedded, tmp_path):
    purging = ready(Purging, embedded, tmp_path, OWN)
    with pytest.raises(errors.Stopped) as caught:
        purging.commit(purging.plan())
    line = next(x for x in caught.value.lines[1:] if '"employee"' in x)
    assert 'rule = "employee"' in line
    assert "extends purge_case or " in line
    assert not [x for x in caught.value.lines[1:] if "employee" not in x]  # a legal hold stays one
    purging.engine.dispose()


@LINKED
def test_an_employees_own_contact_is_not_purged(embedded, tmp_path, statements, rule):
    purging = ready(Purging, embedded, tmp_path, statements)
    plan = purging.plan()
    assert [(s.rule, s.effect, s.rows) for s in plan.stops if s.rule == rule] == [(rule, "stop", 1)]
    many = purging.many([mini.ANN, mini.BOB])
    assert rule in many.held[str(mini.ANN)]
    assert str(mini.BOB) not in many.held
    purging.engine.dispose()


def test_a_pack_that_extends_ours_changes_one_stop_and_nothing_else(embedded, tmp_path):
    erasure = ready(Erasure, embedded, tmp_path, OWN)
    (tmp_path / "site.toml").write_text(SITES)
    ours = rulebook.pack(str(tmp_path / "site.toml"))
    assert {s.rule: s.redact for s in ours.stops} == {
        **{s.rule: s.redact for s in PACK.stops},
        "employee": "warn",
    }
    assert (ours.reaches, ours.kpis, ours.requests) == (PACK.reaches, PACK.kpis, PACK.requests)
    assert ours.digest != PACK.digest
    made = planner.plan(erasure.engine, ours, erasure.audit, str(mini.ANN))
    plan = Plan.from_json(made.to_json())
    assert ("employee", "warn") in [(s.rule, s.effect) for s in plan.stops]
    assert execute(erasure.engine, plan, ours, journal=erasure.journal).rows
    erasure.engine.dispose()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[pack]\nextends = "clarify"\n[subject]\ntable = "x"', "unknown subject"),
        ('[pack]\nextends = "recognizers"', "a pack that is whole"),
        ('[pack]\nextends = "nobody"', "no rule file"),
        ('[pack]\nextends = "clarify"\nkeys = "id"', "unknown keys"),
        ('[pack]\nextends = "clarify"\n[[stop]]\nrule = "employee"\nredakt = "warn"', "redakt"),
        ('[pack]\nextends = "clarify"\n[[stop]]\nrule = "employee"\nredact = "no"', "redact"),
        ('[pack]\nextends = "clarify"\n[[stop]]\nrule = "x"', "lacks table, why"),
        ('[pack]\nextends = "clarify"\n[[stop]]\nredact = "warn"', "lacks rule"),
    ],
)
def test_what_a_pack_that_extends_another_cannot_say_is_refused(tmp_path, text, told):
    (tmp_path / "site.toml").write_text(text)
    with pytest.raises(errors.Misconfigured, match=told):
        rulebook.pack(str(tmp_path / "site.toml"))
