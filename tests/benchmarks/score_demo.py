"""Score a scan or an erasure of the demo against its ground truth.

    python -m tests.benchmarks.score_demo --truth truth.json --scan scan.json
    python -m tests.benchmarks.score_demo --truth truth.json --before URL --after URL [--subject KEY]

Exit status 1: a promise is broken. Nothing that is printed holds a value.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, create_engine, inspect, select

SAME = {"URL": "LOCATION", "USERNAME": "EMAIL_ADDRESS", "EMPLOYEE_ID": "CUSTOMER_ID"}
"""Entities that a scan may call by the other name without being wrong."""

AUDITED = ("aud_table_contact",)
"""Tables that a trigger adds rows to while the subject is erased."""

Key = tuple[Any, ...]


# -- scan -----------------------------------------------------------------------------------


def score_scan(truth: Mapping[str, Any], scan: Mapping[str, Any]) -> dict[str, Any]:
    """Compare a scan's verdicts with the truth, column by column."""
    said = {(c["table"], c["column"]): c for c in scan["columns"]}
    groups = {
        "all": truth["columns"],
        "customs": [c for c in truth["columns"] if c["custom"]],
        "baseline": [c for c in truth["columns"] if not c["custom"]],
    }
    filled = {n: [c for c in g if c["filled"]] for n, g in groups.items()}
    result: dict[str, Any] = {n: _direct(g, said) for n, g in filled.items()}
    result["personal"] = _personal(filled["all"], said)
    result["labels"] = _labels(filled["all"], said)
    result["not_listed"] = [
        _name(c) for c in truth["columns"] if (c["table"], c["column"]) not in said
    ]
    return result


def _direct(columns: Iterable[Mapping[str, Any]], said: Mapping[Any, Any]) -> dict[str, Any]:
    hits, missed, false = 0, [], []
    for c in columns:
        verdict = said.get((c["table"], c["column"]), {})
        is_direct, called = c["personal"] == "direct", verdict.get("personal") == "direct"
        hits += is_direct and called
        line = f"{_name(c)}: {c['personal']} {c['entity']}, called {verdict.get('personal')} {verdict.get('entity', '')}"
        if is_direct and not called:
            missed.append(line)
        if called and not is_direct:
            false.append(line)
    return {
        "direct": hits + len(missed),
        "precision": _ratio(hits, hits + len(false)),
        "recall": _ratio(hits, hits + len(missed)),
        "missed": missed,
        "false": false,
    }


def _personal(columns: Iterable[Mapping[str, Any]], said: Mapping[Any, Any]) -> dict[str, int]:
    pairs = Counter(
        f"{c['personal']} called {said.get((c['table'], c['column']), {}).get('personal')}"
        for c in columns
    )
    return dict(sorted(pairs.items()))


def _labels(columns: Iterable[Mapping[str, Any]], said: Mapping[Any, Any]) -> dict[str, Any]:
    right, wrong = 0, []
    for c in columns:
        verdict = said.get((c["table"], c["column"]), {})
        if c["personal"] == "direct" == verdict.get("personal"):
            called = verdict.get("entity", "")
            if SAME.get(called, called) == SAME.get(c["entity"], c["entity"]):
                right += 1
            else:
                wrong.append(f"{_name(c)}: {c['entity']}, called {called}")
    return {"accuracy": _ratio(right, right + len(wrong)), "wrong": wrong}


def _name(column: Mapping[str, Any]) -> str:
    return f"{column['table']}.{column['column']}"


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


# -- erasure --------------------------------------------------------------------------------


@dataclass
class Scores:
    """Counts of what is left, harmed, gone and new."""

    left: Counter[str] = field(default_factory=Counter)
    damage: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    audited: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    standing: list[tuple[str, str, Any, str, str]] = field(default_factory=list)
    """Places still readable: table, column, key, label and kind."""

    def broken(self, *, purge: bool) -> list[str]:
        """Say which promises are broken."""
        faults = []
        if n := sum(v for k, v in self.left.items() if k.startswith("own strong")):
            faults.append(f"{n} strong places of the subject's own rows are still readable")
        if n := self.damage.total():
            faults.append(f"{n} cells of others were harmed")
        if n := self.missing.total():
            faults.append(f"{n} rows of others are missing" if purge else f"{n} rows are missing")
        if n := self.added.total():
            faults.append(f"{n} rows were added")
        return faults


