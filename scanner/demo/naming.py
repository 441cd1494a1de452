"""The ways in which texts name a contact. Writes nothing."""

from collections.abc import Mapping
from functools import lru_cache

from scanner.demo.numbers import digits_of, dotted, international
from scanner.demo.people import Contact, ascii_of
from scanner.demo.said import KINDS, Kind, Said, TextBuilder, whole

WAYS = ("full", "full", "first", "mr", "mr", "reversed", "initial", "upper", "lower")
"""What {name} may stand for."""


@lru_cache(maxsize=4096)
def slots(who: Contact) -> Mapping[str, Said | str]:
    """Give every slot of the sentences that speaks of ``who``."""
    key, first, last = who.key, who.first, who.last
    full = f"{first} {last}"
    last_said = whole(last, key, Kind.LAST)
    title = ("Mrs. " if who.woman else "Mr. ") if key % 5 else "Dr. "
    number = {"phone": who.phone, "digits": digits_of(who.phone), "dots": dotted(who.phone)}
    number["intl"] = international(who.locale, digits_of(who.phone))
    return {
        "first": whole(first, key, Kind.FIRST),
        "last": last_said,
        "last_only": last_said,
        "full": whole(full, key, Kind.FULL),
        "reversed": whole(f"{last}, {first}", key, Kind.FULL),
        "upper": whole(full.upper(), key, Kind.FULL),
        "lower": whole(full.lower(), key, Kind.FULL),
        "initial": whole(f"{first[0]}. {last}", key, Kind.LAST),
        "mr": TextBuilder().add(title).add(last_said).said(),
        "email": _shared(who, who.email, Kind.EMAIL),
        **{slot: _shared(who, text, Kind.PHONE) for slot, text in number.items()},
        "mobile": whole(who.mobile, key, Kind.PHONE),
        "fax": whole(who.fax, key, Kind.PHONE),
        "street": _home(who, who.street, Kind.STREET),
        "city": _home(who, who.city, Kind.CITY),
        "postcode": _home(who, who.postcode, Kind.POSTCODE),
        "cust_ref": whole(who.cust_ref, key, Kind.CUSTOMER_ID),
        "login": _login(who),
        "file": whole(f"{ascii_of(last)}_{ascii_of(first)}", key, Kind.LAST),
        "given": whole(first, key, Kind.GIVEN),
        "family": whole(last, key, Kind.FAMILY),
    }


def _shared(who: Contact, text: str, kind: int) -> Said:
    """Say a mailbox or a number that somebody of the household may use as well."""
    said = whole(text, who.key, kind)
    if who.partner and who.shares == KINDS[kind].lower():
        other = Kind.SHARED_EMAIL if kind == Kind.EMAIL else Kind.SHARED_PHONE
        return Said(text, (*said.spans, (0, len(text), who.partner, other, False)))
    return said


def _home(who: Contact, text: str, kind: int) -> Said:
    said = whole(text, who.key, kind)
    if who.partner:
        return Said(text, (*said.spans, (0, len(text), who.partner, kind, False)))
    return said


def _login(who: Contact) -> Said:
    if who.login == who.email:
        return _shared(who, who.email, Kind.EMAIL)
    return whole(who.login, who.key, Kind.LOGIN)
