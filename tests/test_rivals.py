"""Rows that name two people in two columns go with whose they are, never with whoever else they name."""

import re
import tomllib

import pytest
from sqlalchemy import create_engine, text

from scanner import errors
from scanner.purge import directives

SCHEMA = """
create table customers (id integer primary key, name varchar(60), email varchar(80));
create table tickets (id integer primary key, subject varchar(80),
  customer_id integer not null references customers (id),
  assignee integer references customers (id), closer integer not null references customers (id));
create table ratings (id integer primary key, rated integer references customers (id),
  rater integer references customers (id))
"""


@pytest.fixture
def proposed(efface, sqlite_url, tmp_path):
    """Have a directive for customers proposed, whose tickets are theirs by one of three columns."""
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        for statement in SCHEMA.split(";"):
            connection.execute(text(statement))
    engine.dispose()
    pack = tmp_path / "shop.toml"
    done = efface("pack", "--db", sqlite_url, "--subject", "customers", "-o", pack)
    assert done.exit_code == 0, done.output
    first, *reaches = re.split(r"(?m)^(?=\[\[reach\]\])", pack.read_text())
    mine = [r for r in reaches if '"customer_id"' in r]
    assert len(mine) == 1
    pack.write_text((first + mine[0]).replace("confirm = true", ""))
    words = ("rules", "customers", "--generate", "--db", sqlite_url, "--pack", pack)
    made = efface(*words)
    assert made.exit_code == 0, made.output
    return tomllib.loads(made.stdout)


def test_only_the_column_that_says_whose_a_row_is_is_followed(proposed):
    assert [x for x in proposed["directive"]["follow"] if "tickets" in x] == [
        "tickets.customer_id -> customers"
    ]
    assert "tickets.assignee -> customers" in proposed["directive"]["cut"]


def test_where_nobody_said_whose_a_row_is_people_are_asked(proposed):
    waiting = proposed["confirm"]["lines"]
    assert "tickets.closer -> customers" in waiting  # it cannot be emptied
    assert {x for x in waiting if "ratings" in x} == {
        "ratings.rated -> customers",
        "ratings.rater -> customers",
    }


def test_a_relation_that_is_followed_and_cut_is_a_fault(tmp_path):
    path = tmp_path / "both.toml"
    line = '"table_e_addr.eaddr2contact -> table_contact"'
    path.write_text(
        f'[directive]\ntitle = "x"\nroot = "table_contact"\nfollow = [{line}]\ncut = [{line}]\n'
    )
    with pytest.raises(errors.Misconfigured, match="in follow and in cut: leave it in one"):
        directives.load(str(path))
    path.write_text(f'[directive]\nextends = "purge_contact"\ncut = [{line}]\n')
    assert directives.load(str(path)).cut  # one that another directive follows is decided anew


def test_what_only_a_relation_led_to_that_is_cut_now_goes_with_it(tmp_path):
    base, path = directives.load("purge_contact"), tmp_path / "mine.toml"
    path.write_text(
        '[directive]\nextends = "purge_contact"\n'
        'cut = ["table_e_addr.eaddr2contact -> table_contact"]\n'
    )
    mine = directives.load(str(path))
    assert [r for r in base.follow if "table_e_addr" in (r.table, r.target)]
    assert [r for r in (*mine.follow, *mine.cut) if "table_e_addr" in (r.table, r.target)] == [
        r for r in mine.cut if str(r) == "table_e_addr.eaddr2contact -> table_contact"
    ]
    led = {mine.root, *(r.target if r.forward else r.table for r in mine.follow)}
    assert [r for r in mine.follow if (r.table if r.forward else r.target) not in led] == []
    assert "table_web_user.web_user2contact -> table_contact" in map(str, mine.follow)
    assert len(mine.follow) > len(base.follow) / 2


@pytest.mark.parametrize(
    ("day", "why"), [("2999-01-01", "still to come"), ("31.1.2022", "takes a date")]
)
def test_a_day_that_is_none_or_to_come_selects_nothing(efface, day, why):
    words = ("--db", "sqlite:///nowhere.sqlite", "--method", "purge", "--directive", "purge_case")
    done = efface("plan", "audit.xlsx", *words, "--before", day, "-o", "plan.json")
    assert done.exit_code == 2
    assert why in done.stderr
