"""What the exports promise: other tools read the verdicts, names survive, nothing else changes."""

import csv
import io
import re
import stat

import pytest
import sqlglot
import yaml
from psycopg.errors import InvalidParameterValue
from sqlalchemy import Column, MetaData, Table, create_engine, text

import reports
from reports import _vocabulary
from scanner.detectors import tables
from scanner.detectors.by_language import Language
from scanner.detectors.values import Values
from scanner.errors import Misconfigured
from scanner.model import (
    Audit,
    ColumnRef,
    Database,
    Decision,
    Finding,
    Scan,
    TableFacts,
)
from scanner.rulefiles import recognizers

HOSTILE = ("a]b", "a]];DROP TABLE x;--", 'say "hi"', "it's", "back\\slash", "$1 $$ %s :x", "Größe",
           "a -- b", "/* x", "select", "]", "$efface$", "%I.%L", "a.b")  # fmt: skip
"""Names that can be columns, and that a script must not stumble over."""

UNPRINTABLE = ("a\nGO\nDROP TABLE x", "tab\there", "$(SQLCMDUSER)", "x\u202ey")
"""Names that client programs would cut or replace."""

EXPORTS = ("article30", "fides", "mssql-classification", "postgresql-comments", "postgresql-labels")


def finding(name, personal="direct", table="contact", schema="crm", **more):
    more = {"type": "TEXT", "status": "scanned", "entity": "PERSON", "why": "looks like it", **more}
    return Finding(ColumnRef(schema, table, name), personal=personal, **more)


def audit(*findings, **choices):
    named = dict.fromkeys(f.column.of for f in findings)
    scan = Scan(
        "0.1.0", "2026-01-02T03:04:05+00:00", Database("postgresql", "crm", "f" * 32), "none",
        tuple(TableFacts(t, 12) for t in named), findings,
    )  # fmt: skip
    made = {
        f.column: Decision(f.column, choices[f.column.name], "Ada")
        for f in findings
        if f.column.name in choices
    }
    return Audit(scan, made)


MIXED = audit(
    finding("first_name"),
    finding("card", entity="CREDIT_CARD"),
    finding("city", "quasi", entity="CITY"),
    finding("notes", "free_text", entity=""),
    finding("odd", entity="SHOE_SIZE"),
    finding("misc", "unknown", entity=""),
    finding("objid", "none", entity=""),
    first_name="redact",
)


def export(name, found, tmp_path):
    path = tmp_path / f"out.{reports.suffixes(name)[0]}"
    reports.write(found, path, name=name)
    return path.read_text(encoding="utf-8-sig")


# --- which report a file is


@pytest.mark.parametrize(
    ("file", "name", "told"),
    [
        ("x.sql", "", "can be mssql-classification or postgresql-comments or postgresql-labels"),
        ("x.sql", "fides", r"cannot be fides: its files end in \.yml or \.yaml"),
        ("x.doc", "", r"the suffix must be one of csv, html, json, sql, txt, xlsx, yaml, yml"),
        ("x.html", "nosuch", "no report 'nosuch': there are article30, csv"),
        ("x", "csv", r"cannot be csv: its files end in \.csv"),
    ],
)
def test_a_file_and_its_format_must_fit(file, name, told, tmp_path):
    with pytest.raises(Misconfigured, match=told):
        reports.write(MIXED, tmp_path / file, name=name)
    assert list(tmp_path.iterdir()) == []


def test_the_suffix_is_enough_where_it_says_which(tmp_path):
    for suffix in ("yml", "YAML", "csv", "html"):
        reports.write(MIXED, tmp_path / f"x.{suffix}")
    assert (tmp_path / "x.yml").read_text() == (tmp_path / "x.YAML").read_text()
    assert (tmp_path / "x.csv").read_text(encoding="utf-8-sig").startswith("schema,table")


@pytest.mark.parametrize("name", EXPORTS)
def test_the_command_line_prints_an_export(name, tmp_path, efface):
    scan = tmp_path / "scan.json"
    scan.write_text(MIXED.scan.to_json(), encoding="utf-8")
    done = efface("audit", scan, "--format", name)
    assert done.exit_code == 0
    assert "contact" in done.stdout
    refused = efface("audit", scan, "--format", "xlsx")
    assert refused.exit_code == 2
    assert "give -o FILE.xlsx" in refused.stderr


@pytest.mark.parametrize("name", ["html", *EXPORTS])
def test_files_are_for_their_owner_and_the_same_each_time(name, tmp_path):
    first = export(name, MIXED, tmp_path)
    assert export(name, MIXED, tmp_path) == first
    (path,) = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_entity_we_know_has_a_word_of_others():
    """Presidio's have that of the family that they are of, else that of other personal data."""
    import tomllib
    from importlib.resources import files

    rules = files("rules")
    names = tomllib.loads(rules.joinpath("exports.toml").read_text(encoding="utf-8"))["entity"]
    known = set()
    for file in rules.iterdir():
        if file.name.endswith(".toml") and file.name not in ("exports.toml", "presidio.toml"):
            known |= set(re.findall(r'entity *= *"([A-Z_]+)"', file.read_text(encoding="utf-8")))
    assert known - {"NAME", "INITIAL"} <= set(names)
    assert set(recognizers.load().families.values()) <= set(names)
    for term in _vocabulary._terms().values():
        assert term.information_type in _vocabulary.information_types()
        assert term.label in _vocabulary.labels()


