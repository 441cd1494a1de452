"""A small Clarify-like database for the tests of erasing: a dozen tables, three people.

Ann Lee (1) is to be erased. Bob Ray (2) wrote with her; another Ann Lee (3) is her namesake.
"""

import tempfile
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from pymysql.constants import CLIENT
from sqlalchemy import (
    BigInteger,
    ClauseElement,
    Column,
    DateTime,
    Dialect,
    Engine,
    Index,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    create_mock_engine,
    insert,
    inspect,
    make_url,
    text,
)
from sqlalchemy.engine.interfaces import ReflectedColumn

from scanner import dialects, rulebook
from scanner.database import connect, identify, reading, ref, reflect
from scanner.model import Audit, ColumnRef, Decision, Finding, Scan, TableFacts, TableRef

ANN, BOB, NAMESAKE = 268435457, 268435458, 268435459

NO_NAMESAKE = (
    *(
        f"update {table} set first_name = 'Kim', s_first_name = 'KIM', last_name = 'Moe', "
        f"s_last_name = 'MOE' where objid = {NAMESAKE}"
        for table in ("table_contact", "contact_bkp")
    ),
    "update table_site set name = 'Kim Moe' where objid = 3",
    f"delete from aud_table_contact where objid = {NAMESAKE}",
)
"""After these statements nobody else is called Ann Lee."""

CANARIES = (
    "Ann",
    "Lee",
    "ann.lee@example.com",
    "ann@home.example",
    "+1 512 610 5466",
    "5126105466",
    "CUST-00471",
    "12 Elm Street",
    "annlee77",
    "Zebra-Secret-Note",
)
"""What no output may hold."""


def schema() -> MetaData:
    """Declare the tables; like Clarify's they have unique indexes and no primary keys."""
    meta = MetaData()

    def table(name: str, *columns: Column, key: str = "objid") -> Table:
        made = Table(name, meta, *columns)
        if key:
            Index(f"ind_{name}_{key}"[:60], made.c[key], unique=True)
        return made

    def objid() -> Column:
        return Column("objid", BigInteger)

    contact = [
        ("first_name", 30),
        ("s_first_name", 30),
        ("last_name", 30),
        ("s_last_name", 30),
        ("phone", 20),
        ("e_mail", 80),
        ("x_cust_ref", 80),
    ]

    def people() -> list[Column]:
        return [*(Column(n, String(w)) for n, w in contact), Column("x_dateofbirth", DateTime)]

    made = table("table_contact", objid(), *people())
    Index("contact_name", made.c.first_name, made.c.last_name, made.c.phone, unique=True)
    Index("contact_ref", made.c.x_cust_ref, unique=True)
    table("contact_bkp", objid(), *people(), key="")
    table("aud_table_contact", objid(), *people(), Column("aud_action", String(10)), key="")
    table(
        "table_e_addr",
        objid(),
        Column("e_num", String(255)),
        Column("eaddr2contact", BigInteger),
    )
    table(
        "table_web_user",
        objid(),
        Column("login_name", String(50)),
        Column("web_user2contact", BigInteger),
    )
    table(
        "table_contact_role",
        objid(),
        Column("role_name", String(80)),
        Column("contact_role2contact", BigInteger),
        Column("contact_role2site", BigInteger),
    )
    table(
        "table_site",
        objid(),
        Column("name", String(80)),
        Column("type", Integer),
        Column("cust_primaddr2address", BigInteger),
    )
    table("table_address", objid(), Column("address", String(200)), Column("city", String(30)))
    table(
        "table_case",
        objid(),
        Column("id_number", String(30)),
        Column("title", String(80)),
        Column("case_history", Text),
        Column("creation_time", DateTime),
        Column("calltype2gbst_elm", BigInteger),
        Column("respsvrty2gbst_elm", BigInteger),
        Column("respprty2gbst_elm", BigInteger),
        Column("casests2gbst_elm", BigInteger),
        Column("alt_first_name", String(30)),
        Column("alt_last_name", String(30)),
        Column("alt_e_mail", String(80)),
        Column("case_reporter2contact", BigInteger),
        Column("alt_contact2contact", BigInteger),
        Column("case_state2condition", BigInteger),
    )
    table("table_condition", objid(), Column("title", String(80)))
    table(
        "table_notes_log",
        objid(),
        Column("description", Text),
        Column("case_notes2case", BigInteger),
    )
    table(
        "table_act_entry",
        objid(),
        Column("act_code", Integer),
        Column("entry_time", DateTime),
        Column("addnl_info", String(255)),
        Column("act_entry2case", BigInteger),
        Column("act_entry2contact", BigInteger),
        Column("act_entry2user", BigInteger),
    )
    table("table_employee", objid(), Column("first_name", String(50)), Column("e_mail", String(80)))
    table(
        "table_x_pref",
        objid(),
        Column("x_holder", String(60)),
        Column("x_memo", String(500)),
        Column("pref2contact", BigInteger),
    )
    table(
        "x_sms",
        Column("id", Integer),
        Column("msisdn", BigInteger),
        Column("body", String(1000)),
        Column("contact_objid", BigInteger),
        key="id",
    )
    table("table_x_carrier_zip", objid(), Column("x_city", String(30)))
    return meta


