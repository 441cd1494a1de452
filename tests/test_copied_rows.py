"""A row that a trigger makes of the subject's own row is the subject's: all in it goes, nothing refuses."""

import pytest

from scanner import errors
from scanner.identity import Identity, read
from scanner.matcher import Matcher
from scanner.subjects import copied
from tests import mini, purging
from tests.erasing import Erasure, refused

FAR = "z" * 80
MAIL, PHONE = "ann.lee@example.com", "+1 512 610 5466"

AUDITS = {
    "sqlite": ["create table x_audit (id integer primary key, said text, who varchar(40))"],
    "postgresql": ["create table x_audit (id serial primary key, said text, who varchar(40))"],
    "mysql": [
        "create table x_audit (id integer primary key auto_increment, said text, who varchar(40))"
    ],
}
TRIGGERS = {
    "sqlite": ["create trigger t_audit after update on {0} begin {1}; end"],
    "mysql": ["create trigger t_audit after update on {0} for each row {1}"],
    "postgresql": [
        "create function f_audit() returns trigger as $$ begin {1}; return new; end $$ "
        "language plpgsql",
        "create trigger t_audit after update on {0} for each row execute function f_audit()",
    ],
}
JSON = {
    "sqlite": "json_object({})",
    "mysql": "json_object({})",
    "postgresql": "json_build_object({})::text",
}


def name_of(erasure):
    return erasure.engine.dialect.name.replace("mariadb", "mysql")


def document(erasure, **values):
    parts = ", ".join(f"'{name}', {value}" for name, value in values.items())
    return JSON[name_of(erasure)].format(parts)


def joined(erasure, *parts):
    return f"concat({', '.join(parts)})" if name_of(erasure) == "mysql" else " || ".join(parts)


def audited(url, folder, table, statement):
    """Give an erasure of a database whose ``table`` has a trigger that runs ``statement``."""
    mini.build(url)
    first = Erasure(url, folder)
    for one in AUDITS[name_of(first)]:
        first.write(one)
    said = statement(first)
    for one in TRIGGERS[name_of(first)]:
        first.write(one.format(table, said).replace(":", r"\:"))
    first.engine.dispose()
    return Erasure(url, folder, x_audit__said="scrub", x_audit__who="scrub")


def whole_row(erasure):
    """Copy what a generated column makes of the name, too, far from all that is sure."""
    display = joined(erasure, "old.last_name", "', '", "old.first_name")
    said = document(
        erasure, objid="old.objid", mail="old.e_mail", a=f"'{FAR}'", display=display, b=f"'{FAR}'",
        given="old.first_name", c=f"'{FAR}'", phone="old.phone", town="'Austin'", ann="'x'",
    )  # fmt: skip
    return f"insert into x_audit (said, who) values ({said}, 'agent of Austin, Ann')"


def rows(erasure):
    return sorted(map(str, mini.dump(erasure.url)["x_audit"]))


def test_all_of_a_copy_of_the_own_row_is_erased(live_url, tmp_path):
    erasure = audited(live_url, tmp_path, "table_contact", whole_row)
    receipt = erasure.commit(erasure.plan())
    assert receipt.residue == {}
    (row,) = rows(erasure)
    for gone in ("Lee", MAIL, PHONE):
        assert gone not in row
    assert row.count("Austin") == row.count("Ann") == 1
    assert "agent of Austin, Ann" in row  # an agent's, for all that is known
    assert '"ann"' in row  # what a value is called is not its value
    erasure.engine.dispose()


def test_all_of_a_copy_of_a_deleted_row_is_erased(live_url, tmp_path):
    purging.build(live_url)
    first = Erasure(live_url, tmp_path)
    for one in AUDITS[name_of(first)]:
        first.write(one)
    for one in TRIGGERS[name_of(first)]:
        said = one.format("table_contact", whole_row(first)).replace(":", r"\:")
        first.write(said.replace("after update on", "after delete on").replace("new;", "old;"))
    first.engine.dispose()
    made = purging.Purging(live_url, tmp_path, x_audit__said="scrub", x_audit__who="scrub")
    assert made.commit(made.plan()).residue == {}
    (row,) = rows(made)
    for gone in ("Lee", MAIL, PHONE):
        assert gone not in row
    assert row.count("Austin") == row.count("Ann") == 1
    made.engine.dispose()


def test_what_was_there_before_stays_as_it_was(live_url, tmp_path):
    erasure = audited(live_url, tmp_path, "table_contact", whole_row)
    erasure.write("insert into x_audit (said, who) values ('Anna of Austin, not Ann', 'Austin')")
    erasure.commit(erasure.plan())
    (old,) = (row for row in rows(erasure) if "Anna" in row)
    assert old.endswith("'Anna of Austin, not Ann', 'Austin')")
    erasure.engine.dispose()


def appended(erasure):
    """Add to a row that was there."""
    added = joined(erasure, "said", "old.e_mail", "' '", "old.phone")
    return f"update x_audit set said = {added}"


