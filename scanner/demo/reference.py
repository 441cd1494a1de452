"""Fill what every Clarify has before the first customer: lists, queues, agents, parts, firms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from scanner.demo.chance import Chance
from scanner.demo.load import Store
from scanner.demo.people import ascii_of, pools
from scanner.demo.times import DAY, NEVER, TODAY, stamp
from scanner.demo.world import Agent, Company, World

LISTS: Mapping[str, tuple[str, ...]] = {
    "Case Type": ("Problem", "Question", "Order", "Complaint", "Request for Service"),
    "Problem Severity Level": ("Low", "Medium", "High", "Urgent"),
    "Response Priority Code": ("Low", "Medium", "High", "Critical"),
    "Open": ("Not Started", "In Progress", "Waiting for Customer", "Waiting for Part", "Solving"),
    "Closed": ("Closed", "Closed without Reply"),
    "Resolution Code": ("Part Replaced", "Configuration", "User Error", "Bug Fixed", "Other"),
    "Task Type": ("Call", "Visit", "Mail", "GDPR"),
    "Task Priority": ("Low", "Medium", "High"),
    "Not Started": ("Created",),
    "Open Action Item": ("Started", "In Review", "Approved", "Denied"),
    "Open Action Item-Dispatch": ("Dispatched",),
    "Closed Action Item": ("Completed", "Cancelled"),
    "Log Action Type": ("Call Back", "Inbound", "Outbound", "Analysis", "Information"),
    "Contact Role": ("Default", "Technical", "Billing"),
}  # fmt: skip

ACTIVITIES: Mapping[int, str] = {
    100: "Accept", 200: "Case Close", 300: "Chg Status", 400: "Commitment", 500: "Phone Log",
    600: "Create", 700: "Field Dispatch", 900: "Dispatch", 1100: "Forward", 1400: "Link Solution",
    1500: "Modify", 1600: "Commitment Modified", 1700: "Notes", 1800: "T&E Log", 2400: "Reopen",
    2500: "Research Log", 2600: "Reject/Return", 3000: "Subcase Create", 3100: "Subcase Close",
    3400: "Email Out", 3500: "Email In", 4000: "Un-link Solution", 4100: "Yanked",
    4200: "Subcase Reopen", 6200: "Appointment Added", 8500: "Business Rule Fired",
    8900: "Attachment Added", 9200: "Initial Response", 9800: "Contact Changed",
    9900: "Create Part Request", 10500: "Assign", 14000: "Create Contact",
    94004: "Self-Service Activity", 332871993: "Create Action Item",
    332871994: "Close Action Item",
}  # fmt: skip

QUEUES = ("Hotline", "Second Level", "Field Service", "Billing", "Returns", "Web Requests",
          "GDPR Request")  # fmt: skip
PRODUCTS = ("Router R7", "Modem M2", "Printer P40", "Laptop L5", "Phone T9", "Scanner S3",
            "Switch W24", "Tablet B8", "Camera C1", "Server V2")  # fmt: skip
TREES = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Juniper", "Larch", "Maple", "Rowan", "Willow")
TRADES = (("Tools", "Inc"), ("Logistik", "GmbH"), ("Textiles", "SA"), ("Foods", "Ltd"),
          ("Medical", "BV"), ("Energy", "AG"), ("Media", "LLC"))  # fmt: skip
COUNTRIES = ("USA", "United Kingdom", "Germany", "France", "Spain", "Italy", "Netherlands",
             "Poland", "Sweden", "Turkey", "Brazil", "Czech Republic")  # fmt: skip


def build(store: Store, chance: Chance, *, agents: int, companies: int) -> World:
    """Fill the reference tables."""
    lists, activities = _lists(store)
    queues = tuple(_queues(store))
    made = tuple(_stranger(store, chance, n, queues) for n in range(1, agents + 1))
    zone = _put(store, "time_zone", "objid name full_name gmt_diff is_default dev",
                "EST", "Eastern Standard Time", -5, 1, 1)  # fmt: skip
    countries = {}
    for code, name in enumerate(COUNTRIES, 1):
        countries[name] = _put(store, "country", "objid name code is_default dev", name, code, 0, 1)
        store.sheet("mtm_country1_time_zone0", "country2time_zone time_zone2country").put(
            countries[name], zone
        )
    for name in ("NY", "CA", "TX", "FL", "WA"):
        _put(store, "state_prov", "objid name full_name code is_default dev state_prov2country",
             name, name, 0, 0, 1, countries["USA"])  # fmt: skip
    return World(
        lists,
        activities,
        queues,
        made,
        tuple(_company(store, chance, n, countries) for n in range(1, companies + 1)),
        tuple(_parts(store)),
        PRODUCTS,
        countries,
        zone,
        _lookups(store),
    )


def _put(store: Store, name: str, columns: str, *cells: object) -> int:
    return store.put(name, columns, cells)


def _lists(store: Store) -> tuple[dict[str, dict[str, int]], dict[int, int]]:
    head = "objid title list_id locale dev"
    body = "objid title rank state dev gbst_elm2gbst_lst"
    lists: dict[str, dict[str, int]] = {}
    for number, (title, elements) in enumerate(LISTS.items(), 1):
        where = _put(store, "gbst_lst", head, title, number, 0, 1)
        lists[title] = {
            e: _put(store, "gbst_elm", body, e, rank, 0 if rank else 2, 1, where)
            for rank, e in enumerate(elements)
        }
    where = _put(store, "gbst_lst", head, "Activity Name", 99, 0, 1)
    activities = {
        code: _put(store, "gbst_elm", body, title, code, 0, 1, where)
        for code, title in ACTIVITIES.items()
    }
    level = _put(store, "hgbst_show", "objid last_mod_time title def_val dev",
                 stamp(0), "Level 1", 0, 1)  # fmt: skip
    for title in ("CR_DESC", "PRODUCT_LINE"):
        _put(store, "hgbst_lst",
             "objid title description deletable list_id locale dev hgbst_lst2hgbst_show",
             title, f"levels of {title}", 1, 1, 0, 1, level)  # fmt: skip
    for rank, title in enumerate(("Hardware", "Software", "Network", "Service")):
        _put(store, "hgbst_elm", "objid title rank state dev intval1", title, rank, "Active", 1, 0)
    return lists, activities


def _queues(store: Store) -> Iterator[tuple[int, str]]:
    columns = "objid title description allow_case allow_subcase allow_task max_resp_time dev"
    for title in QUEUES:
        objid = _put(store, "queue", columns, title, f"{title} team", 1, 1,
                     int(title == "GDPR Request"), 3600, 1)  # fmt: skip
        yield objid, title


def _stranger(store: Store, chance: Chance, n: int, queues: tuple[tuple[int, str], ...]) -> Agent:
    pool = pools()[chance.pick(("en_US", "en_GB", "de_DE", "es_ES"))]
    first, last = chance.pick(pool["women"] + pool["men"]), chance.pick(pool["last"])
    return _agent(store, chance, n, queues, (first, last))


def hire(store: Store, chance: Chance, world: World, names: Sequence[tuple[str, str]]) -> World:
    """Add agents who are called like customers."""
    start = len(world.agents) + 1
    more = [_agent(store, chance, n, world.queues, name) for n, name in enumerate(names, start)]
    return replace(world, agents=(*world.agents, *more))


def admit(store: Store, login: str) -> None:
    """Add a login that nobody is behind: a program's, which needs a WIPbin like everybody's."""
    user, wipbin = store.new_id("user"), store.new_id("wipbin")
    store.sheet("user", _USER).put(
        user, login, "!", "", 1, NEVER, NEVER, NEVER, login, "1", 1, "", login[:8], wipbin)  # fmt: skip
    store.sheet("wipbin", _WIPBIN).put(wipbin, "default", "", 0, 1, user)


_USER = (
    "objid login_name password agent_id status cs_lic passwd_chg last_login web_login node_id dev "
    "wireless_email alt_login_name user_default2wipbin"
)
_WIPBIN = "objid title description icon_id dev wipbin_owner2user"


def _agent(
    store: Store,
    chance: Chance,
    n: int,
    queues: tuple[tuple[int, str], ...],
    name: tuple[str, str],
) -> Agent:
    first, last = name
    login = f"{ascii_of(first)[:1]}{ascii_of(last)[:8]}{n}"
    email = f"{login}@support.example"
    user, employee, wipbin = (store.new_id(x) for x in ("user", "employee", "wipbin"))
    store.sheet("user", _USER).put(
        user, login, f"!{chance.digits(12)}", f"A{n:04}", 1, NEVER, NEVER,
        stamp((TODAY - n % 20) * DAY + 30_000), login, "1", 1, f"{login}@pager.example",
        login[:8], wipbin)  # fmt: skip
    store.sheet("employee", "objid first_name last_name mail_stop phone fax beeper e_mail "
                "labor_rate field_eng available avail_note employee_no normal_biz_high "
                "work_group voice_mail_box local_login dev salutation title employee2user").put(
        employee, first, last, f"B{n % 7}", f"203-555-{n % 100:02}{n % 89:02}", "203-555-0100", "",
        email, 50, int(n % 4 == 0), 1, "on leave until Monday" if n % 9 == 0 else "", f"E{n:05}",
        "e-mail", chance.pick(QUEUES), f"7{n:03}", login, 1, "", "Agent", user)  # fmt: skip
    store.sheet("wipbin", _WIPBIN).put(wipbin, "default", "", 0, 1, user)
    for queue, _ in queues[n % 3 :: 3]:
        store.sheet("mtm_queue4_user23", "queue2user user_assigned2queue").put(queue, user)
    if n % 10 == 1:
        store.sheet("mtm_queue5_user24", "queue_supvr2user supvr_assigned2queue").put(
            queues[0][0], user)  # fmt: skip
    store.sheet("mtm_wipbin4_employee7", "wipbin2employee emp_access2wipbin").put(wipbin, employee)
    return Agent(user, employee, wipbin, login, first, last, email)


def _company(store: Store, chance: Chance, n: int, countries: Mapping[str, int]) -> Company:
    trade, form = TRADES[n // len(TREES) % len(TRADES)]
    tree, serial = TREES[n % len(TREES)], n // (len(TREES) * len(TRADES))
    name = f"{tree} {trade} {form}" + (f" {serial + 1}" if serial else "")
    domain = f"{tree}-{trade}{serial + 1 if serial else ''}.example".lower()
    country, (city, postcode, region) = _place(chance)
    address, site, org = (store.new_id(x) for x in ("address", "site", "bus_org"))
    store.sheet("address", "objid address city state zipcode address_2 dev update_stamp "
                "address2country").put(
        address, f"{chance.number(1, 99)} Industrial Park {n}", city, region, postcode,
        f"Building {chance.number(1, 9)}", 1, stamp(chance.number(0, TODAY) * DAY),
        countries[country])  # fmt: skip
    store.sheet("site", "objid site_id name type region district notes site_type status arch_ind "
                "phone fax dev update_stamp cust_primaddr2address cust_billaddr2address "
                "cust_shipaddr2address primary2bus_org").put(
        site, f"S{n:06}", name, 1, "EMEA", city, chance.pick(("", "Deliveries at gate 2")), "CUST",
        0, 0, f"203-555-{1000 + n:04}", "", 1, stamp(chance.number(0, TODAY) * DAY), address,
        address, address, org)  # fmt: skip
    store.sheet("bus_org", "objid org_id name type phone web_site comments e_mail arch_ind dev "
                "status update_stamp fed_tax_id sms_template bus_primary2address "
                "primary2site").put(
        org, f"{tree.upper()}{n}", name, "Customer", f"203-555-{1000 + n:04}",
        f"https://www.{domain}", chance.pick(("", "pays late", "key account")), f"info@{domain}",
        0, 1, 0, NEVER, f"{chance.digits(2)}-{chance.digits(7)}",
        "Dear customer, your case was updated.", address, site)  # fmt: skip
    return Company(org, site, address, name, domain)


def _place(chance: Chance) -> tuple[str, list[str]]:
    pool = pools()[chance.pick(list(pools()))]
    return pool["country"], chance.pick(pool["places"])


def _parts(store: Store) -> Iterator[int]:
    for n, product in enumerate(PRODUCTS):
        part = _put(store, "part_num",
                    "objid description domain part_number model_num active family line dev",
                    product, "PRODUCT", f"PN-{n + 100}", product.split()[1], "Active",
                    product.split()[0], "Devices", 1)  # fmt: skip
        yield _put(store, "mod_level", "objid mod_level active eff_date dev part_info2part_num",
                   "A", "Active", NEVER, 1, part)  # fmt: skip


def _lookups(store: Store) -> dict[str, int]:
    found = {}
    for name, title in (
        ("campaign", "Spring campaign"),
        ("lead_source", "Trade fair"),
        ("mail_list", "Newsletter"),
        ("call_script", "Satisfaction survey"),
        ("price_prog", "Standard"),
    ):
        found[name] = _put(store, name, "objid name dev", title, 1)
    found["currency"] = _put(store, "currency", "objid name symbol dev", "Euro", "EUR", 1)
    for n, title in enumerate(("Case ID", "Action Item ID", "Site ID", "Contract ID")):
        _put(
            store, "num_scheme", "objid name next_value prefix dev", title, 1_000_000, "CTAS"[n], 1
        )
    for n in range(40):
        _put(store, "x_carrier_zip", "objid x_zip x_city x_state x_market dev",
             f"{10_000 + 997 * n}", f"Springfield {n}", ("NY", "CA", "TX")[n % 3],
             f"Market {n % 6}", 1)  # fmt: skip
    for n, product in enumerate(PRODUCTS):
        _put(store, "x_promo", "objid x_promo_code x_description x_email_flag x_phone_model dev",
             f"PROMO{n}", f"Free shipping for {product}", "Y", f"T{n}", 1)  # fmt: skip
    return found
