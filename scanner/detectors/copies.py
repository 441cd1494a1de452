"""Tables that copy another one: backups, histories, staging. Names in, pairs of tables out."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

from sqlalchemy import MetaData, Table

from scanner.database import ref
from scanner.model import TableRef
from scanner.rulefiles.recognizers import Rules

MARKS = frozenset(
    [
        "bak",
        "backup",
        "bck",
        "bkp",
        "copy",
        "kopie",
        "hist",
        "history",
        "historie",
        "aud",
        "audit",
        "log",
        "old",
        "alt",
        "orig",
        "stg",
        "stage",
        "staging",
        "stag",
        "tmp",
        "temp",
        "arch",
        "archive",
        "archiv",
        "archived",
        "snapshot",
        "snap",
        "shadow",
        "del",
        "deleted",
        "import",
        "imp",
        "load",
        "export",
        "exp",
        "dup",
        "sav",
        "save",
        "saved",
        "prev",
        "backups",
        "bkup",
        "sicherung",
        "sauvegarde",
        "historique",
        "respaldo",
        "copia",
        "historico",
        "archivo",
        "storico",
        "archivio",
        "kopia",
        "historia",
        "archiwum",
        "zaloha",
        "historik",
        "arkiv",
        "varmuuskopio",
        "yedek",
        "arsiv",
        "historial",
    ]
)
"""Words in the name of a copy that the name of what it copies lacks."""

LEAST_COLUMNS = 4
"""Tables of fewer columns are alike by chance."""

ALIKE = 0.8
"""The share of a table's columns that a copy has too."""

VERY_ALIKE, MANY_COLUMNS = 0.95, 8
"""What is asked of a copy whose name does not say so."""


def copies(schema: MetaData, rules: Rules) -> Mapping[TableRef, TableRef]:
    """Map each table that looks like a copy to the table that it copies."""
    tables = sorted(schema.tables.values(), key=ref)
    columns = {t: frozenset(c.name.lower() for c in t.columns) for t in tables}
    words = {t: _words(t, rules) for t in tables}
    alike = _alike(words)
    plain = [t for t in tables if len(columns[t]) >= MANY_COLUMNS and not words[t] & MARKS]
    found: dict[TableRef, TableRef] = {}
    for copy in tables:
        near = {t for key in _keys(copy, words[copy]) for t in alike[key]}
        likely = [
            (share, ref(t))
            for t in (near.union(plain) if words[copy] & MARKS else near)
            if t is not copy
            and len(columns[t]) >= LEAST_COLUMNS
            and (share := len(columns[t] & columns[copy]) / len(columns[t])) >= ALIKE
            and _copies(words[copy], words[t], share, len(columns[t]), copy, t)
        ]
        if likely:
            found[ref(copy)] = min(likely, key=lambda pair: (-pair[0], pair[1]))[1]
    return {a: b for a, b in found.items() if found.get(b) != a or b < a}


def _alike(words: Mapping[Table, frozenset[str]]) -> Mapping[Hashable, Sequence[Table]]:
    """Group the tables by what a copy's name shares with the original's: not all pairs are tried."""
    groups = defaultdict(list)
    for table, known in words.items():
        for key in _keys(table, known):
            groups[key].append(table)
    return groups


def _keys(table: Table, words: frozenset[str]) -> tuple[Hashable, Hashable]:
    """Give the name, and its words without marks and numbers."""
    return table.name.lower(), frozenset(w for w in words if w not in MARKS and not w.isdigit())


def _words(table: Table, rules: Rules) -> frozenset[str]:
    return frozenset(w for w in rules.words(table.name) if w not in {"table", "x"})


def _copies(
    copy: frozenset[str], of: frozenset[str], share: float, size: int, a: Table, b: Table
) -> bool:
    """Whether the names, or else nearly all columns, say that ``a`` copies ``b``."""
    extra = copy - of
    if of <= copy and extra and all(w in MARKS or w.isdigit() for w in extra):
        return True
    if a.name.lower() == b.name.lower() and (a.schema or "") > (b.schema or ""):
        return True
    marked = bool((copy - of) & MARKS) and not of & MARKS
    return marked and share >= VERY_ALIKE and size >= MANY_COLUMNS
