"""What the tests of purges share: the small CRM with action items and alerts, and many contacts."""

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from scanner import bulkplanner, planner
from scanner.executor import batches
from scanner.plans import Plan
from scanner.purge.bulk import Bulk
from tests import mini
from tests.erasing import PACK, Erasure

MORE = """
create table table_gbst_elm (objid bigint, title varchar(80));
create unique index ind_gbst_elm on table_gbst_elm (objid);
create table table_task (objid bigint, title varchar(80), notes varchar(500), task2contact bigint,
  task_state2condition bigint, type_task2gbst_elm bigint, task_sts2gbst_elm bigint);
create unique index ind_task on table_task (objid);
create table table_alert (objid bigint, type varchar(80), active integer, alert_text varchar(200),
  alert2contact bigint);
create unique index ind_alert on table_alert (objid);
create table mtm_contact2_contract1 (caller2contract bigint not null,
  contract2contact bigint not null);
create table table_contract (objid bigint, title varchar(80), primary2contact bigint);
create unique index ind_contract on table_contract (objid);
insert into table_gbst_elm values (1, 'GDPR');
insert into table_gbst_elm values (2, 'Approved');
insert into table_gbst_elm values (3, 'In Review');
insert into table_condition values (3, 'Open Action Item');
insert into table_contract values (1, 'Support', 268435457);
insert into mtm_contact2_contract1 values (268435457, 1);
insert into mtm_contact2_contract1 values (268435458, 1);
insert into table_task values (1, 'Erase Ann Lee', 'asked by ann.lee@example.com', 268435457, 3, 1, 2);
update table_case set case_state2condition = 2 where objid = 1
"""
"""Ann's request is approved, her case closed, her contract shared with Bob."""

CUSTOMS = """[directive]
extends = "purge_contact"
follow = ["table_x_pref.pref2contact -> table_contact", "x_sms.contact_objid -> table_contact"]
"""


def triggers(kind: str) -> list[str]:
    """Copy deleted contacts, too."""
    said = [s.replace("f_aud", "f_gone").replace("t_aud ", "t_gone ") for s in mini.TRIGGERS[kind]]
    return [
        s.replace("after update on", "after delete on").replace("return new", "return old")
        for s in said
    ]


def write(url: str, statements: str) -> None:
    """Run some statements."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for one in filter(str.strip, statements.split(";\n")):
            connection.execute(text(one))
    engine.dispose()


def build(url: str, *, trigger: bool = True) -> str:
    """Make the database of the tests."""
    parsed = make_url(url)
    file = Path(parsed.database or "")
    if parsed.get_backend_name() == "sqlite" and not (file.exists() and file.stat().st_size):
        file.write_bytes(_file(trigger))
    else:
        _build(url, trigger=trigger)
    return url


def _build(url: str, *, trigger: bool) -> None:
    mini.build(url, trigger=trigger)
    kind = make_url(url).get_backend_name()
    more = [*filter(str.strip, MORE.split(";\n")), *(triggers(kind) if trigger else ())]
    if kind != "sqlite":
        mini.at_once(url, more)
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        for one in more:
            connection.exec_driver_sql(one)
    engine.dispose()


@cache
def _file(trigger: bool) -> bytes:
    """Make it in SQLite once a process: a copy takes a tenth of the time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "purging.sqlite")
        _build(f"sqlite:///{path}", trigger=trigger)
        return path.read_bytes()


class Purging(Erasure):
    """One database with directives that fit it."""

    def __init__(self, url: str, folder: Path, **choices: str) -> None:
        super().__init__(url, folder, **choices)
        self.folder = folder
        (folder / "contact.toml").write_text(CUSTOMS)
        self.contact = str(folder / "contact.toml")

    def plan(self, key: int = mini.ANN, *directives: str) -> Plan:
        named = directives or ("purge_case", self.contact)
        made = planner.plan(
            self.engine, PACK, self.audit, str(key), method="purge", directives=named
        )
        return Plan.from_json(made.to_json())

    def many(self, keys, *directives: str, batch: int = 25, before: str = "") -> Bulk:
        made = bulkplanner.plan(
            self.engine,
            PACK,
            self.audit,
            directives=directives or ("purge_case", self.contact),
            keys=None if before else [str(k) for k in keys],
            before=before,
            batch=batch,
        )
        return Bulk.from_json(made.to_json())

    def purge(self, plan: Bulk, **options):
        known = {"commit": True, "confirm": str(plan.roots), **options}
        return batches.purge(self.engine, plan, PACK, journal=self.journal, **known)


FIRST = 268_500_000


def crowd(url: str, people: int) -> list[int]:
    """Add contacts with cases, notes and texts of others that name them; give their keys."""
    rows: dict[str, list[dict[str, object]]] = {}

    def add(table: str, **values: object) -> None:
        rows.setdefault(table, []).append(values)

    for n in range(people):
        key = FIRST + n
        first, last, mail = f"Quil{_word(n)}", f"Vosk{_word(n + 7)}", f"{_word(n)}{n}@crowd.example"
        add(
            "table_contact",
            objid=key,
            first_name=first,
            last_name=last,
            e_mail=mail,
            phone=f"+1 303 7{n:06}",
        )
        add("table_e_addr", objid=1000 + n, e_num=f"alt.{mail}", eaddr2contact=key)
        add(
            "table_x_pref",
            objid=1000 + n,
            x_holder=f"{first} {last}",
            x_memo="calls often",
            pref2contact=key,
        )
        add("x_sms", id=1000 + n, body=f"to {first}", contact_objid=key)
        for c in range(2):
            case = 100_000 + 2 * n + c
            add(
                "table_case",
                objid=case,
                id_number=f"Q{case}",
                title="Modem",
                case_reporter2contact=key,
                case_history=f"{first} {last} rang",
                case_state2condition=2,
            )
            for note in range(3):
                add(
                    "table_notes_log",
                    objid=10 * case + note,
                    description=f"mail {mail}",
                    case_notes2case=case,
                )
            add(
                "table_act_entry",
                objid=10 * case,
                act_code=600,
                addnl_info=first,
                act_entry2case=case,
            )
        if n % 3 == 0:
            add(
                "table_notes_log",
                objid=5_000_000 + n,
                description=f"told by {mail} yesterday",
                case_notes2case=2,
            )
        if n % 5 == 0:
            add(
                "table_task",
                objid=1000 + n,
                title="Call",
                notes=f"call {first} {last}",
                task2contact=key,
                task_state2condition=2,
            )
    engine = create_engine(url)
    from sqlalchemy import MetaData

    meta = MetaData()
    meta.reflect(engine)
    with engine.begin() as connection:
        for table, some in rows.items():
            connection.execute(meta.tables[table].insert(), some)
    engine.dispose()
    return [FIRST + n for n in range(people)]


def _word(n: int) -> str:
    """Spell a number in letters: names must not be numbers."""
    return "".join("abcdefghij"[int(d)] for d in str(n + 100))
