"""What the subject's own rows will hold instead: new values, worked out before anything is written.

Values stay in memory. Reads only.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Table, UniqueConstraint, select

from scanner import strategies
from scanner.database import dialect_of, ref
from scanner.errors import Misconfigured
from scanner.graph import Row, Territory
from scanner.matcher import Matcher
from scanner.model import KEEP, ColumnRef, Key, Span, TableRef
from scanner.plans import Basis
from scanner.rows import Address, chunks, named
from scanner.rulebook import Pack
from scanner.subjects.searcher import text

if TYPE_CHECKING:
    from scanner.detectors.annotator import Annotator


SCRUBS = ("scrub", "scrub_all")
"""Strategies that leave a value in which nobody is named."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One row with what some of its cells will hold; ``strategies`` says why, column by column.

    ``spans`` are the places in the texts of those cells of which only pieces change; ``followed``
    the cells that the database itself rewrites, as they refer to something that is rewritten.
    """

    table: TableRef
    key: Key
    place: Mapping[str, Any] = field(repr=False)
    new: Mapping[str, Any] = field(repr=False)
    strategies: Mapping[str, str] = field(default_factory=dict)
    spans: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    followed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Recipe:
    """What is done with the cells of one column; ``safe`` shapes hold nobody's data."""

    column: Column[Any]
    choice: str
    entity: str
    unique: bool
    shadow: bool
    safe: Sequence[re.Pattern[str]]
    settings: strategies.Settings


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Rewrites own rows as the audit says."""

    pack: Pack
    basis: Basis
    matcher: Matcher
    addresses: Mapping[TableRef, Address]
    subject: Any
    _chosen: dict[TableRef, dict[str, str]] = field(default_factory=dict, repr=False)
    _recipes: dict[TableRef, dict[str, "_Recipe"]] = field(default_factory=dict, repr=False)

    def of(self, matcher: Matcher, subject: Any) -> "Rewriter":
        """Give a rewriter for another subject that shares what was looked up of the columns."""
        return replace(self, matcher=matcher, subject=subject)

    def edits(
        self,
        connection: Connection,
        tables: Mapping[TableRef, Table],
        territory: Territory,
        faults: list[str] | None = None,
    ) -> Iterator[Edit]:
        """Yield an edit for each own row in which something would change, table by table.

        ``faults`` takes what does not fit its column, a line for each; without it that is raised.

        Raises:
            Misconfigured: nothing but what is untrue could stand in some columns, or, at the end, all
                that does not fit.
        """
        strategies.labelled(self._replaced(tables, territory))
        found: list[str] = [] if faults is None else faults
        for where in sorted(territory.rows):
            rows = {k: r for k, r in territory.rows[where].items() if r.rows == "own"}
            columns = self.rewritten(tables[where])
            if rows and columns:
                yield from self._table(connection, tables[where], columns, rows, found)
        if faults is None and found:
            raise Misconfigured("; ".join(found))

    def _replaced(
        self, tables: Mapping[TableRef, Table], territory: Territory
    ) -> Iterator[Column[Any]]:
        """Yield the columns whose values are replaced as a whole in own rows."""
        for where, rows in sorted(territory.rows.items()):
            only = [r.only for r in rows.values() if r.rows == "own"]
            for name, choice in self.rewritten(tables[where]).items():
                if choice not in SCRUBS and any(o is None or name in o for o in only):
                    yield tables[where].c[name]

    def staying(
        self, connection: Connection, tables: Mapping[TableRef, Table], territory: Territory
    ) -> Iterator[tuple[TableRef, Key, str]]:
        """Yield the cells of own rows that hold personal data and stay, as people decided so.

        Whether or not the subject is known by what they hold: a marital status stays as well.
        """
        for where in sorted(territory.rows):
            rows = {k: r for k, r in territory.rows[where].items() if r.rows == "own"}
            columns = dict.fromkeys(self._firm(tables[where]), KEEP)
            if not rows or not columns:
                continue
            address = self.addresses[where]
            for key, row, values in self._values(connection, tables[where], columns, rows, address):
                mine = [c for c in columns if row.only is None or c in row.only]
                yield from ((where, key, c) for c in mine if self._says(values.get(c)))

    def _firm(self, table: Table) -> list[str]:
        """Name the columns with personal data that people decided to keep."""
        where = ref(table)
        named = {c: ColumnRef(where.schema, where.name, c) for c in table.c.keys()}  # noqa: SIM118  # names, not columns
        return [
            c
            for c, said in named.items()
            if self.basis.treatment(said).firm and said not in self.basis.undecided
        ]

    def _says(self, value: Any) -> bool:
        """Whether a cell holds anything: not NULL, blanks, a placeholder or the date that means none."""
        if isinstance(value, str):
            return bool(value.strip()) and not strategies.is_placeholder(value)
        return value is not None and value != settings(self.pack).empty_date

    def rewritten(self, table: Table) -> dict[str, str]:
        """Choose the strategy of each column of ``table`` that has one.

        A shadow has its base's; a computed column follows what it is computed from.
        """
        where = ref(table)
        if where in self._chosen:
            return self._chosen[where]
        chosen = self._chosen[where] = {}
        for column in table.columns:
            choice = self.basis.treatment(ColumnRef(where.schema, where.name, column.name)).choice
            if choice != KEEP and column.computed is None:
                chosen[column.name] = choice
        for column in table.columns:
            base = self.pack.base(column.name)
            if base in chosen and column.computed is None:
                chosen[column.name] = chosen[base]
        return chosen

    def _table(
        self,
        connection: Connection,
        table: Table,
        columns: Mapping[str, str],
        rows: Mapping[Key, Row],
        faults: list[str],
    ) -> Iterator[Edit]:
        address = self.addresses[ref(table)]
        recipes = self._cook(table, columns)
        for key, row, values in self._values(connection, table, columns, rows, address):
            told = tag(key, self.subject)
            new: dict[str, Any] = {}
            spans: dict[str, Sequence[Span]] = {}
            for name in columns:
                mine = row.only is None or name in row.only or self.pack.base(name) in row.only
                if not mine or (old := values[name]) is None:
                    continue
                try:
                    changed, found = self._new(recipes[name], old, told)
                except Misconfigured as error:
                    faults += [str(error)] if str(error) not in faults else []
                    continue
                if changed != old:
                    new[name] = changed
                    spans |= {name: found} if found else {}
            if new:
                place = {c: values[c] for c in address.columns}
                why = {n: columns[n] for n in sorted(new)}
                yield Edit(address.table, key, place, new, why, spans)

    def _values(
        self,
        connection: Connection,
        table: Table,
        columns: Mapping[str, str],
        rows: Mapping[Key, Row],
        address: Address,
    ) -> Iterator[tuple[Key, Row, Mapping[str, Any]]]:
        """Read the cells that may change; where keys do not show, by the values of the walk."""
        wanted = [table.c[c] for c in sorted({*columns, *address.columns})]
        if not address.unique:
            yield from ((k, r, r.values) for k, r in sorted(rows.items(), key=lambda i: str(i[0])))
            return
        real = {address.key(r.values): r for r in rows.values()}
        keys = sorted((tuple(r.values[c] for c in address.columns) for r in rows.values()), key=str)
        for some in chunks(keys, dialect_of(connection).max_keys // len(address.columns)):
            found = connection.execute(
                select(*wanted).where(named(dialect_of(connection), table, address.columns, some))
            )
            names = list(found.keys())
            for row in found.all():
                values = dict(zip(names, row, strict=True))
                key = address.key(values)
                yield key, real[key], values

    def _cook(self, table: Table, columns: Mapping[str, str]) -> dict[str, _Recipe]:
        """Look up, once for each column, what is done with its cells; a shadow follows its base."""
        where, unique = ref(table), unique_columns(table)
        if where not in self._recipes:
            made = self._recipes[where] = {}
            for name, choice in columns.items():
                base = self.pack.base(name)
                shadow = bool(base) and base in table.c
                said = base if shadow else name
                made[name] = _Recipe(
                    table.c[name],
                    choice,
                    self.basis.treatment(ColumnRef(where.schema, where.name, said)).entity,
                    bool(unique & {name, base, f"{self.pack.shadow}{name}"}),
                    shadow,
                    _shapes(self.pack.safe.get((where.name, said), ()), shadow=shadow),
                    settings(self.pack),
                )
        return self._recipes[where]

    def _new(self, recipe: _Recipe, old: Any, told: str) -> tuple[Any, Sequence[Span]]:
        """Work out what a cell becomes, and which pieces of it change where the rest stays."""
        if isinstance(old, str) and (
            not old or strategies.is_placeholder(old) or self._safe(recipe, old)
        ):
            return old, ()
        spans = self._spans(recipe.choice, text(old))
        changed = strategies.apply(
            recipe.choice,
            old,
            column=recipe.column,
            entity=recipe.entity,
            key=told,
            unique=recipe.unique,
            spans=spans,
            settings=recipe.settings,
            upper=recipe.shadow,
        )
        return changed, spans

    def _spans(self, choice: str, said: str) -> Sequence[Span]:
        """Find what a scrub replaces: the subject's identifiers, or what identifies anybody."""
        if choice not in SCRUBS:
            return ()
        found = self.matcher.find(said, own=True)
        others: Sequence[Span] = ()
        if choice == "scrub_all":
            others = _annotator().annotate([strategies.without_placeholders(said)])[0]
            found = self.matcher.beside(said, found, others, own=True) if others else found
        return [*(s for m in found for s in m.places(said)), *others]

    def _safe(self, recipe: _Recipe, old: str) -> bool:
        """Whether a text has a shape that the pack knows to hold nobody's data."""
        return any(p.fullmatch(old) for p in recipe.safe) and not self.matcher.find(old)


