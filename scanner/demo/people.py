"""Make up the contacts: names, addresses and numbers that belong to nobody. Writes nothing."""

import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from scanner.demo.chance import Chance
from scanner.demo.load import BASE
from scanner.demo.numbers import card, iban, national_id, phone
from scanner.demo.times import day

HEADLINE = 8
"""The contact with the many cases."""

HOUSEHOLD = 23
"""Every so many contacts, one shares a home and a phone or a mailbox with the next."""

NAMESAKE = 37
"""Every so many contacts, one is called like the one before."""

PHONE, LOGIN = 20, 30
"""The lengths of the columns that hold a number and a login."""

PUBLIC = ("example.com", "example.org", "example.net", "mail.example", "post.example")
PLAIN = {ord("ß"): "ss", ord("ı"): "i", ord("ł"): "l", ord("ø"): "o"}

TITLES = ("Engineer", "Office Manager", "IT Administrator", "Buyer", "Owner", "Teacher", "Nurse",
          "Sales Lead", "Accountant", "Retired", "Technician", "Consultant")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Contact:
    """One customer, the same as itself only; ``company`` is 0 for a private one, ``partner`` the key of who shares."""

    key: int
    locale: str
    first: str
    last: str
    woman: bool
    email: str
    phone: str
    mobile: str
    fax: str
    street: str
    city: str
    postcode: str
    region: str
    country: str
    login: str
    cust_ref: str
    national_id: str
    birth: str
    card: str
    iban: str
    title: str
    company: int
    partner: int = 0
    shares: str = ""

    @property
    def number(self) -> int:
        """Count the contacts from 1."""
        return self.key - BASE


@cache
def pools() -> dict[str, dict[str, Any]]:
    """Read the names and places to combine, by locale."""
    return tomllib.loads((files(__package__) / "people.toml").read_text("utf-8"))


def ascii_of(text: str) -> str:
    """Write a name as people do in addresses: small letters, no accents, no spaces."""
    plain = text.lower().translate(PLAIN)
    plain = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in plain if c.isascii() and c.isalnum())


def contacts(count: int, companies: Sequence[str], seed: int) -> list[Contact]:
    """Make ``count`` contacts; ``companies`` are the domains of the firms that some work for."""
    chance = Chance(seed, "people")
    locales = [name for name, pool in pools().items() for _ in range(pool["weight"])]
    made: list[Contact] = []
    numbers: Counter[str] = Counter()
    for n in range(1, count + 1):
        before = made[-1] if made else None
        made.append(_contact(n, before, chance, locales, numbers, companies))
    return _shared(made)


def namesakes(people: Sequence[Contact]) -> frozenset[int]:
    """Find the contacts who share their full name with another one."""
    names = Counter(f"{p.first} {p.last}".casefold() for p in people)
    return frozenset(p.key for p in people if names[f"{p.first} {p.last}".casefold()] > 1)


def _contact(
    n: int,
    before: Contact | None,
    chance: Chance,
    locales: Sequence[str],
    numbers: Counter[str],
    companies: Sequence[str],
) -> Contact:
    pick = chance.pick
    locale = "en_US" if n in (HEADLINE, HEADLINE + 1) else pick(locales)
    home = before is not None and n % HOUSEHOLD == HOUSEHOLD - 1
    same = before is not None and not home and (n == HEADLINE + 1 or n % NAMESAKE == 0)
    if before and (same or home):
        locale = before.locale
    pool = pools()[locale]
    woman = before.woman if before and same else chance.hit(0.5)
    first = before.first if before and same else pick(pool["women" if woman else "men"])
    while before and home and first == before.first:
        first = pick(pool["women" if woman else "men"])
    last = before.last if before and (same or home) else pick(pool["last"])
    city, postcode, region = (
        (before.city, before.postcode, before.region) if before and home else pick(pool["places"])
    )
    company = n != HEADLINE and not home and chance.hit(0.45) and chance.number(1, len(companies))
    email = _email(first, last, n, chance, companies[company - 1] if company else pick(PUBLIC))
    call: Callable[[str], str] = lambda kind: phone(locale, kind, numbers, chance)  # noqa: E731
    return Contact(
        key=BASE + n,
        locale=locale,
        first=first,
        last=last,
        woman=woman,
        email=email,
        phone=_extended(call("landline"), chance) if company else call("landline"),
        mobile=call("mobile"),
        fax=call("landline") if chance.hit(0.3) or n == HEADLINE else "",
        street=before.street if before and home else _street(locale, pick(pool["streets"]), chance),
        city=city,
        postcode=postcode,
        region=region,
        country=pool["country"],
        login=email if chance.hit(0.6) and len(email) <= LOGIN else _login(first, last, n),
        cust_ref=f"CR-{n:06}-{chance.digits(3)}",
        national_id=national_id(locale, chance),
        birth=day(chance.number(-16400, 5400)),
        card=card(n),
        iban=iban(locale, chance),
        title=pick(TITLES),
        company=int(company),
    )


def _shared(people: list[Contact]) -> list[Contact]:
    """Let the households share: each second one a phone, the others a mailbox."""
    for n in range(1, len(people)):
        one, other = people[n - 1], people[n]
        if other.number % HOUSEHOLD != HOUSEHOLD - 1:
            continue
        what = "phone" if (other.number // HOUSEHOLD) % 2 else "email"
        people[n - 1] = replace(one, partner=other.key, shares=what)
        shared = replace(other, partner=one.key, shares=what, company=0)
        people[n] = (
            replace(shared, phone=one.phone)
            if what == "phone"
            else replace(shared, email=one.email)
        )
    return people


def _email(first: str, last: str, n: int, chance: Chance, domain: str) -> str:
    one, two = ascii_of(first), ascii_of(last)
    form = chance.pick(("{1}.{2}{n}", "{1}{n}.{2}", "{i}{2}{n}", "{2}.{1}{n}", "{1}_{2}{n}"))
    name = form.replace("{1}", one).replace("{2}", two).replace("{i}", one[:1])
    return name.replace("{n}", str(n) if chance.hit(0.5) else f"{n:03}") + f"@{domain}"


def _login(first: str, last: str, n: int) -> str:
    return f"{ascii_of(first)[:1]}{ascii_of(last)[:12]}{n}"


def _extended(number: str, chance: Chance) -> str:
    """Add an extension to some numbers, where the column has room for it."""
    more = f" x{chance.digits(3)}" if chance.hit(0.7) else f" ext {chance.digits(2)}"
    return number + more if chance.hit(0.15) and len(number + more) <= PHONE else number


def _street(locale: str, name: str, chance: Chance) -> str:
    number = chance.number(1, 240)
    if locale in ("en_US", "en_GB", "fr_FR"):
        return f"{number} {name}"
    if locale in ("es_ES", "it_IT", "pt_BR"):
        return f"{name}, {number}"
    return f"{name} {number}"
