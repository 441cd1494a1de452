"""The trigger that keeps what a contact was: each change copies the old row into the audit table."""

from typing import Any

from sqlalchemy import Column, Connection, MetaData

AUDIT = "aud_table_contact"

MORE = ("aud_user", "aud_time", "aud_action")
"""What the audit table has besides the contact's columns."""


def create(connection: Connection, made: MetaData) -> None:
    """Create the trigger on UPDATE and on DELETE of a contact."""
    columns = [c for c in made.tables[AUDIT].columns if c.name not in MORE]
    make = _postgresql if connection.dialect.name == "postgresql" else _row_trigger
    for statement in make(connection, columns):
        connection.exec_driver_sql(statement)


def _insert(
    connection: Connection, columns: list[Column[Any]], user: str, now: str, action: str
) -> str:
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(n) for n in [*(c.name for c in columns), *MORE])
    values = ", ".join([*(f"OLD.{quote(c.name)}" for c in columns), user, now, action])
    return f"INSERT INTO {AUDIT} ({names}) VALUES ({values})"  # noqa: S608  # names of our own


def _row_trigger(connection: Connection, columns: list[Column[Any]]) -> list[str]:
    lite = connection.dialect.name == "sqlite"
    user = "'demo'" if lite else "left(current_user(), 30)"
    now = "strftime('%Y-%m-%d %H:%M:%f000', 'now')" if lite else "now()"
    made = []
    for action in ("UPDATE", "DELETE"):
        body = _insert(connection, columns, user, now, f"'{action}'")
        made.append(
            f"CREATE TRIGGER aud_contact_{action.lower()} AFTER {action} ON table_contact "
            f"FOR EACH ROW " + (f"BEGIN {body}; END" if lite else body)
        )
    return made


def _postgresql(connection: Connection, columns: list[Column[Any]]) -> list[str]:
    body = _insert(connection, columns, "left(current_user, 30)", "now()", "TG_OP")
    return [
        f"CREATE FUNCTION aud_contact() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN {body}; RETURN NULL; END$$",
        "CREATE TRIGGER aud_contact AFTER UPDATE OR DELETE ON table_contact "
        "FOR EACH ROW EXECUTE FUNCTION aud_contact()",
    ]
