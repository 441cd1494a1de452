"""What moves a case on: a new status, another queue or agent, the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.demo.activity import INFO, act
from scanner.demo.reference import LISTS
from scanner.demo.said import Said, joined
from scanner.demo.times import NEVER, stamp

if TYPE_CHECKING:
    from scanner.demo.cases import Case
    from scanner.demo.desk import Desk


def status(desk: Desk, case: Case) -> None:
    """Change the status and say why."""
    old, new = case.status, desk.chance.pick(LISTS["Open"])
    lists = desk.world.lists["Open"]
    reason = desk.say("reasons", case.scene)
    entry = act(desk, case, 300, f"from status {old} to status {new}")
    changed(desk, case, entry, reason, lists[old], lists[new])
    case.status = new


def changed(desk: Desk, case: Case, entry: int, reason: Said, old: int, new: int) -> None:
    """Write the reason of a status change."""
    desk.put(
        "status_chg", "objid creation_time notes dev case_status_chg2case status_chg2act_entry "
        "status_chger2user c_status_chg2gbst_elm p_status_chg2gbst_elm", stamp(case.at), reason, 1,
        case.objid, entry, case.agent.user, new, old, owner=case.who.key)  # fmt: skip
    case.log("STATUS CHANGE", reason)


def dispatch(desk: Desk, case: Case) -> None:
    """Send the case to a queue; somebody accepts or rejects it."""
    queue = desk.chance.pick(desk.world.queues[:6])[1]
    act(desk, case, 900, f"Dispatched to Queue {queue}.")
    case.wait(desk)
    if desk.chance.hit(0.2):
        text = desk.say("rejects", case.scene)
        made = desk.put(
            "reject_msg", "objid creation_time description reject_from reject_to dev "
            "reject_reason2case reject_person2user", stamp(case.at), text, queue, case.agent.login,
            1, case.objid, case.agent.user, owner=case.who.key)  # fmt: skip
        act(desk, case, 2600, joined(("Rejected: ", text), ""), "act_entry2reject_msg", made)
        return
    case.agent = desk.agent()
    act(desk, case, 100, f"from Queue {queue} to WIP default.")


def closed(desk: Desk, case: Case) -> None:
    """Close the case; some were closed once before and opened again."""
    chance = desk.chance
    if chance.hit(0.06):
        case.wait(desk)
        _close(desk, case, last=False)
        case.wait(desk)
        act(desk, case, 2400, "Status = In Progress, Condition = Open.")
    case.wait(desk)
    _close(desk, case, last=True)
    case.closed = True


def _close(desk: Desk, case: Case, *, last: bool) -> None:
    chance, lists = desk.chance, desk.world.lists
    resolution = chance.pick(LISTS["Resolution Code"])
    entry = act(desk, case, 200,
                f"Status = Closed, Resolution Code = {resolution}, State = Open.")  # fmt: skip
    summary = desk.say("summaries", case.scene, cut=INFO)
    desk.put(
        "close_case", "objid close_date actl_phone_time calc_phone_time summary tot_actl_phone_time "
        "previous_closed dev last_close2case closer2employee close_case2act_entry "
        "close_rsolut2gbst_elm cls_old_stat2gbst_elm cls_new_stat2gbst_elm", stamp(case.at),
        chance.number(60, 4000), chance.number(60, 4000), summary, chance.number(60, 9000), NEVER, 1,
        case.objid if last else None, case.agent.employee, entry,
        lists["Resolution Code"][resolution], lists["Open"][case.status], lists["Closed"]["Closed"],
        owner=case.who.key)  # fmt: skip
    changed(desk, case, entry, summary, lists["Open"][case.status], lists["Closed"]["Closed"])
    case.log("CASE CLOSE", summary, 'FROM source "Clear Support"')
