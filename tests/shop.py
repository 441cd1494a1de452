"""A shop's database that no pack is known for: in English or German, with or without foreign keys.

One customer in three has no newsletter; tickets name their customer in texts; employees stay.
"""

from datetime import date, timedelta

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    insert,
)

GERMAN = {
    "customers": "kunden",
    "customer_id": "kundennr",
    "addresses": "anschriften",
    "orders": "bestellungen",
    "order_id": "bestellung_id",
    "order_items": "positionen",
    "invoices": "rechnungen",
    "tickets": "anfragen",
    "ticket_id": "anfrage_id",
    "ticket_notes": "anfragenotizen",
    "employees": "mitarbeiter",
    "employee_id": "mitarbeiter_id",
    "first_name": "vorname",
    "last_name": "nachname",
    "street": "strasse",
    "city": "ort",
    "phone": "telefon",
    "created": "angelegt",
    "body": "notiz",
    "note": "bemerkung",
}

SUBJECT = 1007
FIRST = [
    "Anna",
    "Bruno",
    "Carla",
    "Dieter",
    "Elena",
    "Franz",
    "Greta",
    "Hannes",
    "Ines",
    "Jonas",
    "Karla",
    "Lukas",
    "Maria",
    "Nils",
]
LAST = [
    "Bergmann",
    "Castillo",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Galloway",
    "Hofmann",
    "Ibsen",
    "Jankowski",
    "Keller",
]
CITIES = ["Berlin", "Hamburg", "Leipzig", "Wien", "Graz"]
PEOPLE = 60


def person(number: int) -> dict[str, str]:
    """Invent somebody: no two have the same name or address."""
    first, last = FIRST[number % len(FIRST)], LAST[(number // 3) % len(LAST)]
    return {
        "first_name": first,
        "last_name": last,
        "email": f"{first}.{last}.{number}@mail.example".lower(),
        "phone": f"+49 30 55{number:03}{number * 7 % 1000:03}",
    }


def build(url: str, *, keys: bool, german: bool) -> None:
    """Make the shop at ``url``."""
    word = GERMAN if german else {}
    meta = MetaData()

    def name(english: str) -> str:
        return word.get(english, english)

    def table(english: str, *columns: Column) -> Table:
        return Table(name(english), meta, Column("id", Integer, primary_key=True), *columns)

    def to(column: str, target: str) -> Column:
        end = [ForeignKey(f"{name(target)}.id")] if keys else []
        return Column(name(column), Integer, *end)

    def text(english: str, width: int = 80) -> Column:
        return Column(name(english), String(width))

    def human() -> list[Column]:
        return [text(c) for c in ("first_name", "last_name", "email", "phone")]

    made = {
        "customers": table("customers", *human()),
        "employees": table("employees", *human()),
    }
    made["addresses"] = table(
        "addresses", to("customer_id", "customers"), text("street"), text("city")
    )
    made["orders"] = table(
        "orders",
        to("customer_id", "customers"),
        to("employee_id", "employees"),
        text("status", 20),
        Column(name("created"), Date),
    )
    made["order_items"] = table("order_items", to("order_id", "orders"), text("note"))
    made["invoices"] = table("invoices", to("order_id", "orders"), text("status", 20))
    made["tickets"] = table("tickets", to("customer_id", "customers"), text("status", 20))
    made["ticket_notes"] = table(
        "ticket_notes", to("ticket_id", "tickets"), Column(name("body"), Text)
    )
    made["newsletter"] = Table("newsletter", meta, text("email"), text("last_name"))
    engine = create_engine(url)
    meta.create_all(engine)
    with engine.begin() as connection:
        for english, rows in _rows().items():
            values = [{name(c): v for c, v in row.items()} for row in rows]
            connection.execute(insert(made[english]), values)
    engine.dispose()


def _rows() -> dict[str, list[dict[str, object]]]:
    customers = [{"id": 1000 + n, **person(n)} for n in range(PEOPLE)]
    orders = [
        {
            "id": 5000 + 3 * n,
            "customer_id": 1000 + n % PEOPLE,
            "employee_id": 1 + n % 25,
            "status": ("open", "paid", "sent")[n % 3],
            "created": date(2024, 1, 1) + timedelta(days=n),
        }
        for n in range(240)
    ]
    tickets = [
        {"id": 9000 + 7 * n, "customer_id": 1000 + n % PEOPLE, "status": ("new", "done")[n % 2]}
        for n in range(120)
    ]
    return {
        "customers": customers,
        "employees": [{"id": 1 + n, **person(500 + n)} for n in range(25)],
        "addresses": [
            {
                "id": 300 + n,
                "customer_id": 1000 + n,
                "street": f"{LAST[n % 10]}str. {n + 1}",
                "city": CITIES[n % 5],
            }
            for n in range(PEOPLE)
        ],
        "orders": orders,
        "order_items": [
            {"id": n, "order_id": orders[n % 240]["id"], "note": "blue, large"} for n in range(480)
        ],
        "invoices": [
            {"id": n, "order_id": o["id"], "status": ("open", "paid")[n % 2]}
            for n, o in enumerate(orders)
        ],
        "tickets": tickets,
        "ticket_notes": [
            {
                "id": n,
                "ticket_id": t["id"],
                "body": "Spoke to {first_name} {last_name}, mail to {email}, will call back.".format(
                    **person(n % PEOPLE)
                ),
            }
            for n, t in enumerate(tickets)
        ],
        "newsletter": [
            {"email": person(n)["email"], "last_name": person(n)["last_name"]}
            for n in range(PEOPLE)
            if n % 3 != 0
        ],
    }
