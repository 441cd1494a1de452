"""What a pack says of requests is checked when it is read, and holds together."""

from datetime import datetime
from pathlib import Path

import pytest

from scanner import rulebook
from scanner.errors import Misconfigured
from scanner.requests import judging
from scanner.rulefiles.tracking import Policy
from scanner.sealing.chain import Entry
from tests import mini

CLARIFY = Path(__file__).parents[1] / "rules" / "clarify.toml"


def changed(folder: Path, old: str, new: str) -> str:
    text = CLARIFY.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path = folder / "pack.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return str(path)


WRONG = [
    ('delay_days    = 30 ', "delay_days = -1", "delay_days is a whole number"),
    ('delay_days    = 30 ', "delay_days = true", "delay_days is a whole number"),
    ('second_person = false ', 'second_person = "no"', "second_person is true or false"),
    ('reviews       = "keep" ', 'reviews = "maybe"', "reviews is keep or refuse"),
    ('method        = "redact" ', 'method = "shred"', "no method shred"),
    ("methods       = {}", 'methods = { High = "shred" }', "no method shred"),
    ("delay_days    = 30 ", "delay_day = 30", "unknown delay_day"),
    ('[requests.people]\ntable = "table_user"\n', "[requests.people]\n", "lacks table"),
    ("[requests.series]", "[requests.serie]", "unknown serie"),
    ('insert = "table_notes_log"\n', 'insert = "table_x"\n', "no kind of table_x"),
    ('insert = "table_notes_log"\n', "", "needs insert, or update and row"),
    ("[[requests.errands.close]]\nupdate = \"table_condition\"\nrow    = \"{item.task_state2condition}\"\n",
     '[[requests.errands.close]]\nupdate = "table_condition"\n', "needs insert, or update and row"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), WRONG, ids=[w[2] + w[1][:9] for w in WRONG])
def test_a_pack_that_is_wrong_about_requests_is_refused(tmp_path, old, new, said):
    with pytest.raises(Misconfigured, match=said):
        rulebook.pack(changed(tmp_path, old, new))


def test_a_note_with_a_place_that_nothing_fills_is_refused(tmp_path):
    pack = rulebook.pack(changed(tmp_path, 'Plan {plan}."', 'By {name}."'))
    with pytest.raises(Misconfigured, match="nothing fills name"):
        judging.done(pack.requests.policy, method="redact", rows=1, mentions=1, reviews=1)


def test_a_pack_may_give_a_count_its_word_in_any_language():
    policy = Policy(done="{method}: {rows:Zeile|Zeilen}, {mentions} Stellen, {method:x}.")
    done = judging.done(policy, method="redact", rows=1, mentions=2)
    assert done == "redact: 1 Zeile, 2 Stellen, redact."
    assert judging.done(policy, method="purge", rows=3, mentions=0).startswith("purge: 3 Zeilen,")


def test_what_efface_notes_has_a_shape_that_a_later_erasure_leaves_readable():
    pack = rulebook.pack("clarify")
    policy = pack.requests.policy
    done = judging.done(policy, method="purge", rows=9, mentions=2, reviews=0, plan="0a1b2c3d4e5f")
    one = judging.done(policy, method="redact", rows=1, mentions=1, reviews=2000, plan="0a1b2c3d")
    assert one == (
        "Efface carried this out by redact: 1 row, 1 place in other texts, nothing left, "
        "2,000 places kept for review. Plan 0a1b2c3d."
    )
    again = judging.erased(Entry(4, "done", "2026-03-31T02:00:00+00:00", "0a1b2c3d", {}, "", ""))
    refused = judging.refused(policy, "the contact has open cases (2 rows, rule open cases)")
    for column in (("table_notes_log", "description"), ("table_act_entry", "addnl_info")):
        before = "Efface carried this out by redact: 1 rows, 0 places in other texts, nothing left, 2000 places kept for review. Plan 0a1b2c3d."
        for note in (done, one, again, before, refused, refused[:255]):
            assert any(p.fullmatch(note) for p in pack.safe[column]), (column, note)
    assert judging.told(policy, refused) == "the contact has open cases (2 rows, rule open cases)"
    assert judging.told(policy, done) == ""


def test_a_database_without_action_items_says_what_to_do(efface, embedded):
    done = efface("requests", "list", "--db", embedded.url, "--pack", "clarify")
    assert done.exit_code == 2
    assert "no table" in done.stderr
    assert "--queue" in done.stderr
    before = mini.dump(embedded.url)
    words = ("--subject", mini.ANN, "--as", "sa", "--commit", "--db", embedded.url)
    assert efface("requests", "open", *words, "--pack", "clarify").exit_code == 2
    assert mini.dump(embedded.url) == before


@pytest.mark.parametrize(
    ("start", "end"),
    [("2025-01-31", "2025-02-28"), ("2024-01-31", "2024-02-29"), ("2025-12-15", "2026-01-15"),
     ("2025-02-28", "2025-03-28"), ("2025-03-31", "2025-04-30")],
)  # fmt: skip
def test_the_legal_term_is_a_calendar_month(start, end):
    found = judging._months_on(datetime.fromisoformat(start).date(), 1)
    assert found.isoformat() == end
