"""In JSON and XML only what identifies goes: no value beside it, no name, and they stay JSON and XML."""

import json
import re
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, Column, MetaData, String, Table, Text, create_engine, text

from scanner import errors, strategies
from scanner.identity import Identity, read
from scanner.matcher import Matcher
from scanner.texts.documents import holds_json
from scanner.texts.standing import counted, gone
from tests import mini
from tests.erasing import Erasure, asked, noted, now
from tests.test_scripts import carry_out, committing, run, script

ROW = {
    "first_name": "Ann",
    "last_name": "Lee",
    "phone": "+1 512 610 5466",
    "e_mail": "ann.lee@example.com",
}
KINDS = {
    "first_name": "PERSON",
    "last_name": "PERSON",
    "phone": "PHONE_NUMBER",
    "e_mail": "EMAIL_ADDRESS",
}
MATCHER = Matcher(Identity.of(read(ROW, KINDS)))


@dataclass(frozen=True)
class Span:
    start: int
    end: int
    entity: str = "PERSON"


def scrubbed(said, spans, kind=None, *, unique=False):
    column = Column("c", kind or Text())
    Table("t", MetaData(), column)
    return strategies.apply(
        "scrub", said, column=column, entity="", key="7", unique=unique, spans=spans,
        settings=strategies.Settings(),
    )  # fmt: skip


def spans(said):
    return [s for m in MATCHER.find(said) if m.strength != "weak" for s in m.places(said)]


@pytest.mark.parametrize(
    "number",
    ["-5126105466", "1.5126105466e10", "5126105466e0", "30.5126105466", "0.5126105466",
     "15126105466.5", "1.5126105466", "-15126105466.0"],
)  # fmt: skip
def test_a_part_of_another_number_is_no_mention_and_nothing_is_lost(single, number):
    said = f'{{"customer":"Bob Ray","history":["long","texts"],"n":{number}}}'
    noted(single, said)
    plan = single.plan()
    assert not asked(plan)
    single.commit(plan)
    assert now(single) == [said]


@pytest.mark.parametrize("number", ["5126105466", "15126105466", "15126105466.0", "5126105466.00"])
def test_a_number_that_is_the_subjects_is_replaced_and_nothing_else(single, number):
    said = '{"customer": "Bob Ray",\t"history":["long", "texts"],"n":%s, "on":30.5126105466}'
    noted(single, said % number)
    single.commit(single.plan())
    assert now(single) == [said % '"[PHONE]"']


@pytest.mark.parametrize("number", [15126105466, 15126105466.0, -5126105466, 30.5126105466])
def test_a_number_in_a_column_of_json_costs_nothing_but_itself(number):
    value = {"customer": "Bob Ray", "history": ["long", "texts"], "n": number, "m": 1.5}
    made = scrubbed(value, spans(strategies.text_of(value)), JSON())
    expected = "[PHONE]" if number in (15126105466, 15126105466.0) else number
    assert made == {**value, "n": expected}


jsons = st.recursive(
    st.text(max_size=9) | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    | inner.map(json.dumps),
    max_leaves=9,
)  # fmt: skip


def shape(value):
    """Give what has to stay: how many values and names stand where."""
    if isinstance(value, dict):
        return [shape(v) for v in value.values()]
    return [shape(v) for v in value] if isinstance(value, list) else None


def flat(value):
    if isinstance(value, dict | list):
        inner = [*value.items()] if isinstance(value, dict) else value
        return [leaf for v in inner for leaf in (flat([*v]) if isinstance(v, tuple) else flat(v))]
    return [value]


