"""Where an entry of the journal is about nobody, its line says so as lists do: with a dash."""

from tests.test_requests_file import lines

__all__ = ["lines"]


def test_a_request_without_a_subject_shows_a_dash(lines, efface):
    lines.write([lines.asked(Subject="", Number="71")])
    lines.run("run", lines.audit, "--commit", status=3)
    shown = efface("log", "--journal", lines.journal.path).stdout.splitlines()
    assert all("  request  -  request 71:" in line for line in shown)
    late = efface("log", "--journal", lines.journal.path, "--overdue").stdout
    assert "  subject -  refused at " in late
