"""Deletes rows, children first, and cuts links; counts what it does and proves what it left."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Delete, Table, Update, delete, update

from scanner.database import dialect_of, ref, standing
from scanner.dialects import Dialect
from scanner.errors import Refused, Stale
from scanner.executor.recorder import Tally
from scanner.journal import probe
from scanner.model import TableRef
from scanner.planner import Draft
from scanner.purge.appraiser import Itinerary
from scanner.purge.references import Ground, Reference, key_column
from scanner.purge.unraveler import Unraveler
from scanner.purge.uprooter import Uprooter, Uprooting, referring, unless
from scanner.rows import chunks
from scanner.texts.wording import count, noun

LOG = logging.getLogger(__name__)

PROBES = 5
"""By how many rows an interrupted erasure is recognised."""


@dataclass(frozen=True, slots=True)
class Step:
    """Statements that together write to so many rows of a table; ``what`` is done with them."""

    table: Table
    what: str
    rows: int
    statements: Sequence[Delete | Update] = field(repr=False)


def carry_out(connection: Connection, draft: Draft, tally: Tally) -> None:
    """Cut and delete what a draft of a purge says; nothing for another draft.

    Raises:
        Stale: a row is gone or new. Refused: a trigger kept one.
    """
    if draft.purge is None:
        return
    uproot(connection, draft.purge.ground, draft.purge.itinerary, draft.purge.uprooting)
    for one, keys in draft.purge.uprooting.cuts.items():
        address = draft.addresses[ref(one.child)]
        tally.others.excuse(
            dialect_of(connection), address, key_column(one.child), keys, one.column
        )
    for step in draft.purge.steps():
        tally.rows |= {(step.table, k) for k in step.keys}
        tally.places.setdefault(step.table, [])  # nothing new stands there, but it was written to
        if step.purge:
            tally.deleted[step.table] += step.rows
        else:
            tally.cells.update({(step.table, c): step.rows for c in step.columns})


def uproot(connection: Connection, ground: Ground, itinerary: Itinerary, made: Uprooting) -> None:
    """Cut the links of rows that stay, then delete, children first.

    Raises:
        Stale: a row is gone or new. Refused: a trigger kept one, or rows go round in a circle.
    """
    _counted(connection, _steps(dialect_of(connection), ground, itinerary, made))


def _steps(
    dialect: Dialect, ground: Ground, itinerary: Itinerary, made: Uprooting
) -> Iterator[Step]:
    """Say what is done, in its order, with how many rows each step has."""
    for one, kept in made.cuts.items():
        yield Step(one.child, "cut", len(kept), list(cuts(one, kept, dialect)))
    loose: dict[TableRef, list[Reference]] = {}
    for one in made.loose:
        loose.setdefault(ref(one.child), []).append(one)
    order = Unraveler(dialect, itinerary, made).order(ground, {*made.keys, *loose})
    for one, going in order.emptied.items():
        yield Step(one.child, "cut", len(going), list(cuts(one, going, dialect)))
    for where, rows in order.parts:
        table = ground.tables[where]
        if rows:
            yield Step(table, "deleted", len(rows), list(deletes(table, rows, dialect)))
        for one in loose.get(where, ()):
            before = loose[where][: loose[where].index(one)]
            statements = list(by_relation(made, one, before, dialect))
            yield Step(table, "deleted", made.counts[one], statements)


def _counted(connection: Connection, steps: Iterable[Step]) -> None:
    """Carry out steps; each must write to as many rows as it says.

    Raises:
        Stale: one does not.
    """
    wanted = list(steps)
    statements = (s for step in wanted for s in step.statements)
    written = dialect_of(connection).carry_out(connection, statements)
    for step in wanted:
        done, where = sum(next(written) for _ in step.statements), ref(step.table)
        if done != step.rows:
            raise Stale(
                f"{count(done, 'row')} of {where} {noun(done, 'was', 'were')} {step.what} instead of {step.rows}: somebody else "
                "changed them, or a trigger keeps them; plan again"
            )
        LOG.info("%s: %d rows %s", where, step.rows, step.what)


def deletes(table: Table, keys: Sequence[Any], dialect: Dialect) -> Iterator[Delete]:
    """Build the statements that delete the rows ``keys``."""
    column = table.c[key_column(table)]
    for some in chunks(keys, dialect.at_once or dialect.max_keys):
        yield delete(table).where(dialect.among(column, some))


def cuts(one: Reference, keys: Sequence[Any], dialect: Dialect) -> Iterator[Update]:
    """Build the statements that empty the relation's column in the rows ``keys``."""
    column = one.child.c[key_column(one.child)]
    new = {one.column: None, **standing(one.child, {one.column})}
    for some in chunks(keys, dialect.at_once or dialect.max_keys):
        yield update(one.child).where(dialect.among(column, some)).values(new)


