"""A purge through the command line, from the scan to the proof. On every live database."""

import re
from pathlib import Path

from scanner import demo
from tests import mini, purging

ANN = mini.ANN


def test_from_scan_to_proof_a_contact_and_its_cases_go_and_nothing_else(efface, live_url, tmp_path):
    purging.build(live_url)
    before = mini.dump(live_url)

    def run(*words, status=0):
        result = efface(*words)
        assert result.exit_code == status, result.stderr
        return result

    scan, audit, plan = (tmp_path / n for n in ("scan.json", "audit.xlsx", "plan.json"))
    run("scan", "--db", live_url, "-o", scan)
    run("audit", scan, "--decide", "suggested", "-o", audit)
    strict = run("rules", "purge_contact", "--db", live_url, "--audit", audit, status=2)
    for missing in ("table_x_pref.pref2contact", "x_sms.contact_objid"):
        assert missing in strict.stderr
    mine = tmp_path / "mine.toml"
    mine.write_text(
        run("rules", "purge_contact", "--generate", "--db", live_url, "--audit", audit).stdout
    )
    run("rules", "purge_case", mine, "--db", live_url, "--audit", audit)
    planned = ["plan", "--db", live_url, audit, "--subject", ANN, "--method", "purge", "-o", plan]
    stopped = run(*planned, "--directive", mine)
    assert "stop: a contact with cases cannot be purged" in stopped.stderr
    erase = ["erase", "--db", live_url, plan, "--journal", tmp_path / "j.jsonl"]
    refused = run(*erase, "--commit", "--confirm", ANN, status=3)
    assert "rule cases remain" in refused.stderr
    said = run(*planned, "--directive", "purge_case", "--directive", mine).stderr
    assert "rows would be deleted" in said
    assert "cases by type, severity, priority, status and month: 5 rows before, 4 after" in said
    run(*erase)
    assert mini.dump(live_url) == before
    done = run(*erase, "--commit", "--confirm", ANN, "-o", tmp_path / "receipt.html")
    assert "nothing refers to them" in done.stderr
    assert "were deleted" in (tmp_path / "receipt.html").read_text()
    run("verify", "--db", live_url, plan, "--journal", tmp_path / "j.jsonl")
    run("log", "--check", "--journal", tmp_path / "j.jsonl")
    _as_it_should_be(before, mini.dump(live_url))
    run(*erase, "--commit", "--confirm", ANN, status=3)


def _as_it_should_be(before, after):
    gone = {
        "table_contact": {ANN}, "contact_bkp": {ANN}, "aud_table_contact": set(), "table_e_addr": {1},
        "table_web_user": {1}, "table_contact_role": {1, 2}, "table_case": {1}, "table_x_pref": {1},
        "table_notes_log": {1}, "table_act_entry": {1, 2, 3}, "x_sms": {1},
        "mtm_contact2_contract1": {ANN},
    }  # fmt: skip
    for table, rows in before.items():
        keys = {r[0] for r in rows} - gone.get(table, set())
        assert {r[0] for r in after[table]} == keys, table
    held = repr(after)
    for canary in ("ann.lee@example.com", "5126105466", "CUST-00471", "12 Elm Street", "annlee77"):
        assert canary not in held
    assert after["table_task"] == [(1, "[REDACTED]", "[REDACTED]", None, 3, 1, 2)]
    assert after["table_contract"] == [(1, "Support", None)]
    case = next(r for r in after["table_case"] if r[0] == 4)
    assert case[9:11] == ("[REDACTED]", "[REDACTED]")
    assert case[13] is None
    assert {r[0]: r[1] for r in after["table_site"]}[1] == "[REDACTED]"
    assert {r[0]: r[1] for r in after["table_notes_log"]}[2] == "mail to [EMAIL] sent"


def test_the_directives_of_readme_fit_the_demo_when_they_are_made_as_it_says(
    efface, tmp_path, monkeypatch
):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    section = readme.partition("### Deleting instead of redacting")[2].partition("\n### ")[0]
    typed = re.findall(r"^    efface (rules [^#\n]*?) --audit \S+((?: -o \S+)?)", section, re.M)
    assert len(typed) == 3
    url = f"sqlite:///{tmp_path / 'demo.sqlite'}"
    demo.create(url, cases=10, contacts=12, seed=5)
    monkeypatch.chdir(tmp_path)
    for words, target in typed:
        done = efface(*words.split(), *target.split(), env={"EFFACE_DB": url})
        assert done.exit_code == 0, done.stderr
    assert "case.toml, contact.toml fit" in done.stderr
    assert "--before 2022-01-01" in section  # the demo's first cases are of 2021
    named = re.findall(r"--directive (\S+)", section)
    assert set(named) == {"case.toml", "contact.toml"}
    before = Path("case.toml").read_text(encoding="utf-8")
    failed = efface(
        "rules", "purge_nobody", "--generate", "-o", "case.toml", env={"EFFACE_DB": url}
    )
    assert failed.exit_code == 2
    assert Path("case.toml").read_text(encoding="utf-8") == before