@given(st.lists(jsons, max_size=3) | st.dictionaries(st.text(max_size=5), jsons), st.data())
def test_wherever_something_is_replaced_every_other_value_stays(value, data):
    said = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
    ends = st.integers(0, len(said))
    start, end = sorted(data.draw(st.tuples(ends, ends)))
    made = scrubbed(said, [Span(start, end)])
    assert shape(json.loads(made)) == shape(value)
    before, after = flat(value), flat(json.loads(made))
    changed = [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    assert len(changed) <= max(0, end - start)


@pytest.mark.parametrize("said", ['{"Ann":1,"Amy":2,"b":3}', "<a><Ann/>b</a>"])
def test_where_there_is_no_room_it_is_refused_and_nothing_is_wiped(said):
    at = said.index("Ann")
    with pytest.raises(errors.Misconfigured, match=r"^t\.c has no room for placeholders") as caught:
        scrubbed(said, [Span(at, at + 3)], String(len(said)), unique=True)
    assert "Ann" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "at", "left"),
    [
        ('{"n":1234567}', (5, 12), '{"n":"[P]"}'),
        ('{"n":1234}', (5, 9), '{"n":"**"}'),
        ('{"n":12}', (5, 7), '{"n":0}'),
        ('{"Al":"Bo"}', (2, 4), '{"**":"Bo"}'),
    ],
)
def test_in_a_full_column_what_stands_beside_it_stays(said, at, left):
    assert scrubbed(said, [Span(*at, "PHONE_NUMBER")], String(len(said))) == left


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ('POST /api {"m":"x","phone":%s} 200', 'POST /api {"m":"x","phone":"%s"} 200'),
        ('got {"phone" : %s , "n":1}', 'got {"phone" : "%s" , "n":1}'),
        ('got {"phone":%s.0}', 'got {"phone":"%s"}'),
        (r'body="{\"phone\":%s}"', r'body="{\"phone\":\"%s\"}"'),
        ('<log>{"phone":%s}</log>', '<log>{"phone":"%s"}</log>'),
        ('"phone": %s, at noon', '"phone": "%s", at noon'),
        ("phone: %s, at noon", "phone: %s, at noon"),
        ('"phone": %s at noon', '"phone": %s at noon'),
        ('{"n":"call %s","phone":', '{"n":"call %s","phone":'),
    ],
)
def test_a_number_of_json_in_a_line_of_a_log_becomes_a_string(single, said, left):
    noted(single, said % "5126105466")
    single.commit(single.plan())
    assert now(single) == [left % "[PHONE]"]


def test_names_that_become_equal_stay_different(single):
    said = (
        '{"ann.lee@example.com":"A","ann.lee+news@example.com": "B","b":{"ann.lee@example.com":1}}'
    )
    noted(single, said)
    single.commit(single.plan())
    assert now(single) == ['{"[EMAIL]":"A","[EMAIL-2]": "B","b":{"[EMAIL]":1}}']


def test_a_name_that_was_replaced_before_keeps_its_value(single):
    noted(single, '{"[EMAIL]":"A","ann.lee@example.com":"B","[EMAIL-2]":"C"}')
    single.commit(single.plan())
    assert now(single) == ['{"[EMAIL]":"A","[EMAIL-3]":"B","[EMAIL-2]":"C"}']


