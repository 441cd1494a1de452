"""Made-up databases: a schema, people and texts of chance, and what of each cell is whose.

Names of tables and columns, kinds of keys, declared relations or none, depth, copies, tables without
a key, numbers as numbers or as texts, people of several countries with relatives and namesakes, and
texts that name them in many ways beside others and beside things that are called like them.
"""

import json
import random
import re
import uuid
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from faker import Faker
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    insert,
)

from scanner.model import Audit, ColumnRef, Database, Decision, Finding, Scan, TableFacts, TableRef
from scanner.texts.folding import folded

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "sv_SE")
NUMBERS = (
    "+1 512 61{:01d} {:04d}",
    "+44 20 794{:01d} {:04d}",
    "+49 30 9018{:01d} {:04d}",
    "+34 91 41{:01d} {:04d}",
)
PEOPLE_TABLES = ("customers", "Klienten", "patient", "guest", "T_MEMBER", "policy holders", "user")
CHILDREN = ("orders", "visits", "Vertrag", "claims", "tickets", "t_booking", "group")
NOTES = ("notes", "audit_log", "Bemerkungen", "messages", "mail_out")
GIVEN, FAMILY = (
    ("first_name", "vorname", "GivenName", "fname"),
    ("last_name", "nachname", "Surname", "lname"),
)
DIRECT = {"EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "CUSTOMER_ID": "member_ref"}


@dataclass(frozen=True)
class Person:
    """Somebody: what their row says."""

    key: Any
    given: str
    family: str
    mail: str
    phone: str
    ref: str
    street: str
    born: date

    def ways(self, chance: random.Random) -> str:
        """Write something that is this person's alone."""
        digits = "".join(c for c in self.phone if c.isdigit())
        return chance.choice(
            [
                self.mail,
                self.mail.upper(),
                self.phone,
                f"+{digits}",
                self.phone.replace(" ", "-"),
                self.phone.replace(" ", "."),
                self.ref,
                self.ref.lower(),
            ]
        )

    def name(self, chance: random.Random) -> str:
        """Write the whole name."""
        one, two = self.given, self.family
        return chance.choice(
            [f"{one} {two}", f"{two}, {one}", f"{one} {two}".upper(), f"{one}  {two}"]
        )


Piece = tuple[str, str]
"""Some words, and what they are of the subject: something ``strong``, the whole ``name`` or a ``part`` of
it, which here never means the subject; empty where they are nobody's or another's."""

FORMS = (
    "Call back: {s}.",
    "mail from <{s}> about the invoice of {o}",
    "{o} and the account {s} were merged",
    "{o} asked for {n} on the 3rd",
    "Spoke with {n} ({s}), then with {o}.",
    "from: {n}\nto: {o}\nre: delivery",
    "{n}; {s}; {o}",
    "delivered to {o}",
    "the {f} GmbH and {o} signed; see order 5512",
    "{o} moved to {f} Street 12",
    "{g} {x} called for {o}",
    "nothing to report, 512 units at 13:45",
    "{o}: {x} {f} is my sister",
)
"""Texts with {s} something strong and {n} the whole name of one person, {g} and {f} parts of it, {o} the
name of somebody else, {x} another given name."""


@dataclass(frozen=True)
class Said:
    """A text and its pieces."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """Give it as it is written."""
        return "".join(words for words, _ in self.pieces)

    def left(self, parts: Collection[str] = ()) -> re.Pattern[str]:
        """Match what may be left of it: all that is not the subject's is as it was.

        In the subject's own rows ``parts`` of the name go, whatever they mean: a word, or several.
        """
        placeholder = r"(?:\[[A-Z_ ]+\][\s,.;-]*)+"
        longest = sorted(parts, key=len, reverse=True)
        loose = "|".join(rf"\b{re.escape(p)}\b" for p in longest)

        def gone(words: str) -> str:
            """Match one placeholder for some words, or one for each of those that are gone."""
            each = r"\s?".join(f"(?:{re.escape(w)}|{placeholder})" for w in words.split())
            return f"(?:{placeholder}|{each})"

        def may_be(words: str, kind: str) -> str:
            if kind in ("strong", "name"):
                return f"(?:{re.escape(words)}|{placeholder})"
            apart = re.split(f"({loose})", words, flags=re.IGNORECASE) if loose else [words]
            return "".join(gone(w) if n % 2 else re.escape(w) for n, w in enumerate(apart))

        return re.compile("".join(may_be(*piece) for piece in self.pieces))

    def standing(self, now: str) -> list[str]:
        """List what names the subject and still stands in what is left."""
        mine = Counter(words for words, kind in self.pieces if kind in ("strong", "name"))
        others = [words for words, kind in self.pieces if kind not in ("strong", "name")]
        return [w for w in mine if now.count(w) > sum(o.count(w) for o in others)]


@dataclass
class World:
    """A database with its truth: whose rows are whose, and what each text says."""

    schema: MetaData
    people: list[Person]
    table: str
    key: str
    pack: str
    kinds: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    said: dict[tuple[str, int, str], Said] = field(default_factory=dict)
    owned: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def parts(self) -> Collection[str]:
        """Give the parts of the subject's name, whole and word by word."""
        who = self.subject
        return {w for p in (who.given, who.family) for w in (p, *p.split())}

    @property
    def subject(self) -> Person:
        """Give who is to be erased."""
        return self.people[0]

    def fill(self, engine: Engine) -> None:
        """Make the tables and their rows."""
        self.schema.create_all(engine)
        with engine.begin() as connection:
            for name, rows in self.rows.items():
                if rows:
                    connection.execute(insert(self.schema.tables[name]), rows)

    def audit(self, database: Database, schema: str = "") -> Audit:
        """Decide as the policy does, of columns that are what they are."""
        findings, decisions = [], {}
        for table in self.schema.tables.values():
            for column in table.columns:
                where = ColumnRef(schema, table.name, column.name)
                personal, entity = self.kinds.get((table.name, column.name), ("none", ""))
                findings.append(
                    Finding(where, str(column.type), "scanned", personal=personal, entity=entity)
                )
                if personal != "none":
                    choice = "null" if entity == "DATE_OF_BIRTH" else "redact"
                    choice = "scrub" if personal == "free_text" else choice
                    decisions[where] = Decision(where, choice, by="policy")
        tables = tuple(TableFacts(TableRef(schema, n), 1) for n in self.schema.tables)
        when = "2026-01-01T00:00:00+00:00"
        return Audit(Scan("test", when, database, "none", tables, tuple(findings)), decisions)


def world(seed: int) -> World:
    """Make one; equal seeds make equal ones."""
    return _Maker(random.Random(seed)).made()


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.kind = chance.choice(["number", "text", "uuid"])
        self.people = list(self._people())
        self.meta = MetaData()
        self.key = chance.choice(["id", "objid", "Nr", "person id"])
        self.table = chance.choice(PEOPLE_TABLES)
        self.world = World(self.meta, self.people, self.table, self.key, "")
        self.reach: list[str] = []

    def made(self) -> World:
        self._root()
        parents = [self.table]
        for name in self.chance.sample(CHILDREN, self.chance.randint(1, 4)):
            parents.append(self._child(name, self.chance.choice(parents)))
        for name in self.chance.sample(NOTES, self.chance.randint(1, 3)):
            self._notes(name)
        quoted = json.dumps(self.table)
        self.world.pack = "\n".join(
            [
                '[pack]\ntitle = "made up"',
                f"known_by = [{quoted}]\nkey = {json.dumps(self.key)}",
                f"[subject]\ntable = {quoted}\nholders = [{quoted}]",
                *self.reach,
            ]
        )
        return self.world

    # -- people -------------------------------------------------------------------------------

    def _people(self) -> Iterator[Person]:
        fakes = [Faker(locale) for locale in self.chance.sample(LOCALES, 3)]
        for fake in fakes:
            fake.seed_instance(self.chance.randrange(10**6))
        count = self.chance.randint(6, 12)
        base: list[tuple[str, str]] = []
        for _ in range(count):
            fake = self.chance.choice(fakes)
            base.append((fake.first_name(), fake.last_name()))
        given, family = base[0]
        base[1] = (base[1][0], family) if base[1][0] != given else base[1]  # a relative
        base[2] = (given, base[2][1]) if base[2][1] != family else base[2]
        if self.chance.random() < 0.3:
            base[3] = (given, family)
        for n, (one, two) in enumerate(base):
            plain = (
                re.sub(r"[^a-z]", "", folded(one))[:1] + "." + re.sub(r"[^a-z]", "", folded(two))
            )
            number = self.chance.choice(NUMBERS)
            yield Person(
                self._key(n),
                one,
                two,
                f"{plain}{self.chance.randint(10, 99)}x{n}@{self.chance.choice(fakes).safe_domain_name()}",
                number.format(n % 10, self.chance.randrange(1000, 9999)),
                f"MB{n:02d}-{self.chance.randrange(10_000, 99_999)}",
                f"{self.chance.choice(fakes).street_name()} {n + 3}",
                date(1950, 1, 1) + timedelta(days=self.chance.randrange(18_000)),
            )

    def _key(self, n: int) -> Any:
        if self.kind == "number":
            return 70_001 + 13 * n
        if self.kind == "text":
            return f"K{n:03d}"
        return str(uuid.UUID(int=self.chance.getrandbits(128)))

    # -- tables -------------------------------------------------------------------------------

    def _column_of_key(self) -> Any:
        return BigInteger() if self.kind == "number" else String(40)

    def _root(self) -> None:
        many = self.chance.random() < 0.3
        given, family = self.chance.choice(list(zip(GIVEN, FAMILY, strict=True)))
        columns = [Column(self.key, self._column_of_key(), primary_key=True, autoincrement=False)]
        if many:
            columns.append(Column("full_name", String(120)))
            kinds = {"full_name": "PERSON"}
        else:
            columns += [Column(given, String(60)), Column(family, String(60))]
            kinds = {given: "PERSON", family: "PERSON"}
        numbers = self.chance.random() < 0.3
        columns += [
            Column("email", String(120)),
            Column("phone", BigInteger() if numbers else String(40)),
            Column("member_ref", String(20)),
            Column("street", String(120)),
            Column("born", Date),
            Column("status", Integer),
            Column("remark", Text),
        ]
        kinds |= {v: k for k, v in DIRECT.items()}
        kinds |= {"street": "STREET_ADDRESS", "born": "DATE_OF_BIRTH"}
        Table(self.table, self.meta, *columns)
        self._known(self.table, kinds)
        self.world.kinds[self.table, "remark"] = ("free_text", "FREE_TEXT")
        rows = self.world.rows[self.table] = []
        for n, who in enumerate(self.people):
            name = {"full_name": f"{who.given} {who.family}"}
            parts = {given: who.given, family: who.family}
            phone = int("".join(c for c in who.phone if c.isdigit())) if numbers else who.phone
            rows.append(
                {
                    self.key: who.key,
                    **(name if many else parts),
                    "email": who.mail,
                    "phone": phone,
                    "member_ref": who.ref,
                    "street": who.street,
                    "born": who.born,
                    "status": n % 3,
                    "remark": self._text(self.table, n, "remark"),
                }
            )
            self.world.owned[self.table, n] = n

    def _child(self, name: str, parent: str) -> str:
        """Make a table of rows that belong to people, by their row or by something of theirs."""
        root = parent == self.table
        to = self.key if root else "id"
        by = self.chance.choice([f"{parent}_id", "owner", "parent_ref"])
        declared = self.chance.random() < 0.5
        kind = self._column_of_key() if root else Integer()
        target = [ForeignKey(self.meta.tables[parent].c[to])] if declared else []
        Table(
            name,
            self.meta,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column(by, kind, *target),
            Column("contact_name", String(120)),
            Column("contact_mail", String(120)),
            Column("amount", Integer),
            Column("note", Text),
        )
        self._known(name, {"contact_name": "PERSON", "contact_mail": "EMAIL_ADDRESS"})
        self.world.kinds[name, "note"] = ("free_text", "FREE_TEXT")
        self.reach.append(
            f"[[reach]]\ntable = {json.dumps(name)}\nfrom = {json.dumps(parent)}\n"
            f'by = {json.dumps(by)}\nto = {json.dumps(to)}\nrows = "own"\nwhy = "made so"'
        )
        rows = self.world.rows[name] = []
        above = self.world.rows[parent]
        for n in range(self.chance.randint(len(above), 2 * len(above))):
            place = self.chance.randrange(len(above))
            owner = self.world.owned[parent, place]
            who = self.people[owner]
            rows.append(
                {
                    "id": n + 1,
                    by: above[place][to],
                    "contact_name": f"{who.given} {who.family}",
                    "contact_mail": who.mail,
                    "amount": self.chance.randrange(1000),
                    "note": self._text(name, n, "note"),
                }
            )
            self.world.owned[name, n] = owner
        return name

    def _notes(self, name: str) -> None:
        """Make a table of texts that is nobody's, with a key or without."""
        keyed, document = self.chance.random() < 0.7, self.chance.random() < 0.3
        columns = [Column("id", Integer, primary_key=True, autoincrement=False)] if keyed else []
        columns += [Column("at", Integer), Column("said", JSON if document else Text)]
        Table(name, self.meta, *columns)
        self.world.kinds[name, "said"] = ("free_text", "FREE_TEXT")
        rows = self.world.rows[name] = []
        for n in range(self.chance.randint(8, 20)):
            said = self._text(name, n, "said")
            key = {"id": n + 1} if keyed else {}
            rows.append({**key, "at": n, "said": {"no": n, "text": said} if document else said})

    def _known(self, table: str, kinds: dict[str, str]) -> None:
        for column, entity in kinds.items():
            personal = "quasi" if entity == "DATE_OF_BIRTH" else "direct"
            self.world.kinds[table, column] = (personal, entity)

    # -- texts --------------------------------------------------------------------------------

    def _text(self, table: str, row: int, column: str) -> str:
        """Write a text, of the subject or of somebody else alone, and remember what it says."""
        chance, subject = self.chance, self.people[0]
        mine = chance.random() < 0.5
        pieces: list[Piece] = []
        for _ in range(chance.randint(1, 2)):
            form = chance.choice(FORMS)
            who = subject if mine else chance.choice(self.people[4:])
            other = chance.choice([p for p in self.people[4:] if p is not who] or self.people[4:])
            for part in re.split(r"(\{\w\})", form):
                pieces.append(self._piece(part, who, other))
            pieces.append((chance.choice([" ", "\n", "\n\n"]), ""))
        said = Said(tuple(p for p in pieces if p[0]))
        self.world.said[table, row, column] = said
        return said.text

    def _piece(self, part: str, who: Person, other: Person) -> Piece:
        chance, mine = self.chance, who is self.people[0]
        if part == "{s}":
            return who.ways(chance), "strong" if mine else ""
        if part == "{n}":
            return who.name(chance), "name" if mine else ""
        if part == "{o}":
            return f"{other.given} {other.family}", ""
        if part in ("{g}", "{f}"):
            return (who.given if part == "{g}" else who.family), "part" if mine else ""
        return (chance.choice(["Ottokar", "Wilhelmina", "Barnaby"]) if part == "{x}" else part), ""