# --- SQL Server: no server here; its tokens are read by sqlglot, its form by the manual


CLASSIFIES = re.compile(
    r"ADD SENSITIVITY CLASSIFICATION TO \w+(\.\w+){1,2} WITH "
    r"\(LABEL = S,LABEL_ID = S,INFORMATION_TYPE = S,INFORMATION_TYPE_ID = S,RANK = (MEDIUM|HIGH)\)"
)


def statements(script):
    """Give each statement of a script: the parts of the column's name, and its form."""
    for batch in re.split(r"^GO$", script, flags=re.MULTILINE):
        line: list = []
        for token in sqlglot.tokenize(batch, dialect="tsql"):
            if token.token_type.name == "SEMICOLON":
                yield from _statement(line)
                line = []
            else:
                line.append(token)
        assert line == []


def _statement(tokens):
    start = next(n for n, t in enumerate(tokens) if t.text.upper() == "TO") + 1
    end = next(n for n, t in enumerate(tokens) if t.text.upper() == "WITH")
    name = tuple(t.text for t in tokens[start:end] if t.token_type.name == "IDENTIFIER")
    words = ["S" if t.token_type.name == "STRING" else t.text.upper() for t in tokens]
    dots = ".".join("n" * len(name))
    form = " ".join([*words[:start], dots, *words[end:]])
    form = re.sub(r" (?=[,)])|(?<=[(,]) ", "", form)
    assert CLASSIFIES.fullmatch(form), form
    yield name, {tokens[n - 2].text: t.text for n, t in enumerate(tokens) if words[n] == "S"}


def test_sql_server_takes_each_personal_column_once(tmp_path):
    told = dict(statements(export("mssql-classification", MIXED, tmp_path)))
    assert list(told) == [
        ("crm", "contact", n) for n in ("first_name", "card", "city", "notes", "odd")
    ]
    assert told["crm", "contact", "card"] == {
        "LABEL": "Highly Confidential - GDPR",
        "LABEL_ID": "3302ae7f-b8ac-46bc-97f8-378828781efd",
        "INFORMATION_TYPE": "Credit Card",
        "INFORMATION_TYPE_ID": "d22fa6e9-5ee4-3bde-4c2b-a409604c4646",
    }
    assert told["crm", "contact", "odd"]["INFORMATION_TYPE"] == "Other"


def test_sql_server_names_survive_and_unprintable_ones_are_said(tmp_path):
    found = [finding(name, table=f"t {name}", schema="") for name in (*HOSTILE, *UNPRINTABLE)]
    script = export("mssql-classification", audit(*found), tmp_path)
    assert [name for name, _ in statements(script)] == [(f"t {n}", n) for n in HOSTILE]
    assert script.count("LEFT OUT") == len(UNPRINTABLE)
    lines = script.splitlines()
    assert all(line.startswith(("-- ", "ADD ", "    WITH (", "GO")) or not line for line in lines)


# --- PostgreSQL: comments live; labels as far as a server without the extension goes


@pytest.fixture
def engine(postgresql_url):
    made = create_engine(postgresql_url)
    yield made
    made.dispose()


