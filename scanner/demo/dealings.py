"""Make what contacts do besides cases: contracts, orders, payments, action items, mail, leads."""

from collections.abc import Callable

from scanner.demo import tasks
from scanner.demo.desk import Desk
from scanner.demo.fieldwork import put_interaction
from scanner.demo.naming import slots
from scanner.demo.people import Contact
from scanner.demo.said import Kind, Marked, joined, marked, whole
from scanner.demo.times import DAY, NEVER, TODAY, stamp
from scanner.demo.truth import Flag

Maker = Callable[[Desk, Contact, int], None]
"""Adds rows of one kind: desk, contact, contact role."""


def add(desk: Desk, who: Contact, role: int, *, all_of_it: bool) -> None:
    """Add the rows of a contact's dealings, all kinds or a few."""
    makers: tuple[tuple[float, Maker], ...] = (
        (0.06, _contract), (0.04, _quote), (0.07, _payment), (0.25, _part), (0.03, _opportunity),
        (0.05, _lead), (0.03, _literature), (0.06, _dialogue), (0.1, tasks.add), (0.06, _alert),
        (0.2, _interaction), (0.08, _lists),
    )  # fmt: skip
    for share, make in makers:
        if all_of_it or desk.chance.hit(share):
            make(desk, who, role)


def link(who: Contact) -> Marked:
    """Point from a row that stays to the contact."""
    return marked(who.key, who.key, Kind.LINK)


def _linked(desk: Desk, who: Contact, name: str, key: int) -> int:
    truth = desk.store.truth
    truth.note_row(who.key, truth.table_index[f"table_{name}"], key, Flag.LINKED)
    return key


def _contract(desk: Desk, who: Contact, role: int) -> None:
    known, key, agent = slots(who), who.key, desk.agent()
    site, address = desk.sites[key]
    number = f"K{desk.store.last_id('contract') - (1 << 28) + 1}"
    org = desk.world.companies[who.company - 1].bus_org if who.company else None
    scene = desk.scene(who, agent)
    contract = desk.put(
        "contract", "objid id type start_date expire_date units_purch units_avail phone_resp status "
        "notes arch_ind title dev total_net owner2user contract2admin primary2contact sell_to2bus_org",
        number, "Maintenance", stamp(desk.moment()), stamp(TODAY * DAY + DAY * 400), 10, 4, 3600,
        "Active", desk.say("notes_plain", scene, cut=255), 0, f"Maintenance {number}", 1, 1200.5,
        agent.user, agent.user, link(who), org, owner=key, linked=True)  # fmt: skip
    schedule = desk.put(
        "contr_schedule", "objid schedule_id schedule_title start_dt ship_attn ship_attn2 bill_attn "
        "bill_attn2 dev schedule2contract bill_to2site ship_to2site bill_addr2address "
        "ship_addr2address default_prog2price_prog", f"{number}-1", "Yearly", stamp(desk.moment()),
        known["given"], known["family"], known["given"], known["family"], 1, contract, site, site,
        address, address, desk.world.lookups["price_prog"], owner=key, linked=True)  # fmt: skip
    desk.put("contr_itm", "objid create_date quantity quote_sn comments dev bill_attn bill_attn2 "
             "status contr_itm2contr_schedule covered_by2site contr_itm2mod_level",
             stamp(desk.moment()), 1, f"SN{who.number:05}{desk.chance.digits(4)}",
             desk.say("notes_person", scene, cut=255), 1, known["given"], known["family"], "Active",
             schedule, site, desk.chance.pick(desk.world.parts), owner=key, linked=True)  # fmt: skip
    desk.store.sheet("mtm_contact2_contract1", "caller2contract contract2contact").put(
        key, contract, owner=key)  # fmt: skip
    desk.store.sheet("mtm_site5_contract0", "cust_loc2contract contract2site").put(site, contract)
    desk.put("con_csc_role", "objid role_name focus_type active access_id dev csc_role2contact "
             "con_role2contr_schedule", "Administrator", 45, 1, "", 1, key, schedule,
             owner=key)  # fmt: skip


