"""What happens in a case: creation and logs, each with its activity entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.demo import fieldwork, handovers, mails
from scanner.demo.activity import INFO, act
from scanner.demo.naming import slots
from scanner.demo.parties import CASE_TYPE
from scanner.demo.reference import LISTS
from scanner.demo.said import Said, TextBuilder, joined
from scanner.demo.times import NEVER, stamp

if TYPE_CHECKING:
    from scanner.demo.cases import Case
    from scanner.demo.desk import Desk

ACTION_TYPES = LISTS["Log Action Type"]


def created(desk: Desk, case: Case) -> None:
    """Log the creation; the entry names the contact."""
    full = slots(case.who)["full"]
    priority = desk.chance.pick(LISTS["Response Priority Code"])
    info = joined(("Contact = ", full, f", Priority = {priority}, Status = Not Started."), "")
    entry = act(desk, case, 600, info, "act_entry2contact", case.who.key)
    if desk.chance.hit(0.12):
        desk.put("participant", "objid dev focus_type focus_lowid role_code participant2act_entry",
                 1, CASE_TYPE, case.objid, 2, entry, owner=case.who.key)  # fmt: skip


def happen(desk: Desk, case: Case) -> None:
    """Let the case's events happen in a random order."""
    chance = desk.chance
    kinds = [note] * chance.number(2, 5) + [phone] * chance.number(1, 2)
    kinds += [mail] * chance.number(2, 3) + [handovers.status] * chance.number(0, 2)
    kinds += [handovers.dispatch] * int(chance.hit(0.4)) + [research] * chance.pick((0, 0, 1, 1, 2))
    kinds += [commitment] * int(chance.hit(0.25)) + [attachment] * int(chance.hit(0.35))
    kinds += [fieldwork.onsite] * int(chance.hit(0.25)) + [fieldwork.rare] * int(chance.hit(0.9))
    order = sorted((chance.random(), n) for n in range(len(kinds)))
    for _, n in order:
        case.wait(desk)
        kinds[n](desk, case)


def note(desk: Desk, case: Case) -> None:
    """Log a note."""
    chance, who = desk.chance, case.who
    other = desk.somebody(but=who) if chance.hit(0.04) else None
    text = desk.note(who, case.scene, mention=other)
    internal = desk.note(who, case.scene).cut(INFO) if chance.hit(0.15) else ""
    outside = text if chance.hit(0.1) else None
    kind, now = chance.pick(ACTION_TYPES), desk.world.lists["Open"][case.status]
    made = desk.put(
        "notes_log", "objid creation_time description internal commitment due_date action_type dev "
        "x_is_internal x_external case_notes2case notes_owner2user old_notes_stat2gbst_elm "
        "new_notes_stat2gbst_elm", stamp(case.at), text, internal, "", NEVER, kind, 1,
        int(bool(internal)), outside, case.objid, case.agent.user, now, now,
        owner=who.key)  # fmt: skip
    case.log("NOTES", text, f"Action Type: {kind}")
    act(desk, case, 1700, text, "act_entry2notes_log", made)


def phone(desk: Desk, case: Case) -> None:
    """Log a call."""
    chance, who = desk.chance, case.who
    builder = desk.tell(TextBuilder(), "phone", case.scene)
    for _ in range(chance.number(0, 2)):
        desk.tell(builder.add(" "), "phone", case.scene)
    text = builder.said()
    now = desk.world.lists["Open"][case.status]
    made = desk.put(
        "phone_log", "objid creation_time stop_time notes site_time internal commitment due_date "
        "action_type dev x_is_internal case_phone2case phone_custmr2contact phone_owner2user "
        "phone_empl2employee old_phone_stat2gbst_elm new_phone_stat2gbst_elm",
        stamp(case.at), stamp(case.at + chance.number(60, 1500)), text, stamp(case.at), "", "",
        NEVER, chance.pick(("Inbound", "Outbound")), 1, 0, case.objid, who.key, case.agent.user,
        case.agent.employee, now, now, owner=who.key)  # fmt: skip
    case.log("PHONE LOG", text)
    act(desk, case, 500, text, "act_entry2phone_log", made)


