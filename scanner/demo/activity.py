"""Log the activities of a case: each is linked to what it is about."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scanner.demo.parties import CASE_TYPE
from scanner.demo.said import Said
from scanner.demo.times import stamp

if TYPE_CHECKING:
    from scanner.demo.cases import Case
    from scanner.demo.desk import Desk

ACT = (
    "objid act_code entry_time addnl_info proxy removed dev focus_type focus_lowid act_entry2case "
    "act_entry2user entry_name2gbst_elm"
)

INFO = 255
"""The length of act_entry.addnl_info."""


def act(desk: Desk, case: Case, code: int, info: Said | str, link: str = "", to: int = 0) -> int:
    """Log an activity of a case, linked to what it is about."""
    short = info.cut(INFO) if isinstance(info, Said) else info
    whom = case.who.key
    cells = (to,) if link else ()
    return desk.put(
        "act_entry", _columns(link), code, stamp(case.at), short, "", 0, 1, CASE_TYPE, case.objid,
        case.objid, case.agent.user, desk.world.activities[code], *cells, owner=whom)  # fmt: skip


@cache
def _columns(link: str) -> str:
    return f"{ACT} {link}" if link else ACT
