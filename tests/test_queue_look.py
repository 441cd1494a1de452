"""A workbook of requests that Efface begins is one to work in."""

import openpyxl

from tests import mini
from tests.test_requests_file import HEADS, Site


def test_a_new_workbook_has_a_header_that_stays_and_offers_what_can_be_chosen(
    efface, embedded, tmp_path
):
    site = Site(efface, embedded, tmp_path, "xlsx")
    for who in (mini.ANN, mini.BOB):
        site.run("open", "--subject", who, "--as", "desk", "--commit")
    sheet = openpyxl.load_workbook(site.path).worksheets[0]
    assert tuple(c.value for c in sheet[1]) == HEADS
    assert all(c.font.bold for c in sheet[1])
    assert not any(c.font.bold for c in sheet[2])
    assert sheet.freeze_panes == "A2"
    widths = {c.value: sheet.column_dimensions[c.column_letter].width for c in sheet[1]}
    assert widths["Received"] > len("2026-03-31 02:00:00")
    assert widths["Note"] > widths["Received"] > widths["Number"] > len("Approved by")
    offered = {str(v.sqref)[:2]: v for v in sheet.data_validations.dataValidation}
    assert offered["C2"].formula1 == '"New,Approved,Closed"'
    assert not offered["C2"].showErrorMessage  # a site may have a status of its own
    assert offered["D2"].formula1 == '"redact,purge"'
    assert offered["D2"].showErrorMessage