def test_names_in_a_column_of_json_stay_different():
    value = {"ann.lee@example.com": "A", "ann.lee+news@example.com": "B"}
    made = scrubbed(value, spans(strategies.text_of(value)), JSON())
    assert made == {"[EMAIL]": "A", "[EMAIL-2]": "B"}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ('{"a":1}\n{"b":15126105466}\n', '{"a":1}\n{"b":"[PHONE]"}\n'),
        ('{"a":1}\r\n[30.5126105466]', '{"a":1}\r\n[30.5126105466]'),
        (r'{"p":"{\"p\":5126105466}"}', r'{"p":"{\"p\":\"[PHONE]\"}"}'),
        (r'{"p":"{\"p\":-5126105466}"}', r'{"p":"{\"p\":-5126105466}"}'),
        (json.dumps(json.dumps([json.dumps([5126105466, "x"])])),
         json.dumps(json.dumps([json.dumps(["[PHONE]", "x"])]))),
        (r'{"n":"x\nann.lee@example.com\ny"}', r'{"n":"x\n[EMAIL]\ny"}'),
    ],
)  # fmt: skip
def test_json_in_lines_and_in_strings_stays_json(single, said, left):
    assert holds_json(left)
    noted(single, said)
    single.commit(single.plan())
    assert now(single) == [left]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("<CUST-00471>x</CUST-00471>", "<_ID_>x</_ID_>"),
        ("<annlee77>1</annlee77>", "<_ID_>1</_ID_>"),
        ('<x annlee77="1"/>', '<x _ID_="1"/>'),
        ('<x annlee77="annlee77 >" CUST-00471="2">Ann Lee</x>', '<x _ID_="[ID] >" _ID-2_="2">[NAME]</x>'),
        ('<x _ID_="1" annlee77="2"/>', '<x _ID_="1" _ID-2_="2"/>'),
        ("<x><!-- <annlee77> --><![CDATA[annlee77]]></x>", "<x><!-- <[ID]> --><![CDATA[[ID]]]></x>"),
    ],
)  # fmt: skip
def test_names_of_xml_stay_names(single, said, left):
    ElementTree.fromstring(left)
    noted(single, said)
    single.commit(single.plan())
    assert now(single) == [left]


def test_what_only_looks_like_a_tag_is_text(single):
    noted(single, "login <annlee77>, mail <ann.lee@example.com>")
    single.commit(single.plan())
    assert now(single) == ["login <[ID]>, mail <[EMAIL]>"]


FAR = "x y z w q r t u 12"
ORDER = "<Order><Lee><n>12</n></Lee><m>ann.lee@example.com</m></Order>"


def places(said, *words):
    """Give a span for each place of the words; of ``<Lee`` and ``/Lee`` without their sign."""
    found = [m for w in words for m in re.finditer(re.escape(w), said)]
    return [Span(m.start() + (m[0][0] in "</"), m.end()) for m in found]


@pytest.mark.parametrize(
    ("said", "words", "left"),
    [
        (ORDER, ["<Lee", "ann.lee@example.com"], ORDER.replace("ann.lee@example.com", "[NAME]")),
        (ORDER, ["/Lee", "ann.lee@example.com"], ORDER.replace("ann.lee@example.com", "[NAME]")),
        (ORDER, ["Lee"], ORDER.replace("Lee", "_NAME_")),
        (
            "<a><x-Lee/><x-Lee>Lee</x-Lee></a>",
            ["<x-Lee", ">Lee"],
            "<a><x-Lee/><x-Lee>[NAME]</x-Lee></a>",
        ),
        ("<Lee>Ann x</Lee>", ["Lee>Ann", "/Lee"], "<_NAME_>[NAME] x</_NAME_>"),
        ("<Lee>Ann x</Lee>", ["Lee>Ann"], "<Lee>[NAME] x</Lee>"),
        ('<!DOCTYPE o><o Lee="Ann"/>', ['Lee="Ann'], '<!DOCTYPE o><o _NAME_="[NAME]"/>'),
        ("<o>Ann<Lee a='1'>x</Lee></o>", ["Ann<Lee"], "<o>[NAME]<Lee a='1'>x</Lee></o>"),
    ],
)
def test_a_name_of_xml_is_replaced_in_all_its_places_or_in_none(said, words, left):
    ElementTree.fromstring(left)
    assert scrubbed(said, places(said, *words)) == left


def test_what_would_no_longer_be_xml_is_refused_with_its_column():
    said = "<a>x &amp; y</a>"
    with pytest.raises(errors.Misconfigured, match=r"^t\.c holds JSON or XML that placeholders"):
        scrubbed(said, [Span(7, 10)])