def _quote(desk: Desk, who: Contact, role: int) -> None:
    known, key, agent = slots(who), who.key, desk.agent()
    scene = desk.scene(who, agent)
    quote = desk.put(
        "quick_quote", "objid id description total_amt create_date po_number ship_to_attn "
        "bill_to_attn status bill_addr1 bill_city bill_state bill_zip ship_addr1 ship_city "
        "ship_state ship_zip comments ship_country bill_country dev q_quote2contact q_quote2site "
        "qq_editor2user", f"Q{who.number}", desk.say("opportunities", scene, cut=255), 499,
        stamp(desk.moment()), "", known["full"], known["full"], "Sent", known["street"],
        known["city"], who.region[:30], known["postcode"], known["street"], known["city"],
        who.region[:30], known["postcode"], desk.say("needs", scene), who.country, who.country, 1,
        key, desk.sites[key][0], agent.user, owner=key)  # fmt: skip
    desk.put("qq_comment", "objid sequence_num comments create_date active dev comment2quick_quote",
             1, desk.say("needs", scene, cut=255), stamp(desk.moment()), 1, 1, quote,
             owner=key)  # fmt: skip
    desk.put(
        "purchase_ord", "objid po_id po_date pay_option po_amt status first_name card_num address "
        "zipcode last_name dev cc_name cc_type cc_exp_mo cc_exp_yr city state_prov country "
        "payment2quick_quote", f"PO{who.number}", stamp(desk.moment()), "Card", 499, "Open",
        known["given"], whole(who.card, key, Kind.CARD), known["street"], known["postcode"],
        known["family"], 1, known["full"], "VISA", "07", "2027", known["city"], who.region,
        who.country, quote, owner=key)  # fmt: skip


def _payment(desk: Desk, who: Contact, role: int) -> None:
    known, key = slots(who), who.key
    means = desk.put(
        "pay_means", "objid dev id_number means_type expire_date bill_address bill_city "
        "bill_state_prov bill_zipcode cc_name cc_type cc_exp_mo cc_exp_yr last_four bill_country "
        "modify_stmp", 1, whole(who.card, key, Kind.CARD), 1, NEVER, known["street"], known["city"],
        who.region, known["postcode"], known["full"], "VISA", "07", "2027",
        whole(who.card[-4:], key, Kind.CARD_PART), who.country, stamp(desk.moment()),
        owner=key)  # fmt: skip
    desk.put("con_pym_role", "objid role_name focus_type active dev cn_pm_role2contact "
             "cn_pm_role2pay_means", "Payer", 45, 1, 1, key, means, owner=key)  # fmt: skip


def _part(desk: Desk, who: Contact, role: int) -> None:
    known, key, serial = slots(who), who.key, f"SN{who.number:05}{desk.chance.digits(4)}"
    site = desk.sites[key][0]
    part = desk.put(
        "site_part", "objid instance_name serial_no install_date quantity part_status comments "
        "machine_id dev instance_id site_part2site all_site_part2site site_part2part_info",
        desk.chance.pick(desk.world.products), serial, stamp(desk.moment()), 1, "Installed",
        joined(("used by ", known["full"]), "") if desk.chance.hit(0.3) or who == desk.headline else "",
        f"M{serial}", 1, serial[-6:], site, site, desk.chance.pick(desk.world.parts), owner=key,
        linked=True)  # fmt: skip
    desk.store.sheet("mtm_site_part22_contact6", "site_part2contact contact2site_part").put(
        part, key, owner=key)  # fmt: skip
    desk.put("con_sp_role", "objid role_name focus_type active dev last_update con_sp_role2contact "
             "con_sp_role2site_part", "User", 45, 1, 1, stamp(desk.moment()), key, part,
             owner=key)  # fmt: skip


def _opportunity(desk: Desk, who: Contact, role: int) -> None:
    key, agent = who.key, desk.agent()
    scene = desk.scene(who, agent)
    found = desk.put(
        "opportunity", "objid id objective name cust_need next_steps arch_ind dev "
        "opp_owner2user opp2currency opp2lead_source", f"O{who.number}",
        desk.say("needs", scene, cut=255), desk.say("opportunities", scene, cut=80),
        desk.say("needs", scene, cut=255), desk.say("tasks", scene, cut=255), 0, 1, agent.user,
        desk.world.lookups["currency"], desk.world.lookups["lead_source"], owner=key,
        linked=True)  # fmt: skip
    desk.put("con_opp_role", "objid active role_name comments focus_type orientation dev "
             "con_role2opportunity opp_role2contact", 1, "Decision maker",
             desk.say("person_notes", scene, cut=255), 45, "Positive", 1, found, key,
             owner=key)  # fmt: skip
    desk.put("con_lsc_role", "objid role_name focus_type active dev con_lsc2contact "
             "con_lsc2lead_source", "Visitor", 45, 1, 1, key, desk.world.lookups["lead_source"],
             owner=key)  # fmt: skip


