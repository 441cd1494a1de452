"""A pack for a schema that none is known for: proposed, for people to confirm. Reads only.

Rows that point at the subject's rows belong to it; rows that its rows point at are shared. What is
not certain is never followed silently: such a relation waits for a person, or is only told.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sqlalchemy import Connection, MetaData

from scanner.database import key_of
from scanner.errors import Misconfigured
from scanner.model import Audit, Finding, TableRef
from scanner.packs import figures, likeness
from scanner.packs.figures import Figure
from scanner.rulebook import Rows
from scanner.tables.linker import ENOUGH, Linker, Tie
from scanner.texts.wording import count

State = Literal["follow", "confirm", "tell"]
"""Followed; followed once a person confirmed it; written as a comment only."""

IDENTIFYING = frozenset({"EMAIL_ADDRESS", "PHONE_NUMBER", "USERNAME", "IBAN_CODE", "CUSTOMER_ID"})
"""What a row that describes a subject says of it, besides names."""

PEOPLE = 3
"""So many direct columns, a name among them, make a table one of people."""

OTHERS = 5
"""What it costs a table to point at other people: an order with a ship-to name is no person."""

EXCLUSIVE = 0.99
"""The share of addresses of one subject only, from which a table describes its subject."""

STREET = "STREET_ADDRESS"
"""What says where a subject lives: others of its household and its neighbours may live there, too."""

MOSTLY = 0.5
"""The share of streets of one subject only, from which a table says where its subjects live."""

HOMES = 3
"""So many streets a subject on average; more are where somebody goes, and lives in none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A proposed reach, with why, and what a person should look at."""

    tie: Tie
    table: TableRef
    start: TableRef
    state: State
    rows: Rows = "own"
    via: bool = False
    identity: bool = False
    unshared: tuple[tuple[str, ...], ...] = ()
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pack to be; ``candidates`` are tables of people with reasons, the likeliest first."""

    subject: TableRef
    key: str
    given: bool
    candidates: tuple[tuple[TableRef, str], ...]
    relations: tuple[Relation, ...]
    figures: tuple[Figure, ...]
    holders: tuple[TableRef, ...]
    composite: tuple[str, ...]
    missed: tuple[tuple[TableRef, str], ...]
    scanned: bool
    tables: tuple[TableRef, ...]

    @property
    def open(self) -> int:
        """How many questions wait for a person."""
        return sum(r.state == "confirm" for r in self.relations) + (not self.given)


def propose(
    connection: Connection,
    schema: MetaData,
    *,
    audit: Audit | None = None,
    subject: str = "",
    key: str = "",
) -> Proposal:
    """Propose a pack from declared keys, names, values and, if there is one, an audit.

    Raises:
        Misconfigured: no such table or key, or no subject is given and none can be proposed.
    """
    copies = {t.table for t in audit.scan.tables if t.copy_of} if audit else set()
    linker = Linker(connection, schema, copies)
    ties = linker.ties()
    found = _Findings(audit)
    candidates = _candidates(linker, ties, found)
    root = _table(linker, subject) if subject else next((t for t, _ in candidates), None)
    if root is None:
        raise Misconfigured("which table has the subjects? name it with --subject TABLE")
    survey = _Survey(linker, ties, (*_by_value(linker, found, root, ties),), found, root)
    chosen = survey.key(key)
    relations = tuple(survey.relations(chosen))
    own = [root, *dict.fromkeys(r.table for r in relations if r.rows == "own" and _on(r))]
    missed = [
        (t, why)
        for t, why in found.personal()
        if t not in {root, *(r.table for r in relations if _on(r))} and t in linker.tables
    ]
    return Proposal(
        root,
        chosen,
        bool(subject),
        tuple(candidates),
        relations,
        tuple(f for t in own if (f := figures.figure(linker, found.of.get(t, ()), t, ties, root))),
        tuple(dict.fromkeys([root, *(t for t, _ in candidates)])),
        linker.composite(),
        tuple(missed),
        audit is not None,
        tuple(sorted(linker.tables)),
    )


def _on(relation: Relation) -> bool:
    return relation.state != "tell"


def _leads(relation: Relation) -> bool:
    """Whether the walk goes on from the rows of a relation."""
    return relation.rows == "own" and _on(relation)


