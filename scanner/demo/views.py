"""A few of Clarify's views: of contacts, of the items in a queue, of what happened to an item."""

from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, Select, select
from sqlalchemy.schema import CreateView

from scanner.demo.facts import facts


@dataclass(frozen=True, slots=True)
class View:
    """Fields are (name, object, column), joins are (object, relation column) in their order."""

    name: str
    type_id: int
    fields: tuple[tuple[str, str, str], ...]
    joins: tuple[tuple[str, str], ...]


VIEWS = (
    View(
        "qry_case_view",
        8001,
        (
            ("elm_objid", "case", "objid"),
            ("id_number", "case", "id_number"),
            ("title", "case", "title"),
            ("first_name", "contact", "first_name"),
            ("last_name", "contact", "last_name"),
            ("phone", "contact", "phone"),
            ("condition", "condition", "title"),
        ),
        (("case", "case_reporter2contact"), ("case", "case_state2condition")),
    ),
    View(
        "rol_contct",
        8002,
        (
            ("objid", "contact_role", "objid"),
            ("con_objid", "contact", "objid"),
            ("first_name", "contact", "first_name"),
            ("last_name", "contact", "last_name"),
            ("e_mail", "contact", "e_mail"),
            ("site_name", "site", "name"),
        ),
        (("contact_role", "contact_role2contact"), ("contact_role", "contact_role2site")),
    ),
    View(
        "task_con",
        8003,
        (
            ("objid", "task", "objid"),
            ("task_id", "task", "task_id"),
            ("title", "task", "title"),
            ("con_first_name", "contact", "first_name"),
            ("con_last_name", "contact", "last_name"),
        ),
        (("task", "task2contact"),),
    ),
    View(
        "queelm_task",
        8004,
        (
            ("que_objid", "queue", "objid"),
            ("queue", "queue", "title"),
            ("elm_objid", "task", "objid"),
            ("task_id", "task", "task_id"),
            ("title", "task", "title"),
            ("age", "condition", "queue_time"),
            ("condition", "condition", "title"),
            ("status", "gbst_elm", "title"),
        ),
        (
            ("task", "task_currq2queue"),
            ("task", "task_state2condition"),
            ("task", "task_sts2gbst_elm"),
        ),
    ),
    View(
        "actelm_task",
        8005,
        (
            ("objid", "act_entry", "objid"),
            ("task_objid", "task", "objid"),
            ("task_id", "task", "task_id"),
            ("entry_time", "act_entry", "entry_time"),
            ("activity", "gbst_elm", "title"),
            ("addnl_info", "act_entry", "addnl_info"),
            ("login_name", "user", "login_name"),
        ),
        (
            ("act_entry", "act_entry2task"),
            ("act_entry", "act_entry2user"),
            ("act_entry", "entry_name2gbst_elm"),
        ),
    ),
)


def create(connection: Connection, made: MetaData) -> None:
    """Create the views."""
    for view in VIEWS:
        connection.execute(CreateView(_query(made, view), f"table_{view.name}"))


def drop(connection: Connection) -> None:
    """Drop the views that are there."""
    for view in VIEWS:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS table_{view.name}")


def _query(made: MetaData, view: View) -> Select[tuple[object, ...]]:
    known = facts()
    columns = [made.tables[known[o].table].c[c].label(n) for n, o, c in view.fields]
    source = made.tables[known[view.joins[0][0]].table]
    joined = source
    for name, relation in view.joins:
        target = next(r.target for r in known[name].relations if r.column == relation)
        other = made.tables[known[target].table]
        near = made.tables[known[name].table].c[relation]
        joined = joined.join(other, near == other.c.objid)  # type: ignore[assignment]  # a Join
    return select(*columns).select_from(joined)
