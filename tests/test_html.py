"""What the HTML report promises: one harmless file that loads nothing, and that people can search."""

import base64
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser

import pytest

import reports
from reports import _words
from scanner import audit as decisions
from scanner.model import (
    Audit,
    ColumnRef,
    Database,
    Decision,
    Evidence,
    Finding,
    Scan,
    TableFacts,
    TableRef,
)
from tests.browser import NoBrowserError, browser

HOSTILE = (
    "</script><script>document.title='owned'</script>", "<img src=x onerror=\"document.title='owned'\">",
    "\"' onmouseover='x", "<!--<script>", "a\x00b", "right\u202eleft", "&lt;b&gt;", "a\nb", "]]>",
    "\u2028", "javascript:alert(1)", "{{7*7}}", "back\\slash", "עברית",
)  # fmt: skip

VOID = {"meta", "input", "link", "br", "img"}


def finding(name, personal="direct", table="contact", **more):
    more = {
        "type": "VARCHAR(30)", "status": "scanned", "rows_read": 1000, "values_read": 1000,
        "share": 0.87, "share_low": 0.84, "share_high": 0.9, "score": 0.9, "entity": "PERSON",
        "evidence": (Evidence("full_name", "pattern", 870, 1000, 0.6),), "examples": ("A** L**",),
        "why": "values look like names", **more,
    }  # fmt: skip
    return Finding(ColumnRef("", table, name), personal=personal, **more)


def audit(*findings, decided=()):
    named = dict.fromkeys(f.column.of for f in findings)
    tables = (
        *(TableFacts(t, 1234) for t in named),
        TableFacts(TableRef("", "v_all"), None, kind="view"),
    )
    database = Database("sqlite", "crm", "f" * 32)
    scan = Scan("0.1.0", "2026-01-02T03:04:05+00:00", database, "clarify", tables, findings)
    made = {f.column: Decision(f.column, "keep", "Ada", "2026-01-03") for f in decided}
    return Audit(scan, made)


MIXED = (
    finding("first_name"),
    finding("city", "quasi", entity="CITY"),
    finding("notes", "free_text", table="case", type="TEXT", entity="FREE_TEXT", why="long texts"),
    finding("x_misc", "unknown", status="empty", reason="no values", values_read=0, entity=""),
    finding("objid", "none", entity="", type="INTEGER", share=0.0, share_low=0.0, share_high=0.003),
    *(finding(f"extra_{n:03}", "none", table="wide", entity="") for n in range(300)),
)


def written(tmp_path, found):
    path = tmp_path / "audit.html"
    reports.write(found, path)
    return path


