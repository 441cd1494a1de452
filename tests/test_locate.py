"""Where a person is: counts and places for anybody, values only for who asks, in a file of theirs."""

import json
import re
import stat

import pytest

import reports
from tests import mini


@pytest.fixture
def locate(efface, live_url, tmp_path):
    mini.build(live_url)
    audit = tmp_path / "audit.json"

    def run(*words, status=0, **choices):
        reports.write(mini.audit(live_url, **choices), audit)
        before = mini.dump(live_url)
        done = efface("locate", "--db", live_url, audit, "--subject", mini.ANN, *words)
        assert done.exit_code == status, done.stderr
        assert mini.dump(live_url) == before
        return done

    return run


def bare(raw, part, name):
    """Find the part of a table or column, whatever schema it is in."""
    key = "table" if part == "holdings" else "column"
    (found,) = [one for one in raw[part] if one[key].removeprefix("public.") == name]
    return found


def test_own_rows_mentions_and_reviews_are_counted_by_place(locate):
    raw = json.loads(locate("--json").stdout)
    contact = bare(raw, "holdings", "table_contact")
    assert contact["own"] == 1
    columns = {c["column"]: c for c in contact["columns"]}
    assert columns["e_mail"] == {"column": "e_mail", "personal": "direct",
                                 "entity": "EMAIL_ADDRESS", "filled": 1, "strategy": "redact"}  # fmt: skip
    assert "objid" not in columns
    notes = bare(raw, "mentions", "table_notes_log.description")
    assert (notes["cells"], notes["places"], notes["certainty"]) == (2, 2, "certain")
    assert bare(raw, "reviews", "table_site.name")["cells"] == 1
    assert "values" not in raw


def test_neither_text_nor_json_holds_a_value(locate, tmp_path):
    said = locate().stdout + locate("--json", "-o", tmp_path / "w.json").stdout
    said += (tmp_path / "w.json").read_text()
    assert "own rows:" in said
    for canary in (*mini.CANARIES, "Bob", "Ray", "1980"):
        assert not re.search(rf"(?<!\w){re.escape(canary)}(?!\w)", said), canary


def test_values_go_to_a_file_for_its_owner_only_and_with_a_warning(locate, tmp_path):
    path = tmp_path / "access.json"
    done = locate("--values", "--json", "-o", path)
    assert "holds personal data" in done.stderr
    assert "ann.lee@example.com" not in done.stdout + done.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    values = {
        t.removeprefix("public."): v for t, v in json.loads(path.read_text())["values"].items()
    }
    (contact,) = values["table_contact"]
    assert (contact["e_mail"], contact["first_name"]) == ("ann.lee@example.com", "Ann")
    text = path.read_text()
    for held in ("ann@home.example", "12 Elm Street", "annlee77", "15126105466", "CUST-00471"):
        assert held in text, held
    for others in ("bob.ray@example.com", "Bob Ray", "9 Oak Lane", "nothing special"):
        assert others not in text, others


def test_values_need_a_file(locate):
    assert "name the file" in locate("--values", status=2).stderr


def test_an_undecided_column_is_no_reason_not_to_answer(locate):
    raw = json.loads(locate("--json", table_contact__e_mail="undecided").stdout)
    columns = {c["column"]: c for c in bare(raw, "holdings", "table_contact")["columns"]}
    assert columns["e_mail"]["strategy"] == "undecided"
    assert columns["phone"]["strategy"] == "redact"
    assert bare(raw, "mentions", "table_notes_log.description")["cells"] == 2


def test_an_unknown_subject_is_refused(efface, sqlite_url, tmp_path):
    mini.build(sqlite_url)
    reports.write(mini.audit(sqlite_url), tmp_path / "a.json")
    done = efface("locate", "--db", sqlite_url, tmp_path / "a.json", "--subject", "99")
    assert done.exit_code == 2
    assert "no subject has the key 99" in done.stderr
