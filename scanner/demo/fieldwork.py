"""What only some cases have: visits, subcases, part requests, interactions, surveys, alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.demo.activity import ACT, act
from scanner.demo.naming import slots
from scanner.demo.parties import CASE_TYPE
from scanner.demo.said import joined
from scanner.demo.times import NEVER, stamp

if TYPE_CHECKING:
    from scanner.demo.cases import Case
    from scanner.demo.desk import Desk


def onsite(desk: Desk, case: Case) -> None:
    """Log time and expenses, sometimes of a visit that a dispatch sheet describes."""
    chance, key = desk.chance, case.who.key
    visit = _visit(desk, case) if chance.hit(0.35) else None
    text = desk.note(case.who, case.scene)
    made = desk.put(
        "onsite_log", "objid creation_time last_modified notes resolution internal_note perf_by "
        "billable_time total_time removed total_exp dev case_onsite2case disfe_onsit2disptchfe "
        "onsite_owner2user onsite_doer2employee", stamp(case.at), stamp(case.at), text, "Solved",
        "", case.agent.login, 3600, 5400, 0, 12.5, 1, case.objid, visit, case.agent.user,
        case.agent.employee, owner=key)  # fmt: skip
    for _ in range(chance.number(1, 2)):
        desk.put("time_log", "objid time_type start_time duration billable bill_to removed "
                 "wrk_center rate dev time2onsite_log", "Labor", stamp(case.at), 3600, 1, "Customer",
                 0, "Field", 50, 1, made, owner=key)  # fmt: skip
    if chance.hit(0.4):
        desk.put("expense_log", "objid expense_type quantity rate total billable bill_to removed dev "
                 "expense2onsite_log", "Mileage", 25, 1, 25, 1, "Customer", 0, 1, made,
                 owner=key)  # fmt: skip
    if chance.hit(0.2):
        desk.put("mtl_log", "objid failure_code repair_code billable bill_to removed wrk_center "
                 "notes dev mtl_log2onsite_log mtl_log2mod_level", "F1", "R2", 1, "Warranty", 0,
                 "Field", desk.say("notes_plain", case.scene, cut=255), 1, made,
                 chance.pick(desk.world.parts), owner=key)  # fmt: skip
    case.log("TIME & EXPENSES", text)
    act(desk, case, 1800, text, "act_entry2onsite_log", made)


def _visit(desk: Desk, case: Case) -> int:
    known, chance = slots(case.who), desk.chance
    made = desk.put(
        "disptchfe", "objid disptime work_order appointment duration description cont_fname "
        "cont_lname address1 address2 city state zip main_phone alt_phone notes requested_eta "
        "cell_text dev disptchfe2case disptchfe_orig2user", stamp(case.at), f"WO-{case.number}",
        stamp(case.at + 172_800), 7200, desk.say("visits", case.scene, cut=255), known["given"],
        known["family"], known["street"], "", known["city"], case.who.region[:30],
        known["postcode"], known["phone"], known["mobile"], desk.say("visits", case.scene),
        stamp(case.at + 172_800), joined((f"{case.number} ", known["full"], ", ", known["city"]), ""),
        1, case.objid, case.agent.user, owner=case.who.key)  # fmt: skip
    act(desk, case, 700, joined(("Dispatched field engineer to ", known["street"]), ""),
               "act_entry2disptchfe", made)  # fmt: skip
    if chance.hit(0.5):
        desk.put("appointment", "objid description start_time end_time duration condition cell_text "
                 "dev appt2case", desk.say("visits", case.scene, cut=255), stamp(case.at),
                 stamp(case.at + 7200), 7200, 0, known["full"], 1, case.objid,
                 owner=case.who.key)  # fmt: skip
    return made


def rare(desk: Desk, case: Case) -> None:
    """Do one or two of the rarer things."""
    draw = desk.chance.random()
    kinds = ((0.28, _subcase), (0.45, _interaction), (0.6, _acd), (0.72, _parts),
             (0.8, _survey), (0.86, _escalation), (0.92, _bomb), (0.96, _exchange),
             (1.0, _parent))  # fmt: skip
    next(kind for limit, kind in kinds if draw < limit)(desk, case)


def _subcase(desk: Desk, case: Case) -> None:
    key, agent, scene = case.who.key, case.agent, case.scene
    condition = desk.put("condition", "objid condition wipbin_time queue_time title sequence_num dev",
                         4, stamp(case.at), NEVER, "Closed", 0, 1, owner=key)  # fmt: skip
    text = desk.note(case.who, scene)
    made = desk.put(
        "subcase", "objid title description id_number creation_time sub_type ownership_stmp "
        "modify_stmp dev subc_wip2wipbin subcase2case subc_owner2user subc_state2condition "
        "subc_orig2user subc_casests2gbst_elm",
        desk.say("titles_person" if desk.chance.hit(0.3) else "titles", scene, cut=80),
        joined(("*** SUBCASE\n", text), ""), f"{case.number}-{case.at % 1_000_000}", stamp(case.at),
        "General", stamp(case.at), stamp(case.at), 1, agent.wipbin, case.objid, agent.user, condition,
        agent.user, desk.world.lists["Closed"]["Closed"], owner=key)  # fmt: skip
    note = desk.put("notes_log", "objid creation_time description internal action_type dev "
                    "subc_notes2subcase notes_owner2user", stamp(case.at), text, "", "Analysis", 1,
                    made, agent.user, owner=key)  # fmt: skip
    columns = (ACT.replace("act_entry2case", "act_entry2subcase")
               + " act_entry2notes_log")  # fmt: skip
    for code, info, link in ((3000, "Status = Created.", None), (1700, text.cut(255), note)):
        desk.put("act_entry", columns, code, stamp(case.at), info, "", 0, 1, 24, made, made,
                 agent.user, desk.world.activities[code], link, owner=key)  # fmt: skip


def _interaction(desk: Desk, case: Case) -> None:
    put_interaction(desk, case.who, case.scene, case.agent.login, case.at, case.objid)


def put_interaction(desk: Desk, who: object, scene: object, login: str, at: int, case: int) -> None:
    """Log a contact's call or mail as an interaction."""
    from scanner.demo.people import Contact

    assert isinstance(who, Contact) and isinstance(scene, dict)  # noqa: S101, PT018
    known, number = slots(who), desk.store.last_id("interact") + 1
    made = desk.put(
        "interact", "objid interact_id create_date inserted_by direction type origin product "
        "reason_1 reason_2 reason_3 result title start_date end_date last_name first_name phone "
        "fax_number email zipcode arch_ind agent dev mobile_phone interact2contact interact2case",
        f"I{number}", stamp(at), login, "inbound", "Call", "Phone", scene["product"], "Question",
        "", "", "Answered", desk.say("interactions", scene, cut=255), stamp(at), stamp(at + 300),
        known["family"], known["given"], known["phone"], "", known["email"], known["postcode"], 0,
        login, 1, known["mobile"], who.key, case or None, owner=who.key)  # fmt: skip
    if desk.chance.hit(0.6):
        text = desk.say("interaction_notes", scene)
        desk.put("interact_txt", "objid notes dev interact_txt2interact", text, 1, made,
                 owner=who.key)  # fmt: skip