def rows() -> dict[str, list[dict[str, object]]]:
    """Give the rows of each table."""
    day, born = datetime(2019, 4, 12, 10, 30), datetime(1980, 3, 4)
    ann = {
        "objid": ANN,
        "first_name": "Ann",
        "s_first_name": "ANN",
        "last_name": "Lee",
        "s_last_name": "LEE",
        "phone": "+1 512 610 5466",
        "e_mail": "ann.lee@example.com",
        "x_cust_ref": "CUST-00471",
        "x_dateofbirth": born,
    }
    bob = {
        **ann,
        "objid": BOB,
        "first_name": "Bob",
        "s_first_name": "BOB",
        "last_name": "Ray",
        "s_last_name": "RAY",
        "phone": "+1 512 610 7777",
        "e_mail": "bob.ray@example.com",
        "x_cust_ref": "CUST-00472",
    }
    namesake = {
        **ann,
        "objid": NAMESAKE,
        "phone": "+44 20 7946 0958",
        "e_mail": "ann.lee@other.example",
        "x_cust_ref": "CUST-00473",
    }
    cases = [
        (
            1,
            "C1",
            "Modem of Ann Lee",
            "*** CASE 04/12/2019 sa\nAnn called. Zebra-Secret-Note",
            ANN,
            None,
        ),
        (2, "C2", "Printer", "*** NOTES\nSpoke to ann.lee@example.com (Ann) about Bob", BOB, None),
        (3, "C3", "Billing", "Bob asked for Ann Lee once", BOB, None),
        (4, "C4", "Router", "nothing special", BOB, ANN),
        (5, "C5", "Phone", "her own trouble, says Ann Lee", NAMESAKE, None),
    ]
    return {
        "table_contact": [ann, bob, namesake],
        "contact_bkp": [ann, bob],
        "table_e_addr": [
            {"objid": 1, "e_num": "ann@home.example", "eaddr2contact": ANN},
            {"objid": 2, "e_num": "bob@home.example", "eaddr2contact": BOB},
        ],
        "table_web_user": [{"objid": 1, "login_name": "annlee77", "web_user2contact": ANN}],
        "table_contact_role": [
            {"objid": n, "role_name": "Default", "contact_role2contact": c, "contact_role2site": s}
            for n, (c, s) in enumerate([(ANN, 1), (ANN, 2), (BOB, 2), (NAMESAKE, 3)], start=1)
        ],
        "table_site": [
            {"objid": 1, "name": "Ann Lee", "type": 4, "cust_primaddr2address": 1},
            {"objid": 2, "name": "Acme Industries", "type": 1, "cust_primaddr2address": 2},
            {"objid": 3, "name": "Ann Lee", "type": 4, "cust_primaddr2address": 3},
        ],
        "table_address": [
            {"objid": 1, "address": "12 Elm Street", "city": "Austin"},
            {"objid": 2, "address": "1 Industrial Way", "city": "Dallas"},
            {"objid": 3, "address": "9 Oak Lane", "city": "Leeds"},
        ],
        "table_case": [
            {
                "objid": n,
                "id_number": number,
                "title": title,
                "case_history": history,
                "creation_time": day,
                "calltype2gbst_elm": 7 + n % 2,
                "respsvrty2gbst_elm": 11,
                "respprty2gbst_elm": 12,
                "casests2gbst_elm": 13,
                "alt_first_name": "Ann" if alternate else None,
                "alt_last_name": "Lee" if alternate else None,
                "alt_e_mail": "ann@home.example" if alternate else None,
                "case_reporter2contact": reporter,
                "alt_contact2contact": alternate,
                "case_state2condition": 1 if n == 1 else 2,
            }
            for n, number, title, history, reporter, alternate in cases
        ],
        "table_condition": [{"objid": 1, "title": "Open"}, {"objid": 2, "title": "Closed"}],
        "table_notes_log": [
            {"objid": 1, "description": "Zebra-Secret-Note from Ann", "case_notes2case": 1},
            {"objid": 2, "description": "mail to ANN@HOME.EXAMPLE sent", "case_notes2case": 2},
            {
                "objid": 3,
                "description": "call (512) 610-5466 x12, not 512-610-7777",
                "case_notes2case": 3,
            },
            {"objid": 4, "description": "Anna Leeds rang about 12 Elmwood", "case_notes2case": 3},
        ],
        "table_act_entry": [
            {
                "objid": n,
                "act_code": code,
                "entry_time": day,
                "addnl_info": info,
                "act_entry2case": case,
                "act_entry2contact": contact,
                "act_entry2user": 5,
            }
            for n, (code, info, case, contact) in enumerate(
                [
                    (600, "Contact = Ann Lee, Priority = High, Status = Open.", 1, None),
                    (300, "from status Open to status Closed", 1, None),
                    (1700, "logged in as annlee77", None, ANN),
                    (600, "Contact = Bob Ray, Priority = Low, Status = Open.", 2, None),
                ],
                start=1,
            )
        ],
        "table_employee": [{"objid": 1, "first_name": "Ann", "e_mail": "ann.agent@corp.example"}],
        "table_x_pref": [
            {"objid": 1, "x_holder": "Ann Lee", "x_memo": "prefers Tuesdays", "pref2contact": ANN},
            {"objid": 2, "x_holder": "Bob Ray", "x_memo": "knows Ann", "pref2contact": BOB},
        ],
        "x_sms": [
            {"id": 1, "msisdn": 15126105466, "body": "Your code", "contact_objid": ANN},
            {"id": 2, "msisdn": 15126107777, "body": "Your code", "contact_objid": BOB},
        ],
        "table_x_carrier_zip": [{"objid": 1, "x_city": "Austin"}],
    }


