"""A purge of many, as data: which roots in which batches, what goes, what speaks against. No values.

Rows are counted, not named: a plan grows with its roots and not with what hangs on them.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from scanner.errors import Misconfigured
from scanner.model import VERSION, Database, digest, dump, load
from scanner.plans import Basis, StopFound

KIND = "purge of many"


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction purges: ``roots`` by key, and how many rows of which tables at most.

    What two batches share goes with the first and is counted there; at most, as rows without a key
    and those of very big plans are counted for both.
    """

    roots: tuple[Any, ...]
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Bulk:
    """What is to be purged, batch by batch.

    ``held`` maps the keys of roots that a stop holds to its rules: a selection by age leaves them out,
    a list of keys is refused.
    ``follows`` names columns that the database may rewrite with what they refer to (ON UPDATE
    CASCADE); carrying it out, or rehearsing, counts. ``kpis`` say for each figure of reports the rows before, and at least after.
    """

    efface: str
    root: str
    directives: Mapping[str, str]
    before: str
    database: Database
    pack: str
    pack_digest: str
    basis: Basis
    batches: tuple[Batch, ...]
    stops: tuple[StopFound, ...]
    held: Mapping[str, tuple[str, ...]]
    mentions: int
    duties: tuple[Mapping[str, Any], ...]
    triggers: Mapping[str, tuple[str, ...]]
    kpis: tuple[Mapping[str, Any], ...]
    follows: tuple[str, ...] = ()

    @property
    def roots(self) -> int:
        """Count the roots."""
        return sum(len(b.roots) for b in self.batches)

    @property
    def rows(self) -> dict[str, int]:
        """Count the rows that go, by table."""
        total: Counter[str] = Counter()
        for batch in self.batches:
            total.update(batch.rows)
        return dict(sorted(total.items()))

    @property
    def digest(self) -> str:
        """Name the plan by all that it says."""
        return digest(json.dumps(self._raw(), sort_keys=True))

    def to_json(self) -> str:
        """Write the plan file, sealed with its digest."""
        raw = self._raw()
        return dump({**raw, "seal": digest(json.dumps(raw, sort_keys=True))})

    def _raw(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "kind": KIND,
            "efface": self.efface,
            "root": self.root,
            "method": "purge",
            "directives": dict(self.directives),
            "before": self.before,
            "database": asdict(self.database),
            "pack": self.pack,
            "digests": self.basis.digests(self.pack_digest),
            "batches": [{"roots": list(b.roots), "rows": dict(b.rows)} for b in self.batches],
            "stops": [asdict(s) for s in self.stops],
            "held": {k: list(v) for k, v in self.held.items()},
            "mentions": self.mentions,
            "duties": [dict(d) for d in self.duties],
            "triggers": {t: list(n) for t, n in self.triggers.items()},
            "kpis": [dict(k) for k in self.kpis],
            **({"follows": list(self.follows)} if self.follows else {}),
            "basis": self.basis.to_raw(),
        }

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote.

        Raises:
            Misconfigured: it is none, or it was changed.
        """
        raw = load(text, "plan file")
        seal = raw.pop("seal", "")
        if raw.get("kind") != KIND or seal != digest(json.dumps(raw, sort_keys=True)):
            raise Misconfigured("the plan file of a purge was changed: plan again")
        database = Database(**raw["database"])
        return cls(
            efface=raw["efface"],
            root=raw["root"],
            directives=raw["directives"],
            before=raw["before"],
            database=database,
            pack=raw["pack"],
            pack_digest=raw["digests"]["pack"],
            basis=Basis.from_raw(raw["basis"], raw["digests"], database),
            batches=tuple(Batch(tuple(b["roots"]), b["rows"]) for b in raw["batches"]),
            stops=tuple(StopFound(**s) for s in raw["stops"]),
            held={k: tuple(v) for k, v in raw["held"].items()},
            mentions=raw["mentions"],
            duties=tuple(raw["duties"]),
            triggers={t: tuple(n) for t, n in raw["triggers"].items()},
            kpis=tuple(raw["kpis"]),
            follows=tuple(raw.get("follows", ())),
        )


def is_bulk(text: str) -> bool:
    """Whether a plan file is one of many."""
    return f'"kind": "{KIND}"' in text


@dataclass(frozen=True, slots=True)
class BulkReceipt:
    """What a purge of many did, or a rehearsal would do; free of personal data.

    ``residue`` counts by table the rows in which a subject could still be found; ``remaining`` those
    that say the same for a reason: to ``review``, ``kept`` by decision, or ``namesakes``.
    ``followed`` counts by column the cells that the database itself rewrote with what they refer to.
    """

    efface: str
    plan: str
    root: str
    directives: Mapping[str, str]
    database: Database
    pack: str
    committed: bool
    started: str
    finished: str
    batches: int
    roots: int
    deleted: Mapping[str, int]
    cells: Mapping[str, int]
    followed: Mapping[str, int]
    mentions: int
    reviews: int
    residue: Mapping[str, int]
    remaining: Mapping[str, Mapping[str, int]]
    kpis: tuple[Mapping[str, Any], ...]
    duties: tuple[Mapping[str, Any], ...]
    digests: Mapping[str, str]

    def to_raw(self) -> dict[str, Any]:
        """Write as a JSON object."""
        subject = {"table": self.root, "key": f"{self.roots} roots"}
        return {"version": VERSION, "kind": KIND, "subject": subject, **asdict(self)}

    def to_json(self) -> str:
        """Write the receipt file."""
        return dump(self.to_raw())
