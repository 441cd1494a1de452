"""Make a contact's own rows: the contact, home, addresses, portal login, roles."""

from scanner.demo.desk import Desk
from scanner.demo.naming import slots
from scanner.demo.people import LOGIN, Contact
from scanner.demo.said import Kind, Said, joined, marked
from scanner.demo.times import DAY, NEVER, stamp
from scanner.demo.truth import Flag

CONTACT = (
    "objid first_name last_name phone fax_number e_mail mail_stop expertise_lev title hours "
    "salutation mdbk address_1 address_2 city state zipcode country status arch_ind alert_ind dev "
    "update_stamp mobile_phone x_dateofbirth x_pin x_national_id x_gender x_cust_ref caller2user"
)

ACT = (
    "objid act_code entry_time addnl_info removed dev focus_type focus_lowid act_entry2contact "
    "act_entry2user entry_name2gbst_elm"
)

CONTACT_TYPE, TASK_TYPE, CASE_TYPE = 45, 5080, 0
"""Type ids that polymorphic links name."""


def add(desk: Desk, who: Contact, *, all_of_it: bool) -> int:
    """Add a contact with home, addresses and login; give the default contact role."""
    put_contact(desk, who, "contact", CONTACT)
    role = _home(desk, who)
    _addresses(desk, who)
    if all_of_it or desk.chance.hit(0.55):
        _web_user(desk, who, all_of_it=all_of_it)
    if all_of_it or desk.chance.hit(0.15):
        _person(desk, who)
    _activities(desk, who, all_of_it=all_of_it)
    return role


def put_contact(desk: Desk, who: Contact, name: str, columns: str, *more: object) -> None:
    """Put the contact's row into the contact table or into a copy of it."""
    known, key = slots(who), who.key
    private = not who.company
    desk.store.sheet(name, columns).put(
        key,
        known["given"],
        known["family"],
        known["phone"],
        known["fax"] if who.fax else None,
        known["email"],
        None if private else f"MS {who.number % 40}",
        0,
        who.title,
        "9-17" if key % 4 else None,
        ("Ms." if who.woman else "Mr.") if key % 3 else "",
        None,
        known["street"] if private else None,
        None,
        known["city"] if private else None,
        who.region if private else None,
        known["postcode"] if private else None,
        who.country if private else None,
        0,
        int(key % 97 == 0),
        0,
        1,
        stamp((9000 + key % 3000) * DAY + key % 80_000),
        known["mobile"],
        marked(who.birth, key, Kind.BIRTH) if key % 5 else NEVER,
        Said(str(1000 + key * 31 % 9000), ((0, 4, key, Kind.SECRET, False),)),
        Said(who.national_id, ((0, len(who.national_id), key, Kind.NATIONAL_ID, False),))
        if key % 3 != 1 or key == desk.headline.key
        else None,
        "F" if who.woman else "M",
        known["cust_ref"],
        desk.world.agents[who.number % len(desk.world.agents)].user,
        *more,
        owner=key,
    )


def _home(desk: Desk, who: Contact) -> int:
    chance, world = desk.chance, desk.world
    columns = "objid role_name primary_site dev update_stamp contact_role2site contact_role2contact contact_role2gbst_elm"
    element = world.lists["Contact Role"]["Default"]
    if who.company:
        firm = world.companies[who.company - 1]
        desk.sites[who.key] = (firm.site, firm.address)
    elif who.partner and who.partner < who.key:
        desk.sites[who.key] = desk.sites[who.partner]
    else:
        desk.sites[who.key] = _individual(desk, who)
    site, address = desk.sites[who.key]
    if who.company or who.partner:
        _linked(desk, who, site=site, address=address)
    role = desk.put("contact_role", columns, "Default", 1, 1, stamp(desk.moment()), site, who.key,
                    element, owner=who.key)  # fmt: skip
    if who == desk.headline or chance.hit(0.05):
        firm = chance.pick(world.companies)
        if firm.site != site:
            desk.put("contact_role", columns, "Technical", 0, 1, stamp(desk.moment()), firm.site,
                     who.key, world.lists["Contact Role"]["Technical"], owner=who.key)  # fmt: skip
            _linked(desk, who, site=firm.site, address=firm.address)
    if who.company:
        org = world.companies[who.company - 1].bus_org
        desk.put("ct_bus_role", "objid role_name focus_type active dev ct_bus_role2contact "
                 "ct_bus_role2bus_org", who.title, 45, 1, 1, who.key, org, owner=who.key)  # fmt: skip
    return role