def test_a_row_that_a_trigger_only_changes_is_no_copy(live_url, tmp_path):
    erasure = audited(live_url, tmp_path, "table_contact", appended)
    erasure.write("insert into x_audit (said, who) values ('Bob of Austin ', 'ann b. of Austin')")
    erasure.commit(erasure.plan())
    (row,) = rows(erasure)
    assert "Bob of Austin [EMAIL] [PHONE]" in row
    assert "ann b. of Austin" in row
    erasure.engine.dispose()


def bobs_row(erasure):
    said = document(
        erasure, id="old.objid", memo="old.x_memo", holder="old.x_holder", at="'Austin'"
    )
    return f"insert into x_audit (said, who) values ({said}, 'agent')"


@pytest.mark.parametrize("memo", [f"{MAIL} and {PHONE}", MAIL])
def test_a_copy_of_somebody_elses_row_keeps_what_is_theirs(live_url, tmp_path, memo):
    erasure = audited(live_url, tmp_path, "table_x_pref", bobs_row)
    erasure.write("delete from table_x_pref where objid = 1")
    erasure.write(f"update table_x_pref set x_memo = '{memo}' where objid = 2")
    erasure.write("delete from x_audit")
    erasure.commit(erasure.plan())
    (his,) = rows(erasure)
    assert "Bob Ray" in his
    assert "Austin" in his
    assert MAIL not in his
    assert PHONE not in his
    erasure.engine.dispose()


def test_what_says_too_little_to_be_a_copy_refuses_as_before(live_url, tmp_path):
    erasure = audited(
        live_url, tmp_path, "table_contact",
        lambda e: "insert into x_audit (said, who) values "
        f"({joined(e, 'old.first_name', repr(' '), 'old.last_name')}, 'agent')",
    )  # fmt: skip
    plan = erasure.plan()
    said = refused(errors.Residue, lambda: erasure.commit(plan), erasure)
    assert "x_audit.said (1 row)" in said
    assert "answer its reviews" in said
    erasure.engine.dispose()


@pytest.mark.parametrize("key", ["", "id uuid primary key default gen_random_uuid(),"])
def test_postgresql_knows_copies_without_a_number_for_a_key(postgresql_url, tmp_path, key):
    mini.build(postgresql_url)
    erasure = Erasure(postgresql_url, tmp_path)
    erasure.write(f"create table x_events ({key} payload jsonb, at timestamp)")
    erasure.write(
        "alter table table_contact add x_display text generated always as"
        " (last_name || ', ' || first_name) stored"
    )
    inserted = "insert into x_events (payload, at) values (to_jsonb(old), clock_timestamp())"
    for one in TRIGGERS["postgresql"]:
        erasure.write(one.format("table_contact", inserted))
    erasure.engine.dispose()
    erasure = Erasure(postgresql_url, tmp_path, x_events__payload="scrub")
    receipt = erasure.commit(erasure.plan())
    assert receipt.residue == {}
    said = str(mini.dump(postgresql_url)["x_events"])
    assert "[NAME]" in said
    for gone in ("Ann", "ANN", "Lee", MAIL, "5466", "CUST-00471"):
        assert gone not in said
    erasure.engine.dispose()


ROW = {"first_name": "May", "last_name": "Lee", "e_mail": MAIL, "phone": PHONE}
KINDS = {
    "first_name": "PERSON", "last_name": "PERSON", "e_mail": "EMAIL_ADDRESS", "phone": "PHONE_NUMBER",
}  # fmt: skip
IDENTITY = Identity.of(read(ROW, KINDS), ["Zürich", "01234", "8001", "12", "Ay"])
MATCHER = Matcher(IDENTITY)


def found_in(**cells):
    found = {c: MATCHER.find(v, own=True) for c, v in cells.items()}
    return copied.of_row(cells, found, IDENTITY.around)


@pytest.mark.parametrize(
    ("said", "erased"),
    [
        ("ZÜRICH", ["ZÜRICH"]),
        ("Lee, May", ["Lee, May"]),
        (" May ", ["May"]),
        ("12", []),
        ("near Zürich", []),
        ("Lee Marsh", []),
        ("(7,May,Lee,ZÜRICH,8001)", []),
        ('{"Zürich": 1, "lee": 2, "at": "Z\\u00fcrich", "x": 8001.5}', ["Z\\u00fcrich"]),
        ('{"zip": 1234, "code": "01234", "sum": 12345}', ["1234", "01234"]),
        ('{"may": "May", "k": "May be", "l": "may"}', ["May"]),
    ],
)
def test_in_a_copy_whole_values_go_that_are_the_subjects(said, erased):
    (some,) = found_in(said=said).values()
    assert [said[f.span.start : f.span.end] for f in some if f.span] == erased


