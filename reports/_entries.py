"""The cells that people write in: what they are called, hold and allow, on every sheet."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from reports._sheets import Cell
from scanner import strategies
from scanner.model import KEEP, Decision

DECISION, REVIEWER, DATE, NOTE = "Decision", "Reviewer", "Date", "Note"

LONGEST_LIST = 255
"""How long Excel lets the choices of a drop-down be."""

LONGEST_NAME = 80
"""Characters of a reviewer's name."""

EARLIEST = date(2000, 1, 1)
"""Before that no day of a decision can be meant."""


def offered() -> tuple[str, ...]:
    """List what can be decided for a column."""
    return (KEEP, *strategies.names())


def made(decision: Decision | None) -> list[Cell]:
    """Write choice, reviewer, day and note of a decision into cells."""
    if decision is None:
        return [None] * 4
    return [decision.choice, decision.by, day(decision.when), decision.note]


def day(text: str) -> Cell:
    """Give a day as a date, so that spreadsheets sort and filter it; else the text itself."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return text
    return found if found.isoformat() == text and found >= EARLIEST else text


def validate(
    sheet: Any, letters: Mapping[str, str], last: int, *, also: Sequence[str] = ()
) -> None:
    """Let the entry cells of rows 2 to ``last`` take only what can be read back.

    ``letters`` says in which column each header stands; ``also`` may be decided besides.
    """
    prompt = (
        "What is done with the values of the person who is erased: the sheet Policies explains "
        "each choice."
    )
    allow(sheet, letters, last, DECISION, (*also, *offered()), prompt)


def allow(
    sheet: Any,
    letters: Mapping[str, str],
    last: int,
    choice: str,
    choices: Sequence[str],
    prompt: str,
) -> None:
    """Let the column ``choice`` take one of ``choices``, and the others what they are for."""
    from openpyxl.worksheet.datavalidation import DataValidation

    listed = ",".join(choices)
    for head, check in {
        choice: DataValidation(
            type="list",
            formula1=f'"{listed}"'
            if len(listed) <= LONGEST_LIST
            else f"Policies!$A$2:$A${len(choices) + 1}",
            error=f"Choose one of: {', '.join(choices)}"[:225],
            prompt=prompt,
        ),
        REVIEWER: DataValidation(
            type="textLength",
            operator="between",
            formula1="2",
            formula2=str(LONGEST_NAME),
            error=f"Write the name of who decided: 2 to {LONGEST_NAME} characters.",
            prompt="Who decided.",
        ),
        DATE: DataValidation(
            type="date",
            operator="greaterThanOrEqual",
            formula1=f"DATE({EARLIEST.year},{EARLIEST.month},{EARLIEST.day})",
            error="Write a date, for example 2026-01-31.",
            prompt="The day of the decision. Ctrl+; writes today.",
        ),
    }.items():
        check.allowBlank = check.showErrorMessage = check.showInputMessage = True
        check.promptTitle, check.errorTitle = head, f"{head}: not possible"
        check.add(f"{letters[head]}2:{letters[head]}{last}")
        sheet.data_validations.append(check)
