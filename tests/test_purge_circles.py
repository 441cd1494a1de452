"""Rows that go and refer to each other by declared foreign keys: chains, circles, two tables."""

import pytest
from sqlalchemy import make_url

from scanner import dialects, errors, planner, scripter
from tests import mini, purging
from tests.erasing import PACK
from tests.purging import Purging
from tests.test_scripts import committing, run

ANN, BOB = mini.ANN, mini.BOB


class Parts:
    """Parts that refer to a part above, and links that they and parts refer to in turn.

    Parts are (key, contact, part above, link), links (key, contact, part).
    """

    def __init__(self, url, folder, parts, links=(), *, lines=None, **kinds):
        purging.build(url, trigger=False)
        self.url = url
        kinds = {"up": "", "link": "", "part": "", "action": "", "later": ""} | kinds
        keys = [
            ("table_x_part", "up2part", "table_x_part", kinds["action"]),
            ("table_x_part", "part2link", "table_x_link", ""),
            ("table_x_link", "link2part", "table_x_part", ""),
        ]
        inline, after = {}, []
        for child, column, parent, action in keys:
            said = f"foreign key ({column}) references {parent} (objid) {action} {kinds['later']}"
            inline.setdefault(child, []).append(f", {said}")
            after.append(f"alter table {child} add {said}")
        lite = url.startswith("sqlite")
        told = {t: "".join(inline[t]) if lite else "" for t in inline}
        made = [
            "create table table_x_part (objid integer not null primary key, part2contact bigint, "
            f"up2part integer {kinds['up']}, part2link integer {kinds['link']}"
            f"{told['table_x_part']})",
            "create table table_x_link (objid integer not null primary key, link2contact bigint, "
            f"link2part integer {kinds['part']}{told['table_x_link']})",
        ]
        rows = [("table_x_part", row) for row in parts] + [("table_x_link", row) for row in links]
        said = [f"insert into {t} values ({', '.join(_sql(v) for v in row)})" for t, row in rows]
        purging.write(url, ";\n".join([*made, *said, *([] if lite else after)]))
        self.made = Purging(url, folder)
        follow = [
            "table_x_part.part2contact -> table_contact",
            "table_x_link.link2contact -> table_contact",
        ]
        chosen = {"follow": follow, "cut": []}
        for kind, line in lines or LINES:
            chosen[kind].append(line)
        path = folder / "parts.toml"
        path.write_text(
            f'[directive]\nextends = "{self.made.contact}"\n'
            + "".join(f"{k} = {v}\n".replace("'", '"') for k, v in chosen.items())
        )
        self.named = ("purge_case", str(path))

    def plan(self):
        return self.made.plan(ANN, *self.named)

    def purge(self):
        self.made.commit(self.plan())
        self.made.engine.dispose()
        dump = mini.dump(self.url)
        assert ANN not in {row[0] for row in dump["table_contact"]}
        return dump["table_x_part"], dump["table_x_link"]

    def script(self):
        with planner.drafting(
            self.made.engine, PACK, self.made.audit, str(ANN), method="purge", directives=self.named
        ) as (connection, draft):
            return scripter.script(connection, draft, PACK)


LINES = [
    ("follow", "table_x_part.up2part -> table_x_part"),
    ("follow", "table_x_part.part2link -> table_x_link"),
    ("follow", "table_x_link.link2part -> table_x_part"),
]


def _sql(value):
    return "null" if value is None else str(value)


BOBS = [(8, BOB, 9, None), (9, BOB, 9, None)]
"""Parts that stay, one of which refers to itself."""

