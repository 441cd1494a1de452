"""What would be done about a subject, and what was done: values free of cell values."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self

from scanner.errors import Misconfigured
from scanner.model import (
    KEEP,
    VERSION,
    Audit,
    Certainty,
    ColumnRef,
    Database,
    Key,
    Personal,
    Span,
    TableRef,
    digest,
    dump,
    load,
)

Answer = Literal["", "erase", "keep"]
"""What people say of a review; an empty one keeps the text and stays listed."""

SIGNED = ("by", "when")
"""What tells who answered a review: it changes nothing of what is done."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """What the audit says of a column: what it holds and what was chosen for it.

    ``firm`` is a choice to keep that a person or the policy made about personal data: what is
    found there is listed, but neither changed nor a reason to refuse.
    """

    personal: Personal = "none"
    entity: str = ""
    choice: str = KEEP

    @property
    def firm(self) -> bool:
        """Whether the column is kept although it holds personal data."""
        return self.choice == KEEP and self.personal != "none"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan is made from, apart from the database: the audit, without what is harmless.

    A column that is not in ``columns`` is not personal and kept; an ``undecided`` one has no
    choice yet. ``copies`` maps tables to what they copy.
    """

    columns: Mapping[ColumnRef, Treatment]
    undecided: frozenset[ColumnRef]
    copies: Mapping[TableRef, TableRef]
    scan: str
    workbook: str
    database: Database

    @classmethod
    def of(cls, audit: Audit) -> Self:
        """Take from an audit what a plan needs."""
        columns, undecided = {}, set()
        for finding in audit.scan.columns:
            decision = audit.decisions.get(finding.column)
            if decision is not None:
                choice = decision.choice
            elif finding.personal == "none":
                continue
            else:
                undecided.add(finding.column)
                choice = KEEP
            if finding.personal != "none" or choice != KEEP:
                columns[finding.column] = Treatment(finding.personal, finding.entity, choice)
        tables = {str(t.table): t.table for t in audit.scan.tables}
        copies = {t.table: tables[t.copy_of] for t in audit.scan.tables if tables.get(t.copy_of)}
        scan = audit.scan
        return cls(columns, frozenset(undecided), copies, scan.digest, audit.digest, scan.database)

    def treatment(self, column: ColumnRef) -> Treatment:
        """Say what is to be done with a column."""
        return self.columns.get(column, Treatment())

    def digests(self, pack: str) -> dict[str, str]:
        """Name all that a plan is made from, with the digest of its pack."""
        return {
            "scan": self.scan,
            "workbook": self.workbook,
            "pack": pack,
            "schema": self.database.fingerprint,
        }

    def to_raw(self) -> dict[str, Any]:
        """Write as JSON."""
        return {
            "columns": [
                [c.schema, c.table, c.name, t.personal, t.entity, t.choice]
                for c, t in sorted(self.columns.items())
            ],
            "undecided": [[c.schema, c.table, c.name] for c in sorted(self.undecided)],
            "copies": [
                [c.schema, c.name, o.schema, o.name] for c, o in sorted(self.copies.items())
            ],
        }

    @classmethod
    def from_raw(cls, raw: Mapping[str, Any], digests: Mapping[str, str], of: Database) -> Self:
        """Read what ``to_raw`` wrote."""
        return cls(
            {ColumnRef(*one[:3]): Treatment(*one[3:]) for one in raw["columns"]},
            frozenset(ColumnRef(*one) for one in raw["undecided"]),
            {TableRef(*one[:2]): TableRef(*one[2:]) for one in raw["copies"]},
            digests["scan"],
            digests["workbook"],
            of,
        )


