"""From a database to a ``Scan``: every column of every table once. Reads only."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Column, Engine, MetaData, Table, select
from sqlalchemy.types import NullType

from scanner import __version__, pathfinder, reuse, sampler
from scanner.counter import Count, count
from scanner.database import identify, reading, ref, reflect, wanted
from scanner.detectors import classify, tables
from scanner.detectors.by_language import DEFAULT, Language
from scanner.detectors.classify import Verdict, inherit
from scanner.detectors.copies import copies
from scanner.detectors.look import Look
from scanner.detectors.values import Values
from scanner.errors import DatabaseFailed, Misconfigured
from scanner.knowledge import knowledge
from scanner.model import (
    ColumnRef,
    Finding,
    Progress,
    Relation,
    Scan,
    Silent,
    Status,
    TableFacts,
    TableRef,
)
from scanner.recognizers import Rules, load
from scanner.rulebook import Pack

__all__ = ["DEFAULT", "scan"]

LOG = logging.getLogger(__name__)

LEFT_OUT = "left out on request"
"""Why a table was not read that the globs left out."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What is the same for every table of one scan."""

    engine: Engine
    pack: Pack | None
    rules: Rules
    language: Language
    rows: int
    full: bool
    seed: int
    comments: Mapping[tuple[str, str], str]
    estimates: Mapping[tuple[str, str], int]


def scan(
    engine: Engine,
    *,
    pack: Pack | None,
    rules: Sequence[Path] = (),
    recognizers: Sequence[Path] = (),
    model: str = DEFAULT,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    sample: int = 1000,
    full: bool = False,
    seed: int = 0,
    previous: Scan | None = None,
    days: int = reuse.DAYS,
    progress: Progress | None = None,
) -> Scan:
    """Look at every column of the database and say what it is to a person.

    ``rules`` are TOML files with recognizers and column names of the user's, ``recognizers``
    Presidio YAML files, ``only`` and ``skip`` globs on tables. About ``sample`` rows of a table
    are read, all of them when ``full``; equal ``seed`` and data give an equal scan. Of what the
    scan ``previous`` said only what may have changed is read again (not when ``full``), and tables
    that were read whole ``days`` days ago.

    Returns:
        Tables and columns in the order of their names; no cell's value, masked examples aside.

    Raises:
        DatabaseFailed: the database cannot be read at all; a single table that cannot is listed.
        Misconfigured: a rule file or the model is missing or wrong.

    """
    watch = progress or Silent()
    known = load(rules)
    language = Language(model, recognizers)
    with reading(engine) as connection:
        schema = reflect(connection)
        database = identify(connection, schema)
    listed = sorted(schema.tables.values(), key=ref)
    if listed and not any(wanted(ref(t), only, skip) for t in listed):
        raise Misconfigured(
            "no table is left to scan: no name matches --table, or --skip takes all"
        )
    job = _Job(
        engine,
        pack,
        known,
        language,
        sample,
        full,
        seed,
        _comments(engine, schema),
        sampler.estimates(engine),
    )
    options = {
        "sample": "full" if full else sample,
        "seed": seed,
        "model": model,
        "only": list(only),
        "skip": list(skip),
        "knowledge": knowledge(pack=pack, rules=rules, recognizers=recognizers, model=model),
        **({"previous": previous.created} if previous else {}),
    }
    now = datetime.now(UTC)
    memory = reuse.remember(
        None if full else previous,
        database=database, options=options, rules=known, now=now, days=days,
    )  # fmt: skip
    watch.begin("scan", sum(len(t.columns) for t in listed))
    facts: list[TableFacts] = []
    seen: list[Finding] = []
    rows = 0
    for table in listed:
        asked = wanted(ref(table), only, skip)
        fact, columns = _asked(job, memory, table) if asked else _skipped(job, table)
        facts.append(fact)
        seen += columns
        rows += max((c.rows_read for c in columns if not c.reused), default=0)
        LOG.info("%s: %d columns, %s", ref(table), len(columns), fact.reason or "read")
        watch.advance(len(table.columns), f"{ref(table)}, {rows:,} rows so far")
    pairs = copies(schema, known)
    facts, findings = _inherited(facts, seen, pairs)
    return Scan(
        efface=__version__,
        created=now.isoformat(timespec="seconds"),
        database=database,
        pack=pack.name if pack else "",
        tables=tuple(sorted([*facts, *_left_out(schema)], key=lambda f: f.table)),
        columns=tuple(findings),
        options=options,
        relations=_relations(engine, schema, pack, pairs),
    )


def _relations(
    engine: Engine, schema: MetaData, pack: Pack | None, pairs: Mapping[TableRef, TableRef]
) -> tuple[Relation, ...]:
    """Follow the pack's relations from the subject's table; without a pack there are none."""
    if pack is None:
        return ()
    try:
        with reading(engine) as connection:
            return pathfinder.relations(connection, schema, pack, copies=pairs)
    except (DatabaseFailed, Misconfigured) as error:
        LOG.warning("where a subject's rows are could not be worked out: %s", error)
        return ()


def _left_out(schema: MetaData) -> list[TableFacts]:
    """List the views and what could not be reflected."""
    views = [
        TableFacts(v, None, kind="view", reason="a view: it shows what its tables hold")
        for v in schema.info["views"]
    ]
    failed = [TableFacts(t, None, reason=why) for t, why in schema.info["failed"].items()]
    return [*views, *failed]


def _skipped(job: _Job, table: Table) -> reuse.Read:
    """List a table that was left out on request: nobody looked, so nobody knows."""
    seen = [_unread(job, c, "failed", LEFT_OUT) for c in table.columns]
    columns = [replace(c, status="skipped") for c in seen]
    return TableFacts(ref(table), None, reason=LEFT_OUT), columns