TRIGGERS = {
    "sqlite": [
        "create trigger t_aud after update on table_contact begin insert into aud_table_contact "
        "(objid, first_name, last_name, phone, e_mail, aud_action) values "
        "(old.objid, old.first_name, old.last_name, old.phone, old.e_mail, 'U'); end"
    ],
    "postgresql": [
        "create function f_aud() returns trigger as $$ begin insert into aud_table_contact "
        "(objid, first_name, last_name, phone, e_mail, aud_action) values "
        "(old.objid, old.first_name, old.last_name, old.phone, old.e_mail, 'U'); return new; end $$ "
        "language plpgsql",
        "create trigger t_aud after update on table_contact for each row execute function f_aud()",
    ],
    "mysql": [
        "create trigger t_aud after update on table_contact for each row insert into "
        "aud_table_contact (objid, first_name, last_name, phone, e_mail, aud_action) values "
        "(old.objid, old.first_name, old.last_name, old.phone, old.e_mail, 'U')"
    ],
}
TRIGGERS["mariadb"] = TRIGGERS["mysql"]


def build(url: str, *, trigger: bool = True) -> str:
    """Make the database at ``url`` and give the URL back."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        file = Path(engine.url.database or "")
        if file.exists() and file.stat().st_size:
            _fill(engine, trigger=trigger)
        else:
            file.write_bytes(_file(trigger))
    else:
        at_once(url, _script(engine.url.drivername, trigger))
    return url


def at_once(url: str, statements: Iterable[str]) -> None:
    """Send a server many statements in one text: it answers so many texts one by one in ten times the time."""
    kind = make_url(url).get_backend_name()
    more = {} if kind == "postgresql" else {"client_flag": CLIENT.MULTI_STATEMENTS}
    engine = create_engine(url, poolclass=NullPool, connect_args=more)
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(";\n".join(statements))
        while cursor.nextset():  # where a later one fails it says so now
            pass
        connection.commit()


@cache
def _script(driver: str, trigger: bool) -> tuple[str, ...]:
    """Say it in a server's SQL."""
    said: list[str] = []
    engine = create_mock_engine(f"{driver}://", lambda s, *_: said.append(_said(s, engine.dialect)))
    meta = schema()
    for table in meta.tables.values() if engine.dialect.name != "postgresql" else ():
        _together(table)
    meta.create_all(engine, checkfirst=False)
    for name, some in rows().items():
        for _, alike in groupby(some, key=tuple):
            engine.execute(insert(meta.tables[name]).values(list(alike)))
    return (*said, *(TRIGGERS[engine.dialect.name] if trigger else ()))


def _together(table: Table) -> None:
    """Have unique indexes made with their table, not by statements of their own: to MariaDB all are one."""
    for index in [*table.indexes]:
        table.indexes.remove(index)
        table.append_constraint(UniqueConstraint(*index.columns, name=index.name))


def _said(statement: ClauseElement, dialect: Dialect) -> str:
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


