"""Of a schema that no pack is known for, only what reports count by is proposed to be counted."""

import tomllib

import pytest
from sqlalchemy import create_engine

ODD = {
    "sqlite": ("lot text", "lots text"),
    "postgresql": ("lot text[]", "lots jsonb"),
    "mariadb": ("lot set('a','b')", "lots json"),
}
COLUMNS = (
    "id integer primary key, customer_id integer, {odd}, said text, title varchar(200), "
    "price numeric(10, 2), ratio double precision, list varchar(30), status varchar(20), "
    "state text, flag boolean, agent_id integer, opened timestamp"
)


def value(kind, n):
    lot = {"sqlite": "'a, b'", "postgresql": "array['a','b']", "mariadb": "'a,b'"}
    if n % 2:
        lot = {"sqlite": "'a'", "postgresql": "array['a']", "mariadb": "'a'"}
    said = ("The customer was asked to call again", "Nothing came of it in the end")[n % 2]
    return (
        f"{n}, {n % 40 + 1}, {lot[kind]}, '[{n % 2}, 3]', '{said}', '{said}', {n % 3}.95, {n % 2}.5, "
        f"'a,{n % 3}', '{('open', 'closed')[n % 2]}', '{('new', 'on hold')[n % 2]}', "
        f"{('true', 'false')[n % 2]}, {n % 2 + 1}, '2020-0{n % 9 + 1}-03 10:00:00'"
    )


@pytest.mark.parametrize("kind", ODD)
def test_only_codes_flags_owners_and_dates_are_counted(request, efface, tmp_path, kind):
    url = request.getfixturevalue(f"{kind}_url")
    engine = create_engine(url)
    stamp = {"mariadb": "datetime"}.get(kind, "timestamp")
    columns = COLUMNS.format(odd=", ".join(ODD[kind])).replace("timestamp", stamp)
    with engine.begin() as connection:
        for statement in (
            "create table customers (id integer primary key, first_name varchar(40), "
            "last_name varchar(40), e_mail varchar(80), phone varchar(40))",
            "create table agents (id integer primary key, nick varchar(20))",
            "insert into agents values (1, 'x1'), (2, 'x2')",
            f"create table tickets ({columns}, "
            "foreign key (customer_id) references customers (id), "
            "foreign key (agent_id) references agents (id))",
            *(
                f"insert into customers values ({n}, 'Ada', 'Byron{n}', 'a{n}@example.com', "
                f"'+1 512 610 {5000 + n}')"
                for n in range(1, 41)
            ),
            *(f"insert into tickets values ({value(kind, n)})" for n in range(400)),
        ):
            connection.exec_driver_sql(statement.replace("%", "%%"))
    engine.dispose()
    scan, pack = tmp_path / "scan.json", tmp_path / "pack.toml"
    done = efface("scan", "--db", url, "--pack", "none", "-o", scan)
    assert done.exit_code == 0, done.stderr
    done = efface("pack", scan, "--db", url, "--subject", "customers", "-o", pack)
    assert done.exit_code == 0, done.stderr
    figures = {k["table"]: k for k in tomllib.loads(pack.read_text()).get("kpi", [])}
    counted = figures["tickets"]
    assert counted["by"] == ["status", "state", "flag", "agent_id"]
    assert counted["months"] == ["opened"]