CUT = "cut"
"""What a step says of a column that is emptied because it points at a row that goes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One table's part of a plan: in the rows ``keys`` each column gets its strategy."""

    table: TableRef
    keys: tuple[Key, ...]
    columns: Mapping[str, str]
    rows: int
    purge: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names the subject: positions and how sure it is, never the text."""

    table: TableRef
    key: Key
    column: str
    spans: tuple[Span, ...]
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Review:
    """A mention that may mean somebody else: people answer, nothing is done without.

    ``by`` and ``when`` say who answered and on which day.
    """

    id: str
    mention: Mention
    why: str
    answer: Answer = ""
    by: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class StopFound:
    """A stop or a warning of the pack that holds for this subject."""

    rule: str
    why: str
    rows: int
    effect: Literal["stop", "warn"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A KPI as it stands: how many groups, how many rows, and a digest of all of them."""

    name: str
    groups: int
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that will be done about one subject, in the order in which it will be done.

    ``kept`` counts, by column, cells with personal data that stay as people decided so: those of
    the subject's own rows that hold anything, and others that name it.
    ``follows`` counts cells that no step and no mention names, by column: the database itself
    rewrites them with what they refer to (ON UPDATE CASCADE).
    """

    efface: str
    subject: tuple[str, Any]
    method: str
    database: Database
    pack: str
    pack_digest: str
    basis: Basis
    stops: tuple[StopFound, ...]
    steps: tuple[Step, ...]
    mentions: tuple[Mention, ...]
    reviews: tuple[Review, ...]
    kept: Mapping[str, int]
    duties: tuple[Mapping[str, Any], ...]
    triggers: Mapping[str, tuple[str, ...]]
    kpis: tuple[Figure, ...]
    reached: Mapping[str, int] = field(default_factory=dict)
    directives: Mapping[str, str] = field(default_factory=dict)
    kpis_after: tuple[Figure, ...] = ()
    follows: Mapping[str, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Name the plan by all that it says, but for who answered."""
        return digest(json.dumps(_without(self._raw(), SIGNED), sort_keys=True))

    @property
    def seal(self) -> str:
        """Name the plan by all that it says, but for the answers to its reviews."""
        return _seal(self._raw())

    def answered(self, by: Iterable[Review]) -> Self:
        """Take over what people said to the reviews of the same ids, and who they were."""
        said = {r.id: r for r in by if r.answer}
        return replace(
            self,
            reviews=tuple(
                replace(r, answer=a.answer, by=a.by, when=a.when)
                if (a := said.get(r.id)) is not None
                else r
                for r in self.reviews
            ),
        )

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.steps and not self.mentions

    @property
    def rows(self) -> int:
        """How many rows would change, as the reviews are answered by now."""
        rows = {(s.table, k) for s in self.steps for k in s.keys}
        return len(rows | self._named)

    @property
    def _named(self) -> set[tuple[TableRef, Key]]:
        """Name the rows in whose texts something is erased."""
        erased = (r.mention for r in self.reviews if r.answer == "erase")
        return {(m.table, m.key) for m in (*self.mentions, *erased)}

    @property
    def staying(self) -> int:
        """How many of these rows would stay and be rewritten; the others would be deleted."""
        gone = {(s.table, k) for s in self.steps if s.purge for k in s.keys}
        changed = {(s.table, k) for s in self.steps if not s.purge for k in s.keys}
        return len((changed | self._named) - gone)

    def to_json(self) -> str:
        """Write the plan file, sealed with a digest of all but the answers to reviews."""
        raw = self._raw()
        raw["digests"]["plan"] = _seal(raw)
        return dump(raw)

    def _raw(self) -> dict[str, Any]:
        table, key = self.subject
        return {
            "version": VERSION,
            "efface": self.efface,
            "subject": {"table": table, "key": key},
            "method": self.method,
            "database": asdict(self.database),
            "pack": self.pack,
            "digests": self.basis.digests(self.pack_digest),
            "stops": [asdict(s) for s in self.stops],
            "steps": [_step(s) for s in self.steps],
            "mentions": [_mention(m) for m in self.mentions],
            "reviews": [_review(r) for r in self.reviews],
            "kept": dict(self.kept),
            "duties": [dict(d) for d in self.duties],
            "triggers": {t: list(n) for t, n in self.triggers.items()},
            "kpis": [asdict(k) for k in self.kpis],
            "reached": dict(self.reached),
            "directives": dict(self.directives),
            "kpis_after": [asdict(k) for k in self.kpis_after],
            **({"follows": dict(self.follows)} if self.follows else {}),
            "basis": self.basis.to_raw(),
        }

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote, with the reviews' answers that people put in.

        Raises:
            Misconfigured: the text is no plan file, something else than answers was changed, or
                an answer is neither erase nor keep.
        """
        raw = load(text, "plan file")
        if "kind" in raw:
            raise Misconfigured("this is the plan of a purge of many: only efface erase takes it")
        try:
            plan: Self = _plan(cls, raw)
            sealed = raw["digests"].pop("plan") == _seal(raw)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Misconfigured("the plan file is damaged: plan again") from None
        if not sealed:
            raise Misconfigured(
                "the plan file was changed: only the answers of reviews may be; plan again"
            )
        if wrong := [r.id for r in plan.reviews if r.answer not in ("", "erase", "keep")]:
            raise Misconfigured(f"review {', '.join(wrong)}: the answer must be erase or keep")
        return plan


def _seal(raw: Mapping[str, Any]) -> str:
    """Digest a plan without its seal and without the answers to its reviews."""
    return digest(json.dumps(_without(raw, ("answer", *SIGNED)), sort_keys=True))


def _without(raw: Mapping[str, Any], parts: Collection[str]) -> dict[str, Any]:
    """Leave parts of the reviews out."""
    reviews = [{k: v for k, v in r.items() if k not in parts} for r in raw["reviews"]]
    return {**raw, "reviews": reviews}


def _plan(kind: type[Plan], raw: dict[str, Any]) -> Any:
    database = Database(**raw["database"])
    return kind(
        efface=raw["efface"],
        subject=(raw["subject"]["table"], raw["subject"]["key"]),
        method=raw["method"],
        database=database,
        pack=raw["pack"],
        pack_digest=raw["digests"]["pack"],
        basis=Basis.from_raw(raw["basis"], raw["digests"], database),
        stops=tuple(StopFound(**s) for s in raw["stops"]),
        steps=tuple(
            Step(_place(s), tuple(map(_key, s["keys"])), s["columns"], s["rows"], s["purge"])
            for s in raw["steps"]
        ),
        mentions=tuple(map(_read_mention, raw["mentions"])),
        reviews=tuple(
            Review(r["id"], _read_mention(r), r["why"], r["answer"], r["by"], r["when"])
            for r in raw["reviews"]
        ),
        kept=raw["kept"],
        duties=tuple(raw["duties"]),
        triggers={t: tuple(n) for t, n in raw["triggers"].items()},
        kpis=tuple(Figure(**k) for k in raw["kpis"]),
        reached=raw["reached"],
        directives=raw["directives"],
        kpis_after=tuple(Figure(**k) for k in raw["kpis_after"]),
        follows=raw.get("follows", {}),
    )


def _short(key: Key) -> Any:
    """Write a key of one part as that part."""
    return key[0] if len(key) == 1 else list(key)


def _key(raw: Any) -> Key:
    return tuple(raw) if isinstance(raw, list) else (raw,)


def _place(raw: Mapping[str, Any]) -> TableRef:
    return TableRef(raw["schema"], raw["table"])


def _step(step: Step) -> dict[str, Any]:
    return {
        "schema": step.table.schema,
        "table": step.table.name,
        "keys": [_short(k) for k in step.keys],
        "columns": dict(step.columns),
        "rows": step.rows,
        "purge": step.purge,
    }


def _mention(mention: Mention) -> dict[str, Any]:
    return {
        "schema": mention.table.schema,
        "table": mention.table.name,
        "key": _short(mention.key),
        "column": mention.column,
        "spans": [[s.start, s.end, s.entity] for s in mention.spans],
        "certainty": mention.certainty,
    }


def _review(review: Review) -> dict[str, Any]:
    return {
        "id": review.id,
        **_mention(review.mention),
        "why": review.why,
        "answer": review.answer,
        "by": review.by,
        "when": review.when,
    }


def _read_mention(raw: Mapping[str, Any]) -> Mention:
    spans = tuple(Span(*s) for s in raw["spans"])
    return Mention(_place(raw), _key(raw["key"]), raw["column"], spans, raw["certainty"])
