"""The journal remembers, and notices every way of tampering with it."""

import fcntl
import hashlib
import json
import threading

import pytest

from scanner.errors import AlreadyDone, Negative
from scanner.journal import Journal

NOW = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "deep" / "journal.jsonl")
    for plan in ("a", "b", "c"):
        made.append("intent", NOW, plan, {"subject": {"table": "t", "key": 1}})
        made.append("done", NOW, plan, {"rows": {"t": 1}})
    return made


def broken(journal: Journal, lines: list[str]) -> str:
    journal.path.write_text("".join(f"{line}\n" for line in lines))
    with pytest.raises(Negative) as caught:
        journal.read()
    with pytest.raises(Negative):
        journal.append("intent", NOW, "d", {})
    return str(caught.value)


def test_what_is_appended_is_read_back_in_order(journal):
    entries = journal.read()
    assert [e.number for e in entries] == [1, 2, 3, 4, 5, 6]
    assert [e.plan for e in entries] == ["a", "a", "b", "b", "c", "c"]
    assert journal.open_intents() == ()


def test_the_file_is_for_its_owner_only(journal):
    assert journal.path.stat().st_mode & 0o777 == 0o600


def test_an_edited_entry_is_named(journal):
    lines = journal.path.read_text().splitlines()
    lines[3] = lines[3].replace('"t": 1', '"t": 2')
    assert "line 4 was changed" in broken(journal, lines)


def test_an_edited_entry_with_a_new_digest_is_named_by_the_next(journal):
    import hashlib

    lines = journal.path.read_text().splitlines()
    raw = json.loads(lines[1])
    del raw["digest"]
    raw["when"] = "2027"
    body = json.dumps(raw, ensure_ascii=False, sort_keys=True)
    raw["digest"] = hashlib.sha256(body.encode()).hexdigest()
    lines[1] = json.dumps(raw, ensure_ascii=False, sort_keys=True)
    assert "line 3 does not follow" in broken(journal, lines)


@pytest.mark.parametrize("gone", [0, 2, 4])
def test_a_removed_entry_is_named(journal, gone):
    lines = journal.path.read_text().splitlines()
    del lines[gone]
    assert f"line {gone + 1} does not follow" in broken(journal, lines)


def test_a_moved_entry_is_named(journal):
    lines = journal.path.read_text().splitlines()
    lines[2], lines[4] = lines[4], lines[2]
    assert "line 3 does not follow" in broken(journal, lines)


def test_a_damaged_line_is_named(journal):
    lines = journal.path.read_text().splitlines()
    lines[5] = lines[5][:-10]
    assert "line 6 is damaged" in broken(journal, lines)


def test_a_plan_that_was_done_is_refused_and_one_that_was_undone_is_not(journal):
    with pytest.raises(AlreadyDone):
        journal.refuse_again("b")
    journal.append("intent", NOW, "d", {})
    assert [e.plan for e in journal.open_intents()] == ["d"]
    journal.append("undone", NOW, "d", {})
    assert journal.open_intents() == ()
    journal.refuse_again("d")


def test_two_processes_that_append_at_once_keep_the_chain(journal, tmp_path):
    import subprocess
    import sys
    from pathlib import Path

    script = (
        "import sys\nfrom pathlib import Path\nfrom scanner.journal import Journal\n"
        "for n in range(10):\n"
        "    Journal(Path(sys.argv[1])).append('intent', 'now', f'{sys.argv[2]}{n}', {})\n"
    )
    root = Path(__file__).parents[1]
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(journal.path), name], cwd=root)
        for name in ("x", "y")
    ]
    assert [p.wait(60) for p in running] == [0, 0]
    assert len(journal.read()) == 26


def test_an_append_waits_until_another_process_is_done(journal):
    late = threading.Thread(target=journal.append, args=("intent", NOW, "d", {}))
    with journal.path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        late.start()
        late.join(0.3)
        assert len(journal.read()) == 6
    late.join(10)
    assert [e.plan for e in journal.read()][6:] == ["d"]


def test_an_entry_with_another_number_is_named(journal):
    lines = journal.path.read_text().splitlines()
    raw = json.loads(lines[5])
    del raw["digest"]
    raw["number"] = 7
    body = json.dumps(raw, ensure_ascii=False, sort_keys=True)
    raw["digest"] = hashlib.sha256(body.encode()).hexdigest()
    lines[5] = json.dumps(raw, ensure_ascii=False, sort_keys=True)
    assert "line 6 does not follow" in broken(journal, lines)


def test_the_folder_is_for_its_owner_only(journal):
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700