def mail(desk: Desk, case: Case) -> None:
    """Log an e-mail, in or out."""
    chance, who, known = desk.chance, case.who, slots(case.who)
    inbound = chance.hit(0.5)
    other = desk.somebody(but=who) if chance.hit(0.025) else None
    extra = desk.say("mentions", slots(other)) if other else None
    new = mails.body(desk, who, case.scene, inbound=inbound, mention=extra)
    quoted = case.last_mail and chance.hit(0.5)
    text = (
        mails.thread(desk, case.scene, new, case.last_mail, inbound=inbound, at=case.at)
        if quoted and case.last_mail
        else new
    )
    case.last_mail = new
    ends: tuple[Said | str, Said | str] = (known["email"], "care@support.example")
    sender, receiver = ends if inbound else (case.agent.email, known["email"])
    cc = slots(other)["email"] if other and chance.hit(0.5) else ""
    now = desk.world.lists["Open"][case.status]
    made = desk.put(
        "email_log", "objid creation_time sender recipient cc_list message commitment due_date "
        "stop_time action_type dev x_subject case_email2case cont_email2contact "
        "old_email_stat2gbst_elm new_email_stat2gbst_elm", stamp(case.at), sender,
        _crowd(desk, receiver, case), cc, text, "", NEVER, NEVER, "Inbound" if inbound else "Outbound",
        1, desk.say("mail_subjects", case.scene, cut=INFO), case.objid, who.key, now, now,
        owner=who.key)  # fmt: skip
    case.log("EMAIL IN" if inbound else "EMAIL OUT", text, joined(("Recipients: ", receiver), ""))
    code, info = 3500 if inbound else 3400, joined(("Send to:(", receiver, ") ", new), "")
    act(desk, case, code, info, "act_entry2email_log", made)


def _crowd(desk: Desk, receiver: Said | str, case: Case) -> Said | str:
    """Now and then address a mail to so many that the list is cut in the middle."""
    if not desk.chance.hit(0.03):
        return receiver
    many = [f"team{n}.{case.number.lower()}@lists.example" for n in range(7)]
    return joined((*many, slots(case.who)["email"], receiver), "; ").cut(INFO)


def research(desk: Desk, case: Case) -> None:
    """Log research."""
    text = joined([desk.say("research", case.scene) for _ in range(desk.chance.number(1, 3))], " ")
    made = desk.put(
        "resrch_log", "objid creation_time elapsed_time notes internal commitment due_date "
        "action_type dev case_resrch2case resrch_owner2user", stamp(case.at),
        desk.chance.number(60, 7200), text, "", "", NEVER, "Analysis", 1, case.objid,
        case.agent.user, owner=case.who.key)  # fmt: skip
    case.log("RESEARCH", text)
    act(desk, case, 2500, text, "act_entry2resrch_log", made)


def commitment(desk: Desk, case: Case) -> None:
    """Log a promise to the contact."""
    title = desk.say("commitments", case.scene, cut=80)
    text = joined((title, "\n", desk.note(case.who, case.scene)), "")
    made = desk.put(
        "commit_log", "objid title creation_time sched_cmpltime act_cmpltime cmit_history made_to "
        "condition site_time action_type warning_time elapsed_time dev case_commit2case "
        "commit_owner2user commit_cust2contact commit_empl2employee", title, stamp(case.at),
        stamp(case.at + 90_000), stamp(case.at + 80_000), text, 1, 4, NEVER, "Call Back", NEVER, 0,
        1, case.objid, case.agent.user, case.who.key, case.agent.employee,
        owner=case.who.key)  # fmt: skip
    case.log("COMMITMENT", text)
    act(desk, case, 400, title, "act_entry2commit_log", made)


def attachment(desk: Desk, case: Case) -> None:
    """Attach a file; the file itself is outside the database."""
    title = desk.say("doc_titles", case.scene, cut=40)
    path = desk.say("doc_paths", case.scene, cut=INFO)
    where = desk.put("doc_path", "objid path dev mime_type", path, 1, "application/octet-stream",
                     owner=case.who.key)  # fmt: skip
    direct = desk.chance.hit(0.1)
    made = desk.put(
        "doc_inst", "objid title description keywords doc_inst2case attach_info2doc_path"
        + (" doc_inst2contact" if direct else ""),
        title, desk.say("notes_person", case.scene, cut=INFO) if desk.chance.hit(0.3) else "", "",
        case.objid, where, *((case.who.key,) if direct else ()), owner=case.who.key)  # fmt: skip
    info = joined(("Added Attachment ", title, " with path ", path), "")
    act(desk, case, 8900, info, "act_entry2doc_inst", made)