def test_the_proof_looks_behind_a_name_of_xml_that_stays():
    said = ORDER.replace("ann.lee@example.com", "[EMAIL]")
    at = said.index("[EMAIL]")
    places = [(8, 11, "PERSON"), (at, at + 19, "EMAIL_ADDRESS")]
    assert gone(said, places)
    assert not gone(ORDER, places)
    assert gone("<Lee>[NAME] x</Lee>", [(1, 8, "PERSON")])
    assert not gone("<Lee>Ann x</Lee>", [(1, 8, "PERSON")])


def cut_out(said, *words):
    """Give a span for each word, in the order of the text."""
    kinds = {"@": "EMAIL_ADDRESS", "+": "PHONE_NUMBER"}
    found = [(said.index(w), w) for w in words]
    return [
        Span(at, at + len(w), next((k for s, k in kinds.items() if s in w), "PERSON"))
        for at, w in sorted(found)
    ]


def told(spans):
    return strategies.merged(spans, max(s.end for s in spans))


MIXED = (
    "Bo Ray (bo@x.example) asked Ann Lee, ann.lee@example.com, for Ann Lee's number +1 512 610 5466"
)
ANNS = ("Ann Lee", "ann.lee@example.com", "+1 512 610 5466")


@pytest.mark.parametrize("room", [None, len(MIXED), len(MIXED) + 3])
@pytest.mark.parametrize("first", [(), ("Bo Ray",), ("Bo Ray", "bo@x.example")])
@pytest.mark.parametrize("mine", [ANNS, ANNS[:1], ANNS[1:]])
@pytest.mark.parametrize("unique", [False, True])
def test_the_proof_knows_what_was_erased_whatever_stands_before_it(room, first, mine, unique):
    kind = String(room) if room else Text()
    before = cut_out(MIXED, *mine)
    own = scrubbed(MIXED, before, kind, unique=unique)
    assert gone(own, told(before))
    assert not gone(MIXED, told(before))
    if first:  # somebody else is erased later, or was never
        others = [Span(own.index(w), own.index(w) + len(w), s.entity)
                  for w, s in zip(first, cut_out(MIXED, *first), strict=True)]  # fmt: skip
        assert gone(scrubbed(own, others), told(before))
        assert not gone(scrubbed(MIXED, cut_out(MIXED, *first)), told(before))
    if len(mine) > 1:
        for left in range(len(before)):
            some = before[:left] + before[left + 1 :]
            assert not gone(scrubbed(MIXED, some, kind, unique=unique), told(before))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('{"tel": 15126105466.0, "who": "Ann Lee", "x": "Bob"}', ["15126105466.0", "Ann Lee"]),
        ('{"first": "Ann", "last": "Lee", "x": "Bob"}', ['Ann", "last": "Lee']),
        ('{"a": {"first": "Ann", "last": "Lee"}, "b": "Al"}', ['Ann", "last": "Lee', "Al"]),
        ('{"Ann": 1, "Lee": 2, "x": [12, "Al"]}', ["Ann", "Lee", "12", "Al"]),
        ('POST {"tel":5126105466.0} 200 Ann', ["5126105466", "Ann"]),
    ],
)
def test_the_proof_reads_documents(said, words):
    spans = cut_out(said, *words)
    new = scrubbed(said, spans)
    assert gone(new, told(spans))
    assert counted(new, told(spans))
    assert not gone(said, told(spans))
    assert not counted(said, told(spans))
    split = any('"' in word for word in words)  # one place became several placeholders
    for left in () if split else range(len(spans)):
        assert not gone(scrubbed(said, spans[:left] + spans[left + 1 :]), told(spans))


@given(
    st.lists(st.tuples(st.sampled_from("kam"), st.integers(1, 12)), min_size=1, max_size=8),
    st.sampled_from([None, 0, 4]),
)
def test_the_proof_finds_every_place_by_those_before_it(parts, more):
    said, spans = "", []
    for how, size in parts:
        if how == "m":
            spans.append(Span(len(said), len(said) + size))
        said += {"k": "k", "a": "-", "m": "N"}[how] * size
    new = scrubbed(said, spans, Text() if more is None else String(len(said) + more))
    if spans:
        assert gone(new, told(spans))
        assert not gone(said, told(spans))


