"""What the database rewrites by itself in a purge of many is counted, and what is to stay refuses."""

import pytest
from sqlalchemy import create_engine

from scanner import errors
from scanner.cli import _bulk
from scanner.executor.meter import Meter
from tests import mini, purging
from tests.purging import CUSTOMS, FIRST, Purging

PREFS = (
    "create table table_a_pref (objid bigint primary key, x_memo varchar(200) unique, "
    "pref2contact bigint)",
    "create table x_kid (objid bigint primary key, memo varchar(200), foreign key (memo) "
    "references table_a_pref (x_memo) on update {action})",
    f"insert into table_a_pref values (1, 'prefers Tuesdays', {FIRST}), (2, 'by post', null)",
    "insert into x_kid values (1, '{said}'), (2, '{said}'), (3, 'by post')",
)
"""Preferences that stay without their contact, and what refers to them by what they say."""

STAYS = CUSTOMS + 'cut = ["table_a_pref.pref2contact -> table_contact"]\n'


@pytest.fixture
def built(live_url, tmp_path, monkeypatch):
    """Build the CRM of many contacts with preferences that others' rows refer to."""
    made = []

    def build(action: str = "cascade", **choices: str) -> tuple[Purging, list[int]]:
        monkeypatch.setitem(mini.CUSTOM, ("table_a_pref", "x_memo"), ("free_text", "FREE_TEXT"))
        if choices:
            monkeypatch.setitem(mini.CUSTOM, ("x_kid", "memo"), ("free_text", "FREE_TEXT"))
        purging.build(live_url)
        keys = purging.crowd(live_url, 3)
        engine = create_engine(live_url)
        with engine.begin() as connection:
            for statement in PREFS:
                told = statement.replace("{action}", action).replace("{said}", "prefers Tuesdays")
                connection.exec_driver_sql(told)
        engine.dispose()
        made.append(Purging(live_url, tmp_path, table_a_pref__x_memo="redact", **choices))
        (tmp_path / "contact.toml").write_text(STAYS)
        return made[-1], keys

    yield build
    for one in made:
        one.engine.dispose()


def test_what_follows_in_other_rows_is_told_by_the_plan_and_counted_by_the_receipt(built):
    made, keys = built()
    plan = made.many(keys)
    assert [c.rpartition(".")[2] for c in plan.follows] == ["memo"]
    told = [line for line in _bulk.summary(plan) if "x_kid.memo may follow" in line]
    assert len(told) == 1
    rehearsed = made.purge(plan, commit=False)
    receipt = made.purge(plan)
    assert [*receipt.followed.values()] == [*rehearsed.followed.values()] == [2]
    assert any("x_kid.memo followed what it refers to in 2 rows" in s for s in _bulk.told(receipt))
    rows = mini.dump(made.url)["x_kid"]
    assert len({r[1] for r in rows[:2]}) == 1
    assert rows[0][1] != "prefers Tuesdays"
    assert rows[2][1] == "by post"


@pytest.mark.parametrize(
    ("action", "said"),
    [("cascade", r"x_kid\.memo is to be kept, but"), ("set null", r"x_kid\.memo would be emptied")],
)
def test_what_is_to_stay_is_not_rewritten_by_what_it_refers_to(built, action, said):
    made, keys = built(action, x_kid__memo="keep")
    before, plan = mini.dump(made.url), made.many(keys)
    with pytest.raises(errors.Refused, match=said):
        made.purge(plan)
    assert mini.dump(made.url) == before


LOG = {
    "sqlite": "id integer primary key",
    "postgresql": "id serial primary key",
    "mariadb": "id integer primary key auto_increment",
}
COPIES = "insert into x_log (said) values (old.memo)"
TRIGGER = {
    "sqlite": [f"create trigger t_topic after update on x_topic begin {COPIES}; end"],
    "postgresql": [
        f"create function f_topic() returns trigger as $$ begin {COPIES}; return new; end $$ "
        "language plpgsql",
        "create trigger t_topic after update on x_topic for each row execute function f_topic()",
    ],
    "mariadb": [f"create trigger t_topic after update on x_topic for each row {COPIES}"],
}


@pytest.mark.parametrize(("known", "counts"), [(True, True), (False, True), (False, False)])
def test_what_a_trigger_copies_of_a_text_that_is_scrubbed_refuses_the_batch(
    live_url, tmp_path, monkeypatch, known, counts
):
    """It is told by the plan; one that came later, or that nothing told of, is noticed as well.

    So it is where the database does not count what is written.
    """
    if not counts:
        monkeypatch.setattr(Meter, "runs", False)
    for table, column in (("x_topic", "memo"), ("x_log", "said")):
        monkeypatch.setitem(mini.CUSTOM, (table, column), ("free_text", "FREE_TEXT"))
    purging.build(live_url, trigger=False)
    keys = purging.crowd(live_url, 3)
    engine = create_engine(live_url)
    kind = engine.dialect.name
    with engine.begin() as connection:
        mail = connection.exec_driver_sql(
            f"select e_mail from table_contact where objid = {FIRST}"
        ).scalar_one()
        for statement in (
            "create table x_topic (objid bigint primary key, memo varchar(200))",
            f"create table x_log ({LOG[kind]}, said varchar(200))",
            f"insert into x_topic values (1, 'wrote to {mail}')",
            *(TRIGGER[kind] if known else ()),
        ):
            connection.exec_driver_sql(statement)
    made = Purging(live_url, tmp_path, x_topic__memo="scrub", x_log__said="scrub")
    plan = made.many(keys)
    assert ("t_topic" in repr(plan.triggers)) is known
    with engine.begin() as connection:
        for statement in () if known else TRIGGER[kind]:
            connection.exec_driver_sql(statement)
    engine.dispose()
    before = mini.dump(live_url)
    with pytest.raises(errors.Refused, match=r"vanished in (public\.)?x_log: a trigger did that"):
        made.purge(plan)
    assert mini.dump(live_url) == before
    made.engine.dispose()
