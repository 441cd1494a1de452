"""Decisions about columns: suggested by the policy, carried over, checked. Values in, values out.

The policy is ``rules/policy.toml``; a pack's word about a column comes before it. A suggestion
decides nothing: ``undecided`` lists what people still have to say.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from scanner import differ, rulebook, strategies
from scanner.errors import Misconfigured
from scanner.model import KEEP, Audit, ColumnRef, Decision, Finding, Personal, Scan, TableRef
from scanner.rulebook import Pack

POLICY = "policy"
"""Who has decided where nobody looked: stands in a decision's ``by``."""

SUGGESTED = "suggested"
"""What may be decided for a whole table besides a decision: for each column what is suggested."""

FOR_TABLE = "for the whole table"
"""How the note of a decision begins that was made for a table, not for the column."""

SECTIONS: dict[str, Collection[str] | None] = {
    "personal": ("direct", "quasi", "free_text", "unknown", "none"),
    "entity": None,
    "not_text": ("direct", "quasi", "free_text", "unknown", "none"),
}
"""The tables of a policy and their keys; None lets any in."""

_TEXT = re.compile(r"CHAR|CLOB|TEXT|STRING|JSON|XML|\bLONG\b|\bNULL\b|^$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the policy proposes for a column, and why."""

    choice: str
    why: str


NAMES = Suggestion(KEEP, "names the people that rows belong to: changed, it would lose them")
"""What is proposed for keys of people that say who they are, such as logins."""


def suggest(finding: Finding, declared_choice: str = "") -> Suggestion:
    """Propose a decision: the pack's, else the policy's by entity, else by what the column is."""
    if declared_choice:
        return Suggestion(declared_choice, "the pack says so")
    policy = _policy()
    if finding.personal == "none":
        return policy["personal"]["none"]
    if found := policy["entity"].get(finding.entity):
        return found
    if not is_text(finding.type) and (found := policy["not_text"].get(finding.personal)):
        return found
    return policy["personal"][finding.personal]


def suggestion(finding: Finding, pack: Pack | None) -> Suggestion:
    """Propose a decision with what ``pack`` says of the column, if there is a pack."""
    if pack is None:
        return suggest(finding)
    table, column = finding.column.table, finding.column.name
    declared = pack.declared(table, column)
    said = declared.choice if declared else ""
    if not said and needs_decision(finding.personal) and pack.names_people(table, column):
        return NAMES
    return suggest(finding, said)


def defaults() -> dict[str, list[str]]:
    """List for which kinds and entities the policy suggests each decision."""
    listed: dict[str, list[str]] = {}
    for section, said in _policy().items():
        for key, suggested in said.items():
            kind = f"{key.replace('_', ' ')} without text" if section == "not_text" else key
            plain = kind.replace("_", " ") if section == "personal" else kind
            listed.setdefault(suggested.choice, []).append(plain)
    return listed


def is_text(type_name: str) -> bool:
    """Whether a column of this type can hold text; one without a type can."""
    return _TEXT.search(type_name) is not None


def needs_decision(personal: Personal) -> bool:
    """Whether somebody has to decide about such a column; what is not personal is kept."""
    return personal != "none"


def undecided(audit: Audit) -> tuple[Finding, ...]:
    """List the columns that may hold personal data and that nobody has decided about."""
    return tuple(
        f
        for f in audit.scan.columns
        if needs_decision(f.personal) and f.column not in audit.decisions
    )


def decide_suggested(found: Audit | Scan, pack: Pack | None = None, *, when: str = "") -> Audit:
    """Fill every open decision with the suggestion, marked as decided by policy."""
    audit = found if isinstance(found, Audit) else Audit(found, {})
    filled = {
        f.column: _by_policy(f.column, suggestion(f, pack), when or audit.scan.created[:10])
        for f in undecided(audit)
    }
    return replace(audit, decisions={**audit.decisions, **filled})


def spread(
    audit: Audit, tables: Mapping[TableRef, Decision], suggested: Mapping[ColumnRef, str]
) -> Audit:
    """Let decisions about tables count for their open columns; the note says where from.

    A table's choice may be ``SUGGESTED``: then each column gets the choice in ``suggested``, which
    is what people saw; one without stays open. What is not personal stays kept, and what was decided for a column stays.
    """
    made = {}
    for finding in undecided(audit):
        whole = tables.get(finding.column.of)
        if whole is None:
            continue
        choice = suggested.get(finding.column) if whole.choice == SUGGESTED else whole.choice
        if not choice:
            continue
        note = f"{FOR_TABLE}: {whole.note}" if whole.note else FOR_TABLE
        made[finding.column] = Decision(finding.column, choice, whole.by, whole.when, note)
    return replace(audit, decisions={**audit.decisions, **made})


def carry(previous: Audit, scan: Scan) -> Audit:
    """Take over the decisions whose reasons are still what they were when it was decided.

    Raises:
        Misconfigured: the earlier audit is of a database that has nothing in common with this one.

    """
    if previous.decisions and not {f.column for f in scan.columns} & set(previous.decisions):
        raise Misconfigured(
            f"no column that was decided in the earlier audit ({previous.scan.database.name}) is "
            f"in this scan ({scan.database.name}): give an audit of the same database"
        )
    before = {f.column: f for f in previous.scan.columns}
    kept = {
        f.column: decision
        for f in scan.columns
        if (decision := previous.decisions.get(f.column))
        and f.column in before
        and differ.stands(before[f.column], f, decision)
    }
    return Audit(scan, kept)


def check(audit: Audit) -> list[str]:
    """List all that keeps the audit from being planned with, a sentence each."""
    known = {f.column: f for f in audit.scan.columns}
    faults = (
        [_twice(len(audit.scan.columns) - len(known))]
        if len(known) < len(audit.scan.columns)
        else []
    )
    for column, decision in audit.decisions.items():
        finding = known.get(column)
        if finding is None:
            faults.append(
                f"{column}: decided, but not in the scan: scan again or drop the decision"
            )
        elif decision.choice not in (KEEP, *strategies.names()):
            faults.append(f"{column}: no decision {decision.choice!r}: {choices()}")
        elif decision.choice in ("scrub", "scrub_all", "mask") and not is_text(finding.type):
            faults.append(
                f"{column}: {decision.choice} needs text, this is {finding.type}: choose redact, "
                "null or keep"
            )
    faults += [f"{f.column}: no decision yet" for f in undecided(audit)]
    return faults


def choices() -> str:
    """Say what can be decided, for messages."""
    return f"choose one of {', '.join((KEEP, *strategies.names()))}"


def _twice(count: int) -> str:
    return f"columns that stand in the scan twice: {count}: scan again"


def _by_policy(column: ColumnRef, suggested: Suggestion, when: str) -> Decision:
    return Decision(column, suggested.choice, POLICY, when, suggested.why)


@cache
def _policy() -> Mapping[str, Mapping[str, Suggestion]]:
    """Read ``rules/policy.toml``.

    Raises:
        Misconfigured: all that is wrong with it at once.

    """
    raw = rulebook.load(POLICY)
    faults = [f"unknown [{name}]" for name in raw if name not in SECTIONS]
    faults += [f"[{n}] is missing" for n in SECTIONS if not isinstance(raw.get(n), dict)]
    if not faults:
        faults = [fault for name in SECTIONS for fault in _policy_faults(name, raw[name])]
    if faults:
        raise Misconfigured(f"rules/{POLICY}.toml: {'; '.join(faults)}")
    return {
        name: {key: Suggestion(one["choice"], one["why"]) for key, one in raw[name].items()}
        for name in SECTIONS
    }


def _policy_faults(section: str, raw: Mapping[str, Any]) -> list[str]:
    allowed = SECTIONS[section]
    faults = [
        f"[{section}] does not know {key!r}: there are {', '.join(allowed)}"
        for key in raw
        if allowed is not None and key not in allowed
    ]
    if section == "personal":
        faults += [f"[personal] lacks {key!r}" for key in allowed or () if key not in raw]
    for key, one in raw.items():
        if not isinstance(one, dict) or set(one) != {"choice", "why"}:
            faults.append(f"[{section}] {key}: needs choice and why, nothing else")
        elif one["choice"] not in (KEEP, *strategies.names()):
            faults.append(f"[{section}] {key}: no strategy {one['choice']!r}: {choices()}")
    return faults
