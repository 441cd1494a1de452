"""What refers to what in a database, from all that is known of it; and a directive's lines there.

Clarify declares no foreign keys: relations come from its dictionary, from declared keys, from the
pack, from names of relation columns and from tables that the scan took for copies. Reads only.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, Table, and_, select

from scanner.database import dialect_of, key_of, ref
from scanner.graph import Walk
from scanner.model import TableRef
from scanner.purge.directives import Line
from scanner.tables.linker import Tie
from scanner.tables.relations import MANY_TO_ONE

PAIRS = 5
"""Clarify's relation type with a table of pairs."""

COPY = "a copy"


@dataclass(frozen=True, slots=True)
class Reference:
    """Rows of ``child`` hold in ``column`` what rows of ``parent`` hold in ``to``; ``why`` we know.

    ``own``: the pack says that these rows belong to whom the parent's row belongs to.
    """

    child: Table
    column: str
    parent: Table
    to: str
    where: tuple[tuple[str, object], ...] = ()
    why: str = ""
    own: bool = False

    def __str__(self) -> str:
        return str(self.line)

    @property
    def line(self) -> Line:
        """Write it as a line of a directive."""
        to = "" if self.to in ("objid", key_column(self.parent)) else self.to
        child, parent = str(ref(self.child)), str(ref(self.parent))
        return Line(child, self.column.lower(), parent, to.lower(), where=self.where)

    @property
    def place(self) -> tuple[TableRef, str, TableRef, tuple[tuple[str, object], ...]]:
        """Name the relation, however it is known."""
        return ref(self.child), self.column, ref(self.parent), self.where

    def condition(self) -> ColumnElement[bool] | None:
        """Compare the columns with constants; None where there are none."""
        terms = [self.child.c[c] == v for c, v in self.where]
        return and_(*terms) if terms else None


@dataclass(frozen=True, slots=True)
class Check:
    """A foreign key of one column; ``on_delete`` is what the database does with rows that refer."""

    link: Reference
    on_delete: str
    deferred: bool = False

    @property
    def child(self) -> TableRef:
        """Name the table that refers."""
        return ref(self.link.child)

    @property
    def parent(self) -> TableRef:
        """Name the table that is referred to."""
        return ref(self.link.parent)

    @property
    def waits(self) -> bool:
        """Whether the database looks only at the end of the transaction."""
        return self.deferred and self.on_delete in ("", "NO ACTION")

    @property
    def nullable(self) -> bool:
        """Whether the link can be emptied."""
        return bool(self.link.child.c[self.link.column].nullable)


def _tied(tables: Mapping[TableRef, Table], tie: Tie) -> Reference:
    """Take a relation that names and values speak for."""
    why = "its values" if tie.certainty == "sure" else f"{tie.certainty}: {tie.evidence}"
    return Reference(tables[tie.child], tie.column, tables[tie.parent], tie.key, why=why)


def key_column(table: Table, known: bool = True) -> str:
    """Name the one column that tells a table's rows apart; empty where there is none."""
    key = key_of(table)
    return key[0].name if known and len(key) == 1 else ""


