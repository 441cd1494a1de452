"""Says whether a subject is gone: after a plan, or by identifiers that people give. Reads only."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Engine, Float, Integer, MetaData, Numeric, Table, func, select

from scanner import planner, verifier
from scanner.database import dialect_of, reading, ref, reflect
from scanner.identity import Identifier, Identity, typed
from scanner.matcher import Matcher
from scanner.model import ColumnRef, Key, Progress
from scanner.plans import Figure, Mention, Plan
from scanner.purge.references import key_column
from scanner.remainder import Cell, remaining
from scanner.rows import Address, chunks, named
from scanner.rulebook import Pack
from scanner.subjects.acquaintance import Request
from scanner.subjects.mentions import merged
from scanner.tables.relations import places
from scanner.texts.wording import count


@dataclass(frozen=True, slots=True)
class Proof:
    """What is still there, by column, with the number of rows; and the KPIs that moved.

    ``untold`` counts rows, by table, of which nobody can tell any more whether they are as they
    were; ``vouched`` those of which only the journal says that the plan was carried out.
    """

    left: dict[str, int]
    moved: tuple[str, ...] = ()
    kept: str = ""
    untold: dict[str, int] = field(default_factory=dict)
    vouched: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing is left: what cannot be told may be."""
        return not self.left and not self.untold


def prove(
    engine: Engine,
    plan: Plan,
    pack: Pack,
    *,
    done: bool = False,
    progress: Progress | None = None,
) -> Proof:
    """Look whether what ``plan`` names is gone.

    The subject's rows are walked again: a cell that would still be rewritten is left. Where the
    rows still say what the subject is called, all text is searched for it. Beside that each cell
    that the plan names is looked at, as nothing leads to it once the subject's own row is redacted.

    ``done``: the journal says that an erasure has carried out this plan and read everything back.
    Without it what cannot be looked at any more is listed as such.

    Raises:
        Misconfigured: no such subject, or another database. Stale: the schema has changed.
        DatabaseFailed: the database failed.
    """
    with reading(engine) as connection:
        schema = reflect(connection)
        answers = {r.id: r.answer for r in plan.reviews}
        if plan.method == "purge" and (found := _purged(connection, schema, plan, pack, done=done)):
            return found
        named = tuple(plan.directives)
        request = Request(pack, plan.basis, plan.subject[1], plan.method, answers, named)
        draft = planner.draft(connection, schema, request, progress=progress)
        cells = {
            (step.table, key, column)
            for step in draft.plan.steps
            for key in step.keys
            for column in step.columns
        }
        cells |= {*map(_cell, draft.plan.mentions)}
        rest = remaining(connection, schema, plan, pack, draft.addresses, _erased(plan))
        waiting = sum(r.answer != "erase" for r in plan.reviews)
        kept = f"{count(waiting, 'review')} of the plan not answered with erase" if waiting else ""
        moved = _moved(plan.kpis, draft.plan.kpis)
        return _proof(cells | rest.left, rest.untold, moved, done=done, kept=kept)


def _proof(
    left: Collection[Cell],
    untold: Collection[Cell],
    moved: tuple[str, ...],
    *,
    done: bool,
    kept: str = "",
) -> Proof:
    """Count cells by column; what cannot be told is the journal's to vouch for, if it does."""
    rows = Counter(str(table) for table, _ in {(table, key) for table, key, _ in untold})
    by_table = dict(sorted(rows.items()))
    return Proof(_counted(left), moved, kept, {} if done else by_table, rows.total() if done else 0)


def _counted(cells: Collection[Cell]) -> dict[str, int]:
    counts = Counter(f"{table}.{column}" for table, _, column in cells)
    return dict(sorted(counts.items()))


def _purged(
    connection: Connection, schema: MetaData, plan: Plan, pack: Pack, *, done: bool
) -> Proof | None:
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
    private = {c for c, t in plan.basis.columns.items() if t.personal != "none"}
    dialect = dialect_of(connection)
    addresses = {w: Address.of(t, private, "", dialect=dialect) for w, t in tables.items()}
    rest = remaining(connection, schema, plan, pack, addresses, _erased(plan))
    untold = rest.untold | {
        (s.table, k, "") for s in plan.steps if s.purge for k in s.keys if str(k[0]).startswith("#")
    }
    moved = _moved(plan.kpis_after, verifier.measure(connection, schema, pack))
    proof = _proof(rest.left, untold, moved, done=done)
    return replace(proof, left=dict(sorted({**left, **proof.left}.items())))


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


def _cell(mention: Mention) -> Cell:
    return mention.table, mention.key, mention.column


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