def _shapes(patterns: Sequence[re.Pattern[str]], *, shadow: bool) -> tuple[re.Pattern[str], ...]:
    """Take shapes as they are; a shadow is in capitals."""
    also = re.IGNORECASE if shadow else re.NOFLAG
    return tuple(re.compile(p.pattern, p.flags | also) for p in patterns)


@cache
def _annotator() -> "Annotator":
    """Make what finds other people's data, with the model that comes with Efface."""
    # Imported when it is needed: most audits have no column whose texts are scrubbed of everybody.
    from scanner.detectors.annotator import Annotator
    from scanner.detectors.by_language import Language
    from scanner.rulefiles import recognizers

    return Annotator(Language(), recognizers.load())


def settings(pack: Pack) -> strategies.Settings:
    """Tell the strategies what the pack says about values."""
    empty = pack.empty_date
    return strategies.Settings(empty) if empty else strategies.Settings()


def tag(key: Key, subject: Any) -> str:
    """Write a row's key as a placeholder carries it.

    Of a digest only six digits, behind the subject's key: enough to tell rows apart, too little to
    try out what the row held.
    """
    first = str(key[0])
    return f"{subject}-{first[1:7]}" if first.startswith("#") else "-".join(map(str, key))


def unique_columns(table: Table) -> frozenset[str]:
    """Name the columns in which two rows may not be equal."""
    indexes: Sequence[Any] = [i for i in table.indexes if i.unique]
    constraints = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    groups = [*indexes, *constraints, table.primary_key]
    return frozenset(c.name for g in groups for c in g.columns)
