"""Make cases: the case, its condition, what happens in it, and how it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.demo import customs, events, handovers
from scanner.demo.desk import Desk
from scanner.demo.naming import slots
from scanner.demo.parties import CASE_TYPE
from scanner.demo.people import HEADLINE, Contact
from scanner.demo.said import Kind, Said, TextBuilder, joined, marked
from scanner.demo.times import DAY, NEVER, TODAY, heading, stamp
from scanner.demo.world import Agent

HEADLINE_CASES = 353
"""As many as the contact of the vendor's measurement has."""

FULL_SHARE = 400
"""With fewer cases than this the headline has its share of them only."""

CASE = (
    "objid title id_number creation_time internal_case hangup_time alt_phone_num phone_num "
    "case_history server_status support_type warranty_flag alt_first_name alt_last_name "
    "alt_e_mail alt_phone site_time reply_state cclist1 cclist2 keywords ownership_stmp "
    "modify_stmp dist arch_ind is_supercase dev case_type_lvl1 case_type_lvl2 x_caller_name "
    "x_callback_no x_subject_line case_prevq2queue case_currq2queue case_wip2wipbin "
    "case_owner2user case_state2condition case_originator2user case_empl2employee "
    "calltype2gbst_elm respprty2gbst_elm respsvrty2gbst_elm casests2gbst_elm case_prod2site_part "
    "case_reporter2site case_reporter2contact case2address case_prt2part_info alt_contact2contact "
    "case_victim2case alt_address alt_city alt_zipcode"
)

ENDS = ("\n", "\n", "\r\n", "\n\r")
"""Line ends that case histories have."""


@dataclass(slots=True)
class Case:
    """A case while it is made."""

    objid: int
    number: str
    who: Contact
    agent: Agent
    scene: dict[str, Said | str]
    at: int
    opened: int
    end: str
    history: TextBuilder = field(default_factory=TextBuilder)
    closed: bool = False
    status: str = "Not Started"
    last_mail: Said | None = None

    def wait(self, desk: Desk) -> int:
        """Let time pass until the next event."""
        self.at = min(self.at + desk.chance.number(600, 200_000), TODAY * DAY + 60_000)
        return self.at

    def log(self, event: str, text: Said | str, more: Said | str = "") -> None:
        """Append to the history, as Clarify does with every log."""
        head = f"{self.end}*** {event} {heading(self.at)} {self.agent.login}"
        if isinstance(more, str):
            head = f"{head} {more}{self.end}" if more else head + self.end
            self.history.add(head, text, self.end)
        else:
            self.history.add(head + " ", more, self.end, text, self.end)


def reporters(desk: Desk, count: int) -> list[Contact]:
    """Choose who reports each case; the headline's are spread over all."""
    people = desk.people
    share = HEADLINE_CASES if count >= FULL_SHARE else count * HEADLINE_CASES // (2 * FULL_SHARE)
    share = min(share, count)
    made = []
    for n in range(count):
        if (n + 1) * share // count > n * share // count:
            made.append(desk.headline)
            continue
        other = people[int(len(people) * desk.chance.random() ** 2)]
        made.append(people[HEADLINE % len(people)] if other == desk.headline else other)
    return made


def add(desk: Desk, who: Contact) -> None:
    """Add one case with all that belongs to it."""
    chance, agent = desk.chance, desk.agent()
    opened = desk.moment(1400)
    objid = desk.store.new_id("case")
    number = str(objid - (1 << 28)) if objid % 7 else f"C{objid - (1 << 28)}"
    scene = desk.scene(who, agent, case=number)
    case = Case(objid, number, who, agent, scene, opened, opened, chance.pick(ENDS))
    case.history.add(f"*** CASE {number} {heading(opened)} {agent.login}")
    case.log("NOTES", desk.note(who, scene), f"Action Type: {chance.pick(events.ACTION_TYPES)}")
    events.created(desk, case)
    events.happen(desk, case)
    if chance.hit(0.85):
        handovers.closed(desk, case)
    _put(desk, case)
    customs.of_case(desk, case.objid, case.number, who, scene)


