"""From a database to a ``Scan``: every column of every table once. Reads only."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, MetaData, select

from scanner import __version__, sampler
from scanner.database import identify, identity, reading, ref, reflect, wanted
from scanner.detectors.by_language import DEFAULT, Language
from scanner.detectors.classify import inherit
from scanner.detectors.copies import copies
from scanner.errors import DatabaseFailed, Misconfigured
from scanner.model import (
    STORED_VIEW,
    TEXT_INDEX,
    VIEW,
    Finding,
    Progress,
    Relation,
    Scan,
    Silent,
    TableFacts,
    TableRef,
    digest,
    dump,
)
from scanner.packs import pathfinder
from scanner.rulebook import Pack
from scanner.rulefiles.recognizers import load
from scanner.scanning import reuse, workers
from scanner.scanning.examiner import Examined, Unit, Work, left_out, tell, verdict_of
from scanner.scanning.knowledge import knowledge
from scanner.scanning.partial import Partial
from scanner.tables import stretches

__all__ = ["DEFAULT", "Partial", "scan"]

LOG = logging.getLogger(__name__)


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
    jobs: int | None = 1,
    dask: str = "",
    partial: Partial | None = None,
    progress: Progress | None = None,
) -> Scan:
    """Look at every column of the database and say what it is to a person.

    ``rules`` are TOML files with recognizers and column names of the user's, ``recognizers``
    Presidio YAML files, ``only`` and ``skip`` globs on tables. About ``sample`` rows of a table
    are read, all of them when ``full``; equal ``seed`` and data give an equal scan. Of what the
    scan ``previous`` said only what may have changed is read again (not when ``full``), and tables
    that were read whole ``days`` days ago. ``jobs`` and ``dask`` change no result: how many
    processes work (None: as many as pay; the main module must be importable), or the address of a
    Dask cluster. ``partial`` keeps what is found until all is.

    Returns:
        Tables and columns in the order of their names; no cell's value, masked examples aside.

    Raises:
        DatabaseFailed: the database cannot be read at all; a single table that cannot is listed.
        Misconfigured: a rule file or the model is missing or wrong, or the workers fail.
        Refused: a worker on the cluster sees another database.

    """
    watch = progress or Silent()
    known = load(rules)
    language = Language(model, recognizers)
    with reading(engine) as connection:
        schema = reflect(connection)
        database = identify(connection, schema)
    units = _units(engine, schema, None if full else previous)
    asked = [u for u in units if wanted(ref(u.table), only, skip)]
    if units and not asked:
        raise Misconfigured(
            "no table is left to scan: no name matches --table, or --skip takes all"
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
    draft = Scan(
        efface=__version__,
        created=now.isoformat(timespec="seconds"),
        database=database,
        pack=pack.name if pack else "",
        tables=(),
        columns=(),
        options=options,
    )
    found = {
        ref(u.table): left_out(u.table, pack) for u in units if not wanted(ref(u.table), only, skip)
    }
    if partial:
        found.update(partial.begin(_key(engine, draft, previous, days)))
    columns = sum(len(u.table.columns) for u in units)
    watch.begin("scan", columns)
    watch.advance(sum(len(e.columns) for e in found.values()))
    rows = 0
    coming = workers.spread(
        engine,
        Work(pack, known, language, sample, full, seed, memory, stretches.CELLS),
        [u for u in asked if ref(u.table) not in found],
        database=database,
        jobs=jobs,
        dask=dask,
    )
    with closing(coming):
        for one in coming:
            if isinstance(one, str):
                watch.advance(0, one)
                continue
            where = one.facts.table
            found[where] = one
            if partial:
                partial.add(draft, one)
            rows += max((c.rows_read for c in one.columns if not c.reused), default=0)
            LOG.info("%s: %d columns, %s", where, len(one.columns), one.facts.reason or "read")
            watch.advance(len(one.columns), f"{where}, {rows:,} rows so far")
    pairs = copies(schema, known)
    facts, findings = _inherited([found[ref(u.table)] for u in units], pairs)
    return replace(
        draft,
        tables=tuple(sorted([*facts, *_unreflected(schema)], key=lambda f: f.table)),
        columns=tuple(findings),
        relations=_relations(engine, schema, pack, pairs),
    )


def _units(engine: Engine, schema: MetaData, previous: Scan | None) -> list[Unit]:
    """Make a unit of work of each table, in the order of their names."""
    comments, estimates = _comments(engine, schema), sampler.estimates(engine)
    before = reuse.by_table(previous)
    return [
        Unit(
            table,
            estimates.get((table.schema or "", table.name)),
            {k: v for c in table.columns if (v := comments.get(k := _lower(table.name, c.name)))},
            before.get(ref(table)),
        )
        for table in sorted(schema.tables.values(), key=ref)
    ]


def _lower(table: str, column: str) -> tuple[str, str]:
    return table.lower(), column.lower()


def _key(engine: Engine, draft: Scan, previous: Scan | None, days: int) -> str:
    """Name a scan by all that its findings depend on, but for the rows."""
    return digest(
        dump(
            {
                "database": identity(engine.url),
                "draft": replace(draft, created="").to_line(),
                "previous": [digest(previous.to_line()), days] if previous else [],
            }
        )
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


def _unreflected(schema: MetaData) -> list[TableFacts]:
    """List the views, the partitions, full-text indexes and what could not be reflected."""
    stored = set(schema.info["stored"])
    views = [
        TableFacts(v, None, kind="view", reason=STORED_VIEW if v in stored else VIEW)
        for v in schema.info["views"]
    ]
    parts = [
        TableFacts(t, None, kind="view", reason=f"a partition: its rows are those of {whole}")
        for t, whole in sorted(schema.info["partitions"].items())
    ]
    indexes = [TableFacts(t, None, kind="view", reason=TEXT_INDEX) for t in schema.info["indexes"]]
    failed = [TableFacts(t, None, reason=why) for t, why in schema.info["failed"].items()]
    return [*views, *parts, *indexes, *failed]


def _inherited(
    examined: Sequence[Examined], pairs: Mapping[TableRef, TableRef]
) -> tuple[list[TableFacts], list[Finding]]:
    """Mark copies of tables, and let their columns inherit the verdict where theirs is weaker."""
    facts = [e.facts for e in examined]
    marked = [replace(f, copy_of=str(pairs[f.table])) if f.table in pairs else f for f in facts]
    columns = [c for e in examined for c in e.columns]
    names = {(c.column.of, c.column.name.lower()): c for c in columns}
    findings = []
    for found in columns:
        where = found.column
        original = names.get((pairs.get(where.of, where.of), where.name.lower()), found)
        one = reuse.settled(found, original)
        if original.column == one.column:
            findings.append(one)
            continue
        told = str(original.column)
        verdict = inherit(verdict_of(one), verdict_of(original), told)
        findings.append(tell(replace(one, copy_of=told), verdict))
    return marked, findings


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