def by_relation(
    made: Uprooting, one: Reference, before: Sequence[Reference], dialect: Dialect
) -> Iterator[Delete]:
    """Build the statements that delete rows without a key by what they refer to."""
    for some in chunks(list(dict.fromkeys(made.loose[one])), dialect.at_once or dialect.max_keys):
        others = (unless(dialect, b, made.loose[b]) for b in before if made.loose[b])
        yield delete(one.child).where(referring(dialect, one, some), *others)


def finish(
    connection: Connection, uprooter: Uprooter, gone: Uprooting, *, alone: bool = False
) -> dict[str, int]:
    """Cut the links that still lead to rows that are gone, and prove that nothing else does.

    ``alone``: what ``Uprooter.referrers`` calls so.

    Raises:
        Refused: something else refers to one. Stale: a link changed meanwhile.
    """
    kept, dangling = uprooter.referrers(gone, alone=alone)
    if dangling:
        raise Refused(
            f"rows still refer to what was deleted ({', '.join(sorted(map(str, dangling)))}): a "
            "trigger or somebody else wrote them; plan again"
        )
    dialect = dialect_of(connection)
    steps = (Step(o.child, "cut", len(k), list(cuts(o, k, dialect))) for o, k in kept.items())
    _counted(connection, steps)
    return {f"{ref(one.child)}.{one.column}": len(keys) for one, keys in kept.items()}


def checked(ground: Ground, itinerary: Itinerary) -> bool:
    """Whether the database itself checks a link that is cut: it is cut before its row goes."""
    declared = {r.place[:3] for r in ground.references if r.why.startswith("declared")}
    return any(one.place[:3] in declared for one in itinerary.cut) or any(
        one.child.foreign_key_constraints for one in itinerary.cut
    )


def probes(connection: Connection, made: Uprooting, ground: Ground) -> list[dict[str, Any]]:
    """Name some rows that are gone by now, to recognise an interrupted purge by."""
    plainly = [
        (where, key)
        for where, rows in made.keys.items()
        if ground.walk.addresses[where].clear
        for key in list(rows)[:PROBES]
    ]
    return [
        probe(
            connection,
            ground.tables[w],
            {key_column(ground.tables[w]): k},
            [key_column(ground.tables[w])],
        )
        for w, k in plainly[:PROBES]
    ]


def settled(connection: Connection, draft: Draft) -> None:
    """Prove that no row is left that refers to one that was deleted.

    Raises:
        Refused: with the relations.
    """
    if draft.purge is not None:
        complete(
            connection,
            Uprooter(connection, draft.purge.ground, draft.purge.itinerary),
            draft.purge.gone,
        )


def complete(connection: Connection, uprooter: Uprooter, gone: Uprooting) -> None:
    """Prove that no row is left that refers to one of ``gone``.

    Raises:
        Refused: with the relations.
    """
    if left := sorted(map(str, uprooter.dangling(gone))):
        raise Refused(
            f"rows still refer to what was deleted ({', '.join(left)}): a trigger or somebody else "
            "wrote them; plan again"
        )