@pytest.mark.parametrize(
    ("cells", "is_one"),
    [
        ({"mail": MAIL, "first": "May", "last": "Lee"}, True),
        ({"mail": MAIL, "who": "Lee, May"}, True),
        ({"mail": MAIL, "phone": PHONE}, True),
        ({"said": f'{{"m": "{MAIL}", "given": "May", "family": "Lee"}}'}, True),
        ({"mail": MAIL, "first": "May"}, False),
        ({"first": "May", "last": "Lee"}, False),
        ({"mail": MAIL, "phone": PHONE, "first_name": "Tom", "last_name": "Lee"}, False),
        ({"said": f"{MAIL} and {PHONE} of Lee, May"}, False),
        ({"said": f'{{"m": "{MAIL}", "p": "{PHONE}", "first_name": "Tom"}}'}, False),
    ],
)
def test_only_the_subjects_own_values_make_a_copy(cells, is_one):
    some = [one for fields in found_in(**cells).values() for one in fields]
    strong = {
        one.match.index for one in some if one.match is not None and one.match.strength == "strong"
    }
    assert copied.is_copy(some, strong) == is_one


def beside(erasure):
    """Copy the own row with what is an agent's, an office's and another id."""
    return (
        "insert into x_audit (said, who) values ("
        + document(
            erasure, mail="old.e_mail", phone="old.phone", last="old.last_name",
            agent="'Lee Marsh'", at="'9 Elm Street, Austin'", town="'Austin'",
        )
        + ", 'Lee Marsh')"
    )  # fmt: skip


def test_what_stands_beside_the_values_of_the_own_row_stays(live_url, tmp_path):
    erasure = audited(live_url, tmp_path, "table_contact", beside)
    erasure.commit(erasure.plan())
    (row,) = rows(erasure)
    assert row.count("Lee Marsh") == 2
    assert "9 Elm Street, Austin" in row
    assert row.count("Austin") == 1
    assert MAIL not in row
    erasure.engine.dispose()


def relatives(erasure):
    """Write a relative's row while the subject's is rewritten."""
    values = '\'{"first_name":"Tom","last_name":"Lee","town":"Austin"}\', \'Tom Lee\''
    return f"insert into x_audit (said, who) values ({values})"


def test_a_row_of_a_relative_that_a_trigger_writes_stays_as_it_is(live_url, tmp_path):
    erasure = audited(live_url, tmp_path, "table_contact", relatives)
    for statement in mini.NO_NAMESAKE:
        erasure.write(statement)
    erasure.write("delete from x_audit")
    erasure.commit(erasure.plan())
    (row,) = rows(erasure)
    assert "Tom" in row
    assert row.count("Lee") == 2
    assert "Austin" in row
    erasure.engine.dispose()


def fields_only(erasure):
    said = document(erasure, given="old.first_name", family="old.last_name", town="'Austin'")
    return f"insert into x_audit (said, who) values ({said}, 'agent')"


def test_a_name_in_fields_of_what_a_trigger_writes_refuses_as_well(live_url, tmp_path):
    erasure = audited(live_url, tmp_path, "table_contact", fields_only)
    plan = erasure.plan()
    said = refused(errors.Residue, lambda: erasure.commit(plan), erasure)
    assert "x_audit.said" in said
    erasure.engine.dispose()


def filled(erasure):
    """Write what is the subject's into a row that was there, of somebody else."""
    return f"update x_audit set said = {document(erasure, mail='old.e_mail', phone='old.phone')}"


def test_a_row_that_was_there_and_that_a_trigger_fills_keeps_its_town(live_url, tmp_path):
    erasure = audited(live_url, tmp_path, "table_contact", filled)
    erasure.write("insert into x_audit (said, who) values ('nothing', 'Austin')")
    erasure.commit(erasure.plan())
    (row,) = rows(erasure)
    assert MAIL not in row
    assert "'Austin'" in row
    erasure.engine.dispose()


def test_a_copy_of_a_row_of_somebody_else_with_nothing_but_the_subjects_keeps_the_town(
    live_url, tmp_path
):
    erasure = audited(live_url, tmp_path, "table_x_pref", bobs_row)
    erasure.write("delete from table_x_pref where objid = 1")
    erasure.write(
        f"update table_x_pref set x_memo = '{MAIL}', x_holder = '{PHONE}' where objid = 2"
    )
    erasure.write("delete from x_audit")
    erasure.commit(erasure.plan())
    (his,) = rows(erasure)
    assert "Austin" in his
    assert MAIL not in his
    assert PHONE not in his
    erasure.engine.dispose()


def named(erasure):
    return (
        "insert into x_audit (said, who) values ("
        + joined(erasure, "old.first_name", "' '", "old.last_name")
        + ", 'agent')"
    )


@pytest.mark.parametrize("name", [("Will", "Price"), ("quibin", "tarle"), ("Quibin", "Hall")])
def test_a_whole_name_that_a_trigger_writes_refuses_whatever_it_is_called(live_url, tmp_path, name):
    erasure = audited(live_url, tmp_path, "table_contact", named)
    erasure.write(
        f"update table_contact set first_name = '{name[0]}', last_name = '{name[1]}' "
        f"where objid = {mini.ANN}"
    )
    erasure.write("delete from x_audit")
    plan = erasure.plan()
    said = refused(errors.Residue, lambda: erasure.commit(plan), erasure)
    assert "x_audit.said" in said
    erasure.engine.dispose()
