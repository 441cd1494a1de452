"""A column of JSON keeps all that is not replaced as it was written, whatever it is."""

import pytest
from sqlalchemy import JSON, create_engine, text

from scanner import strategies
from scanner.detectors.values import as_text
from scanner.texts.stored import Document, plain, read, written
from tests import mini
from tests.erasing import Erasure
from tests.test_documents import Span, scrubbed
from tests.test_scripts import carry_out

HALF = r'{"a": "cut \ud83d", "mail": "%s"}'
HUGE = '{"n": 1e400, "m": 1.10, "mail": "%s"}'
TWICE = r'{"a": 1, "a": "\u00fcber", "mail": "%s"}'
ODD = (HALF, HUGE, TWICE)


@pytest.mark.parametrize("way", ["erase", "script"])
def test_what_is_not_replaced_stays_as_it_was_written(live_url, tmp_path, way):
    mini.build(live_url, trigger=False)
    maria = "mysql" in live_url or "mariadb" in live_url  # it refuses half of a letter
    odd = (HUGE, TWICE) if maria else ODD
    alone = () if maria else ('"cut \\ud83d"',)
    engine = create_engine(live_url)
    with engine.begin() as connection:
        connection.execute(text("create table x_doc (id integer primary key, d json)"))
        for n, said in enumerate([*(o % "ann.lee@example.com" for o in odd), *odd, *alone]):
            row = {"n": n, "d": said}
            connection.execute(text("insert into x_doc values (:n, :d)"), row)
    erasure = Erasure(live_url, tmp_path)
    carry_out(erasure, way, tmp_path)
    with engine.connect() as connection:
        query = "select cast(d as char(200)) from x_doc order by id"
        found = connection.execute(text(query)).scalars().all()
    engine.dispose()
    erasure.engine.dispose()
    assert [f.rstrip() for f in found] == [*(o % "[EMAIL]" for o in odd), *odd, *alone]


def test_a_document_is_equal_to_what_says_the_same():
    one, same = read('{"a":1e400,"b":[1.0]}'), read(f'{{"b": [1], "a": {10**400}}}')
    assert one == same
    assert hash(one) == hash(same)
    assert one != read('{"a":1e400,"b":[2]}')
    assert one != str(one)
    assert read('{"a":1,"a":2}') != read('{"a":2}')
    assert read("[]") != read("{}")
    assert isinstance(read(r'"\ud83d"'), Document)
    assert (read('"x"'), read("1"), read("null")) == ("x", 1, None)


def test_a_document_is_written_as_it_is_and_a_list_of_them_stays_one():
    said = '{"a": 1e400,\t"n":"Ann"}'
    assert written(read(said)) == said
    assert written("\ud83d") == r'"\ud83d"'
    at = strategies.text_of([said]).index("Ann")
    made = scrubbed([Document(said)], [Span(at, at + 3)], JSON())
    assert made == [Document(said.replace("Ann", "[NAME]"))]
    assert isinstance(made[0], Document)
    assert as_text(Document(r'{"a":"\u00fc\ud83d"}')) == '{"a": "ü?"}'
    assert as_text("x\ud83d") == "x?"
    assert plain(Document('{"a": [1.0]}')) == str({"a": [1.0]})
