"""What people answered in a workbook of reviews, put into the plan that it was written with."""

from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import Misconfigured

if TYPE_CHECKING:
    from scanner.plans import Plan


def answered(todo: "Plan", answers: Path) -> "Plan":
    """Put the answers of a workbook into the plan that it was written with.

    Raises:
        Misconfigured: the workbook is another plan's, or says otherwise than the plan.
    """
    import reports

    said = reports.answers(answers)
    if said.seal != todo.seal:
        raise Misconfigured(
            f"{str(answers)!r} was written with another plan: answer in the workbook of this one, "
            "or plan again with --answers"
        )
    given = {r.id: r.answer for r in todo.reviews if r.answer}
    if wrong := [r.id for r in said.reviews if r.answer and given.get(r.id, r.answer) != r.answer]:
        raise Misconfigured(
            f"review {', '.join(wrong)}: the plan and {str(answers)!r} have different answers: "
            "make them agree"
        )
    return todo.answered(said.reviews)
