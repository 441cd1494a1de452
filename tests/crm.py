"""A CRM at work beside Efface: agents who accept action items and change their status.

What they write is what the product writes (CLARIFY.md, section 4), in plain SQL of their own, so
that nothing of ours is tested with itself.
"""

import re
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, inspect, text

from scanner import demo

SMALL = {"cases": 10, "contacts": 12, "seed": 5}

KEPT = {
    "act_entry", "address", "case", "close_case", "condition", "contact", "contact_role",
    "e_addr", "email_log", "employee", "gbst_elm", "gbst_lst", "interact", "notes_log",
    "num_scheme", "phone_log", "queue", "site", "status_chg", "subcase", "task", "task_desc",
    "time_bomb", "user", "web_user", "wipbin", "x_case_detail", "x_contact_pref",
}  # fmt: skip
"""Of the tables of the product, those that a request passes through and a few of each sort.

A request's cost is that of all tables; the full tour goes through all of them.
"""

LATER = "2025-04-01 09:00:00"
DISPATCHED, ACCEPTED = 536870920, 536870912


class Crm:
    """One demo CRM, its own requests out of the way; agents write to it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = create_engine(url)

    @contextmanager
    def writing(self):
        with self.engine.begin() as connection:
            yield connection

    def write(self, statement: str, **values) -> int:
        with self.writing() as connection:
            return connection.execute(text(statement), values).rowcount

    def rows(self, query: str, **values) -> list[tuple]:
        with self.engine.connect() as connection:
            return [tuple(r) for r in connection.execute(text(query), values)]

    def one(self, query: str, **values):
        found = self.rows(query, **values)
        assert len(found) == 1, (query, found)
        return found[0][0] if len(found[0]) == 1 else found[0]

    def narrowed(self, table: str, column: str, length: int) -> None:
        """Make a text column of an SQLite database as short as a customisation may have it."""
        with self.writing() as connection:
            connection.execute(text("pragma writable_schema = 1"))
            query = "select sql from sqlite_master where name = :t"
            sql = connection.scalar(text(query), {"t": table})
            new, times = re.subn(rf"\b{column} \w+", f"{column} VARCHAR({length})", sql)
            assert times == 1, sql
            connection.execute(
                text("update sqlite_master set sql = :s where name = :t"), {"s": new, "t": table}
            )
        self.engine.dispose()

    def element(self, of: str, title: str) -> int:
        query = (
            "select e.objid from table_gbst_elm e join table_gbst_lst l on l.objid = "
            "e.gbst_elm2gbst_lst where l.title = :of and e.title = :title"
        )
        return self.one(query, of=of, title=title)

    def logins(self) -> list[str]:
        return [r[0] for r in self.rows("select login_name from table_user order by objid")]

    def user(self, login: str) -> tuple[int, int]:
        query = "select objid, user_default2wipbin from table_user where login_name = :login"
        return self.one(query, login=login)

    def people(self) -> list[int]:
        """Contacts with a case of their own, those first that have few."""
        query = (
            "select case_reporter2contact from table_case group by case_reporter2contact "
            "order by count(*), case_reporter2contact"
        )
        return [r[0] for r in self.rows(query)]

    def dismiss(self) -> None:
        """Make calls of the requests that the demo comes with."""
        call, gdpr = self.element("Task Type", "Call"), self.element("Task Type", "GDPR")
        self.write(
            "update table_task set type_task2gbst_elm = :call where type_task2gbst_elm = :gdpr",
            call=call, gdpr=gdpr,
        )  # fmt: skip

    def clear(self) -> None:
        """Drop the product's tables that requests have nothing to do with."""
        with self.engine.begin() as connection:
            for name in inspect(connection).get_table_names():
                kind, _, rest = name.partition("_")
                if kind == "mtm" or (kind == "table" and rest not in KEPT):
                    connection.execute(text(f"drop table {name}"))

    def item(self, number: str) -> tuple[int, int]:
        query = "select objid, task_state2condition from table_task where task_id = :number"
        return self.one(query, number=number)

    def accept(self, number: str, login: str, when: str = LATER) -> None:
        """Take an item from its queue into one's own WIPbin."""
        task, condition = self.item(number)
        user, wipbin = self.user(login)
        queue = self.one("select task_currq2queue from table_task where objid = :t", t=task)
        title = self.one("select title from table_queue where objid = :q", q=queue)
        self.write(
            "update table_condition set condition = :c, title = 'Open Action Item', "
            "s_title = 'OPEN ACTION ITEM', wipbin_time = :w where objid = :o"
            if self.engine.dialect.name == "sqlite" or "postgres" in self.url
            else "update table_condition set `condition` = :c, title = 'Open Action Item', "
            "s_title = 'OPEN ACTION ITEM', wipbin_time = :w where objid = :o",
            c=ACCEPTED, w=when, o=condition,
        )  # fmt: skip
        self.write(
            "update table_task set task_currq2queue = null, task_prevq2queue = :q, "
            "task_wip2wipbin = :w, task_owner2user = :u, task_sts2gbst_elm = :s where objid = :t",
            q=queue, w=wipbin, u=user, s=self.element("Open Action Item", "Started"), t=task,
        )  # fmt: skip
        self.log(task, user, 100, f"from Queue {title} to WIP default.", when)

    def change(self, number: str, status: str, login: str, when: str = LATER) -> None:
        """Give an open item another status."""
        task, _ = self.item(number)
        user, _ = self.user(login)
        old = self.one("select task_sts2gbst_elm from table_task where objid = :t", t=task)
        new = self.element("Open Action Item", status)
        before = self.one("select title from table_gbst_elm where objid = :o", o=old)
        self.write("update table_task set task_sts2gbst_elm = :n where objid = :t", n=new, t=task)
        entry = self.log(task, user, 300, f"from status {before} to status {status}", when)
        self.write(
            "insert into table_status_chg (objid, creation_time, notes, dev, status_chg2task, "
            "status_chg2act_entry, status_chger2user, c_status_chg2gbst_elm, "
            "p_status_chg2gbst_elm) values (:o, :w, '', 1, :t, :e, :u, :n, :p)",
            o=self.key("status_chg", 120), w=when, t=task, e=entry, u=user, n=new, p=old,
        )  # fmt: skip

    def log(self, task: int, user: int, code: int, info: str, when: str) -> int:
        """Write an entry about an item."""
        key = self.key("act_entry", 21)
        name = self.one(
            "select e.objid from table_gbst_elm e join table_gbst_lst l on l.objid = "
            "e.gbst_elm2gbst_lst where l.title = 'Activity Name' and e.rank = :c"
            if "mysql" not in self.url and "mariadb" not in self.url
            else "select e.objid from table_gbst_elm e join table_gbst_lst l on l.objid = "
            "e.gbst_elm2gbst_lst where l.title = 'Activity Name' and e.`rank` = :c",
            c=code,
        )
        self.write(
            "insert into table_act_entry (objid, act_code, entry_time, addnl_info, removed, dev, "
            "focus_type, focus_lowid, act_entry2task, act_entry2user, entry_name2gbst_elm) "
            "values (:o, :c, :w, :i, 0, 1, 5080, :t, :t, :u, :n)",
            o=key, c=code, w=when, i=info, t=task, u=user, n=name,
        )  # fmt: skip
        return key

    def key(self, name: str, kind: int) -> int:
        """Take the next key as the product does; it has to be free."""
        with self.writing() as connection:
            query = text("select obj_num from adp_tbl_oid where type_id = :k")
            taken = connection.execute(query, {"k": kind}).scalar_one() + (1 << 28)
            connection.execute(
                text("update adp_tbl_oid set obj_num = obj_num + 1 where type_id = :k"), {"k": kind}
            )
            query = text(f"select count(*) from table_{name} where objid >= :o")
            assert connection.execute(query, {"o": taken}).scalar_one() == 0
        return taken

    def approved(self, number: str, when: str = LATER, *, by: int = 1) -> None:
        """Accept and approve an item."""
        logins = self.logins()
        self.accept(number, logins[2], when)
        self.change(number, "Approved", logins[by], when)

    def history(self, number: str) -> list[tuple[str, str]]:
        """Read the history of an item as the product shows it."""
        query = (
            "select activity, addnl_info from table_actelm_task where task_id = :n order by objid"
        )
        return self.rows(query, n=number)

    def queued(self) -> list[tuple[str, str, str]]:
        """Read the items in the queue as the product shows them."""
        query = (
            "select task_id, condition, status from table_queelm_task where queue = 'GDPR Request'"
        )
        if "mysql" in self.url or "mariadb" in self.url:
            query = query.replace("condition", "`condition`")
        return self.rows(query)

    def notes(self, number: str) -> list[str]:
        """Read the notes of an item."""
        query = (
            "select n.description from table_notes_log n join table_task t on t.objid = "
            "n.task_notes2task where t.task_id = :n order by n.objid"
        )
        return [r[0] for r in self.rows(query, n=number)]

    def close(self) -> None:
        self.engine.dispose()


def build(url: str) -> Crm:
    """Make a small demo CRM with the tables that requests need, and without requests."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).unlink(missing_ok=True)
    demo.create(url, **SMALL)
    made = Crm(url)
    made.dismiss()
    made.clear()
    return made


def numbers(printed: str) -> list[str]:
    """Read the numbers of requests that were opened."""
    return re.findall(r"request (\S+): (?:opened|rehearsed)", printed)
