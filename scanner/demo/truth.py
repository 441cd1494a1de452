"""The ground truth: where each contact's data stands, in positions and never in values."""

import json
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import IO, Any, Final

from scanner.demo.facts import COPIES, Facts, facts
from scanner.demo.ledger import Ledger
from scanner.demo.said import KINDS, SHARED, STRONG_ANYWHERE, STRONG_OWN, Kind, Span
from scanner.demo.schema import ADP, columns_of


class Flag:
    """What a place is to its subject; plain numbers, because millions are made."""

    STRONG: Final = 1
    OWN: Final = 2
    AMBIGUOUS: Final = 4
    CUT: Final = 8
    LINKED: Final = 16


def _grades(strong: frozenset[int]) -> tuple[int, ...]:
    return tuple(Flag.STRONG if kind in strong else 0 for kind in range(len(KINDS)))


GRADES, GRADES_OWN = _grades(STRONG_ANYWHERE), _grades(STRONG_OWN)
"""What each kind is worth in anybody's row, and in the person's own."""


class Truth:
    """What the demo put where; filled while the rows are made."""

    def __init__(self, *, shadows: bool, options: dict[str, int | bool]) -> None:
        self.options = options
        self.headline: dict[str, str | int] = {}
        self.namesakes: frozenset[int] = frozenset()
        self._places = Ledger(7)
        self._own_rows = Ledger(5)
        self.tables: list[dict[str, Any]] = []
        self.columns: list[dict[str, Any]] = []
        self.table_index: dict[str, int] = {}
        self.column_index: dict[tuple[str, str], int] = {}
        self._shadowed: set[int] = set()
        for fact in facts().values():
            self._describe(fact, shadows=shadows)
            for many in fact.many:
                names = [many.column, many.inverse]
                self._table(many.table, key=names, custom="x_" in many.table)
                for name in names:
                    self._column(many.table, name)
        for name, text in ADP.items():
            self._table(name)
            for line in text.split(";"):
                self._column(name, line.split()[0])

    @property
    def rows(self) -> int:
        """Count the rows of all tables."""
        return sum(t["rows"] for t in self.tables)

    def note_row(self, who: int, table: int, key: int, relation: int, key2: int = -1) -> None:
        """Write down that a row belongs to somebody (OWN) or is linked to them (LINKED)."""
        self._own_rows.recent += (who, table, key, key2, relation)

    def note(self, column: int, key: int, spans: Sequence[Span], owner: int, relation: int) -> None:
        """Write down the spans of one cell in a row to which ``owner`` has this relation."""
        places = self._places.recent
        for start, end, who, kind, cut in spans:
            if who == owner:
                flags = relation | (Flag.CUT if cut else GRADES_OWN[kind])
            else:
                flags = Flag.CUT if cut else GRADES[kind]
                if self._doubtful(who, kind, spans):
                    flags |= Flag.AMBIGUOUS
            places += (who, column, key, start, end, kind, flags)

    def spill(self) -> None:
        """Keep memory bounded; call it now and then."""
        self._places.spill()
        self._own_rows.spill()

    def places(self) -> Iterator[tuple[int, ...]]:
        """Give each place, once for each column that shows it: a shadow repeats its column."""
        for place in self._places:
            yield place
            who, column, *rest = place
            if column in self._shadowed:
                yield (who, column + 1, *rest)

    def _doubtful(self, who: int, kind: int, spans: Sequence[Span]) -> bool:
        if kind in STRONG_ANYWHERE or kind == Kind.LINK:
            return kind in SHARED
        alone = not any(w == who and k in STRONG_ANYWHERE for _, _, w, k, _ in spans)
        return alone or who in self.namesakes

    def _describe(self, fact: Facts, *, shadows: bool) -> None:
        custom = fact.name in COPIES or all(f.custom for f in fact.fields)
        self._table(fact.table, key=fact.key, find=fact.find, custom=custom)
        for field, name in columns_of(fact, shadows=shadows):
            kind = (field.personal, field.entity, "agent" if field.agent else "customer")
            if name != field.name:
                self._shadowed.add(self.column_index[fact.table, field.name])
            self._column(fact.table, name, *kind, custom=field.custom)

    def _table(
        self,
        name: str,
        *,
        key: Sequence[str] = (),
        find: Sequence[str] = (),
        custom: bool = False,
    ) -> None:
        self.table_index[name] = len(self.tables)
        self.tables.append(
            {
                "schema": "",
                "table": name,
                "rows": 0,
                "key": list(key),
                "find": list(find or key),
                "custom": custom,
            }
        )

    def _column(
        self,
        table: str,
        name: str,
        personal: str = "none",
        entity: str = "",
        whose: str = "customer",
        *,
        custom: bool = False,
    ) -> None:
        self.column_index[table, name] = len(self.columns)
        self.columns.append(
            {
                "schema": "",
                "table": table,
                "column": name,
                "personal": personal,
                "entity": entity,
                "whose": whose if personal != "none" else "",
                "custom": custom,
                "filled": 0,
            }
        )

    def write(self, stream: IO[str]) -> None:
        """Write truth.json piece by piece; memory does not grow with the places."""
        head = {
            "version": 1,
            "options": self.options,
            "rows": self.rows,
            "headline": self.headline,
            "namesakes": sorted(self.namesakes),
            "kinds": KINDS,
            "flags": {name: n for name, n in vars(Flag).items() if name.isupper()},
            "place": ["subject", "column", "key", "start", "end", "kind", "flags"],
            "own_row": ["subject", "table", "key", "key2", "relation"],
        }
        stream.write(json.dumps(head, indent=1)[:-2])
        for name, lines in (("tables", self.tables), ("columns", self.columns)):
            stream.write(f',\n "{name}": [\n')
            stream.write(",\n".join(json.dumps(line) for line in lines) + "\n ]")
        for name, rows in (("places", self.places()), ("own_rows", iter(self._own_rows))):
            stream.write(f',\n "{name}": [\n')
            _write_rows(stream, rows)
            stream.write(" ]")
        stream.write("\n}\n")

    def to_json(self) -> str:
        """Give truth.json as a text."""
        stream = StringIO()
        self.write(stream)
        return stream.getvalue()


def _write_rows(stream: IO[str], rows: Iterator[tuple[int, ...]]) -> None:
    first = next(rows, None)
    if first:
        form = f"[{','.join(['%d'] * len(first))}]\n"
        stream.write(form % first)
        stream.writelines(map(f",{form}".__mod__, rows))