def _lead(desk: Desk, who: Contact, role: int) -> None:
    known, key, agent = slots(who), who.key, desk.agent()
    scene = desk.scene(who, agent)
    lead = desk.put(
        "lead", "objid dev arch_ind first_name last_name phone fax address city state postal_code "
        "country e_mail title company_name type create_date status rating active followup_note "
        "owner_init role_name salutation lead2contact_role lead2lead_source lead_owner2user", 1, 0,
        known["given"], known["family"], known["phone"], "", known["street"], known["city"],
        who.region[:40], known["postcode"], who.country, known["email"], who.title,
        desk.world.companies[who.company - 1].name if who.company else "", "Web",
        stamp(desk.moment()), 1, "Warm", 1, desk.say("tasks", scene, cut=255), agent.full,
        "Default", "Ms." if who.woman else "Mr.", role, desk.world.lookups["lead_source"],
        agent.user, owner=key)  # fmt: skip
    desk.put("lead_extn", "objid dev field_name field_value lead_extn2lead", 1, "ALT_PHONE",
             known["mobile"], lead, owner=key)  # fmt: skip
    desk.put("lead_extn", "objid dev field_name field_value lead_extn2lead", 1, "BUDGET", "5000",
             lead, owner=key)  # fmt: skip


def _literature(desk: Desk, who: Contact, role: int) -> None:
    known, key, agent = slots(who), who.key, desk.agent()
    request = desk.put(
        "lit_req", "objid dev lit_req_id title comments create_date lit_owner2user lit_orig2user", 1,
        f"L{who.number}", "Brochures", desk.say("needs", desk.scene(who, agent), cut=255),
        stamp(desk.moment()), agent.user, agent.user, owner=key)  # fmt: skip
    desk.put(
        "lit_ship_req", "objid dev first_name last_name phone fax e_mail address city state "
        "postal_code country lit_ship_req2lit_req lit_ship2contact_role", 1, known["given"],
        known["family"], known["phone"], "", known["email"], known["street"], known["city"],
        who.region[:40], known["postcode"], who.country, request, role, owner=key)  # fmt: skip


def _dialogue(desk: Desk, who: Contact, role: int) -> None:
    """Add a conversation by mail that is reached through the address only."""
    known, key, agent = slots(who), who.key, desk.agent()
    scene = desk.scene(who, agent)
    at = desk.moment()
    condition = desk.put("condition", "objid condition wipbin_time queue_time title sequence_num dev",
                         4, stamp(at), NEVER, "Closed", 0, 1, owner=key)  # fmt: skip
    talk = desk.put(
        "dialogue", "objid dev title id_number creation_time last_update arch_ind dialogue2condition "
        "dialogue_owner2user", 1, desk.say("dialogues", scene, cut=255), f"D{who.number}", stamp(at),
        stamp(at), 0, condition, agent.user, owner=key)  # fmt: skip
    text = joined((desk.say("mail_in", scene), "\n", desk.say("closings_in", scene)), "")
    message = desk.put(
        "communication", "objid dev title text creation_time direction to_list from_address "
        "delivery_status communication2dialogue", 1, desk.say("dialogues", scene, cut=255), text,
        stamp(at), 1, "care@support.example", known["email"], 0, talk, owner=key)  # fmt: skip
    raw = joined(("From: ", known["full"], " <", known["email"], ">\nTo: care@support.example\n\n",
                  text), "")  # fmt: skip
    desk.put("cmcn_email", "objid dev message_id time_stamp text cmcn_email2communication", 1,
             f"<{desk.chance.digits(12)}@mail.example>", stamp(at)[:19], raw, message,
             owner=key)  # fmt: skip
    address = desk.put(
        "e_addr", "objid e_num type useage dev e_type eaddr2contact", known["email"], "Email",
        "Dialogue", 1, 1, key, owner=key)  # fmt: skip
    desk.put("edr_com_role", "objid dev role_type edr_role2communication edr_role2e_addr", 1, 1,
             message, address, owner=key)  # fmt: skip


def _alert(desk: Desk, who: Contact, role: int) -> None:
    scene = desk.scene(who, desk.agent())
    desk.put("alert", "objid type alert_text start_date end_date active title hot dev modify_stmp url "
             "alert2contact", "Info", desk.say("alerts", scene), stamp(desk.moment()), NEVER, 1,
             f"Alert {who.number}", 0, 1, stamp(desk.moment()), "https://intranet.example/alerts",
             who.key, owner=who.key)  # fmt: skip


def _interaction(desk: Desk, who: Contact, role: int) -> None:
    agent = desk.agent()
    put_interaction(desk, who, desk.scene(who, agent), agent.login, desk.moment(), 0)


def _lists(desk: Desk, who: Contact, role: int) -> None:
    lookups, columns = desk.world.lookups, "contact2campaign campaign2contact"
    desk.store.sheet("mtm_contact17_campaign6", columns).put(
        who.key, lookups["campaign"], owner=who.key)  # fmt: skip
    desk.put("lst_con_role", "objid focus_type active role_name start_date end_date dev "
             "list_role2contact", 45, 1, "Subscriber", stamp(desk.moment()), NEVER, 1, who.key,
             owner=who.key)  # fmt: skip