def _acd(desk: Desk, case: Case) -> None:
    site = desk.sites[case.who.key][0]
    desk.put("acd_call", "objid creation_time call_id dev acd_call_case2case acd_call_site2site "
             "acd_call_empl2user", stamp(case.at), case.at % 100_000, 1, case.objid, site,
             case.agent.user, owner=case.who.key)  # fmt: skip


def _parts(desk: Desk, case: Case) -> None:
    known, key, who = slots(case.who), case.who.key, case.who
    site = desk.sites[key][0]
    number = f"PR{desk.store.last_id('demand_hdr') - (1 << 28) + 1}"
    head = desk.put(
        "demand_hdr", "objid header_number header_case_no header_date originator site_name "
        "ship_address ship_address2 ship_city ship_zip ship_attn ship_state ship_country "
        "request_notes request_status ship_attn2 attn_phone arch_ind dev notes caseinfo2case "
        "current_owner2owner attention2contact open_reqst2site", number, case.number,
        stamp(case.at), case.agent.login, "", known["street"], "", known["city"],
        known["postcode"], known["given"], who.region, who.country,
        desk.say("visits", case.scene, cut=255), "Open", known["family"], known["phone"], 0, 1, "",
        case.objid, case.agent.user, key, site, owner=key)  # fmt: skip
    desk.put("demand_dtl", "objid detail_number details_date demand_qty detail_notes serial_no "
             "reported_prob originator title dev demand_dtl2demand_hdr demand_dtl2part_info",
             f"{number}-1", stamp(case.at), 1, desk.say("notes_person", case.scene, cut=255),
             case.scene["serial"], desk.say("notes_plain", case.scene, cut=255), case.agent.login,
             "Part request", 1, head, desk.chance.pick(desk.world.parts), owner=key)  # fmt: skip
    act(desk, case, 9900, f"Part request {number} created.")