def _asked(job: _Job, memory: reuse.Memory, table: Table) -> reuse.Read:
    """Read of a table what no earlier scan can answer for."""
    return reuse.reread(
        memory,
        job.engine,
        table,
        partial(_table, job, table),
        comments=job.comments,
        estimate=_estimate(job, table),
    )


def _estimate(job: _Job, table: Table) -> int | None:
    where = ref(table)
    return job.estimates.get((where.schema, where.name))


def _table(
    job: _Job,
    table: Table,
    *,
    counted: Count | None = None,
    names: Collection[str] | None = None,
    after: int | None = None,
) -> reuse.Read:
    """Sample a table and judge its columns together; ``names`` and ``after`` limit what is read."""
    where = ref(table)
    try:
        counted = counted or count(job.engine, table, estimate=_estimate(job, table))
        taken = sampler.sample(
            job.engine,
            table,
            rows=job.rows,
            full=job.full,
            seed=job.seed,
            counted=counted,
            names=names,
            after=after,
        )
    except DatabaseFailed as error:
        why = str(error).partition(";")[0]
        failed = [_unread(job, c, "failed", why) for c in table.columns]
        return TableFacts(where, None, reason=why), failed
    looks = tables.looks(
        table, taken.values, rules=job.rules, language=job.language, comments=job.comments
    )
    verdicts = tables.verdicts(looks, job.pack)
    columns = []
    for column in table.columns:
        if why := taken.failed.get(column.name, ""):
            columns.append(_unread(job, column, "failed", why))
        elif column.name in looks:
            remark = taken.remarks.get(column.name, "")
            columns.append(_seen(column, looks[column.name], verdicts[column.name], remark))
        else:
            columns.append(_unread(job, column, "skipped", ""))
    rows_are: Literal["exact", "estimate"] = "exact" if taken.exact else "estimate"
    return TableFacts(where, taken.rows, rows_are, highest=taken.highest), columns


def _seen(column: Column[Any], look: Look, verdict: Verdict, remark: str) -> Finding:
    values = look.values
    share, low, high = classify.share(look, verdict)
    finding = Finding(
        look.ref,
        _type(column),
        "scanned" if values.read else "empty",
        remark or _remark(values),
        values.rows,
        values.read,
        values.distinct,
        share=round(share, 4),
        share_low=round(low, 4),
        share_high=round(high, 4),
        examples=classify.examples(look, verdict),
    )
    return _tell(finding, verdict)


def _remark(values: Values) -> str:
    if values.beyond:
        return f"only its first {values.distinct:,} different values were looked at"
    return "" if values.read else "no values"


def _unread(job: _Job, column: Column[Any], status: Status, why: str) -> Finding:
    """List a column that was not read; what the pack says of it still holds."""
    where = ColumnRef(column.table.schema or "", column.table.name, column.name)
    reason, harmless = sampler.unread(column) if status == "skipped" else (why, False)
    plain = Verdict("none" if harmless else "unknown", why=reason)
    verdict = tables.declared(where, plain, job.pack)
    return _tell(Finding(where, _type(column), status, reason), verdict)


def _tell(finding: Finding, verdict: Verdict) -> Finding:
    return replace(
        finding,
        personal=verdict.personal,
        entity=verdict.entity,
        score=verdict.score,
        evidence=verdict.evidence,
        declared_by=verdict.by,
        why=verdict.why,
    )


def _type(column: Column[Any]) -> str:
    return "" if isinstance(column.type, NullType) else str(column.type)


def _inherited(
    facts: Sequence[TableFacts], seen: Sequence[Finding], pairs: Mapping[TableRef, TableRef]
) -> tuple[list[TableFacts], list[Finding]]:
    """Mark copies of tables, and let their columns inherit the verdict where theirs is weaker."""
    marked = [replace(f, copy_of=str(pairs[f.table])) if f.table in pairs else f for f in facts]
    names = {(f.column.of, f.column.name.lower()): f for f in seen}
    findings = []
    for found in seen:
        where = found.column
        original = names.get((pairs.get(where.of, where.of), where.name.lower()), found)
        one = reuse.settled(found, original)
        if original.column == one.column:
            findings.append(one)
            continue
        told = str(original.column)
        verdict = inherit(_verdict(one), _verdict(original), told)
        findings.append(_tell(replace(one, copy_of=told), verdict))
    return marked, findings


def _verdict(one: Finding) -> Verdict:
    """Take a verdict back out of a finding."""
    return Verdict(
        one.personal, one.entity, one.score, why=one.why, evidence=one.evidence, by=one.declared_by
    )


def _comments(engine: Engine, schema: MetaData) -> dict[tuple[str, str], str]:
    """Read the column comments that Clarify keeps in tables of its own, if they are there.

    Returns:
        (physical table, column), both in lower case, to the comment.

    """
    by_name = {t.name.lower(): t for t in schema.tables.values()}
    fields, tables = by_name.get("adp_sch_info"), by_name.get("adp_tbl_name_map")
    if fields is None or tables is None:
        return {}
    try:
        query = select(tables.c.type_name, fields.c.field_name, fields.c.comments).where(
            tables.c.type_id == fields.c.type_id
        )
        with reading(engine) as connection:
            rows = connection.execute(query).all()
    except (AttributeError, DatabaseFailed):
        return {}
    return {
        (prefix + str(table).lower(), str(name).lower()): str(comment)
        for table, name, comment in rows
        if comment
        for prefix in ("table_", "")
    }
