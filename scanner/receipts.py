"""What an erasure did: the receipt, a file without personal data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from scanner.model import VERSION, Database, dump


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an erasure did, or a rehearsal would do; free of personal data.

    ``kept`` counts cells that stay by decision, by column, as a plan does.
    ``kinds`` counts cells by table and entity; ``digests`` names the scan, the workbook, the pack
    and the schema that it rests on, ``versions`` the programs. ``deleted`` counts, of ``rows``, those
    that a purge deleted; ``followed`` counts cells, beside ``cells``, that the database itself rewrote
    as they refer to what was (ON UPDATE CASCADE), by column. ``added`` counts rows that triggers added, by table; receipts of
    earlier versions do not say.
    """

    efface: str
    plan: str
    subject: tuple[str, Any]
    method: str
    database: Database
    pack: str
    committed: bool
    started: str
    finished: str
    rows: Mapping[str, int]
    cells: Mapping[str, int]
    kinds: Mapping[str, Mapping[str, int]]
    mentions: int
    rounds: int
    residue: Mapping[str, int]
    kept: Mapping[str, int]
    reviews: tuple[Mapping[str, Any], ...]
    duties: tuple[Mapping[str, Any], ...]
    triggers: Mapping[str, tuple[str, ...]]
    kpis: tuple[Mapping[str, Any], ...]
    digests: Mapping[str, str]
    versions: Mapping[str, str]
    deleted: Mapping[str, int] = field(default_factory=dict)
    followed: Mapping[str, int] = field(default_factory=dict)
    added: Mapping[str, int] | None = None

    def to_raw(self) -> dict[str, Any]:
        """Write as a JSON object."""
        raw = asdict(self)
        raw["subject"] = {"table": self.subject[0], "key": self.subject[1]}
        return {"version": VERSION, **raw}

    def to_json(self) -> str:
        """Write the receipt file."""
        return dump(self.to_raw())