@cache
def _file(trigger: bool) -> bytes:
    """Make it in SQLite once a process: a copy takes a tenth of the time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mini.sqlite")
        engine = create_engine(f"sqlite:///{path}")
        _fill(engine, trigger=trigger)
        engine.dispose()
        return path.read_bytes()


def _fill(engine: Engine, *, trigger: bool) -> None:
    meta = schema()
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("begin")  # else each table is put on the disk by itself
        meta.create_all(connection)
        for name, some in rows().items():
            for _, alike in groupby(some, key=tuple):
                connection.execute(insert(meta.tables[name]), list(alike))
        for statement in TRIGGERS[engine.dialect.name] if trigger else ():
            connection.exec_driver_sql(statement)


CUSTOM = {
    ("table_contact", "x_cust_ref"): ("direct", "CUSTOMER_ID"),
    ("table_contact", "x_dateofbirth"): ("direct", "DATE_OF_BIRTH"),
    ("table_x_pref", "x_holder"): ("direct", "PERSON"),
    ("table_x_pref", "x_memo"): ("free_text", "FREE_TEXT"),
    ("table_a_pref", "x_memo"): ("free_text", "FREE_TEXT"),  # of some tests only
    ("table_address", "x_zip"): ("quasi", "POSTCODE"),  # of some tests only
    ("table_x_login", "x_login"): ("direct", "USERNAME"),
    ("table_x_session", "x_login"): ("direct", "USERNAME"),
    ("x_sms", "msisdn"): ("direct", "PHONE_NUMBER"),
    ("x_sms", "body"): ("free_text", "FREE_TEXT"),
}
"""What a scan would say of the columns that the pack does not know."""

COPIES = {"contact_bkp": "table_contact", "aud_table_contact": "table_contact"}
"""What a scan would say of tables that copy others."""


def audit(url: str, **choices: str) -> Audit:
    """Decide as the policy would, without a scan; ``choices`` are table__column=choice."""
    engine = connect(url)
    made = audited(engine, **choices)
    engine.dispose()
    return made


def audited(engine: Engine, **choices: str) -> Audit:
    """Decide on the database of an engine that is used for more."""
    pack = rulebook.pack("clarify")
    with reading(engine) as connection:
        meta = reflect(connection)
        database = identify(connection, meta)
    findings, decisions = [], {}
    copies = {
        copy: of for copy, of in COPIES.items() if copy in {t.name for t in meta.tables.values()}
    }
    for table in sorted(meta.tables.values(), key=ref):
        for column in table.columns:
            where = ColumnRef(table.schema or "", table.name, column.name)
            original = copies.get(table.name, table.name)
            declared = pack.declared(original, column.name)
            known = CUSTOM.get((original, column.name)) or (
                (declared.personal, declared.entity) if declared else ("none", "")
            )
            findings.append(
                Finding(where, str(column.type), "scanned", personal=known[0], entity=known[1])
            )
            choice = choices.get(f"{table.name}__{column.name}")
            kept = declared.choice if declared else ""
            if known[0] != "none" or choice:
                dated = known[1] == "DATE_OF_BIRTH"
                default = kept or ("null" if dated else "redact")
                if choice != "undecided":
                    decisions[where] = Decision(where, choice or default, by="policy")
    refs = {t.name: ref(t) for t in meta.tables.values()}
    tables = tuple(
        TableFacts(r, 1, copy_of=str(refs[copies[n]]) if n in copies else "")
        for n, r in sorted(refs.items())
    )
    scan = Scan("test", "2026-01-01T00:00:00+00:00", database, "clarify", tables, tuple(findings))
    return Audit(scan, decisions)


def dump(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Read all rows of all tables: two equal dumps are equal databases."""
    with _reader(url).connect() as connection:
        columns = inspect(connection).get_multi_columns()  # no indexes, keys or checks
        return {
            name: sorted(
                (tuple(r) for r in connection.execute(_plain(name, some).select())), key=repr
            )
            for (_, name), some in columns.items()
        }


@lru_cache(maxsize=8)
def _reader(url: str) -> Engine:
    """Keep no connection, but what asks for the columns: it takes long to say that anew."""
    parsed = make_url(url)
    place = dialects.named(parsed.get_backend_name()).url(parsed)
    return create_engine(place, poolclass=NullPool)


def _plain(name: str, columns: list[ReflectedColumn]) -> Table:
    return Table(name, MetaData(), *(Column(c["name"], c["type"]) for c in columns))


def texts(url: str) -> str:
    """Read everything as one text."""
    return repr(dump(url))


__all__ = [
    "ANN",
    "BOB",
    "CANARIES",
    "NAMESAKE",
    "TableRef",
    "audit",
    "build",
    "dump",
    "text",
    "texts",
]
