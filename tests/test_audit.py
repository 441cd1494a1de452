"""What the policy suggests, what stays open, and what is carried to the next scan."""

from dataclasses import replace

import pytest

from scanner import audit
from scanner.errors import Misconfigured
from scanner.model import KEEP, Audit, ColumnRef, Database, Decision, Finding, Scan
from scanner.rulebook import Declared


def finding(name, personal, entity="", kind="VARCHAR(30)"):
    return Finding(
        ColumnRef("", "contact", name), kind, "scanned", personal=personal, entity=entity
    )


def scan(*findings):
    return Scan("0", "2026-01-02T03:04:05", Database("sqlite", "x", "f"), "none", (), findings)


class Pack:
    """What the policy asks a pack."""

    def declared(self, table, column):
        return Declared("direct", "PERSON", "token") if column == "first_name" else None

    def names_people(self, table, column):
        return column == "login"


@pytest.mark.parametrize(
    ("personal", "entity", "kind", "choice"),
    [
        ("direct", "PERSON", "VARCHAR(30)", "redact"),
        ("direct", "PHONE_NUMBER", "BIGINT", "redact"),
        ("direct", "SECRET", "VARCHAR(30)", "null"),
        ("direct", "CREDIT_CARD", "VARCHAR(30)", "null"),
        ("quasi", "CITY", "VARCHAR(30)", "redact"),
        ("quasi", "DATE_OF_BIRTH", "DATETIME", "null"),
        ("quasi", "COUNTRY", "VARCHAR(30)", "keep"),
        ("quasi", "REGION", "VARCHAR(30)", "keep"),
        ("quasi", "ORGANIZATION", "VARCHAR(30)", "keep"),
        ("free_text", "FREE_TEXT", "CLOB", "redact"),
        ("unknown", "", "LONG", "scrub"),
        ("unknown", "", "NULL", "scrub"),
        ("unknown", "", "LONGBLOB", "keep"),
        ("unknown", "", "INTEGER", "keep"),
        ("none", "", "VARCHAR(30)", "keep"),
        ("none", "SECRET", "VARCHAR(30)", "keep"),
    ],
)
def test_the_policy_suggests_by_entity_then_by_kind_with_a_reason(personal, entity, kind, choice):
    suggested = audit.suggest(finding("a", personal, entity, kind))
    assert suggested.choice == choice
    assert suggested.why


def test_the_pack_has_the_first_word():
    assert audit.suggest(finding("a", "direct"), "keep").choice == "keep"
    assert audit.suggestion(finding("first_name", "direct", "PERSON"), Pack()).choice == "token"
    assert audit.suggestion(finding("phone", "direct", "PHONE_NUMBER"), Pack()).choice == "redact"


def test_what_names_people_for_their_rows_is_suggested_to_be_kept():
    suggested = audit.suggestion(finding("login", "direct", "USERNAME"), Pack())
    assert (suggested.choice, suggested.why) == (KEEP, audit.NAMES.why)
    assert audit.suggestion(finding("login", "none"), Pack()) == audit.suggest(finding("a", "none"))


def test_only_what_is_not_personal_needs_no_decision():
    found = [finding(p, p) for p in ("direct", "quasi", "free_text", "unknown", "none")]
    waiting = audit.undecided(Audit(scan(*found), {}))
    assert [f.personal for f in waiting] == ["direct", "quasi", "free_text", "unknown"]


def test_suggested_decisions_are_marked_and_leave_those_of_people_alone():
    by_hand = Decision(ColumnRef("", "contact", "a"), "keep", "Ann", "2025-01-01", "why not")
    found = scan(finding("a", "direct"), finding("b", "direct"), finding("c", "none"))
    filled = audit.decide_suggested(Audit(found, {by_hand.column: by_hand}), when="2026-05-06")
    assert filled.decisions[by_hand.column] == by_hand
    made = filled.decisions[ColumnRef("", "contact", "b")]
    assert (made.choice, made.by, made.when) == ("redact", "policy", "2026-05-06")
    assert len(filled.decisions) == 2
    assert not audit.undecided(filled)
    assert audit.check(filled) == []
    assert audit.decide_suggested(found).decisions[made.column].when == "2026-01-02"


def test_decisions_are_carried_with_who_and_when_and_asked_again_when_the_reason_changed():
    old = scan(*(finding(n, "direct", "PERSON") for n in ("same", "moved", "other", "gone")))
    before = audit.decide_suggested(old)
    before = replace(
        before, decisions={c: replace(d, by="Ann") for c, d in before.decisions.items()}
    )
    new = scan(
        finding("same", "direct", "PERSON"),
        finding("moved", "quasi", "PERSON"),
        finding("other", "direct", "SECRET"),
        finding("fresh", "direct", "PERSON"),
    )
    after = audit.carry(before, new)
    assert [c.name for c in after.decisions] == ["same"]
    assert after.decisions[ColumnRef("", "contact", "same")].by == "Ann"
    assert [f.column.name for f in audit.undecided(after)] == ["moved", "other", "fresh"]


def test_check_lists_all_faults_at_once():
    found = scan(
        finding("a", "direct"), finding("n", "quasi", "", "INTEGER"), finding("o", "quasi")
    )
    made = [("a", "burn"), ("n", "scrub"), ("elsewhere", "keep")]
    decided = {(c := ColumnRef("", "contact", n)): Decision(c, choice) for n, choice in made}
    faults = audit.check(Audit(found, decided))
    assert len(faults) == 4
    for fault, word in zip(
        faults, ("'burn'", "needs text", "not in the scan", "o: no"), strict=True
    ):
        assert word in fault


def test_a_scan_that_lists_a_column_twice_is_a_fault():
    twice = scan(finding("a", "none"), finding("a", "none"))
    assert audit.check(Audit(twice, {})) == ["columns that stand in the scan twice: 1: scan again"]


@pytest.fixture
def policy(monkeypatch):
    good = {
        "personal": {p: {"choice": "keep", "why": "x"} for p in audit.SECTIONS["personal"]},
        "entity": {},
        "not_text": {},
    }
    monkeypatch.setattr(audit.rulebook, "load", lambda name: good)
    audit._policy.cache_clear()
    yield good
    audit._policy.cache_clear()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: p.update(other={}), "unknown [other]"),
        (lambda p: p.pop("entity"), "[entity] is missing"),
        (lambda p: p["personal"].pop("quasi"), "[personal] lacks 'quasi'"),
        (lambda p: p["not_text"].update(odd={"choice": "keep", "why": ""}), "does not know 'odd'"),
        (lambda p: p["entity"].update(X={"choice": "burn", "why": ""}), "no strategy 'burn'"),
        (lambda p: p["entity"].update(X={"choice": "keep"}), "needs choice and why"),
    ],
)
def test_a_wrong_policy_is_refused_with_the_place(policy, change, words):
    change(policy)
    with pytest.raises(Misconfigured) as error:
        audit.suggest(finding("a", "direct"))
    assert words in str(error.value)
