"""Fill Clarify's tables about itself from the facts, so that they say what the database is."""

from collections.abc import Iterator

from scanner.demo.facts import Facts, Field, facts, index_columns
from scanner.demo.load import BASE, Store
from scanner.demo.schema import ADP, index_name
from scanner.demo.times import stamp
from scanner.demo.views import VIEWS

OTM, MTO, OTOP, OTOF, MTM = 1, 2, 3, 4, 5
"""adp_sch_rel_info.rel_type."""

USER_DEFINED, ALLOW_NULL, SEARCHABLE = 4, 128, 256
"""adp_sch_info.flags."""

VIEW = 512
"""adp_tbl_name_map.type_flags of a view."""

TYPES = {"n": (0, 0), "date": (776, 9), "long": (512, 8), ",": (766, 11), "text": (516, 7)}
"""(cmn_type, db_type) of a column."""

WORDS = {"direct": "identifies a person", "quasi": "tells of a person", "free_text": "free text"}


def add(store: Store) -> None:
    """Write the dictionary of all tables that have a type id."""
    known = {f.name: f for f in facts().values() if f.type_id is not None}
    for fact in known.values():
        _table(store, fact)
    for view in VIEWS:
        _row(store, "adp_tbl_name_map", view.type_id, VIEW, view.name, "view", "Views", None)
        for name, source, column in view.fields:
            _row(store, "adp_view_field_info", view.type_id, name, known[source].type_id, column)
        for source, relation in view.joins:
            _row(store, "adp_view_join_info", view.type_id, known[source].type_id, relation, 0)
    for row in relations(known):
        _row(store, "adp_sch_rel_info", *row)
    _row(store, "adp_db_header", "DEMO", 59, 1, 7, "ORACLE")
    for n, comment in enumerate(("schema applied", "customs applied", "demo rows loaded"), 1):
        _row(store, "adp_db_comments", n, stamp(86_400 * (12_000 + n)), comment)


def _row(store: Store, table: str, *cells: object) -> None:
    names = " ".join(line.split()[0] for line in ADP[table].split(";"))
    store.sheet(table, names).put(*cells)


def _table(store: Store, fact: Facts) -> None:
    custom = any(f.custom for f in fact.fields[:1])
    flags = USER_DEFINED if custom else 0
    _row(store, "adp_tbl_name_map", fact.type_id, flags, fact.name, "custom" if custom else "",
         "Custom" if custom else "Baseline", None)  # fmt: skip
    _row(store, "adp_tbl_oid", fact.type_id, store.last_id(fact.name) + 1 - BASE)
    for n, field in enumerate(fact.fields, 1):
        _column(store, fact, field, n)
    indexes = (f"!{','.join(fact.key)}", *fact.indexes)
    for n, index in enumerate(indexes):
        names = index_columns(index.replace("^", ""), shadows=False)
        _row(store, "adp_sch_index", fact.type_id, index_name(fact, n, key=True),
             int(index.startswith("!")), len(names), ",".join(names), "")  # fmt: skip


def _column(store: Store, fact: Facts, field: Field, n: int) -> None:
    kind = field.type if field.type in TYPES else "," if "," in field.type else "text"
    common, physical = TYPES[kind]
    size = int(field.type) if kind == "text" else -1 if kind == "long" else 0
    flags = ALLOW_NULL | (SEARCHABLE if field.shadow else 0)
    flags |= USER_DEFINED if field.custom else 0
    _row(store, "adp_sch_info", fact.type_id, field.name, common, physical, size,
         19 if kind == "," else 0, 4 if kind == "," else 0, flags, n, n, "",
         WORDS.get(field.personal, ""))  # fmt: skip


def relations(known: dict[str, Facts]) -> Iterator[tuple[object, ...]]:
    """Give each relation from both sides, as rows of adp_sch_rel_info."""
    rows: list[tuple[int | None, str, int, str, str, str]] = []
    for fact in known.values():
        for r in fact.relations:
            far = known[r.target].type_id
            near_type, far_type = (OTOP, OTOF) if r.one else (MTO, OTM)
            rows.append((fact.type_id, r.column, near_type, r.target, r.inverse, r.column))
            rows.append((far, r.inverse, far_type, fact.name, r.column, r.column))
        for m in fact.many:
            far = known[m.target].type_id
            rows.append((fact.type_id, m.column, MTM, m.target, m.inverse, m.table))
            rows.append((far, m.inverse, MTM, fact.name, m.column, m.table))
    for n, (near, name, kind, target, inverse, column) in enumerate(rows, 1):
        yield (near, name, kind, target, n, n, inverse, "", 0, column, "", 0, "")