def test_a_script_does_the_same(erasure, tmp_path):
    held = {
        '{"tel":15126105466.0,"ann.lee@example.com":1,"ann.lee+x@example.com":2}': (
            '{"tel":"[PHONE]","[EMAIL]":1,"[EMAIL-2]":2}'
        ),
        r'{"p":"{\"p\":5126105466}"}': r'{"p":"{\"p\":\"[PHONE]\"}"}',
        "<annlee77>1</annlee77>": "<_ID_>1</_ID_>",
        'POST {"tel":5126105466} 200': 'POST {"tel":"[PHONE]"} 200',
    }
    noted(erasure, *held)
    made = script(erasure)
    done = run(erasure.url, committing(made.text), tmp_path)
    assert done.returncode == 0, done.stderr
    assert now(erasure) == list(held.values())


def test_a_script_keeps_what_elements_of_xml_are_called(erasure, tmp_path):
    for statement in mini.NO_NAMESAKE:
        erasure.write(statement)
    noted(erasure, f"<Lee>Ann Lee {FAR} </Lee> <m>ann.lee@example.com</m>")
    done = run(erasure.url, committing(script(erasure).text), tmp_path)
    assert done.returncode == 0, done.stderr
    assert now(erasure) == [f"<Lee>[NAME] {FAR} </Lee> <m>[EMAIL]</m>"]


HELD = {"customer": "Bob Ray", "history": ["long", "texts"]}


@pytest.mark.parametrize("way", ["erase", "script"])
def test_a_column_of_json_loses_only_what_is_the_subjects(live_url, tmp_path, way):
    mini.build(live_url, trigger=False)
    kind = "jsonb" if "postgresql" in live_url else "json"
    inner = json.dumps({"p": 5126105466})
    rows = [
        {**HELD, "tel": 15126105466.5, "on": [30.5126105466, -5126105466], "n": 1.25},
        {**HELD, "tel": 15126105466, "on": 30.5126105466, "in": inner},
        {**HELD, "ann.lee@example.com": "A", "ann.lee+news@example.com": "B"},
    ]
    engine = create_engine(live_url)
    with engine.begin() as connection:
        connection.execute(text(f"create table x_doc (id integer primary key, d {kind})"))
        for n, row in enumerate(rows):
            said = {"n": n, "d": json.dumps(row)}
            connection.execute(text("insert into x_doc values (:n, :d)"), said)
    erasure = Erasure(live_url, tmp_path)
    carry_out(erasure, way, tmp_path)
    with engine.connect() as connection:
        found = connection.execute(text("select d from x_doc order by id")).scalars().all()
    engine.dispose()
    erasure.engine.dispose()
    scrubbed = json.dumps({"p": "[PHONE]"})
    assert [json.loads(d) if isinstance(d, str) else d for d in found] == [
        rows[0],
        {**rows[1], "tel": "[PHONE]", "in": scrubbed},
        {**HELD, "[EMAIL]": "A", "[EMAIL-2]": "B"},
    ]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ('{"s": "Lee,<br/>Ann ann.lee@example.com"}', '{"s": "[NAME] [EMAIL]"}'),
        ('{"s": "An<b>n</b> Lee ann.lee@example.com"}', '{"s": "[NAME] [EMAIL]"}'),
        ("Lee,<br/>Ann ann.lee@example.com", "[NAME] [EMAIL]"),
    ],
)
def test_tags_within_what_is_replaced_keep_no_erasure(single, said, left):
    noted(single, said)
    single.commit(single.plan())
    (text,) = now(single)
    assert "Ann" not in text
    assert "Lee" not in text
    assert "ann.lee" not in text
    assert text.startswith(left[:5])
