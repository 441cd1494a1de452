"""Build the demo: an empty database in, tables and rows into it, the truth out. Writes."""

from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, String, Text, create_engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from scanner.collector import seldom
from scanner.database import failing
from scanner.demo import (
    cases,
    copies,
    customs,
    dealings,
    haste,
    metadata,
    parties,
    people,
    reference,
    schema,
    tables,
    tasks,
    triggers,
    views,
)
from scanner.demo.chance import Chance
from scanner.demo.desk import Desk
from scanner.demo.load import Store, sender
from scanner.demo.truth import Truth
from scanner.errors import Misconfigured
from scanner.model import Progress, Silent

ROWS_PER_CASE, ROWS_PER_CONTACT = 31, 14
"""What to expect, for the progress."""


def create(
    url: str,
    *,
    cases: int = 1500,
    contacts: int = 600,
    seed: int = 1,
    shadows: bool = True,
    progress: Progress | None = None,
) -> Truth:
    """Make the database that ``url`` names (a file), or take the empty one (a server), and build.

    Raises:
        Misconfigured: the file exists, or the database is not empty.

    """
    engine = open_new(url)
    try:
        return build(
            engine, cases=cases, contacts=contacts, seed=seed, shadows=shadows, progress=progress
        )
    finally:
        engine.dispose()


def open_new(url: str) -> Engine:
    """Make an engine for a database to be built; an SQLite file must not exist yet.

    Raises:
        Misconfigured: the URL cannot be read, or the file exists.

    """
    try:
        parsed = make_url(url)
        file = parsed.database if parsed.get_backend_name() == "sqlite" else None
        if file and file != ":memory:" and Path(file).exists() and Path(file).stat().st_size:
            raise Misconfigured(
                "the demo's database file exists: choose another folder or delete it"
            )
        return create_engine(parsed, hide_parameters=True)
    except ArgumentError:
        raise Misconfigured("the database URL cannot be read") from None
    except ModuleNotFoundError as error:
        raise Misconfigured(f"the driver {error.name!r} is not installed") from None


def build(
    engine: Engine,
    *,
    cases: int = 1500,
    contacts: int = 600,
    seed: int = 1,
    shadows: bool = True,
    progress: Progress | None = None,
) -> Truth:
    """Fill an empty database with the demo.

    Raises:
        Misconfigured: the database has tables already, or the numbers make no sense.

    """
    if contacts < people.HEADLINE + 2 or cases < 1:
        raise Misconfigured(f"the demo needs {people.HEADLINE + 2} contacts and a case at least")
    options = {"cases": cases, "contacts": contacts, "seed": seed, "shadows": shadows}
    watch = progress or Silent()
    watch.begin("demo rows", cases * ROWS_PER_CASE + contacts * ROWS_PER_CONTACT)
    with failing(engine), seldom(), engine.connect() as connection, haste.hurried(connection):
        with connection.begin():
            if inspect(connection).get_table_names():
                raise Misconfigured(
                    "the database has tables already: the demo builds into empty ones"
                )
        made = schema.metadata(shadows=shadows)
        truth = Truth(shadows=shadows, options=options)
        with haste.undone(connection, made), connection.begin():
            _begin(connection)
            later = tables.create(connection, made, schema.indexes(made, shadows=shadows))
            send = sender(
                connection.connection.driver_connection, connection.dialect.name, watch.advance
            )
            store = Store(truth, send, _texts(made))
            _fill(store, cases=cases, contacts=contacts, seed=seed)
            store.flush()
            tables.index(connection, later)
            views.create(connection, made)
            triggers.create(connection, made)
    return truth


def _begin(connection: Connection) -> None:
    """Let SQLite create its tables in one transaction too; its driver begins with the first row."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")


def _texts(made: MetaData) -> dict[tuple[str, str], bool]:
    """Tell which columns hold texts."""
    return {
        (t.name, c.name): isinstance(c.type, String | Text)
        for t in made.tables.values()
        for c in t.columns
    }


def _fill(store: Store, *, cases: int, contacts: int, seed: int) -> None:
    chance = Chance(seed, "rows")
    world = reference.build(
        store, Chance(seed, "world"), agents=12 + contacts // 100, companies=4 + contacts // 15
    )
    customers = people.contacts(contacts, [c.domain for c in world.companies], seed)
    store.truth.namesakes = people.namesakes(customers)
    for _ in customers:
        store.new_id("contact")
    alike = [customers[i] for i in (people.HEADLINE - 1, 1)]
    world = reference.hire(store, chance, world, [(p.first, p.last) for p in alike])
    desk = Desk(store, world, customers, chance)
    store.truth.headline = {"table": "table_contact", "key": desk.headline.key}
    for who in customers:
        _contact(desk, who)
    copies.solutions(desk)
    tasks.requests(desk)
    for who in _reporters(desk, cases):
        _case(desk, who)
    tasks.late_requests(desk)
    reference.admit(store, "efface")  # README's requests are carried out by it
    metadata.add(store)


def _contact(desk: Desk, who: people.Contact) -> None:
    everything = who == desk.headline
    role = parties.add(desk, who, all_of_it=everything)
    dealings.add(desk, who, role, all_of_it=everything)
    customs.of_contact(desk, who, all_of_it=everything)
    customs.of_copies(desk, who, parties.CONTACT, parties.put_contact, all_of_it=everything)
    copies.add(desk, who, all_of_it=everything)


_reporters, _case = cases.reporters, cases.add
