"""Compare with stock Presidio on the same values: CPU time, and every difference in what is found.

    python -m tests.benchmarks.presidio_speed [--bench DIR] [--rows N] [--model NAME]

Stock is ``AnalyzerEngine.analyze`` a cell, and ``BatchAnalyzerEngine`` with batches of 256, both
with Presidio's default recognizers, the same spaCy model and no network. Stock reads an even
sample of the rows, for it is slow; Efface judges all of them, equal values once, and asks the
model only about columns that are still open, on 200 names or 100 notes of each. CPU seconds of one process, BLAS
with one thread for all. ``DIR``, if it is there, holds labelled databases: on ten values a
column stock's majority and our verdict are held against the labels. No value is printed.
Exit status 1 where a ratio is not reached, or where stock is right more often than Efface.
"""

import argparse
import csv
import logging
import os
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from scanner.database import connect
from scanner.detectors import by_pattern, classify, tables
from scanner.detectors.by_language import DEFAULT, Language
from scanner.detectors.look import Look
from scanner.detectors.values import Values
from scanner.inspector import scan
from scanner.model import ColumnRef
from scanner.rulefiles.recognizers import Rules, load
from tests.benchmarks import stock
from tests.benchmarks.columns import FAMILIES, LABELS

SINGLE, BATCH = 30, 10
"""How many times less CPU than stock a value, and than stock in batches, Efface must take."""

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS")

