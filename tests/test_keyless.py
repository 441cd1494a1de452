"""Rows without a key are told apart by all that they hold, sign by sign."""

import pytest
from sqlalchemy import create_engine, text

from tests import mini
from tests.erasing import Erasure

SORTS = {
    "sqlite": ["text collate nocase", "text collate rtrim", "varchar(90)"],
    "mariadb": ["varchar(90)", "varchar(90) character set latin1", "text", "char(90)"],
    "postgresql": ["citext", "text collate blind", "varchar(90)"],
}
CASES = [(server, sort) for server, sorts in SORTS.items() for sort in sorts]

SAID = "Call ANN.LEE@example.com", "call ann.lee@example.com", "Call ann.lee@example.com"
BLANKS = (f"{SAID[0]} ", f"{SAID[0]}  ")
STAYS = "call bob", "Call Bob", "call bob ", "call bób"


@pytest.fixture
def noted(request, tmp_path):
    """The small CRM with a table without a key whose rows the database takes for equal."""
    made = []

    def build(server: str, sort: str) -> Erasure:
        url = request.getfixturevalue(f"{server}_url")
        mini.build(url, trigger=False)
        engine = create_engine(url)
        with engine.begin() as connection:
            if server == "postgresql":
                connection.execute(text("create extension citext"))
                connection.execute(
                    text(
                        "create collation blind (provider = icu, locale = 'und-u-ks-level1', "
                        "deterministic = false)"
                    )
                )
            connection.execute(text(f"create table x_said (said {sort}, kind integer)"))
            for said in (*SAID, *SAID, *BLANKS, *STAYS):
                connection.execute(text("insert into x_said values (:s, 7)"), {"s": said})
        engine.dispose()
        made.append(Erasure(url, tmp_path))
        return made[-1]

    yield build
    for one in made:
        one.engine.dispose()


@pytest.mark.parametrize(("server", "sort"), CASES)
def test_rows_that_the_database_takes_for_equal_are_erased_each(noted, server, sort):
    erasure = noted(server, sort)
    before = [r for r in mini.dump(erasure.url)["x_said"] if "ann" not in r[0].lower()]
    receipt = erasure.commit(erasure.plan())
    assert receipt.residue == {}
    now = mini.dump(erasure.url)["x_said"]
    assert "example.com" not in repr(now).lower()
    assert [r for r in now if "[EMAIL]" not in r[0]] == before
    assert len(now) - len(before) == len((*SAID, *SAID, *BLANKS))
