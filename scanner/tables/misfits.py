"""What a pack of people's own names and the database does not have. Reads only.

Installations of a product differ, so what a shipped pack states is followed where it fits. What people
state of their own schema is meant: a name that is typed wrong would leave rows behind without a word.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from sqlalchemy import Connection, Table, and_, select, true

from scanner import rulebook
from scanner.errors import Misconfigured
from scanner.model import TableRef
from scanner.plans import StopFound
from scanner.rulebook import Pack, Reach
from scanner.tables.relations import places

ALIKE = 0.4
"""How alike a name must be to be proposed for one that is not there (difflib)."""

Columns = Mapping[TableRef, Collection[str]]
"""The columns of each table; of one without any nothing is known but that it is there."""


@dataclass(frozen=True, slots=True)
class _Named:
    """What one entry of a pack names: a table, and columns of it.

    ``exact``: where names are compared as they are written, not in any case.
    """

    entry: str
    table: str
    columns: tuple[str, ...]
    exact: bool = False


def refuse(tables: Columns, *packs: Pack) -> None:
    """Refuse packs of people's own that name what is not there.

    Raises:
        Misconfigured: all such names at once, each with the nearest one that is there.
    """
    wrong = {pack.name: found for pack in packs if (found := faults(tables, pack))}
    if wrong:
        several = len(wrong) > 1
        raise Misconfigured(
            f"{'packs' if several else 'pack'} {', '.join(map(repr, wrong))}: these entries name what "
            "the database does not have, and would not be followed: mend them, or take them out:",
            [f"{n}: {one}" if several else one for n, found in wrong.items() for one in found],
        )


def faults(tables: Columns, pack: Pack) -> list[str]:
    """Say what entries of people's own name and the database does not have."""
    names = places(tables)
    told = (
        fault
        for one in dict.fromkeys(_stated(pack))
        if one not in _inherited(pack.name)
        for fault in _missing(one, tables, names)
    )
    return [*dict.fromkeys(told)]


def columns(tables: Mapping[TableRef, Table]) -> Columns:
    """Name the columns of reflected tables."""
    return {where: table.c.keys() for where, table in tables.items()}


def unmatched(
    connection: Connection, tables: Mapping[TableRef, Table], pack: Pack
) -> Iterator[StopFound]:
    """Warn of relations of people's own whose ``where`` no row of the table fulfils.

    The value is not told: what people ask of a column may be a name.
    """
    names = places(tables)
    for reach in pack.reaches:
        where = names.get(reach.table.lower())
        if not reach.where or where is None or {*_of_reach(reach)} <= _inherited(pack.name):
            continue
        own = {c.name.lower(): c for c in tables[where].columns}
        if not {c.lower() for c in reach.where} <= own.keys():
            continue
        holds = and_(true(), *(own[c.lower()] == v for c, v in reach.where.items()))
        if connection.execute(select(1).select_from(tables[where]).where(holds).limit(1)).first():
            continue
        why = (
            f"{_entry(reach)}: no row of {where} has what `where` asks of "
            f"{', '.join(reach.where)}, so it leads to nothing: is it written right?"
        )
        yield StopFound("unmatched", why, 0, "warn")


@cache
def _inherited(name: str) -> frozenset[_Named]:
    """Give what the shipped packs state: a copy of one, or what extends it, is as tolerant as they are."""
    shipped = rulebook.packs() if name.endswith(".toml") else (name,)
    return frozenset(one for known in shipped for one in _stated(rulebook.pack(known)))


def _stated(pack: Pack) -> Iterator[_Named]:
    """List what a pack names, but for what it only says of columns."""
    yield _Named("[subject]", pack.subject, (pack.key,), exact=True)
    for reach in pack.reaches:
        yield from _of_reach(reach)
    for link in pack.links:
        start, _, to = link.to.rpartition(".")
        yield _Named(f"[[link]] to {link.to}", start, (to,))
    for stop in pack.stops:
        entry = f"[[stop]] {stop.rule}"
        mine = (stop.by, stop.via if stop.of else "", *(() if stop.of else stop.where))
        yield _Named(entry, stop.table, mine, exact=True)
        if stop.of:
            yield _Named(entry, stop.of, tuple(stop.where), exact=True)
    for kpi in pack.kpis:
        yield _Named(f"[[kpi]] {kpi.name}", kpi.table, (*kpi.by, *kpi.months), exact=True)
    for duty in pack.duties:
        yield _Named(f"[[duty]] {duty.kind}", duty.table, (duty.column,) if duty.table else ())


def _of_reach(reach: Reach) -> Iterator[_Named]:
    """List what a relation names: at its end, at its start, and between them."""
    entry = _entry(reach)
    own, near = (reach.to, "") if reach.via else ("", reach.to)
    yield _Named(entry, reach.start, (reach.via, near))
    yield _Named(entry, reach.table, (reach.by, own, *reach.where, *reach.only, *reach.called))
    yield _Named(entry, reach.through, (reach.near, reach.far))
    for table, link, person, *of in reach.unshared:
        yield _Named(f"{entry}, unshared", table, (link, person), exact=True)
        yield _Named(f"{entry}, unshared", "".join(of), ())


def _entry(reach: Reach) -> str:
    return f"[[reach]] {reach.table} from {reach.start}"


def _missing(named: _Named, tables: Columns, names: Mapping[str, TableRef]) -> Iterator[str]:
    """Say which of these names are not there."""
    if not named.table:
        return
    where = names.get(named.table.lower())
    if where is None:
        yield f"{named.entry}: there is no table {named.table!r}{_nearest(named.table, names)}"
        return
    known = {c if named.exact else c.lower() for c in tables[where]}
    for column in filter(None, named.columns):
        if known and (column if named.exact else column.lower()) not in known:
            near = _nearest(column, tables[where])
            yield f"{named.entry}: {where} has no column {column!r}{near}"


def _nearest(name: str, there: Collection[str]) -> str:
    """Propose the name that is most like one that is not there, if any is."""
    written = {n.lower(): n for n in there}
    found = get_close_matches(name.lower(), written, 1, ALIKE)
    return f": the nearest is {written[found[0]]!r}" if found else ""
