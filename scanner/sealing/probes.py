"""How a changed row is recognised after a crash: a digest of what was written to it. Reads only."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from scanner.database import ref
from scanner.model import TableRef
from scanner.rows import plain
from scanner.texts import stored


def probe(
    connection: Connection, table: Table, place: Mapping[str, Any], columns: Sequence[str]
) -> dict[str, Any]:
    """Describe how one changed row looks after an erasure, to recognise it by.

    The row is named by a key that holds no personal data; ``columns`` are those that were
    written, so that they hold placeholders by now.
    """
    where = ref(table)
    probe = {
        "schema": where.schema,
        "table": where.name,
        "key": {c: plain(v) for c, v in place.items()},
    }
    probe["columns"] = list(columns)
    return {**probe, "after": looks(connection, {where: table}, probe)}


def looks(
    connection: Connection, tables: Mapping[TableRef, Table], probe: Mapping[str, Any]
) -> str:
    """Digest the row that a probe names; an empty text where it is not there."""
    table = tables.get(TableRef(probe.get("schema", ""), probe.get("table", "")))
    if table is None:
        return ""
    columns = [table.c[c] for c in probe["columns"] if c in table.c]
    query = select(*columns).where(*(table.c[c] == v for c, v in probe["key"].items()))
    row = connection.execute(query).first()
    if row is None:
        return ""
    return hashlib.sha256(
        "\x1f".join(map(stored.plain, row)).encode("utf-8", "surrogatepass")
    ).hexdigest()
