"""What people write into the cells of a file of requests stays theirs."""

import pytest

from tests import mini
from tests.test_requests_file import BARE, lines, site

__all__ = ["lines", "site"]

THEIRS = "asked by phone, see letter 7"


def test_what_people_noted_stays_before_what_efface_notes(site):
    refused = site.asked(Number="2", Subject=str(mini.BOB), Approved_by="desk", Note=THEIRS)
    site.write([site.asked(Note=f"{THEIRS}\nsecond letter\n"), refused])
    site.run("run", site.audit, "--commit", status=5)
    done, left = (r["Note"] for r in site.rows())
    assert done.startswith(f"{THEIRS}\nsecond letter | Efface carried this out by redact: ")
    assert left.startswith(f"{THEIRS} | Efface did not carry this out: who approved it is who ")
    before = site.path.read_bytes()
    site.run("run", site.audit, "--commit", status=3)
    assert site.path.read_bytes() == before


@pytest.mark.parametrize("refused", ["Not done: ", ""])
def test_what_people_write_behind_a_note_of_efface_stays(lines, refused):
    said = f'refused = "{refused}"\n'
    text = lines.pack.read_text(encoding="utf-8")
    lines.pack.write_text(text.replace(BARE, BARE + said), encoding="utf-8")
    lines.write([lines.asked(Approved_by="desk", Note=THEIRS)])
    lines.run("run", lines.audit, "--commit", status=3)
    first = lines.rows()[0]["Note"]
    lines.run("run", lines.audit, "--commit", status=3)
    assert lines.rows()[0]["Note"] == first
    lines.edit(0, Note=f"{first} - called, will sign", Approved_by="officer")
    lines.run("run", lines.audit, "--commit")
    last = lines.rows()[0]["Note"].removeprefix(f"{first} - called, will sign | ")
    assert last.startswith("Efface carried this out by redact: ")
