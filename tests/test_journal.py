"""The journal remembers, and notices every way of tampering with it."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from filelock import FileLock

from scanner.errors import AlreadyDone, Misconfigured, Negative
from scanner.journal import Journal
from scanner.sealing import anchors, chain, keyring

NOW = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "deep" / "journal.jsonl")
    for plan in ("a", "b", "c"):
        made.append("intent", NOW, plan, {"subject": {"table": "t", "key": 1}})
        made.append("done", NOW, plan, {"rows": {"t": 1}})
    return made


KEY = keyring.default_path
ROOT = Path(__file__).parents[1]


def unkeyed(line: str, **changes: object) -> str:
    """Change a line and give it a plain digest, which takes no key."""
    raw = {k: v for k, v in {**json.loads(line), **changes}.items() if v or k not in ("key",)}
    raw.pop("digest")
    body = json.dumps(raw, ensure_ascii=False, sort_keys=True)
    raw["digest"] = hashlib.sha256(body.encode()).hexdigest()
    return json.dumps(raw, ensure_ascii=False, sort_keys=True)


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


def test_a_line_without_the_key_is_no_line(journal):
    """Who does not have the key can compute a plain digest, and that does not count."""
    lines = journal.path.read_text().splitlines()
    assert "line 2 was changed" in broken(
        journal, [lines[0], unkeyed(lines[1], when="2027"), *lines[2:]]
    )


def test_a_line_that_drops_the_key_is_named(journal):
    lines = journal.path.read_text().splitlines()
    last = unkeyed(lines[5], key="")
    assert "line 6 was written without the key" in broken(journal, [*lines[:5], last])


def test_an_edited_entry_with_a_new_seal_is_named_by_the_next(journal):
    """Even who has the key cannot change one line alone."""
    entries = journal.read()
    forged = chain.seal(entries[:1], "done", "2027", "a", {}, keyring.load(KEY()))
    lines = journal.path.read_text().splitlines()
    lines[1] = forged.line()
    assert "line 3 does not follow" in broken(journal, lines)


def test_a_chain_that_was_written_anew_is_not_the_one_that_was_anchored(journal):
    made = ()
    for entry in journal.read():
        made += (chain.seal(made, entry.event, "2027", entry.plan, {}, keyring.load(KEY())),)
    assert "was replaced" in broken(journal, [e.line() for e in made])


def test_a_last_line_that_was_written_anew_is_not_the_one_that_was_anchored(journal):
    entries = journal.read()
    forged = chain.seal(entries[:5], "undone", NOW, "c", {}, keyring.load(KEY()))
    lines = journal.path.read_text().splitlines()
    assert "line 6 is not the one" in broken(journal, [*lines[:5], forged.line()])


@pytest.mark.parametrize(
    ("kept", "said"), [(5, "line 6 is missing"), (2, "lines 3 to 6 are missing")]
)
def test_lines_cut_off_at_the_end_are_counted(journal, kept, said):
    lines = journal.path.read_text().splitlines()
    assert said in broken(journal, lines[:kept])


def test_an_emptied_journal_is_noticed(journal):
    assert "was replaced" in broken(journal, [])


def test_a_journal_whose_file_is_gone_is_missed(journal):
    journal.path.unlink()
    with pytest.raises(Negative, match="is gone: 6 lines stood there"):
        journal.read()
    with pytest.raises(Negative, match="is gone"):
        journal.append("intent", NOW, "d", {})
    assert not journal.path.exists()


def test_another_journal_in_its_place_is_noticed(journal, tmp_path):
    other = Journal(tmp_path / "other.jsonl")
    other.append("intent", NOW, "x", {})
    other.path.replace(journal.path)
    with pytest.raises(Negative, match="was replaced"):
        journal.read()


def test_a_journal_that_was_moved_is_known_again_and_leaves_its_place_free(journal, tmp_path):
    moved = Journal(tmp_path / "moved.jsonl")
    journal.path.replace(moved.path)
    assert len(moved.read()) == 6
    assert moved.mend() == ()
    assert journal.read() == ()
    journal.append("intent", NOW, "d", {})
    assert (len(journal.read()), len(moved.read())) == (1, 6)


def test_another_key_is_named(journal, tmp_path):
    other = tmp_path / "other" / "journal.key"
    keyring.obtain(other)
    ours, theirs = keyring.load(KEY()).name, keyring.load(other).name
    with pytest.raises(Negative, match=f"another key, {ours}, than .* which is {theirs}"):
        Journal(journal.path, other).read()
    with pytest.raises(Negative, match="another key"):
        Journal(journal.path, other).append("intent", NOW, "d", {})


def test_a_key_that_is_gone_is_not_made_anew(journal):
    KEY().unlink()
    for work in (journal.read, lambda: journal.append("intent", NOW, "d", {})):
        with pytest.raises(Misconfigured, match="is not there: restore it"):
            work()
    assert not KEY().exists()


@pytest.mark.skipif(os.name != "posix", reason="no modes")
def test_a_key_that_others_can_read_is_refused(journal):
    assert KEY().stat().st_mode & 0o777 == 0o600
    KEY().chmod(0o640)
    with pytest.raises(Misconfigured, match="others can read the key"):
        journal.read()


@pytest.mark.parametrize("text", ["", "hunter2", "efface-journal-key-1:12", "\x00\xff"])
def test_what_is_no_key_is_refused(journal, text):
    KEY().write_text(text)
    with pytest.raises(Misconfigured, match="is no key"):
        journal.read()


def test_two_processes_that_need_a_key_make_one(tmp_path):
    path = tmp_path / "key" / "journal.key"
    found = []
    some = [threading.Thread(target=lambda: found.append(keyring.obtain(path))) for _ in range(8)]
    for one in some:
        one.start()
    for one in some:
        one.join()
    assert len({k.secret for k in found}) == 1
    assert [p.name for p in path.parent.iterdir()] == ["journal.key"]


def test_a_key_does_not_show(journal):
    key = keyring.load(KEY())
    everything = repr(key) + str(journal) + journal.path.read_text() + repr(journal.read())
    everything += "".join(p.read_text() for p in anchors.folder(key).iterdir())
    assert key.secret.hex() not in everything
    assert key.marking().hex() not in everything


def anchor(journal: Journal) -> Path:
    (found,) = anchors.folder(keyring.load(KEY())).iterdir()
    return found


def test_an_anchor_that_was_changed_is_noticed(journal):
    raw = json.loads(anchor(journal).read_text())
    anchor(journal).write_text(json.dumps({**raw, "count": 4}))
    with pytest.raises(Negative, match="was changed after it was written"):
        journal.read()
    anchor(journal).write_text("{}")
    with pytest.raises(Negative, match="is damaged"):
        journal.read()


def test_an_anchor_that_is_gone_is_missed_until_people_vouch_for_the_lines(journal):
    anchor(journal).unlink()
    with pytest.raises(Negative, match=r"no anchor .* --accept 6"):
        journal.read()
    with pytest.raises(Misconfigured, match="has 6 lines, not 7"):
        journal.mend(accept=7)
    assert journal.mend(accept=6) == ()
    assert len(journal.read()) == 6


def test_nobody_can_vouch_for_lines_that_the_anchor_misses(journal):
    lines = journal.path.read_text().splitlines(keepends=True)
    journal.path.write_text("".join(lines[:4]))
    with pytest.raises(Negative, match="lines 5 to 6 are missing"):
        journal.mend(accept=4)


def test_a_crash_between_a_line_and_its_anchor_is_mended(journal):
    """Nobody without the key can write such a line, so it is no attack."""
    before = anchor(journal).read_bytes()
    journal.append("intent", NOW, "d", {})
    anchor(journal).write_bytes(before)
    assert len(journal.read()) == 7
    assert journal.mend() == ("a crash came before the anchor of 1 line: it is written now",)
    assert journal.mend() == ()
    lines = journal.path.read_text().splitlines()
    assert "line 7 is missing" in broken(journal, lines[:6])


def test_a_process_killed_between_a_line_and_its_anchor_loses_nothing(journal):
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom scanner.sealing import anchors\n"
        "from scanner.journal import Journal\n"
        "anchors.write = lambda *_: os.kill(os.getpid(), 9)\n"
        "Journal(Path(sys.argv[1])).append('intent', 'now', 'd', {})\n"
    )
    words = [sys.executable, "-c", script, str(journal.path)]
    assert subprocess.run(words, cwd=ROOT, check=False, timeout=60).returncode == -9
    assert [e.plan for e in journal.read()][6:] == ["d"]
    assert "came before the anchor" in journal.mend()[0]
    journal.append("undone", NOW, "d", {})
    assert journal.mend() == ()


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_line_that_a_crash_cut_short_is_taken_off(journal, cut):
    whole, anchored = journal.path.read_bytes(), anchor(journal).read_bytes()
    journal.append("intent", NOW, "d", {})
    longer = journal.path.read_bytes()
    assert len(longer) - len(whole) > cut
    anchor(journal).write_bytes(anchored)
    journal.path.write_bytes(longer[: len(whole) + cut])
    assert len(journal.read()) == 6
    assert "taken off" in journal.mend()[0]
    assert journal.path.read_bytes() == whole
    journal.path.write_bytes(longer[: len(whole) + cut])
    journal.append("intent", NOW, "e", {})
    assert [e.plan for e in journal.read()][6:] == ["e"]


def test_a_line_that_was_cut_short_after_it_was_anchored_is_an_attack(journal):
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:-20])
    with pytest.raises(Negative, match="cut off in line 6"):
        journal.read()
    with pytest.raises(Negative, match="cut off in line 6"):
        journal.mend()


def test_a_journal_cut_at_any_byte_of_its_last_lines_is_broken_and_says_so(journal):
    raw = journal.path.read_bytes()
    ends = [n + 1 for n, byte in enumerate(raw) if byte == ord("\n")]
    for cut in range(ends[-3], len(raw)):
        journal.path.write_bytes(raw[:cut])
        line = 1 + sum(end <= cut for end in ends)
        if cut == ends[-1] - 1:
            assert len(journal.read()) == 6  # all but the end of the last line
            continue
        said = "missing at its end" if cut in ends else f"cut off in line {line}$"
        for work in (journal.read, journal.mend, lambda: journal.append("undone", NOW, "d", {})):
            with pytest.raises(Negative, match=said if cut + 1 not in ends else "missing"):
                work()
        assert journal.path.read_bytes() == raw[:cut]


def test_a_lost_end_of_line_is_no_loss(journal):
    journal.path.write_bytes(journal.path.read_bytes()[:-1])
    assert len(journal.read()) == 6
    journal.append("intent", NOW, "d", {})
    assert len(journal.read()) == 7


def early(path: Path) -> Journal:
    """Write a journal as it was before there were keys."""
    previous, lines = chain.START, []
    for number, event in enumerate(("intent", "done"), start=1):
        raw = {"number": number, "event": event, "when": NOW, "plan": "p", "content": {}}
        made = json.loads(unkeyed(json.dumps({**raw, "previous": previous, "digest": ""})))
        lines.append(json.dumps(made, ensure_ascii=False, sort_keys=True))
        previous = made["digest"]
    path.write_text("".join(f"{line}\n" for line in lines))
    return Journal(path)


def test_a_journal_of_before_there_were_keys_is_read_and_gone_on_with(tmp_path):
    journal = early(tmp_path / "early.jsonl")
    assert [e.key for e in journal.read()] == ["", ""]
    journal.append("intent", NOW, "d", {})
    assert [bool(e.key) for e in journal.read()] == [False, False, True]
    lines = journal.path.read_text().splitlines()
    lines[0] = unkeyed(lines[0], when="2027")
    assert "line 2 does not follow" in broken(journal, lines)


def test_cutting_off_all_that_the_key_sealed_is_noticed(tmp_path):
    journal = early(tmp_path / "early.jsonl")
    journal.append("intent", NOW, "d", {})
    lines = journal.path.read_text().splitlines()
    assert "was replaced" in broken(journal, lines[:2])


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
    script = (
        "import sys\nfrom pathlib import Path\nfrom scanner.journal import Journal\n"
        "for n in range(10):\n"
        "    Journal(Path(sys.argv[1])).append('intent', 'now', f'{sys.argv[2]}{n}', {})\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(journal.path), name], cwd=ROOT)
        for name in ("x", "y")
    ]
    assert [p.wait(60) for p in running] == [0, 0]
    assert len(journal.read()) == 26


def test_an_append_waits_until_another_process_is_done(journal):
    late = threading.Thread(target=journal.append, args=("intent", NOW, "d", {}))
    with FileLock(f"{journal.path}.lock"):
        late.start()
        late.join(0.3)
        assert len(journal.read()) == 6
    late.join(10)
    assert [e.plan for e in journal.read()][6:] == ["d"]


def test_a_process_that_does_not_let_go_is_told_of(journal, monkeypatch):
    monkeypatch.setattr("scanner.journal.LOCK_SECONDS", 0.2)
    with (
        FileLock(f"{journal.path}.lock", thread_local=False),
        pytest.raises(Misconfigured, match="another program has been writing"),
    ):
        journal.append("intent", NOW, "d", {})


def test_an_entry_with_another_number_is_named(journal):
    entries = journal.read()
    forged = chain.seal(entries[:4], "done", NOW, "c", {}, keyring.load(KEY()))
    lines = journal.path.read_text().splitlines()
    assert "line 6 does not follow" in broken(journal, [*lines[:5], forged.line()])


def test_the_folder_is_for_its_owner_only(journal):
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700


def test_an_erasure_is_done_after_it_was_begun(embedded):
    ticks = count()
    start = datetime(2026, 3, 1, tzinfo=UTC)
    receipt = embedded.commit(embedded.plan(), clock=lambda: start + timedelta(seconds=next(ticks)))
    began, done = (e for e in embedded.journal.read() if e.event in ("intent", "done"))
    assert began.when < done.when == done.content["finished"] == receipt.finished