class Reader(HTMLParser):
    """Reads a page strictly: each element is closed where it should be."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.texts, self.ids = [], [], Counter(), []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.ids += [value for key, value in attrs if key == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts[self.open[-1] if self.open else ""] += 1
        if self.open and self.open[-1] in ("script", "style"):
            self.elements[-1][1]["text"] = data

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


def test_the_page_is_whole_and_asks_nobody_for_anything(tmp_path):
    text = written(tmp_path, audit(*MIXED)).read_text(encoding="utf-8")
    page = Reader(text)
    assert len(page.ids) == len(set(page.ids))
    links = [a["href"] for a in page.all("a")]
    assert links
    assert all(link[0] == "#" and link[1:] in page.ids for link in links)
    assert not {tag for tag, _ in page.elements} & {
        "img",
        "iframe",
        "link",
        "object",
        "form",
        "base",
    }
    assert not any(key in ("src", "style") or key.startswith("on")
                   for _, attrs in page.elements for key in attrs)  # fmt: skip
    outside = set(re.findall(r"https?://[^\s\"']+", text)) - {"http://www.w3.org/2000/svg"}
    assert outside == set()
    assert "url(" not in page.all("style")[0]["text"]


def test_the_policy_lets_this_style_and_this_script_in_and_nothing_else(tmp_path):
    page = Reader(written(tmp_path, audit(*MIXED)).read_text(encoding="utf-8"))
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv"))
    allowed = {
        kind: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for kind, text in (
            ("style", page.all("style")[0]["text"]),
            ("script", next(s["text"] for s in page.all("script") if "type" not in s)),
        )
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{allowed['style']}'; "
        f"script-src 'sha256-{allowed['script']}'; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_hostile_names_are_shown_and_do_nothing(hostile, tmp_path):
    found = audit(
        finding(hostile, table=hostile, entity=hostile, why=hostile, type=hostile,
                examples=(hostile,), reason=hostile, declared_by=hostile, copy_of=hostile),
    )  # fmt: skip
    text = written(tmp_path, found).read_text(encoding="utf-8")
    assert not re.search("[\x00\u202e\u2028]", text)
    page = Reader(text)
    assert [s.get("type") for s in page.all("script")] == ["application/json", None]
    listed = json.loads(page.all("script")[0]["text"])
    shown = _words.shown(hostile)
    assert listed["texts"][listed["rows"][0][2]] == shown


def test_every_column_is_listed_once_with_what_was_decided(tmp_path):
    found = audit(*MIXED, decided=MIXED[:1])
    page = Reader(written(tmp_path, found).read_text(encoding="utf-8"))
    listed = json.loads(page.all("script")[0]["text"])
    rows = [dict(zip(listed["fields"], row, strict=True)) for row in listed["rows"]]
    told = [(listed["texts"][r["table"]], listed["texts"][r["column"]]) for r in rows]
    assert sorted(told) == sorted((f.column.table, f.column.name) for f in MIXED)
    decided = {listed["texts"][r["column"]]: listed["texts"][r["decision"]] for r in rows}
    assert decided["first_name"] == "keep"
    assert decided["city"] == ""


def test_charts_and_counts_stand_in_the_page_without_scripts(tmp_path):
    text = written(tmp_path, audit(*MIXED, decided=MIXED[:1])).read_text(encoding="utf-8")
    plain = re.sub(r"<[^>]+>", "", text.split("<script")[0])
    assert "3 of 305 columns, in 2 of 3 tables, hold or may hold personal data" in plain
    assert f"{len(decisions.undecided(audit(*MIXED, decided=MIXED[:1])))} columns wait" in plain
    assert text.count("<svg") >= 10
    assert "a view only shows what stands in tables" in plain
    assert "no values" in plain


def test_an_empty_database_has_a_page_too(tmp_path):
    Reader(written(tmp_path, audit()).read_text(encoding="utf-8"))


# --- in a browser


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    try:
        with browser(tmp_path_factory.mktemp("browser")) as made:
            yield made
    except NoBrowserError as error:
        pytest.skip(str(error))


SHOWN = "return document.querySelectorAll('.list tbody tr.row').length"
COUNT = "return document.querySelector('.count').textContent"
NAMES = "return [...document.querySelectorAll('.list tbody .open')].map(b => b.textContent)"


def say(label, value, event="change"):
    return (
        f"const l = [...document.querySelectorAll('.tools label')].find(l => l.firstChild.data === {label!r});"
        f"const i = l.querySelector('input, select'); i.value = {value!r};"
        f"i.dispatchEvent(new Event({event!r})); return new Promise(done => setTimeout(done, 200));"
    )


def test_a_reader_searches_filters_orders_and_prints(page, tmp_path):
    page.open(written(tmp_path, audit(*MIXED, decided=MIXED[:1])))
    assert page.run(COUNT) == "305 columns"
    assert 200 <= page.run(SHOWN) <= 305
    page.run(say("Search", "LONG text", "input"))
    assert page.run(NAMES) == ["notes"]
    page.run("[...document.querySelectorAll('.tools button')].at(-1).click()")
    page.run(say("Decision", "open"))
    assert page.run(NAMES) == ["city", "notes", "x_misc"]
    page.run("document.querySelector('.chips input[value=quasi]').click()")
    assert page.run(NAMES) == ["city"]
    assert page.run(COUNT) == "1 of 305 columns"
    page.run("document.querySelector('[data-field=table][data-value=contact]').click()")
    assert len(page.run(NAMES)) == 4
    page.run("document.querySelector('.c-column button').click()")
    assert page.run(NAMES) == ["city", "first_name", "objid", "x_misc"]
    page.run("document.querySelector('.c-column button').click()")
    assert page.run(NAMES) == ["x_misc", "objid", "first_name", "city"]
    assert page.run("return document.querySelector('.c-column').ariaSort") == "descending"
    page.run("document.querySelector('.list .open').click()")
    told = page.run("return document.querySelector('.list .more').textContent")
    assert "pattern full_name" in told
    page.run("document.querySelector('[data-field=state][data-value=empty]').click()")
    assert page.run(NAMES) == ["x_misc"]
    page.run("document.querySelector('[data-field=verdict][data-value=none]').click()")
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    assert page.run(SHOWN) == 301
    assert page.complaints() == []


def test_hostile_names_do_nothing_in_a_browser(page, tmp_path):
    hostile = [
        finding(h, table=f"{h} {n}", why=h, entity=h, examples=(h,)) for n, h in enumerate(HOSTILE)
    ]
    page.open(written(tmp_path, audit(*hostile)))
    page.run("document.querySelectorAll('.list .open').forEach(button => button.click())")
    assert page.run(NAMES) == [_words.shown(h) for h in HOSTILE]
    assert page.run("return document.title") == "Where personal data lives: crm"
    assert page.run("return document.querySelectorAll('img').length") == 0
    assert page.run("return performance.getEntriesByType('resource').length") == 0
    assert page.complaints() == []


CONTRAST = """
const parse = text => text.match(/[\\d.]+/g).map(Number);
const light = rgb => rgb.slice(0, 3).map(v => v / 255)
  .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
const behind = node => {
  for (; node; node = node.parentElement) {
    const found = parse(getComputedStyle(node).backgroundColor);
    if (found.length === 3 || found[3] === 1) return found;
  }
  return [255, 255, 255];
};
const bad = [];
for (const node of document.querySelectorAll('body *')) {
  if (!node.checkVisibility() || ![...node.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
  if (node.closest('svg, option, noscript, datalist')) continue;
  const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) bad.push(node.tagName + '.' + node.className + ' ' + ratio.toFixed(2));
}
return [...new Set(bad)];
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_and_everything_has_a_name(page, tmp_path, scheme):
    page.open(written(tmp_path, audit(*MIXED, decided=MIXED[:1])), prefers_color_scheme=scheme)
    paper = page.run("return getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(246, 247, 249)") == (scheme == "light")
    assert page.run(CONTRAST) == []
    nameless = page.run(
        "return [...document.querySelectorAll('button, input, select, a')].filter(e => !("
        "e.textContent.trim() || e.ariaLabel || (e.labels && e.labels.length))).length"
    )
    assert nameless == 0


def test_a_telephone_shows_the_page_without_scrolling_sideways(page, tmp_path):
    page.open(written(tmp_path, audit(*MIXED)))
    page.resize(390, 800)
    assert page.run("return document.documentElement.scrollWidth - innerWidth") <= 0