def _survey(desk: Desk, case: Case) -> None:
    key, chance = case.who.key, desk.chance
    run = desk.put(
        "scr_run", "objid score start_time end_time result title create_date arch_ind dev "
        "scr_run2call_script scr_run2contact administered2user scr_run2case", 7, stamp(case.at),
        stamp(case.at + 300), "Complete", "Satisfaction survey", stamp(case.at), 0, 1,
        desk.world.lookups["call_script"], key, case.agent.user, case.objid, owner=key)  # fmt: skip
    for n in range(chance.number(1, 4)):
        kind = "answers" if chance.hit(0.4) else "answers_plain"
        desk.put("scr_response", "objid response question score seq_num create_date dev "
                 "response2scr_run", desk.say(kind, case.scene, cut=255),
                 desk.say("questions", case.scene).text, 0, n, stamp(case.at), 1, run,
                 owner=key)  # fmt: skip


def _escalation(desk: Desk, case: Case) -> None:
    made = desk.put("escalation", "objid creation_time notes dev case_escalate2case escalate2user",
                    stamp(case.at), desk.say("reasons", case.scene), 1, case.objid, case.agent.user,
                    owner=case.who.key)  # fmt: skip
    case.log("ESCALATED", "", "New Priority: High")
    act(desk, case, 1500, "Priority = High.", "act_entry2escalation", made)


def _bomb(desk: Desk, case: Case) -> None:
    known = slots(case.who)
    entry = act(desk, case, 8500, "Rule 'No response in 24h' fired.")
    text = joined((f"Case {case.number} of ", known["full"], " waits. Mail: ", known["email"]), "")
    desk.put("time_bomb", "objid title escalate_time end_time focus_lowid focus_type suppl_info "
             "time_period flags left_repeat users dev creation_time", "No response",
             stamp(case.at + 86_400), NEVER, case.objid, CASE_TYPE, text, entry, 0, 0,
             case.agent.login, 1, stamp(case.at), owner=case.who.key)  # fmt: skip


def _exchange(desk: Desk, case: Case) -> None:
    known = slots(case.who)
    desk.put(
        "exchange", "objid ref_id current_state xref_last xref_first xref_phone xref_email rpt_last "
        "rpt_first rpt_phone rpt_fax rpt_email create_date modify_stmp product exchange_id dev "
        "exchange2case", f"P-{case.number}", 1, case.agent.last, case.agent.first, "203-555-0100",
        case.agent.email, known["family"], known["given"], known["phone"], "", known["email"],
        stamp(case.at), stamp(case.at), case.scene["product"], f"X{case.number}", 1, case.objid,
        owner=case.who.key)  # fmt: skip


def _parent(desk: Desk, case: Case) -> None:
    """Tie the case to the one before it."""
    if case.objid - 1 > 1 << 28:
        desk.put("cas_cas_role", "objid active role_name dev role_for2case player2case", 1,
                 "related", 1, case.objid, case.objid - 1, owner=case.who.key)  # fmt: skip
