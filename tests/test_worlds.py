"""In whatever schema, of whatever people and texts: the subject goes or is listed, nobody else is touched."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from scanner import planner, rulebook
from scanner.database import connect, identify, reading, reflect
from scanner.executor import execute
from scanner.journal import Journal
from tests import worlds
from tests.examples import dear


def cells(engine: Any, world: worlds.World) -> dict[str, list[dict[str, Any]]]:
    """Read all rows in the order in which they were made."""
    found = {}
    with engine.connect() as connection:
        for name, table in world.schema.tables.items():
            named = world.key if name == world.table else "id" if "id" in table.c else "at"
            rows = {r[named]: dict(r) for r in connection.execute(table.select()).mappings()}
            found[name] = [rows[made[named]] for made in world.rows[name]]
            assert len(rows) == len(found[name])
    return found


@dear(15)
@given(st.integers(0, 2**32))
def test_all_of_the_subject_goes_or_is_listed_and_nothing_else_changes(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("world")
    world, url = worlds.world(seed), f"sqlite:///{folder / 'world.sqlite'}"
    plain = create_engine(url)
    world.fill(plain)
    (folder / "pack.toml").write_text(world.pack, encoding="utf-8")
    pack, engine = rulebook.pack(str(folder / "pack.toml")), connect(url)
    with reading(engine) as connection:
        database = identify(connection, reflect(connection))
    audit, key = world.audit(database), str(world.subject.key)
    before = cells(plain, world)
    plan = planner.plan(engine, pack, audit, key)
    execute(engine, plan, pack, journal=Journal(folder / "j.jsonl"), commit=True, confirm=key)
    after = cells(plain, world)
    again = planner.plan(engine, pack, audit, key)
    engine.dispose()
    plain.dispose()
    assert not again.steps
    assert not again.mentions
    assert [*wrong(world, before, after, listed(plan))] == []


def listed(plan: Any) -> set[tuple[str, str, str]]:
    """Give the cells that people are asked about; of a row without a key its whole column."""
    found = set()
    for review in plan.reviews:
        key = str(review.mention.key[0])
        found.add((review.mention.table.name, review.mention.column, "" if key[0] == "#" else key))
    return found


def wrong(world: worlds.World, before: Any, after: Any, asked: set[tuple[str, str, str]]) -> Any:
    """Yield what should not be: in which cell, and what was and is there."""
    for name, rows in before.items():
        for n, (was, now) in enumerate(zip(rows, after[name], strict=True)):
            own = world.owned.get((name, n)) == 0
            for column in was:
                said = world.said.get((name, n, column))
                key = str(now.get(world.key, now.get("id", "")))
                open_ = bool({(name, column, key), (name, column, "")} & asked)
                place = (name, n, column, was[column], now[column])
                if said is not None:
                    text = now[column] if isinstance(now[column], str) else now[column]["text"]
                    if not said.left(world.parts if own else ()).fullmatch(text):
                        yield "others changed", *place
                    if said.standing(text) and not open_:
                        yield "left", *place
                elif own and (name, column) in world.kinds:
                    if now[column] == was[column]:
                        yield "left", *place
                elif now[column] != was[column]:
                    yield "others changed", *place