def _linked(desk: Desk, who: Contact, *, site: int, address: int) -> None:
    truth = desk.store.truth
    for table, key in (("table_site", site), ("table_address", address)):
        truth.note_row(who.key, truth.table_index[table], key, Flag.LINKED)


def _individual(desk: Desk, who: Contact) -> tuple[int, int]:
    """Add a private person's site and address; those of a household are nobody's own."""
    known, chance = slots(who), desk.chance
    owner = 0 if who.partner else who.key
    country = desk.world.countries[who.country]
    address = desk.put(
        "address", "objid address city state zipcode address_2 dev update_stamp address2time_zone "
        "address2country", known["street"], known["city"], who.region, known["postcode"],
        f"Apt. {chance.number(1, 60)}" if chance.hit(0.2) else None, 1, stamp(desk.moment()),
        desk.world.zone, country, owner=owner)  # fmt: skip
    full = known["full"]
    site = desk.put(
        "site", "objid site_id name type region district notes mdbk site_type status arch_ind phone "
        "fax dev update_stamp cust_primaddr2address cust_billaddr2address cust_shipaddr2address",
        f"IND{who.number:06}", full, 4, "", who.region, desk.say("visits", desk.scene(who, desk.agent()), cut=255)
        if owner and chance.hit(0.3) else "", "", "INDV", 0, 0, known["phone"], None, 1,
        stamp(desk.moment()), address, address, address, owner=owner)  # fmt: skip
    if owner and (who == desk.headline or chance.hit(0.1)):
        _visits(desk, who, site, address)
    return site, address


def _visits(desk: Desk, who: Contact, site: int, address: int) -> None:
    known, agent = slots(who), desk.agent()
    desk.put("x_visit", "objid x_visitor_name x_badge x_arrival dev visit2site", agent.full,
             f"V{who.number:05}", stamp(desk.moment()), 1, site, owner=who.key)  # fmt: skip
    desk.put("x_visit", "objid x_visitor_name x_badge x_arrival dev visit2site", known["full"],
             f"V{who.number + 1:05}", stamp(desk.moment()), 1, site, owner=who.key)  # fmt: skip
    desk.put("x_address_hist", "objid x_old_street x_old_city x_new_street x_login_name dev "
             "hist2address", "1 Old Mill Lane", "Springfield", known["street"], agent.login, 1,
             address, owner=who.key)  # fmt: skip


def _addresses(desk: Desk, who: Contact) -> None:
    known, key = slots(who), who.key
    columns = (
        "objid e_num access_num type subtype useage dev e_type e_subtype modify_stmp eaddr2contact"
    )
    wanted: list[tuple[object, str, str, int]] = [(known["email"], "Email", "Primary", 1)]
    if desk.chance.hit(0.5) or who == desk.headline:
        wanted.append((known["mobile"], "Phone", "Mobile", 2))
    if desk.chance.hit(0.15) or who == desk.headline:
        other = f"{who.last[:1].lower()}{who.number}.alt@mail.example"
        alternate = Said(other, ((0, len(other), key, Kind.EMAIL, False),))
        wanted.append((alternate, "Email", "Alternate Email", 1))
    for value, kind, useage, number in wanted:
        desk.put("e_addr", columns, value, "", kind, "", useage, 1, number, 0,
                 stamp(desk.moment()), key, owner=key)  # fmt: skip


