"""What changed between two scans, and which decisions still stand. Values in, values out.

A decision stands as long as the reasons that people saw when they made it: what the column is to
a person, its entity, its type, and the share of personal values within its interval. A decision to
erase also stands where nothing personal is seen any more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scanner.model import KEEP, Audit, ColumnRef, Decision, Finding, Scan, TableRef, summarise
from scanner.texts.wording import count

PERSONAL = frozenset({"direct", "quasi", "free_text"})

What = Literal[
    "new table",
    "gone table",
    "new copy",
    "new column",
    "gone column",
    "new type",
    "newly personal",
    "no longer personal",
    "no longer known",
    "now known",
    "other kind",
    "other share",
]

NEWS: frozenset[What] = frozenset({"new table", "new column", "newly personal"})
"""What a scheduler wants to hear of first: something is there that was not, or is personal now."""


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between two scans; ``column`` is empty where it is one of the whole table.

    ``before`` says the decision too that no longer stands; ``asks`` whether people must decide.
    """

    table: str
    column: str
    what: What
    before: str
    after: str
    asks: bool


def diff(old: Audit, new: Audit) -> tuple[Change, ...]:
    """List what changed from ``old`` to ``new``, by table and column; unchanged is not listed."""
    before, after = _by_column(old.scan), _by_column(new.scan)
    known, listed = {c.of for c in before}, {c.of for c in after}
    changes = [*_tables(old, new, known, listed)]
    for where, finding in after.items():
        was = before.get(where)
        if was is None:
            if where.of in known or finding.personal != "none":
                changes.append(
                    _change(where, "new column", "", _told(finding), _asks(finding, new))
                )
            continue
        decided = old.decisions.get(where)
        again = f"; it was decided: {_decided(decided)}" if decided else ""
        if decided and finding.personal == "none" and stands(was, finding, decided):
            again += ", which stays"
        changes += [
            _change(where, what, f"{a}{again}", b, _asks(finding, new))
            for what, a, b in _reasons(was, finding)
        ]
    changes += [
        _change(where, "gone column", _told(finding), "", asks=False)
        for where, finding in before.items()
        if where not in after and where.of in listed
    ]
    return tuple(sorted(changes, key=lambda c: (c.table, c.column, c.what)))


def stands(old: Finding, new: Finding, decision: Decision) -> bool:
    """Whether what was decided about a column then can be taken over now.

    A sample that shows nothing personal any more takes back no decision to erase: nobody would be
    asked, and what it missed would be kept.
    """
    lapsed = new.personal == "none" and old.type == new.type and decision.choice != KEEP
    return lapsed or not any(_reasons(old, new))


def carried(old: Audit, new: Audit) -> tuple[Decision, ...]:
    """List the decisions that hold in ``new`` too, with who made them and when."""
    before, after = _by_column(old.scan), _by_column(new.scan)
    return tuple(
        decision
        for where, decision in sorted(old.decisions.items())
        if where in before
        and where in after
        and stands(before[where], after[where], decision)
        and new.decisions.get(where, decision).choice == decision.choice
    )


def _by_column(scan: Scan) -> dict[ColumnRef, Finding]:
    return {f.column: f for f in scan.columns}


def _change(where: ColumnRef, what: What, before: str, after: str, asks: bool) -> Change:
    return Change(str(where.of), where.name, what, before, after, asks)


def _asks(finding: Finding, new: Audit) -> bool:
    return finding.personal != "none" and finding.column not in new.decisions


def _tables(
    old: Audit, new: Audit, known: set[TableRef], listed: set[TableRef]
) -> Iterator[Change]:
    """Compare the tables, without the columns that both have."""
    copies = {t.table: t.copy_of for t in old.scan.tables}
    for facts in new.scan.tables:
        name = str(facts.table)
        if facts.table in listed - known:
            columns = [f for f in new.scan.columns if f.column.of == facts.table]
            asks = any(_asks(f, new) for f in columns)
            yield Change(name, "", "new table", "", _counted(columns), asks)
        if facts.copy_of and copies.get(facts.table, "") != facts.copy_of:
            yield Change(name, "", "new copy", "", f"copies {facts.copy_of}", asks=False)
    for gone in sorted(known - listed):
        columns = [f for f in old.scan.columns if f.column.of == gone]
        yield Change(str(gone), "", "gone table", _counted(columns), "", asks=False)


def _reasons(old: Finding, new: Finding) -> Iterator[tuple[What, str, str]]:
    """Say what is no longer so of a column: what, before, after."""
    if old.type != new.type:
        yield "new type", old.type or "no type", new.type or "no type"
    if (old.personal, old.entity) != (new.personal, new.entity):
        yield _turn(old, new), _told(old), _told(new)
    elif new.personal in PERSONAL and (
        new.share_low > old.share_high or old.share_low > new.share_high
    ):
        yield "other share", _share(old), _share(new)


def _turn(old: Finding, new: Finding) -> What:
    """Name the way in which a verdict changed."""
    if new.personal in PERSONAL:
        return "other kind" if old.personal in PERSONAL else "newly personal"
    if new.personal == "unknown":
        return "no longer known"
    return "no longer personal" if old.personal in PERSONAL else "now known"


def _told(finding: Finding) -> str:
    kind = finding.personal.replace("_", " ")
    entity = "" if finding.entity in {"", "FREE_TEXT"} else f" {finding.entity}"
    return f"{kind}{entity}, {finding.type or 'no type'}"


def _share(finding: Finding) -> str:
    share, low, high = (100 * x for x in (finding.share, finding.share_low, finding.share_high))
    return f"{share:.0f} % of the values ({low:.0f} to {high:.0f} %)"


def _counted(columns: list[Finding]) -> str:
    counts = [f"{n} {k.replace('_', ' ')}" for k, n in summarise(columns).items() if n]
    return f"{count(len(columns), 'column')}: {', '.join(counts)}"


def _decided(decision: Decision) -> str:
    who = ", ".join(part for part in (decision.by, decision.when) if part)
    return f"{decision.choice} ({who})" if who else decision.choice
