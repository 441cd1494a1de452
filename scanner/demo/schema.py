"""Make SQLAlchemy's tables from the facts. Writes nothing."""

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Float,
    Index,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.types import TypeEngine

from scanner.demo.facts import Facts, Field, facts, index_columns

MYSQL: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_row_format": "DYNAMIC",
    "mariadb_engine": "InnoDB",
    "mariadb_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_bin",
    "mariadb_row_format": "DYNAMIC",
}
"""Compare texts as Oracle does, byte by byte, and keep long ones off the page."""

ADP = {
    "adp_tbl_name_map": "type_id n;type_flags n;type_name 128;comments 255;obj_group 255;sql long",
    "adp_sch_info": "type_id n;field_name 64;cmn_type n;db_type n;array_size n;dec_p n;dec_s n;"
    "flags n;gen_field_id n;spec_field_id n;fld_default 255;comments 255",
    "adp_sch_rel_info": "type_id n;rel_name 64;rel_type n;target_name 64;gen_rel_id n;"
    "spec_rel_id n;inv_rel_name 64;comments 255;rel_flags n;rel_phy_name 64;focus_fldname 64;"
    "flags n;exclusive_set 64",
    "adp_sch_index": "type_id n;index_name 64;flags n;field_count n;field_names 255;comments 255",
    "adp_view_field_info": "view_type_id n;field_name 64;from_obj_type n;from_field_name 64",
    "adp_view_join_info": "view_type_id n;join_from_type n;join_rel_name 64;join_flag n",
    "adp_db_header": "db_name 64;schema_rev n;site_id n;cust_schema_rev n;db_type 20",
    "adp_db_comments": "seq_num n;time date;comments 255",
    "adp_tbl_oid": "type_id n;obj_num n",
}
"""Clarify's tables about itself."""

ADP_UNIQUE = {
    "adp_tbl_name_map": ("type_id",),
    "adp_sch_info": ("type_id", "field_name"),
    "adp_tbl_oid": ("type_id",),
    "adp_db_comments": ("seq_num",),
}
"""The columns by which Clarify finds its own rows."""


def metadata(*, shadows: bool) -> MetaData:
    """Make all tables, without keys and without foreign keys, as Clarify has them."""
    made = MetaData()
    for fact in facts().values():
        _table(made, fact, shadows=shadows)
        for many in fact.many:
            columns = (many.column, many.inverse)
            _plain(made, many.table, [Column(c, BigInteger, nullable=False) for c in columns])
    for name, columns_text in ADP.items():
        fields = [Field.parse(line, custom=False) for line in columns_text.split(";")]
        _plain(made, name, [Column(f.name, _type(f.type)) for f in fields])
    return made


def indexes(made: MetaData, *, shadows: bool) -> list[Index]:
    """List the indexes that are created after the rows are in."""
    found = []
    for fact in facts().values():
        table = made.tables[fact.table]
        wanted = [f"!{','.join(fact.key)}"] if fact.key else []
        for n, index in enumerate((*wanted, *fact.indexes)):
            names = index_columns(index, shadows=shadows)
            unique = index.startswith("!")
            label = index_name(fact, n, key=bool(wanted))
            found.append(Index(label, *(table.c[c] for c in names), unique=unique))
        for many in fact.many:
            between = made.tables[many.table]
            label = f"{many.table}_key"
            found.append(Index(label, *between.columns, unique=True))
            found.append(Index(f"{many.table}_back", between.c[many.inverse]))
    for name, columns in ADP_UNIQUE.items():
        table = made.tables[name]
        found.append(Index(f"{name}_key", *(table.c[c] for c in columns), unique=True))
    return found


def index_name(fact: Facts, n: int, *, key: bool) -> str:
    """Name an index as Clarify does: one on objid and numbered ones."""
    return f"{fact.name}_objindex" if key and n == 0 else f"{fact.name}_index{n}"


def columns_of(fact: Facts, *, shadows: bool) -> list[tuple[Field, str]]:
    """List a table's columns with their names in the database, relations last."""
    found = []
    for field in fact.fields:
        found.append((field, field.name))
        if field.shadow and shadows:
            found.append((field, f"s_{field.name}"))
    found += [(Field(r.column, "key"), r.column) for r in fact.relations]
    return found


def _table(made: MetaData, fact: Facts, *, shadows: bool) -> Table:
    columns = columns_of(fact, shadows=shadows)
    return _plain(made, fact.table, [Column(name, _type(field.type)) for field, name in columns])


def _plain(made: MetaData, name: str, columns: list[Column[Any]]) -> Table:
    return Table(name, made, *columns, **MYSQL)


@cache
def _type(kind: str) -> TypeEngine[Any]:
    match kind.partition(","):
        case ("n" | "key", *_):
            return BigInteger()
        case (_, ",", _):
            return Numeric(19, 4).with_variant(Float(), "sqlite")
        case ("date", *_):
            return DateTime()
        case ("long", *_):
            return Text().with_variant(LONGTEXT(), "mysql", "mariadb")
        case (length, *_):
            return String(int(length))
