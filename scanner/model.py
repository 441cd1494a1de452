"""The values that pass between the stages: frozen, comparable, and free of cell values.

Each has a JSON form that equal values share; ``version`` is 1 in every file.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, Self

from scanner.errors import Misconfigured

VERSION = 1
"""The version of all file formats."""

KEEP = "keep"
"""The decision that leaves a column as it is."""

Personal = Literal["direct", "quasi", "free_text", "none", "unknown"]
"""What a column is to a person: identifies alone, with others, may hold anything, no, can't say."""

Status = Literal["scanned", "empty", "skipped", "failed"]
"""What became of a column in a scan."""

Reading = Literal["whole", "columns", "rows", "reused"]
"""What a scan read of a table: a sample of all, of some columns, of the new rows; nothing."""

Certainty = Literal["certain", "corroborated", "possible"]
"""How sure it is that a span means the subject; a possible one is only listed for review."""


Key = tuple[Any, ...]
"""What tells a row from the others of its table: key values, or one digest that starts with #."""


class TableRef(NamedTuple):
    """A table's full name; ``schema`` is empty where the database knows no schemas.

    A tuple, as it names a place in countless sets: those hash in C.
    """

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


class ColumnRef(NamedTuple):
    """A column's full name."""

    schema: str
    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.of}.{self.name}"

    @property
    def of(self) -> TableRef:
        """The table that the column stands in."""
        return TableRef(self.schema, self.table)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A part of a text that identifies: ``text[start:end]`` holds an ``entity``."""

    start: int
    end: int
    entity: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a verdict: ``hits`` of the ``seen`` values, and what that weighs (-1 to 1).

    ``source`` is the layer (declared, name, shape, pattern, language, neighbour ...), ``rule`` the
    rule within it. A negative weight speaks against.
    """

    rule: str
    source: str
    hits: int
    seen: int
    weight: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one column after a scan; the contract's ``columns`` of scan.json.

    ``share`` is the share of the values read that are personal, with its 95 % interval; for a
    column without hits ``share_high`` is the bound that the sample allows (about 3/n). ``why`` is
    the verdict's reason in words, ``examples`` are masked, ``copy_of`` names the column that this
    one copies (backup, audit and staging tables). ``reused`` says that an earlier scan read it,
    ``definition`` is a digest of its type and its comment.
    """

    column: ColumnRef
    type: str
    status: Status
    reason: str = ""
    rows_read: int = 0
    values_read: int = 0
    distinct_read: int = 0
    personal: Personal = "unknown"
    entity: str = ""
    score: float = 0.0
    share: float = 0.0
    share_low: float = 0.0
    share_high: float = 1.0
    evidence: tuple[Evidence, ...] = ()
    declared_by: str = ""
    why: str = ""
    examples: tuple[str, ...] = ()
    copy_of: str = ""
    reused: bool = False
    definition: str = ""


VIEW = "a view: it shows what its tables hold"
STORED_VIEW = "a materialized view: it keeps a copy of what its tables held until it is refreshed"
TEXT_INDEX = "a full-text index: it shows what another table holds, and keeps its words"
"""Why views are not read."""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What a scan says of a table; ``kind`` is table, view (left out) or system.

    ``highest`` is its greatest key, if that is one number that says nothing of a person. ``read``
    is when it was last read whole, by this scan or an earlier one, ``reading`` how much of it this
    scan read, and ``because`` why.
    """

    table: TableRef
    rows: int | None
    rows_are: Literal["exact", "estimate"] = "exact"
    kind: str = "table"
    reason: str = ""
    copy_of: str = ""
    highest: int | None = None
    read: str = ""
    reading: Reading | Literal[""] = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """How rows of ``table`` are found from rows of ``start`` that belong to a subject.

    ``by`` says which columns hold the same key, ``limits`` which rows or columns only, ``source``
    who says so; ``rows`` are the subject's own or linked ones; ``distance`` counts the relations
    from the subject's own row.
    """

    table: TableRef
    start: TableRef
    by: str
    rows: str
    distance: int
    source: str
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Database:
    """Which database: ``fingerprint`` is a digest of all its tables, columns and types."""

    dialect: str
    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scan found: every column of every table once."""

    efface: str
    created: str
    database: Database
    pack: str
    tables: tuple[TableFacts, ...]
    columns: tuple[Finding, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    _digest: str = field(default="", init=False, repr=False, compare=False)

    def to_json(self) -> str:
        """Write the scan file: a line a table, a line a column, so that two can be compared."""
        fields = (f"{_compact(name)}: {_listed(value)}" for name, value in self._plain().items())
        return "{\n" + ",\n".join(fields) + "\n}\n"

    def to_line(self) -> str:
        """Write the scan file in one line."""
        return _compact(self._plain()) + "\n"

    def _plain(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "efface": self.efface,
            "created": self.created,
            "database": _fields(self.database),
            "pack": self.pack,
            "options": dict(self.options),
            "tables": [_flat(t, "table", table=False) for t in self.tables],
            "columns": [_flat(c, "column", table=True) for c in self.columns],
            "relations": [_fields(r) for r in self.relations],
        }

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote.

        Raises:
            Misconfigured: the text is no scan file of a version that this program knows.

        """
        raw = load(text, "scan file")
        if not {"tables", "columns"} <= raw.keys():
            raise Misconfigured(
                "this is neither a scan nor an audit: efface scan writes the one, efface audit the other"
            )
        try:
            return cls(
                raw["efface"],
                raw["created"],
                Database(**raw["database"]),
                raw["pack"],
                tuple(_table(dict(t)) for t in raw["tables"]),
                tuple(_finding(dict(c)) for c in raw["columns"]),
                raw.get("options", {}),
                tuple(_relation(dict(r)) for r in raw.get("relations", ())),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Misconfigured("the scan file is damaged: scan again") from None

    @property
    def digest(self) -> str:
        """Name the scan by what it says: worked out once, as a scan never changes."""
        if not self._digest:
            object.__setattr__(self, "_digest", digest(self.to_json()))
        return self._digest


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for a column: ``keep`` or the name of a strategy, and by whom."""

    column: ColumnRef
    choice: str
    by: str = ""
    when: str = ""
    note: str = ""


Decisions = Mapping[ColumnRef, Decision]
"""All that is decided; a column that is not in it is undecided."""


class Change(Protocol):
    """A difference between two scans, as reports show it; ``asks`` whether people must decide."""

    @property
    def table(self) -> str:
        """The table's full name."""

    @property
    def column(self) -> str:
        """The column's name; empty where the whole table changed."""

    @property
    def what(self) -> str:
        """What changed: added, gone, type, verdict ..."""

    @property
    def before(self) -> str:
        """What the earlier scan said."""

    @property
    def after(self) -> str:
        """What this scan says."""

    @property
    def asks(self) -> bool:
        """Whether somebody has to decide because of it."""


@dataclass(frozen=True, slots=True)
class Audit:
    """A scan with what people decided about it: what a workbook holds.

    ``changes`` are those since a previous scan, None where there was none to compare with; they
    are shown, and neither read back nor part of what an audit says.
    """

    scan: Scan
    decisions: Decisions
    changes: Sequence[Change] | None = field(default=None, compare=False)

    @property
    def digest(self) -> str:
        """Name the audit by its scan and its choices; who chose and when does not matter."""
        chosen = sorted((str(c), d.choice) for c, d in self.decisions.items())
        return digest(self.scan.digest + json.dumps(chosen))


def _flat(value: Any, place: str, *, table: bool) -> dict[str, Any]:
    """Write a value whose field ``place`` is a name as one flat JSON object."""
    raw = _fields(value)
    name = raw.pop(place)
    return {
        "schema": name["schema"],
        **({"table": name["table"]} if table else {}),
        place if table else "name": name["name"],
        **raw,
    }


def _listed(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _compact(value)
    return "[\n" + ",\n".join(map(_compact, value)) + "\n]"


def _compact(value: Any) -> str:
    """Serialise without line breaks, for which Python has a fast way."""
    return json.dumps(value, ensure_ascii=False)


def _fields(value: Any) -> Any:
    """Take frozen values apart, as ``asdict`` does, which also copies what nobody can change."""
    if value is None or isinstance(value, str | int | float):  # nearly all of them
        return value
    if isinstance(value, TableRef | ColumnRef):
        return value._asdict()
    if isinstance(value, tuple):
        return [_fields(one) for one in value]
    if not hasattr(value, "__dataclass_fields__"):
        return value
    return {name: _fields(getattr(value, name)) for name in value.__dataclass_fields__}


def _table(raw: dict[str, Any]) -> TableFacts:
    return TableFacts(TableRef(raw.pop("schema"), raw.pop("name")), **raw)


def _relation(raw: dict[str, Any]) -> Relation:
    table, start = TableRef(**raw.pop("table")), TableRef(**raw.pop("start"))
    return Relation(table, start, limits=tuple(raw.pop("limits")), **raw)


def _finding(raw: dict[str, Any]) -> Finding:
    column = ColumnRef(raw.pop("schema"), raw.pop("table"), raw.pop("column"))
    evidence = tuple(Evidence(**e) for e in raw.pop("evidence"))
    examples = tuple(raw.pop("examples", ()))
    return Finding(column, evidence=evidence, examples=examples, **raw)


class Progress(Protocol):
    """Where long work says how far it is; the command line shows it, the library is silent."""

    def begin(self, what: str, total: int) -> None:
        """Start a piece of work of ``total`` units (columns, rows)."""

    def advance(self, units: int, remark: str = "") -> None:
        """Say that ``units`` more are done; ``remark`` holds names of tables and counts only."""


class Silent:
    """The progress that nobody watches."""

    def begin(self, what: str, total: int) -> None:
        """Say nothing."""

    def advance(self, units: int, remark: str = "") -> None:
        """Say nothing."""


def dump(value: Any) -> str:
    """Serialise so that equal values give equal text."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def load(text: str, what: str) -> dict[str, Any]:
    """Parse a file of ours; ``what`` names it in complaints.

    Raises:
        Misconfigured: no JSON object, or of another version.

    """
    try:
        raw = json.loads(text)
    except ValueError:
        raise Misconfigured(f"the {what} is not valid JSON") from None
    if not isinstance(raw, dict) or raw.get("version") != VERSION:
        raise Misconfigured(f"the {what} is not of version {VERSION}: make it again")
    return raw


def digest(text: str) -> str:
    """Name a text by what it holds: 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def summarise(columns: Iterable[Finding]) -> dict[str, int]:
    """Count columns by what they are to a person."""
    counts = dict.fromkeys(("direct", "quasi", "free_text", "unknown", "none"), 0)
    for column in columns:
        counts[column.personal] += 1
    return counts