PATTERNED = ("EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "US_SSN")
"""Entities that both find by patterns, so that single values can be compared."""

PER_COLUMN = 10
"""So many different values of a labelled column stock reads."""


def main() -> int:
    """Measure, print, judge."""
    options = _options()
    os.environ.update(dict.fromkeys(THREADS, "1"))  # before anything imports numpy
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    columns = stock.table_mix(options.rows)
    analyzer, batch = stock.engines(options.model)
    analyzer.analyze("warm +44 20 7946 0018 ada@example.com", language="en")
    single = stock.single(analyzer, columns)
    batched, found = stock.batched(batch, columns)
    rules, language = load(), Language(options.model)
    _ours(columns, rules, language)  # loads models and lists
    ours, looks = _ours(columns, rules, language)
    told = _speed(columns, single=single, batched=batched, ours=ours)
    _time(columns, rules, language)
    verdicts = {look.ref.name: classify.judge(look).entity for look in looks}
    right = [_differences(columns, found, verdicts)]
    _cells(columns, found, {look.ref.name: look for look in looks})
    if databases := sorted((options.bench / "db").glob("*.sqlite")):
        right.append(_labelled(options, databases, batch))
    else:
        print(f"\nno labelled databases in {options.bench}: give --bench or EFFACE_BENCH")
    return 0 if told and all(right) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.environ.get("EFFACE_BENCH", Path(__file__).parents[3] / "shared/bench/dev")
    parser.add_argument("--bench", type=Path, default=default)
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--model", default=DEFAULT)
    return parser.parse_args()


# -- Efface ---------------------------------------------------------------------------------------


def _looks(columns: Iterable[stock.Column], rules: Rules, language: Language) -> list[Look]:
    return [
        Look(ColumnRef("", "mix", name), Values.of(cells), rules, language)
        for _, name, cells in columns
    ]


def _ours(
    columns: Iterable[stock.Column], rules: Rules, language: Language
) -> tuple[float, list[Look]]:
    """CPU seconds for all cells of all columns, from cells to verdicts."""
    start = time.process_time()
    looks = _looks(columns, rules, language)
    tables.verdicts({look.ref.name: look for look in looks}, None)
    return time.process_time() - start, looks


def _time(columns: Iterable[stock.Column], rules: Rules, language: Language) -> None:
    """Print which detector and which column the time goes to."""
    by_detector: Counter[str] = Counter()
    by_column: Counter[str] = Counter()
    for look in _looks(columns, rules, language):
        for module in classify.detectors():
            start = time.process_time()
            look.signs.extend(list(module.detect(look)))
            spent = time.process_time() - start
            by_detector[module.__name__.rpartition(".")[2]] += spent
            by_column[look.ref.name] += spent
    for kind, spent in (("detector", by_detector), ("column", by_column)):
        total = sum(spent.values())
        shares = ", ".join(f"{n} {100 * s / total:.0f} %" for n, s in spent.most_common(8))
        print(f"our time by {kind}: {shares}")


# -- what is told ---------------------------------------------------------------------------------


def _speed(
    columns: Sequence[stock.Column],
    *,
    single: dict[str, float],
    batched: dict[str, float],
    ours: float,
) -> bool:
    """Print values a second and the ratios over the mix; say whether they are reached."""
    cells = {name: len(c) for _, name, c in columns}
    total = sum(cells.values())
    distinct = sum(len(set(c)) for _, _, c in columns)
    print(f"{len(columns)} columns, {total:,} values, {distinct:,} different")
    print("stock's time is that of its sample, weighted by the columns' values\n")
    told = True
    for name, seconds, needed in (("stock, a call a value", single, SINGLE),
                                  ("stock, batches of 256", batched, BATCH)):  # fmt: skip
        spent = sum(seconds[n] * cells[n] for n in cells)
        once = sum(seconds[n] * len(set(c)) for _, n, c in columns)
        ratio = spent / ours
        told &= ratio >= needed
        print(
            f"{name}: {total / spent:,.0f} values/s; Efface takes {ratio:.0f} times less "
            f"(needed: {needed}), {once / ours:.0f} times less had stock read equal values once"
        )
    print(f"Efface: {total / ours:,.0f} values/s, {ours:.2f} CPU seconds for all")
    return told


def _label(entity: str) -> str:
    """Call an entity as the labels do; a company's name is nobody's."""
    entity = FAMILIES.get(entity, entity)
    if entity in classify.NOBODYS:
        return "NONE"
    return LABELS.get(entity, entity)


def _differences(
    columns: Sequence[stock.Column], found: dict[str, list[set[str]]], verdicts: dict[str, str]
) -> bool:
    """Print, column by column, what stock finds and what Efface says; count who is right."""
    print("\ncolumn          label           ours            stock's cells")
    stock_right = ours_right = 0
    for label, name, _ in columns:
        counts = Counter(e for cell in found[name] for e in cell)
        seen = len(found[name])
        shares = ", ".join(f"{e} {100 * n / seen:.0f} %" for e, n in counts.most_common(4))
        ours = _label(verdicts[name])
        theirs = (
            any(counts.values())
            if label == "FREETEXT_PII"
            else stock.fits(stock.majority(found[name]), label)
        )
        ours_right += ours == label
        stock_right += theirs
        print(f"{name:15} {label:15} {ours:15} {shares or 'nothing'}")
    print(f"right: Efface {ours_right} of {len(columns)}, stock's majority {stock_right}")
    return ours_right >= stock_right


def _cells(
    columns: Iterable[stock.Column], found: dict[str, list[set[str]]], looks: dict[str, Look]
) -> None:
    """Print where single values differ: what only stock finds in a column, or only Efface."""
    print("\nvalues in which one finds what the other does not (patterns only)")
    for label, name, cells in columns:
        only_stock, only_ours, both = Counter[str](), Counter[str](), 0
        for cell, theirs in zip(stock.sample(cells, stock.BATCHES), found[name], strict=True):
            theirs, ours = theirs & {*PATTERNED}, _patterned(cell, looks[name])
            only_stock.update(theirs - ours)
            only_ours.update(ours - theirs)
            both += bool(theirs & ours)
        for who, counts in (("stock", only_stock), ("Efface", only_ours)):
            for entity, n in counts.most_common():
                kind = "right" if stock.fits(entity, label) else "wrong"
                kind = "to be looked at" if label == "FREETEXT_PII" else kind
                print(f"  {name:15} only {who:7} {entity:15} {n:4} of {len(found[name])}: {kind}")
        if both:
            print(f"  {name:15} both         {'the same':15} {both:4} of {len(found[name])}")


def _patterned(cell: str, look: Look) -> set[str]:
    """Name what Efface finds in a cell, in a column whose name says what its verdict is."""
    verdict = classify.judge(look).entity
    asked = [r for r in look.rules.recognizers if not r.needs_name or r.entity == verdict]
    whole = {r.entity for r in asked if by_pattern.whole(cell, r, look)}
    return (whole | {entity for _, _, entity in by_pattern.spans(cell, look)}) & {*PATTERNED}


def _labelled(options: argparse.Namespace, databases: Iterable[Path], batch: Any) -> bool:
    """Hold both against the labels of real databases; print every kind of difference."""
    with (options.bench / "labels.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["kind"] == "text" and int(r["n_nonnull"])]
    labels = {(r["db"], r["table"], r["column"]): r["label"] for r in rows if r["sure"] == "1"}
    ours, values = {}, {}
    for path in databases:
        for c in scan(connect(f"sqlite:///{path}"), pack=None, model=options.model).columns:
            ours[path.stem, c.column.table, c.column.name] = _label(c.entity)
        wanted = [key for key in labels if key[0] == path.stem]
        with sqlite3.connect(path) as connection:
            values.update({key: _values(connection, key) for key in wanted})
    texts = [v for some in values.values() for v in some]
    results = iter(batch.analyze_iterator(texts, language="en", batch_size=256))
    kinds: Counter[tuple[str, str, str, str]] = Counter()
    for key, some in values.items():
        theirs, label = stock.majority([stock.entities(next(results)) for _ in some]), labels[key]
        mine = ours[key]
        verdict = {
            (True, True): "both right", (True, False): "better", (False, True): "worse",
            (False, False): "both wrong",
        }[_right(mine, label), stock.fits(theirs, label)]  # fmt: skip
        kinds[verdict, label, mine, theirs or "nothing"] += 1
    sums = Counter[str]()
    for (verdict, *_), n in kinds.items():
        sums[verdict] += n
    print(f"\n{len(values)} labelled text columns of real databases, {len(texts)} values:")
    print(", ".join(f"{v} {sums[v]}" for v in ("both right", "better", "worse", "both wrong")))
    for (verdict, label, mine, theirs), n in sorted(kinds.items(), key=lambda k: (k[0][0], -k[1])):
        if verdict != "both right":
            print(f"  {verdict:10} {n:4}  label {label}, Efface {mine}, stock {theirs}")
    return sums["better"] >= sums["worse"]


def _right(mine: str, label: str) -> bool:
    return mine == label or (label == "FREETEXT_NOPII" and mine == "NONE")


def _values(connection: sqlite3.Connection, key: tuple[str, str, str]) -> list[str]:
    column = '"' + key[2].replace('"', '""') + '"'
    table = '"' + key[1].replace('"', '""') + '"'
    query = f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT {PER_COLUMN}"
    return [str(v)[:2000] for (v,) in connection.execute(query)]


if __name__ == "__main__":
    sys.exit(main())