def run(engine, script):
    """Run a whole script as psql does: as it is, without parameters."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute(script.encode())
        raw.commit()
    finally:
        raw.close()


def comments(engine):
    asked = text(
        "SELECT attname, col_description(attrelid, attnum) FROM pg_attribute "
        "WHERE attrelid = to_regclass('crm.contact') AND attnum > 0 ORDER BY attnum"
    )
    with engine.connect() as connection:
        return dict(connection.execute(asked).all())


def build(engine, names):
    quote = engine.dialect.identifier_preparer.quote_identifier
    columns = ", ".join(f"{quote(n).replace('%%', '%')} text" for n in names)
    run(engine, f"CREATE SCHEMA crm; CREATE TABLE crm.contact ({columns})")


def test_postgresql_comments_stand_behind_those_that_are_there(engine, tmp_path):
    build(engine, [f.column.name for f in MIXED.scan.columns if f.column.name != "odd"])
    run(engine, "COMMENT ON COLUMN crm.contact.first_name IS 'as in the passport'")
    run(engine, "COMMENT ON COLUMN crm.contact.objid IS 'key [efface: direct PERSON; redact]'")
    for _ in range(2):
        run(engine, export("postgresql-comments", MIXED, tmp_path))
        assert comments(engine) == {
            "first_name": "as in the passport [efface: direct PERSON; redact]",
            "card": "[efface: direct CREDIT_CARD; undecided]",
            "city": "[efface: quasi CITY; undecided]",
            "notes": "[efface: free text; undecided]",
            "misc": "[efface: unknown; undecided]",
            "objid": "key",
        }


def test_a_mark_of_ours_is_no_evidence_at_the_next_scan():
    mark = "[efface: direct PERSON; redact]"
    columns = [Column("a", comment=mark), Column("b", comment=f"birth date {mark}")]
    seen = tables.looks(
        Table("t", MetaData(), *columns), {"a": Values(), "b": Values()},
        rules=recognizers.load([]), language=Language(), comments={},
    )  # fmt: skip
    assert [look.comment for look in seen.values()] == ["", "birth date"]


def test_postgresql_names_survive(engine, tmp_path):
    names = (*HOSTILE, *UNPRINTABLE)
    build(engine, names)
    found = audit(*(finding(n, entity=n) for n in names))
    run(engine, export("postgresql-comments", found, tmp_path))
    told = comments(engine)
    assert list(told) == list(names)
    assert all(c and c.startswith("[efface: direct ") and c.endswith("; undecided]")
               for c in told.values())  # fmt: skip
    before = dict(told)
    run(engine, export("postgresql-comments", found, tmp_path))
    assert comments(engine) == before


def test_postgresql_understands_the_labels_and_misses_only_the_extension(engine, tmp_path):
    build(engine, ["x"])
    script = export("postgresql-labels", MIXED, tmp_path)
    lines = [line for line in script.splitlines() if line.startswith("SECURITY LABEL")]
    assert len(lines) == 5
    assert sum("k_anonymity" in line and "INDIRECT IDENTIFIER" in line for line in lines) == 1
    for hostile in HOSTILE:
        lines += [
            line
            for line in export("postgresql-labels", audit(finding(hostile)), tmp_path).splitlines()
            if line.startswith("SECURITY")
        ]
    for line in lines:
        with pytest.raises(InvalidParameterValue, match=r"provider .* is not loaded"):
            run(engine, line)


# --- Fides, Article 30


def test_fides_gets_every_column_and_categories_of_its_taxonomy(tmp_path):
    (dataset,) = yaml.safe_load(export("fides", MIXED, tmp_path))["dataset"]
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", dataset["fides_key"])
    (collection,) = dataset["collections"]
    assert collection["name"] == "contact"
    assert {f["name"]: f.get("data_categories") for f in collection["fields"]} == {
        "first_name": ["user.name"],
        "card": ["user.financial.credit_card"],
        "city": ["user.contact.address.city"],
        "notes": ["user.content"],
        "odd": ["user"],
        "misc": None,
        "objid": None,
    }
    assert collection["fields"][5]["description"].startswith("unknown")


@pytest.mark.parametrize("hostile", [*HOSTILE, *UNPRINTABLE, "- x: y", "yes", "1e3", "#", "\x00"])
def test_fides_names_survive(hostile, tmp_path):
    found = audit(finding(hostile, table=hostile, schema=hostile))
    (dataset,) = yaml.safe_load(export("fides", found, tmp_path))["dataset"]
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", dataset["fides_key"])
    assert dataset["collections"][0]["name"] == hostile
    assert dataset["collections"][0]["fields"][0]["name"] == hostile


def test_fideslang_itself_takes_the_dataset(tmp_path):
    models = pytest.importorskip("fideslang.models", reason="fideslang is not installed")
    taxonomy = pytest.importorskip("fideslang.default_taxonomy").DEFAULT_TAXONOMY
    known = {category.fides_key for category in taxonomy.data_category}
    assert {term.fides for term in _vocabulary._terms().values()} <= known
    for dataset in yaml.safe_load(export("fides", MIXED, tmp_path))["dataset"]:
        models.Dataset.model_validate(dataset)


def test_article_30_says_what_is_known_and_marks_what_is_not(tmp_path):
    rows = list(csv.DictReader(io.StringIO(export("article30", MIXED, tmp_path))))
    told = {r["Categories of personal data"]: r for r in rows}
    assert set(told) == {
        "names", "payment cards", "postal addresses", "other personal data",
        "free text that may say anything about people", "could not be told: look at it",
    }  # fmt: skip
    row = told["names"]
    assert (row["System"], row["Table"], row["Columns"]) == (
        "crm (postgresql)",
        "crm.contact",
        "first_name",
    )
    assert row["What happens on erasure"] == "redact"
    assert told["payment cards"]["What happens on erasure"] == "undecided"
    blank = {head for head, cell in row.items() if cell == "[to be filled in]"}
    assert blank == {
        "Controller and contact", "Data protection officer", "Purpose of the processing",
        "Categories of data subjects", "Recipients", "Time limit for erasure", "Security measures",
        "Transfers to third countries and safeguards",
    }  # fmt: skip


def test_article_30_holds_no_formulas(tmp_path):
    found = audit(*(finding(n, table=n) for n in ("=1+1", "+1", "-1", "@x")))
    for row in csv.reader(io.StringIO(export("article30", found, tmp_path))):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
