"""Rows of the installation's own tables: what no product knows of."""

from scanner.demo.desk import Desk, Slots
from scanner.demo.naming import slots
from scanner.demo.people import Contact, ascii_of
from scanner.demo.said import Kind, Said, joined, marked, whole
from scanner.demo.times import DAY, NEVER, stamp


def of_contact(desk: Desk, who: Contact, *, all_of_it: bool) -> None:
    """Add the custom rows that belong to a contact."""
    for share, make in ((0.4, _preference), (0.12, _card), (0.12, _account), (0.12, _dependents)):
        if all_of_it or desk.chance.hit(share):
            make(desk, who)


def _preference(desk: Desk, who: Contact) -> None:
    scene = desk.scene(who, desk.agent())
    desk.put("x_contact_pref", "objid x_do_not_email x_lang x_birth_dt x_info_request dev pref2contact",
             int(who.number % 3 == 0), who.locale[:2],
             marked(who.birth, who.key, Kind.BIRTH) if who.number % 4 != 1 else None,
             desk.say("needs", scene, cut=500), 1, who.key, owner=who.key)  # fmt: skip


def _card(desk: Desk, who: Contact) -> None:
    key, chance, known = who.key, desk.chance, slots(who)
    secret, cvv = chance.digits(32), chance.digits(3)
    comment = joined(("card of ", known["full"], f", expires 0{chance.number(1, 9)}/27"), "")
    card = desk.put(
        "x_credit_card", "objid x_holder_first x_cc_number x_cc_enc x_exp_mo x_cvv x_cc_comments "
        "dev card2contact", known["given"], whole(who.card, key, Kind.CARD),
        whole(f"enc:{secret}", key, Kind.SECRET), f"0{chance.number(1, 9)}",
        whole(cvv, key, Kind.SECRET), comment, 1, key, owner=key)  # fmt: skip
    columns = "mtm_credit_card2contact mtm_contact2x_credit_card"
    desk.store.sheet("mtm_contact46_x_credit_card3", columns).put(card, key, owner=key)


def _account(desk: Desk, who: Contact) -> None:
    desk.put("x_bank_account", "objid x_iban x_holder x_bank_name dev acct2contact",
             whole(who.iban, who.key, Kind.IBAN), slots(who)["full"],
             desk.chance.pick(("Harbour Bank", "Sparbank", "Union Trust")), 1, who.key,
             owner=who.key)  # fmt: skip


def _dependents(desk: Desk, who: Contact) -> None:
    """Add relatives: people as well, but not the contact."""
    for first in ("Jamie", "Robin")[: desk.chance.number(1, 2)]:
        mail = f"{ascii_of(first)}{who.number}@family.example"
        desk.put("x_dependents", "objid x_first_name x_last_name x_email dev dep2contact", first,
                 slots(who)["family"] if desk.chance.hit(0.6) else "Doe", mail, 1, who.key,
                 owner=who.key)  # fmt: skip


def of_case(desk: Desk, case: int, number: str, who: Contact, scene: Slots) -> None:
    """Add the custom rows that belong to a case."""
    chance, known, key = desk.chance, slots(who), who.key
    if chance.hit(0.3):
        columns = "objid x_name x_value dev detail2case"
        for name, value in (
            ("SHIP_EMAIL", known["email"]),
            ("ID_DOC_NO", whole(who.national_id, key, Kind.NATIONAL_ID)),
            ("COLOR", "black"),
            ("SHIP_NAME", known["full"]),
            ("OS_VERSION", "7.1.2"),
        ):
            if chance.hit(0.3):
                desk.put("x_case_detail", columns, name, value, 1, case, owner=key)
    if chance.hit(0.08):
        desk.put("x_survey", "objid x_question x_answer dev survey2contact survey2case",
                 desk.say("questions", scene).text, desk.say("answers", scene, cut=500), 1, key,
                 case, owner=key)  # fmt: skip
    if chance.hit(0.1):
        _message(desk, who, scene)
    if chance.hit(0.06):
        desk.store.sheet("x_crm_export_stg", "case_id cust_name e_mail note batch_dt").put(
            number, known["full"], known["email"], desk.note(who, scene), stamp(desk.moment(300)),
            owner=key)  # fmt: skip


def _message(desk: Desk, who: Contact, scene: Slots) -> None:
    number = desk.store.new_id("x_sms_outbox") - (1 << 28)
    bare = slots(who)["mobile"]
    assert isinstance(bare, Said)  # noqa: S101
    desk.store.sheet("x_sms_outbox", "id msisdn body contact_objid status").put(
        number, bare.translated({ord(c): "" for c in " -()"}), desk.say("sms", scene, cut=1000),
        who.key, desk.chance.pick(("sent", "failed")), owner=who.key)  # fmt: skip


AUDIT_TIME = stamp(12_500 * DAY)
"""When the audit rows that the demo starts with were written."""


def of_copies(desk: Desk, who: Contact, columns: str, put: object, *, all_of_it: bool) -> None:
    """Copy the contact into the backup table and, for some, into the audit table."""
    assert callable(put)  # noqa: S101
    if all_of_it or who.number % 3 == 0:
        put(desk, who, "contact_bkp_20190412", columns)
    if all_of_it or who.number % 5 == 0:
        more = ("jdoe1", AUDIT_TIME, "UPDATE")
        put(desk, who, "aud_table_contact", f"{columns} aud_user aud_time aud_action", *more)


__all__ = ["NEVER", "of_case", "of_contact", "of_copies"]
