"""SQLite's full-text indexes of other tables: nothing is written to them, they follow or are duties."""

import json

import pytest
from openpyxl import load_workbook
from sqlalchemy import create_engine, text

from tests import mini
from tests.erasing import Erasure

RENEWED = (
    "create trigger t_index after update on table_notes_log begin insert into {name} ({name}, rowid, "
    "description) values ('delete', old.objid, old.description); insert into {name} (rowid, "
    "description) values (new.objid, new.description); end"
)
EXTERNAL = {
    "fts5": "fts5(description, content='table_notes_log', content_rowid='objid')",
    "contentless": "fts5(description, prefix='2 3', content='')",
    "fts4": 'fts4(content="table_notes_log", description)',
}


def write(url, *statements):
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def matches(url, name, word):
    engine = create_engine(url)
    with engine.connect() as connection:
        query = text(f"select rowid from {name} where {name} match :word")
        found = connection.scalars(query, {"word": word}).all()
    engine.dispose()
    return found


@pytest.mark.parametrize("name", ["a_index", "zz_index"])  # before and behind its table
@pytest.mark.parametrize("kind", EXTERNAL)
@pytest.mark.parametrize("renewed", [False, True])
def test_an_index_of_another_table_follows_or_is_a_duty(sqlite_url, tmp_path, name, kind, renewed):
    mini.build(sqlite_url)
    write(sqlite_url, f"create virtual table {name} using {EXTERNAL[kind]}")
    if kind != "contentless":
        write(sqlite_url, f"insert into {name} ({name}) values ('rebuild')")
    if renewed and kind == "fts5":
        write(sqlite_url, RENEWED.format(name=name))
    erasure = Erasure(sqlite_url, tmp_path)
    plan = erasure.plan()
    (duty,) = (d for d in plan.duties if d["kind"] == "indexes of text")
    assert duty["where"] == name
    receipt = erasure.commit(plan)
    assert receipt.residue == {}
    if renewed and kind == "fts5":
        assert matches(sqlite_url, name, "5466") == []
    if kind != "contentless":
        write(sqlite_url, f"insert into {name} ({name}) values ('rebuild')")
        assert matches(sqlite_url, name, "5466") == []
        assert matches(sqlite_url, name, "elmwood") == [4]
    erasure.engine.dispose()


@pytest.mark.parametrize("kind", ["fts5", "fts4", "fts3"])
def test_an_index_with_texts_of_its_own_is_rewritten_like_a_table_and_is_a_duty(
    sqlite_url, tmp_path, kind
):
    mini.build(sqlite_url)
    write(
        sqlite_url,
        f"create virtual table Own_index using {kind}(description, content)",
        "insert into own_index (rowid, description) select objid, description from table_notes_log",
    )
    assert matches(sqlite_url, "own_index", "5466") == [3]
    erasure = Erasure(sqlite_url, tmp_path)
    plan = erasure.plan()
    (duty,) = (d for d in plan.duties if d["kind"] == "indexes of text")
    assert duty["where"] == "Own_index"
    assert "'rebuild'" in duty["why"]
    assert not [m for m in plan.mentions if "_content" in m.table.name]
    receipt = erasure.commit(plan)
    assert receipt.residue == {}
    assert matches(sqlite_url, "own_index", "5466") == []
    assert matches(sqlite_url, "own_index", "elmwood") == [4]
    write(sqlite_url, "insert into own_index (own_index) values ('rebuild')")
    rest = {k: v for k, v in mini.dump(sqlite_url).items() if k.startswith("Own_index_")}
    assert rest
    assert "5466" not in repr(rest)
    erasure.engine.dispose()


def test_a_scan_says_what_to_do_with_an_index(efface, sqlite_url, tmp_path):
    mini.build(sqlite_url)
    write(sqlite_url, f"create virtual table notes_index using {EXTERNAL['fts5']}")
    scan, book = tmp_path / "scan.json", tmp_path / "audit.xlsx"
    assert efface("scan", "--db", sqlite_url, "-o", scan).exit_code == 0
    facts = {t["name"]: t for t in json.loads(scan.read_text())["tables"]}
    assert facts["notes_index"]["reason"].startswith("a full-text index")
    assert efface("audit", scan, "-o", book).exit_code == 0
    rows = load_workbook(book)["Not scanned and unknown"].iter_rows(values_only=True)
    assert next(r[4] for r in rows if r[0] == "notes_index").startswith("rebuild it")