def _web_user(desk: Desk, who: Contact, *, all_of_it: bool) -> None:
    known, key, chance = slots(who), who.key, desk.chance
    org = desk.world.companies[who.company - 1].bus_org if who.company else None
    secret = f"{{SHA}}{chance.digits(16)}"
    user = desk.put(
        "web_user", "objid login_name password user_key status passwd_chg dev web_user2contact "
        "web_user2bus_org", known["login"], Said(secret, ((0, len(secret), key, Kind.SECRET, False),)),
        f"K{who.number:07}", 1, NEVER, 1, key, org, owner=key)  # fmt: skip
    for _ in range(5 if all_of_it else chance.number(0, 2)):
        scene = desk.scene(who, desk.agent(), case=str(chance.number(1, 99)))
        desk.put("web_log", "objid code entry_time addnl_info dev web_log2web_user", 1,
                 stamp(desk.moment()), desk.say("web_log", scene, cut=255), 1, user, owner=key)  # fmt: skip
    if all_of_it or chance.hit(0.1):
        desk.put("web_filter", "objid title filter_text dev web_filter2web_user", "My open cases",
                 joined(("contact = ", known["full"]), ""), 1, user, owner=key)  # fmt: skip
    _sessions(desk, who, all_of_it=all_of_it)


def _sessions(desk: Desk, who: Contact, *, all_of_it: bool) -> None:
    """Add portal sessions and old passwords, linked by nothing but the login."""
    known, key, chance = slots(who), who.key, desk.chance
    for n in range(4 if all_of_it else chance.number(0, 1)):
        net = chance.pick(("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8::"))
        address = f"{net}{chance.number(1, 254)}"
        desk.store.sheet("x_web_session", "session_id ip_address user_agent login_name started").put(
            f"s{who.number:06x}{n:02}{chance.digits(12)}",
            Said(address, ((0, len(address), key, Kind.IP, False),)),
            chance.pick(("Mozilla/5.0 (Windows NT 10.0)", "Mozilla/5.0 (X11; Linux x86_64)")),
            known["login"], stamp(desk.moment(400)), owner=key)  # fmt: skip
    if len(who.login) <= LOGIN and (all_of_it or chance.hit(0.3)):
        old = f"pw{chance.digits(8)}"
        desk.put("x_password_hist", "objid x_login_name x_password dev", known["login"],
                 Said(old, ((0, len(old), key, Kind.SECRET, False),)), 1, owner=key)  # fmt: skip


def _person(desk: Desk, who: Contact) -> None:
    known, key = slots(who), who.key
    scene = desk.scene(who, desk.agent())
    desk.put(
        "person", "objid first_name last_name phone middle_name salutation title family_info "
        "birthday comments dev person2contact", known["given"], known["family"], known["phone"],
        "", "Ms." if who.woman else "Mr.", who.title, desk.say("family", scene, cut=255),
        marked(who.birth, key, Kind.BIRTH), desk.say("person_notes", scene, cut=255), 1, key,
        owner=key)  # fmt: skip


def _activities(desk: Desk, who: Contact, *, all_of_it: bool) -> None:
    """Add what was logged on the contact itself."""
    known, key, chance = slots(who), who.key, desk.chance
    codes = [14000, *chance_codes(desk, 99 if all_of_it else chance.number(0, 2))]
    for code in codes:
        agent = desk.agent()
        scene = desk.scene(who, agent)
        info = (
            joined(("Contact = ", known["full"], ", Status = Active."), "")
            if code == 14000  # noqa: PLR2004  # Create Contact
            else desk.note(who, scene).cut(255)
        )
        entry = desk.put("act_entry", ACT, code, stamp(desk.moment()), info, 0, 1, CONTACT_TYPE, key,
                         key, agent.user, desk.world.activities[code], owner=key)  # fmt: skip
    if all_of_it or chance.hit(0.1):
        desk.put("participant", "objid dev focus_type focus_lowid role_code participant2act_entry",
                 1, CONTACT_TYPE, key, 1, entry, owner=key)  # fmt: skip
    if all_of_it or chance.hit(0.03):
        desk.put("time_bomb", "objid title escalate_time end_time focus_lowid focus_type suppl_info "
                 "time_period flags left_repeat users dev creation_time", "Contact rule",
                 stamp(desk.moment(30)), NEVER, key, CONTACT_TYPE,
                 joined(("Inform ", known["full"], " at ", known["email"]), ""), entry, 0, 0, "", 1,
                 stamp(desk.moment(60)), owner=key)  # fmt: skip


def chance_codes(desk: Desk, count: int) -> list[int]:
    """Choose activity codes that a contact's own log may have."""
    return [desk.chance.pick((1500, 1700, 9800, 94004)) for _ in range(count)]
