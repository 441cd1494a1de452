"""Make other copies of customers' data: what no relation of the contact leads to."""

from scanner.demo.desk import Desk
from scanner.demo.naming import slots
from scanner.demo.people import Contact
from scanner.demo.said import joined
from scanner.demo.times import NEVER, stamp

SHARE = 25
"""One in so many contacts stands in the partner exchange, one in so many in a change request."""


def add(desk: Desk, who: Contact, *, all_of_it: bool) -> None:
    """Add the copies that some contacts have."""
    if all_of_it or who.number % SHARE == 1:
        _partner(desk, who)
    if all_of_it or (who.number + 1) % SHARE == 0:
        _change(desk, who)


def _partner(desk: Desk, who: Contact) -> None:
    known = slots(who)
    address = desk.put(
        "csc_address", "objid address_type geoaddress1 city region postal_code country dev", 1,
        known["street"], known["city"], who.region, known["postcode"], who.country, 1)  # fmt: skip
    desk.put("csc_person", "objid first_name last_name title contact_type salutation dev "
             "csc_person2csc_address", known["given"], known["family"], who.title, "Reporter",
             "Ms." if who.woman else "Mr.", 1, address)  # fmt: skip
    scene = desk.scene(who, desk.agent())
    desk.put(
        "csc_incident", "objid requestor_id provider_id comments rpt_last rpt_first rpt_phone "
        "rpt_email title response_date dev", f"RQ{who.number}", f"PV{who.number}",
        joined(("Reported by ", known["full"], " (", known["email"], ")"), ""), known["family"],
        known["given"], known["phone"], known["email"], desk.say("titles", scene, cut=80),
        stamp(desk.moment()), 1)  # fmt: skip


def _change(desk: Desk, who: Contact) -> None:
    known, agent = slots(who), desk.agent()
    scene = desk.scene(who, agent)
    history = joined(
        ("*** CR CREATED\nReported by ", known["full"], ", inform ", known["email"]), ""
    )
    desk.put("bug", "objid title id_number creation_time release_rev history cclist1 dev "
             "bug_owner2user", desk.say("titles", scene, cut=80), f"CR{who.number}",
             stamp(desk.moment()), "12.5", history, known["email"], 1, agent.user)  # fmt: skip
    desk.put("job", "objid id_number title job_history arch_ind dev job_owner2user",
             f"J{who.number}", "Follow-up", joined(("*** JOB\n", desk.say("notes_person", scene)), ""),
             0, 1, agent.user)  # fmt: skip


def solutions(desk: Desk) -> None:
    """Add solutions, some of which name who asked first."""
    for n in range(10):
        agent = desk.agent()
        who = desk.chance.pick(desk.people)
        scene = desk.scene(who, agent)
        kind = "notes_plain" if n % 3 else "mentions_weak"
        text = joined((desk.say("notes_plain", scene), "\n", desk.say(kind, scene)), "")
        desk.put("probdesc", "objid title creation_time description id_number yank_flag dev "
                 "probdesc_owner2user modify_stmp", desk.say("titles", scene).text,
                 stamp(desk.moment()), text, f"SOL{n:04}", 0, 1, agent.user, NEVER)  # fmt: skip
