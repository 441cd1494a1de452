"""Made-up tables that mislead: what is in a column, and what a scan must and must not say of it.

Nothing here comes from anybody's database: the values are Faker's, of one seed.
"""

import json
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Engine, MetaData, Table, create_engine, insert
from sqlalchemy.types import BigInteger, Date, Float, String, TypeEngine

LOCALES = (
    "en_GB",
    "de_DE",
    "fr_FR",
    "es_ES",
    "it_IT",
    "pt_BR",
    "nl_NL",
    "pl_PL",
    "sv_SE",
    "tr_TR",
    "ru_RU",
    "ja_JP",
)


@dataclass(frozen=True, slots=True)
class Made:
    """A column: its values and the answers (``direct``, ``quasi`` ...) that are right."""

    table: str
    name: str
    right: frozenset[str]
    values: tuple[Any, ...]
    kind: type[TypeEngine[Any]] = String


def columns(seed: int = 1, rows: int = 80) -> list[Made]:
    """Make the columns, table by table; equal seeds make equal columns."""
    from faker import Faker

    chance = random.Random(seed)
    fakes = {}
    for locale in LOCALES:
        fakes[locale] = Faker(locale)
        fakes[locale].seed_instance(seed)
    fake = fakes["en_GB"]
    found: list[Made] = []

    def add(
        table: str,
        name: str,
        right: str,
        make: Callable[[], Any],
        kind: type[TypeEngine[Any]] = String,
        count: int = rows,
    ) -> None:
        values = tuple(make() for _ in range(count))
        found.append(Made(table, name, frozenset(right.split("|")), values, kind))

    def digits(count: int) -> str:
        return str(chance.randrange(10 ** (count - 1), 10**count))

    def text(count: int) -> str:
        return "".join(chance.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=count))

    def born(form: str) -> str:
        return fake.date_of_birth(minimum_age=18, maximum_age=90).strftime(form)

    def recent() -> Any:
        return fake.date_between("-3y", "today")

    # -- opaque names: only the values can say it
    for number, locale in enumerate(LOCALES):
        one = fakes[locale]
        add(f"t{number}", "c1", "direct", one.name)
        add(f"t{number}", "c2", "direct", one.ascii_email)
        add(f"t{number}", "c3", "none", lambda: digits(7), BigInteger)
        add(f"t{number}", "c4", "none", recent, Date)
        add(f"t{number}", "c5", "none", lambda: f"{text(2)}-{digits(5)}")
    add("x9", "field7", "direct", lambda: f"{fake.last_name()}, {fake.first_name()}".upper())
    add("x9", "field8", "direct", lambda: f"+44 20 7946 {digits(4)}")
    add("x9", "field9", "direct", fake.iban)
    add("x9", "field10", "direct", lambda: fake.credit_card_number("visa"))
    add("x9", "field11", "direct", lambda: f"{chance.randint(1, 99)} {fake.last_name()} Street")
    add("x9", "field12", "none", lambda: uuid.UUID(int=chance.getrandbits(128)).hex)
    add("x9", "field13", "none", lambda: str(uuid.UUID(int=chance.getrandbits(128))))
    add("x9", "field14", "direct", lambda: f"{fake.last_name().lower()}{digits(2)}@corp")

    # -- looks personal, and is not
    goods = ("chair", "table", "lamp", "kettle", "drill", "printer", "cable", "monitor")
    add("product", "name", "none", lambda: f"{fake.color_name()} {chance.choice(goods)}")
    add("product", "model", "none", lambda: f"{fake.last_name()} {chance.randint(100, 999)}")
    add("product", "brand", "none", lambda: f"{fake.last_name()} Ltd")
    add("product", "order_no", "none", lambda: digits(16))
    add("product", "ean", "none", lambda: fake.ean13())
    add("product", "ref", "none", lambda: digits(9))
    add("product", "batch", "none", lambda: digits(12), BigInteger)
    add("product", "isbn", "none", fake.isbn13)
    add("product", "version", "none", lambda: ".".join(digits(1) for _ in range(4)))
    add("product", "released", "none", recent, Date)
    add("product", "stamp", "none", lambda: str(chance.randrange(1_500_000_000, 1_700_000_000)))
    add("product", "sha", "none", lambda: f"{chance.getrandbits(256):064x}")
    add("product", "price", "none", lambda: chance.randint(100, 99999) / 100, Float)
    add("product", "phone_model", "none", lambda: f"{text(2)} {digits(2)}")
    add("product", "card_type", "none", lambda: chance.choice(("Visa", "Maestro", "Amex")))
    add("product", "email_verified", "none", lambda: chance.choice("YN"))
    add("product", "city", "none|quasi", fake.city)
    add("shop", "shop_name", "none", fake.company)
    add("shop", "phone", "none", lambda: f"020 7946 {digits(4)}")
    add("shop", "latitude", "none", lambda: round(chance.uniform(50, 55), 6), Float)
    add("shop", "longitude", "none", lambda: round(chance.uniform(-3, 1), 6), Float)
    add("shop", "manager_id", "none", lambda: chance.randint(1, 40), BigInteger)

    # -- the name says one thing, the values another
    add("swapped", "name", "none", lambda: f"{text(3)}{digits(4)}")
    add("swapped", "code", "direct", fake.ascii_email)
    add("swapped", "phone", "none", lambda: chance.choice(("red", "green", "blue")))
    add("swapped", "description", "direct", fake.name)
    add("swapped", "birthday", "none", lambda: f"step {chance.randint(1, 9)}")
    add("swapped", "email", "none", lambda: chance.choice("01"))
    add("swapped", "address", "none", lambda: f"0x{chance.getrandbits(32):08x}")

    # -- kinds of values
    add("client", "GEBURTSTAG", "direct", lambda: born("%d.%m.%Y"))
    add("client", "dob_text", "direct", lambda: born("%d %b %Y"))
    add("client", "date_naissance", "direct", lambda: born("%Y%m%d"))
    add("client", "created", "none", lambda: recent().strftime("%d.%m.%Y"))
    add("client", "mobile", "direct", lambda: int("49171" + digits(7)), BigInteger)
    add("client", "handynr", "direct", lambda: "0171" + digits(7))
    add("client", "login", "direct", lambda: f"{fake.first_name()[0]}{fake.last_name()}".lower())
    add("client", "kennwort", "direct", lambda: fake.password())
    add("client", "token", "direct", lambda: f"{chance.getrandbits(160):040x}")
    add("client", "lat", "direct", lambda: round(chance.uniform(50, 55), 6), Float)
    add("client", "plz", "quasi", lambda: digits(5))
    add("client", "iban", "direct", fakes["de_DE"].iban)
    add("client", "NAME_KUNDE", "direct", lambda: fakes["de_DE"].name().upper())
    add("client", "client_type", "none", lambda: chance.choice(("private", "business")))
    add("client", "score", "none", lambda: chance.randint(1, 100), BigInteger)

    # -- names that say little of one column, and other alphabets
    add("CUSMAS", "CUSNO", "none", lambda: digits(6))
    add("CUSMAS", "CUSNM", "direct", lambda: f"{fake.last_name()} {fake.first_name()}".upper())
    add("CUSMAS", "CUSAD1", "direct", lambda: fake.street_address().upper())
    add("CUSMAS", "CUSPHN", "direct", lambda: digits(10))
    add("CUSMAS", "CUSBAL", "none", lambda: chance.randint(1, 9999) / 100, Float)
    add("adherent", "nomAdh", "direct", fakes["fr_FR"].name)
    add("adherent", "adrAdh", "direct", fakes["fr_FR"].street_address)
    add("adherent", "dnAdh", "direct", lambda: fake.date_of_birth(minimum_age=18), Date)
    add("adherent", "typAdh", "none", lambda: chance.choice(("actif", "honoraire")))
    add("adherent", "codAdh", "none", lambda: f"A{digits(4)}")
    add("Пациенты", "Фамилия", "direct", fakes["ru_RU"].last_name)
    add("Пациенты", "ДатаРождения", "direct", lambda: fake.date_of_birth(minimum_age=18), Date)
    add("Пациенты", "НомерПолиса", "direct", lambda: digits(16))
    add("Пациенты", "Диагноз", "none", lambda: chance.choice(("ОРВИ", "грипп")))
    add("患者", "氏名", "direct", fakes["ja_JP"].name)
    add("患者", "電話番号", "direct", lambda: f"03-{digits(4)}-{digits(4)}")
    add("患者", "診療科", "none", lambda: chance.choice(("内科", "外科")))
    add("회원", "회원번호", "none", lambda: digits(5))
    add("회원", "전화번호", "direct", lambda: f"010-{digits(4)}-{digits(4)}")
    add("회원", "비밀번호", "direct", fake.password)

    # -- whose it is: a company with somebody to ask for, somebody who has a company, a shop's own
    add("supplier2", "name", "none", fake.company)
    add("supplier2", "contact_name", "direct", fake.name)
    add("supplier2", "street", "none", fake.street_address)
    add("supplier2", "tax_number", "none", lambda: digits(9))
    add("supplier2", "mail", "none", lambda: f"sales@{fake.domain_name()}")
    add("party", "display_name", "direct", fake.name)
    add("party", "company_name", "none", fake.company)
    add("party", "street", "direct", fake.street_address)
    add("purchase", "ship_to_name", "direct", fake.name)
    add("purchase", "ship_to_street", "direct", fake.street_address)
    add("purchase", "carrier_company", "none", lambda: chance.choice(("DPD", "Hermes")))
    add("purchase", "state", "none", lambda: chance.choice(("sent", "open", "paid")))
    add("purchase", "approved_by", "direct|quasi", fake.name)
    add("purchase", "order_by", "none", lambda: chance.choice(("date", "price")))
    add("branch_office", "AdmFName", "direct", fake.first_name)
    add("branch_office", "Street", "none", fake.street_address)
    add("branch_office", "Phone", "none", lambda: f"020 7946 {digits(4)}")
    keys = [f"{digits(8)}Z" for _ in range(rows)]
    found.append(Made("crew", "dni", frozenset({"direct"}), tuple(keys)))
    found.append(
        Made("crew", "boss", frozenset({"direct"}), tuple(chance.choices(keys[:9], k=rows)))
    )

    # -- what only the form of its values tells
    add("y3", "c1", "direct", lambda: f"{digits(3)}.{digits(3)}.{digits(3)}-{digits(2)}")
    add("y3", "c2", "direct", lambda: f"ул. {fakes['ru_RU'].last_name()}, д. {digits(2)}")
    add("y3", "c3", "none", lambda: digits(14))
    add("y3", "c4", "none", lambda: f"(+{digits(2)}) {digits(1)} {digits(1)} {digits(1)}")

    # -- many things in one column
    kinds = {
        "email": fake.ascii_email,
        "first_name": fake.first_name,
        "theme": lambda: chance.choice(("dark", "light")),
        "phone": lambda: f"+44 20 7946 {digits(4)}",
        "page_size": lambda: digits(2),
    }
    pairs = [(k, kinds[k]()) for k in chance.choices(list(kinds), k=rows)]
    found.append(Made("profile", "attr", frozenset({"none"}), tuple(k for k, _ in pairs)))
    found.append(
        Made(
            "profile", "attr_value", frozenset({"direct", "free_text"}), tuple(v for _, v in pairs)
        )
    )
    names = [(k, fake.last_name()) for k in chance.choices(("last_name", "shoe_size"), k=rows)]
    found.append(Made("extra", "param", frozenset({"none"}), tuple(k for k, _ in names)))
    found.append(
        Made(
            "extra",
            "value",
            frozenset({"direct", "free_text"}),
            tuple(v if k == "last_name" else digits(2) for k, v in names),
        )
    )
    options = [(k, digits(2)) for k in chance.choices(("page_size", "theme", "zoom"), k=rows)]
    found.append(Made("options", "param", frozenset({"none"}), tuple(k for k, _ in options)))
    found.append(Made("options", "value", frozenset({"none"}), tuple(v for _, v in options)))
    add(
        "event",
        "payload",
        "direct|free_text",
        lambda: json.dumps({"id": digits(4), "user": {"name": fake.name(), "city": fake.city()}}),
    )
    add("event", "settings", "none", lambda: json.dumps({"theme": "dark", "size": digits(2)}))
    add("event", "kind", "none", lambda: chance.choice(("open", "close")))

    # -- hardly any values
    add("tiny", "name", "direct|none|unknown", fake.name, count=2)
    add("tiny", "q1", "unknown", lambda: text(5), count=2)
    add("barren", "email", "unknown", fake.ascii_email, count=0)
    add("same", "email", "direct", lambda: "info@example.com")
    add("same", "remark", "none", lambda: "n/a")
    return found


def build(made: Sequence[Made], url: str) -> Engine:
    """Write the columns as tables into an empty database."""
    engine, schema = create_engine(url), MetaData()
    tables = {one.table: [m for m in made if m.table == one.table] for one in made}
    for name, ones in tables.items():
        Table(name, schema, *(Column(m.name, m.kind) for m in ones))
    schema.create_all(engine)
    with engine.begin() as connection:
        for name, ones in tables.items():
            rows = [
                {m.name: v for m, v in zip(ones, row, strict=True)}
                for row in zip(*(m.values for m in ones), strict=True)
            ]
            if rows:
                connection.execute(insert(schema.tables[name]), rows)
    return engine