def _table(linker: Linker, name: str) -> TableRef:
    fit = [t for t in sorted(linker.tables) if name.lower() in (t.name.lower(), str(t).lower())]
    if len(fit) != 1:
        said = "no table" if not fit else "more than one table"
        raise Misconfigured(f"the database has {said} {name!r}: name it as schema.table")
    return fit[0]


class _Findings:
    """What a scan says, by table."""

    def __init__(self, audit: Audit | None) -> None:
        self.of: dict[TableRef, list[Finding]] = {}
        self.rows = {t.table: t.rows or 0 for t in audit.scan.tables} if audit else {}
        for finding in audit.scan.columns if audit else ():
            self.of.setdefault(finding.column.of, []).append(finding)

    def direct(self, table: TableRef) -> Mapping[str, str]:
        """Map the columns that identify by themselves to what they hold."""
        found = self.of.get(table, ())
        return {f.column.name: f.entity for f in found if f.personal == "direct"}

    def named(self, table: TableRef) -> bool:
        """Whether a table's rows may be people: a name and something more."""
        direct = self.direct(table)
        return "PERSON" in direct.values() and len(direct) > 1

    def people(self, table: TableRef) -> bool:
        """Whether a table's rows are people."""
        direct = self.direct(table)
        return "PERSON" in direct.values() and len(direct) >= PEOPLE

    def personal(self) -> Iterator[tuple[TableRef, str]]:
        """List the tables that may hold personal data, with how many columns of each kind."""
        for table, found in sorted(self.of.items()):
            kinds = [f.personal for f in found if f.personal in ("direct", "free_text", "quasi")]
            counts = {k: kinds.count(k) for k in ("direct", "free_text", "quasi") if k in kinds}
            if "direct" in counts or "free_text" in counts:
                yield table, ", ".join(f"{n} {k.replace('_', ' ')}" for k, n in counts.items())


def _candidates(
    linker: Linker, ties: Sequence[Tie], found: _Findings
) -> list[tuple[TableRef, str]]:
    """Rank the tables of people by kinds of direct data, tables that point at them, and size."""
    people = {t for t in linker.tables if t not in linker.copies and found.named(t)}
    known = [
        t for t in ties if t.certainty != "weak" and t.child != t.parent and not figures.acting(t)
    ]
    ranked = []
    for table in people:
        direct, rows = found.direct(table), found.rows.get(table, 0)
        pointing = len({t.child for t in known if t.parent == table})
        why = (
            f"{count(len(direct), 'direct column')}, pointed at by {count(pointing, 'table')}, "
            f"{count(rows, 'row')}"
        )
        score = min(len(set(direct.values())), PEOPLE) + pointing + 2 * math.log10(rows + 1)
        if any(t.child == table and t.parent in people for t in known):
            score -= OTHERS
            why += ", points at other people"
        ranked.append(((-score, table), (table, why)))
    return [one for _, one in sorted(ranked)]


def _by_value(
    linker: Linker, found: _Findings, root: TableRef, ties: Sequence[Tie]
) -> Iterator[Tie]:
    """Find tables that name the subject by an e-mail address or number of its own, without a key."""
    mine = {e: c for c, e in found.direct(root).items() if e in IDENTIFYING - {"PHONE_NUMBER"}}
    tied = {t.child for t in ties if t.parent == root and t.certainty != "weak"}
    for table in sorted(set(found.of) & set(linker.tables) - tied - {root} - linker.copies):
        for column, entity in found.direct(table).items():
            if entity in mine:
                key = linker.tables[root].c[mine[entity]]
                shared = linker.inclusion(linker.tables[table].c[column], key)
                if shared.found:
                    said = f"both hold {entity}; {shared}"
                    sure = "likely" if shared.found >= ENOUGH else "weak"
                    yield Tie(table, column, root, key.name, sure, said)  # type: ignore[arg-type]  # a Certainty


@dataclass(frozen=True, slots=True)
class _Told:
    """How many values a table has of its subjects, how many are one subject's only, of how many."""

    values: int
    alone: int
    people: int

    @property
    def exclusive(self) -> bool:
        """Whether they are as good as never two subjects'."""
        return self.values >= ENOUGH and self.alone >= EXCLUSIVE * self.values

    @property
    def homes(self) -> bool:
        """Whether they can be where the subjects live."""
        mostly = self.alone >= MOSTLY * self.values
        return 0 < self.values <= HOMES * self.people and mostly


