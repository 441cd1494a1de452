"""Which relations lead from a subject to its rows: a pack's, and those that no pack names. Reads only.

A database has tables that its pack does not know. Their relations come from Clarify's own
dictionary (``adp_sch_rel_info``), from the names of relation columns, from the pack's links and
from tables that the scan took for copies.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Table, select

from scanner.errors import Misconfigured
from scanner.model import TableRef
from scanner.rulebook import Pack, Reach

MANY_TO_ONE = (2, 3, 10, 11)
"""Clarify's relation types whose column stands on the near side (CLARIFY: rel_type 2, 3)."""


def reaches(
    connection: Connection,
    tables: Mapping[TableRef, Table],
    pack: Pack,
    copies: Iterable[tuple[TableRef, TableRef]],
) -> tuple[Reach, ...]:
    """Give the relations that the database has, in its own names.

    Args:
        connection: in a transaction.
        tables: the reflected tables.
        pack: whose relations are followed.
        copies: tables that hold copies of others' rows, with those.

    Raises:
        Misconfigured: the product's tables are there more than once.
    """
    _unambiguous(tables, pack)
    return tuple(_Relations(connection, tables, places(tables), pack).all(copies))


@dataclass(frozen=True, slots=True)
class _Relations:
    connection: Connection
    tables: Mapping[TableRef, Table]
    names: Mapping[str, TableRef]
    pack: Pack

    def all(self, copies: Iterable[tuple[TableRef, TableRef]]) -> Iterator[Reach]:
        found = [*self.pack.reaches, *self._customs(), *self._links(), *self._copies(copies)]
        yield from (fit for r in found if (fit := self._fitted(r)) is not None)

    def find(self, name: str) -> TableRef | None:
        return self.names.get(name.lower())

    def _describes(self, table: str) -> bool:
        """Whether rows of a table say what the subject is called."""
        return table == self.pack.subject or any(
            r.identity and r.table == table for r in self.pack.reaches
        )

    def _customs(self) -> Iterator[Reach]:
        """Read the relations of tables that the pack does not know, from the dictionary."""
        names = self._dictionary()
        for where, table in sorted(self.tables.items()):
            if self.pack.knows(where.name):
                continue
            for column in table.columns:
                target = names.get((where.name, column.name)) or self._by_name(column.name)
                if target and self.pack.knows(target) and not where.name.startswith("mtm_"):
                    why = "the dictionary" if (where.name, column.name) in names else "its name"
                    yield Reach(
                        table=str(where),
                        start=target,
                        by=column.name,
                        to=self.pack.key,
                        identity=self._describes(target),
                        why=why,
                    )

    def _dictionary(self) -> dict[tuple[str, str], str]:
        """Read (table, relation column) -> target table from Clarify's adp_ tables."""
        maps, relations = self.find("adp_tbl_name_map"), self.find("adp_sch_rel_info")
        if self.pack.dictionary != "adp" or maps is None or relations is None:
            return {}
        types, rels = self.tables[maps], self.tables[relations]
        query = select(types.c.type_name, rels.c.rel_name, rels.c.target_name).where(
            rels.c.type_id == types.c.type_id, rels.c.rel_type.in_(MANY_TO_ONE)
        )
        return {
            (f"table_{t}".lower(), r.lower()): f"table_{o}".lower()
            for t, r, o in self.connection.execute(query)
            if t and r and o
        }

    def _by_name(self, column: str) -> str:
        """Read the target from the name of a relation column: what follows its last 2."""
        near, two, target = column.lower().rpartition("2")
        return f"table_{target}" if two and near and target.isidentifier() else ""

    def _links(self) -> Iterator[Reach]:
        for where, table in sorted(self.tables.items()):
            for column in table.columns if not self.pack.knows(where.name) else ():
                for link in self.pack.links:
                    if link.names(column.name):
                        start, _, to = link.to.rpartition(".")
                        yield Reach(
                            table=str(where),
                            start=start,
                            by=column.name,
                            to=to,
                            identity=self._describes(start),
                            why="a link of the pack",
                        )

    def _copies(self, copies: Iterable[tuple[TableRef, TableRef]]) -> Iterator[Reach]:
        key = self.pack.key
        for copy, original in sorted(copies):
            if (
                copy in self.tables
                and key in self.tables[copy].c
                and not self.pack.knows(copy.name)
            ):
                yield Reach(table=str(copy), start=str(original), by=key, to=key, why="a copy")

    def _fitted(self, reach: Reach) -> Reach | None:
        """Give ``reach`` the database's own names; None where it lacks one: installations differ."""
        target, start = self.find(reach.table), self.find(reach.start)
        link = self.find(reach.through) if reach.through else None
        if target is None or start is None or (reach.through and link is None):
            return None
        own, near = self._columns(target), self._columns(start)
        pairs = self._columns(link) if link is not None else {}
        side = own if reach.via else near
        try:
            return replace(
                reach,
                by=own[reach.by.lower()] if reach.by else "",
                via=near[reach.via.lower()] if reach.via else "",
                to=side[reach.to.lower()],
                near=pairs[reach.near.lower()] if link is not None else "",
                far=pairs[reach.far.lower()] if link is not None else "",
                where={own[c.lower()]: v for c, v in reach.where.items()},
                only=tuple(own[c.lower()] for c in reach.only if c.lower() in own),
                called=tuple(own[c.lower()] for c in reach.called if c.lower() in own),
            )
        except KeyError:
            return None

    def _columns(self, table: TableRef) -> dict[str, str]:
        return {c.name.lower(): c.name for c in self.tables[table].columns}


def _unambiguous(tables: Iterable[TableRef], pack: Pack) -> None:
    """Refuse a database that holds the product twice: which of them is meant cannot be told.

    Raises:
        Misconfigured: with one such table.
    """
    places: dict[str, list[str]] = {}
    for table in tables:
        if pack.knows(table.name):
            places.setdefault(table.name.lower(), []).append(str(table))
    if double := sorted(p for p in places.values() if len(p) > 1):
        raise Misconfigured(
            f"the product's tables are there more than once ({', '.join(sorted(double[0]))}): use "
            "an account that sees one schema of the product only"
        )


def places(tables: Iterable[TableRef]) -> dict[str, TableRef]:
    """Map full and bare names, in lower case, to tables; full names win."""
    names: dict[str, TableRef] = {}
    for table in sorted(tables):
        names.setdefault(table.name.lower(), table)
    return names | {str(t).lower(): t for t in tables}