class Places:
    """The subject's places and rows, by table and key."""

    def __init__(self, truth: Mapping[str, Any], subject: int) -> None:
        self.truth = truth
        self.spans: dict[str, dict[int, dict[str, list[tuple[int, int, str, int]]]]] = {}
        self.own: dict[str, set[Key]] = defaultdict(set)
        columns, kinds, tables = truth["columns"], truth["kinds"], truth["tables"]
        for who, column, key, start, end, kind, flags in truth["places"]:
            if who == subject:
                where = columns[column]
                rows = self.spans.setdefault(where["table"], {})
                cell = rows.setdefault(key, {}).setdefault(where["column"], [])
                cell.append((start, end, kinds[kind], flags))
        for who, table, key, key2, relation in truth["own_rows"]:
            if who == subject and relation == truth["flags"]["OWN"]:
                self.own[tables[table]["table"]].add((key,) if key2 < 0 else (key, key2))


def compare(
    truth: Mapping[str, Any], before: Connection, after: Connection, subject: int, *, purge: bool
) -> Scores:
    """Compare all cells of two databases, one table at a time."""
    schema = MetaData()
    for name in inspect(before).get_table_names():
        Table(name, schema, autoload_with=before, resolve_fks=False)
    rows = {name: in_order(before, table) for name, table in schema.tables.items()}
    return compare_rows(truth, schema, rows, after, subject, purge=purge)


def compare_rows(
    truth: Mapping[str, Any], schema: MetaData, before: Mapping[str, Iterable[Key]],
    after: Connection, subject: int, *, purge: bool,
) -> Scores:  # fmt: skip
    """Compare all cells of a database with the rows that each table had, in their order."""
    places, scores = Places(truth, subject), Scores()
    known = {t["table"]: t for t in truth["tables"]}
    for name, table in sorted(schema.tables.items()):
        described = known.get(name, {"key": [], "find": []})
        _compare_table(before[name], after, described, table, places, scores, purge=purge)
    return scores


def _compare_table(
    before: Iterable[Key], after: Connection, described: Mapping[str, Any], table: Table,
    places: Places, scores: Scores, *, purge: bool,
) -> None:  # fmt: skip
    name, names = table.name, [c.name for c in table.columns]
    find = described["key"] or described["find"]
    positions = [names.index(c) for c in find] or list(range(len(names)))
    new = _rows(after, table, positions)
    audited = name in AUDITED
    spans, own = places.spans.get(name, {}), places.own.get(name, set())
    keyed = bool(described["key"])
    for ordinal, row in enumerate(before, 1):
        key = tuple(row[p] for p in positions)
        mine = spans.get(key[0] if keyed else ordinal, {})
        is_own = (key if keyed else (ordinal,)) in own
        found = new.get(key)
        if not found:
            gone = purge and is_own
            if not gone:
                scores.missing[name] += 1
            continue
        _compare_row(
            name, names, row, found.pop(0), mine, is_own, scores, places.truth["flags"], key
        )
    extra = sum(map(len, new.values()))
    if extra:
        (scores.audited if audited else scores.added)[name] += extra


def _rows(connection: Connection, table: Table, positions: list[int]) -> dict[Key, list[Key]]:
    found: dict[Key, list[Key]] = defaultdict(list)
    for row in in_order(connection, table):
        found[tuple(row[p] for p in positions)].append(row)
    return found


def in_order(connection: Connection, table: Table) -> Iterator[Key]:
    """Read in the order of loading: all three databases keep it while nothing is rewritten."""
    for row in connection.execute(select(table).execution_options(yield_per=2000)):
        yield tuple(row)


def _compare_row(
    table: str, names: list[str], old: Key, new: Key, mine: Mapping[str, Any], own: bool,
    scores: Scores, flags: Mapping[str, int], key: Key,
) -> None:  # fmt: skip
    for name, was, now in zip(names, old, new, strict=True):
        spans = mine.get(name, ())
        for start, end, kind, bits in spans:
            label = _label(bits, flags)
            scores.checked[label] += 1
            if _readable(was, now, start, end):
                scores.left[f"{label} {table}.{name} {kind}"] += 1
                scores.standing.append((table, name, key, label, kind))
        if was != now:
            scores.changed["own" if own else "others"] += 1
            if not own and not _only_inside(was, now, [(s, e) for s, e, _, _ in spans]):
                scores.damage[f"{table}.{name}"] += 1


def _label(bits: int, flags: Mapping[str, int]) -> str:
    whose = "own" if bits & flags["OWN"] else "linked" if bits & flags["LINKED"] else "others"
    return f"{whose} {'strong' if bits & flags['STRONG'] else 'weak'}" + (
        " ambiguous" if bits & flags["AMBIGUOUS"] else ""
    )


