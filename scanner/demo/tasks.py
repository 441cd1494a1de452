"""Make action items: their condition, their notes, their log; and the requests to be forgotten."""

from scanner.demo.desk import Desk
from scanner.demo.naming import slots
from scanner.demo.parties import ACT, TASK_TYPE
from scanner.demo.people import Contact
from scanner.demo.said import Said, joined
from scanner.demo.times import DAY, NEVER, TODAY, stamp
from scanner.demo.world import Agent


def add(desk: Desk, who: Contact, role: int) -> None:
    """Add an action item with its condition, note and log."""
    known, key, agent = slots(who), who.key, desk.agent()
    scene, at = desk.scene(who, agent), desk.moment(800)
    banner = joined(("********** New Action Item ********** : ActionTitle: ", known["full"],
                     f" Originator: {agent.login} Create Time: {stamp(at)[:19]}\n",
                     desk.note(who, scene)), "")  # fmt: skip
    task = put(desk, who, agent, at, title=desk.say("tasks", scene, cut=80), notes=banner,
                    condition=(8192, "Closed Action Item"), status="Completed", kind="Call",
                    description=desk.say("needs", scene))  # fmt: skip
    text = desk.note(who, scene)
    note = desk.put("notes_log", "objid creation_time description internal action_type dev "
                    "task_notes2task notes_owner2user", stamp(at), text, "", "Information", 1, task,
                    agent.user, owner=key)  # fmt: skip
    for code, info, logged in ((332871993, "", None), (1700, text.cut(255), note),
                               (332871994, f"Closed at {stamp(at)[:10]}", None)):  # fmt: skip
        log(desk, key, agent, task, at, code, info, logged)


def put(
    desk: Desk, who: Contact, agent: Agent, at: int, *, title: Said | str, notes: Said | str,
    condition: tuple[int, str], status: str, kind: str, description: Said | str | None = None,
    queue: int | None = None, linked: bool = True,
) -> int:  # fmt: skip
    """Add an action item and the condition that belongs to it; it may have lost its contact."""
    lists, key = desk.world.lists, who.key if linked else 0
    state = desk.put("condition", "objid condition wipbin_time queue_time title sequence_num dev",
                     condition[0], stamp(at), stamp(at) if queue else NEVER, condition[1], 0, 1,
                     owner=key)  # fmt: skip
    more = (
        desk.put(
            "task_desc", "objid description update_stamp dev", description, stamp(at), 1, owner=key
        )
        if description
        else None
    )
    number = str(desk.store.last_id("task") - (1 << 28) + 1)
    return desk.put(
        "task", "objid title notes start_date due_date comp_date active task_id arch_ind dev "
        "update_stamp task_sts2gbst_elm task_priority2gbst_elm type_task2gbst_elm "
        "task_originator2user task_owner2user task2contact task_state2condition task_wip2wipbin "
        "task_currq2queue task2task_desc", title, notes, stamp(at), stamp(at + 7 * DAY),
        stamp(at + DAY) if "Closed" in condition[1] else NEVER, 1, number, 0, 1, stamp(at),
        lists[condition[1]][status], lists["Task Priority"]["Medium"], lists["Task Type"][kind],
        agent.user, agent.user, key or None, state, None if queue else agent.wipbin, queue, more,
        owner=key)  # fmt: skip


def log(
    desk: Desk, owner: int, agent: Agent, task: int, at: int, code: int, info: Said | str,
    note: int | None = None,
) -> int:  # fmt: skip
    """Log an activity of an action item."""
    columns = ACT.replace("act_entry2contact", "act_entry2task") + " act_entry2notes_log"
    return desk.put("act_entry", columns, code, stamp(at), info, 0, 1, TASK_TYPE, task, task,
                    agent.user, desk.world.activities[code], note, owner=owner)  # fmt: skip


def requests(desk: Desk) -> None:
    """Add the requests to be forgotten: approved long ago, approved lately, and still in review.

    One was approved by the agent who opened it, the others by a second person.
    """
    wanted = ((desk.headline, 45, "Approved"), *zip(_others(desk)[:3], (60, 10, 40), ("Approved", "Approved", "In Review"),
                                                    strict=False))  # fmt: skip
    agents = desk.world.agents
    for number, (who, days, status) in enumerate(wanted):
        agent = desk.agent()
        second = agents[(agents.index(agent) + number + 1) % len(agents)] if number != 1 else agent
        _ask(desk, who, agent, second, received=days + 5, decided=days, status=status)


def late_requests(desk: Desk) -> None:
    """Add one that is due on the last days of its term, and one that names nobody."""
    agent, second = desk.world.agents[:2]
    for who in _others(desk)[3:4]:
        _ask(desk, who, agent, second, received=30, decided=30, status="Approved")
        _ask(desk, who, agent, second, received=50, decided=45, status="Approved", linked=False)


def _others(desk: Desk) -> list[Contact]:
    return [p for p in desk.people if p.key != desk.headline.key and not p.partner][2:]


def _ask(
    desk: Desk, who: Contact, agent: Agent, second: Agent, *, received: int, decided: int, status: str,
    linked: bool = True,
) -> None:  # fmt: skip
    """Add a request that came in, and was decided on by ``second``, so many days ago."""
    lists, start = desk.world.lists["Open Action Item"], (TODAY - received) * DAY + 36_000
    step = (received - decided) * DAY // 5
    task = put(desk, who, agent, start, title="Request for erasure", notes="",
                    condition=(536870912, "Open Action Item"), status=status,
                    kind="GDPR", linked=linked)  # fmt: skip
    owner = who.key if linked else 0
    log(desk, owner, agent, task, start, 332871993, "")
    log(desk, owner, agent, task, start + step, 900, "Dispatched to Queue GDPR Request.")
    log(desk, owner, agent, task, start + 2 * step, 100,
             "from Queue GDPR Request to WIP default.")  # fmt: skip
    at = (TODAY - decided) * DAY + 36_000
    entry = log(desk, owner, second, task, at, 300, f"from status Started to status {status}")
    desk.put("status_chg", "objid creation_time notes dev status_chg2task status_chg2act_entry "
             "status_chger2user c_status_chg2gbst_elm p_status_chg2gbst_elm", stamp(at), "", 1,
             task, entry, second.user, lists[status], lists["Started"], owner=owner)  # fmt: skip