@dataclass(slots=True)
class _Survey:
    """Walks outward from the subject's table, from table to table."""

    linker: Linker
    ties: Sequence[Tie]
    valued: Sequence[Tie]
    found: _Findings
    root: TableRef
    _chosen: str = field(default="")
    _ways: dict[TableRef, tuple[Tie, ...]] = field(default_factory=dict)

    def key(self, given: str) -> str:
        """Choose the column that names a subject.

        Raises:
            Misconfigured: there is no such column, or the table has no key of one column.
        """
        table = self.linker.tables[self.root]
        if given:
            if (same := {c.name.lower(): c.name for c in table.columns}.get(given.lower())) is None:
                raise Misconfigured(
                    f"{self.root} has no column {given!r}: --key names one of its columns"
                )
            return same
        columns = key_of(table)
        if len(columns) == 1:
            return columns[0].name
        pointed = sorted({t.key for t in self.ties if t.parent == self.root})
        if not columns and len(pointed) == 1:
            return pointed[0]
        raise Misconfigured(f"{self.root} has no key of one column: name one with --key COLUMN")

    def relations(self, key: str) -> Iterator[Relation]:
        """Yield the relations in the order in which the walk comes upon them.

        What only values speak for comes last, and not at all where keys lead to the same rows.
        """
        self._chosen = key
        self._ways = {self.root: ()}
        own, queue, listed = {self.root}, [self.root], list[Relation]()
        direct = {t.child for t in self.ties if t.parent == self.root and t.certainty != "weak"}
        self._spread(self.ties, own, queue, listed, direct)
        reached = {r.table for r in listed if _on(r)}
        open_ones = [t for t in self.valued if t.child not in reached]
        direct |= {t.child for t in open_ones if t.certainty != "weak"}
        for tie in open_ones:
            listed.append(relation := self._child(tie, others=set()))
            if _leads(relation):
                own.add(tie.child)
                self._ways.setdefault(tie.child, (tie,))
                self._spread(self.ties, own, [tie.child], listed, direct)
        yield from listed
        seen = {r.tie for r in listed}
        for tie in (
            t for t in self.ties if t.child in own and t not in seen and t.parent not in own
        ):
            if (shared := self._parent(tie, own, direct)) is not None:
                yield shared

    def _spread(
        self,
        ties: Sequence[Tie],
        own: set[TableRef],
        queue: list[TableRef],
        listed: list[Relation],
        direct: set[TableRef],
    ) -> None:
        """Go on from the tables in ``queue`` to all whose rows point at theirs, declared keys first."""
        for start in queue:
            known = {r.tie for r in listed}
            pointing = [t for t in ties if t.parent == start and t not in known]
            for tie in sorted(pointing, key=lambda t: t.certainty != "declared"):
                self._ways.setdefault(tie.child, (tie, *self._ways[start]))
                relation = self._child(tie, others=direct if start != self.root else set())
                listed.append(relation)
                if _leads(relation) and tie.child not in own:
                    own.add(tie.child)
                    queue.append(tie.child)

    def _child(self, tie: Tie, *, others: set[TableRef]) -> Relation:
        """Judge rows that point at own rows."""
        state: State = "follow" if tie.certainty in ("declared", "sure") else "confirm"
        made = Relation(
            tie=tie,
            table=tie.child,
            start=tie.parent,
            state="tell" if tie.certainty == "weak" else state,
            identity=tie.parent == self.root and self._describes(tie),
        )
        if tie.child == tie.parent or tie.child == self.root:
            doubt = "the rows it leads to are other people's, or found already"
            return replace(made, state="tell", identity=False, doubt=doubt)
        if tie.child in others:
            doubt = "its rows name the subject themselves; these may be about others: only linked"
            return replace(made, rows="linked", doubt=doubt)
        if made.state == "tell":
            return made
        if (asked := self._asked(made)) is not None:
            return asked
        if acting := figures.acting(tie):
            doubt = f"{acting[0]!r} may say who acted, not whom the rows are about"
            return replace(made, state="confirm", identity=False, doubt=doubt)
        return made

    def _asked(self, made: Relation) -> Relation | None:
        """Ask about rows that may be other people: a declared key says that they belong, not who they are.

        Those that are called like their subject are about it. Where they are not, or are reached
        through another table, they are no more than linked until somebody says that they are its own.
        """
        tie, way = made.tie, (made.tie, *self._ways[made.start])
        here, there = self.found.direct(tie.child), self.found.direct(self.root)
        named = likeness.named(here, "PERSON", figures.OWNERS)
        entity = "PERSON" if named else "EMAIL_ADDRESS"
        mailed = tie.child in {t.child for t in self.valued}  # else they may be second addresses
        columns = named or (likeness.named(here, entity, figures.OWNERS) if mailed else [])
        found = likeness.compare(
            self.linker, way, columns, likeness.named(there, entity, frozenset())
        )
        people = bool(named) and self.found.named(tie.child)
        if found.copies or not (people or found.differs):
            return None
        doubt = "a table of people: are these rows the subject's own, or other people?"
        if found.differs:
            doubt = (
                f"are these rows the subject's own, or other people? Of {found.of:,} compared "
                f"{found.same:,} are called as the subject they lead to"
            )
        elif made.start == self.root and not self.found.people(tie.child):
            return None
        linked = found.differs or made.start != self.root
        if linked:
            doubt += '; if its own, delete the line with rows = "linked" as well'
        rows: Rows = "linked" if linked else "own"
        return replace(made, state="confirm", rows=rows, identity=False, doubt=doubt)

    def _describes(self, tie: Tie) -> bool:
        """Whether the rows say what the subject is called, or where it lives.

        What they call it must be one subject's only; of streets most, as they are never sure.
        """
        direct = self.found.direct(tie.child)
        signs = [c for c, e in direct.items() if e in IDENTIFYING and c != tie.column]
        streets = [c for c, e in direct.items() if e == STREET and c != tie.column]
        if signs:
            return self._told(tie, signs).exclusive
        return bool(streets) and self._told(tie, streets).homes

    def _told(self, tie: Tie, columns: Sequence[str]) -> "_Told":
        """Count whose the values of some columns are."""
        whose: dict[tuple[str, Any], set[Any]] = {}
        for owner, *values in self.linker.read(self.linker.tables[tie.child], tie.column, *columns):
            for column, value in zip(columns, values, strict=True):
                if value and owner is not None:
                    whose.setdefault((column, value), set()).add(owner)
        alone = sum(len(owners) == 1 for owners in whose.values())
        people = set[Any]().union(*whose.values())
        return _Told(len(whose), alone, len(people))

    def _parent(self, tie: Tie, own: set[TableRef], direct: set[TableRef]) -> Relation | None:
        """Judge rows that own rows point at: shared, unless the data says each is one row's only."""
        if tie.certainty == "weak" or not self.found.direct(tie.parent):
            return None
        made = Relation(
            tie=tie, table=tie.parent, start=tie.child, state="tell", via=True,
            doubt="shared by others: its rows are not the subject's",
        )  # fmt: skip
        rows = self.linker.read(self.linker.tables[tie.child], tie.column)
        values = [v for (v,) in rows if v not in (None, "", 0)]
        near = tie.child == self.root or tie.child in direct
        unshared = self._unshared(tie.parent, own, direct)
        if not near or unshared is None or len(values) < ENOUGH:
            return made
        housing = STREET in self.found.direct(tie.parent).values()
        if len(set(values)) < (MOSTLY if housing else EXCLUSIVE) * len(values):
            return made
        some = "most rows seem" if housing else "each row seems"
        doubt = f"{some} to be one subject's own; rows that others point at too are left out"
        identity = tie.child == self.root or housing
        return replace(made, state="confirm", unshared=unshared, doubt=doubt, identity=identity)

    def _unshared(
        self, parent: TableRef, own: set[TableRef], direct: set[TableRef]
    ) -> tuple[tuple[str, ...], ...] | None:
        """Say who else may point at rows of ``parent``; None where no pack can say whose they are."""
        said: list[tuple[str, ...]] = []
        for tie in (t for t in self.ties if t.parent == parent and t.certainty != "weak"):
            name, table = str(tie.child), self.linker.tables[tie.child]
            if tie.child == self.root:
                said.append((name, tie.column, self._chosen))
            elif tie.child in direct:
                whose = next(t for t in self.ties if t.child == tie.child and t.parent == self.root)
                if whose.key != self._chosen or whose.column == self._chosen:
                    return None
                said.append((name, tie.column, whose.column))
            elif tie.child in own or not (key := key_of(table)):
                return None
            else:
                said.append((name, tie.column, key[0].name, name))
        return tuple(said)
