"""Says whether a subject is gone: after a plan, or by identifiers that people give. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Float, Integer, MetaData, Numeric, Table, func, select

from scanner import planner, strategies, verifier
from scanner.database import dialect_of, reading, ref, reflect
from scanner.graph import table_of
from scanner.identity import Identifier, Identity, typed
from scanner.matcher import Matcher
from scanner.model import ColumnRef, Key, Progress, TableRef
from scanner.plans import Figure, Mention, Plan
from scanner.purge.references import key_column
from scanner.rows import Address, chunks, named
from scanner.rulebook import Pack
from scanner.subjects.acquaintance import Request
from scanner.subjects.mentions import merged
from scanner.tables.relations import places
from scanner.texts.standing import counted, gone
from scanner.texts.stored import Document
from scanner.texts.wording import count


@dataclass(frozen=True, slots=True)
class Proof:
    """What is still there, by column, with the number of rows; and the KPIs that moved."""

    left: dict[str, int]
    moved: tuple[str, ...] = ()
    kept: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing is left."""
        return not self.left


def prove(engine: Engine, plan: Plan, pack: Pack, *, progress: Progress | None = None) -> Proof:
    """Look whether what ``plan`` names is gone.

    The subject's rows are walked again: a cell that would still be rewritten is left. Where the
    rows still say what the subject is called, all text is searched for it. Of mentions, the
    places that the plan names are looked at.

    Raises:
        Misconfigured: no such subject, or another database. Stale: the schema has changed.
        DatabaseFailed: the database failed.
    """
    with reading(engine) as connection:
        schema = reflect(connection)
        answers = {r.id: r.answer for r in plan.reviews}
        if plan.method == "purge" and (found := _purged(connection, schema, plan, pack)):
            return found
        named = tuple(plan.directives)
        request = Request(pack, plan.basis, plan.subject[1], plan.method, answers, named)
        draft = planner.draft(connection, schema, request, progress=progress)
        left: dict[str, int] = {}
        for step in draft.plan.steps:
            for column in step.columns:
                name = f"{step.table}.{column}"
                left[name] = left.get(name, 0) + step.rows
        standing = _still(connection, schema, draft.addresses, _erased(plan))
        for table, _, column in {*map(_cell, draft.plan.mentions), *map(_cell, standing)}:
            left[f"{table}.{column}"] = left.get(f"{table}.{column}", 0) + 1
        waiting = sum(r.answer != "erase" for r in plan.reviews)
        kept = f"{count(waiting, 'review')} of the plan not answered with erase" if waiting else ""
        return Proof(dict(sorted(left.items())), _moved(plan.kpis, draft.plan.kpis), kept)


def _purged(connection: Connection, schema: MetaData, plan: Plan, pack: Pack) -> Proof | None:
    """Look whether the rows that a purge named are gone; None where the subject is still there."""
    tables = {ref(t): t for t in schema.tables.values()}
    place = places(tables).get(plan.subject[0].lower())
    subject = tables.get(place) if place else None
    if subject is None or _there(connection, subject, [(plan.subject[1],)]):
        return None
    left = {
        str(s.table): count
        for s in plan.steps
        if s.purge and (count := _there(connection, tables[s.table], s.keys))
    }
    addresses = {w: Address.of(t, (), "") for w, t in tables.items()}
    for mention in _still(connection, schema, addresses, _erased(plan)):
        name = f"{mention.table}.{mention.column}"
        left[name] = left.get(name, 0) + 1
    return Proof(left, _moved(plan.kpis_after, verifier.measure(connection, schema, pack)))


def _there(connection: Connection, table: Table, keys: Sequence[Key]) -> int:
    """Count the rows that are still there; those that a digest names cannot be asked for."""
    column = key_column(table)
    if not column or any(str(k[0]).startswith("#") for k in keys):
        return 0
    return sum(
        int(
            connection.scalar(
                select(func.count())
                .select_from(table)
                .where(named(dialect_of(connection), table, [column], some))
            )
            or 0
        )
        for some in chunks(keys, dialect_of(connection).max_keys)
    )


def _erased(plan: Plan) -> tuple[Mention, ...]:
    """Name all that a plan erases in others' texts, a mention for each cell.

    Reviews that people answered with erase are among it: what stands before them in their cell moves
    them.
    """
    said = [r.mention for r in plan.reviews if r.answer == "erase"]
    return merged([*plan.mentions, *said])


def _cell(mention: Mention) -> tuple[TableRef, Key, str]:
    return mention.table, mention.key, mention.column


def _still(
    connection: Connection,
    schema: MetaData,
    addresses: Mapping[TableRef, Address],
    mentions: Iterable[Mention],
) -> Iterable[Mention]:
    """Choose the mentions of which something was not replaced; rows named by digest have moved."""
    for mention in mentions:
        address = addresses[mention.table]
        if str(mention.key[0]).startswith("#") or not address.clear or len(address.columns) != 1:
            continue
        table = table_of(schema, mention.table)
        key = table.c[address.columns[0]] == mention.key[0]
        text = connection.scalar(select(table.c[mention.column]).where(key))
        places = strategies.merged(mention.spans, max(s.end for s in mention.spans))
        says = counted if isinstance(text, Document) else gone
        if isinstance(text, str) and not says(text, places):
            yield mention


def _moved(before: tuple[Figure, ...], after: tuple[Figure, ...]) -> tuple[str, ...]:
    now = {f.name: f for f in after}
    return tuple(f.name for f in before if now.get(f.name) != f)


def search_for(engine: Engine, lines: Iterable[str], *, progress: Progress | None = None) -> Proof:
    """Look in all text for what people know of a person: one identifier a line.

    Raises:
        DatabaseFailed: the database failed.
    """
    matcher = Matcher(Identity.of(found for line in lines for found in _given(line.strip())))
    with reading(engine) as connection:
        schema = reflect(connection)
        addresses = {ref(t): Address.of(t, (), "") for t in schema.tables.values()}
        numbers = {
            ColumnRef(t.schema or "", t.name, c.name)
            for t in schema.tables.values()
            for c in t.columns
            if isinstance(c.type, Integer | Numeric | Float)
        }
        left = verifier.residue(
            connection, schema, matcher, addresses=addresses, numbers=numbers, progress=progress
        )
    return Proof(left)


def _given(line: str) -> Iterable[Identifier]:
    """Type what a person wrote: an address with @, a number, a name of several words, an id."""
    if not line or line.startswith("#"):
        return
    numeric = sum(c.isdigit() for c in line) > len(line) // 2
    if "@" in line or (numeric and not line.isalnum()) or line.isdecimal():
        yield from typed(line, "PHONE_NUMBER")
    elif " " in line:
        yield from typed(line, "PERSON")
        first, *_, last = line.replace(",", " ").split()
        yield Identifier("PERSON", "full", f"{first}\n{last}")
    if "@" not in line and " " not in line:
        yield Identifier("CUSTOMER_ID", "strong", line)