SHAPES = {
    "chain": [(1, ANN, None, None), (2, ANN, 1, None), (3, None, 2, None), (4, ANN, 3, None)],
    "circle": [(1, ANN, 3, None), (2, ANN, 1, None), (3, ANN, 2, None), (4, ANN, 4, None)],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_of_one_table_that_refer_to_each_other_go_together(live_url, tmp_path, shape):
    assert Parts(live_url, tmp_path, SHAPES[shape] + BOBS).purge() == (BOBS, [])


def test_rows_go_in_the_order_of_their_depth_where_no_link_can_be_emptied(live_url, tmp_path):
    parts = [(1, ANN, 9, None), (2, ANN, 1, None), (3, ANN, 1, None), (4, ANN, 3, None)]
    made = Parts(live_url, tmp_path, parts + BOBS, up="not null")
    assert made.purge() == (BOBS, [])


def test_a_link_of_a_row_that_stays_is_cut_and_others_are_left(live_url, tmp_path):
    parts = [(1, ANN, 2, None), (2, ANN, 1, None), (3, BOB, 1, None), (4, BOB, 3, None)]
    lines = [("cut", LINES[0][1]), *LINES[1:]]
    left, _ = Parts(live_url, tmp_path, parts, lines=lines).purge()
    assert left == [(3, BOB, None, None), (4, BOB, 3, None)]


@pytest.mark.parametrize("rows", [1, 2])
def test_a_circle_that_cannot_be_opened_is_refused_by_the_plan(live_url, tmp_path, rows):
    parts = [(n, ANN, n % rows + 1, None) for n in range(1, rows + 1)]
    made = Parts(live_url, tmp_path, parts, up="not null")
    if make_url(live_url).get_backend_name() != "mariadb":
        assert made.purge() == ([], [])  # there a statement may delete what refers to itself
        return
    _refused(made, "table_x_part.up2part -> table_x_part")


def _refused(made, *names):
    before = mini.dump(made.url)
    with pytest.raises(errors.Refused, match="cannot be empty") as caught:
        made.plan()
    said = str(caught.value)
    assert caught.value.exit_code == 3
    assert "\n" not in said
    assert all(name in said for name in names)
    assert mini.dump(made.url) == before
    made.made.engine.dispose()


def test_a_circle_that_sqlite_checks_row_by_row_is_refused(sqlite_url, tmp_path):
    parts = [(1, ANN, 2, None), (2, ANN, 1, None)]
    made = Parts(sqlite_url, tmp_path, parts, up="not null", action="on delete restrict")
    _refused(made, "table_x_part.up2part")


@pytest.mark.parametrize(
    "action", ["on delete restrict", "on delete cascade", "on delete set null"]
)
def test_what_the_database_does_with_rows_that_refer_changes_nothing(live_url, tmp_path, action):
    made = Parts(live_url, tmp_path, SHAPES["circle"] + BOBS, action=action)
    assert made.purge() == (BOBS, [])


def test_a_circle_over_two_tables_is_opened_where_a_link_can_be_empty(live_url, tmp_path):
    parts = [(1, ANN, None, 11), (2, ANN, None, 12), (8, BOB, None, 18)]
    links = [(11, ANN, 2), (12, ANN, 1), (18, BOB, 8)]
    made = Parts(live_url, tmp_path, parts, links, part="not null")
    assert made.purge() == (parts[2:], links[2:])


def test_rows_of_two_tables_go_by_their_depth_where_no_link_can_be_empty(live_url, tmp_path):
    parts = [(1, ANN, None, 18), (2, ANN, None, 11), (3, ANN, None, 12), (8, BOB, None, 18)]
    links = [(11, ANN, 1), (12, ANN, 2), (13, ANN, 2), (18, BOB, 8)]
    made = Parts(live_url, tmp_path, parts, links, part="not null", link="not null")
    assert made.purge() == (parts[3:], links[3:])


def test_a_circle_over_two_tables_that_cannot_be_opened_is_refused(live_url, tmp_path):
    made = Parts(
        live_url, tmp_path, [(1, ANN, None, 11)], [(11, ANN, 1)], part="not null", link="not null"
    )
    _refused(made, "table_x_part.part2link", "table_x_link.link2part")


def test_foreign_keys_that_wait_for_the_commit_are_no_circle(postgresql_url, tmp_path):
    made = Parts(
        *(postgresql_url, tmp_path, [(1, ANN, None, 11)], [(11, ANN, 1)]),
        part="not null",
        link="not null",
        later="deferrable initially deferred",
    )
    assert made.purge() == ([], [])


@pytest.mark.parametrize("kind", ["", "not null"])
def test_a_chain_longer_than_a_statement_names_goes_as_well(
    postgresql_url, tmp_path, monkeypatch, kind
):
    monkeypatch.setattr(type(dialects.named("postgresql")), "at_once", 2)
    parts = [(n, ANN, n + 1, None) for n in range(1, 8)]
    made = Parts(postgresql_url, tmp_path, [*parts, (8, BOB, 8, None)], up=kind)
    assert made.purge() == ([(8, BOB, 8, None)], [])


def test_circles_of_many_contacts_go_batch_by_batch(live_url, tmp_path):
    keys = [purging.FIRST + n for n in range(4)]
    parts = [(n, keys[n // 2], n + 1 - 2 * (n % 2), None) for n in range(8)]
    made = Parts(live_url, tmp_path, parts + BOBS)
    purging.crowd(live_url, 4)
    plan = made.made.many(keys, *made.named, batch=2)
    assert made.made.purge(plan).deleted == plan.rows
    assert mini.dump(live_url)["table_x_part"] == BOBS
    made.made.engine.dispose()


def test_a_plan_of_many_refuses_a_circle_that_cannot_be_opened(sqlite_url, tmp_path):
    rows, kinds = [(1, ANN, None, 11)], {"part": "not null", "link": "not null"}
    made = Parts(sqlite_url, tmp_path, rows, [(11, ANN, 1)], **kinds)
    with pytest.raises(errors.Refused, match="cannot be empty"):
        made.made.many([ANN], *made.named)
    made.made.engine.dispose()


@pytest.mark.parametrize("kind", ["", "not null"])
def test_a_script_deletes_what_refers_to_each_other(live_url, tmp_path, kind):
    parts = [(n, ANN, n + 1, None) for n in range(1, 300)]
    made = Parts(live_url, tmp_path, [*parts, (300, BOB, 300, None)], up=kind)
    done = run(live_url, committing(made.script().text), tmp_path)
    assert done.returncode == 0, done.stderr
    assert mini.dump(live_url)["table_x_part"] == [(300, BOB, 300, None)]
    made.made.engine.dispose()