def _condition(desk: Desk, case: Case, queue: int | None) -> int:
    number, title = (
        (4, "Closed") if case.closed else (10, "Open-Dispatch") if queue else (2, "Open")
    )
    return desk.put(
        "condition", "objid condition wipbin_time queue_time title sequence_num dispatch_time "
        "first_resp_time dev", number, stamp(case.opened), stamp(case.at) if queue else NEVER,
        title, 0, NEVER, stamp(case.opened + 900), 1, owner=case.who.key)  # fmt: skip


def _alternate(desk: Desk, case: Case) -> tuple[list[object], tuple[int, ...]]:
    """Choose an alternate contact or caller: name, name, mail, phone, link; and who is linked."""
    chance = desk.chance
    if chance.hit(0.93) and case.objid % 61 != 0:
        return [None] * 5, ()
    if chance.hit(0.2):
        first = chance.pick(("Jamie", "Robin", "Kim"))
        return [first, "Doe", f"{first.lower()}@friend.example", "203-555-0177", None], ()
    other = desk.headline if case.objid % 61 == 0 else chance.pick(desk.people)
    if other.key in (case.who.key, case.who.partner):
        return [None] * 5, ()
    known = slots(other)
    link = marked(other.key, other.key, Kind.LINK)
    return [known["given"], known["family"], known["email"], known["phone"], link], (other.key,)


def _put(desk: Desk, case: Case) -> None:
    chance, world, who = desk.chance, desk.world, case.who
    known, scene = slots(who), case.scene
    site, address = desk.sites[who.key]
    queue = None if case.closed or chance.hit(0.6) else chance.pick(world.queues[:6])[0]
    condition = _condition(desk, case, queue)
    first, last, mail, phone, link = (alternate := _alternate(desk, case))[0]
    status = "Closed" if case.closed else case.status
    mine = who.key
    title = desk.say("titles_person" if chance.hit(0.25) else "titles", scene, cut=80)
    lists = world.lists
    called = chance.hit(0.2)
    # The address beside an alternate contact is that contact's, of whom the case says none.
    home = chance.hit(0.08) and not who.company and link is None
    desk.store.sheet("case", CASE).put(
        case.objid, title, case.number, stamp(case.opened), 0, stamp(case.opened + 600), phone,
        known["phone"], case.history.said(), "", "1", "W", first, last, mail, phone,
        stamp(case.opened), int(case.closed), known["email"] if called else "",
        joined((known["email"], "; ", case.agent.email), "") if chance.hit(0.05) else "",
        chance.pick(("", "", "update, firmware", "invoice")), stamp(case.at), stamp(case.at), 0,
        int(case.closed and case.opened < 12_000 * DAY and mine % 50 == 0), 0, 1,
        chance.pick(("Hardware", "Software", "Network")), chance.pick(("Defect", "Question")),
        known["full"] if called else None, known["mobile"] if called else None,
        desk.say("mail_subjects", scene, cut=120) if called else None,
        world.queues[0][0] if chance.hit(0.5) else None, queue,
        None if queue or case.closed else case.agent.wipbin, case.agent.user, condition,
        case.agent.user, case.agent.employee, _any(desk, lists["Case Type"]),
        _any(desk, lists["Response Priority Code"]), _any(desk, lists["Problem Severity Level"]),
        (lists["Closed"] if case.closed else lists["Open"])[status], None, site, mine, address,
        chance.pick(world.parts), link, case.objid - 1 if chance.hit(0.01) and case.objid % 100 else None,
        known["street"] if home else None, known["city"] if home else None,
        known["postcode"] if home else None, owner=mine, also=alternate[1])  # fmt: skip


def _any(desk: Desk, elements: Mapping[str, int]) -> int:
    return desk.chance.pick(list(elements.values()))


__all__ = ["CASE_TYPE", "Case", "add", "reporters"]
