"""What must hold before, during and after an erasure. Reads only; raises what refuses it."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy import Connection, MetaData, Table, and_, select

from scanner import __version__, followers, surveyor, verifier
from scanner.database import dialect_of, foreign_keys, reading, ref
from scanner.errors import Refused, Stale, Stopped, TooMany, Unconfirmed
from scanner.forecaster import Forecast
from scanner.graph import table_of
from scanner.guards import further, lifting
from scanner.guards.bystanders import Bystanders
from scanner.model import KEEP, Progress, TableRef
from scanner.packs import stops
from scanner.planner import Draft
from scanner.plans import Mention, Plan, StopFound
from scanner.purge import directives
from scanner.rulebook import Pack
from scanner.subjects.acquaintance import Request
from scanner.subjects.mentions import merged
from scanner.subjects.reasons import BESIDE, LONE, REMNANT, SMALL
from scanner.subjects.spotter import Rows
from scanner.surveyor import Survey
from scanner.texts.wording import count

WAYS_OUT = (
    "decide on these columns, or, where a trigger copies it there, disable that or give the pack a "
    "relation to that table; then plan again"
)
"""What people can do where something is left."""

ANSWERS = (
    "answer its reviews, as copies of what is answered with erase are erased with it "
    "(plan --reviews FILE.xlsx, then erase --answers FILE.xlsx); else "
)
"""What they can do before, where reviews of the plan wait."""


def ways_out(waiting: bool) -> str:
    """Say what people can do where something is left; ``waiting``: reviews have no answer."""
    return f"{ANSWERS}{WAYS_OUT}" if waiting else WAYS_OUT


def allowed(plan: Plan, pack: Pack, *, commit: bool, confirm: str, max_rows: int | None) -> None:
    """Refuse what can be refused without the database."""
    if plan.pack_digest != pack.digest:
        raise Stale(f"the pack {pack.name} has changed since the plan was made: plan again")
    unedited(plan.directives)
    unstopped(plan)
    few(plan.rows, max_rows)
    key = str(plan.subject[1])
    if commit and confirm != key:
        raise Unconfirmed(f"to erase subject {key}, repeat its key: --confirm {key}")


def unedited(named: Mapping[str, str]) -> None:
    """Refuse where a directive is no longer the one that people planned with."""
    if wrong := [n for n, known in named.items() if directives.load(n).digest != known]:
        raise Stale(
            f"the directive {', '.join(wrong)} has changed since the plan was made: plan again"
        )


class Stoppable(Protocol):
    """Whatever has stops: a plan about one subject, or about many."""

    @property
    def stops(self) -> tuple[StopFound, ...]:
        """List what holds."""


def unstopped(plan: Stoppable) -> None:
    """Refuse where a stop of the pack holds."""
    if found := [s for s in plan.stops if s.effect == "stop"]:
        raise Stopped(
            "; ".join(f"{s.why} ({count(s.rows, 'row')}, rule {s.rule})" for s in found),
            lifting.told(plan) if isinstance(plan, Plan) else (),
        )


def few(rows: int, max_rows: int | None) -> None:
    """Refuse to change more rows than the caller allows."""
    if max_rows is not None and rows > max_rows:
        raise TooMany(f"{count(rows, 'row')} would change, more than the {max_rows} allowed")


def request_of(plan: Plan, pack: Pack) -> Request:
    """Ask for the same plan again, with the answers that people gave."""
    answers = {r.id: r.answer for r in plan.reviews}
    named = tuple(plan.directives)
    return Request(pack, plan.basis, plan.subject[1], plan.method, answers, named)


def planned_again(
    connection: Connection,
    plan: Plan,
    pack: Pack,
    survey: Survey,
    forecast: Forecast | None,
    progress: Progress | None,
) -> Draft:
    """Make the plan again inside the transaction; it must be the one that people read.

    Where the database proves that it holds what ``forecast`` was made from, that is the plan.
    """
    if forecast is not None and forecast.holds(connection):
        draft = forecast.on(connection)
    else:
        draft = surveyor.draft(connection, request_of(plan, pack), survey, progress=progress)
    follows = draft.plan.follows if any(r.answer == "erase" for r in plan.reviews) else plan.follows
    expected = replace(
        plan,
        efface=__version__,
        pack=pack.name,
        mentions=_answered(plan),
        follows=follows,
        duties=_counted_now(plan.duties, draft.plan.duties),
    )
    if draft.plan.digest != expected.digest:
        raise Stale(
            "the database is no longer as it was when the plan was made "
            f"({_difference(expected, draft.plan)}): plan again"
        )
    return replace(draft, plan=draft.plan.answered(plan.reviews))  # and who answered


def _counted_now(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], ...]:
    """Take over how often others are called like the subject: it changes nothing of what is done."""
    kept = (duty for duty in old if duty["kind"] != stops.COMMON)
    return (*kept, *(duty for duty in new if duty["kind"] == stops.COMMON))


def _answered(plan: Plan) -> tuple[Mention, ...]:
    """Add the reviews that people answered with erase to the mentions of the plan."""
    return merged([*plan.mentions, *(r.mention for r in plan.reviews if r.answer == "erase")])


def _difference(expected: Plan, now: Plan) -> str:
    """Name the parts of the plan that differ."""
    old, new = (_parts(p) for p in (expected, now))
    return ", ".join(k for k in old if old[k] != new[k] and k != "digests") or "digests"


def _parts(plan: Plan) -> dict[str, Any]:
    parts: dict[str, Any] = json.loads(plan.to_json())
    return parts


def revocable(connection: Connection, draft: Draft) -> None:
    """Refuse tables that a rollback would not bring back: not even a rehearsal is safe there.

    Raises:
        Refused: with their names.
    """
    lasting = {TableRef(*t) for t in dialect_of(connection).irrevocable(connection)}
    touched = {e.table for e in draft.edits} | {m.table for m in draft.plan.mentions}
    touched |= {s.table for s in draft.plan.steps}
    if draft.plan.triggers or _following(connection, draft.schema, changing(draft)):
        touched |= lasting  # what a trigger writes to is not known
    if wrong := sorted(str(t) for t in lasting & touched):
        raise Refused(
            f"the storage engine of {', '.join(wrong)} cannot roll back: convert to InnoDB first"
        )


def counted(connection: Connection, draft: Draft) -> frozenset[TableRef] | None:
    """Name the tables in which rows can appear or vanish: the touched ones; None for any.

    Without triggers nothing else is written to, but for what refers to rows that are deleted: a
    foreign key may delete with them. Counting reads a table whole, and locks it where
    reading does.
    """
    if _watched(connection, draft):
        return None
    touched = {e.table for e in draft.edits} | {m.table for m in draft.plan.mentions}
    return frozenset(touched | (draft.purge.touched if draft.purge else set()))


def observed(connection: Connection, draft: Draft) -> frozenset[TableRef]:
    """Name the tables in whose rows more may change than is written: by triggers, or the database.

    Else an update changes the columns that it names, and nothing but them. Where what stood in a row
    can still be read afterwards, these are tables with triggers of their own: what others write to a
    row the server counts. In a purge it counts what is deleted, too.
    """
    touched, dialect = changing(draft), dialect_of(connection)
    itself = {TableRef(*t) for t in dialect.self_setting(connection)} & touched.keys()
    if counted(connection, draft) is not None:
        return frozenset(itself)
    if dialect.keeps_versions and draft.purge is None:
        return frozenset(itself | {where for where in touched if str(where) in draft.plan.triggers})
    names: set[str] = set()
    for where, columns in sorted(touched.items()):
        more = dialect.targets(connection, table_of(draft.schema, where), sorted(columns))
        if more is None:
            return frozenset(touched)
        names |= {name.lower() for name in more}
    return frozenset(itself | {where for where in touched if where.name.lower() in names})


def recalled(connection: Connection, others: Bystanders, names: Collection[str] | None) -> None:
    """Note what stood in rows of the tables called ``names``, of all without it, before we wrote.

    Raises:
        DatabaseFailed: it cannot be read.
    """
    known = None if names is None else {name.lower() for name in names}
    if among := {where for where in others.late if known is None or where.name.lower() in known}:
        with reading(connection.engine) as other:
            others.recall(other, among)


def alone(connection: Connection, draft: Draft) -> bool:
    """Whether nobody but us can have written since ``draft`` was made, so that it still holds.

    It does not where a trigger fires, or may fire unseen, and where a review sits in a row that was
    named by what it held before it was rewritten.
    """
    return not _watched(connection, draft) and not further.renamed(draft)


def unfollowed(
    connection: Connection, schema: MetaData, touched: Mapping[TableRef, Collection[str]]
) -> None:
    """Refuse where a foreign key would empty what refers to a value that is rewritten.

    ``touched`` are the columns that are rewritten, table by table.

    Raises:
        Refused: with the foreign keys.
    """
    emptied = [
        (child, columns)
        for child, columns, action in _following(connection, schema, touched)
        if action != "CASCADE" and _refers(connection, child, columns)
    ]
    if emptied:
        names = ", ".join(f"{ref(child)}.{'.'.join(columns)}" for child, columns in emptied)
        raise Refused(
            f"{names} would be emptied or changed by a foreign key when what it refers to is "
            "rewritten: decide keep on what it refers to, or change the foreign key's ON UPDATE"
        )


def _refers(connection: Connection, child: Table, columns: Sequence[str]) -> bool:
    """Whether any row of ``child`` refers to anything by ``columns``."""
    filled = and_(*(child.c[c].is_not(None) for c in columns))
    return (
        connection.execute(select(child.c[columns[0]]).where(filled).limit(1)).first() is not None
    )


def _watched(connection: Connection, draft: Draft) -> bool:
    """Whether something else may write when a draft is carried out: a trigger, or a foreign key."""
    unseen = not dialect_of(connection).all_triggers(connection)
    follows = _following(connection, draft.schema, changing(draft))
    return bool(draft.plan.triggers) or unseen or bool(follows)


def changing(draft: Draft) -> dict[TableRef, set[str]]:
    """Name the columns that a draft rewrites, table by table."""
    touched: dict[TableRef, set[str]] = {}
    for edit in draft.edits:
        touched.setdefault(edit.table, set()).update(edit.new)
    for mention in draft.plan.mentions:
        touched.setdefault(mention.table, set()).add(mention.column)
    return touched


FOLLOWS = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})
"""What a foreign key may do to rows that refer to a value that changes."""

EMPTIES = frozenset({"SET NULL", "SET DEFAULT"})
"""What it may do to rows that refer to one that goes, without deleting them."""


def _following(
    connection: Connection, schema: MetaData, touched: Mapping[TableRef, Collection[str]]
) -> list[tuple[Table, tuple[str, ...], str]]:
    """List the foreign keys that follow what is rewritten: their table, their columns, and how."""
    columns = ((where, column) for where, names in touched.items() for column in names)
    found = followers.behind(connection, schema, columns, FOLLOWS)
    return [(table, key.columns, key.on_update) for table, key in found]


def unemptied(connection: Connection, schema: MetaData, gone: Collection[TableRef]) -> None:
    """Refuse where a foreign key of several columns would empty what refers to rows that go.

    Directives cut and follow keys of one column.

    Raises:
        Refused: with the foreign keys.
    """
    names = {str(where).lower() for where in gone}
    emptied = [
        f"{ref(child)}.{'.'.join(key.columns)}"
        for child, key in foreign_keys(connection, schema)
        if len(key.columns) > 1 and key.target in names
        if key.on_delete in EMPTIES and _refers(connection, child, key.columns)
    ]
    if emptied:
        raise Refused(
            f"{', '.join(emptied)} may be emptied by a foreign key of several columns when what it "
            "refers to is deleted: change the foreign key's ON DELETE"
        )


def unseen(connection: Connection, schema: MetaData) -> bool:
    """Whether a foreign key may write to rows that the database does not count."""
    if dialect_of(connection).counts_followers:
        return False
    actions = {a for _, key in foreign_keys(connection, schema) for a in key[-2:]}
    return bool(actions - {"", "NO ACTION", "RESTRICT"})


def residue(
    connection: Connection,
    draft: Draft,
    current: Draft,
    written: Rows | None,
    progress: Progress | None,
) -> dict[str, int]:
    """Look for the subject once more, without regard to what was planned.

    Args:
        connection: the writing transaction.
        draft: the first one, which knows what the subject was called.
        current: the last one; its sight still holds but for what was ``written`` after it.
        written: the rows that were rewritten; None has all text searched again.
        progress: told of each table.
    """
    if not draft.identity:
        return {}
    reviews = {(r.mention.table, r.mention.key, r.mention.column) for r in current.plan.reviews}
    left = verifier.residue(
        connection,
        draft.schema,
        draft.matcher,
        addresses=current.addresses,
        known=reviews | current.mentions.kept_places,
        sight=None if written is None else current.sight,
        also=written or {},
        numbers=frozenset(c for c, t in draft.plan.basis.columns.items() if t.choice != KEEP),
        progress=progress,
    )
    return dict(sorted((Counter(left) + _appeared(draft, current)).items()))


TOO_LITTLE = (LONE, SMALL, BESIDE, REMNANT)
"""Why people are asked about what is a part of the name at most: that refuses nothing."""


def _appeared(draft: Draft, current: Draft) -> Counter[str]:
    """Count what nobody was asked about: places to review that a trigger made of what was rewritten.

    Rows that no key names are called otherwise once they are rewritten: there columns are counted.
    A part of the name alone is too little to refuse for: a copy of somebody else's row may hold it.
    """
    before, now = (
        Counter(
            (m.table, m.key if draft.addresses[m.table].clear else (), m.column)
            for m in (
                r.mention for r in d.plan.reviews if r.answer != "erase" and r.why not in TOO_LITTLE
            )
        )
        for d in (draft, current)
    )
    left: Counter[str] = Counter()
    for (table, _, column), places in (now - before).items():
        left[f"{table}.{column}"] += places
    return left


def unchanged(
    connection: Connection,
    draft: Draft,
    before: Mapping[TableRef, int],
    after: Mapping[TableRef, int],
    pack: Pack,
) -> tuple[dict[str, Any], ...]:
    """Prove that rows and KPIs are as before, but for what a purge was planned to delete.

    ``before`` and ``after`` are the rows of the same tables.

    Raises:
        Refused: a figure differs.
    """
    gone = draft.purge.uprooting.rows if draft.purge else {}
    planned = {t: n - gone.get(t, 0) for t, n in before.items()}
    moved = [t for t in sorted(after) if after[t] != planned[t]]
    if wrong := [str(t) for t in moved if after[t] < planned[t] or pack.knows(t.name)]:
        raise Refused(f"rows appeared or vanished in {', '.join(wrong)}: a trigger did that")
    figures = verifier.measure(connection, draft.schema, pack)
    expected = draft.plan.kpis_after if draft.purge else draft.plan.kpis
    if figures != expected:
        differ = [a.name for a, b in zip(figures, expected, strict=True) if a != b]
        raise Refused(f"reports would change: {', '.join(differ)}")
    return tuple(
        {
            "name": f.name,
            "groups": f.groups,
            "rows": f.rows,
            "digest": f.digest,
            "equal": f == old,
            "rows_before": old.rows,
        }
        for f, old in zip(figures, draft.plan.kpis, strict=True)
    )


def gained(
    draft: Draft, before: Mapping[TableRef, int], after: Mapping[TableRef, int]
) -> dict[str, int]:
    """Count the rows that are there beside those that should be, by table: triggers added them."""
    gone = draft.purge.uprooting.rows if draft.purge else {}
    more = {where: n - before[where] + gone.get(where, 0) for where, n in sorted(after.items())}
    return {str(where): n for where, n in more.items() if n > 0}


def unending(current: Draft, rounds: int) -> str:
    """Say what a trigger writes again and again."""
    places = {s.table for s in current.plan.steps} | {m.table for m in current.plan.mentions}
    tables = sorted(map(str, places))
    return (
        f"after {rounds} rounds there is still something to erase in {', '.join(tables)}: a trigger "
        "writes it again"
    )
