"""The other cells of a row that is rewritten stay as they are, or nothing is written at all."""

import pytest

from scanner import errors
from tests import mini
from tests.erasing import Erasure, refused

ITSELF = (
    "create trigger t_type after update on table_site begin "
    "update table_site set type = 9 where objid = new.objid; end"
)
ANOTHER = (
    "create trigger t_type after update on table_contact begin update table_site set type = 9; end"
)
SAME = (
    "create trigger t_type after update on table_site begin "
    "update table_site set type = new.type where objid = new.objid; end"
)


@pytest.mark.parametrize("trigger", [ITSELF, ANOTHER], ids=["of its table", "of another table"])
def test_a_trigger_that_sets_another_column_refuses_with_its_name(embedded, trigger):
    embedded.write(trigger)
    plan = embedded.plan()
    message = refused(errors.Refused, lambda: embedded.commit(plan), embedded)
    assert "table_site.type" in message


def test_a_trigger_that_sets_what_was_there_is_none_to_refuse(embedded):
    embedded.write(SAME)
    assert embedded.commit(embedded.plan()).committed


def test_a_column_that_the_database_sets_itself_refuses_with_its_name(mariadb_url, tmp_path):
    mini.build(mariadb_url, trigger=False)
    Erasure(mariadb_url, tmp_path).write(
        "alter table table_e_addr add x_changed timestamp default '2001-01-01 00:00:00' "
        "on update current_timestamp"
    )
    erasure = Erasure(mariadb_url, tmp_path)
    plan = erasure.plan()
    message = refused(errors.Refused, lambda: erasure.commit(plan), erasure)
    assert "table_e_addr.x_changed" in message
    erasure.engine.dispose()