class Ground:
    """One database's tables under a directive: binds lines, and knows what refers to what."""

    def __init__(
        self, connection: Connection, walk: Walk, key: str, more: Iterable[Tie] = ()
    ) -> None:
        self.connection, self.walk, self.key = connection, walk, key
        self.tables = walk.tables
        self.checks = tuple(self._checks())
        self.references = tuple(self._catalogue(more))
        self.referring: dict[TableRef, list[Reference]] = {}
        for one in self.references:
            self.referring.setdefault(ref(one.parent), []).append(one)

    def learn(self, told: Iterable[Reference]) -> None:
        """Take what only a directive tells of: it is held against what is left as all the rest is."""
        known = {(one.place, one.to) for one in self.references}
        for one in told:
            if (one.place, one.to) not in known:
                self.referring.setdefault(ref(one.parent), []).append(one)

    def line(self, one: Reference) -> Line:
        """Write a relation as a line, without schemas where a table's name says which is meant."""
        child, parent = (self.bare(ref(t)) for t in (one.child, one.parent))
        return replace(one.line, table=child, target=parent)

    def bare(self, where: TableRef) -> str:
        """Name a table as a person would."""
        return where.name.lower() if self.walk.find(where.name) == where else str(where).lower()

    def bind(self, line: Line) -> tuple[Reference | None, str]:
        """Find the tables and columns of a line; where one is missing, say which.

        A name that the pack knows may be missing: installations differ. Then nothing is said.
        """
        left, right = self.walk.find(line.table), self.walk.find(line.target)
        for name, found in ((line.table, left), (line.target, right)):
            if found is None:
                return None, "" if self._known(name) else f"there is no table {name}"
        if left is None or right is None:
            return None, ""
        child, parent = self.tables[left], self.tables[right]
        wanted = [(child, line.column), (parent, line.to or self._key(parent))]
        wanted += [(child, c) for c, _ in line.where]
        names = []
        for table, column in wanted:
            name = next((c.name for c in table.columns if c.name.lower() == column.lower()), "")
            if not name:
                declared = self.walk.pack.declared(table.name, column)
                missing = f"{ref(table)} has no column {column or 'that is its key'}"
                return None, "" if declared is not None else missing
            names.append(name)
        where = tuple(zip(names[2:], (v for _, v in line.where), strict=True))
        return Reference(child, names[0], parent, names[1], where, "the directive"), ""

    def _key(self, table: Table) -> str:
        return self.key if self.key in table.c else key_column(table)

    def _known(self, name: str) -> bool:
        bare = name.rpartition(".")[2]
        return self.walk.pack.knows(bare) or bare.startswith("mtm_")

    # -- all that refers -----------------------------------------------------------------------

    def _catalogue(self, more: Iterable[Tie]) -> Iterator[Reference]:
        seen = set()
        ties = (_tied(self.tables, tie) for tie in more)
        sources = (self._pack(), self._declared(), self._dictionary(), self._named(), ties)
        for source in sources:
            for one in source:
                plain = (ref(one.child), one.column, one.where)
                if plain not in seen:
                    seen.add(plain)
                    yield one

    def _pack(self) -> Iterator[Reference]:
        """Take the pack's relations, with those of tables that it does not know."""
        for reach in self.walk.reaches:
            child, start = self.walk.find(reach.table), self.walk.find(reach.start)
            if child is None or start is None:
                continue
            own, parent = reach.rows == "own" and not reach.only, self.tables[start]
            if reach.through and (link := self.walk.find(reach.through)):
                pairs = self.tables[link]
                yield Reference(pairs, reach.near, parent, reach.to, why="the pack", own=True)
                far = self.walk.pack.key
                yield Reference(pairs, reach.far, self.tables[child], far, why="the pack", own=True)
            elif reach.by:
                # What limits a relation by a column that is no type is not what refers.
                where = tuple(sorted(reach.where.items()))
                why = reach.why or "the pack"
                yield Reference(
                    self.tables[child], reach.by, parent, reach.to, where, why=why, own=own
                )
            elif not reach.where:
                target = self.tables[child]
                yield Reference(parent, reach.via, target, reach.to, why="the pack")

    def _declared(self) -> Iterator[Reference]:
        return (check.link for check in self.checks)

    def _checks(self) -> Iterator[Check]:
        dialect = dialect_of(self.connection)
        for table in self.tables.values():
            known = dialect.foreign_keys(self.connection, table) if table.foreign_keys else ()
            actions = {key.columns: key.on_delete for key in known}
            for key in table.foreign_key_constraints:
                place, _, column = key.elements[0].target_fullname.rpartition(".")
                target = self.walk.find(place)
                if len(key.elements) > 1 or target is None:
                    continue
                parent, name = self.tables[target], key.elements[0].parent.name
                to = next((c.name for c in parent.columns if c.name.lower() == column.lower()), "")
                if to:
                    one = Reference(table, name, parent, to, why="declared foreign key")
                    action = actions.get((name,), (key.ondelete or "").upper())
                    yield Check(one, action, (key.initially or "").upper() == "DEFERRED")

    def _dictionary(self) -> Iterator[Reference]:
        """Read Clarify's own list of relations: columns of keys, and tables of pairs."""
        maps, relations = self.walk.find("adp_tbl_name_map"), self.walk.find("adp_sch_rel_info")
        if self.walk.pack.dictionary != "adp" or maps is None or relations is None:
            return
        types, rels = self.tables[maps], self.tables[relations]
        query = select(
            types.c.type_name, rels.c.rel_name, rels.c.rel_type, rels.c.target_name
        ).where(rels.c.type_id == types.c.type_id, rels.c.rel_type.in_([*MANY_TO_ONE, PAIRS]))
        pairs: dict[str, list[str]] = {}
        for name, column, kind, target in self.connection.execute(query):
            if not (name and column and target):
                continue
            if kind == PAIRS:
                pairs.setdefault(column.lower(), []).append(f"table_{name}".lower())
                continue
            yield from self._made(f"table_{name}", column, f"table_{target}", "the dictionary")
        for where in sorted(self.tables):
            if where.name.lower().startswith("mtm_"):
                for column in self.tables[where].columns:
                    for owner in self._owner(where, pairs.get(column.name.lower(), [])):
                        yield from self._made(str(where), column.name, owner, "the dictionary")

    @staticmethod
    def _owner(where: TableRef, owners: list[str]) -> list[str]:
        """Choose whose relation a table of pairs is, where several objects have one of that name."""
        bare = [o for o in owners if o.removeprefix("table_") in where.name.lower()]
        return (bare or owners)[:1]

    def _made(self, table: str, column: str, target: str, why: str) -> Iterator[Reference]:
        child, parent = self.walk.find(table), self.walk.find(target)
        if child is None or parent is None or self.key not in self.tables[parent].c:
            return
        for one in self.tables[child].columns:
            if one.name.lower() == column.lower():
                yield Reference(
                    self.tables[child], one.name, self.tables[parent], self.key, why=why
                )

    def _named(self) -> Iterator[Reference]:
        """Read relations from names: what follows the last 2 is a table."""
        if self.walk.pack.dictionary != "adp":
            return
        for where in sorted(self.tables):
            if where.name.lower().startswith("mtm_") or where in self.walk.copies:
                continue
            for column in self.tables[where].columns:
                near, two, target = column.name.lower().rpartition("2")
                if two and near and target.isidentifier():
                    yield from self._made(str(where), column.name, f"table_{target}", "its name")