def _readable(was: Any, now: Any, start: int, end: int) -> bool:
    if now is None or was is None:
        return False
    if end < 0 or not isinstance(was, str) or not isinstance(now, str):
        return bool(was == now)
    value = was[start:end].casefold()
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", now.casefold()) is not None


JOINT = 4
"""What may stand between two parts of one name, and goes when the whole name goes."""


def _only_inside(was: Any, now: Any, spans: list[tuple[int, int]]) -> bool:
    """Tell whether a cell changed within the subject's spans only."""
    if any(end < 0 for _, end in spans):
        return True
    if not spans or not isinstance(was, str):
        return False
    if now is None:
        return any(start == 0 and end == len(was) for start, end in spans)
    pattern, at = "", 0
    for start, end in sorted(set(spans)):
        if start < at:
            at = max(at, end)
            continue
        gap = was[at:start]
        joined = at > 0 and len(gap) <= JOINT and not any(c.isalnum() for c in gap)
        pattern += (f"(?:{re.escape(gap)})?" if joined else re.escape(gap)) + ".*?"
        at = end
    pattern += re.escape(was[at:])
    return re.fullmatch(pattern, now, re.DOTALL) is not None


# -- printing -------------------------------------------------------------------------------


def main(words: list[str] | None = None) -> int:
    """Run the scoring that the options ask for."""
    options = _options(words)
    truth = json.loads(options.truth.read_text("utf-8"))
    if options.scan:
        result = score_scan(truth, json.loads(options.scan.read_text("utf-8")))
        print(json.dumps(result, indent=1) if options.json else _scan_text(result))
        return 0
    subject = options.subject or truth["headline"]["key"]
    old, new = create_engine(_url(options.before)), create_engine(_url(options.after))
    with old.connect() as before, new.connect() as after:
        scores = compare(truth, before, after, subject, purge=options.purge)
    old.dispose()
    new.dispose()
    faults = scores.broken(purge=options.purge)
    counted = [n for n, c in vars(scores).items() if isinstance(c, Counter)]
    told = {n: dict(sorted(getattr(scores, n).items())) for n in counted}
    told["broken"] = faults
    print(json.dumps(told, indent=1) if options.json else _erasure_text(told))
    strict = options.strict and any(
        k.startswith(("others strong", "linked strong")) and "ambiguous" not in k
        for k in scores.left
    )
    return int(bool(faults) or strict)


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--scan", type=Path)
    parser.add_argument("--before")
    parser.add_argument("--after")
    parser.add_argument("--subject", type=int)
    parser.add_argument("--purge", action="store_true", help="own rows may be gone")
    parser.add_argument(
        "--strict", action="store_true", help="nor may strong places of others stay"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(words)
    if not options.scan and not (options.before and options.after):
        parser.error("give --scan, or --before and --after")
    return options


def _url(text: str) -> str:
    return text if "://" in text else f"sqlite:///{text}"


def _scan_text(result: Mapping[str, Any]) -> str:
    lines = []
    for group in ("all", "baseline", "customs"):
        r = result[group]
        lines.append(
            f"{group:9} direct {r['direct']:4}  precision {r['precision']:.3f}  recall {r['recall']:.3f}"
        )
    lines.append(f"labels    accuracy {result['labels']['accuracy']:.3f}")
    lines += [f"  {n:4}  {pair}" for pair, n in result["personal"].items()]
    for title, some in (
        ("missed", result["all"]["missed"]),
        ("false", result["all"]["false"]),
        ("label", result["labels"]["wrong"]),
        ("not listed", result["not_listed"]),
    ):
        lines += [f"{title}: {line}" for line in some]
    return "\n".join(lines)


def _erasure_text(told: Mapping[str, Any]) -> str:
    lines = []
    left: Counter[str] = Counter()
    for label, n in told["left"].items():
        left[label.rpartition(" ")[0].rpartition(" ")[0]] += n
    for label, n in told["checked"].items():
        lines.append(f"{label:24} {n:7} places  {left[label]:7} still readable")
    for title in ("changed", "damage", "missing", "added", "audited"):
        lines += [f"{title}: {name} {n}" for name, n in told[title].items()]
    lines += [f"left: {name} {n}" for name, n in told["left"].items() if n]
    lines += [f"BROKEN: {fault}" for fault in told["broken"]] or ["all promises kept"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
