"""Where a person is in a database, and what is held about it. Reads only.

In go an audit and a key, out come places and counts; values only where they are asked for, to
answer a request for access.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, select

from scanner import __version__, planner
from scanner.audit import decide_suggested
from scanner.database import dialect_of
from scanner.graph import Row, table_of
from scanner.model import VERSION, Audit, ColumnRef, Key, Progress, TableRef
from scanner.planner import Draft
from scanner.plans import Basis, Mention, Treatment
from scanner.rows import chunks, named, plain
from scanner.rulebook import Pack

OPEN = "undecided"
"""The strategy of a column about which nobody has decided."""


@dataclass(frozen=True, slots=True)
class Held:
    """A column of own rows: what it holds, in how many rows, and what an erasure would do."""

    column: str
    personal: str
    entity: str
    filled: int
    strategy: str


@dataclass(frozen=True, slots=True)
class Holding:
    """A table's rows of the subject: ``own`` ones, and ``linked`` ones, which others have too."""

    table: str
    own: int
    linked: int
    columns: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A column of other rows that names the subject: in how many cells and places, how surely."""

    column: str
    cells: int
    places: int
    certainty: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a subject is: places and counts. ``values`` are held values, by table and row."""

    subject: tuple[str, Any]
    database: str
    pack: str
    holdings: tuple[Holding, ...]
    mentions: tuple[Named, ...]
    reviews: tuple[Named, ...]
    kept: Mapping[str, int]
    duties: tuple[Mapping[str, Any], ...]
    values: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict, repr=False)

    def to_raw(self, *, values: bool = False) -> dict[str, Any]:
        """Write as a JSON object; with ``values`` it holds personal data."""
        raw = asdict(self)
        table, key = self.subject
        raw |= {"version": VERSION, "efface": __version__, "subject": {"table": table, "key": key}}
        if not values:
            del raw["values"]
        return raw


def locate(
    engine: Engine,
    pack: Pack,
    audit: Audit,
    key: str,
    *,
    values: bool = False,
    progress: Progress | None = None,
) -> Whereabouts:
    """Say where the subject ``key`` is; nothing has to be decided for that.

    Args:
        engine: the database; it is only read.
        pack: knows the relations.
        audit: what columns hold; what is undecided is searched as suggested.
        key: the subject's key.
        values: whether to give what the own rows hold, too.
        progress: told of each table.

    Raises:
        Misconfigured: another database's audit, or no such subject.
        Stale: the schema has changed since the scan.
        DatabaseFailed: the database failed.
    """
    searched = decide_suggested(audit, pack)
    with planner.drafting(engine, pack, searched, key, progress=progress) as (connection, draft):
        decided, held = Basis.of(audit), {}
        holdings = []
        for where in sorted(draft.territory.rows):
            rows = list(_held(connection, draft, where))
            holdings.append(_holding(draft, decided, where, rows))
            if values and rows:
                held[str(where)] = [{c: plain(v) for c, v in row.items()} for row in rows]
        plan = draft.plan
        return Whereabouts(
            plan.subject,
            f"{plan.database.dialect} {plan.database.name}",
            plan.pack,
            tuple(holdings),
            _named(plan.mentions),
            _named(r.mention for r in plan.reviews),
            draft.mentions.kept,
            plan.duties,
            held,
        )


def _held(connection: Connection, draft: Draft, where: TableRef) -> Iterator[dict[str, Any]]:
    """Read the personal cells of the subject's own rows of a table, empty ones left out."""
    table, address = table_of(draft.schema, where), draft.addresses[where]
    columns = [c.name for c in table.columns if _treatment(draft.plan.basis, where, c.name)]
    own = {k: r for k, r in draft.territory.rows[where].items() if r.rows == "own"}
    if not columns or not own:
        return
    if not address.unique:
        for _, row in sorted(own.items(), key=lambda i: str(i[0])):
            yield _filled(row, row.values, columns)
        return
    keys = sorted((tuple(r.values[c] for c in address.columns) for r in own.values()), key=str)
    wanted = [table.c[c] for c in dict.fromkeys([*columns, *address.columns])]
    for some in chunks(keys, dialect_of(connection).max_keys // len(address.columns)):
        query = select(*wanted).where(named(dialect_of(connection), table, address.columns, some))
        for found in map(dict, connection.execute(query).mappings()):
            yield _filled(own[address.key(found)], found, columns)


def _filled(row: Row, values: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """Take what is about the subject; of some rows of others only a few columns are."""
    return {
        c: values[c]
        for c in columns
        if values.get(c) not in (None, "") and (row.only is None or c in row.only)
    }


def _treatment(basis: Basis, where: TableRef, column: str) -> Treatment | None:
    found = basis.treatment(ColumnRef(where.schema, where.name, column))
    return found if found.personal != "none" else None


def _holding(
    draft: Draft, decided: Basis, where: TableRef, rows: Sequence[Mapping[str, Any]]
) -> Holding:
    kinds = Counter(r.rows for r in draft.territory.rows[where].values())
    counts = Counter(column for row in rows for column in row)
    columns = []
    for column in table_of(draft.schema, where).columns:
        name = ColumnRef(where.schema, where.name, column.name)
        treatment = _treatment(decided, where, column.name)
        if treatment is not None and counts[column.name]:
            choice = OPEN if name in decided.undecided else treatment.choice
            held = (treatment.personal, treatment.entity, counts[column.name], choice)
            columns.append(Held(column.name, *held))
    return Holding(str(where), kinds["own"], kinds["linked"], tuple(columns))


def _named(mentions: Iterable[Mention]) -> tuple[Named, ...]:
    """Count mentions by column and certainty."""
    cells: dict[tuple[str, str], set[tuple[TableRef, Key]]] = {}
    places: Counter[tuple[str, str]] = Counter()
    for one in mentions:
        kind = (f"{one.table}.{one.column}", one.certainty)
        cells.setdefault(kind, set()).add((one.table, one.key))
        places[kind] += len(one.spans)
    return tuple(
        Named(column, len(cells[column, sure]), places[column, sure], sure)
        for column, sure in sorted(cells)
    )
